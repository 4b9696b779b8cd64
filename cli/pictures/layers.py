"""Where the persons of a genogram stand: elders above, partners beside each other, children beneath their parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SWEEPS = 8
Tie = tuple[str, str, int]  # the first stands so many rows above the second


def generations(persons: Sequence[str], ties: Sequence[Tie], usual: Mapping[str, int]) -> dict[str, int]:
    """The row of each, counted from the top.

    Each group of related persons is laid out from its ties and set by where most of it usually stands (`usual`:
    0 children, 1 their elders); ties that contradict others are left out of account.
    """
    beside: dict[str, list[tuple[str, int]]] = {person: [] for person in persons}
    for above, below, rows in ties:
        beside[above].append((below, -rows))
        beside[below].append((above, rows))
    heights: dict[str, int] = {}
    for person in persons:
        if person not in heights:
            heights |= _group(person, beside, usual)
    top = max(heights.values(), default=0)
    return {person: top - heights[person] for person in persons}


def _group(first: str, beside: Mapping[str, Sequence[tuple[str, int]]], usual: Mapping[str, int]) -> dict[str, int]:
    """The heights of all who are related to one, over any number of persons between them."""
    heights, waiting = {first: 0}, [first]
    while waiting:
        person = waiting.pop(0)
        for other, rows in beside[person]:
            if other not in heights:
                heights[other] = heights[person] + rows
                waiting.append(other)
    shifts = [usual[person] - height for person, height in heights.items()]
    shift = max(sorted(set(shifts)), key=shifts.count)
    return {person: height + shift for person, height in heights.items()}


def places(level: Mapping[str, int], ties: Sequence[tuple[str, str]], space: float) -> dict[str, tuple[float, int]]:
    """How far to the right each stands, and in which row: near those to whom they are tied, and apart from the next."""
    rows: dict[int, list[str]] = {}
    for person, row in level.items():
        rows.setdefault(row, []).append(person)
    near: dict[str, list[str]] = {person: [] for person in level}
    for one, other in ties:
        near[one].append(other)
        near[other].append(one)
    x = {person: space * i for some in rows.values() for i, person in enumerate(some)}
    for sweep in range(SWEEPS):
        for row in sorted(rows, reverse=bool(sweep % 2)):
            wanted = {p: _middle([x[q] for q in near[p] if level[q] != row], x[p]) for p in rows[row]}
            rows[row].sort(key=lambda p: (wanted[p], _middle([wanted.get(q, x[q]) for q in near[p]], wanted[p])))
            apart(rows[row], wanted, x, space)
    left = min(x.values(), default=0)
    return {person: (x[person] - left, level[person]) for person in level}


def _middle(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def apart(row: Sequence[str], wanted: Mapping[str, float], x: dict[str, float], space: float) -> None:
    """As near to where each wants to be as the distance to the next allows, pushed to both sides alike."""
    ahead: list[float] = []
    for person in row:
        ahead.append(max(wanted[person], ahead[-1] + space) if ahead else wanted[person])
    back: list[float] = []
    for person in reversed(row):
        back.append(min(wanted[person], back[-1] - space) if back else wanted[person])
    for person, right, left in zip(row, ahead, reversed(back), strict=True):
        x[person] = (right + left) / 2
