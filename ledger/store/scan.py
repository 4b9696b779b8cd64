"""Reading every stored byte in order, over a connection of its own, as verification does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger.proof.report import Row
from ledger.store.connections import connect
from ledger.store.faults import FAULTS, explained
from ledger.store.schema import SELECT


def scan(path: Path, after: int = 0, stop: int = 2**62) -> Iterator[Row]:
    """The rows with positions above `after` up to `stop`, by position; memory stays flat.

    Raises `IntegrityError` where the database itself is malformed.
    """
    return map(Row._make, _scan(path, SELECT, after, stop))


def scan_stream(path: Path, stream: bytes) -> Iterator[Row]:
    """The rows of one stream by version, as the index has them."""
    return map(Row._make, _select(path, f"{SELECT} WHERE stream = ? ORDER BY version", stream))


def scan_records(path: Path, after: int = 0, stop: int = 2**62) -> Iterator[tuple[Any, Any]]:
    """Likewise, of each row nothing but its position and the record's own bytes."""
    return _scan(path, "SELECT position, record FROM records", after, stop)


def _scan(path: Path, select: str, after: int, stop: int) -> Iterator[Any]:
    return _select(path, f"{select} NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position", after, stop)


def _select(path: Path, statement: str, *params: Any) -> Iterator[Any]:
    try:
        connection = connect(path)
        connection.text_factory = _text
        try:
            cursor = connection.execute(statement, params)
            cursor.arraysize = 256
            while found := cursor.fetchmany():
                yield from found
        finally:
            connection.close()
    except FAULTS as error:
        raise explained(error, path.name) from error


def count_streams(path: Path, after: int, stop: int) -> dict[bytes, int]:
    """How many records each stream has above `after` up to `stop`, counted in the table: an index might hide one."""
    statement = "SELECT stream, count(*) FROM records NOT INDEXED WHERE position > ? AND position <= ? GROUP BY stream"
    return dict(_select(path, statement, after, stop))


def extent(path: Path) -> tuple[int, int]:
    """How many rows there are, and the highest position."""
    try:
        connection = connect(path)
        try:
            count, last = connection.execute("SELECT count(*), coalesce(max(position), 0) FROM records").fetchone()
        finally:
            connection.close()
    except FAULTS as error:
        raise explained(error, path.name) from error
    return count, last


def hash_at(path: Path, position: int) -> bytes:
    """The stored hash of one record; empty if it is not there."""
    row = next(scan(path, position - 1, position), None)
    return row.hash if row is not None and type(row.hash) is bytes else b""


def _text(raw: bytes) -> object:
    """Text as text; bytes that are not UTF-8 as the bytes they are, so that verification can say so."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
