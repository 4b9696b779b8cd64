"""`docs/procedure.md` is true: every event, field, rule and test that it names is there, and no rule is left out."""

import ast
import re
from pathlib import Path

import pytest

from ledger.procedure.declare import BY_NAME, Part, hints_of
from ledger.procedure.rules.registry import RULES

HERE = Path(__file__).parent
PAGE = (HERE.parent.parent / "docs/procedure.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| Duty")
]
RULE = re.compile(r"[A-Z]{2}-\d{2}[ab]?")
FIELD = re.compile(r"`([A-Z]\w+)\.([a-z_.0-9]+)`")
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")

DUTIES = [
    *(f"Q{n:02}" for n in range(1, 14)),
    *(f"Q{n}" for n in (*range(20, 31), *range(40, 45), *range(50, 60), *range(60, 65), *range(70, 74))),
    *(f"Q{n}" for n in (*range(80, 92), *range(95, 99), 100, 101, 102, *range(110, 122), *range(130, 137))),
    *(f"GR{n}" for n in range(1, 8)),
    *(f"6({letter})" for letter in ("a", "b", "c", "d", "e", "f", "ea")),
    *(f"9({letter})" for letter in "abcdefghij"),
]


def structures(hint):
    """The declared structures below a type hint."""
    if isinstance(hint, type) and issubclass(hint, Part):
        yield hint
    for inner in getattr(hint, "__args__", ()):
        yield from structures(inner)


def has_field(structure, path):
    first, _, rest = path.partition(".")
    hints = hints_of(structure)
    return first in hints and (not rest or any(has_field(inner, rest) for inner in structures(hints[first])))


def functions_in(name):
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("duty", DUTIES)
def test_each_duty_has_one_row(duty):
    assert [row[0] for row in ROWS].count(duty) == 1


def test_every_row_is_whole():
    for row in ROWS:
        assert len(row) == 6, row
        assert all(row), row
        assert TEST.search(row[5]), row[0]


def test_every_rule_is_in_a_row_and_every_rule_named_exists():
    named = {rule for row in ROWS for rule in RULE.findall(row[3])}
    assert (sorted(set(RULES) - named), sorted(named - set(RULES))) == ([], [])


def test_every_event_and_field_named_exists():
    named = [found for row in ROWS for found in FIELD.findall(row[2])]
    assert len(named) > 150
    assert [f"{event}.{path}" for event, path in named if not has_field(BY_NAME[event].type, path)] == []


def test_every_test_named_exists():
    named = {found for row in ROWS for found in TEST.findall(row[5])}
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in functions_in(file)] == []


def test_what_is_shown_is_shown_by_a_verb_there_is():
    from cli.main import VERBS

    verbs = {verb.name for verb in VERBS} | {"nothing to show"}
    shown = {name.strip() for row in ROWS for name in row[4].split(",")}
    assert shown <= verbs
