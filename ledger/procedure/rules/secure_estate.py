"""Children held away from home, and sharing across areas: SX-01 and SX-02."""

from __future__ import annotations

from ledger.procedure.events.persons import SecureEstate
from ledger.procedure.rules.agreements import partners
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, recipient_ids, shares, subjects
from ledger.procedure.state.world import World


def responsible(held: SecureEstate | None) -> tuple[str, ...]:
    """The establishment and the authorities that are responsible for a child who is held, each once."""
    if held is None:
        return ()
    named = (held.establishment, held.placing_la, held.home_la, held.host_la)
    return tuple(dict.fromkeys(agency for agency in named if agency))


@rule("SX-01", "Q06 “secure estate where there may be multiple local authorities involved”", on=SHARE)
def left_out_of_distribution(act: Act, world: World) -> Concerns:
    if not shares(act) or (act.decision is not None and act.decision.distribution_reason):
        return
    reached = {world.agency.id, *recipient_ids(act)}
    for child in subjects(act, world):
        if child.is_child(act.at):
            missing = (agency for agency in responsible(child.secure_estate) if agency not in reached)
            yield from (Concern(agency, details={"child": child.id}) for agency in missing)


@rule("SX-02", "Q07 “build positive relationships with other local areas”", on=SHARE)
def other_area_without_agreement(act: Act, world: World) -> Concerns:
    own = _area(world.agency.flags.get("area"))
    for partner in partners(act, world):
        known = world.agency.partners.get(partner)
        there = _area(known.flags.get("area")) if known is not None else ""
        across = (a for a in world.agency.governance.agreements_with(partner, act.at) if a.cross_area is not False)
        if own and there and own != there and not any(across):
            yield Concern(partner)


def _area(flag: object) -> str:
    return str(flag or "").strip().casefold()
