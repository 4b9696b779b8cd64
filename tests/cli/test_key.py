"""`key show`, `card`, `rotate` and `recover`, and the successor of a ledger whose keys are lost."""

import json
import shutil
from base64 import b64decode
from typing import Any

import pytest

from ledger.proof import checkpoint
from ledger.proof.keys import parse_vkey

PASSPHRASE = "correct horse battery staple"


def person(number):
    return {"do": "PersonLinked", "case": "HM-1", "person_id": f"P{number}", "roles": ["child"], "name": "Ann"}


@pytest.fixture
def filled(ruleseven, book):
    """A ledger of four records."""
    made = ruleseven("-C", book, "record", stdin=[{"do": "CaseOpened", "case": "HM-1"}, person(1), person(2)])
    assert made.code == 0, made.err
    return book


def test_a_rotation_and_what_show_says(ruleseven, filled, tmp_path):
    before = ruleseven("-C", filled, "key", "show", "--json").json
    assert [(k["first"], k["last"], k["brought_by"]) for k in before["keys"]] == [(1, None, "charter")]
    ruleseven("-C", filled, "key", "card", "--out", tmp_path / "old.card")
    made = ruleseven("-C", filled, "key", "rotate", "--json").json
    after = ruleseven("-C", filled, "key", "show", "--json").json
    assert made == {"position": 5, "key_id": after["key_id"], "vkey": after["vkey"]}
    assert after["key_id"] != before["key_id"]
    assert [(k["first"], k["last"], k["brought_by"]) for k in after["keys"]] == [
        (1, 5, "charter"),
        (6, None, "rotation"),
    ]
    assert ruleseven("-C", filled, "key", "show", "--vkey").out.strip() == after["vkey"]
    ruleseven("-C", filled, "key", "card", "--out", tmp_path / "new.card")
    (tmp_path / "vkey").write_text(after["vkey"])
    for trust in ("old.card", "new.card", "vkey"):
        verified = ruleseven("-C", filled, "verify", "--json", "--trust", tmp_path / trust).json
        assert (verified["verdict"], verified["disputed"]) == ("verified", 0), trust
    spoken = ruleseven("-C", filled, "key", "rotate").out
    assert spoken.startswith("Record 6 brings in a new signing key: ruleseven-practice/")
    assert "backup of keys/" in spoken
    listed = ruleseven("-C", filled, "key", "show").out.splitlines()
    assert [line.split("  ")[-1] for line in listed[-3:]] == ["the genesis", "a rotation", "a rotation"]


def test_both_keys_of_checkpoints_are_shown_as_verifiers_take_them(ruleseven, filled, plain_error):
    shown = ruleseven("-C", filled, "key", "show", "--json").json
    mldsa = ruleseven("-C", filled, "key", "show", "--mldsa-vkey").out.strip()
    assert mldsa == shown["mldsa_vkey"]
    origin, digits, encoded = mldsa.split("+", 2)
    kind, public = b64decode(encoded)[:1], b64decode(encoded)[1:]
    assert (kind, digits) == (b"\6", checkpoint.mldsa_key_id(origin, public).hex())
    keys = checkpoint.Keys(parse_vkey(shown["vkey"])[2], public)
    made = ruleseven("-C", filled, "checkpoint", "--json").json["text"]
    assert checkpoint.check(made.encode(), origin, keys).checkpoint.size == 4
    assert shown["mldsa_vkey"] not in ruleseven("-C", filled, "key", "show").out
    both = ruleseven("-C", filled, "key", "show", "--vkey", "--mldsa-vkey")
    plain_error(both, 2)
    assert "name one of them" in both.err


def test_the_drill_on_the_command_line(ruleseven, filled, tmp_path):
    head = ruleseven("-C", filled, "verify", "--json").json
    kept = f"{head['records']}:{head['head']}"
    shutil.copytree(filled / "keys", tmp_path / "keys")
    ruleseven("-C", filled, "record", stdin=[person(3)])  # from here on it is the thief
    noticed = ruleseven("-C", filled, "verify", "--json").json["head"]
    ruleseven("-C", filled, "key", "rotate")
    ruleseven("-C", filled, "record", stdin=[person(4)])
    shutil.copy(tmp_path / "keys" / "signing", filled / "keys" / "signing")
    shut = ruleseven("-C", filled, "record", stdin=[person(5)])
    assert shut.code == 5
    recover = ("-C", filled, "key", "recover", "--recovery", tmp_path / "recovery", "--distrust-from", 5)
    made = ruleseven(*recover, "--reason", "laptop stolen", "--json").json
    assert (made["position"], made["distrust_from"], made["disputed"]) == (8, 5, 3)
    assert ruleseven("-C", filled, "record", stdin=[person(5)]).code == 0
    checked = ("-C", filled, "verify", "--head", kept, "--head", f"5:{noticed}")
    found = ruleseven(*checked, "--json").json
    assert (found["verdict"], found["records"], found["disputed"]) == ("verified", 9, 3)
    anchor = {"position": 5, "hash": noticed}
    assert found["disputes"] == [{"first": 5, "last": 7, "recovery": 8, "anchors": [anchor]}]
    spoken = ruleseven(*checked).out
    assert "Disputed: records 5 to 7. The recovery at 8 says that the signing key was not safe then." in spoken
    assert "Of these, what stands up to record 5 was known elsewhere." in spoken
    shown = ruleseven("-C", filled, "key", "show").out
    assert shown.rstrip().endswith("the recovery key, which disputes 5 to 7")
    again = ruleseven(*(9 if word == 5 else word for word in recover))
    assert again.code == 0, again.err
    assert "Disputed" not in again.out
    assert "as disputed" in again.out


