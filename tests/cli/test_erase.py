"""`ruleseven erase`: what it says, with which exit code, and the same by a command or a scenario's line."""

import json

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
    assert (made.code, made.json) == (0, {"position": 4, "scope": "person:P1", "fields": 1})


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        ("person:P9", "nothing is sealed under person:P9"),
        ("consent:CON-1", "nothing is sealed under consent:CON-1"),
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


def test_a_recorded_command_does_the_same(filled, ruleseven, names):
    erase = {"do": "InformationErased", "scope": "person:P1", "reason": "asked for"}
    done = ruleseven("-C", filled, "--json", "record", stdin=at(erase, {**erase, "scope": "person:P9"}))
    assert done.code == 2
    assert [r["kind"] for r in done.lines[0]["records"]] == ["operations/InformationErased/1"]
    assert "nothing is sealed under person:P9" in done.lines[1]["error"]
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
