"""What those who were told under a scheme may do with it, and the police too (Q114): UT-01, and RC-07 for the schemes.

The restrictions are those that the delivery carries, imposed by the scheme itself.
"""

from __future__ import annotations

from ledger.procedure.events.undertaking import OnwardDisclosureInvestigated
from ledger.procedure.rules.registry import Act, Concern, Concerns
from ledger.procedure.rules.scheme_rule import scheme_rule
from ledger.procedure.rules.sharing import SHARE, item_ids, recipients, shares
from ledger.procedure.state.undertaking import NO_ONWARD, PURPOSE_ONLY
from ledger.procedure.state.world import World


@scheme_rule("UT-01", "“Legal action may be taken if confidentiality is breached”", on=[OnwardDisclosureInvestigated])
def told_others(act: Act, world: World) -> Concerns:
    if act.event.outcome == "substantiated":
        alleged = world.scheme.alleged.get(act.event.allegation_id or "")
        told = [delivered.to for delivered in world.scheme.deliveries]
        by = act.event.by or alleged or (told[-1] if told else "")
        limits = ", ".join(limit.code for limit in world.scheme.restrictions_on(by) if limit.code)
        yield Concern(by, details={"restrictions": limits or "none recorded"})


@scheme_rule("RC-07", "“must be kept confidential and only used to keep the child in question safe”", on=SHARE)
def confidence_broken(act: Act, world: World) -> Concerns:
    """What was disclosed under the scheme serves one purpose, and reaches further people through the scheme alone.

    Agencies that keep somebody safe are told on another legal basis, for that purpose.
    """
    scheme, shared = world.scheme, set(item_ids(act))
    if not shares(act):
        return
    purposes = set(act.decision.purposes if act.decision is not None else act.event.purposes)
    for delivered in scheme.deliveries:
        for limit in delivered.restrictions if delivered.at <= act.at else ():
            for item_id in sorted(shared.intersection(delivered.items)):
                if limit.code == PURPOSE_ONLY and not purposes <= set(limit.purposes):
                    yield Concern(item_id, "scheme")
                elif limit.code == NO_ONWARD:
                    persons = {to.person for to in recipients(act) if to.person and not to.agency}
                    told = scheme.confidants | {d.to for d in scheme.deliveries}
                    yield from (Concern(person, "scheme") for person in sorted(persons - told))
