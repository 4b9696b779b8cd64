"""Verify an extract (.r7x) with nothing of RuleSeven's: `pip install cryptography msgpack`, and this file.

Usage: python verify_extract.py FILE TRUST, where TRUST is the agency's public key as a line of text (vkey) or a trust
file; get it by another way than FILE. Exit codes: 0 verified; 1 failed; 2 no extract, no trust or wrong usage;
5 undecided. Written from format.md beside it: "section" and "step" are those of that page. What is not of the form
that is looked for ends in an error of Python's; every error is a verdict, at the position and step being looked at.

Record 0 is the file itself; in a statement a record's position is its number.
"""

import base64
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped, unused-ignore]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

WRONG = ("form or signature", "form", "place", "chain", "", "key", "signature", "content", "fields", "head or proof")
FORBIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ARRAYS, MAPS = {*range(0x90, 0xA0), 0xDC, 0xDD}, {*range(0x80, 0x90), 0xDE, 0xDF}
P, D = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19)  # of the curve
GENESIS, ROTATED, RECOVERED = "agency/LedgerOpened/1", "agency/SigningKeyRotated/1", "agency/SigningKeyRecovered/1"
SIZES = {GENESIS: [15], ROTATED: [11], RECOVERED: [14], "operations/InformationErased/1": range(12, 65)}
NOTE = "({}\n([1-9][0-9]*)\n(.*)\n)\n((?:\u2014 [^\\s\0-\x1f+]+ \\S+\n)+)"

# What a value must be: of a type; so many bytes; in a range; (item by item); [each of them]; {such a map}.
FROM_0, FROM_1 = range(2**53), range(1, 2**53)
CHARTER, ENTRY = (str, str, 32, 32, 32, bool, FROM_0, 16), (bytes, [bytes], [32])
FIRST: Any = (str, (16, FROM_1), (FROM_0, bool), [16])  # fields 0 to 3
OUTER = {"body": bytes, "format": FROM_1, "key": 32, "ledger": 16, "sig": 64}
GIVEN = dict.fromkeys(("basis", "expires", "how", "marking", "purpose", "reasons", "restrictions", "to"), str)
BODY: dict[str, Any] = {"about": [(str, str, range(1))], "withheld": [(int, int, str)], "checkpoint": bytes, "head": 32}
BODY |= {"absent": [(str, str, str)], "given": GIVEN, "keys": list, "practice": bool, "recipient": bytes, "kind": str}
BODY |= {"format": FROM_1, "genesis": ENTRY, "made": FROM_0, "mode": str, "pad": bytes, "proof": [32], "records": list}
HEAD, CHANGE = {"position": FROM_1, "hash": str}, {"position": FROM_1, "key_id": str, "distrust_from": object}
TRUST: dict[str, Any] = {"ruleseven": str, "name": str, "charter_sha256": str, "head": HEAD, "keys": [CHANGE]}
STATED = {"absent": (), "checkpoint": 0, "head": 0, "proof": ()}
MODES: dict[str, Any] = {"complete": {"about": [(str, str, FROM_1)]}, "selective": {}, "statement": STATED}


class Verdict(Exception):
    """An exit code, and a sentence where the place does not say enough."""


def need(holds: object, code: int = 1, why: str = "") -> None:
    if not holds:
        raise Verdict(code, why)


def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return type(value) is dict and value.keys() == shape.keys() and all(fits(value[k], shape[k]) for k in shape)
    if isinstance(shape, tuple | list):
        each = shape if isinstance(shape, tuple) else shape * len(value) if type(value) is list else []
        return type(value) is list and len(value) == len(each) and all(map(fits, value, each))
    if isinstance(shape, range):
        return type(value) is int and value in shape
    return shape is object or type(value) is shape or (type(value) is bytes and len(value) == shape)


