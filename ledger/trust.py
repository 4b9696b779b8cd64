"""Whom a verifier trusts: a person's own decision, read from a trust file, an agency's card or a vkey.

- A **card** is what an agency hands out: its charter, its genesis record and its newest head, signed.
- A **trust file** is what a person keeps of it: the name they know the agency by, the charter's SHA-256, the newest
  head they have seen. Names inside a charter are claims; this one is theirs.
- A **vkey** (C2SP signed-note form) names the ledger in its origin and gives the signing key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion, UsageError
from ledger.folder import read_outside
from ledger.proof import envelope, values
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.keys import Signer, key_id, parse_vkey
from ledger.proof.primitives import verify
from ledger.proof.record import (
    HEADER_SIZE,
    NO_PREVIOUS,
    RECORD_SIZE,
    header_from_bytes,
    record_hash,
    signature_of,
    signed_message,
)

CARD_TAG = b"ruleseven/card/v1\0"
CARD_SHAPE = {"charter": bytes, "genesis": bytes, "head": list, "kind": str, "practice": bool}
MAX_FILE = 1 << 20
MAX_CARD_ITEMS = 256
LONGEST_NAME = 200


@dataclass(frozen=True)
class Trust:
    """One agency that somebody has decided to trust.

    Either the whole charter is pinned (by its hash), or, from a vkey, the ledger's id and the signing key.
    """

    name: str
    ledger: bytes | None = None
    charter_sha256: bytes | None = None
    public: bytes | None = None
    head: tuple[int, bytes] | None = None

    def accepts(self, charter: bytes) -> str | None:
        """None if these charter bytes are the trusted agency's; else why not, in a sentence."""
        parsed = Charter.from_bytes(charter)
        parsed = parsed._replace(name=parsed.name[:LONGEST_NAME])  # a stranger's word, shown in a sentence
        if self.charter_sha256 is not None and hashlib.sha256(charter).digest() != self.charter_sha256:
            return f"signed by {parsed.name!r}, whose charter is not the one trusted as {self.name!r}"
        if self.ledger is not None and ledger_id(charter) != self.ledger:
            return f"signed by {parsed.name!r}, which is another ledger than the one trusted as {self.name!r}"
        if self.public is not None and parsed.public != self.public:
            return f"signed by {parsed.name!r} with another key than the one trusted as {self.name!r}"
        return None

    def to_json(self) -> str:
        """The trust file: JSON that a person can read and compare."""
        if self.charter_sha256 is None:
            raise UsageError("A vkey pins no charter: make a trust file from the agency's card.")
        head = None if self.head is None else {"position": self.head[0], "hash": self.head[1].hex()}
        content = {"ruleseven": "trust", "name": self.name, "charter_sha256": self.charter_sha256.hex(), "head": head}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Trust:
        """A trust file, a card or a vkey; `ForeignFile` for anything else."""
        data = read_outside(path, MAX_FILE, "too large to be a trust file, a card or a vkey")
        if data[:1] == b"{":
            return _from_json(data, path)
        if data[:5] == b"rules" and b"+" in data:
            return _from_vkey(data, path)
        try:
            return read_card(data).trust()
        except (ForeignFile, Malformed, IntegrityError, NewerVersion) as error:
            raise type(error)(f"{path.name}: {error}") from None


@dataclass(frozen=True)
class Card:
    """An agency's public card: charter bytes and newest head, whose signature has been checked."""

    charter: bytes
    head: tuple[int, bytes]

    def trust(self, name: str | None = None) -> Trust:
        """The decision to trust this agency under a name of one's own (else the one it claims)."""
        claimed = Charter.from_bytes(self.charter).name
        return Trust(
            name or claimed[:LONGEST_NAME],
            ledger_id(self.charter),
            hashlib.sha256(self.charter).digest(),
            head=self.head,
        )


def write_card(charter: Charter, genesis: bytes, head: tuple[int, bytes], signer: Signer) -> bytes:
    """The bytes of a card. `genesis`: the genesis record's 193 bytes."""
    raw = charter.to_bytes()
    body = values.encode(
        {"charter": raw, "genesis": genesis, "head": [head[0], head[1]], "kind": "card", "practice": charter.practice}
    )
    return envelope.sign_body(body, ledger_id(raw), signer, CARD_TAG)


