"""`ruleseven replay`: the history of a case or scheme, step by step as it was recorded, and that it is the chain's."""

from __future__ import annotations

import datetime as dt
import sys

import click

from cli.known import kind_options
from cli.replay_page import end_page, start_page, step_page
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import answer, complain


@click.command(cls=Verb)
@click.argument("case_id", metavar="CASE")
@kind_options
@click.option("--by", type=click.Choice(["event", "day"]), default="event", help="What is one step [event].")
@click.option("--to", type=TIME, metavar="T", help="Only what was recorded by then, that moment included.")
@click.option("--step", type=int, metavar="N", help="One step alone, with all that stood before and after it.")
@click.option("--prove", is_flag=True, help="Sign a checkpoint, and prove what is shown to be the beginning of it.")
@click.option("--pause", is_flag=True, help="Wait for a key after each step, on a terminal.")
def replay(
    case_id: str, only: str | None, by: str, to: dt.datetime | None, step: int | None, prove: bool, pause: bool
) -> None:
    """Step through the history of a case or scheme.

    The steps are in the order in which they were recorded: what was recorded after --to is in none of them, whatever
    it says of earlier days.
    """
    from ledger import About
    from projections import replay as replayed

    wired = wiring()
    with wired.open() as ledger:
        file = About(only, case_id) if only else case_id
        found = replayed(ledger, file, by=by, to=to, step=step, prove=prove)
        practice = ledger.practice
    if wired.json:
        answer({**found, "practice": practice})
        return
    if pause and not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain("--pause waits for a key on a terminal, and here is none: every step is shown at once.")
        pause = False
    start_page(found, practice=practice)
    for one in found["steps"]:
        step_page(one, found["steps_in_all"])
        if pause and one is not found["steps"][-1]:
            click.pause()
    end_page(found, state=step is not None or to is not None)
