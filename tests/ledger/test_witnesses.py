"""Partners witness each other: what is cosigned, what is refused, and each way of telling two histories found out."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import socket
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, FLAGS, found, opened, person

from ledger import (
    Beginning,
    Ledger,
    Quorum,
    Trust,
    Verification,
    Witness,
    WitnessServer,
    check_evidence,
    gather,
    make_card,
    make_evidence,
    prove_consistency,
    read_beginning,
    read_card,
    read_quorum,
    recover_key,
    rotate_key,
    sign_checkpoint,
    verify_folder,
)
from ledger.errors import ForeignFile, IntegrityError, Malformed, RuleSevenError, StorageError, Undecided, UsageError
from ledger.fork import EVIDENCE_TAG
from ledger.growth import Behind, Contradiction, NoProof, UnknownLog, Unsigned
from ledger.proof import cosignature, envelope, note, primitives, quorum, values
from ledger.proof.cosignature import Cosigner
from ledger.proof.keys import FileSigner
from ledger.witness_http import add_checkpoint

START = 1_700_000_000  # seconds since 1970


@dataclass
class Agency:
    """One agency's ledger, with a clock that the test sets."""

    folder: Path
    seconds: int = START

    @classmethod
    def founded(cls, folder: Path, name: str) -> Agency:
        agency = cls(folder)
        Ledger.create(
            folder,
            agency_id=name.upper(),
            agency_name=name,
            kind="local_authority",
            flags=FLAGS,
            recovery=folder.parent / f"{folder.name}.recovery",
            clock=agency.clock,
        ).close()
        return agency

    def clock(self) -> int:
        return self.seconds * 1_000_000

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with Ledger.open(self.folder, clock=self.clock) as ledger:
            yield ledger

    def copy(self, name: str) -> Agency:
        """The folder as it is now, without the cache in which it would see its own fork."""
        shutil.copytree(self.folder, self.folder.with_name(name))
        (self.folder.with_name(name) / "tiles.db").unlink(missing_ok=True)
        return Agency(self.folder.with_name(name), self.seconds)

    def add(self, *numbers: int) -> None:
        with self.ledger() as ledger:
            for number in numbers:
                self.seconds += 1
                ledger.record(person(number), actor=ACTOR)

    def checkpoint(self) -> bytes:
        with self.ledger() as ledger:
            return sign_checkpoint(ledger).data

    def beginning(self, old: int, new: int) -> Beginning:
        with self.ledger() as ledger:
            made = prove_consistency(ledger, old, new)
        return Beginning(old, made.old_root, made.hashes)

    def card(self) -> bytes:
        with self.ledger() as ledger:
            return make_card(ledger)

    def cosign(self, data: bytes, beginning: Beginning | None = None) -> bytes:
        with self.ledger() as ledger:
            return Witness(ledger).cosign(data, beginning).data

    def cosigner(self) -> Cosigner:
        with self.ledger() as ledger:
            return Cosigner(ledger.origin, ledger.signer.public)

    def evidence(self) -> list[Path]:
        return sorted((self.folder / "evidence").glob("*")) if (self.folder / "evidence").exists() else []

    def verify(self, *against: Path, policy: Quorum | None = None) -> Verification:
        return verify_folder(self.folder, passphrase=lambda: None, against=against, quorum=policy)


@pytest.fixture
def council(tmp_path: Path) -> Agency:
    """A ledger of five records."""
    agency = Agency.founded(tmp_path / "council", "Council")
    with agency.ledger() as ledger:
        ledger.record(opened(), actor=ACTOR)
    agency.add(1, 2, 3)
    return agency


@pytest.fixture
def police(tmp_path: Path, council: Agency) -> Agency:
    """A partner that witnesses the council and has seen nothing of it yet."""
    return witness_of(council, tmp_path / "police", "Police")


def witness_of(log: Agency, folder: Path, name: str) -> Agency:
    agency = Agency.founded(folder, name)
    agency.seconds += 100
    with agency.ledger() as ledger:
        Witness(ledger).add(log.card(), "the council")
    return agency


def trust_of(log: Agency, folder: Path) -> Trust:
    """What a third party keeps: a trust file, written and read again."""
    (folder / "council.json").write_text(read_card(log.card()).trust("the council").to_json())
    return Trust.load(folder / "council.json")


