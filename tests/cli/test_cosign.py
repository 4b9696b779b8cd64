"""Partners witness each other at the command line: cards, cosignatures, policies, evidence, and the server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import person

from ledger import About, Ledger, Purpose, create_extract, showing

AT = "2024-02-05T09:00:00+00:00"
ROOT = Path(__file__).parents[2]


def add(ruleseven, folder, *numbers):
    lines = [person(number) | {"recorded_at": AT} for number in numbers]
    outcome = ruleseven("-C", folder, "record", "--atomic", stdin=lines)
    assert outcome.code == 0, outcome


@pytest.fixture
def council(book, ruleseven, tmp_path):
    """A practice ledger of three records, and its card."""
    assert ruleseven("-C", book, "record", stdin=[{"do": "CaseOpened", "case": "HM-1", "recorded_at": AT}]).code == 0
    add(ruleseven, book, 1)
    assert ruleseven("-C", book, "key", "card", "--out", tmp_path / "council.card").code == 0
    return book


@pytest.fixture
def partner(council, ruleseven, tmp_path):
    """Found a practice ledger that witnesses the council's, and hand its card out."""

    def made(name):
        folder = tmp_path / name
        who = ("--actor", "PC-1", "--role", "practitioner")
        keys = ("--recovery", tmp_path / f"{name}.key", "--practice", "--at", AT, *who)
        for words in (
            ("init", "--id", name, "--agency", name, "--kind", "police", *keys),
            ("witness", "add", tmp_path / "council.card", "--as", "council"),
            ("key", "card", "--out", tmp_path / f"{name}.card"),
        ):
            outcome = ruleseven("-C", folder, *words)
            assert outcome.code == 0, outcome
        return folder

    return made


@pytest.fixture
def checkpoint(ruleseven, tmp_path):
    def made(folder, name="cp"):
        assert ruleseven("-C", folder, "checkpoint", "--out", tmp_path / name).code == 0
        return tmp_path / name

    return made


def policy(tmp_path, k, *names):
    file = tmp_path / f"policy-{k}.json"
    witnesses = {name: f"{name}.card" for name in names}
    file.write_text(json.dumps({"ruleseven": "witness policy", "k": k, "witnesses": witnesses}))
    return file


def test_a_checkpoint_goes_round_and_counts_by_the_policy(council, partner, checkpoint, ruleseven, tmp_path):
    police, health = partner("police"), partner("health")
    file = checkpoint(council)
    first = ruleseven("-C", police, "cosign", file, "--json")
    assert (first.code, first.json["size"], first.json["before"], first.json["log"]) == (0, 3, 0, "council")
    assert first.json["file"] == str(file)
    rule = policy(tmp_path, 2, "police", "health")
    few = ruleseven("-C", council, "verify", "--against", file, "--policy", rule, "--json")
    assert (few.code, few.json["verdict"], few.json["known_elsewhere"]) == (5, "undecided", 0)
    assert few.json["anchors"][0]["witnesses"] == ["police"]
    told = ruleseven("-C", council, "verify", "--against", file, "--policy", rule)
    assert (told.code, "Undecided: no checkpoint given has 2 cosignatures" in told.out) == (5, True)
    assert ruleseven("-C", health, "cosign", file, "--out", tmp_path / "both").code == 0
    add(ruleseven, council, 2)
    enough = ruleseven("-C", council, "verify", "--against", tmp_path / "both", "--policy", rule)
    assert enough.code == 0, enough
    assert "Cosigned by police and health of the policy; 2 are wanted: it counts." in enough.out
    assert "The last 1 record is known to nobody else" in enough.out
    assert ruleseven("-C", council, "verify", "--policy", rule).code == 2


def test_the_next_one_needs_the_proof(council, partner, checkpoint, ruleseven, tmp_path, plain_error):
    police = partner("police")
    assert "the first that was seen" in ruleseven("-C", police, "cosign", checkpoint(council)).out
    add(ruleseven, council, 2, 3)
    file, proof = checkpoint(council), tmp_path / "proof"
    outcome = ruleseven("-C", police, "cosign", file)
    plain_error(outcome, 2)
    assert "consistency 3 5 --out FILE" in outcome.err
    assert "Wrote" in ruleseven("-C", council, "consistency", 3, 5, "--out", proof).out
    told = ruleseven("-C", police, "cosign", file, "--consistency", proof)
    assert (told.code, "Seen before: 3 records." in told.out) == (0, True)
    rows = ruleseven("-C", police, "witness", "list", "--json").json["rows"]
    assert [(row["log"], row["size"]) for row in rows] == [("council", 5)]
    assert "council" in ruleseven("-C", police, "witness", "list").out
    plain_error(ruleseven("-C", police, "cosign", file, "--consistency", file), 2)
    plain_error(ruleseven("-C", council, "cosign", file), 2)
    plain_error(ruleseven("-C", police, "cosign", tmp_path / "nowhere"), 2)


