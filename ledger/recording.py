"""Recording: judge, seal under scope keys, append; and once more under the write lock if the ledger grew meanwhile.

An append names the head it was judged at and the streams the judgement read. If another process has added to one of
those streams since, everything is judged and sealed again while holding the lock. What the rules refuse leaves a trace
without personal data on the operations stream.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ledger.erasure import Erasures
from ledger.errors import Conflict, Malformed, Refused, RuleSevenError, StorageError
from ledger.filing import Filed, Sealing, Transaction
from ledger.knowledge import AGENCY, OPERATIONS, Knowledge
from ledger.procedure.command import Actor, Command
from ledger.procedure.declare import Payload
from ledger.procedure.entry import Entry, Finding, Owed
from ledger.procedure.events.operations import CommandRefused, InformationErased
from ledger.procedure.judgement import Judged, judge
from ledger.procedure.refusal import codes_of
from ledger.reading import Reading, from_us, to_us
from ledger.store.application import LedgerApplication
from ledger.store.sqlite import Grown, Taken


class Recorded(NamedTuple):
    """One record that a command came to; `behind`: the clock (or the time given) was behind the record before."""

    position: int
    hash: bytes
    kind: str
    behind: bool = False


@dataclass(frozen=True)
class Receipt:
    """What one command came to, with what it makes owed; `repeated`: its id was known, and this was stored then."""

    records: tuple[Recorded, ...]
    findings: tuple[Finding, ...]
    owed: tuple[Owed, ...] = ()
    repeated: bool = False

    @property
    def clock_behind(self) -> bool:
        """Whether the clock, or the time given, was behind the record before: that record's time was stored instead."""
        return any(record.behind for record in self.records)


