"""Making a signed extract (`.r7x`), that anyone can check offline (`extract_check.py`). Layout: `docs/format.md`.

What it shows, `choice.py` says. It holds the genesis and the key records, so that the signing key can be traced to the
charter that a verifier trusts; a checkpoint of the ledger as it stands; and one proof that joins the records to it.

The order of events: the extract is made and checked as its recipient will; written beside its place and made durable;
`ExtractIssued` is recorded with its hash; then it is given its name. So a file under that name was recorded.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.choice import Choice
from ledger.errors import ForeignFile, IntegrityError, RuleSevenError, StorageError
from ledger.extract_body import COMPLETE, STATEMENT, Body
from ledger.extract_check import check_extract
from ledger.extract_file import discard, place, write_beside
from ledger.extract_making import Purpose, make_extract
from ledger.ledger import Ledger
from ledger.procedure.command import Actor
from ledger.trust import Trust


@dataclass(frozen=True)
class ExtractMade:
    """An extract as it was written: counts are of records and of their fields."""

    file: Path
    sha256: str
    records: int
    opened: int
    withheld: int


def create_extract(
    ledger: Ledger,
    choice: Choice,
    given: Purpose,
    *,
    mode: str = COMPLETE,
    out: Path,
    actor: Actor | None,
    recipient: bytes = b"",
    record: bool = True,
    issued: Mapping[str, Any] | None = None,
    seal: Callable[[bytes], bytes] | None = None,
) -> ExtractMade:
    """Write a signed extract of what was chosen to `out`, and record that it was issued.

    `recipient` is the id of the ledger that it is for. `issued` is what `ExtractIssued` says besides. `record=False` is
    for a notice alone, whose disclosure is its record. `seal` makes a parcel of the file. What cannot be opened is
    withheld: `erased` or `not_available`.

    Raises `Refused` where the rules for extracts do (then no file is written), `ForeignFile` when `out` exists,
    `StorageError` where a stream grew since it was chosen, `IntegrityError` when the extract would not verify: then a
    record was altered.
    """
    if os.path.lexists(out):
        raise ForeignFile(f"{out} exists already; name a new file for the extract.")
    before = ledger.head().position
    body, data = make_extract(ledger, choice, given, mode, recipient)
    opened = _check(ledger, body, data)
    made = ExtractMade(out, hashlib.sha256(data).hexdigest(), len(body.records), opened, len(body.withheld))
    part = write_beside(out, data if seal is None else seal(data))
    if record:
        command = _issued(made, choice, given, body, issued or {})
        if ledger.practice:  # its time stands still between records
            command["recorded_at"] = ledger.now().isoformat()
        try:
            ledger.record(command, actor=actor)
        except BaseException:
            _undo_or_finish(part, out, lambda: _issued_since(ledger, before, made.sha256))
            raise
    place(part, out)
    return made


def _check(ledger: Ledger, body: Body, data: bytes) -> int:
    """How many fields are open. Nothing leaves under the agency's signature that its recipient would find false.

    The tree that the proof leads to ends in a head whose signature was verified, and vouches for the records that it is
    chained to: theirs are not verified again, unless something is wrong, to say where.
    """
    trust = Trust(ledger.agency_name, ledger.id, hashlib.sha256(ledger.charter.to_bytes()).digest())
    proved = frozenset[bytes](entry[0] for entry in body.records) if body.mode != STATEMENT else frozenset[bytes]()
    report = check_extract(data, trust, vouched=proved)
    if report.verdict != "verified":
        report = check_extract(data, trust)
    if report.verdict != "verified":
        position, step, reason = report.first_bad or (0, 0, "it cannot be verified")
        where = f"Record {position}" if position else "The extract"
        raise IntegrityError(
            f"{where} does not verify (step {step}: {reason}), so no extract was written. Run verify.", position, step
        )
    return report.opened


def _issued(
    made: ExtractMade, choice: Choice, given: Purpose, body: Body, besides: Mapping[str, Any]
) -> dict[str, Any]:
    """What `ExtractIssued` says of it; what is withheld as so many fields for each reason, after what is `besides`."""
    counts = Counter(reason for _, _, reason in body.withheld)
    return {
        "do": "ExtractIssued",
        "mode": "plan",
        "about": [{"type": kind, "id": name} for kind, name in choice.about],
        "to": given.to or None,
        "purpose": given.purpose or None,
        "basis": given.basis or [],
        "reasons": given.reasons or None,
        "marking": given.marking or None,
        "extract_mode": body.mode,
        "records": made.records,
        "opened": made.opened,
        "withheld": made.withheld,
        "sha256": made.sha256,
        **besides,
        "redactions": [
            *besides.get("redactions", ()),
            *({"reason": reason, "count": count} for reason, count in sorted(counts.items())),
        ],
    }


def _undo_or_finish(part: Path, out: Path, issued: Callable[[], bool]) -> None:
    """After an error or interrupt while recording: what was not recorded is removed, what was is put in its place."""
    try:
        stands = issued()
    except RuleSevenError as error:
        raise StorageError(f"Whether the extract was recorded is not known; it is kept as {part}. {error}") from None
    if stands:
        place(part, out)
    else:
        discard(part)


def _issued_since(ledger: Ledger, position: int, sha256: str) -> bool:
    return any(r.name == "ExtractIssued" and r.data.get("sha256") == sha256 for r in ledger.readings(after=position))