def test_a_fork_ends_in_evidence_that_anybody_can_check(council, partner, checkpoint, ruleseven, tmp_path, plain_error):
    police, other = partner("police"), tmp_path / "other"
    shutil.copytree(council, other)
    add(ruleseven, council, 2)
    add(ruleseven, other, 20)
    ours, theirs = checkpoint(council, "ours"), checkpoint(other, "theirs")
    assert ruleseven("-C", police, "cosign", ours).code == 0
    outcome = ruleseven("-C", police, "cosign", theirs)
    plain_error(outcome, 1)
    assert "The ledger of council has forked: it signed two histories of 4 records." in outcome.err
    (evidence,) = (police / "evidence").iterdir()
    assert str(evidence) in outcome.err
    card = tmp_path / "council.card"
    told = ruleseven("fork", "verify", evidence, "--trust", card)
    assert (told.code, told.out.splitlines()[0]) == (
        0,
        "Proven of the ledger of Harrowmere City Council: fork, since it signed two histories of 4 records.",
    )
    assert told.out.splitlines()[1].startswith(f"  Signed {AT}: 4 records, root ")
    assert ruleseven("fork", "verify", evidence, "--trust", card, "--json").json["verdict"] == "verified"
    assert ruleseven("fork", "verify", evidence, "--trust", tmp_path / "police.card").code == 5
    good = evidence.read_bytes()
    evidence.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert ruleseven("fork", "verify", evidence, "--trust", card).code == 1
    plain_error(ruleseven("fork", "verify", ours, "--trust", card), 2)
    by_hand = tmp_path / "by-hand"
    words = ("fork", "evidence", ours, theirs, "--card", card, "--out", by_hand)
    assert ruleseven("-C", police, *words).code == 0
    assert ruleseven("fork", "verify", by_hand, "--trust", card, "--json").json["shows"] == "fork"
    add(ruleseven, other, 21)
    larger, proof = checkpoint(other, "larger"), tmp_path / "proof"
    plain_error(ruleseven("-C", police, "fork", "evidence", ours, larger, "--card", card, "--out", by_hand), 5)
    assert ruleseven("-C", other, "consistency", 4, 5, "--out", proof).code == 0
    shown = ("--consistency", proof)
    assert ruleseven("-C", police, "fork", "evidence", ours, larger, "--card", card, "--out", by_hand, *shown).code == 0
    assert ruleseven("fork", "verify", by_hand, "--trust", card).code == 0


GIVEN = Purpose("Harrowmere City Council", "partner", "LB-CA89", "They asked", "OFFICIAL-SENSITIVE")


def extract(folder, case, out):
    with Ledger.open(folder) as ledger:
        create_extract(
            ledger, showing.complete(ledger, [About("case", case)]), GIVEN, out=out, actor=None, record=False
        )
    return out


