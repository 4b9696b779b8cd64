"""Keys over time: the drill of docs/operations.md, what a thief may try, and every point at which it can be cut off."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, fill, found, opened, person

from ledger import (
    About,
    Ledger,
    Purpose,
    Report,
    Trust,
    check_extract,
    create_extract,
    key_files,
    make_card,
    read_card,
    recover_key,
    rotate_key,
    showing,
    sign_checkpoint,
    signing_keys,
    verification,
    verify_folder,
    write_card,
)
from ledger.errors import ForeignFile, IntegrityError, Locked, Malformed, StorageError, UsageError
from ledger.keyring import Keyring
from ledger.procedure.events.agency import SigningKeyRecovered, SigningKeyRotated
from ledger.proof import primitives, values
from ledger.proof.charter import RECOVERED_KIND, ROTATED_KIND
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.keys import FileSigner, LiveKey, enrol_message, key_id
from ledger.proof.record import KEY_AT, record_hash, signed_message
from ledger.proof.verify import verify_segment
from ledger.rotation import key_entries
from ledger.trust import CARD_TAG

CASE = About("case", "HM-1")
COURT = Purpose("Harrowmere Family Court", "court_order", "6(c)", "ordered on 2 March", "OFFICIAL-SENSITIVE")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Five records, all under the charter's key."""
    with found(tmp_path / "hmc") as made:
        fill(made, 5)
        yield made


def recovery_of(ledger: Ledger) -> Path:
    return ledger.folder.path.parent / f"{ledger.folder.path.name}.recovery"


def signed_by(ledger: Ledger, position: int) -> bytes:
    record: bytes = ledger.reading(position).row.record
    return record[KEY_AT : KEY_AT + 32]


def verdict(folder: Path, **options: Any) -> Report:
    return verify_folder(folder, passphrase=lambda: None, **options).report


# The drill


@pytest.mark.parametrize("every", [False, True])
def test_the_drill(ledger: Ledger, tmp_path: Path, every: bool) -> None:
    """A key is stolen, the thief decides and rotates, the recovery key takes it back; nothing is lost or hidden."""
    folder, mine = ledger.folder.path, ledger.folder.signing_key.read_bytes()
    first = ledger.key_id
    kept = tuple(ledger.head())  # given to a partner before the theft
    # The thief records twice under the stolen key, puts one of their own in its place, and records with that.
    ledger.record(person(60), actor=ACTOR)
    noticed = tuple(ledger.head())  # a partner was given this one too
    rotate_key(ledger)
    ledger.record(person(61), actor=ACTOR)
    thiefs = ledger.folder.signing_key.read_bytes()
    ledger.close()
    assert verdict(folder, every_signature=every).disputed == 0  # by itself the ledger cannot know

    # The agency puts its own key back: it is not the live one any more.
    ledger.folder.signing_key.write_bytes(mine)
    with Ledger.open(folder) as own:
        with pytest.raises(Locked, match="not this ledger's signing key"):
            own.record(person(62), actor=ACTOR)
        made = recover_key(own, recovery_of(own), 6, reason="laptop stolen", actor=ACTOR)
        assert (made.position, made.disputed) == (9, 3)
        assert own.key_id == made.key_id not in (first, key_id(primitives.ssh_public(thiefs)))
        own.record(person(63), actor=ACTOR)
        assert signed_by(own, 9) == key_id(own.charter.recovery_public)
        assert signed_by(own, 10) == made.key_id

    report = verdict(folder, every_signature=every, heads=[kept, noticed])
    assert (report.verdict, report.records, report.disputed, report.heads) == ("verified", 10, 3, 2)
    assert [(d.first, d.last, [h.position for h in d.anchors]) for d in report.disputes] == [(6, 8, [6])]
    assert report.signatures == (10 if every else 5)  # genesis, rotation, the thief's last, recovery, head

    # Neither the stolen key nor the thief's own signs anything here any more.
    for key in (mine, thiefs):
        shutil.copytree(folder, tmp_path / "again", dirs_exist_ok=True)
        (tmp_path / "again" / "keys" / "signing").write_bytes(key)
        with Ledger.open(tmp_path / "again") as late:
            for act in (lambda: late.record(person(64), actor=ACTOR), lambda: rotate_key(late)):
                with pytest.raises(Locked, match="not this ledger's signing key"):
                    act()
            assert late.head().position == 10


