"""`ruleseven case`: the current or a past view of one case or scheme."""

from __future__ import annotations

import datetime as dt

import click

from cli.asking import ask
from cli.file_page import file_page
from cli.known import kind_options, known_by, known_options
from cli.times import TIME
from cli.wiring import Verb


@click.command(cls=Verb)
@click.argument("case_id", metavar="CASE")
@kind_options
@click.option("--as-at", type=TIME, metavar="T", help="What the ledger said then, that moment included.")
@known_options
def case(case_id: str, only: str | None, as_at: dt.datetime | None, agency: str | None, at: dt.datetime | None) -> None:
    """Show a case or scheme: what is decided, pending, found."""
    ask("case", {only or "id": case_id, **known_by(agency, at)}, as_at, file_page)
