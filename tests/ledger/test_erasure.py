"""Erasing: what was sealed under a scope is gone from every file, every record verifies, and nothing brings it back."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, CANARY, fill, found, opened, person

from ledger import LOCKED, MISSING, About, Erased, Ledger, Purpose, Trust, create_extract, showing, verify_extract
from ledger.errors import IntegrityError, Locked, Malformed, Refused, StorageError, UnknownId
from ledger.keyring import Keyring
from ledger.recording import Recording
from ledger.store.vault import Rekeyed, Vault
from projections import catch_up, show

BECAUSE = {"reason": "the consent was withdrawn", "authority": "DPO-7"}
OPERATIONS = About("operations", "operations")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """Five records: the genesis, a case, and P0, P1, P2 in it, at positions 3, 4 and 5."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 5)
        yield ledger


def names(ledger: Ledger) -> dict[int, Any]:
    """What the ledger shows as the name of each person linked, by position."""
    return {r.position: r.full()["name"] for r in ledger.readings() if r.name == "PersonLinked"}


def scopes(ledger: Ledger, position: int) -> list[bytes]:
    found: list[bytes] = ledger.reading(position).value(3)
    return found


def wrapped(folder: Path) -> dict[bytes, bytes]:
    """The vault's scope keys as they lie in the file."""
    with closing(sqlite3.connect(folder / "vault.db")) as db, db:
        return dict(db.execute("SELECT scope, wrapped FROM scopes").fetchall())


def files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def copied(folder: Path, name: str) -> Path:
    """A copy of a closed ledger's folder."""
    return Path(shutil.copytree(folder, folder.with_name(name)))


# --- what is gone, and what is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", [None, b"three words and a number 7"])
def test_no_file_holds_what_was_erased(tmp_path: Path, passphrase: bytes | None) -> None:
    folder = tmp_path / "hmc"
    with found(folder, passphrase=passphrase) as ledger:
        fill(ledger, 30)
        catch_up(ledger)
        [scope] = scopes(ledger, 4)
        key, old = ledger.scope_key(scope), wrapped(folder)
        old_key_file = (folder / "keys" / "vault.key").read_bytes()
        before = show(ledger, "case", {"id": "HM-1"})
        assert CANARY + " 1" in repr(before)
        assert ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)._asdict() == {
            "position": 31,
            "scope": "person:P1",
            "fields": 2,
        }
        catch_up(ledger)
        contents = [files(tmp_path)]
    contents.append(files(tmp_path))
    needles = [f"{CANARY} 1".encode() + b"\0", f"{CANARY} 1".encode(), key, old_key_file[-32:], *old.values()]
    assert len(old) == 28
    for content in contents:
        assert len(content) >= 6
        for file, data in content.items():
            for needle in needles:
                assert needle not in data, file
    with Ledger.open(folder, passphrase=lambda: passphrase) as ledger:
        assert isinstance(names(ledger)[4], Erased)
        assert {name for position, name in names(ledger).items() if position != 4} == {
            f"{CANARY} {n}" for n in range(28) if n != 1
        }
        report = ledger.verify(every_signature=True)
        assert (report.verdict, report.records, report.signatures, report.erased) == ("verified", 31, 31, 1)
    with Ledger.open(folder) as ledger:  # the fresh key is protected as the old one was
        assert ledger.opened(3, "name") == (f"{CANARY} 0" if passphrase is None else LOCKED)
    assert stat.S_IMODE((folder / "keys" / "vault.key").stat().st_mode) == 0o600


