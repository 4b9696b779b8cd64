"""A context of risk as judgement sees it: which children were found there, and when, and which adults."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ledger.procedure.declare import Payload
from ledger.procedure.edition import moment
from ledger.procedure.entry import Entry
from ledger.procedure.events import context as said
from ledger.procedure.state.fold import Folds

folds = Folds()


@dataclass
class Context:
    """One context; `seen` lists (child, when) in the order in which it was recorded."""

    identified: bool = False
    seen: list[tuple[str, dt.datetime]] = field(default_factory=list)
    adults: set[str] = field(default_factory=set)

    def children_around(self, at: dt.datetime, days: int) -> set[str]:
        """The most distinct children found here within so many days that take in a moment.

        What is recorded late may lie before what was recorded first, so a window may begin at any finding.
        """
        window = dt.timedelta(days=days)
        starts = {seen for _, seen in self.seen if at - window <= seen <= at} | {at}
        found = ({child for child, seen in self.seen if start <= seen <= start + window} for start in starts)
        return max(found, key=len)


def seen_at(event: said.ChildAssociatedWithContext, at: dt.datetime) -> dt.datetime:
    """When the children were found there: the day that the event names, else when it was noted."""
    return at if event.seen_on is None else moment(event.seen_on)


@folds.on(said.ContextIdentified)
def identified(context: Context, _entry: Entry, _event: Payload) -> None:
    context.identified = True


@folds.on(said.ChildAssociatedWithContext)
def seen(context: Context, entry: Entry, event: said.ChildAssociatedWithContext) -> None:
    context.seen += [(child, seen_at(event, entry.occurred_at)) for child in event.children]


@folds.on(said.ContextReviewed)
def told_of(context: Context, entry: Entry, event: said.ContextReviewed) -> None:
    """A partner that tells of its decision tells of children found there; one's own names whom it is about."""
    if event.decision_id is None:
        context.seen += [(child, entry.occurred_at) for child in event.children]


@folds.on(said.AdultAssociatedWithContext)
def adult_seen(context: Context, _entry: Entry, event: said.AdultAssociatedWithContext) -> None:
    context.adults.add(event.person)
