"""Whoever owns the file can drop the triggers. Verification must then name the lowest bad position and the step."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, person

from ledger import Ledger, Report, verify_folder
from ledger.errors import IntegrityError, RuleSevenError
from ledger.procedure.declare import BY_WIRE
from ledger.proof.keys import KeySchedule
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.verify import verify, verify_segment

BLOBS = ("record", "hash", "stream", "leaves", "sealed")
EVERYTHING = "position, record, hash, stream, version, command, ordinal, leaves, sealed"


@pytest.fixture
def folder(forty: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A ledger of 40 records whose triggers are gone."""
    copied = copy_of(forty)
    db = sqlite3.connect(copied / "ledger.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return copied


def alter(folder: Path, *statements: str | tuple[str, tuple[Any, ...]]) -> None:
    db = sqlite3.connect(folder / "ledger.db")
    for statement in statements:
        db.execute(*((statement,) if isinstance(statement, str) else statement))
    db.commit()
    db.close()


def verdict(folder: Path, **options: Any) -> Report:
    return verify_folder(folder, passphrase=lambda: None, **options).report


def first_bad(folder: Path, **options: Any) -> tuple[int, int]:
    report = verdict(folder, **options)
    assert report.verdict == "failed"
    assert report.first_bad is not None
    return report.first_bad.position, report.first_bad.step


def test_nothing_is_wrong_with_an_untouched_ledger(folder: Path) -> None:
    report = verdict(folder, every_signature=True)
    assert (report.verdict, report.records, report.signatures, report.unchecked) == ("verified", 40, 40, 0)
    assert report.first_bad is None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM records WHERE position = 20", (20, 2)),
        ("DELETE FROM records WHERE position = 1", (1, 2)),
        ("UPDATE records SET position = 41 WHERE position = 20", (20, 2)),
        ("UPDATE records SET version = version + 100 WHERE position = 9", (9, 8)),
        ("UPDATE records SET command = 'other' WHERE position = 9", (9, 8)),
        ("UPDATE records SET ordinal = 1 WHERE position = 9", (9, 8)),
        ("UPDATE records SET stream = zeroblob(16) WHERE position = 9", (9, 8)),
        ("UPDATE records SET leaves = (SELECT leaves FROM records WHERE position = 10) WHERE position = 9", (9, 7)),
        ("UPDATE records SET sealed = (SELECT sealed FROM records WHERE position = 10) WHERE position = 9", (9, 7)),
    ],
)
def test_an_altered_row_is_named(folder: Path, statement: str, expected: tuple[int, int]) -> None:
    alter(folder, statement)
    assert first_bad(folder) == expected


def test_swapped_rows_are_named(folder: Path) -> None:
    alter(
        folder,
        "UPDATE records SET position = 1000 WHERE position = 12",
        "UPDATE records SET position = 12 WHERE position = 13",
        "UPDATE records SET position = 13 WHERE position = 1000",
    )
    assert first_bad(folder) == (12, 2)


def test_a_row_replaced_by_another_with_its_own_hash_is_named(folder: Path) -> None:
    alter(
        folder,
        "CREATE TABLE copied AS SELECT * FROM records WHERE position = 12",
        "DELETE FROM records WHERE position = 12",
        "UPDATE records SET position = 12 WHERE position = 13",
    )
    assert first_bad(folder) == (12, 2)


def test_resequencing_after_a_deletion_is_named(folder: Path) -> None:
    alter(
        folder,
        "DELETE FROM records WHERE position = 20",
        "UPDATE records SET position = position + 1000 WHERE position > 20",
        "UPDATE records SET position = position - 1001 WHERE position > 1000",
    )
    assert first_bad(folder) == (20, 2)


def test_a_cut_tail_is_seen_against_a_kept_head(folder: Path) -> None:
    with Ledger.open(folder) as ledger:
        kept = tuple(ledger.head())
    alter(folder, "DELETE FROM records WHERE position > 37")
    assert verdict(folder).verdict == "verified"  # nothing inside the file can show it
    assert first_bad(folder, heads=[kept]) == (38, 9)


