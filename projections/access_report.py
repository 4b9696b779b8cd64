"""The log of access and extracts as it is shown: a row for each, in the order in which they happened, and totals.

Arguments: `staff`, `what` (looked, extract issued …) and any of `case`, `scheme`, `person` … show those alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from projections.projection import Answer, Asked
from projections.registers import counted
from projections.shown import Opener, when
from projections.tables import Row, Tables

LOOKED, ISSUED, CHECKED, ERASED = "looked", "extract issued", "extract verified", "erased"
FILES = ("case", "scheme", "context", "review", "person", "disclosure")


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    lines = sorted(tables.rows("access_line"), key=lambda row: (row["at_us"], row["position"]))
    rows = [_shown(row, opener) for row in lines if _wanted(row, asked.args)]
    return {"rows": rows, "totals": _totals(rows)}


def _wanted(row: Row, args: Mapping[str, Any]) -> bool:
    if any(args.get(name) not in (None, row[name]) for name in ("staff", "what")):
        return False
    return all(f"{kind} {args[kind]}" in row["about"] for kind in FILES if args.get(kind) is not None)


def _shown(row: Row, opener: Opener) -> Row:
    said = dict(row["said"] or {})
    to = said.pop("to_persons", None) or []
    reason = opener.text(f"{row['position']}:reason") or opener.text(f"{row['position']}:reasons")
    return {
        "at": when(row["at_us"]),
        "what": row["what"],
        "staff": row["staff"],
        "role": row["role"],
        "about": row["about"],
        "extract": said.pop("extract_id", None),
        "to": to or (_to(row, opener) if row["what"] == ISSUED else []),
        "purpose": said.pop("purpose", None),
        "reason": reason if row["words"] else None,
        "scope": f"{said.pop('scope_kind')} {said.pop('scope_ref')}" if row["what"] == ERASED else None,
        "said": said,
        "recorded_at": when(row["recorded_us"]),
        "findings": row["findings"],
        "position": row["position"],
        "hash": row["hash"],
    }


def _to(row: Row, opener: Opener) -> list[str]:
    to = opener.text(f"{row['position']}:to") if row["words"] else None
    return [to] if to else []


def _totals(rows: Sequence[Row]) -> Row:
    kinds = [row["what"] for row in rows]
    return {
        "lines": len(rows),
        "looked": kinds.count(LOOKED),
        "extracts_issued": kinds.count(ISSUED),
        "extracts_verified": kinds.count(CHECKED),
        "erasures": kinds.count(ERASED),
        "staff": len({row["staff"] for row in rows if row["staff"]}),
        "by_access": counted(row["said"].get("access") for row in rows if row["what"] == LOOKED),
    }
