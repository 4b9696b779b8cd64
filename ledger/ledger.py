"""The facade: what is said meets how it is proved. Open or found a ledger; record, read, verify."""

from __future__ import annotations

import datetime as dt
import difflib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from ledger import founding
from ledger.erasure import ErasureMade, Erasures
from ledger.errors import IntegrityError, Malformed, Undecided, UnknownId, UsageError
from ledger.filing import Sealing
from ledger.folder import Folder
from ledger.key_files import settle
from ledger.key_history import KeyHistory
from ledger.keyring import Keyring
from ledger.knowledge import AGENCY, OPERATIONS, Knowledge
from ledger.procedure.command import Actor, Command, parse
from ledger.procedure.declare import BY_NAME, About, Payload
from ledger.procedure.edition import shipped
from ledger.procedure.entry import Owed
from ledger.procedure.events.agency import LedgerOpened
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.judgement import Judged
from ledger.procedure.layout import plain
from ledger.procedure.lens import Lens, Seen, look
from ledger.procedure.notice import notice_of
from ledger.procedure.obligations import Standing, standing
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World, fold_agency
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.checkpoint import origin
from ledger.proof.fields import SCOPES
from ledger.proof.keys import KeySchedule, LiveKey, Signer, vkey
from ledger.proof.record import PREVIOUS_AT
from ledger.proof.report import Report, Row, VerifyContext
from ledger.reading import LOCKED, MISSING, Erased, Reading, Unopened, from_us, to_us
from ledger.recording import Receipt, Recorded, Recording
from ledger.sealer import RecordSealer
from ledger.store.application import LedgerApplication
from ledger.store.sqlite import StoredRow
from ledger.store.structure import check_file
from ledger.tokens import NO_TOKEN, TokenAccess, find_key
from ledger.verification import verify_folder

BATCH = 1000


class Head(NamedTuple):
    """The last record of a ledger."""

    position: int
    hash: bytes


def clock_us() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000


def no_passphrase() -> bytes | None:
    """For ledgers whose keys have none."""
    return None


