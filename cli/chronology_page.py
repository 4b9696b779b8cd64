"""A chronology for people: a line for each entry, a line where nothing was recorded for long, then what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.pages import when
from cli.table import table
from cli.words import count, say

HEAD = ["no.", "when", "age", "by", "what", "found", "late"]
HOUR, DAY = 1, 24
FILES = ("case ", "scheme ")  # of another stream, the line says of which


def chronology_page(answer: Mapping[str, Any]) -> None:
    """Show the chronology of a file, or of all there are."""
    if known := answer.get("as_known_by"):
        say(f"As {known['agency']} knew it at {when(known['at'])}, as far as this ledger can tell.")
    if answer.get("as_at"):
        say(f"As the ledger said at {when(answer['as_at'])}.")
    entries_table(answer["rows"], answer["gaps"])
    totals = answer["totals"]
    say()
    say(
        f"{count(totals['entries'], 'entry', 'entries')}, {totals['with_findings']} with findings, "
        f"{totals['recorded_late']} recorded more than a day late; {count(totals['gaps'], 'gap')}. "
        f"Built to record {answer['built_to']['position']}."
    )


def entries_table(rows: Sequence[Mapping[str, Any]], gaps: Sequence[Mapping[str, Any]] = ()) -> None:
    """Rows of a chronology, with a line for each gap."""
    after = {gap["after"]: gap for gap in gaps}
    lines: list[list[Any]] = []
    for row in rows:
        lines.append(entry(row))
        if gap := after.get(row["position"]):
            lines.append(["", "", "", "", f"({gap['days']:g} days without an entry)", "", ""])
    table(HEAD, lines, right=[0])


def entry(row: Mapping[str, Any]) -> list[Any]:
    """One row in cells."""
    said = [f"{row['event']}. {row['detail']}".rstrip(" .") + ".", *row["significance"]]
    if not row["about"].startswith(FILES):
        said.append(f"({row['about']})")
    said += [f"Restricted: {one}." for one in row["restrictions"]]
    return [
        row["position"],
        when(row["occurred_at"] or ""),
        ", ".join(f"{person} {age}" for person, age in row["ages"].items()),
        row["who"],
        " ".join(said),
        "; ".join(found.partition(":")[0] for found in row["findings"]),
        late(row["late_hours"]),
    ]


def late(hours: float | None) -> str:
    """How much later than it happened it was recorded; nothing for less than an hour."""
    if hours is None or hours < HOUR:
        return ""
    return f"{hours:.0f} h" if hours < 3 * DAY else f"{hours / DAY:.0f} d"
