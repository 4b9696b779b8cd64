"""`play` and `demo`: scenarios as files, each agency in its own ledger, each expectation held or shown."""

import datetime as dt
import json
from contextlib import ExitStack

import pytest

from cli.player import part, says

POLICE = {
    "agency": {
        "id": "TVP",
        "name": "Thornvale Police",
        "kind": "police",
        "flags": {"public_authority": True},
        "at": "2024-01-02T09:00:00+00:00",
        "setup": [
            {
                "do": "StaffEnrolled",
                "staff_ref": "P1",
                "roles": ["practitioner"],
                "actor": {"staff_ref": "G", "role": "governance_lead"},
            }
        ],
    }
}
COUNCIL = {"agency": {"id": "HMC", "name": "Harrowmere", "kind": "local_authority", "at": "2024-01-02T09:00:00+00:00"}}
OPEN = {"ledger": "HMC", "at": "2024-02-05T09:00:00+00:00", "do": "CaseOpened", "case": "HM-1"}
STOPPED = {**OPEN, "do": "SchemeApplicationReceived", "scheme": "CS-1", "row": "B01a"}
del STOPPED["case"]


@pytest.fixture
def play(tmp_path, ruleseven):
    def invoke(*lines, json_=True):
        path = tmp_path / "scenario.jsonl"
        path.write_bytes(b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines))
        return ruleseven("play", path, "--into", tmp_path / "into", *(["--json"] if json_ else []))

    return invoke


def test_each_agency_gets_a_practice_ledger_of_its_own_and_each_line_its_time(play, ruleseven, tmp_path):
    outcome = play(POLICE, COUNCIL, OPEN, {**STOPPED, "expect": {"refused": ["CS-01"]}})
    assert outcome.code == 0
    police, council, opened, stopped = outcome.lines
    assert [record["kind"] for record in police["records"]] == ["agency/LedgerOpened/1", "agency/StaffEnrolled/1"]
    assert (council["line"], council["ledger"], len(council["records"])) == (2, "HMC", 1)
    assert (opened["ledger"], opened["records"][0]["position"]) == ("HMC", 2)
    assert (stopped["row"], stopped["refused"], stopped["held"]) == ("B01a", ["CS-01"], True)
    chronology = ruleseven("-C", tmp_path / "into" / "HMC", "case", "HM-1", "--json").json["chronology"]
    for time in ("recorded_at", "occurred_at", "known_at"):
        assert chronology[0][time] == "2024-02-05T09:00:00+00:00"
    assert chronology[0]["actor"] == {"staff_ref": "HMC-duty", "role": "practitioner"}
    for name in ("HMC", "TVP"):
        verified = ruleseven("-C", tmp_path / "into" / name, "verify", "--json")
        assert verified.json["practice"] is True
        assert verified.json["verdict"] == "verified"
    assert (tmp_path / "into" / "TVP.recovery").is_file()


@pytest.mark.parametrize(
    ("line", "expect"),
    [
        (OPEN, {"findings": ["W CN-04"]}),
        (OPEN, {"refused": ["CS-01"]}),
        (STOPPED, {"findings": []}),
        (STOPPED, {"refused": ["CS-02"]}),
        (STOPPED, {"refused": ["CS-01", "CS-02"]}),
        ({**OPEN, "do": "Nothing"}, {"findings": []}),
    ],
)
def test_an_expectation_that_does_not_hold_is_shown_and_is_exit_1(play, line, expect):
    outcome = play(COUNCIL, {**line, "expect": expect})
    assert outcome.code == 1
    shown = outcome.lines[-1]
    assert shown["held"] is False
    assert shown["expected"].items() <= {**expect}.items()
    assert shown["found"] != expect
    assert play(json_=False).code == 2


def test_the_findings_expected_are_the_exact_set_and_external_ones_are_spelled_either_way():
    from cli.player import held
    from cli.results import Result
    from cli.scenario import Act, Expected, _expected

    finding = {"level": "B", "rule": "UT-01"}
    for spelled in ("B UT-01", "B(external) UT-01", "B (external) UT-01"):
        act = Act(1, "TVP", {}, None, _expected({"findings": [spelled]}))
        assert held(act, Result(1, 0, {"findings": [finding], "records": []})).code == 0
        assert held(act, Result(1, 0, {"findings": [], "records": []})).code == 1
    assert held(Act(1, "TVP", {}, None, Expected(None, None)), Result(1, 0, {"findings": [finding]})).code == 0


def test_what_is_not_expected_is_not_checked_but_counts_as_in_record(play):
    assert play(COUNCIL, OPEN, STOPPED).code == 3


