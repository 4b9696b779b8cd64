"""Replaying a case: the steps as they were recorded, what each changed, and that they are a prefix of the chain."""

import sqlite3
from contextlib import closing

import pytest

from ledger import About, Ledger, prove_consistency
from ledger.errors import IntegrityError, Malformed, UnknownId
from projections import replay, show

CASE = "BH-0147"
CUT = "2026-10-19T23:59:00+01:00"


@pytest.fixture
def school(bha):
    """A consent that is withdrawn, and a disclosure on it that is recorded the day after it was made."""
    bha("2026-09-07T08:00", "CaseOpened", case=CASE)
    bha("2026-09-07T08:05", "PersonLinked", case=CASE, person_id="C1", roles=["child"], name="Ann", dob="2012-09-09")
    bha("2026-09-07T08:06", "PersonLinked", case=CASE, person_id="P1", roles=["parent"])
    bha("2026-09-07T08:30", "ConsentGiven", case=CASE, consent_id="CON-1", data_subject="C1", given_by="P1",
        authority="PR", items=["attendance"], recipients=["KYP"], purposes=["early_identification"],
        expires_at="2026-12-07")  # fmt: skip
    bha("2026-10-12T12:00", "ConsentWithdrawn", case=CASE, consent_id="CON-1", by="P1", how="By telephone")
    before = dict.fromkeys(("occurred_at", "known_at"), "2026-10-19T16:00:00+01:00")
    bha("2026-10-20T08:00", "InformationRecorded", case=CASE, item_id="I-12", person="C1", kind="attendance",
        statement_kind="fact", content="Absent again", **before)  # fmt: skip
    bha("2026-10-20T08:00", "DisclosureMade", mode="fact", case=CASE, disclosure_id="X-9", to=[{"agency": "KYP"}],
        how={"method": "insecure_email"}, what={"items": ["I-12"]}, **before)  # fmt: skip
    return bha


def kinds(found):
    return [entry["kind"] for step in found["steps"] for entry in step["entries"]]


def test_the_steps_stand_in_the_order_of_recording(school):
    found = replay(school.ledger, CASE)
    assert kinds(found) == [
        "CaseOpened", "PersonLinked", "PersonLinked", "ConsentGiven", "ConsentWithdrawn", "InformationRecorded",
        "DisclosureMade",
    ]  # fmt: skip
    assert [step["step"] for step in found["steps"]] == list(range(1, 8))
    assert (found["case"], found["by"], found["to"], found["steps_in_all"]) == (CASE, "event", None, 7)
    assert [step["entries"][0]["late_hours"] for step in found["steps"]] == [0.0] * 5 + [17.0, 17.0]


def test_what_was_recorded_later_is_in_no_step(school):
    found = replay(school.ledger, CASE, to=CUT)
    assert (found["steps_in_all"], found["to"]) == (5, CUT)
    assert "X-9" not in str(found)
    assert "I-12" not in str(found)
    assert found["proof"]["position"] == found["steps"][-1]["position"]
    assert replay(school.ledger, CASE, to="2026-10-20T08:00:00+00:00")["steps_in_all"] == 7  # that moment included


def test_what_each_step_changed(school):
    given, withdrawn = replay(school.ledger, CASE)["steps"][3:5]
    assert given["changed"] == [
        {"what": "consent CON-1", "before": None, "after": "given"},
        {"what": "owed: renew consent CON-1, or stop relying on it", "before": None, "after": "by 2026-12-07 23:59"},
    ]
    assert withdrawn["changed"] == [
        {"what": "consent CON-1", "before": "given", "after": "withdrawn"},
        {"what": "owed: renew consent CON-1, or stop relying on it", "before": "by 2026-12-07 23:59", "after": None},
    ]
    (last,) = replay(school.ledger, CASE, step=7)["steps"]
    assert {"what": "disclosure X-9", "before": None, "after": "Information disclosed"} in last["changed"]
    assert any(finding.startswith("B SE-01: ") for finding in last["entries"][0]["findings"])


def test_before_and_after_are_those_of_what_is_shown(school):
    found = replay(school.ledger, CASE, step=5)
    assert found["before"]["consent CON-1"] == "given"
    assert found["after"] == {
        "state": "open",
        "person C1": "child",
        "person P1": "parent",
        "consent CON-1": "withdrawn",
    }
    everything = replay(school.ledger, CASE)
    assert (everything["before"], everything["after"]["consent CON-1"]) == ({}, "withdrawn")
    for number in range(1, 8):
        one = replay(school.ledger, CASE, step=number)
        assert one["steps"] == [everything["steps"][number - 1]]
        changes = {**one["before"], **{c["what"]: c["after"] for c in one["steps"][0]["changed"]}}
        assert {what: how for what, how in changes.items() if how is not None} == one["after"]


def test_no_step_knows_of_later_ones(school):
    school("2026-10-21T08:00", "EntryAnnotated", case=CASE, entry_version=1, note="Seen too late")
    first = replay(school.ledger, CASE)["steps"][0]
    assert "Seen too late" not in str(first)
    assert not {"ages", "significance"} & first["entries"][0].keys()
    assert first == replay(school.ledger, CASE, to="2026-09-07T08:00:00+00:00")["steps"][0]


def test_a_consent_that_runs_out_has_run_out_in_the_next_step(school):
    terms = {"items": ["attendance"], "recipients": ["KYP"], "purposes": ["early_identification"]}
    school("2026-10-21T08:00", "ConsentGiven", case=CASE, consent_id="CON-2", data_subject="C1", given_by="P1",
           authority="PR", expires_at="2026-10-25", **terms)  # fmt: skip
    school("2026-10-26T08:00", "InDoubtRaised", case=CASE)
    last = replay(school.ledger, CASE)["steps"][-1]
    assert {"what": "consent CON-2", "before": "given", "after": "expired"} in last["changed"]