def test_a_vault_is_left_without_a_piece_of_its_old_rows(tmp_path: Path) -> None:
    """SQLite leaves pieces of moved rows between the rows of a page, unless the file is built anew."""
    path = tmp_path / "vault.db"
    path.write_bytes(b"")
    vault = Vault.create(path, bytes(16), bytes(32), os.urandom)
    for number in range(0, 3000, 20):
        vault.keys_for(("person", f"P{n}") for n in range(number, number + 20))
    held = vault.keys()
    with closing(sqlite3.connect(path)) as db:
        old = [blob for (blob,) in db.execute("SELECT wrapped FROM scopes")]
    gone = set(list(held)[:1000])
    vault.shred(gone, bytes(31) + b"\1")
    vault.compact()
    content = b"".join(files(tmp_path).values())
    assert not [blob for blob in old if blob[12:28] in content]
    assert vault.keys() == {scope: key for scope, key in held.items() if scope not in gone}
    vault.close()


def test_what_is_shown_says_when_and_why(book: Ledger) -> None:
    book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    today = book.reading(6).recorded_at.date().isoformat()
    shown = f"[erased on {today} because the consent was withdrawn (authority: DPO-7)]"
    assert book.opened(4, "name") == book.opened(4, "dob") == shown
    view = show(book, "case", {"id": "HM-1"})
    assert [p["name"] for p in view["persons"]] == [f"{CANARY} 0", shown, f"{CANARY} 2"]


def test_what_the_record_says_in_clear_names_nobody(book: Ledger) -> None:
    book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    erasure = book.reading(6)
    assert {name: value for name, value in erasure.data.items() if name != "words"} == {
        "scope_kind": "person",
        "scope_ref": "P1",
        "scopes": scopes(book, 4),
        "files": [{"type": "case", "id": "HM-1"}],
        "fields": 2,
        "authority": "DPO-7",
    }
    assert erasure.full()["words"] == [[["reason"], "the consent was withdrawn"]]


def test_an_extract_made_before_still_verifies_and_one_made_after_says_what_is_erased(
    book: Ledger, tmp_path: Path
) -> None:
    to = Purpose(to="court", purpose="court_order", basis="6(c)", reasons="ordered", marking="OFFICIAL-SENSITIVE")
    trust = Trust(book.agency_name, book.id, hashlib.sha256(book.charter.to_bytes()).digest())
    case = About("case", "HM-1")
    before = create_extract(book, showing.complete(book, [case]), to, out=tmp_path / "before.r7x", actor=ACTOR)
    book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    after = create_extract(book, showing.complete(book, [case]), to, out=tmp_path / "after.r7x", actor=ACTOR)
    assert verify_extract(before.file, trust).verdict == "verified"
    assert verify_extract(after.file, trust).verdict == "verified"
    assert (before.withheld, after.withheld) == (0, 2)
    assert f"{CANARY} 1".encode() in before.file.read_bytes()
    assert f"{CANARY} 1".encode() not in after.file.read_bytes()


def test_a_case_and_a_consent_are_erased_each_by_itself(book: Ledger) -> None:
    about = {"case": "HM-1", "provider": {"agency": "BHA"}}
    book.record({"do": "DisclosureReceived", **about, "details": "on CON-1", "relies_on": ["CON-1"]}, actor=ACTOR)
    book.record({"do": "DisclosureReceived", **about, "details": "on no consent"}, actor=ACTOR)

    def words() -> list[str]:
        return [r.full()["words"] for r in book.readings(about=About("case", "HM-1"), after=5)]

    book.erase("consent", "CON-1", **BECAUSE, actor=ACTOR)
    assert [isinstance(said, Erased) for said in words()] == [True, False]
    book.erase("case", "HM-1", **BECAUSE, actor=ACTOR)
    assert [isinstance(said, Erased) for said in words()] == [True, True]
    assert names(book) == {n + 3: f"{CANARY} {n}" for n in range(3)}


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_what_is_said_afterwards_is_sealed_under_a_new_key(book: Ledger) -> None:
    [old] = scopes(book, 4)
    book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    book.record(person(1), actor=ACTOR)
    assert scopes(book, 7) != [old]
    assert book.opened(7, "name") == f"{CANARY} 1"
    assert isinstance(book.opened(4, "name"), Erased)
    assert book.erase("person", "P1", **BECAUSE, actor=ACTOR).fields == 2
    assert isinstance(book.opened(7, "name"), Erased)
    assert (book.verify().verdict, book.verify().erased) == ("verified", 2)


