"""`ruleseven tiles`: the tree and the records as static files, for a partner to mirror and anybody to check."""

from __future__ import annotations

from pathlib import Path

import click

from cli.checkpoint import REBUILT
from cli.wiring import Verb, wiring
from cli.words import answer, complain, count, say


@click.command(cls=Verb)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def tiles(target: Path) -> None:
    """Write the tree as files to DIR, or bring them up to date.

    They are C2SP tlog-tiles, and hold every record. That shows how many records were written in which hour, and nothing
    of what they say.
    """
    from ledger import publish_tiles

    wired = wiring()
    with wired.open() as ledger:
        made = publish_tiles(ledger, target)
    if made.rebuilt:
        complain(REBUILT)
    if wired.json:
        shown = {"folder": str(target), "size": made.size, "root": made.root.hex()}
        answer(shown | {"written": made.written, "rebuilt": made.rebuilt})
        return
    say(f"{target} holds the tree of {count(made.size, 'record')}, root {made.root.hex()}.")
    say(f"Written now: {count(made.written, 'file')}.")
