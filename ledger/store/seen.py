"""What a witness has seen: of each log that it watches the card and the largest checkpoint, in `seen.db`.

This is no cache. A witness that forgot would cosign a second history, so nothing here is made up where it is missing: a
log that is not noted down is unknown. A change is on the disk before it counts.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import IntegrityError, StorageError
from ledger.store.connections import connect
from ledger.store.faults import FAULTS, explained

LOGS = (
    "CREATE TABLE logs "
    "(origin TEXT PRIMARY KEY, name TEXT, card BLOB, size INTEGER, root BLOB, note BLOB, time INTEGER)"
)
ONE = "SELECT origin, name, card, size, root, note, time FROM logs WHERE origin = ?"
ALL = "SELECT origin, name, card, size, root, note, time FROM logs ORDER BY name, origin"
PUT = "INSERT OR REPLACE INTO logs (origin, name, card, size, root, note, time) VALUES (?, ?, ?, ?, ?, ?, ?)"
EXTRA = 3  # as FULL, and the folder's entry for the journal is made durable too


class Seen(NamedTuple):
    """One log: what we call it, its card, and the largest checkpoint that was cosigned; size 0 if none.

    `time`: of the last cosignature, in seconds since 1970; 0 if none.
    """

    origin: str
    name: str
    card: bytes
    size: int
    root: bytes
    note: bytes
    time: int


class SeenStore:
    """The file; it is made when the first log is noted down."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[Seen]:
        """Every log that is watched."""
        with self.changing() as seen:
            return seen.all()

    @contextmanager
    def changing(self) -> Iterator[Changing]:
        """One transaction, which nobody else's runs beside; an error within undoes it."""
        try:
            with closing(self._open()) as db:
                db.execute(f"PRAGMA synchronous={EXTRA}")
                db.execute("BEGIN IMMEDIATE")
                if not db.execute("PRAGMA user_version").fetchone()[0]:
                    # A file that held something and has no version is damaged: creating then fails, as it must.
                    db.execute(LOGS)
                    db.execute("PRAGMA user_version=1")
                yield Changing(db)
                db.execute("COMMIT")  # else closing rolls back
        except FAULTS as error:
            raise explained(error, self._path.name) from error
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error.strerror}.") from None

    def _open(self) -> sqlite3.Connection:
        # Made here, so that only its owner can read it; SQLite then finds an empty file.
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
        return connect(self._path, write=True)


class Changing:
    """The file while it is being changed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, origin: str) -> Seen | None:
        """One log; None if it is not watched."""
        row = self._db.execute(ONE, (origin,)).fetchone()
        return None if row is None else _seen(row)

    def all(self) -> list[Seen]:
        """Every log that is watched, by name."""
        rows = self._db.execute(ALL).fetchall()
        return [_seen(row) for row in rows]

    def put(self, seen: Seen) -> None:
        """Note a log down, in the place of what was there."""
        self._db.execute(PUT, seen)

    def newest(self) -> int:
        """When the last cosignature was given, for whichever log; 0 if none was."""
        found = self._db.execute("SELECT max(time) FROM logs").fetchone()[0]
        return int(found or 0)


def _seen(row: tuple[Any, ...]) -> Seen:
    if [type(part) for part in row] != [str, str, bytes, int, bytes, bytes, int] or row[3] < 0 or row[6] < 0:
        raise IntegrityError(
            "seen.db does not hold what this ledger saw of others as it was written. Restore it from a backup: until "
            "then nothing is cosigned."
        )
    return Seen(*row)
