"""What happened, in order, with the child's age that day, what was made of it, and how late it was recorded? (P8)

Row: one for each record of the files (see `chronology_rows.py` for its keys, on which exports rely). The table says
which records belong to which file; they are read and opened when they are shown. To a case belongs also what a context
of risk tells of its children, a review that names it, an extract drawn from it and what was erased in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger import Reading, SealedRef
from projections.chronology_report import show
from projections.knowledge_of import known_only
from projections.projection import Projection
from projections.registers import file_of
from projections.tables import Table, Tables

ENTRY = Table("chronology_entry", ("file", "position"), {"file": str, "position": int})
PERSON = Table("chronology_person", ("person",), {"person": str, "files": list})  # the cases of each child
FILES = ("case", "scheme", "context", "review")
OTHERS = frozenset({"ExtractIssued", "InformationErased"})  # on the operations' stream, and about files


def apply(tables: Tables, reading: Reading) -> None:
    for file in dict.fromkeys(_files(tables, reading)):
        tables.add(ENTRY.name, file, reading.position)


def _files(tables: Tables, reading: Reading) -> Iterator[str]:
    """The files that a record belongs to."""
    kind, name = reading.about.type, reading.name
    if kind in FILES:
        yield file_of(reading)
    if kind == "case" and name == "PersonLinked":
        _link(tables, file_of(reading), reading.data["person_id"], reading.data["roles"])
    elif kind in ("context", "review") or name in OTHERS:
        data = {key: value for key, value in reading.data.items() if value and type(value) is not SealedRef}
        yield from (f"case:{case}" for case in (data.get("case_id"), data.get("file"), *data.get("cases", ())) if case)
        yield from (f"case:{entry['case']}" for entry in data.get("entries", ()) if entry.get("case"))
        yield from (f"{about['type']}:{about['id']}" for about in data.get("about", data.get("files", ())))
        if kind == "context":
            for child in (*data.get("children", ()), data.get("child")):
                yield from ((tables.find(PERSON.name, child) if child else None) or {}).get("files", ())


def _link(tables: Tables, file: str, person: str, roles: list[str] | None) -> None:
    if "child" in (roles or ()):
        row = tables.change(PERSON.name, person)
        row["files"] = row["files"] or []
        row["files"] += [] if file in row["files"] else [file]


def _events() -> frozenset[str]:
    """Every kind that may stand in a file."""
    from ledger import BY_NAME

    return frozenset(name for name, kind in BY_NAME.items() if set(kind.streams) & set(FILES)) | OTHERS


PROJECTION = Projection(
    name="chronology",
    title="What happened in order: who, what, the child's age that day, what was made of it, how late it was recorded",
    version=1,
    tables=(ENTRY, PERSON),
    events=_events(),
    apply=apply,
    show=show,
    args=("case", "scheme", "context", "review", "gap", "staff"),
    narrow=known_only,
    known=True,
)
