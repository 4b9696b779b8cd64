"""Verification steps 1 to 8 at one position; `verify` says what they are and puts positions together.

A step that fails raises Bad. Rows come from a file that anybody may have written: types are checked before use.
"""

import hashlib
from typing import Final, NamedTuple

from ledger.errors import IntegrityError, Malformed
from ledger.proof import charter, commitments, primitives, sealing, values
from ledger.proof.commitments import CLOSED, CLOSED_SIZE, ID_SIZE, LEAF_VALUE_AT, OPEN, OPEN_LEAF_HEAD
from ledger.proof.fields import ABOUT, COMMAND, KIND, PAYLOAD, RECORDED, STREAM
from ledger.proof.keys import KeyChange, LiveKey
from ledger.proof.record import (
    CONTENT_AT,
    FORMAT,
    HEADER_SIZE,
    HOUR_AT,
    HOUR_US,
    KEY_AT,
    LEDGER_AT,
    POSITION_AT,
    PRACTICE_TAG,
    PREVIOUS_AT,
    RECORD_SIZE,
    RECORD_TAG,
)
from ledger.proof.report import Row, VerifyContext

_READ: Final = charter.KEY_KINDS | {charter.ERASED_KIND}  # the kinds, besides the genesis, whose payload is read


class Bad(Exception):
    """A step failed; `position` is None where it is the one at hand."""

    def __init__(self, step: int, reason: str, position: int | None = None) -> None:
        super().__init__(step, reason)
        self.step = step
        self.reason = reason
        self.position = position


class Content(NamedTuple):
    """A row's content as step 7 found it."""

    parts: list[bytes]  # the encoded values of the open fields, in order
    closed: list[int]  # the other fields
    hashes: list[bytes]  # every field's commitment
    sealed: list[bytes]
    odd: int | None  # a field whose opening is no array of a 16-byte salt and a value


class Opened(NamedTuple):
    """What step 8 read in a row."""

    stream: bytes
    version: int
    recorded_us: int
    command: bytes
    unchecked: bool  # sealed, and the vault closed
    missing: list[bytes]  # scopes without a key
    erases: tuple[bytes, ...]
    change: KeyChange | None