def read_card(data: bytes) -> Card:
    """A card whose signature is by the charter's own key; whether to trust that charter is the reader's decision."""
    opened = envelope.open_body(data, MAX_FILE)
    body = values.decode(opened.body, max_items=MAX_CARD_ITEMS)
    if not isinstance(body, dict) or body.get("kind") != "card":
        raise ForeignFile("this signed file is not an agency's card")
    if {name: type(part) for name, part in body.items()} != CARD_SHAPE:
        raise Malformed("this card does not have the parts it must have")
    charter = Charter.from_bytes(body["charter"])
    if ledger_id(body["charter"]) != opened.ledger or opened.key_id != key_id(charter.public):
        raise IntegrityError("this card is not signed by the key that its own charter names")
    envelope.check_body(opened, charter.public, CARD_TAG)
    if body["practice"] is not charter.practice:
        raise IntegrityError("this card and its charter disagree whether it is a practice ledger's")
    _check_genesis_record(body["genesis"], charter, opened)
    return Card(body["charter"], _head_of(body))


def _check_genesis_record(record: bytes, charter: Charter, opened: envelope.Envelope) -> None:
    """The card's genesis is the first record of the charter's ledger, signed by the charter's key."""
    if len(record) != RECORD_SIZE:
        raise Malformed(f"this card's genesis is not a record of {RECORD_SIZE} bytes")
    header = header_from_bytes(record)
    first = (opened.ledger, 1, NO_PREVIOUS, opened.key_id)
    message = signed_message(record[:HEADER_SIZE], charter.practice)
    if (header.ledger, header.position, header.previous, header.key_id) != first or not verify(
        charter.public, signature_of(record), message
    ):
        raise IntegrityError("this card's genesis is not the first record of the ledger that its charter opens")


def _head_of(body: Mapping[str, Any]) -> tuple[int, bytes]:
    head = body["head"]
    if [type(part) for part in head] != [int, bytes] or head[0] < 1 or len(head[1]) != 32:
        raise Malformed("this card's head is not a position and a hash")
    if head[0] == 1 and head[1] != record_hash(body["genesis"]):
        raise IntegrityError("this card's head is not its genesis, though it stands at the same position")
    return head[0], head[1]


def _from_json(data: bytes, path: Path) -> Trust:
    """Every part exactly of its type: what is not understood here must not be passed over."""
    try:
        content = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Malformed(
            f"{path.name} is not an intact trust file: it is not JSON as a trust file is written."
        ) from None
    if content.get("ruleseven") != "trust":
        raise ForeignFile(f"{path.name} is not a trust file of RuleSeven.")
    try:
        if content.keys() - {"ruleseven", "name", "charter_sha256", "head"}:
            raise Malformed("it has a key that this program does not know")
        head = content.get("head")
        return Trust(
            name=_name(content.get("name")),
            charter_sha256=_hash(content.get("charter_sha256"), "charter_sha256"),
            head=None if head is None else _json_head(head),
        )
    except Malformed as error:
        raise Malformed(f"{path.name} is not an intact trust file: {error}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _name(name: object) -> str:
    if type(name) is not str or not name.strip() or len(name) > LONGEST_NAME:
        raise Malformed(f"its name is a text of 1 to {LONGEST_NAME} characters")
    values.check_text(name)
    return name


def _json_head(head: object) -> tuple[int, bytes]:
    if type(head) is not dict or head.keys() != {"position", "hash"}:
        raise Malformed("its head is a position and a hash")
    position = head["position"]
    if type(position) is not int or not 1 <= position < values.INT_LIMIT:
        raise Malformed("its head's position is a whole number from 1 on")
    return position, _hash(head["hash"], "head's hash")


def _from_vkey(data: bytes, path: Path) -> Trust:
    try:
        origin, _, public = parse_vkey(data.decode("ascii").strip())
        prefix, _, ledger = origin.partition("/")
        if prefix not in ("ruleseven", "ruleseven-practice") or not re.fullmatch("[0-9a-f]{32}", ledger):
            raise Malformed("its name is not ruleseven/ and a ledger id")
        return Trust(origin, ledger=bytes.fromhex(ledger), public=public)
    except UnicodeDecodeError:
        raise Malformed(f"{path.name} is not an intact vkey: it holds more than ASCII.") from None
    except (ValueError, Malformed) as error:
        raise Malformed(f"{path.name} is not an intact vkey: {str(error)[:200]}.") from None


def _hash(text: object, what: str) -> bytes:
    if type(text) is not str or not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise Malformed(f"its {what} is 64 hex digits")
    return bytes.fromhex(text)
