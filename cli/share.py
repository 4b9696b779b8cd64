"""`ruleseven share`: a decision to share, with its disclosure, from six answers."""

from __future__ import annotations

from typing import Any

import click

from cli.decision import common, decide
from cli.wiring import Verb


@click.command(cls=Verb)
@common
@click.option("-t", "--to", multiple=True, metavar="AGENCY", help="Who needs it, or asked for it.")
@click.option("--if-told", metavar="ANSWER", help="Would anyone be at risk if they knew: no, told, child, other …")
@click.option("--how", metavar="METHOD", help="How it goes (the agency's usual way, if left out).")
@click.option("-u", "--urgent/--not-urgent", default=None, help="Somebody is at immediate risk: one line is enough.")
@click.option("--parent", "parents", multiple=True, metavar="ID", help="Who has parental responsibility.")
@click.option("--told", multiple=True, metavar="ID", help="Who knows of it already.")
@click.option("--if-parents-told", metavar="ANSWER", help="As --if-told, for the parents alone.")
@click.option("--not-sought", metavar="CODE", help="Why consent was not sought.")
@click.option("--recipient-not-told", metavar="CODE", help="Why the recipient is not told where consent stands.")
@click.option("--need", metavar="TEXT", help="Why they need to know, where --why does not say it.")
@click.option("--basis", multiple=True, metavar="CODE[ TEXT]", help="For example '6(e) Children Act 2004 s.11'.")
@click.option("--override", metavar="TEXT", help="Why it is still right, where somebody said no.")
@click.option("--justification", metavar="CODE", help="What justifies sharing what was told in confidence.")
@click.option("--place", metavar="TEXT", help="Where the conversation takes place.")
@click.option("--full-record", is_flag=True, help="The whole record is shared.")
@click.option("--minimum", metavar="TEXT", help="… and why no smaller part would do.")
@click.option("--identified", metavar="CODE", help="identified, pseudonymised or anonymised.")
def share(**given: Any) -> int:
    """Decide to share, from six answers, and record it.

    Flags answer the questions; on a terminal the rest is asked. Who is it about; what do you know, and is it fact or
    opinion; who needs it; why; would anyone be at risk if they knew; how does it go. Everything else is filled in and
    shown. A case that is not there yet is opened.
    """
    from ledger import ShareAnswers

    return decide(ShareAnswers, given)
