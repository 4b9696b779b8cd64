"""Shared in a timely fashion: TM-01."""

from __future__ import annotations

import datetime as dt

from ledger.procedure.clock import end_of_working_day_after, late, within_hours
from ledger.procedure.edition import Context
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import items
from ledger.procedure.state.case import Case, Item
from ledger.procedure.state.world import World

HOURS = {"immediate": ("share_hours_immediate", 1), "significant_harm": ("share_hours_significant_harm", 24)}
CONCERN = "concern"


@rule("TM-01", "Q08 “timely”, Q10 “as early as possible”", on=[DisclosureMade])
def shared_late(act: Act, world: World) -> Concerns:
    risk = act.decision.risk_level if act.decision is not None else None
    shared_at = act.event.when or act.at
    for item_id, item in items(act, world):
        start = clock_starts(item_id, item, act, world.case)
        due = limit(risk, start, act.context)
        if due is not None and late(shared_at, due):
            hours = f"{(shared_at - start).total_seconds() / 3600:g}"
            yield Concern(item_id, risk or "", {"hours": hours, "cause": cause(item_id, start, act, world.case)})


def clock_starts(item_id: str, item: Item, act: Act, case: Case) -> dt.datetime:
    """When the time to share an item began: known, and where that is recorded, recognised or first asked for."""
    asked = [said.at for said in case.requests.values() if item_id in said.event.items]
    if act.decision is not None and act.decision.request_id in case.requests:
        asked.append(case.requests[act.decision.request_id].at)
    if item.event.significance_recognised_at is not None:
        asked.append(item.event.significance_recognised_at)
    return max(item.known_at, min(asked)) if asked else item.known_at


def limit(risk: str | None, start: dt.datetime, context: Context) -> dt.datetime | None:
    """Until when it is to be shared; None where the risk sets no limit."""
    if risk in HOURS:
        return within_hours(start, context.param(*HOURS[risk]))
    if risk == CONCERN:
        days = context.param("share_working_days_concern", 5)
        return end_of_working_day_after(start, days, context.codes("bank_holidays"))
    return None


def cause(item_id: str, start: dt.datetime, act: Act, case: Case) -> str:
    """What it waited for: as said, else as the record shows."""
    if act.event.delay_cause:
        return str(act.event.delay_cause)
    for last in case.decisions.values():
        for taken in last.history():
            same = act.decision is not None and taken.event.request_id == act.decision.request_id is not None
            if taken.event.outcome == "withhold" and (same or item_id in taken.event.items):
                return "withheld"
    if any(said.at >= start for said in case.advice.values()):
        return "awaiting_advice"
    return "unknown"
