"""The measurements. Each returns a rate and the rate it is compared with, from the same run on the same disk."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import plain
from benchmarks.mixed import mixed_ledger
from ledger import (
    About,
    Actor,
    Ledger,
    Purpose,
    create_extract,
    make_card,
    read_card,
    showing,
    sign_checkpoint,
    verify_extract,
)
from ledger.procedure.command import parse
from ledger.proof.tiles import TileTree
from ledger.proof.tree import prove_inclusion
from projections import projections, rebuild

ACTOR = Actor(staff_ref="HMC-duty", role="practitioner")
SINGLE, BATCH, BATCHES = 400, 1000, 5
EXTRACTED, SPREAD = 1000, "HM-2"  # records of the case that extracts are made of
MILLION, MOST_HASHES = 1_000_000, 25
MAIN = frozenset({"case", "refusals", "withdrawals"})  # the projections that people look at all day
CORES = os.cpu_count() or 1


class Result(NamedTuple):
    """One line of the table: our rate, what it is compared with, their ratio, and the ratio we aim for."""

    what: str
    ours: float
    unit: str
    compared_with: str
    theirs: float
    ratio: float
    target: str


def command(number: int) -> dict[str, Any]:
    """A person linked to a case: twelve fields, half of them sealed. Fifty persons, so that scopes exist."""
    return {
        "do": "PersonLinked",
        "case": "HM-1",
        "person_id": f"P{number % 50}",
        "roles": ["child"],
        "age_band": "12_to_15",
        "name": f"Child number {number % 50} of the measured case",
        "dob": "2012-03-02",
        "safe_contact": "only by telephone, on weekdays before three o'clock",
        "consistent_identifier": f"9990000{number % 50:03}",
        "lives_with": ["P7", "P8"],
        "late_reason": "recorded at the end of the duty shift, after the visit",
    }


def founded(folder: Path) -> Ledger:
    """A practice ledger with one open case, fifty known persons, and no passphrase."""
    ledger = Ledger.create(
        folder,
        agency_id="HMC",
        agency_name="Harrowmere City Council",
        kind="local_authority",
        flags={"public_authority": True},
        recovery=folder.with_suffix(".recovery"),
        practice=True,
    )
    ledger.record({"do": "CaseOpened", "case": "HM-1"}, actor=ACTOR)
    ledger.record_atomic([command(i) for i in range(50)], actor=ACTOR)
    return ledger


def appends(folder: Path) -> tuple[list[Result], Ledger]:
    """Single durable appends of a judged event, and batches of 1000, in turns with the plain application's."""
    ledger, app, stream = founded(folder / "ours"), plain.application(folder / "plain.db"), uuid4()
    version = 0

    def plain_save(count: int) -> None:
        nonlocal version
        events = [plain.event(stream, version + i + 1, command(i)) for i in range(count)]
        version += count
        app.save(*events)

    ours_single, plain_single, ours_batch, plain_batch = [], [], [], []
    for number in range(SINGLE):
        ours_single.append(_timed(partial(ledger.record, command(number), actor=ACTOR)))
        plain_single.append(_timed(partial(plain_save, 1)))
    for _ in range(BATCHES):
        # Parsing JSON shapes is the door's work, in both; events are objects when they are saved.
        commands = [parse(command(i), actor=ACTOR) for i in range(BATCH)]
        ours_batch.append(_timed(partial(ledger.record_atomic, commands)) / BATCH)
        plain_batch.append(_timed(partial(plain_save, BATCH)) / BATCH)
    app.close()
    results = [
        _compared("append, one judged event", ours_single, "plain eventsourcing", plain_single, "≥ 0.6"),
        _compared("append, batch of 1000 judged events", ours_batch, "plain eventsourcing", plain_batch, "≥ 0.3"),
    ]
    per_plain = _size(folder / "plain.db") / version
    records = ledger.head().position
    per_ours = (_size(ledger.folder.records) + _size(ledger.folder.vault)) / records
    ratio = per_ours / per_plain
    results.append(Result("bytes on disk per record", per_ours, "B", "plain eventsourcing", per_plain, ratio, "≤ 2.5"))
    return results, ledger


