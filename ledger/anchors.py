"""What others hold of a ledger: checkpoints and proofs that were given away, compared with what its records say now.

Step 9 of verification, for trees: the first records of the ledger must hash to the root that was signed over them, and
there must be as many. The tree is made here from the records themselves, never from the cache of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.errors import ForeignFile, IntegrityError, Malformed
from ledger.folder import read_outside
from ledger.proof import checkpoint, note, tlog_proof
from ledger.proof.checkpoint import Keys, Signed
from ledger.proof.note import MAX_NOTE
from ledger.proof.quorum import Quorum
from ledger.proof.record import NO_PREVIOUS
from ledger.proof.report import Dispute, Failure, Head, Report
from ledger.proof.tlog_proof import Proof
from ledger.proof.tree import Frontier, leaves
from ledger.store.scan import scan_records

HEADS = 9  # the step of verification that compares a ledger with what was signed before
KeysAt = Callable[[int], Keys]


@dataclass(frozen=True)
class Anchor:
    """A checkpoint that was kept elsewhere, its signatures checked; `proof` if it came with one of a record.

    `witnesses` are those of the policy that cosigned it; it `counts` if they are enough, or without a policy.
    """

    file: Path
    signed: Signed
    proof: Proof | None
    witnesses: tuple[str, ...] = ()
    counts: bool = True

    @property
    def size(self) -> int:
        return self.signed.checkpoint.size


@dataclass(frozen=True)
class _Seen:
    """What the records come to at one size."""

    root: bytes
    leaf: bytes


def read_anchor(path: Path, name: str, keys_at: KeysAt, held: int, quorum: Quorum | None = None) -> Anchor:
    """A kept checkpoint or proof file of the log `name`, of which `held` records are at hand.

    Raises `ForeignFile`, naming it, where it is of another log or is not signed by this one's keys, and `Malformed`
    where it is no such file: then it proves nothing.
    """
    data = read_outside(path, MAX_NOTE, "too large to be a checkpoint or a proof")
    try:
        proof = Proof.from_bytes(data) if data.startswith(tlog_proof.FIRST_LINE.encode()) else None
        kept = proof.note if proof else data
        claimed = checkpoint.read(kept)
    except Malformed as error:
        raise Malformed(f"{path.name} is not a checkpoint or a proof file: {error}.") from None
    if claimed.origin != name:
        raise ForeignFile(f"{path.name} is of another ledger, {claimed.origin}, and says nothing of this one.")
    keys = keys_at(claimed.size)
    try:
        signed = _checked(kept, name, keys, beyond=claimed.size > held)
        if quorum is None:
            return Anchor(path, signed, proof)
        witnesses = tuple(witness for witness, _ in quorum.cosigned(note.from_bytes(kept)))
        return Anchor(path, signed, proof, witnesses, counts=len(witnesses) >= quorum.needed)
    except (IntegrityError, Malformed) as error:
        raise ForeignFile(f"{path.name} proves nothing: {error}.") from None


def _checked(kept: bytes, name: str, keys: Keys, *, beyond: bool) -> Signed:
    try:
        return checkpoint.check(kept, name, keys)
    except IntegrityError:
        if not beyond:
            raise
        return checkpoint.check_mldsa(kept, name, keys.mldsa_public)


def compare(report: Report, anchors: Sequence[Anchor], records: Path) -> Report:
    """The report on records that all verified, with step 9 for what was kept elsewhere.

    Where a root differs nobody can tell which record does: the first bad position is the lowest that it may be.
    """
    head = report.head
    within = sorted((a for a in anchors if a.size <= head.position), key=lambda anchor: anchor.size)
    wanted = {a.size for a in within} | {a.proof.index + 1 for a in within if a.proof}
    seen = _seen(records, head, wanted) if wanted else {}
    good = Head(0, NO_PREVIOUS)
    for anchor in within:
        signed = anchor.signed.checkpoint
        if seen[anchor.size].root != signed.root:
            which = f"some record from {good.position + 1} to {anchor.size} is not"
            return _failed(report, good, f"{which} what {anchor.file.name} was signed over")
        if anchor.proof:
            _check_proof(anchor, anchor.proof, seen[anchor.proof.index + 1].leaf)
        good = Head(anchor.size, seen[anchor.size].leaf)
    for anchor in anchors:
        if anchor.size > head.position:
            gone = f"{anchor.file.name} was signed over {anchor.size} records: the end was cut off"
            return _failed(report, head, gone)
    return replace(
        report, disputes=tuple(_with_anchors(report, [Head(a.size, seen[a.size].leaf) for a in within if a.counts]))
    )


def _seen(records: Path, head: Head, wanted: Collection[int]) -> dict[int, _Seen]:
    """Root and last leaf at each size that is wanted, in one pass up to the head that was verified."""
    frontier, seen, leaf = Frontier(), {}, NO_PREVIOUS
    for leaf in leaves(scan_records(records, 0, head.position), 0, NO_PREVIOUS):
        frontier.add(leaf)
        if frontier.size in wanted:
            seen[frontier.size] = _Seen(frontier.root(), leaf)
    if Head(frontier.size, leaf) != head:
        raise IntegrityError(f"{records.name} was changed while it was verified; verify again.", head.position, HEADS)
    return seen


def _check_proof(anchor: Anchor, proof: Proof, leaf: bytes) -> None:
    try:
        tlog_proof.check_included(proof, anchor.signed, leaf)
    except (IntegrityError, Malformed) as error:
        raise ForeignFile(f"{anchor.file.name} proves nothing of record {proof.index + 1}: {error}.") from None


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
