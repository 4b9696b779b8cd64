"""How a kind of event is declared: its fields, their types, and what is sealed under which key.

Read this first, then `events/`. An event is a frozen struct of plain values. Each field is *open* (a code, an id, a
time) or *sealed* (anything a person could be recognised or hurt by):

- ``Annotated[Text | None, sealed("person:person_id")]`` gives the field a commitment and a place of its own, so an
  extract can show or withhold it alone;
- every other `Words` leaf, also deep inside a structure, is lifted out of the open value into one sealed list, the
  last field of the kind, as pairs of its path (``["recipients", 0, "need_to_know_reason"]``) and the text. What goes
  to whoever is told of the event (``told=``) is lifted into a list of its own, before that.

A scope is named as ``stream`` (the case or scheme itself), ``person:<field>`` or ``consent:<field>``, with ``|`` for
the fallback when that field is empty. This module is the only one that knows `msgspec`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, NamedTuple, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

import msgspec

from ledger.errors import Malformed

FIRST_PAYLOAD_FIELD = 9  # fields 0 to 4 are the record's, 5 to 8 the envelope's (docs/format.md)


@dataclass(frozen=True)
class Vocabulary:
    """Marks a string as a code of the named vocabulary, which the policy editions define (rule ST-03)."""

    name: str


@dataclass(frozen=True)
class Refers:
    """Marks an id as that of something the same file must hold already: a ``person``, an ``item``, a ``consent`` …"""

    to: str


@dataclass(frozen=True)
class Names:
    """Marks an id as that of a ``person``, or of a ``case``, ``scheme`` or ``context``, that its file need not hold."""

    what: str


@dataclass(frozen=True)
class Defines:
    """Marks an id as given here for the first time in its file."""

    what: str


@dataclass(frozen=True)
class Sealed:
    """Marks a field that is committed to and encrypted on its own under the named scope."""

    scope: str


@dataclass(frozen=True)
class IdMark:
    """Marks a text as an id, of whatever it may be."""


@dataclass(frozen=True)
class DayMark:
    """Marks a text that `clock.until` must be able to read."""


@dataclass(frozen=True)
class Prose:
    """Marks free text that is sealed together with the event's other free text."""


def sealed(scope: str = "stream") -> Sealed:
    """Seal this field by itself under `scope`: ``stream``, ``person:<field>`` or ``consent:<field>``."""
    return Sealed(scope)


# Characters that show as nothing, so that two ids would look alike: controls, Unicode's format characters (Cf) and the
# others that it lets a reader ignore (Default_Ignorable_Code_Point). Written as the characters themselves beyond
# U+FFFF, for which the dialects of JSON Schema and Python have no escape in common.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_END = r"(?![\s\S])"  # the end, also after a last newline; `\Z` is Python's alone and would spoil the JSON Schemas

Id = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=64, pattern=rf"^[^\s{_UNSEEN}]+{_END}", description="an id"),
    IdMark(),
]
Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=120,
        pattern=rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?{_END}",
        description="the id or name of an agency or body; persons are named by id",
    ),
]
Text = Annotated[str, msgspec.Meta(max_length=16_000)]
Code = Annotated[str, msgspec.Meta(max_length=80)]  # a code of a vocabulary; always mark which
Words = Annotated[str, msgspec.Meta(max_length=16_000, description="free text; sealed"), Prose()]
Time = Annotated[dt.datetime, msgspec.Meta(tz=True, description="ISO 8601 with an offset")]
Date = dt.date
Day = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T\d{2}:\d{2}\S*)?" + _END,
        description="a day, kept until its end in London, or a time with an offset",
    ),
    DayMark(),
]
Hash = Annotated[str, msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{_END}", description="the hash of a record, in hex")]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80, description="an open text of few words: no name")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Place = Annotated[
    int, msgspec.Meta(ge=0, le=(1 << 53) - 1, description="a position in a ledger, or how many records it has")
]


