"""`ruleseven extract`: a signed extract for a court, a review or a partner, and its verification without any ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import exits
from cli.verify import COLOURS
from cli.wiring import Verb, Verbs, trust_option, wiring
from cli.words import answer, count, say

if TYPE_CHECKING:
    from ledger import About, ExtractReport, Ledger


@click.group(cls=Verbs)
def extract() -> None:
    """Write or verify a signed extract."""


@extract.command("create", cls=Verb)
@click.option("--case", "case_id", required=True, metavar="C", help="The case or scheme.")
@click.option("--mode", type=click.Choice(["complete"]), default="complete", show_default=True)
@click.option("--to", default="", metavar="WHO", help="The recipient.")
@click.option("--purpose", default="", metavar="P", help="A purpose code, for example practice_review.")
@click.option("--basis", default="", metavar="B", help="The legal basis of giving it: codes, separated by commas.")
@click.option("--reasons", default="", metavar="R", help="Why, in words.")
@click.option("--marking", default="", metavar="M", help="For example OFFICIAL-SENSITIVE.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def create(case_id: str, mode: str, out: Path, **given: str) -> None:
    """Write a signed extract of a case or scheme, and record it."""
    from ledger import Actor, Purpose, create_extract

    wired = wiring()
    who = wired.actor()
    with wired.open() as ledger:
        actor = Actor(**who) if who else None
        about = stream_of(ledger, case_id)
        made = create_extract(ledger, about, Purpose(**given), out=out, actor=actor, mode=mode)
    shown = {
        "file": str(made.file),
        "sha256": made.sha256,
        "records": made.records,
        "opened": made.opened,
        "withheld": made.withheld,
    }
    if wired.json:
        answer(shown)
        return
    say(f"Wrote {made.file}: {count(made.records, 'record')}, {made.opened:,} fields open, {made.withheld:,} withheld.")
    say(f"SHA-256 {shown['sha256']}")


@extract.command("verify", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@trust_option("A trust file, the agency's card, or its public key.")
def verify(file: Path, trust_file: Path) -> int:
    """Verify an extract offline: exit 0 verified, 1 failed, 5 undecided."""
    from ledger import Trust, verify_extract

    found = verdict_json(verify_extract(file, Trust.load(trust_file)))
    if wiring().json:
        answer(found)
    else:
        show(found)
    return exits.VERDICTS[found["verdict"]]


def verdict_json(report: ExtractReport) -> dict[str, Any]:
    """A report on an extract as the contract spells it; position 0 is the file itself."""
    bad = report.first_bad
    return {
        "verdict": report.verdict,
        "agency": report.agency,
        "records": report.records,
        "opened": report.opened,
        "withheld": report.withheld,
        "disputed": report.disputed,
        "mode": report.mode,
        "practice": report.practice,
        "trust": report.trust,
        "about": list(report.about),
        "given": dict(report.given or {}),
        "head": {"position": report.head[0], "hash": report.head[1]},
        "first_bad": {"position": bad[0], "step": bad[1], "reason": bad[2]} if bad else None,
    }


def show(found: Mapping[str, Any]) -> None:
    """The verdict on an extract, in words."""
    say(headline(found), colour=COLOURS[found["verdict"]], bold=True)
    if found.get("practice"):
        say("PRACTICE: it comes from a practice ledger and is evidence of nothing.", colour="magenta", bold=True)
    if found["verdict"] != "verified":
        return
    given, head = found["given"], found["head"]
    about = " ".join(found["about"])
    say(f"  All of {about}, as it stood at position {head['position']} of the ledger.")
    say(f"  {found['opened']:,} fields open; withheld, each with a reason: {found['withheld']:,}.")
    if found["disputed"]:
        say(f"  Disputed: {count(found['disputed'], 'record')} from a time when the signing key was not safe.")
    say(f"  Given to {given['to']} for {given['purpose']}, marked {given['marking']}: {given['reasons']}")
    say(f"  It is the word of {found['trust']}, by your trust file; what was revoked since, it cannot know.")


def headline(found: Mapping[str, Any]) -> str:
    """The verdict in one line."""
    if found["verdict"] == "verified":
        return f"Verified: {count(found['records'], 'record')} of {found['agency']}"
    bad = found.get("first_bad") or {}
    where = f" at position {bad['position']}, step {bad['step']}" if bad.get("position") else ""
    return f"{found['verdict'].capitalize()}{where}: {bad.get('reason', 'it could not be decided')}"


def stream_of(ledger: Ledger, name: str) -> About:
    """The case of this id, or else the scheme; `UnknownId` when there is neither."""
    from ledger import About
    from ledger.errors import UnknownId

    for kind in ("case", "scheme"):
        about = About(kind, name)
        if next(ledger.readings(about=about), None) is not None:
            return about
    raise UnknownId(f"There is no case and no scheme {name} in this ledger")
