"""Writes the vectors beside this file: `python tests/vectors/make.py`. Every byte follows from fixed seeds, but for the
one ML-DSA-44 signature, which is made with chance: one that was written and verifies stays. What others made is in
others/, and none of it comes from here.

values.json       encodings, right and wrong
keys.json         key ids, verifier keys, and public keys that must be refused
commitments.json  openings, commitments, stream ids, sealing
chains.json       whole ledgers as their stored rows, and the verdict on each
attacks.json      edits of those ledgers, and the position and step where each must fail
checkpoints.json  a signed checkpoint of `real`, cosigned, with the proof of a record; and notes that must be refused

written/trust.json, trust files that can be used and that cannot, is written by hand.

A cell is a string, a number, null, or {"hex": bytes}. docs/format.md says what the columns mean.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from ledger.proof import (  # noqa: E402
    charter,
    checkpoint,
    commitments,
    cosignature,
    draft,
    envelope,
    fields,
    keys,
    note,
    primitives,
    record,
    sealing,
    tree,
    values,
)
from ledger.proof.report import Row  # noqa: E402
from ledger.proof.tiles import TileTree  # noqa: E402
from ledger.proof.tlog_proof import Proof  # noqa: E402

T0 = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
MINUTE = 60_000_000
DECISION = "case/DecisionMade/1"
KINDS = {DECISION: 12}
ERASED = charter.ERASED_KIND
AGENCY = charter.KEYS_STREAM


class Chance:
    """Repeatable bytes where a ledger would use random ones: SHA-256(seed ‖ u64 counter), block after block."""

    def __init__(self, seed: str) -> None:
        self.seed = seed.encode()
        self.count = 0

    def __call__(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            out += hashlib.sha256(self.seed + self.count.to_bytes(8, "big")).digest()
            self.count += 1
        return out[:size]


def seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


class Chain:
    """A ledger in the making."""

    def __init__(self, name: str, *, practice: bool = False) -> None:
        self.chance = Chance(name)
        self.practice = practice
        self.signer = keys.FileSigner.from_seed(seed(name + " signing"))
        self.recovery = keys.FileSigner.from_seed(seed(name + " recovery"))
        self.mldsa = primitives.mldsa_public(seed(name + " mldsa"))
        self.charter = charter.Charter(
            agency_id="E10000016",
            name=f"Example {name}",
            public=self.signer.public,
            recovery_public=self.recovery.public,
            mldsa_hash=hashlib.sha256(self.mldsa).digest(),
            practice=practice,
            created=T0,
            nonce=self.chance(16),
        ).to_bytes()
        self.first = self.signer.public  # the charter's key, whatever signs later
        self.ledger = charter.ledger_id(self.charter)
        self.drafter = draft.Drafter(self.ledger)
        self.rows: list[Row] = []
        self.versions: dict[bytes, int] = {}
        self.keys: dict[bytes, bytes] = {}
        self.clock = T0

    @property
    def head(self) -> bytes:
        return self.rows[-1].hash if self.rows else record.NO_PREVIOUS

    def scope(self) -> bytes:
        """A new scope, with a key in the vault."""
        scope = self.chance(16)
        self.keys[scope] = self.chance(32)
        return scope

    def add(
        self, kind: str, about: tuple[str, str], payload: list[tuple[Any, bytes | None]], command: str = "", **more: Any
    ) -> Row:
        """Append a record a minute after the last; `more` overrides version, ordinal, us, behind or signer."""
        stream = commitments.stream_id(self.ledger, *about)
        version = more.get("version", self.versions.get(stream, 0) + 1)
        self.clock = more.get("us", self.clock + MINUTE)
        envelope = [(list(about), None), ("worker-17", None), ([T0, T0], None), ({"findings": [], "ok": True}, None)]
        ready = {scope: primitives.scope_cipher(key) for scope, key in self.keys.items()}
        command = command or f"command-{len(self.rows) + 1}"
        drafted = self.drafter.draft(
            kind, stream, version, command, more.get("ordinal", 0), [*envelope, *payload], ready, self.chance
        )
        made = draft.finish(
            drafted,
            len(self.rows) + 1,
            self.head,
            self.clock,
            more.get("behind", False),
            drafted.salt,
            more.get("signer", self.signer),
            more.get("practice", self.practice),
        )
        ordinal = more.get("ordinal", 0)
        row = Row(
            len(self.rows) + 1, made.record, made.hash, stream, version, command, ordinal, made.leaves, made.sealed
        )
        self.rows.append(row)
        self.versions[stream] = version
        return row

    def open(self, **more: Any) -> Row:
        proof = self.recovery.sign(charter.recovery_message(self.ledger))
        parts = [self.charter, self.mldsa, proof, "local authority", {"demo": False}, [["gov-2024", seed("edition")]]]
        parts = more.pop("parts", parts)
        return self.add(charter.GENESIS_KIND, ("agency", "E10000016"), [(part, None) for part in parts], **more)

    def decide(self, case: str, scope: bytes | None, **more: Any) -> Row:
        payload = [("share", None), ("Amelia Example", scope), ("Zoë's school must know today", scope)]
        return self.add(DECISION, ("case", case), payload, **more)

    def rotate(self, new: Any, **parts: Any) -> Row:
        """The live key is replaced; `parts` overrides old (key id), enrolment, about or signer."""
        row = self.add(
            charter.ROTATED_KIND,
            parts.get("about", AGENCY),
            [(new.public, None), (self.enrolment(new, self.signer.key_id, parts), None)],
            signer=parts.get("signer", self.signer),
        )
        self.signer = new
        return row

    def recover(self, new: keys.FileSigner, distrust_from: Any, mldsa: Any = None, **parts: Any) -> Row:
        """The recovery key brings a new key in."""
        payload = [new.public, self.enrolment(new, self.recovery.key_id, parts), distrust_from, mldsa, None]
        signer = parts.get("signer", self.recovery)
        row = self.add(charter.RECOVERED_KIND, AGENCY, [(part, None) for part in payload], signer=signer)
        self.signer = new
        return row

    def enrolment(self, new: Any, replaced: bytes, parts: dict[str, Any]) -> bytes:
        if "enrolment" in parts:
            return bytes(parts["enrolment"])
        return bytes(new.sign(keys.enrol_message(self.ledger, parts.get("old", replaced), new.public)))

    def until(self, count: int) -> "Chain":
        """Cut to its first records, to go on otherwise from there."""
        self.rows = self.rows[:count]
        self.versions = {row.stream: row.version for row in self.rows}
        self.clock = T0 + count * MINUTE
        return self

    def erase(self, *scopes: bytes, forget: bool = True) -> Row:
        row = self.add(ERASED, ("operations", "E10000016"), [("person", None), ("P-1", None), (list(scopes), None)])
        for scope in scopes:
            if forget:
                del self.keys[scope]
        return row


def forge(chain: Chain, index: int, **parts: Any) -> Row:
    """Row `index` again, signed by the agency itself, with other leaves, ciphertexts or header: what it must not do."""
    row = chain.rows[index]
    leaves = parts.get("leaves", commitments.leaves_from_bytes(row.leaves))
    sealed = parts.get("sealed", commitments.sealed_from_bytes(row.sealed))
    committer = commitments.Committer(chain.ledger)
    hashes = [committer.leaf_commitment(i, leaf) for i, leaf in enumerate(leaves)]
    content = commitments.content_hash(hashes, commitments.ciphertexts_digest(sealed))
    header = record.header_from_bytes(row.record)._replace(content=content, **parts.get("header", {}))
    signer = parts.get("signer", chain.signer)
    header = header._replace(key_id=signer.key_id)
    packed = record.header_to_bytes(header)
    signed = packed + signer.sign(record.signed_message(packed, parts.get("practice", chain.practice)))
    columns = {"leaves": commitments.leaves_to_bytes(leaves), "sealed": commitments.sealed_to_bytes(sealed)}
    columns |= parts.get("columns", {})
    return row._replace(record=signed, hash=record.record_hash(signed), **columns)


def leaf(value: Any) -> bytes:
    return commitments.open_leaf(commitments.opening(bytes(16), value))


def raw_leaf(encoded: bytes) -> bytes:
    """An open leaf whose value was encoded by another hand."""
    return commitments.OPEN_LEAF_HEAD + bytes(16) + encoded


def with_leaf(chain: Chain, index: int, field: int, new: bytes) -> list[bytes]:
    leaves = commitments.leaves_from_bytes(chain.rows[index].leaves)
    return [*leaves[:field], new, *leaves[field + 1 :]]


# Whole ledgers


def real() -> Chain:
    """Two persons' scopes, one record with both; then one person is erased."""
    chain = Chain("real")
    chain.open()
    one, two = chain.scope(), chain.scope()
    chain.decide("C-1", one)
    chain.decide("C-2", two)
    chain.add(DECISION, ("case", "C-1"), [("withhold", None), ("Ben Example", two), ("no risk", one)])
    chain.decide("C-3", None)
    chain.add("operations/HourPassed/1", ("operations", "E10000016"), [], us=T0 + 61 * MINUTE, behind=True)
    return chain


