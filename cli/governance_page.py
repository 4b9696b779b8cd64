"""The governance lead's registers for people: who holds what, the state of the record, documents, policy, access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.pages import cell, fields, spoken, when
from cli.registers_page import codes, file_of, found, listing, named
from cli.table import table
from cli.words import count, say

Answer = Mapping[str, Any]


def recipients_page(answer: Answer) -> None:
    """Show who holds what, and who is still to be told (P14)."""
    head = ["recipient", "what", "of", "when", "items", "restricted", "to be told of", "deletion"]
    listing(head, [_holding(row) for row in answer["rows"]])
    totals = answer["totals"]
    say(
        f"{count(totals['holdings'], 'holding')} of {count(totals['recipients'], 'recipient')}. "
        f"Notices to give: {totals['notices']}, of which {totals['told']} given, {totals['notices_overdue']} overdue."
    )
    say(
        f"Deletions: {totals['deleted']} of {totals['deletions']} confirmed, "
        f"{totals['declined']} declined, {totals['deletions_overdue']} overdue."
    )


def _holding(row: Answer) -> list[Any]:
    told = [f"{n['of']} (told {when(n['told_at'])})" for n in _notices(row) if n["told_at"]]
    due = [
        f"{n['of']} (overdue)" if n["overdue"] else f"{n['of']} (not told)" for n in _notices(row) if not n["told_at"]
    ]
    deletion = row["deletion"] or {}
    how = row["disclosure"] if row["how"] == "disclosed" else f"{row['disclosure']} ({row['how']})"
    state = f"{deletion['state']} {when(deletion['at'] or deletion['due'] or '')}" if deletion else ""
    return [
        row["recipient"],
        how,
        file_of(row),
        when(row["at"]),
        row["items"],
        codes(row["restrictions"]),
        due + told,
        state,
    ]


def _notices(row: Answer) -> list[Any]:
    return [*row["corrected"], *row["withdrawn"]]


LISTS = {  # of the state of the record: a title, and the columns with what they show
    "rows": (
        "Verifications recorded",
        ("verified_at", "verdict", "full", "records", "signatures", "erased", "disputed", "by"),
    ),
    "checkpoints": ("Checkpoints recorded", ("signed_at", "size", "root")),
    "keys": ("Signing keys", ("key", "state", "first", "last", "brought_by")),
    "disputed": ("Disputed by a recovery", ("first", "last", "recovery")),
    "anchors": ("Records whose hash a partner holds", ("confirmed_at", "partner", "disclosure", "receipt", "record")),
}


def integrity_page(answer: Answer) -> None:
    """Show the state of the record (P13)."""
    totals = answer["totals"]
    last = totals["last_full_at"]
    full = f"{when(last)}, {totals['last_full_days_ago']} days before" if last else "none is recorded"
    fields({"records": totals["records"], "last full verification": full})
    say()
    for part, (title, columns) in LISTS.items():
        listing([spoken(name) for name in columns], [[cell(r[name]) for name in columns] for r in answer[part]], title)
    if totals["anchored_to"]:
        after = count(totals["after_last_anchor"], "record")
        say(f"Partners hold the hash of record {totals['anchored_to']}: {after} came after it.")
    say("This is what was recorded of verifications. `ruleseven verify` reads every stored byte now.")


def agreements_page(answer: Answer) -> None:
    """Show agreements, assessments, notices, policy documents and methods (P16)."""
    head = ["", "id", "title", "state", "since", "review by", "assessed", "with or for", "found"]
    listing(head, [_document(row) for row in answer["rows"]])
    totals = answer["totals"]
    say(f"{totals['current']} current, {totals['overdue']} overdue, {totals['without_date']} without a review date.")
    for row in answer["rows"]:
        if row["state"] == "no review date":
            say(f"The {row['sort']} {row['id']} was recorded without review_on: record it again with that day.")
    say(
        f"Agreements in force: {totals['agreements']}, {totals['agreements_current']} of them current, "
        f"{totals['agreements_assessed']} with an assessment."
    )


def _document(row: Answer) -> list[Any]:
    said = row["said"]
    of = named(said.get("parties")) or said.get("agreement") or said.get("version") or ""
    assessed = {True: "yes", False: "no", None: ""}[row["assessed"]]
    review = f"{row['review_on']}, with {row['review_with']}" if row["review_with"] else row["review_on"]
    first = [row["sort"], row["id"], row["title"], row["state"], row["since"][:10], review]
    return [*first, assessed, of, found(row)]


def policy_page(answer: Answer) -> None:
    """Show the register of policy (P17)."""
    say(f"Policy at {when(answer['totals']['at'])}", bold=True)
    table(
        ["edition", "title", "from", "until", "in force", "registered", "SHA-256"],
        [
            [
                row["edition"],
                row["title"],
                (row["in_force_from"] or "")[:10],
                (row["in_force_to"] or "")[:10],
                row["why_not"] or "yes",
                row["registered_by"],
                row["sha256"][:12],
            ]
            for row in answer["rows"]
        ],
        right=[5],
    )
    if answer["parameters"]:
        say()
        say("Set by the agency itself", bold=True)
        lines = [[p["name"], p["value"], p["default"], when(p["since"])] for p in answer["parameters"]]
        table(["parameter", "value", "default", "since"], lines, indent=2)
    for row in answer["rows"]:
        for other, text in row["conflicts"].items():
            say()
            say(f"{row['edition']} and {other} differ. {text}")
    if lens := answer.get("lens"):
        say()
        say(lens["heading"], bold=True)
        say(
            f"{count(lens['judged'], 'record')} judged again: {count(lens['differences'], 'difference')}, "
            f"{count(lens['would_be_refused'], 'act')} would be refused. Rules: {named(lens['rules']) or 'none'}."
        )


def access_page(answer: Answer) -> None:
    """Show who looked, and what left the ledger (P18)."""
    head = ["when", "what", "who", "role", "of", "to", "purpose or scope", "reason", "more"]
    listing(head, [_access(row) for row in answer["rows"]])
    totals = answer["totals"]
    say(
        f"Looked at {count(totals['looked'], 'time')} by {totals['staff']} of staff; "
        f"{count(totals['extracts_issued'], 'extract')} issued, {totals['extracts_verified']} verified; "
        f"{count(totals['erasures'], 'erasure')}."
    )


def _access(row: Answer) -> list[Any]:
    said = row["said"]
    shown = [said.get(name) for name in ("access", "view", "verdict", "marking", "extract_mode", "authority")]
    what = f"{row['what']} {row['extract'] or ''}".strip()
    of = row["scope"] or spoken(row["purpose"] or "")
    who = [when(row["at"]), what, row["staff"], spoken(row["role"] or ""), row["about"]]
    return [*who, row["to"], of, row["reason"], [spoken(str(one)) for one in shown if one]]
