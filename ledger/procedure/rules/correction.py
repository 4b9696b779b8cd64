"""Information that turns out to be wrong: whoever received it is told (AC-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after
from ledger.procedure.entry import Owed
from ledger.procedure.events.case import InformationCorrected, RecipientNotifiedOfCorrection
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.duty import ends, first_of, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.sent import items_of
from ledger.procedure.rules.sharing import name_of
from ledger.procedure.state.world import World

TELL = "AC-03"


@owes(TELL, on=[InformationCorrected, DisclosureMade])
def recipients_to_tell(act: Act, world: World) -> Iterator[Owed]:
    """Everybody who received it before it was corrected, also where that is recorded only afterwards."""
    days, holidays = act.context.param("correction_working_days", 5), act.context.codes("bank_holidays")
    to_tell = (
        Owed(TELL, (item_id, name), end_of_working_day_after(corrected_at, days, holidays))
        for item_id, corrected_at, made in _pairs(act, world)
        for name in (name_of(recipient) for recipient in made.to)
        if name and name != world.agency.id and not _told(item_id, name, corrected_at, world)
    )
    yield from first_of(to_tell, world)


def _pairs(act: Act, world: World) -> Iterator[tuple[str, dt.datetime, DisclosureMade]]:
    """Each item that was corrected after it was disclosed, when, and in which disclosure it was."""
    if isinstance(act.event, InformationCorrected):
        for said in world.case.disclosures.values():
            if said.at <= act.at and act.event.item_id in items_of(said.event, world):
                yield act.event.item_id, act.at, said.event
        return
    made_at = act.event.when or act.at
    for said in world.case.done:
        corrected = isinstance(said.event, InformationCorrected) and said.at >= made_at
        if corrected and said.event.item_id in items_of(act.event, world, act.decision):
            yield said.event.item_id, said.at, act.event


def _told(item_id: str, name: str, since: dt.datetime, world: World) -> bool:
    return any(
        isinstance(said.event, RecipientNotifiedOfCorrection)
        and (said.event.item_id, said.event.recipient) == (item_id, name)
        and said.at >= since
        for said in world.case.done
    )


@ends(TELL, "Q84 “relevant, accurate, factual and up-to-date”", on=[RecipientNotifiedOfCorrection])
def recipient_told(act: Act, world: World) -> Iterator[Owed]:
    about = (act.event.item_id, act.event.recipient)
    yield from (owed for owed in world.owed(TELL) if owed.about == about)
