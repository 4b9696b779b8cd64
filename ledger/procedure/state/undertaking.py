"""What a scheme application's stream says of the warning, the undertaking, the delivery and what came after."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.procedure.declare import Payload
from ledger.procedure.entry import Entry
from ledger.procedure.events import undertaking as door
from ledger.procedure.events.disclosure import Restriction
from ledger.procedure.state.application import (
    DISCLOSE_TO_ANOTHER,
    ESCALATE,
    Answer,
    Delivered,
    Offer,
    Reconsideration,
    Refusal,
    Scheme,
    folds,
)

PURPOSE_ONLY, NO_ONWARD = "USE_ONLY_FOR_PURPOSE", "NO_ONWARD"


def imposed(scheme: Scheme, purposes: Iterable[str]) -> tuple[Restriction, ...]:
    """What a scheme places on all that it discloses: only for those it is to keep safe, and no further (Q114)."""
    kept_safe = tuple(p for p in (scheme.person_at_risk, *scheme.children) if p)
    only = Restriction(code=PURPOSE_ONLY, persons=kept_safe, purposes=tuple(sorted(purposes)))
    return only, Restriction(code=NO_ONWARD)


@folds.on(door.DeliveryPlanned)
def planned(scheme: Scheme, _entry: Entry, event: door.DeliveryPlanned) -> None:
    scheme.planned_for = event.recipient or scheme.recipient()
    scheme.place_planned = bool(event.place)
    if event.recipient and event.why_most_able:
        scheme.recipients[event.recipient] = True
    scheme.last_step = "PLANNED"


@folds.on(door.WarningGiven)
def warned(scheme: Scheme, entry: Entry, event: door.WarningGiven) -> None:
    scheme.warnings.append((event.to or scheme.recipient(), entry.occurred_at, event))
    scheme.last_step = "WARNED"


@folds.on(door.UndertakingOffered)
def offered(scheme: Scheme, entry: Entry, event: door.UndertakingOffered) -> None:
    to = event.to or scheme.recipient()
    scheme.offers.append(Offer(to, entry.occurred_at, event.undertaking_id, event.wording_version))
    scheme.last_step = "UNDERTAKING_OFFERED"


@folds.on(door.UndertakingSigned)
def signed(scheme: Scheme, entry: Entry, event: door.UndertakingSigned) -> None:
    by = scheme.answering(event.by, event.undertaking_id)
    scheme.answers.append(Answer("signed", by, entry.occurred_at))
    for refusal in scheme.pending():
        if refusal.by == by:
            refusal.answered_at = entry.occurred_at
    scheme.last_step = "SIGNED"


@folds.on(door.UndertakingRefused)
def refused(scheme: Scheme, entry: Entry, event: door.UndertakingRefused) -> None:
    by, at = scheme.answering(event.by, event.undertaking_id), entry.occurred_at
    scheme.refusals.append(Refusal(event.refusal_id, by, at, event.category))
    scheme.last_step = "RECONSIDERATION_PENDING"


@folds.on(door.UndertakingUnable)
def unable(scheme: Scheme, entry: Entry, event: door.UndertakingUnable) -> None:
    scheme.answers.append(Answer("unable", scheme.answering(event.by, event.undertaking_id), entry.occurred_at))
    scheme.last_step = "UNABLE"


@folds.on(door.UndertakingDeferred)
def deferred(scheme: Scheme, entry: Entry, event: door.UndertakingDeferred) -> None:
    scheme.answers.append(Answer("deferred", scheme.answering(event.by, event.undertaking_id), entry.occurred_at))
    scheme.last_step = "DEFERRED"


@folds.on(door.UndertakingRepudiated)
def repudiated(scheme: Scheme, entry: Entry, event: door.UndertakingRepudiated) -> None:
    scheme.answers.append(Answer("repudiated", scheme.answering(event.by, event.undertaking_id), entry.occurred_at))
    scheme.last_step = "REPUDIATED"


@folds.on(door.RecipientDeclinedToReceive)
def declined(scheme: Scheme, entry: Entry, event: door.RecipientDeclinedToReceive) -> None:
    scheme.answers.append(Answer("declined", event.by or scheme.recipient(), entry.occurred_at))
    scheme.last_step = "DECLINED_TO_RECEIVE"


@folds.on(door.ReconsiderationDecided)
def reconsidered(scheme: Scheme, entry: Entry, event: door.ReconsiderationDecided) -> None:
    at, officer = entry.occurred_at, event.authorising_officer
    authorised = officer is not None and any((officer.staff_ref, officer.role, officer.rank))
    scheme.reconsiderations.append(
        Reconsideration(event.reconsideration_id, at, event.outcome, event.recipient, authorised)
    )
    if event.outcome == DISCLOSE_TO_ANOTHER and event.recipient:
        scheme.recipients[event.recipient] = bool(event.reasons)
        scheme.planned_for = event.recipient
    if event.outcome != ESCALATE:  # a forum's view comes back to be reconsidered, and no limit moves meanwhile
        for refusal in scheme.pending():
            if event.refusal_id in (None, refusal.refusal_id):
                refusal.answered_at = at
    scheme.last_step = "RECONSIDERATION_PENDING" if any(scheme.pending()) else "RECONSIDERED"


@folds.on(door.SchemeDisclosureDelivered)
def delivered(scheme: Scheme, entry: Entry, event: door.SchemeDisclosureDelivered) -> None:
    to = event.to or scheme.recipient()
    scheme.deliveries.append(Delivered(to, entry.occurred_at, event.items, event.restrictions))
    scheme.last_step = "DELIVERED"
    scheme.reach("delivered", entry.occurred_at)


@folds.on(door.OnwardDisclosureAuthorised)
def authorised(scheme: Scheme, _entry: Entry, event: door.OnwardDisclosureAuthorised) -> None:
    scheme.confidants.add(event.to)


@folds.on(door.OnwardDisclosureAlleged)
def alleged(scheme: Scheme, entry: Entry, event: door.OnwardDisclosureAlleged) -> None:
    if event.by:
        scheme.alleged[event.allegation_id or ""] = event.by
    monitored(scheme, entry, event)


@folds.on(door.OnwardDisclosureInvestigated, door.LegalActionDecided)
def monitored(scheme: Scheme, _entry: Entry, _event: Payload) -> None:
    if scheme.last_step != "CLOSED":
        scheme.last_step = "MONITORED"
