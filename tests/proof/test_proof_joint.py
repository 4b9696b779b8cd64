"""One proof for many leaves: it holds for just these leaves of just this tree, and takes few steps."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import IntegrityError, Malformed
from ledger.proof.joint_proof import check_joint, prove_joint
from ledger.proof.tiles import TileTree
from ledger.proof.tree import node_hash, prove_inclusion


def leaf(number):
    return hashlib.sha256(number.to_bytes(8)).digest()


def tree(size):
    made = TileTree()
    made.extend(map(leaf, range(size)))
    return made


BIG = tree(700)


def proved(known, size):
    return {number: leaf(number) for number in known}, size, prove_joint(known, size, BIG.read), BIG.root(size)


def test_it_holds_for_every_set_of_leaves_of_small_trees():
    for size in range(1, 9):
        for chosen in range(1, 1 << size):
            known = [number for number in range(size) if chosen >> number & 1]
            assert check_joint(*proved(known, size)) is True


@given(st.integers(1, 700), st.data())
@settings(deadline=None)
def test_it_holds_for_larger_ones_and_for_nothing_else(size, data):
    known = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=20))
    leaves, _, proof, root = proved(known, size)
    assert check_joint(leaves, size, proof, root) is True
    number = data.draw(st.sampled_from(sorted(known)))
    with pytest.raises(IntegrityError, match="does not lead"):
        check_joint(leaves | {number: bytes(32)}, size, proof, root)
    with pytest.raises(IntegrityError, match="does not lead"):
        check_joint(leaves, size, proof, bytes(32))
    with pytest.raises(Malformed, match="more hashes"):
        check_joint(leaves, size, [*proof, bytes(32)], root)
    if proof:
        with pytest.raises(Malformed, match="fewer hashes"):
            check_joint(leaves, size, proof[:-1], root)
        at = data.draw(st.integers(0, len(proof) - 1))
        with pytest.raises(IntegrityError, match="does not lead"):
            check_joint(leaves, size, [*proof[:at], bytes(32), *proof[at + 1 :]], root)
    with pytest.raises((Malformed, IntegrityError)):
        check_joint({number + size: digest for number, digest in leaves.items()}, size, proof, root)


def test_of_one_leaf_it_is_the_audit_path_from_the_left():
    for number in (0, 255, 256, 511, 512, 699):
        path = prove_inclusion(number, 700, BIG.read)
        assert sorted(prove_joint([number], 700, BIG.read)) == sorted(path)
    assert prove_joint([0], 700, BIG.read) == prove_inclusion(0, 700, BIG.read)
    assert prove_joint([699], 700, BIG.read) == prove_inclusion(699, 700, BIG.read)[::-1]


def test_of_all_leaves_it_is_empty():
    assert prove_joint(range(700), 700, BIG.read) == []
    assert check_joint({number: leaf(number) for number in range(700)}, 700, [], BIG.root()) is True


def test_an_order_of_hashes_by_hand():
    """Leaves 1 and 4 of 5: leaf 0, then the node over 2 and 3."""
    assert prove_joint([4, 1], 5, BIG.read) == [leaf(0), node_hash(leaf(2), leaf(3))]


def test_the_largest_tree_that_there_may_be_takes_few_steps():
    """Its hashes are made up: nothing of 2**53 leaves is ever built, however far apart those that are known lie."""
    known = [0, 1, (1 << 53) - 1]
    asked = []

    def read(level, index):
        asked.append((level, index))
        return hashlib.sha256(f"{level} {index}".encode()).digest()

    proof = prove_joint(known, 1 << 53, read)
    assert len(proof) == len(asked) == 51 + 52
    with pytest.raises(IntegrityError):
        check_joint({number: bytes(32) for number in known}, 1 << 53, proof, bytes(32))


@pytest.mark.parametrize(
    ("known", "size"),
    [([], 5), ([5], 5), ([-1], 5), ([0], 0), ([0], -1), ([0], (1 << 53) + 1), ([0], True), ([0], 1.0)],
)
def test_what_is_no_leaf_of_a_tree(known, size):
    with pytest.raises(Malformed):
        prove_joint(known, size, BIG.read)
    with pytest.raises(Malformed):
        check_joint(dict.fromkeys(known, bytes(32)), size, [], bytes(32))


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), None, "x" * 32])
def test_every_hash_is_32_bytes(wrong):
    leaves, size, proof, root = proved([3, 9], 20)
    for parts in (
        (leaves | {3: wrong}, size, proof, root),
        (leaves, size, [wrong, *proof[1:]], root),
        (leaves, size, proof, wrong),
    ):
        with pytest.raises(Malformed, match="32 bytes"):
            check_joint(*parts)
