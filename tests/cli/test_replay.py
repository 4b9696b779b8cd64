"""`ruleseven replay`, `case --as-known-by` and the reviewer's views, as a person or a script runs them."""

import re

import pytest
from exchange import played

from cli.knowledge_page import knowledge_page

OPEN = {"do": "CaseOpened", "case": "HM-1", "recorded_at": "2024-02-05T09:00:00+00:00"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "dob": "2012-03-02"}
FEB6 = "2024-02-06T09:00:00+00:00"
LATE = {
    "do": "InformationRecorded",
    "case": "HM-1",
    "item_id": "I-1",
    "person": "P1",
    "kind": "attendance",
    "content": "Absent",
    "occurred_at": "2024-02-05T12:00:00+00:00",
    "known_at": "2024-02-05T12:00:00+00:00",
    "recorded_at": "2024-02-08T12:00:00+00:00",
}


@pytest.fixture
def case(book, ruleseven):
    made = ruleseven("-C", book, "record", stdin=[OPEN, {**PERSON, "recorded_at": FEB6}, LATE])
    assert made.code == 0, made.out
    return book


def test_every_step_for_people(case, ruleseven):
    run = ruleseven("-C", case, "replay", "HM-1")
    assert (run.code, run.err) == (0, "")
    assert "The history of case HM-1: 3 steps" in run.out
    assert "Step 2 of 3, recorded 2024-02-06 09:00" in run.out
    assert "happened 2024-02-05 12:00, recorded 3 d later" in run.out
    assert "warning ST-05" in run.out
    assert "item I-1" in run.out
    head = ruleseven("-C", case, "verify", "--json").json
    assert f"ruleseven verify --head {head['records']}:{head['head']}" in run.out


def test_nothing_recorded_later_is_shown(case, ruleseven):
    run = ruleseven("-C", case, "replay", "HM-1", "--to", "2024-02-08T11:59:59+00:00")
    assert run.code == 0
    assert "2 steps" in run.out
    assert "I-1" not in run.out


def test_one_step_with_all_that_stood_before_and_after_it(case, ruleseven):
    run = ruleseven("-C", case, "replay", "HM-1", "--step", "2", "--json")
    assert [step["step"] for step in run.json["steps"]] == [2]
    assert (run.json["before"], run.json["after"]) == ({"state": "open"}, {"state": "open", "person P1": "child"})
    assert run.json["practice"] is True
    page = ruleseven("-C", case, "replay", "HM-1", "--step", "2").out
    assert "Where it stood then" in page
    assert "Step 1" not in page


def test_by_day_and_proved(case, ruleseven):
    run = ruleseven("-C", case, "replay", "HM-1", "--by", "day", "--prove")
    assert "Step 3 of 3" in run.out
    assert "are the beginning of the 4 there are now" in run.out
    assert ruleseven("-C", case, "replay", "HM-1", "--json").json["proof"]["tree"]["old"] == 4


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "HM-9"),
        ("replay", "HM-1", "--step", "4"),
        ("replay", "HM-1", "--step", "0"),
        ("replay", "HM-1", "--to", "2024-02-06T09:00:00"),
        ("replay", "HM-1", "--to", "2023-02-06T09:00:00Z"),
        ("replay", "HM-1", "--by", "week"),
        ("case", "HM-1", "--as-known-by", "HMC"),
        ("case", "HM-1", "--as-known-by", "ZZZ", "--at", FEB6),
        ("case", "HM-1", "--as-known-by", "HMC", "--at", "2023-02-06T09:00:00Z"),
        ("view", "refusals", "--as-known-by", "HMC", "--at", FEB6),
        ("view", "chronology", "--arg", "gap=none"),
        ("view", "chronology", "--arg", "case=HM-9"),
        ("view", "knowledge", "--arg", "case=HM-9"),
    ],
)
def test_bad_input_is_one_plain_sentence(case, ruleseven, plain_error, words):
    plain_error(ruleseven("-C", case, *words), 2)


