"""A refusal to sign waits to be reconsidered: the clock that CS-10 watches, as something that is owed."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.entry import Owed
from ledger.procedure.events.scheme import SchemeClosed
from ledger.procedure.events.undertaking import ReconsiderationDecided, UndertakingRefused, UndertakingSigned
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.scheme_rule import left_by
from ledger.procedure.stages import reconsideration_due
from ledger.procedure.state.application import Refusal, Scheme
from ledger.procedure.state.world import World

RECONSIDER = "scheme_reconsideration"


def waiting(scheme: Scheme) -> dict[tuple[str, ...], Refusal]:
    """The refusals that wait, each by its id, else by who refused and when."""
    return {((r.refusal_id,) if r.refusal_id else (r.by, f"{r.at:%Y-%m-%dT%H:%MZ}")): r for r in scheme.pending()}


@owes(RECONSIDER, on=[UndertakingRefused])
def refusal_to_reconsider(act: Act, world: World) -> Iterator[Owed]:
    editions = world.scheme_context or act.context
    for about, refusal in waiting(left_by(act, world)).items():
        if about not in waiting(world.scheme):
            yield Owed(RECONSIDER, about, reconsideration_due(refusal, editions))


@ends(
    RECONSIDER,
    "“the police must consider whether the disclosure should still take place”",
    on=[ReconsiderationDecided, UndertakingSigned, SchemeClosed],
)
def refusal_reconsidered(act: Act, world: World) -> Iterator[Owed]:
    still = waiting(left_by(act, world))
    yield from (owed for owed in world.owed(RECONSIDER) if owed.about not in still)