def _wire_name(name: str) -> str:
    """The name of a field as people write it: ``from_`` stands for ``from``, which Python keeps for itself."""
    return name.rstrip("_")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename=_wire_name):
    """A structure inside an event."""

    @property
    def kept_back(self) -> bool:
        """Whether its free text stays here, even where that of its field goes to whoever is told of the event."""
        return False


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload of one record."""


class Event(Payload, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was said, of any kind but the genesis. Subclasses are declared with `kind`."""

    late_reason: Words | None = None  # why it is recorded late (R0.6 of the requirements; rule ST-05)


class Scope(NamedTuple):
    """What one vault key covers: a stream (``case``, ``scheme`` …), a ``person`` or a ``consent``, by its id."""

    kind: str
    ref: str


class About(NamedTuple):
    """The stream an event belongs to: its type and the caller's own id."""

    type: str
    id: str


@dataclass(frozen=True)
class Field:
    """One field of a kind as the record carries it."""

    name: str
    index: int
    scope: str | None


WORDS = "words"  # the record field that holds the lifted free text; no event may have a field of this name
WORDS_TOLD = "words_told"  # likewise, for as much of it as goes to whoever is told of the event


@dataclass(frozen=True)
class Kind:
    """A kind of event: its wire name, its type, where it may stand and how its fields lie in the record."""

    wire: str
    type: type[Payload]
    streams: tuple[str, ...]
    opens: bool
    commanded: bool
    fields: tuple[Field, ...]
    prose: Mapping[str, Any]  # where free text lies, by top-level name (see `_plan`)
    told: frozenset[str] = frozenset()  # those whose free text goes to whoever is told of the event

    @property
    def name(self) -> str:
        return self.type.__name__

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def size(self) -> int:
        """The number of fields in a record of this kind."""
        return FIRST_PAYLOAD_FIELD + len(self.fields)


BY_WIRE: dict[str, Kind] = {}
BY_NAME: dict[str, Kind] = {}
BY_TYPE: dict[type[Payload], Kind] = {}

E = TypeVar("E", bound=type[Payload])
P = TypeVar("P", bound=msgspec.Struct)


def kind(
    wire: str,
    *,
    on: tuple[str, ...],
    opens: bool = False,
    commanded: bool = True,
    words: str = "stream",
    told: tuple[str, ...] = (),
) -> Callable[[E], E]:
    """Register an event type under its wire name.

    `on`: the stream types it may stand in; `opens`: whether it may be the first of its stream; `commanded`: whether a
    command may ask for it (else the ledger itself writes it); `words`: the scope of its lifted free text; `told`: the
    fields whose free text goes to whoever is told of the event, so that it can be opened without the rest.
    """

    def register(cls: E) -> E:
        hints = hints_of(cls)
        marks = {name: next(_marks(hint, Sealed), None) for name, hint in hints.items()}
        plans = {name: plan for name, hint in hints.items() if not marks[name] and (plan := _plan(hint)) is not None}
        # A bare Words field lives in the lifted list alone; a structure that contains some stays, emptied of it.
        kept = [(name, mark.scope if mark else None) for name, mark in marks.items() if plans.get(name) != "text"]
        lists = {WORDS_TOLD: plans.keys() & set(told), WORDS: plans.keys() - set(told)}
        kept += [(name, words) for name, held in lists.items() if held]
        fields = tuple(Field(name, FIRST_PAYLOAD_FIELD + i, scope) for i, (name, scope) in enumerate(kept))
        entry = Kind(wire, cls, on, opens, commanded, fields, plans, frozenset(told))
        if entry.size > 64 or wire in BY_WIRE or cls.__name__ in BY_NAME:
            raise TypeError(f"{wire} cannot be declared: too many fields, or declared twice")
        BY_WIRE[wire] = BY_NAME[cls.__name__] = BY_TYPE[cls] = entry
        return cls

    return register