def test_a_real_ledger_refuses_a_time_to_come(tmp_path, ruleseven, plain_error):
    folder = tmp_path / "real"
    made = ruleseven(
        *("-C", folder, "init", "--id", "HMC", "--agency", "Harrowmere City Council", "--kind", "local_authority"),
        *("--recovery", tmp_path / "key", "--no-passphrase", "--actor", "SW-1", "--role", "practitioner"),
    )
    assert made.code == 0, made.err
    assert ruleseven("-C", folder, "record", stdin=[{"do": "CaseOpened", "case": "HM-1"}]).code == 0
    later = "2999-01-01T00:00:00Z"
    for verb in (("replay", "HM-1", "--to"), ("case", "HM-1", "--as-at"), ("view", "findings", "--as-at")):
        run = ruleseven("-C", folder, *verb, later)
        plain_error(run, 2)
        assert run.err.startswith("2999-01-01T00:00:00+00:00 is still to come")
    plain_error(ruleseven("-C", folder, "lens", "--edition", "ca2004-16LA", "--as-at", later), 2)
    known = ("--as-known-by", "HMC", "--at", "2999-01-01T00:00:00Z")
    for words in (("case", "HM-1"), ("view", "knowledge"), ("view", "chronology"), ("view", "contexts")):
        plain_error(ruleseven("-C", folder, *words, *known), 2)


def test_what_the_agency_knew_before_it_recorded_it(case, ruleseven):
    known = ("--as-known-by", "HMC", "--at", "2024-02-07T09:00:00+00:00")
    run = ruleseven("-C", case, "case", "HM-1", *known, "--json")
    assert [item["item_id"] for item in run.json["information"]] == ["I-1"]
    assert "As HMC knew it at 2024-02-07 09:00" in ruleseven("-C", case, "case", "HM-1", *known).out
    seen = ruleseven("-C", case, "view", "knowledge", *known)
    assert "yes    item I-1: attendance, about P1" in seen.out


def test_the_chronology_for_people(case, ruleseven):
    run = ruleseven("-C", case, "view", "chronology", "--arg", "case=HM-1", "--arg", "gap=1")
    assert run.code == 0
    assert "P1 11" in run.out
    assert "Information recorded. item id: I-1" in run.out
    assert "3 entries, 1 with findings, 1 recorded more than a day late; 0 gaps." in run.out


def test_a_case_or_a_scheme_and_not_both(case, ruleseven, plain_error):
    for verb in ("case", "replay"):
        run = ruleseven("-C", case, verb, "HM-1", "--case", "--scheme")
        plain_error(run, 2)
        assert "exclude each other" in run.err
    assert ruleseven("-C", case, "case", "HM-1", "--case").code == 0
    plain_error(ruleseven("-C", case, "case", "HM-1", "--scheme"), 2)


def test_nobody_is_there_to_press_a_key(case, ruleseven):
    run = ruleseven("-C", case, "replay", "HM-1", "--pause")
    assert (run.code, run.err.strip()) == (
        0,
        "--pause waits for a key on a terminal, and here is none: every step is shown at once.",
    )


def test_what_is_owed_in_summer_says_so(tmp_path, ruleseven):
    page = ruleseven("-C", played(tmp_path) / "TVP", "replay", "HM-0147").out
    assert re.search(r"by 2026-10-\d\d \d\d:\d\d BST", page)


def test_so_does_what_a_record_says_of_its_times(case, ruleseven):
    told = {"do": "PrivacyInformationGiven", "case": "HM-1", "persons": ["P1"], "form": "verbal", "version": "v3"}
    told |= {"given_at": "2024-07-04T11:20:00+01:00", "recorded_at": "2024-07-05T09:00:00+01:00"}
    assert ruleseven("-C", case, "record", stdin=[told]).code == 0
    for words in (("replay", "HM-1"), ("view", "chronology")):
        page = " ".join(ruleseven("-C", case, *words).out.split())
        assert "given at: 2024-07-04 11:20 BST" in page