def erased() -> Chain:
    chain = real()
    chain.erase(next(iter(chain.keys)))
    chain.decide("C-2", next(iter(chain.keys)))
    return chain


def signer(name: str) -> keys.FileSigner:
    return keys.FileSigner.from_seed(seed(name))


def rotated() -> Chain:
    """The signing key is replaced at position 3 and again at 5."""
    chain = Chain("rotated")
    chain.open()
    chain.decide("C-1", None)
    chain.rotate(signer("second"))
    chain.decide("C-1", None)
    chain.rotate(signer("third"))
    chain.decide("C-2", chain.scope())
    return chain


def recovered() -> Chain:
    """A thief with the key decides at 3, puts a key of their own in its place at 4, decides again; then recovery."""
    chain = Chain("recovered")
    chain.open()
    chain.decide("C-1", None)
    chain.decide("C-1", None)
    chain.rotate(signer("the thief's"))
    chain.decide("C-2", None)
    chain.recover(signer("after the theft"), 3, primitives.mldsa_public(seed("after the theft")))
    chain.decide("C-1", None)
    return chain


def recovered_twice() -> Chain:
    """What two recoveries distrust counts once; the second distrusts from before the first."""
    chain = recovered()
    chain.recover(signer("fourth"), 2)
    chain.recover(signer("fifth"), 9)
    chain.decide("C-3", None)
    return chain


