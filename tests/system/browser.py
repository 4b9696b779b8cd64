"""A real Chromium without a network, for the pages that people open: the verifier page, and the twin of an extract."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from system.tools import HERE

PAGE = HERE.parents[1] / "docs" / "verifier.html"
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--proxy-server=127.0.0.1:9", "--disable-background-networking"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
DROP = """async ([target, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name));
  }
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true});
    document.querySelector(target).dispatchEvent(event);
  }
}"""


def text(data: bytes) -> str:
    """Bytes on their way into a page."""
    return base64.b64encode(data).decode()


class Window:
    """A page opened from a file. `requests`: all that it made, the first for itself; `complaints`: the console's."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())

    def drop(self, *dropped: tuple[str, bytes]) -> None:
        """Drop files, by name and content, on the page."""
        self.page.evaluate(DROP, ["main", [[name, text(content)] for name, content in dropped]])

    def headline(self) -> str:
        """The verdict as people and screen readers get it, once it is there."""
        said: str = self.page.get_by_role("status").get_by_role("heading").inner_text(timeout=60_000)
        return said

    def wait_for(self, headline: str) -> None:
        """Until the verdict is this, without the sign that is for the eye alone."""
        self.page.get_by_role("status").get_by_role("heading", name=headline, exact=True).wait_for()

    def accessible(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, in words."""
        self.page.evaluate(AXE + ";undefined")
        found: dict[str, Any] = self.page.evaluate(
            "(tags) => axe.run(document, {runOnly: tags, preload: false, resultTypes: ['violations']})", WCAG
        )
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


class Browser:
    """Windows in one Chromium, each in a profile of its own."""

    def __init__(self, running: Any) -> None:
        self._running = running

    @contextmanager
    def opened(self, file: Path, *, before: str = "", **context: Any) -> Iterator[Window]:
        """A file in a new window; `before` is a script that runs ahead of the page's own."""
        profile = self._running.new_context(offline=True, **context)
        if before:
            profile.add_init_script(before)
        try:
            yield Window(profile.new_page(), file)
        finally:
            profile.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window of its own; the test fails with what to install."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("chromium is not installed: run make test-system, which installs it.")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=ARGS)
        try:
            yield Browser(running)
        finally:
            running.close()


def verdicts(window: Window, cases: Sequence[tuple[bytes, bytes | None]]) -> list[dict[str, Any]]:
    """What the page's own `verify` says of (extract, trust) pairs, many at once."""
    verify = """async (cases) => {
      const bytes = (said) => said === null ? null : Uint8Array.from(atob(said), (one) => one.charCodeAt(0));
      const reports = [];
      for (const [extract, trust] of cases) reports.push(await ruleseven.verify(bytes(extract), bytes(trust)));
      return reports;
    }"""
    reports: list[dict[str, Any]] = []
    for start in range(0, len(cases), 100):
        part = [[text(data), None if trust is None else text(trust)] for data, trust in cases[start : start + 100]]
        reports += window.page.evaluate(verify, part)
    return reports
