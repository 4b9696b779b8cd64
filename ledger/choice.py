"""What an extract is to show: which records, and which of their fields stay closed, each for a reason.

`showing.py` chooses, by the procedure; `extract.py` writes what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ledger.ledger import Ledger
from ledger.procedure.declare import About
from ledger.reading import Reading


@dataclass(frozen=True)
class Shown:
    """One record. `withheld`: why a field stays closed, by its index; what cannot be opened is closed without it."""

    reading: Reading
    withheld: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Records by position. `about`: what they are about, [type, id]; `absent`: streams that they refer to and that are
    not among them, [type, id, reason]; `left_out`: for the agency alone, the positions that a
    statement says nothing of, each with why; `checks`: each raises where a stream has more than was read of it, and is
    called before anything is signed."""

    about: tuple[tuple[str, str], ...]
    records: tuple[Shown, ...]
    absent: tuple[tuple[str, str, str], ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()
    checks: tuple[Callable[[], None], ...] = field(default=(), compare=False)


def whole_streams(ledger: Ledger, *streams: About) -> Choice:
    """Whole streams, with all that can be opened; `UnknownId` for one that is not there."""
    found = [ledger.complete(about) for about in streams]
    readings = sorted((one for readings, _ in found for one in readings), key=lambda one: one.position)
    about = tuple((about.type, about.id) for about in streams)
    return Choice(about, tuple(map(Shown, readings)), checks=tuple(check for _, check in found))
