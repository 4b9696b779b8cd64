"""A document as a workbook: a sheet that says what it is, then one for each section. The one door of XlsxWriter.

Every text is written as a string, so that no cell is ever a formula or a link; what begins like a formula is also
marked as text, for whoever edits it. Nothing is written beside the file: clear text must not lie in a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from itertools import chain, count
from typing import Any

import xlsxwriter

from cli.documents.model import Cell, Document, Section, shares, shown

LONGEST = 32_767  # characters in a cell of Excel
CUT = " […] The cell ends here: Excel holds no more. The HTML and Word forms have the whole text."
NARROWEST = 9
LINE, TALLEST = 15, 405  # points
WIDTH = 150  # of all columns together, in characters: a page of A4 on its side
COVER = (28, 90)
FORMULA = ("=", "+", "-", "@")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
OPTIONS = {"in_memory": True}


def render(document: Document) -> bytes:
    """The workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        made = document.made_at.replace(tzinfo=None) if document.made_at else dt.datetime(2000, 1, 1)  # noqa: DTZ001
        book.set_properties({"title": shown(document.title), "author": "RuleSeven", "created": made})
        formats = _Formats(book)
        names = _Names()
        _cover(_sheet(book, names("About"), document), formats, document)
        for section in document.sections:
            _table(_sheet(book, names(section.title), document), formats, section)
    return buffer.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:
        wrapped = {"text_wrap": True, "valign": "top"}
        ruled = {**wrapped, "border": 1, "border_color": "#B1B4B6"}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.warning = book.add_format({"bold": True, "font_color": "#4C2C92"})
        self.label = book.add_format({**wrapped, "bold": True})
        self.text = book.add_format(wrapped)
        self.head = book.add_format({**ruled, "bold": True, "bg_color": "#E8E8E8"})
        self.cell = book.add_format(ruled)
        self.quoted = book.add_format({**ruled, "quote_prefix": True})
        self.number = book.add_format({**ruled, "align": "right", "indent": 1})


class _Names:
    """Names that Excel takes for sheets: short, without its own signs, each once."""

    def __init__(self) -> None:
        self._taken = {"history"}  # Excel keeps this one for itself

    def __call__(self, title: str) -> str:
        whole = _FORBIDDEN.sub(" ", shown(title)).replace("\n", " ").strip("' ") or "Sheet"
        ends = chain([""], (f" {number}" for number in count(2)))
        tries = (f"{whole[: 31 - len(end)].rstrip()}{end}" for end in ends)
        name = next(name for name in tries if name.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name


def _sheet(book: Any, name: str, document: Document) -> Any:
    sheet = book.add_worksheet(name)
    heading = document.heading.replace("&", "&&")[:200]
    sheet.set_header(f"&C&B{heading}")
    sheet.set_footer(f"&L{heading}&RPage &P of &N")
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if document.wide:
        sheet.set_landscape()
    return sheet


def _cover(sheet: Any, formats: _Formats, document: Document) -> None:
    for column, width in enumerate(COVER):
        sheet.set_column(column, column, width)
    lines: list[tuple[str, str, Any]] = [(shown(document.title), "", formats.title)]
    if document.heading:
        lines.append((document.heading, "", formats.warning))
    lines += [(label, value, formats.label) for label, value in document.front]
    lines += [("", line, formats.label) for line in (*document.box, *document.notes)]
    for row, (label, value, form) in enumerate(lines):
        _put(sheet, row, 0, label, form)
        _put(sheet, row, 1, value, formats.text)
        if value:
            sheet.set_row(row, _height([label, value], COVER))


def _table(sheet: Any, formats: _Formats, section: Section) -> None:
    """The rows under a head that stays in sight and on every page."""
    top = 0
    for said in filter(None, [section.intro, *(picture.told for picture in section.pictures)]):
        _put(sheet, top, 0, said, None)
        top += 1
    widths = [max(NARROWEST, round(share * WIDTH)) for share in shares(section)]
    for column, (head, width) in enumerate(zip(section.columns, widths, strict=True)):
        sheet.set_column(column, column, width)
        _put(sheet, top, column, head.title, formats.head)
    if not section.columns:
        return
    sheet.set_row(top, _height([column.title for column in section.columns], widths))
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    if section.rows:
        sheet.autofilter(top, 0, top + len(section.rows), len(section.columns) - 1)
    else:
        _put(sheet, top + 1, 0, "None.", formats.text)
    for number, row in enumerate(section.rows, top + 1):
        sheet.set_row(number, _height(row, widths))
        for column, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(number, column, cell, formats.number)
            else:
                text = shown(cell)
                _put(sheet, number, column, text, formats.quoted if text.startswith(FORMULA) else formats.cell)


def _height(row: Sequence[Cell], widths: Sequence[int]) -> float:
    """The height that the text needs, about: not every program works it out when it opens the file."""
    lines = [
        sum(1 + len(line) * 11 // (10 * width) for line in shown(cell).split("\n"))
        for cell, width in zip(row, widths, strict=True)
    ]
    return min(TALLEST, LINE * max(lines, default=1))


def _put(sheet: Any, row: int, column: int, text: str, form: Any) -> None:
    from ledger.errors import Malformed

    text = shown(text)
    if _length(text) > LONGEST:
        text = _cut(text, LONGEST - len(CUT)) + CUT
    write = sheet.write_string if text else sheet.write_blank
    if write(row, column, text, form):
        raise Malformed("There are more rows than a sheet of Excel can hold: write .csv or .html instead.")


def _length(text: str) -> int:
    """As Excel counts: what lies beyond the first 65,536 characters of Unicode counts twice."""
    return len(text) + sum(c > "\uffff" for c in text)


def _cut(text: str, room: int) -> str:
    while _length(text) > room:
        text = text[: len(text) - max(1, (_length(text) - room) // 2)]
    return text
