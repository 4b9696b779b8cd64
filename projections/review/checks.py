"""What the ledgers of two agencies say of one disclosure, held against each other (R0.9).

1. Sent, not received: a receipt that is owed, and that neither the recipient's records nor the sender's tell of.
2. Received, not sent: a receipt that quotes a record that its sender's sources do not hold.
3. A restriction that the sender placed, and that the receipt leaves out.
4. That there was no consent, which the sender told the recipient, and the receipt leaves out.
5. Two sources of one ledger that hold different records at one position.

Each is told by what both records say, not by what either ledger found at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger import OpenSource, Reading, london
from projections.registers import in_file
from projections.review.told import Told, disagreements, place, shown, value_of
from projections.shown import when
from projections.tables import Row

SENT_NOT_RECEIVED, RECEIVED_NOT_SENT = "sent_not_received", "received_not_sent"
RESTRICTION_DROPPED, NO_CONSENT_DROPPED = "restriction_dropped", "no_consent_dropped"
SOURCES_DISAGREE = "sources_disagree"
CHECKS = (SENT_NOT_RECEIVED, RECEIVED_NOT_SENT, RESTRICTION_DROPPED, NO_CONSENT_DROPPED, SOURCES_DISAGREE)
SENDING = ("DisclosureMade", "DisclosureMisdirected")
RECEIPT = "RC-06"  # what a disclosure makes its recipient owe
CONSENTED = (None, "given", "not_applicable")


def cross_checks(told: Sequence[Told], opened: Sequence[OpenSource]) -> list[Row]:
    """Every mismatch, in the order of `CHECKS`, then of the sender's records."""
    found = [*_Checks(told).rows(), *_disagreeing(opened)]
    return sorted(found, key=lambda row: (CHECKS.index(row["check"]), row["from"] or "", row["disclosure"] or ""))


