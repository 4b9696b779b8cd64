"""The owner of the file may change its structure instead of its rows: indexes, triggers, the table itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from support import ACTOR, found, person

from ledger import About, Ledger, Purpose, create_extract, showing, verify_folder
from ledger.errors import ForeignFile, IntegrityError, Locked, StorageError

PURPOSE = Purpose("the court", "court_order", "6(c)", "ordered", "OFFICIAL-SENSITIVE")


def alter(ledger: Ledger, *statements: str) -> Path:
    """Alter a closed ledger's database."""
    ledger.close()
    db = sqlite3.connect(ledger.folder.records)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()
    return ledger.folder.path


def hide(ledger: Ledger, version: int = 5) -> Path:
    """Rebuild the stream index without one version, under the honest index's own words."""
    sql = "CREATE UNIQUE INDEX by_stream ON records (stream, version)"
    return alter(
        ledger,
        "DROP INDEX by_stream",
        f"{sql} WHERE version <> {version}",
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_schema SET sql = '{sql}' WHERE name = 'by_stream'",
    )


def test_an_index_that_hides_a_record_is_found(ledger: Ledger) -> None:
    verified = verify_folder(hide(ledger), passphrase=lambda: None)
    assert verified.report.verdict == "failed"
    assert verified.report.first_bad is not None
    assert verified.report.first_bad.position == 0
    assert "indexes are damaged" in verified.report.first_bad.reason


@pytest.mark.parametrize(("version", "why"), [(5, "is missing"), (11, "Not every record")])
def test_no_extract_is_made_over_an_index_that_hides_a_record(
    ledger: Ledger, tmp_path: Path, version: int, why: str
) -> None:
    out = tmp_path / "case.r7x"
    with Ledger.open(hide(ledger, version)) as altered, pytest.raises(IntegrityError, match=why):
        create_extract(altered, showing.complete(altered, [About("case", "HM-1")]), PURPOSE, out=out, actor=ACTOR)
    assert not out.exists()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "CREATE TRIGGER quiet BEFORE INSERT ON records BEGIN SELECT RAISE(IGNORE); END",
            "a trigger named quiet was added",
        ),
        ("CREATE INDEX extra ON records (ordinal)", "an index named extra was added"),
        ("DROP INDEX by_command", "the index by_command is missing"),
        ("DROP TRIGGER append_only_update", "the trigger append_only_update is missing"),
    ],
)
def test_a_writer_refuses_another_structure(ledger: Ledger, statement: str, why: str) -> None:
    with Ledger.open(alter(ledger, statement)) as altered:
        with pytest.raises(IntegrityError, match=why):
            altered.record(person(80), actor=ACTOR)
        assert altered.head().position == 12


def test_a_structure_that_changes_under_a_running_writer_is_refused(ledger: Ledger) -> None:
    ledger.record(person(80), actor=ACTOR)
    db = sqlite3.connect(ledger.folder.records)
    db.execute("CREATE TRIGGER quiet BEFORE INSERT ON records BEGIN SELECT RAISE(IGNORE); END")
    db.commit()
    db.close()
    with pytest.raises(IntegrityError, match="quiet was added"):
        ledger.record(person(81), actor=ACTOR)


def test_missing_triggers_are_reported_and_fail_nothing(ledger: Ledger) -> None:
    verified = verify_folder(alter(ledger, "DROP TRIGGER append_only_update"), passphrase=lambda: None)
    assert verified.report.verdict == "verified"
    assert verified.triggers_missing == ("append_only_update",)


def test_a_view_in_place_of_the_table_is_found(ledger: Ledger) -> None:
    folder = alter(ledger, "ALTER TABLE records RENAME TO kept", "CREATE VIEW records AS SELECT * FROM kept")
    verified = verify_folder(folder, passphrase=lambda: None)
    assert verified.report.verdict == "failed"


@pytest.mark.parametrize("instead", ["NULL", "7", "'text'"])
def test_a_row_that_holds_no_bytes_for_its_record_is_named_wherever_it_is_read(ledger: Ledger, instead: str) -> None:
    folder = alter(
        ledger,
        "ALTER TABLE records RENAME TO kept",
        f"CREATE TABLE records AS SELECT position, iif(position = 5, {instead}, record) AS record, hash, stream, "
        "version, command, ordinal, leaves, sealed FROM kept",
    )
    with Ledger.open(folder) as altered:
        for read in (
            lambda: [*altered.readings()],
            lambda: [*altered.readings(about=About("case", "HM-1"))],
            lambda: altered.reading(5),
        ):
            with pytest.raises(IntegrityError, match="Record 5 is no bytes at all") as why:
                read()
            assert (why.value.position, why.value.step) == (5, 1)


