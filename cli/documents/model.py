"""A document as plain values: what it says, and nothing of how a form of it looks.

Text comes from whoever wrote a record or a command line; `shown` is the one way into any form, and each form escapes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cli.words import plain

Cell = str | int | float | None
PRACTICE = "PRACTICE LEDGER: evidence of nothing"
NOT_EVIDENCE = "This document is for reading. It proves nothing by itself: the signed ledger or extract does."
WIDEST = 9  # columns that a page on its side can hold
_NO_XML = re.compile("[\ufffe\uffff]")  # allowed in text, but in no XML document


class Column(NamedTuple):
    """A column: its heading, and its share of the width compared with the others'."""

    title: str
    share: int = 1


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, and in words what it shows, for whoever cannot see it and for forms that cannot hold it."""

    title: str
    told: str
    svg: str


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it: a sentence, pictures, a table. Every row has as many cells as columns."""

    title: str
    intro: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Document:
    """What is handed to somebody; `marking` stands on every page, and `practice` says so there too.

    `front` are labels and values that say what this is and what it was built from; `box` is what must not be missed.
    """

    title: str
    marking: str
    practice: bool
    front: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = (NOT_EVIDENCE,)
    box: tuple[str, ...] = ()
    made_at: dt.datetime | None = None

    @property
    def heading(self) -> str:
        """What stands at the top and foot of every page."""
        return " · ".join(filter(None, [shown(self.marking), PRACTICE if self.practice else ""]))

    @property
    def wide(self) -> bool:
        """Whether a table needs a page on its side."""
        return any(len(section.columns) > 4 for section in self.sections)


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns of one width."""
    return tuple(Column(title) for title in titles)


def shown(cell: Cell) -> str:
    """A cell as text that no form, terminal or reader takes for anything else; nothing for None."""
    if cell is None:
        return ""
    return _NO_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", plain(cell))


def shares(section: Section) -> Iterable[float]:
    """Each column's part of the whole width."""
    whole = sum(column.share for column in section.columns)
    return [column.share / whole for column in section.columns]


def folded(section: Section) -> Section:
    """The section as a page can hold it: of too many columns, the last stand as words in one.

    A sheet of Excel needs no folding.
    """
    if len(section.columns) <= WIDEST:
        return section
    kept, rest = WIDEST - 1, section.columns[WIDEST - 1 :]
    rows = tuple((*row[:kept], _besides(rest, row[kept:])) for row in section.rows)
    room = max(column.share for column in section.columns[:kept])
    return replace(section, columns=(*section.columns[:kept], Column("Besides", round(1.5 * room))), rows=rows)


def _besides(columns: Sequence[Column], cells: Sequence[Cell]) -> str:
    said = ((column.title.lower(), shown(cell)) for column, cell in zip(columns, cells, strict=True))
    return "; ".join(f"{title}: {text}" for title, text in said if text)
