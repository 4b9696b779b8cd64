"""What was sent already: to whom, of which items, and on a consent that is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from ledger.procedure.events.consent import ConsentWithdrawn
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.sharing import name_of
from ledger.procedure.state.consents import Use, touches
from ledger.procedure.state.world import World

CAN_BE_WITHDRAWN = "Q52 “can be withdrawn (in which case the information would have to be deleted)”"


class Sent(NamedTuple):
    """What somebody was sent on a consent that is taken back, and from when on they should not have it."""

    consent_id: str
    disclosure_id: str
    to: str
    since: dt.datetime


def sent_on_withdrawn(act: Act, world: World) -> Iterator[Sent]:
    """What was sent, or is by this act, on a consent that this act or an earlier one takes back.

    A disclosure may be recorded after the withdrawal, though it was made before it: either starts the clock.
    """
    for withdrawal, made, made_at in _pairs(act, world):
        items = [
            (i, world.case.items[i].event.kind or "" if i in world.case.items else i) for i in items_of(made, world)
        ]
        for name in dict.fromkeys(name_of(recipient) for recipient in made.to):
            if name and touches(withdrawal, Use(made.purposes, items, (name,))):
                since = max(withdrawal.effective_at or act.at, made_at)
                yield Sent(withdrawal.consent_id, made.disclosure_id, name, since)


def _pairs(act: Act, world: World) -> Iterator[tuple[ConsentWithdrawn, DisclosureMade, dt.datetime]]:
    if isinstance(act.event, ConsentWithdrawn):
        ids = world.case.consents[act.event.consent_id].ids
        for said in world.case.disclosures.values():
            if ids & set(said.event.relies_on):
                yield act.event, said.event, said.at
        return
    for held in world.case.consents.values() if act.event.relies_on else ():
        if held.ids & set(act.event.relies_on):
            yield from ((event, act.event, act.event.when or act.at) for _, event in held.withdrawals)


def items_of(made: DisclosureMade, world: World, decision: DecisionMade | None = None) -> tuple[str, ...]:
    """The items of a disclosure: those it names, else those of the decision that it carries out."""
    taken = world.case.decisions.get(made.decision_id or "")
    decision = decision or (taken.event if taken else None)
    return (made.what.items if made.what else ()) or (decision.items if decision else ())
