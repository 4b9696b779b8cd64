"""`ruleseven withhold`: a decision to withhold, and what it answers for."""

from __future__ import annotations

from typing import Any

import click

from cli.decision import common, decide
from cli.times import TIME
from cli.wiring import Verb


@click.command(cls=Verb)
@common
@click.option("-t", "--from", "to", multiple=True, metavar="AGENCY", help="From whom: who asked, or would receive it.")
@click.option("-r", "--reason", "reason_codes", multiple=True, metavar="CODE", help="For example not_necessary.")
@click.option("-n", "--if-not-shared", metavar="TEXT", help="What may happen to the child if it is not shared.")
@click.option("-c", "--compare", metavar="TEXT", help="Why sharing would harm the child more than not (s.16LA).")
@click.option("--review-on", metavar="DAY", help="When it is looked at again.")
@click.option("--told-at", type=TIME, metavar="T", help="When whoever asked was told, or is to be.")
def withhold(**given: Any) -> int:
    """Decide to withhold, and record it with its reasons.

    Flags answer the questions; on a terminal the rest is asked. Who is it about; what is withheld; who asked; which
    reason, and why; what may happen to the child if it is not shared. Everything else is filled in and shown. A case
    that is not there yet is opened.
    """
    from ledger import WithholdAnswers

    return decide(WithholdAnswers, given)
