"""C2SP signed notes: what is one, what is not, and whose signature counts."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
from ledger.proof import keys, note, primitives
from ledger.proof.note import Note, Signature, Verifier

# The specification's own example and the key it is checked with in golang.org/x/mod/sumdb/note
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

ALICE, BOB = keys.FileSigner.from_seed(b"a" * 32), keys.FileSigner.from_seed(b"b" * 32)
TEXT = b"one\n\ntwo\n"


def line(name, signer, text=TEXT):
    return Signature(name, keys.note_key_id(name, signer.public), signer.sign(text))


def verifier(name, signer):
    key_id = keys.note_key_id(name, signer.public)
    return Verifier(name, key_id, lambda text, signature: primitives.verify(signer.public, signature, text))


NOTE = note.to_bytes(TEXT, [line("alice", ALICE), line("bob/1", BOB)])
KNOWN = [verifier("alice", ALICE), verifier("bob/1", BOB)]


def test_a_note_of_another_implementation_is_read():
    name, key_id, public = keys.parse_vkey(GO_VKEY)
    opened = note.from_bytes(f"{GO_TEXT}\n{GO_LINE}".encode())
    found = note.check_note(opened, [Verifier(name, key_id, lambda text, sig: primitives.verify(public, sig, text))])
    assert [v.name for v in found] == ["PeterNeumann"]
    assert opened.text == GO_TEXT.encode()
    assert note.to_bytes(opened.text, opened.signatures) == f"{GO_TEXT}\n{GO_LINE}".encode()


def test_the_text_may_hold_empty_lines_and_ends_at_the_last():
    opened = note.from_bytes(NOTE)
    assert opened.text == TEXT
    assert [s.name for s in opened.signatures] == ["alice", "bob/1"]
    assert note.check_note(opened, KNOWN) == KNOWN


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda b: b[:-1], "line feed"),
        (lambda b: b + b"\n", "empty line"),
        (lambda b: b.replace(b"\n\n", b"\n"), "empty line"),
        (lambda _: b"", "empty line"),
        (lambda _: b"text\n\n", "empty line"),
        (lambda b: b.replace(b"two", b"tw\x00"), "control"),
        (lambda b: b.replace(b"two", b"t\two"), "control"),
        (lambda b: b.replace(b"\n", b"\r\n"), "control"),
        (lambda b: b.replace(b"one", b"\xff"), "UTF-8"),
        (lambda b: b.replace("— bob".encode(), b"- bob"), "em dash"),
        (lambda b: b.replace("— bob".encode(), "—bob".encode()), "em dash"),
        (lambda b: b.replace("— bob/1 ".encode(), "—  ".encode()), "em dash"),
        (lambda b: b.replace(b"bob/1", b"bob+1"), "em dash"),
        (lambda b: b.replace(b"bob/1", "bob\u00a01".encode()), "em dash"),
        (lambda b: b.replace(b"bob/1", "bob\u20281".encode()), "em dash"),
        (lambda b: b.replace(b"bob/1 ", b"bob 1 "), "base64"),
        (lambda b: b[:-2] + b"!\n", "base64"),
        (lambda b: b[:-3] + b"\n", "base64"),
        (lambda b: b[:-1] + b" \n", "base64"),
        (lambda _: TEXT + "\n— bob AAAAAA==\n".encode(), "key id"),
        (lambda _: TEXT + "\n— bob AAAAAAB=\n".encode(), "one form"),
        (lambda b: b + "— carol AAAAAAAA\n".encode() * note.MAX_SIGNATURES, "at most"),
        (lambda b: b"x" * note.MAX_NOTE + b, "at most"),
    ],
)
def test_what_is_no_note(change, why):
    assert change(NOTE) != NOTE
    with pytest.raises(Malformed, match=why):
        note.from_bytes(change(NOTE))


def test_sixteen_signatures_and_more_are_taken():
    lines = [Signature(f"witness/{i}", bytes(4), bytes(2428)) for i in range(40)]
    opened = note.from_bytes(note.to_bytes(TEXT, [*lines, line("alice", ALICE)]))
    assert note.check_note(opened, KNOWN) == KNOWN[:1]


def test_a_signature_of_a_key_that_is_known_must_verify():
    opened = note.from_bytes(NOTE)
    with pytest.raises(IntegrityError, match="not valid"):
        note.check_note(opened._replace(text=b"one\n\ntwe\n"), KNOWN)
    for cut in (b"", b"x" * 63, b"x" * 64, b"x" * 65):
        lines = (opened.signatures[0]._replace(signature=cut), opened.signatures[1])
        with pytest.raises(IntegrityError, match="not valid"):
            note.check_note(opened._replace(signatures=lines), KNOWN)


def test_keys_are_known_by_name_and_id_together():
    opened = note.from_bytes(note.to_bytes(TEXT, [line("mallory", ALICE), line("bob/1", BOB)]))
    assert note.check_note(opened, KNOWN) == KNOWN[1:]
    other_id = Signature("alice", bytes(4), b"anything")
    assert note.check_note(note.from_bytes(note.to_bytes(TEXT, [other_id, line("bob/1", BOB)])), KNOWN) == KNOWN[1:]
    with pytest.raises(IntegrityError, match="no key"):
        note.check_note(note.from_bytes(note.to_bytes(TEXT, [other_id])), KNOWN)
    with pytest.raises(IntegrityError, match="no key"):
        note.check_note(opened, [])


def test_a_known_key_signs_once():
    twice = Note(TEXT, (line("alice", ALICE), line("bob/1", BOB), line("alice", ALICE)))
    with pytest.raises(IntegrityError, match="twice"):
        note.check_note(twice, KNOWN)
    assert note.check_note(twice, KNOWN[1:]) == KNOWN[1:]  # of an unknown key, it is nobody's business


@pytest.mark.parametrize("text", [b"", b"no line feed", b"a\x01\n", b"\xff\n"])
def test_nothing_is_written_that_cannot_be_read(text):
    with pytest.raises(Malformed):
        note.to_bytes(text, [line("alice", ALICE, text)])
    with pytest.raises(Malformed):
        note.to_bytes(TEXT, [])
    with pytest.raises(Malformed):
        note.to_bytes(TEXT, [Signature("a b", bytes(4), b"s")])


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_other_bytes_are_read_back_as_they_were_or_refused(data):
    for candidate in (data, TEXT + b"\n" + data, "— a ".encode() + base64.b64encode(data) + b"\n"):
        try:
            opened = note.from_bytes(candidate)
        except Malformed:
            continue
        assert note.to_bytes(opened.text, opened.signatures) == candidate


@given(st.binary(max_size=30))
def test_base64_has_one_form(data):
    text = base64.b64encode(data).decode()
    assert note.from_base64(text) == data
    for other in (text + "=", text + "\n", " " + text, text.rstrip("="), base64.urlsafe_b64encode(data).decode()):
        if other != text:
            with pytest.raises(Malformed):
                note.from_base64(other)
