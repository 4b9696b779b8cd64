"""Settings: a flag, else the environment, else the ledger folder's `settings.json`, else the user's own file.

Keys: `actor`, `role`, `passphrase_file`; in the user's own file also `passphrase_command` (a text or a list of words),
`ledger`, the folder to use, and for a signing key in a token `pkcs11_module`, `pin_file` and `pin_command`. A relative
`passphrase_file` or `pin_file` is relative to the file that names it.

A ledger folder may come from anybody. So its file runs nothing: a `passphrase_command` there is passed over, and so is
a module; and its `passphrase_file` is a hint alone: an ordinary file that can be read, or else there is no passphrase.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "settings.json"
KEYS = ("actor", "role", "passphrase_file", "passphrase_command")
OF_TOKEN = ("pkcs11_module", "pin_file", "pin_command")
OWN_KEYS = ("ledger", *OF_TOKEN)  # of the user's own file alone
COMMANDS = ("passphrase_command", "pin_command")
RUN = (*COMMANDS, "pkcs11_module")  # each names a program
FILES = ("passphrase_file", "pin_file")
LARGEST = 1 << 16
LONGEST_SHOWN = 80

HINT, IGNORED = "passphrase_hint", "passphrase_ignored"  # what a ledger folder's own file says of passphrases

Settings = Mapping[str, Any]


def user_file() -> Path:
    """Where the user's own settings lie."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home and Path(home).is_absolute() else Path.home() / ".config") / "ruleseven" / NAME


def read(path: Path, *, run: bool = True) -> Settings:
    """The settings in one file; none when there is no file. `Malformed` says which key is wrong.

    `run`: whether a command that it names would be run, so that it matters who can have written it.
    """
    from ledger.errors import Malformed

    try:
        # Without waiting: a folder from elsewhere may hold a pipe of this name.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = file.read(LARGEST + 1)
            described = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    try:
        values = json.loads(found) if len(found) <= LARGEST else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise Malformed(f"{path} is not a JSON object of settings; its keys are {', '.join(KEYS)}")
    for key, value in values.items():
        if key not in (*KEYS, *OWN_KEYS):
            raise Malformed(f"{path}: there is no setting {key[:LONGEST_SHOWN]!r}; the keys are {', '.join(KEYS)}")
        if not _fits(key, value):
            raise Malformed(f"{path}: the setting {key} must be a text without control characters")
    if run and any(values.get(key) for key in RUN) and not _ours(described):
        raise Malformed(
            f"{path} names a command to run, but others can write it. Make it yours alone (chmod 600) or remove the key"
        )
    for key in FILES:
        if values.get(key):
            try:
                values[key] = str(path.parent / Path(values[key]).expanduser())
            except RuntimeError:  # ~somebody who is not here
                raise Malformed(f"{path}: the setting {key} names the home of nobody on this machine") from None
    return values


def read_folder(folder: Path) -> Settings:
    """The settings of a ledger folder, which a stranger may have written."""
    path = folder / NAME
    values = dict(read(path, run=False))
    if values.pop("passphrase_command", None):
        values[IGNORED] = str(path)
    if named := values.pop("passphrase_file", None):
        values[HINT] = named
    return {key: value for key, value in values.items() if key not in OWN_KEYS}


def write(path: Path, values: Settings) -> None:
    """Write a ledger folder's new settings file, which only its owner reads; an existing one is left as it is."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({key: values.get(key) for key in KEYS if key != "passphrase_command"}, file, indent=2)
        file.write("\n")


_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _fits(key: str, value: Any) -> bool:
    if key in COMMANDS and isinstance(value, list):
        return all(_fits("word", word) and word is not None for word in value)
    return value is None or (isinstance(value, str) and not _CONTROL.search(value))


def _ours(described: os.stat_result) -> bool:
    """Whether nobody but this user (or root) can have written what the file says."""
    return described.st_uid in (os.geteuid(), 0) and not described.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
