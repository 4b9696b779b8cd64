"""Figures of how the agency keeps its clocks and its record: K18 to K20, K22, K24 and K25."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger import About, clocks, to_us
from projections.kpis_facts import FILES, Counted, Facts, Measure
from projections.kpis_subject import said
from projections.owing import ended_late, is_overdue
from projections.registers import hours
from projections.tables import Row

LATE_ENTRY = ("ST-05",)
VERIFIED = "verified"


def stages_on_time(facts: Facts) -> Iterator[Counted]:
    """Each clock of each scheme application that was met or ran out, by the procedure's own fold of it."""
    opened: dict[str, Row] = {}
    for act in facts.acts:
        kind, _, scheme = act["file"].partition(":")
        if kind == "scheme":
            opened.setdefault(scheme, act)
    book = facts.asked.ledger.agency(facts.asked.until).book
    for scheme, act in opened.items():
        file = facts.asked.ledger.file(About("scheme", scheme), facts.asked.until).scheme
        for clock in clocks(file, book.context(file.received_at or facts.until)):
            late = bool(clock.late_by(facts.until))
            if clock.due is not None and (clock.met_at is not None or late):
                yield Counted(
                    act, f"{scheme} {clock.stage}", not late, to_us(min(clock.met_at or clock.due, clock.due))
                )


def reconsidered_late(facts: Facts) -> Iterator[Counted]:
    for row in facts.owed("scheme_reconsideration"):
        yield facts.due(row, hit=ended_late(row) or is_overdue(row, facts.until))


def entries(facts: Facts) -> Iterator[Counted]:
    """Every entry of every file, and how long after the event it was recorded."""
    for act in facts.acts:
        if act["file"].partition(":")[0] in FILES:
            lag = hours(min(act["at_us"], act["recorded_us"]), act["recorded_us"])
            yield Counted(act, act["name"] or act["event"], hit=True, at_us=act["recorded_us"], hours=lag)


def late_entries(facts: Facts) -> Iterator[Counted]:
    """The same entries; those that the rule calls late are counted, and only these give their hours."""
    for entry in entries(facts):
        late = any(rule in LATE_ENTRY for rule, _, _ in entry.act["found"] or ())
        yield entry._replace(hit=late, hours=entry.hours if late else None)


def alerts_decided(facts: Facts) -> Iterator[Counted]:
    yield from facts.kept("CX-02")


def agreements_current(facts: Facts) -> Iterator[Counted]:
    """Agreements that are in force, and whether each is still within its review date."""
    for act, agreement in _agreements(facts):
        past = agreement.past_review(facts.until)
        yield Counted(act, act["name"], agreement.review_on is not None and not past, act["at_us"])


def assessed(facts: Facts) -> Iterator[Counted]:
    known = _governance(facts).assessed
    for act, agreement in _agreements(facts):
        yield Counted(act, act["name"], agreement.id in known or said(act).get("dpia_ref") in known, act["at_us"])


def _agreements(facts: Facts) -> Iterator[tuple[Row, Any]]:
    """Each agreement that is in force, as the agency's own stream leaves it."""
    held = _governance(facts).agreements
    for act in facts.of("AgreementRegistered"):
        agreement = held.get(act["name"])
        if agreement is not None and not agreement.ended(facts.until):
            yield act, agreement


def _governance(facts: Facts) -> Any:
    return facts.asked.ledger.agency(facts.asked.until).governance


def verifications(facts: Facts) -> Iterator[Counted]:
    for act in facts.of("VerificationRun"):
        whole = act["name"] == VERIFIED and bool(said(act).get("every_signature"))
        yield Counted(act, act["name"] or "run", whole, act["at_us"])


def retention_overdue(facts: Facts) -> Iterator[Counted]:
    for row in facts.owed("RT-01"):
        yield facts.due(row, hit=is_overdue(row, facts.until))


def holds_live(facts: Facts) -> Iterator[Counted]:
    released = {act["name"] for act in facts.of("LegalHoldReleased") if act["at_us"] <= to_us(facts.until)}
    for act in facts.of("LegalHoldPlaced"):
        yield Counted(act, act["name"], act["name"] not in released, act["at_us"])


FULL = "verifications that checked every signature and found nothing wrong"
MEASURES = (
    Measure("K18", "stages", "stages on time", "stages of scheme applications", stages_on_time, "all"),
    Measure("K18", "refusals", "considered again too late", "refusals to sign", reconsidered_late, "none"),
    Measure("K19", "late", "entries recorded late, with their own lag", "entries", late_entries, "none"),
    Measure("K19", "all", "entries, with the lag of all of them", "entries", entries, ""),
    Measure("K20", "", "decided in time", "alerts of a context that fell due", alerts_decided, "all"),
    Measure(
        "K22", "agreements", "within their review date", "agreements in force", agreements_current, "all", standing=True
    ),
    Measure("K22", "assessed", "with an assessment considered", "agreements in force", assessed, "all", standing=True),
    Measure("K24", "", FULL, "verifications recorded", verifications, "all", standing=True),
    Measure(
        "K25",
        "reviews",
        "past their review",
        "retention reviews that fell due",
        retention_overdue,
        "none",
        standing=True,
    ),
    Measure("K25", "holds", "legal holds live", "legal holds placed", holds_live, "", standing=True),
)
