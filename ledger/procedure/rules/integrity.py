"""What a verification found of the ledger itself: IG-01 to IG-05, by the numbered steps of a verification."""

from __future__ import annotations

from collections.abc import Container, Iterator

from ledger.procedure.events.oversight import VerificationFailure, VerificationRun
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.state.world import World

SHAPE, PLACE, CHAIN, HOUR, KEY, SIGNATURE, CONTENT, OPENINGS, HEADS = range(1, 10)
JOINED = frozenset({SHAPE, PLACE, CHAIN})
SIGNED = frozenset({CONTENT, OPENINGS})
FAILED = "failed"


def failures(run: VerificationRun, steps: Container[int | None]) -> Iterator[VerificationFailure]:
    """What failed at one of these steps."""
    return (failure for failure in run.failures if failure.step in steps)


def at(failure: VerificationFailure, case: str = "") -> Concern:
    return Concern("" if failure.position is None else str(failure.position), case)


@rule("IG-01", "R0.4, R0.12: entries are added, never altered", on=[VerificationRun])
def chain_broken(act: Act, _world: World) -> Concerns:
    run: VerificationRun = act.event
    yield from (at(failure) for failure in failures(run, JOINED))
    if run.verdict == FAILED and not any(failures(run, range(SHAPE, HEADS + 1))):
        yield Concern(case="unplaced")


@rule("IG-02", "every entry is signed", on=[VerificationRun])
def signature_bad(act: Act, _world: World) -> Concerns:
    yield from (at(failure) for failure in failures(act.event, {SIGNATURE}))
    yield from (at(failure, "content") for failure in failures(act.event, SIGNED))
    # By a key that was not live: disputed after a recovery (IG-03), else as bad as any signature of somebody else's.
    if act.event.verdict == FAILED:
        yield from (at(failure, "key") for failure in failures(act.event, {KEY}))


@rule("IG-03", "signed by a key after it was revoked", on=[VerificationRun])
def key_not_live(act: Act, _world: World) -> Concerns:
    run: VerificationRun = act.event
    yield from (at(failure) for failure in failures(run, {KEY}))
    if run.disputed:
        yield Concern()


@rule("IG-04", "R0.6 recorded_at", on=[VerificationRun])
def clock_went_back(act: Act, _world: World) -> Concerns:
    run: VerificationRun = act.event
    yield from (at(failure) for failure in failures(run, {HOUR}))
    yield from (Concern(str(position)) for position in run.steps_back)


@rule("IG-05", "nothing may be missing at the end", on=[VerificationRun])
def checkpoint_contradicted(act: Act, _world: World) -> Concerns:
    yield from (at(failure) for failure in failures(act.event, {HEADS}))
