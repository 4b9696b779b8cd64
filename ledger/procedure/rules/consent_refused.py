"""Consent that was refused, where information is shared all the same: CN-08."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.events.consent import ConsentRefused
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.positions import on_other_basis, relied_on
from ledger.procedure.rules.consent_given import PR
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import basis, positions, sharing, use
from ledger.procedure.state.case import Said
from ledger.procedure.state.consents import Use
from ledger.procedure.state.persons import holds_responsibility
from ledger.procedure.state.world import World

WISHES = "GR4 “where possible, respect the wishes of those who do not consent”"


@rule("CN-08", WISHES, on=[DecisionMade])
def wishes_overridden(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is not None and on_other_basis(basis(act)) and not decision.override_reasons:
        yield from (Concern(person) for person in unwilling(act, world))


def unwilling(act: Act, world: World) -> list[str]:
    """The data subjects who refused, or took their consent back."""
    found = []
    for person, position in positions(act).items():
        refused_at = world.case.consent_refused.get(person)
        refused = refused_at is not None and refused_at <= act.at and position.state != "given"
        if position.state in ("refused", "withdrawn") or refused:
            found.append(person)
    return found


@rule("CN-08", WISHES, on=[DecisionMade])
def one_parent_unwilling(act: Act, world: World) -> Concerns:
    """§3.5: two holders of parental responsibility disagree. The consent of one is lawful; the other's no is a wish."""
    decision = sharing(act)
    if decision is None or decision.override_reasons:
        return
    for person, consent_id in relied_on(decision, basis(act), world.case):
        named = world.case.consents.get(consent_id or "")
        held = named.standing(act.at) if named is not None else None
        if held is not None and held.terms.authority == PR:
            yield from (Concern(said.event.by, "one_parent") for said in _refusals(person, act, world))


def _refusals(person: str, act: Act, world: World) -> Iterator[Said]:
    """The refusals by then, for a child and for this use, of those with parental responsibility who did not agree
    since."""
    used = use(act, world, person)
    for said in world.case.refusals:
        by = world.case.persons.get(said.event.by or "")
        if (
            said.at <= act.at
            and said.event.data_subject == person
            and by is not None
            and holds_responsibility(by, world.case.persons[person], act.at)
            and refuses(said.event, used)
            and not _agreed(by.id, person, said, act, world)
        ):
            yield said


def refuses(event: ConsentRefused, used: Use) -> bool:
    """Whether a refusal is of this use; what it leaves open, it refuses altogether."""
    items = {name for item in used.items for name in item}
    pairs = ((event.items, items), (event.recipients, used.recipients), (event.purposes, used.purposes))
    return all(not refused or set(refused) & set(asked) for refused, asked in pairs)


def _agreed(by: str, person: str, refusal: Said, act: Act, world: World) -> bool:
    """Whether they consented for that child after they had refused."""
    return any(
        (held.terms.given_by, held.terms.data_subject) == (by, person) and refusal.at <= held.at <= act.at
        for held in world.case.consents.values()
    )
