"""Records as lines of a chronology: a pure function of any readings, of one ledger or of several, one after another.

Each row has these keys, in this order, and exports rely on them:

- `date`, `time`: when it happened, in London: ``2026-09-16``, ``03:00``;
- `occurred_at`, `known_at`, `recorded_at`: when it happened, when the agency knew, when the ledger took it (ISO 8601);
- `late_hours`: recorded after it happened, in hours;
- `agency`: whose record it is; `who`: in which role (with staff asked for: and who, by the agency's own reference);
- `about`: the file, ``case HM-0147``;
- `event`: what happened in plain words; `kind`: the event's name; `detail`: what the record says, in one line, opened;
- `ages`: whole years on that day, by id, of the file's children and of the children that the record names, where a date
  of birth is known and can be opened;
- `significance`: what was made of it since: when it was understood, notes, corrections, missed opportunities (texts);
- `findings`: what the rules found (texts: ``B TM-01: Shared late …``); `restrictions`: on passing it on (texts);
- `position`, `hash`: the record.

Of an extract that withholds some of it, times and `late_hours` are None, texts are empty or say why; a row without a
time stands last.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ledger import LONDON, About, Reading, Unopened, london, moment
from projections.chronology_detail import detail_of, restrictions
from projections.chronology_words import phrase
from projections.registers import hours
from projections.shown import WORDS, Tree, tree_of
from projections.tables import Row

CHILD = "child"
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
NOTES = {"EntryAnnotated": "Note", "EntryCorrected": "Made in error"}


def chronology_rows(readings: Iterable[Reading], agency: str, *, staff: bool = False) -> list[Row]:
    """The rows of one agency's readings, in the order in which things happened. Sealed texts are opened."""
    trees = [(reading, tree_of(reading)) for reading in readings]
    births, children = _births(trees), _children(trees)
    made_of = _significance(trees)
    rows = []
    for reading, tree in trees:
        named = children[reading.about] | (set(_names(tree)) & births.keys())
        rows.append(
            _when(reading)
            | {
                "agency": agency,
                "who": _who(reading, staff=staff),
                "about": _file(reading.about),
                "event": phrase(reading.name),
                "kind": reading.name,
                "detail": detail_of(reading.name, tree),
                "ages": {p: years(births[p], reading.occurred_at) for p in _known(named, births, reading)},
                "significance": [*_understood(tree), *made_of[reading.about, reading.version], *made_of[reading.hash]],
                "findings": [f"{f.level} {f.rule}: {f.message}" for f in reading.findings],
                "restrictions": restrictions(reading.name, tree),
                "position": reading.position,
                "hash": reading.hash.hex(),
            }
        )
    return in_order(rows)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows of one or several agencies in the order in which things happened."""
    return sorted(rows, key=lambda row: (_time(row) or NEVER, row["agency"], row["position"]))


def gaps(rows: Sequence[Row], days: int) -> list[Row]:
    """Where more than so many days passed between one entry and the next."""
    found = []
    for before, after in pairwise(rows):
        started, ended = _time(before), _time(after)
        passed = (ended - started) / dt.timedelta(days=1) if started and ended else 0
        if passed > days:
            ends = {"from": before["occurred_at"], "to": after["occurred_at"]}
            found.append({**ends, "days": round(passed, 1), "after": before["position"], "before": after["position"]})
    return found


def years(born: dt.date, at: dt.datetime) -> int:
    """Whole years at a time, in London."""
    day = at.astimezone(LONDON).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _when(reading: Reading) -> Row:
    times: list[dt.datetime | None] = [reading.occurred_at, reading.known_at, reading.recorded_at]
    occurred, known, recorded = (time and london(time) for time in times)
    return {
        "date": occurred[:10] if occurred else None,
        "time": occurred[11:16] if occurred else None,
        "occurred_at": occurred,
        "known_at": known,
        "recorded_at": recorded,
        "late_hours": hours(reading.occurred_us, reading.recorded_us) if occurred and recorded else None,
    }


def _file(about: About | None) -> str:
    return f"{about.type} {about.id}" if about else ""


def _time(row: Row) -> dt.datetime | None:
    return moment(row["occurred_at"]) if row["occurred_at"] else None


def _known(named: Iterable[str], births: Mapping[str, dt.date], reading: Reading) -> list[str]:
    """Those whose age on the day of a record is known."""
    at: dt.datetime | None = reading.occurred_at
    return [person for person in sorted(named) if person in births and at is not None]


def _who(reading: Reading, *, staff: bool) -> str:
    actor = reading.actor
    if actor is None:
        return ""
    role = actor.role.replace("_", " ")
    return f"{role} {actor.staff_ref}" if staff else role


def _births(trees: Iterable[tuple[Reading, Tree]]) -> dict[str, dt.date]:
    """The dates of birth of children, as far as they can be opened; what was said last stands."""
    found: dict[str, dt.date] = {}
    children = {tree["person_id"] for _, tree in trees if CHILD in _list(tree.get("roles")) and "person_id" in tree}
    for reading, tree in trees:
        born = tree.get("dob")
        said = isinstance(born, str) and not isinstance(born, Unopened)
        if reading.name == "PersonLinked" and said and tree.get("person_id") in children:
            found[tree["person_id"]] = dt.date.fromisoformat(str(born))
    return found


def _children(trees: Iterable[tuple[Reading, Tree]]) -> defaultdict[Any, set[str]]:
    """The children of each file."""
    found: defaultdict[Any, set[str]] = defaultdict(set)
    for reading, tree in trees:
        if reading.name == "PersonLinked" and CHILD in _list(tree.get("roles")):
            found[reading.about].add(tree.get("person_id", ""))
    return found


def _names(value: Any) -> Iterator[str]:
    """Every text in a record that could name somebody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from _names(below)
    elif isinstance(value, list):
        for below in value:
            yield from _names(below)


def _significance(trees: Iterable[tuple[Reading, Tree]]) -> defaultdict[Any, list[str]]:
    """What later records say of earlier ones, by file and version there, or by hash."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for reading, tree in trees:
        if reading.name in NOTES:
            said = tree.get("note") or tree.get("correction") or tree.get(WORDS) or ""
            found[reading.about, tree.get("entry_version")].append(f"{NOTES[reading.name]}: {said}")
        elif reading.name == "MissedOpportunityCoded":
            note = f": {tree['note']}" if tree.get("note") else ""
            coded = f"Missed opportunity, {str(tree.get('kind', 'not said')).replace('_', ' ')}{note}"
            for entry in _list(tree.get("entries")):
                found[_entry(entry)].append(coded)
    return found


def _entry(said: Mapping[str, Any]) -> Any:
    """What a reviewer points at: a record's hash, or a file and the version there."""
    if said.get("hash"):
        return bytes.fromhex(said["hash"])
    kind = next((kind for kind in ("case", "scheme", "context") if said.get(kind)), "")
    return (kind, said.get(kind)), said.get("version")


def _understood(tree: Tree) -> Iterator[str]:
    if at := tree.get("significance_recognised_at"):
        yield f"Understood on {at[:16].replace('T', ' at ')}"


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
