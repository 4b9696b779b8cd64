"""What an extract is to show: which records, and which of their fields stay closed, each for a reason.

`showing.py` chooses, by the procedure; `extract.py` writes what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
