"""Passphrases and PINs: from a file, from a command's output, or typed; never an argument, never in a message."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

from cli.settings import HINT, IGNORED, Settings, user_file

LARGEST = 4096
HOW = "Give --passphrase-file or --passphrase-command, set one in your own settings, or run this on a terminal"


PIN_HOW = "Set RULESEVEN_PIN_FILE or RULESEVEN_PIN_COMMAND, or one in your own settings, or run this on a terminal"


def given(settings: Settings) -> bytes | None:
    """The passphrase that the settings lead to; None when they name no source."""
    found = _from_source(settings, "passphrase")
    return _hinted(Path(settings[HINT])) if found is None and settings.get(HINT) else found


def _from_source(settings: Settings, what: str) -> bytes | None:
    if file := settings.get(f"{what.lower()}_file"):
        return _first_line(_read(Path(file), what), f"The {what} file", what)
    if command := settings.get(f"{what.lower()}_command"):
        return _first_line(_run(command, what), f"The {what} command", what)
    return None


def pin(settings: Settings) -> bytes:
    """The PIN of the token that holds a signing key; `Locked` when there is no way to ask for it."""
    from ledger.errors import Locked

    if (found := _from_source(settings, "PIN")) is not None:
        return found
    if not sys.stdin.isatty():
        raise Locked(f"The token needs its PIN and none was given. {PIN_HOW}")
    typed: str = click.prompt("PIN", hide_input=True, err=True)
    return typed.encode()


def existing(settings: Settings) -> bytes:
    """The passphrase of a ledger that has one; `Locked` when there is no way to ask for it."""
    from ledger.errors import Locked

    if (found := given(settings)) is not None:
        return found
    if not sys.stdin.isatty():
        raise Locked(_none_given(settings))
    typed: str = click.prompt("Passphrase", hide_input=True, err=True)
    return typed.encode()


def new(settings: Settings) -> bytes:
    """The passphrase for a ledger about to be made; on a terminal it is typed twice."""
    from ledger.errors import UsageError

    if (found := given(settings)) is not None:
        return found
    if not sys.stdin.isatty():
        raise UsageError(f"A new ledger's keys need a passphrase. {HOW}; or say --no-passphrase")
    typed: str = click.prompt("New passphrase", hide_input=True, confirmation_prompt="Again", err=True)
    return typed.encode()


class Once:
    """Asks for an existing passphrase when first called; a failure to give one is remembered as well as one given."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._given: bytes | None = None
        self._failed: Exception | None = None

    def __call__(self) -> bytes:
        if self._failed is not None:
            raise self._failed  # whoever reads many sealed values asks again for each
        if self._given is None:
            try:
                self._given = existing(self._settings())
            except Exception as error:
                self._failed = error
                raise
        return self._given


def _none_given(settings: Settings) -> str:
    if ignored := settings.get(IGNORED):
        return (
            f"A passphrase is needed; the passphrase_command in {ignored} is not run, since a folder may come from "
            f"anybody. Put it into {user_file()}, or give --passphrase-command"
        )
    return f"A passphrase is needed and none was given. {HOW}"


def _hinted(path: Path) -> bytes:
    """The passphrase in the file that a ledger folder names: an ordinary file, never a pipe or a device to wait for."""
    from ledger.errors import Locked, UsageError

    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            ordinary = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return _first_line(file.read(LARGEST + 1) if ordinary else b"", f"The passphrase file {path}", "passphrase")
    except (OSError, UsageError) as error:
        why = error.strerror if isinstance(error, OSError) else "it gives no passphrase"
        raise Locked(f"The passphrase file {path}, which the ledger's settings name, is no use: {why}") from None


def _read(path: Path, what: str) -> bytes:
    from ledger.errors import UsageError

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"The {what} file {path} cannot be read: {error.strerror}") from None


def _run(command: str | list[str], what: str) -> bytes:
    from ledger.errors import Undecided, UsageError

    try:
        words = shlex.split(command) if isinstance(command, str) else command
    except ValueError:
        words = []
    if not words:
        raise UsageError(f"The {what} command is empty, or its quotes do not match")
    try:
        # Its stderr and stdin stay the user's own: it may have to ask for something.
        run = subprocess.run(words, stdout=subprocess.PIPE, check=False)  # noqa: S603 - the user's own command
    except OSError as error:
        raise UsageError(f"The {what} command {words[0]} cannot be run: {error.strerror}") from None
    if run.returncode:
        raise Undecided(f"The {what} command {words[0]} failed with exit code {run.returncode}")
    return run.stdout


def _first_line(found: bytes, source: str, what: str) -> bytes:
    from ledger.errors import UsageError

    line = found.split(b"\n", 1)[0].removesuffix(b"\r")
    if not line or len(line) > LARGEST:
        raise UsageError(f"{source} must give the {what} as its first line, not empty and at most {LARGEST} bytes")
    return line
