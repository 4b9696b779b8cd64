"""Checkpoints and proofs of a ledger, in C2SP's forms: what others keep, so that this ledger cannot change behind them.

None of it appends. A checkpoint is signed on demand by the live key and the charter's ML-DSA key, over the tree as
`tree_cache` finds it in the records.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import IntegrityError, Locked, Malformed, NewerVersion, UnknownId, UsageError
from ledger.founding import MLDSA_SEED, seed_name
from ledger.ledger import Ledger
from ledger.proof import checkpoint, primitives, tlog_proof, tree
from ledger.proof.checkpoint import Checkpoint, Keys
from ledger.proof.keys import key_id
from ledger.proof.tlog_proof import Proof
from ledger.tree_cache import LedgerTree, keep, keys_at, using_tree


@dataclass(frozen=True)
class CheckpointMade:
    """A signed checkpoint: `data` is the note, verbatim. `rebuilt`: the cached tree was damaged and built anew."""

    data: bytes
    origin: str
    size: int
    root: bytes
    rebuilt: bool


@dataclass(frozen=True)
class ProofMade:
    """A proof file, and the record that it is about: its exact bytes."""

    data: bytes
    position: int
    record: bytes
    hashes: tuple[bytes, ...]
    size: int
    root: bytes
    rebuilt: bool


@dataclass(frozen=True)
class ConsistencyMade:
    """That the tree of `old` records is the beginning of the one of `new`: both roots, and the hashes that show it."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    hashes: tuple[bytes, ...]
    rebuilt: bool


def sign_checkpoint(ledger: Ledger) -> CheckpointMade:
    """A checkpoint of the ledger as it is now. `Locked` without the signing key or the vault.

    Raises `IntegrityError` where the records do not agree with a checkpoint that was signed before.
    """
    return using_tree(ledger, lambda tree: _made(ledger, tree, _signed(ledger, tree)))


def prove(ledger: Ledger, position: int) -> ProofMade:
    """That the record at `position` is in the tree, under a checkpoint of the ledger as it is now.

    The newest checkpoint serves if nothing was recorded since; else one is signed. `UnknownId` for no such record,
    `IntegrityError` where the record stored there is not the one in the tree.
    """
    reading = ledger.reading(position)

    def made(found: LedgerTree) -> ProofMade:
        under = checkpoint_of(ledger, found)
        hashes = tree.prove_inclusion(position - 1, under.size, found.tiles.read)
        record = reading.row.record
        data = Proof(position - 1, tuple(hashes), under.data).to_bytes()
        try:
            tlog_proof.check_proof(data, record, ledger.origin, keys_at(ledger, under.size))
        except (IntegrityError, Malformed, NewerVersion) as error:
            raise IntegrityError(
                f"Record {position} is not the one that the chain holds; run verify.", position, 3
            ) from error
        return ProofMade(data, position, record, tuple(hashes), under.size, under.root, found.rebuilt)

    return using_tree(ledger, made)


def prove_consistency(ledger: Ledger, old: int, new: int) -> ConsistencyMade:
    """That the first `old` records are the beginning of the first `new`. Needs no key."""
    if not 0 <= old <= new:
        raise UsageError("consistency is shown from a smaller tree to a larger: give the smaller size first")

    def made(found: LedgerTree) -> ConsistencyMade:
        if new > found.size:
            raise UnknownId(f"This ledger has {found.size} records; there is no tree of {new}.")
        hashes = tree.prove_consistency(old, new, found.tiles.read)
        roots = found.tiles.root(old), found.tiles.root(new)
        tree.check_consistency(old, roots[0], new, roots[1], hashes)
        return ConsistencyMade(old, new, *roots, tuple(hashes), found.rebuilt)

    return using_tree(ledger, made)


def mldsa_vkey(ledger: Ledger) -> str:
    """The key of a checkpoint's second signature, ML-DSA-44, as others' verifiers take it (C2SP type 0x06)."""
    return checkpoint.mldsa_vkey(ledger.origin, keys_at(ledger, ledger.head().position).mldsa_public)


def checkpoint_of(ledger: Ledger, tree: LedgerTree) -> CheckpointMade:
    """The checkpoint of just this tree: the one that was kept, or a new one."""
    return _made(ledger, tree, tree.kept or _signed(ledger, tree))


def _made(ledger: Ledger, tree: LedgerTree, data: bytes) -> CheckpointMade:
    return CheckpointMade(data, ledger.origin, tree.size, tree.tiles.root(), tree.rebuilt)


def _signed(ledger: Ledger, tree: LedgerTree) -> bytes:
    keys = keys_at(ledger, tree.size)
    seed = _mldsa_seed(ledger, keys)
    stated = Checkpoint(ledger.origin, tree.size, tree.tiles.root())
    time = int(ledger.now().timestamp())
    data = checkpoint.sign(
        stated,
        ledger.keyring.signer_for(key_id(keys.public)),
        lambda text: primitives.mldsa_sign(seed, text),
        keys,
        time,
    )
    keep(ledger, tree, data)
    return data


def _mldsa_seed(ledger: Ledger, keys: Keys) -> bytes:
    name = seed_name(keys.mldsa_public)
    seed = ledger.keyring.using(lambda vault: vault.note(name) or vault.secret(MLDSA_SEED))
    if primitives.mldsa_public(seed) != keys.mldsa_public:
        raise Locked("The vault holds another ML-DSA-44 key than this ledger's: put the right vault back.")
    return seed
