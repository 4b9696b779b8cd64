"""The board report: the figures without personal data. No ids of persons, cases or staff; small numbers kept back.

What is shown of the cells is for `suppression.py` to say. Here stands how the figures hang together, so that none can
be worked out from another: a number and the rest make up what it is counted of; what two figures are counted of may be
the same, or the one a part of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.pack_sections import Cell, Section, to_follow_up
from cli.pages import spoken
from cli.suppression import FEW, HELD, SMALL, Name, Shown, Sum, suppressed

Answer = Mapping[str, Any]
NOT_OF_PERSONS = frozenset({"K22", "K24"})  # agreements and verifications: nobody can be recognised in their number
HOURS_OF_COUNTED = frozenset({("K19", "late")})  # whose median is of what is counted, not of all it is counted of
ADDED_UP = frozenset({"K6"})  # split so that the parts make up the whole
# What is counted of, and of what that is itself a part.
PART_OF = {
    "disclosures that rest on consent": "disclosures",
    "without consent": "disclosures",
    "special category disclosed": "disclosures",
    "disclosures under 9(g)": "disclosures",
    "decisions": "decisions, each time one was taken",
}
NOTES = ((FEW, "one to four"), (HELD, "held back, since a number from one to four would follow from it"))


class Cells:
    """The numbers of the report by name, and how they add up."""

    def __init__(self) -> None:
        self.values: dict[Name, int] = {}
        self.sums: list[Sum] = []
        self.unshown: set[Name] = set()

    def part(self, name: Name, total: Name) -> None:
        """`name` is a part of `total`; the rest of it is shown nowhere, and must not be worked out either."""
        rest = ("rest", name, total)
        if rest not in self.values and name != total:
            self.values[rest] = self.values[total] - self.values[name]
            self.unshown.add(rest)
            self.sums.append(Sum(total, (name, rest)))

    def shown(self) -> dict[Name, Shown]:
        return suppressed(self.values, self.sums, self.unshown)


def board(kpis: Answer, findings: Answer) -> list[Section]:
    """The report of a period, from the views `kpis` and `findings`."""
    rows = [row for row in kpis["rows"] if row["kpi"] not in NOT_OF_PERSONS]
    cells = _cells(rows)
    shown = cells.shown()
    kept = [row for row in kpis["rows"] if row["kpi"] in NOT_OF_PERSONS]
    lines = [_line(row, shown[_number(row, rows)], shown[row["of"]]) for row in rows]
    lines += [_line(row, row["numerator"], row["denominator"]) for row in kept]
    lines.sort(key=lambda line: int(str(line[0])[1:]))
    columns = ("figure", "part", "counted", "number", "of", "out of", "%", "median h", "to be")
    return [
        Section("Figures", columns, lines, (3, 5, 6, 7)),
        Section("What the figures are made of", ("figure", "by", "which", "number"), _splits(rows, shown), (3,)),
        _findings(findings, kpis["totals"]),
        Section("How to read it", ("shown", "means"), [[sign, meaning] for sign, meaning in NOTES]),
    ]


def _cells(rows: Sequence[Answer]) -> Cells:
    cells = Cells()
    for row in rows:
        cells.values[row["of"]] = row["denominator"]
        cells.values[_number(row, rows)] = row["numerator"]
    for row in rows:
        cells.part(_number(row, rows), row["of"])
        if (whole := PART_OF.get(row["of"])) in cells.values:
            cells.part(row["of"], whole)
        for _, name, value in _parts(row):
            cells.values[name] = value
            if row["kpi"] not in ADDED_UP:
                cells.part(name, _number(row, rows))
        if row["kpi"] in ADDED_UP and row["split"]:
            cells.sums.append(Sum(row["of"], tuple(name for _, name, _ in _parts(row))))
    return cells


def _number(row: Answer, rows: Sequence[Answer]) -> Name:
    """The name of a figure's number: what other figures are counted of, or a name of its own."""
    return row["counted"] if any(other["of"] == row["counted"] for other in rows) else (row["kpi"], row["part"])


def _parts(row: Answer) -> Iterator[tuple[str, Name, int]]:
    """What a figure is split by. Where one thing may count under several, only what is not small is listed."""
    for which, number in row["split"].items():
        value = number["denominator"] if isinstance(number, Mapping) else number
        if row["kpi"] in ADDED_UP or value >= SMALL.stop:
            yield which, ("split", row["kpi"], which), value


def _line(row: Answer, number: Shown, whole: Shown) -> list[Cell]:
    """A percentage stands only where both of its numbers do, and a median where it is of five at least."""
    plain = isinstance(number, int) and isinstance(whole, int)
    timed = number if (row["kpi"], row["part"]) in HOURS_OF_COUNTED else whole
    hours = row["median_hours"] if isinstance(timed, int) and timed >= SMALL.stop else None
    first: list[Cell] = [row["kpi"], row["part"], row["counted"], number, row["of"], whole]
    return [*first, row["percent"] if plain else None, hours, row["wished"]]


def _splits(rows: Sequence[Answer], shown: Mapping[Name, Shown]) -> list[list[Cell]]:
    return [[row["kpi"], row["split_by"], spoken(which), shown[name]] for row in rows for which, name, _ in _parts(row)]


def _findings(findings: Answer, period: Answer) -> Section:
    """Breaches and warnings, open and closed, in numbers alone."""
    listed = list(to_follow_up(findings, period))
    cells = Cells()
    kinds = [(level, state) for level in ("B", "W") for state in ("open", "closed")]
    for level, state in kinds:
        cells.values[level, state] = sum((row["level"], row["state"]) == (level, state) for row in listed)
    for level in ("B", "W"):
        cells.values[level] = cells.values[level, "open"] + cells.values[level, "closed"]
        cells.sums.append(Sum(level, ((level, "open"), (level, "closed"))))
    shown = cells.shown()
    lines: list[list[Cell]] = [
        [title, shown[level], shown[level, "open"], shown[level, "closed"]]
        for title, level in (("breaches", "B"), ("warnings", "W"))
    ]
    return Section("Findings", ("", "all", "open", "closed"), lines, (1, 2, 3))
