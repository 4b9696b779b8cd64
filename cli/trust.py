"""`ruleseven trust`: whom a person has decided to trust, in a ledger's folder or as files for verification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import settings
from cli.table import table
from cli.wiring import Verb, Verbs, wiring
from cli.words import answer, say

if TYPE_CHECKING:
    from ledger import Partner, Trust


@click.group(cls=Verbs)
def trust() -> None:
    """Note down whose agency's word to trust."""


@trust.command("add", cls=Verb)
@click.argument("card", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="NAME", help="Your name for the agency: best its id, as HMC.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A trust file of its own.")
def add(card: Path, name: str, out: Path | None) -> None:
    """Trust an agency by its CARD, or take its newer card.

    In a ledger's folder it joins those whose notices and extracts that ledger receives. Elsewhere, and with --out, it
    becomes a trust file for verify --trust.
    """
    from ledger import TrustFolder, load_card

    data, read = load_card(card)
    wired = wiring()
    if out is None and (wired.folder / "ledger.db").exists():
        with wired.open() as ledger:
            partner, known = TrustFolder(ledger).add(data, name)
            path = ledger.folder.trust / f"{name}.json"
        _added(path, partner.trust, {"agency": partner.card.claims.agency_id, "updated": known})
        return
    decided = read.trust(name)
    _added(_file(decided, name, out), decided, {})


def _file(decided: Trust, name: str, out: Path | None) -> Path:
    from ledger import TrustFolder
    from ledger.errors import ForeignFile

    TrustFolder.check_name(name)
    path = out or settings.user_file().parent / "trust" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(decided.to_json())
    except FileExistsError:
        raise ForeignFile(f"{path} exists already. Compare the two, then remove it") from None
    return path


def _added(path: Path, decided: Trust, more: dict[str, Any]) -> None:
    charter = (decided.charter_sha256 or b"").hex()
    if wiring().json:
        answer({"file": str(path), "name": decided.name, "charter_sha256": charter, **more})
        return
    if more.get("updated"):
        say(f"{decided.name} was trusted before; its newer card agrees with what was seen of it, and takes its place.")
        return
    say(f"Wrote {path}. " + ("receive believes it now." if more else f"Give it to verify as --trust {path}."))
    if more and more["agency"] != decided.name:
        say(f"It calls itself {more['agency']}; here it is {decided.name}, and what it sends is recorded as from that.")
    say("Before you rely on it, have the agency read this to you by another way than the card came:")
    say(f"  charter SHA-256 {charter}")


@trust.command("list", cls=Verb)
def listed() -> None:
    """Show whom this ledger trusts."""
    from ledger import TrustFolder

    wired = wiring()
    with wired.open() as ledger:
        rows = [_row(partner) for partner in TrustFolder(ledger).all()]
    if wired.json:
        answer({"rows": rows})
    elif not rows:
        say("Nobody yet: trust add CARD --as NAME.")
    else:
        shown = ("name", "calls itself", "charter SHA-256", "newest head", "parcels")
        table(
            shown,
            [
                (
                    r["name"],
                    r["agency_name"],
                    r["charter_sha256"][:16],
                    str(r["head"]["position"]),
                    "yes" if r["parcels"] else "no key",
                )
                for r in rows
            ],
        )


def _row(partner: Partner) -> dict[str, Any]:
    position, digest = partner.trust.head or partner.card.head
    return {
        "name": partner.name,
        "agency": partner.card.claims.agency_id,
        "agency_name": partner.card.claims.name,
        "ledger": partner.card.ledger.hex(),
        "charter_sha256": (partner.trust.charter_sha256 or b"").hex(),
        "head": {"position": position, "hash": digest.hex()},
        "parcels": bool(partner.card.hpke),
    }


@trust.command("remove", cls=Verb)
@click.argument("name")
def remove(name: str) -> None:
    """Trust an agency no longer; what was received of it stays recorded."""
    from ledger import TrustFolder

    wired = wiring()
    with wired.open() as ledger:
        TrustFolder(ledger).remove(name)
    if wired.json:
        answer({"name": name, "removed": True})
    else:
        say(f"{name} is trusted no longer. What was received from it stays recorded.")
