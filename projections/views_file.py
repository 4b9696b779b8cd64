"""The file views.db: opened or made for its owner alone, thrown away when it is of no use, its faults told apart."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import StorageError

if TYPE_CHECKING:
    import sqlite_utils

BUSY_SECONDS = 10.0
STORAGE_FAULTS = {
    "BUSY": "is in use by another program; try again",
    "LOCKED": "is in use by another program; try again",
    "FULL": "cannot grow: the disk is full",
    "READONLY": "cannot be written: it or its folder is read-only",
    "CANTOPEN": "cannot be opened: it is no file, or its folder is closed to you",
    "PERM": "cannot be opened: you have no right to",
    "AUTH": "cannot be opened: you have no right to",
    "IOERR": "cannot be read or written: the disk reports an error, or has no room left",
}


class Damaged(StorageError):
    """views.db cannot be used as it is; nothing is lost by building it anew."""


# What reading it raises: the last, where the schema's own text is damaged and no UTF-8.
FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)


def fault(path: Path, error: Exception) -> StorageError:
    """SQLite's error as ours: whatever is no fault of the disk means that the file is not what it should be."""
    name = getattr(error, "sqlite_errorname", None) or ""
    why = STORAGE_FAULTS.get(name.removeprefix("SQLITE_").partition("_")[0])
    return StorageError(f"{path} {why}.") if why else Damaged("The views could not be read")


def discard(path: Path) -> None:
    """Remove a views.db that is of no use, with what SQLite keeps beside it."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path} is of no use and cannot be removed: {error.strerror}.") from None


def connect(path: Path) -> sqlite_utils.Database:
    """Open, and make if need be, a file that only its owner can read (SQLite's files beside it take its mode)."""
    import sqlite_utils  # 0.14 s: not before a view is wanted

    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        _close_to_others(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}.") from None
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # after a power cut it may be behind, never wrong
        return sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def _close_to_others(path: Path) -> None:
    """Take back rights that others have to the file; it is not opened, since closing it would drop SQLite's locks."""
    try:
        if path.is_file() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StorageError(f"{path} is open to others, and cannot be closed to them: {error.strerror}.") from None
