"""Informing the persons concerned: IN-01 to IN-04, IN-06 and IN-08."""

from __future__ import annotations

from ledger.procedure.events.decision import DecisionMade, Informing
from ledger.procedure.events.persons import InformingWithheld, PersonInformed
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import recipient_ids, sharing, subjects
from ledger.procedure.state.persons import CHILD_ROLES, Person, holds_responsibility
from ledger.procedure.state.world import World

PARENT_TOLD_UNDER, TOLD_FROM, ADULT_AT = 16, 12, 18
AT_RISK = frozenset({"immediate", "significant_harm"})
CANNOT_LOCATE = "cannot_locate"
PARENT = "parent"


def accounted_for(act: Act, world: World) -> set[str]:
    """The persons who were told of this sharing, or for whom an exception is claimed."""
    decision: DecisionMade = act.decision
    found = {entry.person for entry in decision.informing if entry.person}
    for said in world.case.informed:
        event: PersonInformed | InformingWithheld = said.event
        if event.decision_id is not None:
            covered = event.decision_id == decision.decision_id
        else:
            told_of = event.with_whom if isinstance(event, PersonInformed) else ()
            covered = said.at <= act.at and bool(told_of) and set(recipient_ids(act)) <= set(told_of)
        if covered:
            found.add(event.person)
    return found


def weight(act: Act) -> str:
    """At immediate or significant risk these rules warn instead of refusing (R0.13)."""
    return "at_risk" if act.decision.risk_level in AT_RISK else ""


@rule("IN-01", "Q57 “a parent or other person with parental responsibility should be informed”", on=[DecisionMade])
def parent_not_told(act: Act, world: World) -> Concerns:
    decision = sharing(act)
    if decision is None:
        return
    told = accounted_for(act, world)
    cannot_locate = any(entry.exception == CANNOT_LOCATE for entry in decision.informing)
    for child in subjects(act, world):
        if not child.under(PARENT_TOLD_UNDER, act.at) or not _is_child_here(child, act):
            continue
        holders = [
            p.id for p in world.case.persons.values() if p is not child and holds_responsibility(p, child, act.at)
        ]
        stated = [r.holder for r in child.responsibilities if r.holder]
        # “A parent or other person”: where nobody is known to hold it, a parent who was told counts.
        parents = [p.id for p in world.case.persons.values() if p is not child and PARENT in p.roles]
        if not told & ({*holders, *stated} or {*parents}) and not cannot_locate:
            yield Concern(child.id, weight(act))


@rule(
    "IN-02", "Q57 “as well as the child … themselves if they are old enough (generally 12 or over)”", on=[DecisionMade]
)
def child_not_told(act: Act, world: World) -> Concerns:
    if sharing(act) is None:
        return
    told = accounted_for(act, world)
    for person in subjects(act, world):
        if person.is_child(act.at) and person.reached(TOLD_FROM, act.at) and person.id not in told:
            yield Concern(person.id, weight(act))


@rule("IN-08", "Q57 “old enough … to understand the information”", on=[DecisionMade])
def able_child_not_told(act: Act, world: World) -> Concerns:
    """A younger child, or one of unknown age, who was assessed as able to understand is told as an older one is."""
    if sharing(act) is None:
        return
    told = accounted_for(act, world)
    for person in subjects(act, world):
        younger = person.is_child(act.at) and not person.reached(TOLD_FROM, act.at)
        if younger and person.understands(act.at) and person.id not in told:
            yield Concern(person.id, weight(act))


@rule("IN-03", "Q63 “where possible/appropriate”", on=[DecisionMade])
def exception_unexplained(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    for entry in decision.informing if decision is not None else ():
        if entry.informed_at is None and not (entry.exception and entry.reason):
            yield Concern(entry.person or "")


@rule("IN-04", "Q62 “situations where to do so would place a child at increased risk”", on=[DecisionMade])
def exception_without_review(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    unsafe = act.context.codes("unsafe_exceptions")
    for entry in decision.informing if decision is not None else ():
        if _claims(entry) in unsafe and entry.review_on is None:
            yield Concern(entry.person or "")


@rule("IN-06", "Q62 “wherever possible, the individual concerned should be informed”", on=[DecisionMade])
def adult_not_told(act: Act, world: World) -> Concerns:
    if sharing(act) is None:
        return
    told = accounted_for(act, world)
    for person in subjects(act, world):
        if not person.is_child(act.at) and person.id not in told:
            yield Concern(person.id, weight(act))


def _claims(entry: Informing) -> str | None:
    return entry.exception if entry.informed_at is None else None


def _is_child_here(person: Person, act: Act) -> bool:
    """A person of unknown age counts as a child where they are named as one."""
    return person.age(act.at) is not None or bool(person.roles & CHILD_ROLES)
