"""Drafting and finishing: what is bound, what is random, what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed, UnknownId
from ledger.proof import commitments, draft, keys, primitives, record, sealing, values

LEDGER = bytes(range(16))
STREAM = commitments.stream_id(LEDGER, "case", "C-1")
SIGNER = keys.FileSigner.from_seed(bytes(32))
SCOPES = {bytes([i]) * 16: bytes([i]) * 32 for i in (1, 2, 3)}
CIPHERS = {scope: primitives.scope_cipher(key) for scope, key in SCOPES.items()}
ENVELOPE = [(["case", "C-1"], None), ("me", None), ([1, 1], None), (None, None)]


class Counting:
    calls = 0

    def __call__(self, size):
        self.calls += 1
        return bytes(i * 7 % 256 for i in range(size))


def made(fields, **more):
    drafted = draft.Drafter(LEDGER).draft("x/Y/1", STREAM, 1, "c", 0, [*ENVELOPE, *fields], CIPHERS, Counting())
    return drafted, draft.finish(drafted, 7, bytes(32), more.get("us", 5), False, drafted.salt, SIGNER, False)


@given(st.lists(st.tuples(st.integers(0, 99) | st.text("abc"), st.sampled_from([None, *SCOPES])), max_size=55))
def test_what_is_stored_opens_to_what_was_said_and_hashes_to_what_was_signed(fields):
    drafted, done = made(fields)
    committer = commitments.Committer(LEDGER)
    leaves, sealed = commitments.leaves_from_bytes(done.leaves), commitments.sealed_from_bytes(done.sealed)
    header = record.header_from_bytes(done.record)
    hashes = [committer.leaf_commitment(i, leaf) for i, leaf in enumerate(leaves)]
    assert header.content == commitments.content_hash(hashes, commitments.ciphertexts_digest(sealed))
    assert primitives.verify(
        SIGNER.public, record.signature_of(done.record), record.signed_message(done.record[:129], False)
    )
    assert done.hash == record.record_hash(done.record)
    said = {i: commitments.open_value(leaf[1:]) for i, leaf in enumerate(leaves) if leaf[:1] == commitments.OPEN}
    assert said[3] == list(drafted.scopes) == list(dict.fromkeys(scope for _, scope in fields if scope))
    for scope, ciphertext in zip(drafted.scopes, sealed, strict=True):
        for index, opening in sealing.unseal(SCOPES[scope], ciphertext, LEDGER, STREAM, 1, scope):
            assert committer.commit(index, opening) == hashes[index]
            said[index] = commitments.open_value(opening)
    assert [said[i] for i in range(9, 9 + len(fields))] == [value for value, _ in fields]
    assert said[2] == [5, False]


def test_randomness_is_asked_for_once_and_no_salt_is_used_twice():
    chance = Counting()
    fields = [*ENVELOPE, ("a", bytes([1]) * 16), ("a", None)]
    drafted = draft.Drafter(LEDGER).draft("x/Y/1", STREAM, 1, "c", 0, fields, CIPHERS, chance)
    assert chance.calls == 1
    done = draft.finish(drafted, 1, bytes(32), 5, False, drafted.salt, SIGNER, False)
    salts = [leaf[4:20] for leaf in commitments.leaves_from_bytes(done.leaves) if leaf[:1] == commitments.OPEN]
    assert len(set(salts)) == len(salts)


def test_a_draft_can_be_finished_again_elsewhere():
    drafted, _ = made([("a", None)])
    first = draft.finish(drafted, 8, bytes(32), 5, False, bytes(16), SIGNER, False)
    made([("b", None)])
    assert draft.finish(drafted, 8, bytes(32), 5, False, bytes(16), SIGNER, False) == first
    assert draft.finish(drafted, 9, bytes(32), 5, False, bytes(16), SIGNER, False) != first


@pytest.mark.parametrize(
    "part",
    [
        {"kind": ""}, {"kind": 7}, {"kind": "a\nb"}, {"stream": b"x"}, {"stream": "x" * 16},
        {"version": 0}, {"version": True}, {"version": 2**53},
        {"command_id": ""}, {"command_id": "a\0"}, {"ordinal": -1}, {"ordinal": None},
        {"fields": ENVELOPE[:3]}, {"fields": [(None, None)] * 60}, {"fields": [*ENVELOPE, (1.5, None)]},
    ],
)  # fmt: skip
def test_what_has_no_right_shape_is_refused(part):
    parts = {
        "kind": "x/Y/1",
        "stream": STREAM,
        "version": 1,
        "command_id": "c",
        "ordinal": 0,
        "fields": ENVELOPE,
    } | part
    with pytest.raises(Malformed):
        draft.Drafter(LEDGER).draft(**parts, scope_keys=CIPHERS, random=Counting())


def test_an_error_names_the_field():
    with pytest.raises(Malformed, match=r"at \[10\]\[1\]: "):
        made([("fine", None), ([1, 2.5], None)])


def test_a_scope_without_a_key_is_refused():
    with pytest.raises(UnknownId):
        made([("a", bytes(16))])


@pytest.mark.parametrize(
    "part", [(b"x", 5, bytes(16)), (bytes(32), -1, bytes(16)), (bytes(32), 2**53, bytes(16)), (bytes(32), 5, b"")]
)
def test_a_record_is_not_finished_with_wrong_parts(part):
    previous, us, salt = part
    with pytest.raises(Malformed):
        draft.finish(made([])[0], 1, previous, us, False, salt, SIGNER, False)


def test_a_signer_that_gives_something_else_is_caught():
    class Broken:
        key_id = bytes(32)
        public = bytes(32)

        def sign(self, _):
            return b"short"

    with pytest.raises(Malformed):
        draft.finish(made([])[0], 1, bytes(32), 5, False, bytes(16), Broken(), False)


def test_every_place_is_bound_into_a_ciphertext():
    key, scope = bytes(32), bytes(16)
    sealed = sealing.seal(key, bytes(12), [(9, b"opening")], LEDGER, STREAM, 3, scope)
    assert sealing.unseal(key, sealed, LEDGER, STREAM, 3, scope) == [(9, b"opening")]
    for place in [
        (bytes(16), STREAM, 3, scope), (LEDGER, LEDGER, 3, scope),
        (LEDGER, STREAM, 4, scope), (LEDGER, STREAM, 3, STREAM),
    ]:  # fmt: skip
        with pytest.raises(IntegrityError):
            sealing.unseal(key, sealed, *place)


@given(st.integers(0, 600))
def test_a_ciphertext_shows_length_only_by_blocks(size):
    sealed = sealing.seal(bytes(32), bytes(12), [(9, bytes(size))], LEDGER, STREAM, 1, bytes(16))
    assert (len(sealed) - 12 - 16) % 256 == 0
    assert sealing.unseal(bytes(32), sealed, LEDGER, STREAM, 1, bytes(16)) == [(9, bytes(size))]


def test_a_stream_type_cannot_run_into_the_id():
    with pytest.raises(Malformed):
        commitments.stream_id(LEDGER, "a\0b", "c")


def test_leaf_forms():
    committer = commitments.Committer(LEDGER)
    opening = committer.opening(bytes(16), "x")
    closed = commitments.closed_leaf(committer.commit(9, opening))
    assert committer.leaf_commitment(9, closed) == committer.leaf_commitment(9, commitments.open_leaf(opening))
    with pytest.raises(Malformed):
        committer.leaf_commitment(64, closed)
    with pytest.raises(Malformed):
        commitments.content_hash([bytes(32)] * 65, commitments.NO_SCOPES)
    for leaf in (b"", b"\x02x", b"\x00" + bytes(31), b"\x00" + bytes(33)):
        with pytest.raises(Malformed):
            committer.leaf_commitment(9, leaf)
    broken: list[Any] = [None, "x", b"", b"\x92\xc4\x10" + bytes(16), values.encode([bytes(15), 1])]
    for data in broken:
        with pytest.raises(Malformed):
            commitments.open_value(data)


@given(
    st.lists(st.binary(max_size=40), max_size=60),
    st.text("abXY/1", max_size=300),
)
def test_the_first_value_is_found_without_unpacking_the_rest(rest, kind):
    """Nothing is found where its leaf is longer than one byte can say: then all are unpacked for it."""
    leaf = commitments.open_leaf(commitments.opening(bytes(16), kind))
    stored = commitments.leaves_to_bytes([leaf, *rest])
    unpacked = commitments.leaves_from_bytes(stored)[0][commitments.LEAF_VALUE_AT :]
    assert commitments.first_value(stored) == (unpacked if len(leaf) < 256 else b"")
    assert commitments.first_value(commitments.leaves_to_bytes([bytes(33), *rest])) == b""


@given(st.binary(max_size=60))
def test_no_bytes_break_the_look_at_the_first_value(data):
    assert commitments.first_value(data) in data
