"""What is shown of a scheme application besides what every file has: its clocks, undertakings and reconsiderations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import clocks, london, reconsideration_due, wording
from projections.shown import Tree

if TYPE_CHECKING:
    from projections.case_view import FileView

REFUSED = "UndertakingRefused"


def scheme_view(view: FileView) -> Tree:
    """The application, its clocks under the editions of the day it was made, and each step at the door.

    The words to be read out are those of the day of the delivery, or of today while it may still come.
    """
    scheme, now = view.file.scheme, view.asked.now
    books = view.asked.ledger.agency(view.asked.until).book
    context = books.context(scheme.received_at or now)
    over = scheme.met.get("delivered") or scheme.met.get("closed")
    pending = [reconsideration_due(refusal, context) for refusal in scheme.pending()]
    undertakings = view.of("undertakings")
    return {
        "family": scheme.family,
        "route": scheme.route,
        "applicant": scheme.applicant,
        "applicant_at_risk": scheme.applicant_at_risk,
        "referring_agency": scheme.referring_agency,
        "subject": scheme.subject,
        "person_at_risk": scheme.person_at_risk,
        "children": list(scheme.children),
        "children_considered": scheme.children_considered,
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
        "wording": wording(scheme, books.context(over or now)),
        "ending": scheme.ending,
    }
