import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
from ledger.proof import charter, keys, values

A, B = (keys.FileSigner.from_seed(bytes([i]) * 32).public for i in (1, 2))
GOOD = charter.Charter("E1", "An agency", A, B, bytes(32), False, 1, bytes(16))


def test_a_charter_round_trips():
    assert charter.Charter.from_bytes(GOOD.to_bytes()) == GOOD
    assert charter.ledger_id(GOOD.to_bytes()) != charter.ledger_id(GOOD._replace(practice=True).to_bytes())


@pytest.mark.parametrize(
    "part",
    [
        {"agency_id": ""}, {"name": ""}, {"name": 7}, {"public": bytes(32)}, {"recovery_public": b"\x01" + bytes(31)},
        {"recovery_public": A}, {"mldsa_hash": b""}, {"practice": 0}, {"practice": None},
        {"created": -1}, {"created": True},
        {"nonce": bytes(15)}, {"name": "a\u202eb"},
    ],
)  # fmt: skip
def test_a_charter_with_a_weak_key_or_an_odd_part_is_refused(part):
    bad = GOOD._replace(**part)
    with pytest.raises(Malformed):
        bad.to_bytes()
    with pytest.raises(Malformed):
        charter.Charter.from_bytes(values.pack_trusted(tuple(bad)))


@given(st.binary(max_size=100))
def test_other_bytes_are_no_charter(data):
    with pytest.raises(Malformed):
        charter.Charter.from_bytes(data)


@given(st.none() | st.text(max_size=5) | st.binary(max_size=100))
def test_leaves_without_a_charter_have_none(leaves):
    assert charter.charter_of(leaves, bytes(16)) is None


@pytest.mark.parametrize("fields", [[], [None] * 10, [None] * 14, [None] * 16, [...] * 15])
def test_a_genesis_of_another_length_or_closed_proves_nothing(fields):
    with pytest.raises(IntegrityError):
        charter.check_genesis(fields, bytes(16), False)


def test_the_charter_in_a_genesis_is_read_only_for_its_own_ledger(make):
    chain = make.real()
    assert charter.charter_of(chain.rows[0].leaves, chain.ledger) == charter.Charter.from_bytes(chain.charter)
    assert charter.charter_of(chain.rows[0].leaves, bytes(16)) is None
    assert charter.charter_of(chain.rows[1].leaves, chain.ledger) is None
