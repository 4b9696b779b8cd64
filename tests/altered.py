"""Extracts of each mode, and all that an agency could do to one and still sign it: what is wrong, and where.

`docs/format.md`, section 8, "To verify", in its order. Whatever verifies extracts must name the same position and step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support import ACTOR, fill, found, opened, person

from ledger import (
    About,
    Choice,
    Ledger,
    Purpose,
    Shown,
    Trust,
    create_extract,
    make_card,
    read_card,
    recover_key,
    rotate_key,
    showing,
    sign_checkpoint,
)
from ledger.extract_body import MODES
from ledger.proof import values
from ledger.proof.commitments import Committer, content_hash, opening, scopes_digest
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.keys import Signer
from ledger.proof.record import signed_message

COURT = Purpose("Harrowmere Family Court", "court_order", "6(c)", "ordered on 2 March", "OFFICIAL-SENSITIVE")
ROTATED, RECOVERED, SIZE = 8, 10, 13
OF_CASES = (2, 3, 4, 5, 6, 7, 9, 11, 13)  # 12 is of a case that nobody is shown
SELECTED = (3, 5, 6, 9)
Change = Callable[["Made", dict[str, Any]], object]
Where = tuple[int, int]


@dataclass
class Made:
    """A ledger of two cases and three signing keys, an extract of it in each mode, and whoever trusts its card."""

    ledger: Ledger
    extracts: dict[str, bytes]
    trust: Trust
    signers: list[Signer]
    recovery: Signer
    checkpoint_of_two: bytes

    def body(self, mode: str) -> dict[str, Any]:
        body: dict[str, Any] = values.decode(open_body(self.extracts[mode]).body)
        return body

    def signed(self, body: dict[str, Any], signer: Signer | None = None) -> bytes:
        return sign_body(values.encode(body), self.ledger.id, signer or self.signers[-1])

    def signer(self, position: int) -> Signer:
        return self.signers[(position > ROTATED) + (position > RECOVERED)]

    def forge(self, entry: list[Any], by: Signer | None = None, **parts: Any) -> None:
        """Replace bytes of an entry's header, at an offset each, and sign it anew."""
        header = bytearray(entry[0][:129])
        for at, new in parts.values():
            header[at : at + len(new)] = new
        signer = by or self.signer(int.from_bytes(header[17:25]))
        header[65:97] = signer.key_id
        entry[0] = bytes(header) + signer.sign(signed_message(bytes(header), self.ledger.practice))

    def rewrite(self, entry: list[Any], **parts: Any) -> None:
        """Put other bytes in place of leaves (`leaf_6=…`), values (`field_6=…`) or all hashes, and sign them."""
        _, leaves, hashes = entry
        for name, new in parts.items():
            part, _, index = name.partition("_")
            if part == "field":
                leaves[int(index)] = b"\1" + opening(bytes(16), new)
            elif part == "leaf":
                leaves[int(index)] = new
            else:
                hashes[:] = new
        committer = Committer(self.ledger.id)
        commitments = [committer.leaf_commitment(index, leaf) for index, leaf in enumerate(leaves)]
        self.forge(entry, content=(97, content_hash(commitments, scopes_digest(hashes))))


