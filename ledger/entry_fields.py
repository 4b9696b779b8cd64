"""The fields of an entry: step 8 of verification for a record by itself, some of whose fields are withheld."""

from __future__ import annotations

from typing import Any

from ledger.errors import Malformed
from ledger.proof.charter import ERASED_KIND, ERASED_SCOPES, GENESIS_KIND, OWN_KINDS
from ledger.proof.commitments import ID_SIZE, LEAF_VALUE_AT, OPEN_LEAF_HEAD, stream_id
from ledger.proof.fields import ABOUT, PAYLOAD, SCOPES
from ledger.proof.record import HOUR_US, Header
from ledger.proof.values import decode, decode_each

MAX_LEAF_ITEMS = 1 << 20  # values in one field; a command's line of 1 MiB holds fewer
MAX_FIELDS_SIZE = 4 << 20  # of one entry's open fields together, as of a stored record's


def opened_values(leaves: list[bytes], limit: int) -> list[Any]:
    """The values of open leaves; Malformed where one is not in its only encoding, or all are larger than `limit`."""
    size = 0
    for leaf in leaves:
        size += len(leaf)
        if not leaf.startswith(OPEN_LEAF_HEAD):
            raise Malformed("a field does not open: an opening is an array of a 16-byte salt and a value")
    if size > limit:
        raise Malformed(f"the fields of this record are larger than {limit >> 20} MiB together")
    parts = [leaf[LEAF_VALUE_AT:] for leaf in leaves]
    try:
        # A value is at least a byte: only a long part can hold more values than are allowed.
        return decode_each(parts) if size <= MAX_LEAF_ITEMS else [decode(p, max_items=MAX_LEAF_ITEMS) for p in parts]
    except Malformed as error:
        raise Malformed(f"a field does not open: {error}") from None


def fields_of(leaves: list[bytes], opened: list[int], limit: int) -> list[Any]:
    """The values of all fields, Ellipsis where they are withheld."""
    if len(opened) == len(leaves):
        return opened_values(leaves, limit)
    fields: list[Any] = [...] * len(leaves)
    for index, value in zip(opened, opened_values([leaves[index] for index in opened], limit), strict=True):
        fields[index] = value
    return fields


def check_structure(fields: list[Any], header: Header, sealed: int) -> None:
    """Fields 0 to 3 and 5, as far as they are open, and how many there are; Malformed, in words, for what is wrong.

    `sealed`: of how many scopes the ciphertexts' hashes are here.
    """
    if len(fields) < PAYLOAD:
        raise Malformed(f"a record has at least {PAYLOAD} fields")
    kind, where, recorded, scopes = fields[: SCOPES + 1]
    if kind is not ... and type(kind) is not str:
        raise Malformed("field 0 is not text")
    if where is not ... and not _is_place(where):
        raise Malformed("field 1 is not a stream and a version from 1 on")
    if recorded is not ... and not _is_time(recorded):
        raise Malformed("field 2 is not a time and whether the clock was behind")
    if recorded is not ... and recorded[0] // HOUR_US != header.hour:
        raise Malformed("the recorded time is not within the hour of the header")
    if scopes is not ... and not (_are_ids(scopes) and len(scopes) == sealed):
        raise Malformed("field 3 does not name, with 16 bytes each, the scopes of what is sealed")
    if ... not in (fields[ABOUT], where) and not _is_about(fields[ABOUT], where[0], header.ledger):
        raise Malformed("field 5 names another stream than field 1")
    count = OWN_KINDS.get(kind) if type(kind) is str else None
    if count not in (None, len(fields)) or (kind == ERASED_KIND and len(fields) <= ERASED_SCOPES):
        raise Malformed(f"a {kind} has another number of fields than {len(fields)}")
    if kind == GENESIS_KIND and header.position != 1:
        raise Malformed("a ledger has one genesis, at position 1")


def _is_about(about: Any, stream: bytes, ledger: bytes) -> bool:
    return _is_pair(about, str, str) and stream_id(ledger, *about) == stream


def _is_pair(value: Any, first: type, second: type) -> bool:
    return type(value) is list and [type(part) for part in value] == [first, second]


def _is_place(where: Any) -> bool:
    return _is_pair(where, bytes, int) and len(where[0]) == ID_SIZE and where[1] >= 1


def _is_time(recorded: Any) -> bool:
    return _is_pair(recorded, int, bool) and recorded[0] >= 0


def _are_ids(scopes: Any) -> bool:
    right = type(scopes) is list and all(type(scope) is bytes and len(scope) == ID_SIZE for scope in scopes)
    return right and len(set(scopes)) == len(scopes)
