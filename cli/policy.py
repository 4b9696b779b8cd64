"""`ruleseven policy`: the register of editions, and any one of them to read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from cli.pages import fields, when
from cli.table import table
from cli.times import TIME
from cli.wiring import Verb, wiring
from cli.words import answer, say

if TYPE_CHECKING:
    from ledger import Ledger

LEVELS = "Levels: E refused, B breach, W warning, I information, - nothing"


@click.command(cls=Verb)
@click.option("--at", type=TIME, metavar="T", help="What governed then, instead of now.")
@click.option("--edition", "edition_id", metavar="X", help="Show what edition X says, rule by rule.")
def policy(at: dt.datetime | None, edition_id: str | None) -> None:
    """Show the law and guidance that judges, or one edition of it."""
    wired = wiring()
    with wired.open() as ledger:
        found = _register(ledger, at or ledger.now())
        if edition_id is not None:
            found = {"at": found["at"], **_one(ledger, at or ledger.now(), edition_id)}
        practice = ledger.practice
    if wired.json:
        answer({**found, "practice": practice})
        return
    if practice:
        say("PRACTICE LEDGER: evidence of nothing.", colour="magenta", bold=True)
    if edition_id is None:
        _page(found)
    else:
        _edition_page(found)


def _register(ledger: Ledger, at: dt.datetime) -> dict[str, Any]:
    from ledger import local_parameters, policy_register
    from projections.policy_report import edition_row

    agency = ledger.agency()
    rows = [edition_row(one) for one in policy_register(agency, at)]
    return {
        "at": at.isoformat(),
        "rows": rows,
        "parameters": [
            {"name": p.name, "value": p.value, "default": p.default, "since": p.since.isoformat()}
            for p in local_parameters(agency, at)
        ],
        "totals": {"editions": len(rows), "in_force": sum(row["in_force"] for row in rows)},
    }


def _one(ledger: Ledger, at: dt.datetime, edition_id: str) -> dict[str, Any]:
    import difflib

    from ledger import policy_register
    from ledger.errors import UnknownId
    from projections.policy_report import edition_row

    listed = {one.edition.edition_id: one for one in policy_register(ledger.agency(), at)}
    if edition_id not in listed:
        near = difflib.get_close_matches(edition_id, listed, 3, 0.4) or sorted(listed)
        raise UnknownId(f"There is no edition {edition_id}; nearest: {', '.join(near)}")
    edition = listed[edition_id].edition
    rules = [
        {
            "rule": key,
            "gate": text.gate,
            "fact": text.fact,
            "message": text.message,
            "seed": text.seed,
            "external": text.external,
        }
        for key, text in sorted(edition.rules.items())
    ]
    said = {name: list(codes) for name, codes in sorted(edition.vocabulary.items())}
    more = {"params": dict(edition.params), "wording": dict(edition.wording), "vocabulary": said}
    return {**edition_row(listed[edition_id]), "rules": rules, **more}


def _page(found: dict[str, Any]) -> None:
    say(f"Policy at {when(found['at'])}", bold=True)
    table(
        ["edition", "title", "from", "until", "in force", "SHA-256"],
        [
            [
                row["edition"],
                row["title"],
                _when(row["in_force_from"]),
                _when(row["in_force_to"]),
                row["why_not"] or "yes",
                row["sha256"][:12],
            ]
            for row in found["rows"]
        ],
    )
    if found["parameters"]:
        say()
        say("Set by the agency itself", bold=True)
        table(
            ["parameter", "value", "default", "since"],
            [[p["name"], p["value"], p["default"], _when(p["since"])] for p in found["parameters"]],
        )
    for row in found["rows"]:
        for other, text in row["conflicts"].items():
            say()
            say(f"{row['edition']} and {other} differ. {text}")


def _edition_page(found: dict[str, Any]) -> None:
    say(f"{found['edition']}: {found['title']}", bold=True)
    shown = ("publisher", "kind", "jurisdiction", "published_on", "supersedes", "based_on", "sha256")
    dates = {name: _when(found[name]) for name in ("in_force_from", "in_force_to", "adopted_at")}
    fields({"in_force": found["why_not"] or "yes", **dates, **{name: found[name] for name in shown}})
    for title, values in (("Source", found["source"]), ("Numbers", found["params"]), ("Wording", found["wording"])):
        if values:
            say()
            say(title, bold=True)
            fields(values, indent=2)
    for other, text in found["conflicts"].items():
        say()
        say(f"It and {other} differ. {text}")
    if found["rules"]:
        say()
        say("Rules", bold=True)
        table(
            ["rule", "plan", "fact", "what is told"],
            [[rule["rule"], rule["gate"], rule["fact"], rule["message"]] for rule in found["rules"]],
            indent=2,
        )
        say(f"  {LEVELS}.")
    if found["vocabulary"]:
        say()
        say("Codes", bold=True)
        fields(found["vocabulary"], indent=2)


def _when(time: str | None) -> str:
    """A day, or where it isn't midnight in London the minute too."""
    from ledger import LONDON

    if time is None:
        return ""
    local = dt.datetime.fromisoformat(time).astimezone(LONDON)
    return local.date().isoformat() if local.time() == dt.time() else when(local.isoformat())
