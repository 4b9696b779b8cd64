"""Cosignatures (C2SP tlog-cosignature, Ed25519): a witness says that a log only grew, as far as it ever saw it.

A line of the checkpoint's note: key id of type 0x04, and u64 seconds since 1970 ‖ Ed25519 signature over

    cosignature/v1\\ntime <seconds>\\n<the checkpoint's text>

What the witness states: at that time this was the largest tree it had seen of the log, and it began with all smaller.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.proof import note, primitives
from ledger.proof.checkpoint import MAX_TIME, TIME_SIZE
from ledger.proof.keys import Signer
from ledger.proof.note import Note, Signature, Verifier

NOTE_COSIGNATURE: Final = b"\4"
NOTE_ED25519: Final = b"\1"
PUBLIC_SIZE: Final = 32


class Cosigner(NamedTuple):
    """A key that may cosign, under its C2SP name."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ 0x04 ‖ key)[:4]."""
        return _key_id(self.name, NOTE_COSIGNATURE, self.public)

    def vkey(self) -> str:
        """`<name>+<8 hex digits>+<base64(0x04 ‖ key)>`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(NOTE_COSIGNATURE + self.public).decode()}"

    @classmethod
    def from_vkey(cls, text: str) -> "Cosigner":
        """A witness's vkey: of type 0x04, or of type 0x01, whose key then cosigns as 0x04. Malformed for any other."""
        name, _, rest = text.partition("+")
        digits, _, encoded = rest.partition("+")
        body = note.from_base64(encoded)
        kind, public = body[:1], body[1:]
        if not note.is_name(name) or not name.isprintable() or kind not in (NOTE_COSIGNATURE, NOTE_ED25519):
            raise Malformed("a witness's key is written <name>+<key id>+<base64>, and is an Ed25519 key (type 4 or 1)")
        if len(public) != PUBLIC_SIZE or digits != _key_id(name, kind, public).hex():
            raise Malformed("the key id in this witness's key is not that of its name and 32 bytes of key")
        primitives.check_public_key(public)
        return cls(name, public)


class Cosigned(NamedTuple):
    """A cosignature that was checked, and when it says that it was given: seconds since 1970."""

    cosigner: Cosigner
    time: int


def cosign(text: bytes, name: str, signer: Signer, time: int) -> Signature:
    """The line that cosigns a checkpoint's text at a time (seconds since 1970)."""
    if not 0 <= time <= MAX_TIME:
        raise Malformed("a cosignature is given at a time from 1970 on")
    signature = time.to_bytes(TIME_SIZE) + signer.sign(message(text, time))
    return Signature(name, Cosigner(name, signer.public).key_id, signature)


def check(opened: Note, known: Sequence[Cosigner]) -> list[Cosigned]:
    """The cosignatures on a checkpoint by keys that are known, in the order of its lines; none is an answer too.

    IntegrityError where one of a known key is not valid or stands twice.
    """
    by_key = {(cosigner.name, cosigner.key_id): cosigner for cosigner in known}
    found = [s for s in opened.signatures if (s.name, s.key_id) in by_key]
    if found:
        note.check_note(opened, [Verifier(*key, _verify_with(cosigner)) for key, cosigner in by_key.items()])
    return [Cosigned(by_key[s.name, s.key_id], int.from_bytes(s.signature[:TIME_SIZE])) for s in found]


def message(text: bytes, time: int) -> bytes:
    """What a cosignature signs."""
    return b"cosignature/v1\ntime %d\n" % time + text


def _verify_with(cosigner: Cosigner) -> note.Verify:
    def verify(text: bytes, signature: bytes) -> bool:
        time = int.from_bytes(signature[:TIME_SIZE])
        if len(signature) != TIME_SIZE + primitives.SIGNATURE_SIZE or time > MAX_TIME:
            return False
        return primitives.verify(cosigner.public, signature[TIME_SIZE:], message(text, time))

    return verify


def _key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[: note.KEY_ID_SIZE]
