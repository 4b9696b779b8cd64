"""Extracts, keys and trust on the command line."""

import json
from pathlib import Path

import pytest
from scenarios import path_of

from ledger import Ledger

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


def test_an_extract_says_what_it_is_for(ruleseven, case, tmp_path, plain_error):
    """Without a purpose nobody could tell a request for one's own data from a partner's."""
    words = ("-C", case, "extract", "create", "--case", "HM-1", "--to", "TVP", "--basis", "6(e)", *MARKED[:2])
    before = ruleseven("-C", case, "verify", "--json").json["records"]
    for said in (("--reasons", "asked for"), ("--purpose", "protection_abuse")):
        outcome = ruleseven(*words, *said, "--out", tmp_path / "x.r7x")
        plain_error(outcome, 2)
        assert "--purpose CODE" in outcome.err
    assert not (tmp_path / "x.r7x").exists()
    assert ruleseven("-C", case, "verify", "--json").json["records"] == before


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
    assert "record (3)" in outcome.err
    assert not [path for path in tmp_path.iterdir() if "r7x" in path.name]


MARKED = ("--marking", "OFFICIAL-SENSITIVE", "--reasons", "asked for")
ITEM = {"do": "InformationRecorded", "case": "HM-1", "person": "P1", "kind": "education", "content": "did well"}
SENT = {
    "do": "DisclosureMade",
    "mode": "fact",
    "case": "HM-1",
    "disclosure_id": "X-1",
    "to": [{"agency": "TVP"}],
    "purposes": ["protection_abuse"],
    "how": {"method": "secure_email"},
    "what": {"items": ["I-1"], "summary": "it"},
    "legal_basis": {"art6": [{"code": "6(e)"}]},
    "restrictions": [{"code": "NO_ONWARD"}],
    "decision_id": "D-1",
}
DECIDED = {
    "do": "DecisionMade",
    "mode": "fact",
    "case": "HM-1",
    "decision_id": "D-1",
    "outcome": "share",
    "reasons": "why",
    "items": ["I-1"],
    "data_subjects": {"P1": {"state": "given"}},
    "purposes": ["protection_abuse"],
    "recipients": [{"agency": "TVP"}],
    "legal_basis": {"art6": [{"code": "6(e)"}]},
}
PANEL = "The review panel LCSPR-26-02"
LIMIT = {"code": "NOT_TO_SERVICE_USER", "persons": ["P1"]}


@pytest.fixture
def shared(ruleseven, case):
    secret = {**ITEM, "item_id": "I-2", "content": "SECRET", "restrictions": [LIMIT]}
    assert ruleseven("-C", case, "record", stdin=[{**ITEM, "item_id": "I-1"}, DECIDED, SENT, secret]).code == 0
    return case


def create(ruleseven, folder, out, *words, code=0):
    made = ruleseven("-C", folder, "extract", "create", *MARKED, "--out", out, *words, "--json")
    assert made.code == code, made
    return made.json if code == 0 else made


def verified(ruleseven, file, card):
    found = ruleseven("extract", "verify", file, "--trust", card, "--json")
    assert (found.code, found.json["verdict"]) == (0, "verified")
    return found.json, ruleseven("extract", "verify", file, "--trust", card).out


def test_a_statement_is_given_of_a_person_and_its_maker_is_told_what_it_leaves_out(ruleseven, shared, card, tmp_path):
    out, page = tmp_path / "p1.r7x", tmp_path / "p1.html"
    words = ("--person", "P1", "--to", "P1", "--purpose", "subject_access", "--basis", "6(c)")
    made = create(ruleseven, shared, out, *words, "--html", page)
    assert made["records"] == 4
    found, told = verified(ruleseven, out, card)
    assert (found["mode"], found["about"], found["head"]["position"]) == ("statement", [["person", "P1", 0]], 0)
    assert found["reasons"] == {"not_relevant": found["withheld"]}
    assert "This statement says nothing of what else there is" in told
    assert "did well" in page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600
    again = ruleseven("-C", shared, "extract", "create", *MARKED, "--out", tmp_path / "again.r7x", *words)
    assert again.err.startswith(
        "For you alone: it says nothing of these records, nor that there are any: 7 (restricted)."
    )
    for file in (out, page):
        assert b"SECRET" not in file.read_bytes()
        assert b"I-2" not in file.read_bytes()


def test_a_notice_is_for_its_recipients_ledger_and_records_nothing(ruleseven, shared, card, tmp_path):
    theirs = tmp_path / "tvp"
    ruleseven(
        *("-C", theirs, "init", "--id", "TVP", "--agency", "Thornvale Police", "--kind", "police"),
        *("--recovery", tmp_path / "tvp.recovery", "--practice"),
    )
    assert ruleseven("-C", theirs, "key", "card", "--out", tmp_path / "tvp.card").code == 0
    before = ruleseven("-C", shared, "verify", "--json").json["records"]
    out, parcel = tmp_path / "x.r7x", tmp_path / "x.parcel"
    words = ("--disclosure", "X-1", "--to", "TVP", "--for", tmp_path / "tvp.card")
    assert create(ruleseven, shared, out, *words)["records"] == 2
    assert create(ruleseven, shared, parcel, *words, "--parcel")["records"] == 2
    assert ruleseven("-C", shared, "verify", "--json").json["records"] == before
    found, told = verified(ruleseven, out, card)
    assert found["mode"] == "selective"
    assert found["recipient"] == ruleseven("-C", theirs, "key", "show", "--json").json["ledger"]
    assert found["given"] == {
        "to": "TVP",
        "purpose": "protection_abuse",
        "how": "secure_email",
        "restrictions": "NO_ONWARD",
        "basis": "",
        "expires": "",
        "marking": "OFFICIAL-SENSITIVE",
        "reasons": "asked for",
    }
    assert "Restrictions: NO_ONWARD." in told
    assert b"did well" in out.read_bytes()
    assert b"did well" not in parcel.read_bytes()
    assert ruleseven("-C", theirs, "trust", "add", card, "--as", "HMC").code == 0
    assert ruleseven("-C", theirs, "record", "--actor", "A", "--role", "practitioner", stdin=[OPEN]).code == 0
    who = ("--actor", "A", "--role", "practitioner")
    taken = ruleseven("-C", theirs, "receive", parcel, "--case", "HM-1", *who, "--json")
    assert taken.code == 0, taken.err
    assert taken.json["records"][0]["kind"] == "case/DisclosureReceived/1"


