"""The obligations as they are shown: a row for each, in the order in which they fall due, and totals."""

from __future__ import annotations

from collections.abc import Mapping

from ledger import Key, Owed, from_us, london
from projections.arguments import file_of, yes
from projections.projection import Answer, Asked
from projections.shown import when
from projections.tables import Row, Tables

OPEN, ENDED = "open", "ended"


def show(tables: Tables, asked: Asked) -> Answer:
    """Those of one file (`case`, `scheme`, `context` …) or of all; with `overdue`, only what is overdue."""
    where = {"type": about.type, "id": about.id} if (about := file_of(asked)) else {}
    found = [_shown(row, asked) for row in sorted(tables.rows("obligation", **where), key=_order)]
    if yes(asked.args, "overdue"):
        found = [row for row in found if row["overdue"]]
    return {"rows": found, "totals": _totals(found)}


def _shown(row: Row, asked: Asked) -> Row:
    owed = Owed(row["duty"], tuple(row["about"]), from_us(row["due_us"]), row["by"], row["weight"])
    stands = asked.ledger.standing(owed, asked.now, until=asked.until)
    ended = row["ended_us"] is not None
    overdue = stands.overdue and not ended
    return {
        row["type"]: row["id"],
        "duty": row["duty"],
        "what": stands.what,
        "about": row["about"],
        "state": ENDED if ended else OPEN,
        "raised_at": when(row["raised_us"]),
        "raised_by": row["position"],
        "due": when(row["due_us"]),
        "by": row["by"] or None,
        "ended_at": when(row["ended_us"]),
        "ended_by": row["ended_by"],
        "ended_late": row["ended_late"],
        "overdue": overdue,
        "finding": {"rule": stands.rule, "level": stands.level} if overdue and stands.rule else None,
        "hash": row["hash"],
    }


def open_of(asked: Asked, held: Mapping[Key, Owed]) -> list[Row]:
    """What is open of one file, by its own fold, in the order in which it falls due."""
    rows = []
    for owed in sorted(held.values(), key=lambda owed: (owed.due, owed.key)):
        stands = asked.ledger.standing(owed, asked.now, until=asked.until)
        line = {"duty": owed.duty, "what": stands.what, "about": list(owed.about), "due": london(owed.due)}
        rows.append({**line, "by": owed.by or None, "overdue": stands.overdue})
    return rows


def _order(row: Row) -> tuple[int, int, int]:
    return row["due_us"], row["position"], row["number"]


def _totals(rows: list[Row]) -> dict[str, int]:
    open_ = [row for row in rows if row["state"] == OPEN]
    return {
        "obligations": len(rows),
        "open": len(open_),
        "overdue": sum(row["overdue"] for row in open_),
        "owed_by_others": sum(row["by"] is not None for row in open_),
        "ended": len(rows) - len(open_),
        "ended_late": sum(bool(row["ended_late"]) for row in rows),
    }
