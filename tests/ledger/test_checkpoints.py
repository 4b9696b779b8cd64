"""Checkpoints and proofs while several handles write to one ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ACTOR, fill, found, person

from ledger import Ledger, prove, prove_consistency, sign_checkpoint
from ledger.proof import tree
from ledger.store.scan import scan_records


def test_the_head_is_the_databases_whoever_wrote_last(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as first:
        fill(first, 4)
        with Ledger.open(tmp_path / "hmc") as second:
            second.record(person(8), actor=ACTOR)
            assert first.checked_head() == second.checked_head() == first.head()
            assert sign_checkpoint(first).size == sign_checkpoint(second).size == 5
            first.record(person(9), actor=ACTOR)
            assert second.checked_head() == first.checked_head()
            assert prove_consistency(second, 5, 6).new_root == sign_checkpoint(first).root


def test_each_checkpoint_follows_from_the_one_before(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 2)
        made = sign_checkpoint(ledger)
        for number in range(30):
            ledger.record(person(number), actor=ACTOR)
            newer = sign_checkpoint(ledger)
            shown = prove_consistency(ledger, made.size, newer.size)
            assert tree.check_consistency(made.size, made.root, newer.size, newer.root, shown.hashes)
            assert not newer.rebuilt
            made = newer
        assert prove(ledger, 1).root == made.root


def test_a_proof_reads_the_kept_tiles_and_not_all_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree is made once; later on the last record in it is looked at, and those added since."""
    read: list[tuple[int, int]] = []

    def noting(path: Path, after: int, stop: int) -> Iterator[tuple[object, object]]:
        read.append((after, stop))
        return scan_records(path, after, stop)

    monkeypatch.setattr("ledger.tree_cache.scan_records", noting)
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 6)
        sign_checkpoint(ledger)
        assert read == [(0, 6)]
        ledger.record(person(8), actor=ACTOR)
        prove(ledger, 3)
        assert read == [(0, 6), (5, 6), (6, 7)]
