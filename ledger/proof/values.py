"""The one door to msgpack: values have one encoding each, checked on the way in and on the way out.

A value is nil, a bool, an int with |x| < 2**53, NFC text without control or bidi characters, bytes, an array, or a
map with text keys in order of their UTF-8 bytes. Arrays and maps nest at most 8 deep. No float and no extension type.
Decoding checks the values *and* that encoding them again gives the same bytes: the second alone lets floats and
unsorted maps pass, the first alone lets `{a: 1, a: 2}` and over-long integers pass.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]

from ledger.errors import Malformed

Value = Any  # None | bool | int | str | bytes | list | tuple | dict; recursive, and checked at run time where it counts

INT_LIMIT: Final = 1 << 53  # JavaScript, JSON and SQLite readers hold integers below this exactly
MAX_DEPTH: Final = 8
MAX_SIZE: Final = 4 << 20

# Cc, the bidi marks, embeddings, overrides and isolates, and lone surrogates (no UTF-8 exists for them).
_FORBIDDEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# One packer for all: its `pack` runs no Python code on these types, so under the interpreter lock no other thread can
# enter it half-way; a new Packer for each value would cost more than packing does.
_pack = msgpack.Packer().pack
_unpack = msgpack.unpackb
CUT: Final = "they end too soon, or hold what is not allowed"
_UNREADABLE: Final = (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException)


def encode(value: Value) -> bytes:
    """The only encoding of `value`; Malformed says what is wrong and where, as a path like `[2].name`."""
    if not _plain((value,), 0):
        value = _canonical(value, "", 0)
    return _pack(value)  # type: ignore[no-any-return]


def encode_each(items: Sequence[Value]) -> list[bytes]:
    """`[encode(item) for item in items]`, several times as fast; the path in an error begins with the item's index."""
    if _plain(items, 0):
        return [*map(_pack, items)]
    return [_pack(item if _plain((item,), 0) else _canonical(item, f"[{i}]", 0)) for i, item in enumerate(items)]


def decode(data: bytes, max_size: int = MAX_SIZE, max_items: int | None = None) -> Value:
    """The value whose only encoding is `data`: arrays come as lists. Malformed for anything else.

    `max_items` bounds how many values and keys it may hold: give it wherever bytes come from strangers, since a byte
    of theirs can cost a hundred of ours.
    """
    _check_bytes(data, max_size)
    if max_items is not None:
        _count(data, max_items)
    try:
        value = _unpack(data)
    except _UNREADABLE as error:
        raise _unreadable(error) from None
    if not _plain((value,), 0):
        value = _canonical(value, "", 0)
    if _pack(value) != data:
        raise Malformed("this value is not in its only encoding (a repeated or unsorted key, or a longer form)")
    return value


def _unreadable(error: Exception) -> Malformed:
    """In our own words: a reader knows none of the library's."""
    why = "more follows after it" if isinstance(error, msgpack.ExtraData) else CUT
    return Malformed(f"these bytes are no whole value: {why}")


def decode_each(parts: Sequence[bytes]) -> list[Value]:
    """`[decode(part) for part in parts]`, several times as fast; at most 65,535 parts.

    Records say much the same things: short values are remembered, so their arrays and maps are shared. Read them only.
    """
    values = [*map(_known.get, parts)]
    if None in values:
        missed = [i for i, value in enumerate(values) if value is None and parts[i] != _NIL]
        if missed:
            _remember(found := [parts[i] for i in missed], decoded := _decode_each(found))
            for i, value in zip(missed, decoded, strict=True):
                values[i] = value
    return values


_NIL: Final = b"\xc0"
_SHORT: Final = 256
_KNOWN_LIMIT: Final = 16384
_known: dict[bytes, Value] = {}  # encodings that were found to be the only ones, with their values


def _remember(parts: Sequence[bytes], values: Sequence[Value]) -> None:
    if len(_known) > _KNOWN_LIMIT:
        _known.clear()
    _known.update((part, value) for part, value in zip(parts, values, strict=True) if len(part) < _SHORT)


def _decode_each(parts: list[bytes]) -> list[Value]:
    if len(parts) == 1:
        return [decode(parts[0])]
    try:
        values = _unpack(b"\xdc" + len(parts).to_bytes(2, "big") + b"".join(parts))
        # Packing each value apart proves where each part ends, which the joined bytes alone do not.
        if _plain(values, 0) and [*map(_pack, values)] == parts:
            return values  # type: ignore[no-any-return]
    except _UNREADABLE:
        pass
    return [decode(part) for part in parts]


def pack_trusted(value: Value) -> bytes:
    """`value` packed without a look: only for what was built here from values that are already checked."""
    return _pack(value)  # type: ignore[no-any-return]