def test_the_thiefs_own_branch_is_found_by_any_head_of_the_agency(ledger: Ledger, tmp_path: Path) -> None:
    shutil.copytree(ledger.folder.path, tmp_path / "stolen")
    with Ledger.open(tmp_path / "stolen") as stolen:
        rotate_key(stolen)
        stolen.record(person(60), actor=ACTOR)
    recover_key(ledger, recovery_of(ledger), 6)
    assert verdict(tmp_path / "stolen").verdict == "verified"
    report = verdict(tmp_path / "stolen", heads=[tuple(ledger.head())])
    assert report.verdict == "failed"
    assert report.first_bad is not None
    assert report.first_bad[:2] == (6, 9)


def test_the_history_of_keys_is_told(ledger: Ledger) -> None:
    rotate_key(ledger, actor=ACTOR)
    ledger.record(person(60), actor=ACTOR)
    recover_key(ledger, recovery_of(ledger), 7)
    spans = [(span.brought_by, span.first, span.last, span.distrust_from) for span in signing_keys(ledger)]
    assert spans == [("charter", 1, 6, None), ("rotation", 7, 7, None), ("recovery", 9, None, 7)]
    assert [signed_by(ledger, p) for p in (6, 7)] == [span.key_id for span in [*signing_keys(ledger)][:2]]
    kinds = {r.position: (r.kind, r.actor) for r in ledger.readings() if r.position in (6, 8)}
    assert kinds == {6: (ROTATED_KIND, ACTOR), 8: (RECOVERED_KIND, None)}


def test_a_recovery_may_distrust_nothing(ledger: Ledger) -> None:
    assert recover_key(ledger, recovery_of(ledger), 6).disputed == 0
    report = ledger.verify()
    assert (report.verdict, report.disputed, report.disputes) == ("verified", 0, ())


# Writers learn the live key from the ledger


def test_another_process_follows_a_rotation_and_a_recovery(ledger: Ledger) -> None:
    with Ledger.open(ledger.folder.path) as other:
        other.record(person(60), actor=ACTOR)
        for change in (rotate_key, lambda led: recover_key(led, recovery_of(led), 6), rotate_key):
            made = change(ledger)
            assert other.key_id == made.key_id
            other.record(person(made.position), actor=ACTOR)
            ledger.record(person(made.position + 100), actor=ACTOR)
            assert signed_by(ledger, made.position + 1) == signed_by(other, made.position + 2) == made.key_id
    assert ledger.verify(every_signature=True).verdict == "verified"


def test_the_next_record_is_under_the_new_key_at_once(ledger: Ledger) -> None:
    """Another thread may record before whoever rotated has looked at the ledger again."""
    with key_files.replacing(ledger.folder, None, lambda: ledger.key_id) as new:

        def make(live: LiveKey) -> SigningKeyRotated:
            enrolment = new.sign(enrol_message(ledger.id, live.key_id, new.public))
            return SigningKeyRotated(public=new.public, enrolment=enrolment)

        ledger.record_keys(make)
        ledger.record(person(60), actor=ACTOR)
        assert signed_by(ledger, 7) == new.key_id
    assert ledger.verify(every_signature=True).verdict == "verified"


