"""From a line of JSON to a command: what is taken, what is refused, and that the message says where."""

import datetime as dt
import json
import time
import unicodedata
from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.procedure.aliases import condition
from ledger.procedure.command import MAX_LINE, Actor, parse, parse_line, schema
from ledger.procedure.declare import BY_NAME, convert

OPENED = {"do": "CaseOpened", "case": "HM-1"}

LINES = [
    (b"\xff{}", "not UTF-8 at byte 0"),
    ("{", "the line is not JSON at character 2: a name in double quotes is missing there"),
    ('{"do": }', "not JSON at character 8: a value is missing there"),
    ('{"do" 1}', "not JSON at character 7: a colon is missing there"),
    ('{"do": 1 "x": 2}', "not JSON at character 10: a comma is missing there"),
    ("{} {}", "not JSON at character 4: something follows there"),
    ('{"do": "x}', "not JSON at character 8: a text begins there that has no closing quote"),
    ('{"do": "\t"}', "not JSON at character 9: a line break, a tab or the like"),
    ('{"do": "\\x"}', "not JSON at character 9: a backslash stands in a text there"),
    ("[]", "not a JSON object"),
    ('{"do": "CaseOpened", "case": "A", "case": "B"}', "field case: given twice"),
    ('{"do": "CaseOpened", "title": {"a": 1, "a": 2}}', "field a: given twice"),
    ('{"do": 1.5}', "1.5 is not whole"),
    ('{"do": NaN}', "NaN is not whole"),
    ("[" * 100_000, "nested too deeply"),
    ('{"do": "' + "x" * MAX_LINE + '"}', "at most 1,048,576 bytes"),
    ('{"do": ' + "9" * 5000 + "}", "too large to be recorded"),
    ('{"do": -9007199254740992}', "too large to be recorded"),
    *(('{"do": ' + "[" * deep + "]" * deep + "}", "nested too deeply") for deep in (20, 700, 900, 990, 1100)),
    ('{"case": "\\ud800"}', r"field case: the character U\+D800"),
    ('{"\\ud800": 1}', r"a key with the character U\+D800"),
    ('{"a": [{"b": "x\\u202ey"}]}', r"field a\[0\]\.b: the character U\+202E"),
    ('{"a": {"\\u001b[2J": 1}}', r"field a: a key with the character U\+001B"),
    ('{"' + "k" * 5000 + '": 1}', "a key of 5,000 characters"),
    ('{"e\\u0301": 1, "\\u00e9": 2}', "is given twice"),
]


@pytest.mark.parametrize(("line", "said"), LINES)
def test_a_line_that_is_no_command(line, said):
    with pytest.raises(Malformed, match=said):
        parse_line(line)


def test_no_character_that_does_not_show_fits_in_an_id():
    for point in range(0x110000):
        if unicodedata.category(chr(point)) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}:
            with pytest.raises(Malformed):
                convert({"staff_ref": f"A{chr(point)}B", "role": "r"}, Actor)
    assert convert({"staff_ref": "Zo\u00eb-\u4f8b/7", "role": "r"}, Actor)


def test_a_key_given_twice_among_many_is_found_at_once():
    line = "{" + ",".join(f'"{n}":1' for n in range(60_000)) + ',"59999":1}'
    begun = time.perf_counter()
    with pytest.raises(Malformed, match="field 59999: given twice"):
        parse_line(line)
    assert time.perf_counter() - begun < 2


def test_a_pasted_paragraph_becomes_one_line_in_composed_form():
    assert parse_line('{"title": "one\\r\\ntwo\\tthree e\\u0301"}') == {"title": "one two three \u00e9"}


UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2060\u2063\u2800\u3164\ufe0f\ufeff\U000e0001\U000e0041"
)

