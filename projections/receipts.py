"""What was received, and does anybody owe a receipt? Which restrictions are in force? (requirements §7, P6)

Row: one for each receipt of this agency, held against what its sender let it see of the disclosure. Beside them stand
the receipts that recipients of this agency's own disclosures still owe, and the restrictions on what is held here.
"""

from __future__ import annotations

from typing import Any

from ledger import Reading
from projections import owing
from projections.projection import Projection
from projections.receipts_report import show
from projections.registers import file_of, labels
from projections.shown import microseconds
from projections.tables import Table, Tables

RECEIPT = Table(
    "receipts_receipt",
    ("file", "position"),
    {
        "file": str,
        "position": int,
        "hash": str,
        "receipt": str,
        "disclosure": str,
        "sender": str,
        "received_us": int,
        "items": list,
        "without_consent": bool,
        "sent_without_consent": bool,
        "restrictions": list,
        "sent_restrictions": list,
        "findings": list,
    },
)
RESTRICTION = Table(
    "receipts_restriction",
    ("file", "position", "number"),
    {
        "file": str,
        "position": int,
        "number": int,
        "restriction": str,
        "placed_with": str,  # "receipt R-2", "item I-7", or nothing where it was placed by itself
        "placed_by": str,
        "at_us": int,
        "items": list,
        "code": str,
        "persons": list,
        "purposes": list,
        "until": str,
        "kept": bool,  # False: the sender placed it, and the receipt leaves it out
    },
)
LIFTED = Table(
    "receipts_lifted",
    ("file", "position"),
    {"file": str, "position": int, "restriction": str, "items": list, "code": str, "by": str},
)
OWED = owing.owing("receipts_owed")
RECEIPTS_DUE = ("RC-06",)


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, OWED.name, reading, RECEIPTS_DUE)
    if reading.name in HANDLERS:
        HANDLERS[reading.name](tables, file_of(reading), reading)


def _received(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    notice, sender = data["notice"] or {}, (data["provider"] or {}).get("agency")
    row = tables.add(RECEIPT.name, file, reading.position)
    row["hash"], row["receipt"], row["disclosure"] = reading.hash.hex(), data["receipt_id"], data["disclosure_id"]
    row["sender"], row["items"], row["findings"] = sender, data["items"] or [], labels(reading)
    row["received_us"] = microseconds(data["received_at"]) or reading.occurred_us
    row["without_consent"], row["sent_without_consent"] = data["without_consent"], notice.get("without_consent")
    row["restrictions"], row["sent_restrictions"] = data["restrictions"] or [], notice.get("restrictions") or []
    dropped = [sent for sent in row["sent_restrictions"] if not _kept(sent, row["restrictions"])]
    name = f"receipt {data['receipt_id'] or data['disclosure_id'] or reading.position}"
    said = {"by": sender, "items": row["items"], "placed_with": name}
    _restrict(tables, file, reading, [*row["restrictions"], *dropped], kept=len(row["restrictions"]), **said)


def _kept(sent: dict[str, Any], kept: list[dict[str, Any]]) -> bool:
    """Whether a receipt carries on what its sender placed, for all persons that the sender named."""
    persons = set(sent.get("persons") or ())
    return any(one.get("code") == sent.get("code") and persons <= set(one.get("persons") or ()) for one in kept)


def _recorded(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    placed, item = data["restrictions"] or [], data["item_id"]
    by = (data["source"] or {}).get("agency")
    _restrict(tables, file, reading, placed, kept=len(placed), by=by, items=[item], placed_with=f"item {item}")


def _imposed(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    _restrict(tables, file, reading, [data], kept=1, by=data["imposed_by"], items=data["items"] or [])


def _restrict(
    tables: Tables,
    file: str,
    reading: Reading,
    restrictions: list[dict[str, Any]],
    *,
    kept: int,
    by: str | None,
    items: list[str],
    placed_with: str | None = None,
) -> None:
    """Note restrictions, the first so many as this agency recorded them, the rest as the sender placed them."""
    for number, said in enumerate(restrictions):
        row = tables.add(RESTRICTION.name, file, reading.position, number)
        row["restriction"], row["placed_with"], row["placed_by"] = said.get("restriction_id"), placed_with, by
        row["at_us"], row["items"], row["code"], row["kept"] = (
            reading.occurred_us,
            items,
            said.get("code"),
            number < kept,
        )
        row["persons"], row["purposes"] = said.get("persons") or [], said.get("purposes") or []
        row["until"] = said.get("until")


def _lifted(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.add(LIFTED.name, file, reading.position)
    row["restriction"], row["items"] = data["restriction_id"], data["items"] or []
    row["code"], row["by"] = data["code"], data["lifted_by"]


HANDLERS = {
    "DisclosureReceived": _received,
    "InformationRecorded": _recorded,
    "RestrictionImposed": _imposed,
    "RestrictionLifted": _lifted,
}
PROJECTION = Projection(
    name="receipts",
    title="What was received, which receipts are missing, what was lost on the way, which restrictions are in force",
    version=1,
    tables=(RECEIPT, RESTRICTION, LIFTED, OWED),
    events=frozenset(HANDLERS) | {"DisclosureMade", "DisclosureMisdirected", "ReceiptConfirmed"},
    apply=apply,
    show=show,
)
