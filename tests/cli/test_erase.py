"""`ruleseven erase`: what it says, with which exit code, and the same by a command or a scenario's line."""

import json
import sqlite3
from contextlib import closing

import pytest

BECAUSE = ("--reason", "consent was withdrawn", "--authority", "DPO-7")
T = "2024-02-05T09:00:00+00:00"
OPEN = {"do": "CaseOpened", "case": "HM-1"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "name": "canary"}
HOLD = {"do": "LegalHoldPlaced", "hold_id": "LH-1", "scope_kind": "case", "scope_ref": "HM-1", "reason": "inquest"}
RELEASE = {"do": "LegalHoldReleased", "hold_id": "LH-1", "reason": "closed"}


def at(*commands, time=T):
    return [{**command, "recorded_at": time, "occurred_at": time} for command in commands]


@pytest.fixture
def filled(book, ruleseven):
    assert ruleseven("-C", book, "record", stdin=at(OPEN, PERSON)).code == 0
    return book


@pytest.fixture
def names(ruleseven, filled):
    """The names that the view of the case shows."""

    def shown():
        return [person["name"] for person in ruleseven("-C", filled, "--json", "case", "HM-1").json["persons"]]

    return shown


@pytest.fixture
def records(ruleseven, filled):
    """How many records the ledger has; all of it verifies."""

    def counted():
        verified = ruleseven("-C", filled, "--json", "verify", "--every-signature")
        assert (verified.code, verified.json["verdict"]) == (0, "verified")
        return verified.json["records"]

    return counted


def test_it_says_what_is_gone_and_asks_for_new_backups(filled, ruleseven, names):
    made = ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE)
    assert (made.code, made.err) == (0, "")
    assert "Erased person:P1: 1 sealed field can no longer be read, and record 4 says so." in made.out
    assert "new backups of vault.db and keys/vault.key" in made.out
    assert names() == ["[erased on 2024-02-05 because consent was withdrawn (authority: DPO-7)]"]
    verified = ruleseven("-C", filled, "--json", "verify", "--every-signature").json
    assert (verified["verdict"], verified["signatures"], verified["erased"]) == ("verified", 4, 1)


def test_as_json_it_says_where_it_stands_and_what_was_erased(filled, ruleseven):
    made = ruleseven("-C", filled, "--json", "erase", "--scope", "person:P1", *BECAUSE)
    assert (made.code, made.json) == (
        0,
        {"position": 4, "scope": "person:P1", "fields": 1, "remaining": []},
    )


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        ("person:P9", "Nothing is sealed under person:P9"),
        ("consent:CON-1", "Nothing is sealed under consent:CON-1"),
        ("P1", "needs a kind and an id"),
        ("person:", "needs a kind and an id"),
        ("operations:operations", "field scope_kind"),
        ("person:P1 --case HM-2", "is in case HM-1"),
    ],
)
def test_what_is_not_there_ends_in_exit_2(filled, ruleseven, plain_error, names, records, scope, why):
    refused = ruleseven("-C", filled, "erase", *BECAUSE, "--scope", *scope.split())
    plain_error(refused, 2)
    assert why in refused.err
    assert (names(), records()) == (["canary"], 3)


def test_a_legal_hold_ends_in_exit_3_and_leaves_a_trace(filled, ruleseven, names, records):
    assert ruleseven("-C", filled, "record", stdin=at(HOLD)).code == 0
    refused = ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE)
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("Refused: RT-02: A legal hold is on this: LH-1.")
    assert (names(), records()) == (["canary"], 5)
    assert ruleseven("-C", filled, "record", stdin=at(RELEASE)).code == 0
    assert ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE).code == 0
    assert names() != ["canary"]
    assert records() == 7


def test_a_wrong_passphrase_ends_in_exit_5_and_erases_nothing(tmp_path, ruleseven, plain_error):
    folder, right, wrong = tmp_path / "real", tmp_path / "right", tmp_path / "wrong"
    right.write_text("three words and a number 7\n")
    wrong.write_text("something else entirely 8\n")
    made = ruleseven(
        *("-C", folder, "init", "--id", "HMC", "--agency", "Harrowmere City Council", "--kind", "local_authority"),
        *("--recovery", tmp_path / "recovery", "--passphrase-file", right, "--actor", "SW-1", "--role", "practitioner"),
    )
    assert made.code == 0, made.err
    assert ruleseven("-C", folder, "record", stdin=[OPEN, PERSON]).code == 0
    erase = ("erase", "--scope", "person:P1", *BECAUSE)
    plain_error(ruleseven("-C", folder, "--passphrase-file", wrong, *erase), 5)
    assert ruleseven("-C", folder, "--json", "verify").json["records"] == 3
    assert ruleseven("-C", folder, *erase).code == 0


