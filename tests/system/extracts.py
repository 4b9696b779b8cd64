"""What the tests of the verifier page share: extracts of a ledger in each mode, and its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import ACTOR, fill, found, person

from ledger import (
    About,
    Purpose,
    Trust,
    check_extract,
    create_extract,
    make_card,
    read_card,
    recover_key,
    rotate_key,
    showing,
)
from ledger.choice import Choice, Shown
from ledger.errors import ForeignFile
from ledger.proof import values
from ledger.proof.commitments import Committer, content_hash, open_leaf, opening, scopes_digest
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.record import signed_message

CASE = About("case", "HM-1")
COURT = Purpose(
    "Harrowmere Family Court",
    "legal_proceedings",
    "6(c)",
    "ordered on 2 March",
    "OFFICIAL-SENSITIVE",
    how="by secure email",
    restrictions="not to be shown to anybody else",
    expires="2027-01-31",
)
MODES = ("complete", "selective", "statement")
NAME, BORN = 11, 12  # of a person: fields that an exporter may withhold


class Given:
    """A ledger's extracts in each mode, each kind of trust in it, and the keys to sign what was altered."""

    def __init__(self, folder: Path, *, practice: bool, changed: bool) -> None:
        with found(folder / "hmc", practice=practice) as ledger:
            fill(ledger, 5)
            if changed:  # position 6 brings a key in, 8 another; 7 is disputed
                rotate_key(ledger)
                ledger.record(person(60), actor=ACTOR)
                recover_key(ledger, folder / "hmc.recovery", 7, new_mldsa=True, reason="stolen", actor=ACTOR)
                ledger.record(person(61), actor=ACTOR)
            self.id, self.signer, self.practice = ledger.id, ledger.signer, practice
            self.recovery = ledger.keyring.signer_in((folder / "hmc.recovery").read_bytes())
            self.files = {mode: self._made(ledger, mode, folder / f"{mode}.r7x") for mode in MODES}
            card = make_card(ledger)
            self.trust = {
                "card": card,
                "trust": read_card(card).trust("My council").to_json().encode(),
                "vkey": f"{ledger.vkey}\n".encode(),
            }

    @staticmethod
    def _made(ledger: Any, mode: str, out: Path) -> bytes:
        whole = showing.complete(ledger, [CASE])
        why = {NAME: "third_party", BORN: "third_party"}
        shown = [Shown(one.reading, {} if number in (0, 2) else why) for number, one in enumerate(whole.records)]
        absent = (("person", "P7", "not_requested"),) if mode == "complete" else ()
        choice = Choice(whole.about, tuple(shown[1:] if mode == "selective" else shown), absent)
        create_extract(ledger, choice, COURT, mode=mode, out=out, actor=ACTOR)
        return out.read_bytes()

    def body(self, mode: str) -> Any:
        return values.decode(open_body(self.files[mode]).body)

    def resigned(self, body: Any, signer: Any = None) -> bytes:
        return sign_body(values.encode(body), self.id, signer or self.signer)

    def forged(self, entry: Any, signer: Any = None, **parts: tuple[int, bytes]) -> Any:
        """An entry whose record has its content's hash, some bytes of its header replaced, and a true signature."""
        record, leaves, scopes = entry
        header = bytearray(record[:129])
        committer = Committer(self.id)
        commitments = [committer.leaf_commitment(index, leaf) for index, leaf in enumerate(leaves)]
        header[97:129] = content_hash(commitments, scopes_digest(scopes))
        for at, new in parts.values():
            header[at : at + len(new)] = new
        signer = signer or self.signer
        header[65:97] = signer.key_id
        return [bytes(header) + signer.sign(signed_message(bytes(header), self.practice)), leaves, scopes]


def ours(data: bytes, trust: bytes, folder: Path) -> tuple[str, int | None, int | None]:
    """Verdict, position and step by the command line's own check."""
    (folder / "given").write_bytes(trust)
    try:
        report = check_extract(data, Trust.load(folder / "given"))
    except ForeignFile:
        return "none", None, None
    if report.verdict != "failed":
        return report.verdict, None, None
    assert report.first_bad is not None
    return "failed", *report.first_bad[:2]


def theirs(report: dict[str, Any]) -> tuple[str, int | None, int | None]:
    return report["verdict"], report["position"], report["step"]


def set_field(given: Given, entry: Any, index: int, value: Any, **header: tuple[int, bytes]) -> Any:
    """The entry with another value in an open field, signed anew as if it had been recorded so."""
    leaves = list(entry[1])
    leaves[index] = open_leaf(opening(bytes(16), value))
    return given.forged([entry[0], leaves, entry[2]], **header)


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])
