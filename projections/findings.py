"""What was found wrong, by which rule and how serious; what is overdue and would be; what was refused? (P11, K23)

Row: one for each finding as it was stored with its act (R0.4); those that are another agency's stand apart. What is
owed and overdue has no act yet that a finding could be stored with: it is told as at the time asked.

A finding stays what it was. It is closed when somebody has seen to it: by a note on the entry or its correction, by a
manager's look at the decision, by the decision taken again, or by an entry that supplies what was missing (`ADDS`).
One of something done late is closed by its own act.
"""

from __future__ import annotations

from ledger import BY_NAME, Reading
from projections import owing
from projections.fields import pick
from projections.findings_report import show
from projections.projection import Projection
from projections.tables import Row, Table, Tables

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
        "version": int,  # of the entry in its stream, and the decision that it makes or carries out
        "decision": str,
        "done_late": bool,
        "staff": str,
        "role": str,
    },
)
CLOSING = Table(
    "findings_closing",
    ("type", "id", "position"),
    {
        "type": str,
        "id": str,
        "position": int,
        "event": str,
        "at_us": int,
        "staff": str,
        "role": str,
        "version": int,  # of the entry that it is a note on, or the decision that it looks at
        "decision": str,
        "rules": list,  # of what it supplies, and for whom or what
        "about": str,
    },
)
REFUSAL = Table(
    "findings_refusal",
    ("position",),
    {"position": int, "at_us": int, "command": str, "rules": list},
)
OWED = owing.owing("findings_owed")


DECIDED = frozenset({"DecisionMade", "DecisionReconsidered", "DisclosureMade", "DecisionReviewedByManager"})
ADDS = {  # what each supplies, and for whom or what: an entry that a finding asked for closes it
    "CompetenceAssessed": ("person", ["CN-05"]),
    "PersonInformed": ("person", ["IN-02", "IN-06", "IN-08"]),
    "PersonalDataBreachRecorded": ("disclosure_id", ["SE-04"]),
}
CLOSES = {
    "EntryAnnotated": "entry_version",
    "EntryCorrected": "entry_version",
    "OperationAnnotated": "entry_version",
    "DecisionReviewedByManager": "decision_id",
    "DecisionReconsidered": "decision_id",
}


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, OWED.name, reading)
    if reading.name in CLOSES or reading.name in ADDS:
        _closing(tables, reading)
    if reading.findings:
        entry, ended = _entry(reading), {key.duty for key in reading.ended}
        for number, found in enumerate(reading.findings):
            row = tables.add(FINDING.name, reading.position, number)
            row |= entry
            row["rule"], row["level"], row["edition"] = found.rule, found.level, found.edition
            row["about"], row["message"], row["external"] = list(found.about), found.message, found.external
            row["done_late"] = found.rule in ended
    if reading.name == "CommandRefused":
        row = tables.add(REFUSAL.name, reading.position)
        row["at_us"], row["command"] = reading.occurred_us, reading.data["command_type"]
        row["rules"] = list(reading.data["rule_ids"])


def _entry(reading: Reading) -> Row:
    """What every finding of one record says of that record."""
    staff, role = _actor(reading)
    return {
        "hash": reading.hash.hex(),
        "type": reading.about.type,
        "id": reading.about.id,
        "event": reading.name,
        "at_us": reading.occurred_us,
        "version": reading.version,
        "decision": pick(reading, reading.name, "decision_id")[0] if reading.name in DECIDED else None,
        "staff": staff,
        "role": role,
    }


def _closing(tables: Tables, reading: Reading) -> None:
    row = tables.add(CLOSING.name, *reading.about, reading.position)
    row["event"], row["at_us"] = reading.name, reading.occurred_us
    row["staff"], row["role"] = _actor(reading)
    if reading.name in ADDS:
        name, row["rules"] = ADDS[reading.name]
        row["about"] = pick(reading, reading.name, name)[0]
        return
    name = CLOSES[reading.name]
    row["version" if name == "entry_version" else "decision"] = pick(reading, reading.name, name)[0]


def _actor(reading: Reading) -> tuple[str | None, str | None]:
    return (reading.actor.staff_ref, reading.actor.role) if reading.actor else (None, None)


PROJECTION = Projection(
    name="findings",
    title="Findings by rule and level, open or closed by whom; what is overdue and so found; what the rules refused",
    version=2,
    tables=(FINDING, CLOSING, REFUSAL, OWED),
    events=frozenset(BY_NAME),
    apply=apply,
    show=show,
    args=("rule", "level", "case", "scheme", "context", "review", "agency", "state"),
)
