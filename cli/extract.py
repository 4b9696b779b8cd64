"""`ruleseven extract`: a signed extract for a court, a partner or a data subject, and its check without any ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.checked import checked
from cli.extract_choice import COMPLETE, SELECTIVE, STATEMENT, card_of, chosen, stream_of
from cli.extract_codes import codes
from cli.extract_page import show, verdict_json
from cli.extract_twin import check_page, write_page
from cli.wiring import Verb, Verbs, trust_option, wiring
from cli.words import answer, complain, count, say

if TYPE_CHECKING:
    from ledger import Choice, ExtractMade, ExtractReport, Issue

__all__ = ["create", "extract", "show", "stream_of", "verdict_json", "verify"]

NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Verbs)
def extract() -> None:
    """Write or verify a signed extract."""


@extract.command("create", cls=Verb)
@click.option("--case", "cases", multiple=True, metavar="C", help="A case; more than one may be named.")
@click.option("--scheme", "schemes", multiple=True, metavar="S", help="An application under a disclosure scheme.")
@click.option("--context", "contexts", multiple=True, metavar="X", help="A context of risk.")
@click.option("--disclosure", metavar="X", help="A disclosure: the notice of it to its recipient (--to).")
@click.option("--receipt", metavar="R", help="A receipt of yours, back to whoever disclosed.")
@click.option("--person", metavar="P", help="A person: the statement of what is held about them.")
@click.option("--record", "positions", multiple=True, type=click.IntRange(1), metavar="N", help="Only these records.")
@click.option(
    "--mode",
    type=click.Choice([COMPLETE, SELECTIVE, STATEMENT]),
    help="All, for a court or review; some, for a partner; of a person, for themselves. [what is named decides]",
)
@click.option("--to", default="", metavar="WHO", help="The recipient; a person of the file by their id.")
@click.option("--purpose", default="", metavar="P", help="What for: a code, for example practice_review.")
@click.option("--basis", default="", metavar="B", help="The legal basis of giving it: codes, separated by commas.")
@click.option("--reasons", default="", metavar="R", help="Why, in words.")
@click.option("--marking", default="", metavar="M", help="For example OFFICIAL-SENSITIVE.")
@click.option("--how", default="", metavar="METHOD", help="The way it goes, for example secure_file_transfer.")
@click.option("--restrictions", default="", metavar="R", help="What its reader may not do: codes, or words.")
@click.option("--expires", default="", metavar="DAY", help="The day after which it is not to be kept.")
@click.option(
    "--third-parties",
    type=click.Choice(["show", "pseudonymise", "withhold"]),
    help="Others than whom it is about: ids without names, or nothing. [of a person: withhold; else: show]",
)
@click.option("--withhold", multiple=True, metavar="N[:FIELD]=REASON", help="A record or a field that stays closed.")
@click.option("--for", "card", type=click.Path(path_type=Path), metavar="CARD", help="The agency's ledger it is for.")
@click.option("--parcel", is_flag=True, help="Seal the file, so that only that ledger can open it.")
@click.option("--id", "extract_id", metavar="EX", help="Your own id for the extract.")
@click.option("--out", required=True, type=NEW_FILE, metavar="FILE")
@click.option("--html", type=NEW_FILE, metavar="FILE", help="Also a page for reading, which proves nothing.")
def create(out: Path, html: Path | None, card: Path | None, **asked: Any) -> None:
    """Write a signed extract, and record that it was given.

    A notice is not recorded again: the disclosure that it tells of is its record. `extract codes` lists the codes that
    --purpose, --basis, --marking, --how, --restrictions and --withhold take.
    """
    from ledger import Actor, doubt, issue

    if html is not None:
        check_page(html, out, sealed=asked["parcel"])
    wired = wiring()
    who = wired.actor()
    with wired.open() as ledger:
        choice, given, how = chosen(ledger, asked, card_of(card))
        made = issue(ledger, choice, given, how, out=out, actor=Actor(**who) if who else None)
        if wired.json:
            answer(made_json(made))
        else:
            tell(made, choice, how)
        if unsure := doubt(ledger, choice, given, how):
            complain(unsure)
        if html is not None:
            write_page(ledger, made, html)


def made_json(made: ExtractMade) -> dict[str, Any]:
    """An extract as the contract spells it."""
    return {
        "file": str(made.file),
        "sha256": made.sha256,
        "records": made.records,
        "opened": made.opened,
        "withheld": made.withheld,
    }


def tell(made: ExtractMade, choice: Choice, how: Issue) -> None:
    """What was written, and for the agency alone what a statement says nothing of."""
    kind = f"{how.mode} extract" if how.mode != STATEMENT else "statement"
    say(f"Wrote {made.file}: {count(made.records, 'record')}, {made.opened:,} fields open, {made.withheld:,} withheld.")
    say(f"SHA-256 of the {kind}{', which is sealed in the parcel' if how.parcel else ''}: {made.sha256}")
    if choice.about[0][0] in ("disclosure", "receipt") and how.recipient is None:
        say(
            "It is for no ledger by name: theirs takes it for an extract to read. With --for CARD it is taken in there."
        )
    for kind, name, reason in choice.absent:
        say(f"Named in it, and not part of it: {kind} {name} ({reason.replace('_', ' ')}).")
    if choice.left_out:
        listed = ", ".join(f"{position} ({reason or 'no reason'})" for position, reason in choice.left_out)
        complain(f"For you alone: it says nothing of these records, nor that there are any: {listed}.")
    if how.mode == STATEMENT and not made.records:
        complain("It says that nothing is held that may be shown. Check the person's id before it goes out.")


extract.add_command(codes, "codes")


@extract.command("verify", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@trust_option("A trust file, the agency's card, or its public key.")
def verify(file: Path, trust_file: Path) -> int:
    """Verify an extract offline: exit 0 verified, 1 failed, 5 undecided."""
    from ledger import verify_extract

    return checked(file, trust_file, "extract", verify_extract, verdict_json, _show)


def _show(report: ExtractReport, _: str) -> None:
    show(verdict_json(report))
