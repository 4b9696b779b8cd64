"""What a ledger begins with: the charter, whose hash is the ledger's id, and the kinds that a verifier must know.

charter = msgpack [agency id, name, public key(32), recovery key(32), SHA-256 of ML-DSA-44 key(32), practice,
                   created µs, nonce(16)]
ledger  = SHA-256("ruleseven/ledger/v1\\0" ‖ charter)[:16]
"""

import hashlib
from typing import Final, NamedTuple

from ledger.errors import IntegrityError, Malformed
from ledger.proof import commitments, primitives, values
from ledger.proof.fields import KIND, PAYLOAD
from ledger.proof.keys import KeyChange, enrol_message

LEDGER_TAG: Final = b"ruleseven/ledger/v1\0"
RECOVERY_TAG: Final = b"ruleseven/recovery/v1\0"

GENESIS_KIND: Final = "agency/LedgerOpened/1"
GENESIS_CHARTER: Final = PAYLOAD
GENESIS_MLDSA: Final = PAYLOAD + 1
GENESIS_RECOVERY: Final = PAYLOAD + 2
GENESIS_AGENCY_KIND: Final = PAYLOAD + 3
GENESIS_FLAGS: Final = PAYLOAD + 4
GENESIS_EDITIONS: Final = PAYLOAD + 5
GENESIS_FIELDS: Final = PAYLOAD + 6

ERASED_KIND: Final = "operations/InformationErased/1"
ERASED_SCOPE_KIND: Final = PAYLOAD
ERASED_REF: Final = PAYLOAD + 1
ERASED_SCOPES: Final = PAYLOAD + 2  # [scope id(16), …], whose keys are gone

# Key records stand in the agency's own stream, where writers look for them.
KEYS_STREAM: Final = ("agency", "agency")
ROTATED_KIND: Final = "agency/SigningKeyRotated/1"
RECOVERED_KIND: Final = "agency/SigningKeyRecovered/1"
KEY_KINDS: Final = frozenset({ROTATED_KIND, RECOVERED_KIND})
NEW_KEY: Final = PAYLOAD  # of both kinds
ENROLMENT: Final = PAYLOAD + 1  # of both: the new key's signature over `enrol_message`
DISTRUST_FROM: Final = PAYLOAD + 2  # of a recovery, as what follows
NEW_MLDSA: Final = PAYLOAD + 3
OWN_KINDS: Final = {GENESIS_KIND: GENESIS_FIELDS, ROTATED_KIND: PAYLOAD + 2, RECOVERED_KIND: PAYLOAD + 5}


class Charter(NamedTuple):
    """Who opens this ledger, and with which keys. `created` is µs since 1970 UTC."""

    agency_id: str
    name: str
    public: bytes
    recovery_public: bytes
    mldsa_hash: bytes
    practice: bool
    created: int
    nonce: bytes

    def to_bytes(self) -> bytes:
        """The charter's only encoding; Malformed for a weak key or a part of another shape."""
        _check(self)
        return values.encode(tuple(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Charter":
        parts = values.decode(data, max_items=1 + len(cls._fields))
        if type(parts) is not list or len(parts) != len(cls._fields):
            raise Malformed(f"a charter is an array of {len(cls._fields)}")
        charter = cls(*parts)
        _check(charter)
        return charter


def _check(charter: Charter) -> None:
    shape = [str, str, bytes, bytes, bytes, bool, int, bytes]
    if [type(part) for part in charter] != shape or not charter.agency_id or not charter.name:
        raise Malformed("a charter names an agency and its keys; a part has another type or is empty")
    if (len(charter.mldsa_hash), len(charter.nonce)) != (32, 16) or charter.created < 0:
        raise Malformed("a charter's ML-DSA hash is 32 bytes, its nonce 16, its time not before 1970")
    primitives.check_public_key(charter.public)
    primitives.check_public_key(charter.recovery_public)
    if charter.public == charter.recovery_public:
        raise Malformed("the recovery key must be another key than the signing key")


def ledger_id(charter: bytes) -> bytes:
    """The 16-byte id of the ledger that these charter bytes open."""
    return hashlib.sha256(LEDGER_TAG + charter).digest()[:16]


def recovery_message(ledger: bytes) -> bytes:
    """What the recovery key signs once, to show at the start that somebody holds it."""
    return RECOVERY_TAG + ledger


def charter_of(leaves: bytes, ledger: bytes) -> Charter | None:
    """The charter in a genesis record's stored leaves, if it is there and is this ledger's; else None.

    It binds itself, by its hash. Everything else about the genesis is for verification to say.
    """
    try:
        data = commitments.open_value(commitments.leaves_from_bytes(leaves)[GENESIS_CHARTER][1:])
        return Charter.from_bytes(data) if type(data) is bytes and ledger_id(data) == ledger else None
    except (Malformed, IndexError):
        return None


def check_genesis(fields: list[values.Value], ledger: bytes, practice: bool) -> Charter:  # noqa: FBT001 - as in record
    """The charter in a genesis record's opened fields; IntegrityError, in words, for what is wrong with it."""
    if len(fields) != GENESIS_FIELDS:
        raise IntegrityError(f"a genesis has {GENESIS_FIELDS} fields, this one has {len(fields)}")
    data, mldsa, recovery = fields[GENESIS_CHARTER : GENESIS_RECOVERY + 1]
    if type(data) is not bytes or type(mldsa) is not bytes or type(recovery) is not bytes:
        raise IntegrityError("the charter, the ML-DSA key and the recovery signature are not open bytes")
    if ledger_id(data) != ledger:
        raise IntegrityError("the charter does not hash to the ledger's id")
    try:
        charter = Charter.from_bytes(data)
    except Malformed as error:
        raise IntegrityError(f"the charter: {error}") from None
    if len(mldsa) != primitives.MLDSA_PUBLIC_SIZE or hashlib.sha256(mldsa).digest() != charter.mldsa_hash:
        raise IntegrityError("the ML-DSA-44 key is not the one the charter names")
    if not primitives.verify(charter.recovery_public, recovery, recovery_message(ledger)):
        raise IntegrityError("the recovery key's signature is not valid")
    if charter.practice is not practice:
        raise IntegrityError("the charter and the verifier disagree whether this is a practice ledger")
    return charter


def check_key_change(fields: list[values.Value], ledger: bytes, position: int, signed_by: bytes) -> KeyChange:
    """What a key record's opened fields say; `signed_by` is its header's key id. Malformed or IntegrityError, in words.

    Whether that key may say it is for the schedule.
    """
    recovers = fields[KIND] == RECOVERED_KIND
    public, enrolment = fields[NEW_KEY], fields[ENROLMENT]
    if type(public) is not bytes or type(enrolment) is not bytes:
        raise Malformed("the new key and its own signature are not open bytes")
    primitives.check_public_key(public)
    if not primitives.verify(public, enrolment, enrol_message(ledger, signed_by, public)):
        raise IntegrityError("the new key did not sign that it takes the place of the one that signs here")
    if not recovers:
        return KeyChange(position, signed_by, public)
    distrust_from, mldsa = fields[DISTRUST_FROM], fields[NEW_MLDSA]
    if type(distrust_from) is not int:
        raise Malformed("a recovery does not say openly from which position on it distrusts what is recorded")
    if mldsa is not None and (type(mldsa) is not bytes or len(mldsa) != primitives.MLDSA_PUBLIC_SIZE):
        raise Malformed("the new ML-DSA-44 key is not open bytes of its size")
    return KeyChange(position, signed_by, public, distrust_from, mldsa)
