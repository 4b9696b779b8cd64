"""Cosignatures that others' software made, on others' logs: `tests/vectors/others/` says where each was published."""

import json
from pathlib import Path

import pytest

from ledger.errors import IntegrityError, Malformed
from ledger.proof import checkpoint, cosignature, note, primitives
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignature import Cosigned, Cosigner
from ledger.proof.quorum import Quorum, Witness

FILE = Path(__file__).parent.parent / "vectors" / "others" / "cosigned.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))["cosigned"]
PAIRS = [(vector, vkey) for vector in VECTORS for vkey in vector["witnesses"]]


def named(pair):
    return pair[1].partition("+")[0]


@pytest.fixture(params=PAIRS, ids=named)
def cosigned(request):
    """The bytes of a cosigned checkpoint, the witness's key, and when it cosigned."""
    vector, vkey = request.param
    return vector["checkpoint"].encode(), Cosigner.from_vkey(vkey), vector["time"]


def line_of(data, cosigner):
    (line,) = [s for s in note.from_bytes(data).signatures if s.key_id == cosigner.key_id]
    return line


def test_there_are_five_witnesses_of_as_many_names():
    assert len({named(pair) for pair in PAIRS}) == len(PAIRS) == 5


def test_their_cosignature_is_one(cosigned):
    data, cosigner, time = cosigned
    assert cosignature.check(note.from_bytes(data), [cosigner]) == [Cosigned(cosigner, time)]
    assert note.to_bytes(note.from_bytes(data).text, note.from_bytes(data).signatures) == data


def test_it_counts_in_a_quorum():
    vector = VECTORS[0]
    cosigners = [Cosigner.from_vkey(vkey) for vkey in vector["witnesses"]]
    quorum = Quorum(3, 1, tuple(Witness(cosigner.name, (cosigner,)) for cosigner in cosigners))
    opened = note.from_bytes(vector["checkpoint"].encode())
    expected = [(cosigner.name, Cosigned(cosigner, vector["time"])) for cosigner in cosigners]
    assert quorum.cosigned(opened) == expected
    lacking = opened._replace(signatures=tuple(s for s in opened.signatures if s.name != cosigners[0].name))
    assert quorum.cosigned(lacking) == expected[1:]


def test_every_byte_of_its_line_counts(cosigned):
    """Whatever is changed in a line: it is no cosignature of that witness any more, or it is refused as a false one."""
    data, cosigner, _ = cosigned
    opened = note.from_bytes(data)
    line = line_of(data, cosigner)
    for at in range(len(line.signature)):
        false = bytes([*line.signature[:at], line.signature[at] ^ 1, *line.signature[at + 1 :]])
        lines = [s._replace(signature=false) if s == line else s for s in opened.signatures]
        with pytest.raises(IntegrityError, match="by a key that is known, is not valid"):
            cosignature.check(opened._replace(signatures=tuple(lines)), [cosigner])
    for other in (line._replace(name=line.name + "x"), line._replace(key_id=bytes(4))):
        lines = [other if s == line else s for s in opened.signatures]
        assert cosignature.check(opened._replace(signatures=tuple(lines)), [cosigner]) == []


def test_every_byte_of_what_it_says_counts(cosigned):
    data, cosigner, _ = cosigned
    opened = note.from_bytes(data)
    for at in range(len(opened.text)):
        text = bytes([*opened.text[:at], opened.text[at] ^ 1, *opened.text[at + 1 :]])
        with pytest.raises(IntegrityError, match="is not valid"):
            cosignature.check(opened._replace(text=text), [cosigner])


def test_it_may_stand_there_once(cosigned):
    data, cosigner, _ = cosigned
    opened = note.from_bytes(data)
    twice = opened._replace(signatures=(*opened.signatures, line_of(data, cosigner)))
    with pytest.raises(IntegrityError, match="twice"):
        cosignature.check(twice, [cosigner])


def test_another_witness_key_under_the_same_name_says_nothing(cosigned):
    data, cosigner, _ = cosigned
    other = next(Cosigner.from_vkey(vkey) for _, vkey in PAIRS if not vkey.startswith(cosigner.name))
    assert cosignature.check(note.from_bytes(data), [Cosigner(cosigner.name, other.public)]) == []


@pytest.mark.parametrize("vkey", [vkey for _, vkey in PAIRS], ids=lambda vkey: vkey.partition("+")[0])
def test_their_vkey_is_written_as_we_write_it(vkey):
    assert Cosigner.from_vkey(vkey).vkey() == vkey
    name, digits, key = vkey.split("+", 2)
    with pytest.raises(Malformed, match="key id"):
        Cosigner.from_vkey(f"{name}+{int(digits, 16) ^ 1:08x}+{key}")


def test_their_ml_dsa_44_line_is_made_as_ours():
    """Type 0x06, which our checkpoints carry: key id, message and signature, by a witness that we have no part in."""
    vector = VECTORS[1]
    name, digits, encoded = vector["mldsa_witness"].split("+", 2)
    kind, public = note.from_base64(encoded)[:1], note.from_base64(encoded)[1:]
    assert (kind, checkpoint.mldsa_key_id(name, public).hex()) == (checkpoint.NOTE_MLDSA, digits)
    opened = note.from_bytes(vector["checkpoint"].encode())
    (line,) = [s for s in opened.signatures if s.key_id.hex() == digits]
    time, signature = int.from_bytes(line.signature[:8]), line.signature[8:]
    origin, size, root, _ = opened.text.decode().split("\n")
    stated = Checkpoint(origin, int(size), note.from_base64(root))
    assert time == vector["time"]
    assert primitives.mldsa_verify(public, signature, checkpoint.subtree_message(stated, name, time))
    for wrong in (stated._replace(size=stated.size + 1), stated._replace(origin=origin[1:])):
        assert not primitives.mldsa_verify(public, signature, checkpoint.subtree_message(wrong, name, time))
    assert not primitives.mldsa_verify(public, signature, checkpoint.subtree_message(stated, name, time + 1))
