"""Verify an extract (.r7x) with nothing of RuleSeven's: `pip install cryptography msgpack`, and this one file.

Usage: python verify_extract.py FILE TRUST
TRUST is the agency's card, its public key as a line of text (vkey) or a trust file; get it by another way than FILE.
Exit codes: 0 verified; 1 failed; 2 no extract, no trust, or wrong usage; 5 undecided: a newer format, or somebody whom
you have not said you trust. Written from format.md beside it; "section" and "step" are those of that page.
"""

# fmt: off
import base64
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped, unused-ignore]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORBIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ARRAYS, MAPS = {*range(0x90, 0xA0), 0xDC, 0xDD}, {*range(0x80, 0x90), 0xDE, 0xDF}
P, D = 2**255 - 19, 37095705934669439343138083508754565189542113879843219016388785533085940283555
GENESIS, ROTATED, RECOVERED = "agency/LedgerOpened/1", "agency/SigningKeyRotated/1", "agency/SigningKeyRecovered/1"
FIELDS = {GENESIS: {15}, ROTATED: {11}, RECOVERED: {14}, "operations/InformationErased/1": range(12, 65)}
# What a value must be: of a type; so many bytes; (item by item); [each of them]; a map with just these keys.
CHARTER = (str, str, 32, 32, 32, bool, int, 16)
OUTER = {"body": bytes, "format": int, "key": 32, "ledger": 16, "sig": 64}
ENTRY = (193, [bytes], [32])
CARD = {"charter": bytes, "genesis": 193, "head": (int, 32), "keys": [object], "kind": str, "mldsa": 1312,
        "practice": bool}
EXTRACT = {"about": (str, str), "format": int, "genesis": ENTRY, "head": object, "keys": [object],
           "given": dict.fromkeys(("basis", "marking", "purpose", "reasons", "to"), str), "kind": str, "mode": str,
           "practice": bool, "records": [object], "withheld": object}
TRUST = {"ruleseven": str, "name": str, "charter_sha256": str, "head": {"position": int, "hash": str},
         "keys": [{"position": int, "key_id": str, "distrust_from": object}]}

WRONG = (OSError, ValueError, RecursionError, InvalidSignature, msgpack.UnpackException)

class Stop(ValueError):
    """Why it is not verified, and the exit code."""

def need(holds: object, why: str, code: int = 1) -> None:
    if not holds:
        raise Stop(why, code)

def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return type(value) is dict and value.keys() == shape.keys() and all(fits(value[k], shape[k]) for k in shape)
    if isinstance(shape, tuple | list):
        each = shape if isinstance(shape, tuple) else shape * len(value) if type(value) is list else []
        return type(value) is list and len(value) == len(each) and all(map(fits, value, each))
    return shape is object or type(value) is shape or (type(value) is bytes and len(value) == shape)

def decode(data: bytes, most: int = 1 << 20) -> Any:
    """The value in its only encoding (section 1); no more than so many values and keys are ever built."""
    feed, left = msgpack.Unpacker(max_buffer_size=len(data) or 1), most
    feed.feed(data)
    def take(depth: int) -> Any:
        nonlocal left
        left, mark = left - 1, data[feed.tell()] if feed.tell() < len(data) else -1
        need(left >= 0 <= mark and (depth < 8 or mark not in ARRAYS | MAPS), "it is cut short, too large or too deep")
        if mark in ARRAYS:
            return [take(depth + 1) for _ in range(feed.read_array_header())]
        if mark in MAPS:
            pairs = [(take(depth + 1), take(depth + 1)) for _ in range(feed.read_map_header())]
            keys = [key for key, _ in pairs if type(key) is str]
            need(len(keys) == len(pairs) and keys == sorted(set(keys)), "the keys of a map are unsorted or no text")
            return dict(pairs)
        value = feed.unpack()
        fair = type(value) is not str or (not FORBIDDEN.search(value) and unicodedata.is_normalized("NFC", value))
        fair = fair and (type(value) is not int or abs(value) < 2**53)
        need(fair and (value is None or type(value) in (bool, int, str, bytes)), "it holds what no value may")
        return value
    value = take(0)
    need(feed.tell() == len(data) and msgpack.packb(value) == data, "it is not in its only encoding")
    return value

def opened(leaf: bytes) -> Any:
    need(leaf[:4] == b"\1\x92\xc4\x10" and 20 < len(leaf) <= 20 + (4 << 20), "a field does not open")
    return decode(leaf[20:])

