"""Whom a verifier trusts: a person's own decision, read from a trust file, an agency's card or a vkey.

- A **card** is what an agency hands out: its charter, its genesis record, its key records, its newest head and the key
  to seal parcels to, signed.
- A **trust file** is what a person keeps of it: the name they know the agency by, the charter's SHA-256, the newest
  head they have seen and the changes of keys up to there. Names inside a charter are claims; this one is theirs.
- A **vkey** (C2SP signed-note form) names the ledger in its origin and gives a key that signs there, now or before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ledger.entries import Bad, Entry, EntryChecker
from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion, UsageError
from ledger.folder import read_outside
from ledger.likeness import instead, likeness
from ledger.proof import envelope, values
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.checkpoint import Keys, origin
from ledger.proof.keys import KeyChange, KeySchedule, Signer, key_id, parse_vkey
from ledger.proof.primitives import HPKE_PUBLIC_SIZE, verify
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
CARD_SHAPE = {
    "charter": bytes,
    "genesis": bytes,
    "head": list,
    "hpke": bytes,
    "keys": list,
    "kind": str,
    "mldsa": bytes,
    "practice": bool,
}
MAX_FILE = 1 << 20
MAX_CARD_ITEMS = 4096  # one key record takes some 20
LONGEST_NAME = 200
SPACE = "\ufeff \t\r\n"  # around a text, with the mark that some editors put before it


class KnownChange(NamedTuple):
    """A change of keys that somebody knows of: where it stands, the id of the new key, what a recovery distrusts."""

    position: int
    key_id: bytes
    distrust_from: int | None

    @classmethod
    def of(cls, change: KeyChange) -> KnownChange:
        return cls(change.position, key_id(change.public), change.distrust_from)


@dataclass(frozen=True)
class Trust:
    """One agency that somebody has decided to trust.

    Either the whole charter is pinned (by its hash), or, from a vkey, the ledger's id, whether it is for practice, and
    a signing key. `keys`: the changes of keys up to the head; None where that is not known.
    """

    name: str
    ledger: bytes | None = None
    charter_sha256: bytes | None = None
    public: bytes | None = None
    head: tuple[int, bytes] | None = None
    keys: tuple[KnownChange, ...] | None = None
    practice: bool | None = None

    def accepts(self, charter: bytes) -> str | None:
        """None if these charter bytes are the trusted agency's; else why not, in a sentence."""
        parsed = Charter.from_bytes(charter)
        parsed = parsed._replace(name=parsed.name[:LONGEST_NAME])  # a stranger's word, shown in a sentence
        if self.charter_sha256 is not None and hashlib.sha256(charter).digest() != self.charter_sha256:
            return f"signed by {parsed.name!r}, whose charter is not the one trusted as {self.name!r}"
        if self.ledger is not None and ledger_id(charter) != self.ledger:
            return f"signed by {parsed.name!r}, which is another ledger than the one trusted as {self.name!r}"
        if self.practice not in (None, parsed.practice):
            kind = "for practice" if parsed.practice else "not for practice"
            return f"signed by {parsed.name!r}, whose ledger is {kind}, unlike the one trusted as {self.name!r}"
        return None

    def knows(self, publics: Collection[bytes]) -> str | None:
        """None if the trusted key, where one is named, is among all that the ledger has had; else why not."""
        if self.public is not None and self.public not in publics:
            return f"signed with another key than the one trusted as {self.name!r}"
        return None

    def contradicts(self, changes: Sequence[KeyChange], head: int) -> int | None:
        """The first position at which these changes of keys, up to `head`, are not those known here; None if none."""
        if self.keys is None or self.head is None:
            return None
        both = min(head, self.head[0])
        differ = {KnownChange.of(change) for change in changes} ^ set(self.keys)
        return min((change.position for change in differ if change.position <= both), default=None)

    def disputes(self, position: int, changes: Sequence[KeyChange]) -> bool:
        """Whether a recovery, of these changes or known here, distrusts the record at this position."""
        known = {*map(KnownChange.of, changes), *(self.keys or ())}
        return any(c.distrust_from is not None and c.distrust_from <= position < c.position for c in known)

    def to_json(self) -> str:
        """The trust file: JSON that a person can read and compare."""
        if self.charter_sha256 is None:
            raise UsageError("A vkey pins no charter: make a trust file from the agency's card.")
        content: dict[str, Any] = {"ruleseven": "trust", "name": self.name, "charter_sha256": self.charter_sha256.hex()}
        if self.head is not None:
            content["head"] = {"position": self.head[0], "hash": self.head[1].hex()}
        if self.keys:
            content["keys"] = [change._asdict() | {"key_id": change.key_id.hex()} for change in self.keys]
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Trust:
        """A trust file, a card or a vkey; `ForeignFile` for anything else."""
        data = read_outside(path, MAX_FILE, "too large to be a trust file, a card or a vkey")
        said = _text(data)
        if said.startswith("{"):
            return _from_json(said, data, path)
        if said.startswith("rules") and "+" in said.partition("\n")[0]:
            return _from_vkey(said, path)
        return _card_of(data, path, "trust file, card or public key").trust()


