"""One proof that many records are in a tree: far fewer hashes than a path for each, since their paths join.

    tree(low, high):  none of its leaves is known:  the next hash of the proof
                      it is one leaf:               that leaf's hash
                      else:                         node(tree(low, middle), tree(middle, high))

`middle` divides as RFC 6962 does, at the largest power of two below the size. Known are the leaves that the proof is
about; leaf numbers count from 0. Of k leaves in a tree of n it takes O(k log n) steps and hashes.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from ledger.errors import IntegrityError, Malformed
from ledger.proof.tree import MAX_SIZE, Read, check_hashes, node_hash, range_hash, split


def prove_joint(known: Iterable[int], size: int, read: Read) -> list[bytes]:
    """The hashes that lead from these leaves to the root of the first `size`. `read` is that of `ledger.proof.tree`."""
    numbers = _numbers(known, size)
    proof: list[bytes] = []

    def over(low: int, high: int, first: int, last: int) -> None:
        """Add what is not known of `low` up to `high`, of which `numbers[first:last]` are; 53 calls deep at most."""
        if first == last:
            proof.append(range_hash(low, high, read))
        elif high - low > 1:
            middle = low + split(high - low)
            between = bisect_left(numbers, middle, first, last)
            over(low, middle, first, between)
            over(middle, high, between, last)

    over(0, size, 0, len(numbers))
    return proof


def check_joint(leaves: Mapping[int, bytes], size: int, proof: Sequence[bytes], root: bytes) -> Literal[True]:
    """That these leaves, by number, are in the tree with this size and root.

    Raises `Malformed` for a proof that is too short, too long or none at all, `IntegrityError` for one that leads to
    another root.
    """
    numbers = _numbers(leaves, size)
    check_hashes(root, *proof, *leaves.values())
    hashes = iter(proof)

    def over(low: int, high: int, first: int, last: int) -> bytes:
        """The hash over `low` up to `high`, of which `numbers[first:last]` are known; 53 calls deep at most."""
        if first == last:
            return next(hashes)
        if high - low == 1:
            return leaves[low]
        middle = low + split(high - low)
        between = bisect_left(numbers, middle, first, last)
        left = over(low, middle, first, between)
        return node_hash(left, over(middle, high, between, last))

    try:
        found = over(0, size, 0, len(numbers))
    except StopIteration:
        raise Malformed("the proof holds fewer hashes than it takes to reach the root") from None
    if next(hashes, None) is not None:
        raise Malformed("the proof holds more hashes than it takes to reach the root")
    if found != root:
        raise IntegrityError("the proof does not lead from these records to the root")
    return True


def _numbers(known: Iterable[int], size: int) -> list[int]:
    numbers = sorted(set(known))
    if type(size) is not int or not 0 < size <= MAX_SIZE:
        raise Malformed("a tree that something is proved of has a size from 1 on")
    if not numbers or numbers[0] < 0 or numbers[-1] >= size:
        raise Malformed(f"a proof is about leaves of its tree: one or more, from 0 to {size - 1}")
    return numbers
