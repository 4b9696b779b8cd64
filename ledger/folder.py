"""The ledger folder: which file is which, and how a secret one is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import ForeignFile, Locked, StorageError


@dataclass(frozen=True)
class Folder:
    """The files of one ledger below `path`."""

    path: Path

    @property
    def records(self) -> Path:
        return self.path / "ledger.db"

    @property
    def vault(self) -> Path:
        return self.path / "vault.db"

    @property
    def views(self) -> Path:
        return self.path / "views.db"

    @property
    def tiles(self) -> Path:
        """The cache of the Merkle tree, which may be deleted at any time."""
        return self.path / "tiles.db"

    @property
    def seen(self) -> Path:
        """What this ledger's agency saw of the logs that it witnesses; it belongs into every backup."""
        return self.path / "seen.db"

    @property
    def trust(self) -> Path:
        """Whom this ledger's agency trusts: a trust file and a card for each."""
        return self.path / "trust"

    @property
    def evidence(self) -> Path:
        """Where evidence against others' logs is kept, a file each."""
        return self.path / "evidence"

    @property
    def signing_key(self) -> Path:
        return self.path / "keys" / "signing"

    @property
    def signing_key_beside(self) -> Path:
        """Stands here while the signing key is being replaced, and is locked by whoever replaces it."""
        return self.path / "keys" / "signing.next"

    @property
    def vault_key(self) -> Path:
        return self.path / "keys" / "vault.key"

    @property
    def vault_key_beside(self) -> Path:
        """Stands here while an erasure puts the vault under a fresh key, which then takes the place of the old one."""
        return self.path / "keys" / "vault.key.new"

    @property
    def founding(self) -> Path:
        """Stands here while a ledger is being founded, and no longer."""
        return self.path / ".founding"

    def discard(self) -> None:
        """Remove what was made for a ledger whose founding did not finish."""
        for file in (self.records, self.vault, self.signing_key, self.vault_key):
            for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
                file.with_name(name).unlink(missing_ok=True)

    def check_free(self) -> None:
        """`ForeignFile` when anything of a ledger is here already."""
        for file in (self.records, self.vault, self.signing_key, self.vault_key):
            if file.exists():
                raise ForeignFile(f"{file} exists: there is a ledger here already, and it is not touched.")

    def prepare(self) -> None:
        """Make the folder for a new ledger, and its database as an empty file that only its owner can read.

        SQLite gives its log and shared-memory files the mode of the database.
        """
        try:
            (self.path / "keys").mkdir(parents=True, exist_ok=True)
            (self.path / "keys").chmod(0o700)
        except OSError as error:
            raise StorageError(f"The folder {self.path} cannot be made: {error.strerror}.") from None
        write_secret(self.records, b"")
        write_secret(self.vault, b"")


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read; an existing one is never replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ForeignFile(f"{path} exists already; name a new file.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(fresh: Path, path: Path) -> None:
    """Let a secret file take the place of an older one, whose bytes are overwritten: it opened what was destroyed."""
    try:
        with path.open("r+b") as old:
            size = os.fstat(old.fileno()).st_size
            fresh.replace(path)
            sync_folder(path.parent)
            old.write(bytes(size))
            old.flush()
            os.fsync(old.fileno())
    except OSError as error:
        raise StorageError(f"{path} cannot be replaced: {error.strerror}.") from None


def sync_folder(path: Path) -> None:
    """Make the names of the files in a folder durable."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_secret(path: Path, purpose: str, limit: int = 65_536) -> bytes:
    """A key file's bytes."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        raise Locked(f"{path.name} is missing from the ledger's keys: without it {purpose} is not possible.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from None


def read_outside(path: Path, limit: int, too_large: str) -> bytes:
    """A file from outside, at most `limit` bytes of it; `ForeignFile` where there is none or it is `too_large`."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ForeignFile(f"{path} does not exist.") from None
    except (IsADirectoryError, NotADirectoryError):
        raise ForeignFile(f"{path} is not a file.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:  # a zero byte, or half of a surrogate pair
        raise ForeignFile(f"{str(path)!r} is not the name of any file.") from None
    if len(data) > limit:
        raise ForeignFile(f"{path.name} is {too_large}.")
    return data
