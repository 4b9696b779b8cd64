"""What others hold of a ledger, compared with what its records say now (`kept.py` reads the files).

Step 9 of verification, for trees: the first records of the ledger must hash to the root that was signed over them, and
there must be as many. The tree is made here from the records themselves, never from the cache of it. A record that an
extract of this agency holds must be there too, and a record that a partner quotes is looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from ledger.errors import ForeignFile, IntegrityError, Malformed
from ledger.proof import tlog_proof
from ledger.proof.checkpoint import Signed
from ledger.proof.record import NO_PREVIOUS
from ledger.proof.report import Dispute, Failure, Head, Report
from ledger.proof.tlog_proof import Proof
from ledger.proof.tree import Frontier, leaves
from ledger.store.scan import scan_records

HEADS = 9  # the step of verification that compares a ledger with what was signed before


class Quote(NamedTuple):
    """A hash that a partner's record quotes: the position there, and here if it is found.

    `names_us`: the partner's record says that it is this agency's.
    """

    record: int
    hash: bytes
    names_us: bool
    position: int | None = None


@dataclass(frozen=True)
class Anchor:
    """A file that was kept elsewhere, its signatures checked, and what it says of the ledger.

    `kind` is checkpoint, proof, extract (of this agency) or partner (an extract of the one trusted as `partner`). All
    but the last hold a checkpoint. `witnesses` are those of the policy that cosigned it; it `counts` if they are
    enough, or without a policy. `made` is when it says that it was signed, in seconds since 1970.
    """

    file: Path
    kind: str
    signed: Signed | None = None
    proof: Proof | None = None
    heads: tuple[Head, ...] = ()
    partner: str = ""
    quotes: tuple[Quote, ...] = ()
    witnesses: tuple[str, ...] = ()
    counts: bool = True
    made: int = 0

    @property
    def size(self) -> int:
        """The records that its checkpoint is over; 0 without one."""
        return self.signed.checkpoint.size if self.signed else 0

    @property
    def reaches(self) -> int:
        """The newest record that it fixes, with all before it."""
        return max([self.size, *(quote.position or 0 for quote in self.quotes)])

    @property
    def unknown(self) -> tuple[Quote, ...]:
        """What it quotes as records of this ledger that are not in it."""
        return tuple(quote for quote in self.quotes if quote.names_us and quote.position is None)


class _Mark(NamedTuple):
    """What an anchor says must stand at a place: the record's hash, or the root of the tree up to there."""

    position: int
    anchor: Anchor
    leaf: bytes | None = None
    root: bytes | None = None


@dataclass(frozen=True)
class _Seen:
    """What the records come to: root and last leaf at each size that was wanted, and where each hash stands."""

    roots: dict[int, bytes] = field(default_factory=dict)
    leaves: dict[int, bytes] = field(default_factory=dict)
    places: dict[bytes, int] = field(default_factory=dict)


def compare(report: Report, anchors: Sequence[Anchor], records: Path) -> tuple[Report, list[Anchor]]:
    """The report on records that all verified, with step 9 for what was kept elsewhere; and the anchors, each with
    where its quotes stand.

    Where a root differs nobody can tell which record does: the first bad position is the lowest that it may be. What a
    partner quotes and is not here is the partner's word against the ledger's: undecided.
    """
    head = report.head
    marks = sorted((mark for a in anchors for mark in _marks(a) if mark.position <= head.position), key=_place)
    wanted = {mark.position for mark in marks} | {a.proof.index + 1 for a in anchors if a.proof}
    quoted = {quote.hash for anchor in anchors for quote in anchor.quotes}
    seen = _seen(records, head, wanted, quoted) if wanted or quoted else _Seen()
    good = Head(0, NO_PREVIOUS)
    for position, anchor, leaf, root in marks:
        if leaf not in (None, seen.leaves[position]) or root not in (None, seen.roots[position]):
            which = f"some record from {good.position + 1} to {position} is not what {anchor.file.name}"
            return _failed(report, good, f"{which} {'holds' if leaf else 'was signed over'}"), [*anchors]
        good = Head(position, seen.leaves[position])
    for anchor in anchors:
        if anchor.size > head.position:
            gone = f"{anchor.file.name} was signed over {anchor.size} records: the end was cut off"
            return _failed(report, head, gone), [*anchors]
        if anchor.signed and anchor.proof:
            _check_proof(anchor.file.name, anchor.proof, anchor.signed, seen.leaves[anchor.proof.index + 1])
    placed = [_placed(anchor, seen.places) for anchor in anchors]
    report = replace(report, disputes=tuple(_with_anchors(report, [*_held(placed, seen)])))
    return _told(report, placed), placed


def _marks(anchor: Anchor) -> Iterator[_Mark]:
    for position, digest in anchor.heads:
        yield _Mark(position, anchor, leaf=digest)
    if anchor.signed:
        yield _Mark(anchor.size, anchor, root=anchor.signed.checkpoint.root)


def _place(mark: _Mark) -> int:
    return mark.position


def _seen(records: Path, head: Head, wanted: Collection[int], quoted: Collection[bytes]) -> _Seen:
    """All that is wanted, in one pass up to the head that was verified."""
    frontier, seen, leaf = Frontier(), _Seen(), NO_PREVIOUS
    for leaf in leaves(scan_records(records, 0, head.position), 0, NO_PREVIOUS):
        frontier.add(leaf)
        if frontier.size in wanted:
            seen.roots[frontier.size], seen.leaves[frontier.size] = frontier.root(), leaf
        if leaf in quoted:
            seen.places[leaf] = frontier.size
    if Head(frontier.size, leaf) != head:
        raise IntegrityError(f"{records.name} was changed while it was verified; verify again.", head.position, HEADS)
    return seen


def _check_proof(file: str, proof: Proof, signed: Signed, leaf: bytes) -> None:
    try:
        tlog_proof.check_included(proof, signed, leaf)
    except (IntegrityError, Malformed) as error:
        raise ForeignFile(f"{file} proves nothing of record {proof.index + 1}: {error}.") from None


def _placed(anchor: Anchor, places: dict[bytes, int]) -> Anchor:
    quotes = tuple(quote._replace(position=places.get(quote.hash)) for quote in anchor.quotes)
    return replace(anchor, quotes=quotes)


def _held(anchors: Sequence[Anchor], seen: _Seen) -> Iterator[Head]:
    """The heads that somebody held: where a checkpoint ends, and where a partner's quote stands."""
    for anchor in anchors:
        if anchor.counts and anchor.signed:
            yield Head(anchor.size, seen.leaves[anchor.size])
        yield from (Head(q.position, q.hash) for q in anchor.quotes if anchor.counts and q.position is not None)


def _told(report: Report, anchors: Sequence[Anchor]) -> Report:
    """Undecided, if a partner quotes records as this ledger's that it does not have."""
    for anchor in anchors:
        for quote in anchor.unknown[:1]:
            said = f"record {quote.record} of {anchor.partner} quotes a record of this ledger that is not in it"
            return replace(report, verdict="undecided", first_bad=Failure(0, HEADS, said))
    return report


def _failed(report: Report, good: Head, reason: str) -> Report:
    failure = Failure(good.position + 1, HEADS, reason)
    return replace(report, verdict="failed", records=good.position, head=good, first_bad=failure)


def _with_anchors(report: Report, held: Sequence[Head]) -> Sequence[Dispute]:
    """What is disputed, each with the heads that stand in it and that somebody held."""
    return [
        dispute._replace(
            anchors=tuple(sorted({*dispute.anchors, *(h for h in held if dispute.first <= h.position <= dispute.last)}))
        )
        for dispute in report.disputes
    ]
