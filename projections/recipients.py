"""Who holds what of ours, and were they told when it was corrected or its consent withdrawn? (requirements §7, P14)

Row: one for each recipient of each disclosure, with what it was given under which restrictions; a delivery under a
scheme, an extract and what a recipient passed on are rows as well. What was corrected, or whose consent was withdrawn,
is to be told to each of them (UK GDPR Art. 19): what is owed, and what ended it, is stored with the acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger import Reading, SealedRef
from projections import owing
from projections.fields import pick
from projections.projection import Projection
from projections.recipients_report import show
from projections.registers import file_of
from projections.shown import WORDS, microseconds
from projections.tables import Table, Tables

HOLDING = Table(
    "recipients_holding",
    ("file", "name", "recipient", "position"),
    {
        "file": str,
        "name": str,  # of the disclosure, delivery or extract
        "recipient": str,  # by id; empty where only a name was said, which is sealed
        "position": int,
        "hash": str,
        "how": str,  # disclosed, delivered, extract, passed on
        "via": str,  # who passed it on
        "person": bool,
        "at_us": int,
        "items": list,
        "restrictions": list,
        "relies_on": list,
        "misdirected": bool,
    },
)
CORRECTION = Table(
    "recipients_correction", ("file", "position"), {"file": str, "position": int, "item": str, "at_us": int}
)
WITHDRAWAL = Table(
    "recipients_withdrawal", ("file", "position"), {"file": str, "position": int, "consent": str, "at_us": int}
)
TOLD = Table(
    "recipients_told",
    ("file", "position"),
    {"file": str, "position": int, "what": str, "name": str, "recipient": str, "at_us": int},
)
DELETED = Table(
    "recipients_deleted",
    ("file", "position"),
    {"file": str, "position": int, "consent": str, "disclosure": str, "holder": str, "what": str, "at_us": int},
)
DECISION = Table("recipients_decision", ("file", "decision"), {"file": str, "decision": str, "items": list})
OWED = owing.owing("recipients_owed")
DUTIES = ("AC-03", "CN-13", "CN-14")
DISCLOSED, DELIVERED, EXTRACT, PASSED_ON = "disclosed", "delivered", "extract", "passed on"
CORRECTED, WITHDRAWN = "corrected", "withdrawn"


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, OWED.name, reading, DUTIES)
    if reading.name in HANDLERS:
        HANDLERS[reading.name](tables, file_of(reading), reading)


def _held(tables: Tables, file: str, reading: Reading, name: str, how: str, to: Iterable[Any], **said: Any) -> None:
    """Note who holds what a record says was given away, once for each recipient."""
    at_us = said.pop("at_us", None) or reading.occurred_us
    for party in list(to) or [{}]:
        recipient = party.get("agency") or party.get("person") or ""
        row = tables.change(HOLDING.name, file, name, recipient, reading.position)
        row["how"], row["person"], row["hash"] = how, not party.get("agency"), reading.hash.hex()
        row["at_us"], row["misdirected"] = at_us, False
        row["items"] = row["restrictions"] = row["relies_on"] = []
        row.update({key: value for key, value in said.items() if value})


def _decided(tables: Tables, file: str, reading: Reading) -> None:
    """A disclosure that names no items shares those of its decision that are not withheld."""
    decision, items, withheld = pick(reading, reading.name, "decision_id", "items", "if_withheld")
    kept = set((withheld or {}).get("items") or ())
    tables.change(DECISION.name, file, decision)["items"] = [item for item in items or () if item not in kept]


def _made(tables: Tables, file: str, reading: Reading) -> None:
    data = _opened(reading)
    decision = tables.find(DECISION.name, file, data["decision_id"]) if data["decision_id"] else None
    items = (data["what"] or {}).get("items") or (decision["items"] if decision else [])
    said = {"items": items, "restrictions": data["restrictions"], "relies_on": data["relies_on"]}
    at_us = microseconds(data["when"])
    _held(tables, file, reading, data["disclosure_id"], DISCLOSED, data["to"] or (), at_us=at_us, **said)


def _misdirected(tables: Tables, file: str, reading: Reading) -> None:
    """Whoever it went to by mistake holds it all the same."""
    data = _opened(reading)
    items, at_us = (data["what"] or {}).get("items"), microseconds(data["when"])
    to = data["to"] or ()
    if to:
        name = data["disclosure_id"]
        _held(tables, file, reading, name, DISCLOSED, to, at_us=at_us, items=items, misdirected=True)


def _delivered(tables: Tables, file: str, reading: Reading) -> None:
    data = _opened(reading)
    name = data["disclosure_id"] or reading.about.id
    to = [{"person": data["to"]}] if data["to"] else []
    _held(tables, file, reading, name, DELIVERED, to, items=data["items"], restrictions=data["restrictions"])


def _extracted(tables: Tables, _file: str, reading: Reading) -> None:
    """An extract is in the file that it was drawn from, if that is one; else in the log of operations."""
    data = _opened(reading)
    files = [f"{one['type']}:{one['id']}" for one in data["about"] or ()]
    to = [{"person": person} for person in data["to_persons"] or ()]
    for file in files or [file_of(reading)]:
        said = {"items": data["items"], "restrictions": data["restrictions"]}
        _held(tables, file, reading, data["extract_id"] or str(reading.position), EXTRACT, to, **said)


def _passed_on(tables: Tables, file: str, reading: Reading) -> None:
    data = _opened(reading)
    at_us, said = microseconds(data["when"]), {"items": data["items"], "via": data["by"]}
    _held(tables, file, reading, data["disclosure_id"], PASSED_ON, data["to"] or (), at_us=at_us, **said)


def _corrected(tables: Tables, file: str, reading: Reading) -> None:
    row = tables.add(CORRECTION.name, file, reading.position)
    row["item"], row["at_us"] = reading.data["item_id"], reading.occurred_us


def _withdrawn(tables: Tables, file: str, reading: Reading) -> None:
    consent, effective = pick(reading, reading.name, "consent_id", "effective_at")
    row = tables.add(WITHDRAWAL.name, file, reading.position)
    row["consent"], row["at_us"] = consent, microseconds(effective) or reading.occurred_us


def _told(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.add(TOLD.name, file, reading.position)
    row["what"] = CORRECTED if "item_id" in data else WITHDRAWN
    row["name"] = data["item_id"] if "item_id" in data else data["consent_id"]
    row["recipient"], row["at_us"] = data["recipient"], reading.occurred_us


def _deleted(tables: Tables, file: str, reading: Reading) -> None:
    consent, disclosure, holder = pick(reading, reading.name, "consent_id", "disclosure_id", "holder")
    row = tables.add(DELETED.name, file, reading.position)
    row["consent"], row["disclosure"], row["holder"], row["at_us"] = consent, disclosure, holder, reading.occurred_us
    row["what"] = "declined" if reading.name == "DeletionDeclined" else "confirmed"


def _opened(reading: Reading) -> Mapping[str, Any]:
    return {name: None if type(value) is SealedRef else value for name, value in reading.data.items() if name != WORDS}


HANDLERS = {
    "DecisionMade": _decided,
    "DecisionReconsidered": _decided,
    "DisclosureMade": _made,
    "DisclosureMisdirected": _misdirected,
    "SchemeDisclosureDelivered": _delivered,
    "ExtractIssued": _extracted,
    "OnwardDisclosureRecorded": _passed_on,
    "InformationCorrected": _corrected,
    "ConsentWithdrawn": _withdrawn,
    "RecipientNotifiedOfCorrection": _told,
    "RecipientNotifiedOfWithdrawal": _told,
    "DeletionConfirmed": _deleted,
    "DeletionDeclined": _deleted,
}
PROJECTION = Projection(
    name="recipients",
    title="Who holds what: given under which restrictions, told of corrections and withdrawals, deleted or not",
    version=1,
    tables=(HOLDING, CORRECTION, WITHDRAWAL, TOLD, DELETED, DECISION, OWED),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
    args=("recipient", "case", "scheme", "item"),
)