class _Checks:
    def __init__(self, told: Sequence[Told]) -> None:
        self._told = {one.agency: one for one in told}
        self._by_hash = {reading.hash.hex(): (one, reading) for one in told for reading in one.readings}
        every = [(one, reading) for one in told for reading in one.readings]
        self._sent = [(one, r) for one, r in every if r.name == "DisclosureMade"]
        self._by_id = {(one.agency, value_of(r, "disclosure_id")): (one, r) for one, r in reversed(self._sent)}
        self._decided = {
            (one.agency, value_of(r, "decision_id")): r for one, r in reversed(every) if r.name == "DecisionMade"
        }
        self._confirmed = {  # by whom the sender's ledger says that a disclosure was received
            (one.agency, value_of(r, "disclosure_id"), value_of(r, "recipient"))
            for one, r in every
            if r.name == "ReceiptConfirmed"
        }
        self._advised = {  # of which disclosures the recipient was told since where consent stood
            (one.agency, value_of(r, "disclosure_id"))
            for one, r in every
            if r.name == "RecipientAdvisedOfConsentPosition"
        }
        self._pairs = [(one, r, self._disclosure(r)) for one, r in every if r.name == "DisclosureReceived"]
        self._arrived = {(one.agency, pair[1].hash) for one, _, pair in self._pairs if pair}

    def rows(self) -> Iterator[Row]:
        for sender, sent in self._sent:
            yield from self._not_received(sender, sent)
        for recipient, receipt, pair in self._pairs:
            if pair is None:
                yield from self._not_sent(recipient, receipt)
            else:
                yield from self._dropped(recipient, receipt, *pair)

    def _disclosure(self, receipt: Reading) -> tuple[Told, Reading] | None:
        """What a receipt is of: the record it quotes, or where it quotes none the one of its sender and id."""
        agency, ref = _provider(receipt), value_of(receipt, "disclosure_id")
        if quoted := value_of(receipt, "sender_event_hash"):
            found = self._by_hash.get(quoted)
            return found if found and found[1].name in SENDING and agency in (None, found[0].agency) else None
        return self._by_id.get((agency or "", ref)) if ref else None

    def _not_received(self, sender: Told, sent: Reading) -> Iterator[Row]:
        ref = value_of(sent, "disclosure_id")
        for owed in sent.owed:
            recipient, confirmed = self._told.get(owed.by), (sender.agency, ref, owed.by) in self._confirmed
            if owed.duty != RECEIPT or (owed.by, sent.hash) in self._arrived:
                continue
            if confirmed and not (recipient and recipient.whole):
                continue
            here = (
                f"{owed.by}'s ledger is not part of this review"
                if recipient is None
                else f"{owed.by}'s {'ledger holds' if recipient.whole else 'extract shows'} no receipt of it"
            )
            yield _row(
                SENT_NOT_RECEIVED,
                f"{sender.agency} disclosed {ref} to {owed.by}; {here}, and it was due by {_day(owed.due)}.",
                ref,
                (sender, sent),
                to=owed.by,
                due=london(owed.due),
            )

    def _not_sent(self, recipient: Told, receipt: Reading) -> Iterator[Row]:
        agency, ref = _provider(receipt), value_of(receipt, "disclosure_id")
        if (sender := self._told.get(agency or "")) is None:
            return  # nothing of the sender's is at hand to hold it against
        quoted = value_of(receipt, "sender_event_hash")
        lacks = "holds no such record" if sender.whole else "shows no such record, as far as its extracts go"
        what = f"the record {quoted[:16]}…" if quoted else f"the disclosure {ref or 'without an id'}"
        words = f"{recipient.agency} received {ref or 'something'} from {agency} by {what}; {agency} {lacks}."
        yield _row(RECEIVED_NOT_SENT, words, ref, None, (recipient, receipt), sender=agency)

    def _dropped(self, recipient: Told, receipt: Reading, sender: Told, sent: Reading) -> Iterator[Row]:
        ref, kept = value_of(sent, "disclosure_id"), value_of(receipt, "restrictions") or []
        says = not isinstance(receipt.data.get("restrictions"), str)  # an extract may withhold them
        for placed in value_of(sent, "restrictions") or []:
            if says and not _carried(placed, kept):
                said = f"{sender.agency} placed {placed.get('code')} on {ref}"
                words = f"{said}; {recipient.agency}'s receipt leaves it out."
                yield _row(RESTRICTION_DROPPED, words, ref, (sender, sent), (recipient, receipt)) | {
                    "restriction": placed.get("code")
                }
        if self._told_no_consent(sender, sent, receipt) and value_of(receipt, "without_consent") is not True:
            words = (
                f"{sender.agency} told {recipient.agency} that there was no consent to {ref}; "
                f"{recipient.agency}'s receipt does not say so."
            )
            yield _row(NO_CONSENT_DROPPED, words, ref, (sender, sent), (recipient, receipt))

    def _told_no_consent(self, sender: Told, sent: Reading, receipt: Reading) -> bool:
        """Whether the sender told the recipient that somebody's consent was lacking."""
        if (value_of(receipt, "notice") or {}).get("without_consent"):
            return True
        ref, advice = value_of(sent, "disclosure_id"), value_of(sent, "consent_advice_to_recipient") or {}
        told = advice.get("advised") is True or (sender.agency, ref) in self._advised
        return told and (advice.get("state") not in CONSENTED or self._lacking(sender, sent))

    def _lacking(self, sender: Told, sent: Reading) -> bool:
        decision = self._decided.get((sender.agency, value_of(sent, "decision_id") or ""))
        positions: Mapping[str, Any] = (value_of(decision, "data_subjects") if decision else None) or {}
        return any((position or {}).get("state") not in CONSENTED for position in positions.values())


def _carried(placed: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a receipt carries on a restriction, for all persons that its sender named."""
    persons = set(placed.get("persons") or ())
    return any(one.get("code") == placed.get("code") and persons <= set(one.get("persons") or ()) for one in kept)


def _provider(receipt: Reading) -> str | None:
    agency: str | None = (value_of(receipt, "provider") or {}).get("agency")
    return agency


def _disagreeing(opened: Sequence[OpenSource]) -> Iterator[Row]:
    for one, other, positions in disagreements(opened):
        numbers = f"by records {one.source.number} and {other.source.number} of the review"
        words = f"Two sources of {one.source.agency} hold different records at position {positions[0]}: {numbers}."
        yield _row(SOURCES_DISAGREE, words, None, None) | {"from": one.source.agency, "positions": positions}


def _row(
    check: str,
    words: str,
    ref: str | None,
    sent: tuple[Told, Reading] | None,
    received: tuple[Told, Reading] | None = None,
    *,
    sender: str | None = None,
    to: str | None = None,
    due: str | None = None,
) -> Row:
    either = sent or received
    about = shown(either[1]).about if either else None
    return {
        "check": check,
        "words": words,
        "disclosure": ref,
        "from": sent[0].agency if sent else sender,
        "to": received[0].agency if received else to,
        **(in_file(f"{about.type}:{about.id}") if about else {}),
        "sent_at": when(shown(sent[1]).occurred_us) if sent else None,
        "received_at": value_of(received[1], "received_at") if received else None,
        "due": due,
        "sent": place(*sent) if sent else None,
        "received": place(*received) if received else None,
    }


def _day(time: Any) -> str:
    return london(time)[:10]
