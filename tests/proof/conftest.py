"""A ledger in the making, as the vectors' generator makes it."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def make():
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parent.parent / "vectors" / "make.py")))
