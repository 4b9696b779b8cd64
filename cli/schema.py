"""`ruleseven schema`: the JSON Schema of one command, or of all."""

from __future__ import annotations

import json

import click

from cli.wiring import Verb, wiring
from cli.words import answer


@click.command(cls=Verb)
@click.argument("command", required=False)
def schema(command: str | None) -> None:
    """Print the JSON Schema of one COMMAND, or of all by name."""
    from ledger import BY_NAME, schema
    from ledger.errors import UnknownId

    names = sorted(name for name, kind in BY_NAME.items() if kind.commanded)
    if command is not None and command not in names:
        from difflib import get_close_matches

        near = get_close_matches(command, names, 3, 0.5)
        hint = f"nearest: {', '.join(near)}" if near else "'ruleseven schema' prints them all"
        raise UnknownId(f"{command} is not a command; {hint}")
    found = schema(command) if command else {name: schema(name) for name in names}
    if wiring().json:
        answer(found)
    else:
        click.echo(json.dumps(found, indent=2))
