"""What the tests of the shipped scenario files share: their lines, and what each row comes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "cli/scenarios"

Lines = list[dict[str, Any]]


def path_of(name: str) -> Path:
    return HERE / f"{name}.jsonl"


def lines_of(name: str) -> Lines:
    """Every line of a shipped scenario."""
    return [json.loads(line) for line in path_of(name).read_text(encoding="utf-8").splitlines()]


def acts_of(lines: Lines) -> Lines:
    return [line for line in lines if "do" in line]


def row_of(acts: Lines, row: str) -> tuple[list[str], list[str]]:
    """The findings that a row expects of its lines together, and the rules that are to refuse one of them."""
    expects = [line["expect"] for line in acts if line.get("row") == row]
    assert expects, row
    findings = sorted(finding for expect in expects for finding in expect.get("findings", ()))
    refused = sorted(rule for expect in expects for rule in expect.get("refused", ()))
    return findings, refused
