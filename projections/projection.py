"""What one projection is: one question, its tables, the events that bear on it, and how its answer is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ledger import Ledger, Reading
from projections.tables import Table, Tables

Args = Mapping[str, Any]
Answer = dict[str, Any]
Apply = Callable[[Tables, Reading], None]


class Place(NamedTuple):
    """How far a projection is built: position and hash of the last record it has seen; `NOWHERE` before the first."""

    position: int
    hash: bytes


NOWHERE = Place(0, b"")


class Asked(NamedTuple):
    """A question: the ledger that opens what is sealed, the arguments, and the moment it is asked for.

    `now` is what deadlines are held against (what an agency knew then, where `as_known_by` is asked for); `until` is
    the ``--as-at`` time, or None for the present; `place` is what the tables are built to.
    """

    ledger: Ledger
    args: Args
    now: dt.datetime
    until: dt.datetime | None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Projection:
    """One question. `version` rises whenever tables or `apply` change; the old rows are then built anew.

    `apply(tables, reading)` changes nothing but the tables; `show(tables, asked)` is the answer. `args` names the
    arguments that it can be asked with. `narrow(asked)` may give the few readings that the answer needs instead of all
    of them. `known`: it can be asked what an agency knew.
    """

    name: str
    title: str
    version: int
    tables: tuple[Table, ...]
    events: frozenset[str]
    apply: Apply
    show: Callable[[Tables, Asked], Answer]
    args: tuple[str, ...] = ()
    narrow: Callable[[Asked], Iterator[Reading] | None] = lambda _: None
    known: bool = False
