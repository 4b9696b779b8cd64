"""A review across agencies for people at a terminal: what it was made from, then each part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli import knowledge_page
from cli.chronology_page import late
from cli.pages import spoken, when
from cli.table import table
from cli.words import count, say

Answer = Mapping[str, Any]


def page(found: Answer, *, practice: bool) -> None:
    """Show one part, or all of them."""
    if practice:
        say("PRACTICE LEDGERS: evidence of nothing.", colour="magenta", bold=True)
    for line in found["unverified"]:
        say(line, colour="red", bold=True)
    say(f"Review {found['review']}", bold=True)
    if found.get("as_at"):
        say(f"As the ledgers said at {when(found['as_at'])}.")
    if any(found["period"].values()):
        first, last = found["period"]["from"] or "the first day", found["period"]["to"] or "the last"
        say(f"Its chronology runs from {first} to {last}.")
    _sources(found["sources"])
    for name, part in found["parts"].items() if "parts" in found else [(found["part"], found)]:
        say()
        say(spoken(name).capitalize(), bold=True)
        PAGES[name]({**found, **part})


def _sources(sources: Sequence[Answer]) -> None:
    lines = [
        [
            one["agency"],
            one["form"],
            one["verdict"],
            one["records"],
            f"{one['position']} {one['hash'][:16]}…",
            f"{count(one['grown'], 'record')} since, left out" if one["grown"] else "",
        ]
        for one in sources
    ]
    table(["source", "", "verdict", "records", "up to", ""], lines, right=[3])


def _chronology(part: Answer) -> None:
    table(["when", "agency", "no.", "age", "by", "what", "found", "late", "reviewer"], [*map(_entry, part["rows"])])
    totals = part["totals"]
    say(
        f"{count(totals['entries'], 'entry', 'entries')} of {count(totals['agencies'], 'agency', 'agencies')}, "
        f"{totals['with_findings']} with findings, {totals['recorded_late']} recorded more than a day late."
    )
    if totals["outside_period"]:
        say(f"{count(totals['outside_period'], 'entry', 'entries')} outside the period, not shown.")


def _entry(row: Answer) -> list[Any]:
    said = [f"{row['event']}. {row['detail']}".rstrip(" .") + ".", *row["significance"]]
    said += [f"Restricted: {one}." for one in row["restrictions"]]
    return [
        when(row["occurred_at"] or ""),
        row["agency"],
        row["position"],
        ", ".join(f"{person} {age}" for person, age in row["ages"].items()),
        row["who"],
        " ".join(said),
        "; ".join(found.partition(":")[0] for found in row["findings"]),
        late(row["late_hours"]),
        "; ".join(row["review"]),
    ]


def _intervals(part: Answer) -> None:
    lines = [
        [row["fact"], spoken(row["interval"]), when(row["from"] or ""), when(row["to"] or ""), row["by"], row["hours"]]
        for row in part["rows"]
    ]
    table(["", "", "from", "to", "by", "hours"], lines, right=[5])


def _checks(part: Answer) -> None:
    for row in part["rows"]:
        say(f"{spoken(row['check']).capitalize()}: {row['words']}")
    if not part["rows"]:
        say("Nothing that one ledger says contradicts another.")


def _gaps(part: Answer) -> None:
    lines = [[row["agency"], when(row["from"]), when(row["to"]), row["days"]] for row in part["rows"]]
    table(["agency", "from", "to", "days"], lines, right=[3])


def _people(part: Answer) -> None:
    lines = [
        [row["label"], "; ".join(f"{a} {', '.join(ids)}" for a, ids in row.get("ids", {}).items()), _roles(row)]
        for row in part["rows"]
    ]
    table(["in the review", "ids", "roles"], lines)


def _roles(row: Answer) -> str:
    return ", ".join(map(spoken, row["roles"]))


def _opportunities(part: Answer) -> None:
    lines = [[row["said"], row["text"], _entries(row["entries"])] for row in part["rows"]]
    table(["", "what the reviewer says", "of"], lines)


def _entries(entries: Sequence[Answer]) -> str:
    return "; ".join(
        f"{one['agency']} {one['position']} {one['event']}"
        if one["found"]
        else f"{one['agency'] or 'an entry'} (in no source)"
        for one in entries
    )


PAGES: dict[str, Callable[[Answer], None]] = {
    "chronology": _chronology,
    "knowledge": knowledge_page.knowledge_page,
    "intervals": _intervals,
    "cross-checks": _checks,
    "gaps": _gaps,
    "people": _people,
    "opportunities": _opportunities,
}
