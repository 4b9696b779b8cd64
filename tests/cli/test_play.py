"""`play` and `demo`: scenarios as files, each agency in its own ledger, each expectation held or shown."""

import json
from typing import Any

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


def test_a_command_that_names_an_agency_or_says_a_note_keeps_both(play, ruleseven, tmp_path):
    joined = {**OPEN, "do": "AgencyJoinedCase", "agency": "NCC", "row": "A01", "note": "beside the line"}
    noted = {**OPEN, "do": "EntryAnnotated", "entry_version": 1, "note": "mind the date"}
    assert play(COUNCIL, OPEN, joined, noted).code == 0
    shown = json.dumps(ruleseven("-C", tmp_path / "into" / "HMC", "case", "HM-1", "--json").json)
    assert ("NCC" in shown, "mind the date" in shown, "beside the line" in shown) == (True, True, False)


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


def test_a_bad_setup_command_is_said_and_stops_nothing(play):
    setup = [{"do": "Nothing"}, {"do": "StaffEnrolled", "staff_ref": "HMC-2"}]
    outcome = play({"agency": {**COUNCIL["agency"], "setup": setup}}, OPEN)
    agency, opened = outcome.lines
    assert (outcome.code, opened["records"][0]["position"]) == (2, 3)
    assert agency["error"].startswith("setup command 1 was not recorded: field do: 'Nothing' is not a command")
    assert [record["position"] for record in agency["records"]] == [1, 2]


def test_ledgers_that_are_there_are_not_played_over(play, plain_error):
    assert play(COUNCIL, OPEN).code == 0
    plain_error(play(COUNCIL, OPEN), 2)


OPEN_THERE = {"ledger": "TVP", "at": "2024-02-05T09:00:00+00:00", "do": "CaseOpened", "case": "TV-1"}
LIMIT = {"code": "NO_ONWARD", "text": "Ask us first."}
SENT = {
    "ledger": "HMC",
    "at": "2024-02-06T10:00:00+00:00",
    "do": "DisclosureMade",
    "mode": "fact",
    "case": "HM-1",
    "disclosure_id": "X-1",
    "to": ["TVP"],
    "how": "secure_email",
    "what": {"summary": "dates"},
    "restrictions": [LIMIT],
}
RECEIVED = {
    "ledger": "TVP",
    "at": "2024-02-07T09:00:00+00:00",
    "do": "DisclosureReceived",
    "case": "TV-1",
    "receipt_id": "R-1",
    "disclosure_id": "X-1",
    "details": "dates",
    "provider": "HMC",
    "restrictions": [LIMIT],
}
ADOPTED = {"do": "PolicyEditionAdopted", "edition_id": "wm-2.10@2024-04-19"}


@pytest.fixture
def exchanged(play, ruleseven, tmp_path):
    """Play what the council sends and the police receive; each ledger's records of one kind, opened."""
    police = {"agency": POLICE["agency"] | {"setup": [ADOPTED]}}

    def exchange(*lines, also=()):
        outcome = play(police, COUNCIL, *also, OPEN, OPEN_THERE, *lines)
        assert outcome.code == 0, outcome
        files = {
            name: ruleseven("-C", tmp_path / "into" / name, "case", case, "--json").json
            for name, case in (("HMC", "HM-1"), ("TVP", "TV-1"))
        }
        return outcome.lines, files

    return exchange


def test_a_receipt_quotes_the_record_of_its_sender_and_what_that_says(exchanged):
    lines, files = exchanged(SENT, RECEIVED | {"expect": {"findings": []}})
    (received,) = files["TVP"]["receipts"]
    assert received["sender_event_hash"] == lines[-2]["records"][0]["hash"]
    assert received["notice"] == {"restrictions": [LIMIT], "made_at": SENT["at"]}


SCHOOL = {"agency": {**COUNCIL["agency"], "id": "BHA", "kind": "school_or_college"}}


