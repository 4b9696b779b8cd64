"""Files about witnesses that a person writes or is given: the policy of whose cosignatures count, and proofs of growth.

A policy is JSON: {"ruleseven": "witness policy", "k": 2, "dishonest": 0, "witnesses": {"police": "<vkey or file>", …}}.
A file is an agency's card, relative to the policy; its keys count, but for those that a recovery took out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion
from ledger.folder import read_outside
from ledger.proof.cosignature import Cosigner
from ledger.proof.evidence import Beginning
from ledger.proof.keys import LiveKey
from ledger.proof.quorum import Quorum, Witness
from ledger.proof.tlog_proof import MAX_HASHES
from ledger.proof.tree import MAX_SIZE
from ledger.trust import LONGEST_NAME, MAX_FILE, Card, read_card, unique_keys

POLICY_KEYS = {"ruleseven", "k", "dishonest", "witnesses"}
MAX_WITNESSES = 50
_HASH = re.compile("[0-9a-f]{64}")


def read_quorum(path: Path) -> Quorum:
    """The policy in a file. `Malformed` where it would let two histories pass, or a witness is unclear."""
    content = _json(path, "a witness policy")
    if content.get("ruleseven") != "witness policy":
        raise ForeignFile(f"{path.name} is not a witness policy of RuleSeven.")
    named, needed, dishonest = content.get("witnesses"), content.get("k"), content.get("dishonest", 0)
    try:
        if content.keys() - POLICY_KEYS:
            raise Malformed("it has a key that this program does not know")
        if type(needed) is not int or type(dishonest) is not int:
            raise Malformed("k and dishonest are whole numbers")
        if type(named) is not dict or not 1 <= len(named) <= MAX_WITNESSES:
            raise Malformed(f"it names 1 to {MAX_WITNESSES} witnesses")
        return Quorum(needed, dishonest, tuple(_witness(path.parent, *item) for item in named.items()))
    except (Malformed, IntegrityError, NewerVersion) as error:
        raise type(error)(f"{path.name} is not a policy that can be used: {error}.") from None


def read_beginning(path: Path) -> Beginning:
    """What `consistency --out` wrote, unchecked: what a tree begins with, and the proof from there to its root."""
    content = _json(path, "a consistency proof")
    old, root, proof = content.get("old"), content.get("old_root"), content.get("proof")
    if type(old) is not int or not 0 <= old <= MAX_SIZE or type(proof) is not list or len(proof) > MAX_HASHES:
        raise Malformed(f"{path.name} is not a consistency proof: it has no size, or not 0 to {MAX_HASHES} hashes.")
    if any(type(text) is not str or not _HASH.fullmatch(text) for text in (root, *proof)):
        raise Malformed(f"{path.name} is not a consistency proof: a root or a hash is not 64 hex digits.")
    return Beginning(old, bytes.fromhex(str(root)), tuple(map(bytes.fromhex, proof)))


def beginning_to_json(beginning: Beginning, new: int, new_root: bytes) -> str:
    """The file that `read_beginning` reads."""
    old, old_root, hashes = beginning
    sizes = {"old": old, "new": new, "old_root": old_root.hex(), "new_root": new_root.hex()}
    return json.dumps(sizes | {"proof": [digest.hex() for digest in hashes]}) + "\n"


def _witness(folder: Path, name: str, named: object) -> Witness:
    if type(named) is not str or not name.strip() or len(name) > LONGEST_NAME:
        raise Malformed("each witness has a name, and is a vkey or the file of its card")
    if "+" in named:
        return Witness(name, (Cosigner.from_vkey(named.strip()),))
    data = read_outside(folder / named, MAX_FILE, "too large to be a card")
    if b"+" in data[:200] and data[:1].isascii() and data[:1].isalpha():
        return Witness(name, (Cosigner.from_vkey(data.decode(errors="replace").strip()),))
    try:
        return Witness(name, _good_keys(read_card(data)))
    except ForeignFile:
        raise Malformed(f"{named} is neither a card nor a vkey; a trust file holds no key: give the card") from None


def _good_keys(card: Card) -> tuple[Cosigner, ...]:
    """The keys that a witness had and has. One that a recovery took out may be a thief's, who writes any time."""
    schedule, taken = card.schedule, set()
    for recovery in schedule.changes:
        if recovery.distrust_from is not None:
            since, until = recovery.distrust_from, recovery.position
            taken |= {schedule.live(since)} | {
                LiveKey.of(c.public) for c in schedule.changes if since <= c.position < until
            }
    return tuple(Cosigner(card.origin, live.public) for live in schedule.lives if live not in taken)


def _json(path: Path, what: str) -> dict[str, Any]:
    data = read_outside(path, MAX_FILE, f"too large to be {what}")
    try:
        content = json.loads(data, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Malformed(f"{path.name} is not {what}: it is not one JSON object, each key once.")
    return content
