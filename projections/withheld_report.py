"""The register of what was withheld as it is shown: a row for each decision, and totals over all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median

from projections.owing import is_open, is_overdue
from projections.projection import Answer, Asked
from projections.registers import counted, hours, in_file
from projections.shown import Opener, when
from projections.tables import Row, Tables

SUSPECT_ONLY = "WH-02"
REVIEW = "withheld_review"


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    decisions = list(tables.rows("withheld_decision"))
    withheld = sorted((row for row in decisions if row["position"] is not None), key=_order)
    rows = [_shown(row, _review(row, tables), asked, opener) for row in withheld]
    return {"rows": rows, "totals": _totals(rows, len(decisions))}


def _review(row: Row, tables: Tables) -> Row | None:
    """What is owed to look at it again."""
    kind, _, file = row["file"].partition(":")
    return tables.find(REVIEW, kind, file, REVIEW, json.dumps([row["decision"]], ensure_ascii=False))


def _shown(row: Row, review: Row | None, asked: Asked, opener: Opener) -> Row:
    words, shared = row["words"], row["shared_us"]
    return {
        "decision": row["decision"],
        **in_file(row["file"]),
        "withheld_at": when(row["withheld_us"]),
        "outcome": row["outcome"],
        "request": row["request"],
        "from": row["requesters"],
        "items": row["items"],
        "risk_level": row["risk_level"],
        "reason_codes": row["reason_codes"],
        "suspect_only": any(label.split()[1] == SUSPECT_ONLY for label in row["findings"]),
        "reasons": opener.text(words["if_withheld.reasons"]) or opener.text(words["reasons"]),
        "risk_of_not_sharing": opener.text(words["if_withheld.risk_of_not_sharing"]),
        "requester_told_at": when(row["told_us"]),
        "review_due": when(review["due_us"]) if review else None,
        "review_open": review is not None and is_open(review),
        "review_overdue": review is not None and is_overdue(review, asked.now),
        "reconsidered": [f"{when(line['at_us'])} {line['outcome']}" for line in row["again"] or ()],
        "shared_at": when(shared),
        "shared_by": row["shared_by"],
        "shared_after_hours": None if shared is None else hours(row["withheld_us"], shared),
        "findings": row["findings"],
        "position": row["position"],
        "hash": row["hash"],
    }


def _order(row: Row) -> tuple[int, int]:
    return row["withheld_us"], row["position"]


def _totals(rows: Sequence[Row], decisions: int) -> Row:
    """`withheld` of `decisions` is K3, `suspect_only` K4, `shared` with `median_hours` K5."""
    shared = [row["shared_after_hours"] for row in rows if row["shared_after_hours"] is not None]
    return {
        "decisions": decisions,
        "withheld": len(rows),
        "in_part": sum(row["outcome"] == "part" for row in rows),
        "suspect_only": sum(row["suspect_only"] for row in rows),
        "reconsidered": sum(bool(row["reconsidered"]) for row in rows),
        "shared": len(shared),
        "median_hours": round(median(shared), 4) if shared else None,
        "reviews_open": sum(row["review_open"] for row in rows),
        "reviews_overdue": sum(row["review_overdue"] for row in rows),
        "by_reason": counted(code for row in rows for code in row["reason_codes"]),
    }
