"""Checkpoints, proofs, tiles, and a ledger held against what others kept of it."""

import base64
import os
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
from support import CANARY, person

from ledger import Ledger, verify_folder
from ledger.proof import checkpoint, note, tlog_proof, tree
from ledger.proof.checkpoint import Keys
from ledger.proof.record import record_hash

AT = "2024-02-05T09:00:00+00:00"
CASE = {"do": "CaseOpened", "case": "HM-1", "recorded_at": AT}


def persons(first, last):
    return [person(number) | {"recorded_at": AT} for number in range(first, last + 1)]


@pytest.fixture
def seven(book, ruleseven):
    """The practice ledger with seven records: genesis, case, five persons."""
    assert ruleseven("-C", book, "record", stdin=[CASE, *persons(1, 5)]).code == 0
    return book


@pytest.fixture
def keep(ruleseven, tmp_path):
    """A checkpoint of the ledger as it is now, in a file."""

    def made(folder, name="kept"):
        assert ruleseven("-C", folder, "checkpoint", "--out", tmp_path / name).code == 0
        return tmp_path / name

    return made


def add(ruleseven, folder, first, last):
    outcome = ruleseven("-C", folder, "record", "--atomic", stdin=persons(first, last))
    assert outcome.code == 0, outcome


def records(folder):
    """Every record's bytes, straight from the table."""
    with closing(sqlite3.connect(folder / "ledger.db")) as db:
        return [row[0] for row in db.execute("SELECT record FROM records ORDER BY position")]


