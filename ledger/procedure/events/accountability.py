"""What an agency answers for: personal data breaches, complaints, and what data subjects ask of it."""

from __future__ import annotations

from ledger.procedure.declare import Count, Event, Id, Label, Name, Time, Words, kind
from ledger.procedure.events.vocabulary import (
    Breach,
    BreachKind,
    BreachRisk,
    ClockStop,
    Complaint,
    ComplaintOutcome,
    Exemption,
    NewBreach,
    NewComplaint,
    NewSubjectRequest,
    Somebody,
    SubjectRequest,
    SubjectRequestKind,
    SubjectRequestOutcome,
)

ANYWHERE = ("case", "scheme", "agency")  # what belongs to no case is the agency's


@kind("case/PersonalDataBreachRecorded/1", on=ANYWHERE)
class PersonalDataBreachRecorded(Event, frozen=True, kw_only=True):
    """Personal data was lost, altered or seen by somebody it was not meant for.

    The regulator is told within 72 hours of `discovered_at`, unless nobody is likely to be at risk (UK GDPR Art. 33).
    """

    breach_id: NewBreach
    kind: BreachKind | None = None
    disclosure_id: Id | None = None
    discovered_at: Time | None = None
    persons: tuple[Somebody, ...] = ()
    affected: Count | None = None
    risk: BreachRisk | None = None
    reportable: bool | None = None
    persons_told: bool | None = None
    what: Words | None = None
    actions: Words | None = None


@kind("case/PersonalDataBreachReportedToRegulator/1", on=ANYWHERE)
class PersonalDataBreachReportedToRegulator(Event, frozen=True, kw_only=True):
    """The regulator was told of a breach; if late, why."""

    breach_id: Breach
    reported_at: Time | None = None
    regulator: Name | None = None
    reference: Label | None = None
    reasons_for_delay: Words | None = None


@kind("case/ComplaintReceived/1", on=ANYWHERE)
class ComplaintReceived(Event, frozen=True, kw_only=True):
    """Somebody complains about how information was shared, withheld or kept."""

    complaint_id: NewComplaint
    by: Somebody | None = None
    received_at: Time | None = None
    decision_id: Id | None = None
    disclosure_id: Id | None = None
    about: Words | None = None


@kind("case/ComplaintAcknowledged/1", on=ANYWHERE)
class ComplaintAcknowledged(Event, frozen=True, kw_only=True):
    """Whoever complained was told that their complaint has arrived."""

    complaint_id: Complaint
    acknowledged_at: Time | None = None


@kind("case/ComplaintClosed/1", on=ANYWHERE)
class ComplaintClosed(Event, frozen=True, kw_only=True):
    """A complaint was decided, and whoever made it was told."""

    complaint_id: Complaint
    outcome: ComplaintOutcome | None = None
    told_at: Time | None = None
    reasons: Words | None = None


@kind("case/SubjectRequestReceived/1", on=ANYWHERE, words="person:person|stream")
class SubjectRequestReceived(Event, frozen=True, kw_only=True):
    """A person, or somebody for them, uses a right over their own data: access, rectification, erasure …

    It is answered within a month; the clock stands still while the agency waits for proof of identity or for an answer.
    """

    subject_request_id: NewSubjectRequest
    kind: SubjectRequestKind | None = None
    person: Somebody | None = None
    by: Somebody | None = None
    received_at: Time | None = None
    identity_verified: bool | None = None
    what: Words | None = None


@kind("case/SubjectRequestClockStopped/1", on=ANYWHERE)
class SubjectRequestClockStopped(Event, frozen=True, kw_only=True):
    """The agency asked for something without which it cannot answer."""

    subject_request_id: SubjectRequest
    stopped_at: Time | None = None
    why: ClockStop | None = None
    asked: Words | None = None


@kind("case/SubjectRequestClockResumed/1", on=ANYWHERE)
class SubjectRequestClockResumed(Event, frozen=True, kw_only=True):
    """What was asked for arrived."""

    subject_request_id: SubjectRequest
    resumed_at: Time | None = None


@kind("case/SubjectRequestAnswered/1", on=ANYWHERE)
class SubjectRequestAnswered(Event, frozen=True, kw_only=True):
    """The person was answered: met, in part or refused, under which exemptions, and with which extract."""

    subject_request_id: SubjectRequest
    outcome: SubjectRequestOutcome | None = None
    answered_at: Time | None = None
    exemptions: tuple[Exemption, ...] = ()
    extract_id: Id | None = None
    reasons: Words | None = None
