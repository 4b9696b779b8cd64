"""Consent that comes to its end: CN-11, and the review of one that has no end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import in_london, until
from ledger.procedure.edition import LONDON
from ledger.procedure.entry import Owed
from ledger.procedure.events.consent import ConsentInvalidated, ConsentRenewed, ConsentWithdrawn
from ledger.procedure.rules.consent_given import GIVEN
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.world import World

RUNS_OUT, REVIEW = "CN-11", "consent_review"
TIME_LIMITED = "Q51 “time limited”"
OVER = (ConsentRenewed, ConsentWithdrawn, ConsentInvalidated)


def ended(act: Act) -> str:
    """The consent that the act renews, takes back or finds invalid; empty where only a part of it is taken back."""
    if isinstance(act.event, ConsentRenewed):
        return act.event.renews or act.event.consent_id
    in_part = isinstance(act.event, ConsentWithdrawn) and act.event.scope != "whole"
    return "" if in_part else str(act.event.consent_id)


@owes(RUNS_OUT, on=GIVEN)
def consent_with_an_end(act: Act, _world: World) -> Iterator[Owed]:
    if act.event.expires_at is not None:
        yield Owed(RUNS_OUT, (act.event.consent_id,), until(act.event.expires_at))


@ends(RUNS_OUT, TIME_LIMITED, on=OVER)
def consent_over(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(RUNS_OUT) if owed.about == (ended(act),))


@rule(RUNS_OUT, TIME_LIMITED, on=[ConsentRenewed])
def renewed_at_the_last(act: Act, world: World) -> Concerns:
    days = dt.timedelta(days=act.context.param("consent_expiring_days", 14))
    for owed in consent_over(act, world):
        left = owed.due.astimezone(LONDON).date() - act.at.astimezone(LONDON).date()
        if left <= days:  # if it has run out, that is what is found
            yield Concern(owed.about[-1], "expiring", {"due": in_london(owed.due)}, so_already=True)


@owes(REVIEW, on=GIVEN)
def consent_without_an_end(act: Act, _world: World) -> Iterator[Owed]:
    if act.event.expires_at is None and act.event.review_on is not None:
        yield Owed(REVIEW, (act.event.consent_id,), until(act.event.review_on))


@ends(REVIEW, TIME_LIMITED, on=OVER)
def consent_reviewed(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(REVIEW) if owed.about == (ended(act),))