@contextmanager
def extracts_of_each_mode(folder: Path) -> Iterator[Made]:
    """Made in a folder of its own."""
    with found(folder / "hmc") as ledger:
        signers = [ledger.signer]
        ledger.record(opened("HM-2"), actor=ACTOR)
        small = sign_checkpoint(ledger).data
        fill(ledger, ROTATED - 1)
        rotate_key(ledger)
        signers.append(ledger.signer)
        ledger.record(person(50), actor=ACTOR)
        recover_key(ledger, folder / "hmc.recovery", 6, new_mldsa=True, reason="stolen", actor=ACTOR)
        signers.append(ledger.signer)
        ledger.record(person(51), actor=ACTOR)
        ledger.record(opened("HM-3"), actor=ACTOR)
        ledger.record(person(52, "HM-2"), actor=ACTOR)
        trust = read_card(make_card(ledger)).trust("the council")
        both = showing.complete(ledger, [About("case", "HM-1"), About("case", "HM-2")])
        shown = [replace(one, withheld=withheld(one)) for one in both.records]
        whole = Choice(both.about, tuple(shown), (("case", "HM-3", "third_party"),))
        some = Choice(both.about, tuple(one for one in shown if one.reading.position in SELECTED))
        extracts = {}
        for mode in MODES:
            out = folder / mode
            create_extract(ledger, some if mode != "complete" else whole, COURT, mode=mode, out=out, actor=ACTOR)
            extracts[mode] = out.read_bytes()
            if mode == "complete":  # the first of them, so that its checkpoint is that of the records above
                assert ledger.head().position == SIZE + 1
        recovery = ledger.keyring.signer_in((folder / "hmc.recovery").read_bytes())
        yield Made(ledger, extracts, trust, signers, recovery, small)


def withheld(shown: Shown) -> dict[int, str]:
    return {6: "other", 11: "third_party"} if shown.reading.name == "PersonLinked" else {}


def put(*path: Any, new: Any) -> Change:
    """Put something in a place of the body."""

    def change(_: Made, body: dict[str, Any]) -> None:
        place: Any = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = new

    return change


def drop(*path: Any) -> Change:
    def change(_: Made, body: dict[str, Any]) -> None:
        place: Any = body
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def entry(*path: Any, **parts: Any) -> Change:
    """Rewrite an entry with other content, signed by the true key."""
    return lambda made, body: made.rewrite(at(body, *path), **parts)


def header(*path: Any, **parts: Any) -> Change:
    """Rewrite an entry's header, signed by the true key."""
    return lambda made, body: made.forge(at(body, *path), **parts)


def of_kind(number: int, kind: str, size: int) -> Change:
    """A record made one of another kind, with as many fields as that has."""

    def change(made: Made, body: dict[str, Any]) -> None:
        record = body["records"][number]
        record[1][size:] = []
        record[1].extend([b"\1" + opening(bytes(16), None)] * (size - len(record[1])))
        made.rewrite(record, field_0=kind)

    return change


def by_recovery(*path: Any, **parts: Any) -> Change:
    def change(made: Made, body: dict[str, Any]) -> None:
        made.rewrite(at(body, *path), **parts)
        made.forge(at(body, *path), made.recovery)

    return change


def at(body: Any, *path: Any) -> Any:
    for step in path:
        body = body[step]
    return body


def flip(*path: Any) -> Change:
    """Turn over the last bit of some bytes."""

    def change(_: Made, body: dict[str, Any]) -> None:
        place = at(body, *path[:-1])
        place[path[-1]] = place[path[-1]][:-1] + bytes([place[path[-1]][-1] ^ 1])

    return change


