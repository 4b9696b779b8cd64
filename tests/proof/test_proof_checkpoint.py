"""Checkpoints and proof files: both signatures or none, and nothing believed that they do not cover."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
from ledger.proof import checkpoint, keys, note, primitives, record, tlog_proof, tree
from ledger.proof.checkpoint import Checkpoint, Keys
from ledger.proof.tlog_proof import Proof

SIGNER, OTHER = keys.FileSigner.from_seed(b"s" * 32), keys.FileSigner.from_seed(b"o" * 32)
SEED, OTHER_SEED = b"m" * 32, b"n" * 32
MLDSA = primitives.mldsa_public(SEED)
KEYS = Keys(SIGNER.public, MLDSA)
LEDGER = bytes(range(16))
NAME = checkpoint.origin(LEDGER, practice=False)
TIME = 1_700_000_000


def mldsa_sign(text):
    return primitives.mldsa_sign(SEED, text)


RECORDS = [
    record.header_to_bytes(record.Header(LEDGER, at, bytes(32), 1, bytes(32), bytes(32))) + bytes(64)
    for at in range(1, 8)
]


def read(level, index):
    frontier = tree.Frontier()
    for leaf in RECORDS[index << level : (index + 1) << level]:
        frontier.add(record.record_hash(leaf))
    return frontier.root()


STATED = Checkpoint(NAME, 7, tree.root(7, read))
SIGNED = checkpoint.sign(STATED, SIGNER, mldsa_sign, KEYS, TIME)
LINES = SIGNED.split(b"\n\n")[1].splitlines(keepends=True)


def test_what_was_signed_is_what_is_read():
    assert checkpoint.check(SIGNED, NAME, KEYS) == (STATED, TIME)
    assert checkpoint.read(SIGNED) == STATED
    assert SIGNED.startswith(f"ruleseven/{LEDGER.hex()}\n7\n{base64.b64encode(STATED.root).decode()}\n\n— ".encode())
    assert checkpoint.origin(LEDGER, practice=True) == f"ruleseven-practice/{LEDGER.hex()}"


def test_the_two_lines_are_as_c2sp_says():
    """Built here from the specifications' words: signed-note 0x01, and tlog-cosignature's cosigned_message, 0x06."""
    opened = note.from_bytes(SIGNED)
    first, second = opened.signatures
    assert first.name == second.name == NAME
    assert first.key_id == sha256(NAME.encode() + b"\n\x01" + SIGNER.public).digest()[:4]
    assert second.key_id == sha256(NAME.encode() + b"\n\x06" + MLDSA).digest()[:4]
    assert primitives.verify(SIGNER.public, first.signature, opened.text)
    stamp, signature = second.signature[:8], second.signature[8:]
    assert stamp == TIME.to_bytes(8)
    short = bytes([len(NAME)]) + NAME.encode()
    message = b"subtree/v1\n\x00" + short + stamp + short + bytes(8) + (7).to_bytes(8) + STATED.root
    assert len(b"subtree/v1\n\x00") == 12
    assert primitives.mldsa_verify(MLDSA, signature, message)


def test_a_key_id_of_another_implementation():
    """The seed and verifier key of the ML-DSA-44 log in filippo.io/torchwood's tests."""
    public = primitives.mldsa_public(bytes.fromhex("2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0"))
    assert checkpoint.mldsa_key_id("example.com/mldsa-log", public).hex() == "b5df45c5"


@pytest.mark.parametrize("line", [0, 1])
def test_neither_signature_may_be_missing(line):
    with pytest.raises(IntegrityError, match="lacks one of its two"):
        checkpoint.check(SIGNED.replace(LINES[line], b""), NAME, KEYS)


@pytest.mark.parametrize("line", [0, 1])
def test_neither_signature_may_stand_twice(line):
    with pytest.raises(IntegrityError, match="twice"):
        checkpoint.check(SIGNED + LINES[line], NAME, KEYS)


def test_others_may_add_theirs_and_the_order_is_no_matter():
    cosigned = SIGNED + "— partner.example/w AAAAAAAA\n".encode() * 20
    assert checkpoint.check(cosigned, NAME, KEYS).checkpoint == STATED
    assert checkpoint.check(SIGNED.replace(LINES[0], b"") + LINES[0], NAME, KEYS).checkpoint == STATED


def test_every_byte_counts():
    for at in range(len(SIGNED)):
        changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1]) + SIGNED[at + 1 :]
        with pytest.raises((Malformed, IntegrityError)):
            checkpoint.check(changed, NAME, KEYS)


def test_other_keys_do_not_do():
    other_mldsa = primitives.mldsa_public(OTHER_SEED)
    for wrong in (Keys(OTHER.public, MLDSA), Keys(SIGNER.public, other_mldsa), Keys(OTHER.public, other_mldsa)):
        with pytest.raises(IntegrityError):
            checkpoint.check(SIGNED, NAME, wrong)
    with pytest.raises(IntegrityError, match="another ledger"):
        checkpoint.check(SIGNED, checkpoint.origin(LEDGER, practice=True), KEYS)