def verification(ledger: Ledger, records: int) -> list[Result]:
    """Default verification, and every signature, against raw `Ed25519PublicKey.verify` on every core."""
    ledger.record({"do": "CaseOpened", "case": SPREAD}, actor=ACTOR)
    cases = [{"case": SPREAD} if i % (records // EXTRACTED) == 0 else {} for i in range(BATCH)]
    commands = [parse(command(i) | case, actor=ACTOR) for i, case in enumerate(cases)]
    while ledger.head().position < records:
        ledger.record_atomic(commands)
    count = ledger.head().position
    default = min(_timed(lambda: _verified(ledger)) for _ in range(3))
    thorough = _timed(lambda: _verified(ledger, every_signature=True))
    raw = raw_verifications_per_second()
    return [
        Result("default verify", count / default, "records/s", "target", 100_000, count / default / 100_000, "≥ 1"),
        Result(
            "verify, every signature",
            count / thorough,
            "records/s",
            f"raw Ed25519 verify on {CORES} cores",
            raw,
            count / thorough / raw,
            "≥ 0.8",
        ),
    ]


def extracts(ledger: Ledger, folder: Path) -> list[Result]:
    """An extract of some thousand records that lie evenly all over the ledger, against as many bare signatures."""
    given = Purpose("the panel", "practice_review", "6(e)", "asked for", "OFFICIAL-SENSITIVE")
    trust = read_card(make_card(ledger)).trust()
    sign_checkpoint(ledger)  # from where the tree is kept
    about = About("case", SPREAD)
    count, results = len(showing.complete(ledger, [about]).records), []

    def make(mode: str, out: Path) -> None:
        """Choosing is part of it: every record of the case is read, and the whole table is looked through for more."""
        create_extract(ledger, showing.complete(ledger, [about]), given, mode=mode, out=out, actor=ACTOR)

    for mode in ("complete", "selective", "statement"):
        outs = [folder / f"{mode}-{number}.r7x" for number in range(3)]
        making = min(_timed(partial(make, mode, out)) for out in outs)
        checking = min(_timed(partial(verify_extract, out, trust)) for out in outs)
        raw = raw_verifications_per_second(threads=1)
        for what, taken in (("made", making), ("verified", checking)):
            ratio = count / taken / raw
            name = f"{mode} extract of {count:,}, {what}"
            results.append(Result(name, count / taken, "records/s", "raw Ed25519 verify", raw, ratio, "≥ 0.5"))
    return results


def rebuilds(folder: Path, records: int) -> list[Result]:
    """All projections from zero in one pass over a ledger of mixed events, then each alone.

    Each is compared with reading the same records, and no more, just before and after: a machine's speed changes. Where
    300,000 are read a second, the aim of a main projection is 50,000 events a second.
    """
    results = []
    with mixed_ledger(folder / "mixed", records) as ledger:
        count = ledger.head().position
        for name in (None, *projections()):
            read, built = [], []
            for _ in range(2):
                read.append(_timed(lambda: deque(ledger.readings(), maxlen=0)))
                built.append(_timed(partial(rebuild, ledger, name)))
            theirs, ours = count / min(read), count / min(built)
            aim = "≥ 0.01" if name is None else "≥ 0.16" if name in MAIN else "≥ 0.04"
            results.append(
                Result(f"rebuild {name or 'all together'}", ours, "events/s", "reading", theirs, ours / theirs, aim)
            )
    return results


def proofs() -> list[Result]:
    """Inclusion proofs out of a million records, each from tiles that were kept and are opened afresh.

    The records' hashes are synthetic: a proof does not ask what a record says.
    """
    made = TileTree()
    made.extend(hashlib.sha256(number.to_bytes(8)).digest() for number in range(MILLION))
    kept, root = made.pending(), made.root()

    def one(index: int) -> None:
        if len(prove_inclusion(index, MILLION, TileTree(MILLION, root, kept.get).read)) > MOST_HASHES:
            raise RuntimeError("an inclusion proof is longer than it should be")

    taken = median(_timed(partial(one, number * 7919 % MILLION)) for number in range(300))
    return [Result("inclusion proof, 1 M records", 1 / taken, "proofs/s", "target", 200, 1 / taken / 200, "≥ 1")]


def raw_verifications_per_second(threads: int = CORES) -> float:
    """Bare signature verifications, by default on all cores (the library releases the GIL)."""
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key(), bytes(149)
    signature = key.sign(message)

    def some(count: int) -> None:
        for _ in range(count):
            public.verify(signature, message)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, [200] * threads))
        taken = _timed(lambda: list(pool.map(some, [5_000] * threads)))
    return 5_000 * threads / taken


def _verified(ledger: Ledger, *, every_signature: bool = False) -> None:
    report = ledger.verify(every_signature=every_signature, processes=CORES)
    if report.verdict != "verified":
        raise RuntimeError(f"the measured ledger does not verify: {report.first_bad}")


def _compared(what: str, ours: list[float], name: str, theirs: list[float], target: str) -> Result:
    mine, other = median(ours), median(theirs)
    return Result(what, 1 / mine, "events/s", name, 1 / other, other / mine, target)


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _size(path: Path) -> int:
    """A database with its log folded in."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path.stat().st_size
