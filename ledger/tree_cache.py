"""The Merkle tree of a ledger: cached in tiles, and always over what the records say.

Appending does not touch it. Whoever needs the tree opens it here, and it is extended by the records added since. Three
things make its root the records' own, whoever could write to the cache:

1. what is kept is believed only under a checkpoint that this ledger's own keys signed (`ledger.proof.tiles`);
2. the records that follow are hashed, and chained to the last record under that checkpoint;
3. they end in the head, whose signature is verified and vouches for all before it.

A cache that does not agree is built anew. Where the records do not agree with a checkpoint that is validly signed,
history was rewritten or cut off: then nothing more is signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from ledger.anchors import HEADS
from ledger.errors import IntegrityError, Malformed, Undecided
from ledger.ledger import Head, Ledger
from ledger.procedure.events.agency import LedgerOpened
from ledger.proof import checkpoint
from ledger.proof.checkpoint import Keys, Signed
from ledger.proof.record import NO_PREVIOUS, record_hash
from ledger.proof.tiles import Damaged, Fetch, TileTree
from ledger.proof.tree import leaves
from ledger.store.scan import scan_records
from ledger.store.tiles import TileStore

T = TypeVar("T")


@dataclass(frozen=True)
class LedgerTree:
    """The tree at a head. `kept` is the checkpoint of just this tree, if there is one already.

    `rebuilt`: there was a cache, and it did not agree with what was signed.
    """

    tiles: TileTree
    kept: bytes
    rebuilt: bool

    @property
    def size(self) -> int:
        return self.tiles.size


def using_tree(ledger: Ledger, use: Callable[[LedgerTree], T]) -> T:
    """Do something with the tree as it is now; once more with one built anew if the cache turns out to be damaged."""
    store = TileStore(ledger.folder.tiles)
    try:
        with store.fetching() as fetch:
            return use(_open(ledger, store, fetch, anew=False))
    except Damaged:
        with store.fetching() as fetch:
            return use(_open(ledger, store, fetch, anew=True))


def keep(ledger: Ledger, tree: LedgerTree, signed: bytes) -> None:
    """Keep the tree under the checkpoint that was signed over it."""
    store = TileStore(ledger.folder.tiles)
    if tree.rebuilt:
        store.discard()
    store.keep(tree.size, signed, tree.tiles.pending())


def keys_at(ledger: Ledger, size: int) -> Keys:
    """The keys whose signatures a checkpoint of this size must carry: those in force for the record that follows.

    Raises `Undecided` where no key may sign it, `IntegrityError` for a genesis that was altered.
    """
    live = ledger.schedule.live(size + 1)
    if live is None:
        raise Undecided(f"No key of this ledger may sign a checkpoint of {size} records.")
    return Keys(live.public, ledger.schedule.mldsa(size + 1) or charters_mldsa(ledger))


def charters_mldsa(ledger: Ledger) -> bytes:
    """The ML-DSA-44 key that the charter names, as the genesis holds it."""
    event = ledger.reading(1).event
    if isinstance(event, LedgerOpened) and sha256(event.mldsa_public).digest() == ledger.charter.mldsa_hash:
        return event.mldsa_public
    raise IntegrityError("The first record does not hold the ML-DSA-44 key that the charter names; run verify.", 1, 8)


def _open(ledger: Ledger, store: TileStore, later: Fetch, *, anew: bool) -> LedgerTree:
    """The tree as the records say; `later` gives its tiles once it is at hand."""
    with store.reading() as (kept, fetch):
        signed = _vouched(ledger, kept)
        found = None if anew or signed is None or fetch is None else _from_cache(signed, fetch)
    head = ledger.checked_head()  # after the cache: another process may have gone on meanwhile
    if signed and signed.checkpoint.size > head.position:
        raise IntegrityError(
            f"This ledger has {head.position} records, and its own keys signed a checkpoint of "
            f"{signed.checkpoint.size}, which is kept in tiles.db: the end was cut off. Keep all files as they are.",
            head.position + 1,
            HEADS,
        )
    tiles = found or TileTree()
    tiles.fetch = later
    _catch_up(ledger.folder.records, tiles, head)
    if signed and tiles.root(signed.checkpoint.size) != signed.checkpoint.root:
        raise _rewritten(signed.checkpoint.size)
    now = signed is not None and signed.checkpoint.size == head.position
    tree = LedgerTree(tiles, kept if now else b"", rebuilt=bool(kept) and fetch is not None and found is None)
    if found is None and tree.kept:
        keep(ledger, tree, tree.kept)
    return tree


def _vouched(ledger: Ledger, kept: bytes) -> Signed | None:
    """The checkpoint that was kept, if it is signed by this ledger's keys."""
    try:
        return checkpoint.check(kept, ledger.origin, keys_at(ledger, checkpoint.read(kept).size)) if kept else None
    except (Malformed, IntegrityError, Undecided):
        return None


def _from_cache(signed: Signed, fetch: Fetch) -> TileTree | None:
    try:
        return TileTree(signed.checkpoint.size, signed.checkpoint.root, fetch)
    except Damaged:
        return None


def _catch_up(records: Path, tiles: TileTree, head: Head) -> None:
    """Extend the tree by the records up to a head that was checked."""
    size = tiles.size
    last = tiles.read(0, size - 1) if size else NO_PREVIOUS
    if size and not is_stored(records, size, last):
        raise _rewritten(size)
    tiles.extend(leaves(scan_records(records, size, head.position), size, last))
    if tiles.size != head.position or tiles.read(0, tiles.size - 1) != head.hash:
        raise IntegrityError(f"The chain breaks at record {head.position}; verify says why.", head.position, 3)


def is_stored(records: Path, position: int, digest: bytes) -> bool:
    """Whether the record at a position has this hash."""
    row = next(scan_records(records, position - 1, position), None)
    return row is not None and type(row[1]) is bytes and record_hash(row[1]) == digest


def _rewritten(size: int) -> IntegrityError:
    return IntegrityError(
        f"The first {size} records are not those that this ledger's own keys signed a checkpoint of, which is kept in "
        "tiles.db: history was rewritten. Keep all files as they are, and verify against checkpoints that others hold.",
        size,
        HEADS,
    )
