"""The cache of the tree: its tiles in `tiles.db`, and the checkpoint that vouches for them; and how many records each
stream has, as it was signed.

It holds hashes, numbers and signatures, and is no evidence: whoever reads it believes no more than the checkpoint says
(`ledger.proof.tiles`). It may be deleted at any time. So nothing here fails: a cache that cannot be used is none.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from ledger.proof.tiles import Place
from ledger.store.connections import connect
from ledger.store.faults import FAULTS

STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS tiles (level INTEGER, number INTEGER, hashes BLOB, PRIMARY KEY (level, number))",
    "CREATE TABLE IF NOT EXISTS kept (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER, checkpoint BLOB)",
    "CREATE TABLE IF NOT EXISTS counts (one INTEGER PRIMARY KEY CHECK (one = 1), signed BLOB)",
)
FORMAT = 2  # of the tiles: full ones with their middle
KEPT = "SELECT checkpoint FROM kept"
COUNTS = "SELECT signed FROM counts"
TILE = "SELECT hashes FROM tiles WHERE level = ? AND number = ?"


class TileStore:
    """The cache in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def reading(self) -> Iterator[tuple[bytes, Callable[[Place], bytes | None] | None]]:
        """The checkpoint that was kept, empty if none, and its tiles: both as of one moment.

        Tiles that another version of this program wrote are none; the checkpoint says the same in all of them.
        """
        db = self._open()
        if db is None:
            yield b"", lambda _: None
            return
        with closing(db):
            yield _blob(db, KEPT) or b"", (lambda place: _blob(db, TILE, place)) if _is_ours(db) else None

    @contextmanager
    def fetching(self) -> Iterator[Callable[[Place], bytes | None]]:
        """Each tile as it is kept at that moment; none is held locked, so that others may be kept meanwhile."""
        db = self._open()
        if db is None:
            yield lambda _: None
            return
        with closing(db):
            db.execute("COMMIT")
            yield lambda place: _blob(db, TILE, place)

    def keep(self, size: int, checkpoint: bytes, tiles: Mapping[Place, bytes]) -> None:
        """Keep what was made of the tree, with its checkpoint, unless another process has kept more."""

        def put(db: sqlite3.Connection) -> None:
            found = db.execute("SELECT size FROM kept").fetchone()
            if found is not None and type(found[0]) is int and found[0] > size:
                return
            if not _is_ours(db):
                db.execute("DELETE FROM tiles")
                db.execute(f"PRAGMA user_version = {FORMAT}")
            rows = [(*place, hashes) for place, hashes in tiles.items()]
            db.executemany("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?)", rows)
            db.execute("INSERT OR REPLACE INTO kept VALUES (1, ?, ?)", (size, checkpoint))

        self._write(put)

    def counts(self) -> bytes:
        """How many records each stream had when they were last counted, as it was signed; empty if they never were."""
        db = self._open()
        if db is None:
            return b""
        with closing(db):
            return _blob(db, COUNTS) or b""

    def keep_counts(self, signed: bytes) -> None:
        """Keep what was counted."""
        self._write(lambda db: db.execute("INSERT OR REPLACE INTO counts VALUES (1, ?)", (signed,)))

    def _write(self, put: Callable[[sqlite3.Connection], object]) -> None:
        """Put something into the cache, in one transaction."""
        with suppress(*FAULTS, OSError):
            # Made here, so that only its owner can read it; SQLite then finds an empty file.
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
            with closing(connect(self._path, write=True)) as db:
                db.execute("BEGIN IMMEDIATE")
                for statement in STATEMENTS:
                    db.execute(statement)
                put(db)
                db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection | None:
        if not self._path.is_file():
            return None
        try:
            db = connect(self._path)
        except FAULTS:
            return None
        try:
            db.execute("BEGIN")
        except FAULTS:
            db.close()
            return None
        return db

    def discard(self) -> None:
        """Remove the cache, whatever is in it."""
        with suppress(OSError):
            for end in ("", "-journal", "-wal", "-shm"):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)


def _is_ours(db: sqlite3.Connection) -> bool:
    """Whether the tiles have the form that this version gives them."""
    try:
        return bool(db.execute("PRAGMA user_version").fetchone() == (FORMAT,))
    except FAULTS:
        return False


def _blob(db: sqlite3.Connection, statement: str, values: tuple[Any, ...] = ()) -> bytes | None:
    """The one blob that a statement finds; None for anything else, an unreadable file included."""
    try:
        found = db.execute(statement, values).fetchone()
    except FAULTS:
        return None
    return found[0] if found and type(found[0]) is bytes else None
