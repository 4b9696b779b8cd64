"""Whom a verifier trusts: a person's own decision, read from a trust file, an agency's card or a vkey.

- A **card** is what an agency hands out: its charter, its genesis record and its newest head, signed.
- A **trust file** is what a person keeps of it: the name they know the agency by, the charter's SHA-256, the newest
  head they have seen. Names inside a charter are claims; this one is theirs.
- A **vkey** (C2SP signed-note form) names the ledger in its origin and gives the signing key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import ForeignFile, IntegrityError, Malformed, StorageError, UsageError
from ledger.proof import envelope, values
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.keys import Signer, key_id, parse_vkey

CARD_TAG = b"ruleseven/card/v1\0"
MAX_FILE = 1 << 20


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
        data = _read(path)
        if data[:1] == b"{":
            return _from_json(data, path)
        if data[:5] == b"rules" and b"+" in data:
            return _from_vkey(data, path)
        return read_card(data).trust()


@dataclass(frozen=True)
class Card:
    """An agency's public card: charter bytes and newest head, whose signature has been checked."""

    charter: bytes
    head: tuple[int, bytes]

    def trust(self, name: str | None = None) -> Trust:
        """The decision to trust this agency under a name of one's own (else the one it claims)."""
        claimed = Charter.from_bytes(self.charter).name
        return Trust(name or claimed, ledger_id(self.charter), hashlib.sha256(self.charter).digest(), head=self.head)


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
    body = values.decode(opened.body)
    if not isinstance(body, dict) or body.get("kind") != "card":
        raise ForeignFile("this signed file is not an agency's card")
    charter, head = body.get("charter"), body.get("head")
    if type(charter) is not bytes or type(head) is not list or [type(part) for part in head] != [int, bytes]:
        raise Malformed("this card does not have the parts it must have")
    public = Charter.from_bytes(charter).public
    if ledger_id(charter) != opened.ledger or opened.key_id != key_id(public):
        raise IntegrityError("this card is not signed by the key that its own charter names")
    envelope.check_body(opened, public, CARD_TAG)
    return Card(charter, (head[0], head[1]))


def _from_json(data: bytes, path: Path) -> Trust:
    try:
        content = json.loads(data)
        head = content.get("head")
        if content.get("ruleseven") != "trust":
            raise ForeignFile(f"{path.name} is not a trust file of RuleSeven.")
        return Trust(
            name=str(content["name"]),
            charter_sha256=_hash(content["charter_sha256"]),
            head=None if head is None else (int(head["position"]), _hash(head["hash"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Malformed(f"{path.name} is not an intact trust file: it names a charter_sha256 and a head.") from None


def _from_vkey(data: bytes, path: Path) -> Trust:
    try:
        origin, _, public = parse_vkey(data.decode("ascii").strip())
        prefix, _, ledger = origin.partition("/")
        if prefix not in ("ruleseven", "ruleseven-practice") or len(ledger) != 32:
            raise Malformed("its name is not ruleseven/ and a ledger id")
        return Trust(origin, ledger=bytes.fromhex(ledger), public=public)
    except (ValueError, Malformed) as error:
        raise Malformed(f"{path.name} is not an intact vkey: {error}.") from None


def _hash(text: object) -> bytes:
    raw = bytes.fromhex(str(text))
    if len(raw) != 32:
        raise ValueError
    return raw


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise ForeignFile(f"{path} does not exist.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_FILE:
        raise ForeignFile(f"{path.name} is too large to be a trust file, a card or a vkey.")
    return data
