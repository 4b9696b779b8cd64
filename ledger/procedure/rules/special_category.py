"""Special category data, Article 9 of the UK GDPR with Schedule 1 of the DPA 2018: LB-02 and LB-12 to LB-19.

Not here: LB-11, where the condition is explicit consent (`consent_relied_on.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.procedure.events.decision import Article9Basis
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.positions import UK_GDPR, consent_of
from ledger.procedure.rules.consent_relied_on import shortfall
from ledger.procedure.rules.extract import themselves
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import (
    SHARE,
    SHARE_OR_EXTRACT,
    basis,
    in_full,
    items,
    positions,
    recipient_ids,
    recipients,
    shares,
    sharing,
    subjects,
    use,
)
from ledger.procedure.state.world import World

SAFEGUARDING, UNLAWFUL_ACTS = "18", "10"
COMPETENT_KINDS = frozenset({"police", "probation"})


def conditions(act: Act, code: str, *, named: bool = False) -> Iterator[Article9Basis]:
    """The entries of this Article 9 condition that a sharing relies on; `named`: also where only its code is said."""
    found = basis(act)
    if shares(act) and found is not None and found.regime == UK_GDPR and (named or in_full(act)):
        yield from (entry for entry in found.art9 if entry.code == code)


def covers(entry: Article9Basis, item_id: str) -> bool:
    """Whether a condition is for an item: one that names no items is for all."""
    return bool(entry.code) and (not entry.items or item_id in entry.items)


@rule("LB-02", "“one condition in Article 6, and at least one of the conditions listed below”", on=SHARE_OR_EXTRACT)
def special_without_condition(act: Act, world: World) -> Concerns:
    found = basis(act)
    if not shares(act) or (found is None and isinstance(act.event, ExtractIssued)):
        return  # an extract without any basis: EX-01 says it
    # Whoever asks what is held about themselves is owed it by Article 15: to give it to them needs nobody's consent and
    # no condition of Article 9. What is somebody else's needs one in a statement too.
    own = themselves(act.event) if isinstance(act.event, ExtractIssued) else None
    if found is None or found.regime == UK_GDPR:
        entries = found.art9 if found is not None else ()
        for item_id, item in items(act, world):
            theirs = own is not None and item.event.person == own
            if item.event.special and not theirs and not any(covers(entry, item_id) for entry in entries):
                yield Concern(item_id)


@rule("LB-12", "“in the field of employment and social security and social protection law”", on=SHARE_OR_EXTRACT)
def protection_law(act: Act, world: World) -> Concerns:
    if any(not entry.citation for entry in conditions(act, "9(b)")):
        yield Concern()
    if not documented(conditions(act, "9(b)", named=True), act, world):
        yield Concern(case="policy")


@rule("LB-13", "“physically or legally incapable of giving consent”", on=SHARE_OR_EXTRACT)
def no_incapacity(act: Act, _world: World) -> Concerns:
    if any(not entry.incapacity for entry in conditions(act, "9(c)")):
        yield Concern()


@rule(
    "LB-14",
    "“a not-for-profit body with a political, philosophical, religious or trade union aim”",
    on=SHARE_OR_EXTRACT,
)
def body_without_aim(act: Act, world: World) -> Concerns:
    aim = world.agency.flags.get("nfp_aim")
    if any(conditions(act, "9(d)", named=True)) and aim not in act.context.codes("nfp_aims"):
        yield Concern()


@rule("LB-14", "“solely to the members or to former members … or to persons who have regular contact”", on=SHARE)
def strangers_to_the_body(act: Act, world: World) -> Concerns:
    for entry in conditions(act, "9(d)"):
        related = {one.person for one in entry.relations if one.relation}
        if None not in related:
            yield from (Concern(person, "persons") for person in concerned(entry, act, world) if person not in related)


@rule("LB-14", "“not disclosed outside that body without the consent of the data subjects”", on=SHARE)
def outside_the_body(act: Act, world: World) -> Concerns:
    if all(to.agency in (world.agency.id, world.agency.name) for to in recipients(act)):
        return
    for entry in conditions(act, "9(d)"):
        for person in concerned(entry, act, world):
            if not consents(person, act, world):
                yield Concern(person, "outside")


def concerned(entry: Article9Basis, act: Act, world: World) -> list[str]:
    """The persons whose special category data a condition is for; where no item says, all whom the sharing is about."""
    about = {i.event.person for item_id, i in items(act, world) if i.event.special and covers(entry, item_id)}
    if about and None not in about:
        return sorted(filter(None, about))
    return [person.id for person in subjects(act, world)]


def consents(person: str, act: Act, world: World) -> bool:
    """Whether a person's consent to this sharing is live and covers it."""
    position = positions(act).get(person)
    if position is None or position.state != "given":
        return False
    held = world.case.consents.get(consent_of(person, position, world.case) or "")
    withdrawn = held is not None and held.withdrawn(act.at, use(act, world, person))
    return not withdrawn and not shortfall(person, held, act, world)


