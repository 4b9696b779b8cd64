"""The answers that a practitioner gives, and the questions that are left (R0.13).

Here stands what a decision to share and one to withhold have in common: who it is about, what is known, who asked for
it, the codes of the answers, and which answer puts right what a rule refuses. `defaults.py` says what becomes of them.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from ledger.errors import Malformed
from ledger.procedure.aliases import code_of
from ledger.procedure.declare import BY_NAME
from ledger.procedure.edition import LONDON
from ledger.procedure.prefilled import KNOWING, NO, TOLD, Said, free_id, said
from ledger.procedure.state.world import World

CONCERN = "concern"
WELFARE, EARLY = "promote_welfare", "early_identification"

# The vocabulary that an answer's codes come from.
CODES = {
    "known_as": "statement_kinds",
    "kind": "information_kinds",
    "special": "special_categories",
    "risk": "risk_levels",
    "purposes": "purposes",
    "if_told": "informing_exceptions",
    "if_parents_told": "informing_exceptions",
    "not_sought": "consent_not_sought_reasons",
    "justification": "confidence_justifications",
    "recipient_not_told": "not_told_reasons",
    "identified": "identifiabilities",
    "how": "methods",
    "reason_codes": "withhold_reasons",
}
# Answers to whether anyone would be at risk, besides the exceptions' own codes.
SHORT = {"if_told": (NO, TOLD, *KNOWING), "if_parents_told": (TOLD, *KNOWING)}
# The answer that puts a refusal right, by rule, or for all rules whose ids begin so.
REMEDIES = {
    "CF-01": "justification",
    "CF-02": "override",
    "CN-08": "override",
    "CN-10": "not_sought",
    "CN-12": "basis",
    "CN-16": "about",
    "IN-01": "if_parents_told",
    "IN": "if_told",
    "LB": "basis",
    "NM-02": "need",
    "NM": "why",
    "RC-01": "recipient_not_told",
    "RC-07": "to",
    "SE": "how",
    "ST-01": "why",
    "ST-02": "how",
    "ST-04": "at",
    "WH-03": "compare",
    "WH": "why",
}


class Open(NamedTuple):
    """A question that is still open, with the answer it has by default; without one it must be answered.

    `asked`: whether a person is asked it at all, or the default is simply taken and shown.
    """

    name: str
    default: str | None = None
    asked: bool = True


@dataclass(frozen=True, kw_only=True)
class Answers(ABC):
    """What both decisions need to be told."""

    case: str
    about: tuple[str, ...] = ()  # the children, or other persons that the case knows
    adults: tuple[str, ...] = ()  # adults in contact with them
    known: tuple[tuple[str, str], ...] = ()  # (fact, professional_opinion, or as `known_as` says; the words)
    known_as: str | None = None
    items: tuple[str, ...] = ()  # recorded already
    kind: str | None = None
    special: tuple[str, ...] = ()
    offence: bool = False
    confidence: bool = False
    known_at: dt.datetime | None = None
    to: tuple[str, ...] = ()
    request: str | None = None
    why: str | None = None
    risk: str | None = None
    safety: str | None = None
    purposes: tuple[str, ...] = ()
    happened: bool = False
    at: dt.datetime | None = None
    outright: tuple[tuple[str, Any], ...] = ()  # any other field of the decision or disclosure, by its path

    # --- the questions ---

    @abstractmethod
    def questions(self, world: World) -> list[Open]:
        """The questions that are still open, in the order of the six."""

    def settled(self, world: World) -> Self:
        """These answers with every default taken and every code in its one spelling."""
        found = self.spelled()
        for question in found.questions(world):
            if question.default:
                found = found.answered(question.name, question.default)
        return found.spelled()

    def answered(self, name: str, value: Any) -> Self:
        """These answers with one more, which takes the place of an earlier one; one may stand for a list."""
        many = isinstance(getattr(self, name), tuple) and not isinstance(value, tuple)
        change: dict[str, Any] = {name: (value,) if many else value}
        return replace(self, **change)

    def choices(self, name: str, world: World) -> list[str]:
        """The codes that may answer a question, its short answers first; none where any words do."""
        editions = world.agency.book.registered if name in CODES else ()
        codes = dict.fromkeys(code for e in editions for code in e.vocabulary.get(CODES[name], ()))
        return [*SHORT.get(name, ()), *(code for code in codes if name not in SHORT or code not in KNOWING.values())]

    def unknown(self, world: World) -> list[str]:
        """The answers that hold a code no edition knows."""
        spelled = self.spelled()
        held = {name: spelled.codes_in(name) for name in CODES if hasattr(self, name)}
        return [
            name
            for name, codes in held.items()
            if not set(codes) <= world.agency.book.codes(CODES[name]) | set(SHORT.get(name, ()))
        ]

    def remedy(self, rule: str, world: World) -> str | None:
        """The answer that puts right what this rule refuses."""
        if rule == "ST-03":
            return next(iter(self.unknown(world)), None)
        found = REMEDIES.get(rule) or REMEDIES.get(rule.partition("-")[0])
        return found if found is not None and hasattr(self, found) else None

    # --- what they say ---

    @abstractmethod
    def commands(self, world: World) -> list[Said]:
        """The commands these answers mean, to be recorded together; `settled` first."""

    def subjects(self, world: World) -> tuple[str, ...]:
        """Who it is about: the persons named, those the items are about, or the only child of the case."""
        held = [world.case.items[i].event.person for i in self.items if i in world.case.items]
        named = dict.fromkeys([*self.about, *self.adults, *(person for person in held if person)])
        children = [person.id for person in world.case.persons.values() if "child" in person.roles]
        return tuple(named) or (tuple(children) if len(children) == 1 else ())

    @property
    def mode(self) -> str:
        return "fact" if self.happened else "plan"

    def then(self, world: World) -> World:
        """The world at the moment of the act: as it was, if it has happened."""
        return replace(world, now=self.at) if self.happened and self.at else world

    def codes_in(self, name: str) -> tuple[str, ...]:
        value = getattr(self, name)
        return value if isinstance(value, tuple) else (value,) if value else ()

    def spelled(self) -> Self:
        """These answers with every code in its one spelling."""
        found: dict[str, Any] = {}
        for name, vocabulary in CODES.items():
            value = getattr(self, name, None)
            if value:
                codes = tuple(_spelled(code, vocabulary, SHORT.get(name, ())) for code in self.codes_in(name))
                found[name] = codes if isinstance(value, tuple) else codes[0]
        return replace(self, **found)

    def first_questions(self, world: World) -> list[Open]:
        """Who it is about, what is known, and whether it is fact or opinion."""
        open_ = [] if self.subjects(world) else [Open("about")]
        if not self.known and not self.items:
            open_.append(Open("known"))
        if any(not kind for kind, _ in self.known) and not self.known_as:
            open_.append(Open("known_as"))
        return open_

    def whom(self, world: World) -> tuple[str, ...]:
        """Who receives it, or asked for it."""
        asked = world.case.requests.get(self.request or "")
        by = asked.event.requester if asked is not None else None
        return self.to or ((by.agency or by.person,) if by is not None and (by.agency or by.person) else ())

    def recipients(self, world: World, need: str | None = None) -> list[Said]:
        """They as a command names them: a person that the case knows, else an agency."""
        named = {name: "person" if name in world.case.persons else "agency" for name in self.whom(world)}
        return [said(**{place: name}, need_to_know_reason=need) for name, place in named.items()]

    def likely_risk(self, world: World) -> str:
        asked = world.case.requests.get(self.request or "")
        return (asked.event.risk_level if asked is not None else None) or CONCERN

    def likely_purposes(self, world: World) -> tuple[str, ...]:
        asked = world.case.requests.get(self.request or "")
        early = EARLY if self.risk == "early_help" else WELFARE
        return self.purposes or (asked.event.purposes if asked is not None else ()) or (early,)

    def opening(self, world: World, parents: tuple[str, ...] = ()) -> list[Said]:
        """The case, where it is new, with the persons it does not know yet."""
        found: list[Said] = [] if world.file.exists else [{"do": "CaseOpened"}]
        roles = {p: ["adult_in_contact"] if p in self.adults else ["child"] for p in self.subjects(world)}
        roles |= {p: ["parent", "person_with_pr"] for p in parents}
        for person, held in roles.items():
            if person not in world.case.persons:
                found.append({"do": "PersonLinked", "person_id": person, "roles": held})
        return found

    def recorded(self, world: World) -> list[Said]:
        """What is known and was not recorded before; as accurate as of the day on which it is said."""
        whose = next(iter(self.subjects(world)), None)
        known = self.known_at or self.then(world).now
        told = dict.fromkeys(("sensitive", "not_public", "understood_not_shared"), True)
        return [
            said(
                do="InformationRecorded",
                known_at=known.isoformat() if self.known_at or self.happened else None,
                item_id=free_id("I", "item", world.case, number),
                person=whose,
                kind=self.kind,
                special=list(self.special),
                criminal_offence_data=self.offence or None,
                statement_kind=kind or self.known_as,
                confidential=told if self.confidence else None,
                accuracy_as_of=known.astimezone(LONDON).date().isoformat(),
                content=text,
            )
            for number, (kind, text) in enumerate(self.known)
        ]

    def finished(self, commands: list[Said]) -> list[Said]:
        """The commands in their case, with what was said outright; that stands last, in the decision itself."""
        last = commands[-1]
        decision = last.get("decision", last)
        for path, value in self.outright:
            own = path.partition(".")[0] in BY_NAME["DecisionMade"].type.__struct_fields__
            _put(decision if own else last, path, value)
        when = {"occurred_at": self.at.isoformat()} if self.happened and self.at else {}
        last.update(when)
        return [{**command, "case": self.case} for command in commands]


def _spelled(code: str, vocabulary: str, short: tuple[str, ...]) -> str:
    word = code.strip().casefold()
    return KNOWING.get(word, word) if word in short else code_of(code, vocabulary)


def _put(target: Said, path: str, value: Any) -> None:
    """Set a field, also one deep inside structures."""
    outer, _, inner = path.partition(".")
    if not inner:
        target[outer] = value
        return
    below = target.setdefault(outer, {})
    if not isinstance(below, dict):
        raise Malformed(f"field {outer}: holds no {inner}; say the whole of {outer}")
    _put(below, inner, value)
