"""A scenario file: agencies, then what each recorded and when, with what is expected of it.

JSON lines. First `{"agency": {"id","name","kind","flags":{…},"at","setup":[commands…]}}` for each agency, then commands
`{"ledger","at", …a command…, "row"?, "note"?, "expect"?: {"findings": ["W CN-04"], "refused": ["LB-02"]}}` and checks
`{"check": {"ledger"?, "view", "args", "equals"}}`; blank lines and those that begin with # are passed over. A file is
read whole before anything is made: a fault in it names its line and leaves nothing behind. The commands themselves
are left to the ledger.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from cli import lines, times

OWN_KEYS = ("ledger", "at", "row", "note", "expect")
AGENCY_KEYS = {"id": str, "name": str, "kind": str, "flags": dict, "at": str, "setup": list}
FINDING = re.compile(r"([EBWI]) *(?:\(external\))? +([A-Z]{2}-\d{2}[a-z]?)")
HALF = re.compile("[\ud800-\udfff]")
RECEIPT = "DisclosureReceived"
DEEPEST = 32
LONGEST_NUMBER = 20
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Wrong(ValueError):
    """What is wrong with one line, before its number is known."""


Found = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Agency:
    """An agency of the cast, and the commands that set its ledger up."""

    line: int
    id: str
    name: str
    kind: str
    flags: dict[str, Any]
    at: dt.datetime
    setup: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Expected:
    """What a line must come to: None where it does not matter."""

    findings: Found | None
    refused: frozenset[str] | None


@dataclass(frozen=True)
class Act:
    """One command, in whose ledger and when."""

    line: int
    ledger: str
    command: dict[str, Any]
    row: str | None
    expect: Expected | None


@dataclass(frozen=True)
class Check:
    """What part of a view must say at this point."""

    line: int
    ledger: str | None
    view: str
    args: dict[str, Any]
    as_at: dt.datetime | None
    equals: Any


@dataclass(frozen=True)
class Scenario:
    agencies: tuple[Agency, ...]
    steps: tuple[Act | Check, ...]


def read(stream: IO[bytes]) -> Scenario:
    """The scenario in a file; `Malformed` names the line that is wrong."""
    from ledger.errors import Malformed

    agencies: dict[str, Agency] = {}
    steps: list[Act | Check] = []
    for line in lines.read(stream):
        if line.content.lstrip().startswith(b"#"):
            continue
        try:
            value = _object(line)
            if "agency" in value and "do" not in value:  # a command may name an agency too
                agency = _agency(line.number, value)
                if steps or agency.id in agencies:
                    raise Wrong("agencies come first, each once")
                agencies[agency.id] = agency
            else:
                steps.append(_check(line.number, value) if "check" in value else _act(line.number, value))
                if (named := steps[-1].ledger) is not None and named not in agencies:
                    raise Wrong(f"no agency line names {named!r}")
        except ValueError as error:
            raise Malformed(f"Line {line.number} of the scenario: {error}") from None
    if not agencies:
        raise Malformed("The scenario names no agency: its first line must be an agency's")
    return Scenario(tuple(agencies.values()), tuple(steps))


def found(findings: Iterable[dict[str, Any]]) -> Found:
    """The findings of a result as `expect` compares them: level and rule, whoever's they are."""
    return frozenset((finding["level"], finding["rule"]) for finding in findings)


