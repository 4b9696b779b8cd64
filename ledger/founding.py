"""Founding a ledger: its keys, its vault, and the genesis that says whose it is."""

from __future__ import annotations

import difflib
import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.errors import ForeignFile, Malformed, StorageError, UsageError
from ledger.folder import Folder, write_secret
from ledger.procedure.declare import Id, convert
from ledger.procedure.edition import shipped
from ledger.procedure.events.agency import LedgerOpened
from ledger.proof import primitives
from ledger.proof.charter import Charter, ledger_id, recovery_message
from ledger.proof.keys import FileSigner
from ledger.store.vault import Vault
from ledger.tokens import TokenKey

MLDSA_SEED = "ml-dsa-44 seed"
PARCEL_SEED = "parcel seed"


def seed_name(mldsa_public: bytes) -> str:
    """Under what the vault keeps the seed of an ML-DSA-44 key that a recovery brought; the charter's is MLDSA_SEED."""
    return f"{MLDSA_SEED} {hashlib.sha256(mldsa_public).hexdigest()}"


class Identity(NamedTuple):
    """Whose a new ledger is. `flags` as in the genesis: public_authority, competent_authority, apd …"""

    agency_id: str
    agency_name: str
    kind: str
    flags: Mapping[str, bool | str]
    practice: bool


SUCCESSOR = "successor_of"  # the ledger whose recovery key was lost, and its head: LEDGER:POSITION:HASH
_QUOTED_HEAD = re.compile("[0-9a-f]{32}:[1-9][0-9]{0,15}:[0-9a-f]{64}")

FLAGS = (
    "public_authority",
    "competent_authority",
    "nfp_aim",
    "apd",
    "apd_ref",
    "section11_body",
    "designated_education_agency",
    "safeguarding_partner",
    "scheme_manager",
    "area",
    SUCCESSOR,
)


def check_identity(identity: Identity) -> None:
    """Refuse what the rules could not work with: an id with spaces, an unknown kind, a flag that is nearly a known one.

    Other flags are kept as they are: they are the agency's own. Raises `Malformed`.
    """
    convert(identity.agency_id, Id)
    if not identity.agency_name.strip():
        raise Malformed("The agency needs a name.")
    kinds = sorted({code for s in shipped().values() for code in s.edition.vocabulary.get("agency_kinds", ())})
    if identity.kind not in kinds:
        near = difflib.get_close_matches(identity.kind, kinds, 3, 0.4) or kinds
        raise Malformed(f"{identity.kind!r} is not a kind of agency: write one of {', '.join(near)}.")
    if not _QUOTED_HEAD.fullmatch(str(identity.flags.get(SUCCESSOR, f"{0:032x}:1:{0:064x}"))):
        raise Malformed(f"flag {SUCCESSOR}: write the old ledger's id, a position and its hash: LEDGER:POSITION:HASH")
    for flag in identity.flags:
        if flag not in FLAGS and (near := difflib.get_close_matches(flag, FLAGS, 1, 0.8)):
            raise Malformed(f"flag {flag}: did you mean {near[0]}?")


@contextmanager
def alone_in(folder: Folder, recovery: Path) -> Iterator[Folder]:
    """Found a ledger in a folder where nobody else is founding one, or leave no trace of having tried.

    What an interrupted founding left is removed first: it was never a ledger. Raises `UsageError` or `ForeignFile`,
    before anything is written, where something stands in the way.
    """
    if Path(os.path.realpath(recovery)).is_relative_to(os.path.realpath(folder.path)):
        raise UsageError("The recovery key must be kept outside the ledger's folder: name another file.")
    if recovery.exists():
        raise ForeignFile(f"{recovery} exists already; name a new file for the recovery key.")
    if not folder.founding.exists():
        folder.check_free()
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        mark = folder.founding.open("wb")
    except OSError as error:
        raise StorageError(f"A ledger cannot be founded in {folder.path}: {error.strerror}.") from None
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ForeignFile(f"Another process is founding a ledger in {folder.path}.") from None
        if os.fstat(mark.fileno()).st_nlink == 0:
            raise ForeignFile(f"A ledger was founded in {folder.path} a moment ago; it is not touched.")
        folder.discard()
        try:
            yield folder
        except BaseException:
            folder.discard()
            recovery.unlink(missing_ok=True)
            raise
        finally:
            folder.founding.unlink(missing_ok=True)


def found(
    folder: Folder,
    identity: Identity,
    *,
    recovery: Path,
    passphrase: bytes | None,
    created_us: int,
    random: Callable[[int], bytes] = os.urandom,
    token_key: TokenKey | None = None,
) -> LedgerOpened:
    """Make the keys and the vault of a new ledger; its genesis event. The recovery key goes to `recovery`.

    `token_key` is the signing key where it lies in a token; else one is made.
    """
    folder.prepare()
    signing, recovering = primitives.generate_private(random), primitives.generate_private(random)
    seed, kek = random(32), random(32)
    mldsa_public = primitives.mldsa_public(seed)
    charter = Charter(
        agency_id=identity.agency_id,
        name=identity.agency_name,
        public=token_key.public if token_key else primitives.public_bytes(signing),
        recovery_public=primitives.public_bytes(recovering),
        mldsa_hash=hashlib.sha256(mldsa_public).digest(),
        practice=identity.practice,
        created=created_us,
        nonce=random(16),
    ).to_bytes()
    ledger = ledger_id(charter)
    write_secret(recovery, primitives.ssh_private_bytes(recovering, passphrase))
    held = token_key.to_bytes() if token_key else primitives.ssh_private_bytes(signing, passphrase)
    write_secret(folder.signing_key, held)
    write_secret(folder.vault_key, primitives.protect(kek, passphrase, random))
    vault = Vault.create(folder.vault, ledger, kek, random)
    vault.store_secret(MLDSA_SEED, seed)
    vault.store_secret(PARCEL_SEED, random(32))
    vault.close()
    return LedgerOpened(
        charter=charter,
        mldsa_public=mldsa_public,
        recovery_signature=FileSigner(recovering).sign(recovery_message(ledger)),
        agency_kind=identity.kind,
        flags=dict(identity.flags),
        editions=tuple((edition_id, s.sha256) for edition_id, s in sorted(shipped().items())),
    )
