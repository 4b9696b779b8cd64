"""The record: a header of 129 bytes that commits to everything, and the agency's signature over it. 193 bytes.

header = u8 1 ‖ ledger(16) ‖ u64 position ‖ previous(32) ‖ u64 hour ‖ key_id(32) ‖ content(32)     big-endian
"""

import hashlib
import struct
from typing import Final, NamedTuple

from ledger.errors import Malformed, NewerVersion

FORMAT: Final = 1
RECORD_TAG: Final = b"ruleseven/record/v1\0"
PRACTICE_TAG: Final = b"ruleseven/practice/v1\0"

# Where each part of the header begins.
LEDGER_AT: Final = 1
POSITION_AT: Final = 17
PREVIOUS_AT: Final = 25
HOUR_AT: Final = 57
KEY_AT: Final = 65
CONTENT_AT: Final = 97
HEADER_SIZE: Final = 129
SIGNATURE_AT: Final = HEADER_SIZE
RECORD_SIZE: Final = 193

HOUR_US: Final = 3_600_000_000
NO_PREVIOUS: Final = bytes(32)

HEADER: Final = struct.Struct(">B16sQ32sQ32s32s")


class Header(NamedTuple):
    """What a record commits to: `hour` is whole hours since 1970 UTC, `previous` the hash of the record before."""

    ledger: bytes
    position: int
    previous: bytes
    hour: int
    key_id: bytes
    content: bytes


def header_to_bytes(header: Header) -> bytes:
    """129 bytes. Malformed if a part has the wrong size; `struct` alone would pad or cut it."""
    ledger, position, previous, hour, key_id, content = header
    if (len(ledger), len(previous), len(key_id), len(content)) != (16, 32, 32, 32):
        raise Malformed("a header's ledger id is 16 bytes, its hashes and key id 32")
    if not (0 < position < 1 << 53 and 0 <= hour < 1 << 53):
        raise Malformed("a header's position counts from 1, its hour from 1970")
    return HEADER.pack(FORMAT, ledger, position, previous, hour, key_id, content)


def header_from_bytes(data: bytes) -> Header:
    """The header in the first 129 bytes of a header or a record; NewerVersion if its format is above 1."""
    if type(data) is not bytes or len(data) not in (HEADER_SIZE, RECORD_SIZE):
        raise Malformed(f"a header is {HEADER_SIZE} bytes, a record {RECORD_SIZE}")
    version, *parts = HEADER.unpack_from(data)
    if version != FORMAT:
        kind = NewerVersion if version > FORMAT else Malformed
        raise kind(f"this record has format {version}; this program reads format {FORMAT}")
    return Header(*parts)


def signature_of(record: bytes) -> bytes:
    return record[SIGNATURE_AT:]


def record_hash(record: bytes) -> bytes:
    """The RFC 6962 leaf hash of a record: what the next record's `previous` holds."""
    return hashlib.sha256(b"\0" + record).digest()


def signed_message(header: bytes, practice: bool) -> bytes:  # noqa: FBT001 - says which of two tags
    """What the signature covers; a practice ledger's tag keeps its records from ever passing as real ones."""
    return (PRACTICE_TAG if practice else RECORD_TAG) + header