def decode(data: bytes, most: int = 1 << 20) -> Any:
    """The value in its only encoding (section 1); no more than so many values and keys are ever built."""
    feed, left = msgpack.Unpacker(max_buffer_size=len(data) or 1), iter(range(most))
    feed.feed(data)

    def take(depth: int) -> Any:
        mark = data[feed.tell()]
        need(next(left) < most and (depth < 8 or mark not in ARRAYS | MAPS))
        if mark in ARRAYS:
            return [take(depth + 1) for _ in range(feed.read_array_header())]
        if mark in MAPS:
            pairs = [(take(depth + 1), take(depth + 1)) for _ in range(feed.read_map_header())]
            need([key for key, _ in pairs] == sorted({str(key) for key, _ in pairs}))
            return dict(pairs)
        value = feed.unpack()
        need(value is None or type(value) in (bool, bytes, str) or (type(value) is int and abs(value) < 2**53))
        need(type(value) is not str or (unicodedata.is_normalized("NFC", value) and not FORBIDDEN.search(value)))
        return value

    value = take(0)
    need(msgpack.packb(value) == data)
    return value


def opened(leaves: list[bytes], most: int) -> list[Any]:
    """The values of leaves, Ellipsis where they are closed; the open ones are so many bytes at most."""
    shown = [leaf for leaf in leaves if leaf[0]]
    need(sum(map(len, shown)) <= most and all(leaf[:4] == b"\1\x92\xc4\x10" for leaf in shown))
    return [decode(leaf[20:]) if leaf[0] else ... for leaf in leaves]


def unbase(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text)
    return data


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def strong(public: bytes) -> None:
    """Refuse what section 2 refuses: the y of small order are 1, -1 and the roots of the last polynomial."""
    y = int.from_bytes(public, "little") % 2**255
    point = pow((y * y - 1) * (D * y * y + 1), (P - 1) // 2, P) == 1
    need(len(public) == 32 and y < P and point and y * (D * y**4 + 2 * y * y - 1) % P)


def check(public: bytes, signature: bytes, *message: bytes) -> None:
    strong(public)
    Ed25519PublicKey.from_public_bytes(public).verify(signature, b"".join(message))


def root(low: int, high: int, known: dict[int, bytes], proof: Any) -> bytes:
    """tree(low, high) of section 8, from the leaves that are known and the hashes of the proof."""
    inside = {at: leaf for at, leaf in known.items() if low <= at < high}
    if not inside or high - low == 1:
        return inside[low] if inside else bytes(next(proof))
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    return sha(b"\1", root(low, middle, inside, proof), root(middle, high, inside, proof))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len(dict(pairs)) == len(pairs))
    return dict(sorted(pairs))


def trusted(text: str) -> tuple[tuple[str, bytes], int, bytes, set[Any]]:
    """Whose word is believed, by charter or by key; and the head and the changes of keys that are known of them."""
    if text.startswith("{"):
        found = decode(msgpack.packb(json.loads(text, object_pairs_hook=once)))
        need(fits(found, {part: TRUST[part] for part in ("ruleseven", "name", "charter_sha256", *found)}))
        need(found["ruleseven"] == "trust" and found["name"].strip() and len(found["name"]) <= 200)
        charter, head = bytes.fromhex(found["charter_sha256"]), found.get("head", {"position": 0, "hash": "00" * 32})
        keys = [(one["position"], bytes.fromhex(one["key_id"]), one["distrust_from"]) for one in found.get("keys", [])]
        need(fits([charter, bytes.fromhex(head["hash"]), *(key for _, key, _ in keys)], (32,) * (2 + len(keys))))
        need("head" in found or "keys" not in found)
        need(len({at for at, *_ in keys}) == len({key for _, key, _ in keys}) == len(keys))
        need(all(2 <= at <= head["position"] and (since is None or since in range(2, at + 1)) for at, _, since in keys))
        return ("", charter), head["position"], bytes.fromhex(head["hash"]), {*keys}
    origin, mark, key = text.split("+", 2)
    public = unbase(key)
    strong(public[1:])
    need(mark == sha(origin.encode(), b"\n", public)[:4].hex() and public[0] == 1)
    return (origin, public[1:]), 0, b"", set()


