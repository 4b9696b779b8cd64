"""The readable twin of an extract that was just made: a page of what its reader sees of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cli.file_page import words_of

if TYPE_CHECKING:
    from cli.documents.twin import Entry
    from ledger import ExtractMade, Ledger, Reading

COMMAND = 4  # what comes before is how records are kept
OWN = ("kind", "stream", "recorded_at", "scopes", "command", "about", "actor", "when", "judgement")


def write_twin(ledger: Ledger, made: ExtractMade, path: Path) -> None:
    """Write the page beside the extract, of what the file itself says; its owner alone can read it."""
    from cli.documents.files import rendered, store
    from cli.documents.twin import Opened, twin
    from ledger import Trust, open_extract

    own = Trust(ledger.agency_name, ledger.id, hashlib.sha256(ledger.charter.to_bytes()).digest())
    report, readings = open_extract(made.file, own)
    head = f"record {report.head[0]:,} of the ledger" if report.head[0] else ""
    about = ", ".join(f"{kind} {name}" for kind, name, _ in report.about)
    entries = [_entry(reading) for reading in readings]
    page = Opened(
        report.agency,
        about,
        report.mode,
        report.practice,
        made.sha256,
        made.file.name,
        report.given or {},
        entries,
        head,
    )
    store({path: rendered(twin(page), path)})


def _entry(reading: Reading) -> Entry:
    from cli.documents.twin import Entry
    from ledger import Withheld, london
    from projections.shown import tree_of

    kind = reading.declared
    names = [*OWN, *(field.name for field in kind.fields)] if kind else list(OWN)
    withheld = [
        (names[index], str(why).removeprefix("[withheld: ").removesuffix("]"))
        for index, why in sorted(reading.openings().items())
        if COMMAND <= index < len(names)
    ]
    said = {name: value for name, value in tree_of(reading).items() if not isinstance(value, Withheld)}
    when: dt.datetime | None = reading.occurred_at  # None where it is withheld
    role = reading.actor.role if reading.actor else ""
    return Entry(reading.position, words_of(reading.name), london(when) if when else None, role, said, withheld)
