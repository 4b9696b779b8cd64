"""Everything that can be wrong around a command: a plain sentence, the documented exit code, nothing lost."""

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import VERBS, run

ROOT = Path(__file__).parent.parent.parent
OPEN = {"do": "CaseOpened", "case": "HM-1"}
PERSON = {
    "do": "PersonLinked",
    "case": "HM-1",
    "person_id": "P1",
    "roles": ["child"],
    "name": "Zoë",
    "dob": "2012-03-02",
}


@pytest.fixture(scope="module")
def locked_once(tmp_path_factory):
    """Protecting three keys takes seconds, on purpose: it is done once."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "passphrase").write_text("correct horse\n")
    words = [
        *("-C", folder / "locked", "init", "--id", "HMC", "--agency", "Harrowmere", "--kind", "local_authority"),
        *("--recovery", folder / "recovery", "--passphrase-file", folder / "passphrase"),
        *("--actor", "SW-1", "--role", "practitioner"),
    ]
    assert run([str(word) for word in words]) == 0
    return folder


@pytest.fixture
def locked_book(tmp_path, locked_once):
    """A real ledger with a passphrase, and where that is written down."""
    shutil.copytree(locked_once, tmp_path, dirs_exist_ok=True)
    settings = tmp_path / "locked" / "settings.json"
    settings.write_text(settings.read_text().replace(str(locked_once), str(tmp_path)))
    return tmp_path / "locked"


# What was typed


@pytest.mark.parametrize(
    "words",
    [
        ("verfy",),
        ("verify", "--evry-signature"),
        ("verify", "--head", "7"),
        ("verify", "--head", "0:" + "00" * 32),
        ("verify", "--head", "1:" + "0g" * 32),
        ("init",),
        ("init", "--id", "X"),
        ("case",),
        ("case", "C1", "--as-at", "2024-03-04T12:00:00"),
        ("case", "C1", "--as-at", "noon"),
        ("case", "C1", "--as-known-by", "HMC"),
        ("view", "case", "--arg", "C1"),
        ("play",),
        ("play", "nowhere.jsonl", "--into", "nowhere"),
        ("extract", "verify", "nowhere.r7x"),
        ("schema", "ConsentGivn"),
        ("key",),
    ],
)
def test_what_cannot_be_meant_is_exit_2(ruleseven, words):
    outcome = ruleseven(*words)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.strip()


def test_a_passphrase_is_never_an_argument(ruleseven):
    for verb in [[], *([verb.name] for verb in VERBS)]:
        outcome = ruleseven(*verb, "--help")
        assert outcome.code == 0
        assert "--passphrase " not in outcome.out.replace("--passphrase-file ", "").replace("--passphrase-command ", "")


def test_every_verb_says_in_one_line_what_it_is_for(ruleseven):
    listed = ruleseven("--help").out
    for verb in VERBS:
        assert verb.name in listed
        assert not verb.get_short_help_str(64).endswith("...")


# Where it was pointed


@pytest.mark.parametrize("verb", ["verify", "withdrawals", "refusals", "views-of", "record", "rebuild", "key show"])
def test_no_ledger_there(ruleseven, tmp_path, plain_error, verb):
    words = ["view", "case"] if verb == "views-of" else verb.split()
    (tmp_path / "a file").write_text("x")
    for folder in (tmp_path / "nothing", tmp_path, tmp_path / "a file"):
        plain_error(ruleseven("-C", folder, *words), 2)


def test_the_folder_comes_from_the_environment_too_and_flags_stand_on_either_side(ruleseven, book, monkeypatch):
    monkeypatch.setenv("RULESEVEN_LEDGER", str(book))
    before = ruleseven("--json", "verify")
    after = ruleseven("verify", "-C", book, "--json")
    monkeypatch.setenv("RULESEVEN_LEDGER", "/nowhere")
    beside = ruleseven("-C", book, "verify", "--json")
    assert before.json == after.json == beside.json
    assert ruleseven("key", "-C", book, "show", "--json").json["agency"] == "HMC"
    assert ruleseven("key", "--json", "show", "-C", book).json["agency"] == "HMC"


def test_a_word_that_is_not_utf_8_is_exit_2(ruleseven, book, tmp_path, plain_error):
    extract = ("extract", "create", "--to", "T", "--out", tmp_path / "x.r7x")
    plain_error(ruleseven("-C", book, *extract, "--case", "C\udcff"), 2)
    ruleseven("-C", book, "record", stdin=[OPEN])
    plain_error(ruleseven("-C", book, *extract, "--case", "HM-1", "--reasons", "\udcff"), 2)


@pytest.mark.parametrize("words", [("case", "C7"), ("view", "nothing"), ("rebuild", "nothing")])
def test_an_unknown_id_is_exit_2(ruleseven, book, plain_error, words):
    plain_error(ruleseven("-C", book, *words), 2)


def test_an_existing_ledger_is_not_touched(ruleseven, book, tmp_path, plain_error):
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    again = ("-C", book, "init", "--id", "X", "--agency", "X", "--kind", "police", "--no-passphrase")
    plain_error(ruleseven(*again, "--recovery", tmp_path / "other"), 2)
    assert {path: path.read_bytes() for path in book.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "other").exists()


def test_the_recovery_key_goes_outside_and_over_nothing(ruleseven, tmp_path, plain_error):
    begin = ("-C", tmp_path / "new", "init", "--id", "X", "--agency", "X", "--kind", "police", "--no-passphrase")
    plain_error(ruleseven(*begin, "--recovery", tmp_path / "new" / "recovery"), 2)
    (tmp_path / "taken").write_text("something else")
    plain_error(ruleseven(*begin, "--recovery", tmp_path / "taken"), 2)
    assert (tmp_path / "taken").read_text() == "something else"
    assert not (tmp_path / "new" / "ledger.db").exists()


def test_a_new_ledger_needs_a_passphrase_or_a_word_against_it(ruleseven, tmp_path, plain_error):
    begin = ("-C", tmp_path / "new", "init", "--id", "X", "--agency", "X", "--kind", "police")
    plain_error(ruleseven(*begin, "--recovery", tmp_path / "r"), 2)
    plain_error(ruleseven(*begin, "--recovery", tmp_path / "r", "--at", "2024-01-01T00:00:00Z", "--no-passphrase"), 2)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", ["{command}", '{"passphrase_file": "/dev/zero"}', '{"acter": 1}', "[" * 5000])
def test_a_received_folder_runs_nothing_and_is_verified_whatever_its_settings_say(
    ruleseven, locked_book, tmp_path, content
):
    ruleseven("-C", locked_book, "record", stdin=[OPEN, PERSON])
    command = json.dumps({"passphrase_command": ["touch", str(tmp_path / "ran")]})
    (locked_book / "settings.json").write_text(content.replace("{command}", command))
    for words in (("verify", "--json"), ("case", "HM-1", "--json"), ("withdrawals", "--json")):
        outcome = ruleseven("-C", locked_book, *words)
        assert outcome.code == 0, outcome
    assert stored(ruleseven, locked_book).json["unchecked"] == 1
    assert not (tmp_path / "ran").exists()


def test_a_new_ledger_takes_no_passphrase_from_what_lay_in_its_folder(ruleseven, tmp_path, plain_error):
    (tmp_path / "new").mkdir()
    (tmp_path / "known").write_text("known to others")
    (tmp_path / "new" / "settings.json").write_text('{"passphrase_file": "../known"}')
    begin = ("-C", tmp_path / "new", "init", "--id", "X", "--agency", "X", "--kind", "police")
    plain_error(ruleseven(*begin, "--recovery", tmp_path / "r"), 2)


def test_a_settings_file_that_cannot_be_meant_is_named(ruleseven, book, plain_error):
    (book / "settings.json").write_text('{"acter": "SW-1"}')
    plain_error(ruleseven("-C", book, "record", stdin=[OPEN]), 2)


# What was stored


def stored(ruleseven, folder, *words):
    return ruleseven("-C", folder, "verify", "--json", *words)


def test_a_truncated_database_is_exit_1(ruleseven, book, plain_error):
    ruleseven("-C", book, "record", stdin=[OPEN, PERSON])
    content = (book / "ledger.db").read_bytes()
    (book / "ledger.db").write_bytes(content[: len(content) // 2])
    assert ruleseven("-C", book, "verify").code == 1
    plain_error(ruleseven("-C", book, "withdrawals"), 1)


def test_a_file_that_is_no_database_is_not_opened(ruleseven, book):
    (book / "ledger.db").write_text("This is a letter, not a ledger. " * 200)
    for words in (("verify",), ("record",), ("withdrawals",)):
        outcome = ruleseven("-C", book, *words)
        assert outcome.code in (1, 2)
        assert outcome.err.count("\n") == 1
    assert (book / "ledger.db").read_text().startswith("This is a letter")


def test_somebody_elses_database_is_exit_2(ruleseven, book, plain_error):
    (book / "ledger.db").unlink()
    db = sqlite3.connect(book / "ledger.db")
    db.execute("CREATE TABLE recipes (name)")
    db.commit()
    db.close()
    for words in (("verify",), ("record",), ("withdrawals",)):
        plain_error(ruleseven("-C", book, *words), 2)


def test_a_newer_ledger_is_exit_5(ruleseven, book, plain_error):
    db = sqlite3.connect(book / "ledger.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    for words in (("verify",), ("record",), ("withdrawals",)):
        plain_error(ruleseven("-C", book, *words), 5)


def test_one_altered_byte_fails_with_the_position(ruleseven, book):
    ruleseven("-C", book, "record", stdin=[OPEN, PERSON])
    content = (book / "ledger.db").read_bytes()
    at = content.index(b"child")
    (book / "ledger.db").write_bytes(content[:at] + b"x" + content[at + 1 :])
    outcome = stored(ruleseven, book)
    assert outcome.code == 1
    assert outcome.json["verdict"] == "failed"
    assert outcome.json["first_bad"]["position"] == 3
    assert ruleseven("-C", book, "verify").out.startswith("Failed at position 3")


def test_a_head_kept_elsewhere_shows_an_end_that_was_cut_off(ruleseven, book, tmp_path):
    ruleseven("-C", book, "record", stdin=[OPEN])
    shutil.copytree(book, tmp_path / "older")
    ruleseven("-C", book, "record", stdin=[PERSON])
    newest = stored(ruleseven, book).json
    head = f"{newest['records']}:{newest['head']}"
    assert stored(ruleseven, book, "--head", head).json["verdict"] == "verified"
    assert stored(ruleseven, tmp_path / "older").json["verdict"] == "verified"
    assert stored(ruleseven, tmp_path / "older", "--head", head).code == 1


def test_views_that_are_damaged_are_built_again(ruleseven, book):
    ruleseven("-C", book, "record", stdin=[OPEN])
    before = ruleseven("-C", book, "case", "HM-1", "--json").json
    (book / "views.db").write_text("not a database at all" * 100)
    after = ruleseven("-C", book, "case", "HM-1", "--json")
    assert after.code == 0
    assert after.json | {"note": ""} == before | {"note": ""}


# What was locked or missing


def test_a_wrong_passphrase_is_exit_5_and_is_not_repeated(ruleseven, locked_book, tmp_path, plain_error):
    assert ruleseven("-C", locked_book, "record", stdin=[OPEN, PERSON]).code == 0
    (tmp_path / "wrong").write_text("battery staple")
    wrong = ruleseven("-C", locked_book, "record", "--passphrase-file", tmp_path / "wrong", stdin=[OPEN])
    plain_error(wrong, 5)
    assert "battery" not in wrong.err
    assert stored(ruleseven, locked_book).json["records"] == 3
    shown = ruleseven("-C", locked_book, "case", "HM-1", "--passphrase-file", tmp_path / "wrong", "--json")
    assert shown.code == 0
    assert shown.json["persons"][0]["name"] == "[locked]"
    assert ruleseven("-C", locked_book, "case", "HM-1", "--json").json["persons"][0]["name"] == "Zoë"


def test_no_passphrase_at_all_still_verifies_and_counts_what_it_could_not_open(ruleseven, locked_book):
    ruleseven("-C", locked_book, "record", stdin=[OPEN, PERSON])
    (locked_book / "settings.json").unlink()
    outcome = stored(ruleseven, locked_book)
    assert outcome.code == 0
    assert outcome.json["unchecked"] == 1
    assert ruleseven("-C", locked_book, "record", "--actor", "A", "--role", "practitioner", stdin=[PERSON]).code == 5


def test_a_passphrase_comes_from_a_command_and_from_the_environment(ruleseven, locked_book, tmp_path, monkeypatch):
    (locked_book / "settings.json").unlink()
    words = ("-C", locked_book, "record", "--actor", "A", "--role", "practitioner")
    assert ruleseven(*words, "--passphrase-command", "echo correct horse", stdin=[OPEN]).code == 0
    monkeypatch.setenv("RULESEVEN_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    assert ruleseven(*words, stdin=[PERSON]).code == 0
    monkeypatch.delenv("RULESEVEN_PASSPHRASE_FILE")
    monkeypatch.setenv("RULESEVEN_PASSPHRASE_COMMAND", "echo correct horse")
    assert ruleseven(*words, stdin=[{**PERSON, "person_id": "P2"}]).code == 0


@pytest.mark.parametrize("missing", ["vault.db", "keys/signing", "keys/vault.key"])
def test_without_vault_or_keys_nothing_is_recorded_and_all_can_be_verified(ruleseven, book, plain_error, missing):
    ruleseven("-C", book, "record", stdin=[OPEN, PERSON])
    (book / missing).unlink()
    plain_error(ruleseven("-C", book, "record", stdin=[PERSON]), 5)
    assert stored(ruleseven, book).json["records"] == 3
    assert not (book / missing).exists()


# The machine


def test_a_full_disk_is_exit_4_and_what_was_said_to_be_stored_is(book, tmp_path):
    many = tmp_path / "many"
    many.write_text("".join(f'{{"do":"CaseOpened","case":"HM-{n}"}}\n' for n in range(400)))

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [sys.executable, "-m", "cli.main", "-C", str(book), "record", "--json", str(many)]
    run = subprocess.run(
        command,
        cwd=ROOT,
        preexec_fn=small,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 4, run.stderr
    assert b"Traceback" not in run.stderr
    assert b"was not stored" in run.stderr
    said = run.stdout.count(b'"records"')
    assert 0 < said < 400
    verified = subprocess.run([*command[:5], "verify", "--json"], cwd=ROOT, capture_output=True, check=False)
    assert b'"verdict": "verified", "records": %d,' % (said + 1) in verified.stdout


def test_whoever_stops_reading_ends_the_run_quietly():
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "schema"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 141


def test_an_interrupt_is_exit_130(ruleseven, book, monkeypatch, plain_error):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("ledger.Ledger.record", interrupted)
    plain_error(ruleseven("-C", book, "record", stdin=[OPEN]), 130)


def test_what_nobody_expected_is_one_sentence_that_quotes_nothing(ruleseven, book, monkeypatch, plain_error):
    def broken(*_args, **_kwargs):
        raise RuntimeError("Zoë lives at 4 Mill Lane")

    monkeypatch.setattr("ledger.Ledger.record", broken)
    outcome = ruleseven("-C", book, "record", stdin=[OPEN])
    plain_error(outcome, 5)
    assert "Mill Lane" not in outcome.err
    assert "RuntimeError in cli/test_faults.py, line" in outcome.err


def test_help_needs_nothing_heavy():
    heavy = "{'eventsourcing', 'sqlite_utils', 'cryptography', 'msgspec', 'ledger', 'projections'}"
    script = f"import sys; from cli.main import run; assert run(['--help']) == 0; assert not {heavy} & set(sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
