"""What the demo shows of the ledgers it played: a stop for each kind of user, under the command that shows it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import extract_page, file_page, verify, verify_page
from cli.extract_choice import stream_of
from cli.key import card_of
from cli.refusals_page import refusals_page
from cli.table import table
from cli.times import parse
from cli.words import count, say

if TYPE_CHECKING:
    from ledger import ExtractMade

POLICE, COUNCIL, SCHEME, CASE = "TVP", "HMC", "CS-24-019", "HM-0240"
THEN = "2024-03-04T12:00:00+00:00"
EXTRACT, CARD, ALTERED, TAMPERED = "CS-24-019.r7x", "TVP.card", "CS-24-019-altered.r7x", "TVP-altered"
FILES = (EXTRACT, CARD, ALTERED, TAMPERED)
REASON = b"wishes_to_tell_named_person"


def show(into: Path) -> None:
    """All stops, in the order in which a reader would want them."""
    _stop("The practitioner", "What is pending, what was decided and why, what the rules found.")
    practitioner(into)
    _stop("The governance lead", "Is it all there, unaltered; what did the rules stop; who refused to sign?")
    governance(into)
    _stop("The reviewer", "What did the police know at noon on 4 March 2024, and what does the ledger say now?")
    reviewer(into)
    _stop("The exporting agency", "The application, for a practice review: signed, verified, and not to be altered.")
    exporter(into)
    _stop("The files", "Look around: each ledger is a folder.")
    places(into)


def practitioner(into: Path) -> None:
    _command(into, COUNCIL, f"case {CASE}")
    file_page.file_page(_answer(into / COUNCIL, "case", case=CASE), details=False)


def governance(into: Path) -> None:
    for folder in ledgers(into):
        _command(into, folder.name, "verify --every-signature")
        found = verify.verdict_of(folder, _none, every_signature=True)
        if folder.name == POLICE:
            verify_page.show(found)
        else:
            say(verify_page.headline(found), colour=verify_page.COLOURS[found["verdict"]], bold=True)
        say()
    _command(into, POLICE, "refusals")
    refusals_page(_answer(into / POLICE, "refusals"))
    say()
    say("Planned acts that the rules stopped", bold=True)
    stopped = Counter(stop for folder in ledgers(into) for stop in _stopped(folder))
    rows = [[number, rule, file_page.words_of(act), agency] for (agency, rule, act), number in sorted(stopped.items())]
    table(["times", "rule", "what was planned", "by"], rows, right=[0])


def reviewer(into: Path) -> None:
    _command(into, POLICE, f"case {SCHEME} --as-at {THEN}")
    file_page.file_page(_answer(into / POLICE, "case", THEN, scheme=SCHEME), details=False)
    say()
    _command(into, POLICE, f"case {SCHEME}")
    file_page.file_page(_answer(into / POLICE, "case", scheme=SCHEME), details=False)


def exporter(into: Path) -> None:
    from ledger import Trust, verify_extract

    made = _export(into)
    _command(into, POLICE, f"extract create --case {SCHEME} --to … --out {into / EXTRACT}")
    say(f"Wrote {made.file}: {count(made.records, 'record')}, {made.opened} fields open, {made.withheld} withheld.")
    trust = Trust.load(into / CARD)
    for name, remark in ((EXTRACT, None), (ALTERED, "Now with one byte of a copy altered:")):
        say()
        if remark:
            say(remark)
        say(f"$ ruleseven extract verify {into / name} --trust {into / CARD}", colour="cyan")
        extract_page.show(extract_page.verdict_json(verify_extract(into / name, trust)))
    say()
    say("And with one byte of a copy of the police's database altered, in the reason of the first refusal:")
    _tamper(into)
    _command(into, TAMPERED, "verify")
    verify_page.show(verify.verdict_of(into / TAMPERED, _none, every_signature=False))


def places(into: Path) -> None:
    table(
        ["where", "what"],
        [
            *([folder, "a ledger: ledger.db, vault.db, views.db, keys"] for folder in ledgers(into)),
            [into / EXTRACT, "the signed extract"],
            [into / CARD, "the card of the police, with which anybody verifies it"],
        ],
    )


def ledgers(into: Path) -> list[Path]:
    """The folders of the ledgers that were played."""
    return sorted(path.parent for path in into.glob("*/ledger.db") if path.parent.name != TAMPERED)


def altered(content: bytes, at: int) -> bytes:
    """The same with the last bit of one byte turned over."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _export(into: Path) -> ExtractMade:
    """Write the extract, the card and an altered copy, a day after the last record of the scenario."""
    from ledger import Actor, Ledger, Purpose, create_extract, showing, to_us

    with Ledger.open(into / POLICE) as ledger:
        later = to_us(ledger.now()) + 86_400_000_000
    given = Purpose(
        to="Thornvale practice review panel",
        purpose="practice_review",
        basis="6(e)",
        reasons="The panel asked how the two refusals were handled",
        marking="OFFICIAL-SENSITIVE",
    )
    with Ledger.open(into / POLICE, clock=lambda: later) as ledger:
        actor = Actor(staff_ref="TVP-GOV-1", role="governance_lead")
        chosen = showing.complete(ledger, [stream_of(ledger, SCHEME)])
        made = create_extract(ledger, chosen, given, out=into / EXTRACT, actor=actor)
        (into / CARD).write_bytes(card_of(ledger))
    content = made.file.read_bytes()
    (into / ALTERED).write_bytes(altered(content, len(content) // 2))
    return made


def _tamper(into: Path) -> None:
    """A copy of the police's ledger with one byte of it turned over, beneath every safeguard of the database."""
    shutil.copytree(into / POLICE, into / TAMPERED)
    database = into / TAMPERED / "ledger.db"
    content = database.read_bytes()
    database.write_bytes(altered(content, content.index(REASON)))


def _stopped(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(agency, rule, command) of every refusal at the gate."""
    from ledger import About, Ledger

    with Ledger.open(folder) as ledger:
        for reading in ledger.readings(about=About("operations", "operations")):
            if reading.name == "CommandRefused":
                yield from ((ledger.agency_id, rule, reading.data["command_type"]) for rule in reading.data["rule_ids"])


def _answer(folder: Path, name: str, as_at: str | None = None, **args: str) -> Mapping[str, Any]:
    from ledger import Ledger
    from projections import show

    with Ledger.open(folder) as ledger:
        return show(ledger, name, args, parse(as_at) if as_at else None)


def _none() -> None:
    """Demo ledgers have no passphrases."""


def _stop(title: str, question: str) -> None:
    say()
    say(title, bold=True, colour="cyan")
    say(question)
    say()


def _command(into: Path, ledger: str, words: str) -> None:
    """The command that shows what follows."""
    say(f"$ ruleseven -C {into / ledger} {words}", colour="cyan")