def times_in(value: Any, place: str = "") -> Iterator[tuple[str, dt.date]]:
    """Every time and date in a structure, with its place."""
    for name in value.__struct_fields__:
        below = getattr(value, name)
        here = f"{place}.{_wire_name(name)}" if place else _wire_name(name)
        if isinstance(below, dt.date):  # a time is one too
            yield here, below
        elif below is not None:
            for where, part in _parts(below, here):
                yield from times_in(part, where)


M = TypeVar("M")


def marked(value: Any, mark: type[M], place: str = "") -> Iterator[tuple[str, M, str]]:
    """Every text in a structure whose type carries a mark of this type, with its place: (place, mark, text)."""
    for name, own, inside in _marked_fields(type(value), mark):
        below = getattr(value, name)
        here = f"{place}.{_wire_name(name)}" if place else _wire_name(name)
        if own is not None:
            yield from ((where, own, text) for where, text in _texts(below, here))
        if inside:
            for where, part in _parts(below, here):
                yield from marked(part, mark, where)


def marks_in(cls: type, mark: type[M]) -> frozenset[M]:
    """The marks of one type that texts in structures of this type may carry, at any depth."""
    return frozenset(found for hint in hints_of(cls).values() for found in _marks(hint, mark))


def marks_by_field(cls: type, mark: type[M]) -> Iterator[tuple[str, frozenset[M], frozenset[M]]]:
    """For each field of a structure the marks of one type on itself, and those on it and anywhere below it."""
    for name, hint in hints_of(cls).items():
        yield name, frozenset(m for m in _own_marks(hint) if isinstance(m, mark)), frozenset(_marks(hint, mark))


def parts_of(value: msgspec.Struct, cls: type[P]) -> Iterator[P]:
    """Every structure of a class in another, at any depth."""
    for name in value.__struct_fields__:
        for _, part in _parts(getattr(value, name), name):
            if isinstance(part, cls):
                yield part
            yield from parts_of(part, cls)


def changed(event: P, **values: Any) -> P:
    """The same event or part with some of its values changed."""
    return msgspec.structs.replace(event, **values)


def convert(value: Any, cls: type[Any]) -> Any:
    """A plain value (from JSON or from a record) as `cls`; `Malformed` names the field and what was expected."""
    try:
        return msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        raise Malformed(_plainly(str(error))) from None
    except UnicodeEncodeError:
        raise Malformed("a text holds half of a surrogate pair") from None


