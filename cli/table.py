"""Tables for people: two spaces between columns, cells wrapped to the terminal, no lines to count."""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from cli.words import plain, say

GAP = 2
NARROWEST = 24  # no column is made narrower than its longest word, unless that is longer than this
TIED = "\ue000"  # stands for a space at which no line is broken
_TIME = re.compile(r"(?<=\d\d) (?=\d\d:\d\d)|(?<=:\d\d) (?=BST)")


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, indent: int = 0, right: Sequence[int] = ()) -> None:
    """Print rows under a head; `right` holds the columns that are numbers. Empty columns are left out."""
    for i, line in enumerate(layout(head, rows, width=terminal_width() - indent, right=right)):
        say(" " * indent + line, bold=i == 0)


def layout(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, width: int, right: Sequence[int] = ()
) -> list[str]:
    """The lines of a table, no wider than `width` unless its columns cannot be narrowed further."""
    kept = [i for i in range(len(head)) if any(text(row[i]) for row in rows) or not rows]
    cells = [[text(row[i]) for i in kept] for row in [head, *rows]]
    cells = [[_TIME.sub(TIED, cell) for cell in row] for row in cells]
    columns = [[row[c] for row in cells] for c in range(len(kept))]
    widest = [max(map(span, column)) for column in columns]
    least = [min(NARROWEST, max(span(word) for cell in column for word in cell.split() or [""])) for column in columns]
    widths = _fit(widest, least, width)
    lines: list[str] = []
    for row in cells:
        wrapped = [textwrap.wrap(cell, w, break_on_hyphens=False) or [""] for cell, w in zip(row, widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            padded = [
                pad(part, w, right=kept[c] in right) for c, (part, w) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append((" " * GAP).join(padded).rstrip().replace(TIED, " "))
    return lines


def _fit(widths: list[int], least: list[int], room: int) -> list[int]:
    """Take from the widest column that may still be narrowed, until the table fits or none may be."""
    widths = [max(1, width) for width in widths]
    while sum(widths) + GAP * (len(widths) - 1) > room:
        spare = [width if width > bound else 0 for width, bound in zip(widths, least, strict=True)]
        if not any(spare):
            break
        widths[spare.index(max(spare))] -= 1
    return widths


def text(value: object) -> str:
    """A cell: nothing for None, yes and no for truth values, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(text(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k} {text(v)}" for k, v in value.items())
    return plain(value).replace("\n", " ")


def span(line: str) -> int:
    """How many columns of a terminal a line takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line
    )


def pad(line: str, width: int, *, right: bool) -> str:
    room = " " * max(0, width - span(line))
    return room + line if right else line + room


def terminal_width() -> int:
    return max(60, shutil.get_terminal_size((110, 24)).columns)
