"""`ruleseven checkpoint` and `consistency`: how many records there are under which root, for others to keep."""

from __future__ import annotations

from pathlib import Path

import click

from cli.key import replace
from cli.wiring import Verb, wiring
from cli.words import answer, complain, count, say

REBUILT = "The cached tree (tiles.db) did not agree with what was signed; it was built anew from the records."


@click.command(cls=Verb)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where it goes.")
def checkpoint(out: Path | None) -> None:
    """Sign a checkpoint of the ledger as it is now.

    Give it to somebody else to keep: `verify --against FILE` then shows whether anything before it was changed.
    """
    from ledger import sign_checkpoint

    wired = wiring()
    with wired.open() as ledger:
        made = sign_checkpoint(ledger)
    if made.rebuilt:
        complain(REBUILT)
    given_out(made.data, out)
    if wired.json:
        shown = {"origin": made.origin, "size": made.size, "root": made.root.hex(), "rebuilt": made.rebuilt}
        answer(shown | as_json(made.data, out))
    elif out:
        say(f"Wrote {out}: {count(made.size, 'record')}, root {made.root.hex()}.")
    else:
        verbatim(made.data)


@click.command(cls=Verb)
@click.argument("old", type=click.IntRange(min=0))
@click.argument("new", type=click.IntRange(min=0))
def consistency(old: int, new: int) -> None:
    """Show that the tree of NEW records begins with that of OLD.

    Prints the hashes of the proof in base64, a line each.
    """
    import base64

    from ledger import prove_consistency

    wired = wiring()
    with wired.open() as ledger:
        made = prove_consistency(ledger, old, new)
    if made.rebuilt:
        complain(REBUILT)
    if wired.json:
        roots = {"old_root": made.old_root.hex(), "new_root": made.new_root.hex()}
        answer({"old": old, "new": new, **roots, "proof": [h.hex() for h in made.hashes], "rebuilt": made.rebuilt})
        return
    for digest in made.hashes:
        click.echo(base64.b64encode(digest).decode())


def given_out(data: bytes, out: Path | None) -> None:
    """Write what was made to the file that was named, if one was."""
    if out:
        replace(out, data)


def as_json(data: bytes, out: Path | None) -> dict[str, str]:
    """Where what was made went, or the text itself."""
    return {"file": str(out)} if out else {"text": data.decode()}


def verbatim(data: bytes) -> None:
    """Text of our own making on stdout, byte for byte."""
    click.echo(data, nl=False)
