"""How long something is kept: a review of it falls due (RT-01), and nothing under a legal hold is erased (RT-02)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.clock import until
from ledger.procedure.declare import About
from ledger.procedure.entry import Owed
from ledger.procedure.events.case import CaseClosed, CaseReopened
from ledger.procedure.events.operations import InformationErased
from ledger.procedure.events.retention import RetentionReviewed
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.governance import Hold
from ledger.procedure.state.world import World

FILES = frozenset({"case", "scheme"})


def kept(act: Act) -> tuple[str, ...]:
    """What it is decided to keep, by its id: what the act names, else its own case or scheme."""
    return (getattr(act.event, "scope_ref", None) or act.command.about.id,)


@owes("RT-01", on=[CaseClosed, RetentionReviewed])
def review_set(act: Act, _world: World) -> Iterator[Owed]:
    if act.event.retention_review_on is not None:
        yield Owed("RT-01", kept(act), until(act.event.retention_review_on))


@ends("RT-01", "§8 retention: rules are the agency's own", on=[RetentionReviewed, CaseReopened])
def reviewed(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed("RT-01") if owed.about == kept(act))


@rule("RT-02", "R0.5: legal hold blocks erasure", on=[InformationErased])
def erased_under_hold(act: Act, world: World) -> Concerns:
    for hold in world.agency.governance.holds.values():
        if _covers(hold, act.event, world):
            yield Concern(hold.id)


def _covers(hold: Hold, erased: InformationErased, world: World) -> bool:
    """Whether a hold is on this scope, on a file that something is sealed in under it, or on what that file is about.

    Persons and consents of a file have keys of their own, held with it. What is sealed under one person's key is that
    person's, so a hold on another does not reach it.
    """
    scope, held = (erased.scope_kind, erased.scope_ref), (hold.kind, hold.ref)
    touched = {(file.type, file.id) for file in erased.files} | {scope}
    if held in touched:
        return True
    if hold.kind in FILES:
        return _holds(held, *scope, world)
    return hold.kind != erased.scope_kind and any(_holds(file, *held, world) for file in touched if file[0] in FILES)


def _holds(file: tuple[str, str], kind: str, ref: str, world: World) -> bool:
    return ref in (world.other(About(*file)).file.held(kind) or ())
