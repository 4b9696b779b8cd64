"""Consent, from the asking to the deletion that a withdrawal asks for."""

from __future__ import annotations

from ledger.procedure.declare import Code, Day, Event, Id, Label, Name, Part, Time, Words, kind
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.events.vocabulary import (
    Consent,
    ConsentAuthority,
    Disclosure,
    NewConsent,
    NotSoughtReason,
    Person,
    Purpose,
    Somebody,
    WithdrawalScope,
)

__all__ = ["ConsentGiven", "ConsentRenewed", "ConsentTerms", "ConsentWithdrawn"]


class ConsentTerms(Event, frozen=True, kw_only=True):
    """What a consent covers, who gave it and how."""

    consent_id: NewConsent
    data_subject: Person | None = None
    given_by: Person | None = None
    authority: ConsentAuthority | None = None
    competence_ref: Id | None = None
    purposes: tuple[Purpose, ...] = ()
    items: tuple[Id, ...] = ()  # items, or kinds of information
    recipients: tuple[Name, ...] = ()
    explicit: bool | None = None
    how_obtained: Words | None = None
    wording_version: Label | None = None
    freely_given: bool | None = None
    informed_of_withdrawal_right: bool | None = None
    given_at: Time | None = None
    expires_at: Day | None = None
    review_on: Day | None = None


@kind("case/ConsentGiven/1", on=ON_FILE, words="consent:consent_id")
class ConsentGiven(ConsentTerms, frozen=True, kw_only=True):
    """Somebody agreed to the sharing of stated information, for stated purposes, with stated recipients, for a time."""


@kind("case/ConsentRenewed/1", on=ON_FILE, words="consent:consent_id")
class ConsentRenewed(ConsentTerms, frozen=True, kw_only=True):
    """A consent was given anew and takes the place of an earlier one; what is not said is as it was there."""

    renews: Consent | None = None


@kind("case/ConsentRequested/1", on=ON_FILE)
class ConsentRequested(Event, frozen=True, kw_only=True):
    """Somebody was asked for consent."""

    data_subject: Person | None = None
    asked_of: Person | None = None
    purposes: tuple[Purpose, ...] = ()
    items: tuple[Id, ...] = ()
    recipients: tuple[Name, ...] = ()
    how: Words | None = None


@kind("case/ConsentRefused/1", on=ON_FILE)
class ConsentRefused(Event, frozen=True, kw_only=True):
    """Somebody was asked and said no."""

    data_subject: Person | None = None
    by: Person | None = None
    items: tuple[Id, ...] = ()
    recipients: tuple[Name, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    reason: Words | None = None


@kind("case/ConsentNotSought/1", on=ON_FILE)
class ConsentNotSought(Event, frozen=True, kw_only=True):
    """Nobody was asked, for a stated reason."""

    person: Person
    reason: NotSoughtReason | None = None
    explanation: Words | None = None


@kind("case/ConsentWithdrawn/1", on=ON_FILE, words="consent:consent_id")
class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    """A consent was taken back, as a whole or in part; what rests on it alone is to be deleted."""

    consent_id: Consent
    by: Somebody | None = None
    how: Words | None = None
    scope: WithdrawalScope = "whole"
    items: tuple[Id, ...] = ()
    recipients: tuple[Name, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    effective_at: Time | None = None
    reason: Words | None = None


@kind("case/ConsentInvalidated/1", on=ON_FILE, words="consent:consent_id")
class ConsentInvalidated(Event, frozen=True, kw_only=True):
    """A consent was found never to have been valid, for example not freely given: it is not relied on from now on."""

    consent_id: Consent
    by: Id | None = None
    reason: Words | None = None


@kind("case/RecipientNotifiedOfWithdrawal/1", on=ON_FILE)
class RecipientNotifiedOfWithdrawal(Event, frozen=True, kw_only=True):
    """A recipient was told that the consent they received information under is withdrawn."""

    consent_id: Consent
    recipient: Name
    disclosure_id: Disclosure | None = None
    how: Words | None = None


@kind("case/DeletionConfirmed/1", on=ON_FILE)
class DeletionConfirmed(Event, frozen=True, kw_only=True):
    """What had been shared on a withdrawn consent was deleted. A partner's consent is named by the partner's id."""

    consent_id: Id | None = None
    disclosure_id: Id | None = None
    holder: Name | None = None


class OtherBasis(Part):
    """The legal basis on which information is kept although the consent is gone."""

    code: Code
    citation: Words | None = None


@kind("case/DeletionDeclined/1", on=ON_FILE)
class DeletionDeclined(Event, frozen=True, kw_only=True):
    """What had been shared on a withdrawn consent is kept, on another basis, which somebody answers for."""

    consent_id: Id | None = None
    disclosure_id: Id | None = None
    holder: Name | None = None
    basis: OtherBasis | Words | None = None
    approver: Id | None = None
    reasons: Words | None = None
