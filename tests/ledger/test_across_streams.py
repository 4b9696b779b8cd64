"""Acts that say or ask something of more than their own stream: contexts of risk, and whom the agency shared with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, found

from ledger import About, Ledger
from ledger.store import sqlite

CONTEXT = About("context", "CTX-CB")
CASES = ("HM-1", "HM-2")


def decision(case: str, decision_id: str, **said: Any) -> dict[str, Any]:
    return {
        "do": "DecisionMade",
        "mode": "plan",
        "case": case,
        "decision_id": decision_id,
        "outcome": "withhold",
        "safety_and_wellbeing": "nobody is at risk",
        "reasons": "not theirs to know",
        "if_withheld": {"reasons": "no need", "detriment_comparison": "none", "reason_codes": ["not_necessary"]},
        "context_ids": ["CTX-CB"],
        **said,
    }


def disclosure(case: str, number: int) -> dict[str, Any]:
    return {
        "do": "DisclosureMade",
        "mode": "fact",
        "case": case,
        "disclosure_id": f"X-{number}",
        "to": [{"agency": "KYP"}],
        "how": {"method": "secure_email"},
        "what": {"summary": "dates"},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with found(tmp_path / "hmc") as ledger:
        for case in CASES:
            ledger.record({"do": "CaseOpened", "case": case}, actor=ACTOR)
    return tmp_path / "hmc"


def names(ledger: Ledger, about: About) -> list[str]:
    return [reading.name for reading in ledger.readings(about=about)]


def test_a_decision_that_names_a_context_stands_in_both_streams_and_verifies(folder):
    with Ledger.open(folder) as ledger:
        receipt = ledger.record(decision("HM-1", "D-1", command_id="once"), actor=ACTOR)
        assert [r.kind for r in receipt.records] == ["case/DecisionMade/1", "context/ContextReviewed/1"]
        assert names(ledger, CONTEXT) == ["ContextReviewed"]
        assert ledger.record(decision("HM-1", "D-1", command_id="once"), actor=ACTOR).records == receipt.records
        assert ledger.verify(every_signature=True).verdict == "verified"


def test_two_decisions_of_one_batch_follow_each_other_in_the_context(folder):
    with Ledger.open(folder) as ledger:
        ledger.record_atomic([decision(case, f"D-{case}") for case in CASES], actor=ACTOR)
        assert [r.version for r in ledger.readings(about=CONTEXT)] == [1, 2]
        assert ledger.verify().verdict == "verified"


def test_a_context_that_grew_meanwhile_is_read_again(folder):
    with Ledger.open(folder) as one, Ledger.open(folder) as two:
        one.record(decision("HM-1", "D-1"), actor=ACTOR)
        two.record(decision("HM-2", "D-2"), actor=ACTOR)
        one.record(decision("HM-1", "D-3"), actor=ACTOR)
        assert [r.version for r in one.readings(about=CONTEXT)] == [1, 2, 3]
        assert one.verify().verdict == "verified"


@pytest.mark.parametrize("block", [2, 5000])
def test_disclosures_to_one_agency_are_counted_over_all_cases(folder, monkeypatch, block):
    monkeypatch.setattr(sqlite, "BLOCK", block)
    with Ledger.open(folder) as ledger:
        since = ledger.now() - dt.timedelta(days=90)
        for number, case in enumerate((*CASES, *CASES)):
            ledger.record(disclosure(case, number), actor=ACTOR)
        ledger.record({**disclosure("HM-1", 9), "to": [{"agency": "TVP"}]}, actor=ACTOR)
    with Ledger.open(folder) as ledger:
        knowledge = ledger._knowledge
        knowledge.catch_up()
        assert [knowledge.shared_with("KYP", since, most) for most in (3, 4, 9)] == [3, 4, 4]
        assert [knowledge.shared_with(name, since, 9) for name in ("TVP", "K", "nobody")] == [1, 0, 0]
        assert knowledge.shared_with("KYP", ledger.now() + dt.timedelta(days=1), 9) == 0
        ledger.record(disclosure("HM-2", 10), actor=ACTOR)
        assert [knowledge.shared_with("KYP", since, most) for most in (4, 9)] == [4, 5]
        ledger.record_atomic([disclosure("HM-1", 11), disclosure("HM-2", 12)], actor=ACTOR)
        assert knowledge.shared_with("KYP", since, 9) == 7


def test_only_disclosures_to_the_agency_in_question_are_opened(folder, monkeypatch):
    with Ledger.open(folder) as ledger:
        for number in range(6):
            ledger.record({**disclosure("HM-1", number), "to": [{"agency": "TVP"}]}, actor=ACTOR)
    with Ledger.open(folder) as ledger:
        knowledge, opened = ledger._knowledge, []
        knowledge.catch_up()
        read = knowledge._read

        def noting(row):
            opened.append(row.position)
            return read(row)

        monkeypatch.setattr(knowledge, "_read", noting)
        since = ledger.now() - dt.timedelta(days=90)
        assert (knowledge.shared_with("KYP", since, 3), opened) == (0, [])
        assert (knowledge.shared_with("TVP", since, 3), len(opened)) == (3, 3)


def test_the_search_for_a_kind_stops_at_the_window(folder, monkeypatch):
    monkeypatch.setattr(sqlite, "BLOCK", 2)
    with found(folder.parent / "practice") as ledger:
        for number, month in enumerate(("2023-01", "2024-06", "2024-07")):
            at = f"{month}-01T09:00:00+00:00"
            case = f"HM-{number}"
            ledger.record({"do": "CaseOpened", "case": case}, actor=ACTOR)
            ledger.record({**disclosure(case, number), "when": at, "occurred_at": at}, actor=ACTOR)
        rows = list(ledger._records.rows_of_kind("case/DisclosureMade/1", 0, "KYP"))
        assert [row.position for row in rows] == sorted((row.position for row in rows), reverse=True)
        assert len(rows) == 3
        later = 4_000_000_000_000_000
        assert len(list(ledger._records.rows_of_kind("case/DisclosureMade/1", later, "KYP"))) == 1
