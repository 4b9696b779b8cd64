"""The report of refused undertakings: a row for each refusal, and totals over all applications with an offer.

It is made in the order in which things happened, since they may be recorded in another; until when a reconsideration
was due is the procedure's own answer. Hours run from a refusal to the reconsideration that settled it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ledger import About, from_us, late, london, reconsideration_due
from projections.door import Door, order
from projections.projection import Answer, Asked
from projections.refusals_totals import totals
from projections.shown import Opener, when
from projections.tables import Row, Tables

HOUR = 3_600_000_000


def show(tables: Tables, asked: Asked) -> Answer:
    steps: dict[str, list[Row]] = {}
    for step in tables.rows("refusals_step"):
        steps.setdefault(step["application"], []).append(step)
    doors = [
        Door(row, sorted(steps.get(row["application"], ()), key=order))
        for row in sorted(tables.rows("refusals_application"), key=lambda r: (r["applied_us"] or 0, r["application"]))
    ]
    opener = Opener(asked.ledger)
    rows = [row for door in doors for row in _rows(door, asked, opener)]
    return {"rows": rows, "totals": totals(doors, rows)}


def _rows(door: Door, asked: Asked, opener: Opener) -> Iterator[Row]:
    refusals = sorted(door.of("refused"), key=lambda step: step["position"])
    for refusal, due in zip(refusals, _due(door, asked, len(refusals)), strict=True):
        offer, data = door.offer_of(refusal), refusal["data"]
        settled = next((s for s in door.of("reconsidered") if s["position"] == refusal["settled_by"]), None)
        delivery = next((d for d in door.of("delivered") if _same(d, refusal) and order(d) > order(refusal)), None)
        yield {
            **_application(door, refusal, asked),
            **_offered(door, refusal, offer, opener),
            "refusal_id": data.get("refusal_id"),
            "refused_at": when(refusal["at_us"]),
            "category": data.get("category"),
            "clauses_objected": data.get("clauses_objected") or [],
            "reason": opener.text(refusal["sealed"].get("reason")),
            "time_given_minutes": data.get("time_given_minutes"),
            "reconsideration": _reconsideration(refusal, settled, due, asked, opener),
            **_afterwards(door, refusal, delivery),
            "findings": [
                {"rule": f[0], "level": f[1], "edition": f[2], "about": f[3], "message": f[4]}
                for step in (refusal, settled, delivery)
                if step
                for f in step["findings"]
            ],
            "records": [
                {"step": step["what"], "position": step["position"], "hash": step["hash"]}
                for step in (offer, refusal, settled, delivery)
                if step
            ],
        }


def _application(door: Door, refusal: Row, asked: Asked) -> Row:
    row, person = door.row, refusal["person"]
    role, relation = (row["roles"] or {}).get(person) or (None, None)
    at_risk = row["at_risk"]
    return {
        "application": row["application"],
        "scheme": row["scheme"],
        "route": row["route"],
        "force": asked.ledger.agency_id,
        "edition": row["edition"],
        "applied_at": when(row["applied_us"]),
        "decided_at": when(row["decided_us"]),
        "decision": row["decision"],
        "decision_basis": row["basis"],
        "presumption_applied": row["presumption"],
        "open": row["closed_us"] is None,
        "recipient": person,
        "recipient_role": role or ("person_at_risk" if person is not None and person == at_risk else None),
        "recipient_relation": relation,
        "person_at_risk": at_risk,
        "recipient_is_applicant": person is not None and person == row["applicant"],
    }


def _offered(door: Door, refusal: Row, offer: Row | None, opener: Opener) -> Row:
    """The attempt that was refused: how it was offered, and what was explained before."""
    data = offer["data"] if offer else {}
    warning = door.before(refusal, refusal["person"], "warned")
    parts = ("purpose_limit", "undertaking_explained", "legal_proceedings")
    return {
        "attempt": sum(order(o) <= order(offer) for o in door.of("offered")) if offer else None,
        "offered_at": when(offer["at_us"]) if offer else None,
        "offered_by": data.get("offered_by"),
        "offered_place": opener.text(offer["sealed"].get("place")) if offer else None,
        "undertaking_id": data.get("undertaking_id"),
        "wording_version": data.get("wording_version"),
        "clauses": data.get("clauses") or [],
        "language": data.get("language"),
        "interpreter": data.get("interpreter"),
        "advocate": data.get("advocate"),
        "warning": {part: warning["data"].get(part) is True if warning else False for part in parts},
    }


def _reconsideration(refusal: Row, settled: Row | None, due: dt.datetime, asked: Asked, opener: Opener) -> Row:
    """Until when the refusal had to be considered, when it was, by whom, and to what end."""
    data, sealed = (settled["data"], settled["sealed"]) if settled else ({}, {})
    officer = data.get("authorising_officer") or {}
    return {
        "due": london(due),
        "decided_at": when(settled["at_us"]) if settled else None,
        "hours": round(_hours(refusal, settled), 4) if settled else None,
        "overdue": late(from_us(refusal["ended_us"]) if refusal["ended_us"] is not None else asked.now, due),
        "reconsideration_id": data.get("reconsideration_id"),
        "outcome": data.get("outcome"),
        "officer": officer.get("staff_ref"),
        "officer_rank": officer.get("rank"),
        "reasons": opener.text(sealed.get("reasons")),
        "risk_to_child_if_not_disclosed": opener.text(sealed.get("risk_weighing.child_if_not_disclosed")),
        "risk_to_person_at_risk_if_not_disclosed": opener.text(
            sealed.get("risk_weighing.person_at_risk_if_not_disclosed")
        ),
        "risk_to_subject_if_disclosed": opener.text(sealed.get("risk_weighing.subject_if_disclosed")),
        "content_limited": data.get("content_limited"),
        "alternative_recipient": data.get("recipient"),
        "protective_actions": data.get("protective_actions") or [],
    }


def _afterwards(door: Door, refusal: Row, delivery: Row | None) -> Row:
    """What came of it: whether this person was told after all, on what footing, and whether they told others."""
    mode = (delivery["data"].get("delivery") or {}).get("mode") if delivery else None
    onward = [s for s in door.of("alleged", "investigated", "legal_action") if order(s) > order(refusal)]
    onward = [s for s in onward if door.told_by(s) == refusal["person"]]
    said = {s["what"]: s for s in onward}
    return {
        "delivered_at": when(delivery["at_us"]) if delivery else None,
        "delivered_in_person": mode == "in_person" if delivery else None,
        "disclosed_without_undertaking": delivery is not None and not door.signed(delivery),
        "onward_alleged_at": when(said["alleged"]["at_us"]) if "alleged" in said else None,
        "onward_outcome": said["investigated"]["data"].get("outcome") if "investigated" in said else None,
        "onward_action": said["legal_action"]["data"].get("action") if "legal_action" in said else None,
    }


def _due(door: Door, asked: Asked, number: int) -> Sequence[dt.datetime]:
    """Until when each refusal had to be considered, in the order of their recording, as the procedure has it."""
    ledger, about = asked.ledger, About("scheme", door.row["application"])
    scheme = ledger.file(about, asked.until).scheme
    context = ledger.agency(asked.until).book.context(scheme.received_at or asked.now)
    return [reconsideration_due(refusal, context) for refusal in scheme.refusals[:number]]


def _hours(start: Row, end: Row) -> float:
    passed: int = end["at_us"] - start["at_us"]
    return passed / HOUR


def _same(step: Row, other: Row) -> bool:
    return bool(step["person"] == other["person"])
