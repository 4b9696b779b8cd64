"""Every check of an extract, in the order of the format: what the agency itself altered and signed is named exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from altered import (
    CASES,
    COURT,
    OF_CASES,
    RECOVERED,
    ROTATED,
    SELECTED,
    SIZE,
    Change,
    Made,
    Where,
    extracts_of_each_mode,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ACTOR, fill, found

from ledger import About, ExtractReport, Trust, check_extract, create_extract, make_card, read_card, showing
from ledger.errors import ForeignFile
from ledger.extract_body import MODES
from ledger.proof import values
from ledger.proof.envelope import open_body, sign_body
from ledger.trust import KnownChange


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with extracts_of_each_mode(tmp_path_factory.mktemp("altered")) as all_made:
        yield all_made


def verdict(report: ExtractReport) -> tuple[str, Where]:
    return report.verdict, report.first_bad[:2] if report.first_bad else (0, 0)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_whole_verifies(made: Made, mode: str) -> None:
    report = check_extract(made.extracts[mode], made.trust)
    assert verdict(report) == ("verified", (0, 0))
    assert (report.agency, report.trust, report.practice) == ("Harrowmere City Council", "the council", True)
    assert (report.mode, report.ledger, report.recipient) == (mode, made.ledger.id, b"")
    whole = mode == "complete"
    assert report.records == (9 if whole else 4)
    assert report.about == (("case", "HM-1", 7 * whole), ("case", "HM-2", 2 * whole))
    assert report.absent == ((("case", "HM-3", "third_party"),) if whole else ())
    assert report.disputed == {"complete": 3, "selective": 2, "statement": 0}[mode]
    assert report.withheld == {"complete": 14, "selective": 6 + 4 * 4, "statement": 6}[mode]
    assert report.given is not None
    assert report.given["to"] == COURT.to
    assert report.given["how"] == ""
    positions = [position for position, _ in report.heads]
    if mode == "statement":
        assert (report.head, positions) == ((0, ""), [1, ROTATED, RECOVERED])
    else:
        assert report.head[0] == SIZE + (not whole)
        assert positions == sorted({1, ROTATED, RECOVERED, report.head[0], *(OF_CASES if whole else SELECTED)})
        assert all(made.ledger.reading(position).hash == digest for position, digest in report.heads)


def test_every_flipped_byte_is_refused(tmp_path: Path) -> None:
    """Each byte of a small extract of each mode in turn, one bit of it; none is accepted, none crashes."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 2)
        trust = read_card(make_card(ledger)).trust("HMC")
        for mode in MODES:
            out = tmp_path / mode
            create_extract(
                ledger, showing.complete(ledger, [About("case", "HM-1")]), COURT, mode=mode, out=out, actor=ACTOR
            )
            data = out.read_bytes()
            assert check_extract(data, trust).verdict == "verified"
            pad = data.index(b"\xa3pad"), data.index(b"\xa8practice")  # of a statement ten thousand times the same byte
            for at in itertools.chain(range(pad[0] + 16), range(*pad, 97), range(pad[1], len(data))):
                altered = data[:at] + bytes([data[at] ^ (1 << (at % 8))]) + data[at + 1 :]
                with suppress(ForeignFile):  # that is said of no extract that somebody signed
                    assert check_extract(altered, trust).verdict in ("failed", "undecided"), (mode, at)


