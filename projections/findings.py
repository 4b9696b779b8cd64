"""What was found wrong, by which rule and how serious; what is overdue and would be; what was refused? (P11, K23)

Row: one for each finding as it was stored with its act (R0.4); those that are another agency's stand apart. What is
owed and overdue has no act yet that a finding could be stored with: it is told as at the time asked.
"""

from __future__ import annotations

from ledger import BY_NAME, Reading
from projections import owing
from projections.findings_report import show
from projections.projection import Projection
from projections.tables import Table, Tables

FINDING = Table(
    "findings_finding",
    ("position", "number"),
    {
        "position": int,
        "number": int,
        "hash": str,
        "type": str,
        "id": str,
        "event": str,
        "at_us": int,
        "rule": str,
        "level": str,
        "edition": str,
        "about": list,
        "message": str,
        "external": bool,
    },
)
REFUSAL = Table(
    "findings_refusal",
    ("position",),
    {"position": int, "at_us": int, "command": str, "rules": list},
)
OWED = owing.owing("findings_owed")


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, OWED.name, reading)
    for number, found in enumerate(reading.findings):
        row = tables.add(FINDING.name, reading.position, number)
        row["hash"], row["event"], row["at_us"] = reading.hash.hex(), reading.name, reading.occurred_us
        row["type"], row["id"] = reading.about
        row["rule"], row["level"], row["edition"] = found.rule, found.level, found.edition
        row["about"], row["message"], row["external"] = list(found.about), found.message, found.external
    if reading.name == "CommandRefused":
        row = tables.add(REFUSAL.name, reading.position)
        row["at_us"], row["command"] = reading.occurred_us, reading.data["command_type"]
        row["rules"] = list(reading.data["rule_ids"])


PROJECTION = Projection(
    name="findings",
    title="Findings by rule and level, what is overdue and so found, and what was refused by which rule",
    version=1,
    tables=(FINDING, REFUSAL, OWED),
    events=frozenset(BY_NAME),
    apply=apply,
    show=show,
)