def kept(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def seen(witness: Agency) -> list[tuple[str, int, int]]:
    with witness.ledger() as ledger:
        return [(log.name, log.size, log.time) for log in Witness(ledger).logs()]


# Cosigning


def test_a_cosignature_is_what_c2sp_says(council: Agency, police: Agency) -> None:
    made = police.cosign(council.checkpoint())
    parsed, by = note.from_bytes(made), police.cosigner()
    line = parsed.signatures[-1]
    assert len(parsed.signatures) == 3
    assert line.name == by.name
    assert line.key_id == hashlib.sha256(by.name.encode() + b"\n\4" + by.public).digest()[:4]
    time = int.from_bytes(line.signature[:8])
    assert time == police.seconds
    assert primitives.verify(by.public, line.signature[8:], b"cosignature/v1\ntime %d\n" % time + parsed.text)
    assert cosignature.check(parsed, [by]) == [(by, time)]
    assert cosignature.check(parsed, [council.cosigner()]) == []
    assert Cosigner.from_vkey(by.vkey()) == by
    with police.ledger() as ledger:
        assert Witness(ledger).vkey == by.vkey()
        assert Cosigner.from_vkey(ledger.vkey) == by


@pytest.mark.parametrize("time", [1 << 63, (1 << 64) - 1])
def test_a_cosignature_from_after_all_time_is_none(council: Agency, time: int) -> None:
    key, text = FileSigner.from_seed(bytes(32)), note.from_bytes(council.checkpoint()).text
    by = Cosigner("w", key.public)
    late = note.Signature("w", by.key_id, time.to_bytes(8) + key.sign(cosignature.message(text, time)))
    good = cosignature.cosign(text, "w", key, (1 << 63) - 1)
    short = good._replace(signature=good.signature[:-1])
    assert cosignature.check(note.Note(text, (good,)), [by]) == [(by, (1 << 63) - 1)]
    for line in (late, short, good._replace(signature=good.signature[:8])):
        with pytest.raises(IntegrityError):
            cosignature.check(note.Note(text, (line,)), [by])
    with pytest.raises(Malformed):
        cosignature.cosign(text, "w", key, time)


def test_each_checkpoint_must_follow_from_the_one_before(council: Agency, police: Agency) -> None:
    police.cosign(council.checkpoint())
    for number in (4, 5, 6):
        before = seen(police)[0][1]
        council.add(number)
        with pytest.raises(UsageError, match="ask for the proof"):
            police.cosign(council.checkpoint())
        police.cosign(council.checkpoint(), council.beginning(before, before + 1))
    assert seen(police) == [("the council", 8, police.seconds)]
    again = police.cosign(police.cosign(council.checkpoint()))
    assert [line.name for line in note.from_bytes(again).signatures].count(police.cosigner().name) == 1


def unsigned(data: bytes) -> bytes:
    """Without its last line."""
    return b"".join(data.splitlines(keepends=True)[:-1])


def altered_line(data: bytes) -> bytes:
    parsed = note.from_bytes(data)
    first = parsed.signatures[0]
    wrong = first._replace(signature=bytes([first.signature[0] ^ 1]) + first.signature[1:])
    return note.to_bytes(parsed.text, [wrong, *parsed.signatures[1:]])


def other_key_id(data: bytes) -> bytes:
    parsed = note.from_bytes(data)
    return note.to_bytes(parsed.text, [parsed.signatures[0]._replace(key_id=b"1234"), parsed.signatures[1]])


def twice(data: bytes) -> bytes:
    parsed = note.from_bytes(data)
    return note.to_bytes(parsed.text, [*parsed.signatures, parsed.signatures[0]])


def with_size(size: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"\n5\n", b"\n" + size + b"\n", 1)


BAD_NOTES: dict[str, tuple[Callable[[bytes], bytes], type[RuleSevenError]]] = {
    "no final line feed": (lambda data: data[:-1], Malformed),
    "no signature": (lambda data: data.partition(b"\n\n")[0] + b"\n\n", Malformed),
    "a stripped line": (unsigned, Unsigned),
    "another key id": (other_key_id, Unsigned),
    "an altered signature": (altered_line, Unsigned),
    "a signature twice": (twice, Unsigned),
    "leading zeroes": (with_size(b"05"), Malformed),
    "a sign": (with_size(b"+5"), Malformed),
    "size 0 with a root": (with_size(b"0"), Malformed),
    "another size": (with_size(b"6"), Unsigned),
    "a root of 31 bytes": (lambda data: data.replace(data.split(b"\n")[2], b"A" * 40 + b"AA==", 1), Malformed),
    "an extension line": (lambda data: data.replace(b"\n\n", b"\nmore\n\n", 1), Malformed),
    "another origin": (lambda data: data.replace(b"ruleseven/", b"ruleseven-practice/", 1), UnknownLog),
    "not a note": (lambda _: b"\0" * 100, Malformed),
    "too large": (lambda data: data + b"x" * (1 << 20), Malformed),
}


@pytest.mark.parametrize("bad", BAD_NOTES)
def test_a_bad_note_is_refused_and_nothing_is_noted_down(council: Agency, police: Agency, bad: str) -> None:
    spoil, error = BAD_NOTES[bad]
    data = council.checkpoint()
    with pytest.raises(error):
        police.cosign(spoil(data))
    assert seen(police) == [("the council", 0, 0)]
    police.cosign(data)


def test_unknown_signatures_are_ignored_and_kept(council: Agency, police: Agency) -> None:
    parsed = note.from_bytes(council.checkpoint())
    stranger = note.Signature("witness.example/w1", b"abcd", bytes(72))
    made = note.from_bytes(police.cosign(note.to_bytes(parsed.text, [stranger, *parsed.signatures])))
    assert made.signatures[0] == stranger
    assert len(made.signatures) == 4


def test_a_proof_that_is_wrong_leads_nowhere(council: Agency, police: Agency) -> None:
    police.cosign(council.checkpoint())
    council.add(4, 5)
    data, good = council.checkpoint(), council.beginning(5, 7)
    wrong = good.hashes[0][:-1] + bytes([good.hashes[0][-1] ^ 1])
    for hashes in (
        (wrong, *good.hashes[1:]),
        good.hashes[:-1],
        (*good.hashes, bytes(32)),
        (bytes(31),),
        (bytes(32),) * 64,
    ):
        with pytest.raises(NoProof):
            police.cosign(data, good._replace(hashes=hashes))
    with pytest.raises(NoProof):
        police.cosign(data, good._replace(root=bytes(32)))
    with pytest.raises(UsageError, match="begins at 4 records; 5"):
        police.cosign(data, council.beginning(4, 7))
    assert (seen(police)[0][1], police.evidence()) == (5, [])
    police.cosign(data, good)


def test_a_clock_that_runs_back_stops_all_cosigning(council: Agency, police: Agency) -> None:
    data = council.checkpoint()
    police.cosign(data)
    police.seconds -= 1
    with pytest.raises(Undecided, match="clock"):
        police.cosign(data)
    police.seconds += 1
    police.cosign(data)


def test_what_was_seen_is_the_owners_alone_and_never_made_up(council: Agency, police: Agency) -> None:
    data = council.checkpoint()
    police.cosign(data)
    file = police.folder / "seen.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whole = file.read_bytes()
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE logs SET size = 'five'")
        db.commit()
    with pytest.raises(IntegrityError, match=r"seen\.db"):
        police.cosign(data)
    file.write_bytes(b"not a database at all")
    with pytest.raises(IntegrityError):
        police.cosign(data)
    file.write_bytes(b"")
    with pytest.raises(UnknownLog):
        police.cosign(data)
    file.unlink()
    with pytest.raises(UnknownLog):
        police.cosign(data)
    file.unlink()
    file.mkdir()
    with pytest.raises(StorageError):
        police.cosign(data)
    file.rmdir()
    file.write_bytes(whole)
    police.cosign(data)


def test_nobody_witnesses_themselves_nor_a_practice_ledger(council: Agency, police: Agency, tmp_path: Path) -> None:
    with police.ledger() as ledger, found(tmp_path / "practice") as practice:
        for card in (make_card(ledger), make_card(practice)):
            with pytest.raises(UsageError):
                Witness(ledger).add(card, "them")
        with pytest.raises(Malformed):
            Witness(ledger).add(council.card(), " ")


def test_a_partner_that_rotates_its_key_sends_its_newer_card(council: Agency, police: Agency) -> None:
    police.cosign(council.checkpoint())
    older = council.card()
    with council.ledger() as ledger:
        rotate_key(ledger, actor=ACTOR)
    data, proof = council.checkpoint(), council.beginning(5, 6)
    with pytest.raises(Unsigned, match="newer card"):
        police.cosign(data, proof)
    with police.ledger() as ledger:
        Witness(ledger).add(council.card(), "the council")
        with pytest.raises(UsageError, match="older"):
            Witness(ledger).add(older, "the council")
    police.cosign(data, proof)
    assert seen(police)[0][1] == 6


def test_two_cards_with_other_keys_contradict_each_other(council: Agency, police: Agency) -> None:
    other = council.copy("other")
    for agency in (council, other):
        with agency.ledger() as ledger:
            rotate_key(ledger, actor=ACTOR)
    with police.ledger() as ledger:
        Witness(ledger).add(council.card(), "the council")
        with pytest.raises(IntegrityError, match="contradicts"):
            Witness(ledger).add(other.card(), "the council")


# Histories: each way of telling two of them is found out, by name, with evidence


def test_a_truncated_tail(council: Agency, police: Agency, tmp_path: Path) -> None:
    shorter = council.copy("shorter")
    council.add(4, 5)
    file = kept(tmp_path, "seven", police.cosign(council.checkpoint()))
    found = shorter.verify(file).report.first_bad
    assert found is not None
    assert (found.position, found.step, "cut off" in found.reason) == (6, 9, True)
    with pytest.raises(Undecided, match="older one"):  # signed before the larger was: it may be an old one
        police.cosign(shorter.checkpoint())
    assert police.evidence() == []
    (shorter.folder / "tiles.db").unlink()
    shorter.seconds += 1000
    with pytest.raises(Contradiction, match=r"rolled back.*the last 2 were gone.*evidence is in"):
        police.cosign(shorter.checkpoint())
    report = check_evidence(police.evidence()[0], trust_of(council, tmp_path))
    assert (report.verdict, report.shows, report.brought_by) == ("verified", "rolled back", "Police")
    assert [signed.checkpoint.size for signed in report.signed] == [7, 5]


@pytest.mark.parametrize("records", [7, 8, 9, 12])
def test_a_record_rewritten_and_signed_again_with_the_true_key(
    council: Agency, police: Agency, tmp_path: Path, records: int
) -> None:
    """Record 6 becomes another, and all after it: shown at the size that was seen, and at larger ones."""
    rewritten = council.copy("rewritten")
    council.add(4, 5)
    file = kept(tmp_path, "seven", police.cosign(council.checkpoint()))
    rewritten.add(*range(60, 60 + records - 5))
    found = rewritten.verify(file).report.first_bad
    assert found is not None
    assert (found.position, found.step) == (1, 9)
    proof = None if records == 7 else rewritten.beginning(7, records)
    for _ in range(2):  # the same evidence twice is one file
        with pytest.raises(Contradiction, match="has forked"):
            police.cosign(rewritten.checkpoint(), proof)
    assert seen(police)[0][1] == 7
    assert len(police.evidence()) == 1
    assert stat.S_IMODE(police.evidence()[0].stat().st_mode) == 0o600
    report = check_evidence(police.evidence()[0], trust_of(council, tmp_path))
    assert (report.verdict, report.shows) == ("verified", "fork")


def test_two_forks_shown_to_two_partners(council: Agency, police: Agency, tmp_path: Path) -> None:
    """Each partner saw a ledger that grew; together their notes prove that there are two."""
    health = witness_of(council, tmp_path / "health", "Health")
    other = council.copy("other")
    council.add(4)
    other.add(40)
    notes = police.cosign(council.checkpoint()), health.cosign(other.checkpoint())
    with health.ledger() as ledger:
        file = kept(tmp_path, "fork.r7e", make_evidence(ledger, council.card(), notes))
    report = check_evidence(file, trust_of(council, tmp_path))
    assert (report.verdict, report.shows, report.brought_by) == ("verified", "fork", "Health")
    assert report.reason == "it signed two histories of 6 records"
    other.add(41, 42)
    for data, beginning in ((other.checkpoint(), None), (other.checkpoint(), council.beginning(5, 6))):
        with health.ledger() as ledger, pytest.raises(RuleSevenError):
            make_evidence(ledger, council.card(), (notes[0], data), beginning)
    with health.ledger() as ledger:
        made = make_evidence(ledger, council.card(), (notes[0], other.checkpoint()), other.beginning(6, 8))
    report = check_evidence(kept(tmp_path, "fork2.r7e", made), trust_of(council, tmp_path))
    assert (report.verdict, report.shows) == ("verified", "fork")


def test_a_backup_put_back_and_written_on(council: Agency, police: Agency, tmp_path: Path) -> None:
    backup = council.copy("backup")
    council.add(4, 5, 6)
    file = kept(tmp_path, "eight", police.cosign(council.checkpoint()))
    backup.seconds = council.seconds + 5000
    backup.add(7)
    found = backup.verify(file).report.first_bad
    assert found is not None
    assert (found.position, found.step) == (7, 9)
    with pytest.raises(Contradiction, match="rolled back"):
        police.cosign(backup.checkpoint())
    backup.add(8, 9, 10)
    with pytest.raises(NoProof):
        police.cosign(backup.checkpoint(), backup.beginning(8, 9)._replace(root=council.beginning(8, 8).root))
    with pytest.raises(Contradiction, match=r"forked: it signed 8 records, and 9 that begin with 8 others"):
        police.cosign(backup.checkpoint(), backup.beginning(8, 9))
    trust = trust_of(council, tmp_path)
    shown = {check_evidence(evidence, trust).shows for evidence in police.evidence()}
    assert shown == {"rolled back", "fork"}


# Evidence


@pytest.fixture
def forked(council: Agency, police: Agency) -> tuple[bytes, bytes]:
    other = council.copy("other")
    council.add(4)
    other.add(40)
    return council.checkpoint(), other.checkpoint()


def body_of(file: bytes) -> dict[str, Any]:
    body = values.decode(envelope.open_body(file, 1 << 22).body)
    assert isinstance(body, dict)
    return body


def test_evidence_proves_no_more_than_it_holds(
    council: Agency, police: Agency, forked: tuple[bytes, bytes], tmp_path: Path
) -> None:
    trust = trust_of(council, tmp_path)
    with police.ledger() as ledger:
        good = make_evidence(ledger, council.card(), forked)
        for notes in ((forked[0], forked[0]), (forked[1], forked[1])):
            with pytest.raises(Undecided, match="agree"):
                make_evidence(ledger, council.card(), notes)
        council.add(5)
        with pytest.raises(Undecided, match="consistency 6 7"):
            make_evidence(ledger, council.card(), (forked[0], council.checkpoint()))
        with pytest.raises(Undecided, match="agree"):
            make_evidence(ledger, council.card(), (forked[0], council.checkpoint()), council.beginning(6, 7))
        body = body_of(good)
        agreeing = body | {"notes": [forked[0], forked[0]]}
        forged = {
            "undecided": [agreeing, body | {"card": police.card()}],
            "failed": [
                body | {"notes": [forked[0], altered_line(forked[1])]},
                body | {"notes": [forked[0], unsigned(forked[1])]},
                body | {"notes": [forked[0], b"x"]},
                body | {"notes": [forked[0]]},
                body | {"kind": "card"},
                body | {"witness": council.card()},
                body | {"card": b""},
                body | {"beginning": [6, bytes(32)]},
            ],
        }
        for verdict, bodies in forged.items():
            for changed in bodies:
                data = envelope.sign_body(values.encode(changed), ledger.id, ledger.signer, EVIDENCE_TAG)
                report = check_evidence(kept(tmp_path, "e", data), trust)
                assert (report.verdict, report.shows) == (verdict, None), report.reason
        elsewhere = envelope.sign_body(values.encode(body), bytes(16), ledger.signer, EVIDENCE_TAG)
        assert check_evidence(kept(tmp_path, "e", elsewhere), trust).verdict == "failed"
        larger, wrong = council.checkpoint(), council.beginning(5, 7)
        with pytest.raises(ForeignFile, match="begins at 5 records"):
            make_evidence(ledger, council.card(), (forked[0], larger), wrong)
    flipped = bytearray(good)
    flipped[-1] ^= 1
    assert check_evidence(kept(tmp_path, "flipped", bytes(flipped)), trust).verdict == "failed"
    assert check_evidence(kept(tmp_path, "good", good), trust).verdict == "verified"
    stranger = read_card(police.card()).trust("the police")
    assert check_evidence(tmp_path / "good", stranger).verdict == "undecided"
    for data in (b"", b"x", good[:-5], council.card(), forked[0]):
        with pytest.raises(UsageError):
            check_evidence(kept(tmp_path, "no-evidence", data), trust)


@pytest.mark.parametrize(("old", "new"), [(4, 5), (4, 8), (5, 6), (5, 8), (6, 9), (7, 8), (8, 9)])
def test_nobody_can_frame_a_ledger_that_only_grew(police: Agency, tmp_path: Path, old: int, new: int) -> None:
    """Whatever a bringer claims that the larger tree begins with: only its own beginning leads to its root."""
    notes = []
    fresh = Agency.founded(tmp_path / "fresh", "Fresh")
    with fresh.ledger() as ledger:
        ledger.record(opened(), actor=ACTOR)
    for size in (old, new):
        fresh.add(*range(size_of(fresh), size))
        notes.append(fresh.checkpoint())
    true, trust = fresh.beginning(old, new), trust_of(fresh, tmp_path)
    for root, hashes in (
        (bytes(32), true.hashes),
        (bytes(32), (bytes(32), *true.hashes[1:])),
        (true.hashes[0], true.hashes),
        (bytes(32), ()),
        (bytes(31), true.hashes),
    ):
        with police.ledger() as ledger:
            with pytest.raises((IntegrityError, Malformed)):
                make_evidence(ledger, fresh.card(), (notes[0], notes[1]), Beginning(old, root, hashes))
            framed = unchecked_evidence(ledger, fresh.card(), notes, [old, root, [*hashes]])
        report = check_evidence(kept(tmp_path, "framed", framed), trust)
        assert (report.verdict, report.shows) == ("failed", None)


def size_of(agency: Agency) -> int:
    with agency.ledger() as ledger:
        return ledger.head().position


def unchecked_evidence(ledger: Ledger, card: bytes, notes: list[bytes], beginning: list[object]) -> bytes:
    """A file of evidence as somebody would make it who checks nothing."""
    parts = {"beginning": beginning, "card": card, "kind": "evidence", "notes": notes, "witness": make_card(ledger)}
    return envelope.sign_body(values.encode(parts), ledger.id, ledger.signer, EVIDENCE_TAG)


# How many witnesses it takes


@pytest.mark.parametrize(
    ("count", "needed", "dishonest", "enough"),
    [
        (1, 1, 0, True),
        (2, 1, 0, False),
        (2, 2, 0, True),
        (3, 2, 0, True),
        (3, 2, 1, False),
        (3, 3, 1, True),
        (4, 3, 1, True),
        (5, 3, 1, False),
        (7, 4, 1, False),
        (7, 5, 2, True),
        (7, 5, 3, False),
        (1, 0, 0, False),
        (1, 2, 0, False),
        (1, 1, -1, False),
    ],
)
def test_a_quorum_leaves_no_room_for_two_histories(count: int, needed: int, dishonest: int, enough: bool) -> None:
    keys = [FileSigner.from_seed(bytes([i] * 32)).public for i in range(count)]
    witnesses = tuple(quorum.Witness(f"w{i}", (Cosigner(f"w{i}", key),)) for i, key in enumerate(keys))
    if enough:
        assert Quorum(needed, dishonest, witnesses).needed == needed
    else:
        with pytest.raises(Malformed):
            Quorum(needed, dishonest, witnesses)


def policy(folder: Path, k: int, **witnesses: str) -> Path:
    content = {"ruleseven": "witness policy", "k": k, "witnesses": witnesses}
    return kept(folder, "policy.json", json.dumps(content).encode())


def test_a_checkpoint_counts_with_enough_cosignatures(council: Agency, police: Agency, tmp_path: Path) -> None:
    health = witness_of(council, tmp_path / "health", "Health")
    school = witness_of(council, tmp_path / "school", "School")
    kept(tmp_path, "health.card", health.card())
    file = policy(tmp_path, 2, police=police.cosigner().vkey(), health="health.card", school=school.cosigner().vkey())
    needed = read_quorum(file)
    data = council.checkpoint()
    council.add(4)
    one = police.cosign(data)
    two = health.cosign(one)
    for name, note_data, verdict, known in (
        ("none", data, "undecided", 0),
        ("one", one, "undecided", 0),
        ("two", two, "verified", 5),
        ("three", school.cosign(two), "verified", 5),
    ):
        found = council.verify(kept(tmp_path, name, note_data), policy=needed)
        assert (found.report.verdict, found.known) == (verdict, known), name
    found = council.verify(tmp_path / "one", policy=needed)
    assert found.report.first_bad is not None
    assert "2 cosignatures" in found.report.first_bad.reason
    assert found.anchors[0].witnesses == ("police",)
    both = council.verify(tmp_path / "one", tmp_path / "two", policy=needed)
    assert [(anchor.counts, anchor.witnesses) for anchor in both.anchors] == [
        (False, ("police",)),
        (True, ("police", "health")),
    ]
    parsed = note.from_bytes(two)
    last = parsed.signatures[-1]
    forged = last._replace(signature=last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
    for wrong in ([forged], [last, last]):
        bad = kept(tmp_path, "bad", note.to_bytes(parsed.text, [*parsed.signatures[:-1], *wrong]))
        with pytest.raises(UsageError, match="proves nothing"):
            council.verify(bad, policy=needed)


def test_what_does_not_count_bounds_no_dispute_either(council: Agency, police: Agency, tmp_path: Path) -> None:
    five = kept(tmp_path, "five", police.cosign(council.checkpoint()))
    council.add(4)
    six = kept(tmp_path, "six", council.checkpoint())
    with council.ledger() as ledger:
        recover_key(ledger, tmp_path / "council.recovery", 4, actor=ACTOR)
    needed = read_quorum(policy(tmp_path, 1, police=police.cosigner().vkey()))
    found = council.verify(five, six, policy=needed).report
    assert (found.verdict, found.disputed) == ("verified", 3)
    assert [head.position for head in found.disputes[0].anchors] == [5]
    assert [head.position for head in council.verify(five, six).report.disputes[0].anchors] == [5, 6]


def test_a_policy_names_others_and_each_once(council: Agency, police: Agency, tmp_path: Path) -> None:
    data, vkey = kept(tmp_path, "five", council.checkpoint()), police.cosigner().vkey()
    with pytest.raises(Malformed, match="own word"):
        council.verify(data, policy=read_quorum(policy(tmp_path, 1, us=council.cosigner().vkey())))
    (tmp_path / "police.json").write_text(read_card(police.card()).trust("police").to_json())
    kept(tmp_path, "police.card", police.card())
    for k, named in (
        (2, {"a": vkey, "b": vkey}),
        (2, {"a": vkey, "b": "police.card"}),
        (1, {"a": "police.json"}),
        (1, {"a": "nowhere"}),
        (1, {"a": "no\0where"}),
        (1, {"a": "no\ud800where"}),
        (1, {"a": vkey[:-4] + "AAA="}),
        (1, {"a": vkey.replace("ruleseven/", "other/")}),
        (1, {}),
    ):
        with pytest.raises(UsageError):
            read_quorum(policy(tmp_path, k, **named))
    for content in (
        b"",
        b"[]",
        b'{"ruleseven":"trust"}',
        b'{"k":1,"k":1}',
        policy(tmp_path, 1, a=vkey).read_bytes() + b"x",
    ):
        with pytest.raises(UsageError):
            read_quorum(kept(tmp_path, "policy.json", content))


def test_a_witness_keeps_its_old_keys_but_not_a_stolen_one(council: Agency, police: Agency, tmp_path: Path) -> None:
    file = kept(tmp_path, "five", police.cosign(council.checkpoint()))
    with police.ledger() as ledger:
        rotate_key(ledger, actor=ACTOR)
    kept(tmp_path, "police.card", police.card())
    needed = read_quorum(policy(tmp_path, 1, police="police.card"))
    assert council.verify(file, policy=needed).report.verdict == "verified"
    stolen = kept(tmp_path, "stolen", police.cosign(council.checkpoint()))
    assert council.verify(stolen, policy=needed).report.verdict == "verified"
    with police.ledger() as ledger:
        recover_key(ledger, tmp_path / "police.recovery", ledger.head().position + 1, actor=ACTOR)
    kept(tmp_path, "police.card", police.card())
    needed = read_quorum(policy(tmp_path, 1, police="police.card"))
    both = council.verify(file, stolen, policy=needed)
    assert [anchor.counts for anchor in both.anchors] == [True, False]


def test_a_proof_of_growth_is_read_exactly(tmp_path: Path) -> None:
    whole = {"old": 5, "old_root": "00" * 32, "proof": ["11" * 32]}
    assert read_beginning(kept(tmp_path, "p", json.dumps(whole).encode())) == (5, bytes(32), (b"\x11" * 32,))
    for wrong in (
        {"old": -1},
        {"old": True},
        {"old": "5"},
        {"old_root": "00" * 31},
        {"proof": ["11" * 31]},
        {"proof": ["11" * 32] * 64},
        {"proof": None},
    ):
        with pytest.raises(Malformed):
            read_beginning(kept(tmp_path, "p", json.dumps(whole | wrong).encode()))


# Over HTTP


@contextmanager
def serving(agency: Agency) -> Iterator[str]:
    with served(agency) as (_, url):
        yield url


@contextmanager
def served(agency: Agency) -> Iterator[tuple[WitnessServer, str]]:
    with agency.ledger() as ledger, WitnessServer(Witness(ledger), ("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def post(url: str, body: bytes, path: str = "/add-checkpoint", **headers: str) -> tuple[int, str | None, bytes]:
    with closing(HTTPConnection(url.removeprefix("http://"), timeout=30)) as connection:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()


def lines(hashes: tuple[bytes, ...]) -> bytes:
    return b"".join(base64.b64encode(digest) + b"\n" for digest in hashes)


def test_the_server_answers_as_c2sp_says(council: Agency, police: Agency, tmp_path: Path) -> None:
    five, other = council.checkpoint(), council.copy("other")
    stranger = Agency.founded(tmp_path / "stranger", "Stranger").checkpoint()
    council.add(4, 5)
    other.add(40, 50)
    seven, proof = council.checkpoint(), council.beginning(5, 7).hashes
    with serving(police) as url:
        assert post(url, b"old 0\n\n" + stranger)[0] == 404
        assert post(url, b"old 0\n\n" + altered_line(five))[0] == 403
        assert post(url, b"old 0\n\n" + unsigned(five))[0] == 403
        assert post(url, b"old 6\n\n" + five)[0] == 400
        assert post(url, b"old 4\n\n" + five) == (409, "text/x.tlog.size", b"0\n")
        assert post(url, b"old 0\n" + lines((bytes(32),)) + b"\n" + five)[0] == 422
        status, _, line = post(url, b"old 0\n\n" + five)
        assert (status, line.startswith("— ruleseven/".encode()), line.endswith(b"\n")) == (200, True, True)
        cosigned = cosignature.check(note.from_bytes(five + line), [police.cosigner()])
        assert [found.time for found in cosigned] == [police.seconds]
        assert post(url, b"old 0\n\n" + seven) == (409, "text/x.tlog.size", b"5\n")
        assert post(url, b"old 5\n\n" + seven)[0] == 422
        assert post(url, b"old 5\n" + lines(proof[:-1]) + b"\n" + seven)[0] == 422
        assert post(url, b"old 5\n" + lines(proof) + b"\n" + seven)[0] == 200
        assert post(url, b"old 7\n\n" + seven)[0] == 200
        status, kind, said = post(url, b"old 7\n\n" + other.checkpoint())
        assert (status, kind, str(tmp_path).encode() in said) == (409, "text/plain; charset=utf-8", False)
        for body in (b"", b"old 7\n", b"old 07\n\n" + seven, b"old -1\n\n" + seven, b"new 7\n\n" + seven):
            assert post(url, body)[0] == 400
        assert post(url, b"old 7\n" + lines((bytes(31),)) + b"\n" + seven)[0] == 400
        assert post(url, b"old 5\n" + lines((bytes(32),) * 64) + b"\n" + seven)[0] == 400
        assert post(url, b"old 7\n\n" + seven[:-1])[0] == 400
        assert post(url, b"x" * (1 << 18) + b"x")[0] == 413
        assert post(url, b"", "/other")[0] == 404
        police.seconds -= 1
        assert post(url, b"old 7\n\n" + seven) == (503, "text/plain; charset=utf-8", b"Nothing was cosigned.\n")
    assert seen(police)[0][1] == 7
    report = check_evidence(police.evidence()[0], trust_of(council, tmp_path))
    assert (report.verdict, report.shows) == ("verified", "fork")


def test_no_more_connections_are_held_than_there_is_room_for(council: Agency, police: Agency) -> None:
    body = b"old 0\n\n" + council.checkpoint()
    with served(police) as (server, url), ExitStack() as open_sockets:
        server.most = 2
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        idle = [open_sockets.enter_context(closing(socket.create_connection(address, timeout=30))) for _ in range(2)]
        with pytest.raises(ConnectionError):
            post(url, body)
        with council.ledger() as ledger:
            refused = gather(ledger, sign_checkpoint(ledger), [url], [police.cosigner()]).refused
        assert "could not be reached" in refused[url]
        server.longest = -1.0  # they have had their time
        assert post(url, body)[0] == 200
        assert [connection.recv(1) for connection in idle] == [b"", b""]
    assert seen(police)[0][1] == 5


def test_of_two_forks_sent_at_once_one_is_cosigned(council: Agency, police: Agency) -> None:
    other = council.copy("other")
    council.add(4)
    other.add(40)
    bodies = [b"old 0\n\n" + agency.checkpoint() for agency in (council, other)] * 4
    found: list[tuple[int, int]] = []
    with serving(police) as url:
        threads = [
            threading.Thread(target=lambda i=i, body=body: found.append((i % 2, post(url, body)[0])))
            for i, body in enumerate(bodies)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    assert sum(status == 200 for _, status in found) == 1  # whoever comes next begins at a size that is past
    assert {status for _, status in found} == {200, 409}


def test_a_log_gathers_cosignatures_and_says_who_gave_none(council: Agency, police: Agency, tmp_path: Path) -> None:
    health = witness_of(council, tmp_path / "health", "Health")
    by = [police.cosigner(), health.cosigner()]
    with serving(police) as first, serving(health) as second:
        for number in (4, 5, 6):
            with council.ledger() as ledger:
                found = gather(ledger, sign_checkpoint(ledger), [first, second], by)
            assert found.refused == {}
            assert [c.cosigner for c in cosignature.check(note.from_bytes(found.data), by)] == by
            council.add(number)
        with council.ledger() as ledger:
            made = sign_checkpoint(ledger)
            found = gather(ledger, made, [first, second], [health.cosigner()])
            assert (list(found.given), list(found.refused)) == ([second], [first])
    with council.ledger() as ledger:
        found = gather(ledger, made, [first, "http://127.0.0.1:1/x"], by)
        assert (found.data, list(found.refused)) == (made.data, [first, "http://127.0.0.1:1/x"])
        assert "could not be reached" in found.refused[first]
        for url in ("ftp://x", "nothing", "http://"):
            with pytest.raises(UsageError):
                gather(ledger, made, [url], by)


def test_a_ledger_that_lost_its_end_hears_it_from_its_witness(council: Agency, police: Agency) -> None:
    shorter = council.copy("shorter")
    council.add(4)
    with serving(police) as url:
        with council.ledger() as ledger:
            assert not gather(ledger, sign_checkpoint(ledger), [url], [police.cosigner()]).refused
        with shorter.ledger() as ledger:
            found = gather(ledger, sign_checkpoint(ledger), [url], [police.cosigner()])
        assert "saw 6 records of this ledger, and here are 5" in found.refused[url]
        shorter.add(40)
        with shorter.ledger() as ledger:
            found = gather(ledger, sign_checkpoint(ledger), [url], [police.cosigner()])
        assert "409" in found.refused[url]
    assert len(police.evidence()) == 1


def test_a_cosignature_leaves_only_once_it_is_noted_down(
    council: Agency, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = council.checkpoint()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with police.ledger() as ledger:
        monkeypatch.setattr("ledger.store.seen.Changing.put", full)
        answer = add_checkpoint(Witness(ledger), b"old 0\n\n" + data)
        assert (answer.status, answer.body) == (503, b"Nothing was cosigned.\n")
        monkeypatch.undo()
        with pytest.raises(Behind):
            Witness(ledger).submit(3, (), data)
    assert seen(police) == [("the council", 0, 0)]
