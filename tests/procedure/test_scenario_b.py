"""The shipped scenario "Sarah's Law", judged line by line in memory: every finding and refusal is as §10.B has it."""

import datetime as dt
import json
from pathlib import Path

import pytest

from ledger.errors import Refused
from ledger.procedure.command import parse
from ledger.procedure.declare import About
from ledger.procedure.edition import shipped
from ledger.procedure.judgement import judge
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World, fold_agency

FILE = Path(__file__).parent.parent.parent / "cli/scenarios/sarahs-law.jsonl"
LINES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
AGENCIES = [line["agency"] for line in LINES if "agency" in line]
ACTS = [line for line in LINES if "do" in line]
NOT_THE_COMMANDS = {"ledger", "at", "row", "expect"}


class Desk:
    """One agency of the cast, with what judgement knows there."""

    def __init__(self, cast):
        editions = {name: s.edition for name, s in shipped().items()}
        self.agency = Agency(cast["id"], cast["name"], cast["kind"], cast["flags"], editions=editions)
        self.files = {}
        for command in cast["setup"]:
            self.record(command, cast["at"])

    def record(self, line, at):
        """The findings as `level rule`, or the rules that refuse it."""
        sent = {"sender_event_hash": "5e" * 32} if line["do"] == "DisclosureReceived" else {}
        said = {k: v for k, v in line.items() if k not in NOT_THE_COMMANDS}
        command = parse({"occurred_at": at} | sent | said)
        now = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
        file = self.files.setdefault(command.about, File(command.about))
        try:
            judged = judge(command, World(self.agency, file, now))
        except Refused as refused:
            return {"refused": sorted(refused.rules)}
        for entry in judged.entries:
            if command.about.type == "agency":
                fold_agency(self.agency, entry)
            file.fold(entry)
        return {"findings": sorted(f"{f.level} {f.rule}" for f in judged.findings)}


def play(acts):
    """What each line came to, and the desks as they were left."""
    desks = {cast["id"]: Desk(cast) for cast in AGENCIES}
    return [desks[line["ledger"]].record(line, line["at"]) for line in acts], desks


def spelled(line):
    return f"{line.get('row', '–')} {line['at']} {line['do']}"


@pytest.fixture(scope="module")
def played():
    results, desks = play(ACTS)
    return {spelled(line): result for line, result in zip(ACTS, results, strict=True)}, desks


@pytest.mark.parametrize("line", ACTS, ids=spelled)
def test_each_line_comes_to_what_is_expected(played, line):
    expected = {key: sorted(values) for key, values in line["expect"].items()}
    assert played[0][spelled(line)] == expected


@pytest.mark.parametrize(
    ("scheme", "state"),
    [("CS-23-004", "CLOSED"), ("CS-24-019", "MONITORED"), ("CS-24-023", "CLOSED"), ("CS-24-027", "DELIVERED")],
)
def test_where_each_application_ends(played, scheme, state):
    assert played[1]["TVP"].files[About("scheme", scheme)].scheme.state == state


def test_without_the_second_reconsideration_the_delivery_is_a_breach():
    acts = [line for line in ACTS if line.get("row") not in ("B14", "B14a") and line["at"] < "2024-03-06T10:30"]
    results, _ = play(acts)
    assert acts[-1]["row"] == "B15"
    assert acts[-1]["mode"] == "fact"
    assert results[-1] == {"findings": ["B CS-09", "I UT-03", "W CS-02"]}


def test_and_at_the_gate_it_is_refused():
    acts = [line for line in ACTS if line.get("row") not in ("B14", "B14a") and line["at"] < "2024-03-06T10:30"]
    results, _ = play([*acts[:-1], acts[-1] | {"mode": "plan"}])
    assert results[-1] == {"refused": ["CS-09"]}
