"""Parcels: a file for one ledger, sealed on its way to the key on that ledger's card.

The private key is a seed in the vault, so it is wrapped, backed up and put under a fresh key with all others; founding
makes it, and for a vault that is older the first card. Bytes: `proof/parcel.py`.
"""

from __future__ import annotations

import os

from ledger.errors import ForeignFile, Locked, UsageError
from ledger.founding import PARCEL_SEED
from ledger.ledger import Ledger
from ledger.proof import parcel
from ledger.proof.primitives import KEY_SIZE, hpke_public
from ledger.trust import Card

MAX_PARCEL = parcel.MAX_SIZE


def parcel_key(ledger: Ledger) -> bytes:
    """The public key to which parcels for this ledger are sealed; `Locked` without the vault."""
    return hpke_public(_seed(ledger))


def new_parcel_key(ledger: Ledger) -> None:
    """Have parcels sealed to a new key from the next card on; none that is sealed to the old one opens any more."""
    ledger.keyring.using(lambda vault: vault.store_note(PARCEL_SEED, os.urandom(KEY_SIZE)))


def seal_parcel(content: bytes, card: Card) -> bytes:
    """A parcel for the agency of a card. `UsageError` where the card gives no key, or the content is too large."""
    if not card.hpke:
        raise UsageError("This card gives no key for parcels: ask the agency for a new one (key card).")
    return parcel.seal(content, card.ledger, card.hpke)


def open_parcel(ledger: Ledger, data: bytes) -> bytes:
    """What is in a parcel for this ledger.

    Raises `ForeignFile` for another ledger's parcel, `Locked` without the vault or the key it is sealed to,
    `NewerVersion`, and `IntegrityError` for one that was changed or cut short. What it holds is as yet unchecked.
    """
    addressed = parcel.address(data)
    if addressed.ledger != ledger.id:
        raise ForeignFile(
            f"This parcel is for another ledger ({addressed.ledger.hex()}), and this one is {ledger.id.hex()}: nobody "
            "else can open it. Send it on, or back."
        )
    seed = _seed(ledger)
    if addressed.key != parcel.key_mark(hpke_public(seed)):
        raise Locked(
            "This parcel is sealed to another key than the one in vault.db, or was changed on its way. Give its sender "
            "your newest card (key card --out FILE), and have it sealed again."
        )
    return parcel.open_parcel(addressed, seed)


def _seed(ledger: Ledger) -> bytes:
    return ledger.keyring.using(lambda vault: vault.secret_or_new(PARCEL_SEED, os.urandom(KEY_SIZE)))