def test_an_erasure_under_a_later_key_is_finished_by_whoever_reads(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate_key(ledger)
    scope = ledger.keyring.vault.scope(("person", "P0"))
    assert scope is not None

    def cut_off(*_: Any) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(Keyring, "shred", cut_off)
    with pytest.raises(StorageError, match="is recorded, but"):
        ledger.erase("person", "P0", reason="asked for", authority="the DPO", actor=ACTOR)
    monkeypatch.undo()
    ledger.close()
    with Ledger.open(ledger.folder.path) as again:
        assert not again.keyring.vault.holds([scope])
        assert again.verify().erased == 1


def test_what_rotates_is_not_stored_when_it_cannot_be(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before, key = ledger.head(), ledger.folder.signing_key.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(ledger._app, "save", full)
    with pytest.raises(StorageError, match="full"):
        rotate_key(ledger)
    monkeypatch.undo()
    assert (ledger.head(), ledger.folder.signing_key.read_bytes()) == (before, key)
    assert not ledger.folder.signing_key_beside.exists()
    ledger.record(person(60), actor=ACTOR)
    assert signed_by(ledger, 6) == signed_by(ledger, 1)


def test_a_planted_rotation_brings_no_key_in(ledger: Ledger) -> None:
    """Whoever owns the file, without the key: a rotation with a made-up signature, and a head under the new key."""
    thief, folder = FileSigner.from_seed(bytes(32)), ledger.folder.path
    live = ledger.signer
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)
    ledger.close()
    db = sqlite3.connect(folder / "ledger.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    (rotation, leaves), (head,) = (
        db.execute("SELECT record, leaves FROM records WHERE position = 6").fetchone(),
        db.execute("SELECT record FROM records WHERE position = 7").fetchone(),
    )
    old = primitives.ssh_public((folder / "keys" / "signing").read_bytes())
    for was, now in ((old, thief.public), (None, thief.sign(enrol_message(ledger.id, live.key_id, thief.public)))):
        place = leaves.index(was) if was else leaves.index(b"\xc4\x40") + 2
        leaves = leaves[:place] + now + leaves[place + len(now) :]
    planted = rotation[:129] + bytes(64)
    header = head[:25] + record_hash(planted) + head[57:65] + thief.key_id + head[97:129]
    forged = header + thief.sign(signed_message(header, ledger.practice))
    for position, record, extra in ((6, planted, leaves), (7, forged, None)):
        db.execute(
            "UPDATE records SET record = ?, hash = ?, leaves = coalesce(?, leaves) WHERE position = ?",
            (record, record_hash(record), extra, position),
        )
    db.commit()
    db.close()
    with Ledger.open(folder) as again:
        with pytest.raises(IntegrityError, match="Record 6 says that the signing key was replaced") as caught:
            again.record(person(61), actor=ACTOR)
        assert (caught.value.position, caught.value.step) == (6, 6)
        assert again.head().position == 7
    bad = verdict(folder).first_bad
    assert bad is not None
    assert bad[:2] == (6, 6)


def test_without_the_recovery_key_at_hand_no_recovery_is_signed(ledger: Ledger) -> None:
    rotate_key(ledger)
    data = ledger.reading(6).data
    made = SigningKeyRecovered(public=data["public"], enrolment=data["enrolment"], distrust_from=2)
    with pytest.raises(Locked, match="Nobody but the recovery key"):
        ledger.record_keys(lambda _: made)
    assert ledger.head().position == 6


# Cut off


def test_a_rotation_that_was_cut_off_before_its_record_is_undone(ledger: Ledger) -> None:
    beside = ledger.folder.signing_key_beside
    for left in (primitives.ssh_private_bytes(primitives.generate_private(bytes), None), b"-----BEGIN"):
        beside.write_bytes(left)
        with Ledger.open(ledger.folder.path) as again:
            assert again.key_id == signed_by(again, 1)
            assert beside.exists()  # reading changes nothing
            again.record(person(ledger.head().position), actor=ACTOR)
        assert not beside.exists()


@pytest.mark.parametrize("change", [rotate_key, lambda led: recover_key(led, recovery_of(led), 3)])
def test_a_change_that_was_cut_off_after_its_record_is_finished(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, change: Callable[[Ledger], Any]
) -> None:
    monkeypatch.setattr(key_files, "_place", lambda *_: None)  # as if the process had died here
    made = change(ledger)
    beside, signing = ledger.folder.signing_key_beside, ledger.folder.signing_key
    assert beside.exists()
    with Ledger.open(ledger.folder.path) as again:
        again.record(person(60), actor=ACTOR)  # the live key is found, wherever it lies
        monkeypatch.undo()
        again.record(person(61), actor=ACTOR)
        assert key_id(primitives.ssh_public(signing.read_bytes())) == made.key_id
        assert not beside.exists()
        assert again.verify(every_signature=True).verdict == "verified"


def test_nobody_rotates_or_tidies_while_another_does(ledger: Ledger) -> None:
    with key_files.replacing(ledger.folder, None, lambda: ledger.key_id):
        ledger.record(person(60), actor=ACTOR)
        assert ledger.folder.signing_key_beside.exists()
        with pytest.raises(StorageError, match="Another process is replacing"):
            rotate_key(ledger)
    assert not ledger.folder.signing_key_beside.exists()
    rotate_key(ledger)


# Files and passphrases


def test_the_new_key_is_under_the_same_passphrase(tmp_path: Path) -> None:
    with found(tmp_path / "hmc", passphrase=b"correct horse") as ledger:
        for change in (rotate_key, lambda led: recover_key(led, recovery_of(led), 2)):
            made = change(ledger)
            data = ledger.folder.signing_key.read_bytes()
            with pytest.raises(Locked):
                primitives.load_ssh_private(data, None)
            assert FileSigner(primitives.load_ssh_private(data, b"correct horse")).key_id == made.key_id
            assert ledger.folder.signing_key.stat().st_mode & 0o777 == 0o600
    with Ledger.open(tmp_path / "hmc") as locked:
        with pytest.raises(Locked):
            rotate_key(locked)
        with pytest.raises(Locked):
            recover_key(locked, tmp_path / "hmc.recovery", 2)
        assert locked.head().position == 3


def test_a_recovery_needs_neither_vault_nor_signing_key(ledger: Ledger) -> None:
    ledger.close()
    for file in (ledger.folder.vault, ledger.folder.vault_key, ledger.folder.signing_key):
        file.unlink()
    with Ledger.open(ledger.folder.path) as bare:
        made = recover_key(bare, recovery_of(bare), 4)
        assert made.disputed == 2
        assert key_id(primitives.ssh_public(bare.folder.signing_key.read_bytes())) == made.key_id
    assert verdict(ledger.folder.path).verdict == "verified"


def test_what_recovers_is_this_ledgers_recovery_key(ledger: Ledger, tmp_path: Path) -> None:
    with found(tmp_path / "other"):
        pass
    for file in (tmp_path / "other.recovery", ledger.folder.signing_key):
        with pytest.raises(ForeignFile, match="another key than the recovery key"):
            recover_key(ledger, file, 3)
    (tmp_path / "noise").write_bytes(b"noise")
    for file in (tmp_path / "noise", tmp_path / "nothing"):
        with pytest.raises(ForeignFile):
            recover_key(ledger, file, 3)
    for position in (-1, 0, 1, 7):
        with pytest.raises(UsageError, match="from 2 to 6"):
            recover_key(ledger, recovery_of(ledger), position)
    with pytest.raises(Malformed):
        recover_key(ledger, recovery_of(ledger), 3, reason="x" * 81)
    assert ledger.head().position == 5
    assert not ledger.folder.signing_key_beside.exists()


def test_a_recovery_may_replace_the_second_key_of_checkpoints(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "before").write_bytes(sign_checkpoint(ledger).data)
    recover_key(ledger, recovery_of(ledger), 6, new_mldsa=True)
    ledger.record(person(60), actor=ACTOR)
    (tmp_path / "after").write_bytes(sign_checkpoint(ledger).data)
    ledger.close()
    verified = verify_folder(
        ledger.folder.path, passphrase=lambda: None, against=[tmp_path / "before", tmp_path / "after"]
    )
    assert (verified.report.verdict, verified.known) == ("verified", 7)


# Verified in processes


def test_segments_are_told_the_keys_before_them(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)
    recover_key(ledger, recovery_of(ledger), 6)
    ledger.record(person(61), actor=ACTOR)
    monkeypatch.setattr(verification, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(verification, "SEGMENT", 2)
    alone = verdict(ledger.folder.path, every_signature=True)
    assert alone.verdict == "verified"
    monkeypatch.setattr(verification, "verify_segment", None)  # the workers have their own
    assert verdict(ledger.folder.path, every_signature=True, processes=2) == alone
    monkeypatch.setattr(verification, "verify_segment", verify_segment)
    monkeypatch.setattr(verification, "learn", lambda *_: iter(()))  # an index that hides the key records
    assert verdict(ledger.folder.path, every_signature=True, processes=2) == alone


# Cards, trust and extracts


@pytest.fixture
def before(ledger: Ledger) -> Trust:
    """What a partner keeps from before any change of keys."""
    return read_card(make_card(ledger)).trust("the council")


def extract_of(ledger: Ledger, out: Path) -> bytes:
    create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=out, actor=ACTOR)
    return out.read_bytes()


def test_whoever_trusts_the_charter_follows_the_keys(ledger: Ledger, before: Trust, tmp_path: Path) -> None:
    old_vkey = ledger.vkey
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)
    recover_key(ledger, recovery_of(ledger), 7, reason="laptop stolen", actor=ACTOR)
    ledger.record(person(61), actor=ACTOR)
    card = make_card(ledger)
    extract = extract_of(ledger, tmp_path / "a.r7x")
    for name, content in (("old", old_vkey), ("new", ledger.vkey), ("json", read_card(card).trust("HMC").to_json())):
        (tmp_path / name).write_text(content)
    loaded = [Trust.load(tmp_path / name) for name in ("old", "new", "json")]
    for trust in (before, read_card(card).trust(), *loaded):
        report = check_extract(extract, trust)
        assert (report.verdict, report.records, report.disputed, report.first_bad) == ("verified", 6, 1, None)
    assert b"laptop stolen" not in extract + card
    assert ACTOR.staff_ref.encode() not in card


