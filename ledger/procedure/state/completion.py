"""An urgent decision with what a manager's review says of what it left unsaid (R0.3)."""

from __future__ import annotations

from typing import Any

from ledger.procedure.declare import changed
from ledger.procedure.events.decision import DecisionMade, Recipient
from ledger.procedure.events.manager import DecisionReviewedByManager

NOT_COMPLETED = frozenset({"decision_id", "late_reason", "data_subjects", "recipients", "informing", "legal_basis"})


def completed(decision: DecisionMade, review: DecisionReviewedByManager) -> DecisionMade:
    """The decision with the fields that it left unsaid as the review says them.

    A list is added to, person by person; a legal basis is stated as a whole, so that the review's replaces one that
    was not complete.
    """
    said: dict[str, Any] = {
        name: getattr(review, name)
        for name in set(review.__struct_fields__) & set(decision.__struct_fields__) - NOT_COMPLETED
        if not getattr(decision, name) and getattr(review, name)
    }
    positions = {person: position for person, position in decision.data_subjects.items() if position is not None}
    informed = {entry.person for entry in review.informing}
    return changed(
        decision,
        **said,
        data_subjects=decision.data_subjects | review.data_subjects | positions,
        recipients=_recipients(decision.recipients, review.recipients),
        informing=tuple(e for e in decision.informing if e.person not in informed) + review.informing,
        legal_basis=review.legal_basis or decision.legal_basis,
    )


def _recipients(decided: tuple[Recipient, ...], reviewed: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """Every recipient once, with the need to know that either gives for them."""
    known = {(one.agency, one.person): one for one in decided}
    for one in reviewed:
        before = known.get((one.agency, one.person))
        if before is None or not before.need_to_know_reason:
            known[one.agency, one.person] = one
    return tuple(known.values())