def test_a_process_that_remembers_the_key_does_not_seal_under_it(book: Ledger) -> None:
    with Ledger.open(book.folder.path) as other:
        other.record(person(1), actor=ACTOR)
        assert str(other.world(About("case", "HM-1"), other.now()).case.persons["P1"].dob) == "2012-03-02"
        book.erase("person", "P1", **BECAUSE, actor=ACTOR)
        assert other.world(About("case", "HM-1"), other.now()).case.persons["P1"].dob is None
        other.record(person(1), actor=ACTOR)
        other.record(person(7), actor=ACTOR)  # a new key is wrapped under the fresh one
        assert other.opened(8, "name") == f"{CANARY} 1"
        assert isinstance(other.opened(6, "name"), Erased)
    assert book.opened(8, "name") == f"{CANARY} 1"
    assert book.opened(9, "name") == f"{CANARY} 7"
    assert book.verify().verdict == "verified"


@pytest.mark.parametrize("recorded_only", [False, True])
@pytest.mark.parametrize("keys_in_hand", [False, True])
def test_an_erasure_just_before_appending_is_noticed(
    book: Ledger, monkeypatch: pytest.MonkeyPatch, recorded_only: bool, keys_in_hand: bool
) -> None:
    """The other process judged before it; the key it has is lost, and a new one would be wrapped under a lost one."""
    with Ledger.open(book.folder.path) as other:
        other.record(person(1), actor=ACTOR)
        prepare = other._sealing.prepare
        erased: list[Any] = []

        def lose() -> None:
            if not erased:
                with monkeypatch.context() as patch:
                    if recorded_only:
                        patch.setattr(Recording, "_finish_erasing", lambda _: None)
                    erased.append(book.erase("person", "P1", **BECAUSE, actor=ACTOR))

        def prepare_and_lose(filed: Any) -> None:
            if keys_in_hand:
                prepare(filed)
                lose()
            else:
                lose()
                prepare(filed)

        monkeypatch.setattr(other._sealing, "prepare", prepare_and_lose)
        other.record_atomic([person(1), person(7)], actor=ACTOR)
        assert [other.opened(position, "name") for position in (8, 9)] == [f"{CANARY} 1", f"{CANARY} 7"]
        assert scopes(other, 8) != scopes(other, 6)
    assert isinstance(book.opened(6, "name"), Erased)
    assert (book.verify().verdict, book.verify().erased) == ("verified", 2)


def test_a_new_key_is_never_wrapped_under_a_lost_one(tmp_path: Path) -> None:
    path, old, new = tmp_path / "vault.db", bytes(32), bytes(31) + b"\1"
    path.write_bytes(b"")
    here = Vault.create(path, bytes(16), old, os.urandom)
    [scope] = (scope for scope, _ in here.keys_for([("person", "P1")]).values())
    there = Vault(path, bytes(16), old, os.urandom)
    there.shred([scope], new)
    [(made, _)] = there.keys_for([("person", "P3")]).values()
    acts = (lambda: here.keys_for([("person", "P2")]), lambda: here.store_note("a", b"b"), lambda: here.key(made))
    for act in acts:
        with pytest.raises(Rekeyed):
            act()
    assert list(there.keys()) == [made]
    here.close()
    there.close()


def write_about(folder: Path, writer: int) -> None:
    with Ledger.open(folder) as ledger:
        for number in range(15):
            ledger.record({**person(1), "command_id": f"w{writer}-{number}"}, actor=ACTOR)


def test_whatever_several_processes_do_meanwhile_nothing_is_sealed_under_a_lost_key(book: Ledger) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_about, args=(book.folder.path, number)) for number in range(2)]
    for writer in writers:
        writer.start()
    erasures = 0
    while any(writer.is_alive() for writer in writers):
        book.erase("person", "P1", **BECAUSE, actor=ACTOR)
        book.record(person(1), actor=ACTOR)
        erasures += 1
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert erasures >= 1
    report = book.verify(every_signature=True)
    assert (report.verdict, report.missing, report.records) == ("verified", (), 5 + 30 + 2 * erasures)
    last = max(r.position for r in book.readings(about=OPERATIONS))
    assert {name for position, name in names(book).items() if position > last} == {f"{CANARY} 1"}


