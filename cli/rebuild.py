"""`ruleseven rebuild`: projections from zero, which must come to the same."""

from __future__ import annotations

import click

from cli.table import table
from cli.wiring import Verb, wiring
from cli.words import answer


@click.command(cls=Verb)
@click.argument("name", required=False)
def rebuild(name: str | None) -> None:
    """Build all views, or NAME, anew from the first record."""
    from projections import rebuild

    wired = wiring()
    with wired.open() as ledger:
        built = [
            {"name": r.name, "position": r.position, "hash": _hex(r.hash), "digest": _hex(r.digest)}
            for r in rebuild(ledger, name)
        ]
    if wired.json:
        for one in built:
            answer(one)
    else:
        table(
            ["view", "built to", "digest"], [[one["name"], one["position"], one["digest"]] for one in built], right=[1]
        )


def _hex(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.hex()
