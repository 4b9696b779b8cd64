"""`lens` and `policy`: hindsight that says it is hindsight, the register of editions, a changed edition file."""

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from cli.main import run
from ledger.procedure import edition as editions

SARAHS_LAW = Path(__file__).parent.parent.parent / "cli/scenarios/sarahs-law.jsonl"
DECIDED = {
    "do": "DecisionMade",
    "mode": "plan",
    "case": "HM-1",
    "decision_id": "D-1",
    "outcome": "withhold",
    "items": ["attendance"],
    "recipients": [{"agency": "KYP"}],
    "safety_and_wellbeing": {"individual": "none at risk"},
    "risk_level": "concern",
    "reasons": "it is not theirs to know",
    "if_withheld": {"reason_codes": ["recipient_no_need_to_know"], "reasons": "it is not theirs to know"},
    "recorded_at": "2024-02-06T09:00:00+00:00",
}
OPENED = {"do": "CaseOpened", "case": "HM-1", "recorded_at": "2024-02-05T09:00:00+00:00"}
STOPPED = {"do": "SchemeApplicationReceived", "scheme": "CS-1", "recorded_at": "2024-02-07T09:00:00+00:00"}
HEADING = "Hindsight view under ca2004-16LA; not a compliance finding"


@pytest.fixture
def withheld(ruleseven, book):
    """A ledger in which something was withheld before there was a duty to share, and one command was refused."""
    assert ruleseven("-C", book, "record", stdin=[OPENED, DECIDED]).code == 0
    assert ruleseven("-C", book, "record", stdin=[STOPPED]).code == 3
    return book


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The scenario "Sarah's Law", in a ledger for each agency."""
    into = tmp_path_factory.mktemp("sarah") / "into"
    assert run(["play", str(SARAHS_LAW), "--into", str(into)]) == 0
    return into


def test_the_application_of_2023_would_have_been_eleven_days_over(ruleseven, played):
    """It was received under the circular of 2010, whose limit is 45 days."""
    seen = ruleseven("-C", played / "TVP", "lens", "--edition", "csods-2023-04", "--json").json
    [row] = seen["rows"]
    assert (row["scheme"], row["kind"], row["rule"]) == ("CS-23-004", "SchemeDisclosureDelivered", "CS-02")
    assert (row["then"], row["under"], row["about"], row["in_force"]) == (None, "W", ["overall"], True)
    assert "overall 11 days late" in row["message"]
    assert row["occurred_at"] == "2023-04-28T10:20:00+01:00"
    shown = ruleseven("-C", played / "TVP", "lens", "--edition", "csods-2023-04").out.splitlines()
    assert shown[0] == "Hindsight view under csods-2023-04; not a compliance finding"
    assert any("overall 11 days late" in line for line in shown)
    old = ruleseven("-C", played / "TVP", "lens", "--edition", "csods-2010/11", "--json").json["rows"]
    assert {(row["scheme"], row["rule"], row["then"], row["under"]) for row in old} == {
        ("CS-24-019", "CS-02", "W", None)
    }


def test_what_was_withheld_from_the_nursery_before_the_new_advice(ruleseven, played):
    [row] = ruleseven("-C", played / "HMC", "lens", "--edition", "dfe-is-2024-04", "--json").json["rows"]
    assert (row["decision"], row["rule"], row["then"], row["under"]) == ("D-B19", "WH-05", None, "W")


@pytest.mark.parametrize("agency", ["TVP", "HMC"])
def test_judged_again_by_what_governed_each_act_comes_to_what_is_stored(ruleseven, played, agency):
    for edition in ("dpa2018-part2/3", "ruleseven-1", "ico-dsc-2021"):
        seen = ruleseven("-C", played / agency, "lens", "--edition", edition, "--json").json
        assert (seen["rows"], seen["totals"]["judged"] > 20) == ([], True)


def test_the_view_says_what_it_is_of_and_changes_nothing(ruleseven, withheld):
    before = ruleseven("-C", withheld, "verify", "--json").json
    seen = ruleseven("-C", withheld, "lens", "--edition", "ca2004-16LA", "--json").json
    assert {key: seen[key] for key in ("heading", "edition", "applies", "as_at", "position", "hash", "practice")} == {
        "heading": HEADING,
        "edition": "ca2004-16LA",
        "applies": True,
        "as_at": None,
        "position": before["records"],
        "hash": before["head"],
        "practice": True,
    }
    [row] = seen["rows"]
    assert (row["case"], row["decision"], row["rule"]) == ("HM-1", "D-1", "WH-03")
    assert (row["then"], row["under"], row["would_be_refused"], row["in_force"]) == ("W", "E", True, False)
    assert ruleseven("-C", withheld, "verify", "--json").json == before
    findings = ruleseven("-C", withheld, "case", "HM-1", "--json").out
    assert '"WH-03"' in findings
    assert "detriment_comparison" not in findings


def test_all_shows_what_stays_too_and_that_a_refusal_is_judged_by_its_codes(ruleseven, withheld):
    shown = ruleseven("-C", withheld, "lens", "--edition", "ca2004-16LA", "--all")
    assert shown.out.splitlines()[0] == HEADING
    assert "E, would be refused" in " ".join(shown.out.split())
    assert "that a rule would not refuse it does not say that sharing was right" in shown.out
    rows = ruleseven("-C", withheld, "lens", "--edition", "ca2004-16LA", "--all", "--json").json["rows"]
    assert {row["rule"] for row in rows} >= {"WH-03", "WH-04", "CS-01"}
    [stopped] = [row for row in rows if row["kind"] == "CommandRefused"]
    assert (stopped["command"], stopped["then"], stopped["under"]) == ("SchemeApplicationReceived", "E", "E")
    assert "scheme" not in stopped


def test_as_at_looks_no_further(ruleseven, withheld):
    words = ("-C", withheld, "lens", "--edition", "ca2004-16LA", "--json", "--as-at")
    earlier = ruleseven(*words, "2024-02-05T23:00:00+00:00").json
    assert (earlier["rows"], earlier["as_at"]) == ([], "2024-02-05T23:00:00+00:00")
    assert ruleseven(*words, "2024-02-06T09:00:00+00:00").json["position"] == earlier["position"] + 1


def test_what_was_erased_cannot_be_judged_and_is_not_misreported(ruleseven, withheld):
    """Every reason and comparison is gone: read as absent they would be refused by half the catalogue."""
    erased = ruleseven("-C", withheld, "erase", "--scope", "case:HM-1", "--reason", "asked", "--authority", "IG-1")
    assert erased.code == 0, erased.err
    rows = ruleseven("-C", withheld, "lens", "--edition", "ca2004-16LA", "--json").json["rows"]
    assert {row["cannot"] for row in rows} == {"cannot be judged: erased"}
    assert {row["under"] for row in rows} == {None}


def test_the_vault_must_open(ruleseven, withheld, plain_error):
    (withheld / "keys" / "vault.key").unlink()
    plain_error(ruleseven("-C", withheld, "lens", "--edition", "ca2004-16LA"), 5)


def test_an_edition_that_is_not_there_is_named_with_the_nearest(ruleseven, withheld, plain_error):
    for verb in ("lens", "policy"):
        outcome = ruleseven("-C", withheld, verb, "--edition", "ca2004-16L")
        plain_error(outcome, 2)
        assert "ca2004-16LA" in outcome.err
    plain_error(ruleseven("-C", withheld, "lens", "--edition", "wt-2018", "--as-at", "1999-01-01T00:00:00Z"), 2)
    far = ruleseven("-C", withheld, "lens", "--edition", "nope")
    plain_error(far, 2)
    assert far.err.strip() == "There is no edition nope; 'ruleseven view policy' lists all there are."


# The register


def test_the_register_says_what_governs_and_why_the_rest_does_not(ruleseven, withheld):
    found = ruleseven("-C", withheld, "policy", "--at", "2024-02-06T09:00:00+00:00", "--json").json
    why = {row["edition"]: row["why_not"] for row in found["rows"]}
    assert (why["dfe-is-2018-07"], why["wt-2018"], why["ca2004-16LA"]) == (None, "no longer", "not yet")
    assert (why["wm-2.10@2024-04-19"], why["cpa2026-csods"]) == ("not adopted", "not for agencies of this kind")
    assert found["totals"] == {"editions": len(why), "in_force": list(why.values()).count(None)}
    row = next(row for row in found["rows"] if row["edition"] == "dfe-is-2018-07")
    assert row["in_force_from"] == "2018-07-04T00:00:00+01:00"
    assert row["in_force_to"] == "2024-04-19T00:00:00+01:00"
    assert row["sha256"] == editions.shipped()["dfe-is-2018-07"].sha256.hex()
    later = ruleseven("-C", withheld, "policy", "--at", "2026-10-01T09:00:00+00:00", "--json").json
    assert "ca2004-16LA" in [row["edition"] for row in later["rows"] if row["in_force"]]


def test_an_unknown_commencement_is_shown_to_those_it_is_for(ruleseven, tmp_path):
    police = ("--id", "TVP", "--agency", "Thornvale Police", "--kind", "police", "--practice")
    assert ruleseven("-C", tmp_path / "police", "init", *police, "--recovery", tmp_path / "recovery-2").code == 0
    rows = ruleseven("-C", tmp_path / "police", "policy", "--json").json["rows"]
    assert {row["edition"]: row["why_not"] for row in rows}["cpa2026-csods"] == "commencement not known"


def test_the_register_shows_the_conflict_of_two_chapters_and_what_was_set_here(ruleseven, withheld):
    setting = {"do": "LocalParameterSet", "name": "late_hours", "value": 48, "recorded_at": "2024-02-08T09:00:00+00:00"}
    assert ruleseven("-C", withheld, "record", stdin=[setting]).code == 0
    shown = " ".join(ruleseven("-C", withheld, "policy").out.split())
    assert "chapter 1.1 of the same procedures differ" in shown
    assert "This ledger follows 2.10" in shown
    assert "late_hours 48 24 2024-02-08 09:00" in shown
    before = ruleseven("-C", withheld, "policy", "--at", "2024-02-08T08:59:59+00:00", "--json").json
    assert before["parameters"] == []


def test_one_edition_can_be_read(ruleseven, withheld):
    shown = ruleseven("-C", withheld, "policy", "--edition", "ca2004-16LA")
    assert "WH-03/comparison" in shown.out
    assert "E refused, B breach" in shown.out
    found = ruleseven("-C", withheld, "policy", "--edition", "ca2004-16LA", "--json").json
    [rule] = found["rules"]
    assert (rule["rule"], rule["gate"], rule["fact"]) == ("WH-03/comparison", "E", "B")
    assert "share unless that is more detrimental" in rule["message"]


def test_an_edition_that_may_not_be_registered_leaves_nothing(ruleseven, withheld):
    edition = {"edition_id": "wt-2027", "based_on": "wt-2026"}
    command = {"do": "PolicyEditionRegistered", "edition": edition, "recorded_at": "2024-02-08T09:00:00+00:00"}
    outcome = ruleseven("-C", withheld, "record", "--json", stdin=[command])
    assert outcome.code == 2
    assert "field edition.in_force_from" in outcome.json["error"]
    assert outcome.json["line"] == 1


# An edition file that was changed after the ledger was opened with it


@pytest.fixture
def changed_file(tmp_path, monkeypatch):
    """Change one of this installation's edition files, or take it away."""
    folder = tmp_path / "editions"
    shutil.copytree(str(files("ledger.procedure.editions")), folder)
    caches = (editions._prints, editions.shipped, editions.opened_with)

    def change(name, **changes):
        path = folder / name
        path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes})) if changes else path.unlink()
        monkeypatch.setattr(editions, "FOLDER", folder)
        for cache in caches:
            cache.cache_clear()

    yield change
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