def test_a_key_that_the_ledger_never_had_is_not_trusted(ledger: Ledger, tmp_path: Path) -> None:
    shutil.copytree(ledger.folder.path, tmp_path / "copy")
    rotate_key(ledger)
    with Ledger.open(tmp_path / "copy") as copy:
        (tmp_path / "vkey").write_text(ledger.vkey)
        report = check_extract(extract_of(copy, tmp_path / "a.r7x"), Trust.load(tmp_path / "vkey"))
        assert report.verdict == "undecided"
        assert verify_folder(copy.folder.path, passphrase=lambda: None).publics == [copy.charter.public]
    assert len(verify_folder(ledger.folder.path, passphrase=lambda: None).publics) == 2


def test_an_extract_by_a_stolen_key_fails_against_a_newer_card(ledger: Ledger, tmp_path: Path) -> None:
    """The thief knows nothing of the rotation at 6, and no record of the case stands where the card's head does."""
    shutil.copytree(ledger.folder.path, tmp_path / "stolen")
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)
    newer = read_card(make_card(ledger)).trust("the council")
    with Ledger.open(tmp_path / "stolen") as stolen:
        for case in ("HM-2", "HM-3"):
            stolen.record(opened(case), actor=ACTOR)
        stolen.record(person(70), actor=ACTOR)
        forged = extract_of(stolen, tmp_path / "a.r7x")
    report = check_extract(forged, newer)
    assert report.verdict == "failed"
    assert report.first_bad is not None
    assert report.first_bad[:2] == (6, 9)