@rule("LB-15", "“manifestly made public by the data subject”", on=SHARE_OR_EXTRACT)
def not_shown_public(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "9(e)"):
        told = entry.published_where and entry.published_on and entry.published_by_subject
        if entry.published_by_subject is False or not (told or entry.evidence):
            yield Concern()


@rule(
    "LB-16",
    "“establishment, exercise or defence of legal claims”; courts in their judicial capacity",
    on=SHARE_OR_EXTRACT,
)
def no_proceedings(act: Act, _world: World) -> Concerns:
    if any(not (entry.proceedings_ref or entry.citation) for entry in conditions(act, "9(f)")):
        yield Concern()


@rule("LB-17a", "“necessary for reasons of substantial public interest”; Schedule 1 Part 2", on=SHARE_OR_EXTRACT)
def public_interest_unnamed(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "9(g)"):
        if entry.sch1_para is None:
            yield Concern()
        elif str(entry.sch1_para) == SAFEGUARDING and entry.reason_consent_not_obtained is None:
            yield Concern(case="reason")


@rule("LB-17b", "§5.1 #4: appropriate policy document", on=SHARE_OR_EXTRACT)
def no_policy_document(act: Act, world: World) -> Concerns:
    entries = list(conditions(act, "9(g)", named=True))
    to_police = bool(recipient_ids(act)) and all(_competent(name, world) for name in recipient_ids(act))
    exempt = to_police and all(str(entry.sch1_para) == UNLAWFUL_ACTS for entry in entries)
    if not exempt and not documented(entries, act, world):
        yield Concern()


def documented(entries: Iterable[Article9Basis], act: Act, world: World) -> bool:
    """Whether the agency has its appropriate policy document, or every one of these conditions names one."""
    return world.agency.has_policy_document(act.at) or all(entry.apd_ref for entry in entries)


def _competent(agency_id: str, world: World) -> bool:
    partner = world.agency.partners.get(agency_id)
    return partner is not None and (partner.kind in COMPETENT_KINDS or bool(partner.flags.get("competent_authority")))


@rule(
    "LB-18",
    "“health or social care or treatment”, “public health”: Article 9(3), DPA 2018 section 11",
    on=SHARE_OR_EXTRACT,
)
def no_secrecy(act: Act, _world: World) -> Concerns:
    if any(entry.secrecy_professional is not True for code in ("9(h)", "9(i)") for entry in conditions(act, code)):
        yield Concern()


@rule(
    "LB-19",
    "“archiving purposes in the public interest, … research purposes or statistical purposes”",
    on=SHARE_OR_EXTRACT,
)
def statistics_of_one(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    purposes = (
        {act.event.purpose} if isinstance(act.event, ExtractIssued) else set(decision.purposes if decision else ())
    )
    assumed = not purposes or not purposes <= act.context.codes("statistical_purposes")
    for entry in conditions(act, "9(j)"):
        if assumed if entry.individual_decision is None else entry.individual_decision:
            yield Concern()
