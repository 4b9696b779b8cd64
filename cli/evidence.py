"""`ruleseven fork`: evidence that a ledger told two histories, made and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.checked import checked
from cli.cosign import small
from cli.key import replace
from cli.verify import dated
from cli.verify_page import COLOURS
from cli.wiring import Verb, Verbs, trust_option, wiring
from cli.words import answer, count, say

if TYPE_CHECKING:
    from ledger import EvidenceReport


@click.group(cls=Verbs)
def fork() -> None:
    """Make or check evidence that a ledger told two histories."""


@fork.command("evidence", cls=Verb)
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--card", required=True, type=click.Path(path_type=Path), metavar="FILE", help="That ledger's card.")
@click.option(
    "--consistency",
    "proof",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the larger one's ledger gives as `consistency OLD NEW --out FILE`.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def evidence(first: Path, second: Path, card: Path, proof: Path | None, out: Path) -> None:
    """Put two checkpoints of one ledger that contradict each other into a file, signed by this ledger.

    Exit 5 where they may both be true.
    """
    from ledger import load_card, make_evidence, read_beginning

    of_card, _ = load_card(card)
    beginning = read_beginning(proof) if proof else None
    wired = wiring()
    with wired.open() as ledger:
        made = make_evidence(ledger, of_card, (small(first), small(second)), beginning)
    replace(out, made)
    if wired.json:
        answer({"file": str(out), "bytes": len(made)})
    else:
        say(f"Wrote {out}. Anybody who trusts that ledger's charter can check it: fork verify {out} --trust FILE.")


@fork.command("verify", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@trust_option("Whose ledger it is about: a trust file, an agency's card or its public key.")
def verify(file: Path, trust_file: Path) -> int:
    """Check evidence against a ledger. Exit 0: it is proven; 1: the file does not hold; 5: it proves nothing."""
    from ledger import check_evidence

    return checked(file, trust_file, "evidence of a fork", check_evidence, report_json, _show)


def report_json(found: EvidenceReport) -> dict[str, Any]:
    """The verdict, and the two checkpoints as far as their signatures hold."""
    signed = [
        {"size": checkpoint.size, "root": checkpoint.root.hex(), "time": time} for checkpoint, time in found.signed
    ]
    return {
        "verdict": found.verdict,
        "shows": found.shows,
        "reason": found.reason,
        "origin": found.origin,
        "brought_by": found.brought_by,
        "checkpoints": signed,
    }


def _show(found: EvidenceReport, name: str) -> None:
    if found.verdict == "verified":
        say(f"Proven of the ledger of {name}: {found.shows}, since {found.reason}.", colour="red", bold=True)
        for checkpoint, time in found.signed:
            say(f"  Signed {dated(time)}: {count(checkpoint.size, 'record')}, root {checkpoint.root.hex()}")
        say(f"  Brought by somebody who calls themselves {found.brought_by}; the proof does not rest on their word.")
    else:
        say(f"{found.verdict.capitalize()}: {found.reason}.", colour=COLOURS[found.verdict], bold=True)
