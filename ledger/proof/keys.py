"""Who signs: key ids, the signed-note form of a public key, the `Signer` seam, and who may sign at which position."""

import base64
import binascii
import hashlib
from typing import Final, NamedTuple, Protocol

from ledger.errors import Malformed
from ledger.proof import primitives

KEY_TAG: Final = b"ruleseven/key/v1\0"
_NOTE_ED25519: Final = b"\x01"  # C2SP signed-note: the type byte of Ed25519


def key_id(public: bytes) -> bytes:
    """The 32-byte name of a raw Ed25519 public key in headers and containers."""
    return hashlib.sha256(KEY_TAG + public).digest()


def note_key_id(name: str, public: bytes) -> bytes:
    """The 4-byte key id of C2SP signed-note: SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + _NOTE_ED25519 + public).digest()[:4]


def vkey(name: str, public: bytes) -> str:
    """A public key as C2SP signed-note writes it: `<name>+<8 hex digits>+<base64>`."""
    _check_name(name)
    primitives.check_public_key(public)
    return f"{name}+{note_key_id(name, public).hex()}+{base64.b64encode(_NOTE_ED25519 + public).decode()}"


def parse_vkey(text: str) -> tuple[str, bytes, bytes]:
    """(name, 4-byte key id, 32-byte Ed25519 key); Malformed for other types, a wrong id or a weak key."""
    parts = text.split("+", 2)  # base64 may hold a `+`, a name may not
    if len(parts) != 3:
        raise Malformed("a verifier key is written <name>+<key id>+<base64>")
    name, digits, encoded = parts
    _check_name(name)
    try:
        body = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("the last part of this verifier key is not base64") from None
    if len(body) != 33 or body[:1] != _NOTE_ED25519 or base64.b64encode(body).decode() != encoded:
        raise Malformed("this verifier key is not an Ed25519 key (type 1, 32 bytes)")
    public = body[1:]
    primitives.check_public_key(public)
    if digits != note_key_id(name, public).hex():
        raise Malformed("the key id in this verifier key is not that of its name and key")
    return name, bytes.fromhex(digits), public


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise Malformed("a key's name is not empty and holds no space, no `+` and no control character")


class Signer(Protocol):
    """A private Ed25519 key, wherever it lives."""

    @property
    def public(self) -> bytes: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


class FileSigner:
    """A signing key held in memory, as read from its file."""

    def __init__(self, key: primitives.Ed25519PrivateKey) -> None:
        self.public = primitives.public_bytes(key)
        self.key_id = key_id(self.public)
        self.sign = key.sign  # bound, so that signing a record costs no call of ours

    @classmethod
    def from_seed(cls, seed: bytes) -> "FileSigner":
        """The signer whose RFC 8032 private key is these 32 bytes."""
        return cls(primitives.Ed25519PrivateKey.from_private_bytes(seed))


class LiveKey(NamedTuple):
    """The key that signs at a position, and its id as headers carry it."""

    public: bytes
    key_id: bytes


class KeySchedule:
    """Who may sign which position of one ledger. One key is live at a time; so far it is the charter's throughout."""

    def __init__(self, charter_public: bytes) -> None:
        primitives.check_public_key(charter_public)
        self._first = LiveKey(charter_public, key_id(charter_public))

    def live(self, position: int) -> LiveKey | None:
        """The key that may sign `position`, or None if none may."""
        return self._first if position >= 1 else None

    def is_key_record(self, position: int) -> bool:
        """Whether the record there brings a key in, so that its signature is checked in every mode."""
        return position == 1
