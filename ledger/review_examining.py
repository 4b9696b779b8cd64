"""What may become part of a review across agencies: a ledger folder or an extract, and what verification says of it.

1. A folder: every stored byte (`verify_folder`), then whose it is, then what the reviewer knew of it before.
2. An extract: the numbered steps of `extract_check.py`. A statement shows no records, and has no place in a review.
3. Without anybody's trust the verdict is undecided, however intact it is: whose word is it?
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.entries import proved_charter
from ledger.errors import IntegrityError, UsageError
from ledger.extract_body import STATEMENT, read
from ledger.extract_check import Examined, examine, read_extract
from ledger.ledger import Ledger
from ledger.proof.charter import Charter, ledger_id
from ledger.proof.envelope import MAX_SIZE, open_body
from ledger.store.scan import hash_at
from ledger.trust import LONGEST_NAME, Trust
from ledger.verification import Verification, verify_folder

FOLDER, EXTRACT = "folder", "extract"
VERIFIED, FAILED, UNDECIDED = "verified", "failed", "undecided"
NOBODY = "nobody has said that this agency is trusted"
Passphrase = Callable[[], bytes | None]


@dataclass(frozen=True)
class Source:
    """One folder or extract of a review. `position` and `head`: the last record that it reaches to (0: not known).

    `digest`: SHA-256 of an extract's bytes; `place`: where a folder lies; `why`: it did not verify; `number`: the
    record of the review that says so, and `added_us` when, once there is one.
    """

    form: str
    agency: str
    ledger: bytes
    practice: bool
    position: int
    head: bytes
    verdict: str
    why: str = ""
    trusted_as: str = ""
    digest: bytes = b""
    place: str = ""
    number: int = 0
    added_us: int = 0

    @property
    def verified(self) -> bool:
        return self.verdict == VERIFIED


def examine_source(path: Path, trust: Trust | None, passphrase: Passphrase, processes: int = 1) -> Source:
    """What a folder or an extract is, and the verdict on it; `ForeignFile` or `Malformed` for what is neither."""
    if path.is_dir():
        return _folder(path, trust, passphrase, processes)
    return _extract(read_extract(path), trust)


def own_word(charter: Charter) -> Trust:
    """Trust in nothing but that a file is its own charter's: that it is intact, whoever it may be from."""
    raw = charter.to_bytes()
    return Trust(charter.name[:LONGEST_NAME], ledger_id(raw), hashlib.sha256(raw).digest())


def charter_of(data: bytes) -> tuple[Charter, str]:
    """The charter that an extract brings, and the extract's mode; `Malformed` or `IntegrityError` if it brings none."""
    envelope = open_body(data, MAX_SIZE)
    body = read(envelope.body)
    return proved_charter(body.genesis, envelope.ledger, practice=body.practice), body.mode


def read_again(data: bytes) -> Examined:
    """An extract's records, whoever it is from; it was decided before, whose word it is."""
    return examine(data, own_word(charter_of(data)[0]))


def _folder(path: Path, trust: Trust | None, passphrase: Passphrase, processes: int) -> Source:
    found = verify_folder(path, passphrase=passphrase, processes=processes)
    charter, report = found.charter, found.report
    if charter is None:
        raise IntegrityError(f"{path} holds no intact first record, so nobody can say whose ledger it is.", 1, 8)
    bad = report.first_bad
    source = Source(
        FOLDER,
        charter.agency_id,
        ledger_id(charter.to_bytes()),
        charter.practice,
        report.head.position,
        report.head.hash,
        report.verdict,
        f"record {bad.position}, step {bad.step}: {bad.reason}" if bad else "",
        trust.name if trust else "",
        place=str(path.absolute()),
    )
    if bad is not None:
        with Ledger.open(path) as book:
            return replace(source, position=book.head().position, head=book.head().hash)
    return _held_against(source, found, charter, trust)


def _held_against(source: Source, found: Verification, charter: Charter, trust: Trust | None) -> Source:
    """An intact ledger held against whom the reviewer trusts, and what they know of it."""
    if trust is None:
        return replace(source, verdict=UNDECIDED, why=NOBODY)
    distrust = trust.accepts(charter.to_bytes()) or trust.knows(found.publics)
    if distrust is not None:
        return replace(source, verdict=UNDECIDED, why=distrust)
    head, last = trust.head, source.position
    if head is not None and head[0] > last:
        why = f"the trust file has seen record {head[0]}, and this ledger ends at {last}: it was cut off"
        return replace(source, verdict=FAILED, why=why)
    if head is not None and hash_at(Path(source.place) / "ledger.db", head[0]) != head[1]:
        return replace(source, verdict=FAILED, why=f"the trust file holds another record {head[0]}")
    at = trust.contradicts(found.report.changes, last)
    if at is not None:
        return replace(source, verdict=FAILED, why=f"the trust file knows other keys at record {at}")
    return source


def _extract(data: bytes, trust: Trust | None) -> Source:
    charter, mode = charter_of(data)
    if mode == STATEMENT:
        raise UsageError("This extract is a statement, which shows no records: ask the agency for a complete extract.")
    report = examine(data, trust).report if trust else None
    intact = read_again(data).report
    judged = report or intact
    verdict = judged.verdict if trust or judged.verdict == FAILED else UNDECIDED
    why = f"record {judged.first_bad[0]}: {judged.first_bad[2]}" if judged.first_bad else "" if trust else NOBODY
    return Source(
        EXTRACT,
        charter.agency_id,
        ledger_id(charter.to_bytes()),
        charter.practice,
        intact.head[0],
        bytes.fromhex(intact.head[1]) or bytes(32),
        verdict,
        why,
        trust.name if trust else "",
        digest=hashlib.sha256(data).digest(),
    )
