"""A record outside its ledger, as extracts and cards carry it: [record, [leaf, …], [ciphertext hash, …]].

Its fields stand open or withheld; the signature holds for all of them. The steps carry the numbers of
`ledger.proof.verify`. Key records are believed one after another from the charter on, so that whoever trusts the
charter follows every later key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from ledger.errors import IntegrityError, Malformed, NewerVersion
from ledger.proof.charter import (
    KEYS_STREAM,
    NEW_KEY,
    NEW_MLDSA,
    OWN_KINDS,
    RECOVERED_KIND,
    Charter,
    check_key_change,
)
from ledger.proof.commitments import (
    CLOSED,
    Committer,
    closed_leaf,
    content_hash,
    open_value,
    scopes_digest,
    sealed_from_bytes,
    stream_id,
)
from ledger.proof.fields import KIND, SCOPES, STREAM
from ledger.proof.keys import KeySchedule
from ledger.proof.primitives import verify as verify_signature
from ledger.proof.record import HEADER_SIZE, RECORD_SIZE, Header, header_from_bytes, signature_of, signed_message
from ledger.reading import Reading

MAX_LEAF_ITEMS = 1 << 20  # values in one field; a command's line of 1 MiB holds fewer
LONGEST_REASON = 300
SHOWN = frozenset({*range(SCOPES + 1), *range(NEW_KEY, NEW_MLDSA + 1)})  # the fields that a key record needs

Entry = list[Any]


class Bad(Exception):
    """A step failed at a position; position 0 stands for the file. Never leaves the rooms that check files."""

    def __init__(self, position: int, step: int, reason: str) -> None:
        super().__init__(reason)
        self.where = (position, step, reason[:LONGEST_REASON])


def entry_of(reading: Reading, leaves: Iterable[bytes]) -> Entry:
    """A record as a file carries it, with these leaves."""
    hashes = [hashlib.sha256(c).digest() for c in sealed_from_bytes(reading.row.sealed)]
    return [reading.row.record, [*leaves], hashes]


def key_entry(reading: Reading, ledger: bytes) -> Entry:
    """A key record with what a verifier must know of it, and neither who acted nor why."""
    committer = Committer(ledger)
    leaves = (
        leaf if index in SHOWN or leaf[:1] == CLOSED else closed_leaf(committer.leaf_commitment(index, leaf))
        for index, leaf in enumerate(reading.leaves)
    )
    return entry_of(reading, leaves)


def parts_of(item: Any, position: int) -> tuple[bytes, list[bytes], list[bytes]]:
    """[record, leaves, ciphertext hashes], each of its type."""
    if type(item) is not list or len(item) != 3 or [type(part) for part in item] != [bytes, list, list]:
        raise Bad(position, 1, "an entry is not a record with its fields")
    record, leaves, hashes = item
    if any(type(leaf) is not bytes for leaf in leaves) or any(type(h) is not bytes or len(h) != 32 for h in hashes):
        raise Bad(position, 7, "the fields of a record are not byte strings")
    return record, leaves, hashes


class Fields:
    """The fields of one entry: values where they are open, Ellipsis where they are withheld."""

    def __init__(self, committer: Committer, leaves: list[bytes], position: int) -> None:
        self.commitments: list[bytes] = []
        self.values: list[Any] = []
        try:
            for index, leaf in enumerate(leaves):
                self.commitments.append(committer.leaf_commitment(index, leaf))
                self.values.append(open_value(leaf[1:], MAX_LEAF_ITEMS) if leaf[:1] == b"\x01" else ...)
        except (Malformed, IndexError) as error:
            raise Bad(position, 8, f"a field does not open: {error}") from None

    @property
    def closed(self) -> list[int]:
        return [index for index, value in enumerate(self.values) if value is ...]


class EntryChecker:
    """Checks entries of one ledger against the charter's keys and those that key records bring in (`follow`)."""

    def __init__(self, ledger: bytes, charter: Charter) -> None:
        self.ledger = ledger
        self.schedule = KeySchedule(charter.public, charter.recovery_public)
        self.committer = Committer(ledger)
        self._practice = charter.practice

    def record(self, item: Any, expected: int) -> tuple[Header, Fields]:
        """Steps 1, 2, 5, 6 and 7 for one record; `expected` is named where its own position cannot be read."""
        record, leaves, hashes = parts_of(item, expected)
        if len(record) != RECORD_SIZE:
            raise Bad(expected, 1, f"the record is not {RECORD_SIZE} bytes")
        try:
            header = header_from_bytes(record)
        except (Malformed, NewerVersion) as error:
            raise Bad(expected, 1, str(error)) from None
        position = header.position
        if header.ledger != self.ledger:
            raise Bad(expected, 2, "the record belongs to another ledger")
        key = self.schedule.signer(position, header.key_id)
        if key is None:
            raise Bad(position, 5, "the record names another key than the one that may sign at this position")
        if not verify_signature(key.public, signature_of(record), signed_message(record[:HEADER_SIZE], self._practice)):
            raise Bad(position, 6, "the signature is not valid")
        fields = Fields(self.committer, leaves, position)
        if content_hash(fields.commitments, scopes_digest(hashes)) != header.content:
            raise Bad(position, 7, "the fields are not what the record was signed for")
        if (fields.values[:1] == [RECOVERED_KIND]) is not (key is self.schedule.recovery):
            raise Bad(position, 5, "the recovery key signs recoveries and nothing else, and no other key signs them")
        return header, fields

    def follow(self, items: list[Any], head: int) -> None:
        """Check key records in order, up to the position of the head, and believe what they bring in."""
        stream = stream_id(self.ledger, *KEYS_STREAM)
        expected = 2
        for item in items:
            header, fields = self.record(item, expected)
            found, position = fields.values, header.position
            kind = found[KIND] if found else ...
            where = found[STREAM] if len(found) > STREAM else ...
            if (
                type(kind) is not str
                or kind not in OWN_KINDS
                or len(found) != OWN_KINDS[kind]
                or position == 1
                or position > head
            ):
                raise Bad(position, 8, "this is not a key record up to the head")
            if type(where) is not list or where[:1] != [stream]:
                raise Bad(position, 8, "a key record stands in the agency's own stream and nowhere else")
            try:
                self.schedule.add(check_key_change(found, self.ledger, position, header.key_id))
            except (IntegrityError, Malformed) as error:
                raise Bad(position, 8, str(error)) from None
            expected = position + 1
