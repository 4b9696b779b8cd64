"""Agreements and other documents as they are shown: a row for each, by sort, and how many are current or overdue.

Argument `sort` (agreement, assessment, …) or `state` (current, overdue, …) shows those alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger import Unopened
from projections.projection import Answer, Asked
from projections.registers import counted
from projections.shown import Opener, over, when
from projections.tables import Row, Tables

SORTS = ("agreement", "assessment", "privacy notice", "policy document", "method")
AGREEMENT, ASSESSMENT, METHOD = SORTS[0], SORTS[1], SORTS[-1]
CURRENT, OVERDUE, NO_DATE, ENDED = "current", "overdue", "no review date", "ended"


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    assessed = {row["id"]: row for row in tables.rows("agreements_assessed")}
    documents = sorted(tables.rows("agreements_document"), key=_order)
    agreements = {row["id"]: row for row in documents if row["sort"] == AGREEMENT}
    rows = [_shown(_with_review(row, agreements), assessed, asked, opener) for row in documents]
    rows = [row for row in rows if all(asked.args.get(name) in (None, row[name]) for name in ("sort", "state"))]
    return {"rows": rows, "totals": _totals(rows)}


def _with_review(row: Row, agreements: Mapping[str, Row]) -> Row:
    """The document with its day of review; an assessment that names none is looked at with its agreement."""
    agreement = agreements.get((row["said"] or {}).get("agreement") or "")
    if row["sort"] != ASSESSMENT or row["review_on"] or not agreement or not agreement["review_on"]:
        return {**row, "review_with": None}
    return {**row, "review_on": agreement["review_on"], "review_with": agreement["id"]}


def _shown(row: Row, assessed: dict[str, Row], asked: Asked, opener: Opener) -> Row:
    said, title = row["said"] or {}, opener.text(row["title"])
    dpia = assessed.get(row["id"]) or assessed.get(said.get("dpia_ref") or "")
    return {
        "sort": row["sort"],
        "id": row["id"],
        "title": str(title) if isinstance(title, Unopened) else title,
        "state": _state(row, asked),
        "since": when(row["since_us"]),
        "review_on": row["review_on"],
        "review_with": row["review_with"],
        "reviewed_at": when(row["reviewed_us"]),
        "ended_at": when(row["ended_us"]),
        "assessed": (dpia is not None) if row["sort"] == AGREEMENT else None,
        "said": said,
        "findings": row["findings"] or [],
        "position": row["position"],
        "last_position": row["last_position"],
    }


def _state(row: Row, asked: Asked) -> str:
    """Whether it stands, and within its date; a method has none, it is approved until it is withdrawn."""
    if row["ended_us"] is not None:
        return ENDED
    if over(row["review_on"], asked.now):
        return OVERDUE
    return CURRENT if row["review_on"] or row["sort"] == METHOD else NO_DATE


def _order(row: Row) -> tuple[int, int, str]:
    return SORTS.index(row["sort"]), row["since_us"] or 0, row["id"]


def _totals(rows: Sequence[Row]) -> Row:
    in_force = [row for row in rows if row["sort"] == AGREEMENT and row["state"] != ENDED]
    return {
        "documents": len(rows),
        "current": sum(row["state"] == CURRENT for row in rows),
        "overdue": sum(row["state"] == OVERDUE for row in rows),
        "without_date": sum(row["state"] == NO_DATE for row in rows),
        "agreements": len(in_force),
        "agreements_current": sum(row["state"] == CURRENT for row in in_force),
        "agreements_assessed": sum(bool(row["assessed"]) for row in in_force),
        "by_sort": counted(row["sort"] for row in rows),
    }
