"""Verify an extract (.r7x) with nothing of RuleSeven's: `pip install cryptography msgpack`, and this folder.

Usage: python verify_extract FILE TRUST, where TRUST is the agency's public key as a line of text (vkey) or a trust
file; get it by another way than FILE. Exit codes: 0 verified; 1 failed; 2 no extract, no trust or wrong usage;
5 undecided. Written from format.md beside it: "section" and "step" are those of that page. What is not of the form
that is looked for ends in an error of Python's; every error is a verdict, at the position and step being looked at.
"""

import json
import sys
from pathlib import Path
from typing import Any

from extract import Extract
from parts import digest, need, unbase

Trust = tuple[bytes, str, bytes, int, bytes, list[tuple[int, bytes, Any]]]

FORM = "a signature is wrong, or something is not of the form that it must have"


def trusted(text: str) -> Trust:
    """Whose word is believed: a charter's hash, or an origin and a key; and the head and the later keys known of it."""
    if text.lstrip()[:1] == "{":
        found = json.loads(text)
        charter, head = bytes.fromhex(found["charter_sha256"]), found.get("head") or {"position": 0, "hash": ""}
        need(found["ruleseven"] == "trust" and len(charter) == 32, "it is no trust file")
        keys = [(one["position"], bytes.fromhex(one["key_id"]), one["distrust_from"]) for one in found.get("keys", [])]
        return charter, "", b"", head["position"], bytes.fromhex(head["hash"]), keys
    origin, mark, key = text.strip().split("+", 2)
    public = unbase(key)
    need(mark == digest("", origin.encode(), b"\n", public)[:4].hex() and public[0] == 1, "it is no public key")
    return b"", origin, public[1:], 0, b"", []


def verified(it: Extract, trust: Trust) -> str:
    """What to say of an extract that is what its agency signed."""
    charter, origin, public, head, hashed, changes = trust
    bare, last = it.mode == "statement", 0
    it.genesis()
    size = 2**53 if bare else it.note()
    it.follow(it.body["keys"], size)
    ours = it.charter == charter or (it.origin == origin and public in (key for _, key in it.keys))
    need(ours, f"It says it is of {it.name!r}, by no charter or key that you have said you trust.", 5)
    taken = {one for one in changes if one[2]} - {*it.changes}
    need(not bare or not taken, "The key that signed this statement was replaced since, because it was not safe.", 5)
    it.signed(size)
    if bare:
        it.stated()
        last = it.changes[-1][0] if it.changes else 0
    else:
        it.records(size)
    it.known(last if bare else size, head, hashed, changes)
    recoveries = [(since, at) for at, _, since in {*it.changes, *changes} if since]
    disputed = sum(any(since <= at < until for since, until in recoveries) for at in it.places)
    said = f"Verified: {len(it.body['records'])} records of {it.name}, {it.mode}"
    practice = "\nPRACTICE: it comes from a practice ledger and is evidence of nothing." * it.practice
    return f"{said}; fields withheld: {len(it.withheld)}; records disputed: {disputed}.{practice}"


def main(words: list[str]) -> tuple[int, str]:
    """The exit code, and the verdict to print."""
    code, it = 2, Extract()
    try:
        file, trust = map(Path, words)
        with file.open("rb") as data, trust.open("rb") as known:
            believed = trusted(known.read(1 << 20).decode("ascii"))
            code = 1
            it.read(data.read((32 << 20) + 1))
        return 0, verified(it, believed)
    except Exception as wrong:  # noqa: BLE001 - whatever is not of its form
        ours = type(wrong) is ValueError and len(wrong.args) == 2
        why = wrong.args[0] if ours else FORM if code == 1 else f"{type(wrong).__name__}: {wrong}"
        code = wrong.args[1] if ours and code == 1 else code
    position, step = it.place
    return code, f"Failed at record {position}, step {step}: {why}" if code == 1 else str(why)


if __name__ == "__main__":
    result, sentence = main(sys.argv[1:])
    print(sentence)
    sys.exit(result)
