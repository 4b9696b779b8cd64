"""Answers that fall due: to a request (TM-02), from an adviser (AD-03), and what was withheld, again on its day."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after, until, within_hours
from ledger.procedure.entry import Owed
from ledger.procedure.events.case import AdviceReceived, AdviceSought, InformationRequested
from ledger.procedure.events.decision import DecisionMade, DecisionReconsidered
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.informing import AT_RISK
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.sharing import withholding
from ledger.procedure.state.world import World

DECIDE, ADVISE, LOOK_AGAIN = "TM-02", "AD-03", "withheld_review"
AT_RISK_OF_HARM = "significant_harm"
ADVICE_HOURS = {"immediate": 1, "significant_harm": 24, "concern": 120}


@owes(DECIDE, on=[InformationRequested])
def request_to_decide(act: Act, world: World) -> Iterator[Owed]:
    asked: InformationRequested = act.event
    if not asked_of_us(asked, world.agency.id):
        return
    case = AT_RISK_OF_HARM if asked.risk_level in AT_RISK else ""
    name, default = ("request_working_days_significant_harm", 1) if case else ("request_working_days", 5)
    due = end_of_working_day_after(act.at, act.context.param(name, default), act.context.codes("bank_holidays"))
    yield Owed(DECIDE, (asked.request_id,), due, case=case)


def asked_of_us(asked: InformationRequested, own: str) -> bool:
    """Whether a request is this agency's to decide: it is named, or nobody is and somebody else asks."""
    if asked.to is not None:
        return asked.to == own
    by = asked.requester
    return by is not None and (by.agency != own if by.agency is not None else by.person is not None)


@ends(DECIDE, "Q08 “timely”", on=[DecisionMade])
def request_decided(act: Act, world: World) -> Iterator[Owed]:
    answered = act.decision.request_id if act.decision is not None and not act.earlier else None
    yield from (owed for owed in world.owed(DECIDE) if owed.about == (answered,))


@owes(ADVISE, on=[AdviceSought])
def advice_to_come(act: Act, world: World) -> Iterator[Owed]:
    """By when it is needed; where that is not said, by how great the risk is."""
    sought: AdviceSought = act.event
    request = world.case.requests.get(sought.request_id or "")
    risk = sought.risk_level or (request.event.risk_level if request is not None else None)
    if sought.needed_by is not None:
        yield Owed(ADVISE, (sought.advice_id,), until(sought.needed_by))
    elif risk in ADVICE_HOURS:
        hours = act.context.param(f"advice_hours_{risk}", ADVICE_HOURS[risk])
        yield Owed(ADVISE, (sought.advice_id,), within_hours(act.at, hours))


@ends(ADVISE, "Q72 “within a time frame which is not detrimental to the child's interests”", on=[AdviceReceived])
def advice_came(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(ADVISE) if owed.about == (act.event.advice_id,))


@owes(LOOK_AGAIN, on=[DecisionMade])
def withholding_to_review(act: Act, _world: World) -> Iterator[Owed]:
    decision = withholding(act)
    if decision is not None and decision.if_withheld is not None and decision.if_withheld.review_on is not None:
        yield Owed(LOOK_AGAIN, (decision.decision_id,), until(decision.if_withheld.review_on))


@ends(LOOK_AGAIN, "Q64: what ends, ends at a review", on=[DecisionReconsidered])
def withholding_reviewed(act: Act, world: World) -> Iterator[Owed]:
    taken = act.decision.decision_id if not act.earlier else None
    yield from (owed for owed in world.owed(LOOK_AGAIN) if owed.about == (taken,))
