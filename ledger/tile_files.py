"""The tree as static files (C2SP tlog-tiles), for a web server or a partner's copy.

    checkpoint   tile/<level>/<number>[.p/<width>]   tile/entries/<number>[.p/<width>]

An entry is u16 length ‖ a record's 193 bytes: positions, hours and signatures, and nothing of what was recorded. Each
file is whole or not there, and the checkpoint comes last: whoever follows it finds all that it names.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ledger.anchors import HEADS
from ledger.checkpoints import checkpoint_of
from ledger.errors import ForeignFile, IntegrityError, StorageError, UsageError
from ledger.kept import Subject, read_checkpoint
from ledger.ledger import Ledger
from ledger.proof.record import RECORD_SIZE, record_hash
from ledger.proof.tiles import LEVELS, WIDTH, Place, all_tiles, partial_tiles, path
from ledger.proof.tree import HASH_SIZE
from ledger.store.scan import scan_records
from ledger.tree_cache import LedgerTree, keys_at, using_tree

CHECKPOINT = "checkpoint"
TILES = "tile"
LENGTH_SIZE = 2
ENTRIES = "entries"


@dataclass(frozen=True)
class TilesMade:
    """What was published: `size` is the checkpoint's, `written` counts files that were not there before."""

    folder: Path
    size: int
    root: bytes
    written: int
    rebuilt: bool


def publish_tiles(ledger: Ledger, folder: Path) -> TilesMade:
    """Write the tree and the records to a folder, or bring it up to date, and sign its checkpoint.

    Raises `UsageError` for a folder in the ledger's own, `ForeignFile` for one with anything else in it, and
    `IntegrityError` where it holds a checkpoint of this ledger with which the records do not agree.
    """
    if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(ledger.folder.path)):
        raise UsageError("The ledger's own folder holds its secrets: name another one, which may be published.")
    try:
        return using_tree(ledger, lambda tree: _publish(ledger, tree, folder))
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror}.") from None


def _publish(ledger: Ledger, tree: LedgerTree, folder: Path) -> TilesMade:
    before = _published(ledger, tree, folder)
    under = checkpoint_of(ledger, tree) if before != tree.size else None
    written = sum(_write_place(ledger, tree, folder, place, width, before) for place, width in all_tiles(tree.size))
    if under:
        _write(folder / CHECKPOINT, under.data)
        _remove_partial(folder, before, tree.size)
    return TilesMade(folder, tree.size, tree.tiles.root(), written + bool(under), tree.rebuilt)


def _published(ledger: Ledger, tree: LedgerTree, folder: Path) -> int:
    """The size of what the folder holds already; 0 if that is nothing."""
    file = folder / CHECKPOINT
    if not file.exists():
        if folder.exists() and {found.name for found in folder.iterdir()} - {TILES}:
            raise ForeignFile(f"{folder} holds other files: name an empty folder, or one with tiles of this ledger.")
        return 0
    signed = read_checkpoint(file, Subject(ledger.charter, lambda size: keys_at(ledger, size), tree.size))
    if signed.size > tree.size or tree.tiles.root(signed.size) != signed.root:
        raise IntegrityError(
            f"{folder} holds a checkpoint of {signed.size} records that this ledger signed, and its records do not "
            "agree with it. Nothing was written; keep the files as they are and verify.",
            min(signed.size, tree.size + 1),
            HEADS,
        )
    return signed.size


def _write_place(ledger: Ledger, tree: LedgerTree, folder: Path, place: Place, width: int, before: int) -> int:
    """Write a tile, at level 0 with its records, unless it was there before; how many files were written."""
    name, written = path(place.number, width), 0
    was_there = place.number * WIDTH + width <= before >> LEVELS * place.level
    tile = folder / TILES / str(place.level) / name
    if not (was_there and _has(tile, width * HASH_SIZE)):
        _write(tile, tree.tiles.tile(place))
        written += 1
    bundle = folder / TILES / ENTRIES / name
    if place.level == 0 and not (was_there and _has(bundle, width * (LENGTH_SIZE + RECORD_SIZE))):
        _write(bundle, _entries(ledger, place, tree.tiles.tile(place)))
        written += 1
    return written


def _entries(ledger: Ledger, place: Place, hashes: bytes) -> bytes:
    """The records whose hashes a tile of level 0 holds; `IntegrityError` for one that hashes to something else."""
    first = place.number * WIDTH
    rows = dict(scan_records(ledger.folder.records, first, first + len(hashes) // HASH_SIZE))
    entries = []
    for at in range(0, len(hashes), HASH_SIZE):
        position = first + at // HASH_SIZE + 1
        record = rows.get(position)
        if type(record) is not bytes or record_hash(record) != hashes[at : at + HASH_SIZE]:
            raise IntegrityError(f"Record {position} is not the one that the chain holds; run verify.", position, 3)
        entries.append(len(record).to_bytes(LENGTH_SIZE) + record)
    return b"".join(entries)


def _remove_partial(folder: Path, before: int, size: int) -> None:
    """Remove the partial tiles that are full by now."""
    for place, width in partial_tiles(before):
        if place.number < (size >> LEVELS * place.level) // WIDTH:
            for level in (str(place.level), *([ENTRIES] if place.level == 0 else [])):
                shutil.rmtree((folder / TILES / level / path(place.number, width)).parent, ignore_errors=True)


def _has(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(file: Path, content: bytes) -> None:
    """A file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content)
    beside.replace(file)