class Ledger:
    """One agency's ledger. Reading asks for no passphrase; vault and signing key are opened when they are needed."""

    def __init__(
        self,
        path: Path,
        *,
        passphrase: Callable[[], bytes | None] = no_passphrase,
        clock: Callable[[], int] = clock_us,
        token: TokenAccess = NO_TOKEN,
        genesis: LedgerOpened | None = None,
    ) -> None:
        """Open the ledger in the folder `path`; use `create` for a new one, which is where `genesis` comes from.

        `passphrase` is called at most once, `clock` gives µs since 1970.
        """
        self.folder = Folder(path)
        self._clock = clock
        self._passphrase = passphrase
        if genesis is None:
            check_file(self.folder.records)
        self._app = LedgerApplication(self.folder.records, self._seal, self._read_stored, create=genesis is not None)
        self._records = self._app.records
        try:
            charter = Charter.from_bytes(genesis.charter) if genesis else _charter_of(self._records.row(1))
        except BaseException:
            self._app.close()
            raise
        self.charter = charter
        self.id = ledger_id(charter.to_bytes())
        schedule = KeySchedule(charter.public, charter.recovery_public)
        self.keyring = Keyring(self.folder, self.id, passphrase, self._vault_opened, token)
        self._sealing = Sealing(self.id, self.keyring)
        self._knowledge = Knowledge(self._records, self._read, self.id, charter.agency_id, charter.name)
        self._agency_then: tuple[dt.datetime, int, Agency] | None = None  # as last asked for of the past
        self._erasures = Erasures(
            self._records,
            self._knowledge.stream(OPERATIONS),
            self.keyring,
            self._read,
            VerifyContext(self.id, charter.practice, schedule, {}, None, every_signature=True),
        )
        self._keys = KeyHistory(
            schedule,
            VerifyContext(self.id, charter.practice, schedule, {}, None),
            lambda version: self._records.stream_rows(self._knowledge.stream(AGENCY), version),
        )
        self._sealer = RecordSealer(self.id, self._keys, self.keyring.signer_for, clock, practice=charter.practice)
        self._records.sealer = self._sealer
        self._recording = Recording(
            self._app,
            self._knowledge,
            self._sealing,
            self._erasures,
            self._read,
            clock,
            practice=charter.practice,
        )
        if genesis is not None:
            try:
                self._recording.found(genesis, charter.created)
            except BaseException:
                self.close()
                raise

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        agency_id: str,
        agency_name: str,
        kind: str,
        flags: Mapping[str, bool | str],
        recovery: Path,
        practice: bool = False,
        passphrase: bytes | None = None,
        at: dt.datetime | None = None,
        clock: Callable[[], int] = clock_us,
        random: Callable[[int], bytes] = os.urandom,
        token: TokenAccess = NO_TOKEN,
        token_key: str | None = None,
    ) -> Self:
        """Found a ledger: keys, vault and exactly one record, the genesis. `at` is for practice ledgers only.

        `token_key` is the PKCS#11 URI of the signing key, where that lies in a token already.
        """
        if at is not None and not practice:
            raise UsageError("Only a practice ledger may be given a time; a real one takes it from the clock.")
        identity = founding.Identity(agency_id, agency_name, kind, flags, practice)
        founding.check_identity(identity)
        signing = find_key(token_key, token) if token_key is not None else None
        with founding.alone_in(Folder(path), recovery) as folder:
            genesis = founding.found(
                folder,
                identity,
                recovery=recovery,
                passphrase=passphrase,
                created_us=to_us(at) if at else clock(),
                random=random,
                token_key=signing,
            )
            return cls(path, passphrase=lambda: passphrase, clock=clock, token=token, genesis=genesis)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        passphrase: Callable[[], bytes | None] = no_passphrase,
        clock: Callable[[], int] = clock_us,
        token: TokenAccess = NO_TOKEN,
    ) -> Self:
        """An existing ledger. `token` is how its signing key is reached, where that lies in one."""
        return cls(path, passphrase=passphrase, clock=clock, token=token)

    def close(self) -> None:
        """Close the database and the vault, and leave the token."""
        self._app.close()
        self.keyring.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- whose, and when ---

    @property
    def practice(self) -> bool:
        """Whether this is a practice ledger: times may be supplied, and every verdict says so."""
        return self.charter.practice

    @property
    def agency_id(self) -> str:
        return self.charter.agency_id

    @property
    def agency_name(self) -> str:
        return self.charter.name

    @property
    def key_id(self) -> bytes:
        """The id of the key that signs the next record."""
        return self._live().key_id

    @property
    def origin(self) -> str:
        """The C2SP name of this log: ``ruleseven/`` or ``ruleseven-practice/`` and the ledger id in hex."""
        return origin(self.id, practice=self.practice)

    @property
    def vkey(self) -> str:
        """The live public key in C2SP's verifier form."""
        return vkey(self.origin, self._live().public)

    def head(self) -> Head:
        """The last record's position and hash."""
        return Head(*self._records.last())

    def checked_head(self) -> Head:
        """Likewise, once its signature is verified: it then vouches for all records that it is chained to."""
        return Head(*self._records.checked_head()[:2])

    def now(self) -> dt.datetime:
        """The time in UTC; in a practice ledger that of its last record."""
        return self.reading(self.head().position).recorded_at if self.practice else from_us(self._clock())

    # --- recording ---

    def record(self, command: Mapping[str, Any] | Command, *, actor: Actor | None = None) -> Receipt:
        """Judge and record one command, durably, in one transaction.

        Raises `Malformed` and `UnknownId` (no trace is left), `Refused` (a trace is left), `Conflict` (its command_id
        is taken), `StorageError`.
        """
        return self.record_atomic([command], actor=actor)[0]

    def record_atomic(
        self, commands: Sequence[Mapping[str, Any] | Command], *, actor: Actor | None = None
    ) -> list[Receipt]:
        """Judge and record commands one after another in one transaction: all of them, or none.

        An error carries the `index` of the command at fault; a refused command leaves only its `CommandRefused`.
        """
        parsed = _parsed(commands, actor)
        self._unlock()
        return self._recording.record(parsed)

    def record_keys(
        self, make: Callable[[LiveKey], Payload], *, actor: Actor | None = None, recovery: Signer | None = None
    ) -> Recorded:
        """Record a change of keys (see `rotation.py`), made of the live key once nobody else can record."""
        with self._sealer.recovering(recovery):
            return self._recording.append(lambda: make(self._live()), actor)

    def rehearse(self, commands: Sequence[Mapping[str, Any]], *, actor: Actor | None = None) -> list[Judged]:
        """What `record_atomic` would come to, refusals included; nothing is recorded and no trace is left."""
        parsed = _parsed(commands, actor)
        self._unlock()
        return self._recording.rehearse(parsed)

    def world(self, about: About, now: dt.datetime) -> World:
        """What judgement would see at a moment: the agency and one file, which is empty where there is none yet."""
        self._unlock()
        self._recording.up_to_date()
        return self._knowledge.world(about, now)

    def erase(
        self,
        scope_kind: str,
        scope_ref: str,
        *,
        reason: str,
        authority: str,
        actor: Actor | None = None,
        case: str | None = None,
    ) -> ErasureMade:
        """Record that everything sealed under a scope is erased, then destroy its key: nobody can read it any more.

        `scope_kind` is `case`, `scheme`, `context`, `review`, `person` or `consent`; `case` names the one case it may
        reach. Raises `UnknownId` when nothing is sealed under it, `Malformed` when it reaches further, `Refused` under
        a legal hold, `Locked` without the vault: then nothing was erased. Backups of the vault and of `keys/vault.key`
        that were made before are to be replaced.
        """
        command: dict[str, Any] = {
            "do": "InformationErased",
            "mode": "plan",
            "scope_kind": scope_kind,
            "scope_ref": scope_ref,
            "case": case,
            "reason": reason or None,
            "authority": authority or None,
        }
        if self.practice:  # its time stands still between records
            command["recorded_at"] = self.now().isoformat()
        position = self.record(command, actor=actor).records[0].position
        return ErasureMade(position, f"{scope_kind}:{scope_ref}", self.reading(position).data["fields"])

    @property
    def erased_again(self) -> bool:
        """Whether the vault, when opened, still held a key that a recorded erasure names. It is destroyed now."""
        return self._erasures.finished_again

    # --- reading ---

    def readings(
        self, *, after: int = 0, about: About | None = None, until: dt.datetime | None = None
    ) -> Iterator[Reading]:
        """Records in order of position; `until` is inclusive, by recorded time.

        Reading the whole ledger checks that positions and previous hashes join up: `IntegrityError` if not.
        """
        limit = None if until is None else to_us(until)
        for row in self._joined_rows(after) if about is None else self._stream_rows(about, after):
            reading = self._read(row)
            if limit is not None and reading.recorded_us > limit:
                return
            yield reading

    def reading(self, position: int) -> Reading:
        """One record by position; `UnknownId` if there is none."""
        row = self._records.row(position)
        if row is None:
            raise UnknownId(f"There is no record {position} in this ledger.")
        return self._read(row)

    def naming(self, name: str, text: str) -> Iterator[Reading]:
        """The records of one kind of event in whose open fields a text stands somewhere, newest first."""
        return map(self._read, self._records.rows_of_kind(BY_NAME[name].wire, 0, text))

    def under(self, command_id: str) -> list[Reading]:
        """The records that one command came to."""
        return [*map(self._read, self._records.command_rows(command_id))]

    def opened(self, position: int, field: str) -> Any:
        """A sealed value in clear; an `Erased` or LOCKED where it cannot be shown."""
        return self.reading(position).full().get(field)

    def scope_key(self, scope: bytes) -> bytes | Unopened:
        """The key of a scope id, for readings; where the vault lacks it, whether a recorded erasure says why."""
        key = self.keyring.scope_key(scope)
        return key if key is LOCKED else self._erasures.of(scope, pending=key is not MISSING) or key

    @property
    def signer(self) -> Signer:
        """The live signing key; `Locked` if keys/signing holds another."""
        return self.keyring.signer_for(self._live().key_id)

    @property
    def schedule(self) -> KeySchedule:
        """Who may sign which position, by all key records so far; `IntegrityError` for one that does not verify."""
        return self._keys.catch_up()

    def agency(self, until: dt.datetime | None = None) -> Agency:
        """The agency as its own stream says it is: editions, adoptions, methods, parameters; as recorded by `until`."""
        head = self._knowledge.catch_up()
        if until is None:
            return self._knowledge.agency
        if self._agency_then is None or self._agency_then[:2] != (until, head):
            then = Agency(id=self.agency_id, name=self.agency_name)
            for reading in self.readings(about=AGENCY, until=until):
                fold_agency(then, reading.entry())
            self._agency_then = (until, head, then)
        return self._agency_then[2]

    def file(self, about: About, until: dt.datetime | None = None) -> File:
        """One case or scheme folded as judgement sees it, as recorded by `until`; `UnknownId` if it is not there."""
        file = File(about)
        for reading in self.readings(about=about, until=until):
            file.fold(reading.entry())
        if not file.exists:
            when = f" by {until.isoformat()}" if until else ""
            raise UnknownId(f"There is no {about.type} {about.id} in this ledger{when}.")
        return file

    def standing(self, owed: Owed, at: dt.datetime | None = None, *, until: dt.datetime | None = None) -> Standing:
        """How an open obligation stands at a moment (now): in words, and what is found of it if it is overdue.

        It is judged by the editions that were recorded by `until`.
        """
        at = at or self.now()
        return standing(owed, at, self.agency(until).book.context(at))

    def notice_of(self, position: int) -> dict[str, Any]:
        """What the record of a disclosure says to its recipient, as `DisclosureReceived` takes it under `notice`.

        Raises `UnknownId` for a record of anything else.
        """
        reading = self.reading(position)
        event = reading.full_event()
        if not isinstance(event, DisclosureMade):
            raise UnknownId(f"Record {position} is of no disclosure.")
        notice: dict[str, Any] = plain(notice_of(event, self.file(reading.about).case))
        return notice

    def lens(self, edition_id: str, as_at: dt.datetime | None = None) -> Lens:
        """What every act recorded by `as_at` would have come to under an edition, whatever its dates. Changes nothing.

        Raises `UnknownId` for an edition neither registered here nor shipped, `Locked` without the vault.
        """
        _ = self.keyring.vault  # sealed words that cannot be read would look as if they had never been said
        agency = self.agency()
        known = {name: s.edition for name, s in shipped().items()} | agency.editions
        if edition_id not in known:
            near = difflib.get_close_matches(edition_id, known, 3, 0.4)
            nearest = f"nearest: {', '.join(near)}; " if near else ""
            raise UnknownId(f"There is no edition {edition_id}; {nearest}'ruleseven view policy' lists all there are.")
        seen = (Seen(reading.entry(), self._unopened(reading)) for reading in self.readings(until=as_at))
        return look(seen, agency, known[edition_id], as_at)

    def _unopened(self, reading: Reading) -> str:
        """Why sealed content of a record cannot be opened; empty where all of it can."""
        keys = (self.scope_key(scope) for scope in reading.value(SCOPES))
        gaps = ("erased" if isinstance(key, Erased) else key.strip("[]") for key in keys if isinstance(key, Unopened))
        return next(gaps, "")

    def verify(
        self,
        *,
        every_signature: bool = False,
        heads: Sequence[tuple[int, bytes]] = (),
        processes: int = 1,
    ) -> Report:
        """The numbered checks over every stored byte (`ledger.proof.verify`); sealed content too if the vault opens."""
        return verify_folder(
            self.folder.path,
            passphrase=self._passphrase,
            every_signature=every_signature,
            heads=heads,
            processes=processes,
        ).report

    def _joined_rows(self, after: int) -> Iterator[Row]:
        position, digest = after, self.reading(after).hash if after else bytes(32)
        while rows := self._records.rows(position, BATCH):
            for row in rows:
                if row.position != position + 1 or row.record[PREVIOUS_AT : PREVIOUS_AT + 32] != digest:
                    position += 1
                    raise IntegrityError(f"The chain breaks at record {position}; verify says why.", position, 3)
                position, digest = row.position, row.hash
                yield row

    def _stream_rows(self, about: About, after: int) -> Iterator[Row]:
        rows = self._records.stream_rows(self._knowledge.stream(about))
        for version, row in enumerate(rows, 1):
            if row.version != version:
                raise IntegrityError(f"Version {version} of {about.type} {about.id} is missing; run verify.", None, 8)
            if row.position > after:
                yield row

    def _read(self, row: Row) -> Reading:
        return Reading(row, self.id, self)

    def _read_stored(self, stored: StoredRow) -> Reading:
        return self._read(stored.row)

    def _seal(self, filed: Any) -> Any:
        return self._sealing.seal(filed)

    def _unlock(self) -> None:
        """Ask for the passphrase before the lock is taken, and finish a change of keys that was interrupted."""
        settle(self.folder, lambda: self._live().key_id)
        self.keyring.unlock()

    def _vault_opened(self) -> None:
        with suppress(IntegrityError):
            _ = self.schedule  # whose signature an erasure must bear
        self._erasures.finish_for_reading()

    def _live(self) -> LiveKey:
        live = self.schedule.live(self.head().position + 1)
        if live is None:
            raise Undecided("No key of this ledger may sign its next record.")
        return live


def _parsed(commands: Sequence[Mapping[str, Any] | Command], actor: Actor | None) -> list[Command]:
    parsed = []
    for index, command in enumerate(commands):
        try:
            parsed.append(command if isinstance(command, Command) else parse(dict(command), actor=actor))
        except UsageError as error:
            error.index = index
            raise
    return parsed


def _charter_of(row: Row | None) -> Charter:
    if row is None:
        raise IntegrityError("ledger.db holds no first record: it is not intact. Restore it from a backup.", 1, 2)
    try:
        event = Reading(row, b"").event
        if isinstance(event, LedgerOpened):
            return Charter.from_bytes(event.charter)
    except Malformed:
        pass
    raise IntegrityError("The first record is not an intact genesis; verify says what is wrong with it.", 1, 8)