class Steps:
    """The steps for contiguous rows of one ledger; keeps what is the same for every row, and the keys as they change.

    `keys`: who may sign, by the charter and the key records so far. None when nobody can say.
    """

    def __init__(self, context: VerifyContext, start: int = 1) -> None:
        self.context = context
        self.committer = commitments.Committer(context.ledger)
        self.keys = None if context.schedule is None else context.schedule.before(start)
        self.recovery = None if self.keys is None else self.keys.recovery
        self._live = None if self.keys is None else self.keys.newest
        self._keys_stream = commitments.stream_id(context.ledger, *charter.KEYS_STREAM)
        self._tag = PRACTICE_TAG if context.practice else RECORD_TAG
        self._streams = hashlib.sha256(commitments.STREAM_TAG + context.ledger)
        self._closed = context.scope_keys is None
        self._ciphers: dict[bytes, primitives.AESGCM] = {}

    def chain(self, row: Row, position: int, previous: bytes) -> bytes:
        """Steps 1 to 3: the record's hash, if it is this ledger's record at `position`, after `previous`."""
        record = row.record
        # 1
        if type(record) is not bytes or len(record) != RECORD_SIZE:
            raise Bad(1, f"the record is not {RECORD_SIZE} bytes")
        if record[0] != FORMAT:
            raise Bad(1, f"the record has format {record[0]}, not {FORMAT}: damaged, or by a newer version")
        # 2
        if type(row.position) is not int or row.position != position:
            raise Bad(2, f"position {position} is missing, or stored under another number")
        if record[LEDGER_AT:HOUR_AT] != self.context.ledger + position.to_bytes(8) + previous:
            self._not_next(record, position)
        # 3
        digest = hashlib.sha256(b"\0" + record).digest()
        if type(row.hash) is not bytes or row.hash != digest:
            raise Bad(3, "the stored hash is not that of the stored record")
        return digest

    def _not_next(self, record: bytes, position: int) -> None:
        if record[LEDGER_AT:POSITION_AT] != self.context.ledger:
            raise Bad(2, "the record belongs to another ledger")
        if record[POSITION_AT:PREVIOUS_AT] != position.to_bytes(8):
            raise Bad(2, "the record was signed for another position")
        raise Bad(3, "the record does not follow the one before it: its previous hash is another")

    def key(self, record: bytes, position: int) -> LiveKey | None:
        """Step 5: the key that may sign here, or None where the ledger's keys are not known.

        The recovery key may sign a recovery alone; which kind it is shows in step 8 (`change`).
        """
        named = record[KEY_AT:CONTENT_AT]
        if self._live is not None:
            if named == self._live.key_id:
                return self._live
            if self.recovery is not None and named == self.recovery.key_id:
                return self.recovery
        elif position == 1:
            # The genesis would have named them: let its own later steps say what is wrong with it.
            return None
        else:
            raise Bad(5, "no key is known for this position, since the genesis does not verify")
        raise Bad(5, "the record names another key than the one that may sign at this position")

    def change(self, change: KeyChange | None, key: LiveKey | None) -> None:
        """Steps 5 and 8 where a record changes the keys or the recovery key signed it: the next position's key."""
        if (change is not None and change.is_recovery) is not (key is not None and key is self.recovery):
            raise Bad(5, "the recovery key signs recoveries and nothing else, and no other key signs them")
        if self.keys is None or change is None:
            return
        try:
            self.keys.add(change)
        except (IntegrityError, Malformed) as error:
            raise Bad(8, str(error)) from None
        self._live = self.keys.newest

    def signature(self, record: bytes, public: bytes) -> None:
        """Step 6."""
        if not primitives.verify(public, record[HEADER_SIZE:], self._tag + record[:HEADER_SIZE]):
            raise Bad(6, "the signature is not valid")

    def content(self, row: Row) -> Content:
        """Step 7: the stored leaves and ciphertexts, if they hash to what the record commits to."""
        try:
            leaves = commitments.leaves_from_bytes(row.leaves)
            sealed = commitments.sealed_from_bytes(row.sealed)
        except Malformed as error:
            raise Bad(7, f"the stored content is not readable: {error}") from None
        hashes, closed, parts, odd = [], [], [], None
        for index, (midstate, leaf) in enumerate(zip(self.committer.midstates, leaves, strict=False)):
            if leaf.startswith(OPEN_LEAF_HEAD):
                # Committer.commit without a call for each: this is the hot path.
                state = midstate.copy()
                state.update(leaf[1:])
                hashes.append(state.digest())
                parts.append(leaf[LEAF_VALUE_AT:])
            elif leaf[:1] == CLOSED and len(leaf) == CLOSED_SIZE:
                hashes.append(leaf[1:])
                closed.append(index)
            elif leaf[:1] == OPEN:
                hashes.append(self.committer.commit(index, leaf[1:]))
                odd = index  # signed as it stands, so it is for step 8 to refuse
            else:
                raise Bad(7, f"the stored field {index} is neither an opening nor a commitment")
        digest = commitments.content_hash(hashes, commitments.ciphertexts_digest(sealed))
        if row.record[CONTENT_AT:HEADER_SIZE] != digest:
            raise Bad(7, "the stored content is not what the record was signed for")
        return Content(parts, closed, hashes, sealed, odd)

    def openings(self, row: Row, position: int, content: Content) -> Opened:
        """Step 8, as far as one row can tell: openings, structure, sealed scopes, genesis and erasures."""
        try:
            fields = _fields(content)
            stream, version, recorded_us, scopes = _structure(row, fields)
            if len(scopes) != len(content.sealed) or bool(scopes) != bool(content.closed):
                raise Malformed("field 3 and what is sealed do not fit together")
            missing = self._unseal(content, fields, stream, version, scopes) if scopes else []
            self._known(fields, position)
            about = fields[ABOUT]
            if about is not ... and not self._is_about(about, stream):
                raise Malformed("field 5 names another stream than field 1")
            erases, change = self._read(fields, row, position) if fields[KIND] in _READ else ((), None)
        except (Malformed, IntegrityError) as error:
            raise Bad(8, str(error)) from None
        unchecked = self._closed and bool(scopes)
        return Opened(stream, version, recorded_us, content.parts[COMMAND], unchecked, missing, erases, change)

    def _read(self, fields: list[values.Value], row: Row, position: int) -> tuple[tuple[bytes, ...], KeyChange | None]:
        """What an erasure erases, or how a key record changes the keys."""
        if fields[KIND] == charter.ERASED_KIND:
            return _erases(fields), None
        if row.stream != self._keys_stream:
            raise Malformed("a key record stands in the agency's own stream and nowhere else")
        return (), charter.check_key_change(fields, self.context.ledger, position, row.record[KEY_AT:CONTENT_AT])

    def _known(self, fields: list[values.Value], position: int) -> None:
        kind = fields[KIND]
        if (kind == charter.GENESIS_KIND) is not (position == 1):
            raise Malformed("a genesis stands at position 1 and nowhere else")
        count = charter.OWN_KINDS.get(kind) or self.context.kinds.get(kind)
        if count is not None and len(fields) != count:
            raise Malformed(f"a {kind} has {count} fields, this one has {len(fields)}")
        if position == 1:
            charter.check_genesis(fields, self.context.ledger, self.context.practice)

    def _is_about(self, about: values.Value, stream: bytes) -> bool:
        if type(about) is not list or [type(part) for part in about] != [str, str]:
            return False
        state = self._streams.copy()
        state.update(f"{about[0]}\0{about[1]}".encode())
        return "\0" not in about[0] and state.digest()[:ID_SIZE] == stream

    def _unseal(
        self, content: Content, fields: list[values.Value], stream: bytes, version: int, scopes: list[bytes]
    ) -> list[bytes]:
        """Open what there are keys for, into `fields`; gives the scopes without one. A closed vault opens nothing."""
        if self.context.scope_keys is None:
            return []
        missing, openings = [], {}
        for scope, ciphertext in zip(scopes, content.sealed, strict=True):
            cipher = self._cipher(scope)
            if cipher is None:
                missing.append(scope)
                continue
            for index, opening in sealing.unseal(cipher, ciphertext, self.context.ledger, stream, version, scope):
                if index in openings or index not in content.closed:
                    raise IntegrityError(f"field {index} is sealed twice, or sealed though it stands open")
                if self.committer.commit(index, opening) != content.hashes[index]:
                    raise IntegrityError(f"the sealed field {index} does not match its commitment")
                openings[index] = opening
        if not missing and len(openings) != len(content.closed):
            raise IntegrityError("a field is closed, and no scope seals it")
        for index, value in zip(openings, commitments.open_values([*openings.values()]), strict=True):
            fields[index] = value
        return missing

    def _cipher(self, scope: bytes) -> primitives.AESGCM | None:
        cipher = self._ciphers.get(scope)
        if cipher is None and self.context.scope_keys is not None:
            key = self.context.scope_keys.get(scope)
            if key is not None:
                cipher = self._ciphers[scope] = primitives.scope_cipher(key)
        return cipher


