"""`ruleseven lens`: what would have been found under another edition. Hindsight; it changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from cli.pages import when
from cli.table import table
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import answer, count, say

if TYPE_CHECKING:
    from ledger import Lens, LensRow

REFUSED = "CommandRefused"


@click.command(cls=Verb)
@click.option("--edition", required=True, metavar="X", help="The edition to look through, in force then or not.")
@click.option("--as-at", type=TIME, metavar="T", help="Only what was recorded by then, that moment included.")
@click.option("--all", "everything", is_flag=True, help="Show what would be the same, too.")
def lens(edition: str, as_at: dt.datetime | None, everything: bool) -> None:
    """Show what would have been found under another edition."""
    from projections.answer import moment_in

    wired = wiring()
    with wired.open() as ledger:
        seen = ledger.lens(edition, as_at and moment_in(ledger, as_at))
        practice = ledger.practice
    found = in_json(seen, everything=everything)
    if wired.json:
        answer({**found, "practice": practice})
        return
    say(found["heading"], bold=True)
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    _page(found, seen)


def in_json(seen: Lens, *, everything: bool) -> dict[str, Any]:
    """The view as an object: its rows are the differences and what cannot be judged, or all of them."""
    rows = [row for row in seen.rows if everything or row.differs or row.cannot]
    return {
        "heading": seen.heading,
        "edition": seen.edition.edition_id,
        "applies": seen.applies,
        "as_at": seen.as_at.isoformat() if seen.as_at else None,
        "position": seen.position,
        "hash": seen.hash.hex(),
        "rows": [_row(row, seen) for row in rows],
        "totals": seen.totals,
    }


def _row(row: LensRow, seen: Lens) -> dict[str, Any]:
    from ledger import london

    entry = row.entry
    refused = entry.name == REFUSED
    return {
        "rule": row.rule or None,
        "then": row.then or None,
        "under": row.under or None,
        "would_be_refused": row.refused,
        "position": entry.position,
        "kind": entry.name,
        "command": getattr(entry.event, "command_type", None),
        **({} if refused or entry.about.type == "agency" else {entry.about.type: entry.about.id}),
        "occurred_at": london(entry.occurred_at),
        "in_force": seen.in_force(row),
        "decision": row.decision or None,
        "about": list(row.about),
        "message": row.message,
        "cannot": row.cannot or None,
        "note": row.note or None,
    }


def _page(found: dict[str, Any], seen: Lens) -> None:
    if not seen.applies:
        say(f"It is for {', '.join(seen.edition.applies_to)}: this agency is none of them, so nothing would change.")
    if found["rows"]:
        head = ["record", "act", "of", "happened", "rule", "then", f"under {seen.edition.edition_id}", "about"]
        table(head, [_line(row) for row in found["rows"]], right=[0])
        say()
        for row in found["rows"]:
            if said := row["note"] or (row["message"] if row["under"] and row["under"] != row["then"] else ""):
                say(f"{row['position']} {row['rule']}: {said}")
    totals = seen.totals
    say(
        f"{count(totals['judged'], 'record')} judged again: {count(totals['differences'], 'difference')}, "
        f"{count(totals['would_be_refused'], 'act')} would be refused, "
        f"{count(totals['decisions_affected'], 'decision')} affected, {totals['cannot_be_judged']} cannot be judged."
    )
    if any(row["kind"] == REFUSED for row in found["rows"]):
        say(
            "Of a refused command only its codes were kept: "
            "that a rule would not refuse it does not say that sharing was right."
        )


def _line(row: dict[str, Any]) -> list[Any]:
    refused = row["kind"] == REFUSED
    under = row["cannot"] or row["under"] or "none"
    if row["would_be_refused"]:
        under = f"{under}, would be refused"
    elif refused and not row["cannot"]:
        under = f"{under}, still refused" if row["under"] == "E" else f"{under}, not refused by this rule"
    return [
        row["position"],
        f"{row['command']} (refused)" if refused else row["kind"],
        row.get("case") or row.get("scheme") or row.get("context") or row.get("review"),
        when(row["occurred_at"]),
        row["rule"] or "all",
        row["then"] or "none",
        under,
        row["about"],
    ]