def chains() -> dict[str, tuple[Chain, dict[str, Any]]]:
    practice = Chain("practice", practice=True)
    practice.open()
    practice.decide("C-1", practice.scope())
    missing = real()
    del missing.keys[[*missing.keys][1]]
    closed, unexcused = real(), real()
    scope = unexcused.scope()
    unexcused.erase(scope, forget=False)
    unexcused.decide("C-4", scope)
    del unexcused.keys[scope]
    back = real()
    back.decide("C-5", None, us=T0)
    head = closed.rows[-1]
    return {
        "real": (real(), {}),
        "erased": (erased(), {"erased": 2}),
        "practice": (practice, {}),
        "closed-vault": (closed, {"closed": True, "unchecked": 3, "heads": [(6, head.hash), (2, closed.rows[1].hash)]}),
        "key-missing": (missing, {"verdict": "undecided", "missing": [3, 4]}),
        "used-after-erasure": (unexcused, {"verdict": "undecided", "missing": [8]}),
        "clock-set-back": (back, {"steps_back": [7]}),
        "rotated": (rotated(), {"signatures": 4}),
        "recovered": (
            recovered(),
            {
                "signatures": 5,
                "heads": [(2, recovered().rows[1].hash), (4, recovered().rows[3].hash)],
                "disputed": 3,
                "disputes": [{"first": 3, "last": 5, "anchors": [4]}],
            },
        ),
        "recovered-twice": (
            recovered_twice(),
            {
                "signatures": 8,
                "disputed": 6,
                "disputes": [{"first": 3, "last": 5, "anchors": []}, {"first": 2, "last": 7, "anchors": []}],
            },
        ),
    }


def chain_json(name: str, chain: Chain, more: dict[str, Any]) -> dict[str, Any]:
    expect = {
        "verdict": more.get("verdict", "verified"),
        "records": len(chain.rows),
        "head": chain.head.hex(),
        "unchecked": more.get("unchecked", 0),
        "erased": more.get("erased", 0),
        "missing": more.get("missing", []),
        "steps_back": more.get("steps_back", []),
        "signatures": more.get("signatures", 2),
        "disputed": more.get("disputed", 0),
        "disputes": more.get("disputes", []),
    }
    return {
        "name": name,
        "ledger": chain.ledger.hex(),
        "practice": chain.practice,
        "public_key": chain.first.hex(),
        "recovery_key": chain.recovery.public.hex(),
        "kinds": KINDS,
        "scope_keys": None if more.get("closed") else {k.hex(): v.hex() for k, v in chain.keys.items()},
        "heads": [[position, digest.hex()] for position, digest in more.get("heads", [])],
        "rows": [row_json(row) for row in chain.rows],
        "expect": expect,
    }