@pytest.mark.parametrize(
    ("provider", "sender"), [("HMC", "HMC"), ({"agency": "BHA"}, "BHA"), ({"unknown": True}, "BHA")]
)
def test_agencies_may_number_their_disclosures_alike(exchanged, provider, sender):
    there = {**SENT, "ledger": "BHA", "case": "BH-1"}
    opened = {**OPEN, "ledger": "BHA", "case": "BH-1"}
    own = {**SENT, "ledger": "TVP", "case": "TV-1"}
    lines, files = exchanged(own, opened, there, SENT, RECEIVED | {"provider": provider}, also=[SCHOOL])
    (quoted,) = [
        line["ledger"] for line in lines[-4:-1] if _hash(line) == files["TVP"]["receipts"][0]["sender_event_hash"]
    ]
    assert quoted == sender


def _hash(line):
    return line["records"][-1]["hash"]


def test_a_receipt_that_is_sent_twice_is_confirmed_once(exchanged):
    once = {**RECEIVED, "command_id": "R-1"}
    _, files = exchanged(SENT, once, once)
    assert [e["event"] for e in files["HMC"]["chronology"]].count("ReceiptConfirmed") == 1


def test_a_receipt_of_what_nobody_sent_quotes_nothing(exchanged):
    expected = {"findings": ["I RC-08"]}
    _, files = exchanged(SENT, RECEIVED | {"disclosure_id": "X-9", "expect": expected})
    assert "sender_event_hash" not in files["TVP"]["receipts"][0]


def test_what_a_receipt_says_of_its_sender_itself_stands(exchanged):
    _, files = exchanged(SENT, RECEIVED | {"sender_event_hash": "5e" * 32})
    assert files["TVP"]["receipts"][0]["sender_event_hash"] == "5e" * 32
    assert "notice" not in files["TVP"]["receipts"][0]


def test_a_receipt_that_is_late_and_leaves_a_restriction_out(exchanged):
    """A34: received in time, recorded weeks later, the restriction omitted."""
    late = {"at": "2024-03-04T09:00:00+00:00", "received_at": SENT["at"], "restrictions": []}
    _, files = exchanged(SENT, RECEIVED | late | {"expect": {"findings": ["W RC-06", "W ST-05", "B RC-05"]}})
    (entry,) = [e for e in files["TVP"]["chronology"] if e["event"] == "DisclosureReceived"]
    assert [entry[name] for name in ("occurred_at", "known_at", "recorded_at")] == [SENT["at"], SENT["at"], late["at"]]


def test_information_that_a_receipt_brought_was_known_since_then(exchanged):
    item = {"do": "InformationRecorded", "item_id": "I-1", "source": {"receipt_id": "R-1"}}
    _, files = exchanged(SENT, RECEIVED, {**OPEN_THERE, "at": "2024-02-09T09:00:00+00:00", **item})
    (entry,) = [e for e in files["TVP"]["chronology"] if e["event"] == "InformationRecorded"]
    assert (entry["known_at"], entry["occurred_at"]) == (RECEIVED["at"], "2024-02-09T09:00:00+00:00")


def test_the_sender_hears_of_the_receipt_when_its_own_next_line_comes(exchanged):
    earlier = {**OPEN, "at": "2024-02-06T12:00:00+00:00", "do": "CaseClosed"}
    later = {**OPEN, "at": "2024-02-08T12:00:00+00:00", "do": "CaseReopened"}
    lines, files = exchanged(SENT, RECEIVED, earlier, later)
    told = [(e["event"], e["recorded_at"]) for e in files["HMC"]["chronology"]][-3:]
    assert told == [
        ("CaseClosed", earlier["at"]),
        ("ReceiptConfirmed", RECEIVED["at"]),
        ("CaseReopened", later["at"]),
    ]
    assert files["HMC"]["obligations"] == []
    assert not any(line.get("clock_behind") for line in lines)


