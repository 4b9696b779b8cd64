"""The agency's own stream: who it is, its staff, partners, editions, parameters, approved methods and agreements."""

from __future__ import annotations

from typing import Annotated, Any

from ledger.procedure.declare import Code, Date, Day, Event, Id, Name, Payload, Text, Vocabulary, Words, kind, sealed
from ledger.procedure.events.vocabulary import AgencyKind, Method, Purpose, StaffRole

ON_AGENCY = ("agency",)

Flags = dict[str, bool | int | Text]


@kind("agency/LedgerOpened/1", on=ON_AGENCY, opens=True, commanded=False)
class LedgerOpened(Payload, frozen=True, kw_only=True):
    """The genesis: whose ledger this is, with its keys, and the editions it registers by shipping with them."""

    charter: bytes
    mldsa_public: bytes
    recovery_signature: bytes
    agency_kind: str
    flags: Flags
    editions: tuple[tuple[str, bytes], ...]


@kind("agency/StaffEnrolled/1", on=ON_AGENCY)
class StaffEnrolled(Event, frozen=True, kw_only=True):
    """A member of staff may act in these roles from now on."""

    staff_ref: Id
    roles: tuple[StaffRole, ...] = ()
    name: Annotated[Text | None, sealed("person:staff_ref")] = None


@kind("agency/StaffDeactivated/1", on=ON_AGENCY)
class StaffDeactivated(Event, frozen=True, kw_only=True):
    """A member of staff no longer acts for the agency."""

    staff_ref: Id
    reason: Words | None = None


@kind("agency/AgencyRegistered/1", on=ON_AGENCY)
class AgencyRegistered(Event, frozen=True, kw_only=True):
    """A partner agency, by the id it is named by here."""

    agency_id: Id
    name: Text | None = None
    kind: AgencyKind | None = None
    flags: Flags = {}


@kind("agency/PolicyEditionRegistered/1", on=ON_AGENCY)
class PolicyEditionRegistered(Event, frozen=True, kw_only=True):
    """An edition of law, guidance or local procedure that judges from its dates on (see `edition.py`)."""

    edition: dict[str, Any]


@kind("agency/PolicyEditionAdopted/1", on=ON_AGENCY)
class PolicyEditionAdopted(Event, frozen=True, kw_only=True):
    """The agency follows this print of a local procedure from a day on."""

    edition_id: Id
    adopted_on: Date | None = None


@kind("agency/LocalParameterSet/1", on=ON_AGENCY)
class LocalParameterSet(Event, frozen=True, kw_only=True):
    """The agency's own number for one that the editions leave to it."""

    name: Id
    value: bool | int | Text
    reason: Words | None = None


@kind("agency/SecureMethodApproved/1", on=ON_AGENCY)
class SecureMethodApproved(Event, frozen=True, kw_only=True):
    """Information may be sent by this method from now on."""

    method: Method
    preferred: bool | None = None


@kind("agency/SecureMethodWithdrawn/1", on=ON_AGENCY)
class SecureMethodWithdrawn(Event, frozen=True, kw_only=True):
    """A method is no longer approved."""

    method: Method
    reason: Words | None = None


@kind("agency/AgreementRegistered/1", on=ON_AGENCY)
class AgreementRegistered(Event, frozen=True, kw_only=True):
    """A local information sharing agreement, with its parties and the day on which it is to be reviewed."""

    agreement_id: Id
    parties: tuple[Name, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    items: tuple[Id, ...] = ()
    cross_area: bool | None = None
    review_on: Day | None = None
    signatories: tuple[Id, ...] = ()
    title: Words | None = None


@kind("agency/DpiaConsidered/1", on=ON_AGENCY)
class DpiaConsidered(Event, frozen=True, kw_only=True):
    """Whether a data protection impact assessment was made, and if not, why none was needed."""

    dpia_ref: Id | None = None
    agreement_ref: Id | None = None
    outcome: Annotated[Code, Vocabulary("dpia_outcomes")] | None = None
    why: Words | None = None


@kind("agency/AppropriatePolicyDocumentRegistered/1", on=ON_AGENCY)
class AppropriatePolicyDocumentRegistered(Event, frozen=True, kw_only=True):
    """The appropriate policy document that Schedule 1 of the DPA 2018 asks for."""

    apd_ref: Id
    review_on: Day | None = None
    covers: Words | None = None
