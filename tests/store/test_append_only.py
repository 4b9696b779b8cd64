"""What the database itself refuses, by plain SQL, while its triggers stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

COLUMNS = "position, record, hash, stream, version, command, ordinal, leaves, sealed"


@pytest.fixture
def db(forty: Path, copy_of: Callable[[Path], Path]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(copy_of(forty) / "ledger.db", isolation_level=None)) as connection:
        yield connection


def rows(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute(f"SELECT {COLUMNS} FROM records ORDER BY position").fetchall()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE records SET leaves = leaves WHERE position = 7", "no UPDATE"),
        ("UPDATE OR REPLACE records SET position = 8 WHERE position = 7", "no UPDATE"),
        ("DELETE FROM records WHERE position = 40", "no DELETE"),
        (f"REPLACE INTO records SELECT {COLUMNS} FROM records WHERE position = 7", "not the next position"),
        (f"INSERT OR IGNORE INTO records SELECT {COLUMNS} FROM records WHERE position = 7", "not the next position"),
    ],
)
def test_a_stored_record_cannot_be_changed(db: sqlite3.Connection, statement: str, why: str) -> None:
    before = rows(db)
    with pytest.raises(sqlite3.IntegrityError, match=why):
        db.execute(statement)
    assert rows(db) == before


INSERT = f"INSERT OR REPLACE INTO records ({COLUMNS}) SELECT "


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("41, substr(record, 1, 129), hash, stream, 99, 'c', 0, leaves, sealed", "CHECK|previous hash"),
        ("41, record, hash, stream, 99, 'c', 0, leaves, sealed", "wrong previous hash"),
        ("42, record, hash, stream, 99, 'c', 0, leaves, sealed", "not the next position"),
        ("NULL, record, hash, stream, 99, 'c', 0, leaves, sealed", "not the next position"),
    ],
)
def test_an_unsigned_or_unchained_row_cannot_be_added(db: sqlite3.Connection, values: str, why: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=why):
        db.execute(f"{INSERT} {values} FROM records WHERE position = 40")
    assert len(rows(db)) == 40


def chained(db: sqlite3.Connection) -> bytes:
    """193 bytes that follow the head, so that only the checks after the chain are left."""
    record, digest = db.execute("SELECT record, hash FROM records WHERE position = 40").fetchone()
    return bytes(record[:25] + digest + record[57:])


@pytest.mark.parametrize(
    ("size", "stream", "version", "command", "why"),
    [
        (193, "stream", "version", "'new'", "not the next version"),
        (193, "stream", "version + 2", "'new'", "not the next version"),
        (193, "stream", "version + 1", "command", "this command is recorded"),
        (129, "stream", "version + 1", "'new'", "CHECK constraint failed: length.record. = 193"),
        (193, "x'00'", "1", "'new'", "CHECK constraint failed: length.stream."),
        (193, "NULL", "1", "'new'", "NOT NULL constraint failed"),
        (193, "x'00000000000000000000000000000000'", "1", "NULL", "NOT NULL constraint failed"),
    ],
)
def test_replace_cannot_take_the_place_of_a_version_or_command(
    db: sqlite3.Connection, size: int, stream: str, version: str, command: str, why: str
) -> None:
    record = chained(db)[:size]
    with pytest.raises(sqlite3.IntegrityError, match=why):
        db.execute(
            f"{INSERT} 41, ?, hash, {stream}, {version}, {command}, ordinal, leaves, sealed "
            "FROM records WHERE position = 40",
            (record,),
        )
    assert len(rows(db)) == 40
