"""The governance pack as plain sections (titles, columns, rows) for the page, JSON, and whatever else prints it.

Nothing here reads a ledger: what the views answered goes in, cells of text and numbers come out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cli.pages import spoken, when

Answer = Mapping[str, Any]
Cell = str | int | float | None
FILES = ("case", "scheme", "context", "review")


class Section(NamedTuple):
    """One table of the pack. `numbers` are the columns that stand to the right."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[Cell]]
    numbers: tuple[int, ...] = ()


def sections(kpis: Answer, findings: Answer, documents: Answer, integrity: Answer) -> list[Section]:
    """The pack of a period, from the views `kpis`, `findings`, `agreements` and `integrity`."""
    return [
        figures(kpis["rows"]),
        splits(kpis["rows"]),
        *([events(kpis["counted"])] if "counted" in kpis else []),
        worklist(findings, kpis["totals"]),
        agreements(documents["rows"]),
        record(integrity),
    ]


def figures(rows: Iterable[Answer]) -> Section:
    columns = ("figure", "part", "counted", "number", "of", "out of", "%", "median h", "90th h", "to be")
    names = (
        "kpi",
        "part",
        "counted",
        "numerator",
        "of",
        "denominator",
        "percent",
        "median_hours",
        "p90_hours",
        "wished",
    )
    return Section("Figures", columns, [[row[name] for name in names] for row in rows], (3, 5, 6, 7, 8))


def splits(rows: Iterable[Answer]) -> Section:
    """What a figure is made up of: by reason, risk or rule, and by edition where policy changed in the period."""
    lines: list[list[Cell]] = []
    for row in rows:
        for by, parts in ((row["split_by"], row["split"]), ("edition", row["by_edition"])):
            for what, number in parts.items():
                nested = number if isinstance(number, Mapping) else {"numerator": number}
                hours = nested.get("median_hours")
                lines.append([row["kpi"], row["part"], by, what, nested["numerator"], nested.get("denominator"), hours])
    columns = ("figure", "part", "by", "which", "number", "out of", "median h")
    return Section("What the figures are made of", columns, lines, (4, 5, 6))


def events(counted: Iterable[Answer]) -> Section:
    columns = ("figure", "part", "counted", "when", "what", "in", "event", "record")
    lines: list[list[Cell]] = [
        [
            row["kpi"],
            row["part"],
            "yes" if row["in_numerator"] else "no",
            when(row["at"]),
            row["what"],
            next((f"{kind} {row[kind]}" for kind in FILES if row.get(kind)), None),
            row["event"],
            row["position"],
        ]
        for row in counted
    ]
    return Section("Events behind the figures", columns, lines, (7,))


def worklist(findings: Answer, period: Answer) -> Section:
    """What is to be followed up, what is open first."""
    columns = ("level", "rule", "of", "in", "since", "owner", "what was found", "state", "closed", "by")
    lines: list[list[Cell]] = []
    for row in to_follow_up(findings, period):
        closed = row["closed_by"] or {}
        lines.append(
            [
                *(row["level"], row["rule"], ", ".join(row["about"]), place(row)),
                *((row.get("due") or row["at"])[:10], row["owner"], row["message"], row["state"]),
                *(closed["at"][:10] if closed else None, event_in_words(closed["event"]) if closed else None),
            ]
        )
    return Section("Findings to follow up", columns, sorted(lines, key=lambda line: (line[7] != "open", str(line[0]))))


def place(row: Answer) -> str:
    """The file that a finding is in, and of which of its entries it is: a note names that (`entry_version`)."""
    return f"{row['file']}, entry {row['version']}" if "version" in row else str(row["file"])


def to_follow_up(findings: Answer, period: Answer) -> Iterator[Answer]:
    """Breaches and warnings of the period, and those from before it that are still open."""
    start, end = (dt.datetime.fromisoformat(period[name]) for name in ("from", "to"))
    for row in (*findings["rows"], *findings["overdue"]):
        at = dt.datetime.fromisoformat(row.get("due") or row["at"])
        if row["state"] is not None and at <= end and (at >= start or row["state"] == "open"):
            yield row


def event_in_words(name: str) -> str:
    """`DecisionReconsidered` as `decision reconsidered`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def agreements(rows: Iterable[Answer]) -> Section:
    columns = ("sort", "id", "state", "since", "review by", "assessed")
    assessed = {True: "yes", False: "no", None: None}
    lines: list[list[Cell]] = [
        [row["sort"], row["id"], row["state"], row["since"][:10], row["review_on"], assessed[row["assessed"]]]
        for row in rows
    ]
    return Section("Agreements and documents", columns, lines)


def record(integrity: Answer) -> Section:
    """The state of the record, a line each."""
    return Section(
        "State of the record", ("what", "how it is"), [[spoken(k), v] for k, v in _record(integrity["totals"])]
    )


def _record(totals: Answer) -> Iterator[tuple[str, Cell]]:
    for name, value in totals.items():
        yield name, when(value) if isinstance(value, str) else value if value is not None else "none recorded"


def as_json(made: Sequence[Section]) -> list[dict[str, Any]]:
    return [{"title": one.title, "columns": list(one.columns), "rows": one.rows} for one in made]
