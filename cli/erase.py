"""`ruleseven erase`: what was sealed under a case's, a person's or a consent's key can no longer be read by anybody."""

from __future__ import annotations

import click

from cli.wiring import Verb, wiring
from cli.words import answer, count, say


@click.command(cls=Verb)
@click.option(
    "--scope", required=True, metavar="KIND:ID", help="What to erase: case:C, person:P or consent:CON, by its id."
)
@click.option("--reason", required=True, metavar="R", help="Why, in words; kept sealed.")
@click.option("--authority", required=True, metavar="A", help="On whose authority; kept in clear, so no name.")
@click.option("--case", metavar="C", help="The one case it is to reach: if it reaches further, nothing is erased.")
def erase(scope: str, case: str | None, **why: str) -> None:
    """Record an erasure, then destroy the key of its scope.

    Every record still verifies. Nothing brings the content back but backups made before: replace those.
    """
    from ledger import Actor
    from ledger.errors import Malformed

    wired = wiring()
    kind, colon, ref = scope.partition(":")
    if not (kind and colon and ref):
        raise Malformed("--scope needs a kind and an id, for example consent:CON-1")
    who = wired.actor()
    with wired.open() as ledger:
        made = ledger.erase(kind, ref, **why, case=case, actor=Actor(**who) if who else None)
    if wired.json:
        answer(made._asdict())
        return
    gone = count(made.fields, "sealed field")
    say(f"Erased {made.scope}: {gone} can no longer be read, and record {made.position} says so.")
    say("Now make new backups of vault.db and keys/vault.key, apart from each other, and destroy the old ones: the new")
    say("vault does not open with the old key, and whoever has both of the old ones can still read what was erased.")
