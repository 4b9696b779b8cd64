"""A disclosure as its sender records it, as its recipient records it, and when it went to the wrong place."""

from __future__ import annotations

from ledger.procedure.declare import Day, Event, Hash, Id, Name, Part, Time, Words, kind
from ledger.procedure.events.decision import LegalBasis, Recipient
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.events.vocabulary import (
    ConsentState,
    Decision,
    DelayCause,
    Disclosure,
    Item,
    Method,
    NewDisclosure,
    NewReceipt,
    NotToldReason,
    OtherContext,
    Purpose,
    RestrictionCode,
    Somebody,
    StatementKind,
)


class Sender(Part):
    """Who made the disclosure."""

    staff: Id | None = None
    role: Id | None = None
    agency: Name | None = None


class How(Part):
    """By which method, and for a conversation where and when, in an environment that is secure and safe."""

    method: Method | None = None
    place: Words | None = None
    started_at: Time | None = None
    safe_environment_confirmed: bool | None = None
    present: tuple[Somebody, ...] = ()


class What(Part):
    """What was disclosed."""

    items: tuple[Item, ...] = ()
    full_record: bool | None = None
    context_ids: tuple[OtherContext, ...] = ()  # contexts of risk that are told of
    summary: Words | None = None


class Restriction(Part):
    """What the recipient may not do with the information, for example tell the person it is about."""

    code: RestrictionCode | None = None
    text: Words | None = None
    persons: tuple[Somebody, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    until: Day | None = None


class ConsentAdvice(Part):
    """Whether the recipient was told that consent was refused or not sought; if not, why not."""

    advised: bool | None = None
    state: ConsentState | None = None
    withheld_reason: NotToldReason | None = None
    explanation: Words | None = None

    @property
    def kept_back(self) -> bool:
        """The explanation is the recipient's where they were told; else it says why they were not."""
        return self.advised is not True


TOLD = ("what", "restrictions", "consent_advice_to_recipient")


@kind("case/DisclosureMade/1", on=ON_FILE, words="consent:relies_on|stream", told=TOLD)
class DisclosureMade(Event, frozen=True, kw_only=True):
    """Information was disclosed: when, by whom, to whom, how, what, and on which legal basis.

    A command may carry its decision under `decision`. Times, sender, basis and purposes that are left out are taken
    from the command and the decision.
    """

    disclosure_id: NewDisclosure
    decision_id: Decision | None = None
    when: Time | None = None
    by: Sender | None = None
    to: tuple[Recipient, ...] = ()
    how: How | None = None
    what: What | None = None
    opinion_marked: bool | None = None
    disputed_marked: bool | None = None  # it is said that somebody disputes what is disclosed
    accuracy_as_of: Day | None = None
    legal_basis: LegalBasis | None = None
    purposes: tuple[Purpose, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    consent_advice_to_recipient: ConsentAdvice | None = None
    delay_cause: DelayCause | None = None
    relies_on: tuple[Id, ...] = ()  # the consents it rests on: its content is sealed under the first one's key


@kind("case/RecipientAdvisedOfConsentPosition/1", on=ON_FILE, told=("explanation",))
class RecipientAdvisedOfConsentPosition(Event, frozen=True, kw_only=True):
    """A recipient was told that consent was refused, withdrawn or not sought."""

    disclosure_id: Disclosure
    recipient: Name | None = None
    state: ConsentState | None = None
    explanation: Words | None = None


@kind("case/DisclosureMisdirected/1", on=ON_FILE)
class DisclosureMisdirected(Event, frozen=True, kw_only=True):
    """Information went to somebody it was not meant for. Names the disclosure, or tells it if it has no record yet."""

    disclosure_id: Id
    intended: tuple[Recipient, ...] = ()
    to: tuple[Recipient, ...] = ()
    how: How | None = None
    what: What | None = None
    legal_basis: LegalBasis | None = None
    purposes: tuple[Purpose, ...] = ()
    discovered_at: Time | None = None
    breach_id: Id | None = None
    when: Time | None = None
    by: Sender | None = None
    actions: Words | None = None


class Provider(Part):
    """Who provided the information; `unknown`, with why, where that cannot be said."""

    agency: Name | None = None
    person: Somebody | None = None
    unknown: bool | None = None
    why: Words | None = None


class Notice(Part):
    """What the sender's own record says of the disclosure, as far as the sender let the recipient see it."""

    without_consent: bool | None = None
    restrictions: tuple[Restriction, ...] = ()
    made_at: Time | None = None
    context_ids: tuple[OtherContext, ...] = ()  # told of
    contexts_decided: tuple[OtherContext, ...] = ()  # named by the sender's decision
    relies_on: tuple[Id, ...] = ()  # the consents it rests on, so that a withdrawal can be followed (Q52)


@kind("case/DisclosureReceived/1", on=ON_FILE, words="consent:relies_on|stream", told=("restrictions",))
class DisclosureReceived(Event, frozen=True, kw_only=True):
    """Information was received: what, from whom, whether without consent and why, and with which restrictions."""

    receipt_id: NewReceipt | None = None
    disclosure_id: Id | None = None  # the sender's
    details: Words | None = None
    items: tuple[Id, ...] = ()
    provider: Provider | None = None
    received_at: Time | None = None
    sender_event_hash: Hash | None = None
    without_consent: bool | None = None
    consent_reasons: Words | None = None
    reasons_unknown: bool | None = None
    restrictions: tuple[Restriction, ...] = ()
    statement_kinds_as_marked: tuple[StatementKind, ...] = ()
    notice: Notice | None = None
    context_ids: tuple[OtherContext, ...] = ()
    children: tuple[Somebody, ...] = ()  # those of this file that the contexts concern
    relies_on: tuple[Id, ...] = ()


@kind("case/ReceiptConfirmed/1", on=ON_FILE)
class ReceiptConfirmed(Event, frozen=True, kw_only=True):
    """A recipient says that it recorded what was disclosed to it, quoting its record where it has one."""

    disclosure_id: Disclosure
    recipient: Name | None = None
    receipt_id: Id | None = None
    recipient_event_hash: Hash | None = None


@kind("case/RestrictionImposed/1", on=ON_FILE, told=("text",))
class RestrictionImposed(Event, frozen=True, kw_only=True):
    """Information held here may be shared further only within a limit."""

    restriction_id: Id | None = None
    disclosure_id: Id | None = None
    items: tuple[Item, ...] = ()
    code: RestrictionCode | None = None
    text: Words | None = None
    persons: tuple[Somebody, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    until: Day | None = None
    imposed_by: Name | None = None


@kind("case/RestrictionLifted/1", on=ON_FILE)
class RestrictionLifted(Event, frozen=True, kw_only=True):
    """Whoever placed a restriction lifts it: the one named, or all on these items (of this code, if it is said)."""

    restriction_id: Id | None = None
    items: tuple[Item, ...] = ()
    code: RestrictionCode | None = None
    lifted_by: Name | None = None
    reason: Words | None = None


@kind("case/OnwardDisclosureRecorded/1", on=ON_FILE)
class OnwardDisclosureRecorded(Event, frozen=True, kw_only=True):
    """A recipient passed on what it had received; `authorised_by` is who allowed it."""

    disclosure_id: Id
    by: Name | None = None
    to: tuple[Recipient, ...] = ()
    when: Time | None = None
    items: tuple[Id, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    authorised_by: Name | None = None
    circumstances: Words | None = None
