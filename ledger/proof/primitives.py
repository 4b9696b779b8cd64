"""The one door to `cryptography`: Ed25519, ML-DSA-44, AES-256-GCM, HPKE, scrypt and OpenSSH key files.

Ed25519 verification here is cofactorless (OpenSSL), as WebCrypto's is. Both accept a trivial forgery under a public
key of small order, so every key passes `check_public_key` before anything is believed that it signed.
"""

import binascii
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import ForeignFile, IntegrityError, Locked, Malformed, NewerVersion
from ledger.proof import values

__all__ = ["AESGCM", "Ed25519PrivateKey"]

Random = Callable[[int], bytes]  # gives that many random bytes; `os.urandom` in earnest

KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64
NONCE_SIZE: Final = 12
MLDSA_PUBLIC_SIZE: Final = 1312
MLDSA_SIGNATURE_SIZE: Final = 2420
HPKE_PUBLIC_SIZE: Final = 1216  # ML-KEM-768, 1,184; X25519, 32
HPKE_OVERHEAD: Final = 1120 + 16  # the encapsulated key before a ciphertext, the tag at its end

# Ed25519

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
# The y of every point whose order divides 8: order 4; 1; 2; 8 and 8. Each stands for both signs of x.
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


def check_public_key(raw: bytes) -> None:
    """Refuse an Ed25519 public key that is not the only encoding of a point, or that has small order: Malformed."""
    if type(raw) is not bytes or len(raw) != KEY_SIZE:
        raise Malformed("an Ed25519 public key is 32 bytes")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise Malformed("this Ed25519 public key is not canonical (y is not below 2**255 - 19)")
    if y in SMALL_ORDER_Y:
        raise Malformed("this Ed25519 public key has small order: anybody can sign for it")
    if not _is_on_curve(y):
        raise Malformed("this Ed25519 public key is no point of the curve")


@lru_cache(maxsize=1024)
def _is_on_curve(y: int) -> bool:
    """x**2 = (y**2 - 1) / (d y**2 + 1) needs a root: RFC 8032 5.1.3. Multiplied through by the denominator squared."""
    return pow((y * y - 1) * (_D * y * y + 1) % _P, (_P - 1) // 2, _P) == 1


def generate_private(random: Random) -> Ed25519PrivateKey:
    """A new Ed25519 private key from 32 bytes of `random`."""
    return Ed25519PrivateKey.from_private_bytes(random(KEY_SIZE))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


@lru_cache(maxsize=1024)
def _verifier(public: bytes) -> Ed25519PublicKey:
    check_public_key(public)
    return Ed25519PublicKey.from_public_bytes(public)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the Ed25519 `signature` (64 bytes) over `message` is by `public`; a weak key signs nothing: Malformed."""
    try:
        _verifier(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# ML-DSA-44


def mldsa_public(seed: bytes) -> bytes:
    """The ML-DSA-44 public key (1,312 bytes) of a 32-byte seed."""
    return MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def mldsa_sign(seed: bytes, message: bytes) -> bytes:
    """An ML-DSA-44 signature (2,420 bytes) without a context."""
    return MLDSA44PrivateKey.from_seed_bytes(seed).sign(message)


def mldsa_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# AES-256-GCM


def scope_cipher(key: bytes) -> AESGCM:
    """The AES-256-GCM object for a 32-byte key: keep it, making one costs more than using it."""
    if type(key) is not bytes or len(key) != KEY_SIZE:
        raise Malformed("an AES-256 key is 32 bytes")
    return AESGCM(key)


def decrypt(cipher: AESGCM, nonce: bytes, data: bytes, aad: bytes) -> bytes:
    """The plaintext, or IntegrityError for a wrong key, wrong `aad` or changed bytes."""
    try:
        return cipher.decrypt(nonce, data, aad)
    except (InvalidTag, ValueError):
        raise IntegrityError("sealed bytes do not open: another key, or they were changed") from None


def wrap_key(kek: bytes, plaintext: bytes, aad: bytes, random: Random) -> bytes:
    """nonce(12) ‖ AES-256-GCM of `plaintext` under the key-encryption key; `aad` says what is wrapped for what."""
    nonce = random(NONCE_SIZE)
    return nonce + scope_cipher(kek).encrypt(nonce, plaintext, aad)


def unwrap_key(kek: bytes, wrapped: bytes, aad: bytes) -> bytes:
    """What `wrap_key` wrapped; IntegrityError if the key or `aad` is another or a byte changed."""
    if type(wrapped) is not bytes:
        raise IntegrityError("a wrapped key is not even bytes")
    return decrypt(scope_cipher(kek), wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], aad)


# HPKE (RFC 9180) with X-Wing (KEM 0x647A: ML-KEM-768 and X25519), HKDF-SHA256 and AES-256-GCM; base mode, one message

_HPKE: Final = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MLKEM_PUBLIC_SIZE: Final = HPKE_PUBLIC_SIZE - KEY_SIZE


def hpke_public(seed: bytes) -> bytes:
    """The public key (1,216 bytes) of a 32-byte seed, X-Wing's decapsulation key."""
    kem, exchange = _hpke_parts(seed)
    return kem.public_key().public_bytes_raw() + exchange.public_key().public_bytes_raw()


def hpke_seal(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """encapsulated key(1,120) ‖ ciphertext, for whoever holds the seed of `public`; Malformed for a key that is none.

    Here alone the library takes its own randomness.
    """
    try:
        kem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_SIZE])
        exchange = X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_SIZE:])
        return _HPKE.encrypt(plaintext, hpke.MLKEM768X25519PublicKey(kem, exchange), info)
    except ValueError:  # a wrong size, coefficients that are no key, an X25519 point of small order
        raise Malformed("this is no public key of X-Wing") from None


