"""What can be said: every kind of event, one file for each thing it is about. Importing this package declares them all.

Read `vocabulary.py` (the codes), then `case.py` and `persons.py`, `links.py`, `consent.py`, `decision.py`,
`manager.py`, `disclosure.py`, `accountability.py` (the case), `context.py` (a context of risk), `scheme.py` and
`undertaking.py` (a disclosure scheme), `review.py` (a review), `agency.py`, `retention.py`, `operations.py` and
`oversight.py` (the agency itself).
A value that a rule covers is optional here: what its absence means is for the rule to say.
"""

from ledger.procedure.events import (
    accountability,
    agency,
    case,
    consent,
    context,
    decision,
    disclosure,
    links,
    manager,
    operations,
    oversight,
    persons,
    retention,
    review,
    scheme,
    undertaking,
)

__all__ = [
    "accountability",
    "agency",
    "case",
    "consent",
    "context",
    "decision",
    "disclosure",
    "links",
    "manager",
    "operations",
    "oversight",
    "persons",
    "retention",
    "review",
    "scheme",
    "undertaking",
]
