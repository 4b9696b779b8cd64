"""The vault: one random key per scope (a case, a person, a consent), wrapped by the agency's key-encryption key.

It is a file of its own so that it can be backed up, restored and shredded apart from the ledger. Destroying a scope's
key makes everything sealed under it unreadable for good, while every record and signature still verifies. The KEK is
random and lives outside the vault (`keys/vault.key`, under the passphrase).

Shredding deletes rows and wraps all others under a fresh KEK, so that no older copy of the file opens with the KEK that
is left. Then the file is built anew and its log emptied: SQLite leaves pieces of moved rows in the gaps of its pages,
even where it overwrites what it deletes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from ledger.errors import ForeignFile, IntegrityError, Locked, NewerVersion, StorageError
from ledger.proof.primitives import unwrap_key, wrap_key
from ledger.store.connections import connect
from ledger.store.faults import FAULTS, explained

APPLICATION_ID = 0x52533756  # "RS7V"
SCHEMA_VERSION = 1
KEY_SIZE = 32
SCOPE_SIZE = 16
KNOWN = "ledger"  # the secret whose content is known: the ledger's id

STATEMENTS = (
    """
    CREATE TABLE scopes (
        scope   BLOB PRIMARY KEY CHECK (length(scope) = 16),
        kind    TEXT NOT NULL,
        ref     TEXT NOT NULL,
        wrapped BLOB NOT NULL CHECK (length(wrapped) > 32),
        UNIQUE (kind, ref)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

T = TypeVar("T")
ScopeName = tuple[str, str]  # kind and the caller's id: ("person", "C1")


def _scope_aad(scope: bytes, kind: str, ref: str) -> bytes:
    """What a scope's key is wrapped for: its names too, so that rows cannot be swapped to misdirect an erasure."""
    return b"".join((bytes(scope), kind.encode(), b"\0", ref.encode()))


class Rekeyed(Exception):
    """Between rooms, never shown to anybody: the vault was put under another KEK since it was opened. Open it again."""


class Vault:
    """Scope keys of one ledger, opened with its KEK.

    Raises `Locked` when the KEK is not the vault's, `StorageError` and `IntegrityError` for the file, and `Rekeyed`
    from everything but opening it.
    """

    def __init__(self, path: Path, ledger: bytes, kek: bytes, random: Callable[[int], bytes]) -> None:
        self._path = path
        self._ledger = ledger
        self._kek = kek
        self._random = random
        self._known: dict[ScopeName, tuple[bytes, bytes]] = {}
        self._opened_as: bytes | None = None  # known content as the KEK wrapped it: how a change of KEK is seen
        self._db = self._connect()
        try:
            self._guarded(self._check)
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, ledger: bytes, kek: bytes, random: Callable[[int], bytes]) -> Vault:
        """A new vault in an empty file."""
        if not path.is_file() or path.stat().st_size:
            raise ForeignFile(f"{path.name} is not an empty file; a new vault never replaces one.")
        try:
            with closing(connect(path, write=True)) as db:
                for statement in ("PRAGMA journal_mode=WAL", *STATEMENTS):
                    db.execute(statement)
        except FAULTS as error:
            raise explained(error, path.name) from error
        vault = cls(path, ledger, kek, random)
        try:
            # Known content under the KEK: how a wrong KEK is told from a damaged row.
            vault.store_secret(KNOWN, ledger)
        except BaseException:
            vault.close()
            raise
        vault._opened_as = vault._known_content()
        return vault

    def keys_for(self, names: Iterable[ScopeName]) -> dict[ScopeName, tuple[bytes, bytes]]:
        """Scope id and key for each name; a name met for the first time gets new ones, durable before this returns."""
        wanted = set(names)
        missing = {name for name in wanted if name not in self._known}  # not `-`, which looks at all that is known
        if missing:
            self._guarded(lambda: self._load_or_make(missing))
        return {name: self._known[name] for name in wanted}

    def forget(self) -> None:
        """Drop what was remembered of scopes, because another process may have shredded some."""
        self._known.clear()

    def key(self, scope: bytes) -> bytes | None:
        """The key of a scope id, or None when the vault does not hold it (it was shredded)."""
        statement = "SELECT kind, ref, wrapped FROM scopes WHERE scope = ?"
        row = self._guarded(lambda: self._db.execute(statement, (scope,)).fetchone())
        return None if row is None else self._unwrap(row[2], _scope_aad(scope, row[0], row[1]))

    def keys(self) -> dict[bytes, bytes]:
        """All scope ids with their keys, for verification; a key that does not unwrap counts as missing."""
        rows = self._guarded(lambda: self._db.execute("SELECT scope, kind, ref, wrapped FROM scopes").fetchall())
        found = {}
        for scope, kind, ref, wrapped in rows:
            with suppress(IntegrityError):
                found[bytes(scope)] = self._unwrap(wrapped, _scope_aad(scope, kind, ref))
        return found

    def scope(self, name: ScopeName) -> bytes | None:
        """The scope id that a name has now; None for one that was never met, or was shredded."""
        statement = "SELECT scope FROM scopes WHERE kind = ? AND ref = ?"
        row = self._guarded(lambda: self._db.execute(statement, name).fetchone())
        return None if row is None else bytes(row[0])

    def holds(self, scopes: Collection[bytes]) -> bool:
        """Whether the vault still has a key of any of these."""
        statement = "SELECT 1 FROM scopes WHERE scope = ?"
        return self._guarded(lambda: any(self._db.execute(statement, (scope,)).fetchone() for scope in scopes))

    def shred(self, scopes: Collection[bytes], kek: bytes) -> None:
        """Destroy the keys of these scopes and put all others under a fresh `kek`, which must be durable already.

        `compact` is to follow.
        """
        self._guarded(lambda: self._writing(lambda: self._shred(scopes, kek)))
        self._kek, self._opened_as = kek, self._known_content()
        self.forget()

    def compact(self) -> None:
        """Leave nothing in the file and its log of what was deleted or replaced; `StorageError` when that must wait."""
        self._guarded(lambda: self._db.execute("VACUUM"))
        busy = self._guarded(lambda: self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        if busy:
            raise StorageError(f"{self._path.name}'s log is in use by another process and could not be emptied.")

    def store_secret(self, name: str, secret: bytes) -> None:
        """Keep one of the agency's own secrets (the ML-DSA seed), wrapped like a scope key."""
        self._store("INSERT INTO secrets VALUES (?, ?)", name, secret)

    def secret_or_new(self, name: str, new: bytes) -> bytes:
        """One of the agency's own secrets, which is `new`, and durable on return, where there was none."""
        found = self.note(name)
        if found is None:
            self._store("INSERT OR IGNORE INTO secrets VALUES (?, ?)", name, new)
            found = self.secret(name)  # another process may have been first
        return found

    def store_note(self, name: str, content: bytes) -> None:
        """Likewise something that may change: it takes the place of what was noted under this name before."""
        self._store("INSERT OR REPLACE INTO secrets VALUES (?, ?)", name, content)

    def secret(self, name: str) -> bytes:
        """One of the agency's own secrets."""
        found = self.note(name)
        if found is None:
            raise IntegrityError(f"{self._path.name} holds no secret named {name}: restore the vault from a backup.")
        return found

    def note(self, name: str) -> bytes | None:
        """Likewise; None when it was never stored."""
        row = self._guarded(lambda: self._db.execute("SELECT wrapped FROM secrets WHERE name = ?", (name,)).fetchone())
        return None if row is None else self._unwrap(row[0], name.encode())

    def close(self) -> None:
        self._db.close()

    def _store(self, statement: str, name: str, content: bytes) -> None:
        def store() -> None:
            wrapped = wrap_key(self._kek, content, self._aad(name.encode()), self._random)
            self._db.execute(statement, (name, wrapped))

        self._guarded(lambda: self._writing(store))

    def _load_or_make(self, missing: set[ScopeName]) -> None:
        """Have all of `missing` durable in the vault, and only then remember them."""
        found: dict[ScopeName, tuple[bytes, bytes]] = {}

        def load_or_make() -> None:
            for name in sorted(missing):
                found[name] = self._existing(name) or self._new(name)

        self._writing(load_or_make)
        self._known.update(found)

    def _writing(self, action: Callable[[], None]) -> None:
        """One transaction, under the KEK that the vault has now: nothing may be wrapped under an older one."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._check_current()
            action()
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _shred(self, scopes: Collection[bytes], kek: bytes) -> None:
        db = self._db
        db.executemany("DELETE FROM scopes WHERE scope = ?", [(scope,) for scope in scopes])
        for scope, kind, ref, wrapped in db.execute("SELECT scope, kind, ref, wrapped FROM scopes").fetchall():
            again = self._rewrapped(wrapped, _scope_aad(scope, kind, ref), kek)
            db.execute("UPDATE scopes SET wrapped = ? WHERE scope = ?", (again, scope))
        for name, wrapped in db.execute("SELECT name, wrapped FROM secrets").fetchall():
            again = self._rewrapped(wrapped, name.encode(), kek)
            db.execute("UPDATE secrets SET wrapped = ? WHERE name = ?", (again, name))

    def _rewrapped(self, wrapped: bytes, what: bytes, kek: bytes) -> bytes:
        return wrap_key(kek, self._unwrap(wrapped, what), self._aad(what), self._random)

    def _known_content(self) -> bytes | None:
        row = self._guarded(lambda: self._db.execute("SELECT wrapped FROM secrets WHERE name = ?", (KNOWN,)).fetchone())
        return None if row is None else bytes(row[0])

    def _check_current(self) -> None:
        if self._opened_as is not None and self._known_content() != self._opened_as:
            raise Rekeyed

    def _existing(self, name: ScopeName) -> tuple[bytes, bytes] | None:
        row = self._db.execute("SELECT scope, wrapped FROM scopes WHERE kind = ? AND ref = ?", name).fetchone()
        return None if row is None else (bytes(row[0]), self._unwrap(row[1], _scope_aad(row[0], *name)))

    def _new(self, name: ScopeName) -> tuple[bytes, bytes]:
        scope, key = self._random(SCOPE_SIZE), self._random(KEY_SIZE)
        wrapped = wrap_key(self._kek, key, self._aad(_scope_aad(scope, *name)), self._random)
        self._db.execute("INSERT INTO scopes VALUES (?, ?, ?, ?)", (scope, *name, wrapped))
        return scope, key

    def _aad(self, what: bytes) -> bytes:
        return b"ruleseven/vault/v1\0" + self._ledger + what

    def _unwrap(self, wrapped: bytes, what: bytes) -> bytes:
        try:
            return unwrap_key(self._kek, wrapped, self._aad(what))
        except IntegrityError:
            self._check_current()
            raise IntegrityError(
                f"A key in {self._path.name} does not open under this ledger's vault key: the vault was damaged or "
                "belongs to another time; restore it from a backup."
            ) from None

    def _connect(self) -> sqlite3.Connection:
        if not self._path.is_file():
            raise Locked(f"{self._path.name} is missing: sealed content cannot be read or written without the vault.")
        try:
            db = connect(self._path, write=True)
        except FAULTS as error:
            raise explained(error, self._path.name) from error
        return db

    def _check(self) -> None:
        for pragma in ("synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        application_id = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if application_id != APPLICATION_ID:
            raise ForeignFile(f"{self._path.name} is not a vault of RuleSeven.")
        if version > SCHEMA_VERSION:
            raise NewerVersion(f"{self._path.name} was written by a newer RuleSeven; update this program.")
        self._opened_as = self._known_content()
        if self._opened_as is not None:
            try:
                unwrap_key(self._kek, self._opened_as, self._aad(KNOWN.encode()))
            except IntegrityError:
                raise Locked(
                    f"{self._path.name} does not open with this ledger's vault key: it belongs to another ledger, or "
                    "is an old copy from before a key was shredded."
                ) from None

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except FAULTS as error:
            raise explained(error, self._path.name) from error
