"""A signed extract: complete, checked offline, and refused whatever is altered, by whomever."""

from __future__ import annotations

import hashlib
import json
import stat
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, CANARY, fill, found, person

from ledger import About, Ledger, Purpose, Trust, check_extract, create_extract, read_card, verify_extract, write_card
from ledger.errors import ForeignFile, IntegrityError, Malformed, Refused, StorageError, UnknownId
from ledger.proof import values
from ledger.proof.envelope import open_body, sign_body
from ledger.trust import CARD_TAG

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
    genesis, mldsa = ledger.reading(1).row.record, ledger.reading(1).data["mldsa_public"]
    return write_card(ledger.charter, genesis, (head.position, head.hash), ledger.keyring.signer, mldsa=mldsa)


def test_it_verifies_and_shows_what_was_sealed(extract: bytes, trust: Trust) -> None:
    report = check_extract(extract, trust)
    assert (report.verdict, report.records, report.withheld, report.first_bad) == ("verified", 7, 0, None)
    assert (report.agency, report.trust, report.practice) == ("Harrowmere City Council", "the council", True)
    assert CANARY.encode() in extract


def test_it_was_recorded_with_its_hash(ledger: Ledger, extract: bytes) -> None:
    issued = next(r for r in ledger.readings() if r.name == "ExtractIssued")
    assert issued.data["sha256"] == hashlib.sha256(extract).hexdigest()
    assert issued.about.type == "operations"


