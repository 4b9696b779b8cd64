"""Files that somebody kept of a ledger, read as anchors: checkpoints, proofs, its own extracts, and partners' extracts.

What this agency signed says what its records were. An extract of a partner says what the partner was told of them: its
receipts quote the hash of the record that they are about. Whoever is no partner, by the verifier's own word, proves
nothing here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.anchors import Anchor, Quote
from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion
from ledger.extract_body import STATEMENT, Body
from ledger.extract_check import Examined, examine, read_extract
from ledger.extract_reading import readings_of
from ledger.folder import read_outside
from ledger.proof import checkpoint, note, tlog_proof
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.checkpoint import Checkpoint, Keys, Signed
from ledger.proof.envelope import MAX_SIZE, open_body
from ledger.proof.note import MAX_NOTE
from ledger.proof.quorum import Quorum
from ledger.proof.report import Head
from ledger.proof.tlog_proof import Proof
from ledger.trust import Trust

KeysAt = Callable[[int], Keys]
QUOTES = {  # of an event that quotes a record of another ledger: the hash, and where it says whose record that is
    "DisclosureReceived": ("sender_event_hash", "provider"),
    "ReceiptConfirmed": ("recipient_event_hash", "recipient"),
}


@dataclass(frozen=True)
class Subject:
    """The ledger that is verified: `keys_at` are those that sign a checkpoint of a size, of `held` records."""

    charter: Charter
    keys_at: KeysAt
    held: int
    quorum: Quorum | None = None
    partners: Sequence[Trust] = ()

    @property
    def id(self) -> bytes:
        return ledger_id(self.charter.to_bytes())

    @property
    def name(self) -> str:
        return checkpoint.origin(self.id, practice=self.charter.practice)


def read_anchor(path: Path, subject: Subject) -> Anchor:
    """What a kept file says of the ledger.

    Raises `ForeignFile`, naming it, where it is of another log, is not signed by whom it must be, or by nobody who is
    trusted, and `Malformed` where it is no such file: then it proves nothing.
    """
    data = read_extract(path)
    try:
        ledger = open_body(data, MAX_SIZE).ledger
    except ForeignFile:
        return _note(path, data, subject)
    except (Malformed, NewerVersion) as error:
        raise type(error)(f"{path.name} proves nothing: {error}.") from None
    return (_own_extract if ledger == subject.id else _partners_extract)(path, data, subject)


def read_checkpoint(path: Path, subject: Subject) -> Checkpoint:
    """What a checkpoint file of the ledger says, once its signatures are checked; errors as of `read_anchor`."""
    data = read_outside(path, MAX_NOTE, "too large to be a checkpoint")
    return _checked(path, _claimed(path, data, subject), data, subject).checkpoint


def _note(path: Path, data: bytes, subject: Subject) -> Anchor:
    """A checkpoint, or a proof file, which holds one."""
    if len(data) > MAX_NOTE:
        raise ForeignFile(f"{path.name} is too large to be a checkpoint or a proof.")
    if not data.startswith(tlog_proof.FIRST_LINE.encode()):
        return _under(path, "checkpoint", data, subject)
    try:
        proof = Proof.from_bytes(data)
    except Malformed as error:
        raise Malformed(f"{path.name} is not a proof file: {error}.") from None
    return _under(path, "proof", proof.note, subject, proof=proof)


def _under(path: Path, kind: str, kept: bytes, subject: Subject, **more: Any) -> Anchor:
    """An anchor with a checkpoint of this ledger, once its signatures are checked."""
    signed = _checked(path, _claimed(path, kept, subject), kept, subject)
    if subject.quorum is None:
        return Anchor(path, kind, signed, made=signed.time, **more)
    try:
        witnesses = tuple(witness for witness, _ in subject.quorum.cosigned(note.from_bytes(kept)))
    except (IntegrityError, Malformed) as error:
        raise ForeignFile(f"{path.name} proves nothing: {error}.") from None
    counts = len(witnesses) >= subject.quorum.needed
    return Anchor(path, kind, signed, witnesses=witnesses, counts=counts, made=signed.time, **more)


def _claimed(path: Path, kept: bytes, subject: Subject) -> Checkpoint:
    """What it says, before any signature is checked."""
    try:
        claimed = checkpoint.read(kept)
    except Malformed as error:
        raise Malformed(f"{path.name} is not a checkpoint, a proof file or an extract: {error}.") from None
    if claimed.origin != subject.name:
        raise ForeignFile(f"{path.name} is of another ledger, {claimed.origin}, and says nothing of this one.")
    return claimed


def _checked(path: Path, claimed: Checkpoint, kept: bytes, subject: Subject) -> Signed:
    """Under both keys of its size; of a tree larger than the ledger's the first may not be known."""
    keys = subject.keys_at(claimed.size)
    try:
        try:
            return checkpoint.check(kept, subject.name, keys)
        except IntegrityError:
            if claimed.size <= subject.held:
                raise
            return checkpoint.check_mldsa(kept, subject.name, keys.mldsa_public)
    except (IntegrityError, Malformed) as error:
        raise ForeignFile(f"{path.name} proves nothing: {error}.") from None


