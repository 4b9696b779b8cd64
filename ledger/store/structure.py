"""Whether a file is a ledger's database, and whether its table, indexes and triggers are what they must be.

Whoever owns the file can change these as well as the rows. An index that leaves a row out hides it from every reader
that goes by stream; a trigger can swallow an append. So writers refuse a database whose structure is not exactly ours,
and verification, which reads the table without its indexes, fails it. Triggers that are merely missing are reported:
they guard against casual hands, and their absence changes no evidence.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from ledger.errors import ForeignFile, IntegrityError, NewerVersion
from ledger.store.connections import connect
from ledger.store.faults import FAULTS, explained
from ledger.store.schema import APPLICATION_ID, SCHEMA_VERSION, STATEMENTS

Structure = dict[tuple[str, str], str | None]  # (type, name) → SQL
_READ = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"


@cache
def expected() -> Structure:
    """The structure that `schema.py` declares, as SQLite itself writes it down."""
    db = sqlite3.connect(":memory:")
    try:
        for statement in STATEMENTS:
            db.execute(statement)
        return _structure(db.cursor())
    finally:
        db.close()


def altered(cursor: sqlite3.Cursor) -> tuple[list[str], list[str]]:
    """What is missing of the triggers, and what else is not as it must be, in words."""
    found, right = _structure(cursor), expected()
    missing = [name for (kind, name) in right.keys() - found.keys() if kind == "trigger"]
    wrong = [f"the {kind} {name} is missing" for kind, name in right.keys() - found.keys() if kind != "trigger"]
    wrong += [
        f"{'an' if kind == 'index' else 'a'} {kind} named {name} was added"
        for kind, name in found.keys() - right.keys()
    ]
    wrong += [
        f"the {kind} {name} is not the one a ledger has"
        for kind, name in found.keys() & right.keys()
        if found[kind, name] != right[kind, name]
    ]
    return sorted(missing), sorted(wrong)


def check_structure(cursor: sqlite3.Cursor, name: str) -> None:
    """Refuse to go on with a database whose structure is not exactly ours: `IntegrityError`."""
    missing, wrong = altered(cursor)
    if found := [*wrong, *(f"the trigger {trigger} is missing" for trigger in missing)]:
        raise IntegrityError(
            f"The structure of {name} was altered: {'; '.join(found)}. Nothing was added; verify the ledger and "
            "restore it from a backup."
        )


def inspect(path: Path) -> tuple[list[str], list[str]]:
    """`altered` for a file, and whether its indexes agree with its table."""
    try:
        db = connect(path)
        try:
            missing, wrong = altered(db.cursor())
            if not wrong:
                lines = [row[0] for row in db.execute("PRAGMA integrity_check(3)").fetchall()]
                wrong = [] if lines == ["ok"] else [f"its pages or indexes are damaged ({line})" for line in lines]
        finally:
            db.close()
    except FAULTS as error:
        raise explained(error, path.name) from error
    return missing, wrong


def check_file(path: Path) -> None:
    """Refuse what is not a ledger's database, or is a newer one's, before anything is read from it."""
    if not path.is_file():
        raise ForeignFile(f"There is no ledger at {path.parent}: {path.name} is missing. Name its folder with -C.")
    try:
        if not path.stat().st_size:
            if path.with_name(".founding").exists():
                raise ForeignFile(f"{path} is empty: the founding of a ledger was interrupted here. Run init again.")
            raise IntegrityError(f"{path.name} is empty: it was cut off. Keep it and restore the ledger from a backup.")
        connection = connect(path)
        try:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            table = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'records'").fetchone()
        finally:
            connection.close()
    except FAULTS as error:
        raise explained(error, path.name) from error
    if application_id != APPLICATION_ID:
        if table:
            raise IntegrityError(f"{path.name} holds records but its header does not say so: the file was altered.")
        raise ForeignFile(f"{path.name} is a database of something else, not a ledger.")
    if version > SCHEMA_VERSION:
        raise NewerVersion(f"{path.name} was written by a newer RuleSeven (schema {version}); update this program.")
    if version < SCHEMA_VERSION or not table:
        raise IntegrityError(f"{path.name} has no table of records: it is not intact. Restore it from a backup.")


def _structure(cursor: sqlite3.Cursor) -> Structure:
    return {(kind, name): sql for kind, name, sql in cursor.execute(_READ).fetchall()}
