"""`ruleseven demo`: a shipped scenario played, then what each of its users would look at."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import click

from cli import exits, scenario, tour
from cli.player import Player
from cli.scenario import Scenario
from cli.wiring import Verb, wiring
from cli.words import answer, count, say

SCENARIO = "sarahs-law.jsonl"
MARK = "ruleseven-demo.json"  # lists what a demo made in its folder, so that the next one replaces that and no more


@click.command(cls=Verb)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("ruleseven-demo"),
    show_default=True,
    metavar="DIR",
    help="Where its ledgers go; an earlier demo there is replaced.",
)
def demo(into: Path) -> int:
    """Play a whole scenario and show what each user would look at."""
    with (files("cli") / "scenarios" / SCENARIO).open("rb") as stream:
        script = scenario.read(stream)
    make_room(into, script)
    with ExitStack() as stack:
        results = list(Player(script, into, stack).play())
    wrong = [result for result in results if result.json.get("held") is False]
    for result in wrong:
        result.show(as_json=wiring().json)
    if wiring().json:
        answer({"into": str(into), "lines": len(results), "wrong": len(wrong)})
    else:
        say("Sarah's Law: asked to keep it to herself, she refuses, twice", bold=True, colour="cyan")
        kept = "everything came as expected" if not wrong else f"{count(len(wrong), 'line')} did not come as expected"
        cast = ", ".join(agency.name for agency in script.agencies)
        say(f"Played {count(len(results), 'line')} into {count(len(script.agencies), 'ledger')} ({cast}): {kept}.")
        say("These are practice ledgers: their times are supplied, and they are evidence of nothing.", colour="magenta")
        tour.show(into)
    return exits.INTEGRITY if wrong else exits.DONE


def make_room(into: Path, script: Scenario) -> None:
    """An empty folder for the demo: an earlier demo's things are removed, anybody else's are not touched."""
    from ledger.errors import ForeignFile

    for name in _made_before(into / MARK):
        path = into / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (into / MARK).unlink(missing_ok=True)
    if into.exists() and any(into.iterdir()):
        raise ForeignFile(
            f"{into} holds something that no demo made; it is not touched. Name another folder with --into"
        )
    into.mkdir(parents=True, exist_ok=True)
    ledgers = [name for agency in script.agencies for name in (agency.id, f"{agency.id}.recovery")]
    (into / MARK).write_text(json.dumps({"made": [*ledgers, *tour.FILES]}), encoding="utf-8")


def _made_before(mark: Path) -> list[str]:
    """The names that an earlier demo noted down; only plain names, nothing outside its folder."""
    try:
        names = json.loads(mark.read_text(encoding="utf-8"))["made"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    plain = [name for name in names if isinstance(name, str) and name.isprintable()] if isinstance(names, list) else []
    return [name for name in plain if Path(name).name == name and name not in ("", ".", "..")]
