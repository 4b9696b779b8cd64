"""The Merkle tree of RFC 6962 over record hashes: roots, and the proofs that a record or an older tree is in a tree.

A record's hash is its leaf hash (`record.record_hash`), node = SHA-256(0x01 ‖ left ‖ right), and the root of no leaves
is SHA-256 of nothing. Provers read hashes by (level, index): that of the complete subtree over the leaves
index·2^level up to (index + 1)·2^level. They ask for O(log size) of them, so a tree is never held as a whole.

`check_…` return True or raise: `Malformed` for what no tree of that size can have, `IntegrityError` for a proof that
does not lead to the root. Sizes and roots are to come from a checkpoint whose signatures were checked.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Literal

from ledger.errors import IntegrityError, Malformed
from ledger.proof.record import HOUR_AT, PREVIOUS_AT, RECORD_SIZE, record_hash

HASH_SIZE: Final = 32
MAX_SIZE: Final = 1 << 53  # as many as there may be positions
EMPTY_ROOT: Final = hashlib.sha256().digest()

Read = Callable[[int, int], bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 2.1: the hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def leaves(rows: Iterable[tuple[Any, Any]], position: int, previous: bytes) -> Iterator[bytes]:
    """The hash of each record after `position`, whose own hash is `previous`; rows are (position, record).

    Raises IntegrityError at the first that does not join up.
    """
    for stored, record in rows:
        position += 1
        whole = type(record) is bytes and len(record) == RECORD_SIZE and stored == position
        if not whole or record[PREVIOUS_AT:HOUR_AT] != previous:
            raise IntegrityError(f"The chain breaks at record {position}; verify says why.", position, 3)
        previous = record_hash(record)
        yield previous


def root(size: int, read: Read) -> bytes:
    """The root of the first `size` leaves."""
    _check_size(size)
    return range_hash(0, size, read) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 2.1.1: the siblings from the leaf upward. `index` counts from 0."""
    _check_index(index, size)
    low, high, siblings = 0, size, []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            siblings.append((middle, high))
            high = middle
        else:
            siblings.append((low, middle))
            low = middle
    return [range_hash(*sibling, read) for sibling in reversed(siblings)]


def prove_consistency(old: int, new: int, read: Read) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 2.1.2; nothing where `old` is 0 or `new`."""
    _check_sizes(old, new)
    if old in (0, new):
        return []
    low, high, ranges = 0, new, []
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:  # else it is the old root itself, which the verifier has
        ranges.append((low, high))
    return [range_hash(*span, read) for span in reversed(ranges)]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> Literal[True]:
    """That `leaf` is at `index` of the tree with this size and root (RFC 9162 2.1.3.2)."""
    _check_index(index, size)
    check_hashes(leaf, root, *proof)
    path, last, found = index, size - 1, leaf
    steps = iter(proof)
    while last:
        if path & 1 or path != last:
            found = node_hash(_next(steps), found) if path & 1 else node_hash(found, _next(steps))
        path, last = path >> 1, last >> 1
    _at_end(steps)
    if found != root:
        raise IntegrityError("this inclusion proof does not lead from the record to the root")
    return True


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> Literal[True]:
    """That the tree with the old size and root is the beginning of the one with the new (RFC 9162 2.1.4.2)."""
    _check_sizes(old, new)
    check_hashes(old_root, new_root, *proof)
    if old in (0, new):
        _at_end(iter(proof))
        if old_root != (new_root if old else EMPTY_ROOT):
            raise IntegrityError("two trees of one size have different roots")
        return True
    steps = iter(proof)
    path, last = old - 1, new - 1
    while path & 1:  # up to where the old tree's last complete subtree begins
        path, last = path >> 1, last >> 1
    was = now = _next(steps) if path else old_root
    while last:
        if path & 1:
            sibling = _next(steps)
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        elif path != last:
            now = node_hash(now, _next(steps))
        path, last = path >> 1, last >> 1
    _at_end(steps)
    if was != old_root or now != new_root:
        raise IntegrityError("this consistency proof does not lead to both roots: history was rewritten in between")
    return True


class Frontier:
    """The root of a tree that grows leaf by leaf, in no more room than O(log size) hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []  # the complete subtrees, the largest first

    def add(self, leaf: bytes) -> None:
        """The next leaf hash."""
        check_hashes(leaf)
        self.size += 1
        self._parts.append(leaf)
        size = self.size
        while size & 1 == 0:
            right = self._parts.pop()
            self._parts.append(node_hash(self._parts.pop(), right))
            size >>= 1

    def root(self) -> bytes:
        """The root of what was added so far."""
        return _joined(list(self._parts)) if self._parts else EMPTY_ROOT


def split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def range_hash(low: int, high: int, read: Read) -> bytes:
    """The hash of the leaves from `low` up to `high`; `low` is a multiple of the range's largest subtree."""
    size = high - low
    if size & (size - 1) == 0:  # one complete subtree, as most are that a proof over many records asks for
        level = size.bit_length() - 1
        whole = read(level, low >> level)
        check_hashes(whole)
        return whole
    parts = []
    while low < high:
        level = (high - low).bit_length() - 1
        part = read(level, low >> level)
        check_hashes(part)
        parts.append(part)
        low += 1 << level
    return _joined(parts)


def _joined(parts: list[bytes]) -> bytes:
    """The hash over complete subtrees that stand side by side, the largest first; uses them up."""
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


def _next(steps: Iterator[bytes]) -> bytes:
    step = next(steps, None)
    if step is None:
        raise Malformed("this proof is too short for the sizes it is about")
    return step


def _at_end(steps: Iterator[bytes]) -> None:
    if next(steps, None) is not None:
        raise Malformed("this proof is too long for the sizes it is about")


def _check_size(size: int) -> None:
    if type(size) is not int or not 0 <= size <= MAX_SIZE:
        raise Malformed("the size of a tree is a whole number from 0 on")


def _check_index(index: int, size: int) -> None:
    _check_size(size)
    if type(index) is not int or not 0 <= index < size:
        raise Malformed(f"a tree of {size} leaves has no leaf {index}: they count from 0")


def _check_sizes(old: int, new: int) -> None:
    _check_size(old)
    _check_size(new)
    if old > new:
        raise Malformed(f"a tree of {old} leaves cannot be the beginning of one of {new}")


def check_hashes(*hashes: bytes) -> None:
    """Malformed unless each is 32 bytes."""
    for found in hashes:
        if type(found) is not bytes or len(found) != HASH_SIZE:
            raise Malformed(f"a hash in a tree or a proof is exactly {HASH_SIZE} bytes")
