"""Settings by precedence, and passphrases that come from where they are said to come from."""

import io
import json
import os
import stat

import pytest

from cli import passphrase, settings
from cli.wiring import ENVIRONMENT, OF_TOKEN, Wiring
from ledger.errors import Locked, Malformed, Undecided, UsageError


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in (*ENVIRONMENT.values(), *OF_TOKEN.values(), "RULESEVEN_LEDGER"):
        monkeypatch.delenv(name, raising=False)


def put(path, **values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))
    path.chmod(0o600)


def test_flag_over_environment_over_folder_over_user(tmp_path, monkeypatch):
    put(settings.user_file(), actor="user", role="user")
    wired = Wiring({"folder": str(tmp_path / "L")})
    assert wired.settings()["actor"] == "user"
    put(tmp_path / "L" / "settings.json", actor="folder")
    assert wired.settings() == {"actor": "folder", "role": "user"}
    monkeypatch.setenv("RULESEVEN_ACTOR", "environment")
    assert wired.settings()["actor"] == "environment"
    wired.flags["actor"] = "flag"
    assert wired.actor() == {"staff_ref": "flag", "role": "user"}


def test_a_stronger_source_of_passphrases_replaces_both_kinds_of_a_weaker_one(tmp_path):
    put(tmp_path / "settings.json", passphrase_file="inside")
    wired = Wiring({"folder": str(tmp_path), "passphrase_command": "echo typed"})
    assert passphrase.given(wired.settings()) == b"typed"


def test_a_file_named_in_settings_lies_beside_them(tmp_path):
    put(tmp_path / "settings.json", passphrase_file="inside")
    (tmp_path / "inside").write_bytes(b"open sesame\r\nnot this\n")
    assert passphrase.given(Wiring({"folder": str(tmp_path)}).settings()) == b"open sesame"


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"passphrase": "x"}',
        '{"actor": 7}',
        '{"passphrase_command": [1]}',
        "x" * 70_000,
        '{"actor": "\\ud800"}',
        '{"passphrase_file": "a\\u0000b"}',
        '{"passphrase_file": "~nobody-here/x"}',
        "[" * 60_000,
    ],
)
def test_settings_that_cannot_be_meant_are_named(tmp_path, content):
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(Malformed, match=r"settings\.json"):
        settings.read(tmp_path / "settings.json")


def test_a_ledger_folder_names_no_command_to_run(tmp_path):
    put(tmp_path / "settings.json", passphrase_command=f"touch {tmp_path / 'ran'}")
    chosen = Wiring({"folder": str(tmp_path)}).settings()
    assert passphrase.given(chosen) is None
    assert not (tmp_path / "ran").exists()
    put(settings.user_file(), passphrase_command="echo my own")
    assert passphrase.given(Wiring({"folder": str(tmp_path)}).settings()) == b"my own"


def test_a_command_that_is_passed_over_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    put(tmp_path / "settings.json", passphrase_command="echo mine")
    with pytest.raises(Locked, match="is not run"):
        passphrase.existing(Wiring({"folder": str(tmp_path)}).settings())


@pytest.mark.parametrize("named", ["nothing", "a folder", "a pipe", "empty", "~nobody-here/x"])
def test_a_passphrase_file_that_a_folder_names_is_a_hint_alone(tmp_path, named):
    (tmp_path / "a folder").mkdir()
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "a pipe")
    put(tmp_path / "settings.json", passphrase_file=named)
    with pytest.raises(Locked):
        Wiring({"folder": str(tmp_path)}).passphrase()


def test_a_folder_whose_settings_cannot_be_read_offers_no_passphrase(tmp_path):
    os.mkfifo(tmp_path / "settings.json")
    with pytest.raises(Locked):
        Wiring({"folder": str(tmp_path)}).passphrase()


