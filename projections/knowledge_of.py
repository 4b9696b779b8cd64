"""What one agency knew at a time, as far as this ledger can tell: the records that it knew of, for any view.

This ledger's own agency knew a record from its `known_at`, and what a partner sent from `received_at` of the receipt
(R0.6). A partner knew what it is known to have sent, asked for, received and confirmed, or been told, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

from ledger import Ledger, Reading, to_us
from ledger.errors import UnknownId
from projections.fields import pick
from projections.knowledge_matrix import matrix
from projections.knowledge_notes import CONFIRMED, FACT, RECEIVED, SENT, notes, receipt_keys
from projections.projection import Asked
from projections.tables import Row

Read = Callable[[], Iterator[Reading]]
TOLD = {  # acts that tell another agency something, or come from it, and the field that names it
    "RecipientNotifiedOfWithdrawal": "recipient",
    "RecipientAdvisedOfConsentPosition": "recipient",
    "RecipientNotifiedOfCorrection": "recipient",
    "DeletionConfirmed": "holder",
    "DeletionDeclined": "holder",
    "ReconsiderationRequested": "requester",
}


def known_only(asked: Asked, read: Read | None = None) -> Iterator[Reading] | None:
    """Of these readings (all), what the agency that is asked about knew then; None where no agency is asked about.

    Raises `UnknownId` for an agency that this ledger does not name.
    """
    knower = asked.args.get("as_known_by")
    if knower is None:
        return None
    read = read or (lambda: asked.ledger.readings(until=asked.until))
    if knower == asked.ledger.agency_id:
        return _own(to_us(asked.now), read())
    return _partner(asked.ledger, knower, to_us(asked.now), read)


def check_agency(ledger: Ledger, agency: str, named: Container[str] = ()) -> None:
    """That an agency is this one, a partner, or one of those named; else `UnknownId`."""
    if agency != ledger.agency_id and agency not in named and agency not in ledger.agency().partners:
        raise UnknownId(f"This ledger names no agency {agency}; what {agency} knew is in its own ledger.")


def _own(limit: int, readings: Iterator[Reading]) -> Iterator[Reading]:
    receipts: dict[Any, int] = {}
    for reading in readings:
        known = reading.known_us
        for note in notes(reading):
            if note["says"] == RECEIVED:
                known = int(note["at_us"])
                receipts.update((key, known) for key in receipt_keys(note))
            elif note["says"] == FACT and note["receipt"]:
                known = receipts.get((note["file"], note["receipt"]), known)
        if known <= limit:
            yield reading


def _partner(ledger: Ledger, agency: str, limit: int, read: Read) -> Iterator[Reading]:
    told: list[Row] = []
    positions: set[int] = set()
    for reading in read():
        told += notes(reading)
        if reading.name in TOLD and reading.occurred_us <= limit and _named(reading) == agency:
            positions.add(reading.position)
    facts = matrix([(ledger.agency_id, told)])
    check_agency(ledger, agency, {name for fact in facts for name in fact.cells})
    for fact in facts:
        if fact.known_by(agency, limit):
            positions |= {fact.told[1], fact.cells[agency].position}
    had = {(n["file"], n["ref"]) for n in told if _has(n, CONFIRMED, limit) and n["agency"] == agency}
    positions |= {note["position"] for note in told if note["says"] == SENT and (note["file"], note["ref"]) in had}
    return (reading for reading in read() if reading.position in positions)


def _has(note: Row, says: str, limit: int) -> bool:
    return bool(note["says"] == says and note["at_us"] <= limit)


def _named(reading: Reading) -> str | None:
    named = pick(reading, reading.name, TOLD[reading.name])[0]
    return named.get("agency") if isinstance(named, dict) else named
