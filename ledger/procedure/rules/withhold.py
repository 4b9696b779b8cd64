"""Withholding, and what it must answer for: WH-01 to WH-06."""

from __future__ import annotations

from ledger.procedure.events.decision import DecisionMade, Withholding
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import request, withholding
from ledger.procedure.state.world import World


def withheld(act: Act) -> tuple[DecisionMade, Withholding] | None:
    """The decision to withhold, with what it says of that."""
    decision = withholding(act)
    return (decision, decision.if_withheld or Withholding()) if decision is not None else None


@rule("WH-01", "Q82, GR7 “whether it is to share information or not”", on=[DecisionMade])
def without_reasons(act: Act, _world: World) -> Concerns:
    if (found := withheld(act)) and not (found[1].reasons or (found[0].outcome == "withhold" and found[0].reasons)):
        yield Concern(found[0].decision_id)


@rule("WH-02", "Q02 “Fears about sharing information must not be allowed to stand in the way”", on=[DecisionMade])
def only_suspect_reasons(act: Act, _world: World) -> Concerns:
    if found := withheld(act):
        codes = set(found[1].reason_codes)
        if codes and codes <= act.context.codes("suspect_withhold_reasons"):
            yield Concern(found[0].decision_id, details={"codes": ", ".join(sorted(codes))})


@rule("WH-03", "Q28 “a failure to pass on information … would be far more serious and dangerous”", on=[DecisionMade])
def risk_unweighed(act: Act, _world: World) -> Concerns:
    if found := withheld(act):
        if not found[1].risk_of_not_sharing:
            yield Concern(found[0].decision_id)
        if not found[1].detriment_comparison:  # only where s.16LA of the Children Act 2004 is in force
            yield Concern(found[0].decision_id, "comparison")


@rule("WH-04", "Q64: what ends, ends at a review", on=[DecisionMade])
def no_review(act: Act, _world: World) -> Concerns:
    if (found := withheld(act)) and found[1].review_on is None:
        yield Concern(found[0].decision_id)


@rule("WH-05", "DfE advice 2024: be ready to explain and reconsider", on=[DecisionMade])
def requester_not_told(act: Act, _world: World) -> Concerns:
    found = withheld(act)
    asked = found is not None and (found[0].request_id or found[0].recipients)
    if found is not None and asked and found[1].requester_told_at is None:
        yield Concern(found[0].decision_id)


@rule("WH-06", "Q89 “a statutory duty or Court Order requiring the information to be shared”", on=[DecisionMade])
def compelled_but_withheld(act: Act, world: World) -> Concerns:
    asked = request(act, world)
    if (found := withheld(act)) and asked is not None and asked.event.compulsion is not None:
        yield Concern(found[0].decision_id)
