"""What an act says of other streams: a context's own stream holds all that was said and decided about it (Q05).

A decision that names a context leaves a `ContextReviewed` there; information received about one leaves the children it
concerns there, and what the sender decided about it. A case that is linked with another is linked there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.procedure.command import FACT, Command
from ledger.procedure.declare import BY_TYPE, About, Payload
from ledger.procedure.events.context import ChildAssociatedWithContext, ContextReviewed
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureReceived
from ledger.procedure.events.links import CaseLinked
from ledger.procedure.rules.context import children_decided, episodes_decided
from ledger.procedure.rules.registry import Act
from ledger.procedure.state.world import World

CONTEXT, CASE = "context", "case"


def companions(act: Act, world: World) -> Iterator[tuple[Command, World]]:
    """The commands that record the same act in the streams of the contexts it names, each with the world it is seen in.

    Each context is given at most one record for each thing said, so that every command finds the stream as it stands.
    """
    for context_id, event in _said(act, world):
        about = About(CONTEXT, context_id)
        there = world.other(about)
        yield _command(act, about, event), there
    if isinstance(act.event, CaseLinked):
        here = act.command.about
        for case_id in dict.fromkeys(act.event.linked_cases):
            there = world.other(About(CASE, case_id))
            if there.file.exists and here.type == CASE and case_id != here.id and here.id not in there.case.linked:
                yield _command(act, there.file.about, CaseLinked(linked_cases=(here.id,))), there


def _said(act: Act, world: World) -> Iterator[tuple[str, Payload]]:
    command, decision = act.command, act.command.decision or act.event
    if isinstance(decision, DecisionMade):
        reviewed = ContextReviewed(
            decision_id=decision.decision_id,
            file=command.about.id,
            children=tuple(sorted(children_decided(decision, act.at, world))),
            episodes=tuple(sorted(episodes_decided(decision, world))),
        )
        yield from ((context_id, reviewed) for context_id in dict.fromkeys(decision.context_ids))
    if isinstance(command.event, DisclosureReceived):
        yield from _received(command.event, command.about.id)


def _received(event: DisclosureReceived, file: str) -> Iterator[tuple[str, Payload]]:
    told = event.notice.context_ids if event.notice else ()
    decided = event.notice.contexts_decided if event.notice else ()
    sender = event.provider.agency if event.provider else None
    receipt, children = event.receipt_id or event.disclosure_id, event.children
    for context_id in dict.fromkeys((*event.context_ids, *told, *decided)):
        if context_id in decided:
            yield context_id, ContextReviewed(receipt_id=receipt, file=file, agency=sender, children=children)
        elif children:
            yield context_id, ChildAssociatedWithContext(receipt_id=receipt, case_id=file, children=children)


def _command(act: Act, about: About, event: Payload) -> Command:
    kind = BY_TYPE[type(event)]
    return replace(
        act.command,
        kind=kind,
        event=event,
        about=about,
        mode=FACT,
        occurred_at=act.at,
        known_at=act.known_at,
        decision=None,
    )
