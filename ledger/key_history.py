"""Which key signs, as the ledger itself tells: learned from its key records, never by reading everything.

Key records stand in the agency's own stream, which an index keeps apart. Whoever is about to write, or to say which key
is live, looks there for what came since; each key record is verified by itself before it is believed, so that a planted
one brings no key in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ledger.errors import IntegrityError
from ledger.proof.charter import KEY_KINDS
from ledger.proof.keys import KeyChange, KeySchedule
from ledger.proof.record import PREVIOUS_AT
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.verify import verify_segment

# Field 0 is the first leaf and always open: its text stands in the first bytes of the column.
_MARKS = tuple(kind.encode() for kind in sorted(KEY_KINDS))
_KIND_WITHIN = 96


def learn(rows: Iterable[Row], schedule: KeySchedule, context: VerifyContext) -> Iterator[KeyChange]:
    """Add to `schedule` what the key records among these rows bring in, one after another.

    Raises `IntegrityError` at the first that does not verify.
    """
    checking = replace(context, schedule=schedule, every_signature=True)
    for row in rows:
        if _may_change_keys(row):
            report = verify_segment([row], SegmentStart(row.position, _previous(row)), checking)
            if report.failure is not None:
                position, step, reason = report.failure
                raise IntegrityError(
                    f"Record {position} says that the signing key was replaced, but it does not verify: {reason}. "
                    "Nothing was added; verify the ledger and restore it from a backup.",
                    position,
                    step,
                )
            for change in report.changes:
                schedule.add(change)
                yield change


def _may_change_keys(row: Row) -> bool:
    readable = type(row.leaves) is bytes and type(row.position) is int and row.position >= 1
    return readable and any(mark in row.leaves[:_KIND_WITHIN] for mark in _MARKS)


def _previous(row: Row) -> bytes:
    previous = row.record[PREVIOUS_AT : PREVIOUS_AT + 32] if type(row.record) is bytes else b""
    return previous.ljust(32, b"\0")


class KeyHistory:
    """Keeps the key schedule of one ledger up to date. `since` gives the agency's rows above a version, in order."""

    def __init__(self, schedule: KeySchedule, context: VerifyContext, since: Callable[[int], list[Row]]) -> None:
        self.schedule = schedule
        self._context = context
        self._since = since
        self._version = 0
        self._lock = threading.Lock()

    def catch_up(self) -> KeySchedule:
        """The schedule with all that any process has recorded. `IntegrityError` for a key record nobody signed."""
        with self._lock:
            rows = self._since(self._version)
            for _ in learn(rows, self.schedule, self._context):
                pass
            if rows:
                self._version = rows[-1].version
            return self.schedule
