"""Advice when in doubt: AD-01 and AD-02."""

from __future__ import annotations

from ledger.procedure.events.case import AdviceSought
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import withholding
from ledger.procedure.state.world import World

UNCERTAIN = "uncertain_law"


@rule("AD-01", "GR3 “Seek advice … if you are in any doubt”", on=[DecisionMade])
def doubt_without_advice(act: Act, world: World) -> Concerns:
    decision: DecisionMade = act.decision
    if decision.advice_ids:
        return
    sought = [said.at for said in world.case.advice.values() if said.event.request_id in (None, decision.request_id)]
    doubts = [
        said.at
        for said in world.case.doubts
        if said.event.request_id in (None, decision.request_id)
        and (not said.event.items or set(said.event.items) & set(decision.items))
    ]
    withheld = withholding(act)
    uncertain = withheld is not None and withheld.if_withheld and UNCERTAIN in withheld.if_withheld.reason_codes
    if any(not any(at >= doubt for at in sought) for doubt in doubts) or (uncertain and not sought):
        yield Concern(decision.decision_id)


@rule("AD-02", "GR3 “without disclosing the identity of the individual where possible”", on=[AdviceSought])
def identity_disclosed(act: Act, _world: World) -> Concerns:
    if act.event.identity_disclosed and not act.event.why_identity_needed:
        yield Concern(act.event.advice_id)
