"""Signed notes (C2SP signed-note): text, an empty line, then a line for each signature.

    — <name> <base64(4-byte key id ‖ signature)>

A name and a key id together say which key. Lines of unknown keys are ignored; that of a known key must verify, and no
known key may have two. Nothing in the text is to be believed before `check_note`.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from ledger.errors import IntegrityError, Malformed

MAX_NOTE: Final = 1 << 20
MAX_SIGNATURES: Final = 100  # the specification asks for 16 at least
KEY_ID_SIZE: Final = 4
_DASH: Final = "— "
_CONTROL: Final = re.compile("[\0-\t\v-\x1f]")  # all but the line feed


class Signature(NamedTuple):
    """One signature line: whose it says that it is, and what that key made."""

    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """A note as it was read. `text` ends in a line feed, and is what the signatures cover."""

    text: bytes
    signatures: tuple[Signature, ...]


Verify = Callable[[bytes, bytes], bool]


class Verifier(NamedTuple):
    """A key that the reader knows; `verify` takes the text and a signature of this key's kind."""

    name: str
    key_id: bytes
    verify: Verify


def to_bytes(text: bytes, signatures: Iterable[Signature]) -> bytes:
    """The note; Malformed where `from_bytes` would not take it."""
    lines = [f"{_DASH}{s.name} {base64.b64encode(s.key_id + s.signature).decode()}\n" for s in signatures]
    data = text + b"\n" + "".join(lines).encode()
    from_bytes(data)
    return data


def from_bytes(data: bytes) -> Note:
    """The parts of a note, unchecked. Malformed for anything but a note in its only form."""
    if type(data) is not bytes or len(data) > MAX_NOTE:
        raise Malformed(f"a signed note is at most {MAX_NOTE} bytes")
    try:
        shown = data.decode()
    except UnicodeDecodeError:
        raise Malformed("a signed note is UTF-8") from None
    if _CONTROL.search(shown):
        raise Malformed("a signed note holds no control character but the line feed")
    text, gap, lines = shown.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Malformed(
            "a signed note is text, an empty line, and lines of signatures; the last ends in a line feed too"
        )
    signatures = lines.removesuffix("\n").split("\n")
    if len(signatures) > MAX_SIGNATURES:
        raise Malformed(f"a signed note has at most {MAX_SIGNATURES} signatures here")
    return Note(f"{text}\n".encode(), tuple(map(_signature, signatures)))


def check_note(note: Note, known: Sequence[Verifier]) -> list[Verifier]:
    """Those of the `known` keys that signed this note, in the order of its lines.

    IntegrityError where a known key's signature fails or stands twice, or no known key signed.
    """
    by_key = {(verifier.name, verifier.key_id): verifier for verifier in known}
    found: list[Verifier] = []
    for line in note.signatures:
        verifier = by_key.get((line.name, line.key_id))
        if verifier is None:
            continue
        if verifier in found:
            raise IntegrityError("a key signed this note twice")
        if not verifier.verify(note.text, line.signature):
            raise IntegrityError("a signature on this note, by a key that is known, is not valid")
        found.append(verifier)
    if not found:
        raise IntegrityError("no key that is known signed this note")
    return found


def is_name(name: str) -> bool:
    """Whether signature lines may carry this name of a key."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_name(name):
        raise Malformed("a signature line is an em dash, a name without space or plus sign, and base64")
    raw = from_base64(encoded)
    if len(raw) <= KEY_ID_SIZE:
        raise Malformed("a signature line holds a key id of 4 bytes and a signature")
    return Signature(name, raw[:KEY_ID_SIZE], raw[KEY_ID_SIZE:])


def from_base64(text: str) -> bytes:
    """Standard base64 with its padding, in its only form; else Malformed."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Malformed("what should be base64 here is not") from None
    if base64.b64encode(raw).decode() != text:
        raise Malformed("base64 is taken in one form only: padded, and without leftover bits")
    return raw