def test_a_signature_by_a_wrong_key_is_not_given_out():
    with pytest.raises(IntegrityError, match="not valid"):
        checkpoint.sign(STATED, OTHER, mldsa_sign, KEYS, TIME)
    with pytest.raises(IntegrityError, match="not valid"):
        checkpoint.sign(STATED, SIGNER, lambda text: primitives.mldsa_sign(OTHER_SEED, text), KEYS, TIME)
    for time in (-1, 1 << 63):
        with pytest.raises(Malformed, match="time"):
            checkpoint.sign(STATED, SIGNER, mldsa_sign, KEYS, time)


def test_the_time_is_covered_and_has_a_bound():
    opened = note.from_bytes(SIGNED)
    for stamp in ((TIME + 1).to_bytes(8), (1 << 63).to_bytes(8), b""):
        line = opened.signatures[1]._replace(signature=stamp + opened.signatures[1].signature[8:])
        with pytest.raises(IntegrityError, match="not valid"):
            checkpoint.check(note.to_bytes(opened.text, [opened.signatures[0], line]), NAME, KEYS)


ROOT = base64.b64encode(STATED.root).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{NAME}\n7\n",
        f"{NAME}\n7\n{ROOT}",
        f"{NAME}\n7\n{ROOT}\nan extension line\n",
        f"{NAME}\n7\n{ROOT}\n\n",
        f"{NAME}\n07\n{ROOT}\n",
        f"{NAME}\n+7\n{ROOT}\n",
        f"{NAME}\n-7\n{ROOT}\n",
        f"{NAME}\n7 \n{ROOT}\n",
        f"{NAME}\n\n{ROOT}\n",
        f"{NAME}\n٧\n{ROOT}\n",
        f"{NAME}\n{2**53 + 1}\n{ROOT}\n",
        f"{NAME}\n{'9' * 400}\n{ROOT}\n",
        f"{NAME}\n0\n{ROOT}\n",
        f"{NAME}\n7\n{base64.b64encode(STATED.root[:31]).decode()}\n",
        f"{NAME}\n7\n{base64.b64encode(STATED.root + b'x').decode()}\n",
        f"{NAME}\n7\n{ROOT.rstrip('=')}\n",
        f"{NAME}\n7\n{STATED.root.hex()}\n",
        f"{NAME.upper()}\n7\n{ROOT}\n",
        f"ruleseven/{LEDGER.hex()[:-1]}\n7\n{ROOT}\n",
        f"ruleseven/{LEDGER.hex()}0\n7\n{ROOT}\n",
        f"example.com/log\n7\n{ROOT}\n",
        f"{NAME}\r\n7\r\n{ROOT}\r\n",
    ],
)
def test_what_is_no_checkpoint_of_ours(text):
    with pytest.raises(Malformed):
        Checkpoint.from_bytes(text.encode())


def test_an_empty_tree_has_a_checkpoint_too():
    empty = Checkpoint(NAME, 0, tree.EMPTY_ROOT)
    assert checkpoint.check(checkpoint.sign(empty, SIGNER, mldsa_sign, KEYS, 0), NAME, KEYS) == (empty, 0)


@pytest.mark.parametrize(
    "change", [{"size": -1}, {"size": 2**53 + 1}, {"root": b""}, {"root": bytes(31)}, {"origin": "x"}]
)
def test_what_is_no_checkpoint_is_not_signed(change):
    with pytest.raises(Malformed):
        checkpoint.sign(STATED._replace(**change), SIGNER, mldsa_sign, KEYS, TIME)


def test_of_a_larger_tree_mldsa_alone_tells_that_the_agency_signed_it():
    """Its Ed25519 key may be one that was enrolled in the records that are missing."""
    newer = checkpoint.sign(STATED, OTHER, mldsa_sign, Keys(OTHER.public, MLDSA), TIME)
    with pytest.raises(IntegrityError, match="lacks one"):
        checkpoint.check(newer, NAME, KEYS)
    assert checkpoint.check_mldsa(newer, NAME, MLDSA).checkpoint == STATED
    stripped = note.from_bytes(newer)
    with pytest.raises(IntegrityError, match="lacks one"):
        checkpoint.check_mldsa(note.to_bytes(stripped.text, stripped.signatures[1:]), NAME, MLDSA)
    with pytest.raises(IntegrityError):
        checkpoint.check_mldsa(newer, NAME, primitives.mldsa_public(OTHER_SEED))


# Proof files

PROOFS = [Proof(at, tuple(tree.prove_inclusion(at, 7, read)), SIGNED) for at in range(7)]