def cell(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def row_json(row: Row) -> dict[str, Any]:
    names = ("position", "record", "hash", "stream", "version", "command", "ordinal", "leaves", "sealed")
    return {name: cell(value) for name, value in zip(names, row, strict=True)}


# Attacks: (name, chain, edits, position, step)


def attacks() -> list[dict[str, Any]]:
    out = [*store_attacks(), *agency_attacks(), *genesis_attacks(), *key_attacks()]
    return [
        dict(zip(("name", "of", "edits", "position", "step", "every_signature"), each, strict=True)) for each in out
    ]


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def put(index: int, column: str, value: Any) -> dict[str, Any]:
    return {"set": column, "row": index, "to": cell(value)}


def replace(index: int, row: Row) -> dict[str, Any]:
    return {"replace": index, "with": row_json(row)}


def store_attacks() -> list[tuple[Any, ...]]:
    """What the owner of the file can do without the signing key."""
    r = real().rows
    whole = r[2]
    parts = [(0, 1), (1, 2), (17, 2), (25, 3), (57, 6), (65, 5), (97, 6), (129, 6), (192, 6)]
    out: list[tuple[Any, ...]] = []
    for at, step in parts:
        changed = flip(whole.record, at)
        edits = [put(2, "record", changed), put(2, "hash", record.record_hash(changed))]
        out.append((f"byte {at} of a record flipped, its hash made to fit", "real", edits, 3, step, True))
    cells = [
        ("record", None, 1), ("record", "text", 1), ("record", 193, 1),
        ("record", whole.record[:-1], 1), ("record", whole.record + b"\0", 1),
        ("position", None, 2), ("position", "3", 2), ("position", 4, 2), ("hash", None, 3),
        ("hash", flip(whole.hash, 0), 3), ("hash", whole.hash.hex(), 3), ("leaves", None, 7), ("leaves", "x", 7),
        ("leaves", b"", 7), ("leaves", flip(whole.leaves, 40), 7), ("leaves", whole.leaves + b"\xc0", 7),
        ("leaves", b"\xdd" + b"\0\0\0\x0c" + whole.leaves[1:], 7), ("sealed", None, 7), ("sealed", b"\x90", 7),
        ("sealed", flip(whole.sealed, 60), 7), ("sealed", 7, 7), ("stream", None, 8), ("stream", bytes(16), 8),
        ("version", 2, 8), ("version", None, 8), ("command", "command-9", 8), ("command", None, 8),
        ("ordinal", 1, 8), ("ordinal", "0", 8),
    ]  # fmt: skip
    out += [(f"{name} is {shown(value)}", "real", [put(2, name, value)], 3, step, False) for name, value, step in cells]
    out += [
        ("a record dropped", "real", [{"delete": 2}], 3, 2, False),
        (
            "a record dropped, the rest renumbered",
            "real",
            [{"delete": 2}, *[put(i, "position", i + 1) for i in (2, 3, 4)]],
            3,
            2,
            False,
        ),
        ("two records swapped", "real", [replace(2, r[3]), replace(3, r[2])], 3, 2, False),
        ("every record gone", "real", [{"delete": 0}] * len(r), 1, 2, False),
        ("the tail cut off, a checkpoint held", "closed-vault", [{"delete": 5}], 6, 9, False),
        ("the tail cut off twice, a checkpoint held", "closed-vault", [{"delete": 5}, {"delete": 4}], 5, 9, False),
        ("a planted record with a random signature at the head", "real", [replace(5, planted(r[5]))], 6, 6, False),
        ("a record of the practice ledger", "real", [replace(1, chains()["practice"][0].rows[1])], 2, 2, False),
    ]
    return out


def planted(row: Row) -> Row:
    changed = row.record[:129] + Chance("planted")(64)
    return row._replace(record=changed, hash=record.record_hash(changed))


def shown(value: Any) -> str:
    return f"{len(value)} other bytes" if isinstance(value, bytes) else json.dumps(value)


def agency_attacks() -> list[tuple[Any, ...]]:
    """What the holder of the signing key can do, at the head so that no later record covers it."""
    out: list[tuple[Any, ...]] = []
    chain = erased()
    last = len(chain.rows) - 1  # a decision with two fields sealed under one scope
    other = keys.FileSigner.from_seed(seed("somebody else"))
    leaves = commitments.leaves_from_bytes(chain.rows[last].leaves)
    stream, version = chain.rows[last].stream, chain.rows[last].version
    scope = next(iter(chain.keys))

    def one(name: str, step: int, **parts: Any) -> None:
        out.append((name, "erased", [replace(last, forge(chain, last, **parts))], last + 1, step, False))

    def field(name: str, index: int, new: bytes, columns: dict[str, Any] | None = None) -> None:
        one(name, 8, leaves=with_leaf(chain, last, index, new), columns=columns or {})

    one("signed with another key", 5, signer=other)
    one("signed as practice", 6, practice=True)
    one("an hour that is not that of field 2", 8, header={"hour": T0 // record.HOUR_US + 9})
    field("kind is closed", 0, commitments.closed_leaf(bytes(32)))
    field("kind is a number", 0, leaf(7))
    field("kind is a genesis", 0, leaf(charter.GENESIS_KIND))
    field("stream of 15 bytes", 1, leaf([bytes(15), version]), {"stream": bytes(15)})
    field("version skips one", 1, leaf([stream, version + 1]), {"version": version + 1})
    field("version repeats", 1, leaf([stream, version - 1]), {"version": version - 1})
    field("version is zero", 1, leaf([stream, 0]), {"version": 0})
    field("version is negative", 1, leaf([stream, -1]), {"version": -1})
    field("version is true", 1, leaf([stream, True]), {"version": True})
    field("time is negative", 2, leaf([-1, False]))
    field("time is nil", 2, leaf([None, False]))
    field("no flag beside the time", 2, leaf([chain.clock]))
    field("the flag is a number", 2, leaf([chain.clock, 0]))
    field("scopes is nil", 3, leaf(None))
    field("more scopes than ciphertexts", 3, leaf([scope, bytes(16)]))
    field("fewer scopes than ciphertexts", 3, leaf([]))
    field("a command repeated", 4, leaf(["command-2", 0]), {"command_id": "command-2"})
    field("a negative ordinal", 4, leaf(["command-8", -1]), {"ordinal": -1})
    field("about another case", 5, leaf(["case", "C-99"]))
    field("about is a map", 5, leaf({"case": "C-2"}))
    for name, encoded in NOT_CANONICAL.items():
        field(f"an opening with {name}", 6, raw_leaf(encoded))
    field("an opening with nothing in it", 6, commitments.OPEN_LEAF_HEAD + bytes(16))
    field("an opening with a salt of 15 bytes", 6, b"\1\x92\xc4\x0f" + bytes(15) + b"\xc0\xc0")
    field("an opening of three parts", 6, b"\1\x93\xc4\x10" + bytes(16) + b"\xc0\xc0")
    field("closed, and no scope seals it", 9, commitments.closed_leaf(bytes(32)))
    field("a sealed field's commitment is another", 10, commitments.closed_leaf(bytes(32)))
    field("a sealed field stands open too", 10, leaf("Amelia Example"))
    one("a field too few for its kind", 8, leaves=leaves[:-1])
    one("a field too many for its kind", 8, leaves=[*leaves, leaf(None)])
    one("eight fields", 8, leaves=leaves[:8])
    cipher = primitives.scope_cipher(chain.keys[scope])
    bound = chain.ledger + stream + version.to_bytes(8, "big") + scope
    for name, plain in BAD_PLAINTEXTS.items():
        nonce = Chance(name)(12)
        one(f"sealed: {name}", 8, sealed=[nonce + cipher.encrypt(nonce, plain, bound)])
    moved = sealing.seal(cipher, bytes(12), [(10, leaves[9][1:])], chain.ledger, stream, version + 1, scope)
    one("sealed for another version", 8, sealed=[moved])
    one("a ciphertext of 3 bytes", 8, sealed=[b"abc"])
    erasure = len(real().rows)  # the index of the erasure in `erased`
    base = chain.rows[: erasure + 1]
    tail = [{"delete": erasure + 1}]
    for name, new in {
        "closed": commitments.closed_leaf(bytes(32)),
        "empty": leaf([]),
        "of 3 bytes": leaf([b"abc"]),
    }.items():
        row = forge(chain, erasure, leaves=with_leaf(chain, erasure, fields.PAYLOAD + 2, new))
        out.append((f"an erasure's scopes are {name}", "erased", [*tail, replace(erasure, row)], len(base), 8, False))
    operations = chain.rows[erasure].stream
    for name, number in {"skips one": 3, "repeats": 1}.items():
        changed = with_leaf(chain, erasure, 1, leaf([operations, number]))
        row = forge(chain, erasure, leaves=changed, columns={"version": number})
        out.append((f"version {name}, nothing sealed", "erased", [*tail, replace(erasure, row)], len(base), 8, False))
    fresh = commitments.stream_id(chain.ledger, "operations", "another")
    changed = with_leaf(chain, erasure, 1, leaf([fresh, 2]))
    changed[5] = leaf(["operations", "another"])
    row = forge(chain, erasure, leaves=changed, columns={"stream": fresh})
    out.append(("a stream that begins with version 2", "erased", [*tail, replace(erasure, row)], len(base), 8, False))
    plain_one = chain.rows[:5]  # ends with a decision that seals nothing
    row = forge(chain, 4, leaves=commitments.leaves_from_bytes(chain.rows[4].leaves)[:-1])
    cut = [{"delete": 5}] * 3
    out.append(("a field too few, nothing sealed", "erased", [*cut, replace(4, row)], len(plain_one), 8, False))
    return out


NOT_CANONICAL = {
    "a float": b"\xca\x3f\x80\x00\x00",
    "a double": b"\xcb" + bytes(8),
    "a long form of a small number": b"\xcd\x00\x07",
    "a number of 2**53": b"\xcf\x00\x20" + bytes(6),
    "unsorted keys": b"\x82\xa1b\x01\xa1a\x02",
    "a key twice": b"\x82\xa1a\x01\xa1a\x02",
    "a number as key": b"\x81\x01\x02",
    "text that is not UTF-8": b"\xa1\xff",
    "a lone surrogate": b"\xa3\xed\xa0\x80",
    "text that is not NFC": b"\xa3e\xcc\x81",
    "a line feed": b"\xa1\n",
    "a right-to-left override": b"\xa3\xe2\x80\xae",
    "an extension type": b"\xd4\x01\x00",
    "a timestamp": b"\xd6\xff" + bytes(4),
    "two values": b"\xc0\xc0",
    "half a value": b"\xa5abc",
    "a reserved byte": b"\xc1",
    "nine arrays nested": b"\x91" * 9 + b"\xc0",
}  # fmt: skip

BAD_PLAINTEXTS = {
    "not padded": b"\x90",
    "padded with too much": values.encode([[10, b"x"]]) + b"\x80" + bytes(511 - 6),
    "no 0x80": bytes(256),
    "not an array": b"\x01\x80" + bytes(254),
    "an empty array": b"\x90\x80" + bytes(254),
    "nothing but padding": b"\x80" + bytes(255),
    "another opening": b"\x91\x92\x0a\xc4\x01x\x80" + bytes(249),
    "field 2": b"\x91\x92\x02\xc4\x01x\x80" + bytes(249),
}


def genesis_attacks() -> list[tuple[Any, ...]]:
    out = []
    chain = real()
    proof = chain.recovery.sign(charter.recovery_message(chain.ledger))
    stranger = keys.FileSigner.from_seed(seed("somebody else"))
    good: list[Any] = [chain.charter, chain.mldsa, proof, "local authority", {}, []]
    bad = {
        "another charter": (0, chains()["practice"][0].charter),
        "a charter that is text": (0, "charter"),
        "another ML-DSA key": (1, primitives.mldsa_public(seed("another"))),
        "half an ML-DSA key": (1, chain.mldsa[:600]),
        "a recovery signature by somebody else": (2, stranger.sign(charter.recovery_message(chain.ledger))),
        "a recovery signature of 3 bytes": (2, b"abc"),
    }
    for name, (index, part) in bad.items():
        forged = real()
        forged.rows, forged.versions = [], {}
        row = forged.open(parts=[*good[:index], part, *good[index + 1 :]])
        out.append((f"a genesis with {name}", "real", [*[{"delete": 1}] * 5, replace(0, row)], 1, 8, False))
    forged = real()
    forged.rows, forged.versions = [], {}
    row = forged.decide("C-1", None)
    out.append(("no genesis, but its key known", "real", [*[{"delete": 1}] * 5, replace(0, row)], 1, 8, False))
    return out


def key_attacks() -> list[tuple[Any, ...]]:
    """What somebody does who holds a key that may not do it."""
    out: list[tuple[Any, ...]] = []
    new, whole = signer("another"), len(rotated().rows)
    weak = SimpleNamespace(public=b"\1" + bytes(31), key_id=keys.key_id(b"\1" + bytes(31)))

    def one(name: str, position: int, step: int, make: Callable[[Chain], Any]) -> None:
        """`make` adds a record at `position` to the chain `rotated`, cut off before it."""
        chain = rotated().until(position - 1)
        chain.signer = [signer("rotated signing"), signer("second"), signer("third")][(position > 3) + (position > 5)]
        make(chain)
        cut = [{"delete": position}] * (whole - position)
        out.append((name, "rotated", [*cut, replace(position - 1, chain.rows[-1])], position, step, False))

    first = Chain("rotated").signer
    one("a rotation that the new key did not sign", 3, 8, lambda c: c.rotate(new, enrolment=bytes(64)))
    one(
        "a rotation that somebody else signed for the new key",
        3,
        8,
        lambda c: c.rotate(new, enrolment=first.sign(keys.enrol_message(c.ledger, first.key_id, new.public))),
    )
    one("a rotation enrolled in place of another key", 3, 8, lambda c: c.rotate(new, old=c.recovery.key_id))
    one(
        "a rotation from another ledger",
        3,
        8,
        lambda c: c.rotate(new, enrolment=new.sign(keys.enrol_message(bytes(16), first.key_id, new.public))),
    )
    one("a rotation to a weak key", 3, 8, lambda c: c.rotate(weak, enrolment=b"\1" + bytes(63)))
    one("a rotation to the key that signs it", 3, 8, lambda c: c.rotate(first))
    one("a rotation to the recovery key", 3, 8, lambda c: c.rotate(c.recovery))
    one("a rotation in another stream", 3, 8, lambda c: c.rotate(new, about=("case", "C-1")))
    one(
        "a rotation signed by the recovery key", 3, 5, lambda c: c.rotate(new, signer=c.recovery, old=c.recovery.key_id)
    )
    one("a rotation signed by the key it brings in", 3, 5, lambda c: c.rotate(new, signer=new))
    one("a key enrolled twice", 5, 8, lambda c: c.rotate(first))
    one("a second rotation by the key that was replaced", 4, 5, lambda c: c.rotate(new, signer=first))
    one("a decision by the key that was replaced", 4, 5, lambda c: c.decide("C-1", None, signer=first))
    one("a decision by a key that is not live yet", 4, 5, lambda c: c.decide("C-1", None, signer=signer("third")))
    one("a decision by the recovery key", 4, 5, lambda c: c.decide("C-1", None, signer=c.recovery))
    one("a recovery by the live key", 4, 5, lambda c: c.recover(new, 2, signer=c.signer, old=c.signer.key_id))
    one("a recovery by the key that was replaced", 4, 5, lambda c: c.recover(new, 2, signer=first, old=first.key_id))
    one("a recovery that the new key did not sign", 4, 8, lambda c: c.recover(new, 2, enrolment=bytes(64)))
    one("a recovery enrolled in place of the live key", 4, 8, lambda c: c.recover(new, 2, old=c.signer.key_id))
    one("a recovery with a key enrolled before", 4, 8, lambda c: c.recover(first, 2))
    one("a recovery that distrusts what comes after it", 4, 8, lambda c: c.recover(new, 5))
    one("a recovery that distrusts the genesis", 4, 8, lambda c: c.recover(new, 1))
    one("a recovery that distrusts from true on", 4, 8, lambda c: c.recover(new, True))
    one("a recovery with half an ML-DSA key", 4, 8, lambda c: c.recover(new, 2, bytes(600)))
    stripped = [{"delete": 2}, *[put(i, "position", i + 1) for i in (2, 3, 4)]]
    out.append(("a rotation stripped", "rotated", stripped, 3, 2, False))
    chain = rotated().until(2)
    chain.signer = first
    instead = chain.decide("C-1", None)
    out.append(("a rotation replaced by a decision", "rotated", [replace(2, instead)], 4, 3, False))
    last = recovered().rows[4]  # the thief's, right before the recovery: the last under the thief's key
    out.append(("a planted record before a recovery", "recovered", [replace(4, planted(last))], 5, 6, False))
    return out


# Small parts


def values_json() -> dict[str, Any]:
    good: list[Any] = [
        None, False, True, 0, 127, 128, -1, -33, 2**53 - 1, 1 - 2**53, "", "Zoë", "a b", "x" * 32, b"", b"\x00\xff",
        [], [1, [2]], {}, {"a": 1, "b": None, "é": [True]}, [[[[[[[[]]]]]]]], {"b" * 40: b"c" * 300},
    ]  # fmt: skip
    return {
        "valid": [{"hex": values.encode(value).hex(), "value": plain(value)} for value in good],
        "invalid": [{"hex": data.hex(), "why": name} for name, data in NOT_CANONICAL.items()],
    }


def plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {"map": {k: plain(v) for k, v in value.items()}} if isinstance(value, dict) else value


def weak_keys() -> dict[str, str]:
    """Every encoding, canonical or not, of the eight points whose order divides 8; and other keys to refuse."""
    p = 2**255 - 19
    out = {}
    for y in [*sorted(primitives.SMALL_ORDER_Y), p, p + 1]:
        for sign in (0, 1):
            out[(y | sign << 255).to_bytes(32, "little").hex()] = "small order"
    for y in range(p + 2, 2**255):
        for sign in (0, 1):
            out[(y | sign << 255).to_bytes(32, "little").hex()] = "y is not below 2**255 - 19"
    return out | {(2).to_bytes(32, "little").hex(): "not on the curve", "00" * 31: "31 bytes", "": "no bytes"}


def keys_json() -> dict[str, Any]:
    signer = Chain("real").signer
    name = "ruleseven/" + Chain("real").ledger.hex()
    forged = {"public": "01" + "00" * 31, "message": b"anything".hex(), "signature": "01" + "00" * 63}
    return {
        "keys": [
            {
                "public": signer.public.hex(),
                "key_id": signer.key_id.hex(),
                "name": name,
                "vkey": keys.vkey(name, signer.public),
            }
        ],
        "refused": [{"hex": key, "why": why} for key, why in weak_keys().items()],
        "forgery_under_a_weak_key": forged,
    }


def commitments_json() -> dict[str, Any]:
    chain = real()
    committer = commitments.Committer(chain.ledger)
    openings: list[dict[str, Any]] = []
    for index, value in [(0, DECISION), (6, "worker-17"), (9, None), (63, {"a": [1]})]:
        salt = chain.chance(16)
        data = commitments.opening(salt, value)
        openings.append({"index": index, "salt": salt.hex(), "value": values.encode(value).hex(), "opening": data.hex(),
                         "commitment": committer.commit(index, data).hex()})  # fmt: skip
    scope, key, nonce = chain.chance(16), chain.chance(32), chain.chance(12)
    stream = commitments.stream_id(chain.ledger, "case", "C-1")
    pairs = [(9, bytes.fromhex(openings[2]["opening"]))]
    sealed = sealing.seal(key, nonce, pairs, chain.ledger, stream, 1, scope)
    hashes = [bytes.fromhex(each["commitment"]) for each in openings]
    digest = commitments.ciphertexts_digest([sealed])
    body = values.encode({"recipient": "a court"})
    return {
        "ledger": chain.ledger.hex(),
        "charter": chain.charter.hex(),
        "openings": openings,
        "streams": [{"type": "case", "id": "C-1", "stream": stream.hex()}],
        "sealing": {"key": key.hex(), "nonce": nonce.hex(), "stream": stream.hex(), "version": 1, "scope": scope.hex(),
                    "pairs": [[i, data.hex()] for i, data in pairs], "ciphertext": sealed.hex()},
        "content": {"commitments": [h.hex() for h in hashes], "scopes": digest.hex(),
                    "hash": commitments.content_hash(hashes, digest).hex()},
        "envelope": {"body": body.hex(), "public": chain.signer.public.hex(),
                     "file": envelope.sign_body(body, chain.ledger, chain.signer).hex()},
    }  # fmt: skip


SIGNED_AT = T0 // 1_000_000 + 3600
WITNESS = "witness.example/partner"


def checkpoints_json() -> dict[str, Any]:
    chain, made = real(), TileTree()
    made.extend(row.hash for row in chain.rows)
    stated = checkpoint.Checkpoint(checkpoint.origin(chain.ledger, practice=False), len(chain.rows), made.root())
    own = checkpoint.Keys(chain.signer.public, chain.mldsa)
    data = checkpoint.sign(stated, chain.signer, lambda text: mldsa_line(chain, text), own, SIGNED_AT)
    opened = note.from_bytes(data)
    witness = signer("a witness")
    line = cosignature.cosign(opened.text, WITNESS, witness, SIGNED_AT + 60)
    proof = Proof(4, tuple(tree.prove_inclusion(4, stated.size, made.read)), data)
    return {
        "origin": stated.origin,
        "size": stated.size,
        "root": stated.root.hex(),
        "time": SIGNED_AT,
        "vkey": keys.vkey(stated.origin, chain.signer.public),
        "mldsa_vkey": checkpoint.mldsa_vkey(stated.origin, chain.mldsa),
        "checkpoint": data.decode(),
        "witness_vkey": cosignature.Cosigner(WITNESS, witness.public).vkey(),
        "cosigned_at": SIGNED_AT + 60,
        "cosigned": note.to_bytes(opened.text, [*opened.signatures, line]).decode(),
        "proof": {"position": 5, "record": chain.rows[4].record.hex(), "file": proof.to_bytes().decode()},
        "refused": [{"why": why, "checkpoint": text} for why, text in refused_notes(data.decode()).items()],
    }


def mldsa_line(chain: Chain, text: bytes) -> bytes:
    """The ML-DSA-44 signature that was written before, if it is one; else a new one."""
    try:
        kept = json.loads((HERE / "checkpoints.json").read_text(encoding="utf-8"))["checkpoint"].encode()
        signature = note.from_bytes(kept).signatures[1].signature[checkpoint.TIME_SIZE :]
    except OSError:
        signature = b""
    if primitives.mldsa_verify(chain.mldsa, signature, text):
        return signature
    return primitives.mldsa_sign(seed("real mldsa"), text)


def refused_notes(good: str) -> dict[str, str]:
    """A checkpoint with one thing wrong each; none may be taken for one of this ledger."""
    origin, size, root, _, first, second, _ = good.split("\n")
    text = f"{origin}\n{size}\n{root}\n\n"
    name, encoded = first.rsplit(" ", 1)
    raw = base64.b64decode(encoded)
    wrong_id = base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
    altered = base64.b64encode(raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]).decode()
    short = base64.b64encode(base64.b64decode(root)[:31]).decode()
    signed = f"\n{first}\n{second}\n"
    return {
        "without the final line feed": good[:-1],
        "without its Ed25519 line": f"{text}{second}\n",
        "without its ML-DSA-44 line": f"{text}{first}\n",
        "with the Ed25519 line twice": f"{good}{first}\n",
        "with the ML-DSA-44 line twice": f"{good}{second}\n",
        "with another key id": f"{text}{name} {wrong_id}\n{second}\n",
        "with a signature altered": f"{text}{name} {altered}\n{second}\n",
        "of another size": f"{origin}\n{int(size) + 1}\n{root}\n{signed}",
        "of a size with a leading zero": f"{origin}\n0{size}\n{root}\n{signed}",
        "of no records and this root": f"{origin}\n0\n{root}\n{signed}",
        "with a root of 31 bytes": f"{origin}\n{size}\n{short}\n{signed}",
        "with an extension line": f"{origin}\n{size}\n{root}\nmore\n{signed}",
        "of another origin": good.replace("ruleseven/", "ruleseven-practice/"),
        "without the empty line": good.replace("\n\n", "\n"),
        "with carriage returns": good.replace("\n", "\r\n"),
    }


def files() -> dict[str, str]:
    """The name and text of every vector file."""
    whole = {
        "values.json": values_json(),
        "keys.json": keys_json(),
        "commitments.json": commitments_json(),
        "chains.json": [chain_json(name, chain, more) for name, (chain, more) in chains().items()],
        "attacks.json": attacks(),
        "checkpoints.json": checkpoints_json(),
    }
    return {name: json.dumps(data, indent=1, ensure_ascii=False) + "\n" for name, data in whole.items()}


if __name__ == "__main__":
    for name, text in files().items():
        (HERE / name).write_text(text, encoding="utf-8")
