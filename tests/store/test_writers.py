"""Many processes write at once, some are killed: no error, no gap, no fork, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import ACTOR, found, opened, person

from ledger import Actor, Ledger
from ledger.errors import Conflict, IntegrityError, Malformed, Refused, UnknownId
from projections import catch_up, projections, rebuild
from projections.follow import digest

TESTS = str(Path(__file__).resolve().parent.parent)

APPENDER = """
import sys
from pathlib import Path
from ledger import Actor, Ledger
from support import ACTOR, person
folder, name, count, batch = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with Ledger.open(folder) as ledger:
    print("ready", flush=True)
    for number in range(0, count, batch):
        commands = [person(f"{name}-{number + i}", f"HM-{name}") for i in range(batch)]
        if batch == 1:
            receipts = [ledger.record(commands[0], actor=ACTOR)]
        else:
            receipts = ledger.record_atomic(commands, actor=ACTOR)
        for receipt in receipts:
            record = receipt.records[0]
            print(record.position, record.hash.hex(), flush=True)
"""


def appender(folder: Path, name: str, count: int, batch: int = 1) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([TESTS, *filter(None, [os.environ.get("PYTHONPATH")])])}
    return subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(folder), name, str(count), str(batch)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_eight_processes_append_five_hundred_each(tmp_path: Path) -> None:
    """Half of them to a case of their own, half to one case, where every judgement may have to be made again."""
    folder = tmp_path / "hmc"
    names = ["a", "b", "c", "d", "shared", "shared", "shared", "shared"]
    with found(folder) as ledger:
        for name in sorted(set(names)):
            ledger.record(opened(f"HM-{name}"), actor=ACTOR)
        before = ledger.head().position
    running = [appender(folder, name, 500) for name in names]
    acknowledged: dict[int, str] = {}
    for process in running:
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        lines = [line.split() for line in out.splitlines()[1:]]
        assert len(lines) == 500
        acknowledged |= {int(position): found for position, found in lines}
    assert sorted(acknowledged) == list(range(before + 1, before + 4001))
    with Ledger.open(folder) as ledger:
        report = ledger.verify(every_signature=True)
        assert (report.verdict, report.records, report.signatures) == ("verified", before + 4000, before + 4000)
        assert {r.position: r.hash.hex() for r in ledger.readings(after=before)} == acknowledged


def test_what_was_acknowledged_survives_kill_nine(tmp_path: Path) -> None:
    """A hundred appenders, single and in batches, each killed at a random moment."""
    folder = tmp_path / "hmc"
    chance = random.Random(19)
    with found(folder) as ledger:
        ledger.record(opened("HM-k"), actor=ACTOR)
    acknowledged: dict[int, str] = {}
    for number in range(100):
        process = appender(folder, "k", 100_000, batch=1 if number % 2 else 50)
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 120)):
            line = process.stdout.readline()
            if line and not line.startswith("ready"):
                position, found_hash = line.split()
                acknowledged[int(position)] = found_hash
        process.send_signal(signal.SIGKILL)
        # Not `communicate`: it passes over what `readline` has read ahead, and may then begin within a line.
        for line in process.stdout.read().splitlines():
            if len(parts := line.split()) == 2 and len(parts[1]) == 64:
                acknowledged[int(parts[0])] = parts[1]
        process.communicate()
        if number % 10 == 0:  # projections follow along, a step at a time
            with Ledger.open(folder) as ledger:
                catch_up(ledger)
    with Ledger.open(folder) as ledger:
        report = ledger.verify(every_signature=True)
        assert report.verdict == "verified"
        catch_up(ledger)
        followed = {name: digest(ledger, name) for name in projections()}
        assert followed == {built.name: built.digest for built in rebuild(ledger)}
        stored = {reading.position: reading.hash.hex() for reading in ledger.readings()}
    assert len(acknowledged) > 1_000
    assert all(stored[position] == found for position, found in acknowledged.items())


def test_a_repeated_command_returns_what_was_stored(ledger: Ledger) -> None:
    first = ledger.record({**person(50), "command_id": "K-1"}, actor=ACTOR)
    head = ledger.head()
    again = ledger.record({**person(50), "command_id": "K-1"}, actor=ACTOR)
    assert (again.records, again.repeated, first.repeated) == (first.records, True, False)
    assert ledger.head() == head


def test_the_same_id_for_something_else_is_a_conflict(ledger: Ledger) -> None:
    ledger.record({**person(50), "command_id": "K-1"}, actor=ACTOR)
    head = ledger.head()
    with pytest.raises(Conflict, match=r"K-1 is recorded already with other content \(record 13\)"):
        ledger.record({**person(51), "command_id": "K-1"}, actor=ACTOR)
    assert ledger.head() == head


def test_another_process_may_have_stored_the_command_a_moment_ago(ledger: Ledger) -> None:
    with Ledger.open(ledger.folder.path) as other:
        ledger.agency()  # this process believes that it knows the head
        first = other.record({**person(50), "command_id": "K-1"}, actor=ACTOR)
    assert ledger.record({**person(50), "command_id": "K-1"}, actor=ACTOR).records == first.records


def test_a_batch_is_stored_whole_or_not_at_all(ledger: Ledger) -> None:
    head = ledger.head()
    with pytest.raises(UnknownId) as caught:
        ledger.record_atomic([person(60), person(61, case="HM-none"), person(62)], actor=ACTOR)
    assert caught.value.index == 1
    assert ledger.head() == head
    assert [r.records[0].position for r in ledger.record_atomic([person(60), person(62)], actor=ACTOR)] == [13, 14]


def test_judgement_is_made_again_when_the_case_has_grown(ledger: Ledger) -> None:
    """Both processes know case HM-1 at the same version; the second to append does so after the first's record."""
    with Ledger.open(ledger.folder.path) as other:
        other.record(person(70), actor=ACTOR)
        ledger.record(person(71), actor=ACTOR)
        other.record(person(72), actor=ACTOR)
    assert [reading.version for reading in ledger.readings(after=12)] == [12, 13, 14]
    assert ledger.verify(every_signature=True).verdict == "verified"


