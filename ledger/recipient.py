"""Is a file for whoever it says that it goes to? A card that was taken for another tells the wrong agency.

An agency is known by the id and the name in its charter, and by the name under which its card was trusted here.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from ledger.errors import ForeignFile, UsageError
from ledger.ledger import Ledger
from ledger.trust import Card
from ledger.trusted import TrustFolder


def check_recipient(ledger: Ledger, card: Card, to: str, *, whose: str | None = None) -> None:
    """That a file to `to`, for the ledger of this card, is for one and the same agency.

    `whose`: of a notice whoever it tells, of a receipt whoever disclosed; else `to` may be somebody in that agency, but
    no other agency that is known here. Raises `UsageError`.
    """
    if card.ledger == ledger.id:
        raise UsageError("--for is the card of this ledger itself: name the card of the agency that it goes to.")
    partner = TrustFolder(ledger).of(card.ledger)
    names = _names(card, partner.name if partner else "")
    theirs = f"--for is the card of {card.claims.name[:200]!r}"
    if whose is not None and not {whose.casefold(), to.casefold()} <= names:
        wrong = whose if whose.casefold() not in names else to
        raise UsageError(f"{theirs}, and not of {wrong}: name one agency with --to and --for.")
    if to.casefold() in _others(ledger, card.ledger) - names:
        raise UsageError(f"{theirs}, and --to names {to}: name one agency with both.")


def check_meant(ledger: Ledger, to: str) -> None:
    """That what was received, and says that it goes to `to`, does not name another agency that is known here."""
    ours = {ledger.agency_id.casefold(), ledger.agency_name.casefold()}
    if to.casefold() in _others(ledger, ledger.id) - ours:
        raise ForeignFile(
            f"This says that it is for {to}, and came to {ledger.agency_name}: tell whoever sent it. Nothing was "
            "recorded."
        )


def _others(ledger: Ledger, besides: bytes) -> AbstractSet[str]:
    """What the other agencies are called that are trusted or registered here, and this one."""
    partners = [one for one in TrustFolder(ledger).all() if one.card.ledger != besides]
    known = set().union(*(_names(one.card, one.name) for one in partners))
    return known | {ledger.agency_id.casefold(), ledger.agency_name.casefold()}


def _names(card: Card, trusted_as: str) -> set[str]:
    claims = card.claims
    return {name.casefold() for name in (claims.agency_id, claims.name, trusted_as) if name}
