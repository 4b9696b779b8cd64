"""What the tests of `make test-system` need beside Python: a software HSM, a browser, and software of others in Go.

`tests/system/install` brings it. A test here never skips: what is missing fails it, in one sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from system.browser import Browser, chromium
from system.extracts import Given
from system.tools import HERE, MODULE, PIN, SO_PIN, TOKEN, Outcome, Program, make_key, tool

from ledger import TokenAccess


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A software HSM with one token, `RuleSeven`, and in it two keys of Ed25519: `signing` and `second`."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(conf))
        for label in (TOKEN, "Twin", "Twin"):
            tool("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN)
        make_key("signing")
        make_key("second", number="02")
        yield folder


@pytest.fixture
def token(softhsm: Path) -> TokenAccess:
    return TokenAccess(lambda: MODULE, PIN.encode)


@pytest.fixture
def ruleseven(softhsm: Path, tmp_path: Path) -> Program:
    """The program in a process of its own, as people run it: nothing that one command opened is open in the next."""
    pin = tmp_path / "pin"
    pin.write_text(PIN + "\n")
    own = {name: value for name, value in os.environ.items() if not name.startswith("RULESEVEN_")}
    own |= {"XDG_CONFIG_HOME": str(tmp_path), "RULESEVEN_PKCS11_MODULE": MODULE, "RULESEVEN_PIN_FILE": str(pin)}

    def run(*words: object, stdin: str = "", **environment: str) -> Outcome:
        command = [sys.executable, "-m", "cli.main", *map(str, words)]
        ran = subprocess.run(
            command,
            input=stdin,
            env=own | environment,
            cwd=HERE.parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return Outcome(ran.returncode, ran.stdout, ran.stderr)

    return run


@pytest.fixture(scope="session")
def interop_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program in `interop/`, built from what Debian brings: nothing is fetched."""
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "GOPROXY": "off",
    }
    sources = sorted((HERE / "interop").glob("*.go"))
    tool("go", "build", "-o", folder / "interop", *sources, env=environment)
    return folder / "interop"


@pytest.fixture(scope="session")
def interop(interop_program: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """One run of it: words, and what it reads."""

    def run(*words: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [str(interop_program), *map(str, words)]
        return subprocess.run(command, input=stdin, capture_output=True, check=False)

    return run


@pytest.fixture
def go_witness(interop_program: Path) -> Iterator[Callable[[str, str], dict[str, str]]]:
    """Starts a witness in Go under a name, of the log with a vkey, and says its `url` and `vkey`; each ends here."""
    running: list[subprocess.Popen[str]] = []

    def start(name: str, log: str) -> dict[str, str]:
        command = [str(interop_program), "witness", name, log]
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        running.append(program)
        assert program.stdout is not None
        said: dict[str, str] = json.loads(program.stdout.readline())
        return said

    yield start
    for program in running:
        program.terminate()
        program.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Given:
    return Given(tmp_path_factory.mktemp("plain"), practice=False, changed=False)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """A practice ledger, after a rotation and a recovery."""
    return Given(tmp_path_factory.mktemp("changed"), practice=True, changed=True)
