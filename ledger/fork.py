"""Evidence that a log has forked or was rolled back, as a file that a third party checks without either ledger.

It holds both signed checkpoints as they were given, the card of the log that signed them, the proof of what the larger
begins with, if that is what shows it, and the card and signature of whoever brings it. What is proven rests on the
log's own signatures alone (`proof/evidence.py`); the signature over the file says who says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.errors import ForeignFile, IntegrityError, Malformed, Undecided
from ledger.folder import read_outside
from ledger.ledger import Ledger
from ledger.proof import checkpoint, envelope, values
from ledger.proof.charter import Charter
from ledger.proof.checkpoint import Signed
from ledger.proof.evidence import Beginning, judge
from ledger.proof.report import Verdict
from ledger.proof.tlog_proof import MAX_HASHES
from ledger.rotation import make_card
from ledger.trust import LONGEST_NAME, Card, Trust, read_card

EVIDENCE_TAG = b"ruleseven/evidence/v1\0"
MAX_FILE = 4 << 20
MAX_ITEMS = 256
SHAPE = {"beginning": list, "card": bytes, "kind": str, "notes": list, "witness": bytes}


@dataclass(frozen=True)
class EvidenceReport:
    """The verdict on a file of evidence: `verified` if it proves what `shows` says of the trusted ledger.

    `brought_by` is the name that the bringer's own card claims.
    """

    verdict: Verdict
    shows: str | None
    reason: str
    origin: str
    brought_by: str
    signed: tuple[Signed, ...]


def make_evidence(ledger: Ledger, card: bytes, notes: tuple[bytes, bytes], beginning: Beginning | None = None) -> bytes:
    """The bytes of a file of evidence, signed by this ledger; Undecided where nothing is proven."""
    for which, kept in zip(("first", "second"), notes, strict=True):
        _check_note(which, kept)
    judge(*_signed(read_card(card), notes), beginning)
    body = values.encode(
        {
            "beginning": [] if beginning is None else [beginning.size, beginning.root, [*beginning.hashes]],
            "card": card,
            "kind": "evidence",
            "notes": [*notes],
            "witness": make_card(ledger),
        }
    )
    return envelope.sign_body(body, ledger.id, ledger.signer, EVIDENCE_TAG)


def check_evidence(path: Path, trust: Trust) -> EvidenceReport:
    """What a file of evidence proves against the ledger that is trusted as `trust`.

    Raises `ForeignFile` or `Malformed` for a file of another kind. A signature that fails, or a proof that leads
    nowhere, makes it `failed`; another ledger, or checkpoints that may both be true, `undecided`.
    """
    data = read_outside(path, MAX_FILE, "too large to be evidence of a fork")
    try:
        opened = envelope.open_body(data, MAX_FILE)
        body = values.decode(opened.body, MAX_FILE, MAX_ITEMS)
    except Malformed as error:
        raise Malformed(f"{path.name} is not intact evidence: {error}.") from None
    if not isinstance(body, dict) or {name: type(part) for name, part in body.items()} != SHAPE:
        raise ForeignFile(f"{path.name} is a signed file of another kind, not evidence of a fork.")
    origin = brought_by = ""
    signed: tuple[Signed, ...] = ()
    try:
        if body["kind"] != "evidence" or [type(kept) for kept in body["notes"]] != [bytes, bytes]:
            raise Malformed("it does not hold two checkpoints")
        brought_by = _brought_by(opened, read_card(body["witness"]))
        card = read_card(body["card"])
        origin = card.origin
        _check_trusted(card, trust)
        first, second = signed = _signed(card, (body["notes"][0], body["notes"][1]))
        shows, why = judge(first, second, _beginning(body["beginning"]))
    except Undecided as error:
        return EvidenceReport("undecided", None, str(error), origin, brought_by, signed)
    except (IntegrityError, Malformed, ForeignFile) as error:
        return EvidenceReport("failed", None, str(error), origin, brought_by, signed)
    return EvidenceReport("verified", shows, why, origin, brought_by, signed)


def _brought_by(opened: envelope.Envelope, card: Card) -> str:
    """The name of whoever signed the file, once its signature is checked."""
    live = card.schedule.newest
    if opened.ledger != card.ledger:
        raise IntegrityError("the evidence is signed for another ledger than the card of whoever brings it")
    envelope.check_body(opened, live.public, EVIDENCE_TAG)
    return Charter.from_bytes(card.charter).name[:LONGEST_NAME]


def _check_trusted(card: Card, trust: Trust) -> None:
    publics = [live.public for live in card.schedule.lives]
    if distrust := trust.accepts(card.charter) or trust.knows(publics):
        raise Undecided(distrust)
    if trust.contradicts(card.keys, card.head[0]) is not None:
        raise Undecided(f"the keys in this file are not those known of {trust.name!r}")


def _check_note(which: str, kept: bytes) -> None:
    try:
        checkpoint.read(kept)
    except Malformed as error:
        raise Malformed(f"The {which} file is no checkpoint that can be used: {error}.") from None


def _signed(card: Card, notes: tuple[bytes, bytes]) -> tuple[Signed, Signed]:
    """Both checkpoints, their signatures checked with the keys of the card."""
    first, second = (checkpoint.check(kept, card.origin, card.keys_at(checkpoint.read(kept).size)) for kept in notes)
    return first, second


def _beginning(parts: list[Any]) -> Beginning | None:
    if not parts:
        return None
    if [type(part) for part in parts] != [int, bytes, list] or len(parts[2]) > MAX_HASHES:
        raise Malformed("its proof is not a size, a root and hashes")
    return Beginning(parts[0], parts[1], tuple(parts[2]))
