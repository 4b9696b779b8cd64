"""Answering: what a projection shows now, or what the ledger would have shown at a recorded time.

The present is read from views.db once it has caught up; the past is the same `apply` over the records of then, in
memory, and what was erased since shows as erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ledger import Ledger, Reading, london, to_us
from ledger.errors import Malformed
from projections.catalogue import chosen
from projections.follow import applied, follow, using
from projections.projection import NOWHERE, Answer, Asked, Place, Projection
from projections.read_model import ReadModel
from projections.tables import Tables
from projections.unswept import unswept

KNOWN = ("as_known_by", "at")  # what an agency knew, and when


def show(
    ledger: Ledger, name: str, args: Mapping[str, Any] | None = None, as_at: dt.datetime | str | None = None
) -> Answer:
    """The answer of one projection, now or as the ledger would have given it at a recorded time (inclusive).

    It says in `built_to` which record it reaches to.
    """
    projection = chosen([name])[0]
    _check_args(projection, args or {})
    until = None if as_at is None else moment_in(ledger, as_at)
    then = _known_at(ledger, projection, args or {})
    asked = Asked(ledger, args or {}, then or until or ledger.now(), until, head_at(ledger, until))
    readings = projection.narrow(asked)
    if until is not None or readings is not None:
        return _from_memory(projection, asked, ledger.readings(until=until) if readings is None else readings)

    def work(model: ReadModel) -> tuple[Answer, Place, str]:
        ((_, why),) = follow(ledger, model, [projection])
        with model.unchanging(), unswept():
            place = model.place(projection) or NOWHERE
            return projection.show(model.tables(projection), asked._replace(place=place)), place, why

    (answer, place, why), note = using(ledger, work)
    return _stamped(answer, asked._replace(place=place), note or why)


def _from_memory(projection: Projection, asked: Asked, readings: Iterable[Reading]) -> Answer:
    """The answer from these records alone, in memory."""
    tables = Tables(projection.tables)
    for _ in applied([(projection, tables)], readings):
        pass
    with unswept():
        return _stamped(projection.show(tables, asked), asked, "")


def head_at(ledger: Ledger, until: dt.datetime | None) -> Place:
    """The last record of a moment, by halving: recorded times never step back."""
    if until is None:
        return Place(*ledger.head())
    limit, low, high = to_us(until), 1, ledger.head().position
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if ledger.reading(middle).recorded_us <= limit else (low, middle - 1)
    return Place(low, ledger.reading(low).hash)


def _check_args(projection: Projection, args: Mapping[str, Any]) -> None:
    """Refuse an argument that the view would pass over: its answer would be taken for another."""
    if unknown := args.keys() - {*projection.args, *KNOWN}:
        can = f"it takes {', '.join(projection.args)}" if projection.args else "it takes none"
        raise Malformed(f"The view {projection.name} has no argument {str(min(unknown, key=str))[:40]!r}; {can}.")


def _known_at(ledger: Ledger, projection: Projection, args: Mapping[str, Any]) -> dt.datetime | None:
    """The time at which it is asked what an agency knew; None where that is not asked."""
    agency, at = args.get("as_known_by"), args.get("at")
    if agency is None and at is None:
        return None
    if not projection.known:
        raise Malformed(f"The view {projection.name} cannot show what one agency knew; leave that out.")
    if agency is None or at is None:
        raise Malformed("Say which agency knew (as_known_by), and at what time, for example at=2024-03-05T11:20:00Z.")
    return moment_in(ledger, at)


def moment_in(ledger: Ledger, given: dt.datetime | str) -> dt.datetime:
    """A time to look back from; `Malformed` for one without an offset, before the ledger's first record, or to come."""
    try:
        time = dt.datetime.fromisoformat(given) if isinstance(given, str) else given
        utc = time.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # the calendar's last day may lie outside it in UTC
        raise Malformed(f"{given!r} is not a time: write for example 2024-03-05T11:20:00+00:00.") from None
    if time.utcoffset() is None:
        raise Malformed(f"The time {given} has no offset: write for example {time.isoformat()}+00:00.")
    first = ledger.reading(1).recorded_at
    if time < first:
        raise Malformed(f"The ledger begins at {london(first)}; it cannot be shown as at {time.isoformat()}.")
    if not ledger.practice and time > ledger.now():  # a practice ledger has no present of its own
        raise Malformed(f"{time.isoformat()} is still to come; leave the time out to see the ledger as it is now.")
    return utc


def _stamped(answer: Answer, asked: Asked, note: str) -> Answer:
    """An answer with what it was built from."""
    answer["built_to"] = {"position": asked.place.position, "hash": asked.place.hash.hex()}
    if asked.until is not None:
        answer["as_at"] = london(asked.until)
    if asked.args.get("as_known_by") is not None:
        answer["as_known_by"] = {"agency": asked.args["as_known_by"], "at": london(asked.now)}
    if note:
        answer["note"] = note
    return answer
