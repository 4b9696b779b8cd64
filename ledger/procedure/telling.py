"""What a partner is told: the fields of a notice to the recipient of a disclosure, and of a receipt back to its sender.

A disclosure is told as what it was: which items, when, by whom, why and within which limits. Restrictions travel with
what they restrict. What stays here:

- whatever speaks of other recipients; how the agency came to its decision, and how that was judged;
- where its information came from, if from a person;
- where consent stood, unless the recipient was told of that (Q91) or relies on the consent (Q52). It is closed whether
  or not anything stands there, so that closing says nothing;
- of whom an item speaks, and in which words, where it was decided to tell it without saying so (golden rule 5).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ledger.procedure.declare import BY_TYPE, WORDS_TOLD, Payload, parts_of
from ledger.procedure.events.case import InformationCorrected, InformationRecorded
from ledger.procedure.events.decision import DecisionMade, Recipient
from ledger.procedure.events.disclosure import (
    DisclosureMade,
    DisclosureReceived,
    RecipientAdvisedOfConsentPosition,
    Restriction,
    RestrictionImposed,
    RestrictionLifted,
)
from ledger.procedure.notice import carried_out
from ledger.procedure.speaking import INTERNAL, THIRD_PARTY
from ledger.procedure.state.case import Case

IDENTIFIED = (None, "identified")
CONSENT = frozenset({"legal_basis", "consent_advice_to_recipient"})
LIMITS = frozenset({"restrictions", WORDS_TOLD})
ALWAYS: dict[type[Payload], frozenset[str]] = {
    DisclosureMade: LIMITS
    | {"disclosure_id", "when", "by", "what", "opinion_marked", "disputed_marked", "accuracy_as_of", "purposes"},
    RecipientAdvisedOfConsentPosition: frozenset({"disclosure_id", "recipient", "state", WORDS_TOLD}),
    InformationRecorded: frozenset({"restrictions"})
    | {"item_id", "kind", "special", "criminal_offence_data", "statement_kind", "grading", "accuracy_as_of"},
    InformationCorrected: frozenset({"item_id", "corrected_item", "field"}),
    RestrictionImposed: frozenset({"restriction_id", "code", "persons", "purposes", "until", "imposed_by", WORDS_TOLD}),
    RestrictionLifted: frozenset({"restriction_id", "code", "lifted_by"}),
}
LIMITING = frozenset({"code", "persons", "purposes", "until"})
NEEDED: dict[type[Payload], frozenset[str]] = {  # without these a notice is not taken in, or not as it was meant
    DisclosureMade: frozenset({"disclosure_id", "restrictions"}),
    RecipientAdvisedOfConsentPosition: frozenset({"disclosure_id", "state"}),
    InformationRecorded: frozenset({"item_id", "restrictions"}),
    InformationCorrected: frozenset({"item_id"}),
    RestrictionImposed: LIMITING,
    RestrictionLifted: frozenset({"code"}),
}
OF_RECEIPT = LIMITS | {"receipt_id", "disclosure_id", "received_at", "sender_event_hash", "without_consent"}


@dataclass(frozen=True)
class Telling:
    """One disclosure as it is told to one of its recipients, from the file in which it stands."""

    disclosure: DisclosureMade
    recipient: str
    case: Case

    @property
    def items(self) -> frozenset[str]:
        """What it tells: the items that it names, or those decided on, and what was put in their place since."""
        named = self.disclosure.what.items if self.disclosure.what is not None else ()
        decision = self._decision
        withheld = decision.if_withheld.items if decision is not None and decision.if_withheld is not None else ()
        told = set(named or (item for item in (decision.items if decision is not None else ()) if item not in withheld))
        corrected = [said.event for said in self.case.done if isinstance(said.event, InformationCorrected)]
        for event in corrected:  # in order: a correction may be corrected
            if event.item_id in told and event.corrected_item is not None:
                told.add(event.corrected_item)
        return frozenset(told)

    @property
    def addressed(self) -> bool:
        """Whether the disclosure was made to this recipient at all."""
        return any(self._is_mine(recipient) for recipient in self.disclosure.to)

    @property
    def advised(self) -> bool:
        """Whether this recipient was told where consent stood, with the disclosure or since."""
        advice = self.disclosure.consent_advice_to_recipient
        told = (said.event for said in self.case.told)
        return (advice is not None and advice.advised is True) or any(self.belongs(event) for event in told)

    @property
    def kept_silent(self) -> bool:
        """Whether the recipient was not to know where consent stood."""
        advice = self.disclosure.consent_advice_to_recipient
        return advice is not None and advice.advised is not True and not self.advised

    def belongs(self, event: Payload) -> bool:
        """Whether a record of the file is part of what is told."""
        if isinstance(event, DisclosureMade):
            return event.disclosure_id == self.disclosure.disclosure_id
        if isinstance(event, RecipientAdvisedOfConsentPosition):
            mine = event.disclosure_id == self.disclosure.disclosure_id
            return mine and event.recipient in (None, self.recipient)
        if isinstance(event, InformationRecorded | InformationCorrected):
            return event.item_id in self.items
        if isinstance(event, RestrictionImposed):
            return bool(self.items.intersection(event.items))
        return isinstance(event, RestrictionLifted) and (
            bool(self.items.intersection(event.items)) or event.restriction_id in self._restrictions
        )

    def closed(self, event: Payload) -> dict[str, str]:
        """The fields of such a record that this recipient may not have, each with why."""
        shown = ALWAYS[type(event)] | self._besides(event)
        names = [field.name for field in BY_TYPE[type(event)].fields]
        return {name: THIRD_PARTY if name in ("to", "items") else INTERNAL for name in names if name not in shown}

    def _besides(self, event: Payload) -> AbstractSet[str]:
        """The fields that may be open too, by what stands in them."""
        if isinstance(event, DisclosureMade):
            alone = all(map(self._is_mine, event.to))
            seen = event.how is None or not event.how.present
            relied = {"relies_on"} if event.relies_on or self.advised else set()
            told = CONSENT if self.advised or (event.relies_on and not self.kept_silent) else frozenset()
            return relied | told | ({"to"} if alone else set()) | ({"how"} if seen else set())
        if isinstance(event, InformationRecorded) and self.identified:
            source = event.source
            own = source is None or (source.receipt_id is None and source.person in (None, event.person))
            disputed = event.disputed_by in (None, event.person)
            return {"person", "episode_id", "content", WORDS_TOLD, *["source"][:own], *["disputed_by"][:disputed]}
        if isinstance(event, InformationCorrected) and self.identified:
            return {WORDS_TOLD}
        if isinstance(event, RestrictionImposed | RestrictionLifted):
            return {"items"} if self.items.issuperset(event.items) else set()
        return set()

    def _is_mine(self, recipient: Recipient) -> bool:
        return self.recipient in (recipient.agency or recipient.person, recipient.named_recipient)

    @property
    def _decision(self) -> DecisionMade | None:
        return carried_out(self.disclosure, self.case)

    @property
    def identified(self) -> bool:
        """Whether the recipient was to know of whom it speaks."""
        decision = self._decision
        considered = decision.identifiability_considered if decision is not None else None
        return considered is None or considered.chosen in IDENTIFIED

    @property
    def _restrictions(self) -> set[str | None]:
        imposed = (said.event for said in self.case.restrictions)
        return {event.restriction_id for event in imposed if self.belongs(event)} - {None}


def closed_in_receipt(event: DisclosureReceived) -> dict[str, str]:
    """The fields of a receipt that do not go back to whoever sent the disclosure: what it was, they know."""
    return {field.name: INTERNAL for field in BY_TYPE[type(event)].fields if field.name not in OF_RECEIPT}


def needed(event: Payload) -> frozenset[str]:
    """The fields of a record without which its recipient takes no notice in, or would not know a limit it is under."""
    apart = isinstance(event, RestrictionImposed) and bool(event.text)
    in_words = apart or any(limit.text for limit in parts_of(event, Restriction))
    return NEEDED[type(event)] | (frozenset({WORDS_TOLD}) if in_words else frozenset())
