"""Judgement: a command and what is known, in; what is to be recorded with its findings, or a refusal, out.

1. The references are checked: the file, persons, consents and decisions that the act names exist.
2. Every rule for the act is asked; the editions in force say how serious each answer is. One finding a rule and act:
   the persons, items and recipients concerned are listed in it, the most severe level stands. A decision carried in
   one line with its disclosure is judged in its own mode, if it says one.
3. What was already found of the decision is not found again of its disclosure.
4. An urgent share is not held up: what it lacks is noted on its decision, to be completed later (R0.3), unless it is
   structure, a scheme's or an extract's, or would reach the person it must be kept from.
5. What the act makes owed, and what it ends, is settled with it (`rules/duty.py`).
6. An act that says something of another stream too, as a decision that names a context does, leaves a record there as
   well, judged by itself (`companions.py`).
7. Any E left refuses the act. A planned act that is refused leaves the file untouched; of what already happened only
   the structure can be refused, since the ledger must never be the place where an unlawful sharing disappears.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from string import Template
from typing import NamedTuple

from ledger.errors import Refused
from ledger.procedure import rules
from ledger.procedure.command import FACT, Command
from ledger.procedure.companions import companions
from ledger.procedure.declare import changed
from ledger.procedure.edition import SEVERITY, Context, Ruling
from ledger.procedure.entry import Entry, Finding, Owed
from ledger.procedure.events.case import DecisionMade, DisclosureMade
from ledger.procedure.linked import with_linked
from ledger.procedure.references import check_references, complete, happened_at, known_at
from ledger.procedure.rules.duty import ended_by, owed_by
from ledger.procedure.rules.registry import Act, Concern, rules_for
from ledger.procedure.state.world import World

__all__ = ["Judged", "find", "judge", "rules", "weigh"]  # importing the package `rules` registers the catalogue


@dataclass(frozen=True)
class Judged:
    """What one command comes to: the entries to record (a decision before its disclosure) and all findings."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def owed(self) -> tuple[Owed, ...]:
        """What it makes owed."""
        return tuple(owed for entry in self.entries for owed in entry.owed)


def judge(command: Command, world: World) -> Judged:
    """Judge one command.

    Raises `UnknownId` for a reference to nothing, `Refused` when a rule refuses it. Pure: nothing is changed.
    """
    world = with_linked(command, world)
    check_references(command, world)
    command = complete(command, world)
    found, act = _weighed(command, world)
    findings = tuple(f.finding for f in found)
    refusals = [f for f in findings if f.level == "E"]
    if refusals:
        message = " ".join(f"{f.rule}: {f.message}" for f in refusals)
        raise Refused(tuple(f.rule for f in refusals), message, sentences=tuple(f.message for f in refusals))
    entries = list(_entries(act, world, found))
    for other, there in companions(act, world):
        also = act_of(replace(other, command_id=command.command_id), there)
        # What was found of the act, that it is recorded late for example, is not found again of what it says elsewhere.
        found_there = [f for f in find(also, there) if f.finding.rule not in {found.rule for found in findings}]
        findings += tuple(f.finding for f in found_there)
        entries += [replace(e, ordinal=len(entries)) for e in _entries(also, there, found_there)]
    return Judged(tuple(entries), findings)


def weigh(command: Command, world: World) -> tuple[Entry, ...]:
    """What an act that is recorded already would come to in this world, refused or not (the policy lens)."""
    world = with_linked(command, world)
    found, act = _weighed(complete(command, world), world)
    return tuple(_entries(act, world, found))


def _weighed(command: Command, world: World) -> tuple[list[Found], Act]:
    """What is found of a completed command, with the act as it is to be recorded."""
    act = act_of(command, world)
    found = find(act, world)
    return _to_complete_later(found, act) if act.urgent else (found, act)


def act_of(command: Command, world: World) -> Act:
    """The act that a completed command asks to be judged."""
    at = happened_at(command, world)
    return Act(
        command=command,
        event=command.event,
        decision=_decision_of(command, world),
        earlier=command.decision is None and not isinstance(command.event, DecisionMade),
        at=at,
        known_at=known_at(command, world, at),
        context=world.context(at),
    )


class Found(NamedTuple):
    """A finding; whether it is the decision's (else the disclosure's, or whatever the act records); whether it stands
    in the way of an urgent share too."""

    finding: Finding
    of_decision: bool
    stays: bool


@dataclass
class _Gathered:
    """What one rule found of an act, so far."""

    ruling: Ruling
    concern: Concern
    of_decision: bool
    about: list[str] = field(default_factory=list)
    stays: bool = False


