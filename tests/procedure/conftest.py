"""Gives each test `h`: the helpers of `histories.py`, and through it a ledger in memory."""

import importlib.util
import sys
from pathlib import Path

import pytest


def _histories():
    """`histories.py` beside this file; with `--import-mode=importlib` no folder of tests is on the path."""
    name = "procedure_histories"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("histories.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def h():
    return _histories()


@pytest.fixture
def history(h):
    """A council's ledger with one open case (see `History.open`)."""
    return h.History().open()
