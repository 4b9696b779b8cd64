"""What an urgent decision left unsaid is completed within a day: NM-06 (R0.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.procedure.clock import within_hours
from ledger.procedure.command import GATE
from ledger.procedure.declare import Payload, changed
from ledger.procedure.entry import Owed
from ledger.procedure.events.decision import DecisionMade, DecisionReconsidered
from ledger.procedure.events.disclosure import ConsentAdvice, DisclosureMade
from ledger.procedure.events.manager import DecisionReviewedByManager
from ledger.procedure.rules.duty import ends, first_of, owes
from ledger.procedure.rules.registry import Act, rules_for
from ledger.procedure.state.completion import completed
from ledger.procedure.state.world import World

COMPLETE = "NM-06"


@owes(COMPLETE, on=[DecisionMade])
def to_be_completed(act: Act, world: World) -> Iterator[Owed]:
    """Taken again before it is complete, a decision gets no more time."""
    if act.earlier or not act.decision.to_complete:
        return
    due = within_hours(act.at, act.context.param("completion_hours", 24))
    yield from first_of([Owed(COMPLETE, (act.decision.decision_id,), due)], world)


@ends(COMPLETE, "R0.3: what an urgent share leaves unsaid", on=[DecisionReviewedByManager, DecisionReconsidered])
def completed_or_taken_again(act: Act, world: World) -> Iterator[Owed]:
    if isinstance(act.event, DecisionReviewedByManager):
        decision_id, whole = act.event.decision_id, not any(lacking(act, world))
    else:
        decision_id, whole = act.decision.decision_id, not act.earlier and not act.decision.to_complete
    yield from (owed for owed in world.owed(COMPLETE) if whole and owed.about == (decision_id,))


def lacking(act: Act, world: World) -> Iterator[str]:
    """The rules that an urgent decision would still be refused by, with all that is said by now.

    It is judged again as of when it was taken, alone and with each disclosure that carried it out.
    """
    taken = world.case.decisions[act.event.decision_id]
    decision = completed(taken.event, act.event)
    carried_out = [
        said.event for said in world.case.disclosures.values() if said.event.decision_id == act.event.decision_id
    ]
    for event in (decision, *(_as_known(made, decision, world) for made in carried_out)):
        command = replace(act.command, event=event, mode=GATE, decision=decision if event is not decision else None)
        again = replace(
            act, command=command, event=event, decision=decision, at=taken.at, context=world.context(taken.at)
        )
        yield from _refused_by(again, world, {part_of(rule_id) for rule_id in decision.to_complete})


def _as_known(made: DisclosureMade, decision: DecisionMade, world: World) -> Payload:
    """A disclosure with the basis that its decision has by now, and with what its recipient was told since."""
    told = [said for said in world.case.told if said.event.disclosure_id == made.disclosure_id]
    advice = ConsentAdvice(advised=True) if told else made.consent_advice_to_recipient
    return changed(made, legal_basis=decision.legal_basis or made.legal_basis, consent_advice_to_recipient=advice)


def part_of(rule_id: str) -> str:
    """The part of the catalogue a rule belongs to: a legal basis that is not complete completes no missing one."""
    return rule_id.partition("-")[0]


def _refused_by(act: Act, world: World, parts: set[str]) -> Iterator[str]:
    for rule in rules_for(act):
        for concern in rule.check(act, world) if part_of(rule.id) in parts else ():
            ruling = act.context.ruling(rule.id, concern.case, GATE)
            if ruling is not None and ruling.level == "E":
                yield rule.id
