"""`ruleseven key`: what the agency's public key is, and the card that says so to others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.pages import fields
from cli.wiring import Verb, Verbs, wiring
from cli.words import answer, plain, say

if TYPE_CHECKING:
    from ledger import Ledger


@click.group(cls=Verbs)
def key() -> None:
    """Show the agency's key, or write its card."""


@key.command("show", cls=Verb)
@click.option("--vkey", is_flag=True, help="Nothing but the key, as verifiers take it.")
def show(vkey: bool) -> None:
    """Show the key this ledger signs with."""
    wired = wiring()
    with wired.open() as ledger:
        found = {
            "ledger": ledger.id.hex(),
            "agency": ledger.agency_id,
            "name": ledger.agency_name,
            "practice": ledger.practice,
            "key_id": ledger.key_id.hex(),
            "vkey": ledger.vkey,
        }
    if wired.json:
        answer(found)
    elif vkey:
        click.echo(plain(found["vkey"]))
    else:
        fields(found)


@key.command("card", cls=Verb)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def card(out: Path) -> None:
    """Write the agency's public card, for those who verify."""
    wired = wiring()
    with wired.open() as ledger:
        written = card_of(ledger)
    replace(out, written)
    if wired.json:
        answer({"file": str(out), "bytes": len(written)})
    else:
        say(f"Wrote {out}. Hand it over where the other side can be sure that it is yours.")


def card_of(ledger: Ledger) -> bytes:
    """The bytes of the agency's card, as it stands at the ledger's head."""
    from ledger import write_card

    return write_card(ledger.charter, ledger.reading(1).row.record, ledger.head(), ledger.signer)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in the place of an older one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
