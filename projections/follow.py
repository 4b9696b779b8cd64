"""Building projections from the ledger: catch up, or rebuild from zero.

1. A projection is built to a place, a position and the hash of the record there. If the ledger has no such record (the
   views are of another ledger, or of one since restored), or views.db is of no use, it is built from zero, and that is
   said in a note: no answer depends on views.db.
2. Batches of readings are applied and written with the new place, if the old one still stands; if not, another process
   was faster, and this one goes on from wherever that came to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from ledger import Ledger, Reading
from ledger.errors import StorageError, UnknownId
from projections.catalogue import chosen
from projections.projection import NOWHERE, Place, Projection
from projections.read_model import ReadModel
from projections.tables import Tables
from projections.views_file import Damaged, discard

BATCH = 2000
T = TypeVar("T")


class Built(NamedTuple):
    """A projection that is up to date; `note` says why it had to be built from zero, if it had."""

    name: str
    position: int
    hash: bytes
    note: str = ""


class Rebuilt(NamedTuple):
    """A projection built from zero; `digest` is the SHA-256 of all its rows."""

    name: str
    position: int
    hash: bytes
    digest: str
    note: str = ""


def catch_up(ledger: Ledger, names: Iterable[str] | None = None) -> list[Built]:
    """Bring the named projections (all of them) up to the head of the ledger."""
    questions = chosen(names)

    def work(model: ReadModel) -> list[tuple[str, Place, str]]:
        return [(p.name, *follow(ledger, model, p)) for p in questions]

    done, note = using(ledger, work)
    return [Built(name, *place, note or why) for name, place, why in done]


def rebuild(ledger: Ledger, name: str | None = None) -> list[Rebuilt]:
    """Build one projection (all of them) from zero; until each is complete, and if that fails, the old one stands."""
    questions = chosen(None if name is None else [name])

    def work(model: ReadModel) -> list[tuple[str, Place, str]]:
        return [(p.name, *_build_aside(ledger, model, p)) for p in questions]

    done, note = using(ledger, work)
    return [Rebuilt(name, *place, digest, note) for name, place, digest in done]


def digest(ledger: Ledger, name: str) -> str:
    """SHA-256 of all rows of a projection as they are now in views.db."""
    projection = chosen([name])[0]

    def work(model: ReadModel) -> str:
        if model.place(projection) is None:
            model.begin(projection)
        return model.digest(projection)

    return using(ledger, work)[0]


def follow(ledger: Ledger, model: ReadModel, projection: Projection) -> tuple[Place, str]:
    """Steps 1 and 2, and why it was from zero."""
    why = ""
    while True:
        place = model.place(projection)
        if place is None or not _is_of(ledger, place):
            why = "" if place is None else "The views were not of this ledger as it is now; they were built anew."
            model.begin(projection)
            place = NOWHERE
        tables = model.tables(projection)
        for reached in applied(projection, tables, ledger.readings(after=place.position)):
            if not model.advance(projection, tables, place, reached):
                break
            place = reached
        else:
            return place, why


def _build_aside(ledger: Ledger, model: ReadModel, projection: Projection) -> tuple[Place, str]:
    place = NOWHERE
    with model.aside(projection) as tables:
        for place in applied(projection, tables, ledger.readings()):  # noqa: B007 (the last one counts)
            model.write_aside(tables)
        digest = model.digest(projection)
        model.put_in_place(projection, place)
    return place, digest


def applied(projection: Projection, tables: Tables, readings: Iterable[Reading]) -> Iterator[Place]:
    """Apply batch after batch; the place that each brings the tables to."""
    events, apply, stream = projection.events, projection.apply, iter(readings)
    while True:
        reading = None
        for reading in islice(stream, BATCH):
            if reading.name in events:
                apply(tables, reading)
        if reading is None:
            return
        yield Place(reading.position, reading.hash)


def using(ledger: Ledger, work: Callable[[ReadModel], T]) -> tuple[T, str]:
    """What `work` gives on the ledger's views.db, made anew if it is of no use; then the note says so."""
    path: Path = ledger.folder.views
    note = ""
    while True:
        try:
            with ReadModel(path, ledger.id) as model:
                return work(model), note
        except Damaged as damage:
            if note:
                raise StorageError(f"{path} cannot be used ({damage}), and building it anew did not help.") from damage
            note = f"{damage}; they were built anew."
            discard(path)


def _is_of(ledger: Ledger, place: Place) -> bool:
    try:
        return place == NOWHERE or ledger.reading(place.position).hash == place.hash
    except UnknownId:
        return False
