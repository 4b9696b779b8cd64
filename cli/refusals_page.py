"""The report of refused undertakings for people: a line for each refusal, then what they come to together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.pages import spoken, when
from cli.table import table
from cli.words import count, say


def refusals_page(answer: Mapping[str, Any]) -> None:
    """Show the report; every column of it is in the JSON."""
    table(
        ["application", "refusal", "refused", "by", "category", "considered again", "within h", "told", "undertaking"],
        [_line(row) for row in answer["rows"]],
        right=[6],
    )
    totals = answer["totals"]
    say()
    say(
        f"{count(totals['applications'], 'application')} with offers: {count(totals['offers'], 'offer')}, "
        f"{totals['signed']} signed, {totals['refused']} refused by {count(totals['refusers'], 'person', 'persons')}, "
        f"{totals['unable']} unable, {totals['deferred']} deferred, {totals['declined_to_receive']} declined to hear."
    )
    median = "" if totals["median_hours"] is None else f", median {totals['median_hours']:.2f} h after the refusal"
    say(f"{count(totals['reconsiderations'], 'reconsideration')}{median}; overdue: {totals['overdue']}.")
    say(
        f"Disclosed without undertaking: {totals['without_undertaking']}; "
        f"before the refusal was considered again: {totals['before_reconsideration']} (must be 0)."
    )


def _line(row: Mapping[str, Any]) -> list[Any]:
    again = row.get("reconsideration") or {}
    return [
        row["application"],
        row["refusal_id"],
        when(row["refused_at"]),
        row["recipient"],
        spoken(row["category"] or "none given"),
        spoken(again["outcome"]) if again.get("outcome") else "overdue" if again.get("overdue") else "pending",
        None if again.get("hours") is None else f"{again['hours']:.2f}",
        when(row["delivered_at"]) if row.get("delivered_at") else "no",
        "none" if row.get("disclosed_without_undertaking") else "",
    ]
