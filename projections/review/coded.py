"""What the reviewer says of entries: missed opportunities, notes, questions and answers, each with where it points.

It stands in the review's own ledger. An entry is pointed at by its hash, by agency and position, or by agency, file and
version there; one that no source tells of is shown as not found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger import Reading, london
from projections.chronology_words import phrase
from projections.review.told import Told, shown
from projections.shown import WORDS, Tree, tree_of, when
from projections.tables import Row

OPPORTUNITY, NOTE = "MissedOpportunityCoded", "ReviewEntryAnnotated"
ASKED, ANSWERED = "ReviewQuestionRaised", "ReviewQuestionAnswered"
TEXT = {OPPORTUNITY: "note", NOTE: "note", ASKED: "question", ANSWERED: "answer"}
SAID = {
    OPPORTUNITY: "Missed opportunity, {code}",
    NOTE: "Reviewer's note",
    ASKED: "Question to {to}",
    ANSWERED: "Answer by {by}",
}


def coded(readings: Iterable[Reading], told: Sequence[Told]) -> list[Row]:
    """A row for each thing that the reviewer said, in that order, with the entries that it points at."""
    index = _index(told)
    return [_row(reading, index, told) for reading in readings if reading.name in TEXT]


def beside(rows: Iterable[Row]) -> dict[tuple[str, int], list[str]]:
    """What is said of each entry, by agency and position."""
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for row in rows:
        said = f"{row['said']}: {row['text']}" if row["text"] else row["said"]
        for entry in row["entries"]:
            if entry["found"]:
                found[entry["agency"], entry["position"]].append(said)
    return found


def _row(reading: Reading, index: Mapping[Any, tuple[Told, Reading]], told: Sequence[Told]) -> Row:
    tree = tree_of(reading)
    code = tree.get("kind") if reading.name == OPPORTUNITY else None
    words = {"code": str(code or "not said").replace("_", " "), "to": tree.get("to"), "by": tree.get("by")}
    return {
        "what": reading.name,
        "said": SAID[reading.name].format(**words),
        "code": code,
        "id": tree.get("opportunity_id") or tree.get("question_id"),
        "text": tree.get(TEXT[reading.name], tree.get(WORDS)),
        "agencies": tree.get("agencies", []),
        "items": tree.get("items", []),
        "entries": [_entry(said, index, told) for said in tree.get("entries", [])],
        "recorded_at": london(reading.recorded_at),
        "who": reading.actor.role if reading.actor else "",
        "position": reading.position,
        "hash": reading.hash.hex(),
    }


def _index(told: Sequence[Told]) -> dict[Any, tuple[Told, Reading]]:
    """Every record, by each way of pointing at it."""
    return {key: (one, reading) for one in told for reading in one.readings for key in _keys(one, reading)}


def _keys(one: Told, reading: Reading) -> Iterator[Any]:
    yield reading.hash.hex()
    yield one.agency, reading.position
    if (about := shown(reading).about) is not None:
        yield one.agency, about.type, about.id, reading.version


def _entry(said: Tree, index: Mapping[Any, tuple[Told, Reading]], told: Sequence[Told]) -> Row:
    agency = said.get("agency") or (told[0].agency if len(told) == 1 else None)
    sort = next((sort for sort in ("case", "scheme", "context") if said.get(sort)), "")
    keys = (said.get("hash"), (agency, said.get("position")), (agency, sort, said.get(sort), said.get("version")))
    found = next((index[key] for key in keys if key in index), None)
    if found is None or agency not in (None, found[0].agency):
        return {"agency": agency, "position": said.get("position"), "hash": said.get("hash"), "found": False}
    one, reading = found
    return {
        "agency": one.agency,
        "position": reading.position,
        "hash": reading.hash.hex(),
        "found": True,
        "event": phrase(reading.name),
        "occurred_at": when(shown(reading).occurred_us),
    }
