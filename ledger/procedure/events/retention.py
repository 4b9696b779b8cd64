"""How long something is kept: legal holds, which nothing may be erased under, and reviews of what is still needed."""

from __future__ import annotations

from ledger.procedure.declare import Day, Event, Id, Label, Words, kind
from ledger.procedure.events.agency import ON_AGENCY
from ledger.procedure.events.vocabulary import Hold, NewHold, RetentionOutcome, ScopeKind


@kind("agency/LegalHoldPlaced/1", on=ON_AGENCY)
class LegalHoldPlaced(Event, frozen=True, kw_only=True):
    """Nothing of a case, scheme, person or consent may be erased until the hold is released."""

    hold_id: NewHold
    scope_kind: ScopeKind | None = None
    scope_ref: Id | None = None
    reason: Words | None = None
    authority: Label | None = None


@kind("agency/LegalHoldReleased/1", on=ON_AGENCY)
class LegalHoldReleased(Event, frozen=True, kw_only=True):
    """A hold ends."""

    hold_id: Hold
    reason: Words | None = None
    authority: Label | None = None


@kind("case/RetentionReviewed/1", on=("case", "scheme", "agency"))
class RetentionReviewed(Event, frozen=True, kw_only=True):
    """It was looked at whether something is still to be kept; said of its own case or scheme, it needs no scope."""

    scope_kind: ScopeKind | None = None
    scope_ref: Id | None = None
    outcome: RetentionOutcome | None = None
    retain_until: Day | None = None
    retention_review_on: Day | None = None  # when it is looked at again
    retention_label: Label | None = None
    authority: Label | None = None
    reason: Words | None = None
