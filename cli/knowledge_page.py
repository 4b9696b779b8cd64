"""The knowledge matrix for people: a row for each fact, a column for each agency, then the intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.pages import when
from cli.table import layout, span, table, terminal_width
from cli.words import count, say

NEVER = "never"
LEGEND = "≤ at the latest then; sent: nothing here says that it arrived; never: as far as this ledger can tell."


def knowledge_page(answer: Mapping[str, Any]) -> None:
    """Show who knew what since when; what nobody is known to have told an agency, it never knew here."""
    known = answer.get("as_known_by")
    if known:
        say(f"What {known['agency']} knew at {when(known['at'])}, as far as this ledger can tell.", bold=True)
    _matrix(answer, known=bool(known))
    intervals(answer["rows"])
    totals = answer["totals"]
    say()
    say(LEGEND)
    then = f", {totals['known_then']} of them known then" if known else ""
    say(
        f"{count(totals['facts'], 'fact')}{then}, {totals['shared']} shared; "
        f"{count(totals['requests'], 'request')}, {totals['answered']} answered. "
        f"Built to record {answer['built_to']['position']}."
    )


def _matrix(answer: Mapping[str, Any], *, known: bool) -> None:
    """A column for each agency; where these do not fit, all of them in one."""
    agencies, rows = answer["agencies"], answer["rows"]
    first = [*(["known"] if known else []), "fact"]
    lines = [_line(row, agencies, known=known) for row in rows]
    room = terminal_width()
    if all(span(line) <= room for line in layout([*first, *agencies], lines, width=room)):
        table([*first, *agencies], lines)
        return
    listed = [[*line[: len(first)], _told(agencies, line[len(first) :])] for line in lines]
    table([*first, "known by"], listed)


def _told(agencies: Sequence[str], cells: Sequence[str]) -> str:
    """Who knew it since when, and who never did."""
    told = [f"{agency} {cell}" for agency, cell in zip(agencies, cells, strict=True) if cell != NEVER]
    never = [agency for agency, cell in zip(agencies, cells, strict=True) if cell == NEVER]
    return "; ".join([*told, *([f"{NEVER}: {', '.join(never)}"] if never else [])])


def intervals(rows: Sequence[Mapping[str, Any]]) -> None:
    """How long from known to shared, and from asked to answered."""
    lines = [[row["ref"], *_interval(row)] for row in rows if row["shared_at"] or row["asked_at"]]
    if lines:
        say()
        say("From known to shared, from asked to answered", bold=True)
        table(["", "from", "to", "by", "hours", ""], lines, right=[4])


def _line(row: Mapping[str, Any], agencies: Sequence[str], *, known: bool) -> list[Any]:
    first = ["yes" if row["known_then"] else "no"] if known else []
    return [*first, row["fact"], *(_cell(row["cells"].get(agency)) for agency in agencies)]


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return NEVER
    if cell["known_at"] is None:
        return f"sent {when(cell['sent_at'])}"
    return f"{'≤ ' if cell['at_latest'] else ''}{when(cell['known_at'])}"


def _interval(row: Mapping[str, Any]) -> list[Any]:
    if row["asked_at"]:
        refused = f"refused {when(row['refused_at'])}" if row["refused_at"] else ""
        note = "presumed: the next to come from there" if row["answer_presumed"] else refused
        answered = when(row["answered_at"]) if row["answered_at"] else NEVER
        return [when(row["asked_at"]), answered, row["answered_by"], _hours(row["answered_after_hours"]), note]
    known = when(row["first_known_at"]) if row["first_known_at"] else ""
    return [known, when(row["shared_at"]), row["shared_by"], _hours(row["shared_after_hours"]), ""]


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:.1f}"
