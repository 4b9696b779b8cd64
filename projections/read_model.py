"""views.db, and the one door to sqlite-utils: each projection's tables, and how far they are built.

Exactly once: the rows that a batch changed and the place they bring the projection to are written in one transaction,
whose first statement moves the place from where it was believed to be. Whoever lost that race writes nothing. A
projection is rebuilt in temporary tables of this connection alone, which then take the place of the old ones in one
transaction: until then, and if that fails, the old ones stand.

Rows are written by `executemany` on sqlite-utils' connection: its own `upsert_all` takes twice as long (11 against
6 µs a row, 2,000 rows a transaction).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from projections import statements, views_file
from projections.projection import Place, Projection
from projections.tables import Key, Row, Table, Tables
from projections.views_file import FAULTS, Damaged, fault

FORMAT = 1  # of the bookkeeping; a projection's own version is in its row
APPLICATION_ID = 0x52375657  # "R7VW": `file` and sqlite3 show it
KEEP_ROWS = 20_000  # rows that the projections built together keep in memory between batches
ASIDE_KIB = 16_384  # of memory for the temporary tables: rows come in any order, and SQLite's own 2 MiB hold few
Building = tuple[Projection, Tables]  # a projection, and the rows that it is being built into
BOOKKEEPING = (
    "CREATE TABLE ledger (id TEXT NOT NULL)",
    "CREATE TABLE projection (name TEXT PRIMARY KEY, version INT NOT NULL, position INT NOT NULL, hash TEXT NOT NULL)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)


class ReadModel:
    """An open views.db of one ledger: `StorageError` for a busy, full or read-only file, `Damaged` if it is useless."""

    def __init__(self, path: Path, ledger: bytes) -> None:
        self._path = path
        with self._faults():
            self._db = views_file.connect(path)
            try:
                self._check_owner(ledger.hex())
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def place(self, projection: Projection) -> Place | None:
        """How far the projection is built; None if it is not, or was by another version of itself."""
        with self._faults():
            row = self._db.execute(
                "SELECT position, hash FROM projection WHERE name = ? AND version = ?",
                (projection.name, projection.version),
            ).fetchone()
        return Place(row[0], bytes.fromhex(row[1])) if row else None

    def is_built(self, projection: Projection) -> bool:
        """Whether there is anything of the projection, by whichever version of itself."""
        with self._faults():
            found = self._db.execute("SELECT 1 FROM projection WHERE name = ?", (projection.name,)).fetchone()
        return found is not None

    def tables(self, projection: Projection, together: int = 1) -> Tables:
        """The projection's rows, loaded as they are asked for; it is one of so many that are built together."""
        return Tables(projection.tables, self._load, self._select, KEEP_ROWS // together)

    def begin(self, projection: Projection) -> None:
        """Make the projection's tables, empty, in the place of whatever there was: it is built to nothing yet."""
        with self._faults(), self._db.atomic():
            self._put_place(projection, Place(0, b""))
            self._make(projection, "main")

    def advance(self, projection: Projection, tables: Tables, old: Place, new: Place) -> bool:
        """Write what changed and move the place from `old` to `new`; or write nothing: False, it was not there."""
        with self._faults(), self._db.atomic():
            moved = self._db.execute(
                "UPDATE projection SET position = ?, hash = ? "
                "WHERE name = ? AND version = ? AND position = ? AND hash = ?",
                (new.position, new.hash.hex(), projection.name, projection.version, old.position, old.hash.hex()),
            )
            if moved.rowcount == 1:
                self._write(tables)
        if moved.rowcount == 1:
            tables.written()
        return moved.rowcount == 1

    @contextmanager
    def aside(self, questions: Sequence[Projection]) -> Iterator[list[Building]]:
        """Temporary tables, empty, that hide the projections' own from this connection while this lasts."""
        with self._faults(), self._db.atomic():
            self._db.execute(f"PRAGMA temp.cache_size = -{ASIDE_KIB}")
            for projection in questions:
                self._make(projection, "temp")
        try:
            yield [(projection, self.tables(projection, len(questions))) for projection in questions]
        finally:
            for projection in questions:
                for table in projection.tables:
                    self._db.execute(f'DROP TABLE temp."{table.name}"')

    def write_aside(self, building: Sequence[Building]) -> None:
        """Write what changed into the tables of `aside`."""
        with self._faults(), self._db.atomic():
            for _, tables in building:
                self._write(tables)
        for _, tables in building:
            tables.written()

    def put_in_place(self, projection: Projection, place: Place) -> None:
        """Let the tables of `aside` take the place of the projection's own."""
        with self._faults(), self._db.atomic():
            self._put_place(projection, place)
            self._make(projection, "main")
            for table in projection.tables:
                self._db.execute(f'INSERT INTO main."{table.name}" SELECT * FROM temp."{table.name}"')  # noqa: S608

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """While this lasts, all that is read is of one moment."""
        with self._faults():
            self._db.begin()
        try:
            yield
        finally:
            self._db.rollback()

    def digest(self, projection: Projection) -> str:
        """SHA-256 over every row of the projection, in the order of its tables and their keys."""
        digest = hashlib.sha256()
        with self._faults():
            for table in projection.tables:
                digest.update(json.dumps([table.name, *table.columns]).encode())
                cursor = self._db.execute(statements.select(table))
                while rows := cursor.fetchmany(1000):
                    digest.update(json.dumps(rows, ensure_ascii=False).encode())
        return digest.hexdigest()

    def _make(self, projection: Projection, schema: str) -> None:
        for table in projection.tables:
            self._db.execute(f'DROP TABLE IF EXISTS {schema}."{table.name}"')
            self._db.execute(statements.create(table, schema))

    def _write(self, tables: Tables) -> None:
        for table, rows in tables.changes():
            self._db.conn.executemany(statements.upsert(table), statements.stored(table, rows))

    def _load(self, table: Table, key: Key) -> Row | None:
        try:
            found = self._db.conn.execute(statements.select_one(table), key).fetchone()
        except FAULTS as error:
            raise fault(self._path, error) from error
        return statements.loaded(table, found) if found else None

    def _select(self, table: Table, where: Mapping[str, Any]) -> Iterator[Row]:
        with self._faults():
            for found in self._db.conn.execute(statements.select(table, tuple(where)), tuple(where.values())):
                yield statements.loaded(table, found)

    def _check_owner(self, ledger: str) -> None:
        """Make the bookkeeping of an empty file; `Damaged` for one that is not ours, or not this ledger's."""
        if self._is_empty():
            self._db.execute("BEGIN IMMEDIATE")
            with self._db.atomic():
                if self._is_empty():  # still, now that nobody else can be making it
                    for statement in BOOKKEEPING:
                        self._db.execute(statement)
                    self._db.execute("INSERT INTO ledger VALUES (?)", (ledger,))
            self._db.commit()
        marks = [self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if marks != [APPLICATION_ID, FORMAT]:
            raise Damaged("The views were written by another version or another program")
        if self._db.execute("SELECT id FROM ledger").fetchall() != [(ledger,)]:
            raise Damaged("The views were of another ledger")

    def _is_empty(self) -> bool:
        count: int = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return count == 0

    def _put_place(self, projection: Projection, place: Place) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO projection VALUES (?, ?, ?, ?)",
            (projection.name, projection.version, place.position, place.hash.hex()),
        )

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            raise fault(self._path, error) from error
