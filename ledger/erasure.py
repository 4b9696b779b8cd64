"""Erasing: a scope's key is destroyed, and with it everything that was sealed under it, while every record verifies.

1. A command names a scope (`person:C1`). Its id is looked up in the vault, and what is sealed under it in the records.
2. It is judged like any other (a legal hold refuses it), and `InformationErased` is recorded, naming the id.
3. `finish` destroys the key and puts the vault under a fresh one (`Keyring.shred`).

Whoever is interrupted before 3, or puts an old copy of the vault back, has it finished when the vault is next opened:
`finish` looks at what the operations stream says since the vault last saw it. Since it destroys what a record names, it
believes no record that the agency did not sign. A process that remembers keys asks before each act whether an erasure
was recorded since, and once more under the write lock (`recorded_since`), so that nothing is sealed under a lost key:
what is said afterwards of the same person is sealed under a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ledger.errors import IntegrityError, Malformed, StorageError, UnknownId
from ledger.keyring import Keyring
from ledger.procedure.command import Command
from ledger.procedure.declare import About, changed
from ledger.procedure.events.operations import InformationErased, Subject
from ledger.procedure.events.retention import LegalHoldPlaced
from ledger.proof.charter import ERASED_KIND
from ledger.proof.commitments import sealed_from_bytes, stream_id
from ledger.proof.fields import SCOPES
from ledger.proof.record import PREVIOUS_AT
from ledger.proof.report import Row, SegmentStart, VerifyContext
from ledger.proof.sealing import unseal
from ledger.proof.verify import verify_segment
from ledger.reading import Erased, Reading, london
from ledger.store.sqlite import SealingRecorder

ERASABLE = ("case", "scheme", "context", "review", "person", "consent")
SEEN = "erasures seen"  # where the vault notes up to which record of the operations stream it holds nothing erased
MANY = 500  # records of that stream, after which it is noted even though none of them was an erasure


class ErasureMade(NamedTuple):
    """A recorded erasure: of which scope, and how many sealed fields can no longer be read."""

    position: int
    scope: str
    fields: int


class Erasures:
    """The erasures recorded in one ledger, and their completion in its vault."""

    def __init__(
        self,
        records: SealingRecorder,
        operations: bytes,
        keyring: Keyring,
        read: Callable[[Any], Reading],
        context: VerifyContext,
    ) -> None:
        """`operations` is the id of that stream; `context` tells whose signature an erasure must bear."""
        self._records = records
        self._operations = operations
        self._keyring = keyring
        self._read = read
        self._context = context
        self._seen: int | None = None  # the version of the operations stream up to which the vault holds nothing erased
        self._pending: frozenset[bytes] = frozenset()
        self.finished_again = False  # whether the vault, when it was opened, still held a key that was to be destroyed
        self._shredded = False
        self._told: dict[bytes, Reading] = {}
        self._told_to = 0

    # --- before it is recorded ---

    def resolved(self, command: Command) -> Command:
        """The command, if it asks for an erasure, with the scope's id and what is sealed under it.

        Raises `UnknownId` where nothing is, `Malformed` where the command names another file than all of it is in. A
        legal hold is on something that is there, else it holds nothing.
        """
        event = command.event
        if isinstance(event, LegalHoldPlaced):
            self._check_hold(event)
        if not isinstance(event, InformationErased):
            return command
        named = f"{event.scope_kind}:{event.scope_ref}"
        if event.scope_kind not in ERASABLE:
            raise Malformed(f"What is erased is one of {', '.join(ERASABLE)}: write that kind (field scope_kind).")
        scope = self._keyring.using(lambda vault: vault.scope((event.scope_kind, event.scope_ref)))
        if scope is None:
            raise UnknownId(f"Nothing is sealed under {named} in this ledger, or it was erased before (field scope).")
        files, fields = self._sealed_under(scope)
        if event.files and set(event.files) != set(files):
            where = ", ".join(f"{file.type} {file.id}" for file in files) or "no file"
            raise Malformed(f"What is sealed under {named} is in {where}: leave the field {event.files[0].type} out.")
        return replace(command, event=changed(event, scopes=(scope,), files=files, fields=fields))

    def _check_hold(self, hold: LegalHoldPlaced) -> None:
        kind, ref = hold.scope_kind, hold.scope_ref
        if not kind or not ref:
            raise Malformed("A hold is on one thing: write what, for example case:HM-1 (field scope).")
        stream = stream_id(self._context.ledger, kind, ref)
        is_file = next(iter(self._records.stream_rows(stream, 0)), None) is not None
        if not is_file and self._keyring.using(lambda vault: vault.scope((kind, ref))) is None:
            raise UnknownId(f"There is no {kind} {ref} in this ledger: a hold on it would hold nothing (field scope).")

    def _sealed_under(self, scope: bytes) -> tuple[tuple[Subject, ...], int]:
        """The files that hold something sealed under a scope, and how many fields that is."""
        files: dict[About, None] = {}
        fields = 0
        key = self._keyring.using(lambda vault: vault.key(scope))
        for row in self._records.rows_naming(scope):
            reading = self._read(row)
            scopes = reading.value(SCOPES)
            if key is not None and scope in scopes:
                ciphertext = sealed_from_bytes(row.sealed)[scopes.index(scope)]
                fields += len(unseal(key, ciphertext, self._context.ledger, reading.stream, reading.version, scope))
                files[reading.about] = None
        return tuple(Subject(type=about.type, id=about.id) for about in files), fields

    # --- after it was recorded ---

    def finish(self) -> bool:
        """Destroy every key that a recorded erasure names; whether one was recorded since this was last asked.

        Raises `IntegrityError` for an erasure that the agency did not sign, `StorageError` if the vault takes nothing.
        """
        rows = self._rows_not_seen()
        erasures = [row for row in rows if self._read(row).kind == ERASED_KIND]
        if erasures:
            self._pending = frozenset(scope for row in erasures for scope in self._scopes_of(row))
            self._shredded = self._keyring.shred(self._pending)
            self._pending = frozenset()
        if rows:
            if erasures or len(rows) >= MANY:
                note = rows[-1].version.to_bytes(8) + rows[-1].hash
                self._keyring.using(lambda vault: vault.store_note(SEEN, note))
            self._seen = rows[-1].version
        return bool(erasures)

    def finish_for_reading(self) -> None:
        """Likewise, but a vault that takes nothing, or a record that is not believed, keeps nobody from reading.

        A key that the vault held still is of an erasure that was interrupted, or the vault is an old copy.
        """
        self._shredded = False
        try:
            self.finish()
        except (IntegrityError, StorageError):
            return
        self.finished_again |= self._shredded

    def recorded_since(self) -> bool:
        """Whether an erasure was recorded since `finish` was last asked."""
        return any(self._read(row).kind == ERASED_KIND for row in self._rows_not_seen())

    def of(self, scope: bytes, *, pending: bool = False) -> Erased | None:
        """When and why the scope was erased, if it was; `pending`: its key is still there, and must not be used."""
        if pending and scope not in self._pending:
            return None
        for row in self._records.stream_rows(self._operations, self._told_to):
            reading = self._read(row)
            if reading.kind == ERASED_KIND:
                self._told |= {scope: reading for scope in reading.data["scopes"] if scope not in self._told}
            self._told_to = row.version
        return in_words(self._told[scope]) if scope in self._told else None

    def _rows_not_seen(self) -> list[Row]:
        """The operations stream since this process, or when it opened the vault the vault, last saw it."""
        if self._seen is None:
            self._seen = self._noted()
        return self._records.stream_rows(self._operations, self._seen)

    def _noted(self) -> int:
        """The version that the vault notes; 0 where the stream is not the one that it saw."""
        note = self._keyring.using(lambda vault: vault.note(SEEN)) or bytes(8)
        seen = int.from_bytes(note[:8])
        known = self._records.stream_rows(self._operations, seen - 1)[:1] if seen else []
        return seen if known and known[0].hash == note[8:] else 0

    def _scopes_of(self, row: Row) -> Iterator[bytes]:
        """The scopes that a signed erasure names."""
        start = SegmentStart(row.position, row.record[PREVIOUS_AT : PREVIOUS_AT + 32])
        report = verify_segment([row], start, self._context)
        if report.failure is not None:
            raise IntegrityError(
                f"Record {row.position} says that something was erased, but this agency did not sign it: "
                f"{report.failure.reason}. No key was destroyed; verify the ledger and restore it from a backup.",
                row.position,
                report.failure.step,
            )
        for _, scopes in report.erasures:
            yield from scopes


def in_words(erasure: Reading) -> Erased:
    """What stands where erased content was."""
    event: Any = erasure.full_event()
    reason = f" because {event.reason}" if event.reason else ""
    authority = f" (authority: {event.authority})" if event.authority else ""
    return Erased(f"[erased on {london(erasure.recorded_at)[:10]}{reason}{authority}]")
