"""A selective extract by an agency that signs anything: its records say what they never did, and it is all proved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz.mutations import as_msgpack, tree_altered

from ledger import Ledger
from ledger.checkpoints import _mldsa_seed
from ledger.proof import checkpoint, primitives, values
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.commitments import Committer, content_hash, scopes_digest
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.record import record_hash, signed_message
from ledger.proof.tree import node_hash, split
from ledger.tree_cache import keys_at


class Forger:
    """Makes others of a true selective extract of a ledger that had one key from the first record on."""

    def __init__(self, ledger: Ledger, data: bytes) -> None:
        self.ledger = ledger
        self.body = open_body(data).body
        self.read = checkpoint.read(values.decode(self.body)["checkpoint"])
        self.keys = keys_at(ledger, self.read.size)
        self.seed = _mldsa_seed(ledger, self.keys)

    def forge(self, random: Random) -> bytes:
        """Fields of records with other values, signed, proved and under a checkpoint that both keys signed."""
        body: Any = values.decode(self.body)
        for record in random.sample(body["records"], random.randrange(1, len(body["records"]) + 1)):
            self._alter(random, record)
        body["checkpoint"] = self._checkpoint(body)
        if random.random() < 0.2:
            body = tree_altered(random, body)
        return sign_body(as_msgpack(random, body), self.ledger.id, self.ledger.signer)

    def _alter(self, random: Random, entry: list[Any]) -> None:
        record, leaves, hashes = entry
        index = random.choice([i for i, leaf in enumerate(leaves) if leaf[0] == 1])
        value = tree_altered(random, values.decode(leaves[index][20:]))
        leaves[index] = leaves[index][:20] + as_msgpack(random, value)
        committer = Committer(self.ledger.id)
        commitments = [committer.leaf_commitment(i, leaf) for i, leaf in enumerate(leaves)]
        header = record[:97] + content_hash(commitments, scopes_digest(hashes))
        entry[0] = header + self.ledger.signer.sign(signed_message(header, self.ledger.practice))

    def _checkpoint(self, body: dict[str, Any]) -> bytes:
        known = {int.from_bytes(one[0][17:25]) - 1: record_hash(one[0]) for one in (body["genesis"], *body["records"])}
        known[self.read.size - 1] = known.get(self.read.size - 1, body["head"])
        root = root_over(0, self.read.size, sorted(known), known, iter(body["proof"]))
        stated = Checkpoint(self.read.origin, self.read.size, root)
        return checkpoint.sign(
            stated,
            self.ledger.signer,
            lambda text: primitives.mldsa_sign(self.seed, text),
            self.keys,
            body["made"] // 10**6,
        )


def root_over(low: int, high: int, numbers: list[int], known: dict[int, bytes], proof: Iterator[bytes]) -> bytes:
    """The root that a joint proof of these leaves leads to, as section 8 of docs/format.md says."""
    if bisect_left(numbers, low) == bisect_left(numbers, high):
        return next(proof)
    if high - low == 1:
        return known[low]
    middle = low + split(high - low)
    left = root_over(low, middle, numbers, known, proof)
    return node_hash(left, root_over(middle, high, numbers, known, proof))
