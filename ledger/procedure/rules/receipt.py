"""What a recipient records of a disclosure, held against what its sender recorded: RC-02 to RC-06 and RC-08."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.procedure.clock import end_of_working_day_after, in_london, late
from ledger.procedure.entry import Owed
from ledger.procedure.events.disclosure import (
    DisclosureMade,
    DisclosureMisdirected,
    DisclosureReceived,
    ReceiptConfirmed,
)
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import name_of
from ledger.procedure.state.world import World

RECORDED = "RC-06"
BY_RECIPIENT = "recipient"  # the weight of a receipt that a partner owes and sends late
COURT, FILED = "court_or_cafcass", "court_filing"


def receipt(act: Act) -> str:
    """What a receipt goes by."""
    return act.event.receipt_id or act.event.disclosure_id or ""


@rule("RC-02", "Q95 “the details of the information received”, Q96 “who provided it”", on=[DisclosureReceived])
def receipt_incomplete(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    provider = said.provider
    named = provider is not None and bool(provider.agency or provider.person or (provider.unknown and provider.why))
    missing = [name for name, given in {"details": bool(said.details), "provider": named}.items() if not given]
    if missing:
        yield Concern(receipt(act), details={"missing": " and ".join(missing)})


@rule("RC-03", "Q97 “that it was provided without consent”", on=[DisclosureReceived])
def no_consent_dropped(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    if said.notice is not None and said.notice.without_consent and said.without_consent is not True:
        yield Concern(receipt(act))


@rule("RC-04", "Q97 “and the reasons given (if known)”", on=[DisclosureReceived])
def reasons_not_recorded(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    if said.without_consent and not (said.consent_reasons or said.reasons_unknown):
        yield Concern(receipt(act))


@rule("RC-05", "Q98 “any restrictions placed on the information”", on=[DisclosureReceived])
def restriction_dropped(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    kept = [(r.code, set(r.persons)) for r in said.restrictions]
    for sent in said.notice.restrictions if said.notice is not None else ():
        if not any(code == sent.code and persons >= set(sent.persons) for code, persons in kept):
            yield Concern(sent.code or "")


@rule(RECORDED, "Q95 “the recipient … should record”", on=[DisclosureReceived])
def recorded_late(act: Act, world: World) -> Concerns:
    """Late from when the sender disclosed it; where that is not known here, from when it was received."""
    notice = act.event.notice
    made = notice.made_at if notice is not None and notice.made_at is not None else act.at
    limit = act.context.param("receipt_working_days", 2)
    due = end_of_working_day_after(made, limit, act.context.codes("bank_holidays"))
    if late(world.now, due) and world.agency.kind != COURT:
        yield Concern(receipt(act), details={"limit": limit, "due": in_london(due)})


@owes(RECORDED, on=[DisclosureMade])
def receipts_to_come(act: Act, world: World) -> Iterator[Owed]:
    """Each agency that was sent something is to record it; a court keeps its own records."""
    said: DisclosureMade = act.event
    if said.how is not None and said.how.method == FILED:
        return
    limit = act.context.param("receipt_working_days", 2)
    due = end_of_working_day_after(said.when or act.at, limit, act.context.codes("bank_holidays"))
    for agency in dict.fromkeys(recipient.agency for recipient in said.to):
        partner = world.agency.partners.get(agency or "")
        if agency not in (None, world.agency.id) and not (partner and partner.kind == COURT):
            yield Owed(RECORDED, (said.disclosure_id, agency), due, by=agency, case=BY_RECIPIENT)


@ends(RECORDED, "Q95 “the recipient … should record”", on=[ReceiptConfirmed])
def receipt_confirmed(act: Act, world: World) -> Iterator[Owed]:
    """The recipient says that it has recorded it."""
    said: ReceiptConfirmed = act.event
    yield from (o for o in _of(said.disclosure_id, world) if said.recipient in (None, o.by))


@ends(RECORDED, "Q95 “the recipient … should record”", on=[DisclosureMisdirected], weigh=None)
def never_meant_for_them(act: Act, world: World) -> Iterator[Owed]:
    """It was never meant for that recipient."""
    by = {name_of(recipient) for recipient in act.event.to}
    yield from (o for o in _of(act.event.disclosure_id, world) if not by or o.by in by)


def _of(disclosure_id: str, world: World) -> list[Owed]:
    """The receipts that are still to come for one disclosure."""
    return [owed for owed in world.owed(RECORDED) if owed.about[0] == disclosure_id]


@rule("RC-08", "Q96 “who provided it”", on=[DisclosureReceived])
def sender_not_known(act: Act, _world: World) -> Concerns:
    said: DisclosureReceived = act.event
    sender = said.provider.agency if said.provider is not None else None
    if sender and said.sender_event_hash is None and said.notice is None:
        yield Concern(receipt(act))
