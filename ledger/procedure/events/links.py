"""What a case is joined to: other cases, the agencies that work on it, and how its persons are related (genogram)."""

from __future__ import annotations

from ledger.procedure.declare import Date, Event, Name, Time, Words, kind
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.events.vocabulary import Involvement, OtherCase, Person, Relationship


@kind("case/CaseLinked/1", on=ON_FILE)
class CaseLinked(Event, frozen=True, kw_only=True):
    """This case belongs with others; `agency` names whose they are, where they are not this agency's."""

    linked_cases: tuple[OtherCase, ...] = ()
    agency: Name | None = None
    reason: Words | None = None


@kind("case/AgencyJoinedCase/1", on=ON_FILE)
class AgencyJoinedCase(Event, frozen=True, kw_only=True):
    """An agency works on the case from now on; unnamed, it is this one.

    `first_service_at` is when the family first received a service from that agency.
    """

    agency: Name | None = None
    involvement: Involvement | None = None
    first_service_at: Time | None = None
    reason: Words | None = None


@kind("case/AgencyLeftCase/1", on=ON_FILE)
class AgencyLeftCase(Event, frozen=True, kw_only=True):
    """An agency no longer works on the case; unnamed, it is this one."""

    agency: Name | None = None
    reason: Words | None = None


@kind("case/RelationshipRecorded/1", on=ON_FILE, words="person:person")
class RelationshipRecorded(Event, frozen=True, kw_only=True):
    """`person` is the `relationship` of another: P1, parent, of C1. Recorded again, it replaces what was known."""

    person: Person
    related_id: Person
    relationship: Relationship | None = None
    began_on: Date | None = None  # `from` and `to` say the same
    ended_on: Date | None = None
    lives_together: bool | None = None
    note: Words | None = None