@pytest.mark.parametrize("blank", ["--reason", "--authority"])
def test_an_erasure_says_why_and_by_whom(filled, ruleseven, records, plain_error, blank):
    words = {"--reason": "asked for", "--authority": "DPO-7", blank: " "}
    outcome = ruleseven("-C", filled, "erase", "--scope", "person:P1", *(w for pair in words.items() for w in pair))
    plain_error(outcome, 2)
    assert (f"({blank})" in outcome.err, records()) == (True, 3)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"scope_kind": None, "scope_ref": None}, "A hold is on one thing"),
        ({"scope_kind": None}, "A hold is on one thing"),
        ({"scope_ref": "HM-99"}, "There is no case HM-99 in this ledger: a hold on it would hold nothing"),
        ({"scope_kind": "person", "scope_ref": "P99"}, "There is no person P99"),
    ],
)
def test_a_hold_that_would_hold_nothing_is_not_recorded(filled, ruleseven, records, wrong, why):
    held = {key: value for key, value in (HOLD | wrong).items() if value is not None}
    done = ruleseven("-C", filled, "--json", "record", stdin=at(held))
    assert (done.code, why in done.lines[0]["error"], records()) == (2, True, 3)


def test_a_recorded_command_does_the_same(filled, ruleseven, names):
    erase = {"do": "InformationErased", "scope": "person:P1", "reason": "asked for"}
    done = ruleseven("-C", filled, "--json", "record", stdin=at(erase, {**erase, "scope": "person:P9"}))
    assert done.code == 2
    assert [r["kind"] for r in done.lines[0]["records"]] == ["operations/InformationErased/1"]
    assert "Nothing is sealed under person:P9" in done.lines[1]["error"]
    assert names() == ["[erased on 2024-02-05 because asked for]"]


def test_a_recipient_erases_what_it_received_on_a_withdrawn_consent(tmp_path, ruleseven):
    """Row A29: the sender's consent is withdrawn; what was received on it goes, and the record of it stays."""
    agency = {"id": "KYP", "name": "Kestrel Youth Project", "kind": "voluntary_charity", "at": "2026-09-01T09:00:00Z"}
    told = {"details": "what X-1 said", "provider": {"agency": "BHA"}, "relies_on": ["CON-1"]}
    received = {"do": "DisclosureReceived", "case": "KY-1", "receipt_id": "R-1", "disclosure_id": "X-1", **told}
    erased = {"do": "InformationErased", "scope": "consent:CON-1", "case": "KY-1", "reason": "consent was withdrawn"}
    shown = {"disclosure_id": "X-1", "words": "[erased on 2026-10-14 because consent was withdrawn]"}
    lines = [
        {"agency": agency},
        {"ledger": "KYP", "at": "2026-09-08T09:00:00Z", "do": "CaseOpened", "case": "KY-1"},
        {"ledger": "KYP", "at": "2026-09-08T11:00:00+01:00", **received},
        {"ledger": "KYP", "at": "2026-10-14T10:00:00+01:00", **erased, "expect": {"findings": []}},
        {"check": {"ledger": "KYP", "view": "case", "args": {"id": "KY-1"}, "equals": {"receipts": [shown]}}},
    ]
    scenario = tmp_path / "a29.jsonl"
    scenario.write_text("".join(json.dumps(line) + "\n" for line in lines))
    played = ruleseven("play", scenario, "--into", tmp_path / "all")
    assert played.code == 0, played.out + played.err
    folder = tmp_path / "all" / "KYP"
    verified = ruleseven("-C", folder, "--json", "verify", "--every-signature").json
    assert (verified["verdict"], verified["erased"]) == ("verified", 1)
    for file in folder.rglob("*"):
        assert not file.is_file() or b"what X-1 said" not in file.read_bytes(), file


ITEM = {"do": "InformationRecorded", "case": "HM-1", "item_id": "I-1", "person": "P1", "content": "was at the clinic"}
FIXED = {
    "do": "InformationCorrected",
    "case": "HM-1",
    "item_id": "I-1",
    "correction": "a dentist",
    "reason": "misheard",
}


