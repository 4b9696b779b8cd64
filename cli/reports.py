"""`ruleseven withdrawals`, `refusals`, `obligations`, `view NAME` and `views`: questions asked of a whole ledger."""

from __future__ import annotations

import datetime as dt

import click

from cli.asking import ask
from cli.obligations_page import obligations_page
from cli.refusals_page import refusals_page
from cli.table import table
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import answer

AS_AT = click.option("--as-at", type=TIME, metavar="T", help="What the ledger said then, that moment included.")


@click.command(cls=Verb)
@AS_AT
def withdrawals(as_at: dt.datetime | None) -> None:
    """Show the history of consent withdrawals."""
    ask("withdrawals", {}, as_at)


@click.command(cls=Verb)
@AS_AT
def refusals(as_at: dt.datetime | None) -> None:
    """Report the undertakings that were refused."""
    ask("refusals", {}, as_at, refusals_page)


@click.command(cls=Verb)
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--case", "case_id", metavar="CASE", help="Only what one case asks for.")
@AS_AT
def obligations(overdue: bool, case_id: str | None, as_at: dt.datetime | None) -> None:
    """Show what is owed by whom until when."""
    asked = {"overdue": "yes"} if overdue else {}
    ask("obligations", asked | ({"case": case_id} if case_id else {}), as_at, obligations_page)


@click.command(cls=Verb)
@click.argument("name")
@click.option("--arg", "args", multiple=True, metavar="KEY=VALUE", help="What the view asks for, for example case=C1.")
@AS_AT
def view(name: str, args: tuple[str, ...], as_at: dt.datetime | None) -> None:
    """Show any view by NAME; 'ruleseven views' lists them."""
    pairs = [text.partition("=") for text in args]
    if bad := [key for key, equals, _ in pairs if not (key and equals)]:
        raise click.UsageError(f"--arg {bad[0]}: write KEY=VALUE, for example case=C1")
    ask(name, {key: value for key, _, value in pairs}, as_at)


@click.command(cls=Verb)
def views() -> None:
    """List the views and the question that each answers."""
    from projections import projections

    listed = [{"name": p.name, "title": p.title, "version": p.version} for p in projections().values()]
    if wiring().json:
        answer({"rows": listed, "totals": {"views": len(listed)}})
    else:
        table(["view", "answers"], [[row["name"], row["title"]] for row in listed])
