"""Small numbers kept back, so that none of them can be worked out from what is shown (numbers from 1 to 4).

A table is cells with whole numbers that are not negative, and sums: one cell is the total of others. A small number is
shown as "<5". Whoever reads the table knows the sums too, so it may still follow from them; then another number is
held back as well ("x": any number), the smallest that helps first, until every small number could be more than one.

What can be worked out is found by narrowing: each cell lies between a least and a greatest number, and each sum narrows
its cells. That is exact as long as the sums form no ring, as those of a list of figures with their parts do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

SMALL = range(1, 5)
FEW, HELD = "<5", "x"
ANY = 1 << 40  # more than anything is counted


Name = Any  # of a cell: whatever can be a key


class Sum(NamedTuple):
    """One cell is the total of others."""

    total: Name
    parts: tuple[Name, ...]


Shown = int | str
Bounds = dict[Name, tuple[int, int]]


def suppressed(cells: Mapping[Name, int], sums: Sequence[Sum], unshown: Iterable[Name] = ()) -> dict[Name, Shown]:
    """What is shown of each cell: its number, "<5" or "x". Cells that are `unshown` stand in no table and are "x"."""
    held = set(unshown)
    shown = {name: FEW if value in SMALL else value for name, value in cells.items()}
    shown.update(dict.fromkeys(held, HELD))
    while exposed := _exposed(cells, shown, sums):
        near = {name for one in sums if exposed & {one.total, *one.parts} for name in (one.total, *one.parts)}
        shown[_next(near, cells, shown)] = HELD
    return shown


def _exposed(cells: Mapping[Name, int], shown: Mapping[Name, Shown], sums: Sequence[Sum]) -> set[Name]:
    """The small numbers that follow from what is shown."""
    bounds = narrowed({name: _bounds(one) for name, one in shown.items()}, sums)
    return {name for name, value in cells.items() if value in SMALL and bounds[name][0] == bounds[name][1]}


def _bounds(shown: Shown) -> tuple[int, int]:
    if shown == FEW:
        return SMALL.start, SMALL.stop - 1
    return (0, ANY) if isinstance(shown, str) else (shown, shown)


def narrowed(bounds: Bounds, sums: Sequence[Sum]) -> Bounds:
    """Between which numbers each cell lies, by all the sums."""
    changed = True
    while changed:
        before = dict(bounds)
        for total, parts in sums:
            least, most = (sum(bounds[part][end] for part in parts) for end in (0, 1))
            low, high = bounds[total]
            low, high = bounds[total] = max(low, least), min(high, most)
            for part in parts:
                own_low, own_high = before_part = bounds[part]
                # The others take at least their least of the total, and at most their most.
                bounds[part] = max(own_low, low - (most - own_high)), min(own_high, high - (least - own_low))
                least, most = least + bounds[part][0] - before_part[0], most + bounds[part][1] - before_part[1]
        changed = before != bounds
    return bounds


def _next(near: set[Name], cells: Mapping[Name, int], shown: Mapping[Name, Shown]) -> Name:
    """What to hold back next: a number that is not small, the smallest first; then a nought; then a "<5"."""
    free = [name for name in near if shown[name] != HELD]

    def cost(name: Name) -> tuple[int, int, str]:
        value = cells[name]
        return (2 if value in SMALL else 1 if value == 0 else 0), value, str(name)

    return min(free, key=cost)
