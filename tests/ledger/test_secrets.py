"""Nothing sealed is in clear in any file, files are their owner's alone, and keys open only with their passphrase."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from support import ACTOR, CANARY, fill, found, person

from ledger import LOCKED, Ledger, verify_folder
from ledger.errors import Locked, UsageError
from projections import catch_up

PASSPHRASE = b"three words and a number 7"


def files_of(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_no_file_holds_a_sealed_value_in_clear(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 30)
        catch_up(ledger)
        assert ledger.opened(5, "name") == f"{CANARY} 2"
        while_open = {file: file.read_bytes() for file in files_of(tmp_path)}
    after = {file: file.read_bytes() for file in files_of(tmp_path)}
    for contents in (while_open, after):
        assert len(contents) >= 6
        for file, data in contents.items():
            assert CANARY.encode() not in data, file
            assert b"2012-03-02" not in data, file


def test_every_file_is_its_owners_alone(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 5)
        catch_up(ledger)
        for file in files_of(tmp_path):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert stat.S_IMODE((tmp_path / "hmc" / "keys").stat().st_mode) == 0o700


def test_a_passphrase_is_needed_to_record_and_to_open_what_is_sealed(tmp_path: Path) -> None:
    with found(tmp_path / "hmc", passphrase=PASSPHRASE) as ledger:
        fill(ledger, 5)
    with Ledger.open(tmp_path / "hmc") as ledger:
        assert ledger.reading(4).name == "PersonLinked"
        assert ledger.opened(4, "name") == LOCKED
        with pytest.raises(Locked):
            ledger.record(person(9), actor=ACTOR)
        report = ledger.verify()
        assert (report.verdict, report.unchecked) == ("verified", 3)
    with (
        Ledger.open(tmp_path / "hmc", passphrase=lambda: b"wrong") as ledger,
        pytest.raises(Locked, match="passphrase"),
    ):
        ledger.record(person(9), actor=ACTOR)
    with Ledger.open(tmp_path / "hmc", passphrase=lambda: PASSPHRASE) as ledger:
        assert ledger.opened(4, "name") == f"{CANARY} 1"
        assert ledger.record(person(9), actor=ACTOR).records[0].position == 6
        report = ledger.verify()
        assert (report.verdict, report.unchecked) == ("verified", 0)


def test_without_its_vault_a_ledger_still_verifies(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 5)
    (tmp_path / "hmc" / "vault.db").unlink()
    verified = verify_folder(tmp_path / "hmc", passphrase=lambda: None)
    assert (verified.report.verdict, verified.report.unchecked) == ("verified", 3)
    with Ledger.open(tmp_path / "hmc") as ledger, pytest.raises(Locked, match=r"vault\.db is missing"):
        ledger.record(person(9), actor=ACTOR)


def test_a_vault_of_another_ledger_is_not_taken_for_ours(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with found(tmp_path / name) as ledger:
            fill(ledger, 4)
    (tmp_path / "a" / "vault.db").write_bytes((tmp_path / "b" / "vault.db").read_bytes())
    with Ledger.open(tmp_path / "a") as ledger, pytest.raises(Locked, match="another ledger"):
        ledger.record(person(9), actor=ACTOR)


def test_the_recovery_key_stays_outside_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="outside"):
        Ledger.create(
            tmp_path / "hmc",
            agency_id="HMC",
            agency_name="Harrowmere City Council",
            kind="local_authority",
            flags={},
            recovery=tmp_path / "hmc" / "recovery",
        )
    assert not (tmp_path / "hmc").exists()


def test_opening_a_record_leaves_its_open_values_as_they_are(tmp_path: Path) -> None:
    """Open values are shared between readings: sealed text that is put back into a structure must not reach them."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 4)
        ledger.record(
            {
                "do": "InformationRequested",
                "case": "HM-1",
                "request_id": "Q-1",
                "requester": {"agency": "BHA"},
                "legal_basis": {"regime": "uk_gdpr", "art6": [{"code": "6(e)", "statement": f"{CANARY} said"}]},
            },
            actor=ACTOR,
        )
        reading = ledger.reading(5)
        before = repr(reading.data)
        assert CANARY in repr(reading.full_event())
        assert repr(reading.data) == repr(ledger.reading(5).data) == before
        assert CANARY not in before