class Recording:
    """Records commands of one ledger."""

    def __init__(
        self,
        app: LedgerApplication,
        knowledge: Knowledge,
        sealing: Sealing,
        erasures: Erasures,
        read: Callable[[Any], Reading],
        clock: Callable[[], int],
        *,
        practice: bool,
    ) -> None:
        self._app = app
        self._records = app.records
        self._knowledge = knowledge
        self._sealing = sealing
        self._erasures = erasures
        self._read = read
        self._clock = clock
        self._practice = practice
        self._lock = threading.RLock()  # one act at a time in this process; the database settles it between processes

    def record(self, commands: Sequence[Command]) -> list[Receipt]:
        """Judge and record commands one after another in one transaction: all of them, or none.

        An error carries the `index` of the command at fault. A refusal leaves its `CommandRefused`.
        """
        if not self._practice:
            _refuse_supplied_times(commands)
        erases = _erases(commands)
        with self._lock:
            receipts = self._record(commands)
            if erases:
                self._finish_erasing()
            return receipts

    def _record(self, commands: Sequence[Command]) -> list[Receipt]:
        try:
            try:
                return self._attempt(commands)
            except (Grown, Taken):
                self._knowledge.forget()
                with self._records.writing():
                    return self._attempt(commands)
        except BaseException as error:
            self._knowledge.forget()
            self._sealing.forget()
            if isinstance(error, Refused) and not error.repeated:
                self._leave_trace(commands[error.index or 0], error)
            raise

    def _finish_erasing(self) -> None:
        """Once the erasure is durable, and not before: a key must not go without a record that says so."""
        try:
            self.up_to_date()
        except RuleSevenError as error:
            raise StorageError(
                f"The erasure is recorded, but the key it names could not be destroyed yet: {error} The next command "
                "that opens the vault will destroy it."
            ) from error

    def up_to_date(self) -> int:
        """Know all that is stored, and nothing that was erased; the position of the head that this reflects."""
        head = self._knowledge.catch_up()
        while self._erasures.finish():
            self._knowledge.forget()
            self._sealing.forget()
            head = self._knowledge.catch_up()
        return head

    def rehearse(self, commands: Sequence[Command]) -> list[Judged]:
        """What each command would come to if they were recorded now, one after another; nothing is, nor any trace."""
        with self._lock:
            try:
                self._knowledge.forget()  # somebody may be looking at a state that this would fold further
                self.up_to_date()
                return [self._rehearsed(command) for command in commands]
            finally:
                self._knowledge.forget()

    def _rehearsed(self, command: Command) -> Judged:
        world = self._knowledge.world(command.about, self._time(command))
        judged = judge(self._erasures.resolved(command), world)
        for entry in judged.entries:
            self._knowledge.fold(replace(entry, recorded_at=world.now))
        return judged

    def found(self, genesis: Payload, created_us: int) -> Recorded:
        """Append the genesis."""
        at = from_us(created_us)
        entry = Entry(AGENCY, genesis, None, at, at, command_id=_new_id(), version=1)
        return self._append([entry], {}, 0, [created_us])[0]

    def append(self, make: Callable[[], Payload], actor: Actor | None) -> Recorded:
        """Append to the agency's stream what the ledger says itself; `make` is called once nobody else can record."""
        with self._lock:
            try:
                with self._records.writing():
                    judged_at = self._knowledge.catch_up()
                    event = make()
                    given = self._records.checked_head().recorded_us if self._practice else None
                    now = from_us(self._clock() if given is None else given)
                    version = self._knowledge.version(AGENCY) + 1
                    entry = Entry(AGENCY, event, actor, now, now, command_id=_new_id(), version=version)
                    self._knowledge.fold(replace(entry, recorded_at=now))
                    return self._append([entry], {}, judged_at, [given])[0]
            except BaseException:
                self._knowledge.forget()
                self._sealing.forget()
                raise

    def _attempt(self, commands: Sequence[Command]) -> list[Receipt]:
        knowledge = self._knowledge
        judged_at = self.up_to_date()
        receipts: list[Receipt | Judged] = []
        entries: list[Entry] = []
        times: list[int | None] = []
        for index, command in enumerate(commands):
            try:
                if repeated := self._stored_before(command):
                    receipts.append(repeated)
                    continue
                world = knowledge.world(command.about, self._time(command))
                judged = judge(self._erasures.resolved(command), world)
            except Exception as error:
                error.index = index  # type: ignore[attr-defined]
                raise
            command_id = command.command_id or _new_id()
            new = [replace(entry, command_id=command_id, recorded_at=world.now) for entry in judged.entries]
            for entry in new:
                knowledge.fold(entry)
            entries += new
            times += [_given_us(command)] * len(new)
            receipts.append(judged)
        recorded = iter(self._append(entries, knowledge.reads, judged_at, times) if entries else ())
        return [
            r if isinstance(r, Receipt) else Receipt(tuple(next(recorded) for _ in r.entries), r.findings, r.owed)
            for r in receipts
        ]

    def _append(
        self, entries: Sequence[Entry], reads: Mapping[bytes, int], judged_at: int, times: Sequence[int | None]
    ) -> list[Recorded]:
        filed = [Filed.of(entry, self._knowledge.stream(entry.about)) for entry in entries]
        self._sealing.prepare(filed)
        first = filed[0]
        saved = Transaction(first.originator_id, first.originator_version, filed)
        self._app.save(saved, judged_at=judged_at, reads=reads, times=times, stale=self._erasures.recorded_since)
        written = self._records.written
        if written[0].position == self._knowledge.head + 1:
            self._knowledge.head = written[-1].position
        return [Recorded(h.position, h.hash, e.kind.wire, h.behind) for h, e in zip(written, entries, strict=True)]

    def _stored_before(self, command: Command) -> Receipt | None:
        """What a repeated command came to the first time; `Conflict` when its id was used for something else."""
        if command.command_id is None:
            return None
        readings = [self._read(row) for row in self._records.command_rows(command.command_id)]
        if not readings:
            return None
        last = readings[-1].entry()
        if isinstance(last.event, CommandRefused) and last.event.command_type == command.name:
            message = f"This command was refused before (record {last.position}); change it under a new command_id."
            raise Refused(tuple(last.event.rule_ids), message, repeated=True)
        if not _says_the_same(command, [r.entry() for r in readings]):
            raise Conflict(
                f"command_id {command.command_id} is recorded already with other content (record "
                f"{readings[0].position}). Give this command an id of its own."
            )
        return Receipt(
            tuple(Recorded(r.position, r.hash, r.kind, r.value(2)[1]) for r in readings),
            tuple(finding for r in readings for finding in r.findings),
            tuple(owed for r in readings for owed in r.owed),
            repeated=True,
        )

    def _leave_trace(self, command: Command, refusal: Refused) -> None:
        """Record that a command was refused and by which rules, without personal data (requirements R0.8)."""
        knowledge = self._knowledge
        for attempt in (nullcontext(), self._records.writing()):
            with attempt:
                judged_at = knowledge.catch_up()
                now = self._time(command)
                version = knowledge.version(OPERATIONS)
                trace = Entry(
                    about=OPERATIONS,
                    event=CommandRefused(
                        command_type=command.name,
                        rule_ids=refusal.rules,
                        codes=codes_of(command, knowledge.agency),
                        editions=knowledge.agency.book.context(command.occurred_at or now).ids,
                        case_ref_pseudonym=knowledge.stream(command.about).hex()[:16],
                    ),
                    actor=command.actor,
                    occurred_at=now,
                    known_at=now,
                    mode=command.mode,
                    command_id=command.command_id or _new_id(),
                    version=version + 1,
                )
                try:
                    self._append([trace], {knowledge.stream(OPERATIONS): version}, judged_at, [_given_us(command)])
                except (Grown, Taken):
                    continue
                return

    def _time(self, command: Command) -> dt.datetime:
        """The time of recording as judgement sees it; the store sets the recorded time itself, under the lock.

        It never steps back: a supplied time that is behind the last record's is judged, and stored, as that.
        """
        given = _given_us(command)
        if given is None:
            return from_us(self._clock())
        return from_us(max(given, self._records.checked_head().recorded_us))


