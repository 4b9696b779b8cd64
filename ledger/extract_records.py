"""The records of a complete or selective extract: each by itself, its place, and what is withheld of it.

Their signatures, which take the most time, are verified in threads while their fields are looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from ledger.entries import Bad, Checked, EntryChecker, Valid
from ledger.extract_body import COMPLETE, Body
from ledger.procedure.declare import BY_WIRE
from ledger.proof.charter import KEY_KINDS
from ledger.proof.commitments import stream_id
from ledger.proof.fields import KIND, SCOPES, STREAM
from ledger.proof.keys import LiveKey
from ledger.proof.record import CONTENT_AT, KEY_AT, POSITION_AT, PREVIOUS_AT, RECORD_SIZE

CHUNK = 50


def check_records(checker: EntryChecker, body: Body, size: int) -> list[Checked]:
    """All of them, in order; raises Bad at the first that is wrong."""
    found: list[Checked] = []
    closed = body.closed
    keys = {change.position for change in checker.schedule.changes}
    shown = _Streams(checker.ledger, body) if body.mode == COMPLETE else None
    with _ahead(checker, body.records) as valid:
        for item in body.records:
            before = found[-1] if found else None
            lowest = before.position + 1 if before else 2
            record = checker.entry(item, lowest, valid=valid)
            _check_place(record, lowest, size, before)
            _check_kind(record, keys)
            if shown is None:
                _check_selective(record)
            else:
                shown.add(record)
            if record.closed != closed.pop(record.position, []):
                raise Bad(record.position, 8, "the fields that are closed are not those listed as withheld")
            found.append(record)
    if shown is not None:
        shown.check_ends(found[-1].position if found else 0)
    if closed:
        raise Bad(min(closed), 8, "a field is listed as withheld of a record that is not here")
    return found


def _check_place(record: Checked, lowest: int, size: int, before: Checked | None) -> None:
    position = record.position
    if not lowest <= position <= size:
        raise Bad(position, 2, "the records are not in order of position, up to the checkpoint")
    if before is not None and position == lowest and record.header.previous != before.hash:
        raise Bad(position, 3, "the record does not follow the one before it")


def _check_kind(record: Checked, keys: AbstractSet[int]) -> None:
    """That a kind which this version knows has its number of fields, and a key record is one of those that count."""
    kind = record.fields[KIND]
    if kind in KEY_KINDS and record.position not in keys:
        raise Bad(record.position, 8, "this key record is not among the key records")
    declared = BY_WIRE.get(kind) if kind is not ... else None
    if declared is not None and declared.size != len(record.fields):
        raise Bad(record.position, 8, f"a {kind} has {declared.size} fields, this one has {len(record.fields)}")


def _check_selective(record: Checked) -> None:
    shown = [value is not ... for value in record.fields[: SCOPES + 1]]
    if shown != [True, False, False, False]:
        raise Bad(record.position, 8, "a selective extract shows the kind of a record, and not its fields 1 to 3")


class _Streams:
    """What a complete extract is of: each stream from version 1 on, to its end."""

    def __init__(self, ledger: bytes, body: Body) -> None:
        self._ends = {stream_id(ledger, kind, name): end for kind, name, end in body.about}
        self._versions = dict.fromkeys(self._ends, 0)

    def add(self, record: Checked) -> None:
        if ... in record.fields[: SCOPES + 1]:
            raise Bad(record.position, 8, "a complete extract leaves fields 0 to 3 open")
        stream, version = record.fields[STREAM]
        if stream not in self._versions:
            raise Bad(record.position, 8, "the record is of no stream that the extract is about")
        self._versions[stream] += 1
        if version != self._versions[stream]:
            raise Bad(record.position, 8, f"this is not version {self._versions[stream]} of its stream")

    def check_ends(self, last: int) -> None:
        """That no stream has more or fewer records than its end says; `last` is the last record's position."""
        for stream, end in self._ends.items():
            if self._versions[stream] != end:
                raise Bad(last, 8, f"a stream has {end} records by the checkpoint; {self._versions[stream]} are here")


@contextmanager
def _ahead(checker: EntryChecker, items: Sequence[Any]) -> Iterator[Valid]:
    """Whether a record's signature holds, found out in threads ahead of being asked: the library releases the GIL."""
    todo = [found for item in items if (found := _signed(checker, item))]
    if len(todo) < 2 * CHUNK:
        yield checker.valid
        return

    def some(start: int) -> list[bool]:
        return [checker.valid(key, record) for key, record in todo[start : start + CHUNK]]

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        chunks = [pool.submit(some, start) for start in range(0, len(todo), CHUNK)]
        answers: Iterator[tuple[tuple[LiveKey, bytes], bool]] = zip(
            todo, (answer for chunk in chunks for answer in chunk.result()), strict=True
        )

        def valid(key: LiveKey, record: bytes) -> bool:
            """Asked in the order of the records."""
            return record in checker.vouched or next(one for signed, one in answers if signed == (key, record))

        yield valid
    finally:
        pool.shutdown(cancel_futures=True)


def _signed(checker: EntryChecker, item: Any) -> tuple[LiveKey, bytes] | None:
    """The key that an entry's record names, where it may sign there, if the signature is to be verified."""
    record = item[0] if type(item) is list and item else None
    if type(record) is not bytes or len(record) != RECORD_SIZE or record in checker.vouched:
        return None
    key = checker.schedule.signer(int.from_bytes(record[POSITION_AT:PREVIOUS_AT]), record[KEY_AT:CONTENT_AT])
    return (key, record) if key else None
