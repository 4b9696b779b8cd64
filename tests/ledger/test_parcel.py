"""Parcels: one agency's file, sealed to another's card; opened by hand as docs/format.md says; damaged in every way."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from support import ACTOR, fill, found

from ledger import Card, Ledger, make_card, open_parcel, read_card, seal_parcel
from ledger.errors import ForeignFile, IntegrityError, Locked, Malformed, NewerVersion, UsageError
from ledger.founding import PARCEL_SEED
from ledger.proof import parcel, primitives

CONTENT = b"what one agency tells another"
SEALED_AT = 20 + 16 + 8
OUTSIDE = SEALED_AT + 1120 + 16  # all but what is sealed


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with found(tmp_path_factory.mktemp("hmc") / "ledger") as made:
        fill(made, 3)
        yield made


@pytest.fixture(scope="module")
def card(ledger: Ledger) -> Card:
    return read_card(make_card(ledger))


@pytest.fixture(scope="module")
def sealed(card: Card) -> bytes:
    return seal_parcel(CONTENT, card)


def seed_of(ledger: Ledger) -> bytes:
    return ledger.keyring.using(lambda vault: vault.secret(PARCEL_SEED))


def vault_db(ledger: Ledger) -> Path:
    return ledger.folder.vault


def test_a_parcel_opens_in_the_ledger_whose_card_it_was_sealed_to(ledger: Ledger, card: Card, sealed: bytes) -> None:
    assert len(card.hpke) == 1216
    assert open_parcel(ledger, sealed) == CONTENT
    assert CONTENT not in sealed
    assert sealed != seal_parcel(CONTENT, card)  # each is sealed under a key of its own


def test_it_is_opened_by_hand_as_the_format_says(ledger: Ledger, card: Card, sealed: bytes) -> None:
    """RFC 9180 in base mode with X-Wing, by hashlib and the two exchanges alone."""
    expanded = hashlib.shake_256(seed_of(ledger)).digest(96)
    kem = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    exchange = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
    public = exchange.public_key().public_bytes_raw()
    assert card.hpke == kem.public_key().public_bytes_raw() + public
    assert sealed[:SEALED_AT] == b"ruleseven/parcel/v1\0" + ledger.id + hashlib.sha256(card.hpke).digest()[:8]
    enc, ciphertext = sealed[SEALED_AT : SEALED_AT + 1120], sealed[SEALED_AT + 1120 :]
    theirs = x25519.X25519PublicKey.from_public_bytes(enc[1088:])
    parts = (kem.decapsulate(enc[:1088]), exchange.exchange(theirs), enc[1088:], public, bytes.fromhex("5c2e2f2f5e5c"))
    shared = hashlib.sha3_256(b"".join(parts)).digest()
    suite = b"HPKE" + bytes.fromhex("647a00010002")

    def extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, "sha256")

    def expand(secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
        return hmac.digest(secret, size.to_bytes(2) + b"HPKE-v1" + suite + label + info + b"\x01", "sha256")[:size]

    info = extract(b"", b"info_hash", b"ruleseven/parcel/v1\0" + ledger.id)
    context = b"\0" + extract(b"", b"psk_id_hash", b"") + info
    secret = extract(shared, b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    padded = AESGCM(key).decrypt(nonce, ciphertext, b"")
    assert padded == (CONTENT + b"\x80").ljust(16_384, b"\0")


@pytest.mark.parametrize(
    ("size", "filled"),
    [(0, 1 << 14), (1, 1 << 14), ((1 << 14) - 1, 1 << 14), (1 << 14, 1 << 15), ((1 << 15) - 1, 1 << 15)],
)
def test_its_length_says_little(ledger: Ledger, card: Card, size: int, filled: int) -> None:
    made = seal_parcel(b"\x80\0" * (size // 2) + b"\0" * (size % 2), card)
    assert len(made) == OUTSIDE + filled
    assert len(open_parcel(ledger, made)) == size


def test_no_larger_file_is_sealed_than_is_opened(card: Card) -> None:
    with pytest.raises(UsageError, match="at most 32 MiB"):
        seal_parcel(bytes((32 << 20) + 1), card)
    assert len(seal_parcel(bytes(32 << 20), card)) == OUTSIDE + (64 << 20) == parcel.MAX_SIZE


def test_a_parcel_for_another_agency_is_another_files_business(ledger: Ledger, tmp_path: Path, sealed: bytes) -> None:
    with found(tmp_path / "other") as other:
        with pytest.raises(ForeignFile, match=f"for another ledger \\({ledger.id.hex()}\\)"):
            open_parcel(other, sealed)
        # Readdressed, it names a key that the other does not have; with that named too, it does not open.
        readdressed = sealed[:20] + other.id + sealed[36:]
        with pytest.raises(Locked, match="another key than the one in vault"):
            open_parcel(other, readdressed)
        mark = parcel.key_mark(read_card(make_card(other)).hpke)
        with pytest.raises(IntegrityError, match="changed or cut short"):
            open_parcel(other, sealed[:20] + other.id + mark + sealed[SEALED_AT:])


def test_the_ledger_is_part_of_what_is_sealed(ledger: Ledger, card: Card) -> None:
    meant_elsewhere = parcel.seal(CONTENT, bytes(16), card.hpke)
    with pytest.raises(IntegrityError, match="changed or cut short"):
        open_parcel(ledger, meant_elsewhere[:20] + ledger.id + meant_elsewhere[36:])


def test_a_parcel_that_was_cut_short(ledger: Ledger, sealed: bytes) -> None:
    for length in [*range(60), *range(60, len(sealed), 97), *range(len(sealed) - 40, len(sealed))]:
        expected = ForeignFile if length < 18 else IntegrityError
        with pytest.raises(expected):
            open_parcel(ledger, sealed[:length])
    with pytest.raises(IntegrityError):
        open_parcel(ledger, sealed + b"\0")
    with pytest.raises(IntegrityError, match="larger than any"):
        open_parcel(ledger, sealed + bytes(parcel.MAX_SIZE))


def test_a_changed_byte_anywhere(ledger: Ledger, sealed: bytes) -> None:
    for at in [*range(SEALED_AT), *range(SEALED_AT, len(sealed), 61), len(sealed) - 1]:
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises((IntegrityError, ForeignFile, Locked, NewerVersion)):
            open_parcel(ledger, bytes(changed))


def test_a_newer_versions_parcel(ledger: Ledger, sealed: bytes) -> None:
    with pytest.raises(NewerVersion, match="newer version"):
        open_parcel(ledger, b"ruleseven/parcel/v2\0" + sealed[20:])


@pytest.mark.parametrize(
    "padded",
    [bytes(1 << 14), (CONTENT + b"\x80").ljust(1 << 15, b"\0"), b"\x80\x01".rjust(1 << 14, b"x"), b""],
    ids=["no mark", "too much filling", "not filled with zeros", "nothing"],
)
def test_what_is_not_filled_up_as_it_must(ledger: Ledger, card: Card, padded: bytes) -> None:
    head = b"ruleseven/parcel/v1\0" + ledger.id
    made = head + parcel.key_mark(card.hpke) + primitives.hpke_seal(card.hpke, padded, head)
    with pytest.raises(IntegrityError, match=r"filled up|cut short"):
        open_parcel(ledger, made)


@given(st.binary(max_size=3000), st.booleans())
def test_any_bytes_end_in_a_word(ledger: Ledger, data: bytes, begun: bool) -> None:
    made = (b"ruleseven/parcel/v1\0" + ledger.id if begun else b"") + data
    with pytest.raises((ForeignFile, IntegrityError, Locked, NewerVersion)):
        open_parcel(ledger, made)


def test_a_card_without_a_key_takes_no_parcels(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as made:
        fill(made, 3)
        shutil.move(vault_db(made), tmp_path / "vault.db")
    with Ledger.open(tmp_path / "hmc") as made:
        card = read_card(make_card(made))
        assert card.hpke == b""
        with pytest.raises(UsageError, match="ask the agency for a new one"):
            seal_parcel(CONTENT, card)


def test_a_key_of_another_size_is_on_no_card(ledger: Ledger, card: Card) -> None:
    from ledger.rotation import key_entries
    from ledger.trust import write_card

    head = ledger.head()
    record = ledger.reading(1).row.record
    for size in (1, 1215, 1217):
        made = write_card(
            *(ledger.charter, record, head, ledger.signer, key_entries(ledger, head.position)),
            mldsa=card.mldsa,
            hpke=bytes(size),
        )
        with pytest.raises(Malformed, match="1,216 bytes"):
            read_card(made)


@pytest.mark.parametrize("public", [b"\xff" * 1216, bytes(1216), b"", bytes(1184)])
def test_a_key_that_is_none_seals_nothing(public: bytes) -> None:
    with pytest.raises(Malformed, match="no public key"):
        primitives.hpke_seal(public, CONTENT, b"")


def test_the_key_outlives_an_erasure_and_an_older_vault_gets_one(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as made:
        fill(made, 4)
        before = read_card(make_card(made))
        sent = seal_parcel(CONTENT, before)
        kek = made.folder.vault_key.read_bytes()
        made.erase("person", "P0", reason="asked for it", authority="the manager", actor=ACTOR)
        assert made.folder.vault_key.read_bytes() != kek
        assert open_parcel(made, sent) == CONTENT
        assert read_card(make_card(made)).hpke == before.hpke
        # A vault of before there were parcels.
        made.keyring.vault._db.execute("DELETE FROM secrets WHERE name = ?", (PARCEL_SEED,))
        with pytest.raises(Locked, match="another key"):
            open_parcel(made, sent)
        after = read_card(make_card(made))
        assert after.hpke not in (before.hpke, b"")
        assert open_parcel(made, seal_parcel(CONTENT, after)) == CONTENT
    with Ledger.open(tmp_path / "hmc") as again:
        assert read_card(make_card(again)).hpke == after.hpke


def test_two_that_need_a_key_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with found(tmp_path / "hmc") as one, Ledger.open(tmp_path / "hmc") as two:
        one.keyring.vault._db.execute("DELETE FROM secrets WHERE name = ?", (PARCEL_SEED,))
        late = two.keyring.vault
        assert late.note(PARCEL_SEED) is None  # it looked, and the other was first
        looks = [None]
        real = late.note
        monkeypatch.setattr(late, "note", lambda name: looks.pop() if looks else real(name))
        made = one.keyring.vault.secret_or_new(PARCEL_SEED, b"1" * 32)
        assert late.secret_or_new(PARCEL_SEED, b"2" * 32) == made == b"1" * 32