@dataclass(frozen=True)
class Card:
    """An agency's public card: charter bytes, the ML-DSA-44 key that it names, newest head and the changes of keys up
    to it, all checked. `hpke`: the key that parcels for it are sealed to; empty if it takes none."""

    charter: bytes
    mldsa: bytes
    head: tuple[int, bytes]
    keys: tuple[KeyChange, ...] = ()
    hpke: bytes = b""

    @property
    def ledger(self) -> bytes:
        return ledger_id(self.charter)

    @property
    def practice(self) -> bool:
        return Charter.from_bytes(self.charter).practice

    @property
    def origin(self) -> str:
        """The C2SP name of the agency's log."""
        return origin(self.ledger, practice=self.practice)

    @property
    def schedule(self) -> KeySchedule:
        """Which key signs which record, as far as the card knows."""
        charter = Charter.from_bytes(self.charter)
        return KeySchedule(charter.public, charter.recovery_public, self.keys)

    def keys_at(self, size: int) -> Keys:
        """The keys whose signatures a checkpoint of this size must carry, as far as the card knows."""
        schedule = self.schedule
        return Keys((schedule.live(size + 1) or schedule.newest).public, schedule.mldsa(size + 1) or self.mldsa)

    @property
    def claims(self) -> Charter:
        """Whose the charter says that the ledger is: its claim, not more."""
        return Charter.from_bytes(self.charter)

    def check_follows(self, before: Card, name: str) -> None:
        """That a newer card tells the same history as the one `before` and goes on from there. `name` is ours of it."""
        if self.head[0] < before.head[0]:
            raise UsageError(f"This card of {name} is older than the one that is kept.")
        same = before.charter == self.charter and (self.head == before.head or self.head[0] > before.head[0])
        if not same or before.trust().contradicts(self.keys, self.head[0]) is not None:
            raise IntegrityError(
                f"This card of {name} contradicts the one that is kept: its keys or its records were others. Keep both."
            )

    def trust(self, name: str | None = None) -> Trust:
        """The decision to trust this agency under a name of one's own (else the one it claims)."""
        claimed = Charter.from_bytes(self.charter).name
        return Trust(
            name or claimed[:LONGEST_NAME],
            ledger_id(self.charter),
            hashlib.sha256(self.charter).digest(),
            head=self.head,
            keys=tuple(map(KnownChange.of, self.keys)),
        )


def write_card(
    charter: Charter,
    genesis: bytes,
    head: tuple[int, bytes],
    signer: Signer,
    keys: Sequence[Entry] = (),
    *,
    mldsa: bytes,
    hpke: bytes = b"",
) -> bytes:
    """The bytes of a card. `genesis`: the genesis record's 193 bytes; `keys`: the key records up to the head; `mldsa`:
    the ML-DSA-44 key that the charter names; `hpke`: the public key for parcels, if there is one."""
    raw = charter.to_bytes()
    body = values.encode(
        {
            "charter": raw,
            "genesis": genesis,
            "head": [head[0], head[1]],
            "hpke": hpke,
            "keys": [*keys],
            "kind": "card",
            "mldsa": mldsa,
            "practice": charter.practice,
        }
    )
    return envelope.sign_body(body, ledger_id(raw), signer, CARD_TAG)


def read_card(data: bytes) -> Card:
    """A card signed by the key that is live at its head, by the charter and the key records it brings.

    Whether to trust that charter is the reader's decision.
    """
    opened = envelope.open_body(data, MAX_FILE)
    body = values.decode(opened.body, max_items=MAX_CARD_ITEMS)
    if not isinstance(body, dict) or body.get("kind") != "card":
        raise ForeignFile("this signed file is not an agency's card")
    if {name: type(part) for name, part in body.items()} != CARD_SHAPE:
        raise Malformed("this card does not have the parts it must have")
    charter = Charter.from_bytes(body["charter"])
    if ledger_id(body["charter"]) != opened.ledger:
        raise IntegrityError("this card is of another ledger than the one that its charter opens")
    if hashlib.sha256(body["mldsa"]).digest() != charter.mldsa_hash:
        raise IntegrityError("this card brings another ML-DSA-44 key than the one that its charter names")
    if len(body["hpke"]) not in (0, HPKE_PUBLIC_SIZE):
        raise Malformed(f"this card's key for parcels is not {HPKE_PUBLIC_SIZE:,} bytes")
    head = _head_of(body)
    checker = EntryChecker(opened.ledger, charter)
    try:
        checker.follow(body["keys"], head[0])
    except Bad as bad:
        position, step, reason = bad.where
        raise IntegrityError(f"this card's key record {position} does not verify (step {step}): {reason}") from None
    if opened.key_id != checker.schedule.newest.key_id:
        raise IntegrityError("this card is not signed by the key that its own charter and key records name")
    envelope.check_body(opened, checker.schedule.newest.public, CARD_TAG)
    if body["practice"] is not charter.practice:
        raise IntegrityError("this card and its charter disagree whether it is a practice ledger's")
    _check_genesis_record(body["genesis"], charter, opened)
    return Card(body["charter"], body["mldsa"], head, tuple(checker.schedule.changes), body["hpke"])