@pytest.mark.parametrize("proof", PROOFS)
def test_a_proof_file_shows_its_record(proof):
    data = proof.to_bytes()
    assert data.startswith(f"c2sp.org/tlog-proof@v1\nindex {proof.index}\n".encode())
    assert data.endswith(b"\n\n" + SIGNED)
    assert Proof.from_bytes(data) == proof
    assert tlog_proof.check_proof(data, RECORDS[proof.index], NAME, KEYS) == (STATED, TIME)
    for other in set(RECORDS) - {RECORDS[proof.index]}:
        with pytest.raises(IntegrityError):
            tlog_proof.check_proof(data, other, NAME, KEYS)


def test_a_record_of_another_position_is_refused_though_it_is_in_the_tree():
    misplaced = RECORDS[3]
    hashes = [record.record_hash(r) for r in RECORDS]
    hashes[1] = record.record_hash(misplaced)
    frontier = tree.Frontier()
    frontier.add(hashes[0])
    frontier.add(hashes[1])
    signed = checkpoint.sign(Checkpoint(NAME, 2, frontier.root()), SIGNER, mldsa_sign, KEYS, TIME)
    with pytest.raises(IntegrityError, match="another position"):
        tlog_proof.check_proof(Proof(1, (hashes[0],), signed).to_bytes(), misplaced, NAME, KEYS)


def test_size_and_root_come_from_the_checkpoint_that_was_signed():
    data = PROOFS[2].to_bytes()
    forged = Checkpoint(NAME, 1, record.record_hash(RECORDS[0])).to_bytes() + b"\n" + b"".join(LINES)
    with pytest.raises(IntegrityError, match="not valid"):
        tlog_proof.check_proof(Proof(0, (), forged).to_bytes(), RECORDS[0], NAME, KEYS)
    with pytest.raises(IntegrityError, match="lacks one"):
        tlog_proof.check_proof(data.replace(LINES[1], b""), RECORDS[2], NAME, KEYS)


def test_extra_data_travels_and_is_not_looked_at():
    proof = Proof(2, PROOFS[2].hashes, SIGNED, b"any\0thing")
    assert b"\nextra YW55AHRoaW5n\nindex 2\n" in proof.to_bytes()
    assert Proof.from_bytes(proof.to_bytes()) == proof
    assert tlog_proof.check_proof(proof.to_bytes(), RECORDS[2], NAME, KEYS).checkpoint == STATED


GOOD = PROOFS[2].to_bytes()
HASH = base64.b64encode(PROOFS[2].hashes[0]) + b"\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"c2sp.org/tlog-proof@v1",
        SIGNED,
        GOOD.replace(b"@v1", b"@v2"),
        GOOD.replace(b"index 2\n", b""),
        GOOD.replace(b"index 2", b"index 02"),
        GOOD.replace(b"index 2", b"index -2"),
        GOOD.replace(b"index 2", b"index  2"),
        GOOD.replace(b"index 2", b"index 7"),
        GOOD.replace(b"index 2", b"index " + b"9" * 400),
        GOOD.replace(b"index 2\n", b"index 2\nindex 2\n"),
        GOOD.replace(b"index 2\n", b"index 2\n\n"),
        GOOD.replace(b"index 2\n", b"index 2\nextra AAAA\n"),
        GOOD.replace(b"index 2\n", b"extra AAAA\nextra AAAA\nindex 2\n"),
        GOOD.replace(b"index 2\n", b"extra !\nindex 2\n"),
        GOOD.replace(b"index 2\n", b"extra \nindex 2\n"),
        GOOD.replace(HASH, HASH[:40] + b"\n"),
        GOOD.replace(HASH, b"AA" + HASH),
        GOOD.replace(HASH, HASH.strip() + b" \n"),
        GOOD.replace(HASH, HASH * 64),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(SIGNED, b""),
        GOOD[:-1],
        GOOD + b"\n",
    ],
)
def test_what_is_no_proof_file(data):
    assert data != GOOD
    with pytest.raises(Malformed):
        Proof.from_bytes(data)


@pytest.mark.parametrize("hashes", [(), PROOFS[2].hashes[:-1], (*PROOFS[2].hashes, bytes(32)), PROOFS[2].hashes[::-1]])
def test_a_path_that_does_not_lead_there_is_refused(hashes):
    with pytest.raises((Malformed, IntegrityError)):
        tlog_proof.check_proof(Proof(2, hashes, SIGNED).to_bytes(), RECORDS[2], NAME, KEYS)


@given(st.binary(max_size=120), st.integers(0, len(GOOD) - 1))
def test_other_bytes_are_read_back_as_they_were_or_refused(piece, at):
    for data in (piece, GOOD[:at] + piece + GOOD[at + len(piece) :]):
        try:
            assert Proof.from_bytes(data).to_bytes() == data
        except Malformed:
            continue
