"""What was disclosed: when, by whom, to whom, how, what, on which basis, and did it go astray? (requirements §7, P4)

Row: one for each disclosure and each extract, since an extract is a disclosure (R0.10). A disclosure shows how each
person's consent stood in its decision, and what was found of either.
"""

from __future__ import annotations

from typing import Any

from ledger import Reading, SealedRef
from projections.disclosures_report import show
from projections.fields import pick
from projections.projection import Projection
from projections.registers import file_of, labels, named
from projections.shown import WORDS, microseconds
from projections.tables import Row, Table, Tables

DISCLOSED = {
    "position": int,
    "hash": str,
    "at_us": int,
    "recorded_us": int,
    "mode": str,
    "staff": str,
    "role": str,
    "to": list,
    "unnamed": bool,  # somebody has no id here, and is opened by name when shown
    "method": str,
    "items": list,
    "full_record": bool,
    "conditions": list,  # of the basis, as codes
    "purposes": list,
    "restrictions": list,
    "findings": list,
}
DISCLOSURE = Table(
    "disclosures_disclosure",
    ("file", "disclosure"),
    {
        "file": str,
        "disclosure": str,
        "decision": str,
        "positions": dict,  # by person, how consent stood in the decision
        "advised": bool,  # the recipient, of that
        "intended": list,
        "misdirected_us": int,
        **DISCLOSED,
    },
)
EXTRACT = Table(
    "disclosures_extract",
    ("position",),
    {
        "extract": str,
        "files": list,
        "marking": str,
        "extract_mode": str,
        "third_parties": str,
        "redactions": int,
        **DISCLOSED,
    },
)
DECISION = Table(
    "disclosures_decision",
    ("file", "decision"),
    {"file": str, "decision": str, "positions": dict, "findings": list},
)
PART_3 = "Part 3"


def apply(tables: Tables, reading: Reading) -> None:
    HANDLERS[reading.name](tables, file_of(reading), reading)


def _decided(tables: Tables, file: str, reading: Reading) -> None:
    decision, subjects = pick(reading, reading.name, "decision_id", "data_subjects")
    row = tables.change(DECISION.name, file, decision)
    row["positions"] = {person: (position or {}).get("state") for person, position in (subjects or {}).items()}
    row["findings"] = labels(reading)


def _made(tables: Tables, file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.change(DISCLOSURE.name, file, data["disclosure_id"])
    _fill(row, reading)
    row["decision"], row["restrictions"] = data["decision_id"], data["restrictions"] or []
    row["advised"] = (data["consent_advice_to_recipient"] or {}).get("advised")
    decision = tables.find(DECISION.name, file, data["decision_id"]) if data["decision_id"] else None
    if decision is not None:
        row["positions"] = decision["positions"]
        row["findings"] = [*decision["findings"], *row["findings"]]


def _misdirected(tables: Tables, file: str, reading: Reading) -> None:
    """One that is recorded already went astray; one that is not is told of here."""
    data = reading.data
    row = tables.change(DISCLOSURE.name, file, data["disclosure_id"])
    if row["position"] is None:
        _fill(row, reading)
    else:
        row["findings"] = [*row["findings"], *labels(reading)]
    row["intended"] = named(data["intended"])
    row["misdirected_us"] = microseconds(data["discovered_at"]) or reading.occurred_us


def _extracted(tables: Tables, _file: str, reading: Reading) -> None:
    data = reading.data
    row = tables.add(EXTRACT.name, reading.position)
    _fill(row, reading)
    row["extract"], row["files"] = data["extract_id"], [f"{f['type']} {f['id']}" for f in data["about"] or ()]
    row["marking"], row["extract_mode"] = data["marking"], data["extract_mode"]
    row["third_parties"], row["redactions"] = data["third_parties"], len(data["redactions"] or ())
    row["to"], row["restrictions"] = data["to_persons"] or [], data["restrictions"] or []
    row["unnamed"] = type(data[WORDS]) is SealedRef
    row["items"], row["purposes"] = data["items"] or [], [data["purpose"]] if data["purpose"] else []
    row["conditions"] = conditions(data["basis"])


def _fill(row: Row, reading: Reading) -> None:
    """What every disclosure says; whoever is not named did it themselves, when it is said to have happened."""
    data = {name: value for name, value in reading.data.items() if value and type(value) is not SealedRef}
    actor, by, what = reading.actor, data.get("by", {}), data.get("what", {})
    row["position"], row["hash"], row["mode"] = reading.position, reading.hash.hex(), reading.mode
    row["at_us"] = microseconds(data.get("when")) or reading.occurred_us
    row["recorded_us"] = reading.recorded_us
    row["staff"] = by.get("staff") or (actor.staff_ref if actor else None)
    row["role"] = by.get("role") or (actor.role if actor else None)
    row["method"], row["to"] = data.get("how", {}).get("method"), named(data.get("to"))
    row["unnamed"] = len(row["to"]) < len(data.get("to", ()))
    row["items"], row["full_record"] = what.get("items") or [], what.get("full_record")
    row["conditions"], row["purposes"] = conditions(data.get("legal_basis")), data.get("purposes", [])
    row["findings"] = labels(reading)


def conditions(basis: Any) -> list[str]:
    """The conditions of a legal basis by their codes: those of Article 6 (or Part 3) first, then those of Article 9."""
    if not isinstance(basis, dict):
        return list(basis or ())
    first = [PART_3] if basis.get("regime") == "dpa_part3" else []
    articles = [*(basis.get("art6") or ()), *(basis.get("art9") or ())]
    return [*first, *(condition["code"] for condition in articles if condition.get("code"))]


HANDLERS = {
    "DecisionMade": _decided,
    "DecisionReconsidered": _decided,
    "DisclosureMade": _made,
    "DisclosureMisdirected": _misdirected,
    "ExtractIssued": _extracted,
}
PROJECTION = Projection(
    name="disclosures",
    title="The register of disclosures: when, by whom, to whom, how, what, on which basis; misdirected ones, extracts",
    version=1,
    tables=(DISCLOSURE, EXTRACT, DECISION),
    events=frozenset(HANDLERS),
    apply=apply,
    show=show,
)
