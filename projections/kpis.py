"""How well does the agency share, withhold, inform and look after its record, in figures? (requirements §7, P12)

Row: one for each record, with what was found of it and the few open values that a figure needs; one for each
obligation. The figures K1 to K25 are counted from these when they are asked for (`kpis_*.py`), for a period and, where
policy changed in it, by edition. What was found is what is stored with the act (R0.4): no figure judges again.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ledger import BY_NAME, Reading, SealedRef
from projections import owing
from projections.disclosures import conditions
from projections.fields import pick
from projections.kpis_report import show
from projections.projection import Projection
from projections.registers import file_of
from projections.shown import microseconds
from projections.tables import Row, Table, Tables

ACT = Table(
    "kpis_act",
    ("position",),
    {
        "position": int,
        "file": str,
        "event": str,
        "name": str,  # the id of what it tells of: a decision, a disclosure, an item …
        "mode": str,
        "at_us": int,
        "recorded_us": int,
        "context": str,  # of the editions that judged it
        "found": list,  # each: rule, level, about; of this agency's own
        "said": dict,
    },
)
CONTEXT = Table("kpis_context", ("context",), {"context": str, "editions": list})
OWED = owing.owing("kpis_owed")


def apply(tables: Tables, reading: Reading) -> None:
    owing.note(tables, OWED.name, reading)
    row = tables.add(ACT.name, reading.position)
    row["file"], row["event"], row["mode"] = file_of(reading), reading.name, reading.mode
    row["at_us"], row["recorded_us"] = reading.occurred_us, reading.recorded_us
    row["context"] = _context(tables, _editions(reading))
    if found := [[f.rule, f.level, list(f.about)] for f in reading.findings if not f.external]:
        row["found"] = found
    if reading.name in SAID:
        row["name"], row["said"] = SAID[reading.name](row, reading)


def _editions(reading: Reading) -> list[str]:
    """The editions that judged it; a refusal says itself which those were."""
    own: list[str] | None = reading.data["editions"] if reading.name == "CommandRefused" else None
    return own if own is not None else reading.editions


def _context(tables: Tables, editions: list[str]) -> str:
    """The name of a set of editions, which is noted once."""
    key = hashlib.sha256("\n".join(editions).encode()).hexdigest()[:16]
    if tables.find(CONTEXT.name, key) is None:
        tables.change(CONTEXT.name, key)["editions"] = editions
    return key


def _opened(reading: Reading) -> dict[str, Any]:
    """The open values of a record."""
    return {name: None if type(value) is SealedRef else value for name, value in reading.data.items()}


def _decision(_row: Row, reading: Reading) -> tuple[str, Row]:
    data = _opened(reading)
    withheld, positions = data["if_withheld"] or {}, data["data_subjects"] or {}
    told = [entry["person"] for entry in data["informing"] or () if entry.get("informed_at") and entry.get("person")]
    said = {
        "outcome": data["outcome"],
        "risk": data["risk_level"],
        "items": data["items"],
        "reasons": withheld.get("reason_codes"),
        "withheld": withheld.get("items"),
        "positions": {person: (position or {}).get("state") for person, position in positions.items()},
        "told": told,
        "unknown": data["reasons_unknown"],
        "urgent": bool(data["to_complete"]),
    }
    return data["decision_id"], _kept(said)


def _disclosure(row: Row, reading: Reading) -> tuple[str, Row]:
    """A disclosure counts when it happened, which may be before it is said to have been recorded as made."""
    data = _opened(reading)
    row["at_us"] = microseconds(data["when"]) or row["at_us"]
    advice, what = data.get("consent_advice_to_recipient") or {}, data["what"] or {}
    said = {
        "decision": data.get("decision_id"),
        "conditions": conditions(data["legal_basis"]),
        "items": what.get("items"),
        "advised": bool(advice.get("advised") or advice.get("withheld_reason")),
    }
    return data["disclosure_id"], _kept(said)


def _item(_row: Row, reading: Reading) -> tuple[str, Row]:
    item, person, special = pick(reading, reading.name, "item_id", "person", "special")
    return item, _kept({"person": person, "special": bool(special), "known_us": reading.known_us})


def _person(_row: Row, reading: Reading) -> tuple[str, Row]:
    """Who somebody is; a date of birth stays sealed, and is opened to be counted with."""
    data = reading.data
    held = data["pr"] if isinstance(data["pr"], list) else [data["pr"]] if data["pr"] else []
    said = {
        "roles": data["roles"],
        "band": data["age_band"],
        "dob": type(data["dob"]) is SealedRef,
        "parents": [one["holder"] for one in held if one.get("holder")],
        "held": bool(data["secure_estate"]),
    }
    return data["person_id"], _kept(said)


def _assessed(_row: Row, reading: Reading) -> tuple[str, Row]:
    person, able = pick(reading, reading.name, "person", "able")
    return person, {"able": able}


def _plain(name: str, *fields: str) -> Any:
    """The id of what an event tells of, and these of its open values."""

    def said(_row: Row, reading: Reading) -> tuple[str, Row]:
        values = pick(reading, reading.name, name, *fields)
        return values[0], _kept(dict(zip(fields, values[1:], strict=True)))

    return said


def _kept(said: Row) -> Row:
    return {name: value for name, value in said.items() if value}


SAID = {
    "DecisionMade": _decision,
    "DecisionReconsidered": _decision,
    "DisclosureMade": _disclosure,
    "DisclosureMisdirected": _disclosure,
    "InformationRecorded": _item,
    "PersonLinked": _person,
    "CompetenceAssessed": _assessed,
    "PersonInformed": _plain("person", "decision_id"),
    "RecipientAdvisedOfConsentPosition": _plain("disclosure_id"),
    "DisclosureReceived": _plain("receipt_id"),
    "InDoubtRaised": _plain("request_id"),
    "AdviceSought": _plain("advice_id", "identity_disclosed"),
    "AgreementRegistered": _plain("agreement_id", "dpia_ref"),
    "LegalHoldPlaced": _plain("hold_id"),
    "LegalHoldReleased": _plain("hold_id"),
    "CommandRefused": _plain("command_type", "rule_ids"),
    "VerificationRun": _plain("verdict", "every_signature"),
    "UndertakingRefused": _plain("refusal_id"),
}
PROJECTION = Projection(
    name="kpis",
    title="The figures K1 to K25 for a period: of how many, how many, and which events they are",
    version=1,
    tables=(ACT, CONTEXT, OWED),
    events=frozenset(BY_NAME),
    apply=apply,
    show=show,
    args=("from", "to", "edition", "kpi"),
)
