"""The agency's own stream: who it is, its staff, partners, editions, parameters, approved methods and agreements."""

from __future__ import annotations

from typing import Annotated, Any

from ledger.procedure.declare import (
    Code,
    Date,
    Day,
    Event,
    Hash,
    Id,
    Label,
    Name,
    Payload,
    Place,
    Text,
    Time,
    Vocabulary,
    Words,
    kind,
    sealed,
)
from ledger.procedure.events.vocabulary import AgencyKind, Agreement, Method, Purpose, StaffRole

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


@kind("agency/SigningKeyRotated/1", on=ON_AGENCY, commanded=False)
class SigningKeyRotated(Payload, frozen=True, kw_only=True):
    """The agency signs with another key from the next record on; the key that it replaces signs this one."""

    public: bytes
    enrolment: bytes  # the new key's own signature (docs/format.md)


@kind("agency/SigningKeyRecovered/1", on=ON_AGENCY, commanded=False)
class SigningKeyRecovered(Payload, frozen=True, kw_only=True):
    """The recovery key, which signs nothing else, takes the signing key out and brings in another.

    What was recorded from `distrust_from` on may be the work of whoever held the key: it stays, as disputed.
    """

    public: bytes
    enrolment: bytes
    distrust_from: Place
    mldsa_public: bytes | None = None
    reason: Label | None = None


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
    name: Name | None = None
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
    value: bool | int | Label
    reason: Words | None = None


@kind("agency/SecureMethodApproved/1", on=ON_AGENCY)
class SecureMethodApproved(Event, frozen=True, kw_only=True):
    """Information may be sent by this method from now on."""

    method: Method
    preferred: bool | None = None
    approved_on: Date | None = None  # unsaid: when it happened


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
    dpia_ref: Id | None = None
    registered_on: Date | None = None  # unsaid: when it happened
    title: Words | None = None


@kind("agency/AgreementReviewed/1", on=ON_AGENCY)
class AgreementReviewed(Event, frozen=True, kw_only=True):
    """An agreement was looked at again and stands; `review_on` is when next."""

    agreement_id: Agreement
    reviewed_at: Time | None = None
    review_on: Day | None = None
    changes: Words | None = None


@kind("agency/AgreementEnded/1", on=ON_AGENCY)
class AgreementEnded(Event, frozen=True, kw_only=True):
    """Nothing is shared under this agreement any more."""

    agreement_id: Agreement
    reason: Words | None = None


@kind("agency/DpiaConsidered/1", on=ON_AGENCY)
class DpiaConsidered(Event, frozen=True, kw_only=True):
    """Whether a data protection impact assessment was made, and if not, why none was needed."""

    dpia_ref: Id | None = None
    agreement_ref: Id | None = None
    outcome: Annotated[Code, Vocabulary("dpia_outcomes")] | None = None
    why: Words | None = None


@kind("agency/DpiaCompleted/1", on=ON_AGENCY)
class DpiaCompleted(Event, frozen=True, kw_only=True):
    """A data protection impact assessment was made; what it found, and when it is looked at again."""

    dpia_ref: Id
    agreement_ref: Id | None = None
    approved_by: Id | None = None
    review_on: Day | None = None
    risks: Words | None = None
    measures: Words | None = None


@kind("agency/PrivacyNoticePublished/1", on=ON_AGENCY)
class PrivacyNoticePublished(Event, frozen=True, kw_only=True):
    """The agency tells the public how it uses and shares information, in this version of its notice."""

    notice_id: Id | None = None
    version: Label | None = None
    published_on: Date | None = None
    sha256: Hash | None = None
    review_on: Day | None = None
    summary: Words | None = None


@kind("agency/AppropriatePolicyDocumentRegistered/1", on=ON_AGENCY)
class AppropriatePolicyDocumentRegistered(Event, frozen=True, kw_only=True):
    """The appropriate policy document that Schedule 1 of the DPA 2018 asks for."""

    apd_ref: Id
    review_on: Day | None = None
    covers: Words | None = None
