"""An extract is a disclosure (R0.10): EX-01 and EX-03."""

from __future__ import annotations

from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.world import World


@rule("EX-01", "R0.10: to whom, and on which basis", on=[ExtractIssued])
def extract_without_basis(act: Act, _world: World) -> Concerns:
    missing = [name for name in ("to", "basis") if not getattr(act.event, name)]
    if missing:
        yield Concern(act.event.extract_id or "", details={"missing": " and ".join(missing)})


@rule("EX-03", "R0.10: marking", on=[ExtractIssued])
def extract_unmarked(act: Act, _world: World) -> Concerns:
    if act.event.marking is None:
        yield Concern(act.event.extract_id or "")
