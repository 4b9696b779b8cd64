"""`ruleseven receive`: a partner's notice, receipt or extract, in a parcel or as it is, into this ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import questions, results
from cli.extract_choice import stream_of
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import say

if TYPE_CHECKING:
    from ledger import Ledger, Taken

LOST = {"RC-03": "that there was no consent", "RC-05": "a restriction that you placed"}
MEANT = {
    "notice": "A notice of a disclosure, signed by {sender}, whom you trust.",
    "receipt": "A receipt, signed by {sender}, whom you trust: what you disclosed is recorded there.",
    "extract": "An extract ({mode}), signed by {sender}, whom you trust. It is noted as verified, and nothing else.",
}


@click.command(cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--case", metavar="C", help="The case or scheme that a notice belongs into.")
@click.option("--receipt", "receipt_id", metavar="ID", help="Your own id for what was received (made up, if left out).")
@click.option("--details", metavar="TEXT", help="What was received, where the notice does not say it.")
@click.option("--provider-person", metavar="ID", help="Who in that agency provided it.")
@click.option("--without-consent/--with-consent", default=None, help="What you know of consent, where they do not say.")
@click.option("--reasons", metavar="TEXT", help="Why there was no consent, if you know.")
@click.option(
    "--child", "children", multiple=True, metavar="ID", help="Whom of yours the contexts concern (all, else)."
)
@click.option("--at", type=TIME, metavar="T", help="When it was received (now, if left out).")
@click.option("--late-reason", metavar="TEXT", help="Why it is recorded late.")
@click.option("--recorded-at", type=TIME, metavar="T", help="The time of recording (practice only).")
def receive(file: Path, case: str | None, at: dt.datetime | None, recorded_at: dt.datetime | None, **told: Any) -> int:
    """Take in what a partner sent: FILE is a parcel or a .r7x.

    It must verify as the word of an agency that you trust (trust add). A notice becomes a record of what was received,
    with its restrictions; a receipt confirms what you disclosed. The same twice is recorded once.
    """
    from ledger import Told
    from ledger.errors import Refused

    wired = wiring()
    given = {
        "told": Told(**told, received_at=at.isoformat() if at else None),
        "recorded_at": recorded_at.isoformat() if recorded_at else None,
    }
    with wired.open() as ledger:
        try:
            taken = _taken(ledger, file, case, given)
        except Refused as refusal:
            result = results.rejected(1, refusal)
        else:
            result = _result(ledger, taken)
            if not wired.json:
                _tell(ledger, taken)
        result.show(as_json=wired.json)
        return result.code


def _taken(ledger: Ledger, file: Path, case: str | None, given: dict[str, Any]) -> Taken:
    """Take it in; on a terminal the case of a notice is asked for where nobody said it."""
    from ledger import Actor, WhichCase
    from ledger import receive as take

    who = wiring().actor()
    actor = Actor(**who) if who else None
    while True:
        about = stream_of(ledger, case) if case else None
        try:
            return take(ledger, file, about=about, actor=actor, **given)
        except WhichCase as question:
            if not questions.on_terminal():
                raise
            say(str(question))
            case = questions.ask("case", default=question.likely[0] if len(question.likely) == 1 else None)


def _result(ledger: Ledger, taken: Taken) -> results.Result:
    said = {"received": taken.what, "from": taken.sender, "sha256": taken.sha256, "lost": list(taken.lost)}
    return results.accepted(ledger, 1, taken.receipt, **said)


def _tell(ledger: Ledger, taken: Taken) -> None:
    """What it is, and what is to be known of it besides its record."""
    say(MEANT[taken.what].format(sender=taken.sender, mode=taken.report.mode), colour="green")
    if taken.receipt.repeated:
        position = taken.receipt.records[0].position
        about = ledger.reading(position).about
        where = "" if taken.what == "extract" else f" in {about.type} {about.id}"
        say(f"It was received before, and is recorded{where} at position {position}.")
    if taken.report.practice:
        say("PRACTICE: it comes from a practice ledger and is evidence of nothing.", colour="magenta", bold=True)
    if taken.report.disputed:
        say("Disputed: it rests on a record from a time when their signing key was not safe.", colour="red")
    for rule in taken.lost:
        say(f"{rule}: it leaves out {LOST[rule]}. Ask {taken.sender} to put that right.", colour="red")
