"""The structure of any act, and the record that every sharing leaves: ST-01 to ST-08."""

from __future__ import annotations

import difflib
from datetime import timedelta

from ledger.procedure.declare import Vocabulary, marked
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.references import CARRIED, own_time
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARES, name_of, sharing
from ledger.procedure.state.world import World

STATUTES = frozenset({"ukgdpr", "dpa2018"})


@rule("ST-01", "GR7 “Keep a record of your decision and the reasons for it”", on=[DecisionMade])
def share_without_reasons(act: Act, _world: World) -> Concerns:
    decision = sharing(act)
    if decision is None or decision.reasons or (decision.urgent and decision.urgent_reason):
        return
    explained = decision.reasons_unknown and decision.reasons_unknown_explanation
    if not (explained and act.decision_mode == "fact"):
        yield Concern(decision.decision_id)


@rule(
    "ST-02",
    "Q80 “always record the disclosure to include: When … Who made … Who … to … How … What”",
    on=[DisclosureMade],
)
def disclosure_incomplete(act: Act, _world: World) -> Concerns:
    made: DisclosureMade = act.event
    what = made.what
    missing = [
        name
        for name, given in {
            "by": made.by is None or bool(made.by.staff or made.by.agency),  # without an actor: ST-06
            "to": bool(made.to) and all(name_of(recipient) for recipient in made.to),
            "how": made.how is not None and bool(made.how.method),
            "what": what is not None and bool(what.items or what.summary),
        }.items()
        if not given
    ]
    if missing:
        yield Concern(made.disclosure_id, details={"missing": ", ".join(missing)})


@rule("ST-03", "Q01, Q12: purposes, parties and reasons by code")
def unknown_code(act: Act, world: World) -> Concerns:
    found: dict[tuple[str, str], str] = {}
    for event, within in ((act.event, ""), (act.command.decision, CARRIED), (act.command.actor, "actor")):
        for place, vocabulary, code in marked(event, Vocabulary, within) if event is not None else ():
            known = world.agency.book.codes(vocabulary.name)
            if code not in known:
                near = difflib.get_close_matches(code, sorted(known), 3, 0.4) or sorted(known)[:5]
                found.setdefault((vocabulary.name, code), f"{place}: {code!r} (nearest: {', '.join(near)})")
    if found:
        yield Concern(details={"codes": "; ".join(found.values())})


@rule("ST-04", "R0.6 occurred_at")
def in_the_future(act: Act, world: World) -> Concerns:
    limit = world.now + timedelta(minutes=act.context.param("skew_minutes", 5))
    own = own_time(act.command) if act.mode == "fact" else None
    if max(act.at, own or act.at) > limit:
        yield Concern()


@rule("ST-05", "R0.6 late entry")
def recorded_late(act: Act, world: World) -> Concerns:
    happened = min(act.at, own_time(act.command) or act.at)
    hours = act.context.param("late_hours", 24)
    if world.now - happened > timedelta(hours=hours):
        late = int((world.now - happened).total_seconds() // 3600)
        yield Concern(details={"late": late, "limit": hours})


@rule("ST-06", "Q80 “Who made the disclosure”")
def nobody_acts(act: Act, _world: World) -> Concerns:
    if act.command.actor is None:
        yield Concern()


@rule("ST-07", "Q100, Q121: the references and their dates", on=[DecisionMade])
def no_policy(act: Act, _world: World) -> Concerns:
    if act.earlier:
        return  # the decision's own moment was judged with it
    missing = [] if act.context.families >= STATUTES else ["UK GDPR and Data Protection Act 2018"]
    if "local_procedure" not in act.context.kinds:
        missing.append("local procedure")
    if missing:
        yield Concern(details={"missing": ", ".join(missing)})


@rule(
    "ST-08",
    "Q81 “the decision and the reasons for it must be recorded, as well as the matters listed”",
    on=[DisclosureMade],
)
def disclosure_without_decision(act: Act, _world: World) -> Concerns:
    if act.decision is None or act.decision.outcome not in SHARES:
        yield Concern(act.event.disclosure_id)
