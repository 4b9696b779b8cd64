"""Which law and guidance judges, since when, and what would another edition have found? (requirements §7, P17)

Row: one for each edition, of the book that the ledger itself keeps. The table says which records brought each into it:
registered, adopted; and which parameters the agency set. The genesis registers the editions that it was opened with.
"""

from __future__ import annotations

from ledger import Reading
from projections.policy_report import show
from projections.projection import Projection
from projections.registers import labels
from projections.tables import Table, Tables

CHANGE = Table(
    "policy_change",
    ("position", "number"),
    {
        "position": int,
        "number": int,
        "hash": str,
        "what": str,  # registered, adopted, set
        "name": str,  # of the edition, or of the parameter
        "at_us": int,
        "recorded_us": int,
        "findings": list,
    },
)
REGISTERED, ADOPTED, SET = "registered", "adopted", "set"


def apply(tables: Tables, reading: Reading) -> None:
    what, names = NAMED[reading.name](reading)
    for number, name in enumerate(names):
        row = tables.add(CHANGE.name, reading.position, number)
        row["hash"], row["what"], row["name"] = reading.hash.hex(), what, name
        row["at_us"], row["recorded_us"] = reading.occurred_us, reading.recorded_us
        row["findings"] = labels(reading)


NAMED = {
    "LedgerOpened": lambda reading: (REGISTERED, [edition for edition, _ in reading.data["editions"] or ()]),
    "PolicyEditionRegistered": lambda reading: (REGISTERED, [reading.data["edition"].get("edition_id")]),
    "PolicyEditionAdopted": lambda reading: (ADOPTED, [reading.data["edition_id"]]),
    "LocalParameterSet": lambda reading: (SET, [reading.data["name"]]),
}
PROJECTION = Projection(
    name="policy",
    title="Law and guidance: which editions judge, since which record, what the agency set, and a lens on another",
    version=1,
    tables=(CHANGE,),
    events=frozenset(NAMED),
    apply=apply,
    show=show,
    args=("on", "lens"),
)
