"""The legal basis of sharing: Article 6 of the UK GDPR, and Part 3 of the DPA 2018 (LB-01 to LB-10, LB-20 to LB-24)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.declare import Vocabulary, marked
from ledger.procedure.events.decision import Article6Basis, DecisionMade
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.positions import (
    PART_3,
    UK_GDPR,
    article_6,
    article_9,
    on_consent_alone,
    relied_on,
)
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, basis, items, shares, sharing, subjects, use
from ledger.procedure.state.case import Case
from ledger.procedure.state.consents import HeldConsent
from ledger.procedure.state.world import World

IN_FORCE = frozenset({"article_6_conditions", "article_9_conditions", "conditions"})
LAPSES_AT = 18


def conditions(act: Act, code: str) -> Iterator[Article6Basis]:
    """The entries of this Article 6 condition that a sharing relies on."""
    found = basis(act)
    if shares(act) and found is not None and found.regime == UK_GDPR:
        yield from (entry for entry in found.art6 if entry.code == code)


@rule("LB-01", "Q20 “provided that there is alternative lawful basis”; Article 6", on=SHARE)
def no_condition(act: Act, _world: World) -> Concerns:
    found = basis(act)
    if shares(act) and (found is None or found.regime == UK_GDPR) and not article_6(found):
        yield Concern()


@rule("LB-03", "R0.4: conditions and statutes in force on the day", on=[*SHARE, ExtractIssued])
def not_in_force(act: Act, world: World) -> Concerns:
    if not (shares(act) or isinstance(act.event, ExtractIssued)):
        return
    source = act.event if isinstance(act.event, ExtractIssued) else basis(act)
    for _, vocabulary, code in marked(source, Vocabulary) if source is not None else ():
        live = act.context.codes(vocabulary.name)
        if (
            vocabulary.name in IN_FORCE
            and live
            and code not in live
            and code in world.agency.book.codes(vocabulary.name)
        ):
            yield Concern(code)
    for entry in (*conditions(act, "6(c)"), *conditions(act, "6(e)")):
        cited = (entry.citation or "").casefold().replace(" ", "").replace(".", "")
        for mark in world.agency.book.codes("citations") - act.context.codes("citations"):
            if mark.casefold() in cited:
                yield Concern(mark)


@rule("LB-04", "Q50, Q51 “specific, time limited”; Article 6(a) and 9(a)", on=[DecisionMade])
def consent_not_covering(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is None:
        return
    for person, consent_id in relied_on(decision, basis(act), world.case):
        position = decision.data_subjects[person]
        used = use(act, world, person)
        held = world.case.consents.get(consent_id or "")
        if (held and held.withdrawn(act.at, used)) or (position and position.state == "withdrawn"):
            continue  # CN-12 alone
        held = _latest(held, world.case)
        lapsed = held and held.terms.authority == "PR" and world.case.persons[person].reached(LAPSES_AT, act.at)
        if held is None or not held.specific:
            why = "none"
        elif held.terms.data_subject not in (None, person):
            why = "subject"
        elif lapsed or held.expired(act.at):
            why = "expired"
        else:
            why = held.uncovered(used)
        if why:
            yield Concern(person, details={"why": WHY[why]})
    if not any(True for _ in relied_on(decision, basis(act), world.case)) and _needs_consent(act):
        yield Concern(details={"why": WHY["none"]})


WHY = {
    "none": "there is no specific consent",
    "expired": "the consent has run out",
    "purpose": "the consent does not cover the purpose",
    "item": "the consent does not cover this information",
    "recipient": "the consent does not cover the recipient",
    "subject": "the consent is another person's",
}


def _latest(held: HeldConsent | None, case: Case) -> HeldConsent | None:
    """A consent, or the one that took its place."""
    while held is not None and held.replaced_by is not None and held is not case.consents.get(held.replaced_by):
        held = case.consents.get(held.replaced_by)
    return held


def _needs_consent(act: Act) -> bool:
    found = basis(act)
    return (
        found is not None and found.regime == UK_GDPR and bool({"6(a)", "9(a)"} & (article_6(found) | article_9(found)))
    )


@rule("LB-05", "Q26 “under a legal obligation article 6”", on=SHARE)
def obligation_uncited(act: Act, _world: World) -> Concerns:
    if any(not entry.citation for entry in conditions(act, "6(c)")):
        yield Concern()


@rule("LB-06", "Q26 “to protect the vital interests of an individual at risk of harm”", on=SHARE)
def vital_interests(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "6(d)"):
        if not entry.whose:
            yield Concern()
        elif entry.life_and_limb is not True:
            yield Concern(case="not_life_and_limb")


@rule("LB-07", "Q25 “a legal basis to carry out safeguarding functions”", on=SHARE)
def function_uncited(act: Act, _world: World) -> Concerns:
    if any(not entry.citation for entry in conditions(act, "6(e)")):
        yield Concern()


@rule("LB-08", "“this condition cannot be used by public authorities to provide public duties”", on=SHARE)
def legitimate_interests_of_authority(act: Act, world: World) -> Concerns:
    if world.agency.has("public_authority") and any(e.in_public_task is not False for e in conditions(act, "6(f)")):
        yield Concern()


@rule("LB-09", "“in particular where the data subject is a child”", on=SHARE)
def interests_unbalanced(act: Act, world: World) -> Concerns:
    for entry in conditions(act, "6(f)"):
        if not entry.balancing:
            yield Concern()
        elif not entry.child_weighting:
            yield from (Concern(person.id, "child") for person in subjects(act, world) if person.is_child(act.at))


@rule("LB-10", "Article 6(1)(ea), Annex 1 (in force 5 February 2026)", on=SHARE)
def recognised_interest(act: Act, world: World) -> Concerns:
    for entry in conditions(act, "6(ea)"):
        if world.agency.has("public_authority") and entry.in_public_task is not False:
            yield Concern(case="authority")
        elif entry.annex1_para is None or not entry.necessity:
            yield Concern()
        elif str(entry.annex1_para) == "1" and not _need_stated(act, world):
            yield Concern(case="request")


def _need_stated(act: Act, world: World) -> bool:
    asked = world.case.requests.get(act.decision.request_id or "") if act.decision is not None else None
    return asked is not None and asked.event.need_stated is not False


@rule("LB-20", "§5.1 #5: Article 10 (the seed is silent)", on=SHARE)
def offence_data_without_gateway(act: Act, world: World) -> Concerns:
    found = basis(act)
    if not shares(act) or (found is not None and found.regime != UK_GDPR):
        return
    if found is None or found.art10 is None or found.art10.sch1_para is None:
        yield from (Concern(i) for i, item in items(act, world) if item.event.criminal_offence_data)


@rule("LB-21", "§5.1 #6: DPA 2018 Part 3", on=SHARE)
def law_enforcement(act: Act, world: World) -> Concerns:
    found = basis(act)
    if not shares(act) or found is None or found.regime != PART_3:
        return
    part3 = found.part3
    if not world.agency.has("competent_authority"):
        yield Concern(case="authority")
    elif part3 is None or not (part3.s35_basis or part3.sch8_para):
        yield Concern()
    elif part3.sch8_para is None or not part3.strictly_necessary:
        yield from (Concern(i, "sensitive") for i, item in items(act, world) if item.event.special)


@rule("LB-23", "GR4 “Where possible, share information with consent” (and the ICO on power imbalance)", on=SHARE)
def authority_on_consent_alone(act: Act, world: World) -> Concerns:
    if shares(act) and world.agency.has("public_authority") and on_consent_alone(basis(act)):
        yield Concern()


@rule("LB-24", "“at least one condition”: one is enough", on=SHARE)
def several_conditions(act: Act, _world: World) -> Concerns:
    found = basis(act)
    if shares(act) and found is not None and found.regime == UK_GDPR:
        for conditions_relied_on in (article_6(found), article_9(found)):
            if len(conditions_relied_on) > 1:
                yield Concern(details={"conditions": ", ".join(sorted(conditions_relied_on))})
