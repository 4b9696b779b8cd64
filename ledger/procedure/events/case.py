"""A case from its opening on: what is known, what was asked and advised, and notes on what stands in it.

Its other halves are `persons.py`, `consent.py`, `decision.py` and `disclosure.py`; their events are named here too.
"""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import Count, Day, Event, Id, Label, Name, Part, Text, Time, Words, kind, sealed
from ledger.procedure.events.consent import ConsentGiven, ConsentRenewed, ConsentWithdrawn
from ledger.procedure.events.decision import DecisionMade, LegalBasis
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived, Restriction
from ledger.procedure.events.persons import ON_ANY, ON_FILE, PersonLinked
from ledger.procedure.events.vocabulary import (
    Advice,
    AdviceTopic,
    AdviserRole,
    Compulsion,
    Consent,
    Disclosure,
    InformationKind,
    Item,
    NewAdvice,
    NewItem,
    NewRequest,
    OtherCase,
    Person,
    Purpose,
    Request,
    RiskLevel,
    Somebody,
    SpecialCategory,
    StatementKind,
)

__all__ = [
    "ConsentGiven",
    "ConsentRenewed",
    "ConsentWithdrawn",
    "DecisionMade",
    "DisclosureMade",
    "DisclosureReceived",
    "PersonLinked",
]


@kind("case/CaseOpened/1", on=("case",), opens=True)
class CaseOpened(Event, frozen=True, kw_only=True):
    """A case begins; `first_service_at` is when the family first received a service from this agency."""

    first_service_at: Time | None = None
    linked_cases: tuple[OtherCase, ...] = ()
    title: Words | None = None
    reason: Words | None = None


@kind("case/CaseClosed/1", on=("case",))
class CaseClosed(Event, frozen=True, kw_only=True):
    """Work on the case ends; what stands in it stays until a day, and is looked at again on another (RT-01)."""

    retain_until: Day | None = None
    retention_review_on: Day | None = None
    retention_label: Label | None = None
    reason: Words | None = None


@kind("case/CaseReopened/1", on=("case",))
class CaseReopened(Event, frozen=True, kw_only=True):
    """Work on the case goes on."""

    reason: Words | None = None


class Source(Part):
    """Who said it, and how it came to the agency; `receipt_id` where a partner disclosed it."""

    person: Somebody | None = None
    agency: Name | None = None
    receipt_id: Id | None = None
    obtained_how: Words | None = None


class Confidential(Part):
    """The three tests of confidence, and the limits within which it was told."""

    sensitive: bool | None = None
    not_public: bool | None = None
    understood_not_shared: bool | None = None
    relationship: Words | None = None
    understood_recipients: tuple[Name, ...] = ()
    understood_purposes: tuple[Purpose, ...] = ()


class Grading(Part):
    """A police grading of intelligence."""

    source: Label | None = None
    assessment: Label | None = None
    handling: Label | None = None


@kind("case/InformationRecorded/1", on=ON_FILE, words="person:person|stream", told=("restrictions",))
class InformationRecorded(Event, frozen=True, kw_only=True):
    """One piece of information: about whom, fact or opinion, from whom, and what makes it sensitive."""

    item_id: NewItem
    person: Person | None = None  # `child` says the same
    kind: InformationKind | None = None
    episode_id: Id | None = None  # the missing episode that it tells of
    special: tuple[SpecialCategory, ...] = ()
    criminal_offence_data: bool | None = None
    statement_kind: StatementKind | None = None
    grading: Grading | None = None
    source: Source | None = None
    confidential: Confidential | bool | None = None
    verified_by: Id | None = None
    accuracy_as_of: Day | None = None
    held_on_consent: Consent | None = None  # where the agency has it on a consent alone, which one
    significance_recognised_at: Time | None = None
    disputed_by: Somebody | None = None
    restrictions: tuple[Restriction, ...] = ()
    content: Annotated[Text | None, sealed("person:person|stream")] = None


