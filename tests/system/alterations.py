"""What an agency could alter in an extract before it signs it anew, and the record where that must be noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from system.extracts import Given, flipped, set_field
from system.tools import HERE

from ledger.proof.commitments import open_leaf, opening

VECTORS = HERE.parent / "vectors"
FORGERY = json.loads((VECTORS / "keys.json").read_text())["forgery_under_a_weak_key"]
WEAK = {name: bytes.fromhex(said) for name, said in FORGERY.items()}  # a key under which anybody can sign: section 2


def part(*path: Any, to: Any) -> Callable[[Given, Any], None]:
    """Replaces one part of a body."""

    def change(_: Given, body: Any) -> None:
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = to(body[path[-1]]) if callable(to) else to

    return change


def record(number: int, make: Callable[[Given, Any], Any], where: str = "records") -> Callable[[Given, Any], None]:
    """Replaces one entry."""

    def change(given: Given, body: Any) -> None:
        body[where][number] = make(given, body[where][number])

    return change


def swap_openings(_: Given, body: Any) -> None:
    body["records"][1][1][9] = body["records"][2][1][9]


def drop_from_lists(position: int) -> Callable[[Given, Any], None]:
    """A record dropped as if it had never been chosen."""

    def change(_: Given, body: Any) -> None:
        body["records"] = [one for one in body["records"] if int.from_bytes(one[0][17:25], "big") != position]
        body["withheld"] = [one for one in body["withheld"] if one[0] != position]

    return change


def proof_of_another(given: Given, body: Any) -> None:
    body["proof"] = [bytes(32), *body["proof"][1:]] if body["proof"] else [bytes(32)]


def recovery_with(given: Given, body: Any, fields: dict[int, Any]) -> None:
    """The recovery with other fields, truly signed."""
    record, leaves, scopes = body["keys"][1]
    leaves = list(leaves)
    for index, value in fields.items():
        leaves[index] = open_leaf(opening(bytes(16), value))
    body["keys"][1] = given.forged([record, leaves, scopes], given.recovery)


def rotate_to_the_same(given: Given, body: Any) -> None:
    """A rotation at the end that brings in the live key once more, which agrees to it."""
    record, leaves, scopes = body["keys"][0]
    agreed = given.signer.sign(b"ruleseven/enrol/v1\0" + given.id + given.signer.key_id + given.signer.public)
    leaves = [*leaves[:9], *(open_leaf(opening(bytes(16), one)) for one in (given.signer.public, agreed)), *leaves[11:]]
    body["keys"].append(given.forged([record, leaves, scopes], place=(17, bytes(7) + b"\x09")))


def show(given: Given, body: Any, index: int) -> None:
    """A selective extract that shows a record's place in its stream, as it was committed to."""
    whole = {int.from_bytes(one[0][17:25], "big"): one for one in given.body("complete")["records"]}
    body["records"][0][1][index] = whole[3][1][index]


