"""Asking a projection, from whichever verb: show, then print as JSON or as a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from cli.pages import page
from cli.wiring import wiring
from cli.words import answer, say

Page = Callable[[Mapping[str, Any]], None]


def ask(name: str, args: Mapping[str, Any], as_at: dt.datetime | None, shown_by: Page = page) -> None:
    """Print what the projection `name` answers, now or as at a past moment."""
    from projections import show

    wired = wiring()
    with wired.open() as ledger:
        found = show(ledger, name, dict(args), as_at)
        practice = ledger.practice
    if wired.json:
        answer({**found, "practice": practice})
        return
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    shown_by(found)
