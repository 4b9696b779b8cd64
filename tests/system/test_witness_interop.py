"""Witnessing with software that is not ours: `tlog-scales` (from the package index) reads our cosignatures, and a
witness in Go (`interop/witness.go`, over Debian's `golang.org/x/mod/sumdb`) gives us its own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import ACTOR, fill, found, person
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as Theirs

from ledger import Ledger, Witness, gather, make_card, read_quorum, sign_checkpoint, verify_folder
from ledger.errors import ForeignFile
from ledger.proof import note
from ledger.proof.cosignature import Cosigner

Start = Callable[[str, str], dict[str, str]]


def test_they_take_our_cosignature_for_what_it_is(tmp_path: Path) -> None:
    with found(tmp_path / "log") as log, found(tmp_path / "witness") as ledger:
        fill(log, 7)
        fill(ledger, 3)
        witness = Witness(ledger)
        witness.add(make_card(log), "the log")
        made = witness.cosign(sign_checkpoint(log).data)
        vkey = Vkey.from_string(witness.vkey)
        # Their key id is computed from name, type and key; ours stands in the vkey and in the line.
        assert vkey.key_id == Vkey(vkey.name, None, 4, vkey.pubkey).key_id
        shown = Theirs.from_text(made.data.decode())
        shown.verify(vkey)
        shown.verify(Vkey.from_string(log.vkey))
        assert Cosigner.from_vkey(Vkey(vkey.name, None, 4, vkey.pubkey).serialize()).vkey() == witness.vkey
        with pytest.raises(Exception, match=r"^$"):  # cryptography's InvalidSignature says nothing
            Theirs(shown.origin, shown.size + 1, shown.root_hash, shown.signatures).verify(vkey)


def policy(folder: Path, k: int, **witnesses: str) -> Path:
    file = folder / f"policy-{k}.json"
    file.write_text(json.dumps({"ruleseven": "witness policy", "k": k, "witnesses": witnesses}))
    return file


def test_a_witness_in_go_cosigns_and_counts(tmp_path: Path, go_witness: Start) -> None:
    with found(tmp_path / "log", practice=False) as log:
        fill(log, 7)
        started = {name: go_witness(f"witness.example/{name}", log.vkey) for name in ("one", "two")}
        quorum = read_quorum(policy(tmp_path, 2, **{name: each["vkey"] for name, each in started.items()}))
        cosigners = [cosigner for witness in quorum.witnesses for cosigner in witness.cosigners]
        assert [cosigner.vkey() for cosigner in cosigners] == [each["vkey"] for each in started.values()]

        # What it saw last is asked for, and the proof from there made: first from nothing, then from 7 to 12.
        for size in (7, 12):
            for number in range(log.head().position, size):
                log.record(person(number), actor=ACTOR)
            made = sign_checkpoint(log)
            given = gather(log, made, [each["url"] for each in started.values()], cosigners)
            assert given.refused == {}
            assert (made.size, sorted(given.given.values())) == (
                size,
                [("witness.example/one",), ("witness.example/two",)],
            )
        kept = tmp_path / "cosigned"
        kept.write_bytes(given.data)

    verified = verify_folder(tmp_path / "log", passphrase=lambda: None, against=[kept], quorum=quorum)
    (anchor,) = verified.anchors
    assert (verified.report.verdict, anchor.witnesses, anchor.counts) == ("verified", ("one", "two"), True)
    assert verified.known == 12

    opened = note.from_bytes(given.data)
    alone = tmp_path / "alone"
    alone.write_bytes(note.to_bytes(opened.text, [s for s in opened.signatures if s.name != "witness.example/two"]))
    verified = verify_folder(tmp_path / "log", passphrase=lambda: None, against=[alone], quorum=quorum)
    assert (verified.report.verdict, verified.anchors[0].counts) == ("undecided", False)

    (line,) = [s for s in opened.signatures if s.name == "witness.example/two"]
    false = line._replace(signature=bytes([line.signature[0], line.signature[1] ^ 1, *line.signature[2:]]))
    kept.write_bytes(note.to_bytes(opened.text, [false if s == line else s for s in opened.signatures]))
    with pytest.raises(ForeignFile, match="is not valid"):
        verify_folder(tmp_path / "log", passphrase=lambda: None, against=[kept], quorum=quorum)


def test_a_witness_in_go_takes_no_fork(tmp_path: Path, go_witness: Start) -> None:
    """It saw 7 records of one copy; 9 of the other, written apart since the fifth, do not begin with them."""
    with found(tmp_path / "log") as log:
        fill(log, 5)
    shutil.copytree(tmp_path / "log", tmp_path / "copy")
    with Ledger.open(tmp_path / "log") as log, Ledger.open(tmp_path / "copy") as copy:
        for number, ledger in enumerate([log] * 2 + [copy] * 4, 50):
            ledger.record(person(number), actor=ACTOR)
        started = go_witness("witness.example/one", log.vkey)
        known = [Cosigner.from_vkey(started["vkey"])]
        assert gather(log, sign_checkpoint(log), [started["url"]], known).refused == {}
        forked = gather(copy, sign_checkpoint(copy), [started["url"]], known)
    assert forked.given == {}
    assert "gave no cosignature (422)" in forked.refused[started["url"]]
    assert len(note.from_bytes(forked.data).signatures) == 2
