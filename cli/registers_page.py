"""The registers for people: what was disclosed, what was withheld, what was received, which receipts are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.pages import spoken, when
from cli.table import TIED, table
from cli.words import count, listed, say

Answer = Mapping[str, Any]
FILES = ("case", "scheme", "context", "review", "agency")


def file_of(row: Answer) -> str:
    """The file of a row, by its id."""
    return str(next((row[kind] for kind in FILES if row.get(kind)), ""))


def named(names: Sequence[str] | None) -> str:
    return listed(list(names or ()))


def codes(restrictions: Sequence[Answer]) -> list[str]:
    """Restrictions by their codes, with whom they are about."""
    return [" ".join(filter(None, [spoken(one.get("code") or ""), named(one.get("persons"))])) for one in restrictions]


def found(row: Answer) -> list[str]:
    """What was found of it, by level and rule."""
    return [label.replace(" ", TIED) for label in row["findings"]]


def listing(head: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A table, under a title if it has one, and a line of space after it; nothing at all where it has no rows."""
    if rows:
        if title:
            say(title, bold=True)
        table(head, rows, indent=2 if title else 0)
        say()


def disclosures_page(answer: Answer) -> None:
    """Show the register of disclosures (P4)."""
    head = ["when", "what", "of", "to", "how", "basis", "purposes", "restricted", "found"]
    listing(head, [_disclosure(row) for row in answer["rows"]])
    totals = answer["totals"]
    say(
        f"{count(totals['disclosures'], 'disclosure')} and {count(totals['extracts'], 'extract')}; "
        f"{totals['misdirected']} misdirected, {totals['recorded_late']} recorded late, "
        f"{totals['shared_late']} shared late."
    )
    _by("By basis", totals["by_basis"])
    _by("By method", totals["by_method"])


def _disclosure(row: Answer) -> list[Any]:
    how = f"{spoken(row['method'] or '')}{' (went astray)' if row.get('misdirected') else ''}"
    return [
        when(row["at"]),
        row.get("disclosure") or f"{row['extract']} (extract)",
        file_of(row) or row.get("drawn_from"),
        row["to"],
        how,
        row["conditions"],
        [spoken(purpose) for purpose in row["purposes"]],
        codes(row["restrictions"]),
        found(row),
    ]


def withheld_page(answer: Answer) -> None:
    """Show the register of what was withheld (P5)."""
    head = ["when", "decision", "of", "asked by", "what", "reasons", "look again by", "then", "found"]
    listing(head, [_withheld(row) for row in answer["rows"]])
    totals = answer["totals"]
    delay = "" if totals["median_hours"] is None else f", median {totals['median_hours']:.1f} h later"
    say(
        f"{totals['withheld']} of {count(totals['decisions'], 'decision')} withheld something, "
        f"{totals['in_part']} in part; {totals['suspect_only']} for suspect reasons alone; "
        f"{totals['shared']} shared after all{delay}."
    )
    say(f"To look at again: {totals['reviews_open']}, of which {totals['reviews_overdue']} overdue.")
    _by("By reason", totals["by_reason"])


def _withheld(row: Answer) -> list[Any]:
    due = f"{row['review_due'][:10]}{' (overdue)' if row['review_overdue'] else ''}" if row["review_due"] else "not set"
    shared = f"shared with {row['shared_by']} after {row['shared_after_hours']:.1f} h" if row["shared_at"] else ""
    what = "in part" if row["outcome"] == "part" else "all"
    return [
        when(row["withheld_at"]),
        row["decision"],
        file_of(row),
        row["from"],
        f"{what}: {', '.join(row['items'])}" if row["items"] else what,
        [spoken(code) for code in row["reason_codes"]],
        due if row["review_open"] or not row["review_due"] else "done",
        shared or [when(line[:25]) + line[25:] for line in row["reconsidered"]],
        found(row),
    ]


def receipts_page(answer: Answer) -> None:
    """Show receipts, those that are missing, and restrictions in force (P6)."""
    head = ["received", "receipt", "of", "in", "from", "consent", "restricted", "lost on the way", "found"]
    listing(head, [_receipt(row) for row in answer["rows"]])
    missing = [_missing(row) for row in answer["missing"]]
    listing(["due", "", "owed by", "for", "in", "found"], missing, "Receipts that recipients owe")
    head = ["since", "what", "persons", "items", "placed with", "by", "until", "kept"]
    listing(head, [_restriction(row) for row in answer["restrictions"]], "Restrictions in force")
    totals = answer["totals"]
    say(
        f"{count(totals['received'], 'receipt')}, {totals['recorded_late']} recorded late, "
        f"{count(totals['mismatches'], 'mismatch', 'mismatches')} with what was sent."
    )
    say(
        f"Receipts owed by recipients: {totals['asked_for']}, of which {totals['confirmed']} confirmed "
        f"({totals['confirmed_late']} late), {totals['missing_overdue']} overdue."
    )


def _missing(row: Answer) -> list[Any]:
    overdue = "overdue" if row["overdue"] else ""
    return [when(row["due"]), overdue, row["recipient"], row["disclosure"], file_of(row), row["finding"]]


def _receipt(row: Answer) -> list[Any]:
    consent = {True: "without", False: "with", None: ""}[row["without_consent"]]
    return [
        when(row["received_at"]),
        row["receipt"],
        row["disclosure"],
        file_of(row),
        row["from"],
        consent,
        codes(row["restrictions"]),
        {"RC-03": "lack of consent", "RC-05": "a restriction"}.get(next(iter(row["mismatches"]), ""), ""),
        found(row),
    ]


def _restriction(row: Answer) -> list[Any]:
    since = when(row["since"])
    parts = [row["persons"], row["items"], row["placed_with"], row["placed_by"], row["until"]]
    return [since, spoken(row["code"] or ""), *parts, "" if row["kept"] else "left out of the receipt"]


def _by(title: str, counts: Mapping[str, int]) -> None:
    """Counts by code, in a line."""
    if counts:
        say(f"{title}: {', '.join(f'{spoken(code)} {number}' for code, number in counts.items())}.")
