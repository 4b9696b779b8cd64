"""Where the legal basis is consent: LB-04, LB-11 and LB-23."""

from __future__ import annotations

from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.positions import article_9, on_consent, on_consent_alone, relied_on
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE_OR_EXTRACT, basis, shares, sharing, use
from ledger.procedure.state.consents import HeldConsent
from ledger.procedure.state.world import World

LAPSES_AT = 18
WHY = {
    "none": "there is no specific consent",
    "expired": "the consent has run out",
    "purpose": "the consent does not cover the purpose",
    "item": "the consent does not cover this information",
    "recipient": "the consent does not cover the recipient",
    "subject": "the consent is another person's",
}


def shortfall(person: str, held: HeldConsent | None, act: Act, world: World) -> str:
    """Why a consent does not carry this sharing for a person, as a key of `WHY`; empty if it does."""
    used = use(act, world, person)
    held = held.standing(act.at) if held is not None else None
    if held is None or held.at > act.at or held.invalid(act.at) or not held.specific:
        return "none"
    if held.terms.data_subject not in (None, person):
        return "subject"
    of_age = held.terms.authority == "PR" and world.case.persons[person].reached(LAPSES_AT, act.at)
    return "expired" if of_age or held.expired(act.at) else held.uncovered(used)


@rule("LB-04", "Q50, Q51 “specific, time limited”; Article 6(a) and 9(a)", on=[DecisionMade])
def consent_not_covering(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is None:
        return
    relied = list(relied_on(decision, basis(act), world.case))
    for person, consent_id in relied:
        position = decision.data_subjects[person]
        held = world.case.consents.get(consent_id or "")
        withdrawn = held is not None and held.standing(act.at).withdrawn(act.at, use(act, world, person))
        if withdrawn or (position and position.state == "withdrawn"):
            continue  # CN-12 alone
        if why := shortfall(person, held, act, world):
            yield Concern(person, details={"why": WHY[why]})
    if not relied and on_consent(basis(act)):
        yield Concern(details={"why": WHY["none"]})


@rule("LB-11", "Q54 “explicit consent to the processing”", on=[DecisionMade])
def consent_not_explicit(act: Act, world: World) -> Concerns:
    decision, found = sharing(act), basis(act)
    if decision is None or "9(a)" not in article_9(found):
        return
    for person, consent_id in relied_on(decision, found, world.case):
        held = world.case.consents.get(consent_id or "")
        if held is not None and held.terms.explicit is not True:
            yield Concern(person)


@rule(
    "LB-23",
    "GR4 “Where possible, share information with consent” (and the ICO on power imbalance)",
    on=SHARE_OR_EXTRACT,
)
def authority_on_consent_alone(act: Act, world: World) -> Concerns:
    if shares(act) and world.agency.has("public_authority") and on_consent_alone(basis(act)):
        yield Concern()
