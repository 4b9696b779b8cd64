"""What the recipient is told and may do: RC-01 and RC-07. What a requester says: RQ-01."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from ledger.procedure.clock import late, until
from ledger.procedure.events.case import InformationRequested
from ledger.procedure.events.disclosure import (
    DisclosureMade,
    DisclosureReceived,
    Restriction,
    RestrictionImposed,
    RestrictionLifted,
)
from ledger.procedure.positions import on_other_basis
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, basis, item_ids, items, positions, recipient_ids, recipients, shares
from ledger.procedure.state.case import Case, Item
from ledger.procedure.state.world import World

WITHOUT = frozenset({"refused", "not_sought", "withdrawn"})
NOT_TO, PURPOSE_ONLY, BACK_TO_SENDER = "NOT_TO_SERVICE_USER", "USE_ONLY_FOR_PURPOSE", "NO_ONWARD_WITHOUT_ORIGINATOR"


@rule(
    "RC-01", "Q91 “must advise the recipient that consent has been refused or has not been sought”", on=[DisclosureMade]
)
def recipient_not_told(act: Act, _world: World) -> Concerns:
    without = any(position.state in WITHOUT for position in positions(act).values())
    told = act.event.consent_advice_to_recipient
    if without and on_other_basis(basis(act)) and not (told and (told.advised or told.withheld_reason)):
        yield from (Concern(name) for name in recipient_ids(act) or ("",))


@rule("RC-07", "Q98 “Not to be disclosed to service user”", on=SHARE)
def restriction_broken(act: Act, world: World) -> Concerns:
    if not shares(act):
        return
    purposes = act.decision.purposes if act.decision is not None else act.event.purposes
    for item_id, item in [*items(act, world), *((i, None) for i in item_ids(act) if i not in world.case.items)]:
        for limit, sender in limits(item_id, item, world):
            over = limit.until is not None and late(act.at, until(limit.until))
            if not (over or lifted(limit, item_id, act.at, world.case)):
                yield from _broken_by(limit, sender, item_id, act, purposes)


def _broken_by(
    limit: Restriction | RestrictionImposed, sender: str | None, item_id: str, act: Act, purposes: Iterable[str]
) -> Concerns:
    if limit.code == NOT_TO:
        persons = {r.person for r in recipients(act)} | set(recipient_ids(act))
        yield from (Concern(person, "service_user") for person in limit.persons if person in persons)
    elif limit.code == PURPOSE_ONLY:
        if limit.purposes and not set(purposes) <= set(limit.purposes):
            yield Concern(item_id)
    elif limit.code == BACK_TO_SENDER:
        if any(name != sender for name in recipient_ids(act)):
            yield Concern(item_id)
    elif limit.code is not None:  # for no other eyes, or not onward at all
        yield Concern(item_id)


def lifted(limit: Restriction | RestrictionImposed, item_id: str, at: dt.datetime, case: Case) -> bool:
    """Whether somebody who may, and is named, lifted a restriction from an item by then."""
    for said in case.lifted:
        event: RestrictionLifted = said.event
        named = event.restriction_id is not None and event.restriction_id == getattr(limit, "restriction_id", None)
        freed = item_id in event.items and event.code in (None, limit.code)
        if event.lifted_by and said.at <= at and (named or freed):
            return True
    return False


def limits(
    item_id: str, item: Item | None, world: World
) -> Iterator[tuple[Restriction | RestrictionImposed, str | None]]:
    """The restrictions on an item, each with the agency it came from."""
    source = item.event.source if item is not None else None
    if item is not None:
        yield from ((limit, source.agency if source else None) for limit in item.event.restrictions)
    for said in world.case.receipts:
        receipt: DisclosureReceived = said.event
        names = {receipt.receipt_id, receipt.disclosure_id} - {None}
        if item_id in receipt.items or (source is not None and source.receipt_id in names):
            sender = receipt.provider.agency if receipt.provider else None
            yield from ((limit, sender) for limit in receipt.restrictions)
    for said in world.case.restrictions:
        if item_id in said.event.items:
            yield said.event, said.event.imposed_by


@rule(
    "RQ-01",
    "GR4 “When you are sharing or requesting … be clear of the basis upon which you are doing so”",
    on=[InformationRequested],
)
def request_without_basis(act: Act, _world: World) -> Concerns:
    if not act.event.legal_basis or not act.event.purposes:
        yield Concern(act.event.request_id)
