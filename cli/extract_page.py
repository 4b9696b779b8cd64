"""The verdict on an extract: as the contract spells it, and in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cli.pages import spoken, when
from cli.reasons import meanings
from cli.verify_page import COLOURS
from cli.words import count, say

if TYPE_CHECKING:
    from ledger import ExtractReport

SHOWS = {
    "complete": "All of {about}, as it stood at position {position:,} of the ledger; what is withheld is listed.",
    "selective": "Some records, about {about}, of a ledger that had {position:,}. Others, it does not show.",
    "statement": "What the agency states of {about}. This statement says nothing of what else there is.",
}


def verdict_json(report: ExtractReport) -> dict[str, Any]:
    """A report on an extract as the contract spells it; position 0 is the file itself."""
    from ledger import from_us, london

    bad = report.first_bad
    return {
        "verdict": report.verdict,
        "agency": report.agency,
        "records": report.records,
        "opened": report.opened,
        "withheld": report.withheld,
        "reasons": dict(report.reasons),
        "disputed": report.disputed,
        "mode": report.mode,
        "practice": report.practice,
        "trust": report.trust,
        "about": [list(stream) for stream in report.about],
        "absent": [list(stream) for stream in report.absent],
        "given": dict(report.given or {}),
        "recipient": report.recipient.hex(),
        "made_at": london(from_us(report.made)) if report.made else None,
        "head": {"position": report.head[0], "hash": report.head[1]},
        "first_bad": {"position": bad[0], "step": bad[1], "reason": bad[2]} if bad else None,
    }


def show(found: Mapping[str, Any], today: dt.date | None = None) -> None:
    """The verdict on an extract, in words."""
    say(headline(found), colour=COLOURS[found["verdict"]], bold=True)
    if found.get("practice"):
        say("PRACTICE: it comes from a practice ledger and is evidence of nothing.", colour="magenta", bold=True)
    if found["verdict"] == "verified":
        for line in _lines(found, today or dt.datetime.now(tz=dt.UTC).date()):
            say(f"  {line}")


def _lines(found: Mapping[str, Any], today: dt.date) -> Iterator[str]:
    given = found["given"]
    about = ", ".join(f"{kind} {name}" for kind, name, _ in found["about"])
    yield SHOWS[found["mode"]].format(about=about, position=found["head"]["position"])
    yield f"{found['opened']:,} fields open; withheld, each with a reason: {found['withheld']:,}{_reasons(found)}."
    for name, meaning in meanings(found["reasons"]):
        yield f"  {name}: {meaning}"
    for kind, name, reason in found["absent"]:
        yield f"Named in it, and not part of it: {kind} {name} ({spoken(reason)})."
    if found["disputed"]:
        yield f"Disputed: {count(found['disputed'], 'record')} from a time when the signing key was not safe."
    made = f" on {when(found['made_at'])}" if found["made_at"] else ""
    yield f"Given to {given['to']}{made} for {spoken(given['purpose'])}, marked {given['marking']}: {given['reasons']}"
    for label, name in (("Legal basis", "basis"), ("Way", "how"), ("Restrictions", "restrictions")):
        if given[name]:
            yield f"{label}: {given[name]}."
    if given["expires"]:
        over = " That day is over: it is to be destroyed." if given["expires"][:10] < today.isoformat() else ""
        yield f"Not to be kept after {given['expires']}.{over}"
    if found["recipient"]:
        yield f"For the ledger {found['recipient']}."
    yield f"It is the word of {found['trust']}, by your trust file; what was revoked since, it cannot know."


def _reasons(found: Mapping[str, Any]) -> str:
    counts = Counter(found["reasons"])
    listed = ", ".join(f"{spoken(reason).lower()} {number:,}" for reason, number in counts.most_common())
    return f" ({listed})" if listed else ""


def headline(found: Mapping[str, Any]) -> str:
    """The verdict in one line."""
    if found["verdict"] == "verified":
        return f"Verified: {count(found['records'], 'record')} of {found['agency']}"
    bad = found.get("first_bad") or {}
    where = f" at position {bad['position']}, step {bad['step']}" if bad.get("position") else ""
    return f"{found['verdict'].capitalize()}{where}: {bad.get('reason', 'it could not be decided')}"