def test_another_record_than_the_kept_head_is_seen(folder: Path) -> None:
    assert first_bad(folder, heads=[(30, bytes(32))]) == (30, 9)


def rechain(folder: Path, start: int, change: Callable[[bytes], bytes]) -> None:
    """Change a record and mend every hash after it, as a careful forger without the key would."""
    db = sqlite3.connect(folder / "ledger.db")
    rows = db.execute("SELECT position, record FROM records WHERE position >= ? ORDER BY position", (start,)).fetchall()
    previous = None
    for position, record in rows:
        new = change(record) if previous is None else record[:25] + previous + record[57:]
        previous = hashlib.sha256(b"\0" + new).digest()
        db.execute("UPDATE records SET record = ?, hash = ? WHERE position = ?", (new, previous, position))
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("at", "step"),
    [(57, 6), (64, 6), (65, 5), (97, 6), (129, 6), (192, 6)],
    ids=["hour", "hour-end", "key", "content", "signature", "signature-end"],
)
def test_a_changed_record_with_a_mended_chain_is_named(folder: Path, at: int, step: int) -> None:
    rechain(folder, 15, lambda r: r[:at] + bytes([r[at] ^ 1]) + r[at + 1 :])
    assert first_bad(folder) == (15, step)


def test_stripped_and_rewritten_signatures_are_named(folder: Path) -> None:
    rechain(folder, 15, lambda r: r[:129] + bytes(64))
    assert first_bad(folder) == (15, 6)


def test_a_planted_head_is_refused_by_the_next_writer_and_by_verification(folder: Path) -> None:
    db = sqlite3.connect(folder / "ledger.db")
    record, digest, stream, version, leaves, sealed = db.execute(
        "SELECT record, hash, stream, version, leaves, sealed FROM records WHERE position = 40"
    ).fetchone()
    planted = record[:17] + (41).to_bytes(8) + digest + record[57:129] + random.Random(7).randbytes(64)
    row = (41, planted, hashlib.sha256(b"\0" + planted).digest(), stream, version + 1, "planted", 0, leaves, sealed)
    db.execute(f"INSERT INTO records ({EVERYTHING}) VALUES (?,?,?,?,?,?,?,?,?)", row)
    db.commit()
    db.close()
    with Ledger.open(folder) as ledger:
        with pytest.raises(IntegrityError, match=r"The last record \(41\) is not one that") as caught:
            ledger.record(person(99), actor=ACTOR)
        assert (caught.value.position, caught.value.step) == (41, 6)
        assert ledger.head().position == 41
    assert first_bad(folder) == (41, 6)


def context_of(folder: Path) -> VerifyContext:
    """What a verifier of this ledger knows, vault included."""
    with Ledger.open(folder) as ledger:
        return VerifyContext(
            ledger.id,
            True,
            KeySchedule(ledger.charter.public),
            {wire: kind.size for wire, kind in BY_WIRE.items()},
            ledger.keyring.all_scope_keys()[0],
        )


def expected_step(column: str, at: int) -> int:
    """The lowest step that a changed byte of this column must fail at."""
    if column == "record":
        return 1 if at == 0 else 2 if at < 25 else 3
    return {"hash": 3, "stream": 8, "leaves": 7, "sealed": 7}[column]


def flips(db: sqlite3.Connection) -> Iterator[tuple[int, str, int]]:
    for position, *sizes in db.execute(
        f"SELECT position, {', '.join(f'length({c})' for c in BLOBS)} FROM records ORDER BY position"
    ).fetchall():
        for column, size in zip(BLOBS, sizes, strict=True):
            yield from ((position, column, at) for at in range(size))