def required(cls: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of a declared type that it cannot be without."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(cls) if field.required)


def json_schema(cls: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of one declared type."""
    return msgspec.json.schema(cls)


# --- reading type annotations ---------------------------------------------------------------------------------------

_HINTS: dict[type, dict[str, Any]] = {}


def hints_of(cls: type) -> dict[str, Any]:
    """The type hints of a structure's fields, by their names in Python, with all marks."""
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls, include_extras=True)
    return _HINTS[cls]


def has_pattern(marks: Iterable[Any]) -> bool:
    """Whether a text with these marks must have a certain form, as ids, hashes and days have."""
    return any(isinstance(mark, msgspec.Meta) and mark.pattern is not None for mark in marks)


def _own_marks(hint: Any) -> Iterator[Any]:
    """The marks on a hint and on its optional or repeated parts, without going into structures."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
    for arg in get_args(hint):
        yield from _own_marks(arg)


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for arg in get_args(hint):
        yield from _structs(arg)


_MARKED: dict[tuple[type, type], tuple[tuple[str, Any, bool], ...]] = {}


def _marked_fields(cls: type, mark: type[M]) -> tuple[tuple[str, M | None, bool], ...]:
    """The fields of a structure that carry the mark themselves or may hold structures that do."""
    if (cls, mark) in _MARKED:
        return _MARKED[cls, mark]
    found = []
    for name, hint in hints_of(cls).items():
        own = next((m for m in _own_marks(hint) if isinstance(m, mark)), None)
        inside = any(next(_marks(below, mark), None) for part in _structs(hint) for below in hints_of(part).values())
        if own is not None or inside:
            found.append((name, own, inside))
    return _MARKED.setdefault((cls, mark), tuple(found))


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """The marked texts of one field: itself, each of a list, or the keys of a map."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        yield from ((f"{place}.{key}", key) for key in value)
    elif isinstance(value, tuple):
        yield from ((f"{place}[{i}]", text) for i, text in enumerate(value) if isinstance(text, str))


def _parts(value: Any, place: str) -> Iterator[tuple[str, msgspec.Struct]]:
    """The structures of one field: itself, or each of a list or map."""
    if isinstance(value, msgspec.Struct):
        yield place, value
    elif isinstance(value, dict):
        yield from ((f"{place}.{key}", part) for key, part in value.items() if isinstance(part, msgspec.Struct))
    elif isinstance(value, tuple):
        yield from ((f"{place}[{i}]", part) for i, part in enumerate(value) if isinstance(part, msgspec.Struct))


def _marks(hint: Any, mark: type[M]) -> Iterator[M]:
    """The marks of one type on a hint or anywhere below it."""
    yield from (m for m in _own_marks(hint) if isinstance(m, mark))
    for inner in _structs(hint):
        for below in hints_of(inner).values():
            yield from _marks(below, mark)


Plan = Any  # "text", a tree of name → Plan for a structure, or [Plan] for the items of a list or map


def _plan(hint: Any) -> Plan | None:
    """Where the free text below a hint lies; None when there is none."""
    if not any(_marks(hint, Prose)):
        return None
    if (inner := next(_structs(hint), None)) is None:
        if _is_many(hint):
            raise TypeError("free text cannot be a bare list: give each item a Part")
        return "text"
    tree = {name: plan for name, below in hints_of(inner).items() if (plan := _plan(below)) is not None}
    return [tree] if _is_many(hint) else tree


def _is_many(hint: Any) -> bool:
    """Whether the free text below a hint lies in the items of a list or map."""
    holding = [arg for arg in get_args(hint) if any(_marks(arg, Prose))]  # of several choices, those that hold text
    return (bool(holding) and get_origin(hint) in (tuple, dict)) or any(_is_many(arg) for arg in holding)


_A_TIME = "write a time with an offset, for example 2026-09-18T14:00:00+01:00"
_A_DATE = "write a date, for example 2026-09-18"
_MEANINGS = {  # what msgspec says of times, and of our own patterns and lengths
    "RFC3339 encoded datetime": _A_TIME,
    "`datetime": _A_TIME,
    "RFC3339 encoded date": _A_DATE,
    "`date": _A_DATE,
    "[0-9a-f]{64}": "expected the hash of a record, 64 digits and letters from a to f",
    "])?(?!": "expected a name: 1 to 120 characters, no space at its ends",
    "[^": "expected an id: 1 to 64 characters without spaces and without any that do not show",
    "of length >= 1": "expected an id: 1 to 64 characters without spaces",
    "{4}-(0": "write a day, for example 2026-09-18, or a time with an offset",
}


_LONGEST = 200
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
_OF_TYPES = re.compile(r"`(\w+(?: \| \w+)*)`")
_TOO_LONG = re.compile(r"Expected `str[^`]*` of length <= (\d+)")


def _plainly(message: str) -> str:
    """msgspec's message, with the place as a person writes it."""
    text, _, place = message.partition(" - at `")
    text = next((meaning for sign, meaning in _MEANINGS.items() if sign in text), text)
    text = _TOO_LONG.sub(r"this has more than the \1 characters that may stand here", text)
    text = _OF_TYPES.sub(lambda found: " or ".join(_TYPES.get(one, f"`{one}`") for one in found[1].split(" | ")), text)
    place = place.rstrip("`").removeprefix("$").lstrip(".").replace("[...]", "")
    text = text.replace("Object", "the object").replace("Expected", "expected").replace("Invalid", "invalid")
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"  # it may quote what was given
    return f"field {place}: {text}" if place else text