@pytest.mark.parametrize(
    ("recovery", "position", "says"),
    [
        ("recovery", 1, "from 2 to 5"),
        ("recovery", 6, "from 2 to 5"),
        ("nothing", 3, "does not exist"),
        ("book/keys/signing", 3, "another key than the recovery key"),
        ("book/settings.json", 3, "not an OpenSSH"),
    ],
)
def test_what_cannot_be_recovered(ruleseven, filled, tmp_path, plain_error, recovery, position, says):
    words = ("-C", filled, "key", "recover", "--recovery", tmp_path / recovery, "--distrust-from", position)
    outcome = ruleseven(*words)
    plain_error(outcome, 2)
    assert says in outcome.err
    assert not (filled / "keys" / "signing.next").exists()


def test_passphrases_are_never_words(ruleseven, tmp_path, monkeypatch):
    """One passphrase for all keys, from a file; without it nothing is replaced."""
    (tmp_path / "pass").write_text(PASSPHRASE)
    folder = tmp_path / "real"
    made = ruleseven(
        *("-C", folder, "init", "--id", "HMC", "--agency", "Harrowmere City Council", "--kind", "local_authority"),
        *("--recovery", tmp_path / "recovery", "--passphrase-file", tmp_path / "pass"),
    )
    assert made.code == 0, made.err
    (folder / "settings.json").write_text("{}")
    recover = ("recover", "--recovery", tmp_path / "recovery", "--distrust-from", 2)
    for words in (("rotate",), recover):
        refused = ruleseven("-C", folder, "key", *words)
        assert refused.code == 5
        assert "passphrase" in refused.err
    for words in (("rotate",), recover):
        outcome = ruleseven("-C", folder, "key", *words, "--passphrase-file", tmp_path / "pass")
        assert outcome.code == 0, outcome.err
        assert PASSPHRASE not in outcome.out + outcome.err
    verified = ruleseven("-C", folder, "verify", "--json", "--passphrase-file", tmp_path / "pass").json
    assert (verified["verdict"], verified["records"], verified["disputed"]) == ("verified", 3, 1)


def test_a_successor_quotes_the_old_ledger_by_card_or_by_hand(ruleseven, filled, tmp_path, plain_error):
    ruleseven("-C", filled, "key", "card", "--out", tmp_path / "old.card")
    head = ruleseven("-C", filled, "verify", "--json").json
    ledger = ruleseven("-C", filled, "key", "show", "--json").json["ledger"]
    quoted = f"{ledger}:{head['records']}:{head['head']}"
    for number, old in enumerate((tmp_path / "old.card", quoted, quoted.upper())):
        words = ("--id", "HMC", "--agency", "Harrowmere", "--kind", "local_authority", "--practice")
        folder, recovery = tmp_path / f"new{number}", tmp_path / f"recovery{number}"
        made = ruleseven("-C", folder, "init", *words, "--recovery", recovery, "--successor-of", old, "--json")
        assert made.json["position"] == 1
        assert ruleseven("-C", folder, "key", "show", "--json").json["successor_of"] == quoted
        assert quoted in ruleseven("-C", folder, "key", "show").out
    vkey = ruleseven("-C", filled, "key", "show", "--vkey").out
    (tmp_path / "vkey").write_text(vkey)
    for old in ("nothing like it", tmp_path / "vkey", tmp_path / "recovery"):
        folder, recovery = tmp_path / "never", tmp_path / "r"
        made = ruleseven("-C", folder, "init", *words, "--recovery", recovery, "--successor-of", old)
        plain_error(made, 2)
        assert not (folder / "ledger.db").exists()


def test_a_trust_file_keeps_the_changes_of_keys(ruleseven, filled, tmp_path):
    made = ruleseven("-C", filled, "key", "rotate", "--json").json
    ruleseven("-C", filled, "key", "card", "--out", tmp_path / "card")
    ruleseven("trust", "add", tmp_path / "card", "--as", "HMC", "--out", tmp_path / "trust.json")
    kept = json.loads((tmp_path / "trust.json").read_text())
    assert kept["keys"] == [{"position": 5, "key_id": made["key_id"], "distrust_from": None}]
    assert ruleseven("-C", filled, "verify", "--json", "--trust", tmp_path / "trust.json").json["verdict"] == "verified"
    change = kept["keys"][0]
    wrong: list[Any] = [[1], {}, [{"position": 5}], [change | {"position": "5"}], [change | {"key_id": 7}]]
    for broken in wrong:
        (tmp_path / "broken.json").write_text(json.dumps(kept | {"keys": broken}))
        outcome = ruleseven("-C", filled, "verify", "--trust", tmp_path / "broken.json")
        assert outcome.code == 2
        assert "not an intact trust file" in outcome.err
