"""A scheme's events as records carry them: nothing is lost, no free text stands open, erasing leaves them readable."""

import json
from pathlib import Path

import pytest

from ledger.procedure.command import parse, schema
from ledger.procedure.declare import BY_NAME, WORDS
from ledger.procedure.layout import from_fields, to_fields

FILES = sorted((Path(__file__).parent.parent.parent / "cli/scenarios").glob("*-law.jsonl"))
LINES = [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
NOT_THE_COMMANDS = {"ledger", "at", "row", "expect"}
KINDS = sorted(name for name, kind in BY_NAME.items() if kind.wire.startswith("scheme/"))
SAID = [line for line in LINES if line.get("do") in KINDS]
COMMANDS = [parse({k: v for k, v in line.items() if k not in NOT_THE_COMMANDS}) for line in SAID]


def record(command):
    fields = to_fields(command.event, command.about)
    return {field.name: value for field, (value, _) in zip(command.kind.fields, fields, strict=True)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_what_was_said_comes_back(command):
    assert from_fields(command.kind, record(command)) == command.event


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_what_was_erased_reads_as_absent(command):
    left = from_fields(command.kind, record(command) | {WORDS: None})
    assert type(left) is command.kind.type


@pytest.mark.parametrize("name", KINDS)
def test_no_free_text_is_required(name):
    """What is required could not be read again once it was erased."""
    properties = schema(name)["required"]
    assert [field for field in properties if BY_NAME[name].prose.get(field) == "text"] == []


def test_open_fields_hold_no_sentence():
    spoken = [
        (command.name, name, value)
        for command in COMMANDS
        for name, value in record(command).items()
        if name != WORDS and " " in json.dumps(value, separators=(",", ":"))
    ]
    assert spoken == []


@pytest.mark.parametrize(
    ("do", "said", "read"),
    [
        ("SchemeApplicationReceived", {"children_in_family": ["C1"]}, {"children": ("C1",)}),
        ("SchemeApplicationReceived", {"route": "RTA", "applicant_is": "self"}, {"route": "right_to_ask"}),
        ("SchemeApplicationReceived", {"applicant_is": "self"}, {"applicant_is": "person_at_risk"}),
        ("SchemeApplicationReceived", {"relationship": "Ex-partner"}, {"relationship": "ex_partner"}),
        ("SchemeApplicationReceived", {"abuse": "coercive control"}, {"abuse": ("controlling_or_coercive",)}),
        ("SchemeReferralMade", {"referred_by": "FDA"}, {"referring_agency": "FDA"}),
        ("SchemeReferralMade", {"children_in_family": "C1"}, {"children": ("C1",)}),
        ("SchemeDecisionMade", {"outcome": "disclose", "basis": "behaviour"}, {"basis": "behaviour_information"}),
    ],
)
def test_clares_law_may_be_said_in_other_words(do, said, read):
    mode = {"mode": "plan"} if do == "SchemeDecisionMade" else {}
    event = parse({"do": do, "scheme": "DV-1", **mode, **said}).event
    assert {name: getattr(event, name) for name in read} == read
