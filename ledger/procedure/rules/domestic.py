"""What Clare's Law asks alone: DV-02 to DV-06. All else it has in common with Sarah's Law.

Whom it protects is somebody in an intimate relationship, regardless of gender: no rule here could ask for one.
"""

from __future__ import annotations

from ledger.procedure.events.scheme import (
    OutcomeNotifiedToApplicant,
    SchemeApplicationReceived,
    SchemeDecisionMade,
    SchemeReferralMade,
)
from ledger.procedure.events.undertaking import ReconsiderationDecided, SchemeDisclosureDelivered
from ledger.procedure.rules.registry import Act, Concern, Concerns
from ledger.procedure.rules.scheme_rule import left_by, receiver, scheme_rule
from ledger.procedure.stages import of_scheme
from ledger.procedure.state import scheme as schemes
from ledger.procedure.state.application import DVDS, RIGHT_TO_KNOW
from ledger.procedure.state.world import World

ONLY_TO = "“information will only be given to someone at risk or a person in a position to safeguard the victim”"
WILL_BE_MADE = "“convictions for violent offences, or information … about their behaviour … a disclosure will be made”"


@scheme_rule(
    "DV-02",
    "“Partner agencies can also request disclosure … This is known as ‘right to know’”",
    on=[SchemeReferralMade, SchemeApplicationReceived],
    only=DVDS,
)
def nobody_referred(act: Act, _world: World) -> Concerns:
    said = act.event
    if isinstance(said, SchemeApplicationReceived):
        if said.route == RIGHT_TO_KNOW:  # members of the public have the right to ask
            yield Concern(said.applicant or "")
    elif not (said.referring_agency or said.arising_in_police):
        yield Concern(said.person_at_risk or "")


@scheme_rule("DV-03", ONLY_TO, on=[SchemeDecisionMade], only=DVDS)
def decided_for_somebody_else(act: Act, world: World) -> Concerns:
    said: SchemeDecisionMade = act.event
    if said.outcome == "disclose" and said.recipient and not left_by(act, world).may_hear(said.recipient):
        yield Concern(said.recipient)


@scheme_rule("DV-03", ONLY_TO, on=[SchemeDisclosureDelivered], only=DVDS)
def given_to_somebody_else(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    if to and not world.scheme.may_hear(to):
        yield Concern(to)


@scheme_rule("DV-03", ONLY_TO, on=[OutcomeNotifiedToApplicant], only=DVDS)
def told_to_somebody_else(act: Act, world: World) -> Concerns:
    told = act.event.to or world.scheme.applicant or ""
    if act.event.content_given and not world.scheme.may_hear(told):
        yield Concern(told)


@scheme_rule(
    "DV-04",
    "“an individual who they are in a relationship with, or who is in a relationship with someone they know”",
    on=[SchemeApplicationReceived],
    only=DVDS,
)
def no_relationship(act: Act, world: World) -> Concerns:
    covered = of_scheme(act.context, DVDS).codes("relationships")
    if act.event.relationship not in covered:
        yield Concern(left_by(act, world).person_at_risk or "", details={"relationships": ", ".join(sorted(covered))})


@scheme_rule(
    "DV-05",
    "“domestic violence and abuse is impacting on the care and welfare of the children in the family”",
    on=[SchemeDecisionMade],
    only=DVDS,
)
def children_not_considered(act: Act, world: World) -> Concerns:
    left = left_by(act, world)
    if not left.children_considered:
        yield from (Concern(child) for child in left.children or ("",))


@scheme_rule("DV-06", WILL_BE_MADE, on=[SchemeDecisionMade], only=DVDS)
def withheld_against_criteria(act: Act, _world: World) -> Concerns:
    said: SchemeDecisionMade = act.event
    if said.outcome != "disclose" and schemes.criteria_met(said) and not said.reasons:
        yield Concern(details={"basis": said.basis})


@scheme_rule("DV-06", WILL_BE_MADE, on=[ReconsiderationDecided], only=DVDS)
def withheld_after_refusal(act: Act, world: World) -> Concerns:
    if act.event.outcome.startswith("withhold") and world.scheme.criteria_met and not act.event.reasons:
        yield Concern()
