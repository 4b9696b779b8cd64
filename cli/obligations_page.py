"""What is owed for people: what is open in the order in which it falls due, then what it comes to together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.pages import when
from cli.table import table
from cli.words import count, say

FILES = ("case", "scheme", "context", "review", "agency")
OPEN = "open"


def obligations_page(answer: Mapping[str, Any]) -> None:
    """Show what is still to be done; what is done is counted, and listed in the JSON."""
    rows = [row for row in answer["rows"] if row["state"] == OPEN]
    if rows:
        table(["due", "", "what", "owed by", "in", "found"], [_line(row) for row in rows])
        say()
    totals = answer["totals"]
    say(
        f"{count(totals['open'], 'obligation')} open, {totals['overdue']} overdue, "
        f"{totals['owed_by_others']} owed by others; {totals['ended']} ended, {totals['ended_late']} of them late."
    )


def _line(row: Mapping[str, Any]) -> list[Any]:
    found = row["finding"]
    return [
        when(row["due"]),
        "overdue" if row["overdue"] else "",
        row["what"],
        row["by"] or "",
        " ".join(next((kind, row[kind]) for kind in FILES if kind in row)),
        f"{found['level']} {found['rule']}" if found else "",
    ]
