"""A replay for people: what was recorded when, what the rules found, what it changed, where the file then stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.chronology_page import late
from cli.pages import when
from cli.results import LEVELS
from cli.table import table
from cli.words import count, say


def start_page(found: Mapping[str, Any], *, practice: bool) -> None:
    """Whose history it is, and how far it is shown."""
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    kind = "scheme" if "scheme" in found else "case"
    to = f", as recorded by {when(found['to'])}" if found["to"] else ""
    say(f"The history of {kind} {found[kind]}{to}: {count(found['steps_in_all'], 'step')}", bold=True)


def step_page(step: Mapping[str, Any], steps: int) -> None:
    """One step: its entries, what was found of them, what they changed."""
    say()
    say(f"Step {step['step']} of {steps}, recorded {when(step['recorded_at'])}", bold=True, colour="cyan")
    for entry in step["entries"]:
        say(f"  {entry['position']}  {entry['event']}, by {entry['who'] or 'nobody named'}{_when(entry)}")
        if entry["detail"]:
            say(f"      {entry['detail']}")
        for one in entry["restrictions"]:
            say(f"      restricted: {one}")
        for finding in entry["findings"]:
            grave, colour = LEVELS[finding[0]]
            say(f"      {grave} {finding[2:]}", colour=colour)
    if step["changed"]:
        rows = [[one["what"], one["before"] or "", "→", one["after"] or "(no more)"] for one in step["changed"]]
        table(["changed", "before", "", "after"], rows, indent=6)


def end_page(found: Mapping[str, Any], *, state: bool) -> None:
    """Where the file stood at the end, if that is asked for, and that what was shown is the chain's beginning."""
    if state:
        say()
        say("Where it stood then", bold=True)
        table(["", "before", "after"], _states(found), indent=2)
    proof = found["proof"]
    say()
    say("Proof", bold=True)
    say(f"  The last record by then is number {proof['position']}, recorded {when(proof['recorded_at'])}:")
    say(f"  {proof['hash']}")
    if tree := proof["tree"]:
        say(
            f"  The first {tree['old']} records are the beginning of the {tree['new']} there are now: "
            f"shown by {count(len(tree['proof']), 'hash', 'hashes')}, from root"
        )
        say(f"  {tree['old_root']} to root")
        say(f"  {tree['new_root']}.")
    else:
        say("  With --prove it is also shown that these records are the beginning of the ledger as it is now.")
    say(f"  Check the whole chain up to it with: ruleseven verify --head {proof['position']}:{proof['hash']}")
    if proof["checkpoint"]:
        say("  A checkpoint was signed over them; 'ruleseven checkpoint --out FILE' gives it away, --json shows it.")


def _when(entry: Mapping[str, Any]) -> str:
    """When it happened and how late it was recorded, where that is not the same."""
    lag = late(entry["late_hours"])
    return f": happened {when(entry['occurred_at'])}, recorded {lag} later" if lag else ""


def _states(found: Mapping[str, Any]) -> list[list[str]]:
    before, after = found["before"], found["after"]
    names = dict.fromkeys([*before, *after])
    return [[name, before.get(name, ""), after.get(name, "")] for name in names]
