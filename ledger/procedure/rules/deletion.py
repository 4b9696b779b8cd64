"""What was sent, or is held, on a consent that is taken back is deleted, or kept on another basis (CN-13)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.clock import end_of_day_after
from ledger.procedure.declare import Payload
from ledger.procedure.entry import Owed
from ledger.procedure.events.consent import ConsentWithdrawn, DeletionConfirmed, DeletionDeclined
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.consent import kept_without_basis
from ledger.procedure.rules.duty import ends, first_of, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.rules.sent import CAN_BE_WITHDRAWN, sent_on_withdrawn
from ledger.procedure.state.consents import Use, touches
from ledger.procedure.state.world import World

DELETE = "CN-13"


@owes(DELETE, on=[ConsentWithdrawn, DisclosureMade])
def to_be_deleted(act: Act, world: World) -> Iterator[Owed]:
    """By each recipient what it was sent, and by this agency what it holds on that consent alone."""
    days, own = act.context.param("deletion_days", 30), world.agency.id
    to_delete = [
        Owed(
            DELETE,
            (one.consent_id, one.disclosure_id, one.to),
            end_of_day_after(one.since, days),
            by="" if one.to == own else one.to,
        )
        for one in sent_on_withdrawn(act, world)
    ]
    if isinstance(act.event, ConsentWithdrawn) and _held_on(act.event, world):
        due = end_of_day_after(act.event.effective_at or act.at, days)
        to_delete.append(Owed(DELETE, (act.event.consent_id, own), due))
    since = (isinstance(act.event, ConsentWithdrawn) and act.event.effective_at) or act.at
    unanswered = (
        owed
        for owed in to_delete
        if not any(said.at >= since and answers(said.event, owed, world) for said in world.case.done)
    )
    yield from first_of(unanswered, world)


def _held_on(withdrawal: ConsentWithdrawn, world: World) -> bool:
    """Whether this agency holds anything on the consent alone that is taken back."""
    ids = world.case.consents[withdrawal.consent_id].ids
    return any(
        item.event.held_on_consent in ids and touches(withdrawal, Use((), [(item_id, item.event.kind or "")], ()))
        for item_id, item in world.case.items.items()
    )


def answers(said: Payload, owed: Owed, world: World) -> bool:
    """Whether a deletion that was confirmed, or declined on another basis, is the one owed.

    Who names no holder speaks for this agency, who names no disclosure for all that was sent on the consent.
    """
    if not isinstance(said, DeletionConfirmed | DeletionDeclined):
        return False
    consent_id, *disclosure, holder = owed.about
    consents = world.case.consents[consent_id].ids
    return (
        (said.holder or world.agency.id) == holder
        and (said.consent_id in consents or (said.consent_id is None and said.disclosure_id is not None))
        and (said.disclosure_id is None or [said.disclosure_id] == disclosure)
    )


@ends(DELETE, CAN_BE_WITHDRAWN, on=[DeletionConfirmed, DeletionDeclined])
def deletion_answered(act: Act, world: World) -> Iterator[Owed]:
    """What is kept without another basis, or without somebody who answers for it (CN-15), is still to be deleted."""
    if isinstance(act.event, DeletionConfirmed) or not any(kept_without_basis(act, world)):
        yield from (owed for owed in world.owed(DELETE) if answers(act.event, owed, world))
