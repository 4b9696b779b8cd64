"""`ruleseven cosign`: a partner's checkpoint, cosigned if it follows from what this agency saw before."""

from __future__ import annotations

from pathlib import Path

import click

from cli.key import replace
from cli.wiring import Verb, wiring
from cli.words import answer, count, say


@click.command(cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--consistency",
    "proof",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The partner's proof that it grew: `consistency OLD NEW --out FILE`.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where it goes; else back."
)
def cosign(file: Path, proof: Path | None, out: Path | None) -> None:
    """Cosign a partner's checkpoint.

    Its ledger must be one that this agency witnesses (witness add), and begin with all that was seen of it before.
    """
    from ledger import Witness, no_such, read_beginning
    from ledger.errors import Malformed

    data = small(file)
    beginning = read_beginning(proof) if proof else None
    wired = wiring()
    with wired.open() as ledger:
        try:
            made = Witness(ledger).cosign(data, beginning)
        except Malformed as error:
            better = no_such(file, "checkpoint", error)
            raise (Malformed(f"{file.name}: {error}") if better is error else better) from None
    target = out or file
    replace(target, made.data)
    if wired.json:
        shown = {"origin": made.origin, "log": made.name, "size": made.size, "before": made.before}
        answer({"file": str(target), **shown, "time": made.time})
        return
    say(f"Wrote {target}: {count(made.size, 'record')} of {made.name}, cosigned.")
    say(
        f"Seen before: {count(made.before, 'record')}."
        if made.before
        else "It is the first that was seen of this ledger."
    )


def small(file: Path) -> bytes:
    """A file from outside that is no larger than a signed note may be, and a byte more if it is."""
    with file.open("rb") as opened:
        return opened.read((1 << 20) + 1)
