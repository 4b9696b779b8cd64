"""Whether a partner's checkpoint follows from the one that was seen of it last, and what it is where it does not.

A proof must lead from what was seen to what is new. Where it leads there from something else, or two trees of one size
differ, or the smaller was signed later, that is a contradiction, which `fork.py` makes evidence of. All else that is
missing or wrong is an error and proves nothing.
"""

from __future__ import annotations

from ledger.errors import ForeignFile, IntegrityError, Malformed, Undecided, UnknownId, UsageError
from ledger.proof import checkpoint, note, tree
from ledger.proof.checkpoint import Signed
from ledger.proof.evidence import FORK, ROLLED_BACK, Beginning, judge
from ledger.store.seen import Seen
from ledger.trust import Card, read_card


class UnknownLog(UnknownId):
    """A checkpoint of a log that this ledger does not witness."""


class Unsigned(ForeignFile):
    """A checkpoint without both of its log's signatures, valid and by the keys of its card: it proves nothing."""


class Behind(UsageError):
    """A proof that does not begin at the size that was seen last, which is `size`."""

    def __init__(self, message: str, size: int) -> None:
        super().__init__(message)
        self.size = size


class NoProof(IntegrityError):
    """A proof that does not lead from the checkpoint that was seen to the new one."""


class Contradiction(IntegrityError):
    """Two checkpoints of one log that cannot both be true, or of which the later is the smaller."""

    def __init__(self, message: str, notes: tuple[bytes, bytes], beginning: Beginning | None) -> None:
        super().__init__(message)
        self.notes = notes
        self.beginning = beginning


def check_grows(seen: Seen, signed: Signed, data: bytes, beginning: Beginning | None) -> None:
    """That a checkpoint follows from the one seen last."""
    _, size, root = signed.checkpoint
    if size <= seen.size:
        if size == seen.size and root == seen.root:
            return
        if size == seen.size or _signed_later(seen, signed):
            raise _contradiction(seen, data, signed, None)
        raise Undecided(
            f"This checkpoint has {size} records, and {seen.size} of {seen.name} were seen before: it is an older one, "
            "or the end of that ledger was cut off. Nothing was cosigned; ask for a checkpoint of it as it is now."
        )
    if not seen.size:
        return
    if beginning is None:
        raise UsageError(
            f"{seen.size} records of {seen.name} were seen before: ask for the proof that these are the beginning of "
            f"the {size} (consistency {seen.size} {size} --out FILE), and give it as --consistency FILE."
        )
    if beginning.size != seen.size:
        raise UsageError(f"This proof begins at {beginning.size} records; {seen.size} of {seen.name} were seen last.")
    try:
        tree.check_consistency(seen.size, beginning.root, size, root, beginning.hashes)
    except (IntegrityError, Malformed) as error:
        raise NoProof(
            f"These {size} records are not shown to begin with the {seen.size} seen before: {error}"
        ) from None
    if beginning.root != seen.root:
        raise _contradiction(seen, data, signed, beginning)


def _signed_later(seen: Seen, signed: Signed) -> bool:
    return signed.time > checked(read_card(seen.card), seen.note).time


def _contradiction(seen: Seen, data: bytes, signed: Signed, beginning: Beginning | None) -> Contradiction:
    notes = seen.note, own_lines(note.from_bytes(data), seen.origin)
    shows, why = judge(checked(read_card(seen.card), seen.note), signed, beginning)
    what = {FORK: "has forked", ROLLED_BACK: "was rolled back"}[shows]
    return Contradiction(f"The ledger of {seen.name} {what}: {why}.", notes, beginning)


def checked(card: Card, data: bytes) -> Signed:
    """The checkpoint under both keys that the card knows for its size."""
    try:
        return checkpoint.check(data, card.origin, card.keys_at(checkpoint.read(data).size))
    except IntegrityError as error:
        raise Unsigned(
            f"This checkpoint proves nothing: {error}. If that agency has changed its keys, add its newer card."
        ) from None


def own_lines(opened: note.Note, name: str) -> bytes:
    """The note with the log's own signatures alone."""
    return note.to_bytes(opened.text, [line for line in opened.signatures if line.name == name])