def test_a_sender_with_no_further_line_hears_of_it_at_the_end(exchanged):
    _, files = exchanged(SENT, RECEIVED)
    assert files["HMC"]["chronology"][-1]["event"] == "ReceiptConfirmed"
    assert files["HMC"]["obligations"] == []


def test_a_receipt_that_never_came_is_still_owed(exchanged):
    _, files = exchanged(SENT)
    (owed,) = files["HMC"]["obligations"]
    assert (owed["duty"], owed["by"], owed["due"]) == ("RC-06", "TVP", "2024-02-08T23:59:59+00:00")


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


@pytest.mark.parametrize("ledger", [["HMC"], {"id": "HMC"}, 1])
def test_a_check_names_its_ledger_in_text(play, plain_error, ledger):
    check = {"check": {"ledger": ledger, "view": "case", "args": {"case": "HM-1"}, "equals": {}}}
    outcome = play(COUNCIL, OPEN, check)
    plain_error(outcome, 2)
    assert "Line 3 of the scenario: ledger is not a text" in outcome.err


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
    (folder / "ruleseven-demo.json").write_text(
        json.dumps({"made": ["../precious", "/etc", "..", "", "a\0", "\ud800"]})
    )
    assert ruleseven("demo", "--into", folder, "--json").code == 0
    assert (tmp_path / "precious").read_text() == "x"


@pytest.mark.parametrize("noted", ['{"made": 1}', '{"made": null}', "[]", "{", '{"made": ' + "[" * 100_000])
def test_a_note_of_what_to_remove_that_does_not_read_removes_nothing(tmp_path, noted):
    from cli.demo import make_room
    from cli.scenario import Scenario
    from ledger.errors import ForeignFile

    (tmp_path / "ruleseven-demo.json").write_text(noted)
    (tmp_path / "1").write_text("mine")
    with pytest.raises(ForeignFile):
        make_room(tmp_path, Scenario((), ()))
    assert (tmp_path / "1").read_text() == "mine"


# What partners ask, and what they delete

CHARITY = {"agency": {"id": "KYP", "name": "Kestrel", "kind": "voluntary_charity", "at": "2026-09-01T09:00:00+01:00"}}
SCHOOL = {
    "agency": {"id": "BHA", "name": "Brindley Heath", "kind": "school_or_college", "at": "2026-09-01T09:00:00+01:00"}
}
FILE = {"case": "HM-1", "at": "2026-09-07T09:00:00+01:00"}


def opened(*ledgers):
    for ledger in ledgers:
        yield {**FILE, "ledger": ledger, "do": "CaseOpened"}
        yield {**FILE, "ledger": ledger, "do": "PersonLinked", "person_id": "C1", "role": "child", "dob": "2012-03-02"}


ASKED: dict[str, Any] = {
    **FILE,
    "ledger": "BHA",
    "do": "InformationRequested",
    "request_id": "Q-1",
    "to": "KYP",
    "basis": "our duty",
}
ASKED |= {"purposes": ["assessment"]}
ANSWER: dict[str, Any] = {
    "do": "DecisionMade",
    "mode": "plan",
    "decision_id": "D-1",
    "outcome": "withhold",
    "request_id": "Q-1",
}
ANSWER |= {**FILE, "ledger": "KYP", "at": "2026-09-08T09:00:00+01:00", "reasons": "not ours to tell"}
ANSWER |= {"safety_and_wellbeing": "she is safe", "if_withheld": {"reason_codes": ["not_held"], "reasons": "not held"}}


def kinds(ruleseven, folder, *what):
    chronology = ruleseven("-C", folder, "case", "HM-1", "--json").json["chronology"]
    return [(line["event"], line["occurred_at"]) for line in chronology if line["event"] in what]


