from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion
from ledger.proof import envelope, keys, values

SIGNER = keys.FileSigner.from_seed(bytes(32))
LEDGER = bytes(range(16))
FILE = envelope.sign_body(b"the body", LEDGER, SIGNER)


def test_a_signed_file_opens():
    opened = envelope.open_body(FILE)
    assert opened[:3] == (LEDGER, SIGNER.key_id, b"the body")
    assert envelope.check_body(opened, SIGNER.public) is True


def test_every_changed_byte_is_seen():
    for at in range(len(FILE)):
        with pytest.raises((Malformed, ForeignFile, NewerVersion, IntegrityError)):
            envelope.check_body(envelope.open_body(FILE[:at] + bytes([FILE[at] ^ 2]) + FILE[at + 1 :]), SIGNER.public)


def test_every_shorter_file_is_refused():
    for size in range(len(FILE)):
        with pytest.raises((Malformed, ForeignFile)):
            envelope.open_body(FILE[:size])


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda tail: FILE[:8] + tail))
def test_other_bytes_are_refused(data):
    with pytest.raises((Malformed, ForeignFile)):
        envelope.open_body(data)


def test_another_key_tag_or_ledger_is_seen():
    opened = envelope.open_body(FILE)
    with pytest.raises(IntegrityError, match="another key"):
        envelope.check_body(opened, keys.FileSigner.from_seed(bytes([1]) * 32).public)
    with pytest.raises(IntegrityError):
        envelope.check_body(opened, SIGNER.public, b"ruleseven/card/v1\0")
    with pytest.raises(IntegrityError):
        envelope.check_body(opened._replace(ledger=bytes(16)), SIGNER.public)
    with pytest.raises(Malformed):
        envelope.check_body(opened, bytes(32))


def test_newer_foreign_and_large():
    parts = values.decode(FILE)
    with pytest.raises(NewerVersion):
        envelope.open_body(values.encode(parts | {"format": 2, "more": 1}))
    foreign: list[Any] = [b"", b"%PDF-1.7", values.encode({"bodx": 1}), values.encode([1]), None]
    for other in foreign:
        with pytest.raises(ForeignFile):
            envelope.open_body(other)
    for part in ({"format": 0}, {"format": True}, {"sig": b"x"}, {"key": None}, {"ledger": bytes(15)}, {"more": 1}):
        with pytest.raises(Malformed):
            envelope.open_body(values.encode(parts | part))
    with pytest.raises(Malformed):
        envelope.open_body(FILE, max_size=20)
