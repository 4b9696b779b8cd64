r"""A parcel: a file on its way to one ledger, sealed to the key on that ledger's card. Its content says who sent it.

parcel  = "ruleseven/parcel/v1\0" ‖ recipient ledger(16) ‖ SHA-256(public key)[:8] ‖ HPKE(content ‖ 0x80 ‖ zeros)
info    = "ruleseven/parcel/v1\0" ‖ recipient ledger(16)
"""

import hashlib
from typing import Final, NamedTuple

from ledger.errors import ForeignFile, IntegrityError, NewerVersion, UsageError
from ledger.proof.envelope import MAX_SIZE as MAX_CONTENT
from ledger.proof.primitives import HPKE_OVERHEAD, hpke_open, hpke_public, hpke_seal

TAG: Final = b"ruleseven/parcel/v1\0"
ANY_VERSION: Final = b"ruleseven/parcel/v"
MARK: Final = b"\x80"
SMALLEST: Final = 1 << 14  # what is sealed is 16 KiB, or 32, 64 …: its length tells little of what is in it
_LEDGER_SIZE: Final = 16
_KEY_SIZE: Final = 8
_SEALED_AT: Final = len(TAG) + _LEDGER_SIZE + _KEY_SIZE
MAX_SIZE: Final = _SEALED_AT + HPKE_OVERHEAD + 2 * MAX_CONTENT


class Addressed(NamedTuple):
    """What stands outside on a parcel, where anybody can read and change it: for whom it is, and for which key."""

    ledger: bytes
    key: bytes
    sealed: bytes


def key_mark(public: bytes) -> bytes:
    """What a parcel names its recipient's key by."""
    return hashlib.sha256(public).digest()[:_KEY_SIZE]


def is_parcel(data: bytes) -> bool:
    """Whether this begins as a parcel, of whatever version."""
    return data.startswith(ANY_VERSION)


def seal(content: bytes, ledger: bytes, public: bytes) -> bytes:
    """A parcel for the ledger with this id and public key. UsageError for more content than can be opened."""
    if len(content) > MAX_CONTENT:
        raise UsageError(f"A parcel holds at most {MAX_CONTENT >> 20} MiB; this file has {len(content):,} bytes.")
    size = max(SMALLEST, 1 << len(content).bit_length())  # at least one byte more than the content: the mark
    padded = (content + MARK).ljust(size, b"\0")
    return TAG + ledger + key_mark(public) + hpke_seal(public, padded, TAG + ledger)


def address(data: bytes) -> Addressed:
    """What stands outside. ForeignFile for what is no parcel, NewerVersion, IntegrityError where it was cut short."""
    if not is_parcel(data):
        raise ForeignFile("this is not a parcel of RuleSeven")
    if not data.startswith(TAG[: len(data)]):
        raise NewerVersion("this parcel was written by a newer version of RuleSeven")
    if len(data) < _SEALED_AT + HPKE_OVERHEAD + SMALLEST:
        raise IntegrityError("this parcel was cut short")
    if len(data) > MAX_SIZE:
        raise IntegrityError("this parcel is larger than any that was sealed")
    key_at = len(TAG) + _LEDGER_SIZE
    return Addressed(data[len(TAG) : key_at], data[key_at:_SEALED_AT], data[_SEALED_AT:])


def open_parcel(parcel: Addressed, seed: bytes) -> bytes:
    """The content; IntegrityError where the parcel is not as it was sealed to the key of this seed."""
    if parcel.key != key_mark(hpke_public(seed)):
        raise IntegrityError("this parcel is sealed to another key")
    try:
        padded = hpke_open(seed, parcel.sealed, TAG + parcel.ledger)
    except IntegrityError:
        raise IntegrityError("this parcel was changed or cut short on its way") from None
    content, mark, rest = padded.rpartition(MARK)
    if not mark or rest.strip(b"\0") or len(padded) != max(SMALLEST, 1 << len(content).bit_length()):
        raise IntegrityError("this parcel is not filled up as parcels are")
    return content
