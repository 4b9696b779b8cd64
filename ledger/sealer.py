"""Making records of drafts while the write lock is held, and checking the head that another process wrote."""

from __future__ import annotations

from collections.abc import Callable

from ledger.errors import IntegrityError, Locked
from ledger.proof.draft import Draft, Finished, finish
from ledger.proof.keys import KeySchedule, Signer
from ledger.proof.record import NO_PREVIOUS, PREVIOUS_AT
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.verify import verify_segment
from ledger.store.sqlite import Head


class RecordSealer:
    """Signs with the agency's key; `signer` is called when it is needed, so that reading asks for no passphrase."""

    def __init__(
        self,
        ledger: bytes,
        schedule: KeySchedule,
        signer: Callable[[], Signer],
        clock: Callable[[], int],
        *,
        practice: bool,
    ) -> None:
        self._signer = signer
        self._schedule = schedule
        self._clock = clock
        self._practice = practice
        self._context = VerifyContext(ledger, practice, schedule, {}, None, every_signature=True)

    def finish(self, draft: Draft, head: Head, recorded_us: int | None) -> tuple[Finished, Head]:
        """The record that follows `head`. Recorded time never steps back: a clock that is behind is flagged."""
        signer, live = self._signer(), self._schedule.live(head.position + 1)
        if live is None or signer.key_id != live.key_id:
            raise Locked(
                "The key in keys/signing is not this ledger's signing key. Nothing was added; put the right key there."
            )
        now = self._clock() if recorded_us is None else recorded_us
        time, behind = max(now, head.recorded_us), now < head.recorded_us
        done = finish(draft, head.position + 1, head.hash, time, behind, draft.salt, signer, self._practice)
        return done, Head(head.position + 1, done.hash, time, behind)

    def check_head(self, row: Row) -> int:
        """Verify a head that this process did not write, so that nothing honest is chained to a planted row."""
        previous = row.record[PREVIOUS_AT : PREVIOUS_AT + 32] if type(row.record) is bytes else NO_PREVIOUS
        report = verify_segment([row], SegmentStart(row.position, previous.ljust(32, b"\0")), self._context)
        if report.failure is not None or report.recorded_us is None:
            position, step, reason = report.failure or (row.position, 8, "its time cannot be read")
            raise IntegrityError(
                f"The last record ({position}) is not one that this agency signed: {reason}. Nothing was added after "
                "it; verify the ledger and restore it from a backup.",
                position,
                step,
            )
        return report.recorded_us