Change = Callable[[Given, Any], None]
# By mode: what was altered before the whole was signed anew with the true key, and where it must fail. The ledger is
# the changed one: records 2-5 and 7, 9 are the case's, 6 is a rotation and 8 a recovery that distrusts 7.
ALTERED: dict[str, dict[str, tuple[Change, int]]] = {
    "complete": {
        "an opening swapped": (swap_openings, 3),
        "a record dropped": (lambda _, body: body["records"].pop(1), 4),
        "a record dropped, in the list of what is withheld too": (drop_from_lists(4), 5),
        "the last record dropped": (drop_from_lists(9), 7),
        "all records dropped": (lambda _, body: body.update(records=[], withheld=[]), 0),
        "a record twice": (lambda _, body: body["records"].insert(1, body["records"][1]), 3),
        "two records in each other's place": (lambda _, body: body["records"].reverse(), 9),
        "a version gap": (part("about", 0, 2, to=lambda n: n + 1), 9),
        "a version less": (part("about", 0, 2, to=lambda n: n - 1), 9),
        "another stream": (part("about", 0, 1, to="HM-2"), 2),
        "a stream more": (lambda _, body: body["about"].append(["case", "HM-2", 1]), 9),
        "a stream twice": (lambda _, body: body["about"].append(body["about"][0]), 0),
        "a hash in the proof": (proof_of_another, 0),
        "a hash more in the proof": (lambda _, body: body["proof"].append(bytes(32)), 0),
        "no checkpoint": (part("checkpoint", to=b""), 0),
        "a checkpoint of another size": (part("checkpoint", to=lambda note: note.replace(b"\n9\n", b"\n8\n")), 0),
        "a checkpoint of another ledger": (part("checkpoint", to=lambda note: note.replace(b"/", b"/0", 1)), 0),
        "a checkpoint with one signature": (
            part("checkpoint", to=lambda note: note[: note.rindex("\u2014".encode())]),
            0,
        ),
        "another head": (part("head", to=bytes(32)), 9),
        "a field closed in silence": (part("records", 0, 1, 9, to=b"\0" + bytes(32)), 2),
        "a ciphertext's hash": (part("records", 1, 2, 0, to=bytes(32)), 3),
        "a field listed that is open": (lambda _, body: body["withheld"].insert(0, [2, 9, "third_party"]), 2),
        "a field left off the list": (lambda _, body: body["withheld"].pop(), 9),
        "a field listed of no record": (lambda _, body: body["withheld"].append([99, 9, "third_party"]), 99),
        "a list out of order": (lambda _, body: body["withheld"].reverse(), 0),
        "a reason left out": (part("withheld", 0, 2, to=""), 0),
        "a signature": (part("records", 1, 0, to=flipped), 3),
        "a record of another format": (part("records", 1, 0, to=lambda data: b"\2" + data[1:]), 3),
        "a record of another ledger": (part("records", 1, 0, to=lambda data: b"\1" + bytes(16) + data[17:]), 3),
        "the recovery key": (record(4, lambda given, one: given.forged(one, given.recovery)), 7),
        "the key after its time": (record(4, lambda given, one: given.forged(one)), 7),
        "another hour": (record(-1, lambda given, one: given.forged(one, hour=(57, bytes(8)))), 9),
        "another kind": (record(-1, lambda given, one: set_field(given, one, 0, "agency/LedgerOpened/1")), 9),
        "another version": (record(-1, lambda given, one: set_field(given, one, 1, [bytes(16), 6])), 9),
        "another record": (record(-1, lambda given, one: set_field(given, one, 9, "P99")), 9),
        "a position it has not": (record(-1, lambda given, one: given.forged(one, place=(17, bytes(7) + b"\x40"))), 64),
        "no position": (record(-1, lambda given, one: given.forged(one, place=(17, bytes(8)))), 8),
        "no record": (part("records", 1, to=None), 3),
        "an opening that does not read": (
            record(
                -1, lambda given, one: given.forged([one[0], [*one[1][:9], one[1][9] + b"\0", *one[1][10:]], one[2]])
            ),
            9,
        ),
        "the rotation dropped": (lambda _, body: body["keys"].pop(0), 7),
        "the recovery dropped": (lambda _, body: body["keys"].pop(), 0),
        "the key records reversed": (lambda _, body: body["keys"].reverse(), 6),
        "a key record twice": (part("keys", 0, to=None), 2),
        "a key withheld": (part("keys", 0, 1, 9, to=b"\0" + bytes(32)), 6),
        "a weak key": (lambda given, body: recovery_with(given, body, {9: WEAK["public"], 10: WEAK["signature"]}), 8),
        "a key that did not agree": (lambda given, body: recovery_with(given, body, {10: bytes(64)}), 8),
        "a key that was in use before": (rotate_to_the_same, 9),
        "a recovery of what comes after it": (lambda given, body: recovery_with(given, body, {11: 9}), 8),
        "a key record's signature": (part("keys", 0, 0, to=flipped), 6),
        "a genesis that is none": (lambda _, body: body.update(genesis=body["records"][0]), 0),
        "a genesis without its charter": (part("genesis", 1, 9, to=b"\0" + bytes(32)), 0),
        "a genesis's signature": (part("genesis", 0, to=flipped), 1),
        "a genesis's field": (part("genesis", 1, 8, to=b"\0" + bytes(32)), 1),
        "practice denied": (part("practice", to=False), 0),
        "a part more": (lambda _, body: body.update(more=1), 0),
        "a part less": (lambda _, body: body.pop("pad"), 0),
        "another mode": (part("mode", to="whole"), 0),
        "selective in name": (part("mode", to="selective"), 0),
    },
    "selective": {
        "an opening swapped": (swap_openings, 4),
        "a record dropped": (lambda _, body: body["records"].pop(1), 4),
        "a record dropped, in the list of what is withheld too": (drop_from_lists(4), 0),
        "a hash in the proof": (proof_of_another, 0),
        "no proof": (part("proof", to=[]), 0),
        "its place shown": (lambda given, body: show(given, body, 1), 3),
        "another kind": (record(-1, lambda given, one: set_field(given, one, 0, "agency/SigningKeyRotated/1")), 9),
        "versions": (part("about", 0, 2, to=3), 0),
        "another head": (part("head", to=bytes(32)), 0),
    },
    "statement": {
        "a field out of order": (part("records", 1, to=lambda pairs: pairs[::-1]), 2),
        "a place shown": (lambda _, body: body["records"][1].insert(1, [1, opening(bytes(16), 1)]), 2),
        "an opening that does not read": (part("records", 2, -1, 1, to=lambda data: data + b"\0"), 3),
        "a kind that is no text": (part("records", 0, 0, 1, to=opening(bytes(16), 7)), 1),
        "no pairs": (part("records", 3, to=b""), 4),
        "more fields than the kind has": (
            part("records", 0, to=[[0, opening(bytes(16), "agency/LedgerOpened/1")], [15, opening(bytes(16), 1)]]),
            1,
        ),
        "a field listed that is shown": (lambda _, body: body["withheld"].insert(0, [1, 9, "third_party"]), 1),
        "a field listed of no record": (lambda _, body: body["withheld"].append([40, 9, "third_party"]), 40),
        "a checkpoint": (part("checkpoint", to=b"x"), 0),
        "a proof": (part("proof", to=[bytes(32)]), 0),
        "a key record's signature": (part("keys", 0, 0, to=flipped), 6),
    },
}
