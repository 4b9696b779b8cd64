"""A review's own stream: its scope, its questions, and what it codes in entries that stay as they are (R0.12)."""

from __future__ import annotations

from ledger.procedure.declare import Count, Date, Day, Event, Hash, Id, Label, Name, Part, Place, Words, kind
from ledger.procedure.events.vocabulary import (
    MissedOpportunity,
    NewQuestion,
    OtherCase,
    OtherContext,
    OtherScheme,
    Question,
    ReviewKind,
    Somebody,
    Verdict,
)

ON_REVIEW = ("review",)


class EntryRef(Part):
    """An entry that a reviewer points at: in whose ledger, by its hash, its position, or its stream and version."""

    agency: Name | None = None  # unnamed: this agency's own
    case: OtherCase | None = None
    scheme: OtherScheme | None = None
    context: OtherContext | None = None
    version: Count | None = None
    position: Place | None = None
    hash: Hash | None = None


class PersonRef(Part):
    """A person as one agency knows them: its id is that agency's own."""

    agency: Name
    person: Somebody


@kind("review/ReviewOpened/1", on=ON_REVIEW, opens=True)
class ReviewOpened(Event, frozen=True, kw_only=True):
    """A review begins; `known_on` is the day on which the agency knew of the serious harm."""

    kind: ReviewKind | None = None
    known_on: Day | None = None
    notified_on: Day | None = None  # the national Panel (Children Act 2004 s.16C)
    cases: tuple[OtherCase, ...] = ()
    agencies: tuple[Name, ...] = ()
    title: Words | None = None
    reason: Words | None = None


@kind("review/PanelNotified/1", on=ON_REVIEW)
class PanelNotified(Event, frozen=True, kw_only=True):
    """The national Panel was notified of the incident (Children Act 2004 s.16C)."""

    notified_on: Day | None = None
    reference: Label | None = None


@kind("review/RapidReviewCompleted/1", on=ON_REVIEW)
class RapidReviewCompleted(Event, frozen=True, kw_only=True):
    """The rapid review was sent to the national Panel."""

    sent_on: Day | None = None
    conclusion: Words | None = None


@kind("review/ReviewScopeSet/1", on=ON_REVIEW)
class ReviewScopeSet(Event, frozen=True, kw_only=True):
    """What a review looks at: from when to when, which cases, persons and agencies, and with which questions."""

    period_from: Date | None = None  # `from` and `to` say the same
    period_to: Date | None = None
    cases: tuple[OtherCase, ...] = ()
    persons: tuple[Somebody, ...] = ()
    agencies: tuple[Name, ...] = ()
    terms_of_reference: Words | None = None


@kind("review/ReviewSourceAdded/1", on=ON_REVIEW)
class ReviewSourceAdded(Event, frozen=True, kw_only=True):
    """A ledger folder or an extract was verified and is part of the review from now on, up to this head.

    `digest` is the SHA-256 of an extract's bytes, by which its copy in the review's folder is known again; `place` is
    where a folder lies. `verdict` is what verification came to on that day, `trusted_as` by whose word.
    """

    agency: Name
    ledger_id: Label
    form: Label  # folder or extract
    head: Hash
    position: Place
    digest: Hash | None = None
    verdict: Verdict
    trusted_as: Label | None = None
    place: Words | None = None
    why: Words | None = None  # it did not verify


@kind("review/ReviewPersonsMatched/1", on=ON_REVIEW)
class ReviewPersonsMatched(Event, frozen=True, kw_only=True):
    """The reviewer says that these are one person, whom agencies know under ids of their own."""

    persons: tuple[PersonRef, ...]
    reason: Words | None = None


@kind("review/ReviewEntryAnnotated/1", on=ON_REVIEW)
class ReviewEntryAnnotated(Event, frozen=True, kw_only=True):
    """A reviewer's note on entries, which stay as they are."""

    entries: tuple[EntryRef, ...] = ()
    note: Words | None = None


@kind("review/MissedOpportunityCoded/1", on=ON_REVIEW)
class MissedOpportunityCoded(Event, frozen=True, kw_only=True):
    """A reviewer's note on entries: something was not recorded, not understood, not shared, or shared late."""

    opportunity_id: Id | None = None
    kind: MissedOpportunity | None = None
    entries: tuple[EntryRef, ...] = ()
    items: tuple[Id, ...] = ()
    agencies: tuple[Name, ...] = ()
    reviewer: Id | None = None  # unnamed: whoever acts
    note: Words | None = None


@kind("review/ReviewQuestionRaised/1", on=ON_REVIEW)
class ReviewQuestionRaised(Event, frozen=True, kw_only=True):
    """The review asks an agency something, about entries or in general."""

    question_id: NewQuestion
    to: Name | None = None
    entries: tuple[EntryRef, ...] = ()
    due: Day | None = None
    question: Words | None = None


@kind("review/ReviewQuestionAnswered/1", on=ON_REVIEW)
class ReviewQuestionAnswered(Event, frozen=True, kw_only=True):
    """An agency answered."""

    question_id: Question
    by: Name | None = None
    entries: tuple[EntryRef, ...] = ()
    answer: Words | None = None


@kind("review/ReviewClosed/1", on=ON_REVIEW)
class ReviewClosed(Event, frozen=True, kw_only=True):
    """The review ends; `report_ref` is where its report stands."""

    published_on: Day | None = None
    report_ref: Label | None = None
    learning: Words | None = None
