"""Informing that falls due: privacy information at the first service (IN-05), and exceptions that end (IN-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after, until
from ledger.procedure.entry import Owed
from ledger.procedure.events.case import CaseOpened
from ledger.procedure.events.decision import DecisionMade, Informing
from ledger.procedure.events.links import AgencyJoinedCase
from ledger.procedure.events.persons import InformingWithheld, PersonInformed, PrivacyInformationGiven
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.state.world import World

FROM_THE_OUTSET, INFORM = "IN-05", "IN-07"


@owes(FROM_THE_OUTSET, on=[CaseOpened, AgencyJoinedCase])
def privacy_information(act: Act, world: World) -> Iterator[Owed]:
    """By this agency, within days of the family's first service from it."""
    own = getattr(act.event, "agency", None) in (None, world.agency.id)
    given = any(isinstance(said.event, PrivacyInformationGiven) for said in world.case.done)
    if act.event.first_service_at is not None and own and not given and not world.owed(FROM_THE_OUTSET):
        days = act.context.param("privacy_information_working_days", 5)
        due = end_of_working_day_after(act.event.first_service_at, days, act.context.codes("bank_holidays"))
        yield Owed(FROM_THE_OUTSET, (act.command.about.id,), due)


@ends(
    FROM_THE_OUTSET,
    "Q60 “when they first receive services … what and how information will, or could be shared and why”",
    on=[PrivacyInformationGiven],
)
def privacy_information_given(_act: Act, world: World) -> Iterator[Owed]:
    yield from world.owed(FROM_THE_OUTSET)


@owes(INFORM, on=[DecisionMade, InformingWithheld])
def to_be_informed(act: Act, world: World) -> Iterator[Owed]:
    """Whoever is not told for now, by the day on which that is looked at again; or told later, by that time."""
    for entry in looked_at(act):
        due = _when(entry, act.at)
        since = any(said.event.person == entry.person and said.at > act.at for said in world.case.informed)
        if due is not None and entry.person and not since:
            yield Owed(INFORM, (entry.person,), due)


def looked_at(act: Act) -> tuple[Informing | InformingWithheld | PersonInformed, ...]:
    """The persons whom the act tells, or says why not, one by one."""
    if isinstance(act.event, InformingWithheld | PersonInformed):
        return (act.event,)
    return act.decision.informing if act.decision is not None and not act.earlier else ()


def _when(entry: Informing | InformingWithheld | PersonInformed, at: dt.datetime) -> dt.datetime | None:
    told_at = getattr(entry, "informed_at", None)
    if told_at is not None:
        return told_at.astimezone(dt.UTC) if told_at > at else None
    review_on: str | None = getattr(entry, "review_on", None)
    return until(review_on) if review_on is not None else None


@ends(INFORM, "Q64: what ends, ends at a review", on=[PersonInformed, InformingWithheld, DecisionMade])
def looked_at_again(act: Act, world: World) -> Iterator[Owed]:
    """A person who is told, or whom it is looked at again whether to tell, whatever it was about."""
    persons = {entry.person for entry in looked_at(act)}
    yield from (owed for owed in world.owed(INFORM) if owed.about[-1] in persons)
