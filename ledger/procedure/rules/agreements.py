"""Local information sharing agreements: AG-01 to AG-03."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.clock import start_of_day_before
from ledger.procedure.events.agency import AgreementRegistered
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, recipients, shares
from ledger.procedure.state.governance import Agreement
from ledger.procedure.state.world import World

AGREEMENTS = "Q101 “your local information sharing agreements”"


def partners(act: Act, world: World) -> Iterator[str]:
    """The other agencies that this act shares with, each once."""
    named = (recipient.agency for recipient in recipients(act) if shares(act))
    return (name for name in dict.fromkeys(named) if name and name != world.agency.id)


@rule("AG-01", AGREEMENTS, on=SHARE)
def often_without_agreement(act: Act, world: World) -> Concerns:
    days, often = act.context.param("agreement_window_days", 90), act.context.param("agreement_after_shares", 3)
    since = start_of_day_before(act.at, days)
    for partner in partners(act, world):
        covered = any(world.agency.governance.agreements_with(partner, act.at))
        if not covered and world.shares_with(partner, since, often) + 1 >= often:
            yield Concern(partner, details={"shares": often, "days": days})


@rule("AG-02", AGREEMENTS, on=SHARE)
def agreement_out_of_date(act: Act, world: World) -> Concerns:
    if not shares(act):
        return
    cited = world.agency.governance.agreements.get(act.decision.agreement_ref or "") if act.decision else None
    if cited is not None and cited.ended(act.at):
        yield Concern(cited.id, "ended")
        return
    relied_on = [[cited]] if cited is not None else [_with(partner, act, world) for partner in partners(act, world)]
    for agreements in relied_on:
        if agreements and all(agreement.past_review(act.at) for agreement in agreements):
            yield from (Concern(agreement.id) for agreement in agreements)


@rule("AG-03", "Q102 “the completion of a data protection impact assessment”", on=[AgreementRegistered])
def assessment_not_considered(act: Act, world: World) -> Concerns:
    if world.agency.governance.assessed.isdisjoint({act.event.agreement_id, act.event.dpia_ref}):
        yield Concern(act.event.agreement_id)


def _with(partner: str, act: Act, world: World) -> list[Agreement]:
    return list(world.agency.governance.agreements_with(partner, act.at))