CLOSED = b"\0" + bytes(32)
FIRST = ("records", 0)  # position 2 of a complete extract, 3 of a selective one
EVERY: dict[str, tuple[Change, Where]] = {
    # 1: the forms
    "no part": (drop("given"), (0, 0)),
    "a part more": (put("more", new=1), (0, 0)),
    "format 0": (put("format", new=0), (0, 0)),
    "a format that is true": (put("format", new=True), (0, 0)),
    "no mode": (put("mode", new="whole"), (0, 0)),
    "a mode that is a number": (put("mode", new=1), (0, 0)),
    "about that is a text": (put("about", new="case"), (0, 0)),
    "about of two": (put("about", 0, new=["case", "HM-1"]), (0, 0)),
    "about below zero": (put("about", 0, 2, new=-1), (0, 0)),
    "about that is false": (put("about", 0, 2, new=False), (0, 0)),
    "absent of two": (put("absent", new=[["case", "HM-3"]]), (0, 0)),
    "given of one more": (put("given", "colour", new="blue"), (0, 0)),
    "given of one less": (drop("given", "how"), (0, 0)),
    "given that is a number": (put("given", "how", new=1), (0, 0)),
    "a short head": (put("head", new=bytes(31)), (0, 0)),
    "made before 1970": (put("made", new=-1), (0, 0)),
    "made at true": (put("made", new=True), (0, 0)),
    "a pad of text": (put("pad", new=""), (0, 0)),
    "practice of 1": (put("practice", new=1), (0, 0)),
    "practice denied": (put("practice", new=False), (0, 0)),
    "a short recipient": (put("recipient", new=bytes(15)), (0, 0)),
    "a short hash in the proof": (put("proof", new=[bytes(31)]), (0, 0)),
    "records that are none": (put("records", new=None), (0, 0)),
    "keys that are none": (put("keys", new={}), (0, 0)),
    "withheld without a reason": (put("withheld", 0, 2, new=""), (0, 0)),
    "withheld of two": (put("withheld", 0, new=[2, 6]), (0, 0)),
    "withheld out of order": (lambda _, body: body["withheld"].reverse(), (0, 0)),
    "withheld twice": (lambda _, body: body["withheld"].insert(0, body["withheld"][0]), (0, 0)),
    # 2: the genesis
    "a genesis that is none": (put("genesis", new=[]), (0, 0)),
    "a genesis of another form": (put("genesis", 1, 3, new=1), (0, 0)),
    "another record for a genesis": (lambda _, body: body.update(genesis=body["keys"][0]), (0, 0)),
    "a genesis of another kind": (entry("genesis", field_0="agency/LedgerOpened/2"), (0, 0)),
    "a genesis with a field more": (lambda made, body: added(made, body["genesis"]), (0, 0)),
    "a genesis without its charter": (put("genesis", 1, 9, new=CLOSED), (0, 0)),
    "a genesis without its key": (put("genesis", 1, 10, new=CLOSED), (0, 0)),
    "another ML-DSA key": (entry("genesis", field_10=bytes(1312)), (0, 0)),
    "another recovery signature": (entry("genesis", field_11=bytes(64)), (0, 0)),
    "a charter that does not read": (entry("genesis", leaf_9=b"\1\x92\xc4\x10" + bytes(16) + b"\xc1"), (0, 0)),
    "another charter of the same keys": (lambda made, body: another_charter(made, body["genesis"]), (0, 0)),
    "a large genesis": (entry("genesis", field_14="x" * (1 << 20)), (0, 0)),
    "a genesis cut short": (lambda _, body: cut(body["genesis"]), (1, 1)),
    "a genesis of format 2": (lambda _, body: cut(body["genesis"], b"\2"), (1, 1)),
    "a genesis of another ledger": (header("genesis", ledger=(1, bytes(16))), (1, 2)),
    "a genesis at 2": (header("genesis", position=(17, (2).to_bytes(8))), (1, 2)),
    "a genesis that follows": (header("genesis", previous=(25, bytes([1]) * 32)), (1, 3)),
    "a genesis by a later key": (lambda made, body: made.forge(body["genesis"], made.signers[2]), (1, 5)),
    "a genesis by the recovery key": (by_recovery("genesis"), (1, 5)),
    "a genesis with a forged signature": (flip("genesis", 0), (1, 6)),
    "a genesis with a field altered": (flip("genesis", 1, 12), (1, 7)),
    "a genesis with a field that does not open": (entry("genesis", leaf_12=b"\1\x92\xc4\x10"), (1, 8)),
    "a genesis that hides its stream": (entry("genesis", leaf_1=CLOSED), (1, 8)),
    "a genesis in another hour": (header("genesis", hour=(57, bytes(8))), (1, 8)),
    # 4: the keys
    "a key record that is none": (put("keys", 0, new=None), (2, 1)),
    "a key record of another form": (put("keys", 1, new=[b"", []]), (ROTATED + 1, 1)),
    "hashes of a key record that are none": (put("keys", 0, 2, new=[b""]), (2, 1)),
    "a key record of another ledger": (header("keys", 1, ledger=(1, bytes(16))), (ROTATED + 1, 2)),
    "a key record at 0": (header("keys", 0, position=(17, bytes(8))), (2, 2)),
    "a key record at 1": (header("keys", 0, position=(17, (1).to_bytes(8))), (1, 2)),
    "the same key record twice": (lambda _, body: body["keys"].insert(0, body["keys"][0]), (ROTATED, 2)),
    "a rotation by a later key": (lambda made, body: made.forge(body["keys"][0], made.signers[1]), (ROTATED, 5)),
    "a rotation by the recovery key": (by_recovery("keys", 0), (ROTATED, 5)),
    "a recovery by the live key": (lambda made, body: made.forge(body["keys"][1], made.signers[1]), (RECOVERED, 5)),
    "a rotation with a forged signature": (flip("keys", 0, 0), (ROTATED, 6)),
    "a rotation with a field altered": (flip("keys", 0, 1, 9), (ROTATED, 7)),
    "a rotation that hides its kind": (entry("keys", 0, leaf_0=CLOSED), (ROTATED, 8)),
    "a rotation that hides its scopes": (entry("keys", 0, leaf_3=CLOSED), (ROTATED, 8)),
    "a rotation of another kind": (entry("keys", 0, field_0="agency/SigningKeyRotated/2"), (ROTATED, 8)),
    "a rotation with a field more": (lambda made, body: added(made, body["keys"][0]), (ROTATED, 8)),
    "a rotation in another stream": (
        entry("keys", 0, field_1=[bytes(16), 2], leaf_5=CLOSED),
        (ROTATED, 8),
    ),
    "a rotation without its key": (entry("keys", 0, leaf_9=CLOSED), (ROTATED, 8)),
    "a rotation to a weak key": (entry("keys", 0, field_9=bytes(32)), (ROTATED, 8)),
    "a rotation that the new key did not sign": (entry("keys", 0, field_10=bytes(64)), (ROTATED, 8)),
    "a large rotation": (entry("keys", 0, field_6="x" * (1 << 20)), (ROTATED, 8)),
    "a recovery that distrusts the genesis": (by_recovery("keys", 1, field_11=1), (RECOVERED, 8)),
    "a recovery that distrusts what follows": (by_recovery("keys", 1, field_11=RECOVERED + 1), (RECOVERED, 8)),
    "a recovery with half an ML-DSA key": (by_recovery("keys", 1, field_12=bytes(656)), (RECOVERED, 8)),
}
PROVED: dict[str, tuple[Change, Where]] = {
    # 1
    "no head": (put("head", new=b""), (0, 0)),
    "no checkpoint": (put("checkpoint", new=b""), (0, 0)),
    # 3
    "a checkpoint that is none": (put("checkpoint", new=b"x"), (0, 9)),
    "a checkpoint of another ledger": (
        lambda made, body: body.update(
            checkpoint=body["checkpoint"].replace(made.ledger.id.hex().encode(), b"00" * 16)
        ),
        (0, 9),
    ),
    # 4
    "key records after the checkpoint": (lambda made, body: body.update(checkpoint=made.checkpoint_of_two), (8, 2)),
    # 6
    "the recovery dropped": (drop("keys", 1), (0, 0)),
    # 7
    "a checkpoint that nobody signed": (
        lambda _, body: body.update(checkpoint=body["checkpoint"].replace(b"\n1", b"\n9", 1)),
        (0, 9),
    ),
    "a checkpoint with one signature": (
        lambda _, body: body.update(checkpoint=body["checkpoint"][: body["checkpoint"].rindex("— ".encode())]),
        (0, 9),
    ),
    # 10
    "no proof": (put("proof", new=[]), (0, 9)),
    "a hash more": (lambda _, body: body["proof"].append(bytes(32)), (0, 9)),
    "another hash": (flip("proof", 0), (0, 9)),
    "a rotation between that is not shown": (drop("keys", 0), (9, 5)),
}
COMPLETE: dict[str, tuple[Change, Where]] = {
    "about nothing": (put("about", new=[]), (0, 0)),
    "about no record": (put("about", 0, 2, new=0), (0, 0)),
    "a stream twice": (lambda _, body: body["about"].append(["case", "HM-1", 1]), (0, 0)),
    "a record that is none": (put("records", 1, new=None), (3, 1)),
    "a record cut short": (lambda _, body: cut(body["records"][1]), (3, 1)),
    "a record of another ledger": (header("records", 1, ledger=(1, bytes(16))), (3, 2)),
    "the genesis among the records": (lambda _, body: body["records"].insert(0, body["genesis"]), (1, 2)),
    "a record twice": (lambda _, body: body["records"].insert(1, body["records"][1]), (3, 2)),
    "two records swapped": (lambda _, body: swapped(body["records"], 1, 2), (4, 8)),
    "a record after the checkpoint": (header("records", 8, position=(17, (99).to_bytes(8))), (99, 2)),
    "a record that follows no other": (header("records", 2, previous=(25, bytes(32))), (4, 3)),
    "a record by another key": (lambda made, body: made.forge(body["records"][2], made.signers[1]), (4, 5)),
    "a record by the recovery key": (by_recovery("records", 2), (4, 5)),
    "a forged signature": (flip("records", 2, 0), (4, 6)),
    "an opening swapped": (
        lambda _, body: body["records"][2][1].__setitem__(10, body["records"][3][1][10]),
        (4, 7),
    ),
    "a hash of a ciphertext": (put("records", 2, 2, 0, new=bytes(32)), (4, 7)),
    "a leaf that is neither": (put("records", 2, 1, 10, new=b"\2" + bytes(32)), (4, 7)),
    "a short commitment": (put("records", 2, 1, 10, new=bytes(32)), (4, 7)),
    "more than 64 fields": (lambda _, body: body["records"][2][1].extend([CLOSED] * 64), (4, 7)),
    "a field after the 64th, which nothing commits to": (lambda made, body: overlong(made, body["records"][2]), (4, 7)),
    "eight fields": (lambda made, body: fewer(made, body["records"][2]), (4, 8)),
    "a field that does not open": (entry("records", 2, leaf_10=b"\1\x92\xc4\x10" + bytes(15)), (4, 8)),
    "a field in a longer form": (entry("records", 2, leaf_10=b"\1\x92\xc4\x10" + bytes(16) + b"\xcc\1"), (4, 8)),
    "a kind that is a number": (entry("records", 2, field_0=1), (4, 8)),
    "a kind with another number of fields": (entry("records", 2, field_0="case/CaseOpened/1"), (4, 8)),
    "a stream that is none": (entry("records", 2, field_1=[bytes(15), 2]), (4, 8)),
    "version 0": (entry("records", 2, field_1=[bytes(16), 0]), (4, 8)),
    "a time that is none": (entry("records", 2, field_2=[1]), (4, 8)),
    "another hour": (header("records", 2, hour=(57, bytes(8))), (4, 8)),
    "scopes that are none": (entry("records", 2, field_3=[b"x"]), (4, 8)),
    "a scope twice": (entry("records", 2, field_3=[bytes(16)] * 2), (4, 8)),
    "fewer scopes than hashes": (entry("records", 2, field_3=[]), (4, 8)),
    "about another": (entry("records", 2, field_5=["case", "HM-9"]), (4, 8)),
    "about one thing": (entry("records", 2, field_5=["case"]), (4, 8)),
    "a kind withheld": (entry("records", 2, leaf_0=CLOSED), (4, 8)),
    "a time withheld": (entry("records", 2, leaf_2=CLOSED), (4, 8)),
    "a time withheld, and listed": (
        lambda made, body: [
            body["withheld"].insert(0, [4, 2, "other"]),
            entry("records", 2, leaf_2=CLOSED)(made, body),
        ],
        (4, 8),
    ),
    "of another stream": (entry("records", 2, field_1=[bytes(16), 2], leaf_5=CLOSED), (4, 8)),
    "a record dropped": (drop("records", 2), (5, 8)),
    "the first dropped": (drop("records", 1), (4, 8)),
    "the last of a stream dropped": (drop("records", 8), (11, 8)),
    "the last of the other dropped": (drop("records", 7), (SIZE, 8)),
    "all dropped": (put("records", new=[]), (0, 8)),
    "a stream dropped from about": (drop("about", 1), (2, 8)),
    "a record fewer stated": (put("about", 0, 2, new=6), (SIZE, 8)),
    "a record more stated": (put("about", 0, 2, new=8), (SIZE, 8)),
    "a field withheld in silence": (drop("withheld", 0), (4, 8)),
    "a field listed that is open": (lambda _, body: body["withheld"].append([SIZE, 12, "other"]), (SIZE, 8)),
    "a field listed of no record": (lambda _, body: body["withheld"].append([99, 6, "other"]), (99, 8)),
    "another beginning": (of_kind(1, "agency/LedgerOpened/1", 15), (3, 8)),
    "a key record that is none of keys": (of_kind(1, "agency/SigningKeyRotated/1", 11), (3, 8)),
    "a recovery that is none of keys": (of_kind(1, "agency/SigningKeyRecovered/1", 14), (3, 5)),
    "a field listed of an earlier one": (lambda _, body: body["withheld"].insert(0, [1, 6, "other"]), (1, 8)),
    "another head": (flip("head"), (SIZE, 3)),
    "another record in place of one": (entry("records", 6, field_8=["fact", [], [], [], []]), (0, 9)),
}
SELECTIVE: dict[str, tuple[Change, Where]] = {
    "about so many": (put("about", 0, 2, new=1), (0, 0)),
    "a record that is none": (put("records", 1, new=[b""]), (4, 1)),
    "a record twice": (lambda _, body: body["records"].insert(1, body["records"][1]), (5, 2)),
    "two records swapped": (lambda _, body: swapped(body["records"], 1, 2), (5, 2)),
    "the genesis among the records": (lambda _, body: body["records"].insert(0, body["genesis"]), (1, 2)),
    "a record that follows no other": (header("records", 2, previous=(25, bytes(32))), (6, 3)),
    "a record by the recovery key": (by_recovery("records", 1), (5, 5)),
    "a forged signature": (flip("records", 3, 0), (9, 6)),
    "a commitment altered": (flip("records", 1, 1, 2), (5, 7)),
    "another beginning": (of_kind(0, "agency/LedgerOpened/1", 15), (3, 8)),
    "a key record that is none of keys": (of_kind(0, "agency/SigningKeyRotated/1", 11), (3, 8)),
    "a kind withheld": (entry(*FIRST, leaf_0=CLOSED), (3, 8)),
    "a stream shown": (lambda made, body: show(made, body, 0, 1), (3, 8)),
    "a time shown": (lambda made, body: show(made, body, 0, 2), (3, 8)),
    "a field withheld in silence": (drop("withheld", 5), (5, 8)),
    "a field listed that is open": (lambda _, body: body["withheld"].append([9, 12, "other"]), (9, 8)),
    "a field listed of no record": (lambda _, body: body["withheld"].append([11, 6, "other"]), (11, 8)),
    "a record dropped": (drop("records", 1), (5, 8)),
    "a record dropped with its list": (lambda _, body: without(body, 1), (0, 9)),
    "another head": (flip("head"), (0, 9)),
    "another record in place of one": (entry(*FIRST, field_8=["fact", [], [], [], []]), (0, 9)),
}
STATEMENT: dict[str, tuple[Change, Where]] = {
    "about so many": (put("about", 0, 2, new=1), (0, 0)),
    "a head": (put("head", new=bytes(32)), (0, 0)),
    "a checkpoint": (lambda made, body: body.update(checkpoint=made.checkpoint_of_two), (0, 0)),
    "a proof": (put("proof", new=[bytes(32)]), (0, 0)),
    "something absent": (put("absent", new=[["case", "HM-3", "other"]]), (0, 0)),
    "a record that is none": (put("records", 1, new=None), (2, 8)),
    "a record of nothing": (put("records", 1, new=[]), (2, 8)),
    "a triple": (put("records", 1, 1, new=[5, b"", b""]), (2, 8)),
    "an index that is true": (put("records", 1, 0, 0, new=False), (2, 8)),
    "no kind": (drop("records", 1, 0), (2, 8)),
    "fields out of order": (lambda _, body: swapped(body["records"][1], 1, 2), (2, 8)),
    "a field twice": (lambda _, body: body["records"][1].insert(1, body["records"][1][1]), (2, 8)),
    "a stream shown": (lambda _, body: body["records"][1].insert(1, [1, opening(bytes(16), [bytes(16), 1])]), (2, 8)),
    "a command shown": (lambda _, body: body["records"][1].insert(1, [4, opening(bytes(16), ["x", 0])]), (2, 8)),
    "field 64": (
        put("records", 1, new=[[0, opening(bytes(16), "case/Later/1")], [64, opening(bytes(16), None)]]),
        (2, 8),
    ),
    "an opening that is none": (put("records", 1, 1, 1, new=b"x"), (2, 8)),
    "an opening in a longer form": (put("records", 1, 1, 1, new=b"\x92\xc4\x10" + bytes(16) + b"\xcc\1"), (2, 8)),
    "a kind that is a number": (put("records", 1, 0, 1, new=opening(bytes(16), 1)), (2, 8)),
    "a field more than its kind has": (
        lambda _, body: body["records"].append(
            [[0, opening(bytes(16), "agency/SigningKeyRotated/1")], [11, opening(bytes(16), None)]]
        ),
        (5, 8),
    ),
    "a field listed that is shown": (lambda _, body: body["withheld"].append([4, 12, "other"]), (4, 8)),
    "a time listed": (lambda _, body: body["withheld"].insert(0, [1, 2, "other"]), (1, 8)),
    "a field listed of no record": (lambda _, body: body["withheld"].append([5, 6, "other"]), (5, 8)),
    "a field listed of record 0": (lambda _, body: body["withheld"].insert(0, [0, 6, "other"]), (0, 8)),
}


