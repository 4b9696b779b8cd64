"""What nobody is asked at 2 am because the case, the agency and the editions in force say it (R0.13).

Everything here is a value of a decision as a command writes it, with what is absent left out. It is shown before it is
recorded, and whatever a person says goes before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ledger.procedure.clock import end_of_working_day_after
from ledger.procedure.edition import LONDON
from ledger.procedure.positions import PART_3, UK_GDPR
from ledger.procedure.state.case import Case
from ledger.procedure.state.consents import Use
from ledger.procedure.state.persons import holds_responsibility
from ledger.procedure.state.world import World

Said = dict[str, Any]

# The function each kind of public body safeguards children under; for any other, s.11 where it is a public authority.
FUNCTIONS = {
    "local_authority": "Children Act 2004 s.11",
    "police": "Children Act 2004 s.11",
    "probation": "Children Act 2004 s.11",
    "nhs_provider": "Children Act 2004 s.11",
    "icb": "Children Act 2004 s.11",
    "gp": "Children Act 2004 s.11",
    "youth_justice": "Children Act 2004 s.11",
    "secure_establishment": "Children Act 2004 s.11",
    "school_or_college": "Education Act 2002 s.175",
    "adult_services": "Care Act 2014 s.42",
    "court_or_cafcass": "Criminal Justice and Court Services Act 2000 s.12",
}
DUTY_TO_SHARE, DUTY_CITED = "16LA", "Children Act 2004 s.16LA"
LAW_ENFORCEMENT = frozenset({"prevent_detect_crime", "scheme_csods", "scheme_dvds", "mappa"})
VULNERABLE_INDIVIDUAL, SAFEGUARDING, SENSITIVE_SAFEGUARDING = 6, 18, 4  # Annex 1; DPA 2018 Schedule 1; its Schedule 8
S35 = "DPA 2018 s.35(2)(b): necessary for a task carried out for a law enforcement purpose"

TOLD, NO, LATER = "told", "no", "later"
# Would anyone be at risk if the person knew: the short answers, and the exceptions to informing that they mean.
KNOWING = {
    LATER: "urgent_inform_after",
    "child": "unsafe_increased_risk_to_child",
    "other": "risk_to_other",
    "investigation": "prejudice_investigation",
}
# Why consent was not sought follows from why the person is not told.
NOT_ASKED = {
    "urgent_inform_after": "urgent",
    "unsafe_increased_risk_to_child": "would_put_child_at_risk",
    "risk_to_other": "would_put_other_at_risk",
    "prejudice_investigation": "prejudice_investigation",
    "prejudice_crime_prevention": "prejudice_investigation",
    "not_able_to_understand": "cannot_be_given",
    "cannot_locate": "not_reasonable_to_obtain",
}
# … and Schedule 1 paragraph 18 asks for the same in three words of its own.
PARAGRAPH_18 = {"cannot_be_given": "cannot_be_given", "not_reasonable_to_obtain": "not_reasonable_to_obtain"}
AGAINST_WISHES = frozenset({"refused", "withdrawn"})
WITHOUT = AGAINST_WISHES | {"not_sought"}
PARENT_TOLD_UNDER = 16
NOBODY_LINKED = "Nobody with parental responsibility is linked to this case yet."


def said(**values: Any) -> Said:
    """A structure with what is absent left out."""
    return {name: value for name, value in values.items() if value not in (None, (), [], {})}


def day_after(days: str, default: int, world: World) -> str:
    """The day that lies this parameter's number of working days from now."""
    return by_then(days, default, world).astimezone(LONDON).date().isoformat()


def by_then(days: str, default: int, world: World) -> dt.datetime:
    """The end of that day."""
    context = world.context(world.now)
    return end_of_working_day_after(world.now, context.param(days, default), context.codes("bank_holidays"))


# --- legal basis ----------------------------------------------------------------------------------------------------


class Sharing(NamedTuple):
    """What a legal basis depends on; `sentence` is the one that weighs the tests, if there is one yet."""

    purposes: Collection[str]
    recipients: Collection[str]
    request_id: str | None
    special: bool
    offence: bool
    reason_not_sought: str
    sentence: str | None


def legal_basis(sharing: Sharing, world: World) -> Said:
    """The basis that the agency's kind and the purpose lead to."""
    if world.agency.has("competent_authority") and set(sharing.purposes) & LAW_ENFORCEMENT:
        strictly = sharing.special or None
        part3 = said(s35_basis=S35, sch8_para=SENSITIVE_SAFEGUARDING, strictly_necessary=strictly)
        return {"regime": PART_3, "part3": part3}
    reason = PARAGRAPH_18.get(sharing.reason_not_sought, "would_prejudice_protection")
    art9 = {"code": "9(g)", "sch1_para": SAFEGUARDING, "reason_consent_not_obtained": reason}
    return said(
        regime=UK_GDPR,
        art6=[article_6(sharing, world)],
        art9=[art9] if sharing.special else None,
        art10={"sch1_para": SAFEGUARDING} if sharing.offence else None,
    )