def hpke_open(seed: bytes, sealed: bytes, info: bytes) -> bytes:
    """What `hpke_seal` sealed; IntegrityError for another key, another `info` or a changed byte."""
    kem, exchange = _hpke_parts(seed)
    try:
        return _HPKE.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(kem, exchange), info)
    except (InvalidTag, ValueError):
        raise IntegrityError("sealed bytes do not open: another key, or they were changed") from None


def _hpke_parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


# A small secret in a file of its own

_SECRET_TAG: Final = b"ruleseven/secret/v1\0"
SCRYPT_COST: Final = 17  # 2**17, r 8, p 1: 128 MiB and about a third of a second (OWASP's first choice)
_PLAIN_SHAPE: Final = {"format": int, "kind": str, "plain": bytes}
_BOX_SHAPE: Final = {"box": bytes, "cost": int, "format": int, "kind": str, "nonce": bytes, "salt": bytes}
_MAX_COST: Final = 20  # a planted file must not ask for more than 1 GiB


def protect(secret: bytes, passphrase: bytes | None, random: Random, cost: int = SCRYPT_COST) -> bytes:
    """A self-describing file for a small secret; without a passphrase it is stored in the open and says so."""
    if passphrase is None:
        return values.encode({"format": 1, "kind": "ruleseven secret", "plain": secret})
    salt, nonce = random(16), random(NONCE_SIZE)
    box = AESGCM(_stretch(passphrase, salt, cost)).encrypt(nonce, secret, _SECRET_TAG)
    return values.encode(
        {"box": box, "cost": cost, "format": 1, "kind": "ruleseven secret", "nonce": nonce, "salt": salt}
    )


def unprotect(blob: bytes, passphrase: bytes | None) -> bytes:
    """The secret; Locked for a wrong or missing passphrase, ForeignFile, Malformed or NewerVersion for other bytes."""
    try:
        box = values.decode(blob)
    except Malformed:
        box = None
    if type(box) is not dict or box.get("kind") != "ruleseven secret":
        raise ForeignFile("this is not a secret file of RuleSeven")
    if type(box.get("format")) is int and box["format"] > 1:
        raise NewerVersion("this secret file was written by a newer version of RuleSeven")
    shape = {name: type(part) for name, part in box.items()}
    if box.get("format") == 1 and shape == _PLAIN_SHAPE:
        return bytes(box["plain"])
    right = box.get("format") == 1 and shape == _BOX_SHAPE and len(box["nonce"]) == NONCE_SIZE
    if not right or not 1 <= box["cost"] <= _MAX_COST:
        raise Malformed("this secret file does not have the shape it must have")
    if passphrase is None:
        raise Locked("this secret is protected by a passphrase, and none was given")
    try:
        return AESGCM(_stretch(passphrase, box["salt"], box["cost"])).decrypt(box["nonce"], box["box"], _SECRET_TAG)
    except InvalidTag:
        raise Locked("wrong passphrase, or the secret file is damaged") from None