def test_a_command_that_others_could_have_written_is_not_run(tmp_path):
    put(tmp_path / "settings.json", passphrase_command="echo mine")
    (tmp_path / "settings.json").chmod(0o622)
    with pytest.raises(Malformed, match="others can write"):
        settings.read(tmp_path / "settings.json")


def test_written_settings_are_private_and_never_replace_older_ones(tmp_path):
    path = tmp_path / "settings.json"
    settings.write(path, {"actor": "first"})
    settings.write(path, {"actor": "second"})
    assert settings.read(path)["actor"] == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_actor_without_a_role_is_asked_for_it():
    with pytest.raises(UsageError, match="--role"):
        Wiring({"actor": "SW-1"}).actor()


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"passphrase_file": "/nowhere/at all"}, UsageError),
        ({"passphrase_command": "/nowhere/at-all"}, UsageError),
        ({"passphrase_command": "unbalanced '"}, UsageError),
        ({"passphrase_command": "false"}, Undecided),
        ({"passphrase_command": "true"}, UsageError),
        ({"passphrase_command": ["sh", "-c", "head -c 5000 /dev/zero"]}, UsageError),
        ({}, Locked),
    ],
)
def test_a_source_that_gives_none_is_a_plain_error(chosen, error, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(error):
        passphrase.existing(chosen)


def test_a_source_is_asked_once_and_so_is_one_that_fails(tmp_path):
    asked = []

    def chosen():
        asked.append(1)
        return {"passphrase_file": str(tmp_path / "later")}

    once = passphrase.Once(chosen)
    for _ in range(3):
        with pytest.raises(UsageError):
            once()
    (tmp_path / "later").write_text("now")
    assert passphrase.Once(chosen)() == b"now"
    assert len(asked) == 2


def test_the_pin_of_a_token_comes_from_the_environment_or_from_ones_own_settings(tmp_path, monkeypatch):
    token = Wiring({"folder": str(tmp_path)}).token()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(Locked, match="needs its PIN and none was given"):
        token.pin()
    with pytest.raises(Locked, match="no PKCS#11 module is named"):
        token.module()
    put(settings.user_file(), pkcs11_module="/own.so", pin_file="pin")
    (settings.user_file().parent / "pin").write_bytes(b"1234\r\nnot this")
    assert (token.module(), token.pin()) == ("/own.so", b"1234")
    monkeypatch.setenv("RULESEVEN_PKCS11_MODULE", "/environment.so")
    assert (token.module(), token.pin()) == ("/environment.so", b"1234")
    monkeypatch.setenv("RULESEVEN_PIN_COMMAND", "echo 5678")
    assert token.pin() == b"5678"  # though a file goes before a command in one place


def test_a_ledger_folder_names_neither_module_nor_pin(tmp_path, monkeypatch):
    put(tmp_path / "settings.json", pkcs11_module="/theirs.so", pin_command="echo 1", pin_file="pin", actor="SW-1")
    wired = Wiring({"folder": str(tmp_path)})
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert wired.settings() == {"actor": "SW-1"}
    for asked in wired.token():
        with pytest.raises(Locked):
            asked()


@pytest.mark.parametrize("named", [{"pkcs11_module": "/own.so"}, {"pin_command": ["echo", "1"]}])
def test_own_settings_that_others_can_write_name_nothing_to_run(tmp_path, named):
    put(settings.user_file(), **named)
    settings.user_file().chmod(0o662)
    with pytest.raises(Malformed, match="others can write it"):
        Wiring({"folder": str(tmp_path)}).token().module()


@pytest.mark.parametrize("source", ["file", "command"])
def test_a_source_of_pins_that_gives_none_says_so(tmp_path, monkeypatch, source):
    (tmp_path / "empty").write_bytes(b"")
    monkeypatch.setenv(f"RULESEVEN_PIN_{source.upper()}", str(tmp_path / "empty") if source == "file" else "true")
    with pytest.raises(UsageError, match=f"The PIN {source} must give the PIN as its first line"):
        Wiring({"folder": str(tmp_path)}).token().pin()
