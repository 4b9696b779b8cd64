"""The chronology as it is shown: of one case or scheme or of all, with the gaps in it, and totals."""

from __future__ import annotations

from collections.abc import Sequence

from projections.arguments import file_of, number, yes
from projections.chronology_rows import chronology_rows, gaps
from projections.projection import Answer, Asked
from projections.tables import Row, Tables

GAP_DAYS = 28
LATE_HOURS = 24  # recorded later than this counts as late here; the rule ST-05 has the agency's own limit


def show(tables: Tables, asked: Asked) -> Answer:
    """The rows of one file (`case`, `scheme` …) or of all; `gap` days without an entry are shown as one.

    With `staff` set to yes, who acted stands beside the role.
    """
    days, staff = number(asked.args, "gap", GAP_DAYS), yes(asked.args, "staff")
    about = file_of(asked)
    found = tables.rows("chronology_entry", **({} if about is None else {"file": f"{about.type}:{about.id}"}))
    positions = sorted({row["position"] for row in found})
    readings = map(asked.ledger.reading, positions)
    rows = chronology_rows(readings, asked.ledger.agency_id, staff=staff)
    if asked.args.get("as_known_by") not in (None, asked.ledger.agency_id):
        for row in rows:
            row["findings"] = []  # a partner knows nothing of what the rules found here
    empty = gaps(rows, days)
    return {"rows": rows, "gaps": empty, "totals": _totals(rows, empty)}


def _totals(rows: Sequence[Row], empty: Sequence[Row]) -> Row:
    return {
        "entries": len(rows),
        "first": rows[0]["date"] if rows else None,
        "last": rows[-1]["date"] if rows else None,
        "recorded_late": sum((row["late_hours"] or 0) > LATE_HOURS for row in rows),
        "with_findings": sum(bool(row["findings"]) for row in rows),
        "gaps": len(empty),
    }
