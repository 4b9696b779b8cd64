"""Keys over time: replacing the signing key, and taking it back with the recovery key when it was stolen.

A **rotation** is signed by the key that it replaces; a **recovery** by the recovery key, which signs nothing else, and
which names the first record that it distrusts. Both hold the new key's own signature. Bytes: `docs/format.md`; the file
of the key: `key_files.py`; what to do when a key was stolen: `docs/operations.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from ledger.entries import Entry, key_entry
from ledger.errors import ForeignFile, Locked, UsageError
from ledger.folder import read_outside, read_secret
from ledger.founding import seed_name
from ledger.key_files import replacing
from ledger.ledger import Ledger
from ledger.parcel import parcel_key
from ledger.procedure.command import Actor
from ledger.procedure.declare import Label, convert
from ledger.procedure.events.agency import SigningKeyRecovered, SigningKeyRotated
from ledger.proof.keys import LiveKey, Signer, enrol_message, key_id
from ledger.proof.primitives import KEY_SIZE, load_ssh_private, mldsa_public, unprotect
from ledger.tokens import is_token_key
from ledger.tree_cache import charters_mldsa
from ledger.trust import write_card

LARGEST_KEY = 65_536


class KeyMade(NamedTuple):
    """The record that brought a new signing key in, and how many records before it are disputed by it."""

    position: int
    key_id: bytes
    disputed: int = 0


class KeySpan(NamedTuple):
    """One signing key and the positions that it signs: `last` is None for the live one.

    `brought_by` is `charter`, `rotation` or `recovery`; a recovery distrusts the records from `distrust_from` on.
    """

    public: bytes
    key_id: bytes
    brought_by: str
    first: int
    last: int | None
    distrust_from: int | None = None


def rotate_key(ledger: Ledger, *, actor: Actor | None = None, token_key: str | None = None) -> KeyMade:
    """Replace the signing key by a new one under the same passphrase; the old one signs that it is replaced.

    `token_key` is the PKCS#11 URI of the new key where it lies in a token already. Raises `Locked` without the live
    key. What was interrupted is finished or undone by the next command that records.
    """
    _ = ledger.signer
    with _replacing(ledger, read_secret(ledger.folder.signing_key, "recording"), token_key) as new:

        def make(live: LiveKey) -> SigningKeyRotated:
            return SigningKeyRotated(public=new.public, enrolment=_enrolled(ledger, live.key_id, new))

        position = ledger.record_keys(make, actor=actor).position
        return KeyMade(position, new.key_id)


def recover_key(
    ledger: Ledger,
    recovery: Path,
    distrust_from: int,
    *,
    reason: str | None = None,
    new_mldsa: bool = False,
    actor: Actor | None = None,
    token_key: str | None = None,
) -> KeyMade:
    """Take the signing key out with the recovery key in the file `recovery`, and bring a new one in.

    Records from `distrust_from` on are disputed, whoever signed them, and every rotation since is overridden. `reason`
    stands in clear; `new_mldsa` replaces the second key of checkpoints too, which needs the vault; `token_key` as in
    `rotate_key`. Raises `ForeignFile` for another ledger's key, `UsageError` for a position that is not there.
    """
    data = read_outside(recovery, LARGEST_KEY, "too large to be a key file")
    signer = ledger.keyring.signer_in(data)
    if ledger.schedule.recovery is None or signer.key_id != ledger.schedule.recovery.key_id:
        raise ForeignFile(f"{recovery.name} holds another key than the recovery key that this ledger's charter names.")
    said = convert(reason, Label | None)  # type: ignore[arg-type]
    mldsa = _new_mldsa(ledger) if new_mldsa else None
    with _replacing(ledger, data, token_key) as new:

        def make(_: LiveKey) -> SigningKeyRecovered:
            last = ledger.head().position
            if not 1 < distrust_from <= last + 1:
                raise UsageError(f"The first distrusted record is one from 2 to {last + 1}, not {distrust_from}.")
            return SigningKeyRecovered(
                public=new.public,
                enrolment=_enrolled(ledger, signer.key_id, new),
                distrust_from=distrust_from,
                mldsa_public=mldsa,
                reason=said,
            )

        position = ledger.record_keys(make, actor=actor, recovery=signer).position
        return KeyMade(position, new.key_id, position - distrust_from)


def signing_keys(ledger: Ledger) -> Iterator[KeySpan]:
    """Every signing key the ledger has had, in order."""
    schedule = ledger.schedule
    for index, key in enumerate(schedule.lives):
        brought = schedule.changes[index - 1] if index else None
        ended = schedule.changes[index] if index < len(schedule.changes) else None
        yield KeySpan(
            *key,
            brought_by="charter" if brought is None else "recovery" if brought.is_recovery else "rotation",
            first=brought.position + 1 if brought else 1,
            # A rotation is signed by the key that it replaces, a recovery is not.
            last=ended.position - ended.is_recovery if ended else None,
            distrust_from=brought.distrust_from if brought else None,
        )


def key_entries(ledger: Ledger, head: int) -> list[Entry]:
    """The key records up to the position of a head, as extracts and cards carry them."""
    changes = (change.position for change in ledger.schedule.changes if change.position <= head)
    return [key_entry(ledger.reading(position), ledger.id) for position in changes]


def make_card(ledger: Ledger) -> bytes:
    """The agency's public card as it stands at the head: what others need to verify what it signs, and to send to it.

    Without its vault an agency can open no parcel, so its card then gives no key for them.
    """
    head = ledger.head()
    entries = key_entries(ledger, head.position)
    record = ledger.reading(1).row.record
    try:
        hpke = parcel_key(ledger)
    except Locked:
        hpke = b""
    return write_card(ledger.charter, record, head, ledger.signer, entries, mldsa=charters_mldsa(ledger), hpke=hpke)


def _replacing(ledger: Ledger, signing: bytes, token_key: str | None) -> AbstractContextManager[Signer]:
    """The new key: one in a token, or one made now, protected as the key file `signing` is."""
    if token_key is None:
        return replacing(ledger.folder, _passphrase(ledger, signing), lambda: ledger.key_id)
    held = ledger.keyring.key_in_token(token_key).to_bytes()
    return replacing(ledger.folder, None, lambda: ledger.key_id, (ledger.keyring.signer_in(held), held))


def _enrolled(ledger: Ledger, old_key_id: bytes, new: Signer) -> bytes:
    """The new key's own signature, before it is recorded; `UsageError` for a key from a token that was live before."""
    if key_id(new.public) in {key.key_id for key in (*ledger.schedule.lives, ledger.schedule.recovery) if key}:
        raise UsageError("That key was enrolled in this ledger before, and no key is enrolled twice: make a new one.")
    return new.sign(enrol_message(ledger.id, old_key_id, new.public))


def _new_mldsa(ledger: Ledger) -> bytes:
    """The public key of a new ML-DSA-44 seed, which is durable in the vault before any record names it."""
    seed = os.urandom(KEY_SIZE)
    public = mldsa_public(seed)
    ledger.keyring.using(lambda vault: vault.store_note(seed_name(public), seed))
    return public


def _passphrase(ledger: Ledger, signing: bytes) -> bytes | None:
    """What protects a new key: the passphrase of the key that signs for it, else that of the vault, if one is."""
    found = None if is_token_key(signing) else ledger.keyring.protection(load_ssh_private, signing)
    if found is None and ledger.folder.vault_key.exists():
        found = ledger.keyring.protection(unprotect, read_secret(ledger.folder.vault_key, "recovering"))
    return found