def _object(line: lines.Line) -> dict[str, Any]:
    from ledger import json_fault

    if line.too_long:
        raise Wrong(lines.too_long())
    try:
        # Numbers with a fraction may stand in a check; in a command the ledger refuses them.
        value = json.loads(line.content.decode(), object_pairs_hook=_unique, parse_int=_whole)
        _check_walk(value, 0)
    except UnicodeDecodeError:
        raise Wrong("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"it is {json_fault(error)}") from None
    except RecursionError:
        raise Wrong("it is nested too deeply") from None
    if not isinstance(value, dict):
        raise Wrong("it is not a JSON object")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Wrong(f"a number of {len(text):,} digits cannot be meant")
    return int(text)


def _check_walk(value: Any, depth: int) -> None:
    """What would trip whoever walks it, prints it or stores it later."""
    if isinstance(value, list | dict):
        if depth >= DEEPEST:
            raise Wrong(f"it is nested too deeply, more than {DEEPEST} levels")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_walk(inner, depth + 1)
        if isinstance(value, dict):
            for key in value:
                _check_walk(key, depth)
    elif isinstance(value, str) and HALF.search(value):
        raise Wrong("a text holds half of a surrogate pair")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Wrong("a key is given twice")
    return value


def _agency(number: int, value: dict[str, Any]) -> Agency:
    given = {"flags": {}, "setup": [], **_known(value, ("agency",), "agency")}
    for key, kind in AGENCY_KEYS.items():
        if not isinstance(given.get(key), kind):
            raise Wrong(f"agency.{key} is missing or is not {_called(kind)}")
    if unknown := given.keys() - AGENCY_KEYS:
        raise Wrong(f"agency has no key {min(unknown)!r}")
    if not FOLDER.fullmatch(given["id"]):
        raise Wrong("agency.id names a folder: letters, digits, dot, dash and underscore, at most 64")
    if not all(isinstance(command, dict) for command in given["setup"]):
        raise Wrong("agency.setup is a list of commands")
    at = times.parse(given["at"])
    setup = tuple(_timed(command, command.get("at", given["at"])) for command in given["setup"])
    return Agency(number, given["id"], given["name"], given["kind"], given["flags"], at, setup)


def _act(number: int, value: dict[str, Any]) -> Act:
    for key in ("ledger", "at"):
        if not isinstance(value.get(key), str):
            raise Wrong(f"{key} is missing or is not a text")
    row = value.get("row")
    expect = _expected(value["expect"]) if "expect" in value else None
    return Act(number, value["ledger"], _timed(value, value["at"]), None if row is None else str(row), expect)


def _timed(value: dict[str, Any], at: Any) -> dict[str, Any]:
    """The command of a line: recorded, and unless it says otherwise occurred and known, at the line's time."""
    if not isinstance(at, str):
        raise Wrong("at is not a text")
    times.parse(at)
    own = set(OWN_KEYS) - _fields(value.get("do"))
    command = {key: part for key, part in value.items() if key not in own}
    times_of = {"occurred_at": at, "known_at": at, "recorded_at": at}
    for key in _told_by_receipt(command):
        del times_of[key]
    return {**times_of, **command}


def _fields(do: Any) -> set[str]:
    """What a command says itself, as an annotation its note."""
    from ledger import BY_NAME

    kind = BY_NAME.get(do) if isinstance(do, str) else None
    return set(kind.type.__struct_fields__) if kind is not None else set()


def _told_by_receipt(command: dict[str, Any]) -> Iterator[str]:
    """Which times the receipt of a partner's information tells: the ledger takes them from there."""
    source = command.get("source")
    if command.get("do") == RECEIPT or (isinstance(source, dict) and source.get("receipt_id") is not None):
        yield "known_at"
    if command.get("do") == RECEIPT and command.get("received_at") is not None:
        yield "occurred_at"


def _expected(value: Any) -> Expected:
    if not isinstance(value, dict) or value.keys() - {"findings", "refused"}:
        raise Wrong("expect has the keys findings and refused")
    for key, listed in value.items():
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise Wrong(f"expect.{key} is a list of texts")
    findings = None
    if "findings" in value:
        matches = [FINDING.fullmatch(text.strip()) for text in value["findings"]]
        if not all(matches):
            raise Wrong('expect.findings holds a level and a rule each, for example "W CN-04"')
        findings = frozenset((match[1], match[2]) for match in matches if match)
    return Expected(findings, frozenset(value["refused"]) if "refused" in value else None)


def _check(number: int, value: dict[str, Any]) -> Check:
    from projections import projections

    given = {
        "ledger": value.get("ledger"),
        "args": {},
        **_known(value, ("check", "ledger", "at", "row", "note"), "check"),
    }
    if unknown := given.keys() - {"ledger", "view", "args", "as_at", "equals"}:
        raise Wrong(f"check has no key {min(unknown)!r}")
    if given["ledger"] is not None and not isinstance(given["ledger"], str):
        raise Wrong("ledger is not a text")
    if not isinstance(given.get("view"), str) or not isinstance(given["args"], dict) or "equals" not in given:
        raise Wrong("check needs view (a text), args (an object) and equals")
    if given["view"] not in (views := projections()):
        raise Wrong(f"there is no view called {given['view']!r}; there are: {', '.join(views)}")
    args = dict(given["args"])
    as_at = given.get("as_at", args.pop("as_at", None))
    return Check(
        number,
        given["ledger"],
        given["view"],
        args,
        None if as_at is None else times.parse(str(as_at)),
        given["equals"],
    )


def _known(value: dict[str, Any], keys: tuple[str, ...], name: str) -> dict[str, Any]:
    if unknown := value.keys() - set(keys):
        raise Wrong(f"beside {name} there is no key {min(unknown)!r}")
    inner = value[name]
    if not isinstance(inner, dict):
        raise Wrong(f"{name} is not an object")
    return dict(inner)


def _called(kind: type) -> str:
    return "a text" if kind is str else "an object" if kind is dict else "a list"
