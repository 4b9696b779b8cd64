"""Building projections from the ledger: catch up, or rebuild from zero.

1. A projection is built to a place, a position and the hash of the record there. If the ledger has no such record (the
   views are of another ledger, or of one since restored), or another version of it built the tables, or views.db is of
   no use, it is built from zero, and that is said in a note: no answer depends on views.db.
2. Batches of readings are applied and written with the new place, if the old one still stands; if not, another process
   was faster, and this one goes on from wherever that came to.
3. Those that are at one place are built together, so that each record is read and decoded once for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from ledger import Ledger, Reading
from ledger.errors import StorageError, UnknownId
from projections.catalogue import chosen
from projections.projection import NOWHERE, Apply, Place, Projection
from projections.read_model import Building, ReadModel
from projections.tables import Tables
from projections.unswept import unswept
from projections.views_file import Damaged, discard

ROUNDS = 1000  # in each of which another process was faster with every view that is left
BATCH = 5000  # readings between two writes; four times as many for a projection alone, which then writes fewer rows
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
    done, note = using(ledger, lambda model: follow(ledger, model, questions))
    return [Built(p.name, *place, note or why) for p, (place, why) in zip(questions, done, strict=True)]


def rebuild(ledger: Ledger, name: str | None = None) -> list[Rebuilt]:
    """Build one projection (all of them) from zero; until each is complete, and if that fails, the old one stands."""
    questions = chosen(None if name is None else [name])
    (place, digests), note = using(ledger, lambda model: _build_aside(ledger, model, questions))
    return [Rebuilt(p.name, *place, digest, note) for p, digest in zip(questions, digests, strict=True)]


def digest(ledger: Ledger, name: str) -> str:
    """SHA-256 of all rows of a projection as they are now in views.db."""
    projection = chosen([name])[0]

    def work(model: ReadModel) -> str:
        if model.place(projection) is None:
            model.begin(projection)
        return model.digest(projection)

    return using(ledger, work)[0]


def follow(ledger: Ledger, model: ReadModel, questions: Sequence[Projection]) -> list[tuple[Place, str]]:
    """Bring projections up to the head: to where each came, and why it was from zero, if it was."""
    is_of = cache(lambda place: _is_of(ledger, place))
    done, whys, left = dict[str, Place](), dict[str, str](), list(questions)
    for _ in range(ROUNDS):
        together = defaultdict[Place, list[Building]](list)
        for projection in left:
            place, why = _begun(model, projection, is_of)
            whys[projection.name] = why or whys.get(projection.name, "")
            together[place].append((projection, model.tables(projection, len(left))))
        for place, building in together.items():
            reached = _go_on(ledger, model, building, place)
            done.update((projection.name, reached) for projection, _ in building)
        left = [projection for projection in left if projection.name not in done]
        if not left:
            return [(done[p.name], whys[p.name]) for p in questions]
    raise StorageError("Other programs build the same views and were always faster; try again.")


def _begun(model: ReadModel, projection: Projection, is_of: Callable[[Place], bool]) -> tuple[Place, str]:
    """Step 1."""
    place = model.place(projection)
    if place is not None and is_of(place):
        return place, ""
    why = ""
    if place is not None:
        why = "The views were not of this ledger as it is now; they were built anew."
    elif model.is_built(projection):
        why = "The view was of another version of this program; it was built anew."
    model.begin(projection)
    return NOWHERE, why


def _go_on(ledger: Ledger, model: ReadModel, building: list[Building], place: Place) -> Place:
    """Step 2, from one place on: to where that comes. Whatever others were faster at is taken out of `building`."""
    for reached in applied(building, ledger.readings(after=place.position)):
        building[:] = [one for one in building if model.advance(*one, place, reached)]
        if not building:
            break
        place = reached
    return place


def _build_aside(ledger: Ledger, model: ReadModel, questions: Sequence[Projection]) -> tuple[Place, list[str]]:
    place = NOWHERE
    with model.aside(questions) as building:
        for place in applied(building, ledger.readings()):  # noqa: B007 (the last one counts)
            model.write_aside(building)
        digests = [model.digest(projection) for projection in questions]
        for projection in questions:
            model.put_in_place(projection, place)
    return place, digests


def applied(building: Sequence[Building], readings: Iterable[Reading]) -> Iterator[Place]:
    """Apply batch after batch to all that is in `building` by then; the place that each batch brings the tables to."""
    stream = iter(readings)
    while True:
        reading = None
        bearing = _bearing(building)
        with unswept():
            for reading in islice(stream, BATCH if len(building) > 1 else 4 * BATCH):
                for apply, tables in bearing[reading.name]:
                    apply(tables, reading)
        if reading is None:
            return
        yield Place(reading.position, reading.hash)


def _bearing(building: Sequence[Building]) -> Mapping[str, list[tuple[Apply, Tables]]]:
    """On what each kind of event bears."""
    found = defaultdict[str, list[tuple[Apply, Tables]]](list)
    for projection, tables in building:
        for name in projection.events:
            found[name].append((projection.apply, tables))
    return found


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
