"""`ruleseven play`: a scenario of several agencies, each in a practice ledger of its own."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from cli import exits, lines, results, scenario
from cli.player import Player
from cli.wiring import Verb, wiring
from cli.words import Progress, count, say


@click.command(cls=Verb)
@click.argument("file", metavar="FILE")
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the ledgers go: DIR/<agency id> each.",
)
def play(file: str, into: Path) -> int:
    """Play a scenario into ledgers; exit 1 if it expects otherwise."""
    wired = wiring()
    with lines.opened(file) as stream:
        script = scenario.read(stream)
    codes, missed, progress = [], 0, Progress("line")
    with ExitStack() as stack:
        for result in Player(script, into, stack).play():
            result.show(as_json=wired.json)
            codes.append(result.code)
            missed += result.json.get("held") is False
            progress.step()
    progress.done()
    if not wired.json:
        kept = "everything came as expected" if not missed else f"{count(missed, 'expectation')} did not hold"
        say(f"Played {count(len(codes), 'line')} into {into}: {kept}.", bold=True, colour="red" if missed else None)
    return results.run_code(codes) if codes else exits.DONE
