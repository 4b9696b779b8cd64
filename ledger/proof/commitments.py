"""How a header of fixed size commits to content, field by field, so that each can be opened, withheld or erased.

opening_i = msgpack [salt(16), value]
c_i       = SHA-256("ruleseven/field/v1\\0" ‖ ledger ‖ u8 i ‖ opening_i)
s_j       = SHA-256(ciphertext of scope j)
scopes    = SHA-256("ruleseven/scopes/v1\\0" ‖ s_0 ‖ … ‖ s_{m-1})
content   = SHA-256("ruleseven/content/v1\\0" ‖ u8 n ‖ c_0 ‖ … ‖ c_{n-1} ‖ scopes)

Stored beside the record: `leaves`, an array of n byte strings, 0x01 ‖ opening for an open field and 0x00 ‖ c_i for a
sealed or withheld one; and `sealed`, an array of the ciphertexts in the order of field 3's scope ids.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from ledger.errors import Malformed
from ledger.proof import values
from ledger.proof.fields import MAX_FIELDS

FIELD_TAG: Final = b"ruleseven/field/v1\0"
SCOPES_TAG: Final = b"ruleseven/scopes/v1\0"
CONTENT_TAG: Final = b"ruleseven/content/v1\0"
STREAM_TAG: Final = b"ruleseven/stream/v1\0"

SALT_SIZE: Final = 16
ID_SIZE: Final = 16  # of ledgers, streams and scopes
OPEN: Final = b"\x01"
CLOSED: Final = b"\x00"
CLOSED_SIZE: Final = 33

# An opening is an array of two whose first is 16 bytes: these three bytes, the salt, then the value's own encoding.
OPENING_HEAD: Final = b"\x92\xc4\x10"
VALUE_AT: Final = len(OPENING_HEAD) + SALT_SIZE
OPEN_LEAF_HEAD: Final = OPEN + OPENING_HEAD
LEAF_VALUE_AT: Final = VALUE_AT + 1

NO_SCOPES: Final = hashlib.sha256(SCOPES_TAG).digest()


def opening(salt: bytes, value: values.Value) -> bytes:
    """The bytes that are committed to: a salt of 16 random bytes, without which a date of birth is a quick guess."""
    if len(salt) != SALT_SIZE:
        raise Malformed("a salt is 16 bytes")
    return OPENING_HEAD + salt + values.encode(value)


def open_value(data: bytes, max_items: int | None = None) -> values.Value:
    """The value in an opening; Malformed unless these bytes are the only encoding of salt and value."""
    if type(data) is not bytes or not data.startswith(OPENING_HEAD) or len(data) <= VALUE_AT:
        raise Malformed("an opening is an array of a 16-byte salt and a value")
    return values.decode(data[VALUE_AT:], max_items=max_items)


def open_values(openings: Sequence[bytes]) -> list[values.Value]:
    """`[open_value(x) for x in openings]`, several times as fast."""
    for data in openings:
        if not data.startswith(OPENING_HEAD):
            raise Malformed("an opening is an array of a 16-byte salt and a value")
    return values.decode_each([data[VALUE_AT:] for data in openings])


class Committer:
    """The commitments of one ledger; for each index a SHA-256 that has already read the tag, the ledger and the index.

    >>> Committer(bytes(16)).commit(0, opening(bytes(16), "x")).hex()[:8]
    '07439034'
    """

    def __init__(self, ledger: bytes) -> None:
        if type(ledger) is not bytes or len(ledger) != ID_SIZE:
            raise Malformed("a ledger id is 16 bytes")
        self.ledger = ledger
        self.midstates = tuple(hashlib.sha256(FIELD_TAG + ledger + bytes([i])) for i in range(MAX_FIELDS))

    opening = staticmethod(opening)

    def commit(self, index: int, data: bytes) -> bytes:
        """The commitment to the opening `data` of field `index`: 32 bytes."""
        state = self.midstates[index].copy()
        state.update(data)
        return state.digest()

    def leaf_commitment(self, index: int, leaf: bytes) -> bytes:
        """The commitment that a stored leaf opens or is; Malformed if it is neither, or one too many."""
        if index >= MAX_FIELDS:
            raise Malformed(f"a record has at most {MAX_FIELDS} fields")
        if leaf[:1] == OPEN:
            return self.commit(index, leaf[1:])
        if leaf[:1] == CLOSED and len(leaf) == CLOSED_SIZE:
            return leaf[1:]
        raise Malformed(f"leaf {index} is neither an opening nor a commitment")


def open_leaf(data: bytes) -> bytes:
    return OPEN + data


def closed_leaf(commitment: bytes) -> bytes:
    if len(commitment) != CLOSED_SIZE - 1:
        raise Malformed("a commitment is 32 bytes")
    return CLOSED + commitment


def ciphertexts_digest(ciphertexts: Sequence[bytes]) -> bytes:
    """`scopes_digest` of the ciphertexts' hashes."""
    return scopes_digest([hashlib.sha256(data).digest() for data in ciphertexts]) if ciphertexts else NO_SCOPES


def scopes_digest(hashes: Sequence[bytes]) -> bytes:
    return hashlib.sha256(SCOPES_TAG + b"".join(hashes)).digest()


def content_hash(commitments: Sequence[bytes], scopes: bytes) -> bytes:
    """What the header commits to, from all n commitments in order and the scopes digest."""
    if len(commitments) > MAX_FIELDS:
        raise Malformed(f"a record has at most {MAX_FIELDS} fields")
    return hashlib.sha256(CONTENT_TAG + bytes([len(commitments)]) + b"".join(commitments) + scopes).digest()


def stream_id(ledger: bytes, stream_type: str, caller_id: str) -> bytes:
    """The 16-byte id of the stream that a caller knows by a type and an id of their own."""
    if "\0" in stream_type:
        raise Malformed("a stream type holds no NUL: it ends at one")
    return hashlib.sha256(STREAM_TAG + ledger + stream_type.encode() + b"\0" + caller_id.encode()).digest()[:ID_SIZE]


def leaves_to_bytes(leaves: Sequence[bytes]) -> bytes:
    return values.pack_trusted(list(leaves))


def leaves_from_bytes(data: bytes) -> list[bytes]:
    """The leaves of a stored record, of which nothing is checked yet but that they are at most 64 byte strings."""
    return values.unpack_bins(data, MAX_FIELDS)


def first_value(data: bytes) -> bytes:
    """The encoding of the value in a stored record's first leaf, found without unpacking the others.

    Empty unless that leaf is open and short; whether these bytes are one value is not checked.
    """
    at = 3 if data.startswith(b"\xdc") else 1  # behind the array's head: 2 bytes of length from 16 items on
    start = at + 2  # behind the leaf's own: a marker and one byte of length
    if data[at : at + 1] != b"\xc4" or not data.startswith(OPEN_LEAF_HEAD, start):
        return b""
    return data[start + LEAF_VALUE_AT : start + data[at + 1]]


def sealed_to_bytes(ciphertexts: Sequence[bytes]) -> bytes:
    return values.pack_trusted(list(ciphertexts))


def sealed_from_bytes(data: bytes) -> list[bytes]:
    return values.unpack_bins(data, MAX_FIELDS)
