"""A scheme's events as records carry them: nothing is lost, no free text stands open, erasing leaves them readable."""

import json
from pathlib import Path

import pytest

from ledger.procedure.command import parse, schema
from ledger.procedure.declare import BY_NAME, WORDS
from ledger.procedure.layout import from_fields, to_fields

FILE = Path(__file__).parent.parent.parent / "cli/scenarios/sarahs-law.jsonl"
LINES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
NOT_THE_COMMANDS = {"ledger", "at", "row", "expect"}
COMMANDS = [parse({k: v for k, v in line.items() if k not in NOT_THE_COMMANDS}) for line in LINES if "scheme" in line]
KINDS = sorted(name for name, kind in BY_NAME.items() if kind.wire.startswith("scheme/"))


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
