"""`ruleseven withdrawals`, `refusals`, `obligations`, `view NAME` and `views`: questions asked of a whole ledger."""

from __future__ import annotations

import datetime as dt

import click

from cli import governance_page, registers_page
from cli.asking import Page, ask
from cli.chronology_page import chronology_page
from cli.delimited import form_options
from cli.findings_page import findings_page
from cli.knowledge_page import knowledge_page
from cli.known import known_by, known_options
from cli.kpis_page import kpis_page
from cli.obligations_page import obligations_page
from cli.out import out_options
from cli.pages import page
from cli.refusals_page import refusals_page
from cli.table import table
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import answer

PAGES: dict[str, Page] = {  # of the views without a verb
    "access": governance_page.access_page,
    "agreements": governance_page.agreements_page,
    "chronology": chronology_page,
    "disclosures": registers_page.disclosures_page,
    "findings": findings_page,
    "integrity": governance_page.integrity_page,
    "knowledge": knowledge_page,
    "kpis": kpis_page,
    "policy": governance_page.policy_page,
    "receipts": registers_page.receipts_page,
    "recipients": governance_page.recipients_page,
    "withheld": registers_page.withheld_page,
}
AS_AT = click.option("--as-at", type=TIME, metavar="T", help="What the ledger said then, that moment included.")


@click.command(cls=Verb)
@AS_AT
@form_options
def withdrawals(as_at: dt.datetime | None) -> None:
    """Show the history of consent withdrawals."""
    ask("withdrawals", {}, as_at)


@click.command(cls=Verb)
@AS_AT
@form_options
def refusals(as_at: dt.datetime | None) -> None:
    """Report the undertakings that were refused."""
    ask("refusals", {}, as_at, refusals_page)


@click.command(cls=Verb)
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--case", "case_id", metavar="CASE", help="Only what one case asks for.")
@AS_AT
@form_options
def obligations(overdue: bool, case_id: str | None, as_at: dt.datetime | None) -> None:
    """Show what is owed by whom until when."""
    asked = {"overdue": "yes"} if overdue else {}
    ask("obligations", asked | ({"case": case_id} if case_id else {}), as_at, obligations_page)


@click.command(cls=Verb)
@click.argument("name")
@click.option("--arg", "args", multiple=True, metavar="KEY=VALUE", help="What the view asks for, for example case=C1.")
@AS_AT
@known_options
@form_options
@out_options
def view(
    name: str, args: tuple[str, ...], as_at: dt.datetime | None, agency: str | None, at: dt.datetime | None
) -> None:
    """Show any view by NAME; 'ruleseven views' lists them."""
    pairs = [text.partition("=") for text in args]
    if bad := [key for key, equals, _ in pairs if not (key and equals)]:
        raise click.UsageError(f"--arg {bad[0]}: write KEY=VALUE, for example case=C1")
    ask(name, {key: value for key, _, value in pairs} | known_by(agency, at), as_at, PAGES.get(name, page))


@click.command(cls=Verb)
@click.argument("names", nargs=-1)
@click.option(
    "--follow", is_flag=True, help="Keep the views (NAMES, or all) current while others record; stop it with Ctrl-C."
)
@click.option(
    "--every",
    type=click.FloatRange(0.05, 3600),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="With --follow: how often to look.",
)
def views(names: tuple[str, ...], follow: bool, every: float) -> None:
    """List the views and what each answers, or keep them current."""
    if follow:
        from cli.following import following

        following(names, every)
        return
    if names:
        raise click.UsageError("names are for --follow; 'ruleseven view NAME' shows one")
    from projections import projections

    listed = [{"name": p.name, "title": p.title, "version": p.version} for p in projections().values()]
    if wiring().json:
        answer({"rows": listed, "totals": {"views": len(listed)}})
    else:
        table(["view", "answers"], [[row["name"], row["title"]] for row in listed])
