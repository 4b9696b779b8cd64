"""`ruleseven trust`: whom a person has decided to trust, as files that verification is given."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cli import settings
from cli.wiring import Verb, Verbs, wiring
from cli.words import answer, say

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LARGEST = 1 << 20


@click.group(cls=Verbs)
def trust() -> None:
    """Note down whose agency's word to trust."""


@trust.command("add", cls=Verb)
@click.argument("card", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="NAME", help="The name you know the agency by.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where it goes.")
def add(card: Path, name: str, out: Path | None) -> None:
    """Make a trust file of an agency's CARD."""
    from ledger import read_card
    from ledger.errors import ForeignFile, UsageError

    if not NAME.fullmatch(name):
        raise UsageError("--as names a file too: letters, digits, dot, dash and underscore, at most 64")
    with card.open("rb") as file:
        decided = read_card(file.read(LARGEST)).trust(name)
    path = out or settings.user_file().parent / "trust" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(decided.to_json())
    except FileExistsError:
        raise ForeignFile(f"{path} exists already. Compare the two, then remove it") from None
    charter = (decided.charter_sha256 or b"").hex()
    if wiring().json:
        answer({"file": str(path), "name": name, "charter_sha256": charter})
        return
    say(f"Wrote {path}. Give it to verify as --trust {path}.")
    say("Before you rely on it, have the agency read this to you by another way than the card came:")
    say(f"  charter SHA-256 {charter}")
