"""What six answers come to (R0.13): the commands they mean, with everything else prefilled or, where urgent, owed.

A practitioner says who it is about, what is known, who needs it, why, whether anyone would be at risk if the person
knew, and how it goes (`answers.py`). Of an urgent share codes and citations are prefilled all the same (`prefilled.py`)
and only the sentences wait for a manager. Pure: answers and a world in, commands out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.procedure import prefilled
from ledger.procedure.aliases import condition
from ledger.procedure.answers import Answers, Open
from ledger.procedure.edition import LONDON
from ledger.procedure.positions import UK_GDPR
from ledger.procedure.prefilled import LATER, NO, TOLD, Said, free_id, said
from ledger.procedure.state.consents import Use
from ledger.procedure.state.world import World

IMMEDIATE, FACT_STATED = "immediate", "fact"
CONVERSATIONS = frozenset({"in_person", "phone_verified", "meeting"})
# What the words after a condition's code say, where it is not a citation.
DETAILS = {"6(b)": "contract_ref", "6(d)": "whose", "6(f)": "balancing", "6(ea)": "necessity", "9(c)": "incapacity"}
DETAILS |= {"9(e)": "evidence", "9(f)": "proceedings_ref"}


@dataclass(frozen=True, kw_only=True)
class ShareAnswers(Answers):
    """A decision to share, with its disclosure. Only the first six are asked; see `questions`."""

    if_told: str | None = None
    how: str | None = None
    urgent: bool | None = None
    parents: tuple[str, ...] = ()  # who has parental responsibility, linked if the case does not know them
    told: tuple[str, ...] = ()  # who knows already
    if_parents_told: str | None = None
    not_sought: str | None = None
    recipient_not_told: str | None = None
    need: str | None = None
    basis: tuple[str, ...] = ()
    override: str | None = None
    justification: str | None = None
    place: str | None = None
    full_record: bool = False
    minimum: str | None = None
    identified: str | None = None

    @property
    def is_urgent(self) -> bool:
        """At immediate risk unless said otherwise."""
        return self.risk == IMMEDIATE if self.urgent is None else self.urgent

    def questions(self, world: World) -> list[Open]:
        found = self.first_questions(world)
        if not self.whom(world):
            found.append(Open("to"))
        if not self.why:
            found.append(Open("why"))
        if not self.risk:
            found.append(Open("risk", IMMEDIATE if self.urgent else self.likely_risk(world), not self.urgent))
        if not self.if_told:
            found.append(Open("if_told", LATER if self.is_urgent else NO, not self.is_urgent))
        if not self.how:
            usual = world.agency.usual_method(world.now)
            found.append(Open("how", usual, not self.is_urgent or usual is None))
        if self.identified is None and not self.is_urgent and (self.full_record or len(self.subjects(world)) > 1):
            found.append(Open("identified", ""))
        if self.confidence and not self.special and not self.is_urgent:
            found.append(Open("special", ""))
        if self.full_record and not self.minimum and not self.is_urgent:
            found.append(Open("minimum", ""))
        return found

    @property
    def sentence(self) -> str | None:
        """The one that may serve every test; of an urgent share it is owed."""
        return None if self.is_urgent else self.why

    def commands(self, world: World) -> list[Said]:
        recorded = self.recorded(world)
        item_ids = [*self.items, *(item["item_id"] for item in recorded)]
        kinds = {i: held.event.kind or "" for i, held in world.case.items.items()} | {
            item["item_id"]: item.get("kind", "") for item in recorded
        }
        use = Use(self.likely_purposes(world), [(i, kinds.get(i, i)) for i in item_ids], self.whom(world))
        exception = self.if_told if self.if_told not in (None, NO, TOLD) else ""
        subjects = self.subjects(world)
        reasons = {p: self.not_sought or prefilled.not_sought(p, exception or "", world) for p in subjects}
        positions = {
            p: prefilled.position(p, use, said(state="not_sought", reason=r, explanation=self.why), self.then(world))
            for p, r in reasons.items()
        }
        disclosure = self._disclosure(item_ids, positions, world)
        disclosure["decision"] = self._decision(positions, use, next(iter(reasons.values()), ""), world)
        return self.finished([*self.opening(world, self.parents), *recorded, disclosure])

    def _disclosure(self, item_ids: list[str], positions: dict[str, Said], world: World) -> Said:
        states = [position["state"] for position in positions.values()]
        kinds = {held.event.statement_kind for i, held in world.case.items.items() if i in self.items}
        kinds |= {kind or self.known_as for kind, _ in self.known}
        marked = bool(kinds - {None, FACT_STATED})
        talking = self.how in CONVERSATIONS and self.place
        return said(
            do="DisclosureMade",
            mode=self.mode,
            disclosure_id=free_id("X", "disclosure", world.case),
            when=self.at.isoformat() if self.at else None,
            to=self.recipients(world),
            how=said(
                method=self.how,
                place=self.place,
                started_at=(self.at or world.now).isoformat() if talking else None,
            ),
            what=said(items=item_ids, full_record=self.full_record or None),
            opinion_marked=marked or None,
            consent_advice_to_recipient=prefilled.advice_to_recipient(states, self.recipient_not_told, self.why),
        )

    def _decision(self, positions: dict[str, Said], use: Use, reason: str, world: World) -> Said:
        held = [world.case.items[i].event for i in self.items if i in world.case.items]
        confidential = self.confidence or any(item.confidential for item in held)
        special = bool(self.special) or any(item.special for item in held)
        offence = self.offence or any(item.criminal_offence_data for item in held)
        against = any(position["state"] in prefilled.AGAINST_WISHES for position in positions.values())
        sharing = prefilled.Sharing(use.purposes, use.recipients, self.request, special, offence, reason, self.sentence)
        alone = "identified" if len(positions) == 1 and not self.full_record else None
        return said(
            decision_id=free_id("D", "decision", world.case),
            outcome="share",
            request_id=self.request,
            data_subjects=positions,
            purposes=list(use.purposes),
            recipients=self.recipients(world, self.need or self.sentence),
            legal_basis=self._legal_basis(sharing, world),
            # One sentence may serve the tests of golden rule 6, and the safety and well-being of rule 5.
            **dict.fromkeys(("necessity", "proportionality", "relevance", "adequacy"), self.sentence),
            safety_and_wellbeing=said(individual=self.safety or self.sentence),
            override_reasons=self.override or (self.sentence if against or confidential else None),
            minimum_rationale=self.minimum,
            identifiability_considered=said(chosen=self.identified or alone),
            confidence_justification=self.justification or ("overriding_legal_basis" if confidential else None),
            informing=self._informing(world),
            risk_level=self.risk,
            reasons=self.sentence,
            urgent=self.is_urgent or None,
            urgent_reason=self.why if self.is_urgent else None,
        )

    def _informing(self, world: World) -> list[Said]:
        days = ("urgent_review_working_days", 1) if self.is_urgent else ("review_working_days", 10)
        review_on = prefilled.day_after(*days, world)
        about = self.subjects(world)
        holders, nobody = prefilled.responsible([p for p in about if p not in self.adults], world)
        parents = self.if_parents_told or self.if_told or NO
        answers = dict.fromkeys([*holders, *self.parents], parents) | dict.fromkeys(about, self.if_told or NO)
        answers |= dict.fromkeys(self.told, TOLD)
        found = list(prefilled.informing(answers, self.why, review_on, self.then(world)))
        if nobody and not self.parents and parents not in (NO, TOLD):
            reason = prefilled.NOBODY_LINKED
            found.append({"exception": "cannot_locate", "reason": reason, "review_on": review_on})
        return found

    def _legal_basis(self, sharing: prefilled.Sharing, world: World) -> Said:
        """As prefilled, but for the conditions that were named, each with its words after it."""
        found = prefilled.legal_basis(sharing, self.then(world))
        named: dict[str, list[Said]] = {"6": [], "9": []}
        for text in self.basis:
            written, _, words = text.strip().partition(" ")
            code = condition(written)
            entry = said(code=code, **{DETAILS.get(code, "citation"): words.strip()})
            if code == "6(ea)":
                entry["annex1_para"] = prefilled.VULNERABLE_INDIVIDUAL
            named["9" if code.startswith("9") else "6"].append(entry)
        if not self.basis:
            return found
        own = {"art6": named["6"] or found.get("art6"), "art9": named["9"] or found.get("art9")}
        return said(**{**found, "regime": UK_GDPR, "part3": None, **own})


@dataclass(frozen=True, kw_only=True)
class WithholdAnswers(Answers):
    """A decision to withhold, and what it must answer for."""

    reason_codes: tuple[str, ...] = ()
    if_not_shared: str | None = None
    compare: str | None = None  # where s.16LA of the Children Act 2004 asks for it
    review_on: str | None = None
    told_at: dt.datetime | None = None

    def questions(self, world: World) -> list[Open]:
        found = [Open(q.name, "" if q.name == "known" else None) for q in self.first_questions(world)]
        if not self.whom(world):
            found.append(Open("to"))
        found += [Open(name) for name in ("reason_codes", "why", "if_not_shared") if not getattr(self, name)]
        comparison = world.context(self.then(world).now).ruling("WH-03", "comparison", self.mode)
        if comparison is not None and not self.compare:
            found.append(Open("compare"))
        return found if self.risk else [*found, Open("risk", self.likely_risk(world))]

    def commands(self, world: World) -> list[Said]:
        recorded = self.recorded(world)
        told_at = self.told_at or prefilled.by_then("tell_requester_working_days", 1, world)
        withheld = said(
            reason_codes=list(self.reason_codes),
            reasons=self.why,
            risk_of_not_sharing=self.if_not_shared,
            detriment_comparison=self.compare,
            review_on=self.review_on or prefilled.day_after("review_working_days", 10, world),
            requester_told_at=told_at.astimezone(LONDON).isoformat() if self.whom(world) else None,
        )
        decision = said(
            do="DecisionMade",
            mode=self.mode,
            decision_id=free_id("D", "decision", world.case),
            outcome="withhold",
            request_id=self.request,
            items=[*self.items, *(item["item_id"] for item in recorded)],
            data_subjects=dict.fromkeys(self.subjects(world)),
            purposes=list(self.purposes),
            recipients=self.recipients(world),
            safety_and_wellbeing=said(individual=self.safety or self.if_not_shared),
            risk_level=self.risk,
            reasons=self.why,
            if_withheld=withheld,
        )
        return self.finished([*self.opening(world), *recorded, decision])

    def doubt(self, world: World) -> list[Said]:
        """The commands that raise the doubt instead of deciding, so that advice can be taken first."""
        recorded = self.recorded(world)
        items = [*self.items, *(item["item_id"] for item in recorded)]
        doubt = said(do="InDoubtRaised", request_id=self.request, items=items, topic="sharing", doubt=self.why)
        return [{**command, "case": self.case} for command in [*self.opening(world), *recorded, doubt]]