@pytest.mark.parametrize(("mode", "change", "where"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_the_agency_altered_and_signed_is_named(made: Made, mode: str, change: Change, where: Where) -> None:
    body = made.body(mode)
    change(made, body)
    assert values.encode(body) != open_body(made.extracts[mode]).body
    report = check_extract(made.signed(body), made.trust)
    assert verdict(report) == ("failed", where), report.first_bad


def test_of_many_records_the_first_that_is_wrong_is_named(tmp_path: Path) -> None:
    """Their signatures are verified in threads, ahead of everything else."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 160)
        create_extract(
            ledger, showing.complete(ledger, [About("case", "HM-1")]), COURT, out=tmp_path / "whole", actor=ACTOR
        )
        trust, data = read_card(make_card(ledger)).trust("HMC"), (tmp_path / "whole").read_bytes()
        assert check_extract(data, trust).verdict == "verified"
        forged = values.decode(open_body(data).body)
        for number in (70, 119, 158):
            forged["records"][number][0] = forged["records"][number][0][:-1] + b"x"
        assert verdict(check_extract(sign_body(values.encode(forged), ledger.id, ledger.signer), trust)) == (
            "failed",
            (72, 6),
        )
        forged["records"][69][1][9] = bytes(33)
        forged["records"][10] = None
        for position, step in ((12, 1), (71, 7)):
            altered = sign_body(values.encode(forged), ledger.id, ledger.signer)
            assert verdict(check_extract(altered, trust)) == ("failed", (position, step))
            forged["records"][10] = values.decode(open_body(data).body)["records"][10]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 70) | st.binary(max_size=40) | st.sampled_from(["", "x", *MODES]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


SAID = {"about", "absent", "given", "made", "pad", "recipient", "withheld"}  # the agency's own words, not proved


@given(st.sampled_from(MODES), ODD, st.lists(st.integers(0, 1000), min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_whatever_stands_in_whatever_place_is_a_verdict(made: Made, mode: str, odd: Any, path: list[int]) -> None:
    body = made.body(mode)
    place: Any = body
    keys: list[Any] = []
    for step in path:
        place = place[keys[-1]] if keys else place
        keys.append(sorted(place)[step % len(place)] if type(place) is dict else step % len(place))
        if type(place[keys[-1]]) not in (dict, list) or not place[keys[-1]]:
            break
    same, place[keys[-1]] = place[keys[-1]] == odd, odd
    with suppress(ForeignFile):  # where it says that it is another kind of file
        verdict = check_extract(made.signed(body), made.trust).verdict
        assert verdict in ("failed", "undecided") or same or keys[0] in SAID


# 5: whom the verifier trusts


@pytest.mark.parametrize("mode", MODES)
def test_an_agency_that_is_not_trusted_is_undecided_once_its_keys_are_read(
    made: Made, mode: str, tmp_path: Path
) -> None:
    with found(tmp_path / "other") as other:
        strangers = [read_card(make_card(other)).trust("somebody else"), vkey(other.vkey, tmp_path)]
    strangers.append(replace(made.trust, charter_sha256=None, head=None, keys=None, public=strangers[1].public))
    for stranger in strangers:
        report = check_extract(made.extracts[mode], stranger)
        assert verdict(report) == ("undecided", (0, 0))
        assert report.agency == "Harrowmere City Council"
        body = made.body(mode)
        body["keys"][0][0] = bytes(193)  # what is wrong before that is not left undecided
        assert verdict(check_extract(made.signed(body), stranger)) == ("failed", (2, 1))


def vkey(text: str, folder: Path) -> Trust:
    (folder / "vkey").write_text(text)
    return Trust.load(folder / "vkey")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("signer", [0, 1, 2])
def test_the_key_of_any_time_is_trusted_by_itself(made: Made, mode: str, signer: int) -> None:
    trust = replace(made.trust, charter_sha256=None, head=None, keys=None, public=made.signers[signer].public)
    assert check_extract(made.extracts[mode], trust).verdict == "verified"


def test_a_statement_by_a_key_that_was_taken_back_is_undecided(made: Made) -> None:
    """Nothing in it says when it was signed: whoever stole the key could sign it at any time."""
    body = made.body("statement")
    del body["keys"][1]
    stolen = made.signed(body, made.signers[1])
    report = check_extract(stolen, made.trust)
    assert verdict(report) == ("undecided", (0, 0))
    assert "taken back" in (report.first_bad or (0, 0, ""))[2]
    assert check_extract(stolen, replace(made.trust, head=None, keys=None)).verdict == "verified"


def test_a_container_by_another_key_is_refused(made: Made) -> None:
    for mode in MODES:
        for signer in (*made.signers[:2], made.recovery):
            report = check_extract(made.signed(made.body(mode), signer), made.trust)
            assert verdict(report) == ("failed", (0, 0))


# 7: the checkpoint


def test_a_checkpoint_of_another_time_is_not_this_ones(made: Made) -> None:
    """It was signed with both keys, of that time: the records here are after it, and its keys were others."""
    body = made.body("selective")
    body["keys"], body["checkpoint"] = [], made.checkpoint_of_two
    assert verdict(check_extract(made.signed(body), made.trust)) == ("failed", (0, 0))
    report = check_extract(made.signed(body, made.signers[0]), made.trust)
    assert verdict(report) == ("failed", (SELECTED[0], 2))


# 11: what the verifier knows besides


@pytest.mark.parametrize("mode", MODES)
def test_a_head_that_is_known_is_held_against_every_record_here(made: Made, mode: str) -> None:
    report = check_extract(made.extracts[mode], made.trust)
    for position, digest in report.heads:
        trust = replace(made.trust, head=(position, digest), keys=None)
        assert check_extract(made.extracts[mode], trust).verdict == "verified"
        other = check_extract(made.extracts[mode], replace(trust, head=(position, bytes(32))))
        assert verdict(other) == ("failed", (position, 9))
    elsewhere = replace(made.trust, head=(SIZE + 100, bytes(32)), keys=None)
    assert check_extract(made.extracts[mode], elsewhere).verdict == "verified"


@pytest.mark.parametrize("mode", MODES)
def test_key_records_that_are_known_are_held_against_those_here(made: Made, mode: str) -> None:
    assert made.trust.keys is not None
    rotation, recovery = made.trust.keys
    for keys, head, where in (
        ((recovery,), SIZE, ROTATED),  # one is known less
        ((rotation._replace(position=4), rotation, recovery), SIZE, 4),  # one more
        ((rotation._replace(key_id=bytes(32)), recovery), SIZE, ROTATED),
        ((rotation._replace(position=7), recovery), SIZE, 7),
        ((rotation._replace(key_id=bytes(32)), recovery), ROTATED, ROTATED),
    ):
        trust = replace(made.trust, head=(head, made.ledger.reading(head).hash), keys=keys)
        assert verdict(check_extract(made.extracts[mode], trust)) == ("failed", (where, 9))
    early = replace(made.trust, head=(ROTATED - 1, made.ledger.reading(ROTATED - 1).hash), keys=())
    assert check_extract(made.extracts[mode], early).verdict == "verified"


@pytest.mark.parametrize("mode", ["complete", "selective"])
def test_what_a_recovery_known_besides_distrusts_is_disputed(made: Made, mode: str) -> None:
    assert made.trust.keys is not None
    later = KnownChange(SIZE + 5, bytes(32), 4)
    trust = replace(made.trust, head=(SIZE + 6, bytes(32)), keys=(*made.trust.keys, later))
    report = check_extract(made.extracts[mode], trust)
    from_4 = sum(position >= 4 for position in (OF_CASES if mode == "complete" else SELECTED))
    assert (report.verdict, report.disputed) == ("verified", from_4)


# What a stranger may cost is in test_extract.py


@pytest.mark.parametrize("mode", MODES)
def test_what_is_newer_is_undecided_and_what_is_another_file_is_none(made: Made, mode: str) -> None:
    newer = made.signed(made.body(mode) | {"format": 2, "more": 1})
    assert verdict(check_extract(newer, made.trust)) == ("undecided", (0, 0))
    with pytest.raises(ForeignFile):
        check_extract(made.signed(made.body(mode) | {"kind": "card"}), made.trust)
    for data in (make_card(made.ledger), b"", b"Dear panel", bytes(1000)):
        with pytest.raises(ForeignFile):
            check_extract(data, made.trust)
