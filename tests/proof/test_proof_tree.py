"""Roots and proofs against RFC 6962's own definitions, written down here once more, for every tree up to 300 leaves."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
from ledger.proof import tree
from ledger.proof.tiles import WIDTH, Damaged, Place, TileTree, all_tiles, path

LEAVES = [sha256(b"\0" + number.to_bytes(2)).digest() for number in range(300)]
SIZES = range(1, len(LEAVES) + 1)


# RFC 6962 2.1, as it stands there; D[low:high] are leaf hashes already


def below(n):
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(low, high):
    if high - low == 0:
        return sha256(b"").digest()
    if high - low == 1:
        return LEAVES[low]
    k = below(high - low)
    return sha256(b"\x01" + mth(low, low + k) + mth(low + k, high)).digest()


def rfc_path(m, low, high):
    if high - low == 1:
        return []
    k = below(high - low)
    if m < k:
        return [*rfc_path(m, low, low + k), mth(low + k, high)]
    return [*rfc_path(m - k, low + k, high), mth(low, low + k)]


def rfc_subproof(m, low, high, *, known):
    if m == high - low:
        return [] if known else [mth(low, high)]
    k = below(high - low)
    if m <= k:
        return [*rfc_subproof(m, low, low + k, known=known), mth(low + k, high)]
    return [*rfc_subproof(m - k, low + k, high, known=False), mth(low, low + k)]


def read(level, index):
    """Complete subtrees only: a prover that asks for another has it wrong."""
    assert (index + 1) << level <= len(LEAVES)
    return mth(index << level, (index + 1) << level)


def test_every_root_is_the_definitions():
    frontier = tree.Frontier()
    assert tree.root(0, read) == frontier.root() == tree.EMPTY_ROOT == mth(0, 0)
    for size in SIZES:
        frontier.add(LEAVES[size - 1])
        assert tree.root(size, read) == frontier.root() == mth(0, size)
        assert frontier.size == size


def test_every_inclusion_proof_is_the_definitions_and_verifies():
    for size in SIZES:
        for index in range(size):
            proof = tree.prove_inclusion(index, size, read)
            assert proof == rfc_path(index, 0, size)
            assert tree.check_inclusion(index, size, LEAVES[index], proof, mth(0, size))


def test_every_consistency_proof_is_the_definitions_and_verifies():
    for new in SIZES:
        for old in range(1, new + 1):
            proof = tree.prove_consistency(old, new, read)
            assert proof == rfc_subproof(old, 0, new, known=True)
            assert tree.check_consistency(old, mth(0, old), new, mth(0, new), proof)
        assert tree.prove_consistency(0, new, read) == []
        assert tree.check_consistency(0, tree.EMPTY_ROOT, new, mth(0, new), [])
    assert tree.check_consistency(0, tree.EMPTY_ROOT, 0, tree.EMPTY_ROOT, [])


# The eight leaves that the reference implementations of Certificate Transparency (C++, Go, Java) all test with
REFERENCE = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]
PATH_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]


def test_the_reference_roots():
    frontier, leaves = tree.Frontier(), []
    for data, root in REFERENCE:
        leaves.append(sha256(b"\0" + bytes.fromhex(data)).digest())
        frontier.add(leaves[-1])
        assert frontier.root().hex() == root
    proof = [bytes.fromhex(step) for step in PATH_0_OF_8]
    assert tree.check_inclusion(0, 8, leaves[0], proof, frontier.root())


# What must not pass

SOME = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 5), (5, 8), (6, 7), (7, 8), (100, 255), (256, 257), (299, 300), (128, 300)]


def damaged(proof):
    """A proof with a hash dropped, added, doubled, swapped, or one bit changed."""
    for at in range(len(proof)):
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], proof[at], *proof[at:]]
        yield [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
        yield [*proof[:at], proof[at][:31], *proof[at + 1 :]]
        yield [*proof[:at], proof[at] + b"\0", *proof[at + 1 :]]
    for at in range(1, len(proof)):
        yield [*proof[: at - 1], proof[at], proof[at - 1], *proof[at + 1 :]]
    yield [*proof, bytes(32)]
    yield [bytes(32), *proof]
    yield [*proof, b""]


@pytest.mark.parametrize(("index", "size"), SOME)
def test_no_damaged_inclusion_proof_passes(index, size):
    leaf, root, proof = LEAVES[index], mth(0, size), rfc_path(index, 0, size)
    for other in damaged(proof):
        with pytest.raises((Malformed, IntegrityError)):
            tree.check_inclusion(index, size, leaf, other, root)
    for wrong in ([leaf[:31], root], [leaf, root[:31]], [b"", root], [leaf, b""], [leaf + b"\0", root], [leaf, None]):
        with pytest.raises(Malformed, match="32 bytes"):
            tree.check_inclusion(index, size, wrong[0], proof, wrong[1])
    for other in set(range(size)) - {index}:
        with pytest.raises((Malformed, IntegrityError)):
            tree.check_inclusion(other, size, leaf, proof, root)


@pytest.mark.parametrize(("old", "new"), [(old or 3, new) for old, new in SOME if new > 2])
def test_no_damaged_consistency_proof_passes(old, new):
    old_root, new_root, proof = mth(0, old), mth(0, new), rfc_subproof(old, 0, new, known=True)
    for other in damaged(proof):
        with pytest.raises((Malformed, IntegrityError)):
            tree.check_consistency(old, old_root, new, new_root, other)
    for wrong in ([old_root[:31], new_root], [old_root, new_root + b"\0"], [b"", new_root], [old_root, b""]):
        with pytest.raises(Malformed, match="32 bytes"):
            tree.check_consistency(old, wrong[0], new, wrong[1], proof)
    for wrong in ([new_root, old_root], [mth(0, old + 1), new_root], [old_root, mth(1, new)]):
        with pytest.raises(IntegrityError):
            tree.check_consistency(old, wrong[0], new, wrong[1], proof)


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (5, 5), (6, 5), (-1, 5), (True, 5), (0, 2**53 + 1), (0, -1)]
)
def test_a_place_that_is_not_in_the_tree_is_refused(index, size):
    with pytest.raises(Malformed):
        tree.check_inclusion(index, size, LEAVES[0], [], LEAVES[0])
    with pytest.raises(Malformed):
        tree.prove_inclusion(index, size, read)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (1, 0), (-1, 1), (True, 2), (1, 2**53 + 1)])
def test_sizes_that_cannot_follow_are_refused(old, new):
    with pytest.raises(Malformed):
        tree.check_consistency(old, LEAVES[0], new, LEAVES[0], [])
    with pytest.raises(Malformed):
        tree.prove_consistency(old, new, read)


def test_two_trees_of_one_size_must_be_one():
    with pytest.raises(IntegrityError):
        tree.check_consistency(5, mth(0, 5), 5, mth(1, 6), [])
    with pytest.raises(Malformed, match="too long"):
        tree.check_consistency(5, mth(0, 5), 5, mth(0, 5), [mth(0, 5)])
    with pytest.raises(IntegrityError):
        tree.check_consistency(0, LEAVES[0], 5, mth(0, 5), [])


def test_a_reader_that_gives_other_than_32_bytes_is_refused():
    with pytest.raises(Malformed):
        tree.root(1, lambda *_: b"")


@given(st.integers(0, 2**53), st.integers(0, 2**53), st.lists(st.binary(min_size=30, max_size=33), max_size=60))
def test_no_proof_of_chance_passes_or_fails_in_another_way(index, size, proof):
    with pytest.raises((Malformed, IntegrityError)):
        tree.check_inclusion(index, size, LEAVES[0], proof, LEAVES[1])
    with pytest.raises((Malformed, IntegrityError)):
        tree.check_consistency(index, LEAVES[0], size, LEAVES[1], proof)


# How much is read

MILLION = 1_000_000


@pytest.mark.parametrize("index", [0, 1, 255, 256, 65_535, 65_536, 524_287, 524_288, 777_777, 999_998, 999_999])
def test_a_proof_from_a_million_records_reads_few_hashes(index):
    asked = []

    def synthetic(level, number):
        assert (number + 1) << level <= MILLION
        asked.append((level, number))
        return sha256(b"%d/%d" % (level, number)).digest()

    assert len(tree.prove_inclusion(index, MILLION, synthetic)) <= 20
    assert len(asked) <= 40
    asked.clear()
    assert len(tree.prove_consistency(index + 1, MILLION, synthetic)) <= 21
    assert len(asked) <= 40


# Tiles


def grown(count):
    made = TileTree()
    made.extend(sha256(number.to_bytes(4)).digest() for number in range(count))
    return made


EDGES = [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_536 + 257]


@pytest.fixture(scope="module")
def tall():
    return grown(EDGES[-1])


@pytest.mark.parametrize("size", EDGES)
def test_a_tree_from_kept_tiles_is_the_tree_and_goes_on(tall, size):
    made = grown(size)
    kept = made.pending()
    sizes = {place: (8192 + 512 if width == WIDTH else width * 32) for place, width in all_tiles(size)}
    assert {place: len(hashes) for place, hashes in kept.items()} == sizes
    assert made.root() == tall.root(size)
    again = TileTree(size, made.root(), kept.get)
    more = [tall.read(0, index) for index in range(size, min(size + 300, EDGES[-1]))]
    again.extend(more)
    assert again.root() == tall.root(size + len(more))
    fresh = grown(again.size)
    assert all(again.tile(place) == fresh.tile(place) for place, _ in all_tiles(again.size))
    for index in {0, size // 2, size - 1}:
        proof = tree.prove_inclusion(index, again.size, again.read)
        assert tree.check_inclusion(index, again.size, tall.read(0, index), proof, again.root())


def test_no_kept_tile_can_be_changed_unnoticed(tall):
    kept, root = tall.pending(), tall.root()
    for place in (Place(0, 0), Place(0, 255), Place(0, 256), Place(0, 257), Place(1, 0), Place(1, 1), Place(2, 0)):
        for change in (
            lambda b: b[:-1] + bytes([b[-1] ^ 1]),
            lambda b: bytes([b[0] ^ 1]) + b[1:],
            lambda b: b[:-32],
            lambda b: b + bytes(32),
            lambda _: None,
        ):
            changed = kept | {place: change(kept[place])}
            with pytest.raises(Damaged):
                TileTree(tall.size, root, changed.get).tile(place)
    with pytest.raises(Damaged):
        TileTree(tall.size - 1, root, kept.get)
    with pytest.raises(Damaged):
        TileTree(tall.size, LEAVES[0], kept.get)


@pytest.mark.parametrize("at", [0, 31, 511, 512, 8191, 8192, 8192 + 17, 8703])
def test_every_hash_read_of_an_altered_tile_is_right_or_none(tall, at):
    """Wherever a byte of a full tile or its middle is another one: no hash that is read is false, and some are none."""
    kept, place = tall.pending(), Place(0, 7)
    changed = bytearray(kept[place])
    changed[at] ^= 1
    damaged = 0
    for level in range(8):
        for index in range(7 * 256 >> level, 8 * 256 >> level):
            again = TileTree(tall.size, tall.root(), (kept | {place: bytes(changed)}).get)
            try:
                assert again.read(level, index) == tall.read(level, index)
            except Damaged:
                damaged += 1
    # Sixteen leaves with what is between them and the middle; of the middle, all: it is checked as a whole.
    assert damaged == (16 + 8 + 4 + 2 if at < 8192 else 256 + 128 + 64 + 32 + 16 + 8 + 4 + 2)


def test_a_tile_read_whole_after_a_part_of_it_is_checked_whole(tall):
    kept, place = tall.pending(), Place(0, 7)
    changed = bytearray(kept[place])
    changed[600] ^= 1
    again = TileTree(tall.size, tall.root(), (kept | {place: bytes(changed)}).get)
    assert again.read(0, 7 * 256) == tall.read(0, 7 * 256)
    with pytest.raises(Damaged):
        again.tile(place)


def test_a_proof_fetches_a_tile_a_level(tall):
    kept, fetched = tall.pending(), []

    def fetch(place):
        fetched.append(place)
        return kept[place]

    opened = TileTree(tall.size, tall.root(), fetch)
    assert len(fetched) == 3  # the partial ones
    tree.prove_inclusion(12_345, tall.size, opened.read)
    assert fetched[3:] == [Place(0, 48), Place(1, 0)]


def test_what_a_tile_is_called():
    assert [path(number) for number in (0, 67, 1000, 1_234_067)] == ["000", "067", "x001/000", "x001/x234/067"]
    assert path(5, 112) == "005.p/112"
    seventy_thousand = list(all_tiles(70_000))
    assert seventy_thousand[272:] == [
        (Place(0, 272), WIDTH),
        (Place(0, 273), 112),
        (Place(1, 0), WIDTH),
        (Place(1, 1), 17),
        (Place(2, 0), 1),
    ]
    assert list(all_tiles(256)) == [(Place(0, 0), 256), (Place(1, 0), 1)]
    assert list(all_tiles(0)) == []
