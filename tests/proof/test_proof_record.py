import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed, NewerVersion
from ledger.proof import record

b16, b32 = st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32)
headers = st.builds(record.Header, b16, st.integers(1, 2**53 - 1), b32, st.integers(0, 2**53 - 1), b32, b32)


@given(headers)
def test_a_header_round_trips(header):
    data = record.header_to_bytes(header)
    assert len(data) == record.HEADER_SIZE
    assert record.header_from_bytes(data) == record.header_from_bytes(data + bytes(64)) == header
    assert data[record.CONTENT_AT :] == header.content
    assert data[record.KEY_AT : record.CONTENT_AT] == header.key_id


@given(st.binary(max_size=200))
def test_other_bytes_are_no_header(data):
    try:
        record.header_from_bytes(data)
    except (Malformed, NewerVersion):
        return
    assert data[0] == 1
    assert len(data) in (129, 193)


def test_a_newer_format_says_so():
    with pytest.raises(NewerVersion):
        record.header_from_bytes(b"\x02" + bytes(128))
    with pytest.raises(Malformed):
        record.header_from_bytes(bytes(129))


@pytest.mark.parametrize(
    "part",
    [{"ledger": b"x"}, {"previous": bytes(31)}, {"key_id": bytes(33)}, {"content": b""}, {"position": 0}, {"hour": -1}],
)
def test_a_part_of_another_size_is_refused_not_padded(part):
    header = record.Header(bytes(16), 1, bytes(32), 0, bytes(32), bytes(32))
    with pytest.raises(Malformed):
        record.header_to_bytes(header._replace(**part))


def test_practice_has_its_own_tag():
    assert record.signed_message(b"h", practice=False) == b"ruleseven/record/v1\0h"
    assert record.signed_message(b"h", practice=True) == b"ruleseven/practice/v1\0h"
