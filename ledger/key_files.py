"""The file of the signing key while another takes its place.

1. The new key is written beside the old one, as `keys/signing.next`, and locked.
2. The change of keys is recorded: from then on the new key is the live one.
3. The file beside takes the place of the old one, whose bytes are overwritten.

Whoever is interrupted leaves the file beside unlocked. The next command that records takes step 3 if the key in it is
the live one, and else removes it: that key was never enrolled.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.errors import ForeignFile, StorageError
from ledger.folder import Folder, put_in_place, sync_folder
from ledger.proof import primitives
from ledger.proof.keys import FileSigner, Signer, key_id
from ledger.tokens import public_in

BUSY = "Another process is replacing this ledger's signing key. Wait until it is done, then look at key show."
_LARGEST = 65_536


def settle(folder: Folder, live: Callable[[], bytes]) -> None:
    """Finish or undo a replacement that was interrupted; `live` gives the id of the live key."""
    try:
        beside = folder.signing_key_beside.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(f"{folder.signing_key_beside} cannot be read: {error.strerror}.") from None
    with beside:
        if _locked(beside):
            _place(folder, beside, live())


@contextmanager
def replacing(
    folder: Folder,
    passphrase: bytes | None,
    live: Callable[[], bytes],
    in_token: tuple[Signer, bytes] | None = None,
) -> Iterator[Signer]:
    """A new signing key, kept beside the old one until it is live, or dropped if it is not when the block ends.

    `in_token` is a key that lies in a token, with the file that names it; else one is made.
    """
    settle(folder, live)
    new, data = in_token or _made(passphrase)
    with _new_file(folder.signing_key_beside) as beside:
        if not _locked(beside):
            raise StorageError(BUSY)
        try:
            beside.write(data)
            beside.flush()
            os.fsync(beside.fileno())
            sync_folder(folder.signing_key_beside.parent)  # no record may name a key that a loss of power takes
            yield new
        finally:
            _place(folder, beside, live())


def _made(passphrase: bytes | None) -> tuple[Signer, bytes]:
    key = primitives.generate_private(os.urandom)
    return FileSigner(key), primitives.ssh_private_bytes(key, passphrase)


def _new_file(path: Path) -> BinaryIO:
    """A new file that only its owner can read. It is locked before anything is in it, so that nobody tidies it away."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
    except FileExistsError:
        raise StorageError(BUSY) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from None


def _locked(beside: BinaryIO) -> bool:
    """Lock the file, if nobody else holds it and it still stands under its name."""
    try:
        fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return os.fstat(beside.fileno()).st_nlink > 0


def _place(folder: Folder, beside: BinaryIO, live: bytes) -> None:
    """Put a locked file in the place of the old one if its key is the live one, else remove it."""
    beside.seek(0)
    try:
        new = key_id(public_in(beside.read(_LARGEST)))
    except ForeignFile:  # cut off before it was whole
        new = b""
    if new != live:
        folder.signing_key_beside.unlink()
    elif folder.signing_key.exists():
        put_in_place(folder.signing_key_beside, folder.signing_key)
    else:
        folder.signing_key_beside.replace(folder.signing_key)
