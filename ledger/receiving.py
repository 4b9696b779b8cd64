"""What a partner sent: opened, checked against whom this ledger trusts, and recorded once.

A **notice** shows the sender's record of one disclosure to this ledger; it becomes a `DisclosureReceived` that quotes
that record's hash. A **receipt** shows a partner's `DisclosureReceived` of a disclosure of ours; it becomes a
`ReceiptConfirmed`. Any other extract is noted as verified, and that is all. Each comes to one record, however often it
is received: what is recorded already quotes its hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from ledger.arrival import NOTICE, RECEIPT, Arrived, opened
from ledger.errors import UnknownId, UsageError
from ledger.extract_check import ExtractReport
from ledger.ledger import Ledger
from ledger.notices import CONFIRMED, MADE, RECEIVED, Told, lost, persons, received
from ledger.procedure.command import Actor
from ledger.procedure.declare import About
from ledger.procedure.edition import moment
from ledger.reading import Reading, Unopened, from_us
from ledger.recording import Receipt, Recorded
from ledger.trusted import TrustFolder

VERIFIED, REQUESTED = "ExtractVerified", "InformationRequested"
NOTHING = Told()
QUOTES = {NOTICE: (RECEIVED, "sender_event_hash"), RECEIPT: (CONFIRMED, "recipient_event_hash")}


class WhichCase(UsageError):
    """A notice that may belong into any case: whoever receives it has to say which. `likely`: those it may be."""

    def __init__(self, message: str, likely: Sequence[str]) -> None:
        super().__init__(message)
        self.likely = tuple(likely)


class Taken(NamedTuple):
    """What came of a file: what it is, from whom, and its record. `lost`: the rules by which a receipt leaves out what
    was sent. `receipt.repeated` says that it was received before."""

    what: str
    sender: str
    report: ExtractReport
    sha256: str
    receipt: Receipt
    lost: tuple[str, ...] = ()


def receive(
    ledger: Ledger,
    file: Path,
    *,
    about: About | None = None,
    told: Told = NOTHING,
    actor: Actor | None = None,
    recorded_at: str | None = None,
) -> Taken:
    """Take in a file: a parcel or an extract. `about`: the case or scheme that a notice belongs into.

    Raises what `opened` does, `WhichCase` for a notice of which nobody said where it belongs, and what recording does.
    """
    arrived = opened(ledger, file)
    missing: tuple[str, ...] = ()
    before = next(_recorded(ledger, arrived), None)
    if before is not None:
        receipt = Receipt((Recorded(before.position, before.hash, before.kind),), tuple(before.findings), repeated=True)
    else:
        if arrived.record is None:
            command = _verified(arrived)
        elif arrived.what == RECEIPT:
            command, missing = _confirmation(ledger, arrived.record, arrived.partner.name)
        elif about is None:
            raise _which(ledger, arrived)
        else:
            says = received(arrived.record, arrived.records, arrived.partner.name, told)
            command = {"do": RECEIVED, about.type: about.id, "occurred_at": says["received_at"], **says}
        command |= {"mode": "fact", "command_id": _command_id(ledger, arrived), "recorded_at": recorded_at}
        if ledger.practice and recorded_at is None:  # its time stands still between records
            times = [ledger.now(), from_us(arrived.report.made)]
            times += [moment(told.received_at)] if told.received_at else []
            command["recorded_at"] = max(times).isoformat()
        receipt = ledger.record({key: value for key, value in command.items() if value is not None}, actor=actor)
    if arrived.newest is not None:
        TrustFolder(ledger).seen(arrived.partner, arrived.newest)
    return Taken(arrived.what, arrived.partner.name, arrived.report, arrived.sha256, receipt, missing)


def _recorded(ledger: Ledger, arrived: Arrived) -> Iterator[Reading]:
    """What is recorded of it already."""
    name, field = QUOTES.get(arrived.what, (VERIFIED, "sha256"))
    return (r for r in ledger.naming(name, arrived.quoted) if r.data[field] == arrived.quoted)


def _command_id(ledger: Ledger, arrived: Arrived) -> str:
    """An id by which two who receive the same at once come to one record; a refusal before took the one before it."""
    stem = f"{arrived.what}:{arrived.quoted[:40]}"
    return next(name for number in count(1) if not ledger.under(name := f"{stem}:{number}"))


def _which(ledger: Ledger, arrived: Arrived) -> WhichCase:
    """Ids in a notice are the sender's, so a person says where it belongs; here is where it may."""
    sender, named = arrived.partner.name, persons(arrived.records)
    with_them = {r.about: None for name in (RECEIVED, MADE, REQUESTED) for r in ledger.naming(name, sender)}
    likely = [about.id for about in with_them if named & ledger.file(about).case.persons.keys()]
    hint = f" {', '.join(likely)} has to do with {sender} and with one of these ids." if likely else ""
    return WhichCase(
        f"Say into which case or scheme of yours this notice of {sender}'s belongs: --case C.{hint}", likely
    )


def _confirmation(ledger: Ledger, theirs: Reading, sender: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """That a partner recorded what we disclosed to it, and what it left out."""
    disclosure, quoted = theirs.data["disclosure_id"], theirs.data["sender_event_hash"]
    if any(value is None or isinstance(value, Unopened) for value in (disclosure, quoted)):
        raise UsageError(f"This receipt of {sender}'s does not say which record of yours it is for. Ask for another.")
    ours = next((r for r in ledger.naming(MADE, disclosure) if r.hash.hex() == quoted), None)
    if ours is None:
        raise UnknownId(
            f"This receipt of {sender}'s is for a record that is not in this ledger ({quoted[:16]}…). If you put back "
            "a backup, find the newer copy; else tell them."
        )
    event: Any = ours.event
    if sender not in {to.agency for to in event.to}:
        raise UsageError(f"Disclosure {event.disclosure_id} was not made to {sender}, so it has nothing to confirm.")
    command = {
        "do": CONFIRMED,
        ours.about.type: ours.about.id,
        "disclosure_id": event.disclosure_id,
        "recipient": sender,
        "receipt_id": theirs.data["receipt_id"],
        "recipient_event_hash": theirs.hash.hex(),
    }
    return command, tuple(lost(ledger.notice_of(ours.position), theirs))


def _verified(arrived: Arrived) -> dict[str, Any]:
    report = arrived.report
    return {
        "do": VERIFIED,
        "sha256": arrived.sha256,
        "agency": arrived.partner.name,
        "verdict": report.verdict,
        "records": report.records,
        "opened": report.opened,
        "withheld": report.withheld,
        "extract_mode": report.mode,
    }