@kind("case/InformationCorrected/1", on=ON_FILE, told=("correction",))
class InformationCorrected(Event, frozen=True, kw_only=True):
    """Information that was recorded is wrong, and what is right; whoever received it is to be told.

    `corrected_item` names the item recorded in its place, where there is one.
    """

    item_id: Item
    corrected_item: Item | None = None
    field: Id | None = None
    correction: Words | None = None
    reason: Words | None = None


@kind("case/RecipientNotifiedOfCorrection/1", on=ON_FILE)
class RecipientNotifiedOfCorrection(Event, frozen=True, kw_only=True):
    """A recipient was told that information they had received is wrong, and what is right."""

    item_id: Item
    recipient: Name
    disclosure_id: Disclosure | None = None
    how: Words | None = None


@kind("case/InDoubtRaised/1", on=ON_FILE)
class InDoubtRaised(Event, frozen=True, kw_only=True):
    """Somebody is in doubt whether to share: advice is to be sought."""

    request_id: Request | None = None
    items: tuple[Id, ...] = ()
    topic: AdviceTopic | None = None
    doubt: Words | None = None


@kind("case/AdviceSought/1", on=ON_FILE)
class AdviceSought(Event, frozen=True, kw_only=True):
    """Advice was asked for, without saying who it is about where possible."""

    advice_id: NewAdvice
    adviser_role: AdviserRole | None = None
    adviser: Id | None = None
    topic: AdviceTopic | None = None
    items: tuple[Id, ...] = ()
    request_id: Request | None = None
    identity_disclosed: bool | None = None
    why_identity_needed: Words | None = None
    risk_level: RiskLevel | None = None
    needed_by: Day | None = None
    question: Words | None = None


@kind("case/AdviceReceived/1", on=ON_FILE)
class AdviceReceived(Event, frozen=True, kw_only=True):
    """Advice came back."""

    advice_id: Advice
    received_at: Time | None = None
    followed: bool | None = None
    advice: Words | None = None


class Compelled(Part):
    """The statute or court order that requires the information, and by when."""

    kind: Compulsion | None = None
    statute: Words | None = None
    court_order: Words | None = None
    ref: Words | None = None
    due: Day | None = None


class Requester(Part):
    """Who asks."""

    agency: Name | None = None
    person: Somebody | None = None


@kind("case/InformationRequested/1", on=ON_FILE)
class InformationRequested(Event, frozen=True, kw_only=True):
    """Somebody asks for information, clear about the basis on which they ask."""

    request_id: NewRequest
    requester: Requester | None = None
    to: Name | None = None
    persons: tuple[Person, ...] = ()
    items: tuple[Id, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    legal_basis: LegalBasis | Words | None = None
    need_stated: bool | None = None
    risk_level: RiskLevel | None = None
    compulsion: Compelled | None = None
    due: Day | None = None
    question: Words | None = None


@kind("case/ReconsiderationRequested/1", on=ON_FILE)
class ReconsiderationRequested(Event, frozen=True, kw_only=True):
    """Whoever asked for information that was withheld asks again, with what is new."""

    request_id: Request | None = None
    decision_id: Id | None = None  # of whoever was asked
    requester: Requester | None = None
    new_facts: Words | None = None


@kind("case/EntryAnnotated/1", on=ON_ANY)
class EntryAnnotated(Event, frozen=True, kw_only=True):
    """A note on an earlier entry, which stays as it is: of a file, or else of the agency's own stream."""

    entry_version: Count
    note: Words | None = None


@kind("case/EntryCorrected/1", on=ON_ANY)
class EntryCorrected(Event, frozen=True, kw_only=True):
    """An earlier entry was made in error: what is wrong in it and what is right. The entry itself stays."""

    entry_version: Count
    field: Id | None = None
    legal_basis: LegalBasis | None = None  # where the basis is what was wrong: the right one
    correction: Words | None = None
    reason: Words | None = None
