"""The findings for people: a worklist of what is open, by whom, then what was closed, refused, and the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.pack_sections import event_in_words, place
from cli.pages import when
from cli.registers_page import listing
from cli.words import count, say

Answer = Mapping[str, Any]
HEAD = ["", "rule", "of", "in", "since", "owner", "what was found", "closed"]


def findings_page(answer: Answer) -> None:
    """Show the worklist (P11): each breach and warning with its owner, and by what it was closed."""
    todo = [row for row in (*answer["rows"], *answer["overdue"]) if row["state"] == "open"]
    done = [row for row in answer["rows"] if row["state"] == "closed"]
    for title, rows in (("Open", todo), ("Closed", done)):
        listing(HEAD, worklist(rows), title)
    others = [[*_line(row)[:5], row["message"]] for row in answer["external"]]
    listing([*HEAD[:5], "what was found"], others, "Other agencies'")
    refused = [[when(row["at"]), row["command"], row["rules"]] for row in answer["refused"]]
    listing(["when", "command", "rules"], refused, "Refused at the gate")
    totals = answer["totals"]
    say(
        f"{count(totals['findings'], 'finding')}: {count(totals['breaches'], 'breach', 'breaches')} "
        f"of {count(totals['rules_breached'], 'rule')}, {totals['overdue']} of what is overdue."
    )
    say(f"Breaches and warnings open: {totals['open']}, closed: {totals['closed']}. Refused: {totals['refused']}.")


def worklist(rows: Sequence[Answer]) -> list[list[Any]]:
    """The lines of the worklist, breaches before warnings."""
    return [_line(row) for row in sorted(rows, key=lambda row: row["level"])]


def _line(row: Answer) -> list[Any]:
    closed = row.get("closed_by")
    since = f"due {when(row['due'])}" if "due" in row else when(row["at"])
    how = (
        f"{when(closed['at'])} {event_in_words(closed['event'])} by {closed['staff'] or 'nobody named'}"
        if closed
        else ""
    )
    return [row["level"], row["rule"], row["about"], place(row), since, row.get("owner"), row["message"], how]