def test_a_place_in_the_ledger_is_short_on_a_page_and_whole_in_json(case, ruleseven):
    for words in (("view", "contexts"), ("withdrawals",)):
        head = ruleseven("-C", case, *words, "--json").json["built_to"]
        page = ruleseven("-C", case, *words).out
        assert f"record {head['position']}, {head['hash'][:16]}…" in page
        assert head["hash"] not in page


def test_so_is_any_other_hash_on_a_page(case, ruleseven):
    consent = {
        "do": "ConsentGiven",
        "case": "HM-1",
        "consent_id": "CON-1",
        "data_subject": "P1",
        "recorded_at": "2024-02-09T09:00:00+00:00",
    }
    (given,) = ruleseven("-C", case, "record", "--json", stdin=[consent]).lines[0]["records"]
    page = ruleseven("-C", case, "withdrawals").out
    assert page.count(f"{given['hash'][:16]}…") == 2  # its own, and that of what the view was built to
    assert not re.search("[0-9a-f]{17}", page)
    assert ruleseven("-C", case, "withdrawals", "--json").json["rows"][0]["hash"] == given["hash"]


@pytest.mark.parametrize("name", ["chronology", "findings", "knowledge", "obligations", "recipients"])
def test_a_view_of_a_case_that_is_not_there_is_not_empty_but_an_error(case, ruleseven, plain_error, name):
    run = ruleseven("-C", case, "view", name, "--arg", "case=HM-9")
    plain_error(run, 2)
    assert run.err.strip() == "There is no case HM-9 in this ledger."
    early = ruleseven("-C", case, "view", name, "--arg", "case=HM-1", "--as-at", "2024-02-05T08:59:59Z")
    plain_error(early, 2)
    assert early.err.strip() == "There is no case HM-1 in this ledger as at 2024-02-05T08:59:59+00:00."


def test_a_kind_of_file_that_is_not_there_is_named_alone(case, ruleseven, plain_error):
    for verb in ("case", "replay"):
        run = ruleseven("-C", case, verb, "HM-1", "--scheme")
        plain_error(run, 2)
        assert run.err.strip() == "There is no scheme HM-1 in this ledger."
        nameless = ruleseven("-C", case, verb, "")
        plain_error(nameless, 2)
        assert nameless.err.strip() == "There is no case or scheme with an empty id in this ledger."


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar(case, ruleseven, plain_error, time):
    """Year 1 in UTC lies outside the calendar in London, where clocks then were a minute behind."""
    plain_error(ruleseven("-C", case, "case", "HM-1", "--as-at", time), 2)
    known = ("--arg", "as_known_by=HMC", "--arg", f"at={time}")
    plain_error(ruleseven("-C", case, "view", "knowledge", *known), 2)
    plain_error(ruleseven("-C", case, "replay", "HM-1", "--to", time), 2)


def test_knowledge_fits_a_terminal(capsys, monkeypatch):
    """Many agencies stand in one column, with those who never knew."""
    monkeypatch.setenv("COLUMNS", "120")
    agencies = [f"PARTNER-{number}" for number in range(8)]
    known = {"known_at": "2024-02-05T12:00:00+00:00", "sent_at": None, "at_latest": True}
    row = {"fact": "item I-1", "ref": "I-1", "cells": dict.fromkeys(agencies[:7], known)}
    none = dict.fromkeys(("shared_at", "asked_at"))
    totals = {"facts": 1, "shared": 0, "requests": 0, "answered": 0}
    built = {"position": 1, "hash": ""}
    knowledge_page({"agencies": agencies, "rows": [row | none], "totals": totals, "built_to": built})
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 120
    page = " ".join(shown.split())
    assert "fact known by item I-1 PARTNER-0 ≤ 2024-02-05 12:00;" in page
    assert "never: PARTNER-7" in page


def test_a_fact_recorded_late_is_late_in_the_matrix(case, ruleseven):
    (item,) = (row for row in ruleseven("-C", case, "view", "knowledge", "--json").json["rows"] if row["ref"] == "I-1")
    assert item["late"] is True
