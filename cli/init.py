"""`ruleseven init`: a new ledger with keys, vault and one record, the genesis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli import passphrase, settings
from cli.times import TIME
from cli.wiring import Verb, Wiring, wiring
from cli.words import answer, say


@click.command(cls=Verb)
@click.option("--id", "agency_id", required=True, metavar="ID", help="The agency's short id, for example HMC.")
@click.option("--agency", required=True, metavar="NAME", help="The agency's name.")
@click.option("--kind", required=True, help="The kind of agency, for example local_authority.")
@click.option("--flag", "flags", multiple=True, metavar="NAME[=VALUE]", help="A flag, for example public_authority.")
@click.option(
    "--recovery",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the recovery key goes: outside the folder, and soon off this machine.",
)
@click.option(
    "--successor-of",
    metavar="CARD|LEDGER:POSITION:HASH",
    help="The ledger that this one goes on from, because its keys are lost: its card, or its id and head.",
)
@click.option("--hsm", metavar="URI", help="The signing key, if it lies in a token: pkcs11:token=T;object=KEY.")
@click.option("--practice", is_flag=True, help="A practice ledger: for trying out, evidence of nothing.")
@click.option("--at", type=TIME, metavar="T", help="The time of its first record (practice only).")
@click.option("--no-passphrase", is_flag=True, help="Leave the keys on disk unprotected.")
def init(no_passphrase: bool, practice: bool, **given: Any) -> None:
    """Create a new ledger."""
    from ledger import Ledger
    from ledger.errors import UsageError

    if given["at"] and not practice:
        raise UsageError("--at is for practice ledgers: a real ledger takes its times from the clock")
    wired = wiring()
    folder = wired.folder
    with Ledger.create(
        folder,
        agency_id=given["agency_id"],
        agency_name=given["agency"],
        kind=given["kind"],
        flags=dict(flag(text) for text in given["flags"]) | _successor(given["successor_of"]),
        recovery=given["recovery"],
        practice=practice,
        passphrase=new_passphrase(wired, no_passphrase, practice),
        at=given["at"],
        token=wired.token(),
        token_key=given["hsm"],
    ) as ledger:
        settings.write(folder / settings.NAME, kept_settings(wired))
        made = {"ledger": ledger.id.hex(), "key_id": ledger.key_id.hex(), "vkey": ledger.vkey, "position": 1}
    if wired.json:
        answer(made)
        return
    say(f"Opened {'a practice' if practice else 'the'} ledger of {given['agency']} in {folder.absolute()}.", bold=True)
    say(f"Its public key, to give to whoever verifies: {made['vkey']}")
    say(f"Its recovery key is in {given['recovery']}. Move it off this machine: nothing else can replace a lost key.")


def new_passphrase(wired: Wiring, unprotected: bool, practice: bool) -> bytes | None:
    """What protects the keys; a practice ledger's are protected only if a source is named."""
    from ledger.errors import UsageError

    chosen = wired.settings()
    chosen.pop(settings.HINT, None)  # what lies in a folder already does not choose the passphrase of a new ledger
    if unprotected:
        if any(wired.flags.get(key) for key in ("passphrase_file", "passphrase_command")):
            raise UsageError("--no-passphrase and a passphrase cannot both be meant: leave one out")
        return None
    return passphrase.given(chosen) if practice else passphrase.new(chosen)


def _successor(old: str | None) -> dict[str, bool | str]:
    """The flag that quotes the head of the ledger before this one, from its card or as it stands."""
    from ledger import Trust

    if old is None:
        return {}
    if not Path(old).exists():
        return {"successor_of": old.lower()}
    trusted = Trust.load(Path(old))
    if trusted.ledger is None or trusted.head is None:
        raise click.BadParameter(f"{old} names no ledger with its head: give its card, or LEDGER:POSITION:HASH")
    position, digest = trusted.head
    return {"successor_of": f"{trusted.ledger.hex()}:{position}:{digest.hex()}"}


def kept_settings(wired: Wiring) -> dict[str, Any]:
    """What the folder's settings keep of the flags, so that the next command need not repeat them."""
    kept = {key: wired.flags.get(key) for key in settings.KEYS if key != "passphrase_command"}
    if kept["passphrase_file"]:
        kept["passphrase_file"] = str(Path(kept["passphrase_file"]).absolute())
    return kept


def flag(text: str) -> tuple[str, bool | str]:
    """`name` or `name=true` as a truth value, `name=value` as a text."""
    name, equals, value = text.partition("=")
    return name, {"true": True, "false": False}.get(value, value) if equals else True
