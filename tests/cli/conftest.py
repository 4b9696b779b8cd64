"""Running the program as a person or a script does: words in; an exit code, stdout and stderr out."""

import io
import json
import sys
from typing import NamedTuple

import msgspec
import pytest

from cli.main import run
from cli.wiring import ENVIRONMENT, OF_TOKEN


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self):
        """stdout as JSON, which then must be all of it."""
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """Nothing of this machine's user reaches a test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-settings"))
    monkeypatch.setenv("COLUMNS", "110")
    for name in (*ENVIRONMENT.values(), *OF_TOKEN.values(), "RULESEVEN_LEDGER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ruleseven(capsys, monkeypatch):
    """Run one command line; `stdin` is bytes, or a list of commands to be written as JSON lines."""

    def invoke(*words, stdin=b""):
        if isinstance(stdin, list):
            stdin = b"".join(json.dumps(command).encode() + b"\n" for command in stdin)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return invoke


@pytest.fixture
def book(tmp_path, ruleseven):
    """A practice ledger without passphrase, whose settings say who acts."""
    folder = tmp_path / "book"
    made = ruleseven(
        *("-C", folder, "init", "--id", "HMC", "--agency", "Harrowmere City Council", "--kind", "local_authority"),
        *("--flag", "public_authority", "--recovery", tmp_path / "recovery", "--practice"),
        *("--at", "2024-01-02T09:00:00+00:00", "--actor", "SW-1", "--role", "practitioner"),
    )
    assert made.code == 0, made.err
    return folder


@pytest.fixture
def plain_error():
    """One or two plain sentences on stderr, nothing on stdout."""

    def check(outcome, code):
        assert outcome.code == code, outcome
        assert outcome.out == ""
        assert outcome.err.strip()
        assert outcome.err.strip().count("\n") == 0
        assert outcome.err.rstrip()[-1] in ".?'"

    return check


OPEN = {"do": "CaseOpened", "case": "HM-1", "recorded_at": "2024-02-05T09:00:00+00:00"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "dob": "2012-03-02"}


@pytest.fixture
def office(book, ruleseven):
    """That ledger as an agency works with it: a local procedure adopted, secure e-mail approved and preferred."""
    at = {"recorded_at": "2024-04-22T09:00:00+01:00"}
    lines = [
        {"do": "PolicyEditionAdopted", "edition_id": "wm-2.10@2024-04-19", **at},
        {"do": "SecureMethodApproved", "method": "secure_portal", **at},
        {"do": "SecureMethodApproved", "method": "secure_email", "preferred": True, **at},
        {"do": "AppropriatePolicyDocumentRegistered", "apd_ref": "APD-1", **at},
    ]
    made = ruleseven("-C", book, "record", stdin=lines)
    assert made.code == 0, made.out
    return book


@pytest.fixture
def typing(ruleseven, monkeypatch):
    """Run one command line as on a terminal, on which these lines are typed, all of them."""

    def invoke(*words, typed):
        monkeypatch.setattr("cli.questions.on_terminal", lambda: True)
        outcome = ruleseven(*words, stdin="".join(f"{line}\n" for line in typed).encode())
        assert sys.stdin.read() == "", f"{outcome}: more was typed than was asked"
        return outcome

    return invoke


@pytest.fixture
def stored():
    """What a ledger holds of one kind of event, opened, in order."""

    def read(folder, kind):
        from ledger import Ledger

        with Ledger.open(folder) as ledger:
            entries = [r.entry() for r in ledger.readings() if r.name == kind]
            return [{"mode": entry.mode, **json.loads(msgspec.json.encode(entry.event))} for entry in entries]

    return read