def test_an_extract_from_before_a_recovery_is_disputed_by_whoever_knows_of_it(ledger: Ledger, tmp_path: Path) -> None:
    earlier = extract_of(ledger, tmp_path / "a.r7x")
    recover_key(ledger, recovery_of(ledger), 4)
    report = check_extract(earlier, read_card(make_card(ledger)).trust("the council"))
    assert (report.verdict, report.records, report.disputed) == ("verified", 4, 2)


def test_the_recovery_key_signs_no_record_of_an_extract(ledger: Ledger, before: Trust, tmp_path: Path) -> None:
    body = values.decode(open_body(extract_of(ledger, tmp_path / "a.r7x")).body)
    recovery = ledger.keyring.signer_in(recovery_of(ledger).read_bytes())
    record = body["records"][1][0]
    header = record[:65] + recovery.key_id + record[97:129]
    body["records"][1][0] = header + recovery.sign(signed_message(header, ledger.practice))
    report = check_extract(sign_body(values.encode(body), ledger.id, ledger.signer), before)
    assert report.first_bad is not None
    assert report.first_bad[:2] == (3, 5)


def drop_the_rotation(keys: list[Any]) -> None:
    del keys[0]


def drop_the_recovery(keys: list[Any]) -> None:
    del keys[1]


def swap(keys: list[Any]) -> None:
    keys.reverse()