def form(part: Any, shape: dict[str, Any]) -> None:
    need(type(part.get("format")) is not int or part["format"] < 2, 5, "It was made by a newer version.")
    need(fits(part, shape))


class Entries:
    """The entries of one ledger and the keys that may sign them; `place` is the position and step being looked at."""

    def __init__(self) -> None:
        self.place, self.ledger, self.tag, self.recovery = (0, 0), b"", b"", b""
        self.keys, self.seen = dict[bytes, int](), list[tuple[int, bytes]]()  # key: from where on; position, hash

    def step(self, position: int, step: int) -> bool:
        self.place = position, step
        return True

    def stream(self, kind: str, name: str) -> bytes:
        return sha(b"ruleseven/stream/v1\0", self.ledger, f"{kind}\0{name}".encode())[:16]

    def entry(self, entry: Any, lowest: int, most: int = 4 << 20) -> tuple[int, list[Any]]:
        """Position and values (Ellipsis where they are closed) of what passes "each entry"."""
        need(self.step(lowest, 1) and fits(entry, ENTRY) and len(entry[0]) == 193 and entry[0][0] == 1)
        record, leaves, scopes = entry
        at, hour = int.from_bytes(record[17:25]), int.from_bytes(record[57:65])
        need(self.step(lowest, 2) and record[1:17] == self.ledger and at > 0 and (lowest > 1 or at == 1))
        need(self.step(at, 3) and (lowest > 1 or record[25:57] == bytes(32)))
        self.step(at, 5)
        live = next(public for public, start in reversed(self.keys.items()) if start <= at)
        public = {sha(b"ruleseven/key/v1\0", key): key for key in (live, self.recovery)}[record[65:97]]
        self.step(at, 6)
        check(public, record[129:], self.tag, record[:129])
        self.step(at, 7)
        need(len(leaves) < 65 and all(x[:1] == b"\1" or (x[:1] == b"\0" and len(x) == 33) for x in leaves))
        tag = b"ruleseven/field/v1\0" + self.ledger
        cs = [sha(tag, bytes([i]), leaf[1:]) if leaf[0] else leaf[1:] for i, leaf in enumerate(leaves)]
        scoped = sha(b"ruleseven/scopes/v1\0", *scopes)
        need(sha(b"ruleseven/content/v1\0", bytes([len(leaves)]), *cs, scoped) == record[97:129])
        self.step(at, 8)
        values = opened(leaves, most)
        need(all(value is ... or fits(value, shape) for value, shape in zip(values, FIRST, strict=False)))
        kind, where, time, ids, _, about = values[:6]
        need(len(values) in SIZES.get(kind, range(9, 65)) and (kind != GENESIS or at == 1))
        need(time is ... or time[0] // 3_600_000_000 == hour)
        need(ids is ... or len(ids) == len(scopes) == len({*ids}))
        need(... in (about, where) or (fits(about, (str, str)) and self.stream(*about) == where[0]))
        need(self.step(at, 5) and (kind == RECOVERED) == (public == self.recovery))
        self.seen.append((at, sha(b"\0", record)))
        return at, values


def verified(it: Entries, data: bytes, believed: Any, head: int, hashed: bytes, known: set[Any]) -> str:
    """What to say of an extract that is what its agency signed."""
    # Step 1: the container and the body.
    need(data[1:6] == b"\xa4body" and data[0] & 0xF0 == 0x80 and len(data) <= 32 << 20, 2, "It is no extract.")
    outer = decode(data, 256)
    form(outer, OUTER)
    body = decode(outer["body"])
    need(type(body) is dict and body.get("kind") == "extract", 2, "It is no extract.")
    form(body, BODY | MODES.get(str(body.get("mode")), {}))
    complete, stated = body["mode"] == "complete", body["mode"] == "statement"
    need(body["mode"] in MODES and (stated or body["checkpoint"]) and len(body["recipient"]) in (0, 16))
    need(not complete or len({(kind, name) for kind, name, _ in body["about"]}) == len(body["about"]) > 0)
    withheld = [(at, field) for at, field, why in body["withheld"] if why]
    need(withheld == sorted(set(withheld)) and len(withheld) == len(body["withheld"]))

    # Step 2: the charter that the first record proves, and that record.
    leaves, it.ledger = body["genesis"][1], outer["ledger"]
    need(len(leaves) == 15 and sum(len(leaf) for leaf in leaves if leaf[:1] == b"\1") <= 1 << 20)
    kind, charter, mldsa, proved = opened([leaves[0], *leaves[9:12]], 1 << 20)
    found: Any = decode(charter)
    need(kind == GENESIS and fits(found, CHARTER) and found[0] and found[1] and len(mldsa) == 1312)
    _, agency, public, it.recovery, named, practice, _, _ = found
    need(sha(b"ruleseven/ledger/v1\0", charter)[:16] == it.ledger and public != it.recovery)
    need(sha(mldsa) == named and body["practice"] is practice)
    strong(public)
    check(it.recovery, proved, b"ruleseven/recovery/v1\0", it.ledger)
    it.keys, it.tag = {public: 1}, b"ruleseven/practice/v1\0" if practice else b"ruleseven/record/v1\0"
    _, values = it.entry(body["genesis"], 1)
    need(it.step(1, 8) and ... not in values[:4])

    # Step 3: what the checkpoint (section 10) says; its signatures are checked once the keys are known.
    origin, size = f"ruleseven{'-practice' * practice}/{it.ledger.hex()}", 2**53
    if not stated:
        it.step(0, 9)
        found = re.fullmatch(NOTE.format(origin), body["checkpoint"].decode())
        text, count, top, lines = found.groups()
        top, size, signed = unbase(top), int(count), [(who, unbase(b)) for who, b in re.findall(" (.+) (.+)\n", lines)]
        need(len(top) == 32 and size <= 2**53 and all(len(line) > 4 for _, line in signed))

    # Step 4: the key records that bring in every later key (section 5).
    before, changes = 1, set[Any]()
    for entry in body["keys"]:
        at, values = it.entry(entry, before + 1, 1 << 20)
        need(it.step(at, 8) and ... not in values[:4] and values[0] in (ROTATED, RECOVERED))
        need(it.step(at, 2) and before < at <= size)
        need(it.step(at, 8) and values[1][0] == it.stream("agency", "agency"))
        new, (since, later) = values[9], values[11:13] if values[0] == RECOVERED else (None, None)
        need(new not in it.keys and new != it.recovery and (later is None or fits(later, 1312)))
        need(values[0] == ROTATED or (type(since) is int and 2 <= since <= at))
        check(new, values[10], b"ruleseven/enrol/v1\0", it.ledger, entry[0][65:97], new)
        changes.add((at, sha(b"ruleseven/key/v1\0", new), since))
        it.keys[new], public, mldsa, before = at + 1, new, later or mldsa, at

    # Step 5: whom the verifier trusts.
    told = believed in {("", sha(charter)), *((origin, key) for key in it.keys)}
    need(told, 5, f"It says it is of {agency!r}, by no charter or key that you have said you trust.")
    taken = stated and {one for one in known if one[2]} - changes
    need(not taken, 5, "The key that signed this statement was replaced since, because it was not safe.")

    # Steps 6 and 7: the signatures of the file and of its checkpoint.
    need(it.step(0, 0) and outer["key"] == sha(b"ruleseven/key/v1\0", public))
    check(public, outer["sig"], b"ruleseven/extract/v1\0", it.ledger, outer["key"], sha(outer["body"]))
    if not stated:
        it.step(0, 9)
        ids = [sha(origin.encode(), b"\n", mark, key)[:4] for mark, key in ((b"\1", public), (b"\6", mldsa))]
        (one,), (two,) = ([b[4:] for who, b in signed if (who, b[:4]) == (origin, key_id)] for key_id in ids)
        check(public, one, text.encode())
        name = bytes([len(origin)]) + origin.encode()
        message = b"subtree/v1\n\0" + name + two[:8] + name + bytes(8) + size.to_bytes(8) + top
        need(two[0] < 128)
        MLDSA44PublicKey.from_public_bytes(mldsa).verify(two[8:], message)

    # Steps 8 and 9: the records.
    before, hidden, here, closed = 1, [] if complete else [1, 2, 3], dict[int, bytes](), dict[int, list[int]]()
    ends = {it.stream(kind, name): n for kind, name, n in body["about"]}
    versions = dict.fromkeys(ends, 0)
    for at, field in withheld:
        closed.setdefault(at, []).append(field)
    for number, entry in enumerate(body["records"], 1):
        if stated:
            need(it.step(number, 8) and fits(entry, [(int, bytes)]))
            fields, values = [i for i, _ in entry], opened([b"\1" + opening for _, opening in entry], 4 << 20)
            need(fields[0] == 0 and fields == sorted({*fields} - {1, 2, 3, 4}) and type(values[0]) is str)
            need(fields[-1] < max(SIZES.get(values[0], [64])) and not {1, 2, 3, 4, *fields} & {*closed.pop(number, [])})
            continue
        at, values = it.entry(entry, before + 1)
        need(it.step(at, 2) and before < at <= size)
        need(it.step(at, 3) and here.get(at - 1, entry[0][25:57]) == entry[0][25:57])
        fields = [i for i, value in enumerate(values) if value is ...]
        need(it.step(at, 8) and [i for i in fields if i < 4] == hidden and fields == closed.pop(at, []))
        need(values[0] not in (ROTATED, RECOVERED) or at in {one[0] for one in changes})
        if complete:
            versions[values[1][0]] += 1
            need(versions[values[1][0]] == values[1][1])
        before, here[at] = it.seen[-1]
    need(it.step(max(here, default=0), 8) and versions == ends)
    need(it.step(min(closed, default=0), 8) and not closed)

    # Step 10: the proof that joins them to the checkpoint.
    heads, proof = dict[int, bytes](), iter(body["proof"])
    for at, one in sorted(it.seen if stated else [*it.seen, (size, body["head"])]):
        need(it.step(at, 3) and heads.setdefault(at, one) == one)
    need(it.step(0, 9) and (stated or (root(1, size + 1, heads, proof) == top and next(proof, None) is None)))

    # Step 11: what the verifier knew before.
    need(it.step(head, 9) and heads.get(head, hashed) == hashed)
    differ = min((at for at, *_ in changes ^ known), default=2**53)
    need(it.step(differ, 9) and differ > min(head, max(it.keys.values()) - 1 if stated else size))

    spans = [(since, at) for at, _, since in changes | known if since]
    disputed = sum(any(since <= at < until for since, until in spans) for at in here)
    said = f"Verified: {len(body['records'])} records of {agency}, {body['mode']}; fields withheld: {len(withheld)}; "
    warned = "\nPRACTICE: it comes from a practice ledger and is evidence of nothing." * practice
    return f"{said}records disputed: {disputed}.{warned}"


def main(words: list[str]) -> tuple[int, str]:
    """The exit code, and the verdict to print."""
    it = Entries()
    try:
        file, trust = map(Path, words)
        with file.open("rb") as data, trust.open("rb") as known:
            believed, given = trusted(known.read(1 << 20).decode().strip("\ufeff \t\r\n")), data.read((32 << 20) + 1)
    except Exception as wrong:  # noqa: BLE001 - whatever is not there, or not of its form
        why = f"One is not there, or TRUST is neither a vkey nor a trust file ({type(wrong).__name__})."
        return 2, f"Usage: verify_extract.py FILE TRUST. {why} A card is not taken."
    try:
        return 0, verified(it, given, *believed)
    except Exception as wrong:  # noqa: BLE001 - likewise
        code, why = wrong.args if isinstance(wrong, Verdict) else (1, "")
    said = "Failed at record {}, step {}: something is wrong with its {}."
    return code, why or said.format(*it.place, WRONG[it.place[1]])


if __name__ == "__main__":
    result, sentence = main(sys.argv[1:])
    print(sentence)
    sys.exit(result)