def test_another_ledgers_signing_key_signs_nothing_here(ledger: Ledger, tmp_path: Path) -> None:
    with found(tmp_path / "other") as other:
        ledger.close()
        ledger.folder.signing_key.write_bytes(other.folder.signing_key.read_bytes())
    with Ledger.open(ledger.folder.path) as wrong:
        with pytest.raises(Locked, match="not this ledger's signing key"):
            wrong.record(person(80), actor=ACTOR)
        assert wrong.head().position == 12
        with pytest.raises(Locked, match="not this ledger's signing key"):
            _ = wrong.signer


def test_a_vault_whose_commit_fails_promises_nothing(ledger: Ledger) -> None:
    """The first commit of a new scope key fails; the same command again must not use a key that was never stored."""
    vault = ledger.keyring.vault
    vault._db.execute(f"PRAGMA max_page_count = {vault._db.execute('PRAGMA page_count').fetchone()[0]}")
    failed = 0
    for number in range(200, 400):
        try:
            ledger.record(person(number), actor=ACTOR)
        except StorageError:
            failed += 1
            if failed > 2:
                break
    assert failed > 2
    report = ledger.verify(every_signature=True)
    assert (report.verdict, report.missing) == ("verified", ())


def test_swapped_vault_rows_do_not_misdirect(ledger: Ledger) -> None:
    ledger.close()
    db = sqlite3.connect(ledger.folder.vault)
    for one, other in (("P1", "x"), ("P2", "P1"), ("x", "P2")):
        db.execute("UPDATE scopes SET ref = ? WHERE ref = ?", (other, one))
    db.commit()
    db.close()
    with Ledger.open(ledger.folder.path) as swapped:
        with pytest.raises(IntegrityError, match="does not open"):
            swapped.record(person(1), actor=ACTOR)
        assert swapped.verify().verdict == "undecided"


def test_a_key_that_is_lost_is_not_called_an_erasure(ledger: Ledger) -> None:
    ledger.close()
    db = sqlite3.connect(ledger.folder.vault)
    db.execute("DELETE FROM scopes WHERE ref = 'P1'")
    db.commit()
    db.close()
    with Ledger.open(ledger.folder.path) as lost:
        assert lost.opened(4, "name") == "[missing]"
        report = lost.verify()
        assert (report.verdict, report.missing) == ("undecided", (4,))


@pytest.mark.parametrize("damage", ["vault.db", "keys/vault.key"])
def test_a_damaged_vault_leaves_the_verdict_on_the_records(ledger: Ledger, damage: str) -> None:
    ledger.close()
    (ledger.folder.path / damage).write_bytes(b"\0garbage" * 100)
    verified = verify_folder(ledger.folder.path, passphrase=lambda: None)
    assert (verified.report.verdict, verified.report.unchecked) == ("verified", 10)
    assert verified.vault


def test_an_interrupted_founding_is_cleared_and_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "hmc"
    (folder / "keys").mkdir(parents=True)
    (folder / ".founding").touch()
    (folder / "ledger.db").touch()
    (folder / "keys" / "signing").write_text("half")
    with pytest.raises(ForeignFile, match="Run init again"):
        Ledger.open(folder)
    with found(folder) as ledger:
        assert ledger.head().position == 1
    assert not (folder / ".founding").exists()


def test_a_founding_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageError("no room")

    monkeypatch.setattr("ledger.store.vault.Vault.store_secret", fail)
    with pytest.raises(StorageError):
        found(tmp_path / "hmc")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_an_empty_database_was_cut_off(ledger: Ledger) -> None:
    ledger.close()
    ledger.folder.records.write_bytes(b"")
    with pytest.raises(IntegrityError, match="was cut off"):
        Ledger.open(ledger.folder.path)


def named_in_no_text(path: Path, table: bytes) -> None:
    """Break the table's declaration so that SQLite quotes its name, in a message which Python cannot decode."""
    data, named = path.read_bytes(), b"\xff" + table[1:]
    whole, broken = (b"table" + name + name for name in (table, named))
    assert whole in data
    path.write_bytes(data.replace(whole, broken, 1).replace(b"CREATE TABLE " + table, b"CREATE TABLE (" + table[1:], 1))


def test_a_damaged_structure_whose_names_are_no_text_is_no_intact_database(ledger: Ledger) -> None:
    ledger.close()
    named_in_no_text(ledger.folder.vault, b"scopes")
    assert "vault.db is not an intact database" in verify_folder(ledger.folder.path, passphrase=lambda: None).vault
    named_in_no_text(ledger.folder.records, b"records")
    with pytest.raises(IntegrityError, match=r"ledger\.db is not an intact database"):
        verify_folder(ledger.folder.path, passphrase=lambda: None)
