"""Making records of drafts while the write lock is held, and checking the head that another process wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ledger.errors import IntegrityError, Locked
from ledger.key_history import KeyHistory
from ledger.proof.charter import KEY_KINDS, RECOVERED_KIND
from ledger.proof.draft import Draft, Finished, finish
from ledger.proof.keys import Signer
from ledger.proof.record import NO_PREVIOUS, PREVIOUS_AT
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.verify import verify_segment
from ledger.store.sqlite import Head


class RecordSealer:
    """Signs with the agency's live key; `signer` is asked for it by its id when it is needed, so that reading asks for
    no passphrase.
    """

    def __init__(
        self,
        ledger: bytes,
        keys: KeyHistory,
        signer: Callable[[bytes], Signer],
        clock: Callable[[], int],
        *,
        practice: bool,
    ) -> None:
        self._signer = signer
        self._keys = keys
        self._clock = clock
        self._practice = practice
        self._context = VerifyContext(ledger, practice, keys.schedule, {}, None, every_signature=True)
        self._recovery: Signer | None = None
        self._changed = False  # whether this process has made a key record since it last looked

    @contextmanager
    def recovering(self, recovery: Signer | None) -> Iterator[None]:
        """The recovery key is at hand meanwhile, to sign a recovery and nothing else."""
        self._recovery = recovery
        try:
            yield
        finally:
            self._recovery = None

    def finish(self, draft: Draft, head: Head, recorded_us: int | None) -> tuple[Finished, Head]:
        """The record that follows `head`. Recorded time never steps back: a clock that is behind is flagged."""
        signer = self._signer_of(draft, head.position + 1)
        now = self._clock() if recorded_us is None else recorded_us
        time, behind = max(now, head.recorded_us), now < head.recorded_us
        done = finish(draft, head.position + 1, head.hash, time, behind, draft.salt, signer, self._practice)
        return done, Head(head.position + 1, done.hash, time, behind)

    def _signer_of(self, draft: Draft, position: int) -> Signer:
        """Who signs a draft. Looks for key records after one of its own, which may or may not have been stored."""
        if self._changed:
            self._keys.catch_up()
            self._changed = False
        if draft.kind in KEY_KINDS:
            self._changed = True
        if draft.kind == RECOVERED_KIND:
            if self._recovery is None:
                raise Locked("Nobody but the recovery key signs a recovery. Nothing was added.")
            return self._recovery
        live = self._keys.schedule.live(position)
        if live is None:
            raise Locked("No key of this ledger may sign its next record. Nothing was added.")
        return self._signer(live.key_id)

    def check_head(self, row: Row) -> int:
        """Verify a head that this process did not write, so that nothing honest is chained to a planted row."""
        self._keys.catch_up()
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
