"""Are agreements, impact assessments, privacy notices and policy documents current, and which methods approved? (P16)

Row: one for each document, and for each method of sending, as the agency's own stream leaves it. Until when a document
is to be looked at again is what was last said of it; whether that day is past is told as at the time asked.
"""

from __future__ import annotations

from typing import Any

from ledger import Reading, SealedRef, to_us
from ledger import moment as at_moment
from projections.agreements_report import show
from projections.projection import Projection
from projections.registers import labels
from projections.shown import WORDS, microseconds
from projections.tables import Row, Table, Tables

AGREEMENT, DPIA, NOTICE, POLICY, METHOD = "agreement", "assessment", "privacy notice", "policy document", "method"
DOCUMENT = Table(
    "agreements_document",
    ("sort", "id"),
    {
        "sort": str,
        "id": str,
        "position": int,  # of the record that began it, and of the last that said something of it
        "last_position": int,
        "since_us": int,
        "reviewed_us": int,
        "ended_us": int,
        "review_on": str,
        "title": str,  # by reference
        "said": dict,
        "findings": list,
    },
)
ASSESSED = Table("agreements_assessed", ("id",), {"id": str, "outcome": str, "position": int})


def apply(tables: Tables, reading: Reading) -> None:
    HANDLERS[reading.name](tables, reading)


def _begun(tables: Tables, reading: Reading, sort: str, name: str, **said: Any) -> Row:
    """A document that begins, or begins anew under the same id."""
    data = reading.data
    row = tables.change(DOCUMENT.name, sort, name)
    row["position"] = row["last_position"] = reading.position
    row["since_us"] = _day_us(data.get("registered_on") or data.get("published_on") or data.get("approved_on"))
    row["since_us"] = row["since_us"] or reading.occurred_us
    row["reviewed_us"] = row["ended_us"] = None
    row["review_on"], row["findings"] = data.get("review_on"), labels(reading)
    row["title"] = f"{reading.position}:title" if type(data.get(WORDS)) is SealedRef and sort == AGREEMENT else None
    row["said"] = {key: value.hex() if isinstance(value, bytes) else value for key, value in said.items() if value}
    return row


def _registered(tables: Tables, reading: Reading) -> None:
    data = reading.data
    names = ("parties", "purposes", "items", "cross_area", "dpia_ref", "signatories")
    _begun(tables, reading, AGREEMENT, data["agreement_id"], **{name: data[name] for name in names})


def _reviewed(tables: Tables, reading: Reading) -> None:
    data = reading.data
    row = tables.change(DOCUMENT.name, AGREEMENT, data["agreement_id"])
    row["reviewed_us"], row["review_on"] = microseconds(data["reviewed_at"]) or reading.occurred_us, data["review_on"]
    row["last_position"] = reading.position


def _ended(tables: Tables, reading: Reading) -> None:
    row = tables.change(DOCUMENT.name, AGREEMENT, reading.data["agreement_id"])
    row["ended_us"], row["last_position"] = reading.occurred_us, reading.position


def _assessed(tables: Tables, reading: Reading) -> None:
    """Considered or made: of the assessment itself, and of the agreement that it is for."""
    data = reading.data
    outcome = data.get("outcome") or ("completed" if reading.name == "DpiaCompleted" else None)
    for name in (data["dpia_ref"], data["agreement_ref"]):
        if name is not None:
            row = tables.change(ASSESSED.name, name)
            row["outcome"], row["position"] = outcome, reading.position
    said = {"agreement": data["agreement_ref"], "outcome": outcome, "approved_by": data.get("approved_by")}
    _begun(tables, reading, DPIA, data["dpia_ref"] or f"for {data['agreement_ref']}", **said)


def _published(tables: Tables, reading: Reading) -> None:
    data = reading.data
    name = data["notice_id"] or "privacy notice"
    _begun(tables, reading, NOTICE, name, version=data["version"], sha256=data["sha256"])


def _policy(tables: Tables, reading: Reading) -> None:
    _begun(tables, reading, POLICY, reading.data["apd_ref"])


def _approved(tables: Tables, reading: Reading) -> None:
    data = reading.data
    _begun(tables, reading, METHOD, data["method"], preferred=data["preferred"])


def _withdrawn(tables: Tables, reading: Reading) -> None:
    row = tables.change(DOCUMENT.name, METHOD, reading.data["method"])
    row["ended_us"], row["last_position"] = reading.occurred_us, reading.position


def _day_us(day: str | None) -> int | None:
    return None if day is None else to_us(at_moment(day))


HANDLERS = {
    "AgreementRegistered": _registered,
    "AgreementReviewed": _reviewed,
    "AgreementEnded": _ended,
    "DpiaConsidered": _assessed,
    "DpiaCompleted": _assessed,
    "PrivacyNoticePublished": _published,
    "AppropriatePolicyDocumentRegistered": _policy,
    "SecureMethodApproved": _approved,
    "SecureMethodWithdrawn": _withdrawn,
}
PROJECTION = Projection(
    name="agreements",
    title="Agreements, assessments, privacy notices, policy documents and methods of sending: current or overdue",
    version=1,
    tables=(DOCUMENT, ASSESSED),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
    args=("sort", "state"),
)
