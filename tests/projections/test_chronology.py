"""The integrated chronology: in order of what happened, opened, with ages, significance, lateness, gaps."""

import hashlib
from itertools import chain
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import root
from ledger import BY_NAME, LOCKED, Trust, open_extract
from ledger.errors import Malformed, UnknownId
from projections import show
from projections.chronology_rows import chronology_rows, gaps, in_order
from projections.chronology_words import PHRASES, SHOWN, phrase

CASE = "BH-0147"
KEYS = [
    "date", "time", "occurred_at", "known_at", "recorded_at", "late_hours", "agency", "who", "about", "event", "kind",
    "detail", "ages", "significance", "findings", "restrictions", "position", "hash",
]  # fmt: skip


@pytest.fixture
def school(bha):
    bha("2026-09-07T08:00", "CaseOpened", case=CASE, reason="Absent since June")
    bha("2026-09-07T08:05", "PersonLinked", case=CASE, person_id="C1", roles=["child"], name="Ann", dob="2012-09-09")
    bha("2026-09-07T08:06", "PersonLinked", case=CASE, person_id="P1", roles=["parent"], dob="1980-01-01")
    bha("2026-09-10T09:00", "InformationRecorded", case=CASE, item_id="I-1", person="C1", kind="attendance",
        statement_kind="fact", content="Absent on 4 days", occurred_at="2026-09-08T09:30:00+01:00",
        known_at="2026-09-08T09:30:00+01:00", late_reason="x",
        restrictions=[{"code": "NOT_TO_SERVICE_USER", "persons": ["P1"], "until": "2026-12-01"}])  # fmt: skip
    night = dict.fromkeys(("occurred_at", "known_at"), "2026-09-08T23:30:00+00:00")  # the 9th in London
    bha("2026-09-10T10:00", "InDoubtRaised", case=CASE, doubt="Should we ask?", late_reason="x", **night)
    return bha


def rows(told, **args):
    return show(told.ledger, "chronology", {"case": CASE, **args})["rows"]


def test_every_kind_of_event_has_its_phrase():
    assert PHRASES.keys() == BY_NAME.keys()
    assert len(set(PHRASES.values())) == len(PHRASES)
    fields = {name: set(BY_NAME[name].type.__struct_fields__) for name in SHOWN}
    assert {name: set(shown) - fields[name] for name, shown in SHOWN.items()} == {name: set() for name in SHOWN}
    assert phrase("case/Newer/9") == "case/Newer/9"


def test_the_rows_stand_in_the_order_of_what_happened(school):
    found = rows(school)
    assert [row["kind"] for row in found] == [
        "CaseOpened", "PersonLinked", "PersonLinked", "InformationRecorded", "InDoubtRaised",
    ]  # fmt: skip
    assert [list(row) for row in found] == [KEYS] * 5
    assert [row["position"] for row in found] == [2, 3, 4, 5, 6]


def test_one_row_in_full(school):
    row = rows(school)[3]
    assert row == {
        "date": "2026-09-08",
        "time": "09:30",
        "occurred_at": "2026-09-08T09:30:00+01:00",
        "known_at": "2026-09-08T09:30:00+01:00",
        "recorded_at": "2026-09-10T10:00:00+01:00",
        "late_hours": 48.5,
        "agency": "BHA",
        "who": "practitioner",
        "about": f"case {CASE}",
        "event": "Information recorded",
        "kind": "InformationRecorded",
        "detail": "item id: I-1; person: C1; kind: attendance; statement kind: fact; content: Absent on 4 days",
        "ages": {"C1": 13},
        "significance": [],
        "findings": [f"W ST-05: {school.ledger.reading(5).findings[0].message}"],
        "restrictions": ["not to service user for P1 until 2026-12-01"],
        "position": 5,
        "hash": school.ledger.reading(5).hash.hex(),
    }


def test_ages_are_those_of_the_day_in_london(school):
    assert [row["ages"] for row in rows(school)] == [{"C1": 13}] * 4 + [{"C1": 14}]  # a birthday, at half past midnight
    assert rows(school)[-1]["date"] == "2026-09-09"


def test_who_acted_is_a_role_unless_staff_is_asked_for(school):
    assert {row["who"] for row in rows(school)} == {"practitioner"}
    assert {row["who"] for row in rows(school, staff="yes")} == {"practitioner DUTY-1"}


