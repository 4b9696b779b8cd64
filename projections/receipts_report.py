"""Receipts and restrictions as they are shown: what came in, what is owed, what is in force, and totals."""

from __future__ import annotations

from collections.abc import Sequence

from projections.owing import ended_late, is_open, is_overdue, owed_of
from projections.projection import Answer, Asked
from projections.registers import by_file, in_file
from projections.shown import over, when
from projections.tables import Row, Tables

NO_CONSENT_LOST, RESTRICTION_LOST, LATE = "RC-03", "RC-05", "RC-06"
CONFIRMED = "ReceiptConfirmed"


def show(tables: Tables, asked: Asked) -> Answer:
    received = sorted(tables.rows("receipts_receipt"), key=lambda row: (row["received_us"], row["position"]))
    owed = list(tables.rows("receipts_owed"))
    rows = [_receipt(row) for row in received]
    missing = [
        _missing(row, asked) for row in sorted(filter(is_open, owed), key=lambda row: (row["due_us"], row["key"]))
    ]
    in_force = list(_in_force(tables, asked))
    totals = _received(rows) | _sent(owed, missing)
    totals |= {"restrictions": len(in_force), "restrictions_dropped": sum(not row["kept"] for row in in_force)}
    return {"rows": rows, "missing": missing, "restrictions": in_force, "totals": totals}


def _receipt(row: Row) -> Row:
    return {
        "receipt": row["receipt"],
        **in_file(row["file"]),
        "disclosure": row["disclosure"],
        "from": row["sender"],
        "received_at": when(row["received_us"]),
        "items": row["items"],
        "without_consent": row["without_consent"],
        "sent_without_consent": row["sent_without_consent"],
        "restrictions": row["restrictions"],
        "sent_restrictions": row["sent_restrictions"],
        "mismatches": [rule for rule in (NO_CONSENT_LOST, RESTRICTION_LOST) if _found(row, rule)],
        "recorded_late": _found(row, LATE),
        "findings": row["findings"],
        "position": row["position"],
        "hash": row["hash"],
    }


def _missing(row: Row, asked: Asked) -> Row:
    """A receipt that a recipient of this agency's own still owes."""
    stands = asked.ledger.standing(owed_of(row), asked.now, until=asked.until)
    return {
        "disclosure": row["about"][0],
        row["type"]: row["id"],
        "recipient": row["by"],
        "disclosed_at": when(row["raised_us"]),
        "due": when(row["due_us"]),
        "overdue": is_overdue(row, asked.now),
        "finding": f"{stands.level} {stands.rule}" if stands.rule else None,
        "position": row["position"],
    }


def _in_force(tables: Tables, asked: Asked) -> list[Row]:
    found = []
    lifts = by_file(tables.rows("receipts_lifted"))
    for row in tables.rows("receipts_restriction"):
        of_it = [lift for lift in lifts[row["file"]] if _lifts(lift, row)]
        freed = {item for lift in of_it for item in lift["items"]}
        left = [item for item in row["items"] if item not in freed]
        if any(_named(lift, row) for lift in of_it) or (row["items"] and not left) or over(row["until"], asked.now):
            continue
        line = {
            name: row[name] for name in ("code", "persons", "purposes", "placed_with", "placed_by", "until", "kept")
        }
        found.append(
            {**line, **in_file(row["file"]), "items": left, "since": when(row["at_us"]), "position": row["position"]}
        )
    return found


def _lifts(lift: Row, row: Row) -> bool:
    """Whether a lifting in its file, by somebody named, is of a restriction, or of its sort on some of its items."""
    same = lift["code"] in (None, row["code"])
    return bool(lift["by"]) and (_named(lift, row) or (same and bool(set(lift["items"]) & set(row["items"]))))


def _named(lift: Row, row: Row) -> bool:
    return lift["restriction"] is not None and bool(lift["restriction"] == row["restriction"])


def _found(row: Row, rule: str) -> bool:
    return any(label.split()[1] == rule for label in row["findings"])


def _received(rows: Sequence[Row]) -> Row:
    return {
        "received": len(rows),
        "recorded_late": sum(row["recorded_late"] for row in rows),
        "mismatches": sum(len(row["mismatches"]) for row in rows),
    }


def _sent(owed: Sequence[Row], missing: Sequence[Row]) -> Row:
    """Of the receipts that this agency's own disclosures ask for."""
    confirmed = [row for row in owed if row["ended_with"] == CONFIRMED]
    return {
        "asked_for": len(owed),
        "confirmed": len(confirmed),
        "confirmed_late": sum(map(ended_late, confirmed)),
        "missing": len(missing),
        "missing_overdue": sum(row["overdue"] for row in missing),
    }
