import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
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


RECOVERY, SECOND, THIRD, THIEF = (keys.FileSigner.from_seed(bytes([n]) * 32) for n in range(1, 5))


def changes():
    return [
        keys.KeyChange(5, SIGNER.key_id, SECOND.public),
        keys.KeyChange(9, RECOVERY.key_id, THIRD.public, 7, b"another ML-DSA key"),
    ]


def test_a_key_signs_from_the_position_after_its_record_to_that_of_the_next():
    schedule = keys.KeySchedule(SIGNER.public, RECOVERY.public, changes())
    signs = {1: SIGNER, 5: SIGNER, 6: SECOND, 9: SECOND, 10: THIRD, 2**40: THIRD}
    for position, signer in signs.items():
        assert schedule.live(position) == (signer.public, signer.key_id)
    assert (schedule.live(0), schedule.newest.public) == (None, THIRD.public)
    for position in signs:
        assert schedule.signer(position, RECOVERY.key_id) == schedule.recovery
        assert schedule.signer(position, THIEF.key_id) is None
    assert schedule.signer(6, SIGNER.key_id) is None
    assert schedule.signer(6, SECOND.key_id) == (SECOND.public, SECOND.key_id)
    assert [schedule.mldsa(p) for p in (9, 10)] == [None, b"another ML-DSA key"]


def test_a_schedule_is_cut_before_a_position_and_goes_on_by_itself():
    schedule = keys.KeySchedule(SIGNER.public, RECOVERY.public, changes())
    for position, count in {1: 0, 5: 0, 6: 1, 9: 1, 10: 2}.items():
        assert schedule.before(position).changes == schedule.changes[:count]
    early = schedule.before(6)
    early.add(keys.KeyChange(6, SECOND.key_id, THIEF.public))
    assert (early.newest.public, schedule.newest.public) == (THIEF.public, THIRD.public)


REFUSED = {
    "comes before": keys.KeyChange(9, THIRD.key_id, THIEF.public),
    "not signed by the key that it replaces": keys.KeyChange(10, SECOND.key_id, THIEF.public),
    "recoveries and nothing else": keys.KeyChange(10, RECOVERY.key_id, THIEF.public),
    "no other key signs them": keys.KeyChange(10, THIRD.key_id, THIEF.public, 3),
    "from the second on": keys.KeyChange(10, RECOVERY.key_id, THIEF.public, 1),
    "up to itself": keys.KeyChange(10, RECOVERY.key_id, THIEF.public, 11),
    "enrolled before": keys.KeyChange(10, THIRD.key_id, SIGNER.public),
    "no key is enrolled twice": keys.KeyChange(10, THIRD.key_id, RECOVERY.public),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_change_that_may_not_be_changes_nothing(why):
    schedule = keys.KeySchedule(SIGNER.public, RECOVERY.public, changes())
    with pytest.raises(IntegrityError, match=why):
        schedule.add(REFUSED[why])
    assert (schedule.changes, len(schedule.lives)) == (changes(), 3)
    with pytest.raises(Malformed, match="small order"):
        schedule.add(keys.KeyChange(10, THIRD.key_id, bytes(32)))


def test_without_a_recovery_key_there_is_no_recovery():
    schedule = keys.KeySchedule(SIGNER.public)
    assert schedule.signer(3, RECOVERY.key_id) is None
    with pytest.raises(IntegrityError, match="recoveries"):
        schedule.add(keys.KeyChange(3, RECOVERY.key_id, SECOND.public, 2))