def test_an_extract_without_a_basis_is_refused_and_not_written(ledger: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "none.r7x"
    with pytest.raises(Refused) as caught:
        create_extract(ledger, CASE, COURT.__class__("", "", "", "", ""), out=out, actor=ACTOR)
    assert caught.value.rules == ("EX-01", "EX-03")
    assert list(tmp_path.iterdir()) == []


def test_what_is_withheld_is_listed_with_its_reason(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 8)
        ledger.erase("person", "P0", reason="asked for", authority="the DPO", actor=ACTOR)
        made = create_extract(ledger, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
        issued = next(r for r in ledger.readings() if r.name == "ExtractIssued")
        assert issued.data["redactions"] == [{"reason": "erased", "count": made.withheld}]
        assert made.withheld > 0


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


def another_given(body: dict[str, Any]) -> None:
    body["given"]["colour"] = "blue"


def one_given_less(body: dict[str, Any]) -> None:
    del body["given"]["basis"]


def a_head_before_the_first(body: dict[str, Any]) -> None:
    body["head"][0] = 0


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
        (another_given, (0, 0)),
        (one_given_less, (0, 0)),
        (a_head_before_the_first, (0, 9)),
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
        genesis, mldsa = ledger.reading(1).row.record, ledger.reading(1).data["mldsa_public"]
        forged = write_card(ledger.charter, genesis, (head.position, head.hash), other.keyring.signer, mldsa=mldsa)
    with pytest.raises(IntegrityError, match="not signed by the key"):
        read_card(forged)


def test_records_added_later_do_not_disturb_it(ledger: Ledger, extract: bytes, trust: Trust) -> None:
    ledger.record(person(99), actor=ACTOR)
    assert check_extract(extract, trust).verdict == "verified"


def test_the_trusted_head_is_held_against_it(ledger: Ledger, extract: bytes, trust: Trust) -> None:
    """Step 9: at the extract's head, at its records, at the genesis. A position it does not show is no matter."""
    report = check_extract(extract, trust)
    for position in (1, 2, 4, report.head[0]):
        true = replace(trust, head=(position, ledger.reading(position).hash))
        assert check_extract(extract, true).verdict == "verified", position
        other = check_extract(extract, replace(trust, head=(position, bytes(32))))
        assert (other.verdict, other.first_bad and other.first_bad[:2]) == ("failed", (position, 9))
    beyond = replace(trust, head=(report.head[0] + 1, bytes(32)))
    assert check_extract(extract, beyond).verdict == "verified"


OPENING = b"\x92\xc4\x10" + bytes(16)
BOMBS: dict[str, Callable[[dict[str, Any]], None]] = {
    "a million empty lists": lambda body: body.update(records=[[]] * 1_000_000),
    "sixteen million": lambda body: body.update(records=[[]] * 16_000_000),
    "a million keys out of order": lambda body: body.update(given={f"\u00e9{n}": "" for n in range(500_000, 0, -1)}),
    "a field of many": lambda body: body["genesis"][1].__setitem__(
        12, b"\1" + OPENING + b"\xdd\0\x07\0\0" + b"\x90" * (7 << 16)
    ),
    "a million leaves": lambda body: body["genesis"].__setitem__(1, [b"\0"] * 1_000_000),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_what_a_stranger_sends_costs_little_before_it_is_refused(
    extract: bytes, trust: Trust, bomb: Callable[[dict[str, Any]], None]
) -> None:
    """Nobody signed it: whatever the file asks for, a verdict comes soon and without a gigabyte of memory."""
    body = values.decode(open_body(extract).body)
    bomb(body)
    planted = values.decode(extract) | {"body": values.pack_trusted(body)}
    data = values.pack_trusted(planted)
    del body, planted
    begun = time.process_time()
    assert check_extract(data, trust).verdict == "failed"
    assert time.process_time() - begun < 5  # about 1 here
    tracemalloc.start()
    check_extract(data, trust)
    assert tracemalloc.get_traced_memory()[1] < 300 << 20
    tracemalloc.stop()


def test_a_file_larger_than_an_extract_may_be(extract: bytes, trust: Trust, tmp_path: Path) -> None:
    (tmp_path / "large.r7x").write_bytes(extract + bytes(32 << 20))
    with pytest.raises(ForeignFile, match="32 MiB"):
        verify_extract(tmp_path / "large.r7x", trust)


def test_an_extract_that_would_not_verify_is_not_made(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 5)
    content = ledger.folder.records.read_bytes()
    at = content.index(b"child", content.index(b"child") + 1)
    ledger.folder.records.write_bytes(content[:at] + b"x" + content[at + 1 :])
    with Ledger.open(tmp_path / "hmc") as ledger:
        before = ledger.head()
        with pytest.raises(IntegrityError) as caught:
            create_extract(ledger, CASE, COURT, out=tmp_path / "case.r7x", actor=ACTOR)
        assert caught.value.position is not None
        assert ledger.head() == before
    assert not [path for path in tmp_path.iterdir() if "r7x" in path.name]


# What is left when it is interrupted


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Ledger]:
    with found(tmp_path / "hmc") as made:
        fill(made, 3)
        yield made


def issued(ledger: Ledger) -> list[str]:
    return [r.data["sha256"] for r in ledger.readings() if r.name == "ExtractIssued"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if "r7x" in path.name)


def test_the_file_is_its_owners_alone(small: Ledger, tmp_path: Path) -> None:
    create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert stat.S_IMODE((tmp_path / "a.r7x").stat().st_mode) == 0o600
    assert files(tmp_path) == ["a.r7x"]


def test_what_was_recorded_is_kept_though_it_cannot_be_placed(
    small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ledger.extract.os.link", refused)
    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(StorageError, match=r"\.a\.r7x\.part"):
        create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert files(tmp_path) == [".a.r7x.part"]
    assert issued(small) == [sha256(tmp_path / ".a.r7x.part")]
    with pytest.raises(ForeignFile, match="rename it; else remove it"):
        create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert len(issued(small)) == 1


def test_without_links_it_is_renamed(small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("ledger.extract.os.link", unsupported)
    create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert files(tmp_path) == ["a.r7x"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_meanwhile_is_not_replaced(
    small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    record = small.record

    def record_slowly(*args: Any, **kwargs: Any) -> Any:
        (tmp_path / "a.r7x").write_text("somebody else's")
        return record(*args, **kwargs)

    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(small, "record", record_slowly)
    if not links:
        monkeypatch.setattr("ledger.extract.os.link", unsupported)
    with pytest.raises(ForeignFile, match="recorded as issued and is kept as"):
        create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert (tmp_path / "a.r7x").read_text() == "somebody else's"
    assert issued(small) == [sha256(tmp_path / ".a.r7x.part")]


@pytest.mark.parametrize("stored", [True, False])
def test_an_interrupt_leaves_the_file_if_and_only_if_it_was_recorded(
    small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    record = small.record

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        if stored:
            record(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(small, "record", interrupted)
    with pytest.raises(KeyboardInterrupt):
        create_extract(small, CASE, COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert files(tmp_path) == (["a.r7x"] if stored else [])
    assert len(issued(small)) == int(stored)


# Whom one trusts


TRUSTED = {"ruleseven": "trust", "name": "HMC", "charter_sha256": "ab" * 32, "head": {"position": 7, "hash": "0" * 64}}
WRONG = {
    "nested": '{"ruleseven": "trust", "name": ' + "[" * 100_000,
    "an endless position": json.dumps(TRUSTED).replace("7", "1e999"),
    "a long position": json.dumps(TRUSTED).replace("7", "7" * 5000),
    "a truth value for a position": TRUSTED | {"head": {"position": True, "hash": "0" * 64}},
    "a fraction": TRUSTED | {"head": {"position": 3.7, "hash": "0" * 64}},
    "a negative fraction": TRUSTED | {"head": {"position": -3.7, "hash": "0" * 64}},
    "no position": TRUSTED | {"head": {"hash": "0" * 64}},
    "position 0": TRUSTED | {"head": {"position": 0, "hash": "0" * 64}},
    "a position in a text": TRUSTED | {"head": {"position": "7", "hash": "0" * 64}},
    "a list for a head": TRUSTED | {"head": [7, "0" * 64]},
    "false for a head": TRUSTED | {"head": False},
    "a short hash": TRUSTED | {"head": {"position": 7, "hash": "0" * 62}},
    "a hash with spaces": TRUSTED | {"charter_sha256": " ".join(["ab"] * 32)},
    "a number for a hash": TRUSTED | {"charter_sha256": int("1" * 64)},
    "no hash": {key: value for key, value in TRUSTED.items() if key != "charter_sha256"},
    "a list for a name": TRUSTED | {"name": ["HMC"]},
    "no name": TRUSTED | {"name": None},
    "an empty name": TRUSTED | {"name": " "},
    "a long name": TRUSTED | {"name": "x" * 201},
    "a name that turns a line around": TRUSTED | {"name": "\u202eHMC"},
    "half a surrogate": TRUSTED | {"name": "\ud800"},
    "a key nobody knows": TRUSTED | {"revoked": True},
    "a key twice": json.dumps(TRUSTED)[:-1] + ', "name": "TVP"}',
}


def test_a_trust_file_as_it_must_be(tmp_path: Path) -> None:
    (tmp_path / "trust").write_text(json.dumps(TRUSTED))
    assert Trust.load(tmp_path / "trust").head == (7, bytes(32))


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG.keys())
def test_a_trust_file_that_cannot_be_meant(tmp_path: Path, content: Any) -> None:
    (tmp_path / "trust").write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(Malformed, match="trust is not an intact trust file"):
        Trust.load(tmp_path / "trust")


def altered_card(ledger: Ledger, **parts: Any) -> bytes:
    """The ledger's card with other parts, signed with the true key."""
    body = values.decode(open_body(card_of(ledger)).body) | parts
    return sign_body(values.encode(body), ledger.id, ledger.signer, CARD_TAG)


def test_every_part_of_a_card_is_checked(ledger: Ledger) -> None:
    genesis, second = (ledger.reading(position).row.record for position in (1, 2))
    wrong: list[dict[str, Any]] = [
        {"genesis": second},
        {"genesis": genesis[:-1]},
        {"genesis": genesis[:-1] + bytes([genesis[-1] ^ 1])},
        {"genesis": b""},
        {"genesis": None},
        {"practice": False},
        {"practice": 1},
        {"head": [0, bytes(32)]},
        {"head": [-1, bytes(32)]},
        {"head": [True, bytes(32)]},
        {"head": [8, bytes(31)]},
        {"head": [1, bytes(32)]},
        {"head": [8]},
        {"head": {}},
        {"charter": b"x"},
        {"mldsa": bytes(1312)},
        {"mldsa": b""},
        {"more": 1},
    ]
    for parts in wrong:
        with pytest.raises((Malformed, IntegrityError)):
            read_card(altered_card(ledger, **parts))
    assert read_card(altered_card(ledger, head=[1, ledger.reading(1).hash])).head[0] == 1
