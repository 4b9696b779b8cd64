"""Who looked at what is recorded, what left it as an extract, what was verified of one, and what was erased? (P18)

Row: one for each of these, in the order in which they happened.
"""

from __future__ import annotations

from ledger import Reading, SealedRef
from projections.access_report import show
from projections.projection import Projection
from projections.registers import labels
from projections.shown import WORDS
from projections.tables import Table, Tables

LINE = Table(
    "access_line",
    ("position",),
    {
        "position": int,
        "hash": str,
        "what": str,
        "at_us": int,
        "recorded_us": int,
        "staff": str,
        "role": str,
        "about": list,  # "case HM-0147"
        "said": dict,
        "words": bool,  # a reason or a recipient is sealed in it
        "findings": list,
    },
)
LOOKED, ISSUED, CHECKED, ERASED = "looked", "extract issued", "extract verified", "erased"
EVENTS = {
    "AccessLogged": (LOOKED, ("access", "view", "purpose")),
    "ExtractIssued": (
        ISSUED,
        ("extract_id", "purpose", "marking", "extract_mode", "to_persons", "records", "opened", "withheld", "sha256"),
    ),
    "ExtractVerified": (CHECKED, ("extract_id", "agency", "verdict", "records", "opened", "withheld", "sha256")),
    "InformationErased": (ERASED, ("scope_kind", "scope_ref", "authority", "fields")),
}


def apply(tables: Tables, reading: Reading) -> None:
    data, (what, names) = reading.data, EVENTS[reading.name]
    row = tables.add(LINE.name, reading.position)
    row["hash"], row["what"] = reading.hash.hex(), what
    row["at_us"], row["recorded_us"] = reading.occurred_us, reading.recorded_us
    actor = reading.actor
    row["staff"] = data.get("staff_ref") or (actor.staff_ref if actor else None)
    row["role"] = actor.role if actor else None
    files = data.get("about") or data.get("files") or ()
    row["about"] = [f"{one['type']} {one['id']}" for one in files]
    said = {name: data[name] for name in names if data[name] is not None and type(data[name]) is not SealedRef}
    row["said"] = {name: value.hex() if isinstance(value, bytes) else value for name, value in said.items()}
    row["words"] = type(data.get(WORDS)) is SealedRef
    row["findings"] = labels(reading)


PROJECTION = Projection(
    name="access",
    title="Who looked at the record, and what left it: access, extracts issued and verified, erasures",
    version=1,
    tables=(LINE,),
    events=frozenset(EVENTS),
    apply=apply,
    show=show,
    args=("staff", "what", "case", "scheme", "context", "review", "person", "disclosure"),
)
