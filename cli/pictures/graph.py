"""How the persons of a case are related: a genogram with the contexts of risk beneath, as one draws it by hand.

Takes the answer of the view `relationships`. Nobody's sex is recorded: so everybody is a diamond, the shape that
genograms keep for that; a child of the case has a double edge. Lines: who is whose parent, doubled and marked PR where
they have parental responsibility; other ties with their names; ended ones dashed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.pictures.canvas import BLUE, INK, ORANGE, PALE, RED, WHITE, Canvas, Point, short, width
from cli.pictures.family import ABOVE, Row, Tie, in_words, persons_of, roles_of, ties_of, told, usual_rows
from cli.pictures.layers import apart, generations, places

SPACE, FLOOR, TOP, SIDE, SIZE = 170, 168, 84, 100, 26
LAST = 84  # room for the contexts beneath the last row
TOP_OF_NAMES = 46


def graph(answer: Row, title: str, name: str = "relationships", *, alone: bool = False) -> str:
    """The picture as SVG."""
    persons = persons_of(answer)
    ties = ties_of(answer, persons)
    found = sorted({row["context"] for row in answer.get("contexts") or ()})
    level = generations(
        list(persons), [(t.person, t.related, ABOVE.get(t.relationship, 0)) for t in ties], usual_rows(persons)
    )
    at = places(level, [(tie.person, tie.related) for tie in ties], SPACE)
    under = [(row["person"], row["context"]) for row in answer.get("contexts") or () if row["person"] in at]
    across = max([*(x for x, _ in at.values()), SPACE * max(0, len(found) - 1)], default=0)
    floors = max([floor for _, floor in at.values()], default=-1) + 1
    height = TOP + FLOOR * max(1, floors) + (LAST if found else 0) + 60
    canvas = Canvas(max(760, across + 2 * SIDE), height, name)
    canvas.text(short(title, canvas.width - 40, 16), (16, 26), 16, bold=True)
    if not persons:
        canvas.text("Nobody is recorded.", (16, 60))
    spots = {person: (SIDE + x, TOP + SIZE + FLOOR * floor) for person, (x, floor) in at.items()}
    wheres = _beneath(found, under, spots, TOP + SIZE + FLOOR * floors, canvas.width)
    for person, context in under:
        _to_context(canvas, spots[person], wheres[context])
    for tie in ties:
        _tie(canvas, spots, tie)
    for person, row in persons.items():
        _person(canvas, spots[person], row)
    for row in {row["context"]: row for row in answer.get("contexts") or ()}.values():
        _context(canvas, wheres[row["context"]], row)
    _legend(canvas, height - 40, _agencies(answer))
    return canvas.svg(title, told(answer), alone=alone)


def _beneath(
    found: Sequence[str], under: Sequence[tuple[str, str]], spots: Mapping[str, Point], y: float, room: float
) -> dict[str, Point]:
    """Where the contexts stand: each beneath the middle of those who were found there."""
    who = {context: [spots[person][0] for person, c in under if c == context] for context in found}
    wanted = {context: sum(some) / len(some) if some else room / 2 for context, some in who.items()}
    x: dict[str, float] = {}
    apart(sorted(found, key=lambda context: wanted[context]), wanted, x, SPACE)
    shift = max(0, SIDE - min(x.values(), default=SIDE))
    return {context: (x[context] + shift, y) for context in found}


def _person(canvas: Canvas, at: tuple[float, float], row: Row) -> None:
    risk = "person_posing_risk" in row["roles"]
    colour = RED if risk else INK
    said = f"{row['person']}: {', '.join(roles_of(row)) or 'role not said'}"
    canvas.mark("diamond", at, SIZE, colour, hollow=True, told=said)
    if "child" in row["roles"]:
        canvas.mark("diamond", at, SIZE - 5, colour, hollow=True, told=said)
    canvas.text(short(str(row["person"]), 40, 13), (at[0], at[1] + 5), 13, colour, side="middle", bold=True)
    lines = [str(row["name"])] if row.get("name") else []
    lines += _wrapped(", ".join(roles_of(row)), SPACE - 14)
    for number, line in enumerate(lines[:3]):
        y = at[1] + TOP_OF_NAMES + 14 * number
        _label(canvas, short(line, SPACE - 12, 11), (at[0], y), colour if risk else INK)


def _wrapped(text: str, room: float) -> list[str]:
    """Two lines at most; the second is cut where it must be."""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines) == 1 and lines[0] and width(f"{lines[0]} {word}", 11) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _context(canvas: Canvas, at: tuple[float, float], row: Row) -> None:
    x, y = at
    corners = [(x - 62, y), (x - 46, y - 20), (x + 46, y - 20), (x + 62, y), (x + 46, y + 20), (x - 46, y + 20)]
    others = f", {row['others']} others there" if row.get("others") else ""
    kind = in_words(str(row.get("kind") or "context"))
    canvas.corners(corners, PALE, ORANGE, 2, told=f"Context of risk {row['context']}: {kind}{others}")
    canvas.text(short(str(row["context"]), 96), (x, y + 4), 12, side="middle", bold=True)
    canvas.text(short(f"{kind}{others}", SPACE - 12, 11), (x, y + 36), 11, ORANGE, side="middle")


def _to_context(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas.line((start[0], start[1] + SIZE), (end[0], end[1] - 20), ORANGE, 1.5, "2 4")


def _tie(canvas: Canvas, spots: Mapping[str, Point], tie: Tie) -> None:
    """From an elder down to a younger one; between people of one row along it."""
    start, end = spots[tie.person], spots[tie.related]
    if start[1] < end[1]:
        start, end = (start[0], start[1] + SIZE * 1.25), (end[0], end[1] - SIZE * 1.25)
    elif start[1] == end[1]:
        side = SIZE * 1.25 if start[0] < end[0] else -SIZE * 1.25
        start, end = (start[0] + side, start[1]), (end[0] - side, end[1])
    dashes = "6 4" if tie.ended else None
    if tie.responsible:
        _double(canvas, start, end, dashes)
    else:
        canvas.line(start, end, BLUE, 1.5, dashes)
    kind = "" if tie.relationship == "parent" else in_words(tie.relationship)
    if words := ", ".join(filter(None, [kind, "PR" if tie.responsible else ""])):
        rows = (end[1] - start[1]) / FLOOR
        part = 0.5 if rows == 0 else 0.64 if rows < 1 else 0.56 / rows
        middle = (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        _label(canvas, words, (middle[0], middle[1] + (-6 if start[1] == end[1] else 4)), BLUE)


def _double(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], dashes: str | None) -> None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1)
    ox, oy = -dy / length * 2, dx / length * 2
    for sign in (1, -1):
        shifted = [(x + sign * ox, y + sign * oy) for x, y in (start, end)]
        canvas.line(shifted[0], shifted[1], BLUE, 1.5, dashes)


def _label(canvas: Canvas, text: str, at: tuple[float, float], colour: str) -> None:
    canvas.text(text, at, 11, colour, side="middle", halo=WHITE)


def _agencies(answer: Row) -> str:
    there = [row for row in answer.get("agencies") or () if row.get("left_at") is None]
    named = dict.fromkeys(
        f"{row['agency']} ({in_words(row['involvement'])})" if row.get("involvement") else str(row["agency"])
        for row in there
    )
    return ", ".join(named)


def _legend(canvas: Canvas, y: float, agencies: str) -> None:
    if agencies:
        canvas.text(short(f"Agencies working on the case: {agencies}", canvas.width - 32), (16, y - 8))
    canvas.line((16, y + 14), (46, y + 14), BLUE, 1.5)
    canvas.text("parent, or as named", (54, y + 18), 11)
    _double(canvas, (186, y + 14), (216, y + 14), None)
    canvas.text("PR: parental responsibility", (224, y + 18), 11)
    canvas.line((386, y + 14), (416, y + 14), BLUE, 1.5, "6 4")
    canvas.text("ended", (424, y + 18), 11)
    canvas.line((476, y + 14), (506, y + 14), ORANGE, 1.5, "2 4")
    canvas.text("found at a context of risk", (514, y + 18), 11)
