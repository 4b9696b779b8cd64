"""Cards, evidence and signed verdicts: altered as they are, or inside, and then signed again by whoever sends them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from altered import extracts_of_each_mode
from fuzz.mutations import as_msgpack, bytes_altered, tree_altered
from fuzz.target import Target, only, refuses
from support import ACTOR, fill, found, person

from ledger import (
    Ledger,
    check_attestation,
    check_evidence,
    make_attestation,
    make_card,
    make_evidence,
    read_card,
    seal_parcel,
    sign_checkpoint,
)
from ledger.attest import ATTEST_TAG
from ledger.fork import EVIDENCE_TAG
from ledger.proof import envelope, values
from ledger.proof.keys import Signer
from ledger.trust import CARD_TAG


@dataclass(frozen=True)
class File:
    """A signed file: its bytes, and what signs another body of it."""

    data: bytes
    ledger: bytes
    signer: Signer
    tag: bytes

    def unsigned(self, random: Random) -> bytes:
        inside = random.random() < 0.4
        tree = tree_altered(random, values.decode(self.data)) if inside else None
        altered: bytes = as_msgpack(random, tree) if inside else bytes_altered(random, self.data)
        return altered

    def signed_again(self, random: Random) -> bytes:
        body = values.decode(envelope.open_body(self.data).body)
        return envelope.sign_body(as_msgpack(random, tree_altered(random, body)), self.ledger, self.signer, self.tag)


def both_ways(name: str, file: File, feed: Callable[[bytes], bool]) -> Iterator[Target]:
    yield Target(name, [file.data], file.unsigned, lambda data: only([file.data], feed(data), data))
    yield Target(f"{name}, signed again", [file.data], file.signed_again, feed)


def targets(stack: ExitStack, folder: Path) -> Iterator[Target]:
    (folder / "keys").mkdir()
    made = stack.enter_context(extracts_of_each_mode(folder / "keys"))
    ledger = made.ledger
    card = make_card(ledger)
    charter = read_card(card).charter

    def card_read(data: bytes) -> bool:
        shown = read_card(data)
        assert shown.charter == charter, "another charter under the true signature"
        shown.keys_at(shown.head[0])
        shown.trust().to_json()
        refuses(lambda: seal_parcel(b"a signed file", shown))
        return True

    yield from both_ways("card", File(card, ledger.id, ledger.signer, CARD_TAG), card_read)

    trust = read_card(card).trust("the council")
    head = ledger.head()
    said = {"verdict": "verified", "records": head.position, "head": head.hash.hex()}
    verdict = folder / "verdict"

    def attested(data: bytes) -> bool:
        verdict.write_bytes(data)
        report = check_attestation(verdict, trust)
        assert report.verdict != "verified" or report.said["head"] == report.said["head"].lower()
        return report.verdict == "verified"

    file = File(make_attestation(ledger, said), ledger.id, ledger.signer, ATTEST_TAG)
    yield from both_ways("signed verdict", file, attested)
    yield from evidence(stack, folder)


def evidence(stack: ExitStack, folder: Path) -> Iterator[Target]:
    """Of two histories of one ledger, as a partner brings it."""
    with found(folder / "log") as log:
        fill(log, 4)
        before = sign_checkpoint(log).data
    notes, cards = [before], []
    shutil.copytree(folder / "log", folder / "fork")
    for name, number in (("log", 7), ("fork", 8)):
        (folder / name / "tiles.db").unlink(missing_ok=True)
        with Ledger.open(folder / name) as log:
            log.record(person(number), actor=ACTOR)
            notes.append(sign_checkpoint(log).data)
            cards.append(make_card(log))
    bringer = stack.enter_context(found(folder / "bringer"))
    fill(bringer, 2)
    trust = read_card(cards[0]).trust("the log")
    data, given = make_evidence(bringer, cards[0], (notes[1], notes[2])), folder / "evidence"

    def proven(data: bytes) -> bool:
        given.write_bytes(data)
        report = check_evidence(given, trust)
        if report.verdict == "verified":
            roots = {signed.checkpoint.root for signed in report.signed}
            assert (report.shows, len(roots)) == ("fork", 2), "a fork was proven that is none"
        return report.verdict == "verified"

    yield from both_ways("evidence", File(data, bringer.id, bringer.signer, EVIDENCE_TAG), proven)