def load_card(path: Path) -> tuple[bytes, Card]:
    """A card's file: its bytes and what they say. Errors name the file, and what it seems to be that is none."""
    data = read_outside(path, MAX_FILE, "too large to be a card")
    return data, _card_of(data, path, "agency's card")


def _card_of(data: bytes, path: Path, what: str) -> Card:
    try:
        return read_card(data)
    except (ForeignFile, Malformed, IntegrityError, NewerVersion) as error:
        named = type(error)(f"{path.name} cannot be used: {error}.")
        raise instead(path.name, data, what, named) from None


def _check_genesis_record(record: bytes, charter: Charter, opened: envelope.Envelope) -> None:
    """The card's genesis is the first record of the charter's ledger, signed by the charter's key."""
    if len(record) != RECORD_SIZE:
        raise Malformed(f"this card's genesis is not a record of {RECORD_SIZE} bytes")
    header = header_from_bytes(record)
    first = (opened.ledger, 1, NO_PREVIOUS, key_id(charter.public))
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


def _text(data: bytes) -> str:
    """What a trust file or a vkey says; nothing for what is no text, which may be a card."""
    try:
        return data.decode("utf-8").strip(SPACE)
    except UnicodeDecodeError:
        return ""


def _from_json(said: str, data: bytes, path: Path) -> Trust:
    """Every part exactly of its type: what is not understood here must not be passed over."""
    try:
        content = json.loads(said, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        raise Malformed(
            f"{path.name} is not an intact trust file: it is not JSON as a trust file is written."
        ) from None
    if content.get("ruleseven") != "trust":
        raise ForeignFile(f"{path.name} is not a trust file of RuleSeven: {likeness(data)}")
    try:
        if content.keys() - {"ruleseven", "name", "charter_sha256", "head", "keys"}:
            raise Malformed("it has a key that this program does not know")
        head = _json_head(content["head"]) if "head" in content else None
        return Trust(
            name=_name(content.get("name")),
            charter_sha256=_hash(content.get("charter_sha256"), "charter_sha256"),
            head=head,
            keys=_json_keys(content, head),
        )
    except Malformed as error:
        raise Malformed(f"{path.name} is not an intact trust file: {error}.") from None


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: ValueError where a key stands twice."""
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


def _json_keys(content: Mapping[str, Any], head: tuple[int, bytes] | None) -> tuple[KnownChange, ...] | None:
    """The changes of keys up to the head: none where none is listed, and unknown where there is no head."""
    if head is None and "keys" in content:
        raise Malformed("it lists changes of keys, and no head up to which they are known")
    listed = content.get("keys", [])
    if type(listed) is not list:
        raise Malformed("its keys are a list of changes of keys")
    changes = tuple(map(_json_change, listed))
    if not len(changes) == len({one.position for one in changes}) == len({one.key_id for one in changes}):
        raise Malformed("two of its changes of keys have one position, or bring in one key")
    if head is None:
        return None
    if any(change.position > head[0] for change in changes):
        raise Malformed("a change of keys stands after its head")
    return changes


def _json_change(change: object) -> KnownChange:
    if type(change) is not dict or change.keys() != {"position", "key_id", "distrust_from"}:
        raise Malformed("a change of keys is a position, a key id and what it distrusts")
    position = change["position"]
    distrusted = position if change["distrust_from"] is None else change["distrust_from"]
    if any(type(place) is not int or not 2 <= place < values.INT_LIMIT for place in (position, distrusted)):
        raise Malformed("the positions of a change of keys are whole numbers from 2 on")
    if distrusted > position:
        raise Malformed("a change of keys distrusts what comes after it")
    return KnownChange(position, _hash(change["key_id"], "key id"), change["distrust_from"])


def _from_vkey(said: str, path: Path) -> Trust:
    try:
        origin, _, public = parse_vkey(said)
        prefix, _, ledger = origin.partition("/")
        if prefix not in ("ruleseven", "ruleseven-practice") or not re.fullmatch("[0-9a-f]{32}", ledger):
            raise Malformed("its name is not ruleseven/ and a ledger id")
        practice = prefix == "ruleseven-practice"
        return Trust(origin, ledger=bytes.fromhex(ledger), public=public, practice=practice)
    except Malformed as error:
        raise Malformed(f"{path.name} is not an intact public key (vkey): {str(error)[:200]}.") from None


def _hash(text: object, what: str) -> bytes:
    if type(text) is not str or not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise Malformed(f"its {what} is 64 hex digits")
    return bytes.fromhex(text)