def test_what_a_complete_extract_withholds_is_told_by_reason(ruleseven, shared, card, tmp_path):
    words = ("--case", "HM-1", "--to", "the panel", "--purpose", "practice_review", "--basis", "6(e)")
    out = tmp_path / "x.r7x"
    taken = ("--withhold", "4:content=serious_harm", "--withhold", "4:actor=other", "--third-parties", "pseudonymise")
    create(ruleseven, shared, out, *words, *taken, "--expires", "2099-01-31", "--how", "secure_email")
    found, told = verified(ruleseven, out, card)
    assert found["reasons"] == {"other": 1, "serious_harm": 1}
    assert "withheld, each with a reason: 2 (other 1, serious harm 1)" in told
    assert "serious harm: showing it would be likely to do serious harm to somebody's health." in told
    assert "Not to be kept after 2099-01-31.\n" in told


def test_what_goes_to_whom_does_not_go_together_in_any_way(ruleseven, shared, card, tmp_path, plain_error):
    given = ("--to", "P1", "--purpose", "subject_access", "--basis", "6(c)")
    for words, meant in (
        (("--case", "HM-1", *given), "Subject access is answered by a statement"),
        (("--person", "P1", *given, "--mode", "complete"), "A person is given a statement, not complete"),
        (("--person", "P1", "--case", "HM-1", *given), "Say what to show"),
        (given, "Say what to show"),
        (("--person", "P1", *given, "--record", "3"), "--record does not go with --person"),
        (("--case", "HM-1", "--mode", "statement", *given), "A statement is given of a person"),
        (("--case", "HM-1", "--mode", "complete", "--record", "3", "--to", "x"), "leaves no record out"),
        (("--disclosure", "X-1", "--to", "BHA"), "was not made to BHA"),
        (("--disclosure", "X-1", "--to", "TVP", "--parcel"), "say whose"),
        (("--disclosure", "X-1", "--to", "TVP", "--for", tmp_path / "none"), "is no file"),
        (("--person", "P1", *given, "--html", card), "--html names a file that ends in .html"),
    ):
        outcome = ruleseven("-C", shared, "extract", "create", *MARKED, "--out", tmp_path / "x.r7x", *words)
        assert meant in outcome.err
        plain_error(outcome, 2)
    assert not (tmp_path / "x.r7x").exists()
    refused = create(ruleseven, shared, tmp_path / "x.r7x", "--case", "HM-1", "--to", "P1", "--basis", "6(c)", code=3)
    assert "EX-04" in refused.err


def test_the_extract_for_the_review_of_canal_basin(ruleseven, tmp_path):
    """Row A37: refused without a basis; then with third parties pseudonymised, and six texts taken out."""
    assert ruleseven("play", path_of("canal-basin"), "--into", tmp_path / "A").code == 0
    hmc, out = tmp_path / "A" / "HMC", tmp_path / "ex-2.r7x"
    listed = ruleseven("-C", hmc, "case", "HM-0147", "--json").json["chronology"]
    held = {"InformationRecorded": "content", "DisclosureReceived": "details"}
    texts = [f"{row['position']}:{held[row['event']]}" for row in listed if row["event"] in held][:6]
    taken = [word for text in texts for word in ("--withhold", f"{text}=third_party")]
    words = (
        *("--case", "HM-0147", "--to", PANEL, "--purpose", "practice_review", "--id", "EX-2", *taken),
        *("--third-parties", "pseudonymise", "--actor", "HMC-GOV-1", "--role", "exporter"),
    )
    refused = create(ruleseven, hmc, out, *words, code=3)
    assert "EX-01" in refused.err
    assert not out.exists()
    made = create(ruleseven, hmc, out, *words, "--basis", "6(c), 9(g)")
    register = ruleseven("-C", hmc, "view", "disclosures", "--json").json["rows"]
    (row,) = (row for row in register if row.get("extract") == "EX-2")
    assert (row["third_parties"], row["marking"], row["findings"]) == ("pseudonymised", "OFFICIAL-SENSITIVE", [])
    with Ledger.open(hmc) as ledger:
        items, fields = ledger.reading(row["position"]).data["redactions"]
    assert items == {"items": ["I-10", "I-11", "I-13"], "reason": "third_party"}
    assert fields == {"count": made["withheld"], "reason": "third_party"}
    assert len(texts) == 6
    assert ruleseven("-C", hmc, "key", "card", "--out", tmp_path / "hmc.card").code == 0
    assert verified(ruleseven, out, tmp_path / "hmc.card")[0]["reasons"] == {"third_party": made["withheld"]}
    assert b"father of C1" not in out.read_bytes()
