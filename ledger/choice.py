"""What an extract is to show: which records, and which of their fields stay closed, each for a reason.

`showing.py` chooses, by the procedure; `extract.py` writes what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.completeness import every_record
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
    not among them, [type, id, reason]; `left_out`: for the agency alone, the positions of which a statement says
    nothing, each with why."""

    about: tuple[tuple[str, str], ...]
    records: tuple[Shown, ...]
    absent: tuple[tuple[str, str, str], ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()


def whole_streams(ledger: Ledger, *streams: About) -> Choice:
    """Whole streams, with all that can be opened; `UnknownId` for one that is not there."""
    readings = sorted((one for about in streams for one in every_record(ledger, about)), key=lambda one: one.position)
    return Choice(tuple((about.type, about.id) for about in streams), tuple(map(Shown, readings)))
