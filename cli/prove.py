"""`ruleseven prove`: a file that shows, to whoever holds it, that one record is in the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from cli.checkpoint import REBUILT, as_json, given_out, verbatim
from cli.key import replace
from cli.wiring import Verb, wiring
from cli.words import answer, complain, count, say


@click.command(cls=Verb)
@click.argument("position", type=click.IntRange(min=1))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where the proof goes.")
@click.option(
    "--record",
    "record_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the record itself goes, its exact 193 bytes; they hold no content.",
)
def prove(position: int, out: Path | None, record_file: Path | None) -> None:
    """Prove that one record is in the ledger.

    The proof is under a signed checkpoint: a receipt for others to keep. `verify --against FILE` shows whether it still
    holds.
    """
    from ledger import prove

    wired = wiring()
    with wired.open() as ledger:
        made = prove(ledger, position)
    if made.rebuilt:
        complain(REBUILT)
    given_out(made.data, out)
    if record_file:
        replace(record_file, made.record)
    if wired.json:
        shown = {"position": position, "index": position - 1, "size": made.size, "root": made.root.hex()}
        proof = [digest.hex() for digest in made.hashes]
        files = {"record_file": str(record_file)} if record_file else {}
        answer(
            shown
            | {"proof": proof, "rebuilt": made.rebuilt, "record": made.record.hex()}
            | files
            | as_json(made.data, out)
        )
        return
    if not out:
        verbatim(made.data)
        return
    say(f"Wrote {out}: record {position} is in the tree of {count(made.size, 'record')}, root {made.root.hex()}.")
    if record_file:
        say(f"Wrote {record_file}: the record itself.")
