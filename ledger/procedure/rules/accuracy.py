"""Accurate and up to date, opinion marked as opinion, a dispute as disputed: AC-01, AC-02 and AC-04."""

from __future__ import annotations

from datetime import timedelta

from ledger.procedure.clock import until
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import item_ids, items
from ledger.procedure.state.world import World

FACT = "fact"


@rule("AC-01", "Q84 “relevant, accurate, factual and up-to-date”", on=[DisclosureMade])
def not_up_to_date(act: Act, world: World) -> Concerns:
    days = act.context.param("accuracy_days", 90)
    recorded = dict(items(act, world))
    for item_id in item_ids(act) or ("",):
        item = recorded.get(item_id)
        as_of = act.event.accuracy_as_of or (item.event.accuracy_as_of if item else None)
        if as_of is None or act.at - until(as_of) > timedelta(days=days):
            yield Concern(item_id, details={"days": days})


@rule("AC-02", "Q85 “where opinion is given, this should be made clear to the recipient”", on=[DisclosureMade])
def opinion_unmarked(act: Act, world: World) -> Concerns:
    if act.event.opinion_marked is not True:
        yield from (
            Concern(item_id) for item_id, item in items(act, world) if item.event.statement_kind not in (None, FACT)
        )


@rule("AC-04", "Q84 “accurate, factual”: what somebody disputes", on=[DisclosureMade])
def dispute_unmarked(act: Act, world: World) -> Concerns:
    if act.event.disputed_marked is not True:
        yield from (Concern(item_id) for item_id, item in items(act, world) if item.event.disputed_by)
