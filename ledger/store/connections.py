"""Connections to a ledger's files: durable for writing, and able to read a copy where nothing can be written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteDatastore

from ledger.errors import StorageError

LOCK_TIMEOUT = 60  # seconds that a writer waits for other writers
FULL = 2


def uri(path: Path, *, write: bool = True) -> str:
    """The file as SQLite's URI. It is never created by opening it.

    A file on a medium that cannot be written, with no log beside it, is read as it stands (`immutable`): SQLite could
    not make the shared-memory file that it otherwise needs.
    """
    name = path.absolute().as_uri()
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return f"{name}?mode={'rw' if write else 'ro'}"
    log = path.with_name(path.name + "-wal")
    return f"{name}?mode=ro" if log.exists() and log.stat().st_size else f"{name}?mode=ro&immutable=1"


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection of one's own, without the pool."""
    connection = sqlite3.connect(
        uri(path, write=write), uri=True, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
    except BaseException:
        connection.close()
        raise
    return connection


class LedgerPool(SQLiteConnectionPool):
    """Connections with the durability we promise, which the library leaves to the build's default."""

    def _create_connection(self) -> SQLiteConnection:
        # Not the library's own connect: it keeps a single prepared statement, so that the insert with its triggers
        # would be compiled again for every record.
        connection = sqlite3.connect(
            self.db_name, uri=True, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        return SQLiteConnection(sqlite_conn=connection, max_age=self.max_age)

    def _set_up(self, connection: sqlite3.Connection) -> None:
        for pragma in ("trusted_schema=OFF", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        if "mode=rw" in self.db_name and connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise StorageError("This file system does not take SQLite's write-ahead log, which a ledger needs.")
        if connection.execute("PRAGMA synchronous").fetchone() != (FULL,):
            raise StorageError("This SQLite build does not take synchronous=FULL, so an append would not be durable.")


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore, with our connections and an immediate write transaction."""

    def __init__(self, db_name: str) -> None:
        super().__init__(db_name, lock_timeout=LOCK_TIMEOUT)
        self.pool = LedgerPool(db_name=db_name, lock_timeout=LOCK_TIMEOUT, pool_timeout=LOCK_TIMEOUT)

    @contextmanager
    def immediate(self) -> Iterator[sqlite3.Cursor]:
        """A write transaction that holds the lock from its first statement.

        The library begins deferred and upgrades on the first write, which fails at once when another process has
        written in between. Our own processes queue in SQLite, so the pool's writer lock is not used: it is never
        released when opening a connection fails.
        """
        connection = self.pool.get_connection()
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    yield cursor
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        finally:
            self.pool.put_connection(connection)
