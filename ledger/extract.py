"""Signed extracts (`.r7x`): one case or scheme, complete, that anyone can check offline (`extract_check.py`).

The body says to whom, why and under which marking it was given, and holds: the genesis (so that the signing key can be
traced to the charter that a verifier trusts), a head (position, hash, stream versions) and every record of the stream
from version 1 to the version in that head, each field open or withheld with a reason. Layout: `docs/format.md`.

The order of events: the extract is made and checked as its recipient will; written beside its place and made durable;
`ExtractIssued` is recorded with its hash; then it is given its name. So a file under that name was recorded, and one
that was recorded is never deleted: whoever is interrupted in between finds it as `.NAME.part`.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.entries import entry_of
from ledger.errors import ForeignFile, IntegrityError, RuleSevenError, StorageError, UsageError
from ledger.extract_check import FORMAT, check_extract
from ledger.ledger import Ledger
from ledger.procedure.command import Actor
from ledger.procedure.declare import About
from ledger.proof import values
from ledger.proof.commitments import CLOSED, open_leaf
from ledger.proof.envelope import EXTRACT_TAG, MAX_SIZE, sign_body
from ledger.reading import Erased, Reading, Unopened
from ledger.rotation import key_entries
from ledger.trust import Trust


@dataclass(frozen=True)
class Purpose:
    """To whom an extract goes, and why: what `ExtractIssued` records and the recipient reads."""

    to: str
    purpose: str
    basis: str
    reasons: str
    marking: str


@dataclass(frozen=True)
class ExtractMade:
    """An extract as it was written: counts are of records and of their fields."""

    file: Path
    sha256: str
    records: int
    opened: int
    withheld: int


def create_extract(
    ledger: Ledger, about: About, given: Purpose, *, out: Path, actor: Actor | None, mode: str = "complete"
) -> ExtractMade:
    """Write a complete signed extract of one case or scheme to `out`, and record that it was issued.

    Raises `UnknownId` for an empty stream, `Refused` when the rules for extracts do (then no file is written),
    `ForeignFile` when `out` exists, `IntegrityError` when the extract would not verify: then a record was altered.
    """
    if os.path.lexists(out):
        raise ForeignFile(f"{out} exists already; name a new file for the extract.")
    head, readings = _snapshot(ledger, about)
    items, withheld = [], []
    for reading in readings:
        item, missing = _item(reading)
        items.append(item)
        withheld += [[reading.position, index, reason] for index, reason in missing]
    genesis, _ = _item(ledger.reading(1))
    body = values.encode(
        {
            "about": [about.type, about.id],
            "format": FORMAT,
            "genesis": genesis,
            "given": {
                "basis": given.basis,
                "marking": given.marking,
                "purpose": given.purpose,
                "reasons": given.reasons,
                "to": given.to,
            },
            "head": [head.position, head.hash, [[readings[-1].stream, readings[-1].version]]],
            "keys": key_entries(ledger, head.position),
            "kind": "extract",
            "mode": mode,
            "practice": ledger.practice,
            "records": items,
            "withheld": withheld,
        }
    )
    data = sign_body(body, ledger.id, ledger.signer, EXTRACT_TAG)
    _check(ledger, about, data, len(items))
    fields = sum(len(reading.leaves) for reading in readings)
    made = ExtractMade(out, hashlib.sha256(data).hexdigest(), len(items), fields - len(withheld), len(withheld))
    command = _issued(made, about, given, mode) | {"redactions": _redactions(withheld)}
    if ledger.practice:  # its time stands still between records
        command["recorded_at"] = ledger.now().isoformat()
    part = _write_beside(out, data)
    try:
        ledger.record(command, actor=actor)
    except BaseException:
        _undo_or_finish(part, out, lambda: _issued_since(ledger, head.position, made.sha256))
        raise
    _place(part, out)
    return made


def _check(ledger: Ledger, about: About, data: bytes, records: int) -> None:
    """Nothing leaves under the agency's signature that its recipient would find false."""
    charter = ledger.charter.to_bytes()
    if len(data) > MAX_SIZE:
        raise UsageError(
            f"An extract of {about.type} {about.id} would be {len(data) >> 20} MiB large, with {records:,} records; "
            f"at most {MAX_SIZE >> 20} MiB can be checked by those who get it."
        )
    report = check_extract(data, Trust(ledger.agency_name, ledger.id, hashlib.sha256(charter).digest()))
    if report.verdict != "verified":
        position, step, reason = report.first_bad or (0, 0, "it cannot be verified")
        where = f"Record {position}" if position else "The extract"
        raise IntegrityError(
            f"{where} does not verify (step {step}: {reason}), so no extract was written. Run verify.", position, step
        )