def test_what_partners_have_already_says_how_far_the_ledger_is_known(
    council, partner, ruleseven, tmp_path, plain_error
):
    """An extract of the council's up to record 3, a partner's receipt of record 4, and two that nobody else knows."""
    police = partner("police")
    own = extract(council, "HM-1", tmp_path / "own.r7x")
    add(ruleseven, council, 2, 3, 4)
    with Ledger.open(council) as ledger:
        quoted = ledger.reading(4).hash.hex()
    received = {"do": "DisclosureReceived", "mode": "fact", "case": "PO-1", "provider": {"agency": "HMC"}}
    lines = [{"do": "CaseOpened", "case": "PO-1"}, received | {"disclosure_id": "X-1", "sender_event_hash": quoted}]
    assert ruleseven("-C", police, "record", stdin=[line | {"recorded_at": AT} for line in lines]).code == 0
    told = extract(police, "PO-1", tmp_path / "told.r7x")
    against = ("-C", council, "verify", "--against", own, "--against", told, "--partner", tmp_path / "police.card")
    shown = ruleseven(*against)
    assert shown.code == 0, shown
    assert f"Checked: it begins with the 3 records of {own}, signed {AT}, an extract." in shown.out
    assert f"Checked: police holds record 4, by {told}." in shown.out
    assert "The last 2 records are known to nobody else: give a checkpoint away." in shown.out
    found = ruleseven(*against, "--json").json
    assert (found["known_elsewhere"], found["unknown_elsewhere"]) == (4, 2)
    assert [(a["kind"], a["reaches"], a["size"], a["partner"]) for a in found["anchors"]] == [
        ("extract", 3, 3, None),
        ("partner", 4, None, "police"),
    ]
    assert found["anchors"][1]["quotes"] == [{"record": 3, "hash": quoted, "position": 4, "names_us": True}]

    wrong = received | {"disclosure_id": "X-2", "sender_event_hash": "00" * 32, "recorded_at": AT}
    assert ruleseven("-C", police, "record", stdin=[wrong]).code == 0
    more = extract(police, "PO-1", tmp_path / "more.r7x")
    doubt = ruleseven("-C", council, "verify", "--against", more, "--partner", tmp_path / "police.card")
    assert doubt.code == 5
    said = "record 4 of police quotes a record of this ledger that is not in it"
    assert doubt.out.startswith(f"Undecided: {said}\n")
    assert "Ask police for what this agency signed then, and verify against that: it decides." in doubt.out

    unnamed = ruleseven("-C", council, "verify", "--against", told)
    plain_error(unnamed, 2)
    assert "its card or trust file with --partner" in unnamed.err
    plain_error(ruleseven("-C", council, "verify", "--partner", tmp_path / "police.card"), 2)


@pytest.fixture
def serving():
    """The server in a process of its own, as it runs in earnest."""
    running = []

    def start(folder):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [
            sys.executable,
            "-m",
            "cli.main",
            "-C",
            str(folder),
            "witness",
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--json",
        ]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, cwd=ROOT)
        running.append(process)
        assert process.stdout is not None
        return json.loads(process.stdout.readline())

    yield start
    for process in running:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def test_a_checkpoint_is_sent_to_witnesses(council, partner, serving, ruleseven, tmp_path):
    police = partner("police")
    told = serving(police)
    assert told["vkey"] == ruleseven("-C", police, "witness", "key").out.strip()
    rule, file = policy(tmp_path, 1, "police"), tmp_path / "sent"
    words = ("-C", council, "checkpoint", "--out", file, "--witness", told["url"], "--policy", rule)
    for number in (2, 3):
        sent = ruleseven(*words, "--json")
        assert (sent.code, sent.json["enough"], len(sent.json["cosigned"])) == (0, True, 1)
        assert sent.json["witnesses"] == ["police"]
        verified = ruleseven("-C", council, "verify", "--against", file, "--policy", rule, "--json")
        assert (verified.code, verified.json["unknown_elsewhere"]) == (0, 0)
        add(ruleseven, council, number)
    assert "Cosigned by police." in ruleseven(*words).out


def test_a_witness_that_is_down_counts_for_nothing(council, partner, ruleseven, tmp_path):
    partner("police")
    rule, file = policy(tmp_path, 1, "police"), tmp_path / "sent"
    words = ("-C", council, "checkpoint", "--out", file, "--witness", "http://127.0.0.1:1", "--policy", rule)
    down = ruleseven(*words)
    assert (down.code, "could not be reached" in down.err) == (5, True)
    assert "0 witnesses cosigned, and the policy wants 1." in down.err
    down = ruleseven(*words, "--json")
    assert (down.code, down.json["enough"], down.json["cosigned"]) == (5, False, {})
    assert ruleseven("-C", council, "verify", "--against", file, "--policy", rule).code == 5
    assert ruleseven("-C", council, "verify", "--against", file).code == 0


def test_bad_words_are_plain_errors(council, partner, ruleseven, tmp_path, plain_error):
    police, card = partner("police"), tmp_path / "council.card"
    for words in (
        ("witness", "add", tmp_path / "police.card", "--as", "us"),
        ("witness", "add", tmp_path / "nowhere", "--as", "x"),
        ("witness", "add", tmp_path / "council.key", "--as", "x"),
        ("witness", "add", card, "--as", ""),
        ("witness", "serve", "--listen", "nowhere"),
        ("witness", "serve", "--listen", "127.0.0.1:99999"),
        ("checkpoint", "--witness", "http://127.0.0.1:1"),
        ("checkpoint", "--witness", "ftp://example", "--policy", policy(tmp_path, 1, "council")),
        ("checkpoint", "--policy", card),
        ("checkpoint", "--policy", policy(tmp_path, 1, "police")),
        ("checkpoint", "--policy", policy(tmp_path, 2, "council")),
    ):
        plain_error(ruleseven("-C", police, *words), 2)