def _new_id() -> str:
    """An id for a command that was given none: 20 characters, the time first, so that such ids keep the index compact.

    40 random bits part the ids of one microsecond; should two meet all the same, the act is recorded under another.
    """
    unique = (time.time_ns() // 1000).to_bytes(7) + secrets.token_bytes(5)
    return base64.b32hexencode(unique).decode().rstrip("=").lower()


def _refuse_supplied_times(commands: Sequence[Command]) -> None:
    for index, command in enumerate(commands):
        if command.recorded_at is not None:
            error = Malformed("field recorded_at: only a practice ledger may be given it; leave it out")
            error.index = index
            raise error


def _erases(commands: Sequence[Command]) -> bool:
    """Whether an erasure is asked for; it stands alone, since what follows in its transaction would be lost with it."""
    for index, command in enumerate(commands):
        if isinstance(command.event, InformationErased):
            if len(commands) > 1:
                error = Malformed("field do: an erasure is recorded by itself, not together with other commands")
                error.index = index
                raise error
            return True
    return False


def _given_us(command: Command) -> int | None:
    return None if command.recorded_at is None else to_us(command.recorded_at)


def _says_the_same(command: Command, stored: Sequence[Entry]) -> bool:
    """Whether a repeated command says what is stored, as far as it says anything (defaults were filled in then)."""
    asked = [e for e in (command.decision, command.event) if e is not None]
    stored = [e for e in stored if e.about == command.about]  # the others are what it says of contexts
    last = stored[-1] if stored else None
    if last is None:
        return False
    said = ((command.actor, last.actor), (command.occurred_at, last.occurred_at), (command.known_at, last.known_at))
    if any(new is not None and new != old for new, old in said):
        return False
    return len(asked) == len(stored) and all(
        type(new) is type(old.event)
        and old.about == command.about
        and old.mode == ((command.decision_mode if new is command.decision else "") or command.mode)
        and all(_unsaid(new, name) or getattr(new, name) == getattr(old.event, name) for name in new.__struct_fields__)
        for new, old in zip(asked, stored, strict=True)
    )


def _unsaid(event: Payload, name: str) -> bool:
    value = getattr(event, name)
    return value is None or value in ((), {})
