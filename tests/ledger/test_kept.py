"""A ledger held against extracts that somebody kept: those it signed, and what partners were told of it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, found, opened, person

from ledger import (
    About,
    Ledger,
    Purpose,
    Trust,
    Verification,
    create_extract,
    make_card,
    read_card,
    read_quorum,
    recover_key,
    rotate_key,
    showing,
    sign_checkpoint,
    verify_folder,
)
from ledger.errors import ForeignFile, Malformed

AT = {"recorded_at": "2024-02-05T09:00:00+00:00"}
GIVEN = Purpose("Kestrel Youth Project", "partner", "LB-CA89", "They asked", "OFFICIAL-SENSITIVE")


class Kept:
    """A council's ledger of practice, a partner's beside it, and what was kept of both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.council, self.partner = folder, folder / "council", folder / "partner"
        found(self.council).close()
        Ledger.create(
            self.partner,
            agency_id="KYP",
            agency_name="Kestrel Youth Project",
            kind="voluntary_charity",
            flags={},
            recovery=folder / "partner.recovery",
            practice=True,
        ).close()
        self.add(self.council, opened(), person(1), person(2))

    def add(self, folder: Path, *commands: dict[str, Any]) -> list[bytes]:
        """Record these; the hashes of their records."""
        with Ledger.open(folder) as ledger:
            before = ledger.head().position
            for command in commands:
                ledger.record(command | AT, actor=ACTOR)
            return [reading.hash for reading in ledger.readings(after=before)]

    def received(self, quoted: bytes, agency: str = "HMC") -> None:
        """The partner records that it received something, of which this was the record there."""
        told = {"do": "DisclosureReceived", "mode": "fact", "case": "KY-1", "provider": {"agency": agency}}
        self.add(self.partner, told | {"disclosure_id": "X-1", "sender_event_hash": quoted.hex()})

    def extract(self, folder: Path, case: str, name: str, mode: str = "complete") -> Path:
        with Ledger.open(folder) as ledger:
            choice = showing.complete(ledger, [About("case", case)])
            create_extract(ledger, choice, GIVEN, out=self.folder / name, actor=ACTOR, mode=mode, record=False)
        return self.folder / name

    def trust(self, folder: Path, name: str = "the project") -> Trust:
        with Ledger.open(folder) as ledger:
            return read_card(make_card(ledger)).trust(name)

    def verify(self, *against: Path, folder: Path | None = None, **more: Any) -> Verification:
        return verify_folder(folder or self.council, passphrase=lambda: None, against=against, **more)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def cut(folder: Path, to: int) -> None:
    """Take the end off a ledger, as only the owner of the file can."""
    with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
        (guard,) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'append_only_delete'").fetchone()
        database.execute("DROP TRIGGER append_only_delete")
        database.execute("DELETE FROM records WHERE position > ?", (to,))
        database.execute(guard)


# What this agency signed


@pytest.mark.parametrize("mode", ["complete", "selective"])
def test_an_extract_of_the_ledger_fixes_it_up_to_its_checkpoint(kept: Kept, mode: str) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x", mode)
    kept.add(kept.council, person(3), person(4), person(5))
    verified = kept.verify(file)
    (anchor,) = verified.anchors
    assert (verified.report.verdict, verified.report.records, verified.known) == ("verified", 7, 4)
    assert (anchor.kind, anchor.size, anchor.reaches) == ("extract", 4, 4)
    assert [position for position, _ in anchor.heads] == [1, 2, 3, 4]


def test_a_cut_end_shows_against_an_extract(kept: Kept) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x")
    cut(kept.council, 3)
    assert kept.verify().report.verdict == "verified"
    bad = kept.verify(file).report.first_bad
    assert bad == (4, 9, "kept.r7x was signed over 4 records: the end was cut off")


def test_a_history_written_anew_shows_against_an_extract_at_the_record(kept: Kept) -> None:
    """The records that it holds narrow down which is the first that differs; a checkpoint alone could not."""
    shutil.copytree(kept.council, kept.folder / "copy")
    kept.add(kept.council, person(3), person(4))
    kept.add(kept.folder / "copy", person(30), person(40))
    file = kept.extract(kept.council, "HM-1", "kept.r7x")
    with Ledger.open(kept.council) as ledger:
        (kept.folder / "cp").write_bytes(sign_checkpoint(ledger).data)
    found = kept.verify(file, folder=kept.folder / "copy").report
    assert (found.verdict, found.first_bad) == ("failed", (5, 9, "some record from 5 to 5 is not what kept.r7x holds"))
    found = kept.verify(kept.folder / "cp", folder=kept.folder / "copy").report
    assert found.first_bad == (1, 9, "some record from 1 to 6 is not what cp was signed over")


def test_a_statement_names_no_record(kept: Kept) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x", "statement")
    with pytest.raises(ForeignFile, match=r"^kept.r7x proves nothing of a record: a statement names none.$"):
        kept.verify(file)


