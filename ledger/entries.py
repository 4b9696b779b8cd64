"""A record outside its ledger, as extracts and cards carry it: [record, [leaf, …], [ciphertext hash, …]].

Its fields stand open or withheld; the signature holds for all of them. The steps carry the numbers of
`ledger.proof.verify`. Key records are believed one after another from the charter on, so that whoever trusts the
charter follows every later key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from ledger.entry_fields import MAX_FIELDS_SIZE, MAX_LEAF_ITEMS, check_structure, fields_of
from ledger.errors import IntegrityError, Malformed
from ledger.proof.charter import (
    GENESIS_CHARTER,
    GENESIS_KIND,
    GENESIS_RECOVERY,
    KEY_KINDS,
    KEYS_STREAM,
    NEW_KEY,
    NEW_MLDSA,
    RECOVERED_KIND,
    Charter,
    check_genesis,
    check_key_change,
)
from ledger.proof.commitments import (
    CLOSED,
    CLOSED_SIZE,
    OPEN,
    Committer,
    closed_leaf,
    content_hash,
    open_value,
    scopes_digest,
    sealed_from_bytes,
    stream_id,
)
from ledger.proof.fields import KIND, MAX_FIELDS, SCOPES, STREAM
from ledger.proof.keys import KeySchedule, LiveKey
from ledger.proof.primitives import verify as verify_signature
from ledger.proof.record import (
    FORMAT,
    HEADER_SIZE,
    NO_PREVIOUS,
    RECORD_SIZE,
    Header,
    header_from_bytes,
    record_hash,
    signature_of,
    signed_message,
)
from ledger.reading import Reading

MAX_KEY_FIELDS_SIZE = 1 << 20  # likewise of the genesis and of key records: they are read before anybody is trusted
LONGEST_REASON = 300
SHOWN = frozenset({*range(SCOPES + 1), *range(NEW_KEY, NEW_MLDSA + 1)})  # the fields that a key record needs

Entry = list[Any]
Valid = Callable[[LiveKey, bytes], bool]


class Bad(Exception):
    """A step failed at a position; position 0 stands for the file. Never leaves the rooms that check files."""

    def __init__(self, position: int, step: int, reason: str) -> None:
        super().__init__(reason)
        self.where = (position, step, reason[:LONGEST_REASON])


class Checked(NamedTuple):
    """An entry that passed: its values by index, Ellipsis where they are withheld."""

    header: Header
    hash: bytes
    fields: list[Any]

    @property
    def position(self) -> int:
        return self.header.position

    @property
    def closed(self) -> list[int]:
        return [index for index, value in enumerate(self.fields) if value is ...]

    @property
    def opened(self) -> int:
        """How many fields are open."""
        return len(self.fields) - len(self.closed)


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


def parts_of(item: Any) -> tuple[bytes, list[bytes], list[bytes]]:
    """[record, leaves, ciphertext hashes], each of its type; else Malformed."""
    if type(item) is not list or [type(part) for part in item] != [bytes, list, list]:
        raise Malformed("an entry is not a record with its fields")
    record, leaves, hashes = item
    if any(type(leaf) is not bytes for leaf in leaves) or any(type(h) is not bytes or len(h) != 32 for h in hashes):
        raise Malformed("the fields of a record are not byte strings, or what was sealed is not named by its hashes")
    return record, leaves, hashes


def proved_charter(item: Any, ledger: bytes, *, practice: bool) -> Charter:
    """The charter in a genesis entry, which binds itself by the ledger's id; nothing is trusted yet. Malformed or
    IntegrityError."""
    _, leaves, _ = parts_of(item)
    if sum(len(leaf) for leaf in leaves if leaf[:1] == OPEN) > MAX_KEY_FIELDS_SIZE:
        raise Malformed("the genesis is larger than one can be")
    needed = {KIND, *range(GENESIS_CHARTER, GENESIS_RECOVERY + 1)}
    fields = [
        open_value(leaf[1:], MAX_LEAF_ITEMS) if index in needed and leaf[:1] == OPEN else ...
        for index, leaf in enumerate(leaves)
    ]
    if fields[:1] != [GENESIS_KIND]:
        raise Malformed("the first record is not a genesis")
    return check_genesis(fields, ledger, practice)


class EntryChecker:
    """Checks entries of one ledger against the charter's keys and those that key records bring in (`follow`).

    `vouched`: records whose signatures need not be verified again.
    """

    def __init__(self, ledger: bytes, charter: Charter, vouched: AbstractSet[bytes] = frozenset()) -> None:
        self.ledger = ledger
        self.schedule = KeySchedule(charter.public, charter.recovery_public)
        self.practice = charter.practice
        self.vouched = vouched
        self._midstates = Committer(ledger).midstates

    def genesis(self, item: Any) -> Checked:
        """The entry of position 1, with fields 0 to 3 open."""
        found = self.entry(item, 1, first=True)
        if ... in found.fields[: SCOPES + 1]:
            raise Bad(1, 8, "the genesis leaves fields 0 to 3 open")
        return found

    def entry(
        self,
        item: Any,
        lowest: int,
        *,
        first: bool = False,
        limit: int = MAX_FIELDS_SIZE,
        valid: Valid | None = None,
    ) -> Checked:
        """Steps 1 to 8 for one entry by itself; `lowest` is named where it does not say its own position.

        `first`: it is the genesis. `valid` says of a key and a record whether the signature holds.
        """
        try:
            record, leaves, hashes = parts_of(item)
        except Malformed as error:
            raise Bad(lowest, 1, str(error)) from None
        header = self._header(record, lowest)
        position = header.position
        if first and position != 1:
            raise Bad(1, 2, "the genesis does not stand at position 1")
        if first and header.previous != NO_PREVIOUS:
            raise Bad(position, 3, "the genesis follows another record")
        key = self.schedule.signer(position, header.key_id)
        if key is None:
            raise Bad(position, 5, "the record names another key than the one that may sign at this position")
        if not (valid or self.valid)(key, record):
            raise Bad(position, 6, "the signature is not valid")
        content, opened = self._content(leaves, hashes, position)
        if content != header.content:
            raise Bad(position, 7, "the fields are not what the record was signed for")
        try:
            fields = fields_of(leaves, opened, limit)
            check_structure(fields, header, len(hashes))
        except Malformed as error:
            raise Bad(position, 8, str(error)) from None
        if (fields[KIND] == RECOVERED_KIND) is not (key is self.schedule.recovery):
            raise Bad(position, 5, "the recovery key signs recoveries and nothing else, and no other key signs them")
        return Checked(header, record_hash(record), fields)

    def follow(self, items: Sequence[Any], size: int) -> list[Checked]:
        """Check key records in order, up to position `size`, and believe what they bring in."""
        stream = stream_id(self.ledger, *KEYS_STREAM)
        checked: list[Checked] = []
        for item in items:
            lowest = checked[-1].position + 1 if checked else 2
            found = self.entry(item, lowest, limit=MAX_KEY_FIELDS_SIZE)
            checked.append(found)
            fields, position = found.fields, found.position
            if ... in fields[: SCOPES + 1] or fields[KIND] not in KEY_KINDS:
                raise Bad(position, 8, "this is not a key record with its fields 0 to 3 open")
            if not lowest <= position <= size:
                raise Bad(position, 2, "the key records are not in order of position, up to the head")
            if fields[STREAM][0] != stream:
                raise Bad(position, 8, "a key record stands in the agency's own stream and nowhere else")
            try:
                self.schedule.add(check_key_change(fields, self.ledger, position, found.header.key_id))
            except (IntegrityError, Malformed) as error:
                raise Bad(position, 8, str(error)) from None
        return checked

    def valid(self, key: LiveKey, record: bytes) -> bool:
        """Whether a record is signed by this key, as this ledger's records are."""
        if record in self.vouched:
            return True
        return verify_signature(key.public, signature_of(record), signed_message(record[:HEADER_SIZE], self.practice))

    def _header(self, record: bytes, lowest: int) -> Header:
        """Steps 1 and 2."""
        if len(record) != RECORD_SIZE or record[0] != FORMAT:
            raise Bad(lowest, 1, f"the record is not {RECORD_SIZE} bytes of format {FORMAT}")
        header = header_from_bytes(record)
        if header.ledger != self.ledger or header.position < 1:
            raise Bad(lowest, 2, "the record belongs to another ledger, or to no position in one")
        return header

    def _content(self, leaves: list[bytes], hashes: list[bytes], position: int) -> tuple[bytes, list[int]]:
        """Step 7: what the fields commit to, and which of them are open."""
        if len(leaves) > MAX_FIELDS:
            raise Bad(position, 7, f"a record has at most {MAX_FIELDS} fields")
        commitments, opened = [], []
        for index, (midstate, leaf) in enumerate(zip(self._midstates, leaves, strict=False)):
            if leaf[:1] == OPEN:  # Committer.leaf_commitment without a call for each: a third of all the work
                state = midstate.copy()
                state.update(leaf[1:])
                commitments.append(state.digest())
                opened.append(index)
            elif leaf[:1] == CLOSED and len(leaf) == CLOSED_SIZE:
                commitments.append(leaf[1:])
            else:
                raise Bad(position, 7, f"field {index} is neither an opening nor a commitment")
        return content_hash(commitments, scopes_digest(hashes)), opened