SHAPES = [
    ({}, "field do: say what to record"),
    ({"do": "ConsentGivn"}, "'ConsentGivn' is not a command; nearest: ConsentGiven"),
    ({"do": "LedgerOpened"}, "'LedgerOpened' is not a command"),
    ({"do": "CommandRefused"}, "'CommandRefused' is not a command"),
    ({"do": "InformationErased", "scope": "CON-1"}, "field scope_ref: expected an id"),
    ({**OPENED, "titel": "x"}, "field titel: CaseOpened has no such field; did you mean title?"),
    ({**OPENED, "occured_at": "x"}, "did you mean occurred_at?"),
    ({**OPENED, "title": 7}, "field title: expected text or nothing, got a whole number"),
    ({**OPENED, "first_service_at": "2026-09-07T09:00:00"}, "field first_service_at: write a time with an offset"),
    ({**OPENED, "occurred_at": "yesterday"}, "field occurred_at"),
    ({**OPENED, "mode": "maybe"}, "field mode"),
    ({**OPENED, "actor": {"staff_ref": "HMC-1"}}, "actor.*role"),
    ({**OPENED, "case": "has a space"}, "field case"),
    ({**OPENED, "case": "bell\x07"}, "field case"),
    ({**OPENED, "case": "x" * 65}, "field case"),
    ({**OPENED, "case": "HM-1\n"}, "field case"),
    *(({**OPENED, "case": f"HM{unseen}1"}, "field case: expected an id") for unseen in UNSEEN),
    *(({"do": "PersonLinked", "case": "C", "person_id": f"P1{unseen}"}, "field person_id") for unseen in UNSEEN),
    ({"do": "RestrictionImposed", "case": "HM-1", "imposed_by": "Cou\u200brt"}, "field imposed_by: expected a name"),
    ({**OPENED, "mode": "x" * 5000}, "field mode: .{1,250}$"),
    ({**OPENED, "do": "x" * 5000}, "field do: .{1,250}$"),
    ({"do": "RestrictionImposed", "case": "HM-1", "imposed_by": "Family Court "}, "field imposed_by: expected a name"),
    ({**OPENED, "title": "x" * 16_001}, "field title: this has more than the 16000 characters that may stand here"),
    ({"do": "CaseOpened"}, "needs exactly one of: case"),
    ({**OPENED, "scheme": "S"}, "needs exactly one of: case"),
    ({"do": "PersonLinked", "scheme": "S", "case": "C", "person_id": "P"}, "needs exactly one of: case, scheme"),
    ({"do": "StaffEnrolled", "case": "HM-1", "staff_ref": "S"}, "field case: StaffEnrolled belongs to the agency"),
    ({"do": "PersonLinked", "case": "HM-1"}, "person_id"),
    ({"do": "DecisionMade", "case": "HM-1", "decision_id": "D", "outcome": "share"}, "field mode: say"),
    ({"do": "DisclosureMade", "case": "HM-1", "mode": "fact", "disclosure_id": "X", "decision": {}}, "field decision"),
    (
        {"do": "DisclosureMade", "case": "HM-1", "mode": "fact", "disclosure_id": "X", "how": {"metod": "fax"}},
        "field how: .*metod",
    ),
    ({"do": "ConsentGiven", "case": "HM-1", "consent_id": "CON-1", "expires_at": "soon"}, "field expires_at"),
]


@pytest.mark.parametrize(("command", "said"), SHAPES)
def test_a_shape_that_is_wrong_is_named(command, said):
    with pytest.raises(Malformed, match=said) as error:
        parse(command)
    assert "\n" not in str(error.value)


def test_what_a_rule_covers_may_be_absent():
    wanted = {"outcome", "able", "method", "name", "value", "edition", "entry_version", "person", "recipient"}
    wanted |= {"child", "children", "scope_kind"}
    wanted |= {"form", "agency", "position", "head", "verdict", "persons"}  # of a review
    for name, kind in BY_NAME.items():
        if kind.commanded and not kind.wire.startswith("scheme/"):
            required = set(schema(name)["required"]) - {"do", "mode"}
            assert {field for field in required if not field.endswith(("_id", "_ref"))} <= wanted, name


