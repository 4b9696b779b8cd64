"""A timeline of a case: time from left to right, a lane for each agency, what happened as marks, disclosures as arrows.

Rows are those of a chronology (projections/chronology_rows.py); where it is known, a row says besides in `to` to which
agencies a disclosure went, in `sender` from which one came what was received, in `disclosure` its id, and in `withheld`
that a decision was to withhold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cli.pictures.canvas import BLUE, CIRCLE, INK, ORANGE, PALE, RULE, WHITE, Canvas, short, width
from cli.pictures.events import SORTS, Row, agency_of, is_late, label_of, others_of, said_of, sort, told
from cli.pictures.scale import Scale, moment

WIDTH, GUTTER, RIGHT = 1320, 150, 24
TOP, AXIS, LANE, STEP, MARK = 58, 30, 44, 18, 6
LABELLED = 40  # more marks than this go without words beside them: pointing at one, and the table, tell the rest


class Mark(NamedTuple):
    row: Row
    x: float
    end: float  # where the dotted line to when it was recorded ends, if it was late
    level: int  # 0 lies on the lane's own line; the others above one another, so that none hides another


class Lane(NamedTuple):
    agency: str
    marks: list[Mark]
    height: float


def timeline(rows: Sequence[Row], title: str, name: str = "timeline", *, alone: bool = False) -> str:
    """The picture as SVG."""
    if not rows:
        canvas = Canvas(WIDTH, 90, name)
        canvas.text(short(title, WIDTH - 40, 16), (16, 26), 16, bold=True)
        canvas.text("Nothing is recorded.", (16, 60))
        return canvas.svg(title, told(rows), alone=alone)
    ordered = sorted(rows, key=lambda row: (moment(row["occurred_at"]), row.get("position") or 0))
    times = [moment(row[key]) for row in ordered for key in ("occurred_at", "recorded_at") if row.get(key)]
    scale = Scale(min(times), max(times), GUTTER, WIDTH - GUTTER - RIGHT)
    lanes = _lanes(ordered, scale)
    bottom = TOP + AXIS + sum(lane.height for lane in lanes)
    canvas = Canvas(WIDTH, bottom + 44, name)
    canvas.text(short(title, WIDTH - 40, 16), (16, 26), 16, bold=True)
    _axis(canvas, scale, bottom)
    places = _draw_lanes(canvas, lanes, scale)
    _arrows(canvas, lanes, places)
    _draw_marks(canvas, lanes, places, labelled=len(rows) <= LABELLED)
    _legend(canvas, bottom + 28)
    return canvas.svg(title, told(rows), alone=alone)


def _lanes(rows: Sequence[Row], scale: Scale) -> list[Lane]:
    """A lane for each agency, in the order in which they first appear, high enough that no mark lies on another."""
    by_agency: dict[str, list[Row]] = {}
    for row in rows:
        by_agency.setdefault(agency_of(row), []).append(row)
    for row in rows:  # whoever was only sent to, or received from, has a lane too
        for other in others_of(row):
            by_agency.setdefault(other, [])
    labelled = len(rows) <= LABELLED
    lanes = []
    for agency, some in by_agency.items():
        ends: list[float] = []  # where each level is free again
        marks = []
        for row in some:
            x = scale.at(moment(row["occurred_at"]))
            words = width(label_of(row), 11) + 10 if labelled else 4
            end = scale.at(moment(row["recorded_at"])) if is_late(row) else x
            left, right = (x - words, end) if labelled and _turned(end, row) else (x, end + words)
            level = next((i for i, taken in enumerate(ends) if taken <= left - MARK), len(ends))
            ends[level : level + 1] = [right + MARK]
            marks.append(Mark(row, x, end, level))
        lanes.append(Lane(agency, marks, LANE + STEP * max(0, len(ends) - 1)))
    return lanes


def _turned(x: float, row: Row) -> bool:
    """Whether the words of a mark stand to its left, since there is no room to the right."""
    return x + MARK + 4 + width(label_of(row), 11) > WIDTH - 8


def _axis(canvas: Canvas, scale: Scale, bottom: float) -> None:
    for x, label in scale.ticks():
        canvas.line((x, TOP + AXIS - 8), (x, bottom), RULE)
        canvas.text(label, (min(x, WIDTH - RIGHT - 20), TOP + AXIS - 14), 11, side="middle")


def _draw_lanes(canvas: Canvas, lanes: Sequence[Lane], scale: Scale) -> dict[str, float]:
    """The lanes; where the line of each lies."""
    top: float = TOP + AXIS
    places: dict[str, float] = {}
    for number, lane in enumerate(lanes):
        if number % 2 == 0:
            canvas.box(0, top, WIDTH, lane.height, fill=PALE)
        line = places[lane.agency] = top + lane.height - LANE / 2
        for x, _ in scale.ticks():
            canvas.line((x, top), (x, top + lane.height), RULE)
        canvas.line((GUTTER, line), (WIDTH - RIGHT, line), RULE, 2)
        canvas.text(short(lane.agency, GUTTER - 30, 13), (16, line + 5), 13, bold=True)
        top += lane.height
    return places


def _height(places: Mapping[str, float], mark: Mark) -> float:
    return places[agency_of(mark.row)] - STEP * mark.level


def _arrows(canvas: Canvas, lanes: Sequence[Lane], places: Mapping[str, float]) -> None:
    """From each disclosure to the receipt that answers it, else straight between the two lanes."""
    marks = [mark for lane in lanes for mark in lane.marks]
    answered: set[int] = set()
    for mark in (mark for mark in marks if sort(mark.row) == "disclosure"):
        for to in mark.row.get("to") or ():
            if to != agency_of(mark.row):
                answer = _receipt(marks, mark, to)
                answered.add(id(answer))
                end = (answer.x, _height(places, answer)) if answer else (mark.x + 3, places[to])
                _arrow(canvas, (mark.x, _height(places, mark)), end)
    for mark in marks:
        sender = mark.row.get("sender")
        if sender and sender != agency_of(mark.row) and id(mark) not in answered:
            _arrow(canvas, (mark.x - 3, places[sender]), (mark.x, _height(places, mark)))


def _receipt(marks: Sequence[Mark], sent: Mark, to: str) -> Mark | None:
    """The record of the agency that received it, where it is among the rows."""
    name = sent.row.get("disclosure")
    answers = (m for m in marks if agency_of(m.row) == to and sort(m.row) == "receipt" and m.x >= sent.x)
    return next((mark for mark in answers if name and mark.row.get("disclosure") == name), None)


def _arrow(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1)
    gap = min(MARK + 3, length / 3)
    ux, uy = dx / length * gap, dy / length * gap
    canvas.arrow((start[0] + ux, start[1] + uy), (end[0] - ux, end[1] - uy), BLUE, 1.2)


def _draw_marks(canvas: Canvas, lanes: Sequence[Lane], places: Mapping[str, float], *, labelled: bool) -> None:
    """The marks, over the lines that join them to their lane and, where it was late, to when they were recorded."""
    grounds = {lane.agency: WHITE if number % 2 else PALE for number, lane in enumerate(lanes)}
    for mark in (mark for lane in lanes for mark in lane.marks):
        y = _height(places, mark)
        if mark.level:
            canvas.line((mark.x, y), (mark.x, places[agency_of(mark.row)]), RULE)
        if is_late(mark.row):
            canvas.line((mark.x, y), (mark.end, y), ORANGE, 1.5, "2 3")
            canvas.line((mark.end, y - 4), (mark.end, y + 4), ORANGE, 1.5)
    for mark in (mark for lane in lanes for mark in lane.marks):
        row, y = mark.row, _height(places, mark)
        shape, colour, _ = SORTS[sort(row)]
        canvas.mark(shape, (mark.x, y), MARK, colour, hollow=is_late(row), told=said_of(row))
        if labelled:
            turned = _turned(mark.end, row)
            x, side = (mark.x - MARK - 4, "end") if turned else (mark.end + MARK + 4, "start")
            canvas.text(label_of(row), (x, y + 4), 11, side=side, halo=grounds[agency_of(row)])


def _legend(canvas: Canvas, y: float) -> None:
    x = 16.0
    for shape, colour, words in SORTS.values():
        canvas.mark(shape, (x + MARK, y - 4), MARK, colour)
        canvas.text(words, (x + 18, y), 12)
        x += width(words) + 44
    canvas.mark(CIRCLE, (x + MARK, y - 4), MARK, INK, hollow=True)
    canvas.text("hollow: recorded more than a day later, where its dotted line ends", (x + 18, y), 12)
