import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.proof import keys

SIGNER = keys.FileSigner.from_seed(bytes(32))


def test_the_vkey_of_the_go_package_reads():
    # The example of golang.org/x/mod/sumdb/note.
    name, key_id, public = keys.parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert (name, key_id.hex()) == ("PeterNeumann", "c74f20a3")
    assert keys.vkey(name, public) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_every_changed_character_of_a_vkey_is_refused():
    text = keys.vkey("ruleseven/0011", SIGNER.public)
    assert keys.parse_vkey(text) == ("ruleseven/0011", keys.note_key_id("ruleseven/0011", SIGNER.public), SIGNER.public)
    for i, c in enumerate(text):
        for other in {"A", "0", "+", "z", " ", "="} - {c}:
            with pytest.raises(Malformed):
                keys.parse_vkey(text[:i] + other + text[i + 1 :])


@given(st.text(max_size=60))
def test_any_other_text_is_no_vkey(text):
    with pytest.raises(Malformed):
        keys.parse_vkey(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u2003b", "\x00"])
def test_a_name_that_a_note_could_not_carry_is_refused(name):
    with pytest.raises(Malformed):
        keys.vkey(name, SIGNER.public)


def test_a_weak_key_has_no_vkey_and_no_schedule():
    for make in (lambda: keys.vkey("x", bytes(32)), lambda: keys.KeySchedule(bytes(32))):
        with pytest.raises(Malformed, match="small order"):
            make()


def test_the_charters_key_signs_every_position():
    schedule = keys.KeySchedule(SIGNER.public)
    assert schedule.live(0) is None
    assert schedule.live(1) == schedule.live(2**40) == (SIGNER.public, SIGNER.key_id)
    assert schedule.is_key_record(1)
    assert not schedule.is_key_record(2)
