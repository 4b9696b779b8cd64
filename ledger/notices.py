"""What a partner's notice says, as its recipient records it; and what a partner's receipt leaves out.

A notice holds the sender's record of one disclosure, and beside it what its recipient may have of the items disclosed,
of their corrections, of what was said about consent, and every restriction they are under (`procedure/telling.py`).
Restrictions and the want of consent are taken over as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.errors import Malformed, UsageError
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.layout import plain
from ledger.procedure.notice import CONSENTED
from ledger.reading import Reading, Unopened

MADE, RECEIVED, CONFIRMED = "DisclosureMade", "DisclosureReceived", "ReceiptConfirmed"
ADVISED = "RecipientAdvisedOfConsentPosition"
RECORDED, CORRECTED = "InformationRecorded", "InformationCorrected"
IMPOSED, LIFTED = "RestrictionImposed", "RestrictionLifted"
LIMIT = ("code", "text", "persons", "purposes", "until")
NO_CONSENT_LOST, RESTRICTION_LOST = "RC-03", "RC-05"


@dataclass(frozen=True)
class Told:
    """What whoever takes a notice in can say of it themselves; None where they leave it to the notice."""

    receipt_id: str | None = None
    details: str | None = None
    provider_person: str | None = None
    without_consent: bool | None = None
    reasons: str | None = None
    received_at: str | None = None
    late_reason: str | None = None
    children: tuple[
        str, ...
    ] = ()  # those of the recipient's file whom the contexts of risk concern; all, if it is empty


def received(made: Reading, records: Sequence[Reading], sender: str, told: Told) -> dict[str, Any]:
    """The payload of the `DisclosureReceived` that a notice comes to; `made` is the sender's record among its records.

    Raises `Malformed` for a notice that keeps back what its recipient must know, `UsageError` where something has to be
    said besides, or would contradict it.
    """
    event: Any = made.full_event()
    shown = plain(event)
    what, (lacking, reasons) = shown.get("what", {}), _consent(records, event)
    if lacking and told.without_consent is False:
        raise UsageError(f"{sender} says that there was no consent: leave --with-consent out.")
    without = told.without_consent if told.without_consent is not None else lacking
    reasons = reasons or told.reasons
    limits = _limits(records)
    kinds = (reading.data["statement_kind"] for reading in records if reading.name == RECORDED)
    return {
        "receipt_id": told.receipt_id or f"R-{made.hash.hex()[:12]}",
        "disclosure_id": event.disclosure_id,
        "details": told.details or _details(records, event),
        "items": what.get("items", []),
        "provider": {"agency": sender} | _person(told.provider_person or shown.get("by", {}).get("staff")),
        "received_at": told.received_at,
        "sender_event_hash": made.hash.hex(),
        "without_consent": without,
        "consent_reasons": reasons if without else None,
        "reasons_unknown": True if without and not reasons else None,
        "restrictions": limits,
        "statement_kinds_as_marked": list(dict.fromkeys(kind for kind in kinds if kind and _is_open(kind))),
        "notice": {
            "without_consent": lacking,
            "restrictions": limits,
            "made_at": shown.get("when"),
            "context_ids": what.get("context_ids", []),
            "relies_on": shown.get("relies_on", []),
        },
        "context_ids": what.get("context_ids", []),
        "children": list(told.children),
        "late_reason": told.late_reason,
    }


def persons(records: Sequence[Reading]) -> set[str]:
    """The persons that a notice names by an id, which is the sender's."""
    named = (reading.data["person"] for reading in records if reading.name == RECORDED)
    return {name for name in named if name and _is_open(name)} | {
        n for one in _limits(records) for n in one.get("persons", ())
    }


def lost(sent: Mapping[str, Any], receipt: Reading) -> list[str]:
    """The rules by which a partner's receipt leaves out what it was told: the want of consent, or a restriction.

    `sent` is what our own record says to it (`Ledger.notice_of`). What a receipt does not show is not held against it.
    """
    data, found = receipt.data, []
    if sent.get("without_consent") and data["without_consent"] is not True and _is_open(data["without_consent"]):
        found.append(NO_CONSENT_LOST)
    kept = data["restrictions"]
    if _is_open(kept):
        held = [(one.get("code"), set(one.get("persons") or ())) for one in kept or ()]
        for one in sent.get("restrictions", ()):
            code, persons = one.get("code"), set(one.get("persons") or ())
            if not any(code == other and persons <= others for other, others in held):
                found.append(RESTRICTION_LOST)
    return list(dict.fromkeys(found))


def _consent(records: Sequence[Reading], made: DisclosureMade) -> tuple[bool | None, str | None]:
    """Whether the sender says that consent was lacking, and why, then or since; None if it says nothing of it."""
    advice = made.consent_advice_to_recipient
    said = [(advice.state, advice.explanation)] if advice is not None and advice.advised else []
    for reading in records:
        if reading.name == ADVISED and reading.data["disclosure_id"] == made.disclosure_id:
            event: Any = reading.full_event()
            said.append((event.state, event.explanation))
    if not said:
        return None, None
    state, _ = said[-1]
    return state not in CONSENTED, next((why for _, why in reversed(said) if why), None)


def _limits(records: Sequence[Reading]) -> list[dict[str, Any]]:
    """Every restriction in a notice, each once: on the disclosure, on an item, placed apart, or by whom it came from.

    One that was lifted is left out only where the lifting names it: what is not sure stays restricted.
    """
    lifted = {reading.data["restriction_id"] for reading in records if reading.name == LIFTED}
    found: list[dict[str, Any]] = []
    for reading in records:
        if not all(_is_open(reading.data.get(name)) for name in ("restrictions", "code")):
            raise Malformed("This notice does not say which restrictions it is under. Ask its sender for another.")
        if reading.name == IMPOSED:
            if reading.data["restriction_id"] is None or reading.data["restriction_id"] not in lifted:
                one = plain(reading.full_event())
                found.append({name: one[name] for name in LIMIT if name in one})
        elif reading.name in (MADE, RECORDED, RECEIVED):
            found += plain(reading.full_event()).get("restrictions", [])
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _details(records: Sequence[Reading], made: DisclosureMade) -> str:
    """What was disclosed, in the sender's own words."""
    said = [made.what.summary if made.what is not None else None]
    for reading in records:
        event: Any = reading.full_event()
        if reading.name == RECORDED and event.content:
            said.append(f"{event.item_id}: {event.content}")
        elif reading.name == CORRECTED and event.correction:
            said.append(f"{event.item_id}, corrected: {event.correction}")
    if not any(said):
        raise UsageError("This notice does not say in words what was disclosed: say it with --details.")
    return " ".join(filter(None, said))


def _is_open(value: object) -> bool:
    return not isinstance(value, Unopened)


def _person(staff: str | None) -> dict[str, str]:
    return {"person": staff} if staff else {}