def test_a_malformed_command_does_not_stop_a_run(play):
    outcome = play(COUNCIL, {**OPEN, "do": "Nothing"}, {**OPEN, "x": 1.5}, STOPPED, OPEN)
    assert outcome.code == 2
    assert [set(found) & {"error", "refused", "records"} for found in outcome.lines[1:]] == [
        {"error"},
        {"error"},
        {"refused"},
        {"records"},
    ]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff", "UTF-8"),
        (b'{"ledger":"HMC","ledger":"HMC"}', "twice"),
        ({**OPEN, "case": "\ud800"}, "surrogate"),
        (b'{"check": {"view": "case", "equals": ' + b"9" * 5000 + b"}}", "5,000 digits"),
        (b'{"check": {"view": "case", "equals": ' + b"[" * 800 + b"]" * 800 + b"}}", "nested too deeply"),
        ({**OPEN, "ledger": "XXX"}, "XXX"),
        ({**OPEN, "at": "2024-02-05T09:00:00"}, "offset"),
        ({**OPEN, "at": 7}, "at"),
        ({"do": "CaseOpened", "case": "X"}, "ledger"),
        ({**OPEN, "expect": ["W CN-04"]}, "expect"),
        ({**OPEN, "expect": {"finding": []}}, "expect"),
        ({**OPEN, "expect": {"findings": ["CN-04"]}}, "CN-04"),
        (COUNCIL, "each once"),
        ({"agency": {**POLICE["agency"], "id": "../TVP"}}, "folder"),
        ({"agency": {**POLICE["agency"], "at": "soon"}}, "time"),
        ({"agency": {**POLICE["agency"], "name": None}}, "name"),
        ({"check": {"view": "case"}}, "equals"),
        ({"check": {"view": "casse", "args": {}, "equals": {}}}, "no view called 'casse'"),
        ({"check": "case"}, "not an object"),
        ({"check": {"view": "case", "args": [], "equals": {}}}, "args"),
        ({"check": {"view": "case", "equals": {}}, "when": "2024-02-05T09:00:00+00:00"}, "when"),
        ({"check": {"view": "case", "args": {}, "equals": {}, "ledger": "XXX"}}, "XXX"),
    ],
)
def test_a_scenario_that_cannot_be_meant_names_its_line_and_makes_nothing(play, tmp_path, plain_error, bad, why):
    outcome = play(COUNCIL, bad)
    plain_error(outcome, 2)
    assert "Line 2" in outcome.err
    assert why in outcome.err
    assert not (tmp_path / "into").exists()


def test_agencies_come_first(play, plain_error):
    plain_error(play(COUNCIL, OPEN, POLICE), 2)
    plain_error(play(OPEN), 2)


def test_a_setup_that_is_not_accepted_is_a_fault_of_the_scenario(play, plain_error):
    agency = {"agency": {**COUNCIL["agency"], "setup": [{"do": "Nothing"}]}}
    outcome = play(agency)
    plain_error(outcome, 2)
    assert "setup command 1" in outcome.err


def test_ledgers_that_are_there_are_not_played_over(play, plain_error):
    assert play(COUNCIL, OPEN).code == 0
    plain_error(play(COUNCIL, OPEN), 2)


def test_a_receipt_quotes_the_record_of_its_sender(tmp_path):
    from cli.player import Player
    from cli.scenario import Agency, Scenario

    player = Player(Scenario((Agency(1, "A", "A", "gp", {}, dt.datetime.now(dt.UTC), ()),), ()), tmp_path, ExitStack())
    player.sent = {"X-1": {"A": "aa", "B": "bb"}}
    receipt = {"do": "DisclosureReceived", "disclosure_id": "X-1"}
    assert player._with_sender("B", receipt)["sender_event_hash"] == "aa"
    assert player._with_sender("A", receipt)["sender_event_hash"] == "bb"
    assert player._with_sender("C", {**receipt, "provider": {"agency": "B"}})["sender_event_hash"] == "bb"
    assert player._with_sender("C", {**receipt, "disclosure_id": "X-9"}) == {**receipt, "disclosure_id": "X-9"}
    assert player._with_sender("C", {**receipt, "sender_event_hash": "cc"})["sender_event_hash"] == "cc"


def test_a_check_compares_part_of_a_view(play):
    holds = {"check": {"ledger": "HMC", "view": "case", "args": {"case": "HM-1"}, "equals": {"state": "open"}}}
    anywhere = {"check": {"view": "case", "args": {"case": "HM-1"}, "equals": {"state": "open"}}}
    assert play(COUNCIL, POLICE, OPEN, holds, anywhere).code == 0


