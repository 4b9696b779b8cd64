"""A document as one web page that needs nothing but itself: no network, no script, readable by ear and on paper.

Looks like GOV.UK without its crown and typeface, which are for GOV.UK alone. The policy in its head forbids a browser
to load or run anything, whatever the text holds; the one style sheet is allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from cli.documents.model import PRACTICE, Cell, Document, Picture, Section, folded, shares, shown

MIME = "text/html"


def render(document: Document) -> bytes:
    """The page, in UTF-8."""
    style = _style(document)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = _text(document.title)
    lines = [
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">',
        f"<title>{title} – {_text(document.heading)}</title>\n<style>{style}</style>\n</head>\n<body>",
        '<a class="skip" href="#content">Skip to main content</a>',
        *_header(document),
        f'<main id="content" tabindex="-1">\n<h1>{title}</h1>',
        *_front(document),
        *(line for number, section in enumerate(document.sections, 1) for line in _section(number, folded(section))),
        "</main>",
        *_footer(document),
        "</body>\n</html>\n",
    ]
    return "\n".join(lines).encode()


def _style(document: Document) -> str:
    """The style sheet, with the marking and page numbers in the margins of every printed page."""
    sheet = files("cli.documents").joinpath("page.css").read_text("utf-8").strip()
    side = " landscape" if document.wide else ""
    said = f"font:700 9pt Arial,sans-serif;content:{_css(document.heading)}"
    number = 'font:9pt Arial,sans-serif;content:"Page " counter(page) " of " counter(pages)'
    percents = (round(100 * share) for section in document.sections for share in shares(folded(section)))
    widths = "".join(f".part-{percent}{{width:{percent}%}}" for percent in sorted(set(percents)))
    margins = f"@top-center{{{said}}}@bottom-left{{{said}}}@bottom-right{{{number}}}"
    return f"{sheet}\n{widths}\n@page{{size:A4{side};margin:18mm 14mm;{margins}}}"


def _css(text: str) -> str:
    """Any text as a string of CSS: all but letters and digits as escapes, so that none can end it."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"'


def _text(value: Cell) -> str:
    return escape(shown(value), quote=True)


def _header(document: Document) -> Iterator[str]:
    yield "<header>"
    if document.marking:
        yield f'<div class="bar">{_text(document.marking)}</div>'
    if document.practice:
        yield f'<div class="practice">{PRACTICE}</div>'
    yield "</header>"


def _front(document: Document) -> Iterator[str]:
    if document.front:
        yield "<dl>"
        yield from (f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>" for label, value in document.front)
        yield "</dl>"
    if document.box:
        first, *rest = document.box
        yield f'<section class="box" aria-labelledby="box"><h2 id="box">{_text(first)}</h2>'
        yield from (f"<p>{_text(line)}</p>" for line in rest)
        yield "</section>"
    if len(document.sections) > 2:
        yield '<nav aria-labelledby="parts"><h2 id="parts">Contents</h2>\n<ul>'
        numbered = enumerate(document.sections, 1)
        yield from (f'<li><a href="#part-{number}">{_text(part.title)}</a></li>' for number, part in numbered)
        yield "</ul></nav>"


def _section(number: int, section: Section) -> Iterator[str]:
    name = f"part-{number}"
    yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">{_text(section.title)}</h2>'
    if section.intro:
        yield f"<p>{_text(section.intro)}</p>"
    for picture in section.pictures:
        yield from _picture(picture)
    if section.columns:
        yield from _table(name, section)
    yield "</section>"


def _picture(picture: Picture) -> Iterator[str]:
    """The picture, over what it tells in words; keys reach what is wider than the window."""
    yield f"<figure>\n<figcaption>{_text(picture.title)}</figcaption>"
    yield f'<div class="picture" role="group" tabindex="0" aria-label="{_text(picture.title)}">{picture.svg}</div>'
    yield f"<p>{_text(picture.told)}</p>\n</figure>"


def _table(name: str, section: Section) -> Iterator[str]:
    if not section.rows:
        yield "<p>None.</p>"
        return
    filled = [[row[i] for row in section.rows if row[i] not in (None, "")] for i in range(len(section.columns))]
    numbers = [bool(some) and all(isinstance(cell, int | float) for cell in some) for some in filled]
    sides = [' class="number"' if number else "" for number in numbers]
    parts = [
        f"part-{round(100 * share)}{' number' * number}" for share, number in zip(shares(section), numbers, strict=True)
    ]
    yield f'<div class="wide" role="region" tabindex="0" aria-labelledby="{name}-table">\n<table>'
    yield f'<caption id="{name}-table">{_text(section.title)}: {_rows(section)}</caption>\n<thead><tr>'
    yield "".join(
        f'<th scope="col" class="{part}">{_text(column.title)}</th>'
        for column, part in zip(section.columns, parts, strict=True)
    )
    yield "</tr></thead>\n<tbody>"
    for first, *rest in section.rows:
        cells = "".join(f"<td{side}>{_text(cell)}</td>" for cell, side in zip(rest, sides[1:], strict=True))
        yield f'<tr><th scope="row"{sides[0]}>{_text(first)}</th>{cells}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _rows(section: Section) -> str:
    return f"{len(section.rows):,} {'row' if len(section.rows) == 1 else 'rows'}"


def _footer(document: Document) -> Iterator[str]:
    yield "<footer>"
    yield from (f"<p>{_text(note)}</p>" for note in document.notes)
    yield f"<p><strong>{_text(document.heading)}</strong></p>\n</footer>"
