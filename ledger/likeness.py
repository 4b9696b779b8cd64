"""What a file seems to be that was given in the place of another, and what is done with such a file.

A guess by how it begins, for a sentence to whoever took the wrong one: nothing is checked here, and nothing believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from ledger.errors import ForeignFile, RuleSevenError, StorageError
from ledger.folder import read_outside
from ledger.proof import parcel, tlog_proof, values
from ledger.proof.envelope import is_signed
from ledger.proof.record import RECORD_SIZE

LARGEST_JSON = 1 << 20
LEDGER_AT, LEDGER_END = len(parcel.TAG), len(parcel.TAG) + 16
IN_CLEAR = "It is for reading and proves nothing: give the signed file itself."
SIGNED = {  # by the kind in the body; evidence and a verdict hold a card, so that one is the last
    "extract": "it seems to be an extract: 'extract verify' checks it, and 'receive' takes it into a ledger.",
    "evidence": "it seems to be evidence of a fork: 'fork verify' checks it.",
    "verification": "it seems to be a signed verdict on a ledger: 'pack verify' checks it.",
    "card": "it seems to be an agency's card, which says whom to trust: give it with --trust, or to 'trust add'.",
}
DAMAGED = "it seems to be a signed file of RuleSeven that was cut short, or is of a newer version: get it again."
TRUSTED = "it seems to be {}, which says whom to trust: give it with --trust."
UTF_16 = "it is text in UTF-16, as some systems write it. Save it again in UTF-8."
BEGINNINGS = (
    (b"PK\x03\x04", f"it seems to be a Word or Excel document, or another archive. {IN_CLEAR}"),
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
    (b"%PDF-", f"it seems to be a PDF. {IN_CLEAR}"),
    (b"SQLite format 3\0", "it seems to be a database: to verify a ledger, name its folder with -C and use 'verify'."),
    (b"-----BEGIN OPENSSH PRIVATE KEY", "it seems to be a private key: give it to nobody."),
    (tlog_proof.FIRST_LINE.encode(), "it seems to be a proof of one record: 'verify --against' takes it."),
)
HTML = re.compile(rb"\s*<(!doctype\s+html|html)", re.IGNORECASE)
CHECKPOINT = re.compile(rb"ruleseven(-practice)?/[0-9a-f]{32}\n\d+\n")
VKEY = re.compile(rb"ruleseven(-practice)?/[0-9a-f]{32}\+")
JSON = {
    "trust": TRUSTED.format("a trust file"),
    "witness policy": "it seems to be a policy of witnesses: give it with --policy.",
}
CONSISTENCY = "it seems to be a proof that a ledger grew: 'cosign' and 'fork evidence' take it."
UNKNOWN = "it is nothing that RuleSeven writes. Look whether it is the right file, or get it again."


def likeness(data: bytes) -> str:
    """What these bytes seem to be, and what is done with such a file: one or two sentences, to stand after a colon."""
    if not data:
        return "it is empty. Get it again."
    looks: tuple[Callable[[bytes], str | None], ...] = (_parcel, _signed, _beginning, _text, _json)
    return next((said for look in looks if (said := look(data))), UNKNOWN)


def instead(name: str, data: bytes, what: str, error: RuleSevenError) -> RuleSevenError:
    """The error to raise of a file that is no `what`: what it seems to be, where that says more than the one given."""
    said = likeness(data)
    own = said.removeprefix("it seems to be ").removeprefix("an ").removeprefix("a ").startswith(what)
    if own or (said in (UNKNOWN, DAMAGED) and not isinstance(error, ForeignFile)):
        return error
    return ForeignFile(f"{name} is no {what}: {said}")


def no_such(path: Path, what: str, error: RuleSevenError) -> RuleSevenError:
    """Likewise of a file, unless it cannot be read at all."""
    try:
        return instead(path.name, read_outside(path, parcel.MAX_SIZE, "too large"), what, error)
    except (ForeignFile, StorageError):
        return error


def _parcel(data: bytes) -> str | None:
    if not parcel.is_parcel(data):
        return None
    if not data.startswith(parcel.TAG) or len(data) < LEDGER_END:
        return "it seems to be a parcel, cut short or of a newer version: have it sent again."
    ledger = data[LEDGER_AT:LEDGER_END].hex()
    return f"it seems to be a parcel, sealed to the ledger {ledger}: that ledger alone opens it, with 'receive'."


def _signed(data: bytes) -> str | None:
    if not is_signed(data):
        return None
    for kind, said in SIGNED.items():
        if values.encode("kind") + values.encode(kind) in data:
            return said
    return DAMAGED


def _beginning(data: bytes) -> str | None:
    if HTML.match(data):
        return f"it seems to be a web page, as the readable twin of an extract is. {IN_CLEAR}"
    if len(data) == RECORD_SIZE and data[0] == 1:
        return "it seems to be one record, as 'prove --record' writes it: its proof is the other file."
    return next((said for begins, said in BEGINNINGS if data.startswith(begins)), None)


def _text(data: bytes) -> str | None:
    if VKEY.match(data):
        return TRUSTED.format("a public key (vkey)")
    if CHECKPOINT.match(data):
        return "it seems to be a checkpoint of a ledger: 'verify --against' takes it, and 'cosign' signs it too."
    return None


def _json(data: bytes) -> str | None:
    try:
        said = json.loads(data.decode("utf-8")) if len(data) <= LARGEST_JSON else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    if said.keys() >= {"old", "new", "old_root", "new_root", "proof"}:
        return CONSISTENCY
    kind = said.get("ruleseven")
    return JSON.get(kind) if isinstance(kind, str) else None
