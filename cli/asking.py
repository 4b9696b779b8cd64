"""Asking a projection, from whichever verb: show, then print as JSON, as rows or as a page, or write a document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from cli.delimited import asked_form, rows_of, write
from cli.out import asked_out, write_out
from cli.pages import page
from cli.wiring import wiring
from cli.words import answer, complain, say

Page = Callable[[Mapping[str, Any]], None]


def ask(name: str, args: Mapping[str, Any], as_at: dt.datetime | None, shown_by: Page = page) -> None:
    """Print what the projection `name` answers, now or as at a past moment."""
    from projections import show

    wired = wiring()
    form, part = asked_form()
    out = asked_out()
    with wired.open() as ledger:
        found = show(ledger, name, dict(args), as_at)
        practice = ledger.practice
        if not wired.json and (note := found.pop("note", None)):  # why the view had to be built anew
            complain(note)
        if out is not None:
            write_out(ledger, name, args, found, out)
            return
    if form is not None:
        write(form, rows_of(found, part, practice=practice))
        return
    if wired.json:
        answer({**found, "practice": practice})
        return
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    shown_by(found)