def test_day_by_day(school):
    found = replay(school.ledger, CASE, by="day")
    assert [(step["day"], len(step["entries"])) for step in found["steps"]] == [
        ("2026-09-07", 4),
        ("2026-10-12", 1),
        ("2026-10-20", 2),
    ]
    assert found["after"] == replay(school.ledger, CASE)["after"]
    school("2026-10-21T23:30", "InDoubtRaised", case=CASE)  # half past midnight in London
    assert replay(school.ledger, CASE, by="day")["steps"][-1]["day"] == "2026-10-22"


def test_a_scheme_goes_through_its_states(tvp):
    scheme = {"scheme": "CS-24-019"}
    tvp("2024-02-05T09:00", "SchemeApplicationReceived", **scheme, applicant="G", subject="S", children=["D1"])
    tvp("2024-02-05T15:40", "InitialChecksCompleted", **scheme, progress=True)
    found = replay(tvp.ledger, "CS-24-019")
    assert [change for step in found["steps"] for change in step["changed"] if change["what"] == "state"] == [
        {"what": "state", "before": None, "after": "received"},
        {"what": "state", "before": "received", "after": "checked"},
    ]
    assert found == replay(tvp.ledger, About("scheme", "CS-24-019"))


def test_the_shown_moment_is_a_prefix_of_the_chain(school):
    proof = replay(school.ledger, CASE, to=CUT)["proof"]
    reading = school.ledger.reading(proof["position"])
    assert (proof["hash"], proof["recorded_at"]) == (reading.hash.hex(), "2026-10-12T13:00:00+01:00")
    assert school.ledger.verify(heads=[(proof["position"], bytes.fromhex(proof["hash"]))]).verdict == "verified"
    assert (proof["tree"], proof["checkpoint"], proof["records_now"]) == (None, None, school.ledger.head().position)


def test_with_a_checkpoint_it_is_shown_by_the_tree_and_ever_after(school):
    proof = replay(school.ledger, CASE, to=CUT, prove=True)["proof"]
    made = prove_consistency(school.ledger, proof["position"], school.ledger.head().position)
    assert proof["tree"] == {
        "old": proof["position"],
        "old_root": made.old_root.hex(),
        "new": school.ledger.head().position,
        "new_root": made.new_root.hex(),
        "proof": [digest.hex() for digest in made.hashes],
    }
    assert proof["checkpoint"].splitlines()[1] == str(school.ledger.head().position)
    school("2026-10-21T08:00", "InDoubtRaised", case=CASE)
    later = replay(school.ledger, CASE, step=1)["proof"]  # a kept tree needs no key
    assert (later["tree"]["old"], later["tree"]["new"]) == (2, school.ledger.head().position)
    assert later["checkpoint"] is None


def test_where_the_kept_tree_says_that_the_end_was_cut_off_nothing_is_shown(school):
    replay(school.ledger, CASE, prove=True)
    path = school.ledger.folder.records
    school.ledger.close()
    database = sqlite3.connect(path)
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute("DELETE FROM records WHERE position = (SELECT max(position) FROM records)")
    database.commit()
    database.close()
    with Ledger.open(path.parent) as cut, pytest.raises(IntegrityError, match="cut off"):
        replay(cut, CASE)


def test_bad_questions(school):
    with pytest.raises(UnknownId, match="no case or scheme XX-1"):
        replay(school.ledger, "XX-1")
    with pytest.raises(UnknownId, match="no case or scheme BH-0147 in this ledger as at 2026-01-01"):
        replay(school.ledger, CASE, to="2026-01-01T00:00:00+00:00")
    for step in (0, -1, 8):
        with pytest.raises(UnknownId, match=f"7 steps; there is no step {step}"):
            replay(school.ledger, CASE, step=step)
    for bad in ("2026-10-19T23:59:00", "2001-01-01T00:00:00Z", "yesterday"):
        with pytest.raises(Malformed):
            replay(school.ledger, CASE, to=bad)


def test_only_the_stream_of_the_case_is_read(school, monkeypatch):
    for number in range(20):
        school("2026-11-01T08:00", "CaseOpened", case=f"O-{number}")
    read = []
    real = type(school.ledger)._read

    def noted(self, row):
        read.append(row.position)
        return real(self, row)

    monkeypatch.setattr(type(school.ledger), "_read", noted)
    own = {reading.position for reading in school.ledger.readings(about=About("case", CASE))}
    read.clear()
    replay(school.ledger, CASE)
    show(school.ledger, "case", {"case": CASE})
    others = {position for position in read if position not in own}
    agency = {reading.position for reading in school.ledger.readings(about=About("agency", "agency"))}
    assert others <= agency | {school.ledger.head().position}
    assert not school.ledger.folder.views.exists()


def test_words_that_were_not_signed_are_not_proved(school):
    """One byte of an open field of a shown record is another: the chain holds, since it is of the records' hashes."""
    replay(school.ledger, CASE, prove=True)
    path, at = school.ledger.folder.records, next(school.ledger.readings(about=About("case", CASE))).position
    leaves = school.ledger.reading(at).row.leaves
    school.ledger.close()
    with closing(sqlite3.connect(path)) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        changed = leaves[:-1] + bytes([leaves[-1] ^ 1])
        database.execute("UPDATE records SET leaves = ? WHERE position = ?", (changed, at))
    with Ledger.open(path.parent) as altered, pytest.raises(IntegrityError, match=f"Record {at} is not what was sig"):
        replay(altered, CASE, prove=True)
