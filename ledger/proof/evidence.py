"""What two checkpoints of one log prove against it, and nothing beyond.

- **fork**: of one size with two roots; or a proof that the larger tree begins with another root than the smaller had.
  No list of records has both as its beginnings: the agency signed two histories.
- **rolled back**: the smaller was signed later, by the agency's own clock. When it signed, records were gone.
"""

from typing import Final, Literal, NamedTuple

from ledger.errors import ForeignFile, Undecided
from ledger.proof import tree
from ledger.proof.checkpoint import Signed

Shows = Literal["fork", "rolled back"]
FORK: Final[Shows] = "fork"
ROLLED_BACK: Final[Shows] = "rolled back"


class Beginning(NamedTuple):
    """What a tree begins with: the root of its first `size` records, and the consistency proof from there to it."""

    size: int
    root: bytes
    hashes: tuple[bytes, ...]


def judge(first: Signed, second: Signed, beginning: Beginning | None = None) -> tuple[Shows, str]:
    """What two checkpoints, whose signatures were checked, show, and why in a sentence.

    Raises `Undecided` where they may both be true, `ForeignFile` where they are of two logs, and `Malformed` or
    `IntegrityError` for a beginning that does not lead to the larger.
    """
    small, large = sorted((first, second), key=lambda signed: signed.checkpoint.size)
    (name, size, root), (other, larger, larger_root) = small.checkpoint, large.checkpoint
    if name != other:
        raise ForeignFile("these two checkpoints are of two ledgers, and neither says anything of the other")
    if size == larger and root != larger_root:
        return FORK, f"it signed two histories of {size} records"
    if beginning is not None and size < larger:
        if beginning.size != size:
            raise ForeignFile(f"the proof begins at {beginning.size} records, and the smaller checkpoint has {size}")
        tree.check_consistency(size, beginning.root, larger, larger_root, beginning.hashes)
        if beginning.root != root:
            return FORK, f"it signed {size} records, and {larger} that begin with {size} others"
    if size < larger and small.time > large.time:
        return ROLLED_BACK, f"it signed {larger} records, and later {size}: the last {larger - size} were gone"
    if size == larger or beginning is not None:
        raise Undecided("these two checkpoints agree: the same history may have led to both")
    raise Undecided(
        f"nothing contradicts here: {size} records may have grown to {larger}. A proof from the ledger that signed the "
        f"larger would tell (consistency {size} {larger} --out FILE)"
    )
