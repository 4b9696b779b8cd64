"""Small ledgers for the store's tests, and copies of them to attack."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import fill, found

from ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A practice ledger of 12 records."""
    with found(tmp_path / "hmc") as made:
        fill(made, 12)
        yield made


@pytest.fixture(scope="session")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed practice ledger of 40 records: copy it before changing anything."""
    folder = tmp_path_factory.mktemp("forty") / "hmc"
    with found(folder) as made:
        fill(made, 40)
    return folder


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Copies a ledger folder for a test to attack."""

    def copy(folder: Path) -> Path:
        target = tmp_path / "copy"
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(folder, target)
        return target

    return copy
