"""A consent as judgement sees it: what it covers, whether it is live at a moment, and what was taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.procedure.clock import late, until
from ledger.procedure.events.consent import ConsentTerms, ConsentWithdrawn


@dataclass(frozen=True)
class Use:
    """What a sharing would use a consent for; each item by its id, with the kind of information it is."""

    purposes: Collection[str]
    items: Collection[tuple[str, str]]
    recipients: Collection[str]


@dataclass
class HeldConsent:
    """One consent with what became of it."""

    terms: ConsentTerms
    at: dt.datetime
    withdrawals: list[tuple[dt.datetime, ConsentWithdrawn]] = field(default_factory=list)
    invalid_from: dt.datetime | None = None  # when it was found never to have been valid
    earlier: HeldConsent | None = field(default=None, repr=False, compare=False)  # what it took the place of
    later: HeldConsent | None = field(default=None, repr=False, compare=False)  # what took its place

    def standing(self, at: dt.datetime) -> HeldConsent:
        """The consent that stood at a moment where this one is named: it may have been renewed since, or by then."""
        held = self
        while held.later is not None and held.later.at <= at:
            held = held.later
        while held.at > at and held.earlier is not None:
            held = held.earlier
        return held

    @property
    def ids(self) -> frozenset[str]:
        """Its id, and those of what it took the place of: whoever takes it back takes those back too."""
        return frozenset({self.terms.consent_id}) | (self.earlier.ids if self.earlier is not None else frozenset())

    @property
    def specific(self) -> bool:
        """Whether it says for what, which information and with whom; one that does not is never relied on."""
        return bool(self.terms.purposes and self.terms.items and self.terms.recipients)

    def withdrawn(self, at: dt.datetime, use: Use) -> bool:
        """Whether it was taken back by then, as a whole or for a part of this use."""
        return any(effective <= at and touches(event, use) for effective, event in self.withdrawals)

    def withdrawn_whole(self, at: dt.datetime) -> bool:
        return any(effective <= at and event.scope == "whole" for effective, event in self.withdrawals)

    def expired(self, at: dt.datetime) -> bool:
        return self.terms.expires_at is not None and late(at, until(self.terms.expires_at))

    def invalid(self, at: dt.datetime) -> bool:
        return self.invalid_from is not None and self.invalid_from <= at

    def state(self, at: dt.datetime) -> str:
        """``given``, ``withdrawn``, ``invalidated``, ``expired`` or ``replaced`` at a moment."""
        if self.withdrawn_whole(at):
            return "withdrawn"
        if self.invalid(at):
            return "invalidated"
        if self.later is not None and self.later.at <= at:
            return "replaced"
        return "expired" if self.expired(at) else "given"

    def uncovered(self, use: Use) -> str:
        """The first part of this use that the consent does not cover: purpose, item or recipient; empty if none."""
        if not set(use.purposes) <= set(self.terms.purposes):
            return "purpose"
        if any(item not in self.terms.items and kind not in self.terms.items for item, kind in use.items):
            return "item"
        return "" if set(use.recipients) <= set(self.terms.recipients) else "recipient"


def touches(event: ConsentWithdrawn, use: Use) -> bool:
    """Whether a withdrawal takes back any part of this use."""
    if event.scope == "whole":
        return True
    named = {name for item in use.items for name in item}
    return bool(
        set(event.items) & named
        or set(event.recipients) & set(use.recipients)
        or set(event.purposes) & set(use.purposes)
    )