def test_an_altered_extract_proves_nothing(kept: Kept) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x")
    whole = file.read_bytes()
    for at in range(0, len(whole), len(whole) // 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((ForeignFile, Malformed), match=r"^kept.r7x "):
            kept.verify(file)


def test_a_card_is_no_extract(kept: Kept) -> None:
    with Ledger.open(kept.council) as ledger:
        (kept.folder / "card").write_bytes(make_card(ledger))
    with pytest.raises(ForeignFile, match=r"^card is a signed file, but no extract"):
        kept.verify(kept.folder / "card")


def test_an_extract_under_a_key_that_was_taken_out_does_not_pass_for_a_later_one(kept: Kept) -> None:
    """A thief whose key the recovery at 7 took out signs 7 records of a copy: this ledger's key at 7 is another."""
    shutil.copytree(kept.council, kept.folder / "copy")
    kept.add(kept.council, person(3), person(4))
    kept.add(kept.folder / "copy", person(30), person(40), person(50))
    with Ledger.open(kept.council) as ledger:
        recover_key(ledger, kept.folder / "council.recovery", 5)
    stolen = kept.extract(kept.folder / "copy", "HM-1", "stolen.r7x")
    with pytest.raises(ForeignFile, match=r"^stolen.r7x proves nothing"):
        kept.verify(stolen)


def test_what_is_disputed_is_told_with_the_extract_that_held_it(kept: Kept) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x")
    with Ledger.open(kept.council) as ledger:
        head = ledger.head()
        rotate_key(ledger)
        recover_key(ledger, kept.folder / "council.recovery", 3)
    (dispute,) = kept.verify(file).report.disputes
    assert (dispute.first, dispute.last, dispute.anchors) == (3, 5, ((4, head.hash),))


# What partners were told


def test_a_partners_receipt_anchors_the_record_that_it_quotes(kept: Kept) -> None:
    made = kept.add(kept.council, person(3), person(4))
    kept.add(kept.partner, opened("KY-1"))
    kept.received(made[0])
    file = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    verified = kept.verify(file, partners=[kept.trust(kept.partner)])
    (anchor,) = verified.anchors
    assert (verified.report.verdict, verified.known) == ("verified", 5)
    assert (anchor.kind, anchor.partner, anchor.reaches) == ("partner", "the project", 5)
    assert anchor.quotes == ((3, made[0], True, 5),)


def test_a_quote_of_what_is_not_here_is_a_doubt_and_no_proof(kept: Kept) -> None:
    kept.add(kept.partner, opened("KY-1"))
    kept.received(bytes(32))
    file = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    verified = kept.verify(file, partners=[kept.trust(kept.partner)])
    said = "record 3 of the project quotes a record of this ledger that is not in it"
    assert (verified.report.verdict, verified.report.first_bad) == ("undecided", (0, 9, said))
    assert (verified.report.records, verified.known) == (4, 0)


def test_what_a_partner_received_from_others_is_no_doubt(kept: Kept) -> None:
    kept.add(kept.partner, opened("KY-1"))
    kept.received(bytes(32), agency="TVP")
    file = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    verified = kept.verify(file, partners=[kept.trust(kept.partner)])
    assert (verified.report.verdict, verified.known) == ("verified", 0)
    assert verified.anchors[0].quotes == ((3, bytes(32), False, None),)


def test_a_cut_end_is_a_doubt_by_the_receipt_and_a_failure_by_the_notice(kept: Kept) -> None:
    made = kept.add(kept.council, person(3), person(4))
    kept.add(kept.partner, opened("KY-1"))
    kept.received(made[1])
    signed, receipt = kept.extract(kept.council, "HM-1", "notice.r7x"), kept.extract(kept.partner, "KY-1", "kyp.r7x")
    cut(kept.council, 5)
    partners = [kept.trust(kept.partner)]
    assert kept.verify(receipt, partners=partners).report.verdict == "undecided"
    assert kept.verify(signed, receipt, partners=partners).report.first_bad == (
        6,
        9,
        "notice.r7x was signed over 6 records: the end was cut off",
    )


def test_nobody_is_a_partner_unless_named(kept: Kept) -> None:
    kept.add(kept.partner, opened("KY-1"))
    file = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    for partners in ([], [kept.trust(kept.council)]):
        with pytest.raises(ForeignFile, match=r"^kyp.r7x was signed by another agency, and by none that you trust"):
            kept.verify(file, partners=partners)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ForeignFile, match=r"^kyp.r7x proves nothing: the signature of this file is not valid"):
        kept.verify(file, partners=[kept.trust(kept.partner)])


def test_a_practice_ledger_says_nothing_of_a_real_one(kept: Kept) -> None:
    kept.add(kept.partner, opened("KY-1"))
    file = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    found(kept.folder / "real", practice=False).close()
    with pytest.raises(ForeignFile, match="one of the two is a practice ledger"):
        kept.verify(file, folder=kept.folder / "real", partners=[kept.trust(kept.partner)])


def test_by_a_policy_no_extract_counts(kept: Kept) -> None:
    file = kept.extract(kept.council, "HM-1", "kept.r7x")
    kept.add(kept.partner, opened("KY-1"))
    with Ledger.open(kept.council) as ledger:
        kept.received(ledger.reading(3).hash)
    told = kept.extract(kept.partner, "KY-1", "kyp.r7x")
    with Ledger.open(kept.partner) as partner:
        vkey = partner.vkey
    policy = kept.folder / "policy.json"
    policy.write_text(json.dumps({"ruleseven": "witness policy", "k": 1, "witnesses": {"project": vkey}}))
    verified = kept.verify(file, told, partners=[kept.trust(kept.partner)], quorum=read_quorum(policy))
    assert (verified.report.verdict, verified.known) == ("undecided", 0)
    assert [(anchor.reaches, anchor.counts) for anchor in verified.anchors] == [(4, False), (3, False)]
