"""The register of disclosures as it is shown: a row for each in the order in which they happened, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from projections.projection import Answer, Asked
from projections.registers import counted, hours, in_file
from projections.shown import WORDS, Opener, when
from projections.tables import Row, Tables

LATE_ENTRY, LATE_SHARE = "ST-05", "TM-01"
FIRST_CONDITIONS = ("6", "Part 3")  # every disclosure rests on one of these, whatever else it needs


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    disclosures = list(tables.rows("disclosures_disclosure"))
    extracts = list(tables.rows("disclosures_extract"))
    rows = [_shown(row, opener) for row in sorted([*disclosures, *extracts], key=_order)]
    return {"rows": rows, "totals": _totals(rows)}


def _shown(row: Row, opener: Opener) -> Row:
    return {
        **_which(row),
        "at": when(row["at_us"]),
        "by": row["staff"],
        "role": row["role"],
        "to": _to(row, opener),
        "method": row["method"],
        "items": row["items"],
        "full_record": row["full_record"],
        "basis": _basis(row["conditions"]),
        "conditions": row["conditions"],
        "purposes": row["purposes"],
        "restrictions": row["restrictions"] or [],
        **_more(row),
        "mode": row["mode"],
        "recorded_at": when(row["recorded_us"]),
        "recorded_after_hours": hours(row["at_us"], row["recorded_us"]),
        "recorded_late": _found(row, LATE_ENTRY),
        "shared_late": _found(row, LATE_SHARE),
        "findings": row["findings"],
        "position": row["position"],
        "hash": row["hash"],
    }


def _which(row: Row) -> Row:
    if "disclosure" in row:
        return {"disclosure": row["disclosure"], **in_file(row["file"])}
    return {"extract": row["extract"], "drawn_from": row["files"]}


def _more(row: Row) -> Row:
    """What a disclosure alone says, or an extract."""
    if "disclosure" in row:
        return {
            "decision": row["decision"],
            "positions": row["positions"] or {},
            "recipient_advised": row["advised"],
            "misdirected": row["misdirected_us"] is not None,
            "misdirected_known_at": when(row["misdirected_us"]),
            "intended": row["intended"] or [],
        }
    return {name: row[name] for name in ("marking", "extract_mode", "third_parties", "redactions")}


def _to(row: Row, opener: Opener) -> list[str]:
    """Who received it; those who have no id are opened by name."""
    if not row["unnamed"]:
        return list(row["to"])
    tree = opener.tree(row["position"])
    said: Any = tree.get("to")
    names = [said] if isinstance(said, str) else [r.get("named_recipient") for r in said or ()]
    return [*row["to"], *(filter(None, names) if any(names) else filter(None, [tree.get(WORDS)]))]


def _basis(conditions: Sequence[str]) -> str | None:
    """The one condition that a disclosure counts under."""
    first = (code for code in conditions if code.startswith(FIRST_CONDITIONS))
    return next(first, conditions[0] if conditions else None)


def _found(row: Row, rule: str) -> bool:
    return any(label.split()[1] == rule for label in row["findings"])


def _order(row: Row) -> tuple[int, int]:
    return row["at_us"], row["position"]


def _totals(rows: Sequence[Row]) -> Row:
    disclosures = [row for row in rows if "disclosure" in row]
    return {
        "disclosures": len(disclosures),
        "extracts": len(rows) - len(disclosures),
        "misdirected": sum(row["misdirected"] for row in disclosures),
        "recorded_late": sum(row["recorded_late"] for row in rows),
        "shared_late": sum(row["shared_late"] for row in rows),
        "by_basis": counted(row["basis"] for row in disclosures),
        "by_method": counted(row["method"] for row in disclosures),
    }