def test_what_was_made_of_an_entry_later_stands_with_it(school):
    school("2026-09-12T09:00", "EntryAnnotated", case=CASE, entry_version=4, note="The first sign")
    school("2026-09-13T09:00", "EntryCorrected", case=CASE, entry_version=5, correction="It was nobody's question")
    entries = [{"case": CASE, "version": 4}, {"hash": school.ledger.reading(2).hash.hex()}]
    school("2026-11-01T09:00", "ReviewOpened", review="REV-1", kind="LCSPR", cases=[CASE])
    coded = {"kind": "significance_not_understood", "entries": entries, "note": "Nobody asked why"}
    school.ledger.record(
        {"do": "MissedOpportunityCoded", "review": "REV-1", "recorded_at": "2026-11-02T09:00:00+00:00",
         "actor": {"staff_ref": "R-1", "role": "reviewer"}, **coded})  # fmt: skip
    made = {row["position"]: row["significance"] for row in rows(school)}
    missed = "Missed opportunity, significance not understood: Nobody asked why"
    assert made[5] == ["Note: The first sign", missed]
    assert made[6] == ["Made in error: It was nobody's question"]
    assert "REV-1" in {row["about"].partition(" ")[2] for row in rows(school)}
    assert not any(row["significance"] for row in show(
        school.ledger, "chronology", {"case": CASE}, "2026-09-11T00:00:00Z")["rows"])  # fmt: skip
    everything = show(school.ledger, "chronology")["rows"]
    assert next(row for row in everything if row["position"] == 2)["significance"] == [missed]


def test_gaps_are_shown(school):
    school("2026-10-12T09:00", "InDoubtRaised", case=CASE)
    answer = show(school.ledger, "chronology", {"case": CASE, "gap": "28"})
    assert [(gap["days"], gap["after"], gap["before"]) for gap in answer["gaps"]] == [(33.4, 6, 7)]
    assert answer["totals"] == {
        "entries": 6,
        "first": "2026-09-07",
        "last": "2026-10-12",
        "recorded_late": 2,
        "with_findings": 2,
        "gaps": 1,
    }
    assert gaps(answer["rows"], 34) == []
    assert show(school.ledger, "chronology", {"case": CASE, "gap": 34})["gaps"] == []


def test_bad_questions(school):
    for bad in ("0", "-1", "many", "1000001", "²"):
        with pytest.raises(Malformed, match="gap is a whole number"):
            rows(school, gap=bad)
    with pytest.raises(Malformed, match="staff is yes or no"):
        rows(school, staff="perhaps")
    with pytest.raises(UnknownId, match="no case XX-1"):
        show(school.ledger, "chronology", {"case": "XX-1"})


def test_a_context_tells_of_the_cases_of_its_children(school):
    school("2026-09-20T09:00", "ContextIdentified", context="CTX-1", kind="location", name="Car park")
    school("2026-09-20T09:05", "ChildAssociatedWithContext", context="CTX-1", child="C1")
    school("2026-09-20T09:06", "ChildAssociatedWithContext", context="CTX-1", child="C9")
    assert [(row["event"], row["about"]) for row in rows(school)][-1] == (
        "Child found at a place or in a group of risk",
        "context CTX-1",
    )
    assert len(rows(school)) == 6


def test_what_cannot_be_opened_says_why(school, monkeypatch):
    monkeypatch.setattr(type(school.ledger.keyring), "scope_key", lambda *_: LOCKED)
    found = rows(school)
    assert all(row["ages"] == {} for row in found)
    assert "content: [locked]" in found[3]["detail"]
    assert found[0]["detail"] == "words: [locked]"


def test_several_ledgers_in_one_chronology(school, tvp):
    tvp("2026-09-08T08:00", "CaseOpened", case=CASE)
    of_each = [chronology_rows(told.ledger.readings(), told.ledger.agency_id) for told in (tvp, school)]
    together = in_order(chain.from_iterable(of_each))
    assert [row["agency"] for row in together if row["about"] == f"case {CASE}"] == [
        "BHA", "BHA", "BHA", "TVP", "BHA", "BHA",
    ]  # fmt: skip


def test_an_extract_has_the_chronology_of_its_records(school, tmp_path):
    """What is withheld of it leaves its place empty, or says why."""
    ledger = school.ledger
    trust = Trust(ledger.agency_name, ledger.id, hashlib.sha256(ledger.charter.to_bytes()).digest())
    words = ["--to", "The court", "--purpose", "court_order", "--basis", "6(c)", "--reasons", "Ordered", "--json"]
    words += ["--marking", "OFFICIAL-SENSITIVE", "--actor", "DUTY-1", "--role", "exporter", "--case", CASE]
    create = ["-C", str(ledger.folder.path), "extract", "create", *words]
    run = CliRunner().invoke(root, [*create, "--mode", "complete", "--out", str(tmp_path / "x.r7x")])
    assert run.exit_code == 0, run.output
    report, readings = open_extract(tmp_path / "x.r7x", trust)
    assert report.verdict == "verified"
    assert chronology_rows(readings, "BHA") == [row for row in rows(school) if row["about"] == f"case {CASE}"]
    shown: list[Any] = list(readings)
    for reading in shown:
        for index in range(5, len(reading.leaves)):
            hidden = dict(reading._fields)
            hidden.pop(index, None)
            part = type(reading)(reading.row, ledger.id, hidden, {index: "third_party"})
            (row,) = chronology_rows([part], "BHA")
            assert list(row) == KEYS
