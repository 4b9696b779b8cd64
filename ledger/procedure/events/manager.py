"""A manager's look at a decision that was taken; it may say what an urgent decision left to be completed (R0.3)."""

from __future__ import annotations

from ledger.procedure.declare import Words, kind
from ledger.procedure.events.decision import Grounds
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.events.vocabulary import Decision


@kind("case/DecisionReviewedByManager/1", on=ON_FILE)
class DecisionReviewedByManager(Grounds, frozen=True, kw_only=True):
    """A manager agrees with a decision or not; the grounds given here are what it left unsaid."""

    decision_id: Decision
    agreed: bool | None = None
    comments: Words | None = None
