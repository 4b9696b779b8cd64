"""A signed extract: complete, checked offline, and refused whatever is altered, by whomever."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, CANARY, fill, found, opened, person

from ledger import (
    LOCKED,
    About,
    Choice,
    Ledger,
    Purpose,
    Shown,
    Trust,
    check_extract,
    create_extract,
    make_card,
    read_card,
    showing,
    sign_checkpoint,
    verify_extract,
    write_card,
)
from ledger.errors import ForeignFile, IntegrityError, Malformed, Refused, StorageError, UnknownId
from ledger.extract_body import GIVEN, Body, read, sign
from ledger.proof import values
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.keys import FileSigner
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
    made = create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=out, actor=ACTOR)
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
        create_extract(
            ledger, showing.complete(ledger, [CASE]), COURT.__class__("", "", "", "", ""), out=out, actor=ACTOR
        )
    assert caught.value.rules == ("EX-01", "EX-03")
    assert list(tmp_path.iterdir()) == []


def test_what_is_withheld_is_listed_with_its_reason(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 8)
        ledger.erase("person", "P0", reason="asked for", authority="the DPO", actor=ACTOR)
        made = create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
        issued = next(r for r in ledger.readings() if r.name == "ExtractIssued")
        assert issued.data["redactions"] == [{"reason": "erased", "count": made.withheld}]
        assert made.withheld > 0


def test_a_selective_one_shows_what_was_chosen(ledger: Ledger, trust: Trust, tmp_path: Path) -> None:
    chosen = [Shown(ledger.reading(3)), Shown(ledger.reading(5), {9: "third_party", 4: "other"})]
    choice = Choice((("case", "HM-1"),), tuple(chosen), (("case", "HM-2", "not_relevant"),))
    made = create_extract(
        ledger, choice, COURT, mode="selective", out=tmp_path / "a", actor=ACTOR, recipient=bytes(range(16))
    )
    report = verify_extract(tmp_path / "a", trust)
    assert (report.verdict, report.mode, report.records) == ("verified", "selective", 2)
    assert (made.records, made.opened, made.withheld) == (2, report.opened, report.withheld)
    assert report.withheld == 2 * 4 + 1
    assert report.absent == (("case", "HM-2", "not_relevant"),)
    assert report.recipient == bytes(range(16))
    body = values.decode(open_body((tmp_path / "a").read_bytes()).body)
    listed = [entry for entry in body["withheld"] if entry[0] == 5]
    assert listed == [[5, index, "other" if index == 4 else "not_relevant"] for index in range(1, 5)] + [
        [5, 9, "third_party"]
    ]


def test_a_notice_alone_records_nothing_of_its_own(ledger: Ledger, trust: Trust, tmp_path: Path) -> None:
    before = ledger.head()
    choice = Choice((("case", "HM-1"),), (Shown(ledger.reading(3)),))
    create_extract(ledger, choice, COURT, mode="selective", out=tmp_path / "a", actor=ACTOR, record=False)
    assert ledger.head() == before
    assert verify_extract(tmp_path / "a", trust).verdict == "verified"


def test_what_else_is_said_of_it_is_recorded(ledger: Ledger, tmp_path: Path) -> None:
    besides = {"extract_id": "EX-9", "how": {"method": "secure_email"}}
    chosen = showing.complete(ledger, [CASE])
    create_extract(ledger, chosen, COURT, out=tmp_path / "a", actor=ACTOR, issued=besides)
    issued = next(r for r in ledger.readings() if r.data.get("extract_id") == "EX-9")
    assert issued.data["about"] == [{"type": "case", "id": "HM-1"}]
    assert issued.data["how"] == {"method": "secure_email"}


def test_a_stream_that_grew_since_it_was_chosen_is_not_given_as_whole(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 4)
        chosen = showing.complete(ledger, [CASE])
        ledger.record(opened("HM-2"), actor=ACTOR)
        create_extract(ledger, chosen, COURT, out=tmp_path / "a", actor=ACTOR)
        ledger.record(person(9), actor=ACTOR)
        with pytest.raises(StorageError, match="added to case HM-1 meanwhile"):
            create_extract(ledger, chosen, COURT, out=tmp_path / "b", actor=ACTOR)
        create_extract(ledger, chosen, COURT, mode="selective", out=tmp_path / "c", actor=ACTOR)
    assert not (tmp_path / "b").exists()


def test_what_is_locked_is_not_available(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 3)
        trust = read_card(make_card(ledger)).trust("HMC")
        chosen = showing.complete(ledger, [CASE])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger.keyring, "scope_key", lambda _: LOCKED)
            made = create_extract(ledger, chosen, COURT, out=tmp_path / "a", actor=ACTOR)
        assert verify_extract(tmp_path / "a", trust).reasons == (("not_available", made.withheld),)
        assert made.withheld > 0
        assert CANARY.encode() not in (tmp_path / "a").read_bytes()


def test_a_statement_tells_nothing_of_what_else_there_is(tmp_path: Path) -> None:
    """From a ledger with hidden records and from one without: the same shape, counts and length."""
    shapes = []
    for hidden in (0, 40):
        with found(tmp_path / f"hmc{hidden}", practice=False) as ledger:
            ledger.record(opened(), actor=ACTOR)
            for number in range(hidden):
                ledger.record(person(1000 + number), actor=ACTOR)
                ledger.record(opened(f"HM-{number}-hidden"), actor=ACTOR)
            ledger.record(person(1), actor=ACTOR)
            mine = [r for r in ledger.readings(about=CASE) if r.name == "CaseOpened" or r.data["person_id"] == "P1"]
            chosen = tuple(Shown(reading, {6: "other"}) for reading in mine)
            out = tmp_path / f"{hidden}.r7x"
            choice = Choice((("case", "HM-1"),), chosen)
            create_extract(ledger, choice, COURT, mode="statement", out=out, actor=ACTOR)
            assert verify_extract(out, read_card(make_card(ledger)).trust("HMC")).verdict == "verified"
            issued = next(r for r in ledger.readings() if r.name == "ExtractIssued")
        body = values.decode(open_body(out.read_bytes()).body)
        said = {name: body[name] for name in ("about", "absent", "given", "keys", "mode", "proof", "withheld")}
        fields = [[index for index, _ in record] for record in body["records"]]
        recorded = {name: value for name, value in issued.data.items() if name not in ("sha256", "words")}
        shapes.append((said, fields, len(out.read_bytes()), shape(body), recorded))
    assert shapes[0] == shapes[1]
    assert shapes[0][2] == 16 << 10


def shape(value: Any) -> Any:
    """What kinds of values there are, and how many; how long bytes are, but for what fills up."""
    if type(value) is dict:
        return {name: shape(part) for name, part in value.items() if name != "pad"}
    return [shape(part) for part in value] if type(value) is list else type(value)


@pytest.mark.parametrize("words", range(0, 600, 7))
def test_statements_come_in_few_lengths(words: int) -> None:
    """Also where the length of what fills up, or of the body, is itself written in another number of bytes."""
    signer = FileSigner.from_seed(bytes(32))
    body = Body(
        about=[],
        absent=[],
        checkpoint=b"",
        genesis=[],
        given=dict.fromkeys(GIVEN, ""),
        head=b"",
        keys=[],
        made=0,
        mode="statement",
        practice=True,
        proof=[],
        recipient=b"",
        records=[bytes(15_400 + words)],
        withheld=[],
    )
    data = sign(body, bytes(16), signer)
    assert len(data) in (16 << 10, 32 << 10)
    assert read(open_body(data).body) == body


@pytest.mark.parametrize(
    "change", ["zeroblob(8192) || substr(hashes, 8193)", "substr(hashes, 1, 8192) || zeroblob(512)"]
)
def test_no_altered_hash_of_the_cache_gets_into_an_extract(tmp_path: Path, change: str) -> None:
    """Whether leaves or what is between them and the root: the tree is built anew, and the extract verifies."""
    with found(tmp_path / "ledger") as ledger:
        fill(ledger, 8)
        ledger.record_atomic([opened("HM-9"), *(person(number, "HM-9") for number in range(300))], actor=ACTOR)
        sign_checkpoint(ledger)
        with closing(sqlite3.connect(ledger.folder.tiles)) as db, db:
            assert (
                db.execute(f"UPDATE tiles SET hashes = CAST({change} AS BLOB) WHERE length(hashes) = 8704").rowcount
                == 1
            )
        out = tmp_path / "case.r7x"
        create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=out, actor=ACTOR)
        assert verify_extract(out, read_card(make_card(ledger)).trust()).verdict == "verified"
        with closing(sqlite3.connect(ledger.folder.tiles)) as db:
            (built,) = db.execute("SELECT hashes FROM tiles WHERE length(hashes) = 8704").fetchone()
        assert built[:32] == ledger.reading(1).row.hash
        assert bytes(32) not in (built[:32], built[8192:8224])


def test_an_unknown_case_and_an_existing_file_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UnknownId, match="no case HM-9"):
        create_extract(
            ledger, showing.complete(ledger, [About("case", "HM-9")]), COURT, out=tmp_path / "a.r7x", actor=ACTOR
        )
    (tmp_path / "b.r7x").write_bytes(b"mine")
    with pytest.raises(ForeignFile, match="exists already"):
        create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=tmp_path / "b.r7x", actor=ACTOR)
    assert (tmp_path / "b.r7x").read_bytes() == b"mine"


@pytest.mark.parametrize("size", [0, 1, 10, 200, 5000])
def test_a_truncated_extract_is_refused(extract: bytes, trust: Trust, size: int) -> None:
    try:
        assert check_extract(extract[:size], trust).verdict == "failed"
    except ForeignFile:
        assert size < 10


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
            create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=tmp_path / "case.r7x", actor=ACTOR)
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
    create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert stat.S_IMODE((tmp_path / "a.r7x").stat().st_mode) == 0o600
    assert files(tmp_path) == ["a.r7x"]


def test_what_was_recorded_is_kept_though_it_cannot_be_placed(
    small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ledger.extract_file.os.link", refused)
    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(StorageError, match=r"\.a\.r7x\.part"):
        create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert files(tmp_path) == [".a.r7x.part"]
    assert issued(small) == [sha256(tmp_path / ".a.r7x.part")]
    with pytest.raises(ForeignFile, match="rename it; else remove it"):
        create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
    assert len(issued(small)) == 1


def test_without_links_it_is_renamed(small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("ledger.extract_file.os.link", unsupported)
    create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
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
        monkeypatch.setattr("ledger.extract_file.os.link", unsupported)
    with pytest.raises(ForeignFile, match="recorded as issued and is kept as"):
        create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
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
        create_extract(small, showing.complete(small, [CASE]), COURT, out=tmp_path / "a.r7x", actor=ACTOR)
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
