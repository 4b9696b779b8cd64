"""`ruleseven extract codes`: what the options of `extract create` take that take codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.reasons import REASONS
from cli.wiring import Verb, wiring
from cli.words import answer, say

if TYPE_CHECKING:
    from ledger import Ledger

VOCABULARIES = {
    "--purpose": "purposes",
    "--basis": "conditions",
    "--marking": "markings",
    "--how": "methods",
    "--restrictions": "restrictions",
    "--withhold": "redaction_reasons",
}


NEVER = "insecure_methods"  # ways by which some things went, and by which nothing is given


@click.command(cls=Verb)
def codes() -> None:
    """List the codes that the options of create take."""
    wired = wiring()
    with wired.open() as ledger:
        known = {option: _codes(ledger, name) for option, name in VOCABULARIES.items()}
    if wired.json:
        answer({"rows": [{"option": option, "codes": listed} for option, listed in known.items()]})
        return
    for option, listed in known.items():
        say(option, bold=True)
        for code in listed:
            meaning = REASONS.get(code) if option == "--withhold" else None
            say(f"  {code}: {meaning}" if meaning else f"  {code}")


def _codes(ledger: Ledger, vocabulary: str) -> list[str]:
    """Of every edition that is registered, in the order in which they list them."""
    book = ledger.agency().book
    found = dict.fromkeys(code for edition in book.registered for code in edition.vocabulary.get(vocabulary, ()))
    return [code for code in found if code not in book.codes(NEVER)]
