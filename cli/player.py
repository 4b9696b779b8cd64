"""Playing a scenario: a practice ledger for each agency, each act recorded at its own time, each expectation held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import exits, results, times
from cli.post import Post
from cli.results import Result
from cli.scenario import Act, Agency, Check, Scenario, found

if TYPE_CHECKING:
    from ledger import Ledger

CLOSE = 1e-4


class Player:
    """Plays one scenario below `into`; the ledgers stay open until the stack that it was given closes."""

    def __init__(self, scenario: Scenario, into: Path, stack: ExitStack) -> None:
        self.scenario = scenario
        self.into = into
        self.ledgers: dict[str, Ledger] = {}
        self.stack = stack
        self.latest = scenario.agencies[0].id  # whose ledger the last line was for
        self.now = scenario.agencies[0].at
        self.post = Post(self.ledgers)

    def play(self) -> Iterator[Result]:
        """Each line's result, in order, once it is stored."""
        for agency in self.scenario.agencies:
            yield self._open(agency)
        for step in self.scenario.steps:
            yield self._check(step) if isinstance(step, Check) else self._act(step)
        self.post.deliver()

    def _open(self, agency: Agency) -> Result:
        from ledger import Ledger

        ledger = self.stack.enter_context(
            Ledger.create(
                self.into / agency.id,
                agency_id=agency.id,
                agency_name=agency.name,
                kind=agency.kind,
                flags=agency.flags,
                recovery=self.into / f"{agency.id}.recovery",
                practice=True,
                passphrase=None,
                at=agency.at,
            )
        )
        self.ledgers[agency.id] = ledger
        genesis = ledger.reading(1)
        opened: dict[str, Any] = {
            "records": [{"position": 1, "hash": genesis.hash.hex(), "kind": genesis.kind}],
            "findings": [],
        }
        wrong: list[tuple[int, str]] = []
        for number, command in enumerate(agency.setup, 1):
            result = self._record(agency.line, agency.id, command)
            if result.code != exits.DONE:  # a bad command stops nothing, here as in any run
                why = result.json.get("error") or f"refused by {result.json['refused']}: {result.json['message']}"
                wrong.append((result.code, f"setup command {number} was not recorded: {why}"))
                continue
            for key in opened:
                opened[key] += result.json[key]
        told = {"error": " ".join(why for _, why in wrong)} if wrong else {}
        return Result(agency.line, results.run_code(code for code, _ in wrong), {"ledger": agency.id, **opened, **told})

    def _act(self, act: Act) -> Result:
        self.latest = act.ledger
        with suppress(TypeError, ValueError):  # a time that is none is for the ledger to name
            self.now = times.parse(act.command["recorded_at"])
        self.post.deliver(self.now, act.ledger, act.command)
        self.post.ask(act.ledger, act.command)
        extra = {"row": act.row} if act.row is not None else {}
        result = self._record(act.line, act.ledger, self.post.addressed(act.ledger, act.command), **extra)
        if not result.json.get("repeated"):
            self.post.posted(act.ledger, act.command, result.json.get("records", []))
        return held(act, result)

    def _record(self, line: int, agency: str, command: dict[str, Any], **extra: Any) -> Result:
        actor = {"staff_ref": f"{agency}-duty", "role": "practitioner"}
        text = json.dumps(command).encode()
        return results.attempt(self.ledgers[agency], line, text, actor, ledger=agency, **extra)

    def _check(self, check: Check) -> Result:
        """Whether the view says so: in the ledger that is named; where none is, in any that knows what it is about.

        The result names the ledger that says so; where none does, the first that was asked.
        """
        from ledger.errors import Malformed, UnknownId
        from projections import show

        self.post.deliver(self.now)
        extra = {"ledger": check.ledger or self.latest, "check": check.view}
        names = [check.ledger] if check.ledger else [self.latest, *(n for n in self.ledgers if n != self.latest)]
        answers: dict[str, Any] = {}
        wrong: list[Malformed | UnknownId] = []
        for name in names:
            try:
                answers[name] = show(self.ledgers[name], check.view, check.args, check.as_at)
            except (Malformed, UnknownId) as error:
                wrong.append(error)
                continue
            if says(answers[name], check.equals):
                return Result(check.line, exits.DONE, {**extra, "ledger": name, "held": True})
        failed = {**extra, "held": False, "expected": check.equals}
        if answers:
            name, answer = next(iter(answers.items()))
            failed |= {"ledger": name, "found": part(answer, check.equals)}
            return Result(check.line, exits.INTEGRITY, failed)
        malformed = next((error for error in wrong if isinstance(error, Malformed)), None)
        failed["found"] = {"error": str(malformed or wrong[0])}
        if malformed:  # no ledger could be asked this
            return Result(check.line, exits.USAGE, {**failed, **failed["found"]})
        return Result(check.line, exits.INTEGRITY, failed)


def held(act: Act, result: Result) -> Result:
    """The result with what was expected and found where the two differ; an expected refusal is no fault of the run."""
    if act.expect is None:
        return result
    wanted, is_refused = act.expect, "refused" in result.json
    refused = frozenset(result.json.get("refused", ()))
    findings = found(result.json.get("findings", ()))
    as_wanted = (wanted.refused is None or refused == wanted.refused) and (
        wanted.findings is None or findings == wanted.findings
    )
    if (is_refused and not wanted.refused) or "error" in result.json:
        as_wanted = False
    if as_wanted:
        return Result(result.line, exits.DONE, {**result.json, "held": True})
    expected = {
        **({"findings": spelled(wanted.findings)} if wanted.findings is not None else {}),
        **({"refused": sorted(wanted.refused)} if wanted.refused is not None else {}),
    }
    seen = {"findings": spelled(findings), "refused": sorted(refused)}
    return Result(result.line, exits.INTEGRITY, {**result.json, "held": False, "expected": expected, "found": seen})


def spelled(findings: frozenset[tuple[str, str]]) -> list[str]:
    return [f"{level} {rule}" for level, rule in sorted(findings)]


def says(value: Any, wanted: Any) -> bool:
    """Whether `value` says at least what is wanted: the keys given, lists item by item, numbers to four places."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(key in value and says(value[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        same = isinstance(value, list) and len(value) == len(wanted)
        return same and all(says(v, w) for v, w in zip(value, wanted, strict=True))
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return abs(value - wanted) <= CLOSE
    return bool(value == wanted)


def part(value: Any, wanted: Any) -> Any:
    """The part of `value` that stands where `wanted` says something, to be shown beside it."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        return {key: part(value[key], wanted[key]) if key in value else None for key in wanted} or value
    if isinstance(wanted, list) and isinstance(value, list) and len(value) == len(wanted):
        return [part(v, w) for v, w in zip(value, wanted, strict=True)]
    return value
