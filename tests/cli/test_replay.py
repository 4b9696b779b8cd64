"""`ruleseven replay`, `case --as-known-by` and the reviewer's views, as a person or a script runs them."""

import pytest

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
    plain_error(ruleseven("-C", folder, "replay", "HM-1", "--to", "2999-01-01T00:00:00Z"), 2)
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
