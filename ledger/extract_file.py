"""A file that is made beside its place, and given its name once it is recorded.

It is whole and durable under a name of its own first, and never takes the place of another file. What is recorded as
issued is never deleted: whoever is interrupted in between finds it as `.NAME.part`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ledger.errors import ForeignFile, StorageError, UsageError
from ledger.folder import sync_folder


def write_beside(out: Path, data: bytes) -> Path:
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
        discard(part)
        if isinstance(error, OSError):
            raise StorageError(f"{out} cannot be written: {error.strerror}.") from None
        raise
    return part


def place(part: Path, out: Path) -> None:
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
        sync_folder(out.absolute().parent)


def discard(part: Path) -> None:
    """Remove what was not recorded."""
    with suppress(OSError):
        part.unlink()
