"""How is the record itself: when was it last verified, under which keys, what is disputed, who else knows it? (P13)

Row: one for each verification that was recorded as an event, newest first. Beside them stand the checkpoints that were
recorded, the signing keys, the spans that a recovery disputes, and the receipts of partners, who hold the hash of the
record that they confirm. To verify is another thing: `ruleseven verify` reads every byte, a view reads what was said.
"""

from __future__ import annotations

from ledger import Reading
from projections.integrity_report import show
from projections.projection import Projection
from projections.registers import file_of, labels
from projections.tables import Table, Tables

RUN = Table(
    "integrity_run",
    ("position",),
    {
        "position": int,
        "at_us": int,
        "by": str,
        "verdict": str,
        "records": int,
        "head": str,
        "every_signature": bool,
        "signatures": int,
        "unchecked": int,
        "erased": int,
        "disputed": int,
        "failures": list,  # each: position, step
        "findings": list,
    },
)
CHECKPOINT = Table(
    "integrity_checkpoint",
    ("position",),
    {"position": int, "at_us": int, "size": int, "root": str, "origin": str, "key": str},
)
MADE = Table("integrity_made", ("file", "disclosure"), {"file": str, "disclosure": str, "position": int, "hash": str})
ANCHOR = Table(
    "integrity_anchor",
    ("position",),
    {
        "position": int,
        "at_us": int,
        "partner": str,
        "disclosure": str,
        "receipt": str,
        "record": int,  # of this ledger, whose hash the partner holds
        "record_hash": str,
        "partner_hash": str,  # of the partner's own record, which is held here
    },
)
HELD = Table(
    "integrity_held", ("position",), {"position": int, "at_us": int, "partner": str, "disclosure": str, "hash": str}
)


def apply(tables: Tables, reading: Reading) -> None:
    HANDLERS[reading.name](tables, reading)


def _verified(tables: Tables, reading: Reading) -> None:
    data = reading.data
    row = tables.add(RUN.name, reading.position)
    row["at_us"], row["by"] = reading.occurred_us, data["by"] or (reading.actor.staff_ref if reading.actor else None)
    for name in ("verdict", "records", "every_signature", "signatures", "unchecked", "erased", "disputed"):
        row[name] = data[name]
    row["head"], row["findings"] = _hex(data["head"]), labels(reading)
    row["failures"] = [{"position": f.get("position"), "step": f.get("step")} for f in data["failures"] or ()]


def _signed(tables: Tables, reading: Reading) -> None:
    data = reading.data
    row = tables.add(CHECKPOINT.name, reading.position)
    row["at_us"], row["size"], row["origin"] = reading.occurred_us, data["size"], data["origin"]
    row["root"], row["key"] = _hex(data["root_hash"]), _hex(data["key_id"])


def _made(tables: Tables, reading: Reading) -> None:
    row = tables.change(MADE.name, file_of(reading), reading.data["disclosure_id"])
    row["position"], row["hash"] = reading.position, reading.hash.hex()


def _confirmed(tables: Tables, reading: Reading) -> None:
    data = reading.data
    made = tables.find(MADE.name, file_of(reading), data["disclosure_id"])
    row = tables.add(ANCHOR.name, reading.position)
    row["at_us"], row["partner"] = reading.occurred_us, data["recipient"]
    row["disclosure"], row["receipt"] = data["disclosure_id"], data["receipt_id"]
    row["partner_hash"] = _hex(data["recipient_event_hash"])
    if made is not None:
        row["record"], row["record_hash"] = made["position"], made["hash"]


def _received(tables: Tables, reading: Reading) -> None:
    data = reading.data
    if data["sender_event_hash"]:
        row = tables.add(HELD.name, reading.position)
        row["at_us"], row["disclosure"] = reading.occurred_us, data["disclosure_id"]
        row["partner"], row["hash"] = (data["provider"] or {}).get("agency"), _hex(data["sender_event_hash"])


def _hex(value: bytes | str | None) -> str | None:
    return value.hex() if isinstance(value, bytes) else value


HANDLERS = {
    "VerificationRun": _verified,
    "CheckpointSigned": _signed,
    "DisclosureMade": _made,
    "ReceiptConfirmed": _confirmed,
    "DisclosureReceived": _received,
}
PROJECTION = Projection(
    name="integrity",
    title="The state of the record: verifications, checkpoints, keys, what is disputed, what partners hold of it",
    version=1,
    tables=(RUN, CHECKPOINT, MADE, ANCHOR, HELD),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
)