@pytest.mark.parametrize("explicit", [False, True])
def test_a_request_reaches_whoever_is_asked(play, ruleseven, tmp_path, explicit):
    received = [{**ASKED, "ledger": "KYP", "from": "BHA"}] if explicit else []
    outcome = play(CHARITY, SCHOOL, *opened("KYP", "BHA"), ASKED, *received, ANSWER)
    assert "records" in outcome.lines[-1]
    heard = kinds(ruleseven, tmp_path / "into" / "KYP", "InformationRequested")
    assert heard == [("InformationRequested", "2026-09-07T09:00:00+01:00")]


def test_a_request_to_somebody_else_is_not_known(play):
    outcome = play(CHARITY, SCHOOL, *opened("KYP", "BHA"), {**ASKED, "to": "NCC"}, ANSWER)
    assert "there is no request Q-1" in outcome.lines[-1]["error"]


ON_CONSENT = [
    {
        **FILE,
        "ledger": "BHA",
        "do": "ConsentGiven",
        "consent_id": "CON-1",
        "data_subject": "C1",
        "given_by": "C1",
        "authority": "self",
        "items": ["attendance"],
        "recipients": ["KYP"],
        "purposes": ["assessment"],
    },
    {
        **FILE,
        "ledger": "BHA",
        "do": "DisclosureMade",
        "mode": "fact",
        "disclosure_id": "X-1",
        "to": ["KYP"],
        "how": "secure_email",
        "what": {"items": ["attendance"]},
        "decision": {
            "outcome": "share",
            "data_subjects": {"C1": {"state": "given", "consent_id": "CON-1"}},
            "legal_basis": {"art6": ["6(a)"]},
            "purposes": ["assessment"],
            "recipients": ["KYP"],
        },
    },
    {
        **FILE,
        "ledger": "KYP",
        "do": "DisclosureReceived",
        "receipt_id": "R-1",
        "disclosure_id": "X-1",
        "details": "dates",
    },
    {**FILE, "ledger": "BHA", "do": "ConsentWithdrawn", "consent_id": "CON-1"},
]
DELETED = {**FILE, "at": "2026-09-09T09:00:00+01:00", "ledger": "KYP", "do": "DeletionConfirmed"}
LATER = {**FILE, "at": "2026-09-10T09:00:00+01:00", "ledger": "BHA", "do": "CaseReopened"}
ERASED = {
    "ledger": "KYP",
    "at": DELETED["at"],
    "do": "InformationErased",
    "scope": "consent:CON-1",
    "authority": "KYP-1",
}
ERASED |= {"reason": "withdrawn"}


@pytest.mark.parametrize("named", [{"disclosure_id": "X-1"}, {"consent_id": "CON-1"}])
@pytest.mark.parametrize("explicit", [False, True])
def test_the_sender_hears_that_a_recipient_deleted_what_it_was_sent(play, ruleseven, tmp_path, named, explicit):
    own = [{**DELETED, "ledger": "BHA", "holder": "KYP", "consent_id": "CON-1"}] if explicit else []
    outcome = play(CHARITY, SCHOOL, *opened("KYP", "BHA"), *ON_CONSENT, {**DELETED, **named}, ERASED, *own, LATER)
    assert "records" in outcome.lines[-2 - explicit], "what was received is sealed under the consent that it rests on"
    heard = kinds(ruleseven, tmp_path / "into" / "BHA", "DeletionConfirmed")
    assert heard == [("DeletionConfirmed", "2026-09-09T09:00:00+01:00")]
    shown = ruleseven("-C", tmp_path / "into" / "BHA", "withdrawals", "--json").json
    assert (shown["totals"]["deleted"], shown["totals"]["overdue"]) == (1, 0)


def test_who_was_sent_nothing_deletes_nothing_of_the_senders(play, ruleseven, tmp_path):
    play(CHARITY, SCHOOL, *opened("KYP", "BHA"), *ON_CONSENT, {**DELETED, "disclosure_id": "X-7"}, LATER)
    assert kinds(ruleseven, tmp_path / "into" / "BHA", "DeletionConfirmed") == []