def _stretch(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_SIZE, n=1 << cost, r=8, p=1).derive(passphrase)


# OpenSSH private key files (openssh-key-v1), as `ssh-keygen -t ed25519` makes them

_SSH_ROUNDS: Final = 100  # bcrypt, about 0.7 s; PKCS#8 would be PBKDF2 with 2,048 rounds
_MAX_ROUNDS: Final = 2000  # a planted file must not ask for hours
_SSH_MAGIC: Final = b"openssh-key-v1\0"
_SSH_PEM: Final = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----(.*?)-----END OPENSSH PRIVATE KEY-----", re.DOTALL)


def ssh_private_bytes(key: Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    """The key as an OpenSSH private key file, under bcrypt with 100 rounds if there is a passphrase."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        protection = serialization.PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(_SSH_ROUNDS).build(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, protection)


def load_ssh_private(data: bytes, passphrase: bytes | None) -> Ed25519PrivateKey:
    """The Ed25519 key of an OpenSSH file; Locked for a wrong or missing passphrase, ForeignFile for any other file.

    A passphrase for a file that has none is not an error: the file decides.
    """
    _check_rounds(data)
    try:
        key: object = serialization.load_ssh_private_key(data, None)
    except TypeError:  # cryptography's word for: it is encrypted
        if passphrase is None:
            raise Locked("this key file is protected by a passphrase, and none was given") from None
        key = _unlock(data, passphrase)
    except Exception as error:
        raise ForeignFile("this is not an OpenSSH private key file") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ForeignFile("this key file holds another kind of key than Ed25519")
    return key


def ssh_public(data: bytes) -> bytes:
    """The public key that an OpenSSH private key file says, in the open, that it holds; ForeignFile if none."""
    try:
        found = _SSH_PEM.search(data)
        raw = binascii.a2b_base64(found[1]) if found else b""
        if not raw.startswith(_SSH_MAGIC):
            raise IndexError
        rest = raw[len(_SSH_MAGIC) :]
        for _ in range(3):  # cipher, kdf, its options
            _, rest = _ssh_string(rest)
        blob, _ = _ssh_string(rest[4:])  # after how many keys there are
        name, rest = _ssh_string(blob)
        public, rest = _ssh_string(rest)
    except (binascii.Error, IndexError) as error:
        raise ForeignFile("this is not an OpenSSH private key file") from error
    if name != b"ssh-ed25519" or rest or len(public) != KEY_SIZE:
        raise ForeignFile("this key file holds another kind of key than Ed25519")
    return public


def _check_rounds(data: bytes) -> None:
    """ForeignFile for a key file that is none, or that asks for more rounds of bcrypt than anybody means.

    magic ‖ string cipher ‖ string kdf ‖ string (string salt ‖ u32 rounds) ‖ …; a string is its u32 length, then itself.
    """
    try:
        found = _SSH_PEM.search(data)
        raw = binascii.a2b_base64(found[1]) if found else b""
        if not raw.startswith(_SSH_MAGIC):
            raise ForeignFile("this is not an OpenSSH private key file")
        _, rest = _ssh_string(raw[len(_SSH_MAGIC) :])
        kdf, rest = _ssh_string(rest)
        options, _ = _ssh_string(rest)
        rounds = _ssh_number(_ssh_string(options)[1]) if kdf != b"none" else 0
    except (binascii.Error, IndexError) as error:
        raise ForeignFile("this is not an OpenSSH private key file") from error
    if rounds > _MAX_ROUNDS:
        raise ForeignFile(
            f"this key file asks for {rounds:,} rounds of bcrypt, more than the {_MAX_ROUNDS:,} that are tried; "
            "make it anew with ssh-keygen -p -a 100"
        )


def _ssh_string(data: bytes) -> tuple[bytes, bytes]:
    """The string at the beginning of `data`, and what follows it."""
    end = 4 + int.from_bytes(data[:4], "big")
    if len(data) < max(4, end):
        raise IndexError
    return data[4:end], data[end:]


def _ssh_number(data: bytes) -> int:
    if len(data) != 4:
        raise IndexError
    return int.from_bytes(data, "big")


def _unlock(data: bytes, passphrase: bytes) -> object:
    try:
        return serialization.load_ssh_private_key(data, passphrase)
    except Exception as error:
        raise Locked("wrong passphrase, or the key file is damaged") from error
