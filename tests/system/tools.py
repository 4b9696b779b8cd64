"""What the tests of this folder share: the software HSM, and how programs are run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN, SO_PIN, TOKEN = "271828", "31415926", "RuleSeven"
SIGNING = f"pkcs11:token={TOKEN};object=signing"
SECOND = f"pkcs11:token={TOKEN};object=second"
HERE = Path(__file__).parent


def tool(name: str, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program that Debian brings; the test fails with what it said, or with what to install."""
    if shutil.which(name) is None:
        pytest.fail(f"{name} is not installed: run make test-system, which installs it.")
    run = subprocess.run([name, *map(str, words)], capture_output=True, text=True, check=False, **options)
    assert run.returncode == 0, run.stderr + run.stdout
    return run


def pkcs11_tool(*words: object, token: str = TOKEN) -> None:
    """As docs/operations.md has it, but for the PIN, which a person types."""
    tool("pkcs11-tool", "--module", MODULE, "--token-label", token, "--login", "--pin", PIN, *words)


def make_key(label: str, kind: str = "EC:edwards25519", number: str = "01") -> None:
    pkcs11_tool("--keypairgen", "--key-type", kind, "--label", label, "--id", number, "--usage-sign")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Program = Callable[..., Outcome]
