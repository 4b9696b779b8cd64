"""The scorecard of a decision: each golden rule met, met with a warning, breached, or an exception claimed.

There are seven (seed, "Seven golden rules").
It is read off what was found of the decision and its disclosure when they were recorded; nothing is judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.procedure.entry import Finding
from ledger.procedure.events.decision import DecisionMade

MET, WARNED, BREACHED, EXCEPTION = "met", "met with warning", "breached", "exception claimed"


class Score(NamedTuple):
    """How one golden rule was kept: the findings that say so, by rule id, or the exceptions claimed, by code."""

    rule: str  # GR1 … GR7
    title: str
    status: str
    because: tuple[str, ...] = ()


class GoldenRule(NamedTuple):
    """One of the seven, with the rules of the catalogue that watch it, by id or by the letters they begin with."""

    id: str
    title: str
    watched_by: tuple[str, ...]


GOLDEN_RULES = (
    GoldenRule("GR1", "The law is a framework, not a barrier", ("WH-02",)),
    GoldenRule("GR2", "Be open and honest", ("IN-",)),
    GoldenRule("GR3", "Seek advice if in doubt", ("AD-",)),
    GoldenRule(
        "GR4", "Share with consent where possible, with a basis always", ("CN-", "LB-", "CF-", "RC-01", "RQ-01")
    ),
    GoldenRule("GR5", "Consider safety and well-being", ("NM-01", "WH-03")),
    GoldenRule(
        "GR6",
        "Necessary, proportionate, relevant, adequate, accurate, timely and secure",
        ("NM-", "AC-", "TM-", "SE-", "RC-07"),
    ),
    GoldenRule("GR7", "Keep a record of the decision and the reasons for it", ("ST-01", "ST-02", "ST-08", "WH-01")),
)


def scorecard(decision: DecisionMade, findings: Iterable[Finding]) -> tuple[Score, ...]:
    """The seven scores of a decision, from what was found of it and of the disclosure that carried it out."""
    found = [finding for finding in findings if not finding.external]
    return tuple(_score(golden, decision, found) for golden in GOLDEN_RULES)


def _score(golden: GoldenRule, decision: DecisionMade, findings: list[Finding]) -> Score:
    breaches = [f.rule for f in findings if f.level == "B" and f.rule.startswith(golden.watched_by)]
    if breaches:
        return Score(golden.id, golden.title, BREACHED, tuple(breaches))
    owed = [f"{rule} to be completed" for rule in decision.to_complete if rule.startswith(golden.watched_by)]
    claimed = [*owed, *dict.fromkeys(_exceptions(golden.id, decision))]
    if claimed:
        return Score(golden.id, golden.title, EXCEPTION, tuple(claimed))
    warnings = [f.rule for f in findings if f.level == "W" and f.rule.startswith(golden.watched_by)]
    return Score(golden.id, golden.title, WARNED if warnings else MET, tuple(warnings))


def _exceptions(golden: str, decision: DecisionMade) -> Iterator[str]:
    """The exceptions that the rule itself allows and the decision claims, by code."""
    if golden == "GR2":
        yield from (f"{entry.exception}" for entry in decision.informing if entry.exception)
    elif golden == "GR4" and decision.outcome != "withhold":
        for position in decision.data_subjects.values():
            if position is not None and position.state in ("refused", "not_sought", "withdrawn"):
                yield f"{position.state}: {position.reason}" if position.reason else f"{position.state}"
