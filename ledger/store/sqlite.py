"""The SQLite recorder: it assigns positions, chains and signs inside its own transaction.

One write is: take the write lock (`BEGIN IMMEDIATE`), read the head, see that nothing the judgement read has grown,
finish each draft (time, previous hash, signature), insert, commit with `synchronous=FULL`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from ledger.errors import IntegrityError
from ledger.proof.draft import Draft, Finished
from ledger.proof.record import HOUR_AT, HOUR_US
from ledger.proof.report import Row
from ledger.store.connections import LedgerDatastore
from ledger.store.faults import FAULTS, explained
from ledger.store.schema import INSERT, SELECT, STATEMENTS
from ledger.store.structure import check_structure


class Grown(Exception):
    """Between rooms, never shown to anybody: a stream that the judgement read has grown since. Judge again."""


class Taken(Exception):
    """Likewise: the command id is recorded already, by another process a moment ago."""


class Head(NamedTuple):
    """The last record: its position (0 for none), hash, recorded time in µs since 1970, and its clock's flag."""

    position: int
    hash: bytes
    recorded_us: int
    behind: bool = False


EMPTY = Head(0, bytes(32), 0)
BLOCK = 5000  # rows looked through at a time


@dataclass(frozen=True)
class StoredDraft(StoredEvent):
    """A sealed draft on its way into the recorder; `state` stays empty, the bytes are the draft's."""

    draft: Draft


class Sealer(Protocol):
    """What makes records of drafts, and checks a head before it is chained to."""

    def finish(self, draft: Draft, head: Head, recorded_us: int | None) -> tuple[Finished, Head]:
        """A draft as the record that follows `head`, and the head that it becomes."""

    def check_head(self, row: Row) -> int:
        """The recorded time of a head that this process did not write, once its signature is verified."""


