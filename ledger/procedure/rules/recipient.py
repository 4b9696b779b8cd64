"""What the recipient is told, records and may do: RC-01 to RC-05 and RC-07. What a requester says: RQ-01."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.procedure.clock import late, until
from ledger.procedure.events.case import InformationRequested
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived, Restriction, RestrictionImposed
from ledger.procedure.positions import on_other_basis
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import SHARE, basis, item_ids, items, positions, recipient_ids, recipients, shares
from ledger.procedure.state.case import Item
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


@rule("RC-02", "Q95 “the details of the information received”, Q96 “who provided it”", on=[DisclosureReceived])
def receipt_incomplete(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    provider = said.provider
    named = provider is not None and bool(provider.agency or provider.person or (provider.unknown and provider.why))
    missing = [name for name, given in {"details": bool(said.details), "provider": named}.items() if not given]
    if missing:
        yield Concern(said.receipt_id or said.disclosure_id or "", details={"missing": " and ".join(missing)})


@rule("RC-03", "Q97 “that it was provided without consent”", on=[DisclosureReceived])
def no_consent_dropped(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    if said.notice is not None and said.notice.without_consent and said.without_consent is not True:
        yield Concern(said.receipt_id or said.disclosure_id or "")


@rule("RC-04", "Q97 “and the reasons given (if known)”", on=[DisclosureReceived])
def reasons_not_recorded(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    if said.without_consent and not (said.consent_reasons or said.reasons_unknown):
        yield Concern(said.receipt_id or said.disclosure_id or "")


@rule("RC-05", "Q98 “any restrictions placed on the information”", on=[DisclosureReceived])
def restriction_dropped(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    kept = [(r.code, set(r.persons)) for r in said.restrictions]
    for sent in said.notice.restrictions if said.notice is not None else ():
        if not any(code == sent.code and persons >= set(sent.persons) for code, persons in kept):
            yield Concern(sent.code or "")


@rule("RC-07", "Q98 “Not to be disclosed to service user”", on=SHARE)
def restriction_broken(act: Act, world: World) -> Concerns:
    if not shares(act):
        return
    purposes = act.decision.purposes if act.decision is not None else act.event.purposes
    for item_id, item in [*items(act, world), *((i, None) for i in item_ids(act) if i not in world.case.items)]:
        for limit, sender in limits(item_id, item, world):
            if limit.until is None or not late(act.at, until(limit.until)):
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