def _snapshot(ledger: Ledger, about: About) -> tuple[Any, list[Reading]]:
    """The head, and the stream as it stands at that head."""
    head = ledger.head()
    return head, [reading for reading in ledger.complete(about) if reading.position <= head.position]


def _item(reading: Reading) -> tuple[list[Any], list[tuple[int, str]]]:
    """One record for an extract, [record, leaves, ciphertext hashes], and which of its fields stay closed and why."""
    leaves, missing = list(reading.leaves), []
    if any(leaf[:1] == CLOSED for leaf in leaves):
        for index, opening in reading.openings().items():
            if isinstance(opening, Unopened):
                missing.append((index, "erased" if isinstance(opening, Erased) else "not_available"))
            else:
                leaves[index] = open_leaf(opening)
    return entry_of(reading, leaves), sorted(missing)


def _redactions(withheld: list[list[Any]]) -> list[dict[str, Any]]:
    """What is withheld, as `ExtractIssued` lists it: so many fields for each reason."""
    counts = Counter(reason for _, _, reason in withheld)
    return [{"reason": reason, "count": count} for reason, count in sorted(counts.items())]


def _issued(made: ExtractMade, about: About, given: Purpose, mode: str) -> dict[str, Any]:
    return {
        "do": "ExtractIssued",
        "mode": "plan",
        "about": [{"type": about.type, "id": about.id}],
        "to": given.to or None,
        "purpose": given.purpose or None,
        "basis": given.basis or [],
        "reasons": given.reasons or None,
        "marking": given.marking or None,
        "extract_mode": mode,
        "records": made.records,
        "opened": made.opened,
        "withheld": made.withheld,
        "sha256": made.sha256,
    }


def _write_beside(out: Path, data: bytes) -> Path:
    """Write the file under a name of its own beside its place, whole and durable; it holds clear text, so 0600."""
    part = out.with_name(f".{out.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ForeignFile(
            f"{part} is left of an extract that was interrupted, or is being written, and holds clear text. If its "
            "SHA-256 is in an ExtractIssued of this ledger it was issued: rename it; else remove it."
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{out} cannot be written: there is no such folder.") from None
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        _discard(part)
        if isinstance(error, OSError):
            raise StorageError(f"{out} cannot be written: {error.strerror}.") from None
        raise
    return part


def _undo_or_finish(part: Path, out: Path, issued: Callable[[], bool]) -> None:
    """After an error or interrupt while recording: what was not recorded is removed, what was is put in its place."""
    try:
        stands = issued()
    except RuleSevenError as error:
        raise StorageError(f"Whether the extract was recorded is not known; it is kept as {part}. {error}") from None
    if stands:
        _place(part, out)
    else:
        _discard(part)


def _issued_since(ledger: Ledger, position: int, sha256: str) -> bool:
    return any(r.name == "ExtractIssued" and r.data.get("sha256") == sha256 for r in ledger.readings(after=position))


def _place(part: Path, out: Path) -> None:
    """Give the file its name, never over another. It is recorded as issued by now, so it is not deleted whatever
    happens.
    """
    kept = f"The extract is recorded as issued and is kept as {part}"
    try:
        try:
            os.link(part, out)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(out):
                raise FileExistsError from None
            part.rename(out)
        else:
            part.unlink()
    except FileExistsError:
        raise ForeignFile(f"{out} was made by somebody else meanwhile. {kept}: rename it.") from None
    except OSError as error:
        raise StorageError(f"{out} cannot be put in its place: {error.strerror}. {kept}: rename it.") from None
    with suppress(OSError):  # some file systems cannot sync a folder
        folder = os.open(out.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _discard(part: Path) -> None:
    with suppress(OSError):
        part.unlink()
