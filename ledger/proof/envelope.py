"""A signed file: extracts, cards and other bodies that leave the ledger under the agency's key.

file      = msgpack {"body": bin, "format": 1, "key": key_id(32), "ledger": bin(16), "sig": bin(64)}
signature = Ed25519(tag ‖ ledger ‖ key_id ‖ SHA-256(body))     each kind of body has its own tag
"""

import hashlib
from typing import Final, Literal, NamedTuple

from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion
from ledger.proof import primitives, values
from ledger.proof.keys import Signer, key_id

EXTRACT_TAG: Final = b"ruleseven/extract/v1\0"
FORMAT: Final = 1
MAX_SIZE: Final = 32 << 20
_MAX_ITEMS: Final = 256  # of the container itself, newer ones' parts included; the body counts as one
_SHAPE: Final = {"body": bytes, "format": int, "key": bytes, "ledger": bytes, "sig": bytes}
_FIRST_KEY: Final = b"\xa4body"  # right after the byte that opens the map: how every format of ours begins


class Envelope(NamedTuple):
    """A signed file, read but not yet checked: believe nothing of it before `check_body`."""

    ledger: bytes
    key_id: bytes
    body: bytes
    sig: bytes


def sign_body(body: bytes, ledger: bytes, signer: Signer, tag: bytes = EXTRACT_TAG) -> bytes:
    """The bytes of a signed file."""
    sig = signer.sign(_message(tag, ledger, signer.key_id, body))
    return values.encode({"body": body, "format": FORMAT, "key": signer.key_id, "ledger": ledger, "sig": sig})


def is_signed(data: bytes) -> bool:
    """Whether this begins as a signed file, of whatever kind and version."""
    return data[1 : 1 + len(_FIRST_KEY)] == _FIRST_KEY and data[0] & 0xF0 == 0x80


def open_body(data: bytes, max_size: int = MAX_SIZE) -> Envelope:
    """The parts of a signed file; ForeignFile, NewerVersion or Malformed if it is none, newer or damaged."""
    if type(data) is not bytes or not is_signed(data):
        raise ForeignFile("this is not a signed file of RuleSeven")
    parts = values.decode(data, max_size, _MAX_ITEMS)
    if type(parts.get("format")) is int and parts["format"] > FORMAT:
        raise NewerVersion("this file was written by a newer version of RuleSeven")
    if {name: type(part) for name, part in parts.items()} != _SHAPE or parts["format"] != FORMAT:
        raise Malformed("this signed file does not have the parts it must have")
    sizes = [len(parts[name]) for name in ("key", "ledger", "sig")]
    if sizes != [32, 16, primitives.SIGNATURE_SIZE]:
        raise Malformed("this signed file's key id, ledger id or signature has another size")
    return Envelope(parts["ledger"], parts["key"], parts["body"], parts["sig"])


def check_body(envelope: Envelope, public: bytes, tag: bytes = EXTRACT_TAG) -> Literal[True]:
    """IntegrityError unless `public` signed this body, for this ledger, under this tag."""
    primitives.check_public_key(public)
    if envelope.key_id != key_id(public):
        raise IntegrityError("this file is signed with another key than the one it is checked against")
    message = _message(tag, envelope.ledger, envelope.key_id, envelope.body)
    if not primitives.verify(public, envelope.sig, message):
        raise IntegrityError("the signature of this file is not valid")
    return True


def _message(tag: bytes, ledger: bytes, signed_by: bytes, body: bytes) -> bytes:
    return tag + ledger + signed_by + hashlib.sha256(body).digest()
