"""Rules that fall due: what an act makes owed, what ends it, and what is found when the end comes late.

    @owes("CN-14", on=[ConsentWithdrawn])
    def recipients_to_tell(act: Act, world: World) -> Iterator[Owed]:
        for name in recipients_of(act.event.consent_id, world):
            yield Owed("CN-14", (act.event.consent_id, name), end_of_working_day_after(act.at, days, holidays))

    @ends("CN-14", "Q52 “can be withdrawn”", on=[RecipientNotifiedOfWithdrawal])
    def recipient_told(act: Act, world: World) -> Iterator[Owed]:
        yield from (o for o in world.owed("CN-14") if o.about == (act.event.consent_id, act.event.recipient))

What is owed, and what an act ends, is stored with the act, as findings are. An obligation that ends late gives its
rule's finding, once, on the act that ends it; one that is still open and overdue is shown by the views as at the time
that they are asked for. A duty named in lower case is a clock of the editions that no rule of its own watches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.procedure.clock import in_london, late
from ledger.procedure.declare import Payload
from ledger.procedure.edition import SEVERITY, Context, Ruling
from ledger.procedure.entry import Key, Owed
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule

if TYPE_CHECKING:
    from ledger.procedure.state.world import World

Duty = Callable[[Act, "World"], Iterator[Owed]]
Weigh = Callable[[Owed, dt.datetime, Context], str]  # the case of an obligation that ends at a moment, late

_RAISED: dict[type[Payload], list[Duty]] = {}
_ENDED: dict[type[Payload], list[Duty]] = {}
_WEIGHED: dict[str, list[Weigh]] = {}


def owes(duty: str, *, on: Sequence[type[Payload]]) -> Callable[[Duty], Duty]:
    """Register what acts that record (or carry) these events make owed under a duty."""

    def register(function: Duty) -> Duty:
        for event_type in on:
            _RAISED.setdefault(event_type, []).append(function)
        DUTIES.add(duty)
        return function

    return register


def as_it_was_owed(owed: Owed, _at: dt.datetime, _context: Context) -> str:
    """A late end weighs as was said when it became owed."""
    return owed.case


def ends(
    duty: str, seed: str, *, on: Sequence[type[Payload]], weigh: Weigh | None = as_it_was_owed
) -> Callable[[Duty], Duty]:
    """Register which of the open obligations of a duty these events end.

    `weigh` picks the case of a late end; None, where nothing is late because it was never due.
    """

    def register(function: Duty) -> Duty:
        for event_type in on:
            _ENDED.setdefault(event_type, []).append(function)
        if duty[:1].isupper() and weigh is not None:
            _WEIGHED.setdefault(duty, []).append(weigh)

            @rule(duty, seed, on=on)
            def ended_late(act: Act, world: World) -> Concerns:
                for owed in function(act, world):
                    if late(act.at, owed.due):
                        details: dict[str, object] = {"due": in_london(owed.due)}
                        yield Concern(owed.about[-1], weigh(owed, act.at, act.context), details, so_already=True)

        return function

    return register


DUTIES: set[str] = set()


def owed_by(event_type: type[Payload], act: Act, world: World) -> Iterator[Owed]:
    """What the act makes owed by recording an event of this type."""
    for base in event_type.__mro__:
        for function in _RAISED.get(base, ()):
            yield from function(act, world)


def ended_by(event_type: type[Payload], act: Act, world: World) -> Iterator[Key]:
    """What the act ends by recording an event of this type."""
    for base in event_type.__mro__:
        for function in _ENDED.get(base, ()):
            yield from (owed.key for owed in function(act, world))


def first_of(owed: Iterable[Owed], world: World) -> Iterator[Owed]:
    """Each obligation by its earliest date; one that is open keeps the date it has."""
    earliest: dict[Key, Owed] = {}
    for one in owed:
        earliest[one.key] = min(one, earliest.get(one.key, one), key=lambda o: o.due)
    yield from (one for one in earliest.values() if all(open_.key != one.key for open_ in world.owed(one.duty)))


def ruling_if_late(owed: Owed, at: dt.datetime, context: Context) -> Ruling | None:
    """What would be found if an overdue obligation ended at this moment; None where no rule watches its duty."""
    cases = {weigh(owed, at, context) for weigh in _WEIGHED.get(owed.duty, ())}
    found = (context.ruling(owed.duty, case, "fact") for case in cases)
    return max(filter(None, found), key=lambda ruling: SEVERITY[ruling.level], default=None)


__all__ = ["DUTIES", "ended_by", "ends", "first_of", "owed_by", "owes", "ruling_if_late"]
