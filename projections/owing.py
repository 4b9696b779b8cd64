"""What falls due, as far as a view needs it: each obligation as it was last owed, and what ended it.

Whether one that is still open is overdue is told as at the time asked. The view `obligations` has all there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from json import JSONEncoder

from ledger import Key, Owed, Reading, from_us, late, to_us
from projections.tables import Row, Table, Tables

_as_text = JSONEncoder(ensure_ascii=False).encode


def owing(name: str) -> Table:
    """A table of obligations."""
    return Table(
        name,
        ("type", "id", "duty", "key"),
        {
            "type": str,
            "id": str,
            "duty": str,
            "key": str,
            "about": list,
            "by": str,  # another agency, where it is theirs to do
            "weight": str,
            "position": int,  # of the record that raised it
            "raised_us": int,
            "due_us": int,
            "ended_us": int,
            "ended_by": int,
            "ended_with": str,  # the event
        },
    )


def note(tables: Tables, table: str, reading: Reading, duties: Container[str] | None = None) -> None:
    """Note what a record ends and makes owed, of some duties or of all."""
    for key in reading.ended:
        if duties is None or key.duty in duties:
            row = _row(tables, table, reading, key)
            row["ended_us"], row["ended_by"], row["ended_with"] = reading.occurred_us, reading.position, reading.name
    for owed in reading.owed:
        if duties is None or owed.duty in duties:
            row = _row(tables, table, reading, owed.key)
            if row["position"] is None or row["ended_us"] is not None:
                row["position"], row["raised_us"] = reading.position, reading.occurred_us
                row["ended_us"] = row["ended_by"] = row["ended_with"] = None
            row["about"], row["by"], row["weight"], row["due_us"] = (
                list(owed.about),
                owed.by,
                owed.case,
                to_us(owed.due),
            )


def _row(tables: Tables, table: str, reading: Reading, key: Key) -> Row:
    return tables.change(table, *reading.about, key.duty, text_of(key))


def text_of(key: Key) -> str:
    """What an obligation is about, as a part of its row's key."""
    return _as_text(key.about)


def owed_of(row: Row) -> Owed:
    """The obligation that a row stands for."""
    return Owed(row["duty"], tuple(row["about"]), from_us(row["due_us"]), row["by"], row["weight"])


def is_open(row: Row) -> bool:
    return row["ended_us"] is None


def is_overdue(row: Row, now: dt.datetime) -> bool:
    """Whether it is still open at this moment, past its due time."""
    return is_open(row) and late(now, from_us(row["due_us"]))


def ended_late(row: Row) -> bool:
    return not is_open(row) and late(from_us(row["ended_us"]), from_us(row["due_us"]))
