"""`ruleseven review`: a review's own signed ledger, the ledgers and extracts it reads, and what they tell together."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import settings
from cli.delimited import asked_form, form_options, rows_of, write
from cli.init import kept_settings, new_passphrase
from cli.known import known_options
from cli.out import asked_out, out_options
from cli.times import TIME
from cli.wiring import Verb, Verbs, Wiring, trust_option, wiring
from cli.words import answer, complain, say

if TYPE_CHECKING:
    from ledger import Actor

KINDS = ("rapid_review", "LCSPR", "legacy_SCR", "DHR", "DARDR", "SAR", "internal")
DAY = click.DateTime(["%Y-%m-%d"])
NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Verbs)
def review() -> None:
    """Review what several agencies recorded, in a ledger of its own."""


@review.command("create", cls=Verb)
@click.argument("where", required=False, metavar="[FOLDER]", type=click.Path(path_type=Path, file_okay=False))
@click.option("--id", "review_id", required=True, metavar="ID", help="The review's id, for example LCSPR-26-02.")
@click.option("--name", required=True, metavar="NAME", help="What the review, or whoever holds it, is called.")
@click.option("--kind", required=True, type=click.Choice(KINDS, case_sensitive=False), help="The kind of review.")
@click.option("--case", "cases", multiple=True, metavar="C", help="A case that it looks at. [all that is added]")
@click.option("--known-on", metavar="DAY", help="When the serious harm was known: its clocks run from then.")
@click.option("--from", "start", type=DAY, metavar="DAY", help="The first day that its chronology shows. [all]")
@click.option("--to", "end", type=DAY, metavar="DAY", help="The last day that its chronology shows. [all]")
@click.option("--recovery", required=True, type=NEW_FILE, metavar="FILE", help="Where the recovery key goes.")
@click.option("--practice", is_flag=True, help="A review of practice ledgers: evidence of nothing.")
@click.option("--at", type=TIME, metavar="T", help="The time of its first records (practice only).")
@click.option("--no-passphrase", is_flag=True, help="Leave the keys on disk unprotected.")
def create(where: Path | None, practice: bool, no_passphrase: bool, **given: Any) -> None:
    """Create a review: a signed ledger in FOLDER (or -C), on which it is opened."""
    from ledger import Ledger
    from ledger.errors import UsageError

    if given["at"] and not practice:
        raise UsageError("--at is for practice reviews: a real one takes its times from the clock")
    if given["start"] and given["end"] and given["start"] > given["end"]:
        raise UsageError("The period ends before it begins: --from is after --to")
    wired = wiring()
    if where is not None:
        wired.flags["folder"] = where
    who = _actor(wired)
    said = {"kind": given["kind"], "title": given["name"], "cases": given["cases"], "known_on": given["known_on"]}
    limits = {"period_from": given["start"], "period_to": given["end"]}
    period = {name: day.date().isoformat() for name, day in limits.items() if day}
    time = {"recorded_at": given["at"].isoformat()} if given["at"] else {}
    with Ledger.create(
        wired.folder,
        agency_id=given["review_id"],
        agency_name=given["name"],
        kind="other",
        flags={},
        recovery=given["recovery"],
        practice=practice,
        passphrase=new_passphrase(wired, no_passphrase, practice),
        at=given["at"],
    ) as ledger:
        settings.write(wired.folder / settings.NAME, kept_settings(wired))
        command = {"do": "ReviewOpened", "review": given["review_id"], **time}
        receipt = ledger.record(command | {key: value for key, value in said.items() if value}, actor=who)
        if period:
            scope = {"do": "ReviewScopeSet", "review": given["review_id"], **time, **period}
            ledger.record(scope, actor=who)
        made = {"review": given["review_id"], "ledger": ledger.id.hex(), "vkey": ledger.vkey}
    made["position"] = receipt.records[0].position
    if wired.json:
        answer(made)
        return
    say(f"Opened the review {given['review_id']} in {wired.folder.absolute()}.", bold=True)
    say("Now add what it reads: 'review add PATH --trust FILE', a ledger folder or an extract at a time.")
    say(f"Its recovery key is in {given['recovery']}. Move it off this machine: nothing else can replace a lost key.")


@review.command("add", cls=Verb)
@click.argument("path", type=click.Path(path_type=Path))
@trust_option("Whose ledger it must be: a trust file, the agency's card or its public key.", required=False)
@click.option("--unverified", is_flag=True, help="Add it though it does not verify; every page then says so.")
@click.option("--at", type=TIME, metavar="T", help="The time of the record (practice only).")
def add(path: Path, trust_file: Path | None, unverified: bool, at: dt.datetime | None) -> None:
    """Verify a ledger folder or an extract, and add it to the review."""
    from ledger import Trust, add_source, no_such
    from ledger.errors import ForeignFile, Malformed, UsageError

    if trust_file is None and not unverified:
        raise UsageError("Say whose it must be (--trust FILE): nobody is trusted unless you do")
    wired = wiring()
    who = _actor(wired)
    trust = Trust.load(trust_file) if trust_file else None
    with wired.open() as ledger:
        if at is not None and not ledger.practice:
            raise UsageError("--at is for practice reviews: a real one takes its times from the clock")
        time = at.isoformat() if at else None
        try:
            found = add_source(
                ledger, path, trust, _passphrases, unverified=unverified, actor=who, at=time, processes=_processes()
            )
        except (ForeignFile, Malformed) as error:
            raise (no_such(path, "extract", error) if path.is_file() else error) from None
    if wired.json:
        answer(
            {
                "agency": found.agency,
                "ledger": found.ledger.hex(),
                "form": found.form,
                "position": found.position,
                "hash": found.head.hex(),
                "sha256": found.digest.hex() or None,
                "verdict": found.verdict,
                "why": found.why or None,
            }
        )
        return
    if not found.verified:
        complain(f"NOT VERIFIED: {found.why}. Every page of the review will say so.")
    say(f"Added the {found.form} of {found.agency}, up to record {found.position:,} of its ledger.")


@review.command("show", cls=Verb)
@click.option(
    "--part", "one_part", metavar="PART", help="One part: chronology, knowledge, intervals, cross-checks … [all]"
)
@click.option("--as-at", type=TIME, metavar="T", help="What the ledgers said then, that moment included.")
@known_options
@click.option("--anonymised", is_flag=True, help="People as in the key (Child A …), which --part people shows.")
@click.option("--gap", type=click.IntRange(1, 100_000), default=28, show_default=True, help="Longer is a gap, in days.")
@form_options
@out_options
def show(
    one_part: str | None, as_at: dt.datetime | None, agency: str | None, at: dt.datetime | None, **how: Any
) -> None:
    """Show what all agencies' records tell together."""
    from cli.review_page import page
    from ledger import open_sources
    from projections.review import Wanted, review_answer

    if (agency is None) != (at is None):
        raise click.UsageError("--as-known-by and --at go together: who, and when")
    wired = wiring()
    form, which = asked_form()
    out = asked_out()
    anonymised = how["anonymised"] or bool(out and out.key)
    wanted = Wanted(as_at, agency, at, anonymised, how["gap"])
    with wired.open() as ledger, open_sources(ledger, _passphrases, _processes()) as opened:
        found = review_answer(ledger, opened, one_part, wanted)
        practice = ledger.practice
        if out is not None:
            from cli.review_out import write_out

            key = review_answer(ledger, opened, "people", Wanted(as_at)) if out.key else None
            write_out(ledger, opened, found, out, key)
            return
    if form is not None:
        if one_part is None:
            raise click.UsageError(f"--{form} shows rows of one part: name it with --part")
        _mark(found)
        write(form, rows_of(_marked_rows(found, which), which, practice=practice))
        return
    if wired.json:
        answer({**found, "practice": practice})
        return
    page(found, practice=practice)


def _mark(found: dict[str, Any]) -> None:
    for line in found["unverified"]:
        complain(line)


def _marked_rows(found: dict[str, Any], which: str) -> dict[str, Any]:
    """The answer with a mark on each row, where something of what it was made from does not verify."""
    if not found["unverified"] or not isinstance(found.get(which), list):
        return found
    rows = [{**row, "unverified": True} if isinstance(row, dict) else row for row in found[which]]
    return {**found, which: rows}


def _actor(wired: Wiring) -> Actor:
    from ledger import Actor
    from ledger.errors import UsageError

    who = wired.actor()
    if who is None:
        raise UsageError("Say who acts, and that they review: --actor REF --role reviewer")
    return Actor(**who)


def _passphrases(folder: Path) -> Callable[[], bytes | None]:
    """The passphrase of a source's own ledger, as its folder and the user's settings give it."""
    return Wiring({"folder": folder}).passphrase


def _processes() -> int:
    return os.cpu_count() or 1
