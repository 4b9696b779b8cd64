"""The body of a signed extract: its parts, their forms, and its bytes (`docs/format.md`, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ledger.errors import ForeignFile, Malformed, NewerVersion
from ledger.proof import values
from ledger.proof.commitments import ID_SIZE
from ledger.proof.envelope import EXTRACT_TAG, MAX_SIZE, sign_body
from ledger.proof.keys import Signer
from ledger.proof.tree import HASH_SIZE

COMPLETE, SELECTIVE, STATEMENT = MODES = ("complete", "selective", "statement")
GIVEN: Final = ("basis", "expires", "how", "marking", "purpose", "reasons", "restrictions", "to")
FORMAT: Final = 1
MAX_ITEMS: Final = 1 << 20  # values in the body; one record takes some 30
SMALLEST_STATEMENT: Final = 16 << 10  # and then twice that, and twice that again


@dataclass(frozen=True)
class Body:
    """What an extract says, in the terms of the format. What the records hold is not looked at here."""

    about: list[list[Any]]
    absent: list[list[str]]
    checkpoint: bytes
    genesis: list[Any]
    given: Mapping[str, str]
    head: bytes
    keys: list[Any]
    made: int
    mode: str
    practice: bool
    proof: list[bytes]
    recipient: bytes
    records: list[Any]
    withheld: list[list[Any]]

    def to_bytes(self, pad: int = 0) -> bytes:
        """The body's encoding, with so many bytes that say nothing."""
        parts = vars(self) | {"format": FORMAT, "kind": "extract", "pad": bytes(pad)}
        return values.encode(dict(sorted(parts.items())))

    @property
    def closed(self) -> dict[int, list[int]]:
        """The fields that are listed as withheld, by position."""
        found: dict[int, list[int]] = {}
        for position, index, _ in self.withheld:
            found.setdefault(position, []).append(index)
        return found


def sign(body: Body, ledger: bytes, signer: Signer) -> bytes:
    """The extract. A statement is made as long as many others are, so that its length tells little."""
    raw = body.to_bytes()
    data = sign_body(raw, ledger, signer, EXTRACT_TAG)
    if body.mode != STATEMENT:
        return data
    around, unpadded = len(data) - _packed(len(raw)), len(raw) - _packed(0)
    length = SMALLEST_STATEMENT
    while True:
        for pad in range(length - len(data), max(length - len(data) - _LONGEST_HEADS, -1), -1):
            if around + _packed(unpadded + _packed(pad)) == length:
                return sign_body(body.to_bytes(pad), ledger, signer, EXTRACT_TAG)
        length *= 2


_LONGEST_HEADS: Final = 10  # of the padding and of the body: msgpack says the length of bytes in 1, 2 or 4 bytes


def _packed(size: int) -> int:
    """How long so many bytes are with their head."""
    return size + (2 if size < 1 << 8 else 3 if size < 1 << 16 else 5)


def read(data: bytes) -> Body:
    """The body of a signed file; nothing in it is believed yet.

    Raises `ForeignFile` for another kind of body, `NewerVersion`, and `Malformed` for a part of another form.
    """
    found = values.decode(data, MAX_SIZE, MAX_ITEMS)
    if not isinstance(found, dict) or found.get("kind") != "extract":
        raise ForeignFile("This signed file is not an extract.")
    if type(found.get("format")) is int and found["format"] > FORMAT:
        raise NewerVersion("This extract was written by a newer RuleSeven; update this program to check it.")
    if found.keys() != {*_FORMS, "format", "kind", "pad"} or type(found["pad"]) is not bytes:
        raise Malformed("the extract does not have the parts that an extract has")
    if type(found["format"]) is not int or found["format"] != FORMAT:
        raise Malformed("the extract is of no format that there is")
    body = Body(**{name: found[name] for name in _FORMS})
    for name, fits in _FORMS.items():
        if not fits(found[name]):
            raise Malformed(f"the extract's part {name!r} does not have the form it must have")
    _check_mode(body)
    return body


def _check_mode(body: Body) -> None:
    """What only some modes have."""
    if body.mode == STATEMENT:
        if body.checkpoint or body.head or body.proof or body.absent:
            raise Malformed("a statement has no checkpoint, no proof, and no list of what is absent")
    elif not body.checkpoint or not body.head:
        raise Malformed("the extract lacks its checkpoint or its head")
    ends = [end for _, _, end in body.about]
    if body.mode == COMPLETE:
        if not ends or min(ends) < 1 or len({(kind, name) for kind, name, _ in body.about}) != len(ends):
            raise Malformed("a complete extract says once of each stream how many records it has")
    elif any(ends):
        raise Malformed("only a complete extract says how many records there are")


def _row(*types: type) -> Callable[[Any], bool]:
    """Whether a value is a list of just these types."""
    return lambda value: type(value) is list and [type(part) for part in value] == [*types]


def _rows(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is list and all(map(fits, value))


def _of(kind: type) -> Callable[[Any], bool]:
    return lambda value: type(value) is kind


def _is_about(value: Any) -> bool:
    return _row(str, str, int)(value) and value[2] >= 0


def _is_given(value: Any) -> bool:
    return type(value) is dict and (*value,) == GIVEN and all(type(text) is str for text in value.values())


def _is_withheld(value: Any) -> bool:
    if not _rows(_row(int, int, str))(value) or not all(reason for _, _, reason in value):
        return False
    places = [(position, index) for position, index, _ in value]
    return all(one < two for one, two in pairwise(places))


def _is_hash(value: Any) -> bool:
    return type(value) is bytes and len(value) == HASH_SIZE


_FORMS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "about": _rows(_is_about),
    "absent": _rows(_row(str, str, str)),
    "checkpoint": _of(bytes),
    "genesis": _of(list),
    "given": _is_given,
    "head": lambda value: value == b"" or _is_hash(value),
    "keys": _of(list),
    "made": lambda value: type(value) is int and value >= 0,
    "mode": lambda value: type(value) is str and value in MODES,
    "practice": _of(bool),
    "proof": _rows(_is_hash),
    "recipient": lambda value: type(value) is bytes and len(value) in (0, ID_SIZE),
    "records": _of(list),
    "withheld": _is_withheld,
}
