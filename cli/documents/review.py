"""A review across agencies as a document: a section for each part; the key to people is a document of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.documents.chronology import FREE_TEXT
from cli.documents.knowledge import SAID, fact_columns, fact_row
from cli.documents.model import NOT_EVIDENCE, Cell, Column, Document, Picture, Section, columns
from cli.documents.views import Source, figure
from cli.pages import spoken, when
from cli.words import count

Answer = Mapping[str, Any]
TITLES = {
    "chronology": ("Chronology", "Every agency's entries, in the order in which things happened."),
    "intervals": ("How long it took", "From known to shared, and from asked to answered."),
    "cross-checks": (
        "Where the agencies' records differ",
        "What one ledger says of a disclosure, held against the other's.",
    ),
    "gaps": ("Gaps", "Stretches of time in which nobody (all), or one agency, recorded anything."),
    "people": ("People", "Who stands for whom. Staff stand by their role alone."),
    "opportunities": ("What the reviewer says", "It stands in the review's own ledger; the entries stay as they are."),
}
LATE_HOURS = 1
SOURCES = (
    Column("Agency", 2),
    Column("Form", 2),
    Column("Verdict", 5),
    Column("Records", 2),
    Column("Up to", 12),
    Column("Since", 4),
)
INTERVALS = (
    Column("Fact", 6),
    Column("Interval", 4),
    Column("From", 4),
    Column("To", 4),
    Column("By", 2),
    Column("Hours", 2),
    Column("Refused", 4),
)
CHECKS = (Column("Check", 4), Column("Disclosure", 2), Column("From", 2), Column("To", 2), Column("What differs", 12))
ENTRY = (
    Column("Date", 4),
    Column("Time", 2),
    Column("Source agency", 3),
    Column("Who (role)", 4),
    Column("Event", 13),
    Column("Child's age", 3),
    Column("Significance", 7),
    Column("Reviewer", 7),
)


def review_document(found: Answer, source: Source, pictures: Sequence[Picture]) -> Document:
    """All parts of the review, or the one that was asked for."""
    parts = found["parts"] if "parts" in found else {found["part"]: found}
    drawn = [Section("Picture", pictures=tuple(pictures))] if pictures else []
    sections = [*drawn, _sources(found), *(one for name, part in parts.items() for one in _sections(name, part))]
    only = f": {spoken(found['part'])}" if "part" in found else ""
    return Document(
        title=f"Review {found['review']}{only}",
        marking=source.marking,
        practice=source.practice,
        front=tuple(_front(found, source)),
        sections=tuple(sections),
        notes=(*([FREE_TEXT] if found["anonymised"] else []), NOT_EVIDENCE),
        box=tuple(found["unverified"]),
        made_at=source.made_at,
    )


def key_document(found: Answer, source: Source) -> Document:
    """The key by itself, to be kept apart."""
    rows = tuple((row["label"], _ids(row), "\n".join(row["names"]), _roles(row)) for row in found["rows"])
    told = "Who is who in the anonymised review. Keep it apart."
    return Document(
        title=f"Key to the review {found['review']}",
        marking=source.marking,
        practice=source.practice,
        front=tuple(_front(found, source)),
        sections=(Section("Key", told, columns("In the review", "Id by agency", "Name", "Roles"), rows),),
        box=tuple(found["unverified"]),
        made_at=source.made_at,
    )


def marking_of(found: Answer, marking: str) -> str:
    """What stands on every page: the marking, and that something does not verify."""
    return f"{marking} · NOT VERIFIED" if found["unverified"] else marking


def _front(found: Answer, source: Source) -> Iterator[tuple[str, str]]:
    yield "Review", f"{found['review']} ({spoken(found['kind'] or 'kind not said')}), by {source.agency}"
    if found["cases"]:
        yield "Cases", ", ".join(found["cases"])
    if found.get("as_at"):
        yield "As the ledgers said at", when(found["as_at"])
    yield "Built to", f"record {found['built_to']['position']} of the review's ledger, {found['built_to']['hash']}"
    yield "Made at", when(source.made_at.isoformat(timespec="seconds"))


def _sources(found: Answer) -> Section:
    rows = tuple(
        (
            one["agency"],
            one["form"],
            one["verdict"] + (f": {one['why']}" if one["why"] else ""),
            one["records"],
            f"record {one['position']}, {one['hash']}",
            f"{count(one['grown'], 'record')} since, left out" if one["grown"] else "",
        )
        for one in found["sources"]
    )
    return Section("What it was made from", columns=SOURCES, rows=rows)


def _sections(name: str, part: Answer) -> Iterator[Section]:
    if name == "knowledge":
        yield from _knowledge(part)
        return
    title, told = TITLES[name]
    head, line = LINES[name]
    yield Section(title, told, head, tuple(tuple(line(row)) for row in part["rows"]))


def _knowledge(part: Answer) -> Iterator[Section]:
    rows = tuple(fact_row(row, part["agencies"]) for row in part["rows"])
    yield Section("Who knew what when", SAID, fact_columns(part["agencies"]), rows)
    then = tuple((row["fact"], "yes" if row["known_then"] else "no") for row in part["rows"] if "known_then" in row)
    if then:
        yield Section("Known then", "At the moment that was asked for.", columns("Fact", "Known"), then)


def _entry(row: Answer) -> Iterator[Cell]:
    yield row["date"]
    yield row["time"]
    yield row["agency"]
    yield row["who"]
    late = [f"Recorded {when(row['recorded_at'])}"] if (row["late_hours"] or 0) >= LATE_HOURS else []
    restricted = [f"Restriction: {text}" for text in row["restrictions"]]
    yield "\n".join(filter(None, [row["event"], row["detail"], *restricted, *late]))
    yield "\n".join(f"{person}: {years}" for person, years in row["ages"].items())
    yield "\n".join([*row["significance"], *row["findings"]])
    yield "\n".join(row["review"])


def _interval(row: Answer) -> Iterator[Cell]:
    yield from (row["fact"], spoken(row["interval"]), when(row["from"] or ""), when(row["to"] or ""))
    yield from (row["by"], row["hours"], when(row["refused_at"] or ""))


def _check(row: Answer) -> Iterator[Cell]:
    yield from (spoken(row["check"]), row["disclosure"], row["from"], row["to"], row["words"])


def _gap(row: Answer) -> Iterator[Cell]:
    yield from (row["agency"], when(row["from"]), when(row["to"]), figure(row["days"]))


def _person(row: Answer) -> Iterator[Cell]:
    yield from (row["label"], _ids(row), _roles(row))


def _said(row: Answer) -> Iterator[Cell]:
    entries = [
        f"{one['agency']} record {one['position']}: {one['event']}" if one["found"] else "an entry in no source"
        for one in row["entries"]
    ]
    yield from (row["said"], row["text"], "\n".join(entries), when(row["recorded_at"]))


def _ids(row: Answer) -> str:
    return "\n".join(f"{agency}: {', '.join(ids)}" for agency, ids in row.get("ids", {}).items())


def _roles(row: Answer) -> str:
    return ", ".join(map(spoken, row["roles"]))


LINES: dict[str, tuple[tuple[Column, ...], Callable[[Answer], Iterator[Cell]]]] = {
    "chronology": (ENTRY, _entry),
    "intervals": (INTERVALS, _interval),
    "cross-checks": (CHECKS, _check),
    "gaps": (columns("Agency", "From", "To", "Days"), _gap),
    "people": (columns("In the review", "Id by agency", "Roles"), _person),
    "opportunities": (columns("What", "Text", "Of", "Recorded"), _said),
}
