"""One record as people read it: decoded lazily, so that passing over a record costs next to nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from ledger.errors import IntegrityError, Malformed
from ledger.procedure.command import Actor
from ledger.procedure.declare import BY_WIRE, About, Kind, Payload
from ledger.procedure.edition import LONDON
from ledger.procedure.entry import Entry, Finding, Key, Owed
from ledger.procedure.layout import from_fields
from ledger.proof.commitments import LEAF_VALUE_AT, first_value, leaves_from_bytes, open_values, sealed_from_bytes
from ledger.proof.fields import PAYLOAD
from ledger.proof.record import PREVIOUS_AT
from ledger.proof.report import Row
from ledger.proof.sealing import unseal
from ledger.proof.values import decode, decode_each

OPEN = 1
NIL = b"\xc0"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Unopened(str):
    """What is shown instead of a sealed value that cannot be opened."""

    __slots__ = ()


class Erased(Unopened):
    """Likewise, where a recorded erasure says why: "[erased on 2026-10-14 because …]"."""

    __slots__ = ()


class Withheld(Unopened):
    """Likewise, in an extract, where whoever made it withheld the value: "[withheld: third_party]"."""

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
T = TypeVar("T")
_MISSHAPEN = (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError, Malformed)


def intact(part: F) -> F:
    """What cannot be read of a record, because somebody altered it, is an `IntegrityError` that names it."""

    @wraps(part)
    def read(self: Reading, *args: Any) -> Any:
        try:
            return part(self, *args)
        except _MISSHAPEN as error:
            raise _altered(self, part.__name__) from error

    return cast("F", read)


class decoded(Generic[T]):  # noqa: N801 (it is written as a decorator)
    """An `intact` attribute, decoded when it is first asked for and kept.

    It is `functools.cached_property` without the lock that Python 3.11 takes there, which cost more than decoding.
    """

    def __init__(self, part: Callable[[Any], T]) -> None:
        self._part, self._name, self.__doc__ = part, part.__name__, part.__doc__

    def __get__(self, reading: Reading, _: type | None = None) -> T:
        try:
            value = reading.__dict__[self._name] = self._part(reading)
        except _MISSHAPEN as error:
            raise _altered(reading, self._name) from error
        return value


@lru_cache(1024)
def _recurring(part: bytes) -> Any:
    """The value of a short encoding that recurs; None for none."""
    return decode(part) if part else None


@lru_cache(8192)
def _about(part: bytes) -> About:
    return About(*decode(part))


def _altered(reading: Reading, part: str) -> IntegrityError:
    message = f"Record {reading.position} cannot be read ({part}): it was altered. Run verify."
    return IntegrityError(message, reading.position, 8)


class Reading:
    """One record. Attributes are decoded on first use; sealed values need `full()` and an opener."""

    def __init__(self, row: Row, ledger: bytes, opener: Opener | None = None) -> None:
        self.row = row
        self.position = row.position
        self.hash = row.hash
        self._ledger = ledger
        self._opener = opener

    @decoded
    def leaves(self) -> list[bytes]:
        return leaves_from_bytes(self.row.leaves)

    @intact
    def value(self, index: int) -> Any:
        """The value of an open field by index. Values are shared between readings: read them only."""
        return decode_each((self._open(index),))[0]

    @intact
    def values(self, indexes: Sequence[int | None]) -> list[Any]:
        """The values of these fields, in one go; None for one that is sealed, and where the index is None."""
        leaves = self.leaves
        return decode_each(
            [NIL if index is None or leaves[index][0] != OPEN else leaves[index][LEAF_VALUE_AT:] for index in indexes]
        )

    def _once(self, index: int) -> Any:
        """The same as `value`, of one that is like no other: remembering it would only push out what recurs."""
        return decode(self._open(index))

    def _open(self, index: int) -> bytes:
        """The encoding of the value of a field that is always open."""
        leaf = self.leaves[index]
        if leaf[0] != OPEN:
            raise Malformed(f"field {index} must be open, and is not")
        return leaf[LEAF_VALUE_AT:]

    @decoded
    def kind(self) -> str:
        # Most records are passed over once their kind is known: the other leaves are not unpacked for it.
        wire: str = _recurring(first_value(self.row.leaves)) or self.value(0)
        return wire

    @decoded
    def declared(self) -> Kind | None:
        """How this kind is declared; None for a kind that this version does not know."""
        return BY_WIRE.get(self.kind)

    @decoded
    def name(self) -> str:
        """The event's name, for example ``ConsentGiven``; the wire name of an unknown kind."""
        declared = BY_WIRE.get(self.kind)
        return declared.name if declared else self.kind

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

    @decoded
    def recorded_us(self) -> int:
        time: int = self._once(2)[0]
        return time

    @property
    @intact
    def recorded_at(self) -> dt.datetime:
        return from_us(self.recorded_us)

    @decoded
    def about(self) -> About:
        return _about(self._open(5))

    @decoded
    def actor(self) -> Actor | None:
        actor = self.value(6)
        return Actor(staff_ref=actor[0], role=actor[1]) if actor else None

    @decoded
    def _when(self) -> list[int]:
        when: list[int] = self._once(7)
        return when

    @property
    @intact
    def occurred_us(self) -> int:
        return self._when[0]

    @property
    @intact
    def known_us(self) -> int:
        return self._when[1]

    @property
    @intact
    def occurred_at(self) -> dt.datetime:
        return from_us(self._when[0])

    @property
    @intact
    def known_at(self) -> dt.datetime:
        return from_us(self._when[1])

    @decoded
    def _judged(self) -> list[Any]:
        judged: list[Any] = self.value(8)
        return judged

    @property
    @intact
    def mode(self) -> str:
        mode: str = self._judged[0]
        return mode

    @property
    @intact
    def editions(self) -> list[str]:
        editions: list[str] = self._judged[1]
        return editions

    @decoded
    def findings(self) -> list[Finding]:
        return [Finding(f[0], f[1], f[2], tuple(f[3]), f[4], f[5]) for f in self._judged[2]]

    @decoded
    def owed(self) -> list[Owed]:
        """What this act made due."""
        return [Owed(o[0], tuple(o[1]), from_us(o[2]), o[3], o[4]) for o in self._judged[3]]

    @decoded
    def ended(self) -> list[Key]:
        """What it brought to an end of that, by what each is known by."""
        return [Key(k[0], tuple(k[1])) for k in self._judged[4]]

    @decoded
    def data(self) -> dict[str, Any]:
        """The payload by field name: open values in clear, a `SealedRef` for each sealed one."""
        if self.declared is None:
            return {}
        names, leaves = self.declared.field_names, self.leaves[PAYLOAD:]
        if len(leaves) != len(names):
            raise Malformed("other fields than its kind has")
        values = decode_each([leaf[LEAF_VALUE_AT:] if leaf[0] == OPEN else NIL for leaf in leaves])
        result = dict(zip(names, values, strict=True))
        for name, leaf in zip(names, leaves, strict=True):
            if leaf[0] != OPEN:
                result[name] = SealedRef(self.position, name)
        return result

    @decoded
    def event(self) -> Payload:
        """The typed event, with sealed parts absent."""
        return self._typed({n: v for n, v in self.data.items() if type(v) is not SealedRef})

    @intact
    def full(self) -> dict[str, Any]:
        """The payload with sealed values opened; an `Erased` or LOCKED stands where one cannot be."""
        if self.declared is None or not any(type(v) is SealedRef for v in self.data.values()):
            return self.data
        opened = self._opened()
        return {
            field.name: opened.get(field.index, LOCKED) if type(value) is SealedRef else value
            for field, value in zip(self.declared.fields, self.data.values(), strict=True)
        }

    @intact
    def full_event(self) -> Payload:
        """The typed event with all that can be opened."""
        return self._typed({n: v for n, v in self.full().items() if not isinstance(v, Unopened)})

    @intact
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

    @intact
    def openings(self, opener: Opener | None = None) -> dict[int, bytes | Unopened]:
        """The openings of the sealed fields by index, or why each cannot be had; `opener` in place of the ledger."""
        opener = opener or self._opener
        result: dict[int, bytes | Unopened] = {}
        ciphertexts = sealed_from_bytes(self.row.sealed)
        why: Unopened = LOCKED
        for scope, ciphertext in zip(self.value(3), ciphertexts, strict=True):
            key = opener.scope_key(scope) if opener else LOCKED
            if isinstance(key, Unopened):
                why = key
                continue
            pairs = unseal(key, ciphertext, self._ledger, self.stream, self.version, scope)
            result.update(dict(pairs))
        for index, leaf in enumerate(self.leaves):
            if leaf[0] != OPEN and index not in result:
                result[index] = why
        return result

    @intact
    def _opened(self) -> Mapping[int, Any]:
        found = self.openings()
        opened = {index: opening for index, opening in found.items() if not isinstance(opening, Unopened)}
        values = open_values([*opened.values()])
        return {**found, **dict(zip(opened, values, strict=True))}

    def _typed(self, values: Mapping[str, Any]) -> Payload:
        if self.declared is None:
            raise Malformed(f"Record {self.position} is of a kind this version does not know: {self.kind}.")
        return from_fields(self.declared, values)
