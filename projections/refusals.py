"""Which undertakings were refused, how was each refusal reconsidered, and what came of it? (requirements §6.4)

The tables hold every application and each step at its door, with the person whom it concerned; `refusals_report` makes
the answer of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger import Reading, SealedRef
from projections.projection import Projection
from projections.refusals_report import show
from projections.shown import WORDS, words_of
from projections.tables import Row, Table, Tables

APPLICATION = Table(
    "refusals_application",
    ("application",),
    {
        "application": str,
        "scheme": str,  # the family: csods or dvds
        "route": str,
        "edition": str,
        "applied_us": int,
        "applicant": str,
        "at_risk": str,  # of Clare's Law: the person at risk
        "children": list,
        "decided_us": int,
        "decision": str,
        "basis": str,
        "presumption": bool,
        "decided_for": str,
        "planned_for": str,
        "roles": dict,  # by person, as decided: [role, relation to the child or person at risk]
        "asked": dict,  # who was offered which undertaking; "" for the last one
        "waiting": list,  # positions of the refusals that wait to be reconsidered
        "late": int,  # stages that ended late, as the findings CS-02 name them
        "closed_us": int,
    },
)
STEP = Table(
    "refusals_step",
    ("application", "position"),
    {
        "application": str,
        "position": int,
        "hash": str,
        "what": str,
        "person": str,
        "at_us": int,
        "data": dict,  # the open fields as recorded
        "sealed": dict,  # free text, by reference
        "findings": list,
        "settled_by": int,  # of a refusal: the position of the reconsideration that settled it
        "ended_us": int,  # of a refusal: when it no longer waited, by a reconsideration, a signature or the closing
    },
)
DOOR = {
    "WarningGiven": "warned",
    "UndertakingOffered": "offered",
    "UndertakingSigned": "signed",
    "UndertakingRefused": "refused",
    "UndertakingUnable": "unable",
    "UndertakingDeferred": "deferred",
    "UndertakingRepudiated": "repudiated",
    "RecipientDeclinedToReceive": "declined",
    "ReconsiderationDecided": "reconsidered",
    "SchemeDisclosureDelivered": "delivered",
    "OnwardDisclosureAlleged": "alleged",
    "OnwardDisclosureInvestigated": "investigated",
    "LegalActionDecided": "legal_action",
}
FREE_TEXT = {
    "offered": ("place",),
    "refused": ("reason",),
    "reconsidered": (
        "reasons",
        "support",
        "risk_weighing.child_if_not_disclosed",
        "risk_weighing.person_at_risk_if_not_disclosed",
        "risk_weighing.subject_if_disclosed",
        "risk_weighing.weighing",
    ),
}
ANSWERS = frozenset({"signed", "refused", "unable", "deferred", "repudiated"})
LATE = "CS-02"
DVDS_ROUTES = frozenset({"right_to_ask", "right_to_know"})
AT_RISK = "person_at_risk"


def apply(tables: Tables, reading: Reading) -> None:
    row = tables.change(APPLICATION.name, reading.about.id)
    row["late"] = (row["late"] or 0) + sum(len(f.about) for f in reading.findings if f.rule == LATE)
    name, data = reading.name, reading.data
    if name in BEFORE:
        BEFORE[name](row, reading, data)
    elif name in DOOR:
        _step(tables, row, reading, DOOR[name])
    elif name == "SchemeClosed":
        row["closed_us"] = reading.occurred_us
        _end(tables, row, reading.occurred_us, lambda _: True)


def _received(row: Row, reading: Reading, data: dict[str, Any]) -> None:
    family = data.get("scheme_family") or ("dvds" if data.get("route") in DVDS_ROUTES else "csods")
    row["scheme"], row["route"], row["applied_us"] = family, data.get("route"), reading.occurred_us
    row["edition"] = next((e for e in reading.editions if e.startswith(f"{family}-")), None)
    row["applicant"], row["children"] = data.get("applicant"), data.get("children") or []
    row["at_risk"] = data.get(AT_RISK) or (row["applicant"] if data.get("applicant_is") == AT_RISK else None)


def _referred(row: Row, reading: Reading, data: dict[str, Any]) -> None:
    _received(row, reading, {"scheme_family": "dvds", "route": "right_to_know"} | _said(data))


def _decided(row: Row, reading: Reading, data: dict[str, Any]) -> None:
    row["decided_us"], row["decision"], row["basis"] = reading.occurred_us, data.get("outcome"), data.get("basis")
    row["presumption"], row["decided_for"] = data.get("presumption_applied"), data.get("recipient")
    if data.get("recipient"):
        role = [data.get("recipient_role"), data.get("recipient_relation")]
        row["roles"] = {**(row["roles"] or {}), data["recipient"]: role}


def _planned(row: Row, _reading: Reading, data: dict[str, Any]) -> None:
    row["planned_for"] = data.get("recipient") or _recipient(row)


def _recipient(row: Row) -> Any:
    """Whom a step at the door concerns that names nobody."""
    return row["planned_for"] or row["decided_for"] or row["at_risk"]


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


BEFORE: dict[str, Callable[[Row, Reading, dict[str, Any]], None]] = {
    "SchemeApplicationReceived": _received,
    "SchemeReferralMade": _referred,
    "SchemeDecisionMade": _decided,
    "DeliveryPlanned": _planned,
}


def _step(tables: Tables, row: Row, reading: Reading, what: str) -> None:
    data = {n: v for n, v in _said(reading.data).items() if n != WORDS and type(v) is not SealedRef}
    step = tables.add(STEP.name, row["application"], reading.position)
    step["hash"], step["what"], step["at_us"] = reading.hash.hex(), what, reading.occurred_us
    step["data"], step["sealed"] = data, words_of(reading, *FREE_TEXT.get(what, ()))
    step["findings"] = [[f.rule, f.level, f.edition, list(f.about), f.message] for f in reading.findings]
    step["person"] = _person(row, what, data)
    if what == "offered":
        row["asked"] = {**(row["asked"] or {}), data.get("undertaking_id") or "": step["person"], "": step["person"]}
    elif what == "refused":
        row["waiting"] = [*(row["waiting"] or []), reading.position]
    elif what in ("signed", "reconsidered"):
        _settle(tables, row, step)


def _person(row: Row, what: str, data: dict[str, Any]) -> str | None:
    """Whom a step concerns: the person it names, else the one whom the step before it concerned."""
    recipient, undertakings = _recipient(row), row["asked"] or {}
    asked = undertakings.get(data.get("undertaking_id") or "") or undertakings.get("") or recipient
    named = {name: data.get(name) for name in ("to", "by", "recipient", "against")}
    person: str | None = next(filter(None, named.values()), None)
    if what in ANSWERS:
        person = named["by"] or asked
    elif what in ("warned", "offered", "delivered"):
        person = named["to"] or recipient
    elif what == "declined":
        person = named["by"] or recipient
    return person


def _settle(tables: Tables, row: Row, step: Row) -> None:
    """A signature ends the signer's own wait; a reconsideration those it is about, unless it passes them on."""
    data = step["data"]
    if step["what"] == "signed":
        _end(tables, row, step["at_us"], lambda refusal: refusal["person"] == step["person"])
        return
    if data["outcome"] == "disclose_to_other_person" and data.get("recipient"):
        row["planned_for"] = data["recipient"]
    if data["outcome"] != "escalate_to_multi_agency":
        about = data.get("refusal_id")
        for refusal in _end(tables, row, step["at_us"], lambda r: about in (None, r["data"].get("refusal_id"))):
            refusal["settled_by"] = step["position"]


def _end(tables: Tables, row: Row, at_us: int, ends: Callable[[Row], bool]) -> list[Row]:
    """End the wait of these refusals; they are given back, to be changed."""
    waiting = [tables.change(STEP.name, row["application"], position) for position in row["waiting"] or ()]
    ended = [refusal for refusal in waiting if ends(refusal)]
    for refusal in ended:
        refusal["ended_us"] = at_us
    row["waiting"] = [refusal["position"] for refusal in waiting if refusal not in ended]
    return ended


EVENTS = (
    frozenset(BEFORE)
    | frozenset(DOOR)
    | {"SchemeClosed", "InitialChecksCompleted", "InterviewHeld"}
    | {
        "ApplicationNotProgressed",
        "RiskAssessmentCompleted",
        "NonDisclosureNotified",
    }
)
PROJECTION = Projection(
    name="refusals",
    title="Undertakings that were refused, how each refusal was reconsidered, and what came of it",
    version=2,
    tables=(APPLICATION, STEP),
    events=EVENTS,
    apply=apply,
    show=show,
)
