"""The schemes, from the application to what the applicant is told: CS-01 to CS-05 and CS-11 to CS-13.

What is judged at the door (warning, undertaking, delivery) stands in `undertaking.py`, what may be done with what was
disclosed in `scheme_confidence.py`, what Clare's Law asks alone in `domestic.py`.
"""

from __future__ import annotations

from ledger.procedure.declare import Payload
from ledger.procedure.events.scheme import (
    ApplicationNotProgressed,
    InitialChecksCompleted,
    InterviewHeld,
    NonDisclosureNotified,
    OutcomeNotifiedToApplicant,
    RiskAssessmentCompleted,
    SchemeClosed,
    SchemeDecisionMade,
)
from ledger.procedure.events.undertaking import ReconsiderationDecided, SchemeDisclosureDelivered
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.scheme_rule import POLICE, left_by, receiver, scheme_rule
from ledger.procedure.stages import clocks, of_scheme
from ledger.procedure.state import scheme as schemes
from ledger.procedure.state.application import CSODS, NOBODY_ASKED
from ledger.procedure.state.world import World

ENDS_A_STAGE: list[type[Payload]] = [
    InitialChecksCompleted,
    InterviewHeld,
    RiskAssessmentCompleted,
    SchemeDecisionMade,
    SchemeDisclosureDelivered,
    NonDisclosureNotified,
    ApplicationNotProgressed,
    SchemeClosed,
]


@rule("CS-01", "“managed by the police and information can only be accessed through direct application to them”")
def written_by_others(act: Act, world: World) -> Concerns:
    if act.command.about.type == "scheme" and world.agency.kind != POLICE:
        family = world.scheme.family or schemes.family_of(act.event)
        yield Concern(world.agency.id, under=of_scheme(act.context, family))


@scheme_rule("CS-02", "Q08 “timely and proportionate”; the scheme's clocks, R0.4", on=ENDS_A_STAGE)
def stage_late(act: Act, world: World) -> Concerns:
    editions = world.scheme_context or act.context
    running = {clock.stage for clock in clocks(world.scheme, editions) if clock.met_at is None}
    ended = [clock for clock in clocks(left_by(act, world), editions) if clock.stage in running and clock.met_at]
    late = {clock: late_by for clock in ended if (late_by := clock.late_by(act.at))}
    stages = "; ".join(f"{clock.stage} {late_by}, due {clock.due:%Y-%m-%d}" for clock, late_by in late.items())
    for clock in late:
        yield Concern(clock.stage, details={"stages": stages}, under=editions, so_already=True)


@scheme_rule(
    "CS-03", "§6.1: identity not verified, no scheme disclosure", on=[SchemeDecisionMade, SchemeDisclosureDelivered]
)
def applicant_unverified(act: Act, world: World) -> Concerns:
    scheme = world.scheme
    decides_otherwise = isinstance(act.event, SchemeDecisionMade) and act.event.outcome != "disclose"
    if scheme.route not in NOBODY_ASKED and not scheme.identity_verified and not decides_otherwise:
        yield Concern(scheme.applicant or "")


@scheme_rule(
    "CS-04",
    "“the person most able to protect the child … if they think it is in the child's interests”",
    on=[SchemeDecisionMade],
    only=CSODS,
)
def recipient_unjustified(act: Act, _world: World) -> Concerns:
    said: SchemeDecisionMade = act.event
    if said.outcome == "disclose" and not (said.recipient and said.why_most_able and said.childs_interests):
        yield Concern(said.recipient or "")


@scheme_rule("CS-04", "“to the person most able to protect the child”", on=[SchemeDisclosureDelivered], only=CSODS)
def receiver_unjustified(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    if to and not world.scheme.recipients.get(to):
        yield Concern(to)


@scheme_rule(
    "CS-05",
    "“reveal details … to the person most able to protect the child”",
    on=[OutcomeNotifiedToApplicant],
    only=CSODS,
)
def content_to_applicant(act: Act, world: World) -> Concerns:
    told = act.event.to or world.scheme.applicant or ""
    if act.event.content_given and told not in world.scheme.recipients:
        yield Concern(told)


@scheme_rule(
    "CS-05",
    "“reveal details … to the person most able to protect the child”",
    on=[SchemeDisclosureDelivered],
    only=CSODS,
)
def delivered_to_applicant(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    if to and to == world.scheme.applicant and to not in world.scheme.recipients:
        yield Concern(to)


@scheme_rule("CS-11", "§6.1: presumption to disclose", on=[SchemeDecisionMade], only=CSODS)
def withheld_against_presumption(act: Act, _world: World) -> Concerns:
    if act.event.outcome != "disclose" and schemes.presumption(act.event) and not act.event.reasons:
        yield Concern()


@scheme_rule("CS-11", "§6.1: presumption to disclose", on=[ReconsiderationDecided], only=CSODS)
def withheld_after_refusal(act: Act, world: World) -> Concerns:
    if act.event.outcome.startswith("withhold") and world.scheme.presumption_applied and not act.event.reasons:
        yield Concern()


@scheme_rule(
    "CS-12",
    "“third-party disclosures that operate under the Multi-Agency Public Protection Arrangements”",
    on=[SchemeDecisionMade],
)
def authority_not_consulted(act: Act, world: World) -> Concerns:
    scheme = left_by(act, world)
    if scheme.mappa_managed and not scheme.mappa_consulted:
        yield Concern(scheme.subject or "")


@scheme_rule(
    "CS-13", "R (X) v South Yorkshire 2012: representations of the subject", on=[SchemeDecisionMade], only=CSODS
)
def subject_unheard(act: Act, world: World) -> Concerns:
    said: SchemeDecisionMade = act.event
    heard = said.subject_representations
    considered = world.scheme.representations_considered or (heard and (heard.state == "sought" or heard.reason))
    if said.outcome == "disclose" and not considered:
        yield Concern(world.scheme.subject or "")
