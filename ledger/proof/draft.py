"""Making a record in two parts: all that needs no lock before the recorder's transaction, the rest inside it.

Before: every opening, commitment and ciphertext but field 2's. Inside: field 2 (when it was recorded), the content
hash, the header with position and previous hash, and the signature. What is prepared stays valid if the transaction is
tried again at another position; if the stream grew meanwhile, draft again, since the version is bound.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger.errors import Malformed, UnknownId
from ledger.proof import record, sealing, values
from ledger.proof.commitments import (
    CLOSED,
    CONTENT_TAG,
    ID_SIZE,
    OPEN_LEAF_HEAD,
    SALT_SIZE,
    Committer,
    ciphertexts_digest,
)
from ledger.proof.fields import ABOUT, MAX_FIELDS, PAYLOAD, RECORDED
from ledger.proof.keys import Signer
from ledger.proof.primitives import AESGCM, NONCE_SIZE, Random


class Draft(NamedTuple):
    """One record without field 2, position, previous hash and signature."""

    ledger: bytes
    kind: str
    stream: bytes
    version: int
    command_id: str
    ordinal: int
    scopes: tuple[bytes, ...]
    salt: bytes  # 16 bytes from the record's one call for randomness, for field 2: `finish` takes it
    recorded_state: Any  # SHA-256 that has read all of c_2's preimage before the opening
    content_state: Any  # SHA-256 that has read all of the content's preimage before c_2
    content_rest: bytes  # what follows c_2
    leaves_head: bytes
    leaves_rest: bytes
    sealed: bytes


class Drafter:
    """Makes drafts for one ledger."""

    def __init__(self, ledger: bytes) -> None:
        self.committer = Committer(ledger)
        self.ledger = ledger

    def draft(
        self,
        kind: str,
        stream: bytes,
        version: int,
        command_id: str,
        ordinal: int,
        fields: Sequence[tuple[values.Value, bytes | None]],
        scope_keys: Mapping[bytes, AESGCM],
        random: Random,
    ) -> Draft:
        """`fields`: (value, scope id or None for open) from field 5 on. `random` is called once.

        A scope's place in field 3 is its first use. Malformed names a bad value by its field's index.
        """
        _check_structure(kind, stream, version, command_id, ordinal)
        count = ABOUT + len(fields)
        if not PAYLOAD <= count <= MAX_FIELDS:
            raise Malformed(f"a record has {PAYLOAD} to {MAX_FIELDS} fields, not {count}")
        pairs: dict[bytes, list[tuple[int, bytes]]] = {scope: [] for _, scope in fields if scope is not None}
        chance = random(SALT_SIZE * count + NONCE_SIZE * len(pairs))
        everything: list[values.Value] = [kind, (stream, version), None, [*pairs], (command_id, ordinal)]
        everything += [value for value, _ in fields]
        leaves, commitments, at = [], [], 0
        for midstate, packed in zip(self.committer.midstates, values.encode_each(everything), strict=False):
            # Committer.commit without a call for each: this is the hot path.
            leaf = OPEN_LEAF_HEAD + chance[at : at + SALT_SIZE] + packed
            state = midstate.copy()
            state.update(leaf[1:])
            commitments.append(state.digest())
            leaves.append(leaf)
            at += SALT_SIZE
        ciphertexts = []
        if pairs:
            for index, (_, scope) in enumerate(fields, ABOUT):
                if scope is not None:
                    pairs[scope].append((index, leaves[index][1:]))
                    leaves[index] = CLOSED + commitments[index]
            ciphertexts = self._seal(pairs, scope_keys, stream, version, chance[at:])
        return Draft(
            self.ledger,
            kind,
            stream,
            version,
            command_id,
            ordinal,
            tuple(pairs),
            chance[SALT_SIZE * RECORDED : SALT_SIZE * (RECORDED + 1)],
            self.committer.midstates[RECORDED],
            hashlib.sha256(CONTENT_TAG + bytes([count]) + commitments[0] + commitments[1]),
            b"".join(commitments[RECORDED + 1 :]) + ciphertexts_digest(ciphertexts),
            _array_head(count) + values.pack_trusted(leaves[:RECORDED])[1:],
            values.pack_trusted(leaves[RECORDED + 1 :])[1 if count - RECORDED - 1 < 16 else 3 :],
            values.pack_trusted(ciphertexts),
        )

    def _seal(
        self,
        pairs: Mapping[bytes, list[tuple[int, bytes]]],
        scope_keys: Mapping[bytes, AESGCM],
        stream: bytes,
        version: int,
        nonces: bytes,
    ) -> list[bytes]:
        ciphertexts = []
        for at, (scope, sealed) in enumerate(pairs.items()):
            key = scope_keys.get(scope)
            if key is None:
                raise UnknownId("there is no key for a scope that a field is to be sealed under")
            nonce = nonces[NONCE_SIZE * at : NONCE_SIZE * (at + 1)]
            ciphertexts.append(sealing.seal(key, nonce, sealed, self.ledger, stream, version, scope))
        return ciphertexts


class Finished(NamedTuple):
    """A whole record, ready to store: the 193 bytes, their hash, and the content's two columns."""

    record: bytes
    hash: bytes
    leaves: bytes
    sealed: bytes


def finish(
    draft: Draft,
    position: int,
    previous: bytes,
    recorded_us: int,
    behind: bool,  # noqa: FBT001
    salt: bytes,
    signer: Signer,
    practice: bool,  # noqa: FBT001
) -> Finished:
    """Sign a draft at `position` after the record whose hash is `previous`; `salt` is `draft.salt` or 16 fresh bytes.

    `recorded_us`: max of the clock and the previous record's, µs since 1970 UTC; `behind`: the clock was behind it.
    """
    if len(previous) != 32 or len(salt) != SALT_SIZE or not 0 <= recorded_us < values.INT_LIMIT:
        raise Malformed("a record follows a 32-byte hash, with a 16-byte salt, at a time since 1970")
    leaf = OPEN_LEAF_HEAD + salt + values.pack_trusted((recorded_us, behind))
    state = draft.recorded_state.copy()
    state.update(leaf[1:])
    content = draft.content_state.copy()
    content.update(state.digest() + draft.content_rest)
    header = record.HEADER.pack(
        record.FORMAT, draft.ledger, position, previous, recorded_us // record.HOUR_US, signer.key_id, content.digest()
    )
    signed = header + signer.sign((record.PRACTICE_TAG if practice else record.RECORD_TAG) + header)
    if len(signed) != record.RECORD_SIZE:
        raise Malformed("the signer gave something else than a 64-byte signature and a 32-byte key id")
    leaves = draft.leaves_head + values.pack_trusted(leaf) + draft.leaves_rest
    return Finished(signed, hashlib.sha256(b"\0" + signed).digest(), leaves, draft.sealed)


def _check_structure(kind: str, stream: bytes, version: int, command_id: str, ordinal: int) -> None:
    if type(kind) is not str or not kind or type(command_id) is not str or not command_id:
        raise Malformed("a record's kind and command id are text, not empty")
    if type(stream) is not bytes or len(stream) != ID_SIZE:
        raise Malformed("a stream id is 16 bytes")
    if type(version) is not int or version < 1 or type(ordinal) is not int or ordinal < 0:
        raise Malformed("a stream's version counts from 1, a command's ordinal from 0")


def _array_head(count: int) -> bytes:
    return bytes([0x90 | count]) if count < 16 else b"\xdc" + count.to_bytes(2)
