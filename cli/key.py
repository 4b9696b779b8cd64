"""`ruleseven key`: the agency's keys over time, and the card that says so to others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.pages import fields
from cli.table import table
from cli.wiring import Verb, Verbs, Wiring, wiring
from cli.words import answer, complain, count, plain, say

if TYPE_CHECKING:
    from ledger import Actor, KeyMade, KeySpan, Ledger

BROUGHT = {"charter": "the genesis", "rotation": "a rotation", "recovery": "the recovery key"}


@click.group(cls=Verbs)
def key() -> None:
    """Show the agency's keys, replace one, or write its card."""


@key.command("show", cls=Verb)
@click.option("--vkey", is_flag=True, help="Nothing but the live key, as verifiers take it.")
@click.option("--mldsa-vkey", is_flag=True, help="Nothing but the second key of checkpoints (ML-DSA-44), likewise.")
def show(vkey: bool, mldsa_vkey: bool) -> None:
    """Show the key this ledger signs with, and those before it."""
    from ledger import mldsa_vkey as vkey_of_mldsa
    from ledger import signing_keys

    if vkey and mldsa_vkey:
        raise click.UsageError("--vkey and --mldsa-vkey print one key each: name one of them")

    wired = wiring()
    with wired.open() as ledger:
        found = {
            "ledger": ledger.id.hex(),
            "agency": ledger.agency_id,
            "name": ledger.agency_name,
            "practice": ledger.practice,
            "key_id": ledger.key_id.hex(),
            "vkey": ledger.vkey,
            "successor_of": ledger.agency().flags.get("successor_of"),
        }
        second = vkey_of_mldsa(ledger)
        history = [span_json(span) for span in signing_keys(ledger)]
    if wired.json:
        answer(found | {"mldsa_vkey": second, "keys": history})
    elif vkey or mldsa_vkey:
        click.echo(plain(second if mldsa_vkey else found["vkey"]))
    else:
        fields({name: value for name, value in found.items() if value is not None})
        if len(history) > 1:
            say("")
            table(("key", "signs", "brought in by"), [_row(span) for span in history])


def span_json(span: KeySpan) -> dict[str, Any]:
    """One key: the positions it signs (`last` is null for the live key), and what brought it in."""
    return {
        "key_id": span.key_id.hex(),
        "public": span.public.hex(),
        "first": span.first,
        "last": span.last,
        "brought_by": span.brought_by,
        "distrust_from": span.distrust_from,
    }


def _row(span: dict[str, Any]) -> tuple[str, str, str]:
    brought, distrusted, recovery = BROUGHT[span["brought_by"]], span["distrust_from"], span["first"] - 1
    if distrusted is not None and distrusted < recovery:
        brought += f", which disputes {distrusted} to {recovery - 1}"
    signs = f"{span['first']} to {span['last']}" if span["last"] else f"{span['first']} and on"
    return span["key_id"][:16], signs, brought


@key.command("card", cls=Verb)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--new-parcel-key", "renew", is_flag=True, help="Have parcels sealed to a new key; the old opens none.")
def card(out: Path, renew: bool) -> None:
    """Write the agency's public card, for those who verify what it signs and send it parcels."""
    from ledger import new_parcel_key, read_card

    wired = wiring()
    with wired.open() as ledger:
        if renew:
            new_parcel_key(ledger)
        written = card_of(ledger)
    replace(out, written)
    parcels = bool(read_card(written).hpke)
    if wired.json:
        answer({"file": str(out), "bytes": len(written), "parcels": parcels})
        return
    say(f"Wrote {out}. Hand it over where the other side can be sure that it is yours.")
    if not parcels:
        complain("The vault could not be opened, so this card gives no key, and nobody can seal parcels to you.")


HSM = click.option("--hsm", metavar="URI", help="The new key, if it lies in a token: pkcs11:token=T;object=KEY.")


@key.command("rotate", cls=Verb)
@HSM
def rotate(hsm: str | None) -> None:
    """Replace the signing key by a new one, under the same passphrase."""
    from ledger import rotate_key

    wired = wiring()
    with wired.open() as ledger:
        made = rotate_key(ledger, actor=_actor(wired), token_key=hsm)
        found = _made(ledger, made)
    if wired.json:
        answer(found)
        return
    say(f"Record {made.position} brings in a new signing key: {found['vkey']}")
    _afterwards()


@key.command("recover", cls=Verb)
@click.option(
    "--recovery",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The recovery key, as init wrote it.",
)
@click.option(
    "--distrust-from",
    required=True,
    type=int,
    metavar="POSITION",
    help="The first record that may be the work of whoever held the stolen key; the next position if none is.",
)
@click.option("--reason", metavar="R", help="Why, in a few words; it stands in clear, so no name.")
@click.option("--new-mldsa", is_flag=True, help="Replace the second key of checkpoints (ML-DSA-44) too.")
@HSM
def recover(recovery: Path, distrust_from: int, hsm: str | None, **given: Any) -> None:
    """Take a stolen signing key out with the recovery key, and bring a new one in."""
    from ledger import recover_key

    wired = wiring()
    with wired.open() as ledger:
        made = recover_key(ledger, recovery, distrust_from, actor=_actor(wired), token_key=hsm, **given)
        found = _made(ledger, made) | {"distrust_from": distrust_from, "disputed": made.disputed}
    if wired.json:
        answer(found)
        return
    say(f"Record {made.position}, signed by the recovery key, brings in a new signing key: {found['vkey']}")
    if made.disputed:
        disputed = count(made.disputed, "record")
        say(f"From record {distrust_from} on, {disputed} stay and verify, as disputed; every rotation since is void.")
    say(f"Put {recovery} back into its safe.")
    _afterwards()


def _afterwards() -> None:
    say("Make a new backup of keys/, and give your partners a new card (key card --out FILE).")


def _made(ledger: Ledger, made: KeyMade) -> dict[str, Any]:
    return {"position": made.position, "key_id": made.key_id.hex(), "vkey": ledger.vkey}


def _actor(wired: Wiring) -> Actor | None:
    from ledger import Actor

    who = wired.actor()
    return Actor(**who) if who else None


def card_of(ledger: Ledger) -> bytes:
    """The bytes of the agency's card, as it stands at the ledger's head."""
    from ledger import make_card

    return make_card(ledger)


OF_A_LEDGER = ("keys", "ledger.db", "vault.db", "views.db", "tiles.db", "seen.db", "settings.json")


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in the place of an older one; `UsageError` for one of the ledger's own.

    A device or a pipe is written to, and stays what it is.
    """
    from ledger.errors import UsageError

    target = Path(os.path.realpath(path))
    if _is_of_ledger(target, wiring().folder):
        raise UsageError(f"{path} is one of the ledger's own files, and nothing takes its place: name another.")
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(content)
    beside.replace(target)


def _is_of_ledger(target: Path, folder: Path) -> bool:
    """Whether a real path is one of the files of a ledger, one that SQLite keeps beside it, or among its keys."""
    here = Path(os.path.realpath(folder))
    if not (here / "ledger.db").exists() or not target.is_relative_to(here):
        return False
    first = target.relative_to(here).parts[0]
    return first.startswith(OF_A_LEDGER) or first == "trust"