# --- interrupted, undone ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def killed(*_: Any) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (Recording, "_finish_erasing"),  # recorded, and no more
        (Keyring, "_put_under_fresh_key"),
        (Vault, "shred"),  # the fresh key lies beside the old one
        (Vault, "compact"),  # the vault is under the fresh key
        ("ledger.keyring", "put_in_place"),
    ],
)
def test_an_interrupted_erasure_is_finished_when_the_vault_is_next_opened(
    book: Ledger, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
) -> None:
    folder = book.folder.path
    old = wrapped(folder)
    with monkeypatch.context() as patch:
        patch.setattr(f"{where}.{what}", killed) if isinstance(where, str) else patch.setattr(where, what, killed)
        with pytest.raises(Killed):
            book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    book.close()
    with Ledger.open(folder) as again:
        assert again.reading(6).name == "InformationErased"
        assert isinstance(again.opened(4, "name"), Erased)
        assert again.opened(5, "name") == f"{CANARY} 2"
    assert len(wrapped(folder)) == len(old)  # one gone, and one for the operations' own words
    assert sorted(path.name for path in (folder / "keys").iterdir()) == ["signing", "vault.key"]
    for file, data in files(folder).items():
        assert not [blob for blob in old.values() if blob in data], file
    with Ledger.open(folder) as again:
        again.record(person(1), actor=ACTOR)
        assert again.verify().verdict == "verified"


def test_an_old_vault_put_back_with_its_old_key_is_shredded_again(book: Ledger) -> None:
    folder = book.folder.path
    book.close()
    old = copied(folder, "backup")
    with Ledger.open(folder) as ledger:
        ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)
    for name in ("vault.db", "keys/vault.key"):
        shutil.copy(old / name, folder / name)
    [scope] = [s for s in wrapped(folder) if s == scopes_in(folder, 4)]
    with Ledger.open(folder) as ledger:
        assert isinstance(ledger.opened(4, "name"), Erased)
        assert ledger.opened(5, "name") == f"{CANARY} 2"
        assert scope not in wrapped(folder)
        ledger.record(person(1), actor=ACTOR)
        # What the old copy never held is missing, and is not passed off as erased: the reason of the erasure itself.
        assert (ledger.verify().verdict, ledger.verify().missing) == ("undecided", (6,))


def scopes_in(folder: Path, position: int) -> bytes:
    with Ledger.open(folder) as ledger:
        [scope] = scopes(ledger, position)
        return scope


