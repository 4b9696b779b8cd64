"""How `share` and `withhold` go: the questions that flags leave open, a rehearsal, a summary, and then the record.

On a terminal a refusal is the next question. Elsewhere nothing is asked: a missing answer is a usage error that names
its flag, and a refusal says which flag would answer it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli import questions, results, summary
from cli.times import TIME
from cli.wiring import wiring
from cli.words import complain, say

if TYPE_CHECKING:
    from ledger import Answers, Judged, Ledger, World

Commands = Sequence[dict[str, Any]]
Decorator = Callable[[Callable[..., int]], Callable[..., int]]

FLAGS = {"known": "--fact or --opinion", "parents": "--parent"}  # of what several flags answer


def common(verb: Callable[..., int]) -> Callable[..., int]:
    """The flags that both decisions have."""
    options = [
        click.argument("case", required=False, metavar="[CASE]"),
        click.option("--about", multiple=True, metavar="ID", help="Who it is about: the child's id."),
        click.option("--adult", "adults", multiple=True, metavar="ID", help="… or an adult in contact with them."),
        click.option("-f", "--fact", "facts", multiple=True, metavar="TEXT", help="What you know, as a fact."),
        click.option("-o", "--opinion", "opinions", multiple=True, metavar="TEXT", help="… as an opinion."),
        click.option("--know", multiple=True, metavar="TEXT", help="… as what --as says, for example an allegation."),
        click.option("--as", "known_as", metavar="KIND", help="What sort of statement --know is."),
        click.option("--item", "items", multiple=True, metavar="ID", help="… or an item that is recorded already."),
        click.option("--kind", metavar="CODE", help="What kind of information it is, for example health."),
        click.option("--special", multiple=True, metavar="CODE", help="A special category it belongs to."),
        click.option("--offence", is_flag=True, help="It is criminal-offence data."),
        click.option("--confidence", is_flag=True, help="It was told in confidence."),
        click.option("--known-at", type=TIME, metavar="T", help="When it was known (now, if left out)."),
        click.option("--request", metavar="ID", help="The recorded request that this answers."),
        click.option("-w", "--why", metavar="TEXT", help="The reason, in a sentence."),
        click.option("--risk", metavar="LEVEL", help="immediate, significant_harm, concern or early_help."),
        click.option("--purpose", "purposes", multiple=True, metavar="CODE", help="What it is for."),
        click.option("--safety", metavar="TEXT", help="What it means for anybody's safety and well-being."),
        click.option("--happened", is_flag=True, help="It has been done already."),
        click.option("--at", type=TIME, metavar="T", help="When it was done, or is to be done."),
        click.option("--say", "outright", multiple=True, metavar="FIELD=VALUE", help="Any other field, by its path."),
        click.option("--recorded-at", type=TIME, metavar="T", help="The time of recording (practice only)."),
        click.option("-y", "--yes", is_flag=True, help="Record without asking once more."),
    ]
    for option in reversed(options):
        verb = option(verb)
    return verb


def decide(kind: type[Answers], given: dict[str, Any]) -> int:
    """Take one decision from its flags, and on a terminal from its questions, and record it."""
    from ledger import About

    wired = wiring()
    yes, recorded_at = given.pop("yes"), given.pop("recorded_at")
    now = recorded_at or dt.datetime.now(dt.UTC)
    answers = kind(**_fields(given, now))
    with wired.open() as ledger:
        world = ledger.world(About("case", answers.case), now)
        desk = Desk(ledger, wired.json, _actor(), recorded_at)
        if not questions.on_terminal():
            _nothing_missing(answers, world)
            commands = answers.settled(world).commands(world)
            return desk.record(commands, lambda rule: _flag(answers.remedy(rule, world)), summed=not wired.json)
        return _on_terminal(questions.open_questions(answers, world), world, desk, yes=yes)


def _on_terminal(answers: Answers, world: World, desk: Desk, *, yes: bool) -> int:
    """Rehearse, ask what the refusals ask, show what comes of it, and record it if that is right."""
    from ledger.errors import Refused

    def no_flag(_rule: str) -> str:
        return ""

    while True:
        commands = answers.settled(world).commands(world)
        try:
            judged = desk.rehearse(commands)
            break
        except Refused as refusal:
            more = questions.after(refusal, answers, world)
            if more is None:
                return desk.record(commands, no_flag)  # left there: the refusal is recorded, and nothing else
            answers = more
    summary.show(commands, desk.tell)
    desk.show(judged)
    if desk.advised_against(judged) and (doubt := getattr(answers, "doubt", None)) is not None:
        complain("A manager, another practitioner or the information governance lead can help; no name is needed.")
        if click.confirm("Take advice before this is decided", default=False, err=True):
            return desk.record(doubt(world), no_flag)
    if not yes and not click.confirm("Record this", default=True, err=True):
        raise click.Abort
    return desk.record(commands, no_flag, shown=judged)


@dataclass
class Desk:
    """Where the commands of one decision are tried and recorded, all or none."""

    ledger: Ledger
    as_json: bool
    actor: Mapping[str, str]
    recorded_at: dt.datetime | None

    @property
    def tell(self) -> Callable[[object], None]:
        return complain if self.as_json else say

    def rehearse(self, commands: Commands) -> list[Judged]:
        return self.ledger.rehearse(self._signed(commands))

    def show(self, judged: Sequence[Judged]) -> None:
        """What the rules find, and what is left to be done."""
        for one in judged:
            for finding in one.findings:
                self.tell(f"  {results.in_words(results.finding_json(finding))}")
            for owed in one.owed:
                self.tell(f"  {results.owed_in_words(results.owed_json(self.ledger, owed))}")

    def advised_against(self, judged: Sequence[Judged]) -> bool:
        """Whether only reasons are given that advice might lift."""
        return any(finding.rule == "WH-02" for one in judged for finding in one.findings)

    def record(
        self, commands: Commands, flag: Callable[[str], str], *, shown: Sequence[Judged] = (), summed: bool = False
    ) -> int:
        """Record them in one transaction and print what came of it: `summed` up, or without what was `shown` before."""
        from ledger import Receipt
        from ledger.errors import Refused

        try:
            receipts = self.ledger.record_atomic(self._signed(commands))
        except Refused as refusal:
            result = results.rejected(1, refusal)
            if hints := dict.fromkeys(found for rule in refusal.rules if (found := flag(rule))):
                result.json["message"] += f" Answer with {', '.join(hints)}."
        else:
            whole = Receipt(
                tuple(record for receipt in receipts for record in receipt.records),
                tuple(finding for receipt in receipts for finding in receipt.findings),
                tuple(owed for receipt in receipts for owed in receipt.owed),
            )
            result = results.accepted(self.ledger, 1, whole)
            if summed:
                summary.show(commands, say)
            if shown and not self.as_json:
                seen = [results.finding_json(finding) for one in shown for finding in one.findings]
                result.json["findings"] = [found for found in result.json["findings"] if found not in seen]
                result.json.pop("owed", None)
        result.show(as_json=self.as_json)
        return result.code

    def _signed(self, commands: Commands) -> list[dict[str, Any]]:
        """The commands with who acts; their texts are cleaned, or refused, as those of a line of JSON are."""
        from ledger import parse_line

        timed = {"recorded_at": self.recorded_at.isoformat()} if self.recorded_at else {}
        return [results.named(parse_line(json.dumps({**command, **timed})), self.actor) for command in commands]


def _fields(given: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """The flags as answers."""
    facts, opinions = given.pop("facts"), given.pop("opinions")
    known = [("fact", text) for text in facts] + [("professional_opinion", text) for text in opinions]
    known += [("", text) for text in given.pop("know")]
    if not given["case"]:
        given["case"] = questions.ask("case") if questions.on_terminal() else _missing(["case"])
    given["outright"] = tuple(_outright(text) for text in given["outright"])
    given["happened"] = given["happened"] or (given["at"] is not None and given["at"] <= now)
    return {**given, "known": tuple(known)}


def _outright(text: str) -> tuple[str, Any]:
    """`field=value`; the value is JSON where it can be read as that, else a text."""
    from ledger import parse_line
    from ledger.errors import Malformed

    path, equals, value = text.partition("=")
    if not equals or not path:
        raise click.UsageError(f"--say {text!r}: write the field, = and what it says")
    try:
        return path, parse_line(f'{{"value": {value}}}')["value"]
    except (Malformed, KeyError):
        return path, value


def _actor() -> Mapping[str, str]:
    """Who acts; on a terminal they are asked."""
    wired = wiring()
    if (actor := wired.actor()) is not None:
        return actor
    if not questions.on_terminal():
        _missing(["actor"])
    return {"staff_ref": questions.ask("Who are you (your staff reference)"), "role": "practitioner"}


def _nothing_missing(answers: Answers, world: World) -> None:
    if missing := [q.name for q in answers.questions(world) if q.default is None]:
        _missing(missing)


def _missing(names: Sequence[str]) -> str:
    """Say which flags are missing, and what each answers."""
    texts = questions.QUESTIONS
    parts = [f"{_flag(name)} ({texts[name]})" if name in texts else _flag(name) for name in names]
    raise click.UsageError(f"Also needed: {'; '.join(parts)}")


def _flag(name: str | None) -> str:
    """The flag that gives an answer, as the running verb calls it."""
    if name is None or name in FLAGS:
        return FLAGS.get(name or "", "")
    if name == "actor":
        return "--actor with --role"
    for option in click.get_current_context().command.params:
        if option.name == name:
            return option.make_metavar(click.get_current_context()) if name == "case" else option.opts[-1]
    return ""
