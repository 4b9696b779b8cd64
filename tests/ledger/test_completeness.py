"""A complete extract lacks no record: not one that an index hides, nor one that was taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, fill, found, opened, person

from ledger import About, Ledger, completeness, rotate_key, showing
from ledger.errors import IntegrityError, Locked
from ledger.proof import envelope, values
from ledger.store.scan import count_streams
from ledger.store.tiles import TileStore

CASE, OTHER = About("case", "HM-1"), About("case", "HM-2")
CASE_LAST, COUNTED, LAST = 7, 8, 12  # the case's last record, the last that was counted, the ledger's last


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger of two cases, whose records were counted after the first; it is small, so that is kept at once."""
    monkeypatch.setattr(completeness, "SOON", 0)
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, CASE_LAST)
        ledger.record(opened("HM-2"), actor=ACTOR)
        assert len(showing.complete(ledger, [CASE]).records) == CASE_LAST - 1
        monkeypatch.setattr(completeness, "SOON", 1000)
        for number in range(COUNTED, LAST):
            ledger.record(person(number, "HM-2"), actor=ACTOR)
        yield ledger


def store(ledger: Ledger) -> TileStore:
    return TileStore(ledger.folder.tiles)


def taken_out(ledger: Ledger, position: int) -> Ledger:
    """The same ledger, opened again, without one record."""
    ledger.close()
    db = sqlite3.connect(ledger.folder.records)
    (trigger,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'append_only_delete'").fetchone()
    db.execute("DROP TRIGGER append_only_delete")
    db.execute("DELETE FROM records WHERE position = ?", (position,))
    db.execute(trigger)
    db.commit()
    db.close()
    return Ledger.open(ledger.folder.path)


def test_only_what_was_recorded_since_is_counted_again(counted: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def counting(path: Path, after: int, stop: int) -> dict[bytes, int]:
        asked.append((after, stop))
        return count_streams(path, after, stop)

    monkeypatch.setattr(completeness, "count_streams", counting)
    assert len(showing.complete(counted, [OTHER, CASE]).records) == LAST - 1
    assert asked == [(COUNTED, LAST)] * 2


def test_the_last_record_of_a_case_is_taken_out_after_it_was_counted(counted: Ledger) -> None:
    with taken_out(counted, CASE_LAST) as ledger:
        with pytest.raises(IntegrityError, match="Not every record of case HM-1 can be read; run verify"):
            showing.complete(ledger, [CASE])
        assert len(showing.complete(ledger, [OTHER]).records) == LAST - CASE_LAST


def test_a_record_is_taken_out_before_it_was_counted(counted: Ledger) -> None:
    with taken_out(counted, LAST - 1) as ledger, pytest.raises(IntegrityError, match="Records are missing"):
        showing.complete(ledger, [CASE])


def rewritten(ledger: Ledger, **changes: Any) -> bytes:
    body = values.decode(envelope.open_body(store(ledger).counts()).body)
    return values.encode(body | changes)


def signed(ledger: Ledger, body: bytes, tag: bytes = completeness.COUNTS_TAG) -> bytes:
    return envelope.sign_body(body, ledger.id, ledger.signer, tag)


def of_another(ledger: Ledger) -> bytes:
    with found(ledger.folder.path.parent / "other") as other:
        return envelope.sign_body(rewritten(ledger), ledger.id, other.signer, completeness.COUNTS_TAG)


@pytest.mark.parametrize(
    "forged",
    [
        lambda _: b"",
        lambda _: b"\x85\xa4body garbage",
        lambda ledger: store(ledger).counts()[:-1],
        lambda ledger: store(ledger).counts()[:-1] + bytes([store(ledger).counts()[-1] ^ 1]),
        lambda ledger: signed(ledger, rewritten(ledger), b"ruleseven/extract/v1\0"),
        lambda ledger: signed(ledger, rewritten(ledger, counts="none")),
        lambda ledger: signed(ledger, rewritten(ledger, size=True)),
        lambda ledger: signed(ledger, values.encode([])),
        lambda ledger: signed(ledger, rewritten(ledger, size=COUNTED - 1)),
        lambda ledger: signed(ledger, rewritten(ledger, size=LAST + 1)),
        of_another,
    ],
)
def test_counts_that_this_ledger_did_not_sign_over_its_records_are_not_believed(
    counted: Ledger, forged: Callable[[Ledger], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    store(counted).keep_counts(forged(counted))
    asked: list[int] = []

    def counting(path: Path, after: int, stop: int) -> dict[bytes, int]:
        asked.append(after)
        return count_streams(path, after, stop)

    monkeypatch.setattr(completeness, "count_streams", counting)
    assert len(showing.complete(counted, [CASE]).records) == CASE_LAST - 1
    assert asked == [0]


def test_without_the_signing_key_nothing_is_kept_and_all_is_counted(
    counted: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store(counted).counts()
    monkeypatch.setattr(completeness, "SOON", 0)

    def locked(_: Ledger) -> None:
        raise Locked("The signing key is not at hand.")

    monkeypatch.setattr(Ledger, "signer", property(locked))
    assert len(showing.complete(counted, [CASE]).records) == CASE_LAST - 1
    assert store(counted).counts() == before


def test_what_a_key_signed_that_was_replaced_since_is_counted_again(
    counted: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been taken back, and be a thief's."""
    asked: list[int] = []

    def counting(path: Path, after: int, stop: int) -> dict[bytes, int]:
        asked.append(after)
        return count_streams(path, after, stop)

    monkeypatch.setattr(completeness, "count_streams", counting)
    showing.complete(counted, [CASE])
    rotate_key(counted)
    showing.complete(counted, [CASE])
    assert asked == [COUNTED, 0]


def test_what_was_counted_grows_by_what_came_since(counted: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "SOON", 0)
    showing.complete(counted, [CASE])
    body = values.decode(envelope.open_body(store(counted).counts()).body)
    rows = [body["counts"][at : at + 24] for at in range(0, len(body["counts"]), 24)]
    assert body["size"] == LAST
    assert rows == sorted(rows)
    assert sorted(int.from_bytes(row[16:]) for row in rows) == [1, LAST - CASE_LAST, CASE_LAST - 1]
