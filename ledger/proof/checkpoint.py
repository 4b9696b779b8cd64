"""Checkpoints (C2SP tlog-checkpoint): how large the tree is and what its root is, signed as a note by two keys.

    <origin>\\n<size>\\n<base64 root>\\n

The origin is `ruleseven/<ledger id in hex>`, of a practice ledger `ruleseven-practice/…`; it is both keys' name. One
line is Ed25519's over the text (signed-note type 0x01), by the key that may sign the next record. The other is
ML-DSA-44's (tlog-cosignature type 0x06), u64 seconds since 1970 ‖ signature over

    "subtree/v1\\n\\0" ‖ u8 length ‖ name ‖ u64 seconds ‖ u8 length ‖ origin ‖ u64 0 ‖ u64 size ‖ root

Ours count only with both: a file may be kept for 75 years, and a stripped line must not pass. Others may read the
first alone.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.errors import IntegrityError, Malformed
from ledger.proof import note, primitives, tree
from ledger.proof.keys import Signer, note_key_id
from ledger.proof.note import Signature, Verifier

NOTE_MLDSA: Final = b"\x06"
SUBTREE_TAG: Final = b"subtree/v1\n\0"
TIME_SIZE: Final = 8
MAX_TIME: Final = (1 << 63) - 1
_STRIPPED: Final = "this checkpoint lacks one of its two signatures, Ed25519 and ML-DSA-44"
_ORIGIN: Final = re.compile(r"ruleseven(?:-practice)?/[0-9a-f]{32}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")


class Checkpoint(NamedTuple):
    """A tree of one log: `origin` names the log, `root` is that of the first `size` records."""

    origin: str
    size: int
    root: bytes

    def to_bytes(self) -> bytes:
        """The text that is signed."""
        text = f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()
        if Checkpoint.from_bytes(text) != self:
            raise Malformed("a checkpoint has an origin, a size and a root")
        return text

    @classmethod
    def from_bytes(cls, text: bytes) -> "Checkpoint":
        """The three lines of ours; Malformed for any other text, extension lines included."""
        try:
            lines = text.decode("ascii").split("\n")
        except UnicodeDecodeError:
            lines = []
        if len(lines) != 4 or lines[3]:
            raise Malformed("a checkpoint of ours is three lines: origin, size and root")
        origin, size, encoded, _ = lines
        if not _ORIGIN.fullmatch(origin):
            raise Malformed("this checkpoint's origin is not that of a ledger of RuleSeven")
        if not _SIZE.fullmatch(size) or int(size) > tree.MAX_SIZE:
            raise Malformed("a checkpoint's size is a whole number without leading zeroes")
        root = note.from_base64(encoded)
        if len(root) != tree.HASH_SIZE:
            raise Malformed(f"a checkpoint's root is exactly {tree.HASH_SIZE} bytes")
        if size == "0" and root != tree.EMPTY_ROOT:
            raise Malformed("a tree without records has another root")
        return cls(origin, int(size), root)


class Keys(NamedTuple):
    """The two keys whose signatures a checkpoint must carry: the live Ed25519 key and the ML-DSA-44 key."""

    public: bytes
    mldsa_public: bytes


class Signed(NamedTuple):
    """A checkpoint whose signatures were both checked; `time` is when it was signed, in seconds since 1970."""

    checkpoint: Checkpoint
    time: int


def origin(ledger: bytes, *, practice: bool) -> str:
    """The C2SP name of a ledger's log."""
    return f"ruleseven{'-practice' if practice else ''}/{ledger.hex()}"


def sign(checkpoint: Checkpoint, signer: Signer, mldsa_sign: Callable[[bytes], bytes], keys: Keys, time: int) -> bytes:
    """The checkpoint as a note with both signatures; IntegrityError if they are not by `keys`. `time` as in Signed."""
    text, name = checkpoint.to_bytes(), checkpoint.origin
    if not 0 <= time <= MAX_TIME:
        raise Malformed("a checkpoint is signed at a time from 1970 on")
    stamped = time.to_bytes(TIME_SIZE) + mldsa_sign(subtree_message(checkpoint, name, time))
    data = note.to_bytes(
        text,
        [
            Signature(name, note_key_id(name, keys.public), signer.sign(text)),
            Signature(name, mldsa_key_id(name, keys.mldsa_public), stamped),
        ],
    )
    check(data, name, keys)
    return data


def read(data: bytes) -> Checkpoint:
    """What a checkpoint claims, before any signature is checked: enough to know whose keys to check it with."""
    return Checkpoint.from_bytes(note.from_bytes(data).text)


def check(data: bytes, name: str, keys: Keys) -> Signed:
    """A checkpoint of the log `name` under both keys. Malformed or IntegrityError for anything less."""
    verifier = Verifier(
        name, note_key_id(name, keys.public), lambda text, sig: primitives.verify(keys.public, sig, text)
    )
    return _check(data, name, keys.mldsa_public, [verifier])


def check_mldsa(data: bytes, name: str, mldsa_public: bytes) -> Signed:
    """Likewise where the Ed25519 key is not known: that of a tree larger than the one at hand may be newer.

    There must be a line for it all the same.
    """
    if [line.name for line in note.from_bytes(data).signatures].count(name) < len(Keys._fields):
        raise IntegrityError(_STRIPPED)
    return _check(data, name, mldsa_public, [])


def _check(data: bytes, name: str, mldsa_public: bytes, known: list[Verifier]) -> Signed:
    opened = note.from_bytes(data)
    found = Checkpoint.from_bytes(opened.text)
    if found.origin != name:
        raise IntegrityError("this checkpoint is of another ledger")
    times = []

    def verify_mldsa(_: bytes, signature: bytes) -> bool:
        time = int.from_bytes(signature[:TIME_SIZE])
        times.append(time)
        if time > MAX_TIME or len(signature) != TIME_SIZE + primitives.MLDSA_SIGNATURE_SIZE:
            return False
        return primitives.mldsa_verify(mldsa_public, signature[TIME_SIZE:], subtree_message(found, name, time))

    all_known = [*known, Verifier(name, mldsa_key_id(name, mldsa_public), verify_mldsa)]
    if len(note.check_note(opened, all_known)) != len(all_known):
        raise IntegrityError(_STRIPPED)
    return Signed(found, times[0])


def subtree_message(checkpoint: Checkpoint, name: str, time: int) -> bytes:
    """What ML-DSA-44 signs: `cosigned_message` of C2SP tlog-cosignature, for a whole tree."""
    whole = (0).to_bytes(8) + checkpoint.size.to_bytes(8) + checkpoint.root
    return SUBTREE_TAG + _short(name) + time.to_bytes(TIME_SIZE) + _short(checkpoint.origin) + whole


def mldsa_key_id(name: str, public: bytes) -> bytes:
    """The 4-byte key id of C2SP tlog-cosignature: SHA-256(name ‖ 0x0A ‖ 0x06 ‖ ML-DSA-44 key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + NOTE_MLDSA + public).digest()[: note.KEY_ID_SIZE]


def mldsa_vkey(name: str, public: bytes) -> str:
    """The key as verifiers of C2SP tlog-cosignature take it: `<name>+<8 hex digits>+<base64(0x06 ‖ key)>`."""
    return f"{name}+{mldsa_key_id(name, public).hex()}+{base64.b64encode(NOTE_MLDSA + public).decode()}"


def _short(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(1) + raw
