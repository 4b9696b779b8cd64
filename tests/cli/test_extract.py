"""Extracts, keys and trust on the command line."""

import json
from pathlib import Path

import pytest

OPEN = {"do": "CaseOpened", "case": "HM-1"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "name": "Zoë"}
GIVEN = ("--to", "the panel", "--purpose", "practice_review", "--basis", "6(e)", "--reasons", "asked for")


@pytest.fixture
def case(ruleseven, book):
    assert ruleseven("-C", book, "record", stdin=[OPEN, PERSON]).code == 0
    return book


@pytest.fixture
def card(ruleseven, case, tmp_path):
    assert ruleseven("-C", case, "key", "card", "--out", tmp_path / "card").code == 0
    return tmp_path / "card"


def test_an_extract_is_written_recorded_and_verified_without_the_ledger(ruleseven, case, card, tmp_path):
    out = tmp_path / "x.r7x"
    made = ruleseven(
        *("-C", case, "extract", "create", "--case", "HM-1", *GIVEN),
        *("--marking", "OFFICIAL-SENSITIVE", "--out", out, "--json"),
    )
    assert made.code == 0, made.err
    assert made.json.keys() == {"file", "sha256", "records", "opened", "withheld"}
    assert made.json["records"] == 2
    assert ruleseven("-C", case, "verify", "--json").json["records"] == 4  # ExtractIssued is one
    (tmp_path / "vkey").write_text(ruleseven("-C", case, "key", "show", "--vkey").out)
    case.rename(tmp_path / "elsewhere")
    for trusted in (card, tmp_path / "vkey"):
        found = ruleseven("extract", "verify", out, "--trust", trusted, "--json")
        assert found.code == 0
        assert found.json["verdict"] == "verified"
        assert found.json["records"] == 2
        assert found.json["practice"] is True
        assert found.json["first_bad"] is None
    content = out.read_bytes()
    out.write_bytes(content[:-200] + bytes([content[-200] ^ 1]) + content[-199:])
    found = ruleseven("extract", "verify", out, "--trust", card, "--json")
    assert (found.code, found.json["verdict"]) == (1, "failed")
    assert ruleseven("extract", "verify", out, "--trust", card).out.startswith("Failed")


def test_an_extract_without_marking_or_basis_is_refused_and_not_written(ruleseven, case, tmp_path, plain_error):
    words = ("-C", case, "extract", "create", "--case", "HM-1", "--out", tmp_path / "x.r7x")
    outcome = ruleseven(*words)
    plain_error(outcome, 3)
    assert "EX-01" in outcome.err
    assert "EX-03" in outcome.err
    assert not (tmp_path / "x.r7x").exists()


def test_an_extract_of_nothing_or_over_something_is_exit_2(ruleseven, case, tmp_path, plain_error):
    words = ("-C", case, "extract", "create", *GIVEN, "--marking", "OFFICIAL")
    plain_error(ruleseven(*words, "--case", "HM-9", "--out", tmp_path / "x.r7x"), 2)
    (tmp_path / "x.r7x").write_text("mine")
    plain_error(ruleseven(*words, "--case", "HM-1", "--out", tmp_path / "x.r7x"), 2)
    assert (tmp_path / "x.r7x").read_text() == "mine"


def test_what_is_no_extract_and_what_is_no_trust_file(ruleseven, card, tmp_path, plain_error):
    (tmp_path / "letter").write_text("Dear panel")
    plain_error(ruleseven("extract", "verify", tmp_path / "nothing", "--trust", card), 2)
    plain_error(ruleseven("extract", "verify", card, "--trust", tmp_path / "letter"), 2)
    plain_error(ruleseven("extract", "verify", card, "--trust", tmp_path / "nothing"), 2)
    plain_error(ruleseven("extract", "verify", card, "--trust", card), 2)
    plain_error(ruleseven("extract", "verify", tmp_path, "--trust", card), 2)
    plain_error(ruleseven("extract", "verify", card, "--trust", tmp_path), 2)
    for planted in ('{"ruleseven": "trust", "name": ' + "[" * 20_000, '{"ruleseven": "trust", "head": 1e999}', "{}"):
        (tmp_path / "planted").write_text(planted)
        plain_error(ruleseven("extract", "verify", card, "--trust", tmp_path / "planted"), 2)
        plain_error(ruleseven("verify", "--trust", tmp_path / "planted"), 2)
    assert ruleseven("extract", "verify", tmp_path / "letter", "--trust", card).code in (1, 2)


