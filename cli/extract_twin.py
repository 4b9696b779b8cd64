"""The readable twin of an extract that was just made: a page of what its reader sees of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cli.file_page import words_of

if TYPE_CHECKING:
    from cli.documents.twin import Entry
    from ledger import ExtractMade, Ledger, Reading

COMMAND = 4  # what comes before is how records are kept
OWN = ("kind", "stream", "recorded_at", "scopes", "command", "about", "actor", "when", "judgement")


def check_page(page: Path, extract: Path, *, sealed: bool) -> None:
    """`UsageError` or `StorageError` for a page that could not be written; an extract is issued only once it can.

    It is tried, since only the system knows: an empty file is made, and taken away again.
    """
    from cli.documents.files import store
    from ledger.errors import StorageError, UsageError

    if sealed:
        raise UsageError("--html shows in clear what --parcel seals: leave one of them out")
    if page.suffix.lower() != ".html":
        raise UsageError(f"--html names a file that ends in .html, and {page} does not")
    if os.path.realpath(page) == os.path.realpath(extract):
        raise UsageError("--html and --out name one file: give the page another name")
    try:
        store({page: b""})
        page.unlink()
    except FileExistsError:
        raise UsageError(f"{page} is there already: name a new file with --html") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{page} cannot be written: there is no such folder") from None
    except OSError as error:
        raise StorageError(f"{page} cannot be written: {error.strerror}. No extract was made") from None


def write_page(ledger: Ledger, made: ExtractMade, page: Path) -> None:
    """Write the page of an extract that is issued by now; `StorageError` says that the page alone is missing."""
    from ledger.errors import RuleSevenError, StorageError

    try:
        write_twin(ledger, made, page)
    except (OSError, RuleSevenError) as error:
        why = error.strerror or "the system refused" if isinstance(error, OSError) else str(error).rstrip(".")
        raise StorageError(
            f"The extract {made.file} was made and recorded; only its page {page} could not be written: {why}. "
            "Do not create the extract again for it: that would be another one"
        ) from error


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
