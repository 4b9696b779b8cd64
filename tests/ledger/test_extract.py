"""A signed extract: complete, checked offline, and refused whatever is altered, by whomever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, CANARY, fill, found, person

from ledger import About, Ledger, Purpose, Trust, check_extract, create_extract, read_card, verify_extract, write_card
from ledger.errors import ForeignFile, IntegrityError, Refused, UnknownId
from ledger.proof import values
from ledger.proof.envelope import open_body, sign_body

CASE = About("case", "HM-1")
COURT = Purpose(
    to="Harrowmere Family Court",
    purpose="court_order",
    basis="6(c)",
    reasons="ordered on 2 March",
    marking="OFFICIAL-SENSITIVE",
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with found(tmp_path_factory.mktemp("extract") / "hmc") as made:
        fill(made, 8)
        yield made


@pytest.fixture(scope="module")
def trust(ledger: Ledger) -> Trust:
    return read_card(card_of(ledger)).trust("the council")


@pytest.fixture(scope="module")
def extract(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("out") / "case.r7x"
    made = create_extract(ledger, CASE, COURT, out=out, actor=ACTOR)
    assert (made.records, made.withheld) == (7, 0)
    return out.read_bytes()


def card_of(ledger: Ledger) -> bytes:
    head = ledger.head()
    return write_card(ledger.charter, ledger.reading(1).row.record, (head.position, head.hash), ledger.keyring.signer)


def test_it_verifies_and_shows_what_was_sealed(extract: bytes, trust: Trust) -> None:
    report = check_extract(extract, trust)
    assert (report.verdict, report.records, report.withheld, report.first_bad) == ("verified", 7, 0, None)
    assert (report.agency, report.trust, report.practice) == ("Harrowmere City Council", "the council", True)
    assert CANARY.encode() in extract


def test_it_was_recorded_with_its_hash(ledger: Ledger, extract: bytes) -> None:
    issued = next(r for r in ledger.readings() if r.name == "ExtractIssued")
    assert issued.data["sha256"] == __import__("hashlib").sha256(extract).hexdigest()
    assert issued.about.type == "operations"


def test_an_extract_without_a_basis_is_refused_and_not_written(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "none.r7x"
    with pytest.raises(Refused) as caught:
        create_extract(ledger, CASE, COURT.__class__("", "", "", "", ""), out=out, actor=ACTOR)
    assert caught.value.rules == ("EX-01", "EX-03")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_case_and_an_existing_file_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UnknownId, match="no case HM-9"):
        create_extract(ledger, About("case", "HM-9"), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    (tmp_path / "b.r7x").write_bytes(b"mine")
    with pytest.raises(ForeignFile, match="exists already"):
        create_extract(ledger, CASE, COURT, out=tmp_path / "b.r7x", actor=ACTOR)
    assert (tmp_path / "b.r7x").read_bytes() == b"mine"


def test_every_flipped_byte_is_refused(extract: bytes, trust: Trust) -> None:
    """Each byte in turn, one bit of it; none accepts, none crashes."""
    for at in range(len(extract)):
        altered = extract[:at] + bytes([extract[at] ^ (1 << (at % 8))]) + extract[at + 1 :]
        try:
            verdict = check_extract(altered, trust).verdict
        except ForeignFile:
            continue
        assert verdict in ("failed", "undecided"), at


@pytest.mark.parametrize("size", [0, 1, 10, 200, 5000])
def test_a_truncated_extract_is_refused(extract: bytes, trust: Trust, size: int) -> None:
    try:
        assert check_extract(extract[:size], trust).verdict == "failed"
    except ForeignFile:
        assert size < 10


def resigned(ledger: Ledger, extract: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The extract with its body changed, signed again with the true key."""
    body = values.decode(open_body(extract).body)
    change(body)
    return sign_body(values.encode(body), ledger.id, ledger.keyring.signer)


def drop(body: dict[str, Any]) -> None:
    del body["records"][3]


def drop_last(body: dict[str, Any]) -> None:
    del body["records"][-1]


def swap(body: dict[str, Any]) -> None:
    body["records"][2], body["records"][3] = body["records"][3], body["records"][2]


def another_opening(body: dict[str, Any]) -> None:
    body["records"][2][1][11] = body["records"][3][1][11]


def withhold_silently(body: dict[str, Any]) -> None:
    body["records"][2][1][11] = b"\0" + bytes(32)


def unlisted(body: dict[str, Any]) -> None:
    body["withheld"].append([body["head"][0], 11, "third party"])


def another_ciphertext(body: dict[str, Any]) -> None:
    body["records"][2][2] = [bytes(32)]


def forged_signature(body: dict[str, Any]) -> None:
    record = body["records"][2][0]
    body["records"][2][0] = record[:-1] + bytes([record[-1] ^ 1])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop, (6, 8)),
        (drop_last, (7, 8)),
        (swap, (5, 8)),
        (another_opening, (4, 7)),
        (withhold_silently, (4, 7)),
        (unlisted, (8, 8)),
        (another_ciphertext, (4, 7)),
        (forged_signature, (4, 6)),
    ],
)
def test_what_the_agency_itself_altered_and_signed_is_named(
    ledger: Ledger, extract: bytes, trust: Trust, change: Callable[[dict[str, Any]], None], expected: tuple[int, int]
) -> None:
    report = check_extract(resigned(ledger, extract, change), trust)
    assert report.verdict == "failed"
    assert report.first_bad is not None
    assert report.first_bad[:2] == expected, report.first_bad


def test_another_agency_is_not_trusted(ledger: Ledger, extract: bytes, tmp_path: Path) -> None:
    with found(tmp_path / "other") as other:
        stranger = read_card(card_of(other)).trust("somebody else")
    report = check_extract(extract, stranger)
    assert report.verdict == "undecided"
    assert report.first_bad is not None
    assert "Harrowmere City Council" in report.first_bad[2]


def test_a_card_a_trust_file_and_a_vkey_all_do(ledger: Ledger, extract: bytes, tmp_path: Path) -> None:
    (tmp_path / "case.r7x").write_bytes(extract)
    (tmp_path / "hmc.card").write_bytes(card_of(ledger))
    (tmp_path / "hmc.json").write_text(read_card(card_of(ledger)).trust("HMC").to_json())
    (tmp_path / "hmc.vkey").write_text(ledger.vkey + "\n")
    for name in ("hmc.card", "hmc.json", "hmc.vkey"):
        assert verify_extract(tmp_path / "case.r7x", Trust.load(tmp_path / name)).verdict == "verified", name


def test_a_card_signed_by_somebody_else_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with found(tmp_path / "other") as other:
        head = ledger.head()
        forged = write_card(
            ledger.charter, ledger.reading(1).row.record, (head.position, head.hash), other.keyring.signer
        )
    with pytest.raises(IntegrityError, match="not signed by the key"):
        read_card(forged)


def test_records_added_later_do_not_disturb_it(ledger: Ledger, extract: bytes, trust: Trust) -> None:
    ledger.record(person(99), actor=ACTOR)
    assert check_extract(extract, trust).verdict == "verified"