def test_a_refused_command_leaves_a_trace_without_personal_data(ledger: Ledger) -> None:
    command = {"do": "DecisionMade", "mode": "plan", "case": "HM-1", "decision_id": "D-1", "outcome": "share"}
    with pytest.raises(Refused) as caught:
        ledger.record({**command, "command_id": "K-9"}, actor=ACTOR)
    reading = ledger.reading(13)
    assert (reading.name, reading.data["command_type"]) == ("CommandRefused", "DecisionMade")
    assert tuple(reading.data["rule_ids"]) == caught.value.rules
    assert "HM-1" not in repr(reading.full())
    with pytest.raises(Refused, match="was refused before"):
        ledger.record({**command, "command_id": "K-9"}, actor=ACTOR)
    assert ledger.head().position == 13


def test_recorded_time_is_for_practice_ledgers_only(tmp_path: Path) -> None:
    with found(tmp_path / "real", practice=False) as ledger, pytest.raises(Malformed, match="recorded_at"):
        ledger.record({**opened(), "recorded_at": "2024-03-04T10:00:00Z"}, actor=ACTOR)


def test_a_clock_that_steps_back_is_flagged_and_never_blocks(ledger: Ledger) -> None:
    with Ledger.open(ledger.folder.path, clock=lambda: ledger.reading(12).recorded_us - 3_600_000_000) as behind:
        behind.record(person(1), actor=ACTOR)
        assert behind.reading(13).recorded_at == behind.reading(12).recorded_at
        assert behind.reading(13).value(2)[1] is True
        assert behind.verify().verdict == "verified"


def test_a_supplied_time_that_steps_back_is_stored_as_the_last_and_said(ledger: Ledger) -> None:
    """A step back never blocks a record: it is flagged in the record, and the receipt says so."""
    receipt = ledger.record({**person(1), "recorded_at": "2020-03-04T09:00:00Z"}, actor=ACTOR)
    assert receipt.clock_behind
    assert ledger.reading(13).recorded_at == ledger.reading(12).recorded_at
    assert ledger.verify().verdict == "verified"
    assert not ledger.record({**person(2), "recorded_at": "2130-03-04T09:00:00Z"}, actor=ACTOR).clock_behind


def test_the_same_id_with_another_time_or_actor_is_a_conflict(ledger: Ledger) -> None:
    command = {**person(50), "command_id": "K-1", "occurred_at": ledger.now().isoformat()}
    ledger.record(command, actor=ACTOR)
    with pytest.raises(Conflict):
        ledger.record({**command, "occurred_at": "2026-01-05T10:00:00Z"}, actor=ACTOR)
    with pytest.raises(Conflict):
        ledger.record(command, actor=Actor(staff_ref="somebody-else", role="practitioner"))
    assert ledger.record(command, actor=ACTOR).repeated


def test_what_this_process_wrote_must_still_be_there(ledger: Ledger) -> None:
    ledger.record(person(80), actor=ACTOR)
    db = sqlite3.connect(ledger.folder.records)
    db.execute("DROP TRIGGER append_only_delete")
    db.execute("DELETE FROM records WHERE position = 13")
    db.commit()
    db.close()
    with pytest.raises(IntegrityError, match="Record 13, which was here a moment ago, is gone") as caught:
        ledger.record(person(81), actor=ACTOR)
    assert (caught.value.position, caught.value.step) == (13, 9)


def test_threads_may_share_one_ledger(ledger: Ledger) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(6) as pool:
            receipts = list(pool.map(lambda n: ledger.record(person(n), actor=ACTOR), range(100, 160)))
    finally:
        sys.setswitchinterval(interval)
    assert sorted(r.records[0].position for r in receipts) == list(range(13, 73))
    assert ledger.verify(every_signature=True).verdict == "verified"


def test_a_corrupted_head_stops_the_writer(ledger: Ledger) -> None:
    with Ledger.open(ledger.folder.path) as other:
        db = other._records._ledger_datastore.pool.get_connection()
        cursor = db.cursor()
        cursor.execute("DROP TRIGGER append_only_update")
        cursor.execute("UPDATE records SET leaves = zeroblob(10) WHERE position = 12")
        other._records._ledger_datastore.pool.put_connection(db)
        with pytest.raises(IntegrityError):
            other.record(person(80), actor=ACTOR)
    assert ledger.head().position == 12
