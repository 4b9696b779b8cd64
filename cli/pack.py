"""`ruleseven pack`: what a governance lead takes to a meeting: figures, findings to follow up, a signed verdict."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import exits
from cli.board import board as board_of
from cli.checked import checked
from cli.key import replace
from cli.pack_sections import Section, as_json, sections
from cli.pages import when
from cli.table import table
from cli.times import TIME
from cli.verify import verdict_of
from cli.verify_page import COLOURS, headline
from cli.wiring import Verb, Verbs, Wiring, trust_option, wiring
from cli.words import answer, complain, count, say

if TYPE_CHECKING:
    from ledger import Attested, Ledger

VIEWS = ("kpis", "findings", "agreements", "integrity")
BOARD = "Board report: without personal data"


@click.group(cls=Verbs)
def pack() -> None:
    """Report to a board, or sign a verdict on the whole record."""


@pack.command("show", cls=Verb)
@click.option("--from", "start", metavar="DAY", help="The first day (or time) of the period; else all there is.")
@click.option("--to", "end", metavar="DAY", help="Its last day (or time), included; else now.")
@click.option("--edition", metavar="X", help="Only what was judged under this edition.")
@click.option("--events", is_flag=True, help="List the events behind each figure, too.")
@click.option("--board", is_flag=True, help="Numbers alone, small ones kept back: nobody can be recognised in it.")
@click.option("--as-at", type=TIME, metavar="T", help="What the ledger said then, that moment included.")
@click.option("--unverified", is_flag=True, help="Show it though the ledger does not verify; it is then marked.")
def show(
    start: str | None,
    end: str | None,
    edition: str | None,
    events: bool,
    board: bool,
    as_at: dt.datetime | None,
    unverified: bool,
) -> None:
    """Show the figures K1 to K25 of a period, with what is to be followed up."""
    if board and events:
        raise click.UsageError("--board shows no events: they are about persons")
    args = {"from": start, "to": end, "edition": edition, "kpi": "all" if events else None}
    wired = wiring()
    doubt = _doubt(wired, unverified=unverified)
    with wired.open() as ledger:
        found = asked(ledger, {name: value for name, value in args.items() if value is not None}, as_at)
        practice = ledger.practice
    made = board_of(found["kpis"], found["findings"]) if board else sections(*(found[name] for name in VIEWS))
    said = found["kpis"]["totals"]
    if wired.json:
        head = {name: said[name] for name in ("agency", "from", "to", "edition")}
        built = found["kpis"]["built_to"]
        answer({**head, "board": board, "sections": as_json(made), "built_to": built, "practice": practice} | doubt)
        return
    for line in doubt["unverified"]:
        say(line, colour="red", bold=True)
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    say(f"{said['agency']}, {when(said['from'])} to {when(said['to'])}", bold=True)
    if board:
        say(BOARD, bold=True)
    for section in made:
        _print(section)


def _doubt(wired: Wiring, *, unverified: bool) -> dict[str, Any]:
    """The verdict on the ledger now, and what a page is marked with; one that does not verify is refused."""
    from ledger.errors import IntegrityError, Undecided

    found = verdict_of(wired.folder, wired.passphrase, every_signature=False)
    if found["verdict"] == "verified":
        return {"verdict": "verified", "unverified": []}
    bad = found["first_bad"]
    why = f"{bad['reason']}, at record {bad['position']}" if bad else "it could not be decided"
    if not unverified:
        fault = IntegrityError if found["verdict"] == "failed" else Undecided
        raise fault(f"No figures are shown, since the ledger does not verify: {why}. With --unverified they are.")
    return {"verdict": found["verdict"], "unverified": [f"NOT VERIFIED: {why}."]}


def asked(ledger: Ledger, args: dict[str, Any], as_at: dt.datetime | None) -> dict[str, Any]:
    """What the views answer that the pack is put together from, all as at one moment."""
    from projections import show as show_view

    return {name: show_view(ledger, name, args if name == "kpis" else {}, as_at) for name in VIEWS}


def _print(section: Section) -> None:
    if section.rows:
        say()
        say(section.title, bold=True)
        table(section.columns, section.rows, indent=2, right=section.numbers)


@pack.command("evidence", cls=Verb)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@trust_option("Whose ledger it must be, as for verify. Else the charter's own.", required=False)
def evidence(out: Path, trust_file: Path | None) -> int:
    """Verify the ledger with every signature, and write the verdict as a signed file.

    Anybody who trusts the agency can check it: pack verify FILE --trust FILE.
    """
    from ledger import Trust, make_attestation
    from ledger.errors import ForeignFile

    wired = wiring()
    if os.path.lexists(out):
        raise ForeignFile(f"{out} exists already; name a new file for the verdict")
    trust = Trust.load(trust_file) if trust_file else None
    found = verdict_of(wired.folder, wired.passphrase, trust, every_signature=True)
    if found["verdict"] == "failed":
        return _not_signed(found)
    with wired.open() as ledger:
        made = make_attestation(ledger, found)
    replace(out, made)
    if wired.json:
        answer({"file": str(out), "bytes": len(made), "verdict": found["verdict"], "event": event_of(found)})
    else:
        say(headline(found), colour=COLOURS[found["verdict"]], bold=True)
        say(f"Wrote {out}. Anybody who trusts this agency can check it: pack verify {out} --trust FILE.")
        say("To have it counted (K24), record the VerificationRun that --json gives as event.")
    return exits.VERDICTS[found["verdict"]]


def _not_signed(found: dict[str, Any]) -> int:
    """Of records that fail there is a verdict, and no file."""
    if wiring().json:
        answer({"file": None, "verdict": found["verdict"], "first_bad": found["first_bad"]})
    else:
        say(headline(found), colour=COLOURS[found["verdict"]], bold=True)
    complain("No file was written: nothing is signed over records that fail. Keep the folder as it is.")
    return exits.VERDICTS[found["verdict"]]


def event_of(found: dict[str, Any]) -> dict[str, Any]:
    """The verification as a command that records it."""
    names = ("verdict", "records", "head", "signatures", "unchecked", "erased", "disputed", "steps_back")
    bad = found["first_bad"]
    failed = {"failures": [{name: bad[name] for name in ("position", "step")}]} if bad and bad["position"] else {}
    return {"do": "VerificationRun", "every_signature": True, **{name: found[name] for name in names}, **failed}


@pack.command("verify", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@trust_option("Whose verdict it must be: a trust file, an agency's card or its public key.")
def verify(file: Path, trust_file: Path) -> int:
    """Check a signed verdict; no ledger is needed. Exit 0: it holds; 1: it does not; 5: it is somebody else's."""
    from ledger import check_attestation

    return checked(file, trust_file, "signed verdict", check_attestation, _json, _show)


def _json(found: Attested) -> dict[str, Any]:
    signed = found.signed
    checkpoint = (
        {"size": signed.checkpoint.size, "root": signed.checkpoint.root.hex(), "time": signed.time} if signed else None
    )
    said = dict(found.said) or None
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "origin": found.origin,
        "checkpoint": checkpoint,
        "said": said,
    }


def _show(found: Attested, name: str) -> None:
    if found.signed is None:
        say(f"{found.verdict.capitalize()}: {found.reason}.", colour=COLOURS[found.verdict], bold=True)
        return
    checkpoint, seconds = found.signed
    say(f"The file holds: {name} signed this verdict.", colour="green", bold=True)
    said: dict[str, Any] = dict(found.said)
    if said["practice"]:
        say("PRACTICE: it is of a practice ledger, and is evidence of nothing.", colour="magenta", bold=True)
    say(f"  It says {said['verdict']} of {count(checkpoint.size, 'record')}, head {said['head']}")
    say(f"  Root {checkpoint.root.hex()}, signed {when(dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat())} UTC")
    say("  It is that agency's word. Whoever holds the ledger can verify it again, and compare head and root.")
