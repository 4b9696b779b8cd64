"""The door to `cryptography`: what it refuses, and whose fault it says that is."""

import base64
import hashlib
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ForeignFile, IntegrityError, Locked, Malformed, NewerVersion, UsageError
from ledger.proof import keys, primitives, values

KEY = bytes(range(32))


def counting(size):
    return bytes(i % 251 for i in range(size))


@given(st.binary(min_size=32, max_size=32))
def test_a_key_that_is_made_is_a_key_that_passes(seed):
    primitives.check_public_key(keys.FileSigner.from_seed(seed).public)


def test_rfc_8032_test_1():
    signer = keys.FileSigner.from_seed(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    assert signer.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8")


def test_the_small_order_points_are_those_that_eight_times_is_nothing():
    # On -x²+y² = 1+dx²y², doubling's y is (y²+x²)/(1-dx²y²); in y alone, with x² = (y²-1)/(dy²+1).
    p, d = primitives._P, primitives._D

    def doubled(y):
        xx = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        return (y * y + xx) * pow(1 - d * xx * y * y, -1, p) % p

    for y in primitives.SMALL_ORDER_Y:
        assert doubled(doubled(doubled(y))) == 1
    assert len(primitives.SMALL_ORDER_Y) == 5


@pytest.mark.parametrize("key", [None, "x" * 32, bytearray(32), 7])
def test_a_key_of_another_type_is_refused(key):
    with pytest.raises(Malformed):
        primitives.check_public_key(key)


@pytest.mark.parametrize("signature", [b"", b"x" * 63, b"x" * 65, bytes(64)])
def test_a_signature_of_any_size_is_just_not_valid(signature):
    assert not primitives.verify(keys.FileSigner.from_seed(KEY).public, signature, b"message")


def test_mldsa_signs():
    public = primitives.mldsa_public(KEY)
    assert len(public) == primitives.MLDSA_PUBLIC_SIZE
    assert hashlib.sha256(public).digest() == hashlib.sha256(primitives.mldsa_public(KEY)).digest()
    signature = primitives.mldsa_sign(KEY, b"message")
    assert len(signature) == primitives.MLDSA_SIGNATURE_SIZE
    assert primitives.mldsa_verify(public, signature, b"message")
    assert not primitives.mldsa_verify(public, signature, b"messagf")
    assert not primitives.mldsa_verify(public[:-1], signature, b"message")
    assert not primitives.mldsa_verify(public, b"", b"message")


def test_a_wrapped_key_opens_only_as_it_was_wrapped():
    wrapped = primitives.wrap_key(KEY, b"secret", b"scope 1", counting)
    assert primitives.unwrap_key(KEY, wrapped, b"scope 1") == b"secret"
    attempts: list[tuple[bytes, Any, bytes]] = [
        (bytes(32), wrapped, b"scope 1"),
        (KEY, wrapped, b"scope 2"),
        (KEY, wrapped[:-1], b"scope 1"),
        (KEY, b"", b"scope 1"),
        (KEY, None, b"scope 1"),
        *((KEY, wrapped[:i] + bytes([wrapped[i] ^ 1]) + wrapped[i + 1 :], b"scope 1") for i in range(len(wrapped))),
    ]
    for kek, blob, aad in attempts:
        with pytest.raises(IntegrityError):
            primitives.unwrap_key(kek, blob, aad)


@pytest.mark.parametrize("key", [b"", b"x" * 16, b"x" * 33, None])
def test_only_256_bit_keys(key):
    with pytest.raises(Malformed):
        primitives.scope_cipher(key)


def test_a_secret_with_a_passphrase():
    blob = primitives.protect(b"the kek", b"correct horse", counting, cost=4)
    assert primitives.unprotect(blob, b"correct horse") == b"the kek"
    assert b"the kek" not in blob
    for passphrase in (b"wrong", b"", None):
        with pytest.raises(Locked):
            primitives.unprotect(blob, passphrase)


def test_a_secret_without_a_passphrase():
    blob = primitives.protect(b"the kek", None, counting)
    assert primitives.unprotect(blob, None) == primitives.unprotect(blob, b"needless") == b"the kek"


def test_the_default_cost_is_the_recommended_one():
    blob = primitives.protect(b"s", b"p", counting)
    assert values.decode(blob)["cost"] == 17
    assert primitives.unprotect(blob, b"p") == b"s"


@given(st.data())
def test_a_damaged_secret_never_opens(data):
    blob = primitives.protect(b"the kek", b"p", counting, cost=1)
    at = data.draw(st.integers(0, len(blob) - 1))
    changed = blob[:at] + bytes([blob[at] ^ data.draw(st.integers(1, 255))]) + blob[at + 1 :]
    # A changed cost may still be a cost: keep it cheap, and wrong.
    if (cost := values_or_none(changed, "cost")) and isinstance(cost, int) and cost > 10:
        return
    with pytest.raises((Locked, UsageError, NewerVersion)):
        primitives.unprotect(changed, b"p")


def values_or_none(blob, name):
    try:
        box = values.decode(blob)
    except Malformed:
        return None
    return box.get(name) if isinstance(box, dict) else None


def test_a_secret_file_of_another_kind_newer_or_greedy():
    good = values.decode(primitives.protect(b"s", b"p", counting, cost=1))
    for blob in (b"", b"-----BEGIN", values.encode({"kind": "other"}), values.encode([1])):
        with pytest.raises(ForeignFile):
            primitives.unprotect(blob, b"p")
    with pytest.raises(NewerVersion):
        primitives.unprotect(values.encode(good | {"format": 2}), b"p")
    for part in ({"cost": 40}, {"cost": 0}, {"cost": "1"}, {"nonce": b"x"}, {"salt": None}):
        with pytest.raises(Malformed):
            primitives.unprotect(values.encode(good | part), b"p")


def test_an_ssh_key_file():
    key = primitives.generate_private(counting)
    data = primitives.ssh_private_bytes(key, None)
    assert data.startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    loaded = primitives.load_ssh_private(data, b"needless")
    assert primitives.public_bytes(loaded) == primitives.public_bytes(key)


def test_an_ssh_key_file_with_a_passphrase():
    key = primitives.generate_private(counting)
    data = primitives.ssh_private_bytes(key, b"correct horse")
    assert primitives.public_bytes(primitives.load_ssh_private(data, b"correct horse")) == primitives.public_bytes(key)
    for passphrase in (b"wrong", None):
        with pytest.raises(Locked):
            primitives.load_ssh_private(data, passphrase)


def test_other_files_are_no_key():
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    for data in (b"", b"text", other, other[:60], b"\xff" * 40):
        with pytest.raises(ForeignFile):
            primitives.load_ssh_private(data, None)


def planted_rounds(rounds):
    """A key file as ssh-keygen makes it, except for how many rounds of bcrypt it asks for."""
    data = primitives.ssh_private_bytes(primitives.generate_private(counting), b"correct horse")
    raw = base64.b64decode(b"".join(data.splitlines()[1:-1]))
    at = raw.index(b"bcrypt") + len(b"bcrypt") + 4 + 4 + 16
    assert raw[at : at + 4] == (100).to_bytes(4, "big")
    body = base64.b64encode(raw[:at] + rounds.to_bytes(4, "big") + raw[at + 4 :])
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + b"\n-----END OPENSSH PRIVATE KEY-----\n"


def test_a_planted_key_file_does_not_keep_anybody_waiting():
    begun = time.process_time()
    for rounds in (2001, 2**31, 2**32 - 1):
        for passphrase in (None, b"correct horse"):
            with pytest.raises(ForeignFile, match="rounds of bcrypt"):
                primitives.load_ssh_private(planted_rounds(rounds), passphrase)
    assert time.process_time() - begun < 20
    assert primitives.load_ssh_private(planted_rounds(100), b"correct horse").sign(b"")


def test_every_shorter_key_file_is_refused():
    lines = planted_rounds(100).splitlines()
    raw = base64.b64decode(lines[1])
    for size in range(120):
        short = b"\n".join([lines[0], base64.b64encode(raw[:size]), lines[2]])
        with pytest.raises((ForeignFile, Locked)):
            primitives.load_ssh_private(short, None)
