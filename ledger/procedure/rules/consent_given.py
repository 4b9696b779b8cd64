"""Consent as it is given: CN-01 to CN-07."""

from __future__ import annotations

from ledger.procedure.declare import Payload
from ledger.procedure.events.consent import ConsentGiven, ConsentRenewed, ConsentTerms
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.persons import Person, holds_responsibility
from ledger.procedure.state.world import World

GIVEN: tuple[type[Payload], ...] = (ConsentGiven, ConsentRenewed)
SELF, PR = "self", "PR"
UNDERSTANDS_AT = 12


def subject(act: Act, world: World) -> Person | None:
    """Whose information the consent is about."""
    return world.case.persons.get(act.event.data_subject or "")


def by_pr_holder(terms: ConsentTerms) -> bool:
    """Whether somebody with parental responsibility consented for a child."""
    return terms.authority == PR


@rule("CN-01", "Q50 “specific”", on=GIVEN)
def not_specific(act: Act, _world: World) -> Concerns:
    said: ConsentTerms = act.event
    missing = [name for name in ("data_subject", "purposes", "items", "recipients") if not getattr(said, name)]
    if missing:
        yield Concern(said.consent_id, details={"missing": ", ".join(missing)})


@rule("CN-02", "Q51 “time limited”", on=GIVEN)
def without_end(act: Act, _world: World) -> Concerns:
    if act.event.expires_at is None and act.event.review_on is None:
        yield Concern(act.event.consent_id)


@rule("CN-03", "Q58 “person with parental responsibility”", on=GIVEN)
def without_authority(act: Act, world: World) -> Concerns:
    said: ConsentTerms = act.event
    if said.data_subject is None:
        return  # it covers nobody: CN-01
    person, giver = subject(act, world), world.case.persons.get(said.given_by or "")
    if person is None or giver is None:
        yield Concern(said.consent_id)
    elif said.authority in (None, SELF):
        if giver.id != person.id:
            yield Concern(giver.id)
    elif said.authority == PR and not holds_responsibility(giver, person, act.at):
        yield Concern(giver.id)


@rule("CN-04", "Q57 “old enough (generally 12 or over)”", on=GIVEN)
def child_not_asked(act: Act, world: World) -> Concerns:
    person = subject(act, world)
    if person is not None and by_pr_holder(act.event) and person.is_child(act.at) and person.understands(act.at):
        yield Concern(person.id)


@rule("CN-05", "Q57 “old enough … to understand the information and the implications of sharing it”", on=GIVEN)
def understanding_unassessed(act: Act, world: World) -> Concerns:
    said: ConsentTerms = act.event
    person = subject(act, world)
    if person is None or not person.is_child(act.at):
        return
    own = said.given_by == person.id
    # A child of unknown age may be old enough: that is looked at, and not taken from the age (§3.5).
    old_enough = person.age(act.at) is None or person.reached(UNDERSTANDS_AT, act.at)
    concerns_them = own or (by_pr_holder(said) and old_enough)
    if concerns_them and said.competence_ref is None and person.competent(act.at) is None:
        yield Concern(person.id)


@rule("CN-06", "Q53 “can be withdrawn”", on=GIVEN)
def withdrawal_unexplained(act: Act, _world: World) -> Concerns:
    if act.event.informed_of_withdrawal_right is not True:
        yield Concern(act.event.consent_id)


@rule("CN-07", "Q53 “a high standard for consent”", on=GIVEN)
def not_free(act: Act, _world: World) -> Concerns:
    if act.event.freely_given is not True:
        yield Concern(act.event.consent_id)