def digest(tag: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"".join((f"ruleseven/{tag}/v1\0".encode() if tag else b"", *parts))).digest()

def check(public: bytes, signature: bytes, tag: str, *message: bytes) -> None:
    """Under a key that passes section 2: the five y of small order are the roots of the polynomial."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    curve = pow((y * y - 1) * (D * y * y + 1), (P - 1) // 2, P) in (0, 1)
    need(len(public) == 32 and y < P and curve and y * (y * y - 1) * (D * y**4 + 2 * y * y - 1) % P, "its key is weak")
    Ed25519PublicKey.from_public_bytes(public).verify(signature, f"ruleseven/{tag}/v1\0".encode() + b"".join(message))

class Agency:
    """Whose file it is (section 8), by its charter, and the keys that were its own over time."""
    place = (0, 0)  # the position and step that are being looked at
    def __init__(self, data: bytes, kind: str, most: int) -> None:
        need(data[1:6] == b"\xa4body" and len(data) <= 32 << 20, f"It is no {kind}, or larger than one may be.", 2)
        self.kind, self.outer = kind, decode(data, 16)
        newer = type(self.outer) is dict and type(self.outer.get("format")) is int and self.outer["format"] > 1
        need(not newer, "It was made by a newer version.", 5)
        need(fits(self.outer, OUTER) and self.outer["format"] == 1, "it is not made up like a signed file")
        self.ledger, self.body = self.outer["ledger"], decode(self.outer["body"], most)

    def chartered(self, charter: Any) -> None:
        found: Any = decode(charter, 16) if type(charter) is bytes else None
        need(fits(found, CHARTER) and found[0] and found[1] and found[6] >= 0, "its charter is not made up like one")
        _, self.name, public, self.recovery, self.mldsa, self.practice, *_ = found
        need(digest("ledger", charter)[:16] == self.ledger and public != self.recovery, "its charter is not its own")
        need(self.body["practice"] == self.practice, "its charter says otherwise whether it is practice")
        self.keys, self.changes, self.charter = [(1, public)], list[tuple[int, bytes, Any]](), digest("", charter)

    def live(self, position: int) -> bytes:
        return next(bytes(public) for start, public in reversed(self.keys) if start <= max(position, 1))

    def stream(self, about: Any) -> bytes:
        return digest("stream", self.ledger, "\0".join(about).encode())[:16] if fits(about, (str, str)) else b""

    def learn(self, head: int, trusted: bytes = b"") -> None:
        """The key records (section 5) up to the head, and the signature by the key that is live after it."""
        before = 1
        for entry in self.body["keys"]:
            at, _, _, values = self.read(entry, before + 1)
            kind, (stream, _), new, enrolment, since, mldsa = (values.get(i, "") for i in (0, 1, 9, 10, 11, 12))
            need(before < at <= head, "the key records are not in order, up to the head")
            need(kind in (ROTATED, RECOVERED) and stream == self.stream(["agency", "agency"]), "it is no key record")
            known = {self.recovery, *(public for _, public in self.keys)}
            need(fits(new, 32) and fits(enrolment, 64) and new not in known, "it shows no key, or an earlier one")
            check(new, enrolment, "enrol", self.ledger, entry[0][65:97], new)
            said = kind == ROTATED or (type(since) is int and 2 <= since <= at and (mldsa is None or fits(mldsa, 1312)))
            need(said, "it does not say what it distrusts and replaces")
            self.changes.append((at, digest("key", new), since if kind == RECOVERED else None))
            self.keys.append((at + 1, new))
            before = at
        believed = not trusted or trusted in [key for _, key in self.keys]
        need(believed, f"It says it is of {self.name}, by no key you trust.", 5)
        self.place, public, outer = (0, 0), self.live(head + 1), self.outer
        need(outer["key"] == digest("key", public), "it is not signed by the key that was live then")
        check(public, outer["sig"], self.kind, self.ledger, outer["key"], digest("", outer["body"]))

    def read(self, entry: Any, lowest: int, *, bare: bool = False) -> tuple[int, bytes, bytes, dict[int, Any]]:
        """Position, previous, hash and open values of an entry that passes what needs no other (steps 1, 2, 5 to 8)."""
        self.place = lowest, 1  # until it tells its own position, bad is the lowest that it can have
        need(fits(entry, ENTRY) and entry[0][0] == 1, "it is no record of format 1 with its fields")
        self.place, (record, leaves, scopes) = (lowest, 2), entry
        need(record[1:17] == self.ledger, "it is a record of another ledger")
        at, hour = int.from_bytes(record[17:25]), int.from_bytes(record[57:65])
        self.place, signers = (at, 5), {digest("key", key): key for key in (self.live(at), self.recovery)}
        need(public := signers.get(record[65:97], b""), "it is not signed by the key that was live then")
        self.place = at, 6
        check(public, record[129:], "practice" if self.practice else "record", record[:129])
        if bare:
            return at, record[25:57], digest("", b"\0", record), {}
        self.place, fair = (at, 7), all(x[:1] == b"\1" or (x[:1] == b"\0" and len(x) == 33) for x in leaves)
        need(fair and len(leaves) <= 64, "its fields are not fields")
        cs = [digest("field", self.ledger, bytes([i]), x[1:]) if x[0] else x[1:] for i, x in enumerate(leaves)]
        whole = digest("content", bytes([len(leaves)]), *cs, digest("scopes", *scopes))
        need(whole == record[97:129], "its content is not what was signed for")
        self.place = at, 8
        values = {i: opened(leaf) for i, leaf in enumerate(leaves) if leaf[0]}
        first: Any = [values.get(i) for i in range(4)]
        need(fits(first, (str, (16, int), (int, bool), [16])), "fields 0 to 3 are not open, or not what they must be")
        need((first[0] == RECOVERED) == (public == self.recovery), "the recovery key signs recoveries and nothing else")
        need(first[2][0] // 3_600_000_000 == hour, "its hour is not that of its time")
        need(len(leaves) in FIELDS.get(first[0], range(9, 65)), "it has not the number of fields of its kind")
        need((first[0] == GENESIS) == (at == 1), "the first record, and no other, opens a ledger")
        need(5 not in values or self.stream(values[5]) == first[1][0], "what it is about is another stream")
        return at, record[25:57], digest("", b"\0", record), values

def believed(data: bytes) -> tuple[bytes, str, bytes, int, bytes, list[Any]]:
    """Whose word is trusted: a charter's hash, or an origin and a key; and the head and the later keys known of it."""
    if data[1:6] == b"\xa4body":
        card = Agency(data, "card", 4096)
        need(fits(card.body, CARD) and card.body["kind"] == "card", "it is not made up like a card")
        card.chartered(card.body["charter"])
        at, previous, genesis, _ = card.read([card.body["genesis"], [], []], 1, bare=True)
        position, hashed = card.body["head"]
        card.learn(position)
        need((at, previous, digest("", card.body["mldsa"])) == (1, bytes(32), card.mldsa), "it is not its charter's")
        need(position > 1 or (position, hashed) == (1, genesis), "its head is none of its ledger's")
        return card.charter, "", b"", position, hashed, card.changes
    if data.lstrip()[:1] == b"{":
        read = json.loads(data, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else 0)
        found: Any = {"head": {"position": 1, "hash": ""}, "keys": []} | (read if type(read) is dict else {})
        need(fits(found, TRUST) and found["ruleseven"] == "trust", "it is no trust file")
        changes = [(one["position"], bytes.fromhex(one["key_id"]), one["distrust_from"]) for one in found["keys"]]
        charter, at, hashed = bytes.fromhex(found["charter_sha256"]), found["head"]["position"], found["head"]["hash"]
        need(len(charter) == 32 and len(hashed) in (0, 64) and at > 0, "it is no trust file")
        return charter, "", b"", at if hashed else 0, bytes.fromhex(hashed), changes
    origin, mark, text = data.decode("ascii").strip().split("+", 2)
    public = base64.b64decode(text, validate=True)
    need(public[:1] == b"\1" and mark == digest("", origin.encode(), b"\n", public)[:4].hex(), "it is no public key")
    return b"", origin, public[1:], 0, b"", []

