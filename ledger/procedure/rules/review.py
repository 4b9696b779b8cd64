"""Who may code what went wrong: reviewers, who annotate and never alter (R0.12). Part of ST-06."""

from __future__ import annotations

from ledger.procedure.events.review import MissedOpportunityCoded
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.world import World

REVIEWER = "reviewer"


# The catalogue has no rule of its own for this: who acts, and whether they may, is ST-06's question.
@rule("ST-06", "Q09 “missed opportunities”: reviewer role only", on=[MissedOpportunityCoded])
def coded_by_somebody_else(act: Act, _world: World) -> Concerns:
    actor = act.command.actor
    if actor is not None and actor.role != REVIEWER:
        yield Concern(act.event.opportunity_id or "", "reviewer")
