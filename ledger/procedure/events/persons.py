"""The persons of a case: who they are, who has parental responsibility, what they understand, what they were told."""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import Date, Day, Event, Id, Label, Name, Part, Text, Time, Words, kind, sealed
from ledger.procedure.events.vocabulary import (
    AgeBand,
    Decision,
    InformationKind,
    InformingException,
    NewPerson,
    Person,
    PersonRole,
    PrBasis,
    PrivacyForm,
    Somebody,
)

ON_FILE = ("case", "scheme")
ON_ANY = (*ON_FILE, "context", "agency")  # the agency's own where none is named


class ParentalResponsibility(Part):
    """Who holds parental responsibility for a child, on what ground, from when to when."""

    holder: Somebody | None = None
    child: Somebody | None = None
    basis: PrBasis | None = None
    from_: Date | None = None
    to: Date | None = None


class SecureEstate(Part):
    """Where a child is held, and which authorities are responsible."""

    establishment: Id | None = None
    placing_la: Id | None = None
    home_la: Id | None = None
    host_la: Id | None = None


@kind("case/PersonLinked/1", on=ON_FILE, words="person:person_id")
class PersonLinked(Event, frozen=True, kw_only=True):
    """A person belongs to this case, in these roles. Linking again adds to what is known of them."""

    person_id: NewPerson
    roles: tuple[PersonRole, ...] = ()
    name: Annotated[Text | None, sealed("person:person_id")] = None
    dob: Annotated[Date | None, sealed("person:person_id")] = None
    age_band: AgeBand | None = None
    pr: ParentalResponsibility | tuple[ParentalResponsibility, ...] = ()
    lives_with: tuple[Somebody, ...] = ()
    safe_contact: Annotated[Text | None, sealed("person:person_id")] = None
    secure_estate: SecureEstate | None = None
    consistent_identifier: Annotated[Text | None, sealed("person:person_id")] = None


@kind("case/CompetenceAssessed/1", on=ON_FILE, words="person:person")
class CompetenceAssessed(Event, frozen=True, kw_only=True):
    """Whether a child understands the information and what sharing it means; this counts before their age does."""

    competence_ref: Id | None = None
    person: Person
    able: bool
    by: Id | None = None
    basis: Words | None = None


@kind("case/PrivacyInformationGiven/1", on=ON_FILE)
class PrivacyInformationGiven(Event, frozen=True, kw_only=True):
    """Persons were told what and how information will or could be shared, and why."""

    persons: tuple[Person, ...] = ()
    first_contact: bool | None = None
    form: PrivacyForm | None = None
    version: Label | None = None
    by: Id | None = None
    given_at: Time | None = None
    said: Words | None = None


@kind("case/PersonInformed/1", on=ON_FILE, words="person:person")
class PersonInformed(Event, frozen=True, kw_only=True):
    """A person was told why, what, how and with whom information about them is shared."""

    person: Person
    decision_id: Decision | None = None
    informed_at: Time | None = None
    kinds: tuple[InformationKind, ...] = ()
    with_whom: tuple[Name, ...] = ()
    agreement_sought: bool | None = None
    why: Words | None = None
    what: Words | None = None
    how: Words | None = None


@kind("case/InformingWithheld/1", on=ON_FILE, words="person:person")
class InformingWithheld(Event, frozen=True, kw_only=True):
    """A person is not told for now, for a reason that comes up for review."""

    person: Person
    decision_id: Decision | None = None
    exception: InformingException | None = None
    reason: Words | None = None
    review_on: Day | None = None
