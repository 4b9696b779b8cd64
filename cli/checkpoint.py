"""`ruleseven checkpoint` and `consistency`: how many records there are under which root, for others to keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import exits
from cli.key import replace
from cli.wiring import Verb, wiring
from cli.words import answer, complain, count, listed, say

if TYPE_CHECKING:
    from ledger import CheckpointMade, Ledger

REBUILT = "The cached tree (tiles.db) did not agree with what was signed; it was built anew from the records."


@click.command(cls=Verb)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where it goes.")
@click.option(
    "--witness",
    "urls",
    multiple=True,
    metavar="URL",
    help="Ask this witness to cosign it, by --policy; as many as you like.",
)
@click.option(
    "--policy", type=click.Path(path_type=Path), metavar="FILE", help="Whose cosignatures are wanted, and how many."
)
def checkpoint(out: Path | None, urls: tuple[str, ...], policy: Path | None) -> int:
    """Sign a checkpoint of the ledger as it is now.

    Give it to somebody else to keep: `verify --against FILE` then shows whether anything before it was changed. Exit 5
    if a witness gave no cosignature, or if they are too few for the policy.
    """
    from ledger import sign_checkpoint

    if urls and policy is None:
        raise click.UsageError("--witness asks for cosignatures: --policy FILE says whose keys they must be by")
    wired = wiring()
    with wired.open() as ledger:
        made = sign_checkpoint(ledger)
        data, witnessed = cosigned(ledger, made, urls, policy)
    if made.rebuilt:
        complain(REBUILT)
    given_out(data, out)
    if wired.json:
        shown = {"origin": made.origin, "size": made.size, "root": made.root.hex(), "rebuilt": made.rebuilt}
        answer(shown | as_json(data, out) | witnessed)
    elif out:
        say(f"Wrote {out}: {count(made.size, 'record')}, root {made.root.hex()}.")
        if names := witnessed.get("witnesses"):
            say(f"Cosigned by {listed(names)}.")
    else:
        verbatim(data)
    return exits.UNDECIDED if witnessed.get("refused") or witnessed.get("enough") is False else exits.DONE


def cosigned(
    ledger: Ledger, made: CheckpointMade, urls: tuple[str, ...], policy: Path | None
) -> tuple[bytes, dict[str, Any]]:
    """The checkpoint with the witnesses' cosignatures, and who gave one; each that did not is complained of."""
    from ledger import gather, read_quorum

    if policy is None:
        return made.data, {}
    quorum = read_quorum(policy)
    quorum.exclude(made.origin, [ledger.signer.public])
    known = {cosigner: witness.name for witness in quorum.witnesses for cosigner in witness.cosigners}
    found = gather(ledger, made, urls, list(known))
    for why in found.refused.values():
        complain(why)
    signed = {name for given in found.given.values() for name in given}
    names = list(dict.fromkeys(name for cosigner, name in known.items() if cosigner.name in signed))
    enough = len(names) >= quorum.needed
    if not enough:
        complain(f"{count(len(names), 'witness', 'witnesses')} cosigned, and the policy wants {quorum.needed}.")
    return found.data, {"cosigned": found.given, "witnesses": names, "refused": found.refused, "enough": enough}


@click.command(cls=Verb)
@click.argument("old", type=click.IntRange(min=0))
@click.argument("new", type=click.IntRange(min=0))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The proof, for `cosign`.")
def consistency(old: int, new: int, out: Path | None) -> None:
    """Show that the tree of NEW records begins with that of OLD.

    Prints the hashes of the proof in base64, a line each.
    """
    import base64

    from ledger import Beginning, beginning_to_json, prove_consistency

    wired = wiring()
    with wired.open() as ledger:
        made = prove_consistency(ledger, old, new)
    if made.rebuilt:
        complain(REBUILT)
    if out:
        replace(out, beginning_to_json(Beginning(old, made.old_root, made.hashes), new, made.new_root).encode())
    if wired.json:
        roots = {"old_root": made.old_root.hex(), "new_root": made.new_root.hex()}
        file = {"file": str(out)} if out else {}
        proof = [digest.hex() for digest in made.hashes]
        answer({"old": old, "new": new, **roots, "proof": proof, "rebuilt": made.rebuilt, **file})
        return
    if out:
        say(f"Wrote {out}: the proof that the first {old} of {count(new, 'record')} are the tree of {old}.")
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
