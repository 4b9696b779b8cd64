"""Gives each test `h`: the helpers of `histories.py`, and through it a ledger in memory.

A run of all tests here fails if a rule did not fire at each of its levels, at the gate and as fact, in some history.
"""

import os
from pathlib import Path

import pytest
from procedure import catalogue, histories

from ledger.procedure import judgement

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def h():
    return histories


@pytest.fixture
def history(h):
    """A council's ledger with one open case (see `History.open`)."""
    return h.History().open()


RANDOM = "test_properties.py"  # what chance alone fired was not shown
FIRED: set[tuple[str, str, str]] = set()  # (rule, gate or fact, level), as the tests saw it
_find = judgement.find


def _find_and_note(act, world):
    found = _find(act, world)
    for one in found if RANDOM not in os.environ.get("PYTEST_CURRENT_TEST", "") else ():
        mode = act.decision_mode if one.of_decision else act.mode
        FIRED.add((one.finding.rule, "gate" if mode == "plan" else "fact", one.finding.level))
    return found


judgement.find = _find_and_note


def unfired():
    """The levels of the catalogue at which no history of this run fired their rule."""
    wanted = {
        (rule, mode, level)
        for rule, pairs in catalogue.CATALOGUE.items()
        for pair in pairs
        for mode, level in zip(("gate", "fact"), pair.split("/"), strict=True)
        if level != "-"
    }
    return sorted(wanted - FIRED)


class EveryLevelFired:
    """Fails a run of all tests of this folder in which a rule did not fire at one of its levels."""

    def __init__(self):
        self.complete, self.missing = False, []

    def pytest_collection_finish(self, session):
        ran = {Path(item.path) for item in session.items}
        self.complete = ran >= set(HERE.glob("test_*.py")) and not session.config.getoption("keyword")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.complete and exitstatus == pytest.ExitCode.OK and (missing := unfired()):
            self.missing = missing
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for rule, mode, level in self.missing:
            terminalreporter.write_line(f"No history fires {rule} at {level} ({mode}).", red=True)


def pytest_configure(config):
    config.pluginmanager.register(EveryLevelFired(), "every-level-fired")
