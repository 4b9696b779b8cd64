"""The figures as they are shown: a row for each part of K1 to K25, and, for one that is asked for, what it counts.

Arguments: `from` and `to` (days in London, or times; both included), `edition` (only what was judged under it), `kpi`
(one figure, or "all", with the events of its numerator and those of the rest of its denominator).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from ledger import LONDON, from_us
from ledger.errors import UnknownId
from projections import kpis_decisions, kpis_keeping, kpis_persons, kpis_sharing
from projections.kpis_facts import Counted, Facts, Measure
from projections.kpis_period import Period, period_of
from projections.projection import Answer, Asked
from projections.registers import in_file
from projections.shown import when
from projections.tables import Row, Tables

MEASURES = sorted(
    (*kpis_decisions.MEASURES, *kpis_sharing.MEASURES, *kpis_persons.MEASURES, *kpis_keeping.MEASURES),
    key=lambda measure: int(measure.kpi[1:]),
)
NAMES = tuple(dict.fromkeys(measure.kpi for measure in MEASURES))
OPERATIONS, AGENCY = "operations", "agency"
ALL = "all"


def show(tables: Tables, asked: Asked) -> Answer:
    only = asked.args.get("kpi")
    if only not in (None, ALL, *NAMES):
        raise UnknownId(f"There is no figure called {only}; there are: {', '.join(NAMES)}.")
    period = period_of(asked)
    facts = Facts(tables, asked, from_us(period.end_us))
    rows, counted = [], list[Row]()
    for measure in (m for m in MEASURES if only in (None, ALL, m.kpi)):
        of_period = [one for one in measure.things(facts) if period.holds(one, measure, facts.contexts)]
        rows.append(_row(measure, of_period, facts))
        if only is not None:
            counted += (_drilled(measure, one) for one in sorted(of_period, key=_order))
    answer = {"rows": rows, "totals": _totals(period, facts, asked)}
    return answer if only is None else {**answer, "counted": counted}


def _row(measure: Measure, counted: Sequence[Counted], facts: Facts) -> Row:
    hit = [one for one in counted if one.hit]
    return {
        "kpi": measure.kpi,
        "part": measure.part or None,
        "counted": measure.counted,
        "of": measure.of,
        "numerator": len(hit),
        "denominator": len(counted),
        "percent": _percent(len(hit), len(counted)),
        "wished": measure.wished or None,
        **_hours(counted),
        "split_by": measure.split or None,
        "split": _split(measure, counted),
        "by_edition": _by_edition(counted, facts),
        "last": _last(measure, counted, facts),
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _hours(counted: Sequence[Counted]) -> Row:
    """The median of the hours that were counted, and the 90th percentile (by nearest rank)."""
    found = sorted(one.hours for one in counted if one.hours is not None)
    if not found:
        return {"median_hours": None, "p90_hours": None}
    return {"median_hours": round(median(found), 4), "p90_hours": found[math.ceil(0.9 * len(found)) - 1]}


def _split(measure: Measure, counted: Sequence[Counted]) -> Row:
    """By risk: items and their hours; by reason or rule: how often each occurs in the numerator."""
    if measure.split != "risk":
        return dict(sorted(Counter(s for one in counted if one.hit for s in one.splits).items()))
    by_risk: dict[str, list[Counted]] = {}
    for one in counted:
        by_risk.setdefault(one.splits[0], []).append(one)
    return {risk: {**_fraction(some), **_hours(some)} for risk, some in sorted(by_risk.items())}


def _fraction(counted: Sequence[Counted]) -> Row:
    return {"numerator": sum(one.hit for one in counted), "denominator": len(counted)}


def _by_edition(counted: Sequence[Counted], facts: Facts) -> Row:
    """Where policy changed within what is counted: each edition that judged some of it, but not all."""
    judged = {context: frozenset(facts.contexts[context]) for context in {one.act["context"] for one in counted}}
    every = frozenset.intersection(*judged.values()) if judged else frozenset()
    some = {edition for editions in judged.values() for edition in editions - every}
    return {
        edition: _fraction([one for one in counted if edition in judged[one.act["context"]]])
        for edition in sorted(some)
    }


def _last(measure: Measure, counted: Sequence[Counted], facts: Facts) -> Row | None:
    """Of verifications, the last full one that succeeded: when it was and how many days ago."""
    full = [one for one in counted if one.hit]
    if measure.kpi != "K24" or not full:
        return None
    last = max(full, key=_order)
    days = (facts.until.astimezone(LONDON).date() - from_us(last.at_us).astimezone(LONDON).date()).days
    return {"at": when(last.at_us), "days_ago": days, "result": last.what, "position": last.act["position"]}


def _drilled(measure: Measure, one: Counted) -> Row:
    """One of the things counted, with the record that it rests on."""
    act = one.act
    named = {} if act["file"].partition(":")[0] in (OPERATIONS, AGENCY) else in_file(act["file"])
    return {
        "kpi": measure.kpi,
        "part": measure.part or None,
        "in_numerator": one.hit,
        "what": one.what,
        **named,
        "at": when(one.at_us),
        "event": act["event"],
        "hours": one.hours,
        "position": act["position"],
    }


def _order(one: Counted) -> tuple[bool, int, int]:
    return not one.hit, one.at_us, one.act["position"]


def _totals(period: Period, facts: Facts, asked: Asked) -> Row:
    began = min((act["recorded_us"] for act in facts.acts), default=period.end_us)
    return {
        "agency": asked.ledger.agency_id,
        "from": when(max(period.start_us, began)),
        "to": when(period.end_us),
        "edition": period.edition,
        "figures": len(NAMES),
    }
