"""Figures of decisions and of what was asked: K1 to K5, K7, K16 and K23."""

from __future__ import annotations

from collections.abc import Iterator

from projections.kpis_facts import Counted, Facts, Measure
from projections.kpis_subject import said
from projections.owing import is_open
from projections.registers import hours
from projections.tables import Row

# What finds that a decision does not say something that it must: requirements §4, by part.
INCOMPLETE = frozenset(
    {
        *("ST-01", "ST-02", "LB-01", "LB-02", "LB-05", "LB-06", "LB-07", "LB-09", "CF-01", "CF-03", "CN-10", "CN-16"),
        *("IN-03", "IN-04", "NM-01", "NM-02", "NM-03", "NM-04", "NM-05", "WH-01", "WH-03", "WH-04", "WH-05"),
    }
)
NO_REASONS, SUSPECT_ONLY, NO_ADVICE = ("ST-01", "WH-01"), ("WH-02",), ("AD-01",)
UNCERTAIN = "uncertain_law"


def complete(facts: Facts) -> Iterator[Counted]:
    """Each time a decision was taken; one that was urgent is complete once all that it left unsaid was said."""
    completed = {(f"{row['type']}:{row['id']}", row["about"][0]) for row in facts.owed("NM-06") if not is_open(row)}
    for taken in facts.taken.values():
        for act in taken:
            urgent = said(act).get("urgent")
            whole = (act["file"], act["name"]) in completed if urgent else not facts.found(act, INCOMPLETE)
            yield Counted(act, act["name"], whole, act["at_us"])


def without_reasons(facts: Facts) -> Iterator[Counted]:
    for taken in facts.taken.values():
        for act in taken:
            lacking = bool(said(act).get("unknown")) or facts.found(act, NO_REASONS)
            yield Counted(act, act["name"], lacking, act["at_us"])


def withholdings(facts: Facts) -> Iterator[tuple[Row, list[Row]]]:
    """Each decision that withheld, at least in part, as it did so first; and what was decided of it afterwards."""
    for taken in facts.taken.values():
        for number, act in enumerate(taken):
            if said(act).get("outcome") in ("withhold", "part"):
                yield act, taken[number + 1 :]
                break


def withheld(facts: Facts) -> Iterator[Counted]:
    """Each decision once, when it was first taken, or first taken so that something was withheld."""
    found = {(act["file"], act["name"]): act for act, _ in withholdings(facts)}
    for key, taken in facts.taken.items():
        act = found.get(key, taken[0])
        yield Counted(act, act["name"], key in found, act["at_us"], splits=tuple(said(act).get("reasons") or ()))


def on_suspect_reasons(facts: Facts) -> Iterator[Counted]:
    for act, _ in withholdings(facts):
        yield Counted(act, act["name"], facts.found(act, SUSPECT_ONLY), act["at_us"])


def shared_after_all(facts: Facts) -> Iterator[Counted]:
    """Withheld, reconsidered, and shared: with the first disclosure after it was decided so."""
    for act, again in withholdings(facts):
        was_part = said(act).get("outcome") == "part"
        to_share = [a for a in again if said(a).get("outcome") == "share" or (_part(a) and not was_part)]
        first = _shared_us(facts, to_share[0]) if to_share else None
        delay = None if first is None else hours(act["at_us"], first)
        yield Counted(act, act["name"], first is not None, act["at_us"], delay)


def _part(act: Row) -> bool:
    return bool(said(act).get("outcome") == "part")


def _shared_us(facts: Facts, decision: Row) -> int | None:
    made = facts.carried_out.get((decision["file"], decision["name"]), ())
    return min((act["at_us"] for act in made if act["position"] > decision["position"]), default=None)


def answered(facts: Facts) -> Iterator[Counted]:
    yield from facts.kept("TM-02")


def advised(facts: Facts) -> Iterator[Counted]:
    """Doubts that were recorded, and decisions to withhold because the law was uncertain."""
    last: dict[str, int] = {}  # when each file last asked for advice
    for act in facts.of("AdviceSought"):
        last[act["file"]] = max(act["at_us"], last.get(act["file"], act["at_us"]))
    for act in facts.of("InDoubtRaised"):
        asked = act["file"] in last and last[act["file"]] >= act["at_us"]
        yield Counted(act, act["name"] or "doubt", asked, act["at_us"])
    for act, _ in withholdings(facts):
        if UNCERTAIN in (said(act).get("reasons") or ()):
            yield Counted(act, act["name"], not facts.found(act, NO_ADVICE), act["at_us"])


def advice_in_time(facts: Facts) -> Iterator[Counted]:
    yield from facts.kept("AD-03")


def identity_protected(facts: Facts) -> Iterator[Counted]:
    for act in facts.of("AdviceSought"):
        yield Counted(act, act["name"], not said(act).get("identity_disclosed"), act["at_us"])


def refused(facts: Facts) -> Iterator[Counted]:
    """What came to the gate: what it refused, and what it let through. A refusal names no file (R0.8)."""
    for act in facts.acts:
        if act["event"] == "CommandRefused":
            rules = tuple(said(act).get("rule_ids") or ())
            yield Counted(act, act["name"], hit=True, at_us=act["at_us"], splits=rules)
        elif act["mode"] == "plan":
            yield Counted(act, act["name"] or act["event"], hit=False, at_us=act["at_us"])


TAKEN = "decisions, each time one was taken"
MEASURES = (
    Measure("K1", "", "decisions with a complete record", TAKEN, complete, "all"),
    Measure("K2", "", "decisions whose reasons are missing or unknown", TAKEN, without_reasons, "none"),
    Measure("K3", "", "decisions that withheld", "decisions", withheld, "", "reason"),
    Measure("K4", "", "withheld for suspect reasons alone", "decisions that withheld", on_suspect_reasons, "none"),
    Measure("K5", "", "withheld, reconsidered and shared", "decisions that withheld", shared_after_all, ""),
    Measure("K7", "", "requests answered in time", "requests to this agency that fell due", answered, "all"),
    Measure("K16", "sought", "doubts on which advice was sought", "doubts", advised, "all"),
    Measure("K16", "in time", "advice that came in time", "advice that was due", advice_in_time, "all"),
    Measure("K16", "identity", "advice sought without saying who it is about", "advice sought", identity_protected, ""),
    Measure("K23", "", "commands refused by the rules", "commands at the gate", refused, "", "rule"),
)
