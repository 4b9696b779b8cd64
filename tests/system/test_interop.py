"""Our checkpoints, proofs and tiles, checked by software that is not ours; and theirs, checked by ours.

`golang.org/x/mod/sumdb` (Debian's `golang-golang-x-mod-dev`, through `interop/`) reads the Ed25519 line alone;
`tlog-scales` (from the package index) reads the ML-DSA-44 line and the tiles too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR, fill, found, person
from system.tools import HERE, tool
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import MLDSA44CosignatureSigner, PlainEd25519Signer, Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint as Theirs
from tlog_scales.tlog import ConsistencyProof, InclusionProof, InclusionProofInvalid

from ledger import Ledger, prove, prove_consistency, publish_tiles, sign_checkpoint, verify_folder
from ledger.errors import IntegrityError
from ledger.proof import checkpoint, cosignature, note, primitives, tree
from ledger.proof.checkpoint import Checkpoint, Keys
from ledger.proof.cosignature import Cosigner
from ledger.proof.keys import FileSigner, parse_vkey
from ledger.proof.record import RECORD_SIZE, record_hash
from ledger.proof.tlog_proof import Proof, check_included, check_proof
from ledger.tree_cache import keys_at

SIZE, OLD = 300, 171  # more than one tile, and no round number


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of 300 records, with its tiles published beside it."""
    folder = tmp_path_factory.mktemp("interop") / "hmc"
    with found(folder) as ledger:
        fill(ledger, OLD)
        (folder.parent / "old").write_bytes(sign_checkpoint(ledger).data)
        commands = [person(number) for number in range(OLD, SIZE)]
        ledger.record_atomic(commands, actor=ACTOR)
        (folder.parent / "new").write_bytes(sign_checkpoint(ledger).data)
        publish_tiles(ledger, folder.parent / "tiles")
        yield ledger


@pytest.fixture
def beside(book: Ledger) -> Path:
    return book.folder.path.parent


def records(book: Ledger) -> bytes:
    return b"".join(reading.row.record for reading in book.readings())


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


# golang.org/x/mod/sumdb


def test_the_go_program_is_formatted() -> None:
    assert tool("gofmt", "-l", HERE / "interop").stdout == ""


@pytest.mark.parametrize("position", [1, 2, 171, 256, 257, 300])
def test_go_accepts_our_proof_of_a_record(book: Ledger, interop: Any, tmp_path: Path, position: int) -> None:
    made = prove(book, position)
    (tmp_path / "record").write_bytes(made.record)
    ran = interop("record", book.vkey, tmp_path / "record", stdin=made.data)
    assert ran.returncode == 0, ran.stderr
    root = base64.b64encode(made.root).decode()
    assert json.loads(ran.stdout) == {"size": SIZE, "root": root, "index": position - 1}


def test_go_refuses_what_was_changed(book: Ledger, interop: Any, tmp_path: Path) -> None:
    made, other = prove(book, 200), prove(book, 201)
    (tmp_path / "record").write_bytes(made.record)
    (tmp_path / "changed").write_bytes(flipped(made.record, 100))
    index = made.data.replace(b"index 199", b"index 198")
    size = made.data.replace(b"\n300\n", b"\n301\n")
    for vkey, record, proof in (
        (book.vkey, "changed", made.data),
        (book.vkey, "record", other.data),
        (book.vkey, "record", index),
        (book.vkey, "record", size),
        (PlainEd25519Signer(book.origin, bytes(32)).vkey.serialize(), "record", made.data),
    ):
        assert interop("record", vkey, tmp_path / record, stdin=proof).returncode == 1


def test_go_sees_that_the_ledger_only_grew(book: Ledger, interop: Any, beside: Path) -> None:
    hashes = [base64.b64encode(h) for h in prove_consistency(book, OLD, SIZE).hashes]
    words = ("tree", book.vkey, beside / "old", beside / "new")
    ran = interop(*words, stdin=b"\n".join(hashes))
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"old": OLD, "new": SIZE}), ran.stderr
    assert interop(*words, stdin=b"\n".join(hashes[1:])).returncode == 1


@pytest.mark.parametrize("index", [0, 170, 255, 256, 299])
def test_we_accept_what_go_makes(book: Ledger, interop: Any, index: int) -> None:
    """A checkpoint of ours has a second signature; the note, the tree and the paths are the same."""
    everything = records(book)
    ran = interop("make", book.origin, index, OLD, stdin=everything)
    assert ran.returncode == 0, ran.stderr
    theirs = json.loads(ran.stdout)

    name, key, public = parse_vkey(theirs["vkey"])
    verifier = note.Verifier(name, key, lambda text, signature: primitives.verify(public, signature, text))
    opened = note.from_bytes(theirs["checkpoint"].encode())
    assert note.check_note(opened, [verifier]) == [verifier]
    stated = Checkpoint.from_bytes(opened.text)
    assert stated == Checkpoint(book.origin, SIZE, sign_checkpoint(book).root)

    proof = Proof.from_bytes(theirs["proof"].encode())
    leaf = record_hash(everything[index * RECORD_SIZE : (index + 1) * RECORD_SIZE])
    check_included(proof, checkpoint.Signed(stated, 0), leaf)
    with pytest.raises(IntegrityError):
        check_included(proof, checkpoint.Signed(stated, 0), flipped(leaf, 0))
    hashes = [note.from_base64(line) for line in theirs["consistency"].split()]
    assert hashes == list(prove_consistency(book, OLD, SIZE).hashes)
    tree.check_consistency(OLD, note.from_base64(theirs["old_root"]), SIZE, stated.root, hashes)