def _own_extract(path: Path, data: bytes, subject: Subject) -> Anchor:
    """An extract that this agency signed: its checkpoint, and the place and hash of each record in it."""
    charter = subject.charter
    trust = Trust(charter.name, subject.id, hashlib.sha256(charter.to_bytes()).digest())
    examined = _examined(path, data, trust)
    body = _verified(path, examined)
    heads = tuple(Head(position, digest) for position, digest in examined.report.heads)
    return _under(path, "extract", body.checkpoint, subject, heads=heads)


def _partners_extract(path: Path, data: bytes, subject: Subject) -> Anchor:
    """An extract that a trusted partner signed: which of our records it quotes."""
    for trust in subject.partners:
        examined = _examined(path, data, trust)
        if examined.report.verdict != "undecided":
            _verified(path, examined)
            if examined.report.practice is not subject.charter.practice:
                raise ForeignFile(f"{path.name} proves nothing: one of the two is a practice ledger, and one is not.")
            quotes, made = tuple(_quotes(examined, subject.charter)), examined.report.made // 1_000_000
            return Anchor(path, "partner", partner=trust.name, quotes=quotes, counts=subject.quorum is None, made=made)
    raise ForeignFile(
        f"{path.name} was signed by another agency, and by none that you trust: to believe its extracts, name its "
        "card or trust file with --partner."
    )


def _examined(path: Path, data: bytes, trust: Trust) -> Examined:
    try:
        return examine(data, trust)
    except ForeignFile:
        raise ForeignFile(f"{path.name} is a signed file, but no extract; a card is given with --trust.") from None


def _verified(path: Path, examined: Examined) -> Body:
    """The body of an extract that verified, and that names records: `ForeignFile` for any other."""
    if examined.body is None:
        _, _, reason = examined.report.first_bad or (0, 0, "it cannot be verified")
        raise ForeignFile(f"{path.name} proves nothing: {reason}.")
    if examined.body.mode == STATEMENT:
        raise ForeignFile(f"{path.name} proves nothing of a record: a statement names none.")
    return examined.body


def _quotes(examined: Examined, charter: Charter) -> Iterator[Quote]:
    """The hashes that the open fields of a partner's records quote, and whether they say that the record is ours."""
    ours = {charter.agency_id.casefold(), charter.name.casefold()}
    for reading in readings_of(examined):
        if reading.name in QUOTES:
            quoted, whose = (reading.data[field] for field in QUOTES[reading.name])
            named = whose.get("agency") if isinstance(whose, dict) else whose
            if type(quoted) is str:
                names_us = isinstance(named, str) and named.casefold() in ours
                yield Quote(reading.position, bytes.fromhex(quoted), names_us)
