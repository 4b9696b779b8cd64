"""What was checked and who looked: checkpoints, verifications, access. No personal data stands here in clear."""

from __future__ import annotations

from ledger.procedure.declare import Count, Event, Hash, Id, Label, Name, Part, Place, Words, kind
from ledger.procedure.events.operations import ON_OPERATIONS, Subject
from ledger.procedure.events.vocabulary import AccessKind, ExtractMode, Purpose, Verdict


@kind("operations/CheckpointSigned/1", on=ON_OPERATIONS)
class CheckpointSigned(Event, frozen=True, kw_only=True):
    """A checkpoint was signed: so many records, and the root of the tree over them."""

    size: Place | None = None
    root_hash: Hash | None = None
    origin: Label | None = None
    key_id: Hash | None = None


class VerificationFailure(Part):
    """Where a verification failed, at which of its numbered steps, and why."""

    position: Place | None = None
    step: Count | None = None
    reason: Words | None = None


@kind("operations/VerificationRun/1", on=ON_OPERATIONS)
class VerificationRun(Event, frozen=True, kw_only=True):
    """What a verification of this ledger found, as it reported it (rules IG-01 to IG-05)."""

    verdict: Verdict | None = None
    records: Place | None = None
    head: Hash | None = None
    every_signature: bool | None = None
    signatures: Place | None = None
    unchecked: Place | None = None
    erased: Place | None = None
    disputed: Place | None = None
    steps_back: tuple[Place, ...] = ()
    failures: tuple[VerificationFailure, ...] = ()  # `first_bad` says the same of one
    by: Name | None = None  # unnamed: whoever acts


@kind("operations/ExtractVerified/1", on=ON_OPERATIONS)
class ExtractVerified(Event, frozen=True, kw_only=True):
    """An extract that was given or received was verified."""

    extract_id: Id | None = None
    sha256: Hash | None = None
    agency: Name | None = None
    verdict: Verdict | None = None
    records: Count | None = None
    opened: Count | None = None
    withheld: Count | None = None
    extract_mode: ExtractMode | None = None  # `mode` is the command's own
    failures: tuple[VerificationFailure, ...] = ()


@kind("operations/AccessLogged/1", on=ON_OPERATIONS)
class AccessLogged(Event, frozen=True, kw_only=True):
    """Somebody looked at what is recorded; unnamed, whoever acts."""

    staff_ref: Id | None = None
    access: AccessKind | None = None
    about: tuple[Subject, ...] = ()
    view: Label | None = None
    purpose: Purpose | None = None
    reason: Words | None = None
