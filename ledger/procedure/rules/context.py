"""Patterns: several children at one context, and children who go missing: CX-01 to CX-03."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after
from ledger.procedure.entry import Owed
from ledger.procedure.events.context import ChildAssociatedWithContext, ContextReviewed, MissingEpisodeRecorded
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.context import seen_at
from ledger.procedure.state.world import World

ALERT, DECIDE, MISSING = "CX-01", "CX-02", "CX-03"
PATTERN = 2  # children make one


@rule(ALERT, "Q05 “multiple children appear associated to the same context”", on=[ChildAssociatedWithContext])
def several_children_at_one_context(act: Act, world: World) -> Concerns:
    days = act.context.param("context_window_days", 90)
    before = world.file.context.children_around(seen_at(act.event, act.at), days)
    children = before | set(act.event.children)
    if len(children) >= PATTERN and children != before:
        yield Concern(world.file.about.id, details={"children": len(children), "days": days})


@owes(DECIDE, on=[ChildAssociatedWithContext])
def decision_about_the_context(act: Act, world: World) -> Iterator[Owed]:
    """One alert at a time: a further child joins the one that is open, and gives nobody more time."""
    if any(several_children_at_one_context(act, world)) and not world.owed(DECIDE):
        days = act.context.param("context_decision_working_days", 5)
        yield Owed(DECIDE, (world.file.about.id,), _working_days(act, days))


@ends(DECIDE, "Q05 “multiple children appear associated to the same context”", on=[ContextReviewed])
def context_decided(act: Act, world: World) -> Iterator[Owed]:
    said: ContextReviewed = act.event
    if said.decision_id or said.receipt_id or said.agency:
        yield from world.owed(DECIDE)


@owes(MISSING, on=[MissingEpisodeRecorded])
def decision_about_the_missing_child(act: Act, world: World) -> Iterator[Owed]:
    said: MissingEpisodeRecorded = act.event
    about = (said.episode_id, said.child) if said.episode_id else (said.child,)
    if not any(owed.about == about for owed in world.owed(MISSING)):
        yield Owed(MISSING, about, _working_days(act, act.context.param("missing_decision_working_days", 1)))


@ends(
    MISSING,
    "Q04 “when a child is at risk of going missing or has gone missing”",
    on=[DecisionMade, ContextReviewed],
)
def missing_child_decided(act: Act, world: World) -> Iterator[Owed]:
    if isinstance(act.event, ContextReviewed):
        decided = {*act.event.children, *act.event.episodes}
    elif act.decision is not None and not act.earlier:
        decided = persons_decided(act.decision, world) | episodes_decided(act.decision, world)
    else:
        return
    yield from (owed for owed in world.owed(MISSING) if decided & set(owed.about))


def persons_decided(decision: DecisionMade, world: World) -> set[str]:
    """Everybody whom a decision names, or whom what it decides on is about."""
    about = (item.event.person for item in map(world.case.items.get, decision.items) if item is not None)
    return {*decision.data_subjects, *filter(None, about)}


def children_decided(decision: DecisionMade, at: dt.datetime, world: World) -> set[str]:
    """The children among them."""
    named = (world.case.persons.get(name) for name in persons_decided(decision, world))
    return {person.id for person in named if person is not None and person.is_child(at)}


def episodes_decided(decision: DecisionMade, world: World) -> set[str]:
    """The missing episodes that what it decides on tells of."""
    told = (item.event.episode_id for item in map(world.case.items.get, decision.items) if item is not None)
    return set(filter(None, told))


def _working_days(act: Act, days: int) -> dt.datetime:
    """So many working days after the agency knew."""
    return end_of_working_day_after(act.known_at, days, act.context.codes("bank_holidays"))
