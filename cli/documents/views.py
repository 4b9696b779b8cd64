"""Any view's answer as a document: a section for each of its lists, then the totals and what it was built from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cli.documents.model import NOT_EVIDENCE, Cell, Column, Document, Picture, Section
from cli.pages import cell, spoken, when

Answer = Mapping[str, Any]
STAMPS = {"built_to", "as_at", "note", "practice"}
ROWS = "rows"
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+|[a-z]+")  # a word of the vocabulary, which people write without underscores


class Source(NamedTuple):
    """Whose view it is, and how what is made of it is to be marked."""

    agency: str
    practice: bool
    marking: str
    made_at: dt.datetime


def view_document(title: str, answer: Answer, source: Source, pictures: Sequence[Picture] = ()) -> Document:
    """The whole answer; pictures stand before the first list."""
    sections = list(_sections(answer))
    if pictures:
        sections.insert(0, Section("Picture" if len(pictures) == 1 else "Pictures", pictures=tuple(pictures)))
    return Document(
        title=title,
        marking=source.marking,
        practice=source.practice,
        front=tuple(front(answer, source)),
        sections=tuple(sections),
        notes=(*filter(None, [answer.get("note")]), NOT_EVIDENCE),
        made_at=source.made_at,
    )


def front(answer: Answer, source: Source) -> Iterator[tuple[str, str]]:
    """Of which ledger, as at which moment, and to which record it was built."""
    yield "Ledger of", source.agency
    if as_at := answer.get("as_at"):
        yield "As the ledger said at", when(as_at)
    if built := answer.get("built_to"):
        yield "Built to", f"record {built['position']}, {built['hash']}"
    yield "Made at", when(source.made_at.isoformat(timespec="seconds"))


def _sections(answer: Answer) -> Iterator[Section]:
    own = {key: value for key, value in answer.items() if key not in STAMPS}
    for key, value in own.items():
        title = "What was found" if key == ROWS else spoken(key).capitalize()
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            if value or key == ROWS:
                yield table(title, value)
        elif isinstance(value, Mapping):
            rows = tuple((spoken(name), figure(said)) for name, said in value.items())
            yield Section(title, columns=(Column("What"), Column("Figure")), rows=rows)
        elif isinstance(value, list) and value:
            yield Section(title, cell(value))
    flat = {key: value for key, value in own.items() if not isinstance(value, list | Mapping) and value is not None}
    if flat:
        rows = tuple((spoken(key), figure(value)) for key, value in flat.items())
        yield Section("Besides", columns=(Column("What"), Column("Value")), rows=rows)


def table(title: str, rows: Sequence[Answer]) -> Section:
    """Rows as a table; columns in which nothing is said are left out, and wider ones get more room."""
    keys = dict.fromkeys(key for row in rows for key in row)
    kept = [key for key in keys if any(figure(row.get(key)) not in ("", None) for row in rows)]
    filled = tuple(tuple(figure(row.get(key)) for key in kept) for row in rows)
    columns = tuple(
        Column(spoken(key).capitalize(), _share(key, [row[i] for row in filled])) for i, key in enumerate(kept)
    )
    if not columns:
        return Section(title, columns=(Column("Nothing"),))
    return Section(title, columns=columns, rows=filled)


def figure(value: Any) -> Cell:
    """A value as a cell: numbers stay numbers, parts within parts become words."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _words(value)
    return value


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        said = {key: _words(below) for key, below in value.items()}
        return "; ".join(f"{spoken(key)} {text}" for key, text in said.items() if text)
    if isinstance(value, list | tuple) and any(isinstance(below, Mapping) for below in value):
        return "\n".join(_words(below) for below in value)
    text = cell(value)
    return ", ".join(map(spoken, value)) if _codes(value) else spoken(text) if CODE.fullmatch(text) else text


def _codes(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) and CODE.fullmatch(v) for v in value)


def _share(key: str, cells: Sequence[Cell]) -> int:
    """Room for the longest word, and by the usual length, within bounds."""
    texts = [str("" if text is None else text) for text in cells]
    word = max(len(word) for text in (spoken(key), *texts) for word in (text.split() or [""]))
    usual = sorted(map(len, texts))[len(texts) * 3 // 4] if texts else 0
    return max(4 + min(20, word), min(40, usual))
