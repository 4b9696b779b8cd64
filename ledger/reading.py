"""One record as people read it: decoded lazily, so that passing over a record costs next to nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from ledger.errors import IntegrityError, Malformed
from ledger.procedure.command import Actor
from ledger.procedure.declare import BY_WIRE, About, Kind, Payload
from ledger.procedure.edition import LONDON
from ledger.procedure.entry import Entry, Finding, Key, Owed
from ledger.procedure.layout import from_fields
from ledger.proof.commitments import LEAF_VALUE_AT, leaves_from_bytes, open_values, sealed_from_bytes
from ledger.proof.fields import PAYLOAD
from ledger.proof.record import PREVIOUS_AT
from ledger.proof.report import Row
from ledger.proof.sealing import unseal
from ledger.proof.values import decode_each

OPEN = 1
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Unopened(str):
    """What is shown instead of a sealed value that cannot be opened."""

    __slots__ = ()


class Erased(Unopened):
    """Likewise, where a recorded erasure says why: "[erased on 2026-10-14 because …]"."""

    __slots__ = ()


ERASED = Erased("[erased]")
LOCKED = Unopened("[locked]")
MISSING = Unopened("[missing]")  # no key, and no erasure that says why


class SealedRef(NamedTuple):
    """Where a sealed value stands; `Ledger.opened` shows it."""

    position: int
    field: str


class Opener(Protocol):
    """Gives scope keys, as far as it may."""

    def scope_key(self, scope: bytes) -> bytes | Unopened:
        """The key of a scope; `Erased` when an erasure names it, else MISSING, or LOCKED when the vault is not open."""


def from_us(microseconds: int) -> dt.datetime:
    """Microseconds since 1970 as a time in UTC."""
    return EPOCH + dt.timedelta(microseconds=microseconds)


def to_us(time: dt.datetime) -> int:
    """A time as microseconds since 1970."""
    return (time - EPOCH) // dt.timedelta(microseconds=1)


def london(time: dt.datetime) -> str:
    """A time as people here read it: ISO 8601 with the offset of Europe/London."""
    return time.astimezone(LONDON).isoformat()


F = TypeVar("F", bound=Callable[..., Any])
_MISSHAPEN = (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError, Malformed)


def _intact(part: F) -> F:
    """What cannot be read of a record, because somebody altered it, is an `IntegrityError` that names it."""

    @wraps(part)
    def read(self: Reading, *args: Any) -> Any:
        try:
            return part(self, *args)
        except _MISSHAPEN as error:
            message = f"Record {self.position} cannot be read ({part.__name__}): it was altered. Run verify."
            raise IntegrityError(message, self.position, 8) from error

    return cast("F", read)


class Reading:
    """One record. Attributes are decoded on first use; sealed values need `full()` and an opener."""

    def __init__(self, row: Row, ledger: bytes, opener: Opener | None = None) -> None:
        self.row = row
        self.position = row.position
        self.hash = row.hash
        self._ledger = ledger
        self._opener = opener

    @cached_property
    @_intact
    def leaves(self) -> list[bytes]:
        return leaves_from_bytes(self.row.leaves)

    @_intact
    def value(self, index: int) -> Any:
        """The value of an open field by index. Values are shared between readings: read them only."""
        leaf = self.leaves[index]
        if leaf[0] != OPEN:
            raise Malformed(f"field {index} must be open, and is not")
        return decode_each((leaf[LEAF_VALUE_AT:],))[0]

    @cached_property
    @_intact
    def kind(self) -> str:
        wire: str = self.value(0)
        return wire

    @cached_property
    def declared(self) -> Kind | None:
        """How this kind is declared; None for a kind that this version does not know."""
        return BY_WIRE.get(self.kind)

    @property
    def name(self) -> str:
        """The event's name, for example ``ConsentGiven``; the wire name of an unknown kind."""
        return self.declared.name if self.declared else self.kind

    @property
    def previous(self) -> bytes:
        previous: bytes = self.row.record[PREVIOUS_AT : PREVIOUS_AT + 32]
        return previous

    @property
    def version(self) -> int:
        version: int = self.row.version
        return version

    @property
    def stream(self) -> bytes:
        stream: bytes = self.row.stream
        return stream

    @property
    def command_id(self) -> str:
        command_id: str = self.row.command_id
        return command_id

    @property
    def ordinal(self) -> int:
        ordinal: int = self.row.ordinal
        return ordinal

    @cached_property
    @_intact
    def recorded_us(self) -> int:
        time: int = self.value(2)[0]
        return time

    @property
    @_intact
    def recorded_at(self) -> dt.datetime:
        return from_us(self.recorded_us)

    @cached_property
    @_intact
    def about(self) -> About:
        return About(*self.value(5))

    @cached_property
    @_intact
    def actor(self) -> Actor | None:
        actor = self.value(6)
        return Actor(staff_ref=actor[0], role=actor[1]) if actor else None

    @cached_property
    @_intact
    def _when(self) -> list[int]:
        when: list[int] = self.value(7)
        return when

    @property
    @_intact
    def occurred_us(self) -> int:
        return self._when[0]

    @property
    @_intact
    def known_us(self) -> int:
        return self._when[1]

    @property
    @_intact
    def occurred_at(self) -> dt.datetime:
        return from_us(self._when[0])

    @property
    @_intact
    def known_at(self) -> dt.datetime:
        return from_us(self._when[1])

    @cached_property
    @_intact
    def _judged(self) -> list[Any]:
        judged: list[Any] = self.value(8)
        return judged

    @property
    @_intact
    def mode(self) -> str:
        mode: str = self._judged[0]
        return mode

    @property
    @_intact
    def editions(self) -> list[str]:
        editions: list[str] = self._judged[1]
        return editions

    @cached_property
    @_intact
    def findings(self) -> list[Finding]:
        return [Finding(f[0], f[1], f[2], tuple(f[3]), f[4], f[5]) for f in self._judged[2]]

    @cached_property
    @_intact
    def owed(self) -> list[Owed]:
        """What this act made due."""
        return [Owed(o[0], tuple(o[1]), from_us(o[2]), o[3], o[4]) for o in self._judged[3]]

    @cached_property
    @_intact
    def ended(self) -> list[Key]:
        """What it brought to an end of that, by what each is known by."""
        return [Key(k[0], tuple(k[1])) for k in self._judged[4]]

    @cached_property
    @_intact
    def data(self) -> dict[str, Any]:
        """The payload by field name: open values in clear, a `SealedRef` for each sealed one."""
        if self.declared is None:
            return {}
        names = [field.name for field in self.declared.fields]
        leaves = self.leaves[PAYLOAD:]
        if len(leaves) != len(names):
            raise Malformed("other fields than its kind has")
        opened = [i for i, leaf in enumerate(leaves) if leaf[:1] == b"\x01"]
        values = decode_each([leaves[i][LEAF_VALUE_AT:] for i in opened])
        result: dict[str, Any] = {name: SealedRef(self.position, name) for name in names}
        result.update(zip((names[i] for i in opened), values, strict=True))
        return result

    @cached_property
    @_intact
    def event(self) -> Payload:
        """The typed event, with sealed parts absent."""
        return self._typed({n: v for n, v in self.data.items() if type(v) is not SealedRef})

    @_intact
    def full(self) -> dict[str, Any]:
        """The payload with sealed values opened; an `Erased` or LOCKED stands where one cannot be."""
        if self.declared is None or not any(type(v) is SealedRef for v in self.data.values()):
            return self.data
        opened = self._opened()
        return {
            field.name: opened.get(field.index, LOCKED) if type(value) is SealedRef else value
            for field, value in zip(self.declared.fields, self.data.values(), strict=True)
        }

    @_intact
    def full_event(self) -> Payload:
        """The typed event with all that can be opened."""
        return self._typed({n: v for n, v in self.full().items() if not isinstance(v, Unopened)})

    @_intact
    def entry(self) -> Entry:
        """The record in the procedure's own terms, opened as far as possible."""
        return Entry(
            about=self.about,
            event=self.full_event(),
            actor=self.actor,
            occurred_at=self.occurred_at,
            known_at=self.known_at,
            mode=self.mode,
            editions=tuple(self.editions),
            findings=tuple(self.findings),
            owed=tuple(self.owed),
            ended=tuple(self.ended),
            command_id=self.command_id,
            ordinal=self.ordinal,
            version=self.version,
            position=self.position,
            recorded_at=self.recorded_at,
            hash=self.hash,
        )

    @_intact
    def openings(self) -> dict[int, bytes | Unopened]:
        """The openings of the sealed fields by index, or why each cannot be had."""
        result: dict[int, bytes | Unopened] = {}
        ciphertexts = sealed_from_bytes(self.row.sealed)
        why: Unopened = LOCKED
        for scope, ciphertext in zip(self.value(3), ciphertexts, strict=True):
            key = self._opener.scope_key(scope) if self._opener else LOCKED
            if isinstance(key, Unopened):
                why = key
                continue
            pairs = unseal(key, ciphertext, self._ledger, self.stream, self.version, scope)
            result.update(dict(pairs))
        for index, leaf in enumerate(self.leaves):
            if leaf[0] != OPEN and index not in result:
                result[index] = why
        return result

    @_intact
    def _opened(self) -> Mapping[int, Any]:
        found = self.openings()
        opened = {index: opening for index, opening in found.items() if not isinstance(opening, Unopened)}
        values = open_values([*opened.values()])
        return {**found, **dict(zip(opened, values, strict=True))}

    def _typed(self, values: Mapping[str, Any]) -> Payload:
        if self.declared is None:
            raise Malformed(f"Record {self.position} is of a kind this version does not know: {self.kind}.")
        return from_fields(self.declared, values)