def test_an_old_ledger_put_back_has_its_own_erasures_finished(book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the vault notes it has seen is of a stream that goes on otherwise now."""
    folder = book.folder.path
    book.close()
    old = copied(folder, "backup")
    with Ledger.open(folder) as ledger:
        ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)
    shutil.copy(old / "ledger.db", folder / "ledger.db")
    with Ledger.open(folder) as ledger, monkeypatch.context() as patch:
        patch.setattr(Recording, "_finish_erasing", killed)
        with pytest.raises(Killed):
            ledger.erase("person", "P2", **BECAUSE, actor=ACTOR)
    with Ledger.open(folder) as ledger:
        assert ledger.opened(4, "name") == MISSING
        assert isinstance(ledger.opened(5, "name"), Erased)
        assert ledger.opened(3, "name") == f"{CANARY} 0"


def test_the_old_key_is_overwritten_where_it_lay(book: Ledger) -> None:
    with book.folder.vault_key.open("rb") as old:
        assert any(old.read())
        book.erase("person", "P1", **BECAUSE, actor=ACTOR)
        old.seek(0)
        assert not any(old.read())


def test_an_old_vault_does_not_open_with_the_new_key(book: Ledger) -> None:
    folder = book.folder.path
    book.close()
    old = copied(folder, "backup")
    with Ledger.open(folder) as ledger:
        ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)
    shutil.copy(old / "vault.db", folder / "vault.db")
    with Ledger.open(folder) as ledger, pytest.raises(Locked, match="an old copy from before a key was shredded"):
        ledger.record(person(1), actor=ACTOR)


def test_a_vault_that_takes_nothing_keeps_nobody_from_reading_the_rest(
    book: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise StorageError("There is no room left.")

    monkeypatch.setattr(Vault, "shred", full)
    with pytest.raises(StorageError, match=r"The erasure is recorded, but .* could not be destroyed yet"):
        book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    book.close()
    with Ledger.open(book.folder.path) as again:
        assert isinstance(again.opened(4, "name"), Erased)
        assert again.opened(5, "name") == f"{CANARY} 2"
        with pytest.raises(StorageError, match="no room"):
            again.record(person(3), actor=ACTOR)


def test_a_record_that_nobody_signed_destroys_nothing(book: Ledger) -> None:
    """Whoever can write the file can add a row; the writer of the next record would notice, so must this."""
    folder = book.folder.path
    book.record(opened("HM-2"), actor=ACTOR)
    book.close()
    other = copied(folder, "copy")
    with Ledger.open(other) as ledger:
        ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)
        row = ledger.reading(7).row
    forged = row.record[:-1] + bytes([row.record[-1] ^ 1])
    with closing(sqlite3.connect(folder / "ledger.db")) as db, db:
        values = (forged, hashlib.sha256(b"\0" + forged).digest(), *row[3:])
        db.execute("INSERT INTO records VALUES (7, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    with Ledger.open(folder) as ledger:
        assert ledger.opened(4, "name") == f"{CANARY} 1"
        with pytest.raises(IntegrityError, match="not one that this agency signed"):
            ledger.record(person(3), actor=ACTOR)
        with pytest.raises(IntegrityError, match=r"this agency did not sign it.*No key was destroyed"):
            ledger._erasures.finish()
    assert len(wrapped(folder)) == 3


# --- what is refused -------------------------------------------------------------------------------------------------


def hold(kind: str, ref: str) -> dict[str, Any]:
    return {"do": "LegalHoldPlaced", "hold_id": "LH-1", "scope_kind": kind, "scope_ref": ref, "reason": "inquest"}


@pytest.mark.parametrize(
    ("held", "erased"),
    [
        (("person", "P1"), ("person", "P1")),
        (("case", "HM-1"), ("person", "P1")),
        (("case", "HM-1"), ("consent", "CON-1")),
        (("case", "HM-1"), ("case", "HM-1")),
        (("person", "P1"), ("case", "HM-1")),
        (("person", "P1"), ("consent", "CON-1")),
    ],
)
def test_a_legal_hold_blocks_until_it_is_released(book: Ledger, held: tuple[str, str], erased: tuple[str, str]) -> None:
    received = {"do": "DisclosureReceived", "case": "HM-1", "provider": {"agency": "BHA"}}
    book.record({**received, "details": "on CON-1", "relies_on": ["CON-1"]}, actor=ACTOR)
    book.record({**received, "details": "on no consent"}, actor=ACTOR)
    book.record(hold(*held), actor=ACTOR)
    before = len(wrapped(book.folder.path))
    with pytest.raises(Refused) as refusal:
        book.erase(*erased, **BECAUSE, actor=ACTOR)
    assert refusal.value.rules == ("RT-02",)
    with pytest.raises(Refused, match="RT-02"):
        book.record({"do": "InformationErased", "mode": "fact", "scope": ":".join(erased)}, actor=ACTOR)
    trace = book.reading(book.head().position)
    assert (trace.name, trace.data["command_type"], trace.data["rule_ids"]) == (
        "CommandRefused",
        "InformationErased",
        ["RT-02"],
    )
    assert len(wrapped(book.folder.path)) == before
    assert names(book)[4] == f"{CANARY} 1"
    book.record({"do": "LegalHoldReleased", "hold_id": "LH-1", "reason": "inquest closed"}, actor=ACTOR)
    book.erase(*erased, **BECAUSE, actor=ACTOR)


@pytest.mark.parametrize(
    ("held", "erased"), [(("person", "P2"), ("person", "P1")), (("case", "HM-2"), ("person", "P1"))]
)
def test_a_hold_on_something_else_blocks_nothing(book: Ledger, held: tuple[str, str], erased: tuple[str, str]) -> None:
    book.record(opened("HM-2"), actor=ACTOR)
    book.record(hold(*held), actor=ACTOR)
    assert book.erase(*erased, **BECAUSE, actor=ACTOR).fields == 2


def test_nothing_is_recorded_where_the_vault_does_not_open(tmp_path: Path) -> None:
    with found(tmp_path / "hmc", passphrase=b"right") as ledger:
        fill(ledger, 5)
    for wrong in (None, b"wrong"):
        with Ledger.open(tmp_path / "hmc", passphrase=[wrong].pop) as ledger:
            with pytest.raises(Locked):
                ledger.erase("person", "P1", **BECAUSE, actor=ACTOR)
            assert ledger.head().position == 5


def test_what_was_never_sealed_or_is_erased_already_is_unknown(book: Ledger) -> None:
    for kind, ref in (("person", "P9"), ("consent", "CON-1"), ("case", "HM-9")):
        with pytest.raises(UnknownId, match=f"Nothing is sealed under {kind}:{ref}"):
            book.erase(kind, ref, **BECAUSE, actor=ACTOR)
    book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    with pytest.raises(UnknownId, match="erased before"):
        book.erase("person", "P1", **BECAUSE, actor=ACTOR)
    for kind in ("operations", "agency", "persons"):
        with pytest.raises(Malformed, match=r"one of case, .* \(field scope_kind\)"):
            book.erase(kind, kind, **BECAUSE, actor=ACTOR)
    assert book.head().position == 6


# --- as a command ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"scope": "person:P1"},
        {"scope": "person:P1", "case": "HM-1"},
        {"scope_kind": "person", "scope_ref": "P1"},
    ],
)
def test_a_command_erases_too_and_once_only(book: Ledger, said: dict[str, str]) -> None:
    command = {"do": "InformationErased", "command_id": "E-1", **said, **BECAUSE}
    receipt = book.record(command, actor=ACTOR)
    assert [record.kind for record in receipt.records] == ["operations/InformationErased/1"]
    assert isinstance(book.opened(4, "name"), Erased)
    book.record(person(1), actor=ACTOR)
    assert book.record(command, actor=ACTOR).repeated
    assert book.opened(7, "name") == f"{CANARY} 1"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "scope_kind"),
        ({"scope": "P1"}, "field scope_ref"),
        ({"scope": "person:P1", "case": "HM-2"}, "under person:P1 is in case HM-1: leave the field case out."),
        ({"scope": "person:P0", "case": "HM-1"}, "is in case HM-1, case HM-2"),
    ],
)
def test_a_command_that_could_be_meant_otherwise_erases_nothing(book: Ledger, said: dict[str, str], why: str) -> None:
    book.record(opened("HM-2"), actor=ACTOR)
    book.record(person(0, "HM-2"), actor=ACTOR)
    with pytest.raises(Malformed, match=why):
        book.record({"do": "InformationErased", **said, **BECAUSE}, actor=ACTOR)
    assert book.head().position == 7


def test_an_erasure_stands_alone_in_its_transaction(book: Ledger) -> None:
    erasure = {"do": "InformationErased", "scope": "person:P1", **BECAUSE}
    with pytest.raises(Malformed, match="by itself") as error:
        book.record_atomic([person(3), erasure, person(1)], actor=ACTOR)
    assert error.value.index == 1
    assert book.head().position == 5
