"""A surface to draw on, and the SVG it becomes. The one door of drawsvg.

drawsvg escapes the text of elements and not their attributes: so text from a record is only ever an element's text,
and attributes are numbers, colours and names of our own. There is no style, script, link or reference in the result.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import drawsvg

from cli.documents.model import shown

INK, PALE, RULE, WHITE = "#0b0c0c", "#f3f2f1", "#b1b4b6", "#ffffff"
BLUE, RED, GREEN, PURPLE, ORANGE = "#1a65a6", "#a8321f", "#00603a", "#4c2c92", "#8a4a00"
FACE = "Arial, 'Liberation Sans', Helvetica, sans-serif"
Point = tuple[float, float]
Shape = Sequence[Point]

CIRCLE = "circle"
# Corners about (0, 0) for a mark of radius 1.
CORNERS: dict[str, Shape] = {
    "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "square": ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
    "up": ((0, -1.15), (1.15, 0.9), (-1.15, 0.9)),
    "down": ((0, 1.15), (1.15, -0.9), (-1.15, -0.9)),
    "cross": (
        *((-1.1, -0.5), (-0.5, -1.1), (0, -0.6), (0.5, -1.1), (1.1, -0.5), (0.6, 0)),
        *((1.1, 0.5), (0.5, 1.1), (0, 0.6), (-0.5, 1.1), (-1.1, 0.5), (-0.6, 0)),
    ),
}


class Canvas:
    """Drawing in pixels from the top left; what is drawn last lies on top."""

    def __init__(self, width: float, height: float, name: str) -> None:
        self.width, self.height, self._name = round(width), round(height), name
        self._drawing = drawsvg.Drawing(self.width, self.height)
        self.box(0, 0, width, height, fill=WHITE)

    def line(self, start: Point, end: Point, colour: str = INK, width: float = 1, dashes: str | None = None) -> None:
        dashed = {"stroke_dasharray": dashes} if dashes else {}
        self._add(drawsvg.Line(*_rounded(start, end), stroke=colour, stroke_width=width, **dashed))

    def arrow(self, start: Point, end: Point, colour: str = INK, width: float = 1.5) -> None:
        """A line with a head at its end."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = max((dx * dx + dy * dy) ** 0.5, 0.01)
        ux, uy = dx / length, dy / length
        base = (end[0] - 8 * ux, end[1] - 8 * uy)
        self.line(start, base, colour, width)
        self.corners([end, (base[0] - 4 * uy, base[1] + 4 * ux), (base[0] + 4 * uy, base[1] - 4 * ux)], colour)

    def box(self, x: float, y: float, width: float, height: float, *, fill: str, edge: str = "none") -> None:
        self._add(drawsvg.Rectangle(*_rounded((x, y), (width, height)), fill=fill, stroke=edge))

    def corners(self, points: Shape, fill: str, edge: str = "none", width: float = 1, told: str = "") -> None:
        """A closed shape, with a sentence that shows when it is pointed at."""
        made = drawsvg.Lines(*_rounded(*points), close=True, fill=fill, stroke=edge, stroke_width=width)
        self._add(made, told)

    def mark(self, shape: str, at: Point, size: float, colour: str, *, hollow: bool = False, told: str = "") -> None:
        """A shape of its own for each sort of thing, so that none is known by its colour alone."""
        fill = WHITE if hollow else colour
        if shape == CIRCLE:
            made = drawsvg.Circle(*_rounded(at), round(size, 1), fill=fill, stroke=colour, stroke_width=1.5)
            self._add(made, told)
        else:
            points = [(at[0] + x * size, at[1] + y * size) for x, y in CORNERS[shape]]
            self.corners(points, fill, colour, 1.5, told)

    def text(
        self,
        text: str,
        at: Point,
        size: float = 12,
        colour: str = INK,
        *,
        side: str = "start",
        bold: bool = False,
        halo: str = "",
    ) -> None:
        """One line; `at` is its baseline, of which `side` says whether it is the start, middle or end.

        A `halo` in the colour of the ground keeps lines behind it from crossing it out.
        """
        more = {"font_weight": "bold"} if bold else {}
        more |= (
            {"stroke": halo, "stroke_width": "4", "paint_order": "stroke", "stroke_linejoin": "round"} if halo else {}
        )
        line = shown(text).replace("\n", " ")
        self._add(drawsvg.Text(line, size, *_rounded(at), fill=colour, text_anchor=side, **more))

    def svg(self, title: str, told: str, *, alone: bool = False) -> str:
        """The picture; `alone` makes it a file of its own, else it is a part of a page."""
        names = f"{self._name}-title {self._name}-desc"
        self._drawing.svg_args |= {"role": "img", "aria-labelledby": names, "font-family": FACE}
        first = [_Said("title", title, f"{self._name}-title"), _Said("desc", told, f"{self._name}-desc")]
        self._drawing.elements[:0] = first
        made: str = self._drawing.as_svg(header='<?xml version="1.0" encoding="UTF-8"?>\n' if alone else "")
        del self._drawing.elements[:2]
        return made

    def _add(self, element: Any, told: str = "") -> None:
        if told:
            element.append_title(shown(told))
        self._drawing.append(element)


class _Said(drawsvg.DrawingBasicElement):  # type: ignore[misc]  # drawsvg says nothing of its types
    """A title or description: what a reader that cannot show the picture says instead."""

    has_content = True

    def __init__(self, tag: str, text: str, name: str) -> None:
        super().__init__(id=name)
        self.TAG_NAME, self._text = tag, drawsvg.elements.xml.escape(shown(text))

    def write_content(self, _ids: Any, _duplicate: Any, file: Any, _context: Any, dry_run: bool) -> None:
        if not dry_run:
            file.write(self._text)


def short(text: str, room: float, size: float = 12) -> str:
    """A text that fits into so many pixels, about; what is cut off shows as an ellipsis."""
    text = shown(text).replace("\n", " ")
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width(text: str, size: float = 12) -> float:
    """How wide a line is, about: no typeface is at hand where a picture is made."""
    return sum(size * _wide(char) for char in text)


def _wide(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    return 0.3 if char in "iljtfrI.,:;'| " else 0.75 if char.isupper() or char in "mw—@" else 0.57


def _rounded(*points: Point) -> list[float]:
    return [round(number, 1) for point in points for number in point]