def article_6(sharing: Sharing, world: World) -> Said:
    """What compels, else the duty to share once it is in force, else the body's own function, else an interest."""
    asked = world.case.requests.get(sharing.request_id or "")
    compelled = asked.event.compulsion if asked is not None else None
    if compelled is not None and (cited := compelled.statute or compelled.court_order or compelled.ref):
        return {"code": "6(c)", "citation": cited}
    if under_duty(sharing.recipients, world):
        return {"code": "6(c)", "citation": DUTY_CITED}
    function = FUNCTIONS.get(world.agency.kind)
    if function or world.agency.has("public_authority"):
        adult = "protect_vulnerable_adult" in sharing.purposes and world.agency.kind == "local_authority"
        return {"code": "6(e)", "citation": FUNCTIONS["adult_services"] if adult else function or FUNCTIONS["police"]}
    if "6(ea)" in world.context(world.now).codes("article_6_conditions"):
        return said(code="6(ea)", annex1_para=VULNERABLE_INDIVIDUAL, necessity=sharing.sentence)
    return said(code="6(f)", balancing=sharing.sentence, child_weighting=sharing.sentence)


def under_duty(recipients: Iterable[str], world: World) -> bool:
    """Whether s.16LA is in force for this agency, and no recipient is known to be a body that it does not name."""
    for edition in world.context(world.now).editions:
        if DUTY_TO_SHARE in edition.vocabulary.get("citations", ()):
            known = [world.agency.partners[name].kind for name in recipients if name in world.agency.partners]
            return all(kind in edition.applies_to for kind in known)
    return False


# --- consent and informing ------------------------------------------------------------------------------------------


def not_sought(person: str, exception: str, world: World) -> str:
    """Why their consent was not sought: why they are not told says it, else the case, else the agency's position."""
    public = world.agency.kind in FUNCTIONS or world.agency.has("public_authority")
    recorded = world.case.not_sought.get(person)
    return (
        NOT_ASKED.get(exception)
        or (recorded.event.reason if recorded is not None else None)
        or ("alternative_basis_power_imbalance" if public else "not_reasonable_to_obtain")
    )


def position(person: str, use: Use, otherwise: Said, world: World) -> Said:
    """Where one person's consent stands: as the case says, else `otherwise`."""
    case, now = world.case, world.now
    own = {i: held for i, held in case.consents.items() if held.terms.data_subject == person}
    for consent_id, held in own.items():
        live = held.specific and held.state(now) == "given" and not held.withdrawn(now, use)
        if live and not held.uncovered(use):
            return {"state": "given", "consent_id": consent_id}
    if any(held.withdrawn(now, use) for held in own.values()):
        return {"state": "withdrawn"}
    if person in case.consent_refused:
        return {"state": "refused"}
    return {"state": "expired"} if own and all(h.expired(now) for h in own.values()) else otherwise


def informing(answers: Mapping[str, str], reason: str | None, review_on: str, world: World) -> Iterator[Said]:
    """An entry for each person who knows, or is not to know; whoever can safely be told has none yet.

    `answers` gives each person's: ``told``, ``no`` (nobody would be at risk) or the exception that holds for them.
    """
    for person, answer in answers.items():
        if answer == TOLD:
            yield {"person": person, "informed_at": world.now.isoformat()}
        elif answer != NO:
            yield said(person=person, exception=answer, reason=reason, review_on=review_on)


def responsible(children: Iterable[str], world: World) -> tuple[list[str], bool]:
    """Who has parental responsibility for those under 16 among these children; whether nobody has for one of them."""
    found: list[str] = []
    orphans = False
    for person in children:
        child = world.case.persons.get(person)
        if child is not None and not child.under(PARENT_TOLD_UNDER, world.now):
            continue
        others = [p for p in world.case.persons.values() if child is not None and p is not child]
        own = [p.id for p in others if child is not None and holds_responsibility(p, child, world.now)]
        found += own
        orphans |= not own
    return list(dict.fromkeys(found)), orphans


def advice_to_recipient(states: Iterable[str], kept_back: str | None, reason: str | None) -> Said | None:
    """That the recipient is told where consent stands; or why not."""
    without = next((state for state in states if state in WITHOUT), None)
    if without is None:
        return None
    if kept_back:
        return said(advised=False, state=without, withheld_reason=kept_back, explanation=reason)
    return {"advised": True, "state": without}


def free_id(prefix: str, what: str, case: Case, taken: int = 0) -> str:
    """The next id of a sort (`D-3`) that the case does not hold; `taken` of them are being given already."""
    held = case.held(what) or {}
    number, left = 0, taken + 1
    while left:
        number += 1
        left -= f"{prefix}-{number}" not in held
    return f"{prefix}-{number}"
