"""The records of a verified extract as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from altered import COURT, SELECTED, Made, extracts_of_each_mode
from support import ACTOR, CANARY, fill, found

from ledger import (
    About,
    Choice,
    Shown,
    Trust,
    Withheld,
    create_extract,
    make_card,
    open_extract,
    read_card,
)
from ledger.errors import IntegrityError, Undecided
from ledger.extract_body import MODES
from ledger.proof.commitments import opening


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with extracts_of_each_mode(tmp_path_factory.mktemp("read")) as all_made:
        yield all_made


def readings(made: Made, mode: str, folder: Path) -> list[Any]:
    (folder / mode).write_bytes(made.extracts[mode])
    report, found = open_extract(folder / mode, made.trust)
    assert report.verdict == "verified"
    assert len(found) == report.records
    return found


def test_a_complete_one_reads_as_the_ledger_does_where_nothing_is_withheld(made: Made, tmp_path: Path) -> None:
    for reading in readings(made, "complete", tmp_path):
        stored = made.ledger.reading(reading.position)
        for part in ("hash", "previous", "kind", "name", "declared", "stream", "version", "command_id", "ordinal"):
            assert getattr(reading, part) == getattr(stored, part), part
        for part in ("recorded_us", "recorded_at", "occurred_us", "occurred_at", "known_us", "known_at", "about"):
            assert getattr(reading, part) == getattr(stored, part), part
        for part in ("mode", "editions", "findings", "owed", "ended"):
            assert getattr(reading, part) == getattr(stored, part), part
        if reading.name == "CaseOpened":
            assert (reading.actor, reading.data, reading.event) == (ACTOR, stored.full(), stored.full_event())
        else:
            assert reading.actor is None
            assert reading.value(6) == "[withheld: other]"
            assert reading.data == stored.full() | {"name": "[withheld: third_party]"}
            assert isinstance(reading.data["name"], Withheld)
            assert reading.full() is reading.data
            assert {index: str(why) for index, why in reading.openings().items()} == {
                6: "[withheld: other]",
                11: "[withheld: third_party]",
            }
            assert reading.event == reading.full_event()
            assert "name" not in str(reading.event).replace("name=None", "")


def test_a_selective_one_has_neither_place_nor_time(made: Made, tmp_path: Path) -> None:
    found = readings(made, "selective", tmp_path)
    assert [reading.position for reading in found] == [*SELECTED]
    for reading in found:
        assert (reading.stream, reading.version, reading.command_id, reading.ordinal) == (b"", 0, "", 0)
        assert (reading.recorded_us, reading.recorded_at) == (None, None)
        assert reading.value(2) == "[withheld: not_relevant]"
        assert reading.hash == made.ledger.reading(reading.position).hash
        assert reading.about == About("case", "HM-1")
        assert reading.occurred_at == made.ledger.reading(reading.position).occurred_at


def test_a_statement_has_numbers_alone(made: Made, tmp_path: Path) -> None:
    found = readings(made, "statement", tmp_path)
    assert [(reading.position, reading.hash, reading.previous) for reading in found] == [
        (number, b"", b"") for number in range(1, 5)
    ]
    assert [reading.name for reading in found] == ["CaseOpened", "PersonLinked", "PersonLinked", "PersonLinked"]
    assert (found[1].recorded_at, found[1].version, found[1].data["dob"]) == (None, 0, "2012-03-02")
    assert CANARY not in str(found[1].data)


def test_what_every_record_says_may_all_be_withheld(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 3)
        trust = read_card(make_card(ledger)).trust("HMC")
        linked = ledger.reading(3)
        closed = dict.fromkeys((5, 6, 7, 8, 10), "other") | {9: "third_party"}
        for mode in ("selective", "statement"):
            choice = Choice((("case", "HM-1"),), (Shown(linked, closed),))
            create_extract(ledger, choice, COURT, mode=mode, out=tmp_path / mode, actor=ACTOR)
            reading: Any = open_extract(tmp_path / mode, trust)[1][0]
            assert (reading.about, reading.actor, reading.mode) == (None, None, "")
            assert (reading.occurred_us, reading.occurred_at, reading.known_us, reading.known_at) == (None,) * 4
            assert (reading.editions, reading.findings, reading.owed, reading.ended) == ([], [], [], [])
            assert reading.data["person_id"] == "[withheld: third_party]"
            assert reading.event.person_id == "[withheld]"


def test_what_cannot_be_told_as_an_event_without_a_part_says_so(tmp_path: Path) -> None:
    """The flags that an event needs are no text that another could stand for."""
    with found(tmp_path / "hmc") as ledger:
        genesis = ledger.reading(1)
        choice = Choice((("agency", "agency"),), (Shown(genesis, {13: "other"}),))
        create_extract(ledger, choice, COURT, mode="statement", out=tmp_path / "a", actor=ACTOR)
        _, (reading,) = open_extract(tmp_path / "a", read_card(make_card(ledger)).trust("HMC"))
    assert reading.data["flags"] == "[withheld: other]"
    with pytest.raises(Undecided, match="withholds flags"):
        _ = reading.event


def test_a_kind_that_this_version_does_not_know(made: Made, tmp_path: Path) -> None:
    body = made.body("statement")
    body["records"].append([[0, opening(bytes(16), "case/Later/1")], [20, opening(bytes(16), 7)]])
    (tmp_path / "later").write_bytes(made.signed(body))
    report, found = open_extract(tmp_path / "later", made.trust)
    assert report.verdict == "verified"
    later = found[-1]
    assert (later.name, later.declared, later.data, later.full()) == ("case/Later/1", None, {}, {})
    assert (later.value(20), later.value(9), len(later.leaves)) == (7, "[withheld]", 21)


@pytest.mark.parametrize("when", [["noon", "noon"], [b"", {}], [], 7])
def test_a_time_that_is_none_is_said_of_the_record(made: Made, tmp_path: Path, when: Any) -> None:
    """What its agency signed may be no time at all: the verdict is on the signature, not on what is in the field."""
    body = made.body("statement")
    pair = next(pair for pair in body["records"][0] if pair[0] == 7)
    pair[1] = opening(bytes(16), when)
    (tmp_path / "when").write_bytes(made.signed(body))
    report, (reading, *_) = open_extract(tmp_path / "when", made.trust)
    assert report.verdict == "verified"
    for part in ("occurred_at", "known_at"):
        with pytest.raises(IntegrityError, match="Record 1 cannot be read"):
            getattr(reading, part)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_read_of_one_that_does_not_verify(made: Made, mode: str, tmp_path: Path) -> None:
    data = made.extracts[mode]
    (tmp_path / "a").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert open_extract(tmp_path / "a", made.trust)[1] == []
    (tmp_path / "b").write_bytes(data)
    report, found = open_extract(tmp_path / "b", Trust("another", charter_sha256=bytes(32)))
    assert (report.verdict, found) == ("undecided", [])
