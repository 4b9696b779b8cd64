"""Every record of a case or scheme, for whoever must show that nothing is left out.

An index may hide a record, and whoever owns the files may take one out; the rest would still be numbered without a gap.
(A record whose column `stream` was altered is found by `verify`, and not here.)
So the records of each stream are counted in the table itself. To read all of it takes long: what was counted is kept
beside the tree, signed with the ledger's key, and only what was recorded since is counted anew.

    body = {"counts": [stream(16) ‖ u64 records, …] by stream, joined, "head": hash of the last record counted,
            "kind": "counts", "size": how many records were counted}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from ledger.entries import Bad, EntryChecker, entry_of
from ledger.errors import ForeignFile, IntegrityError, Locked, Malformed, NewerVersion, UnknownId
from ledger.ledger import Ledger
from ledger.procedure.declare import About
from ledger.proof import envelope, values
from ledger.proof.commitments import stream_id
from ledger.reading import Reading
from ledger.store.scan import count_streams
from ledger.store.tiles import TileStore
from ledger.tree_cache import is_stored

COUNTS_TAG = b"ruleseven/counts/v1\0"
KIND = "counts"
SHAPE = {"counts": bytes, "head": bytes, "kind": str, "size": int}
ID, ROW = 16, 24  # bytes of a stream's id, and of that with its count
SOON = 1000  # so many records, and one in a hundred of those counted before, are counted again each time


class Counted(NamedTuple):
    """How many records each stream had, among the first `size`."""

    size: int = 0
    counts: bytes = b""

    def of(self, stream: bytes) -> int:
        """Of one stream; 0 if it had none."""
        at = self.counts.find(stream)
        while at % ROW and at >= 0:
            at = self.counts.find(stream, at + 1)
        return 0 if at < 0 else int.from_bytes(self.counts[at + ID : at + ROW])

    def and_more(self, more: Mapping[bytes, int]) -> Counted:
        """Likewise, with those that were recorded since."""
        rows = range(0, len(self.counts), ROW)
        found = {self.counts[at : at + ID]: int.from_bytes(self.counts[at + ID : at + ROW]) for at in rows}
        found |= {stream: found.get(stream, 0) + count for stream, count in more.items()}
        counts = b"".join(stream + count.to_bytes(ROW - ID) for stream, count in sorted(found.items()))
        return Counted(self.size + sum(more.values()), counts)


def every_record(ledger: Ledger, about: About) -> list[Reading]:
    """The records of one case or scheme, of which none is left out.

    Raises `UnknownId` if there are none, `IntegrityError` where the ledger holds fewer than were counted.
    """
    stream = stream_id(ledger.id, *about)
    least = _count(ledger, stream)  # before they are read: others may be recorded meanwhile
    readings = list(ledger.readings(about=about))
    if len(readings) < least:
        raise IntegrityError(f"Not every record of {about.type} {about.id} can be read; run verify.", None, 8)
    if not readings:
        raise UnknownId(f"There is no {about.type} {about.id} in this ledger.")
    return readings


def check_signed(ledger: Ledger, readings: Iterable[Reading]) -> None:
    """That each of these records is what the agency's keys signed, at its place; `IntegrityError` at the first that is
    not."""
    checker = EntryChecker(ledger.id, ledger.charter)
    checker.schedule = ledger.schedule
    for reading in readings:
        at = reading.position
        try:
            if checker.entry(entry_of(reading, reading.leaves), at).position != at:
                raise Bad(at, 2, "it says another position")
        except Bad as bad:
            _, step, reason = bad.where
            raise IntegrityError(f"Record {at} is not what was signed: {reason}. Run verify.", at, step) from None


def _count(ledger: Ledger, stream: bytes) -> int:
    """How many records of a stream there are by now."""
    store = TileStore(ledger.folder.tiles)
    head = ledger.checked_head()
    before = _believed(ledger, store.counts(), head.position)
    since = count_streams(ledger.folder.records, before.size, head.position)
    if before.size + sum(since.values()) != head.position:
        raise IntegrityError("Records are missing from the ledger: run verify, which says which.", None, 2)
    if sum(since.values()) > SOON + before.size // 100:
        now = before.and_more(since)
        body = {"counts": now.counts, "head": head.hash, "kind": KIND, "size": now.size}
        with suppress(Locked):
            store.keep_counts(envelope.sign_body(values.encode(body), ledger.id, ledger.signer, COUNTS_TAG))
    return before.of(stream) + since.get(stream, 0)


def _believed(ledger: Ledger, kept: bytes, last: int) -> Counted:
    """What was counted before, if the key that is live now signed it over records that still stand: not one that was
    taken back since, and may have been a thief's."""
    try:
        signed = envelope.open_body(kept)
        found = values.decode(signed.body, envelope.MAX_SIZE)
        if not isinstance(found, dict) or {name: type(part) for name, part in found.items()} != SHAPE:
            return Counted()
        live = ledger.schedule.live(last + 1)
        if live is None or signed.ledger != ledger.id:
            return Counted()
        envelope.check_body(signed, live.public, COUNTS_TAG)
    except (ForeignFile, IntegrityError, Malformed, NewerVersion):
        return Counted()
    if not is_stored(ledger.folder.records, found["size"], found["head"]):
        return Counted()
    return Counted(found["size"], found["counts"])
