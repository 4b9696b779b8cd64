"""Consent that is taken back: whoever was sent something on it is told (CN-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after, late
from ledger.procedure.edition import Context
from ledger.procedure.entry import Owed
from ledger.procedure.events.consent import ConsentWithdrawn, RecipientNotifiedOfWithdrawal
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.duty import ends, first_of, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.sent import CAN_BE_WITHDRAWN, Sent, sent_on_withdrawn
from ledger.procedure.state.world import World

TELL, LONG = "CN-14", "long"


@owes(TELL, on=[ConsentWithdrawn, DisclosureMade])
def recipients_to_tell(act: Act, world: World) -> Iterator[Owed]:
    days, holidays = act.context.param("notify_withdrawal_working_days", 2), act.context.codes("bank_holidays")
    to_tell = (
        Owed(TELL, (one.consent_id, one.to), end_of_working_day_after(one.since, days, holidays))
        for one in sent_on_withdrawn(act, world)
        if not _told(one, act, world)
    )
    yield from first_of(to_tell, world)


def _told(one: Sent, act: Act, world: World) -> bool:
    """Whether they know: of a withdrawal only if told since then, of whose effect they need to be told once."""
    since = act.event.effective_at if isinstance(act.event, ConsentWithdrawn) else None
    return any(
        isinstance(said.event, RecipientNotifiedOfWithdrawal)
        and (said.event.consent_id, said.event.recipient) == (one.consent_id, one.to)
        and (since is None or said.at >= since)
        for said in world.case.done
    )


def told_how_late(owed: Owed, at: dt.datetime, context: Context) -> str:
    """A recipient who is not told for a long time is a breach."""
    days = context.param("notify_withdrawal_working_days", 2)
    long = context.param("notify_withdrawal_breach_working_days", 10)
    until = end_of_working_day_after(owed.due, long - days, context.codes("bank_holidays"))
    return LONG if late(at, until) else ""


@ends(TELL, CAN_BE_WITHDRAWN, on=[RecipientNotifiedOfWithdrawal], weigh=told_how_late)
def recipient_told(act: Act, world: World) -> Iterator[Owed]:
    about = (act.event.consent_id, act.event.recipient)
    yield from (owed for owed in world.owed(TELL) if owed.about == about)
