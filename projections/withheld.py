"""What was withheld, why, and what became of it: looked at again, shared after all? (requirements §7, P5)

Row: one for each decision to withhold, or to share in part alone, as it was first taken; what was decided when it was
taken again stands beside it. All decisions are counted, since those withheld are a share of them (K3).
"""

from __future__ import annotations

from ledger import Reading
from projections import owing
from projections.fields import pick
from projections.projection import Projection
from projections.registers import file_of, labels, named
from projections.shown import microseconds, words_of
from projections.tables import Row, Table, Tables
from projections.withheld_report import show

DECISION = Table(
    "withheld_decision",
    ("file", "decision"),
    {
        "file": str,
        "decision": str,
        "position": int,  # of the record that withholds; None where nothing was withheld
        "hash": str,
        "withheld_us": int,
        "outcome": str,
        "request": str,
        "requesters": list,
        "items": list,
        "reason_codes": list,
        "told_us": int,
        "words": dict,  # reasons and risk, by reference
        "risk_level": str,
        "findings": list,
        "again": list,  # each time it was reconsidered: at_us, outcome, position
        "to_share_us": int,
        "shared_us": int,
        "shared_by": str,
    },
)
REVIEW = owing.owing("withheld_review")
WITHHOLD, PART, SHARE = "withhold", "part", "share"


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, REVIEW.name, reading, (REVIEW.name,))
    decision = file_of(reading), pick(reading, reading.name, "decision_id")[0]
    if reading.name != "DisclosureMade":
        _decided(tables.change(DECISION.name, *decision), reading)
    elif tables.find(DECISION.name, *decision) is not None:
        _disclosed(tables.change(DECISION.name, *decision), reading)


def _decided(row: Row, reading: Reading) -> None:
    outcome = pick(reading, reading.name, "outcome")[0]
    if row["position"] is not None:
        line = {"at_us": reading.occurred_us, "outcome": outcome, "position": reading.position}
        row["again"] = [*(row["again"] or ()), line]
        if outcome == SHARE or (outcome == PART and row["outcome"] == WITHHOLD):
            row["to_share_us"] = row["to_share_us"] or reading.occurred_us
    elif outcome in (WITHHOLD, PART):
        _withheld(row, reading)


def _withheld(row: Row, reading: Reading) -> None:
    data = reading.data
    said = data["if_withheld"] or {}
    row["position"], row["hash"], row["withheld_us"] = reading.position, reading.hash.hex(), reading.occurred_us
    row["outcome"], row["request"], row["risk_level"] = data["outcome"], data["request_id"], data["risk_level"]
    row["requesters"], row["reason_codes"] = named(data["recipients"]), said.get("reason_codes") or []
    row["items"] = said.get("items") or (data["items"] if data["outcome"] == WITHHOLD else None) or []
    row["told_us"], row["findings"] = microseconds(said.get("requester_told_at")), labels(reading)
    row["words"] = words_of(reading, "reasons", "if_withheld.reasons", "if_withheld.risk_of_not_sharing")


def _disclosed(row: Row, reading: Reading) -> None:
    """What was withheld was shared with the first disclosure after it was decided so."""
    if row["to_share_us"] is not None and row["shared_us"] is None:
        disclosure, when = pick(reading, reading.name, "disclosure_id", "when")
        row["shared_us"], row["shared_by"] = microseconds(when) or reading.occurred_us, disclosure


PROJECTION = Projection(
    name="withheld",
    title="What was withheld and why, when it is looked at again, and what was shared after all",
    version=1,
    tables=(DECISION, REVIEW),
    events=frozenset({"DecisionMade", "DecisionReconsidered", "DisclosureMade"}),
    apply=apply,
    show=show,
)