def _fields(content: Content) -> list[values.Value]:
    """Every open field's value at its index, Ellipsis for the others. Their encodings are the only ones they have."""
    if len(content.hashes) < PAYLOAD or (content.closed and content.closed[0] < ABOUT):
        raise Malformed(f"a record has at least {PAYLOAD} fields, and the first {ABOUT} are open")
    if content.odd is not None:
        raise Malformed(f"field {content.odd}: an opening is an array of a 16-byte salt and a value")
    fields = values.decode_each(content.parts)
    for index in content.closed:
        fields.insert(index, ...)
    return fields


def _structure(row: Row, fields: list[values.Value]) -> tuple[bytes, int, int, list[bytes]]:
    """(stream, version, recorded_at µs, scopes) of fields 0 to 4, which the row's redundant columns must repeat."""
    kind, _, _, scopes, _ = fields[:ABOUT]
    try:
        stream, version = fields[STREAM]
        recorded_us, behind = fields[RECORDED]
        command_id, ordinal = fields[COMMAND]
    except (TypeError, ValueError):
        raise Malformed("fields 1, 2 and 4 are not pairs") from None
    if type(kind) is not str or type(stream) is not bytes or len(stream) != ID_SIZE:
        raise Malformed("field 0 is not text, or field 1 names no 16-byte stream")
    if type(version) is not int or version < 1:
        raise Malformed("field 1 holds no version from 1 on")
    if type(recorded_us) is not int or type(behind) is not bool or recorded_us < 0:
        raise Malformed("field 2 is not a time and whether the clock was behind")
    if type(command_id) is not str or type(ordinal) is not int or ordinal < 0:
        raise Malformed("field 4 is not a command id and an ordinal")
    if type(scopes) is not list or (scopes and not _ids(scopes)):
        raise Malformed("field 3 is not a list of different 16-byte scope ids")
    if recorded_us // HOUR_US != int.from_bytes(row.record[HOUR_AT:KEY_AT]):
        raise Malformed("the time in field 2 is not within the hour of the header")
    if (row.stream, row.version, row.command_id, row.ordinal) != (stream, version, command_id, ordinal) or not (
        type(row.version) is type(row.ordinal) is int
    ):
        raise Malformed("a column kept for an index differs from the field it repeats")
    return stream, version, recorded_us, scopes


def _ids(scopes: list[values.Value]) -> bool:
    right = all(type(scope) is bytes and len(scope) == ID_SIZE for scope in scopes)
    return right and len(set(scopes)) == len(scopes)


def _erases(fields: list[values.Value]) -> tuple[bytes, ...]:
    scopes = fields[charter.ERASED_SCOPES] if len(fields) > charter.ERASED_SCOPES else None
    if type(scopes) is not list or not scopes or not _ids(scopes):
        raise Malformed("an erasure does not list, openly, the scopes it erased")
    return tuple(scopes)
