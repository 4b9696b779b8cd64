"""A run with a skipped or xfailed test is a failed run: what was not tried was not shown.

There is no flag to allow it. A test that cannot run everywhere brings what it needs, or fails and says what is missing.
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
# Continuous integration tries the same examples each time: a red run must be the change's doing.
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


class NothingSkipped:
    """Fails a run in which any test, or any file of tests, was not run through to its own verdict."""

    def __init__(self):
        self.not_run = []

    def pytest_collectreport(self, report):
        if report.skipped:
            self.not_run.append(report.nodeid)

    def pytest_runtest_logreport(self, report):
        # An xfailed test reports as skipped; one that passed against `xfail` carries its excuse in `wasxfail`.
        if report.skipped or hasattr(report, "wasxfail"):
            self.not_run.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.not_run and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for nodeid in self.not_run:
            terminalreporter.write_line(f"Not run, which fails the whole run: {nodeid}", red=True)


def pytest_configure(config):
    config.pluginmanager.register(NothingSkipped(), "nothing-skipped")
