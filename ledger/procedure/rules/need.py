"""Necessary, proportionate, minimal: NM-01 to NM-05."""

from __future__ import annotations

from ledger.procedure.events.decision import DecisionMade, SafetyAndWellbeing
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import name_of, sharing
from ledger.procedure.state.world import World


def safety_considered(decision: DecisionMade) -> bool:
    """Whether it is said what the decision means for anybody's safety and well-being."""
    said = decision.safety_and_wellbeing
    return bool(said.individual or said.others) if isinstance(said, SafetyAndWellbeing) else bool(said)


@rule("NM-01", "GR5 “Consider safety and well-being”; GR6 “Necessary”; Q27", on=[DecisionMade])
def need_unstated(act: Act, _world: World) -> Concerns:
    decision: DecisionMade = act.decision
    missing = [] if safety_considered(decision) else ["safety and well-being"]
    if sharing(act) is not None:
        missing += [] if decision.necessity else ["necessity"]
        missing += [] if decision.purposes else ["purpose"]
    if missing:
        yield Concern(decision.decision_id, details={"missing": ", ".join(missing)})


@rule("NM-02", "Q83 “need-to-know basis”", on=[DecisionMade])
def need_to_know_unstated(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    if decision is None:
        return
    reasons = {name_of(r): r.need_to_know_reason for r in decision.recipients}
    delivered = act.event.to if isinstance(act.event, DisclosureMade) else ()
    reasons |= {name_of(r): r.need_to_know_reason or reasons.get(name_of(r)) for r in delivered}
    yield from (Concern(name) for name, reason in reasons.items() if not reason)
    # A disclosure to nobody lacks what must be recorded (ST-02), not only a reason.
    if not reasons and not isinstance(act.event, DisclosureMade):
        yield Concern()


@rule("NM-03", "GR6 “proportionate, relevant, adequate”", on=[DecisionMade])
def proportion_unstated(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    # One sentence may serve for all three (R0.13).
    if decision is not None and not decision.proportionality:
        yield Concern(decision.decision_id)


@rule("NM-04", "Q86 “only share the minimum amount of relevant information”", on=[DisclosureMade])
def full_record(act: Act, _world: World) -> Concerns:
    what = act.event.what
    rationale = act.decision.minimum_rationale if act.decision is not None else None
    if what is not None and what.full_record and not rationale:
        yield Concern(act.event.disclosure_id)


@rule("NM-05", "Q87 “where appropriate it will be anonymised/pseudonymised, if possible”", on=[DecisionMade])
def identifiability_unconsidered(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    considered = decision.identifiability_considered if decision is not None else None
    if decision is not None and (considered is None or considered.chosen is None):
        yield Concern(decision.decision_id)
