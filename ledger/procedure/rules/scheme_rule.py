"""What the rules of the disclosure schemes share: which application they look at, and whose editions rule them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace

from ledger.procedure.command import FACT
from ledger.procedure.declare import Payload
from ledger.procedure.edition import SEVERITY
from ledger.procedure.entry import Entry
from ledger.procedure.events.undertaking import SchemeDisclosureDelivered
from ledger.procedure.rules.registry import Act, Check, Concerns, rule
from ledger.procedure.stages import of_scheme
from ledger.procedure.state import scheme as schemes
from ledger.procedure.state.application import Scheme
from ledger.procedure.state.world import World

POLICE = "police"


def scheme_rule(
    rule_id: str, seed: str, *, on: Sequence[type[Payload]], only: str | None = None
) -> Callable[[Check], Check]:
    """A rule of the schemes (of one alone, if `only` names it), ruled by that scheme's own editions.

    A delivery is judged again and adds only what was not found of the decision.
    """

    def register(check: Check) -> Check:
        @rule(rule_id, seed, on=on)
        def judged(act: Act, world: World) -> Concerns:
            family = world.scheme.family or schemes.family_of(act.event)
            if act.command.about.type != "scheme" or world.agency.kind != POLICE:
                return  # anybody else has CS-01 to answer, and nothing but that
            if only and family != only:
                return
            for concern in check(act, world):
                under = of_scheme(concern.under or act.context, family)
                ruling = under.ruling(rule_id, concern.case, FACT if concern.so_already else act.mode)
                if ruling and not _found_before(act, world.scheme, rule_id, ruling.level, concern.about):
                    yield replace(concern, under=under)

        return check

    return register


def left_by(act: Act, world: World) -> Scheme:
    """The application as this act would leave it."""
    scheme = deepcopy(world.scheme)
    schemes.folds.apply(scheme, Entry(act.command.about, act.event, act.command.actor, act.at, act.known_at))
    return scheme


def receiver(act: Act, world: World) -> str:
    """Whom a delivery is given to."""
    return act.event.to or world.scheme.recipient()


def _found_before(act: Act, scheme: Scheme, rule_id: str, level: str, about: str) -> bool:
    """Whether the decision that a delivery carries out was found to have this already, as bad or worse."""
    if not isinstance(act.event, SchemeDisclosureDelivered) or scheme.decision is None or rule_id == "CS-02":
        return False
    return any(
        finding.rule == rule_id and SEVERITY[finding.level] >= SEVERITY[level] and about in ("", *finding.about)
        for finding in scheme.decision.findings
    )
