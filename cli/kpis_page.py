"""The figures K1 to K25 for people: one line each, what they are split by, and the events of one that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.pages import spoken, when
from cli.table import table
from cli.words import say

Answer = Mapping[str, Any]
HEAD = ["", "counted", "", "of", "", "%", "median h", "90th h", "to be"]
WISHED = {"all": "all", "none": "none", None: ""}


def kpis_page(answer: Answer) -> None:
    """Show the figures; with one that is asked for, every event that it counts (P12)."""
    totals = answer["totals"]
    edition = f", as judged under {totals['edition']}" if totals["edition"] else ""
    say(f"{totals['agency']}, {when(totals['from'])} to {when(totals['to'])}{edition}", bold=True)
    table(HEAD, [line(row) for row in answer["rows"]], right=[2, 4, 5, 6, 7])
    say()
    for row in answer["rows"]:
        for title, text in split(row):
            say(f"{name(row)} {title}: {text}.")
    if "counted" in answer:
        say()
        events(answer)


def name(row: Answer) -> str:
    return f"{row['kpi']} {row['part'] or ''}".strip()


def line(row: Answer) -> list[Any]:
    """One figure as the cells of its line; where nothing was counted there is no percentage."""
    percent = None if row["percent"] is None else f"{row['percent']:.1f}"
    hours = [None if row[key] is None else f"{row[key]:.1f}" for key in ("median_hours", "p90_hours")]
    numbers = [row["numerator"], row["of"], row["denominator"], percent]
    return [row["kpi"], row["counted"], *numbers, *hours, WISHED[row["wished"]]]


def split(row: Answer) -> list[tuple[str, str]]:
    """What a figure is split by, where policy changed within the period, and the last of its kind, each as a line."""
    said = []
    if row["split"]:
        said.append((f"by {row['split_by']}", _listed(row["split"])))
    if row["by_edition"]:
        said.append(("by edition", _listed(row["by_edition"])))
    if row["last"]:
        last = row["last"]
        said.append(("last", f"{when(last['at'])}, {last['days_ago']} days before, {last['result']}"))
    return said


def _listed(parts: Mapping[str, Any]) -> str:
    return ", ".join(f"{spoken(key)} {_number(value)}" for key, value in parts.items())


def _number(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    hours = f" (median {value['median_hours']:.1f} h)" if value.get("median_hours") is not None else ""
    return f"{value['numerator']} of {value['denominator']}{hours}"


def events(answer: Answer) -> None:
    """The things counted: those in the numerator, then the rest of the denominator."""
    for title, inside in (("Counted", True), ("The rest of what it is counted of", False)):
        rows = [row for row in answer["counted"] if row["in_numerator"] is inside]
        if rows:
            say(title, bold=True)
            table(
                ["", "when", "what", "in", "event", "record", "h"],
                [
                    [row["part"], when(row["at"]), row["what"], _file(row), row["event"], row["position"], row["hours"]]
                    for row in rows
                ],
                indent=2,
                right=[5, 6],
            )


def _file(row: Answer) -> str:
    return str(row.get("case") or row.get("scheme") or row.get("context") or row.get("review") or "")
