"""Witnessing partners: their checkpoints are cosigned as long as each follows from the one before.

What was seen of each partner is kept in `seen.db` (`store/seen.py`). In one transaction: the partner's two signatures
are checked with its card; the checkpoint is compared with the last one seen; the cosignature is made; what was seen is
noted down. Only then does the cosignature leave. Whatever is missing, unknown or behind ends in an error and no line.

Two checkpoints that contradict each other are kept as signed evidence (`fork.py`) before anything is said of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ledger.errors import ForeignFile, Malformed, Undecided, UsageError
from ledger.folder import write_secret
from ledger.fork import make_evidence
from ledger.growth import Behind, Contradiction, NoProof, UnknownLog, check_grows, checked, own_lines
from ledger.ledger import Ledger
from ledger.proof import checkpoint, cosignature, note, tree
from ledger.proof.checkpoint import Signed
from ledger.proof.cosignature import Cosigner
from ledger.proof.evidence import Beginning
from ledger.proof.note import Signature
from ledger.store.seen import Seen, SeenStore
from ledger.trust import LONGEST_NAME, read_card

Compare = Callable[[Seen, Signed], None]


class CosignedNote(NamedTuple):
    """A checkpoint with this ledger's cosignature on it. `before`: the size that was seen last, 0 if none was."""

    data: bytes
    line: bytes
    origin: str
    name: str
    size: int
    before: int
    time: int


class Witness:
    """This ledger's agency as a witness of others."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._store = SeenStore(ledger.folder.seen)

    @property
    def vkey(self) -> str:
        """The key that cosigns, in C2SP's verifier form. `Locked` where it cannot be used."""
        return Cosigner(self._ledger.origin, self._ledger.signer.public).vkey()

    def add(self, data: bytes, name: str) -> Seen:
        """Watch the log of a card's agency, or take its newer card; what was seen of it stays.

        Raises `UsageError` for this ledger itself or for a practice ledger where this is none, and `IntegrityError` for
        a card whose history of keys is not that of the card before.
        """
        card = read_card(data)
        if card.ledger == self._ledger.id:
            raise UsageError("This is this ledger's own card: nobody witnesses their own history.")
        if card.practice is not self._ledger.practice:
            raise UsageError("A practice ledger witnesses practice ledgers, and no others do.")
        if not name.strip() or len(name) > LONGEST_NAME:
            raise Malformed(f"The name of a log that is witnessed has 1 to {LONGEST_NAME} characters.")
        with self._store.changing() as seen:
            before = seen.get(card.origin)
            if before is None:
                before = Seen(card.origin, name, data, 0, tree.EMPTY_ROOT, b"", 0)
            else:
                card.check_follows(read_card(before.card), name)
            now = before._replace(name=name, card=data)
            seen.put(now)
        return now

    def logs(self) -> list[Seen]:
        """Every log that is witnessed, and what was seen of it last."""
        return self._store.all()

    def cosign(self, data: bytes, beginning: Beginning | None = None) -> CosignedNote:
        """Cosign a partner's checkpoint, given the proof that it follows from the one that was seen last.

        Raises `UnknownLog`, `Unsigned`, `Contradiction`, `NoProof`, `UsageError` where a proof is missing or begins
        elsewhere, and `Undecided` where the checkpoint is the smaller or the clock ran back.
        """

        def compare(seen: Seen, signed: Signed) -> None:
            check_grows(seen, signed, data, beginning)

        return self._cosign(data, compare)

    def submit(self, old: int, hashes: tuple[bytes, ...], data: bytes) -> CosignedNote:
        """Likewise as C2SP tlog-witness asks for it: the proof begins at `old`, which must be the size seen last."""

        def compare(seen: Seen, signed: Signed) -> None:
            if old > signed.checkpoint.size:
                raise Malformed("the old size is above the checkpoint's")
            if old != seen.size:
                raise Behind(f"of this log {seen.size} records were seen last, not {old}", seen.size)
            if hashes and old in (0, signed.checkpoint.size):
                raise NoProof("from no records, and to the same size, a proof has no hashes")
            check_grows(seen, signed, data, Beginning(old, seen.root, hashes))

        return self._cosign(data, compare)

    def _cosign(self, data: bytes, compare: Compare) -> CosignedNote:
        claimed, card = checkpoint.read(data), b""
        try:
            with self._store.changing() as changing:
                seen = changing.get(claimed.origin)
                if seen is None:
                    raise UnknownLog(f"{claimed.origin} is not witnessed here: add its card first (witness add CARD).")
                card = seen.card
                signed = checked(read_card(card), data)
                compare(seen, signed)
                time = self._time(changing.newest())
                opened = note.from_bytes(data)
                line = cosignature.cosign(opened.text, self._ledger.origin, self._ledger.signer, time)
                cosigned = _with_line(opened, line)
                after = seen._replace(time=time)
                if claimed.size > seen.size:
                    own_note = own_lines(opened, claimed.origin)
                    after = after._replace(size=claimed.size, root=claimed.root, note=own_note)
                changing.put(after)
        except Contradiction as found:
            raise self._kept(found, card) from None
        own = note.to_bytes(opened.text, [line]).removeprefix(opened.text + b"\n")
        return CosignedNote(cosigned, own, claimed.origin, seen.name, claimed.size, seen.size, time)

    def _time(self, newest: int) -> int:
        time = int(self._ledger.now().timestamp())
        if time < newest:
            raise Undecided(
                "The clock stands before the last cosignature that this ledger gave. Nothing was cosigned; set the "
                "clock right first."
            )
        return time

    def _kept(self, found: Contradiction, card: bytes) -> Contradiction:
        """The error, once the evidence for it is in a file of the ledger folder."""
        made = make_evidence(self._ledger, card, found.notes, found.beginning)
        texts = [note.from_bytes(kept).text for kept in found.notes]  # not the signatures, which may be made anew
        name = f"{sha256(b''.join(texts)).hexdigest()[:32]}.r7e"
        file: Path = self._ledger.folder.evidence / name
        with suppress(ForeignFile):  # of these two there is evidence already
            write_secret(file, made)
        said = f"{found} Nothing was cosigned; the evidence is in {file}."
        return Contradiction(said, found.notes, found.beginning)


def _with_line(opened: note.Note, line: Signature) -> bytes:
    """The note with this line, in the place of an earlier one by the same key."""
    others = [s for s in opened.signatures if (s.name, s.key_id) != (line.name, line.key_id)]
    return note.to_bytes(opened.text, [*others, line])