def test_a_changed_edition_file_is_named_and_yesterdays_findings_stay(ruleseven, withheld, changed_file, plain_error):
    before = ruleseven("-C", withheld, "case", "HM-1", "--json").json
    weak = {"gate": "I", "fact": "I", "message": "Never mind."}
    changed_file("dfe-is-2018-07.json", rules={"WH-03": weak, "WH-04": weak})
    refused = ruleseven("-C", withheld, "record", "--json", stdin=[{**DECIDED, "decision_id": "D-2"}])
    assert refused.code == 1
    assert "print of edition dfe-is-2018-07 is not the one that the ledger was opened with" in refused.out + refused.err
    for verb in ("policy", "lens --edition wt-2018"):
        outcome = ruleseven("-C", withheld, *verb.split())
        plain_error(outcome, 1)
        assert "dfe-is-2018-07" in outcome.err
    verified = ruleseven("-C", withheld, "verify", "--json")
    assert (verified.code, verified.json["verdict"]) == (1, "failed")
    assert verified.json["first_bad"]["position"] == 0
    assert "Every stored record is intact" in verified.json["first_bad"]["reason"]
    assert "dfe-is-2018-07" in verified.json["first_bad"]["reason"]
    after = ruleseven("-C", withheld, "case", "HM-1", "--json")
    assert (after.code, after.json) == (0, before)


def test_an_edition_of_a_newer_release_is_named(ruleseven, withheld, changed_file, plain_error):
    changed_file("wt-2026.json")
    plain_error(ruleseven("-C", withheld, "policy"), 5)
    verified = ruleseven("-C", withheld, "verify", "--json")
    assert (verified.code, verified.json["verdict"]) == (5, "undecided")
    assert "wt-2026" in verified.json["first_bad"]["reason"]
    assert ruleseven("-C", withheld, "case", "HM-1").code == 0
