"""What judgement knows at a moment: the agency and the files it was asked about, folded once and kept up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import islice
from typing import Any

from ledger.procedure.declare import BY_TYPE, About
from ledger.procedure.entry import Entry
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World, fold_agency
from ledger.proof.commitments import stream_id
from ledger.reading import Reading, to_us
from ledger.store.sqlite import SealingRecorder

AGENCY = About("agency", "agency")
OPERATIONS = About("operations", "operations")
DISCLOSURE = BY_TYPE[DisclosureMade]


class Knowledge:
    """Folded states of one ledger. `catch_up` brings them to the head; what fails half-way is dropped by `forget`."""

    def __init__(
        self, records: SealingRecorder, read: Callable[[Any], Reading], ledger: bytes, agency_id: str, name: str
    ) -> None:
        self._records = records
        self._read = read
        self._ledger = ledger
        self._named = (agency_id, name)
        self._streams: dict[About, bytes] = {}
        self.forget()

    def forget(self) -> None:
        """Start from nothing: the next `catch_up` folds again what is stored."""
        self.reads: dict[bytes, int] = {}
        self._shared: dict[tuple[str, dt.datetime, int], int] = {}
        self.agency = Agency(id=self._named[0], name=self._named[1])
        self._files: dict[About, File] = {}
        self.head = -1

    def catch_up(self) -> int:
        """Fold what any process has recorded since; the position of the head that everything now reflects.

        A head that another process wrote is verified first, so that nothing is judged by a planted record.
        """
        head = self._records.checked_head().position
        if head != self.head:
            self._shared.clear()
            for row in self._records.stream_rows(self.stream(AGENCY), self.agency.version):
                fold_agency(self.agency, self._read(row).entry())
            for file in self._files.values():
                self._fold_new(file)
            self.head = head
        self.reads = {self.stream(AGENCY): self.agency.version}
        return head

    def world(self, about: About, now: dt.datetime) -> World:
        """The agency and one file, as judgement is shown them, with the other streams at hand."""
        return World(self.agency, self.file(about), now, self)

    def file(self, about: About) -> File:
        """The state of one stream; what is read for a judgement is noted in `reads`, with the version it stood at."""
        if about == AGENCY:
            return File(about, self.agency.version)
        if about not in self._files:
            self._files[about] = File(about)
            self._fold_new(self._files[about])
        self.reads.setdefault(self.stream(about), self._files[about].version)
        return self._files[about]

    def shared_with(self, agency: str, since: dt.datetime, most: int) -> int:
        """How many disclosures were made to an agency since then, over all files, counted no further than `most`."""
        asked = (agency, since, most)
        if asked not in self._shared:
            # Only records in which the name stands are opened, and no more of them than decide the question.
            rows = self._records.rows_of_kind(DISCLOSURE.wire, to_us(since), agency)
            made = (row for row in rows if _is_to(self._read(row).event, agency, since))
            self._shared[asked] = sum(1 for _ in islice(made, most))
        return self._shared[asked]

    def fold(self, entry: Entry) -> None:
        """Fold an entry that is about to be recorded, so that the next command of a batch sees it."""
        if entry.about == AGENCY:
            fold_agency(self.agency, entry)
            return
        for agency, since, most in self._shared:
            count = self._shared[agency, since, most] + _is_to(entry.event, agency, since)
            self._shared[agency, since, most] = min(count, most)
        self._files[entry.about].fold(entry)

    def version(self, about: About) -> int:
        """The version that a stream has reached in the store."""
        return self._records.last_version(self.stream(about))

    def stream(self, about: About) -> bytes:
        """The stream id of a case, a scheme or one of the agency's own streams."""
        if about not in self._streams:
            self._streams[about] = stream_id(self._ledger, about.type, about.id)
        return self._streams[about]

    def _fold_new(self, file: File) -> None:
        for row in self._records.stream_rows(self.stream(file.about), file.version):
            file.fold(self._read(row).entry())


def _is_to(event: object, agency: str, since: dt.datetime) -> bool:
    """Whether this is a disclosure to an agency, made at that time or later."""
    if not isinstance(event, DisclosureMade) or event.when is None or event.when < since:
        return False
    return any(recipient.agency == agency for recipient in event.to)
