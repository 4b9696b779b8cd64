"""What is shown of a scheme application besides what every file has: its clocks, undertakings and reconsiderations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import clocks, london, reconsideration_due
from projections.shown import Tree

if TYPE_CHECKING:
    from projections.case_view import FileView

REFUSED = "UndertakingRefused"


def scheme_view(view: FileView) -> Tree:
    """The application, its clocks under the editions of the day it was made, and each step at the door."""
    scheme, now = view.file.scheme, view.asked.now
    context = view.asked.ledger.agency().book.context(scheme.received_at or now)
    pending = [reconsideration_due(refusal, context) for refusal in scheme.pending()]
    undertakings = view.of("undertakings")
    return {
        "family": scheme.family,
        "route": scheme.route,
        "applicant": scheme.applicant,
        "subject": scheme.subject,
        "children": list(scheme.children),
        "identity_verified": scheme.identity_verified,
        "immediate_action": scheme.immediate_action,
        "clocks": [
            {
                "stage": clock.stage,
                "due": london(clock.due) if clock.due else None,
                "met_at": london(clock.met_at) if clock.met_at else None,
                "late": bool(clock.late_by(now)),
                "late_by": clock.late_by(now),
            }
            for clock in clocks(scheme, context)
        ],
        "scheme_decisions": view.of("scheme_decisions"),
        "warnings": view.of("warnings"),
        "undertakings": undertakings,
        "refusals": [step for step in undertakings if step["event"] == REFUSED],
        "reconsiderations": view.of("reconsiderations"),
        "forums": view.of("forums"),
        "reconsideration_due": london(min(pending)) if pending else None,
        "deliveries": view.of("deliveries"),
        "onward": view.of("onward"),
        "ending": scheme.ending,
    }