def verified(it: Agency, trust: tuple[bytes, str, bytes, int, bytes, list[Any]]) -> str:
    """What to say of an extract that is what its agency signed, in the order of section 8."""
    body, (charter, origin, public, known_at, known, changes) = it.body, trust
    need(type(body) is dict and body.get("kind") == "extract", "It is no extract.", 2)
    need(type(body.get("format")) is not int or body["format"] < 2, "It was made by a newer version.", 5)
    need(fits(body, EXTRACT) and (body["format"], body["mode"]) == (1, "complete"), "it is not made up like an extract")
    leaves = body["genesis"][1]
    need(len(leaves) == 15 and sum(map(len, leaves)) <= 1 << 20, "its first record is no genesis")
    it.place = 1, 8
    shown: list[Any] = [opened(leaves[i]) if leaves[i][:1] != b"\0" else None for i in (0, 9, 10, 11)]
    it.place, (kind, given, mldsa, proof) = (0, 0), shown
    it.chartered(given)
    need(kind == GENESIS and fits([mldsa, proof], (1312, 64)) and digest("", mldsa) == it.mldsa, "its genesis is none")
    check(it.recovery, proof, "recovery", it.ledger)
    at, previous, genesis, _ = it.read(body["genesis"], 1)
    it.place = 0, 0
    need((at, previous) == (1, bytes(32)), "its genesis is not the first record")
    mine = f"ruleseven{'-practice' * it.practice}/{it.ledger.hex()}"
    need(it.charter == charter or mine == origin, f"It says it is of {it.name}, whom you have not said you trust.", 5)
    it.place = 0, 9
    need(fits(body["head"], (int, 32, [(16, int)])) and body["head"][0] > 0, "its head is not made up like one")
    head, head_hash, lasts = body["head"]
    it.learn(head, public)
    for one in sorted({*it.changes} ^ {*changes}, key=lambda change: change[0]):
        it.place = one[0], 9
        need(not known_at or one[0] > min(head, known_at), "its key records are not those you know of")
    it.place, last = (0, 9), dict(map(tuple, lasts)).get(it.stream(body["about"]))
    need(last is not None, "its head does not say how many records there are")
    it.place, withheld = (0, 8), dict[int, list[int]]()
    listed = fits(body["withheld"], [(int, int, str)]) and all(why for _, _, why in body["withheld"])
    need(listed, "a withheld field is not listed with its position, index and reason")
    for at, field, _ in body["withheld"]:
        withheld.setdefault(at, []).append(field)
    at, hashed, disputed, seen = 0, b"", 0, {1: genesis, head: head_hash}
    for version, entry in enumerate(body["records"], 1):
        before, last_hash = at, hashed
        at, previous, hashed, values = it.read(entry, at + 1)
        it.place = at, 2
        need(before < at <= head, "it is out of order, or after the head")
        it.place, follows = (at, 3), at != before + 1 or at == 1 or previous == last_hash
        need(follows and seen.get(at, hashed) == hashed, "it does not follow the one before, or is not the head")
        it.place, closed = (at, 8), [i for i in range(len(entry[1])) if i not in values]
        need(values[1] == [it.stream(body["about"]), version], "it is not the next of its stream")
        need(closed == withheld.pop(at, []), "its closed fields are not those listed as withheld")
        it.place, seen[at] = (at, 9), hashed
        disputed += any(since is not None and since <= at < until for until, _, since in {*it.changes, *changes})
    it.place = at, 8
    need(last == len(body["records"]), "the head says that there are other records after it")
    it.place = min(withheld, default=0), 8
    need(not withheld, "a field is listed as withheld of a record that is not here")
    it.place = known_at, 9
    need(seen.get(known_at, known) == known, "it is not the record you know of")
    said = f"Verified: {len(body['records'])} records of {it.name}, {body['mode']}, as at position {head}"
    practice = "\nPRACTICE: it comes from a practice ledger and is evidence of nothing." * it.practice
    return f"{said}; fields withheld: {len(body['withheld'])}; records disputed: {disputed}.{practice}"

def main(words: list[str]) -> tuple[int, str]:
    """The exit code, and the verdict to print."""
    code, it = 2, None
    try:
        file, trust = map(Path, words)
        with file.open("rb") as data, trust.open("rb") as card:
            trusted = believed(card.read(1 << 20))
            code = 1
            it = Agency(data.read((32 << 20) + 1), "extract", 1 << 20)
        return 0, verified(it, trusted)
    except Stop as stop:
        why, code = stop.args[0], stop.args[1] if code == 1 else code
    except WRONG as wrong:
        why = str(wrong) or "a signature is wrong, or it is cut short"
    position, step = it.place if it else (0, 0)
    return code, f"Failed at record {position}, step {step}: {why}" if code == 1 else why

if __name__ == "__main__":
    result, sentence = main(sys.argv[1:])
    print(sentence)
    sys.exit(result)
