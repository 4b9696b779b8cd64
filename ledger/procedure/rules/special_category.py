"""Special category data, Article 9 of the UK GDPR with Schedule 1 of the DPA 2018: LB-02, LB-11, LB-13, LB-17."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.events.decision import Article9Basis, DecisionMade
from ledger.procedure.positions import UK_GDPR, article_9, relied_on
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, basis, items, recipient_ids, shares, sharing
from ledger.procedure.state.world import World

SAFEGUARDING, UNLAWFUL_ACTS = "18", "10"
COMPETENT_KINDS = frozenset({"police", "probation"})


def conditions(act: Act, code: str) -> Iterator[Article9Basis]:
    """The entries of this Article 9 condition that a sharing relies on."""
    found = basis(act)
    if shares(act) and found is not None and found.regime == UK_GDPR:
        yield from (entry for entry in found.art9 if entry.code == code)


@rule("LB-02", "“one condition in Article 6, and at least one of the conditions listed below”", on=SHARE)
def special_without_condition(act: Act, world: World) -> Concerns:
    found = basis(act)
    if shares(act) and (found is None or found.regime == UK_GDPR) and not article_9(found):
        yield from (Concern(i) for i, item in items(act, world) if item.event.special)


@rule("LB-11", "Q54 “explicit consent to the processing”", on=[DecisionMade])
def consent_not_explicit(act: Act, world: World) -> Concerns:
    decision, found = sharing(act), basis(act)
    if decision is None or "9(a)" not in article_9(found):
        return
    for person, consent_id in relied_on(decision, found, world.case):
        held = world.case.consents.get(consent_id or "")
        if held is not None and held.terms.explicit is not True:
            yield Concern(person)


@rule("LB-13", "“physically or legally incapable of giving consent”", on=SHARE)
def no_incapacity(act: Act, _world: World) -> Concerns:
    if any(not entry.incapacity for entry in conditions(act, "9(c)")):
        yield Concern()


@rule("LB-17a", "“necessary for reasons of substantial public interest”; Schedule 1 Part 2", on=SHARE)
def public_interest_unnamed(act: Act, _world: World) -> Concerns:
    for entry in conditions(act, "9(g)"):
        if entry.sch1_para is None:
            yield Concern()
        elif str(entry.sch1_para) == SAFEGUARDING and entry.reason_consent_not_obtained is None:
            yield Concern(case="reason")


@rule("LB-17b", "§5.1 #4: appropriate policy document", on=SHARE)
def no_policy_document(act: Act, world: World) -> Concerns:
    entries = list(conditions(act, "9(g)"))
    to_police = bool(recipient_ids(act)) and all(_competent(name, world) for name in recipient_ids(act))
    exempt = to_police and all(str(entry.sch1_para) == UNLAWFUL_ACTS for entry in entries)
    if entries and not exempt and not world.agency.has_policy_document(act.at):
        yield Concern()


def _competent(agency_id: str, world: World) -> bool:
    partner = world.agency.partners.get(agency_id)
    return partner is not None and (partner.kind in COMPETENT_KINDS or bool(partner.flags.get("competent_authority")))