def another_charter(made: Made, entry: list[Any]) -> None:
    """That of another ledger, which opened at another time."""
    charter = values.decode(values.decode(entry[1][9][1:])[1])
    charter[6] += 1
    made.rewrite(entry, field_9=values.encode(charter))


def added(made: Made, entry: list[Any]) -> None:
    entry[1].append(CLOSED)
    made.rewrite(entry)


def overlong(made: Made, entry: list[Any]) -> None:
    entry[1].extend([CLOSED] * (64 - len(entry[1])))
    made.rewrite(entry, field_0="case/Later/1")
    entry[1].append(CLOSED)


def fewer(made: Made, entry: list[Any]) -> None:
    del entry[1][8:]
    made.rewrite(entry)


def cut(entry: list[Any], first: bytes = b"") -> None:
    entry[0] = first + entry[0][1:]


def swapped(items: list[Any], one: int, two: int) -> None:
    items[one], items[two] = items[two], items[one]


def show(made: Made, body: dict[str, Any], number: int, index: int) -> None:
    """Open a field of a selective extract as the ledger has it."""
    body["records"][number][1][index] = made.ledger.reading(SELECTED[number]).leaves[index]
    body["withheld"] = [one for one in body["withheld"] if one[:2] != [SELECTED[number], index]]


def without(body: dict[str, Any], number: int) -> None:
    del body["records"][number]
    body["withheld"] = [one for one in body["withheld"] if one[0] != SELECTED[number]]


CASES = [
    (f"{mode}, {name}", mode, *case)
    for mode, cases in (
        ("complete", EVERY | PROVED | COMPLETE),
        ("selective", EVERY | PROVED | SELECTIVE),
        ("statement", EVERY | STATEMENT),
    )
    for name, case in cases.items()
]
