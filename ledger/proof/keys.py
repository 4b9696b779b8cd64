"""Who signs: key ids, the signed-note form of a public key, the `Signer` seam, and who may sign at which position."""

import base64
import binascii
import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from ledger.errors import IntegrityError, Malformed
from ledger.proof import primitives

KEY_TAG: Final = b"ruleseven/key/v1\0"
ENROL_TAG: Final = b"ruleseven/enrol/v1\0"
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

    @classmethod
    def of(cls, public: bytes) -> "LiveKey":
        """Malformed for a weak key."""
        primitives.check_public_key(public)
        return cls(public, key_id(public))


def enrol_message(ledger: bytes, old_key_id: bytes, public: bytes) -> bytes:
    """What a new key signs to take the place of another: nobody can enrol a key that they do not hold."""
    return ENROL_TAG + ledger + old_key_id + public


class KeyChange(NamedTuple):
    """What a key record does: from the position after its own on, `public` signs. `signed_by` is its header's key id.

    A recovery has `distrust_from`, the first position that it disputes, and may bring a new ML-DSA-44 key.
    """

    position: int
    signed_by: bytes
    public: bytes
    distrust_from: int | None = None
    mldsa: bytes | None = None

    @property
    def is_recovery(self) -> bool:
        return self.distrust_from is not None


class KeySchedule:
    """Who may sign which position of one ledger: one key at a time, and the recovery key nothing but recoveries.

    It begins with the charter's keys and grows by each key record (`add`). Without `recovery_public` no recovery
    verifies.
    """

    def __init__(
        self, charter_public: bytes, recovery_public: bytes | None = None, changes: Iterable[KeyChange] = ()
    ) -> None:
        self.lives = [LiveKey.of(charter_public)]  # one more than `changes`
        self.recovery = None if recovery_public is None else LiveKey.of(recovery_public)
        self.changes: list[KeyChange] = []
        for change in changes:
            self.add(change)

    @property
    def newest(self) -> LiveKey:
        """The key that signs after every change known here."""
        return self.lives[-1]

    def live(self, position: int) -> LiveKey | None:
        """The key that may sign `position`, or None if none may."""
        return self.lives[self._changes_before(position)] if position >= 1 else None

    def signer(self, position: int, named: bytes) -> LiveKey | None:
        """The key of this id, if it is the one that may sign `position` or the recovery key; else None."""
        live = self.live(position)
        if live is not None and live.key_id == named:
            return live
        return self.recovery if self.recovery is not None and self.recovery.key_id == named else None

    def mldsa(self, position: int) -> bytes | None:
        """The ML-DSA-44 key that a recovery before `position` brought; None where it is still the charter's."""
        keys = [c.mldsa for c in self.changes[: self._changes_before(position)] if c.mldsa is not None]
        return keys[-1] if keys else None

    def before(self, position: int) -> "KeySchedule":
        """A schedule of its own with the changes below `position`."""
        recovery = None if self.recovery is None else self.recovery.public
        return KeySchedule(self.lives[0].public, recovery, self.changes[: self._changes_before(position)])

    def add(self, change: KeyChange) -> None:
        """Take in the next key record; IntegrityError if it may not change the keys so."""
        if self.changes and change.position <= self.changes[-1].position:
            raise IntegrityError("a key record comes before another that was there already")
        if change.is_recovery is not (self.recovery is not None and change.signed_by == self.recovery.key_id):
            raise IntegrityError("the recovery key signs recoveries and nothing else, and no other key signs them")
        if not change.is_recovery and change.signed_by != self.newest.key_id:
            raise IntegrityError("the rotation is not signed by the key that it replaces")
        if change.distrust_from is not None and not 1 < change.distrust_from <= change.position:
            raise IntegrityError("a recovery distrusts records from the second on and up to itself, no others")
        new = LiveKey.of(change.public)
        if new in self.lives or new == self.recovery:
            raise IntegrityError("the key was enrolled before: no key is enrolled twice")
        self.lives.append(new)
        self.changes.append(change)

    def _changes_before(self, position: int) -> int:
        return bisect_left(self.changes, position, key=lambda change: change.position)
