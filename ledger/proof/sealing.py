"""How personal fields are encrypted: AES-256-GCM under the key of a scope, which erasing destroys.

plaintext  = msgpack [[i, opening_i as bin], …], i ascending, then 0x80 and zeros up to a multiple of 256 bytes
ciphertext = random nonce(12) ‖ GCM, AAD = ledger(16) ‖ stream(16) ‖ u64 version ‖ scope(16)

GCM does not commit to its key: two keys may open one ciphertext to two plaintexts. What binds is the commitment to
each salted opening, so whoever unseals compares the openings with the commitments (verification step 8).
"""

from collections.abc import Sequence
from typing import Final

from ledger.errors import IntegrityError, Malformed
from ledger.proof import primitives, values
from ledger.proof.commitments import ID_SIZE
from ledger.proof.fields import ABOUT, MAX_FIELDS
from ledger.proof.primitives import AESGCM

BLOCK: Final = 256  # hides how long a name or a reason is, up to this grain
_PADS: Final = tuple(b"\x80" + bytes(BLOCK - 1 - used) for used in range(BLOCK))

Pairs = Sequence[tuple[int, bytes]]


def seal(
    key: AESGCM | bytes, nonce: bytes, pairs: Pairs, ledger: bytes, stream: bytes, version: int, scope: bytes
) -> bytes:
    """The ciphertext of a scope's (index, opening) pairs. `nonce`: 12 fresh random bytes, never derived."""
    plain = values.pack_trusted(pairs)
    cipher = primitives.scope_cipher(key) if isinstance(key, bytes) else key
    padded = plain + _PADS[len(plain) % BLOCK]
    return nonce + cipher.encrypt(nonce, padded, _bound_to(ledger, stream, version, scope))


def unseal(
    key: AESGCM | bytes, ciphertext: bytes, ledger: bytes, stream: bytes, version: int, scope: bytes
) -> list[tuple[int, bytes]]:
    """The (index, opening) pairs; IntegrityError for a wrong key, another place or changed bytes.

    The openings are not yet compared with any commitment.
    """
    cipher = primitives.scope_cipher(key) if isinstance(key, bytes) else key
    nonce, body = ciphertext[: primitives.NONCE_SIZE], ciphertext[primitives.NONCE_SIZE :]
    padded = primitives.decrypt(cipher, nonce, body, _bound_to(ledger, stream, version, scope))
    plain = padded.rstrip(b"\0")[:-1]
    if len(padded) % BLOCK or padded != plain + _PADS[len(plain) % BLOCK]:
        raise IntegrityError("sealed fields are padded in another way than the format's")
    return _pairs(plain)


def _pairs(plain: bytes) -> list[tuple[int, bytes]]:
    try:
        pairs = values.decode(plain)
    except Malformed as error:
        raise IntegrityError(f"sealed fields do not have the format's shape: {error}") from None
    if type(pairs) is not list or not pairs:
        raise IntegrityError("sealed fields are not a list of at least one")
    last = ABOUT - 1  # fields 0 to 4 are always open
    for pair in pairs:
        if type(pair) is not list or [type(part) for part in pair] != [int, bytes] or not last < pair[0] < MAX_FIELDS:
            raise IntegrityError("sealed fields are not ascending pairs of an index and an opening")
        last = pair[0]
    return [(index, opening) for index, opening in pairs]


def _bound_to(ledger: bytes, stream: bytes, version: int, scope: bytes) -> bytes:
    if len(ledger) != ID_SIZE or len(stream) != ID_SIZE or len(scope) != ID_SIZE:
        raise Malformed("the ids of a ledger, a stream and a scope are 16 bytes each")
    return ledger + stream + version.to_bytes(8) + scope
