"""How long it took from known to shared: a line for each fact, from when it was known to when it was shared.

A row: `label`, `known_at`, `shared_at` (None: not shared yet), and where it is known `late` (that it was recorded late)
and `detail`. The way to the right is drawn narrower the longer it is, so that an hour and a year fit on one picture.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cli.pictures.canvas import BLUE, CIRCLE, INK, PALE, RED, RULE, Canvas, short
from cli.pictures.scale import lasted, moment, spoken

Row = Mapping[str, Any]
WIDTH, GUTTER, RIGHT, TOP, LINE = 1100, 300, 190, 84, 24
TICKS = (
    *((0, "at once"), (1, "1 hour"), (6, "6 hours"), (24, "1 day"), (72, "3 days"), (168, "1 week")),
    *((730, "1 month"), (4383, "6 months"), (17532, "2 years"), (87660, "10 years")),
)


class Delay(NamedTuple):
    row: Row
    hours: float | None  # None: not shared by `now`
    waited: float  # until it was shared, else until `now`


def delays(rows: Sequence[Row], title: str, now: dt.datetime, name: str = "delays", *, alone: bool = False) -> str:
    """The picture as SVG; what is not shared has waited until `now`."""
    found = measured(rows, now)
    bottom = TOP + LINE * max(1, len(found))
    canvas = Canvas(WIDTH, bottom + 48, name)
    canvas.text(short(title, WIDTH - 40, 16), (16, 26), 16, bold=True)
    canvas.text("From known to shared. Each step to the right stands for a longer time than the last.", (16, 48))
    longest = max((delay.waited for delay in found), default=0)
    _axis(canvas, longest, bottom)
    for number, delay in enumerate(found):
        _line(canvas, delay, TOP + LINE * number, longest, shaded=number % 2 == 0)
    if not found:
        canvas.text("Nothing is recorded.", (16, TOP + 16))
    _legend(canvas, bottom + 30, judged=_judged(rows))
    return canvas.svg(title, told(rows, now), alone=alone)


def measured(rows: Sequence[Row], now: dt.datetime) -> list[Delay]:
    """Each row with its hours, in the order in which things were known."""
    found = []
    for row in sorted(rows, key=lambda row: moment(row["known_at"])):
        shared, known = row.get("shared_at"), moment(row["known_at"])
        end = moment(shared) if shared else now
        waited = max(0.0, (end - known).total_seconds() / 3600)
        found.append(Delay(row, waited if shared else None, waited))
    return found


def told(rows: Sequence[Row], now: dt.datetime) -> str:
    """What the picture shows, in words."""
    found = measured(rows, now)
    hours = sorted(delay.hours for delay in found if delay.hours is not None)
    if not found:
        return "An empty plot of delays: nothing is recorded."
    half = lasted(hours[(len(hours) - 1) // 2]) if hours else ""
    middle = f" Half of those shared: {half}{'' if half == 'at once' else ' or sooner'}." if half else ""
    late = f", {sum(bool(row.get('late')) for row in rows)} recorded late" if _judged(rows) else ""
    return (
        f"How long it took from known to shared, for {len(found)} fact{'' if len(found) == 1 else 's'}: "
        f"{len(hours)} shared, {len(found) - len(hours)} not shared{late}.{middle}"
    )


def _judged(rows: Sequence[Row]) -> bool:
    """Whether anything says what was late: without it, that nothing was late must not be said."""
    return any(row.get("late") is not None for row in rows)


def _x(hours: float, longest: float) -> float:
    """A logarithm that begins at nought."""
    whole = math.log1p(max(longest, 24))
    return GUTTER + (WIDTH - GUTTER - RIGHT) * math.log1p(hours) / whole


def _axis(canvas: Canvas, longest: float, bottom: float) -> None:
    for hours, label in TICKS:
        if hours <= max(longest, 24):
            x = _x(hours, longest)
            canvas.line((x, TOP - 6), (x, bottom), RULE)
            canvas.text(label, (x, TOP - 12), 11, side="middle")


def _line(canvas: Canvas, delay: Delay, top: float, longest: float, *, shaded: bool) -> None:
    """What is late is red and hollow, and says so; what is not shared ends in an arrow."""
    row, y = delay.row, top + LINE / 2
    if shaded:
        canvas.box(0, top, GUTTER - 12, LINE, fill=PALE)
        canvas.box(WIDTH - RIGHT + 12, top, RIGHT - 12, LINE, fill=PALE)
    late = bool(row.get("late"))
    colour = RED if late else BLUE
    start, end = (_x(0, longest), y), (_x(delay.waited, longest), y)
    canvas.text(short(str(row["label"]), GUTTER - 40), (16, y + 4))
    said = "not shared" if delay.hours is None else lasted(delay.waited)
    canvas.text(short(f"{said}{', late' if late else ''}", RIGHT - 30), (WIDTH - RIGHT + 20, y + 4), 12, colour)
    canvas.mark("square", start, 3, colour)
    if delay.hours is None:
        canvas.arrow(start, (max(end[0], start[0] + 14), y), colour)
        return
    canvas.line(start, end, colour, 2)
    canvas.mark(CIRCLE, end, 6, colour, hollow=late, told=_said(row, said))


def _said(row: Row, lasted_: str) -> str:
    known, shared = spoken(moment(row["known_at"])), spoken(moment(row["shared_at"]))
    return f"{row['label']}: known {known}, shared {shared} ({lasted_}). {row.get('detail') or ''}".strip()


def _legend(canvas: Canvas, y: float, *, judged: bool) -> None:
    for x, colour, hollow, words in ((16, BLUE, False, "shared"), (110, RED, True, "recorded late"))[: 1 + judged]:
        canvas.mark(CIRCLE, (x + 6, y - 4), 6, colour, hollow=hollow)
        canvas.text(words, (x + 18, y))
    x = 230 if judged else 110
    canvas.arrow((x, y - 4), (x + 24, y - 4), INK)
    canvas.text("not shared yet", (x + 32, y))
