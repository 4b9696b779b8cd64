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

    Every record still verifies. Nothing brings the content back but backups made before: replace those. Of a person it
    says which words about them are sealed under other keys, as a case's, and stay.
    """
    from ledger import Actor, words_left
    from ledger.errors import Malformed

    wired = wiring()
    kind, colon, ref = scope.partition(":")
    if not (kind and colon and ref):
        raise Malformed("The option --scope needs a kind and an id, for example consent:CON-1.")
    for name, said in why.items():
        if not said.strip():
            raise Malformed(f"What is erased is gone for good: say why, and on whose authority (--{name}).")
    who = wired.actor()
    with wired.open() as ledger:
        made = ledger.erase(kind, ref, **why, case=case, actor=Actor(**who) if who else None)
        left = words_left(ledger, ref) if kind == "person" else []
    if wired.json:
        answer(made._asdict() | {"remaining": [one._asdict() for one in left]})
        return
    gone = count(made.fields, "sealed field")
    say(f"Erased {made.scope}: {gone} can no longer be read, and record {made.position} says so.")
    for one in left:
        records = ", ".join(map(str, one.positions))
        never = "" if one.erasable else "; that key is never erased"
        say(f"Words that may speak of {ref} are sealed under {one.scope} and can be read (records {records}){never}.")
    if any(one.erasable for one in left):
        say("Where they are to go too, erase that scope: everything that is sealed under it goes with them.")
    say("Now make new backups of vault.db and keys/vault.key, apart from each other, and destroy the old ones: the new")
    say("vault does not open with the old key, and whoever has both of the old ones can still read what was erased.")