def test_every_byte_of_every_stored_column_is_covered(folder: Path) -> None:
    """Each byte of each blob flipped in turn, by SQL; the numbers and the text are covered below.

    Verification starts at the altered record, where what it needs of the record before is known; for one flip in a
    hundred the whole ledger is verified, as `verify` does it.
    """
    context = context_of(folder)
    disk, db = sqlite3.connect(folder / "ledger.db"), sqlite3.connect(":memory:")
    disk.backup(db)
    disk.close()

    def rows(position: int = 1) -> Iterator[Row]:
        return map(
            Row._make,
            db.execute(f"SELECT {EVERYTHING} FROM records WHERE position >= ? ORDER BY position", (position,)),
        )

    hashes = [bytes(32), *(row.hash for row in rows())]
    thorough = replace(context, every_signature=True)
    everything = list(flips(db))
    for count, (position, column, at) in enumerate(everything):
        (before,) = db.execute(f"SELECT {column} FROM records WHERE position = ?", (position,)).fetchone()
        changed = before[:at] + bytes([before[at] ^ (1 << (at % 8))]) + before[at + 1 :]
        db.execute(f"UPDATE records SET {column} = ? WHERE position = ?", (changed, position))
        if count % 100:
            start = SegmentStart(position, hashes[position - 1])
            bad = verify_segment(rows(position), start, thorough).failure
        else:
            bad = verify(rows, context).first_bad
        assert bad is not None, (position, column, at)
        assert (bad.position, bad.step) == (position, expected_step(column, at)), (position, column, at, bad)
        db.execute(f"UPDATE records SET {column} = ? WHERE position = ?", (before, position))
    assert len(everything) > 25_000
    assert verify(rows, context).verdict == "verified"
    db.close()


def test_every_byte_of_the_other_columns_is_covered(folder: Path) -> None:
    """One bit of each byte of the numbers (as 8 bytes) and of the command's text, flipped in turn, by SQL."""
    numbers = [("version", 8), ("ordinal", 8), ("position", 2)]
    changes = [
        (f"UPDATE records SET {column} = {column} + {1 << (8 * byte + 6)} WHERE position = ?", step)
        for column, step in numbers
        for byte in range(7)
    ]
    length = 20  # of the ids that commands are given here
    other = "substr(command, 1, {0}) || char(unicode(substr(command, {0} + 1, 1)) + 1) || substr(command, {0} + 2)"
    changes += [(f"UPDATE records SET command = {other.format(at)} WHERE position = ?", 8) for at in range(length)]
    context = context_of(folder)
    db = sqlite3.connect(folder / "ledger.db", isolation_level=None)

    def rows() -> Iterator[Row]:
        return map(Row._make, db.execute(f"SELECT {EVERYTHING} FROM records ORDER BY position"))

    for position in range(1, 41):
        for statement, step in changes:
            db.execute("BEGIN")
            assert db.execute(statement, (position,)).rowcount == 1
            bad = verify(rows, context)
            db.execute("ROLLBACK")
            assert bad.first_bad is not None, (position, statement)
            assert (bad.first_bad.position, bad.first_bad.step) == (position, step), (statement, bad.first_bad)
    db.close()


def test_flips_in_the_raw_file_are_found_or_harmless(forty: Path, tmp_path: Path) -> None:
    """200 random bit flips of the database file itself: a verdict or a plain error, and never a false 'verified'."""
    chance = random.Random(20260930)
    size = (forty / "ledger.db").stat().st_size
    found = 0
    for number in range(200):
        target = tmp_path / "raw"
        shutil.copytree(forty, target)
        at = chance.randrange(size)
        with (target / "ledger.db").open("r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
        try:
            report = verdict(target, every_signature=True)
        except RuleSevenError:
            found += 1
        else:
            found += report.verdict != "verified"
            if report.verdict == "verified":  # harmless: every record is still exactly what was signed
                assert report.records == 40, (number, at)
        shutil.rmtree(target)
    assert found > 100
