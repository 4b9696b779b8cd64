"""The schemes at the door: CS-06 to CS-10, UT-02, UT-03, and what every disclosure must say.

Everything is asked of this recipient, in this application, as things stood at the delivery.
"""

from __future__ import annotations

from ledger.procedure.clock import late
from ledger.procedure.events.scheme import SchemeClosed
from ledger.procedure.events.undertaking import (
    ReconsiderationDecided,
    SchemeDisclosureDelivered,
    UndertakingRefused,
    UndertakingSigned,
    WarningGiven,
)
from ledger.procedure.rules.registry import Act, Concern, Concerns
from ledger.procedure.rules.scheme_rule import left_by, receiver, scheme_rule
from ledger.procedure.stages import reconsideration_breached, reconsideration_due
from ledger.procedure.state.application import DISCLOSE_TO_ANOTHER, DISCLOSE_TO_REFUSER, Reconsideration, Refusal
from ledger.procedure.state.world import World

IN_PERSON = "in_person"


@scheme_rule("CS-06", "“delivered in person (as opposed to in writing)”", on=[SchemeDisclosureDelivered])
def in_writing(act: Act, world: World) -> Concerns:
    delivery = act.event.delivery
    if delivery and (delivery.left_in_writing or delivery.mode not in (None, IN_PERSON)):
        yield Concern(receiver(act, world), details={"mode": delivery.mode})


@scheme_rule(
    "CS-07", "“with the following warning … This should be explained to the person”", on=[SchemeDisclosureDelivered]
)
def unwarned(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    given = [warning for person, at, warning in world.scheme.warnings if person == to and at <= act.at]
    # The second part tells that they will be asked to sign: whoever was asked has been told.
    asked = world.scheme.was_offered(to, act.at)
    parts = act.context.codes("warning_parts")
    missing = min((lacking(warning, parts, asked=asked) for warning in given or [WarningGiven()]), key=len)
    if missing:
        yield Concern(to, details={"missing": ", ".join(missing)})


def lacking(warning: WarningGiven, parts: frozenset[str], *, asked: bool) -> list[str]:
    """What is missing of a warning: each part, who explained it, that it was understood."""
    given = {part for part in parts if getattr(warning, part, None)}
    if asked and warning.undertaking_explained is None:
        given.add("undertaking_explained")
    said = {"explained_by": bool(warning.explained_by), "understood": warning.understood is True}
    return [*sorted(parts - given), *(name for name, there in said.items() if not there)]


@scheme_rule("CS-08", "“will be asked to sign an undertaking”", on=[SchemeDisclosureDelivered])
def not_offered(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    if not world.scheme.was_offered(to, act.at):
        yield Concern(to)


@scheme_rule(
    "CS-09", "“the police must consider whether the disclosure should still take place”", on=[SchemeDisclosureDelivered]
)
def refused_and_not_reconsidered(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    for refusal in world.scheme.refusals:
        signed_at = world.scheme.signed_at(to, act.at)
        if refusal.at > act.at or (signed_at and signed_at >= refusal.at):
            continue
        decisions = [decided for decided in world.scheme.reconsiderations if discloses(decided, refusal, to, act)]
        if not any(decided.authorised for decided in decisions):
            details = {"refusal": refusal.refusal_id or f"{refusal.at:%Y-%m-%d}"}
            yield Concern(to, "unauthorised" if decisions else "", dict(details))


def discloses(decided: Reconsideration, refusal: Refusal, to: str, act: Act) -> bool:
    """Whether it was decided after a refusal, and before this delivery, to disclose to its receiver all the same."""
    if not refusal.at <= decided.at <= act.at:
        return False
    if decided.outcome == DISCLOSE_TO_ANOTHER:
        return to != refusal.by and decided.recipient in (None, to)
    return decided.outcome in DISCLOSE_TO_REFUSER and to == (decided.recipient or refusal.by)


@scheme_rule(
    "CS-10",
    "“the police must consider whether the disclosure should still take place”",
    on=[ReconsiderationDecided, UndertakingSigned, SchemeClosed],
)
def reconsidered_late(act: Act, world: World) -> Concerns:
    editions = world.scheme_context or act.context
    waiting = {(r.refusal_id, r.at) for r in left_by(act, world).pending()}
    for refusal in world.scheme.pending():
        due = reconsideration_due(refusal, editions)
        if (refusal.refusal_id, refusal.at) not in waiting and late(act.at, due):
            breached = late(act.at, reconsideration_breached(refusal, editions))
            details = {"due": f"{due:%Y-%m-%d %H:%M} UTC"}
            yield Concern(refusal.refusal_id or refusal.by, "breach" if breached else "", dict(details), editions)


@scheme_rule("UT-02", "“unwilling to sign”: why", on=[UndertakingRefused])
def refused_without_category(act: Act, world: World) -> Concerns:
    if not act.event.category:
        yield Concern(act.event.refusal_id or world.scheme.answering(act.event.by, act.event.undertaking_id))


@scheme_rule("UT-03", "“they must sign the undertaking”", on=[SchemeDisclosureDelivered])
def without_undertaking(act: Act, world: World) -> Concerns:
    to = receiver(act, world)
    if not world.scheme.signed_at(to, act.at):
        yield Concern(to)


@scheme_rule("ST-02", "“Who the disclosure was made to; How …; What was disclosed”", on=[SchemeDisclosureDelivered])
def delivery_incomplete(act: Act, world: World) -> Concerns:
    delivery = act.event.delivery
    said = {"to": receiver(act, world), "delivery.mode": delivery and delivery.mode, "what": act.event.what}
    if missing := [name for name, value in said.items() if not value]:
        yield Concern(act.event.disclosure_id or "", details={"missing": ", ".join(missing)})


@scheme_rule("ST-08", "“the decision and the reasons for it must be recorded”", on=[SchemeDisclosureDelivered])
def undecided(act: Act, world: World) -> Concerns:
    decision = world.scheme.decision
    if decision is None or decision.outcome != "disclose":
        yield Concern(receiver(act, world), "scheme")


@scheme_rule(
    "SE-03",
    "“where and when the disclosure will be given … a secure and safe environment”",
    on=[SchemeDisclosureDelivered],
)
def place_unsaid_or_unsafe(act: Act, world: World) -> Concerns:
    delivery = act.event.delivery
    if delivery and delivery.safe_environment_confirmed is False:
        yield Concern(receiver(act, world), "unsafe")
    if delivery and delivery.mode == IN_PERSON and not (delivery.place or world.scheme.place_planned):
        yield Concern(receiver(act, world))
