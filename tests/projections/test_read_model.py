"""views.db: disposable, told apart, and never a reason to lose the old one."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from ledger.errors import StorageError
from projections import catch_up, follow, projections, rebuild, show, views_file
from projections.read_model import ReadModel
from projections.tables import Table, Tables


@pytest.fixture
def history(tvp):
    for number in range(8):
        tvp(f"2024-02-01T0{number}:00", "SchemeApplicationReceived", scheme=f"CS-{number}", applicant="G")
        tvp(f"2024-02-01T0{number}:10", "UndertakingOffered", scheme=f"CS-{number}", to="M")
        tvp(f"2024-02-01T0{number}:20", "UndertakingRefused", scheme=f"CS-{number}", category="other")
    return tvp.ledger


def offers(ledger):
    return show(ledger, "refusals")["totals"]["offers"]


def test_only_the_owner_may_read_it(history):
    old = os.umask(0)
    try:
        catch_up(history)
    finally:
        os.umask(old)
    for path in history.folder.path.glob("views.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    history.folder.views.chmod(0o644)
    catch_up(history)
    assert stat.S_IMODE(history.folder.views.stat().st_mode) == 0o600


def garbage(path):
    path.write_bytes(b"no database" * 1000)


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed(path):
    """The pages are gone, the header stays."""
    path.write_bytes(path.read_bytes()[:4096].ljust(path.stat().st_size, b"\0"))


def tables_gone(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE refusals_step")
    db.close()


def foreign(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE holidays (day TEXT)")
    db.close()


def newer(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    db.close()


def no_text(path):
    """A declaration is broken, and SQLite quotes its name in a message that Python cannot decode."""
    data, name = path.read_bytes(), b"refusals_step"
    assert b"table" + name + name in data
    data = data.replace(b"table" + name + name, b"table" + 2 * (b"\xff" + name[1:]), 1)
    path.write_bytes(data.replace(b'CREATE TABLE "' + name, b"CREATE TABLE (" + name))


@pytest.mark.parametrize("damage", [garbage, half, zeroed, tables_gone, foreign, newer, no_text])
def test_a_file_of_no_use_is_built_anew_and_said_so(history, damage):
    clean = {built.name: built.digest for built in rebuild(history)}
    damage(history.folder.views)
    answer = show(history, "refusals")
    assert answer["totals"]["offers"] == 8
    assert "built anew" in answer["note"]
    assert "note" not in show(history, "refusals")
    catch_up(history)
    assert {name: follow.digest(history, name) for name in clean} == clean


def test_the_views_of_another_ledger_are_not_taken_for_ones_own(history, found):
    other = found("HMC")
    catch_up(other.ledger)
    shutil.copy(other.ledger.folder.views, history.folder.views)
    (built,) = catch_up(history, ["refusals"])
    assert built[1:3] == history.head()
    assert "another ledger" in built.note


def test_views_that_know_more_than_a_restored_ledger_are_built_anew(tvp):
    """The folder's ledger.db came back from a backup and went on differently."""
    files = [tvp.ledger.folder.records, tvp.ledger.folder.vault]
    tvp("2024-02-01T01:00", "SchemeApplicationReceived", scheme="CS-1", applicant="G")
    tvp.ledger.close()
    for path in files:
        shutil.copy(path, path.with_suffix(".backup"))
    again = type(tvp)(type(tvp.ledger).open(tvp.ledger.folder.path))
    again("2024-02-01T02:00", "UndertakingOffered", scheme="CS-1", to="M")
    assert offers(again.ledger) == 1
    again.ledger.close()
    for path in files:
        shutil.copy(path.with_suffix(".backup"), path)
    with type(tvp.ledger).open(tvp.ledger.folder.path) as restored:
        answer = show(restored, "refusals")
        assert answer["totals"]["offers"] == 0
        assert "not of this ledger as it is now" in answer["note"]


@pytest.mark.parametrize("name", projections())
def test_another_version_of_a_projection_is_built_anew_and_said_so(history, name):
    clean = {built.name: built.digest for built in rebuild(history)}
    with closing(sqlite3.connect(history.folder.views)) as db, db:
        db.execute("UPDATE projection SET version = version + 1 WHERE name = ?", (name,))
        for table in projections()[name].tables:
            db.execute(f'DROP TABLE "{table.name}"')
            db.execute(f'CREATE TABLE "{table.name}" (other TEXT)')
    db.close()
    notes = {built.name: built.note for built in catch_up(history)}
    assert notes.pop(name) == "The view was of another version of this program; it was built anew."
    assert set(notes.values()) == {""}
    assert {name: follow.digest(history, name) for name in clean} == clean


def test_that_it_was_built_anew_is_said_with_the_answer(history):
    catch_up(history)
    with closing(sqlite3.connect(history.folder.views)) as db, db:
        db.execute("UPDATE projection SET version = version + 1")
        db.execute("DELETE FROM refusals_step")
    db.close()
    answer = show(history, "refusals")
    assert answer["totals"]["offers"] == 8
    assert "of another version" in answer["note"]
    assert "note" not in show(history, "refusals")


