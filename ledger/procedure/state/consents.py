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
    replaced_at: dt.datetime | None = None
    replaced_by: str | None = None

    @property
    def specific(self) -> bool:
        """Whether it says for what, which information and with whom; one that does not is never relied on."""
        return bool(self.terms.purposes and self.terms.items and self.terms.recipients)

    def withdrawn(self, at: dt.datetime, use: Use) -> bool:
        """Whether it was taken back by then, as a whole or for a part of this use."""
        return any(effective <= at and _touches(event, use) for effective, event in self.withdrawals)

    def withdrawn_whole(self, at: dt.datetime) -> bool:
        return any(effective <= at and event.scope == "whole" for effective, event in self.withdrawals)

    def expired(self, at: dt.datetime) -> bool:
        return self.terms.expires_at is not None and late(at, until(self.terms.expires_at))

    def state(self, at: dt.datetime) -> str:
        """``given``, ``withdrawn``, ``expired`` or ``replaced`` at a moment."""
        if self.withdrawn_whole(at):
            return "withdrawn"
        if self.replaced_at is not None and self.replaced_at <= at:
            return "replaced"
        return "expired" if self.expired(at) else "given"

    def uncovered(self, use: Use) -> str:
        """The first part of this use that the consent does not cover: purpose, item or recipient; empty if none."""
        if not set(use.purposes) <= set(self.terms.purposes):
            return "purpose"
        if any(item not in self.terms.items and kind not in self.terms.items for item, kind in use.items):
            return "item"
        return "" if set(use.recipients) <= set(self.terms.recipients) else "recipient"


def _touches(event: ConsentWithdrawn, use: Use) -> bool:
    if event.scope == "whole":
        return True
    named = {name for item in use.items for name in item}
    return bool(
        set(event.items) & named
        or set(event.recipients) & set(use.recipients)
        or set(event.purposes) & set(use.purposes)
    )
