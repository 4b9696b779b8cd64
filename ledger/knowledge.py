"""What judgement knows at a moment: the agency and the files it was asked about, folded once and kept up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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
        self._shared: dict[str, list[dt.datetime]] = {}
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

    def shared_with(self, agency: str, since: dt.datetime) -> int:
        """How many disclosures were made to an agency since then, over all files."""
        if agency not in self._shared:
            made = (self._read(row).event for row in self._records.rows_of_kind(DISCLOSURE.wire, to_us(since)))
            self._shared[agency] = [
                event.when
                for event in made
                if isinstance(event, DisclosureMade) and event.when and any(r.agency == agency for r in event.to)
            ]
        return sum(when >= since for when in self._shared[agency])

    def fold(self, entry: Entry) -> None:
        """Fold an entry that is about to be recorded, so that the next command of a batch sees it."""
        if entry.about == AGENCY:
            fold_agency(self.agency, entry)
            return
        if isinstance(entry.event, DisclosureMade) and entry.event.when:
            for name in self._shared.keys() & {r.agency or "" for r in entry.event.to}:
                self._shared[name].append(entry.event.when)
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
