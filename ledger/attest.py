"""The verdict of a verification as a signed file: what an agency's own verification found, for a third party to keep.

    body = {"card": bytes, "checkpoint": bytes, "kind": "verification", "verdict": bytes (JSON)}

It does not take the place of verifying: it says what was found, of which records. The head hash and the root of the
tree, under a checkpoint that both keys signed, say which those were, so that whoever holds the ledger later can tell
whether it is still the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.checkpoints import sign_checkpoint
from ledger.errors import Conflict, ForeignFile, IntegrityError, Malformed, Undecided
from ledger.folder import read_outside
from ledger.ledger import Ledger
from ledger.proof import checkpoint, envelope, values
from ledger.proof.checkpoint import Signed
from ledger.proof.report import Verdict
from ledger.rotation import make_card
from ledger.trust import Card, Trust, read_card

ATTEST_TAG = b"ruleseven/verification/v1\0"
KIND = "verification"
MAX_FILE = 4 << 20
MAX_ITEMS = 256
SHAPE = {"card": bytes, "checkpoint": bytes, "kind": str, "verdict": bytes}


@dataclass(frozen=True)
class Attested:
    """What a signed verdict is worth: `verified` if the trusted agency signed it of just these records.

    `said` is the verdict itself, which may be one of failure; it is empty where the file does not hold.
    """

    verdict: Verdict
    reason: str
    origin: str
    signed: Signed | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


def make_attestation(ledger: Ledger, said: Mapping[str, Any]) -> bytes:
    """The bytes of a signed verdict; `said` is what verification reported, with `records` and `head`.

    `Conflict` where records were added since; `Locked` without the keys.
    """
    made = sign_checkpoint(ledger)
    card = make_card(ledger)
    head = read_card(card).head
    if (made.size, *head) != (said["records"], said["records"], bytes.fromhex(said["head"])):
        raise Conflict("Records were added while the ledger was verified: verify it again.")
    verdict = json.dumps(said, sort_keys=True).encode()
    body = values.encode({"card": card, "checkpoint": made.data, "kind": KIND, "verdict": verdict})
    return envelope.sign_body(body, ledger.id, ledger.signer, ATTEST_TAG)


def check_attestation(path: Path, trust: Trust) -> Attested:
    """What a signed verdict is worth to whoever trusts the agency as `trust`; no ledger is needed.

    Raises `ForeignFile` or `Malformed` for a file of another kind. A signature that fails, or a verdict on other
    records than the checkpoint's, makes it `failed`; another agency's, `undecided`.
    """
    data = read_outside(path, MAX_FILE, "too large to be a signed verdict")
    try:
        opened = envelope.open_body(data, MAX_FILE)
        body = values.decode(opened.body, MAX_FILE, MAX_ITEMS)
    except Malformed as error:
        raise Malformed(f"{path.name} is not an intact verdict: {error}.") from None
    if not isinstance(body, dict) or {name: type(part) for name, part in body.items()} != SHAPE or body["kind"] != KIND:
        raise ForeignFile(f"{path.name} is a signed file of another kind, not the verdict of a verification.")
    origin = ""
    try:
        card = read_card(body["card"])
        origin = card.origin
        _check_trusted(card, trust)
        if opened.ledger != card.ledger:
            raise IntegrityError("it is signed for another ledger than its card's")
        envelope.check_body(opened, card.schedule.newest.public, ATTEST_TAG)
        size = checkpoint.read(body["checkpoint"]).size
        signed = checkpoint.check(body["checkpoint"], card.origin, card.keys_at(size))
        said = _said(body["verdict"])
        if (said["records"], said["records"], said["head"]) != (size, card.head[0], card.head[1].hex()):
            raise IntegrityError("its verdict is on other records than its checkpoint")
    except Undecided as error:
        return Attested("undecided", str(error), origin)
    except (IntegrityError, Malformed, ForeignFile) as error:
        return Attested("failed", str(error), origin)
    return Attested("verified", "", origin, signed, said)


def _check_trusted(card: Card, trust: Trust) -> None:
    publics = [live.public for live in card.schedule.lives]
    if distrust := trust.accepts(card.charter) or trust.knows(publics):
        raise Undecided(distrust)
    if trust.contradicts(card.keys, card.head[0]) is not None:
        raise Undecided(f"the keys in this file are not those known of {trust.name!r}")


def _said(data: bytes) -> dict[str, Any]:
    """The verdict as it was reported, with the parts that it must have."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed("its verdict is not JSON") from None
    shape = {"verdict": str, "records": int, "head": str}
    if not isinstance(said, dict) or {name: type(said.get(name)) for name in shape} != shape:
        raise Malformed("its verdict does not say what was found of which records")
    return said
