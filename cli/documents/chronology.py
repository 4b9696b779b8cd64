"""The chronology in the layout that reviewers use, with an empty column for their own analysis.

Staff stand there by role. Persons stand by id or, anonymised, as Child A or Parent 1; the key to that is a document of
its own, to be kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.documents.model import NOT_EVIDENCE, Cell, Column, Document, Picture, Section, columns
from cli.documents.views import Source, front
from cli.pages import when
from projections.naming import LABELS, letters, renamer

Row = Mapping[str, Any]
Key = Mapping[str, str]  # an id or a name, and what stands for it
COLUMNS = (
    Column("Date", 4),
    Column("Time", 2),
    Column("Source agency", 3),
    Column("Who (role)", 4),
    Column("Event", 13),
    Column("Child's age", 3),
    Column("Significance", 7),
    Column("Comment / analysis", 7),
)
IDENTIFYING = {"PersonLinked"}  # events whose detail is name, date of birth and the like
FREE_TEXT = (
    "Persons stand under other names throughout, by their ids and the names that the ledger knows. "
    "Free text may still describe somebody: read it before you pass this on."
)
LATE_HOURS = 1


def chronology_document(
    answer: Mapping[str, Any], of: str, source: Source, *, key: Key | None = None, pictures: Sequence[Picture] = ()
) -> Document:
    """The chronology of a case or scheme (`of`: "case HM-0147"), anonymised where there is a `key`."""
    name = renamer(key or {})
    rows = tuple(tuple(_cells(row, name, hidden=key is not None)) for row in answer["rows"])
    sections = [Section("Chronology", "In the order in which things happened.", COLUMNS, rows)]
    if pictures:
        sections.append(Section("Timeline", pictures=tuple(pictures)))
    if gaps := answer.get("gaps"):
        empty = tuple((when(gap["from"]), when(gap["to"]), gap["days"]) for gap in gaps)
        told = "Stretches of time in which nothing is recorded."
        sections.append(Section("Gaps", told, columns("From", "To", "Days"), empty))
    return Document(
        title=f"Chronology: {name(of)}",
        marking=source.marking,
        practice=source.practice,
        front=tuple(front(answer, source)),
        sections=tuple(sections),
        notes=(*([FREE_TEXT] if key is not None else []), *filter(None, [answer.get("note")]), NOT_EVIDENCE),
        made_at=source.made_at,
    )


def key_of(persons: Sequence[Row]) -> dict[str, str]:
    """What stands for each person (rows of the view `relationships`): Child A, Child B, Parent 1, Person 1 …"""
    roles: dict[str, list[str]] = {}
    for row in persons:
        roles.setdefault(row["person"], []).extend(row["roles"])
    counts: dict[str, int] = {}
    found = {}
    for person in sorted(roles):
        label = next((words for role, words in LABELS.items() if role in roles[person]), "Person")
        number = counts[label] = counts.get(label, 0) + 1
        found[person] = f"{label} {letters(number) if label == 'Child' else number}"
    return found


def with_names(key: Key, persons: Sequence[Row]) -> dict[str, str]:
    """The key with the names that the ledger knows, where they are asked for; one too short to be told apart is not."""
    names = {str(row["name"]): key[row["person"]] for row in persons if len(str(row.get("name") or "")) > 2}
    return {**names, **key}


def key_document(key: Key, persons: Sequence[Row], of: str, source: Source) -> Document:
    """The key by itself."""
    names = {row["person"]: str(row.get("name") or "") for row in persons}
    rows = tuple((label, person, names.get(person, "")) for person, label in sorted(key.items(), key=lambda p: p[1]))
    told = "Who is who in the anonymised chronology. Keep it apart from the chronology."
    return Document(
        title=f"Key to the anonymised chronology: {of}",
        marking=source.marking,
        practice=source.practice,
        front=(("Ledger of", source.agency), ("Made at", when(source.made_at.isoformat(timespec="seconds")))),
        sections=(Section("Key", told, columns("In the chronology", "Id in the ledger", "Name"), rows),),
        made_at=source.made_at,
    )


def anonymised(rows: Sequence[Row], key: Key) -> list[Row]:
    """The rows with other names in what a picture shows of them."""
    name = renamer(key)
    return [
        {**row, "event": name(row["event"]), "detail": "" if row["kind"] in IDENTIFYING else name(row["detail"])}
        for row in rows
    ]


def _cells(row: Row, name: Any, *, hidden: bool) -> Iterator[Cell]:
    yield row["date"]
    yield row["time"]
    yield row["agency"]
    yield row["who"]
    yield "\n".join(filter(None, _event(row, name, hidden=hidden)))
    yield "\n".join(f"{name(person)}: {years}" for person, years in row["ages"].items())
    yield "\n".join(name(text) for text in (*row["significance"], *row["findings"]))
    yield ""


def _whom(detail: str) -> str:
    """Of an identifying detail, whom it is about, who stands first."""
    return detail.partition(";")[0].removeprefix("person id: ")


def _event(row: Row, name: Any, *, hidden: bool) -> Iterator[str]:
    yield name(row["event"])
    yield _whom(name(row["detail"])) if hidden and row["kind"] in IDENTIFYING else name(row["detail"])
    yield from (f"Restriction: {name(text)}" for text in row["restrictions"])
    if row["late_hours"] >= LATE_HOURS:
        yield f"Recorded {when(row['recorded_at'])}"
