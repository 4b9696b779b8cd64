"""What each agency's ledger tells a review: every record that any of its sources shows, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from ledger import About, OpenSource, Reading, contradictions
from projections.chronology import FILES, OTHERS
from projections.tables import Row

OPEN = b"\x01"  # how a field that is open begins


@dataclass(frozen=True)
class Told:
    """The records of one ledger in order of position. `whole`: they are all it had; else some, by extracts."""

    agency: str
    ledger: bytes
    readings: Sequence[Reading]
    whole: bool

    @cached_property
    def _by_position(self) -> dict[int, Reading]:
        return {reading.position: reading for reading in self.readings}

    def at(self, position: int) -> Reading | None:
        """One record, if it is told."""
        return self._by_position.get(position)


class Shown(NamedTuple):
    """What a record says of its file and its times (µs); None where an extract withholds it."""

    about: About | None
    occurred_us: int | None
    known_us: int | None
    recorded_us: int | None


def shown(reading: Reading) -> Shown:
    """What a record of a ledger or of an extract says of these."""
    return Shown(reading.about, reading.occurred_us, reading.known_us, reading.recorded_us)


def told_by(opened: Sequence[OpenSource], until_us: int | None) -> list[Told]:
    """Every ledger of the review, by agency, as it was recorded by then (µs; inclusive).

    Of two sources that show one record, the ledger itself goes before an extract, then the one that opens more. What
    does not say when it was recorded is in no state of the past.
    """
    ledgers = {(one.source.agency, one.source.ledger) for one in opened}
    return [_told(agency, ledger, opened, until_us) for agency, ledger in sorted(ledgers)]


def disagreements(opened: Sequence[OpenSource]) -> Iterator[tuple[OpenSource, OpenSource, list[int]]]:
    """Two sources of one ledger, and the positions at which they hold different records."""
    for number, one in enumerate(opened):
        for other in opened[number + 1 :]:
            if one.source.ledger == other.source.ledger and (positions := contradictions(one.hashes, other.hashes)):
                yield one, other, positions


def in_scope(told: Told, cases: Sequence[str]) -> Told:
    """What bears on these cases: their own records, and those that belong to no case; all where none is named."""
    kept = [reading for reading in told.readings if _of(reading, cases)]
    return replace(told, readings=kept)


def value_of(reading: Reading, name: str) -> Any:
    """A field of a record as far as it is open; None where it is sealed, withheld or not of this kind."""
    value = reading.data.get(name)
    return None if isinstance(value, tuple) or (isinstance(value, str) and type(value) is not str) else value


def place(told: Told, reading: Reading) -> Row:
    """Where a record stands, as a row names it."""
    return {"agency": told.agency, "position": reading.position, "hash": reading.hash.hex()}


def _told(agency: str, ledger: bytes, opened: Sequence[OpenSource], until_us: int | None) -> Told:
    mine = [one for one in opened if one.source.ledger == ledger]
    best: dict[int, tuple[OpenSource, Reading]] = {}
    for one in mine:
        for reading in one.readings:
            if reading.position not in best or _rank(one, reading) > _rank(*best[reading.position]):
                best[reading.position] = (one, reading)
    whole = any(_folder(one) and not one.unread for one in mine)
    readings = [reading for _, (_, reading) in sorted(best.items())]
    if until_us is not None:
        times = ((shown(reading).recorded_us, reading) for reading in readings)
        readings = [reading for time, reading in times if time is not None and time <= until_us]
    return Told(agency, ledger, readings, whole)


def _rank(one: OpenSource, reading: Reading) -> tuple[bool, bool, int]:
    """What goes first of two sources that show one record; the one that was added first, where nothing does."""
    return one.source.verified, _folder(one), sum(leaf[:1] == OPEN for leaf in reading.leaves)


def _folder(one: OpenSource) -> bool:
    return one.source.form == "folder"


def _of(reading: Reading, cases: Sequence[str]) -> bool:
    about = shown(reading).about
    if about is None:
        return True  # an extract that does not say of what it tells was given for this review
    if about.type not in FILES and reading.name not in OTHERS:
        return False  # the agency's own affairs: keys, editions, staff
    return not cases or about.type != "case" or about.id in cases
