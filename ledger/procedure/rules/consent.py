"""Consent where information is shared or kept: CN-09, CN-10, CN-12, CN-15 and CN-16."""

from __future__ import annotations

from ledger.procedure.aliases import condition
from ledger.procedure.events.consent import DeletionDeclined, OtherBasis
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.positions import CONSENT_6, CONSENT_9, on_consent_alone, on_other_basis, relied_on
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import basis, items, positions, sharing, use
from ledger.procedure.state.world import World

NO_CONSENT_NEEDED = frozenset({"given", "deferred", "not_applicable"})


@rule("CN-09", "GR4 “you may share information without consent if … there is lawful basis to do so”", on=[DecisionMade])
def shared_without_consent(act: Act, _world: World) -> Concerns:
    if on_other_basis(basis(act)):
        yield from (
            Concern(person) for person, position in positions(act).items() if position.state not in NO_CONSENT_NEEDED
        )


@rule(
    "CN-10",
    "Q21 “not obliged to seek the consent of any person who … might put a child(ren) at further risk”",
    on=[DecisionMade],
)
def not_sought_without_reason(act: Act, world: World) -> Concerns:
    for person, position in positions(act).items():
        recorded = world.case.not_sought.get(person)
        reason = position.reason or (recorded.event.reason if recorded else None)
        if position.state == "not_sought" and not reason:
            yield Concern(person)


@rule("CN-12", "Q52 “can be withdrawn”", on=[DecisionMade])
def shared_on_withdrawn_consent(act: Act, world: World) -> Concerns:
    decision, found = sharing(act), basis(act)
    if decision is None:
        return
    for person, consent_id in relied_on(decision, found, world.case):
        position = decision.data_subjects[person]
        held = world.case.consents.get(consent_id or "")
        taken_back = held is not None and held.standing(act.at).withdrawn(act.at, use(act, world, person))
        said_so = position is not None and position.state == "withdrawn" and on_consent_alone(found)
        if taken_back or said_so:
            yield Concern(person)


@rule("CN-15", "Q52 “in which case the information would have to be deleted”", on=[DeletionDeclined])
def kept_without_basis(act: Act, _world: World) -> Concerns:
    said: DeletionDeclined = act.event
    code = said.basis.code if isinstance(said.basis, OtherBasis) else said.basis
    if not code or condition(code) in (CONSENT_6, CONSENT_9) or not said.approver:
        yield Concern(said.consent_id or said.disclosure_id or "")


@rule("CN-16", "R0.7; Q11 “any adults with whom that child has contact”", on=[DecisionMade])
def no_position(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is None:
        return
    about = {item.event.person for _, item in items(act, world) if item.event.person}
    missing = sorted((about | set(decision.data_subjects)) - set(positions(act)))
    yield from (Concern(person) for person in missing)
    if not decision.data_subjects and not missing:
        yield Concern(case="nobody")
