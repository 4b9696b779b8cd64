"""The cache of the tree as a file: it never goes back, is its owner's alone, and never stands in the way."""

import sqlite3
import stat
from contextlib import closing

import pytest

from ledger.proof.tiles import Place
from ledger.store.tiles import TileStore

ONE, TWO = {Place(0, 0): bytes(32)}, {Place(0, 0): bytes(64)}


@pytest.fixture
def store(tmp_path):
    return TileStore(tmp_path / "tiles.db")


def kept(store):
    with store.reading() as (checkpoint, fetch):
        return checkpoint, fetch and fetch(Place(0, 0))


def test_what_is_kept_is_read(store, tmp_path):
    assert kept(store) == (b"", None)
    assert not (tmp_path / "tiles.db").exists()
    store.keep(1, b"one", ONE)
    assert kept(store) == (b"one", bytes(32))
    store.keep(2, b"two", TWO)
    with store.fetching() as fetch:
        assert (kept(store), fetch(Place(0, 0)), fetch(Place(0, 1))) == ((b"two", bytes(64)), bytes(64), None)
    assert stat.S_IMODE((tmp_path / "tiles.db").stat().st_mode) == 0o600
    store.discard()
    assert kept(store) == (b"", None)


def test_a_slower_process_does_not_take_back_what_another_kept(store):
    store.keep(2, b"two", TWO)
    store.keep(1, b"one", ONE)
    assert kept(store) == (b"two", bytes(64))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_the_tiles_of_another_version_are_none_and_its_checkpoint_is_read(store, tmp_path, version):
    store.keep(2, b"two", TWO | {Place(1, 0): bytes(32)})
    with closing(sqlite3.connect(tmp_path / "tiles.db")) as db:
        db.execute(f"PRAGMA user_version = {version}")
    assert kept(store) == (b"two", None)
    store.keep(2, b"two again", TWO)
    assert kept(store) == (b"two again", bytes(64))
    with store.fetching() as fetch:
        assert fetch(Place(1, 0)) is None


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + bytes(4000)])
def test_any_other_file_is_no_cache(store, tmp_path, content):
    (tmp_path / "tiles.db").write_bytes(content)
    assert kept(store) == (b"", None)
    store.keep(1, b"one", ONE)  # as it can
    store.discard()
    store.keep(1, b"one", ONE)
    assert kept(store) == (b"one", bytes(32))


@pytest.mark.parametrize("size", [None, "many", 1.5, b"2"])
def test_a_size_that_is_none_stands_in_nobodys_way(store, tmp_path, size):
    store.keep(1, b"one", ONE)
    with closing(sqlite3.connect(tmp_path / "tiles.db")) as db, db:
        db.execute("ALTER TABLE kept RENAME TO before")
        db.execute("CREATE TABLE kept (one INTEGER PRIMARY KEY, size, checkpoint)")
        db.execute("INSERT INTO kept VALUES (1, ?, ?)", (size, b"one"))
    store.keep(2, b"two", TWO)
    assert kept(store) == (b"two", bytes(64))