class SealingRecorder(SQLiteApplicationRecorder):
    """Stores records of one ledger; `sealer` is given by the facade."""

    sealer: Sealer

    def __init__(self, datastore: LedgerDatastore, path: Path) -> None:
        super().__init__(datastore, "records")
        self._ledger_datastore = datastore
        self.path = path
        self._held = threading.local()
        self.written: Sequence[Head] = ()  # what the last append came to
        self._structure_seen = -1  # SQLite's schema version when the structure was last checked
        self._own_head = EMPTY  # the last record that this process wrote or checked

    def construct_create_table_statements(self) -> list[str]:
        return list(STATEMENTS)

    # --- writing ---

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """Hold the write lock; appends inside join its transaction."""
        held = getattr(self._held, "cursor", None)
        if held is not None:
            yield held
            return
        try:
            with self._ledger_datastore.immediate() as cursor:
                self._held.cursor = cursor
                self._held.head = None
                try:
                    yield cursor
                finally:
                    # Outside, the head is what the database says: others write too, and a commit may fail.
                    wrote, self._held.head, self._held.cursor = self._held.head, None, None
            if wrote is not None:
                self._own_head = wrote  # only once it is durable
        except FAULTS as error:
            raise explained(error, self.path.name) from error

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        judged_at: int = -1,
        reads: Mapping[bytes, int] | None = None,
        times: Sequence[int | None] = (),
        stale: Callable[[], bool] = lambda: False,
        **_: Any,
    ) -> Sequence[int] | None:
        """Chain, sign and insert drafts as one transaction; the positions they were given.

        `judged_at` is the position of the head that the judgement saw, `reads` the streams it read with the version it
        saw: if the head has moved and one of them has grown, or what the drafts were sealed with is `stale`, `Grown` is
        raised and nothing is stored. `times` are recorded times in µs for a practice ledger. Afterwards `written` lists
        the new heads.
        """
        with self.writing() as cursor:
            head = self._head(cursor)
            if head.position != judged_at:
                self._check_reads(cursor, reads or {})
                if stale():
                    raise Grown
            rows, heads = [], []
            for stored, given in zip_longest(stored_events, times):
                draft = cast("StoredDraft", stored).draft
                done, head = self.sealer.finish(draft, head, given)
                heads.append(head)
                place = (draft.stream, draft.version, draft.command_id, draft.ordinal)
                rows.append((head.position, done.record, done.hash, *place, done.leaves, done.sealed))
            self._check_structure(cursor)
            try:
                cursor.executemany(INSERT, rows)
            except sqlite3.IntegrityError as error:
                if "this command is recorded" in str(error):
                    raise Taken from None
                raise
            if cursor.rowcount != len(rows):
                raise IntegrityError(f"{self.path.name} did not take every record: something in it swallows them.")
            self._held.head, self.written = head, heads
            return [head.position for head in heads]

    def _head(self, cursor: sqlite3.Cursor) -> Head:
        """The head to chain to. One that another process wrote is trusted only once its signature is verified."""
        if getattr(self._held, "head", None) is not None:
            known: Head = self._held.head
            return known
        cursor.execute("SELECT position, hash FROM records ORDER BY position DESC LIMIT 1")
        found = cursor.fetchone()
        if found is None and not self._own_head.position:
            return EMPTY
        if found != self._own_head[:2]:
            self._check_still_there(cursor)
            cursor.execute(f"{SELECT} WHERE position = ?", found[:1])
            row = Row._make(cursor.fetchone())
            self._own_head = Head(row.position, row.hash, self.sealer.check_head(row))
        return self._own_head

    def _check_still_there(self, cursor: sqlite3.Cursor) -> None:
        """What this process wrote or checked last must still be there, whatever has come after it."""
        position, digest = self._own_head[:2]
        if position:
            cursor.execute("SELECT hash FROM records WHERE position = ?", (position,))
            if cursor.fetchone() != (digest,):
                raise IntegrityError(
                    f"Record {position}, which was here a moment ago, is gone or another. Nothing was added; verify "
                    f"the ledger with --head {position}:{digest.hex()}.",
                    position,
                    9,
                )

    def _check_structure(self, cursor: sqlite3.Cursor) -> None:
        cursor.execute("PRAGMA schema_version")
        (version,) = cursor.fetchone()
        if version != self._structure_seen:
            check_structure(cursor, self.path.name)
            self._structure_seen = version

    def _check_reads(self, cursor: sqlite3.Cursor, reads: Mapping[bytes, int]) -> None:
        for stream, version in reads.items():
            cursor.execute("SELECT coalesce(max(version), 0) FROM records WHERE stream = ?", (stream,))
            if cursor.fetchone()[0] != version:
                raise Grown

    # --- reading ---

    def rows(self, after: int, limit: int, *, stop: int | None = None) -> list[Row]:
        """Up to `limit` rows with positions above `after` (and up to `stop`), in order."""
        until = 2**62 if stop is None else stop
        return self._select("WHERE position > ? AND position <= ? ORDER BY position LIMIT ?", after, until, limit)

    def stream_rows(self, stream: bytes, after: int = 0) -> list[Row]:
        """The rows of one stream with versions above `after`, in order."""
        return self._select("WHERE stream = ? AND version > ? ORDER BY version", stream, after)

    def rows_of_kind(self, wire: str, since_us: int, naming: str) -> Iterator[Row]:
        """The rows of one kind, newest first, back to the first block of rows recorded before `since_us`.

        Only those in whose open fields the text `naming` stands somewhere.
        """
        hour = (since_us // HOUR_US).to_bytes(8)
        last = self.last()[0]
        while last > 0:
            first = max(last - BLOCK, 0)
            yield from self._select(
                "WHERE position > ? AND position <= ? AND instr(substr(leaves, 1, 96), ?) > 0 AND instr(leaves, ?) > 0 "
                "ORDER BY position DESC",
                first,
                last,
                wire.encode(),
                naming.encode(),
            )
            oldest = self._select("WHERE position = ?", first + 1)
            if not oldest or oldest[0].record[HOUR_AT : HOUR_AT + 8] < hour:
                return
            last = first

    def rows_naming(self, scope: bytes) -> list[Row]:
        """The rows in whose open fields a scope id stands, in order: those that something is sealed in under it."""
        return self._select("WHERE instr(leaves, ?) > 0 ORDER BY position", scope)

    def command_rows(self, command_id: str) -> list[Row]:
        """The rows that one command came to, in order."""
        return self._select("WHERE command = ? ORDER BY ordinal", command_id)

    def row(self, position: int) -> Row | None:
        found = self._select("WHERE position = ?", position)
        return found[0] if found else None

    def last_version(self, stream: bytes) -> int:
        """The version of a stream's newest record; 0 when it has none."""
        with self._reading() as cursor:
            cursor.execute("SELECT coalesce(max(version), 0) FROM records WHERE stream = ?", (stream,))
            version: int = cursor.fetchone()[0]
            return version

    def checked_head(self) -> Head:
        """The head, its signature verified unless this process wrote or checked it before."""
        with self._reading() as cursor:
            return self._head(cursor)

    def last(self) -> tuple[int, bytes]:
        """Position and stored hash of the head; (0, zeros) for an empty ledger."""
        with self._reading() as cursor:
            cursor.execute("SELECT position, hash FROM records ORDER BY position DESC LIMIT 1")
            return cursor.fetchone() or (0, bytes(32))

    def _select(self, where: str, *params: Any) -> list[Row]:
        with self._reading() as cursor:
            cursor.execute(f"{SELECT} {where}", params)
            rows = [Row._make(found) for found in cursor.fetchall()]
        for row in rows:
            if type(row.record) is not bytes:  # a damaged page may give anything
                raise IntegrityError(
                    f"Record {row.position} is no bytes at all; verify says what else is wrong.", row.position, 1
                )
        return rows

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Cursor]:
        """A cursor for reading: inside `writing`, that of the write transaction, so that it sees its own records."""
        held = getattr(self._held, "cursor", None)
        if held is not None:
            yield held
            return
        try:
            connection = self._ledger_datastore.pool.get_connection()
            try:
                with connection.cursor() as cursor:
                    yield cursor
            finally:
                self._ledger_datastore.pool.put_connection(connection)
        except FAULTS as error:
            raise explained(error, self.path.name) from error

    # --- the library's own readers, on the same rows ---

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        stream = UUID(str(originator_id)).bytes
        rows = [r for r in self.stream_rows(stream, gt or 0) if lte is None or r.version <= lte]
        return [StoredRow.of(row) for row in (rows[::-1] if desc else rows)[:limit]]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        found = [StoredRow.of(row) for row in self.rows(after, limit, stop=stop)]
        return [n for n in found if not topics or n.topic in topics]

    def max_notification_id(self) -> int:
        return self.last()[0]


@dataclass(frozen=True)
class StoredRow(Notification):
    """A stored row in the library's terms; `row` is what was read."""

    row: Row

    @classmethod
    def of(cls, row: Row) -> StoredRow:
        return cls(UUID(bytes=row.stream), row.version, "", row.leaves, row.position, row)


class LedgerFactory(SQLiteFactory):
    """Builds the recorder for one ledger file."""

    def __init__(self, env: Environment, path: Path) -> None:
        super().__init__(env)
        self.path = path
        self.datastore = self._ledger_datastore = LedgerDatastore(self.env["SQLITE_DBNAME"])

    def application_recorder(self) -> ApplicationRecorder:
        return SealingRecorder(self._ledger_datastore, self.path)
