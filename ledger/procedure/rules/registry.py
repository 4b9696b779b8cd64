"""How a rule is written: one small function beside its id and the words of the seed that it serves.

    @rule("CN-02", "Q51 “time limited”", on=[ConsentGiven])
    def consent_without_end(act: Act, world: World) -> Concerns:
        if act.event.expires_at is None and act.event.review_on is None:
            yield Concern(act.event.consent_id)

The function says *that* something is so and whom it concerns. How serious it is at the gate and as fact, what the
practitioner is told and any threshold come from the edition in force (`editions/*.json`, key ``"CN-02"`` or, where a
rule has cases of different weight, ``"CN-02/<case>"``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ledger.procedure.declare import Payload
from ledger.procedure.edition import Context

if TYPE_CHECKING:
    from ledger.procedure.command import Command
    from ledger.procedure.state.world import World


@dataclass(frozen=True)
class Act:
    """What is judged: one command, and the decision it makes or rests on.

    `event` is the command's own; `decision` is the decision made here, carried in the same line, or recorded earlier
    (then `earlier` is True and only what is new is reported); `at` is when it happened in the world.
    """

    command: Command
    event: Any
    decision: Any
    earlier: bool
    at: dt.datetime
    known_at: dt.datetime
    context: Context

    @property
    def mode(self) -> str:
        return self.command.mode

    @property
    def decision_mode(self) -> str:
        """The mode that the decision is judged in: its own, where it is carried in one line with its disclosure."""
        return self.command.decision_mode or self.command.mode

    @property
    def urgent(self) -> bool:
        """Whether the act makes an urgent decision to share, with its one line of reason (R0.3)."""
        decision = None if self.earlier else self.decision
        return decision is not None and bool(
            decision.urgent and decision.urgent_reason and decision.outcome != "withhold"
        )


@dataclass(frozen=True)
class Concern:
    """Whom or what a rule is about; `case` picks another weight and wording; `details` fill the wording's $names.

    `under` replaces the act's own editions (a scheme's clocks come from those in force at its application); what is
    `so_already`, as a limit that was missed, is weighed as fact, also where the act is only planned.
    """

    about: str = ""
    case: str = ""
    details: dict[str, object] = field(default_factory=dict)
    under: Context | None = None
    so_already: bool = False


Concerns = Iterator[Concern]
Check = Callable[[Act, "World"], Concerns]


@dataclass(frozen=True)
class Rule:
    """A rule's function with its id, the words it serves and the events it judges (all, if none are named)."""

    id: str
    seed: str
    on: tuple[type[Payload], ...]
    check: Check

    def judges(self, event_type: type[Payload]) -> bool:
        return any(issubclass(event_type, judged) for judged in self.on)


RULES: dict[str, list[Rule]] = {}  # by id; a rule may have one function for decisions and another for the scheme
_BY_EVENT: dict[type[Payload], list[Rule]] = {}


def rule(rule_id: str, seed: str, *, on: Sequence[type[Payload]] = ()) -> Callable[[Check], Check]:
    """Register a rule for the acts that record (or carry) these events; no `on`: for every act."""

    def register(check: Check) -> Check:
        new = Rule(rule_id, seed, tuple(on), check)
        RULES.setdefault(rule_id, []).append(new)
        for event_type in on or [Payload]:
            _BY_EVENT.setdefault(event_type, []).append(new)
        return check

    return register


def rules_for(act: Act) -> Iterable[Rule]:
    """The rules that judge an act, each once: those for all acts, for its event, and for the decision in it."""
    types = (type(act.event), type(act.decision))
    if types not in _OF_TYPES:
        found = (rule for judged in types for base in judged.__mro__ for rule in _BY_EVENT.get(base, ()))
        _OF_TYPES[types] = tuple({id(rule): rule for rule in found}.values())
    return _OF_TYPES[types]


_OF_TYPES: dict[tuple[type, type], tuple[Rule, ...]] = {}


__all__ = ["RULES", "Act", "Concern", "Concerns", "Rule", "rule", "rules_for"]