def test_it_says_which_words_about_a_person_stay_under_other_keys(filled, ruleseven):
    """A correction of what was said of a person is sealed under the case: erasing the person does not reach it."""
    more = [ITEM, FIXED, {**PERSON, "person_id": "P2", "roles": ["parent"], "lives_with": ["P1"]}]
    assert ruleseven("-C", filled, "record", stdin=at(*more)).code == 0
    made = ruleseven("-C", filled, "--json", "erase", "--scope", "person:P1", *BECAUSE)
    assert made.json == {
        "position": 7,
        "scope": "person:P1",
        "fields": 2,
        "remaining": [{"scope": "case:HM-1", "positions": [5], "erasable": True}],
    }
    assert ruleseven("-C", filled, "record", stdin=at({**PERSON, "name": "again"})).code == 0
    told = ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE).out
    assert "Words that may speak of P1 are sealed under case:HM-1 and can be read (records 5)." in told
    assert "Where they are to go too, erase that scope: everything that is sealed under it goes with them." in told
    assert ruleseven("-C", filled, "erase", "--scope", "case:HM-1", *BECAUSE).code == 0
    shown = ruleseven("-C", filled, "case", "HM-1", "--json").out
    assert "dentist" not in shown
    assert "misheard" not in shown
    assert ruleseven("-C", filled, "record", stdin=at({**PERSON, "name": "again"})).code == 0
    assert ruleseven("-C", filled, "--json", "erase", "--scope", "person:P1", *BECAUSE).json["remaining"] == []


def test_an_old_vault_put_back_has_its_erasures_finished_and_its_user_is_told(filled, ruleseven, names, records):
    other = {**PERSON, "person_id": "P2"}
    assert ruleseven("-C", filled, "record", stdin=at(other)).code == 0
    # An erasure before, so that the old copy has the key under which reasons of erasures are sealed.
    assert ruleseven("-C", filled, "erase", "--scope", "person:P2", *BECAUSE).code == 0
    kept = {name: (filled / name).read_bytes() for name in ("vault.db", "keys/vault.key")}
    with closing(sqlite3.connect(filled / "vault.db")) as db:
        [[wrapped]] = db.execute("SELECT wrapped FROM scopes WHERE kind = 'person' AND ref = 'P1'")
    assert ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE).code == 0
    for name, content in kept.items():
        (filled / name).write_bytes(content)
    assert wrapped in (filled / "vault.db").read_bytes()
    verified = ruleseven("-C", filled, "verify")
    assert (verified.code, ruleseven("-C", filled, "--json", "verify").json["undestroyed"]) == (0, 1)
    assert "Reported: the vault holds a key of what was erased: an old copy of it was put back." in verified.out
    opened = ruleseven("-C", filled, "case", "HM-1", "--json")
    assert opened.err.startswith("The vault still held keys of what was erased, as an old copy that was put back does.")
    assert opened.json["persons"][0]["name"].startswith("[erased on 2024-02-05")
    for file in filled.rglob("*"):
        if file.is_file():
            assert wrapped not in file.read_bytes(), file
            assert kept["keys/vault.key"][-32:] not in file.read_bytes(), file
            assert b"canary" not in file.read_bytes(), file
    assert ruleseven("-C", filled, "case", "HM-1", "--json").err == ""
    assert "put back" not in ruleseven("-C", filled, "verify").out
    assert names() == ["[erased on 2024-02-05 because consent was withdrawn (authority: DPO-7)]"] * 2
    assert records() == 6


def test_what_no_erasure_reaches_is_told_as_that(filled, ruleseven, tmp_path):
    """The agency's own record of an extract names its recipient, and its reasons are under the ledger's own key."""
    given = ("--to", "P1", "--purpose", "subject_access", "--basis", "6(c)", "--reasons", "P1 asked for it")
    words = ("--person", "P1", *given, "--marking", "OFFICIAL-SENSITIVE", "--out", tmp_path / "x.r7x")
    assert ruleseven("-C", filled, "extract", "create", *words).code == 0
    told = ruleseven("-C", filled, "erase", "--scope", "person:P1", *BECAUSE).out
    assert (
        "Words that may speak of P1 are sealed under operations:operations and can be read (records 4); that key is "
        "never erased." in told
    )
    assert "erase that scope" not in told