def test_a_busy_file_is_said_to_be_busy(history, monkeypatch):
    catch_up(history)
    monkeypatch.setattr(views_file, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(history.folder.views)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="in use by another program"):
        rebuild(history)
    other.rollback()
    other.close()
    rebuild(history)


def limited(monkeypatch, pragma):
    """Every connection to views.db from now on has this limit."""
    connect = views_file.connect

    def connect_limited(path):
        db = connect(path)
        db.conn.execute(pragma)
        return db

    monkeypatch.setattr(views_file, "connect", connect_limited)


@pytest.mark.parametrize(
    ("pragma", "why"), [("PRAGMA max_page_count = 1", "the disk is full"), ("PRAGMA query_only = 1", "read-only")]
)
def test_what_cannot_be_written_leaves_the_old_one(history, tvp, monkeypatch, pragma, why):
    before = rebuild(history, "refusals")[0].digest
    for number in range(40):
        tvp("2024-02-02T00:00", "UndertakingOffered", scheme=f"CS-{number % 8}", to="M")
    with monkeypatch.context() as patch:
        limited(patch, pragma)
        with pytest.raises(StorageError, match=why):
            rebuild(history, "refusals")
    assert follow.digest(history, "refusals") == before
    assert offers(history) == 48


@pytest.mark.parametrize("room", [0, 2, 8])
def test_a_disk_that_fills_up_while_all_are_rebuilt_leaves_each_old_or_whole(history, tvp, monkeypatch, room):
    """However much there is room for, each view is what it was or what it will be, and goes on from there."""
    before = {built.name: built.digest for built in rebuild(history)}
    for number in range(200):
        tvp("2024-02-02T00:00", "UndertakingOffered", scheme=f"CS-{number % 8}", to="M")
    pages = history.folder.views.stat().st_size // 4096
    with monkeypatch.context() as patch:
        limited(patch, f"PRAGMA max_page_count = {pages + room}")
        with pytest.raises(StorageError, match="the disk is full"):
            rebuild(history)
    left = {name: follow.digest(history, name) for name in before}
    after = {built.name: built.digest for built in rebuild(history)}
    assert all(left[name] in (before[name], after[name]) for name in before)
    assert left["refusals"] == before["refusals"] != after["refusals"]


def test_a_full_disk_before_anything_is_in_place_leaves_all_the_old_ones(history, tvp, monkeypatch):
    before = {built.name: built.digest for built in rebuild(history)}
    tvp("2024-02-02T00:00", "UndertakingOffered", scheme="CS-1", to="M")
    with monkeypatch.context() as patch:
        limited(patch, "PRAGMA temp.max_page_count = 30")
        with pytest.raises(StorageError, match="the disk is full"):
            rebuild(history)
    assert {name: follow.digest(history, name) for name in before} == before


def test_a_folder_in_its_place_is_said_plainly(history):
    history.folder.views.mkdir()
    with pytest.raises(StorageError):
        catch_up(history)


def test_a_place_moves_only_from_where_it_was(history):
    projection = projections()["refusals"]
    catch_up(history)
    with ReadModel(history.folder.views, history.id) as model:

        def route():
            row = model.tables(projection).find("refusals_application", "CS-0")
            return row and row["route"]

        place = model.place(projection)
        assert place is not None
        tables = model.tables(projection)
        tables.change("refusals_application", "CS-0")["route"] = "online"
        assert not model.advance(projection, tables, place._replace(position=place.position - 1), place)
        assert route() is None
        assert model.advance(projection, tables, place, place)
        assert route() == "online"


TABLE = Table("t", ("a", "b"), {"a": str, "b": int, "sure": bool, "some": list, "map": dict})


def test_rows_in_memory():
    tables = Tables([TABLE])
    assert tables.find("t", "x", 1) is None
    row = tables.change("t", "x", 1)
    assert row == {"a": "x", "b": 1, "sure": None, "some": None, "map": None}
    assert tables.change("t", "x", 1) is row
    tables.add("t", "x", 0)["sure"] = True
    tables.add("t", "w", 5)
    assert [(r["a"], r["b"]) for r in tables.rows("t")] == [("w", 5), ("x", 0), ("x", 1)]
    assert [r["b"] for r in tables.rows("t", a="x")] == [0, 1]


def test_rows_come_back_from_sqlite_as_they_went(tmp_path):
    from projections import statements

    db = sqlite3.connect(tmp_path / "t.db")
    db.execute(statements.create(TABLE, "main"))
    row = {"a": "ü", "b": 1, "sure": False, "some": ["x", 2, None], "map": {"b": 1, "a": [True]}}
    db.executemany(statements.upsert(TABLE), statements.stored(TABLE, [row]))
    assert statements.loaded(TABLE, db.execute(statements.select(TABLE)).fetchone()) == row
    with pytest.raises(TypeError, match="exactly its columns"):
        list(statements.stored(TABLE, [{**row, "more": 1}]))
    db.close()