# tlog-scales


def test_both_signatures_of_our_checkpoint_are_theirs_too(book: Ledger, beside: Path) -> None:
    keys = keys_at(book, SIZE)
    shown = Theirs.from_text((beside / "new").read_text())
    assert (shown.origin, shown.size, len(shown.signatures)) == (book.origin, SIZE, 2)
    mldsa = Vkey(book.origin, None, 6, keys.mldsa_public)
    shown.verify(Vkey.from_string(book.vkey))
    shown.verify(mldsa)
    changed = Theirs(shown.origin, SIZE + 1, shown.root_hash, shown.signatures)
    for vkey in (Vkey.from_string(book.vkey), mldsa):
        with pytest.raises(Exception, match=r"^$"):  # cryptography's InvalidSignature says nothing
            changed.verify(vkey)


def test_their_reader_mirrors_our_tiles(book: Ledger, beside: Path) -> None:
    reader = TilesReader(LocalBackend(beside / "tiles"))
    shown = reader.get_checkpoint()
    shown.verify(Vkey.from_string(book.vkey))
    assert b"".join(reader.get_entry(index) for index in range(SIZE)) == records(book)
    for index in range(0, SIZE, 13):
        reader.get_inclusion_proof(index, SIZE).check(leaf_hash(reader.get_entry(index)), shown.root_hash)
    before = Theirs.from_text((beside / "old").read_text())
    reader.get_consistency_proof(OLD, SIZE).check(before.root_hash, shown.root_hash)


def test_they_check_our_proofs(book: Ledger) -> None:
    made = prove(book, 257)
    theirs = InclusionProof(256, made.size, list(made.hashes))
    theirs.check(leaf_hash(made.record), made.root)
    with pytest.raises(InclusionProofInvalid):
        theirs.check(leaf_hash(flipped(made.record, 0)), made.root)
    grown = prove_consistency(book, OLD, SIZE)
    ConsistencyProof(OLD, SIZE, list(grown.hashes)).check(grown.old_root, grown.new_root)


def test_we_take_a_proof_that_they_made_of_our_tiles(book: Ledger, beside: Path) -> None:
    """As their `gen-proof` prints it: a receipt that verify --against takes."""
    reader = TilesReader(LocalBackend(beside / "tiles"))
    shown, path = reader.get_checkpoint(), reader.get_inclusion_proof(41, SIZE)
    hashes = "".join(base64.b64encode(h).decode() + "\n" for h in path.node_hashes)
    file = beside / "theirs.proof"
    file.write_text(f"c2sp.org/tlog-proof@v1\nindex 41\n{hashes}\n{shown.serialize()}")
    assert list(Proof.from_bytes(file.read_bytes()).hashes) == list(prove(book, 42).hashes)
    (held,) = verify_folder(book.folder.path, passphrase=lambda: None, against=[file]).anchors
    assert (held.size, held.proof and held.proof.index) == (SIZE, 41)


def test_we_accept_a_log_that_they_signed(book: Ledger) -> None:
    """Both signatures, theirs, over our tree: checked by our own front door for proofs."""
    ed25519, mldsa = PlainEd25519Signer(book.origin, b"e" * 32), MLDSA44CosignatureSigner(book.origin, b"m" * 32)
    keys = Keys(FileSigner.from_seed(b"e" * 32).public, primitives.mldsa_public(b"m" * 32))
    made = prove(book, 42)
    signed = Theirs.make_signed(book.origin, SIZE, made.root, [ed25519, mldsa]).serialize().encode()
    assert checkpoint.check(signed, book.origin, keys).checkpoint == Checkpoint(book.origin, SIZE, made.root)
    proof = Proof(41, made.hashes, signed).to_bytes()
    check_proof(proof, made.record, book.origin, keys)
    alone = Theirs.make_signed(book.origin, SIZE, made.root, [ed25519]).serialize().encode()
    with pytest.raises(IntegrityError, match="lacks one of its two signatures"):
        checkpoint.check(alone, book.origin, keys)


def test_a_cosignature_of_ours_is_theirs_too(book: Ledger, interop: Any, beside: Path, tmp_path: Path) -> None:
    witness, name = FileSigner.from_seed(b"w" * 32), "witness.example/partner"
    signed = (beside / "new").read_bytes()
    opened = note.from_bytes(signed)
    line = cosignature.cosign(opened.text, name, witness, 1_700_000_000)
    cosigned = note.to_bytes(opened.text, [*opened.signatures, line])
    shown, vkey = Theirs.from_text(cosigned.decode()), Cosigner(name, witness.public).vkey()
    shown.verify(Vkey.from_string(vkey))
    shown.verify(Vkey.from_string(book.vkey))
    with pytest.raises(Exception, match=r"^$"):
        Theirs(shown.origin, SIZE - 1, shown.root_hash, shown.signatures).verify(Vkey.from_string(vkey))
    # Whoever does not know the witness reads the checkpoint as before.
    (tmp_path / "record").write_bytes(prove(book, 42).record)
    proof = Proof(41, tuple(prove(book, 42).hashes), cosigned).to_bytes()
    assert interop("record", book.vkey, tmp_path / "record", stdin=proof).returncode == 0