def test_the_envelope_is_taken_and_the_actor_given_if_unsaid():
    duty = Actor(staff_ref="HMC-9", role="manager_supervisor")
    assert parse(OPENED, actor=duty).actor == duty
    said: dict[str, Any] = {
        **OPENED,
        "actor": {"staff_ref": "HMC-1", "role": "practitioner"},
        "known_at": "2026-09-07T09:00:00+01:00",
    }
    command = parse(said, actor=duty)
    assert command.actor == Actor(staff_ref="HMC-1", role="practitioner")
    assert command.mode == "fact"
    assert command.known_at == dt.datetime.fromisoformat(said["known_at"])
    assert command.about == ("case", "HM-1")


CODES = [
    ("6(e)", "6(e)"),
    ("6(1)(e)", "6(e)"),
    ("UKGDPR:6(1)(e)", "6(e)"),
    ("UK GDPR Art. 6(1)(ea)", "6(ea)"),
    ("Article 6(1)(E)", "6(e)"),
    ("e", "6(e)"),
    ("Condition e", "6(e)"),
    ("9(2)(g)", "9(g)"),
    ("public task", "public task"),
    ("7(e)", "7(e)"),
]


@pytest.mark.parametrize(("written", "meant"), CODES)
def test_a_condition_has_one_form(written, meant):
    assert condition(written, "6") == meant


def test_aliases_are_put_right_before_a_command_is_read():
    decided = {
        "decision_id": "D",
        "outcome": "share",
        "legal_basis": {"art6": [{"code": "e"}], "art9": [{"code": "g"}]},
    }
    said = {"do": "DisclosureMade", "case": "HM-1", "mode": "plan", "disclosure_id": "X", "decision": decided}
    basis = parse(said).decision.legal_basis
    assert (basis.art6[0].code, basis.art9[0].code) == ("6(e)", "9(g)")
    recorded: Any = parse({"do": "InformationRecorded", "case": "HM-1", "item_id": "I", "child": "C1"}).event
    assert recorded.person == "C1"
    received: Any = parse({"do": "DisclosureReceived", "case": "HM-1", "unknown": True}).event
    assert received.reasons_unknown


@pytest.mark.parametrize("name", sorted(name for name, kind in BY_NAME.items() if kind.commanded))
def test_every_command_has_a_schema_that_says_what_it_is(name):
    found = schema(name)
    assert found["description"].endswith(".")
    assert found["properties"]["do"] == {"const": name}
    assert set(found["required"]) <= set(found["properties"])
    text = json.dumps(found)
    assert all(f'"{ref}"' in text for ref in found["$defs"])


def test_a_byte_order_mark_is_passed_over():
    assert parse_line(b'\xef\xbb\xbf{"do": "CaseOpened"}') == {"do": "CaseOpened"}


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1799-12-31T00:00:00Z"])
@pytest.mark.parametrize("name", ["occurred_at", "known_at", "effective_at"])
def test_a_time_at_the_end_of_the_calendar_is_named(name, time):
    said = {"do": "ConsentWithdrawn", "case": "HM-1", "consent_id": "CON-1"}
    with pytest.raises(Malformed, match=f"field {name}: write a year from 1800 to 2199"):
        parse(said | {name: time})
    assert parse(said | {name: "2199-12-31T00:00:00Z"}).kind.name == "ConsentWithdrawn"


def test_a_time_deep_inside_a_command_is_looked_at_too():
    said = {"do": "DisclosureMade", "mode": "fact", "case": "HM-1", "disclosure_id": "X-1"}
    far = "9998-01-01T00:00:00Z"
    with pytest.raises(Malformed, match=r"field how\.started_at: write a year"):
        parse(said | {"how": {"started_at": far}})
    with pytest.raises(Malformed, match=r"field decision\.if_withheld\.requester_told_at: write a year"):
        parse(said | {"decision": {"outcome": "withhold", "if_withheld": {"requester_told_at": far}}})
