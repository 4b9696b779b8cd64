"""`ruleseven witness`: whose ledgers this agency witnesses, and the small server that cosigns their checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cli.cosign import small
from cli.table import table
from cli.wiring import Verb, Verbs, wiring
from cli.words import answer, count, say


class Address(click.ParamType[tuple[str, int]]):
    """Where to listen: HOST:PORT."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
            self.fail(f"{value!r} is not an address: write HOST:PORT, for example 127.0.0.1:8107", param, ctx)
        return host, int(port)


@click.group(cls=Verbs)
def witness() -> None:
    """Witness partners' ledgers, so that none can tell two histories."""


@witness.command("add", cls=Verb)
@click.argument("card", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="NAME", help="The name you know the agency by.")
def add(card: Path, name: str) -> None:
    """Witness the ledger of an agency's CARD, or take its newer card."""
    from ledger import Witness

    wired = wiring()
    with wired.open() as ledger:
        seen = Witness(ledger).add(small(card), name)
    if wired.json:
        answer({"origin": seen.origin, "log": seen.name, "size": seen.size})
        return
    say(f"The ledger of {seen.name} is witnessed from now on; {count(seen.size, 'record')} of it were seen so far.")


@witness.command("list", cls=Verb)
def list_logs() -> None:
    """Show whose ledgers are witnessed, and what was seen of each."""
    from ledger import Witness, from_us

    wired = wiring()
    with wired.open() as ledger:
        seen = Witness(ledger).logs()
    if wired.json:
        rows = [{"log": log.name, "origin": log.origin, "size": log.size, "root": log.root.hex()} for log in seen]
        answer({"rows": [row | {"time": log.time or None} for row, log in zip(rows, seen, strict=True)]})
        return
    times = [from_us(log.time * 1_000_000).isoformat() if log.time else "never" for log in seen]
    table(
        ("ledger of", "records seen", "last cosigned"),
        [(log.name, str(log.size), t) for log, t in zip(seen, times, strict=True)],
    )


@witness.command("key", cls=Verb)
def key() -> None:
    """Print the key that cosigns, as a policy names it."""
    from ledger import Witness

    wired = wiring()
    with wired.open() as ledger:
        vkey = Witness(ledger).vkey
    if wired.json:
        answer({"vkey": vkey})
    else:
        click.echo(vkey)


@witness.command("serve", cls=Verb)
@click.option("--listen", type=Address(), default="127.0.0.1:8107", show_default=True, help="Where; port 0 takes any.")
def serve(listen: tuple[str, int]) -> None:
    """Cosign over HTTP (C2SP tlog-witness) until it is interrupted.

    It asks nobody who they are, and speaks no TLS: beyond this machine, put a web server before it.
    """
    from ledger import Witness, WitnessServer

    wired = wiring()
    with wired.open() as ledger, WitnessServer(Witness(ledger), listen) as server:
        vkey = Witness(ledger).vkey  # asks for the passphrase now, not at the first request
        host, port = server.server_address[:2]
        url = f"http://{host!s}:{port}"
        if wired.json:
            answer({"url": url, "vkey": vkey})
        else:
            say(f"Listening on {url}. Cosigns as {vkey}")
        sys.stdout.flush()
        server.serve_forever()
