"""`ruleseven views --follow`: views kept current in a process of their own while others record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.wiring import wiring
from cli.words import answer, complain, count, say

if TYPE_CHECKING:
    from projections import Built


def following(names: Sequence[str], every: float) -> None:
    """Say after each catching up to where it came, until interrupted."""
    from projections import keep_current

    def wait() -> bool:
        time.sleep(every)
        return True

    wired = wiring()
    with wired.open() as ledger:
        for built in keep_current(ledger, names or None, wait, complain):
            _say(built, json=wired.json)


def _say(built: Sequence[Built], *, json: bool) -> None:
    reached = min(built, key=lambda one: one.position)
    if json:
        answer({"views": [one.name for one in built], "position": reached.position, "hash": reached.hash.hex()})
        return
    say(f"{count(len(built), 'view')} built to record {reached.position}")
    for note in dict.fromkeys(one.note for one in built if one.note):
        say(f"  {note}")