def another_record(keys: list[Any]) -> None:
    keys[0] = keys[1]


def withhold_the_key(keys: list[Any]) -> None:
    keys[0][1][9] = b"\0" + bytes(32)


def flip_a_signature(keys: list[Any]) -> None:
    keys[0][0] = keys[0][0][:-1] + bytes([keys[0][0][-1] ^ 1])


def no_record(keys: list[Any]) -> None:
    keys[0] = [b"", [], []]


def nothing_at_all(keys: list[Any]) -> None:
    keys[0] = None


CHANGES = [
    (drop_the_rotation, (7, 5)),
    (drop_the_recovery, (0, 0)),
    (swap, (6, 2)),
    (another_record, (8, 2)),
    (withhold_the_key, (6, 7)),
    (flip_a_signature, (6, 6)),
    (no_record, (2, 1)),
    (nothing_at_all, (2, 1)),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_history_of_keys_that_was_altered_is_refused(
    ledger: Ledger, before: Trust, tmp_path: Path, change: Callable[[list[Any]], None], expected: tuple[int, int]
) -> None:
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)
    recover_key(ledger, recovery_of(ledger), 7)
    body = values.decode(open_body(extract_of(ledger, tmp_path / "a.r7x")).body)
    change(body["keys"])
    report = check_extract(sign_body(values.encode(body), ledger.id, ledger.signer), before)
    assert report.verdict == "failed"
    assert report.first_bad is not None
    assert report.first_bad[:2] == expected, report.first_bad


def test_a_card_needs_every_key_and_the_live_one(ledger: Ledger) -> None:
    old = ledger.signer
    rotate_key(ledger)
    genesis, head = ledger.reading(1).row.record, ledger.head()
    entries = key_entries(ledger, head.position)
    write = partial(write_card, ledger.charter, genesis, mldsa=ledger.reading(1).data["mldsa_public"])
    assert read_card(write(head, ledger.signer, entries)).keys[0].position == 6
    for signer, keys in ((ledger.signer, []), (old, entries)):
        with pytest.raises(IntegrityError, match="not signed by the key"):
            read_card(write(head, signer, keys))
    assert read_card(write((5, ledger.reading(5).hash), old)).keys == ()
    with pytest.raises(IntegrityError, match="up to the head"):
        read_card(write((5, ledger.reading(5).hash), ledger.signer, entries))
    body = values.decode(open_body(make_card(ledger)).body)
    flip_a_signature(body["keys"])
    with pytest.raises(IntegrityError, match=r"key record 6 does not verify \(step 6\)"):
        read_card(sign_body(values.encode(body), ledger.id, ledger.signer, CARD_TAG))


# A successor


@pytest.mark.parametrize("quoted", ["x", "ab:1:cd", f"{'0' * 32}:0:{'0' * 64}", f"{'0' * 32}:1:{'g' * 64}", True])
def test_a_successor_quotes_a_head(tmp_path: Path, quoted: Any) -> None:
    made: dict[str, Any] = {"agency_id": "HMC", "agency_name": "Harrowmere", "kind": "local_authority"}
    with pytest.raises(Malformed, match="LEDGER:POSITION:HASH"):
        Ledger.create(tmp_path / "a", **made, flags={"successor_of": quoted}, recovery=tmp_path / "r")
    head = f"{'0' * 31}1:12:{'ab' * 32}"
    with Ledger.create(tmp_path / "a", **made, flags={"successor_of": head}, recovery=tmp_path / "r") as ledger:
        assert ledger.agency().flags["successor_of"] == head
        assert ledger.head().position == 1
