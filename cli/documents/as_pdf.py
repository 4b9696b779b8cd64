"""A document as PDF: marking and page x of y on each page, an outline, tables whose head repeats. The door of fpdf2.

Text is drawn as text and never read as markup. The typeface has Latin, Greek and Cyrillic; a character that it lacks is
written as its number, `[U+4E2D]`, and a note says so: nothing is lost without a word.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.fonts import FontFace

from cli.documents.model import Document, Section, folded, shares, shown

MARGIN, LINE = 14, 4.6
INK, GREY = (11, 12, 12), (232, 232, 232)
LACKING = "Characters that this typeface lacks are written as their number in Unicode; the other forms show them."
TALLEST = 24  # lines in one row of a table; what is longer goes on in the next row, since no row may exceed a page
PAGES = "\u200bpages\u200b"  # stands for their number until it is known; no text that is `shown` holds this space
logging.getLogger("fontTools").setLevel(logging.ERROR)


def render(document: Document) -> bytes:
    """The file."""
    paper = _Paper(document)
    paper.write_all()
    return bytes(paper.output())


def _folder() -> Path:
    """Where the typeface lies."""
    spec = find_spec("fontpkg_lato")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'fontpkg_lato'", name="fontpkg_lato")
    return Path(spec.origin).parent / "files"


class _Paper(FPDF):
    def __init__(self, document: Document) -> None:
        super().__init__("L" if document.wide else "P", "mm", "A4")
        self.document = document
        self.add_font("Lato", "", _folder() / "Lato-Regular.ttf")
        self.add_font("Lato", "B", _folder() / "Lato-Bold.ttf")
        fonts: Any = self.fonts
        self.glyphs = frozenset(fonts["lato"].cmap) & frozenset(fonts["latoB"].cmap)
        self.lacking = False
        self.heading = self.drawn(document.heading)
        self.alias_nb_pages(PAGES)
        self.set_title(shown(document.title))
        self.set_author("RuleSeven")
        self.set_lang("en-GB")
        self.set_creation_date(document.made_at or dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.set_text_color(*INK)
        self.set_font("Lato", "", 9)
        self.set_draw_color(177, 180, 182)

    def header(self) -> None:
        self._margin_line(6, "C", self.heading)

    def footer(self) -> None:
        self._margin_line(-12, "L", self.heading)
        self._margin_line(-12, "R", f"Page {self.page_no()} of {PAGES}")

    def _margin_line(self, at: float, side: str, text: str) -> None:
        self.set_y(at)
        self.set_font("Lato", "B", 8)
        self.cell(0, 5, text, align=side)
        self.set_y(MARGIN)
        self.set_x(self.l_margin)

    def drawn(self, value: Any) -> str:
        """A value as text that the typeface has."""
        text = shown(value)
        if lacks := {c for c in text if c != "\n" and ord(c) not in self.glyphs}:
            self.lacking = True
            text = "".join(f"[U+{ord(c):04X}]" if c in lacks else c for c in text)
        return text

    def write_all(self) -> None:
        document = self.document
        self.add_page()
        self._heading(document.title, 18, 0)
        for label, value in document.front:
            self._pair(label, value)
        self.ln(3)
        if document.box:
            self._box(document.box)
        for section in document.sections:
            self._section(folded(section))
        self.ln(3)
        for note in [*document.notes, *([LACKING] if self.lacking else [])]:
            self._paragraph(note)

    def _heading(self, text: str, size: int, level: int) -> None:
        if self.will_page_break(24):
            self.add_page()
        self.set_font("Lato", "B", size)
        self.start_section(self.drawn(text).replace("\n", " "), level)
        self.multi_cell(0, size * 0.45, self.drawn(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)
        self.set_font("Lato", "", 9)

    def _paragraph(self, text: str, style: str = "") -> None:
        self.set_font("Lato", style, 9)
        self.multi_cell(min(self.epw, 180), LINE, self.drawn(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1.2)

    def _pair(self, label: str, value: str) -> None:
        """A label and its value side by side, kept on one page as long as they are short."""
        if self.will_page_break(2 * LINE):
            self.add_page()
        top, page = self.get_y(), self.page
        self.set_font("Lato", "B", 9)
        self.multi_cell(48, LINE, self.drawn(label), align="L", new_x="LMARGIN", new_y="NEXT")
        low = self.get_y()
        self.page, self.y, self.x = page, top, self.l_margin + 50
        self.set_font("Lato", "", 9)
        self.multi_cell(self.epw - 50, LINE, self.drawn(value), align="L", new_x="LMARGIN", new_y="NEXT")
        if self.page == page:
            self.set_y(max(low, self.get_y()))

    def _box(self, lines: Sequence[str]) -> None:
        text = "\n".join(self.drawn(line) for line in lines)
        self.set_font("Lato", "", 9)
        self.set_draw_color(29, 112, 184)
        self.multi_cell(min(self.epw, 180), LINE, text, border=1, align="L", padding=3, new_x="LMARGIN", new_y="NEXT")
        self.set_draw_color(177, 180, 182)
        self.ln(3)

    def _section(self, section: Section) -> None:
        self._heading(section.title, 13, 1)
        for text in filter(None, [section.intro, *(f"Picture: {picture.told}" for picture in section.pictures)]):
            self._paragraph(text)
        if section.columns and section.rows:
            self._table(section)
        elif section.columns:
            self._paragraph("None.")
        self.ln(3)

    def _table(self, section: Section) -> None:
        self.set_font("Lato", "", 8)
        parts = list(shares(section))
        head = FontFace(emphasis="BOLD", fill_color=GREY)
        with self.table(
            col_widths=[max(1, round(1000 * part)) for part in parts],
            text_align="LEFT",
            line_height=4,
            padding=1,
            headings_style=head,
            v_align="TOP",
        ) as table:
            table.row([self.drawn(column.title) for column in section.columns])
            for row in section.rows:
                for piece in self._pieces([self.drawn(cell) for cell in row], parts):
                    table.row(piece)

    def _pieces(self, row: list[str], parts: list[float]) -> Iterator[Sequence[str]]:
        """A row as rows that each fit on a page."""
        lines = [self._lines(text, part * self.epw - 4) for text, part in zip(row, parts, strict=True)]
        cut = [[" ".join(some[i : i + TALLEST]) for i in range(0, len(some), TALLEST)] or [""] for some in lines]
        yield from zip_longest(*cut, fillvalue="")

    def _lines(self, text: str, width: float) -> list[str]:
        """How a text would be broken; what is surely short enough is left alone."""
        if len(text) < 100:
            return [text]
        found: Any = self.multi_cell(width, 4, text, dry_run=True, output="LINES", align="L")
        return list(found) if len(found) > TALLEST else [text]
