"""The totals of the report of refused undertakings, over all applications with an offer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from ledger import from_us
from projections.door import Door
from projections.tables import Row


def totals(doors: Sequence[Door], rows: Sequence[Row]) -> Row:
    offered = [door for door in doors if any(door.of("offered"))]
    counted = Counter(step["what"] for door in doors for step in door.steps)
    hours = sorted(row["reconsideration"]["hours"] for row in rows if row["reconsideration"]["hours"] is not None)
    deliveries = [(door, delivery) for door in doors for delivery in door.of("delivered")]
    return {
        "applications": len(offered),
        "offers": counted["offered"],
        "signed": counted["signed"],
        "refused": counted["refused"],
        "unable": counted["unable"],
        "deferred": counted["deferred"],
        "declined_to_receive": counted["declined"],
        "refusers": len({row["recipient"] for row in rows}),
        "reconsiderations": counted["reconsidered"],
        "median_hours": round(median(hours), 4) if hours else None,
        "p95_hours": hours[math.ceil(0.95 * len(hours)) - 1] if hours else None,
        "overdue": sum(row["reconsideration"]["overdue"] for row in rows),
        "without_undertaking": sum(not door.signed(delivery) for door, delivery in deliveries),
        "before_reconsideration": sum(any(f[0] == "CS-09" for f in d["findings"]) for _, d in deliveries),
        "outcomes": dict(sorted(Counter(s["data"]["outcome"] for d in doors for s in d.of("reconsidered")).items())),
        **_onward(doors),
        "children_without_protector": len(
            {c for door in doors if _unprotected(door) for c in door.row["children"] or ()}
        ),
        "stages_late": sum(door.row["late"] or 0 for door in doors),
        "by": _split(doors),
    }


def _onward(doors: Sequence[Door]) -> Row:
    """Substantiated onward disclosures, by what the person who made them had last answered."""
    after: Counter[str] = Counter()
    for door in doors:
        for step in door.of("investigated"):
            if step["data"].get("outcome") == "substantiated":
                last = door.before(step, door.told_by(step), "signed", "refused", "repudiated")
                after["refused" if last and last["what"] == "refused" else "signed" if last else "neither"] += 1
    return {"onward_after_refusal": after["refused"], "onward_after_signature": after["signed"]}


def _unprotected(door: Door) -> bool:
    """Whether somebody refused and nobody was told after all."""
    return any(door.of("refused")) and not any(door.of("delivered"))


def _split(doors: Sequence[Door]) -> dict[str, dict[str, dict[str, int]]]:
    """Offers and answers by scheme, route, quarter and wording; refusals by category too."""
    by: dict[str, dict[str, Counter[str]]] = {
        n: {} for n in ("scheme", "route", "quarter", "wording_version", "category")
    }
    for door in doors:
        for step in door.of("offered", "signed", "refused", "unable", "deferred"):
            offer = step if step["what"] == "offered" else door.offer_of(step)
            at = from_us(step["at_us"])
            values = {
                "scheme": door.row["scheme"],
                "route": door.row["route"],
                "quarter": f"{at.year}-Q{(at.month + 2) // 3}",
                "wording_version": offer["data"].get("wording_version") if offer else None,
            }
            if step["what"] == "refused":
                values["category"] = step["data"].get("category")
            for name, value in values.items():
                by[name].setdefault(value or "unknown", Counter())[step["what"]] += 1
    return {name: {value: dict(counts) for value, counts in sorted(split.items())} for name, split in by.items()}