def test_a_check_may_carry_a_time_and_names_the_ledger_that_says_so(play):
    known_to_the_council = {
        "check": {"view": "case", "args": {"case": "HM-1"}, "equals": {}},
        "at": "2024-02-05T10:00:00+00:00",
    }
    received = {**STOPPED, "ledger": "TVP"}
    outcome = play(COUNCIL, POLICE, OPEN, received, known_to_the_council)
    assert outcome.code == 0
    assert (outcome.lines[-1]["ledger"], outcome.lines[-1]["held"]) == ("HMC", True)


def test_a_check_of_what_no_ledger_knows_does_not_hold(play):
    outcome = play(COUNCIL, POLICE, OPEN, {"check": {"view": "case", "args": {"case": "HM-9"}, "equals": {}}})
    assert outcome.code == 1
    assert outcome.lines[-1]["held"] is False
    assert "HM-9" in outcome.lines[-1]["found"]["error"]


def test_a_check_that_no_view_can_answer_is_a_fault_of_the_scenario(play):
    early = {"view": "case", "args": {"case": "HM-1"}, "as_at": "2020-01-01T00:00:00+00:00", "equals": {}}
    outcome = play(COUNCIL, OPEN, {"check": early})
    assert outcome.code == 2
    assert outcome.lines[-1]["line"] == 3
    assert "The ledger begins" in outcome.lines[-1]["error"]


def test_comments_and_blank_lines_are_passed_over(play):
    outcome = play(b"# the cast", COUNCIL, b"", b"   # what it did", OPEN)
    assert outcome.code == 0
    assert [line["line"] for line in outcome.lines] == [2, 5]


def test_a_line_that_goes_back_in_time_is_recorded_and_says_so(play):
    earlier = {**OPEN, "case": "HM-2", "at": "2024-02-04T09:00:00+00:00", "expect": {"findings": []}}
    outcome = play(COUNCIL, OPEN, earlier)
    assert outcome.code == 0
    assert ["clock_behind" in line for line in outcome.lines] == [False, False, True]


def test_a_check_that_fails_shows_what_was_found(play):
    outcome = play(
        COUNCIL, OPEN, {"check": {"view": "case", "args": {"case": "HM-1"}, "equals": {"state": "shut", "odd": 1}}}
    )
    assert outcome.code == 1
    assert outcome.lines[-1]["expected"] == {"state": "shut", "odd": 1}
    assert outcome.lines[-1]["found"] == {"state": "open", "odd": None}


@pytest.mark.parametrize(
    ("value", "wanted", "same"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([{"a": 1, "b": 2}], [{"a": 1}], True),
        ([1, 2], [1], False),
        (2.958333, 2.9583, True),
        (2.9585, 2.9583, False),
        (1, True, False),
        (True, True, True),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_part_of_a_view(value, wanted, same):
    assert says(value, wanted) is same


def test_only_the_part_asked_about_is_shown():
    assert part({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 5}}) == {"a": {"b": 1}}


# The demo


def test_the_demo_shows_each_user_their_view_and_holds(ruleseven, tmp_path):
    outcome = ruleseven("demo", "--into", tmp_path / "demo")
    assert outcome.code == 0, outcome.out + outcome.err
    assert outcome.err == ""
    for words in (
        "everything came as expected",
        "The practitioner",
        "The governance lead",
        "The reviewer",
        "The exporting agency",
        "reconsideration pending",
        "Failed at position 40, step 7",
        "PRACTICE",
    ):
        assert words in outcome.out
    assert outcome.out.count("Verified: ") == 4


def test_the_demo_replaces_its_own_and_nobody_elses(ruleseven, tmp_path, plain_error):
    folder = tmp_path / "demo"
    assert ruleseven("demo", "--into", folder, "--json").json["wrong"] == 0
    assert ruleseven("demo", "--into", folder, "--json").code == 0
    (folder / "my notes").write_text("mine")
    plain_error(ruleseven("demo", "--into", folder), 2)
    assert (folder / "my notes").read_text() == "mine"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ledger.db").write_text("somebody's")
    plain_error(ruleseven("demo", "--into", tmp_path / "other"), 2)
    assert (tmp_path / "other" / "ledger.db").read_text() == "somebody's"


def test_a_note_of_what_to_remove_reaches_nothing_outside_its_folder(ruleseven, tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (tmp_path / "precious").write_text("x")
    (folder / "ruleseven-demo.json").write_text(json.dumps({"made": ["../precious", "/etc", "..", ""]}))
    assert ruleseven("demo", "--into", folder, "--json").code == 0
    assert (tmp_path / "precious").read_text() == "x"