def unpack_bins(data: bytes, max_items: int, max_size: int = MAX_SIZE) -> list[bytes]:
    """The byte strings of an array of at most `max_items`, in its only encoding; else Malformed."""
    _check_bytes(data, max_size)
    try:
        bins = _unpack(data)
    except _UNREADABLE as error:
        raise _unreadable(error) from None
    if type(bins) is not list or len(bins) > max_items:
        raise Malformed(f"this is no array of at most {max_items} byte strings")
    try:
        size = len(b"".join(bins))  # much the fastest way to see that all are bytes
    except TypeError:
        raise Malformed("an array of byte strings holds something else") from None
    # A byte string's head is 2 bytes or more, an array's 1, or 3 from 16 items on: a sum this small has no longer form.
    shortest = size + 2 * len(bins) + (1 if len(bins) < 16 else 3)
    if len(data) != shortest and _pack(bins) != data:
        raise Malformed("this array is not in its only encoding")
    return bins


def check_text(text: str) -> None:
    """Refuse text that has more than one form on disk or on screen: not NFC, control or bidi characters."""
    found = _FORBIDDEN.search(text)
    if found:
        raise Malformed(f"text with the forbidden character U+{ord(found[0]):04X}")
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("text that is not in Unicode's composed form (NFC)")


# How far each first byte of a value reaches when nothing else says so: ints, nil, bools, short texts; 0 for the rest.
_REACH: Final = tuple(
    1 if b < 0x80 or b >= 0xE0 or b in (0xC0, 0xC2, 0xC3) else 1 + (b & 31) if 0xA0 <= b < 0xC0 else 0
    for b in range(256)
)
_NUMBERS: Final = {0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3, 0xD2: 5, 0xD3: 9}
_LENGTHS: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}  # bytes and texts: how wide their length is
_COUNTS: Final = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}  # arrays and maps: how wide, items for each


def _count(data: bytes, max_items: int) -> None:
    """Malformed if `data` announces more than `max_items` values and keys in all; nothing is built of them."""
    at, seen, announced = 0, 0, 1
    try:
        while seen < announced:
            seen += 1
            first = data[at]
            if first == 0xC4:  # short bytes: most of what there is
                at += 2 + data[at + 1]
            elif reach := _REACH[first]:
                at += reach
            elif first < 0xA0:  # a short map or array
                announced += (first & 15) * (2 if first < 0x90 else 1)
                at += 1
            elif wide := _LENGTHS.get(first):
                at += 1 + wide + int.from_bytes(data[at + 1 : at + 1 + wide], "big")
            elif first in _COUNTS:
                wide, each = _COUNTS[first]
                announced += each * int.from_bytes(data[at + 1 : at + 1 + wide], "big")
                at += 1 + wide
            else:
                at += _NUMBERS[first]
            if announced > max_items:
                raise Malformed(f"this holds more than the {max_items:,} values allowed here")
    except (IndexError, KeyError):
        raise Malformed(f"these bytes are no whole value: {CUT}") from None


def _check_bytes(data: bytes, max_size: int) -> None:
    if type(data) is not bytes:
        raise Malformed(f"bytes were expected, not {type(data).__name__}")
    if len(data) > max_size:
        raise Malformed(f"{len(data)} bytes are more than the {max_size} allowed here")


def _plain(values: Iterable[Value], depth: int) -> bool:
    """Whether all is fine at first sight; False means only that `_canonical` must look."""
    for value in values:
        kind = type(value)
        if kind is str:
            # Every printable character is outside Cc, Cf (all bidi marks) and Cs.
            if not value.isprintable() or not (value.isascii() or unicodedata.is_normalized("NFC", value)):
                return False
        elif kind is int:
            if not -INT_LIMIT < value < INT_LIMIT:
                return False
        elif kind is list or kind is tuple:
            if depth >= MAX_DEPTH or not _plain(value, depth + 1):
                return False
        elif kind is dict:
            keys = [*value]
            if depth >= MAX_DEPTH or not _plain(value.values(), depth + 1) or not _plain_keys(keys):
                return False
        elif kind is not bytes and value is not None and kind is not bool:
            return False
    return True


def _plain_keys(keys: list[Value]) -> bool:
    for key in keys:
        if type(key) is not str or not (key.isprintable() and key.isascii()):
            return False
    return keys == sorted(keys)


def _canonical(value: Value, path: str, depth: int) -> Value:
    """`value` with its maps in key order, or Malformed with the path of what is wrong."""
    kind = type(value)
    if value is None or kind is bool or kind is bytes:
        return value
    if kind is int and -INT_LIMIT < value < INT_LIMIT:
        return value
    if kind is str:
        _at(path, value)
        return value
    if kind in (list, tuple, dict) and depth >= MAX_DEPTH:
        raise Malformed(f"{_where(path)}: nested more than {MAX_DEPTH} deep")
    if kind is list or kind is tuple:
        return [_canonical(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise Malformed(f"{_where(path)}: a map's key is {type(key).__name__}, not text")
            _at(path, key)
        # Order of code points is the order of their UTF-8 bytes.
        return {key: _canonical(value[key], f"{path}.{key}", depth + 1) for key in sorted(value)}
    what = "an integer of 2**53 or more" if kind is int else f"what Python calls {kind.__name__}"
    raise Malformed(f"{_where(path)}: {what} cannot be recorded")


def _at(path: str, text: str) -> None:
    try:
        check_text(text)
    except Malformed as error:
        raise Malformed(f"{_where(path)}: {error}") from None


def _where(path: str) -> str:
    return f"at {path.removeprefix('.')}" if path else "the value"
