"""What is still to be done, by whom and by when, and what was done late? (requirements §7, P15)

Row: one for each obligation, from the record that raised it to the record that ended it; both are stored with the acts
themselves, and only put together here. Whether an open one is overdue is told as at the time asked.
"""

from __future__ import annotations

from ledger import BY_NAME, Key, Reading, from_us, late, to_us
from projections.obligations_report import show
from projections.owing import text_of
from projections.projection import Projection
from projections.tables import Row, Table, Tables

OBLIGATION = Table(
    "obligation",
    ("position", "number"),
    {
        "position": int,  # of the record that raised it, and which of those of that record it is
        "number": int,
        "hash": str,
        "type": str,
        "id": str,
        "duty": str,
        "about": list,
        "by": str,  # another agency, where it is theirs to do
        "weight": str,
        "raised_us": int,
        "due_us": int,  # as it was last set: what falls due again before it is done is one obligation
        "ended_us": int,
        "ended_by": int,
        "ended_late": bool,
    },
)
OPEN = Table(
    "obligation_open",
    ("type", "id", "duty", "about"),
    {"type": str, "id": str, "duty": str, "about": str, "position": int, "number": int},
)


def apply(tables: Tables, reading: Reading) -> None:
    for key in reading.ended:
        pointer = _pointer(tables, reading, key)
        if pointer["position"] is not None:
            row = tables.change(OBLIGATION.name, pointer["position"], pointer["number"])
            row["ended_us"], row["ended_by"] = reading.occurred_us, reading.position
            row["ended_late"] = late(reading.occurred_at, from_us(row["due_us"]))
            pointer["position"] = pointer["number"] = None
    for number, owed in enumerate(reading.owed):
        pointer = _pointer(tables, reading, owed.key)
        if pointer["position"] is None:
            pointer["position"], pointer["number"] = reading.position, number
            row = tables.add(OBLIGATION.name, reading.position, number)
            row["type"], row["id"] = reading.about
            row["duty"], row["about"] = owed.duty, list(owed.about)
            row["hash"], row["raised_us"] = reading.hash.hex(), reading.occurred_us
        row = tables.change(OBLIGATION.name, pointer["position"], pointer["number"])
        row["due_us"], row["by"], row["weight"] = to_us(owed.due), owed.by, owed.case


def _pointer(tables: Tables, reading: Reading, key: Key) -> Row:
    """Where the open obligation of this key stands, if there is one."""
    return tables.change(OPEN.name, *reading.about, key.duty, text_of(key))


PROJECTION = Projection(
    name="obligations",
    title="Obligations and deadlines: what is owed by whom until when, what is overdue, what was done late",
    version=1,
    tables=(OBLIGATION, OPEN),
    events=frozenset(BY_NAME),
    apply=apply,
    show=show,
    args=("overdue", "case", "scheme", "context", "review", "agency"),
)