def root_of(hashes):
    """The root over leaf hashes, as RFC 6962 2.1 defines it."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(hashes[:k]) + root_of(hashes[k:])).digest()


def root_at(folder, size):
    return root_of([record_hash(record) for record in records(folder)[:size]])


def keys_of(folder):
    with Ledger.open(folder) as ledger:
        return ledger.origin, Keys(ledger.charter.public, ledger.reading(1).data["mldsa_public"])


# Checkpoints


def test_a_checkpoint_is_signed_over_what_the_records_say(seven, ruleseven, tmp_path):
    before = records(seven)
    shown = ruleseven("-C", seven, "checkpoint")
    assert (shown.code, shown.err) == (0, "")
    signed = checkpoint.check(shown.out.encode(), *keys_of(seven))
    assert signed.checkpoint[1:] == (7, root_at(seven, 7))
    written = ruleseven("-C", seven, "checkpoint", "--out", tmp_path / "cp", "--json").json
    assert written == {
        "origin": signed.checkpoint.origin,
        "size": 7,
        "root": root_at(seven, 7).hex(),
        "rebuilt": False,
        "file": str(tmp_path / "cp"),
    }
    assert checkpoint.check((tmp_path / "cp").read_bytes(), *keys_of(seven)).checkpoint == signed.checkpoint
    assert ruleseven("-C", seven, "checkpoint", "--json").json["text"].startswith(signed.checkpoint.origin)
    assert "Wrote" in ruleseven("-C", seven, "checkpoint", "--out", tmp_path / "cp").out
    assert records(seven) == before


def test_the_genesis_alone_has_a_checkpoint(book, ruleseven):
    signed = checkpoint.check(ruleseven("-C", book, "checkpoint").out.encode(), *keys_of(book))
    assert signed.checkpoint[1:] == (1, record_hash(records(book)[0]))


def test_without_its_passphrase_nothing_is_signed_but_consistency_is_shown(tmp_path, ruleseven, plain_error):
    secret = tmp_path / "passphrase"
    secret.write_text("three words and a number 7\n")
    made = ruleseven(
        *("-C", tmp_path / "real", "init", "--id", "HMC", "--agency", "HMC", "--kind", "local_authority"),
        *("--recovery", tmp_path / "r", "--passphrase-file", secret),
    )
    assert made.code == 0, made
    (tmp_path / "real" / "settings.json").unlink(missing_ok=True)
    plain_error(ruleseven("-C", tmp_path / "real", "checkpoint"), 5)
    plain_error(ruleseven("-C", tmp_path / "real", "prove", "1"), 5)
    assert ruleseven("-C", tmp_path / "real", "consistency", "1", "1").code == 0
    assert ruleseven("-C", tmp_path / "real", "--passphrase-file", secret, "checkpoint").code == 0
    assert ruleseven("-C", tmp_path / "real", "prove", "1").code == 0  # under the checkpoint that was kept


# Proofs


@pytest.mark.parametrize("position", [1, 2, 5, 7])
def test_a_proof_and_its_record_convince_whoever_has_the_keys(seven, ruleseven, tmp_path, position):
    out, file = tmp_path / "p.tlog-proof", tmp_path / "record"
    assert ruleseven("-C", seven, "prove", position, "--out", out, "--record", file).code == 0
    assert file.read_bytes() == records(seven)[position - 1]
    signed = tlog_proof.check_proof(out.read_bytes(), file.read_bytes(), *keys_of(seven))
    assert signed.checkpoint[1:] == (7, root_at(seven, 7))
    assert ruleseven("-C", seven, "prove", position).out.encode() == out.read_bytes()
    told = ruleseven("-C", seven, "prove", position, "--json").json
    assert (told["index"], told["size"], told["record"]) == (position - 1, 7, file.read_bytes().hex())
    proof = [bytes.fromhex(digest) for digest in told["proof"]]
    leaf = record_hash(file.read_bytes())
    assert tree.check_inclusion(position - 1, 7, leaf, proof, bytes.fromhex(told["root"]))


def test_a_proof_is_under_a_checkpoint_of_the_ledger_as_it_is(seven, ruleseven):
    first = ruleseven("-C", seven, "prove", "2").out
    assert ruleseven("-C", seven, "prove", "2").out == first
    add(ruleseven, seven, 6, 7)
    assert ruleseven("-C", seven, "prove", "2", "--json").json["size"] == 9


@pytest.mark.parametrize(
    "words", [("prove", "8"), ("prove", "0"), ("consistency", "3", "8"), ("consistency", "3", "2")]
)
def test_what_is_not_there_cannot_be_proved(seven, ruleseven, plain_error, words):
    plain_error(ruleseven("-C", seven, *words), 2)


def test_consistency_of_every_two_sizes(seven, ruleseven):
    for new in range(1, 8):
        for old in range(new + 1):
            told = ruleseven("-C", seven, "consistency", old, new, "--json").json
            proof = [bytes.fromhex(digest) for digest in told["proof"]]
            old_root = root_at(seven, old) if old else tree.EMPTY_ROOT
            assert (told["old_root"], told["new_root"]) == (old_root.hex(), root_at(seven, new).hex())
            assert tree.check_consistency(old, old_root, new, root_at(seven, new), proof)
    lines = ruleseven("-C", seven, "consistency", 3, 7).out.splitlines()
    assert [base64.b64decode(line).hex() for line in lines] == [
        *ruleseven("-C", seven, "consistency", 3, 7, "--json").json["proof"]
    ]


# The cache of the tree


def test_appending_leaves_the_cache_alone(seven, ruleseven, keep):
    keep(seven)
    before = (seven / "tiles.db").read_bytes()
    add(ruleseven, seven, 6, 20)
    assert (seven / "tiles.db").read_bytes() == before


def edit(file, *statements):
    with closing(sqlite3.connect(file)) as db:
        for statement in statements:
            db.execute(*statement)
        db.commit()


def zeroed(level, at, count=1):
    """Other hashes in the first tile of a level, where there were some."""
    new = f"substr(hashes, 1, {at * 32}) || zeroblob({count * 32}) || substr(hashes, {(at + count) * 32 + 1})"
    return (f"UPDATE tiles SET hashes = CAST({new} AS BLOB) WHERE level = {level} AND number = 0",)


DAMAGE = {
    "no database": lambda file, _: file.write_bytes(b"not a database"),
    "empty": lambda file, _: file.write_bytes(b""),
    "a full tile": lambda file, _: edit(file, zeroed(0, 97)),  # beside one that is read
    "the middle of a full tile": lambda file, _: edit(file, zeroed(0, 256, 16)),
    "a full tile without its middle": lambda file, _: edit(
        file, ("UPDATE tiles SET hashes = substr(hashes, 1, 8192) WHERE level = 0",)
    ),
    "of an older version": lambda file, _: as_it_was(file),
    "a partial tile": lambda file, _: edit(file, zeroed(1, 0)),
    "text for bytes": lambda file, _: edit(file, ("UPDATE tiles SET hashes = 'x'",)),
    "no tiles": lambda file, _: edit(file, ("DELETE FROM tiles",)),
    "no checkpoint": lambda file, _: edit(file, ("DELETE FROM kept",)),
    "another size": lambda file, _: edit(file, ("UPDATE kept SET size = 9000000",)),
    "a stripped checkpoint": lambda file, kept: edit(file, ("UPDATE kept SET checkpoint = ?", (stripped(kept),))),
    "other columns": lambda file, _: edit(file, ("DROP TABLE tiles",), ("CREATE TABLE tiles (a)",)),
    "gone": lambda file, _: file.unlink(),
}

# Where there is a checkpoint that vouches for something, it is seen that the tiles are something else.
SEEN = {
    "a full tile",
    "the middle of a full tile",
    "a full tile without its middle",
    "a partial tile",
    "text for bytes",
    "no tiles",
    "other columns",
    "a stripped checkpoint",
}


def as_it_was(file):
    """The cache as an older version wrote it: full tiles without their middle, and no version."""
    edit(file, ("UPDATE tiles SET hashes = substr(hashes, 1, 8192)",), ("PRAGMA user_version = 0",))


def stripped(kept):
    return b"".join(kept.read_bytes().splitlines(keepends=True)[:-1])


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """A closed practice ledger of 600 records: two full tiles and a partial one, in a folder to copy."""
    folder = tmp_path_factory.mktemp("tall") / "hmc"
    from support import ACTOR, found, opened

    with found(folder) as ledger:
        ledger.record_atomic([opened(f"HM-{number}") for number in range(599)], actor=ACTOR)
    return folder


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_cache_that_does_not_agree_is_built_anew(tall, ruleseven, tmp_path, keep, damage):
    folder = tmp_path / "copy"
    shutil.copytree(tall, folder)
    DAMAGE[damage](folder / "tiles.db", keep(folder))
    outcomes = [
        ruleseven("-C", folder, "consistency", 100, 600, "--json"),
        ruleseven("-C", folder, "prove", 100, "--json"),
        ruleseven("-C", folder, "checkpoint", "--json"),
    ]
    for outcome in outcomes:
        assert outcome.code == 0, outcome
        root = outcome.json.get("root") or outcome.json["new_root"]
        assert root == root_at(folder, 600).hex()
        assert outcome.json["rebuilt"] is ("built anew" in outcome.err)
    said = [outcome.json["rebuilt"] for outcome in outcomes]
    assert said == [damage in SEEN, damage == "a stripped checkpoint", False]


def test_a_cache_of_an_older_version_is_made_again_and_its_checkpoint_still_holds(tall, ruleseven, tmp_path, keep):
    folder, before = tmp_path / "copy", tmp_path / "before"
    shutil.copytree(tall, folder)
    keep(folder)
    shutil.copytree(folder, before)
    as_it_was(folder / "tiles.db")
    assert ruleseven("-C", folder, "prove", 100, "--json").json["rebuilt"] is False
    assert kept_tiles(folder) == kept_tiles(before)
    edit(
        folder / "ledger.db",
        ("DROP TRIGGER append_only_delete",),
        ("DELETE FROM records WHERE position = 600",),
    )
    as_it_was(folder / "tiles.db")
    outcome = ruleseven("-C", folder, "prove", 100)
    assert (outcome.code, "the end was cut off" in outcome.err) == (1, True)


def kept_tiles(folder):
    with closing(sqlite3.connect(folder / "tiles.db")) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        return version, db.execute("SELECT level, number, hashes FROM tiles ORDER BY level, number").fetchall()


def test_a_cache_of_another_ledger_is_not_believed(seven, tall, ruleseven, tmp_path, keep):
    folder = tmp_path / "copy"
    shutil.copytree(tall, folder)
    keep(folder)
    shutil.copy(folder / "tiles.db", seven / "tiles.db")
    told = ruleseven("-C", seven, "checkpoint", "--json").json
    assert (told["size"], told["root"], told["rebuilt"]) == (7, root_at(seven, 7).hex(), True)


def test_where_nothing_can_be_cached_the_tree_is_made_each_time(seven, ruleseven):
    (seven / "tiles.db").mkdir()
    for _ in range(2):
        told = ruleseven("-C", seven, "prove", 3, "--json").json
        assert (told["root"], told["rebuilt"]) == (root_at(seven, 7).hex(), False)


def test_an_altered_record_is_neither_signed_nor_proved(seven, ruleseven, plain_error, keep):
    kept = keep(seven)
    changed = bytearray(records(seven)[3])
    changed[150] ^= 1
    edit(
        seven / "ledger.db",
        ("DROP TRIGGER append_only_update",),
        ("UPDATE records SET record = ? WHERE position = 4", (bytes(changed),)),
    )
    plain_error(ruleseven("-C", seven, "prove", 4), 1)
    (seven / "tiles.db").unlink()
    plain_error(ruleseven("-C", seven, "checkpoint"), 1)
    plain_error(ruleseven("-C", seven, "consistency", 1, 7), 1)
    told = ruleseven("-C", seven, "verify", "--json", "--against", kept)
    assert (told.code, told.json["first_bad"]["position"], told.json["first_bad"]["step"]) == (1, 4, 3)


@pytest.fixture
def forked(seven, ruleseven, tmp_path):
    """Two ledgers of one agency that agree on seven records and then tell it differently, nine each."""
    other = tmp_path / "other"
    shutil.copytree(seven, other)
    add(ruleseven, seven, 6, 7)
    add(ruleseven, other, 8, 9)
    return seven, other


@pytest.mark.parametrize("tiles", ["kept", "gone"])
@pytest.mark.parametrize("more", [0, 2])
def test_nothing_is_signed_that_contradicts_what_was_signed(forked, ruleseven, plain_error, keep, tiles, more):
    ours, other = forked
    keep(ours)
    shutil.copy(ours / "tiles.db", other / "tiles.db")
    if tiles == "gone":
        edit(other / "tiles.db", ("DELETE FROM tiles",))
    if more:
        add(ruleseven, other, 10, 9 + more)
    for words in (["checkpoint"], ["prove", "2"], ["consistency", "1", "2"]):
        outcome = ruleseven("-C", other, *words)
        plain_error(outcome, 1)
        assert "history was rewritten" in outcome.err


def test_nothing_is_signed_once_the_end_was_cut_off(seven, ruleseven, tmp_path, keep, plain_error):
    shutil.copytree(seven, tmp_path / "older")
    add(ruleseven, seven, 6, 7)
    keep(seven)
    shutil.copy(seven / "tiles.db", tmp_path / "older" / "tiles.db")
    outcome = ruleseven("-C", tmp_path / "older", "checkpoint")
    plain_error(outcome, 1)
    assert "cut off" in outcome.err


# Tiles for others


def files_below(folder):
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def entries_of(folder, *names):
    data, found = b"".join((folder / "tile/entries" / name).read_bytes() for name in names), []
    while data:
        size = int.from_bytes(data[:2])
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


def test_tiles_are_the_tree_and_the_records(tall, ruleseven, tmp_path):
    folder, out = tmp_path / "copy", tmp_path / "www"
    shutil.copytree(tall, folder)
    told = ruleseven("-C", folder, "tiles", out, "--json").json
    assert told == {"folder": str(out), "size": 600, "root": root_at(folder, 600).hex(), "written": 8, "rebuilt": False}
    levels = {f"tile/{level}/{name}" for level in ("0", "entries") for name in ("000", "001", "002.p/88")}
    assert files_below(out) == levels | {"tile/1/000.p/2", "checkpoint"}
    assert entries_of(out, "000", "001", "002.p/88") == records(folder)
    hashes = b"".join((out / "tile/0" / name).read_bytes() for name in ("000", "001", "002.p/88"))
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    assert leaves == [record_hash(record) for record in records(folder)]
    assert (out / "tile/1/000.p/2").read_bytes() == root_of(leaves[:256]) + root_of(leaves[256:512])
    signed = checkpoint.check((out / "checkpoint").read_bytes(), *keys_of(folder))
    assert signed.checkpoint[1:] == (600, root_of(leaves))


def test_tiles_are_brought_up_to_date_and_full_ones_take_the_place_of_partial_ones(seven, ruleseven, tmp_path):
    out = tmp_path / "www"
    assert ruleseven("-C", seven, "tiles", out, "--json").json["written"] == 3
    first = (out / "checkpoint").read_bytes()
    assert ruleseven("-C", seven, "tiles", out, "--json").json["written"] == 0
    assert (out / "checkpoint").read_bytes() == first
    add(ruleseven, seven, 6, 10)
    ruleseven("-C", seven, "tiles", out)
    both = {f"tile/{level}/000.p/{width}" for level in ("0", "entries") for width in (7, 12)}
    assert files_below(out) == both | {"checkpoint"}
    add(ruleseven, seven, 11, 260)
    assert ruleseven("-C", seven, "tiles", out, "--json").json["written"] == 6
    full = {f"tile/{level}/{name}" for level in ("0", "entries") for name in ("000", "001.p/6")}
    assert files_below(out) == full | {"tile/1/000.p/1", "checkpoint"}
    kept = (out / "tile/0/000").stat()
    add(ruleseven, seven, 261, 262)
    assert ruleseven("-C", seven, "tiles", out, "--json").json["written"] == 3
    assert (out / "tile/0/000").stat().st_mtime_ns == kept.st_mtime_ns
    (out / "tile/0/000").unlink()
    assert ruleseven("-C", seven, "tiles", out, "--json").json["written"] == 1
    assert len((out / "tile/0/000").read_bytes()) == 8192


def test_tiles_hold_nothing_of_what_was_recorded(seven, ruleseven, tmp_path):
    out = tmp_path / "www"
    assert ruleseven("-C", seven, "tiles", out).code == 0
    plaintext = (CANARY.encode(), b"2012-03-02", b"HM-1", b"child", b"SW-1", b"practitioner", b"CaseOpened")
    allowed = records(seven)
    for name in files_below(out):
        data = (out / name).read_bytes()
        for word in (*plaintext, b"Harrowmere"):
            assert word not in data, name
        if "entries" in name:
            assert data == b"".join(len(record).to_bytes(2) + record for record in allowed)
        elif name != "checkpoint":
            assert data == b"".join(map(record_hash, allowed))
    assert len(files_below(out)) == 3


def test_tiles_go_nowhere_else(seven, forked, ruleseven, tmp_path, plain_error):
    ours, other = forked
    plain_error(ruleseven("-C", ours, "tiles", ours), 2)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("a page")
    plain_error(ruleseven("-C", ours, "tiles", tmp_path / "www"), 2)
    assert ruleseven("-C", ours, "tiles", tmp_path / "tiles").code == 0
    plain_error(ruleseven("-C", other, "tiles", tmp_path / "tiles"), 1)
    (tmp_path / "tiles" / "checkpoint").write_bytes(b"junk")
    plain_error(ruleseven("-C", ours, "tiles", tmp_path / "tiles"), 2)


# Held against what others kept


def test_an_honest_ledger_agrees_with_everything_that_was_kept_of_it(seven, ruleseven, tmp_path, keep):
    small = keep(seven, "small")
    proof = tmp_path / "proof"
    add(ruleseven, seven, 6, 8)
    ruleseven("-C", seven, "prove", 4, "--out", proof)
    add(ruleseven, seven, 9, 12)
    outcome = ruleseven("-C", seven, "verify", "--against", small, "--against", proof, "--json")
    assert outcome.code == 0, outcome
    found = outcome.json
    assert [(a["file"], a["size"], a["root"], a["position"]) for a in found["anchors"]] == [
        (str(small), 7, root_at(seven, 7).hex(), None),
        (str(proof), 10, root_at(seven, 10).hex(), 4),
    ]
    assert found["anchors"][0]["signed_at"] == AT
    assert (found["known_elsewhere"], found["unknown_elsewhere"]) == (10, 4)
    told = ruleseven("-C", seven, "verify", "--against", small, "--against", proof).out
    assert f"it begins with the 7 records of {small}, signed {AT}." in told
    assert "a receipt for record 4" in told
    assert "The last 4 records are known to nobody else" in told
    assert "known to nobody else" not in ruleseven("-C", seven, "verify", "--against", keep(seven)).out
    head = ruleseven("-C", seven, "verify", "--json").json["head"]
    told = ruleseven("-C", seven, "verify", "--head", f"14:{head}", "--json").json
    assert (told["known_elsewhere"], told["unknown_elsewhere"]) == (14, 0)
    assert "--against FILE" in ruleseven("-C", seven, "verify").out


def test_a_ledger_that_was_written_anew_fails_against_what_was_kept(forked, ruleseven, tmp_path, keep):
    ours, other = forked
    kept, proof = keep(ours), tmp_path / "proof"
    ruleseven("-C", ours, "prove", 9, "--out", proof)
    for file in (kept, proof):
        outcome = ruleseven("-C", other, "verify", "--against", file, "--json")
        assert outcome.code == 1
        bad = outcome.json["first_bad"]
        assert (bad["position"], bad["step"]) == (1, 9)
        assert f"from 1 to 9 is not what {file.name} was signed over" in bad["reason"]
        assert outcome.json["unknown_elsewhere"] == 0
    assert ruleseven("-C", other, "verify", "--json").code == 0


def test_the_first_bad_record_lies_after_the_last_that_agrees(forked, ruleseven, tmp_path, keep):
    ours, other = forked
    shutil.copytree(other, tmp_path / "seven")
    with closing(sqlite3.connect(tmp_path / "seven" / "ledger.db")) as db:
        db.execute("DROP TRIGGER append_only_delete")
        db.execute("DELETE FROM records WHERE position > 7")
        db.commit()
    small, kept = keep(tmp_path / "seven", "small"), keep(ours)
    outcome = ruleseven("-C", other, "verify", "--against", kept, "--against", small, "--json")
    assert (outcome.code, outcome.json["records"]) == (1, 7)
    assert outcome.json["first_bad"]["position"] == 8
    assert outcome.json["head"] == record_hash(records(ours)[6]).hex()
    shown = ruleseven("-C", other, "verify", "--against", kept, "--against", small).out
    assert "position 8, step 9" in shown
    assert "from 8 to 9" in shown


def test_a_ledger_whose_end_was_cut_off_fails_against_what_was_kept(seven, ruleseven, tmp_path, keep):
    shutil.copytree(seven, tmp_path / "older")
    add(ruleseven, seven, 6, 7)
    outcome = ruleseven("-C", tmp_path / "older", "verify", "--against", keep(seven), "--json")
    assert outcome.code == 1
    assert (outcome.json["first_bad"]["position"], outcome.json["first_bad"]["step"]) == (8, 9)
    assert "cut off" in outcome.json["first_bad"]["reason"]
    assert outcome.json["records"] == 7


def test_what_proves_nothing_is_an_error_that_names_it(seven, book, tall, ruleseven, tmp_path, keep, plain_error):
    shutil.copytree(tall, tmp_path / "tall")
    kept, foreign = keep(seven), keep(tmp_path / "tall", "foreign")
    ruleseven("-C", seven, "prove", 4, "--out", tmp_path / "proof")
    proof, lines = (tmp_path / "proof").read_bytes(), kept.read_bytes().splitlines(keepends=True)
    hash_line = proof.splitlines(keepends=True)[2]
    other_root = base64.b64encode(bytes(32)) + b"\n"
    wrong = {
        "bad-signature": b"".join([*lines[:2], other_root, *lines[3:]]),
        "stripped-mldsa": b"".join(lines[:-1]),
        "stripped-ed25519": b"".join([*lines[:-2], lines[-1]]),
        "cut": kept.read_bytes()[:-1],
        "empty": b"",
        "junk": b"\xff" * 2_000_000,
        "another-path": proof.replace(hash_line, other_root),
        "another-index": proof.replace(b"index 3", b"index 2"),
        "larger": b"".join([lines[0], b"8\n", *lines[2:]]),
    }
    for name, data in wrong.items():
        (tmp_path / name).write_bytes(data)
        outcome = ruleseven("-C", seven, "verify", "--against", kept, "--against", tmp_path / name)
        plain_error(outcome, 2)
        assert name in outcome.err
    outcome = ruleseven("-C", seven, "verify", "--against", foreign)
    plain_error(outcome, 2)
    assert "another ledger" in outcome.err
    plain_error(ruleseven("-C", seven, "verify", "--against", tmp_path / "missing"), 2)
    plain_error(ruleseven("-C", seven, "verify", "--against", tmp_path), 2)


def test_cosigned_checkpoints_count_too(seven, ruleseven, keep, tmp_path):
    opened = note.from_bytes(keep(seven).read_bytes())
    witness = note.Signature("partner.example/w", bytes(4), bytes(72))
    (tmp_path / "cosigned").write_bytes(note.to_bytes(opened.text, [*opened.signatures, witness]))
    assert ruleseven("-C", seven, "verify", "--against", tmp_path / "cosigned").code == 0


# Keys change, and checkpoints with them


def test_checkpoints_are_signed_by_the_keys_of_their_time(seven, ruleseven, tmp_path, keep):
    shutil.copytree(seven, tmp_path / "older")
    before = keep(seven, "before")
    assert ruleseven("-C", seven, "key", "rotate").code == 0
    after = keep(seven, "after")
    add(ruleseven, seven, 6, 7)
    recovered = ruleseven(
        *("-C", seven, "key", "recover", "--recovery", tmp_path / "recovery", "--distrust-from", "10", "--new-mldsa")
    )
    assert recovered.code == 0, recovered
    last = keep(seven, "last")
    against = [word for file in (before, after, last) for word in ("--against", file)]
    told = ruleseven("-C", seven, "verify", *against, "--json")
    assert told.code == 0, told
    assert [anchor["size"] for anchor in told.json["anchors"]] == [7, 8, 11]
    lines = {note.from_bytes(file.read_bytes()).signatures[i].key_id for file in (before, after, last) for i in (0, 1)}
    assert len(lines) == 3 + 2
    assert ruleseven("-C", seven, "prove", 3, "--json").json["size"] == 11


def test_a_cut_that_took_the_newer_key_with_it_shows_too(seven, ruleseven, tmp_path, keep):
    shutil.copytree(seven, tmp_path / "older")
    assert ruleseven("-C", seven, "key", "rotate").code == 0
    kept = keep(seven)
    told = ruleseven("-C", tmp_path / "older", "verify", "--against", kept, "--json")
    assert (told.code, told.json["first_bad"]["position"], told.json["first_bad"]["step"]) == (1, 8, 9)


def test_what_is_disputed_is_told_with_what_was_kept_of_it(seven, ruleseven, tmp_path, keep):
    kept, proof = keep(seven), tmp_path / "proof"
    assert ruleseven("-C", seven, "prove", 2, "--out", proof).code == 0
    recovered = ruleseven("-C", seven, "key", "recover", "--recovery", tmp_path / "recovery", "--distrust-from", "6")
    assert recovered.code == 0, recovered
    found = verify_folder(seven, passphrase=lambda: None, against=[kept, proof]).report
    assert (found.verdict, found.disputed) == ("verified", 2)
    assert found.disputes[0].anchors == ((7, record_hash(records(seven)[6])),)


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal", "vault.db", "settings.json", "keys/signing"])
@pytest.mark.parametrize(
    "words", [("checkpoint", "--out"), ("prove", 1, "--out"), ("prove", 1, "--record"), ("key", "card", "--out")]
)
def test_nothing_given_out_takes_the_place_of_a_file_of_the_ledger(seven, ruleseven, words, name):
    before = {file: file.read_bytes() for file in seven.rglob("*") if file.is_file() and file.name != "tiles.db"}
    outcome = ruleseven("-C", seven, *words, seven / "keys" / ".." / name)
    assert outcome.code == 2
    assert "one of the ledger's own files" in outcome.err
    assert {file: file.read_bytes() for file in before} == before
    assert ruleseven("-C", seven, "verify").code == 0


def test_a_link_to_a_file_of_the_ledger_is_that_file(seven, ruleseven, tmp_path):
    before = (seven / "ledger.db").read_bytes()
    (tmp_path / "link").symlink_to(seven / "ledger.db")
    outcome = ruleseven("-C", seven, "checkpoint", "--out", tmp_path / "link")
    assert (outcome.code, "one of the ledger's own files" in outcome.err) == (2, True)
    assert (seven / "ledger.db").read_bytes() == before


@pytest.mark.parametrize("words", [("checkpoint", "--out"), ("key", "card", "--out"), ("consistency", 1, 2, "--out")])
def test_a_pipe_or_device_that_is_written_to_stays_what_it_is(seven, ruleseven, tmp_path, words):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert ruleseven("-C", seven, *words, tmp_path / "link").code == 0
        assert os.read(reading, 1 << 16)
    finally:
        os.close(reading)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()


def test_a_checkpoint_may_stand_beside_the_ledgers_files_and_be_replaced(seven, ruleseven):
    for _ in range(2):
        assert ruleseven("-C", seven, "checkpoint", "--out", seven / "kept").code == 0
    assert (seven / "kept").read_bytes().startswith(b"ruleseven-practice/")


@pytest.mark.parametrize("name", ["", "tiles", "keys/tiles"])
def test_no_tiles_are_published_within_the_ledgers_folder(seven, ruleseven, name):
    outcome = ruleseven("-C", seven, "tiles", seven / name)
    assert (outcome.code, "The ledger's own folder" in outcome.err) == (2, True)
    assert not (seven / "keys" / "tiles").exists()


def test_a_link_that_leads_to_itself_is_no_folder_for_tiles(seven, ruleseven, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    outcome = ruleseven("-C", seven, "tiles", tmp_path / "loop")
    assert (outcome.code, "did not expect" in outcome.err) in {(2, False), (4, False)}
