"""`ruleseven case`: the current or a past view of one case or scheme."""

from __future__ import annotations

import datetime as dt

import click

from cli.asking import ask
from cli.file_page import file_page
from cli.times import TIME
from cli.wiring import Verb


@click.command(cls=Verb)
@click.argument("case_id", metavar="CASE")
@click.option("--scheme", "only", flag_value="scheme", help="CASE is a scheme's id, where a case has the same.")
@click.option("--case", "only", flag_value="case", help="CASE is a case's id, where a scheme has the same.")
@click.option("--as-at", type=TIME, metavar="T", help="What the ledger said then, that moment included.")
@click.option("--as-known-by", "agency", metavar="AGENCY", help="What AGENCY knew at the time --at.")
@click.option("--at", type=TIME, metavar="T", help="With --as-known-by: when.")
def case(case_id: str, only: str | None, as_at: dt.datetime | None, agency: str | None, at: dt.datetime | None) -> None:
    """Show a case or scheme: what is decided, pending, found."""
    if (agency is None) != (at is None):
        raise click.UsageError("--as-known-by and --at go together: who, and when")
    known = {"as_known_by": agency, "at": at} if agency else {}
    ask("case", {only or "id": case_id, **known}, as_at, file_page)
