"""Signed extracts (`.r7x`): one case or scheme, complete, that anyone can check offline (`extract_check.py`).

The body says to whom, why and under which marking it was given, and holds: the genesis (so that the signing key can be
traced to the charter that a verifier trusts), a head (position, hash, stream versions) and every record of the stream
from version 1 to the version in that head, each field open or withheld with a reason. Layout: `docs/format.md`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.errors import ForeignFile, StorageError, UnknownId
from ledger.ledger import Ledger
from ledger.procedure.command import Actor
from ledger.procedure.declare import About
from ledger.proof import values
from ledger.proof.commitments import CLOSED, open_leaf, sealed_from_bytes
from ledger.proof.envelope import EXTRACT_TAG, sign_body
from ledger.reading import ERASED, Reading, Unopened

FORMAT = 1


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
    `ForeignFile` when `out` exists.
    """
    if out.exists():
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
            "kind": "extract",
            "mode": mode,
            "practice": ledger.practice,
            "records": items,
            "withheld": withheld,
        }
    )
    data = sign_body(body, ledger.id, ledger.keyring.signer, EXTRACT_TAG)
    fields = sum(len(reading.leaves) for reading in readings)
    made = ExtractMade(out, hashlib.sha256(data).hexdigest(), len(items), fields - len(withheld), len(withheld))
    command = _issued(made, about, given, mode)
    if ledger.practice:  # its time stands still between records
        command["recorded_at"] = ledger.now().isoformat()
    _write(out, data, lambda: ledger.record(command, actor=actor))
    return made


def _snapshot(ledger: Ledger, about: About) -> tuple[Any, list[Reading]]:
    """The head, and the stream as it stands at that head."""
    head = ledger.head()
    readings = [r for r in ledger.readings(about=about) if r.position <= head.position]
    if not readings:
        raise UnknownId(f"There is no {about.type} {about.id} in this ledger.")
    return head, readings


def _item(reading: Reading) -> tuple[list[Any], list[tuple[int, str]]]:
    """One record for an extract, [record, leaves, ciphertext hashes], and which of its fields stay closed and why."""
    leaves, missing = list(reading.leaves), []
    if any(leaf[:1] == CLOSED for leaf in leaves):
        for index, opening in reading.openings().items():
            if isinstance(opening, Unopened):
                missing.append((index, "erased" if opening is ERASED else "not_available"))
            else:
                leaves[index] = open_leaf(opening)
    hashes = [hashlib.sha256(c).digest() for c in sealed_from_bytes(reading.row.sealed)]
    return [reading.row.record, leaves, hashes], sorted(missing)


def _issued(made: ExtractMade, about: About, given: Purpose, mode: str) -> dict[str, Any]:
    return {
        "do": "ExtractIssued",
        "mode": "plan",
        "about": [{"type": about.type, "id": about.id}],
        "to": given.to or None,
        "purpose": given.purpose or None,
        "basis": [code.strip() for code in given.basis.split(",") if code.strip()],
        "reasons": given.reasons or None,
        "marking": given.marking or None,
        "extract_mode": mode,
        "records": made.records,
        "opened": made.opened,
        "withheld": made.withheld,
        "sha256": made.sha256,
    }


def _write(out: Path, data: bytes, record: Any) -> None:
    """Write the file beside its place, record that it is issued, then put it there: never one without the other."""
    try:
        handle, name = tempfile.mkstemp(dir=out.absolute().parent, prefix=f".{out.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror}.") from None
    try:
        record()
        Path(name).replace(out)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
