"""Advice when in doubt: AD-01, AD-02 and AD-04."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ledger.procedure.events.case import AdviceSought
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import item_ids, withholding
from ledger.procedure.state.case import Said
from ledger.procedure.state.world import World

UNCERTAIN = "uncertain_law"
SECURE_METHOD, IG_LEAD = "secure_method", "ig_lead"


def doubted(request_id: str | None, items: Collection[str], world: World) -> list[Said]:
    """The doubts that were recorded about these items, in answer to this request."""
    return [
        said
        for said in world.case.doubts
        if said.event.request_id in (None, request_id) and (not said.event.items or set(said.event.items) & set(items))
    ]


@rule("AD-01", "GR3 “Seek advice … if you are in any doubt”", on=[DecisionMade])
def doubt_without_advice(act: Act, world: World) -> Concerns:
    decision: DecisionMade = act.decision
    if decision.advice_ids:
        return
    sought = [said.at for said in world.case.advice.values() if said.event.request_id in (None, decision.request_id)]
    doubts = [said.at for said in doubted(decision.request_id, decision.items, world)]
    withheld = withholding(act)
    uncertain = withheld is not None and withheld.if_withheld and UNCERTAIN in withheld.if_withheld.reason_codes
    if any(not any(at >= doubt for at in sought) for doubt in doubts) or (uncertain and not sought):
        yield Concern(decision.decision_id)


@rule("AD-02", "GR3 “without disclosing the identity of the individual where possible”", on=[AdviceSought])
def identity_disclosed(act: Act, _world: World) -> Concerns:
    if act.event.identity_disclosed and not act.event.why_identity_needed:
        yield Concern(act.event.advice_id)


HOW_TO_SEND = "Q73 “in doubt regarding how to send information securely … their Information Governance Lead/Team”"


@rule("AD-04", HOW_TO_SEND, on=[AdviceSought])
def asked_somebody_else(act: Act, world: World) -> Concerns:
    asked: AdviceSought = act.event
    if asked.topic == SECURE_METHOD and asked.adviser_role != IG_LEAD and not referred(world):
        yield Concern(asked.advice_id)


@rule("AD-04", HOW_TO_SEND, on=[DisclosureMade])
def sent_in_doubt(act: Act, world: World) -> Concerns:
    request_id = act.decision.request_id if act.decision is not None else None
    for said in doubted(request_id, item_ids(act), world):
        if said.event.topic == SECURE_METHOD and not referred(world, said.at):
            yield Concern(act.event.disclosure_id)


def referred(world: World, since: dt.datetime | None = None) -> bool:
    """Whether the information governance lead was asked how to send it, since then."""
    return any(
        said.event.adviser_role == IG_LEAD
        and said.event.topic in (None, SECURE_METHOD)
        and (since is None or said.at >= since)
        for said in world.case.advice.values()
    )