def find(act: Act, world: World) -> list[Found]:
    """What the rules find of an act, one finding a rule, in the order of rule ids."""
    gathered: dict[str, _Gathered] = {}
    for rule in rules_for(act):
        of_decision = rule.judges(DecisionMade)
        for concern in rule.check(act, world):
            context = concern.under or act.context
            mode = act.decision_mode if of_decision else act.mode
            ruling = context.ruling(rule.id, concern.case, FACT if concern.so_already else mode)
            if ruling is None:
                continue
            so_far = gathered.setdefault(rule.id, _Gathered(ruling, concern, of_decision))
            if SEVERITY[ruling.level] > SEVERITY[so_far.ruling.level]:
                so_far.ruling, so_far.concern = ruling, concern
            if concern.about and concern.about not in so_far.about:
                so_far.about.append(concern.about)
            so_far.stays |= ruling.level == "E" and _stays(rule.id, concern, context)
    return [
        Found(_finding(rule_id, one), one.of_decision, one.stays)
        for rule_id, one in sorted(gathered.items())
        if not _already_found(act, world, rule_id, one.ruling.level, one.about)
    ]


NOT_WAIVED = ("CS-", "DV-", "EX-", "RT-")


def _stays(rule_id: str, concern: Concern, context: Context) -> bool:
    """Whether urgency does not lift a refusal: structure, which refuses a fact too, and what keeps the child safe."""
    if rule_id.startswith(NOT_WAIVED) or concern.case == "service_user":
        return True
    as_fact = context.ruling(rule_id, concern.case, FACT)
    return as_fact is not None and as_fact.level == "E"


def _to_complete_later(found: list[Found], act: Act) -> tuple[list[Found], Act]:
    """An urgent share without the refusals that urgency lifts; its decision names their rules."""
    lifted = tuple(f.finding.rule for f in found if f.finding.level == "E" and not f.stays)
    left = [f for f in found if f.finding.rule not in lifted]
    decision = changed(act.decision, to_complete=lifted)
    if act.command.decision is None:
        return left, replace(act, event=decision, decision=decision)
    return left, replace(act, decision=decision, command=replace(act.command, decision=decision))


def _finding(rule_id: str, one: _Gathered) -> Finding:
    ruling = one.ruling
    message = _message(ruling, one.about, one.concern)
    return Finding(rule_id, ruling.level, ruling.edition, tuple(one.about), message, ruling.external)


def _message(ruling: Ruling, about: Iterable[str], concern: Concern) -> str:
    """The edition's wording with its $names filled in. Findings are open: details are ids, codes, times and numbers."""
    details = {name: str(value) for name, value in concern.details.items()}
    return Template(ruling.message).safe_substitute(details, about=", ".join(about) or "this act")


def _decision_of(command: Command, world: World) -> DecisionMade | None:
    if isinstance(command.event, DecisionMade):
        return command.event
    if isinstance(command.event, DisclosureMade):
        if command.decision is not None:
            carried: DecisionMade = command.decision
            return carried
        earlier = world.case.decisions.get(command.event.decision_id or "")
        return earlier.event if earlier else None
    return None


def _already_found(act: Act, world: World, rule_id: str, level: str, about: list[str]) -> bool:
    """Whether the decision that this act carries out was found to have this already, at this level or a worse one."""
    if not act.earlier or act.decision is None:
        return False
    decision = world.case.decisions[act.decision.decision_id]
    return rule_id in decision.event.to_complete or any(
        f.rule == rule_id and SEVERITY[f.level] >= SEVERITY[level] and set(about) <= set(f.about)
        for f in decision.findings
    )


def _entries(act: Act, world: World, found: list[Found]) -> Iterable[Entry]:
    command = act.command
    base = Entry(
        about=command.about,
        event=act.event,
        actor=command.actor,
        occurred_at=act.at.astimezone(dt.UTC),
        known_at=act.known_at.astimezone(dt.UTC),
        mode=command.mode,
        editions=act.context.ids,
        findings=tuple(f.finding for f in found),
        command_id=command.command_id or "",
        version=world.file.version + 1,
    )
    if command.decision is None:
        yield _settled(base, act, world)
        return
    # One act, two records: what was found of the decision stands on it, the rest on its disclosure.
    of_decision = tuple(f.finding for f in found if f.of_decision)
    decided = replace(base, event=command.decision, mode=act.decision_mode, findings=of_decision)
    yield _settled(decided, act, world)
    made = tuple(f.finding for f in found if not f.of_decision)
    yield _settled(replace(base, findings=made, version=base.version + 1, ordinal=1), act, world)


def _settled(entry: Entry, act: Act, world: World) -> Entry:
    """The entry with what it makes owed and what it ends."""
    recorded = type(entry.event)
    owed, ended = owed_by(recorded, act, world), ended_by(recorded, act, world)
    return replace(entry, owed=tuple(dict.fromkeys(owed)), ended=tuple(dict.fromkeys(ended)))
