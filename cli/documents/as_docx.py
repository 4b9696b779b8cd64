"""A document for Word: headings, tables whose head repeats, marking and page numbers on each page. The door of docx.

`docx` keeps a document as XML and escapes what it is given; no field, link or picture comes from a record's text.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from cli.documents.model import Cell, Document, Section, folded, shares, shown

A4 = (Mm(210), Mm(297))
MARGIN = Mm(15)
FONT = "Arial"
INK = RGBColor(0x0B, 0x0C, 0x0C)


def render(document: Document) -> bytes:
    """The file, as Word opens it."""
    made = docx.Document()
    _properties(made, document)
    _styles(made)
    width = _page(made.sections[0], document)
    made.add_heading(shown(document.title), 0)
    if document.front:
        _table(made, [(label, value) for label, value in document.front], [0.25, 0.75], width, bold_first=True)
        made.add_paragraph()
    if document.box:
        _box(made, document.box, width)
    for section in document.sections:
        _section(made, folded(section), width)
    for note in document.notes:
        made.add_paragraph(shown(note))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _properties(made: Any, document: Document) -> None:
    core, at = made.core_properties, document.made_at or dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    core.title, core.author, core.last_modified_by = shown(document.title)[:250], "RuleSeven", "RuleSeven"
    core.language, core.comments, core.created, core.modified = "en-GB", "", at, at


def _styles(made: Any) -> None:
    for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 14), ("Header", 9), ("Footer", 9)):
        style = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), INK
        style.font.bold = name in ("Title", "Heading 1")
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    made.styles["Normal"].element.get_or_add_rPr().append(language)


def _page(page: Any, document: Document) -> Any:
    """A4, on its side for wide tables; the width that is left between the margins."""
    short, long = A4
    page.page_width, page.page_height = (long, short) if document.wide else (short, long)
    page.orientation = WD_ORIENT.LANDSCAPE if document.wide else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    head, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
    head.alignment = foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run(document.heading).bold = True
    foot.add_run(f"{document.heading}    Page ").bold = True
    _field(foot, "PAGE")
    foot.add_run(" of ").bold = True
    _field(foot, "NUMPAGES")
    return page.page_width - 2 * MARGIN


def _field(paragraph: Any, code: str) -> None:
    """A number that Word works out itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - docx has no other way to a field


def _section(made: Any, section: Section, width: int) -> None:
    made.add_heading(shown(section.title), 1)
    if section.intro:
        made.add_paragraph(shown(section.intro))
    for picture in section.pictures:
        made.add_paragraph(f"Picture, which the HTML form shows. {shown(picture.told)}")
    if section.columns and section.rows:
        heads = tuple(column.title for column in section.columns)
        _table(made, [heads, *section.rows], list(shares(section)), width, head=True)
        made.add_paragraph()
    elif section.columns:
        made.add_paragraph("None.")


def _box(made: Any, lines: tuple[str, ...], width: int) -> None:
    table = made.add_table(rows=1, cols=1, style="Table Grid")
    cell = table.rows[0].cells[0]
    cell.width = width
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.add_run(shown(line)).bold = number == 0
    made.add_paragraph()


def _table(
    made: Any, rows: list[Any], parts: list[float], width: int, *, head: bool = False, bold_first: bool = False
) -> None:
    table = made.add_table(rows=0, cols=len(parts), style="Table Grid")
    table.autofit = False
    for column, part in zip(table.columns, parts, strict=True):
        column.width = int(width * part)
    for number, row in enumerate(rows):
        _row(table.add_row(), row, parts, width, bold=(head and number == 0), bold_first=bold_first)
    if head:
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - docx has no other way to a repeated head
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        properties.append(repeated)


def _row(made: Any, row: Any, parts: list[float], width: int, *, bold: bool, bold_first: bool) -> None:
    whole = OxmlElement("w:cantSplit")
    whole.set(qn("w:val"), "true")
    made._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - docx has no other way to keep a row on one page
    for index, (cell, value, part) in enumerate(zip(made.cells, row, parts, strict=True)):
        cell.width = int(width * part)
        _write(cell, value, bold=bold or (bold_first and index == 0))


def _write(cell: Any, value: Cell, *, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(shown(value))
    run.bold, run.font.size = bold, Pt(9)
