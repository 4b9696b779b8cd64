"""The database's errors in our words: busy, full, read-only, malformed, foreign."""

from __future__ import annotations

import sqlite3
from typing import Final

from ledger.errors import IntegrityError, RuleSevenError, StorageError

# What reading or writing a database may raise; Python's sqlite3 stumbles over its own message where that quotes names
# out of a damaged file that are no UTF-8.
FAULTS: Final = (sqlite3.Error, UnicodeDecodeError)

# What SQLite says, and what it means to whoever reads our sentence.
_MEANINGS: tuple[tuple[tuple[str, ...], type[RuleSevenError], str], ...] = (
    (
        ("locked", "busy"),
        StorageError,
        "{name} is busy: another process has been writing for too long. Nothing was stored; try again.",
    ),
    (
        ("is full", "disk full", "too big"),
        StorageError,
        "There is no room left to write {name}. Nothing was stored; make room and try again.",
    ),
    (
        ("readonly", "read-only", "unable to open", "permission", "disk i/o", "attempt to write"),
        StorageError,
        "{name} cannot be opened or written ({what}). Nothing was stored; check permissions and room on the disk.",
    ),
    (
        ("malformed", "not a database", "corrupt", "no such table", "no such column", "file is encrypted"),
        IntegrityError,
        "{name} is not an intact database ({what}). Keep the file as it is and restore from a backup.",
    ),
)


def explained(error: BaseException, name: str) -> RuleSevenError:
    """Our error for one of the database's."""
    what = str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, UnicodeDecodeError):
        what = "its structure is malformed"
    for signs, kind, sentence in _MEANINGS:
        if any(sign in what.lower() for sign in signs):
            return kind(sentence.format(name=name, what=what))
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return IntegrityError(f"{name} could not be read ({what}). Keep the file as it is and verify a copy.")
    return StorageError(f"{name} could not be used ({what}). Nothing was stored; try again.")