def test_whose_ledger_it_is_takes_a_card(ruleseven, case, card, tmp_path):
    ruleseven("-C", case, "record", stdin=[{**PERSON, "person_id": "P2"}])
    mine = ruleseven("-C", case, "verify", "--trust", card, "--json")
    assert mine.code == 0
    assert mine.json["trust"] == "Harrowmere City Council"
    assert mine.json["heads"] == 1  # the card's own head is held against the ledger
    ruleseven(
        *("-C", tmp_path / "b", "init", "--id", "TVP", "--agency", "Thornvale Police", "--kind", "police"),
        *("--recovery", tmp_path / "b.recovery", "--practice"),
    )
    for records in (1, 2, 3, 4):  # shorter than, as long as and longer than the card's head says
        other = ruleseven("-C", tmp_path / "b", "verify", "--trust", card, "--json")
        assert (other.code, other.json["records"]) == (5, records)
        assert other.json["verdict"] == "undecided"
        assert other.json["first_bad"]["position"] == 0
        assert "another ledger" in other.json["first_bad"]["reason"] or "charter" in other.json["first_bad"]["reason"]
        assert (other.json["heads"], other.json["heads_given"]) == (0, 0)
        ruleseven(
            *("-C", tmp_path / "b", "record", "--actor", "A", "--role", "practitioner"),
            stdin=[{**OPEN, "case": f"B{records}"}],
        )
    kept = f"1:{'00' * 32}"
    mixed = ruleseven("-C", tmp_path / "b", "verify", "--trust", card, "--head", kept, "--json")
    assert (mixed.code, mixed.json["first_bad"]["step"]) == (1, 9)  # one's own head is held against it all the same


def test_a_trust_file_is_made_of_a_card(ruleseven, case, card, tmp_path, plain_error):
    made = ruleseven("trust", "add", card, "--as", "Harrowmere", "--json").json
    trusted = json.loads(Path(made["file"]).read_text())
    assert trusted["name"] == "Harrowmere"
    assert ruleseven("-C", case, "verify", "--trust", made["file"], "--json").json["trust"] == "Harrowmere"
    plain_error(ruleseven("trust", "add", card, "--as", "Harrowmere"), 2)
    plain_error(ruleseven("trust", "add", card, "--as", "../Harrowmere"), 2)
    (tmp_path / "letter").write_text("Dear panel")
    plain_error(ruleseven("trust", "add", tmp_path / "letter", "--as", "X"), 2)


def test_the_key_is_shown(ruleseven, book):
    found = ruleseven("-C", book, "key", "show", "--json").json
    assert found["vkey"].startswith(f"ruleseven-practice/{found['ledger']}+")
    assert ruleseven("-C", book, "key", "show", "--vkey").out.strip() == found["vkey"]
    assert "Harrowmere City Council" in ruleseven("-C", book, "key", "show").out


def test_the_schema_of_each_command_is_json(ruleseven):
    every = ruleseven("schema").json
    assert "ConsentGiven" in every
    assert "CommandRefused" not in every
    assert ruleseven("schema", "ConsentGiven").json == every["ConsentGiven"]
    assert ruleseven("schema", "ConsentGiven", "--json").json == every["ConsentGiven"]


def test_views_are_listed_and_shown_and_built_again(ruleseven, case):
    names = [row["name"] for row in ruleseven("views", "--json").json["rows"]]
    assert {"case", "withdrawals", "refusals"} <= set(names)
    for name in names:
        shown = ruleseven("-C", case, "view", name, "--json").json
        assert {"rows", "totals"} <= shown.keys()
        assert ruleseven("-C", case, "view", name).code == 0
    built = ruleseven("-C", case, "rebuild", "--json").lines
    assert [one["name"] for one in built] == names
    assert built == ruleseven("-C", case, "rebuild", "--json").lines
    assert ruleseven("-C", case, "rebuild", "case").code == 0
    assert ruleseven("-C", case, "case", "HM-1").out.count("person linked") == 1
    for verb in ("withdrawals", "refusals"):
        assert ruleseven("-C", case, verb, "--json").json["rows"] == []
        assert ruleseven("-C", case, verb, "--as-at", "2024-01-02T09:00:00Z").code == 0


def test_an_extract_into_no_folder_or_beside_one_that_was_interrupted(ruleseven, case, tmp_path, plain_error):
    words = ("-C", case, "extract", "create", *GIVEN, "--marking", "OFFICIAL-SENSITIVE", "--case", "HM-1")
    plain_error(ruleseven(*words, "--out", tmp_path / "nowhere" / "x.r7x"), 2)
    (tmp_path / ".x.r7x.part").write_text("half")
    plain_error(ruleseven(*words, "--out", tmp_path / "x.r7x"), 2)
    assert (tmp_path / ".x.r7x.part").read_text() == "half"
    assert ruleseven("-C", case, "verify", "--json").json["records"] == 3
    (tmp_path / ".x.r7x.part").unlink()
    assert ruleseven(*words, "--out", tmp_path / "x.r7x").code == 0


def test_an_altered_record_leaves_in_no_extract(ruleseven, case, tmp_path, plain_error):
    content = (case / "ledger.db").read_bytes()
    at = content.index(b"child")
    (case / "ledger.db").write_bytes(content[:at] + b"x" + content[at + 1 :])
    words = ("-C", case, "extract", "create", *GIVEN, "--marking", "OFFICIAL-SENSITIVE", "--case", "HM-1")
    outcome = ruleseven(*words, "--out", tmp_path / "x.r7x")
    plain_error(outcome, 1)
    assert "ecord 3" in outcome.err
    assert not [path for path in tmp_path.iterdir() if "r7x" in path.name]
