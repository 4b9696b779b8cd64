"""Extracts: altered as they are, and altered inside and signed again with the true key; by both verifiers."""

from __future__ import annotations

import re
import runpy
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from altered import Made, extracts_of_each_mode
from fuzz.mutations import as_msgpack, bytes_altered, tree_altered
from fuzz.target import Target, only, refuses

from ledger import Reading, Trust, check_extract, open_extract
from ledger.errors import ForeignFile
from ledger.extract_body import MODES
from ledger.proof import values
from ledger.proof.envelope import sign_body
from ledger.proof.keys import vkey

CODES = {"verified": 0, "failed": 1, "undecided": 5}
Verdict = tuple[int, tuple[int, int], str]  # the exit code; where it failed, as position and step; and why
OUR_KINDS = re.compile(r"a \S+/1 has no field \d+")
Main = Callable[[list[str]], tuple[int, str]]


def second_verifier() -> Main:
    """`main` of docs/verify_extract.py."""
    found = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "verify_extract.py"), run_name="verify_extract")
    main: Main = found["main"]
    return main


class Both:
    """Both verifiers, and somebody who trusts the agency by its card's content or by one of its keys."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.file = folder / "given.r7x"
        self.second = second_verifier()
        self.trusts = [folder / "trust.json", folder / "vkey"]
        self.trusts[0].write_text(made.trust.to_json())
        self.trusts[1].write_text(vkey(made.ledger.origin, made.signers[1].public))

    def verdict(self, data: bytes) -> bool:
        """Whether both accept it; they must say the same of it, of the same place."""
        trust = self.trusts[zlib.crc32(data) % len(self.trusts)]
        self.file.write_bytes(data)
        ours, theirs = self.ours(data, Trust.load(trust)), self.theirs(trust)
        later = theirs[0] == 0 or (theirs[0] == 1 and (theirs[1] > ours[1] or theirs[1] == (0, 9)))
        knows_more = later and OUR_KINDS.search(ours[2])  # section 8 leaves that to who knows more kinds
        if ours[:2] != theirs[:2] and not knows_more:
            wrong = AssertionError(f"by {trust.name}: {ours[:2]}, but the second verifier {theirs[:2]}")
            wrong.add_note(f"ours: {ours[2]}\ntheirs: {theirs[2]}")
            raise wrong
        return ours[0] == 0

    def ours(self, data: bytes, trust: Trust) -> Verdict:
        try:
            report = check_extract(data, trust)
        except ForeignFile as error:
            return 2, (0, 0), str(error)
        position, step, why = report.first_bad or (0, 0, "")
        return CODES[report.verdict], (position, step) if report.verdict == "failed" else (0, 0), why

    def theirs(self, trust: Path) -> Verdict:
        code, said = self.second([str(self.file), str(trust)])
        where = re.match(r"Failed at record (-?\d+), step (\d): .", said, re.DOTALL)
        assert (where is not None) == (code == 1), said
        return code, (int(where[1]), int(where[2])) if where else (0, 0), said


def targets(stack: ExitStack, folder: Path) -> Iterator[Target]:
    made = stack.enter_context(extracts_of_each_mode(folder))
    both = Both(made, folder)
    known = [*made.extracts.values()]
    for mode in MODES:
        yield Target(
            f"extract, {mode}",
            [made.extracts[mode]],
            lambda random, mode=mode: unsigned(random, made.extracts[mode], known),
            lambda data: only(known, both.verdict(data), data),
        )
        yield Target(
            f"extract, {mode}, signed again",
            [made.signed(made.body(mode))],
            lambda random, mode=mode: signed_again(random, made, mode),
            lambda data: both.verdict(data) and read_through(both.file, made.trust),
        )


def unsigned(random: Random, data: bytes, others: list[bytes]) -> bytes:
    """Altered in any part, with the signature that it had."""
    inside = random.random() < 0.4
    altered: bytes = altered_value(random, data) if inside else bytes_altered(random, data, others)
    return altered


def signed_again(random: Random, made: Made, mode: str) -> bytes:
    """With another body, of records that were perhaps altered inside and signed again too."""
    body = made.body(mode)
    if random.random() < 0.6:
        alter_a_record(random, made, body)
    if random.random() < 0.6:
        body = tree_altered(random, body)
    signer = made.signers[-1] if random.random() < 0.97 else random.choice([*made.signers, made.recovery])
    return sign_body(as_msgpack(random, body), made.ledger.id, signer)


def alter_a_record(random: Random, made: Made, body: dict[str, Any]) -> None:
    """Alter a header, or what a field holds, and sign the record with its true key."""
    if body["mode"] == "statement" and random.random() < 0.8:
        pair = random.choice(random.choice(body["records"]))
        pair[1] = pair[1][:19] + altered_value(random, pair[1][19:])
        return
    record = random.choice([body["genesis"], *body["keys"], *(body["records"] if body["mode"] != "statement" else [])])
    if random.random() < 0.3:
        at = random.choice((0, 1, 17, 24, 25, 57, 64, 97))
        made.forge(record, part=(at, random.randbytes(random.choice((1, 1, 8)))))
        return
    index = random.randrange(len(record[1]))
    leaf = record[1][index]
    new = leaf[:20] + altered_value(random, leaf[20:]) if leaf[0] == 1 else b"\1\x92\xc4\x10" + bytes(16) + b"\xc0"
    made.rewrite(record, **{f"leaf_{index}": new})


def altered_value(random: Random, encoded: bytes) -> bytes:
    altered: bytes = as_msgpack(random, tree_altered(random, values.decode(encoded)))
    return altered


def read_through(file: Path, trust: Trust) -> bool:
    """Read all that the records of a verified extract say, as whoever shows them would; always true."""
    for reading in open_extract(file, trust)[1]:
        read_whole(reading)
    return True


def read_whole(reading: Reading) -> None:
    for part in ("kind", "name", "data", "about", "actor", "occurred_at", "recorded_at", "findings", "owed", "event"):
        refuses(partial(getattr, reading, part))
    refuses(reading.full_event)
    refuses(reading.openings)
