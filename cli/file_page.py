"""A case or scheme for whoever works on it: what is pending, what was decided, what was found, what happened when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.pages import page, spoken, when
from cli.results import LEVELS, in_words, owed_in_words
from cli.table import table
from cli.words import say

HEAD = {"case", "scheme", "state", "opened_at", "closed_at", "as_at", "as_known_by", "built_to", "note"}
TOLD = {"clocks", "obligations", "reconsideration_due", "findings", "chronology"}
TOLD |= {"refusals"}  # these are undertakings too


def file_page(answer: Mapping[str, Any], *, details: bool = True) -> None:
    """Show a case or scheme; `details` adds every other part of it."""
    kind = "scheme" if "scheme" in answer else "case"
    say(
        f"{kind.capitalize()} {answer[kind]}: {str(answer.get('state') or 'nothing known').replace('_', ' ').lower()}",
        bold=True,
    )
    if answer.get("as_at"):
        say(f"As the ledger said at {when(answer['as_at'])}, position {answer['built_to']['position']}.")
    if known := answer.get("as_known_by"):
        say(f"As {known['agency']} knew it at {when(known['at'])}, as far as this ledger can tell.")
    _section("Pending", list(pending(answer)))
    _section("Decided", list(decided(answer)))
    _findings(answer.get("findings") or ())
    say()
    chronology(answer.get("chronology") or ())
    if details:
        rest = {key: value for key, value in answer.items() if key not in HEAD | TOLD and value not in (None, [], {})}
        say()
        page(rest)


def pending(answer: Mapping[str, Any]) -> Iterator[str]:
    """What waits for somebody, and until when."""
    if due := answer.get("reconsideration_due"):
        yield f"An authorised officer must consider the refusal again by {when(due)}."
    for clock in answer.get("clocks") or ():
        if clock.get("met_at") is None and not answer.get("closed_at"):
            late = f", {clock['late_by']}" if clock.get("late") else ""
            yield f"The stage {spoken(clock['stage'])} runs until {when(clock['due'])}{late}."
    for owed in answer.get("obligations") or ():
        if owed["due"] != due:
            yield f"{owed_in_words(owed)}{' Overdue.' if owed['overdue'] else ''}"
    for consent in answer.get("consents") or ():
        if consent.get("status") == "given" and consent.get("expires_at"):
            yield f"The consent {consent.get('consent_id')} lasts until {when(consent['expires_at'])}."


def decided(answer: Mapping[str, Any]) -> Iterator[str]:
    """What was decided, with its reasons in one line each."""
    for sort in ("decisions", "scheme_decisions", "reconsiderations"):
        for decision in answer.get(sort) or ():
            name = decision.get("decision_id") or decision.get("reconsideration_id") or ""
            outcome = spoken(str(decision.get("outcome") or ""))
            reasons = f": {decision['reasons']}" if decision.get("reasons") else ""
            yield f"{when(decision['at'])}  {name + ' ' if name else ''}{outcome}{reasons}"


def chronology(entries: Sequence[Mapping[str, Any]]) -> None:
    """What happened when, by whom in which role, and when it was recorded if that was later."""
    rows = [
        [
            entry["position"],
            when(entry["occurred_at"]),
            words_of(entry["event"]),
            entry["actor"]["role"] if entry.get("actor") else "",
            ", ".join(entry.get("findings") or ()),
            _lag(entry),
        ]
        for entry in entries
    ]
    table(["no.", "when", "what", "by", "found", "recorded"], rows, right=[0])


def words_of(event: str) -> str:
    """`UndertakingRefused` as `undertaking refused`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in event).strip()


def _lag(entry: Mapping[str, Any]) -> str:
    occurred, recorded = (dt.datetime.fromisoformat(entry[key]) for key in ("occurred_at", "recorded_at"))
    return "" if recorded - occurred < dt.timedelta(minutes=1) else when(entry["recorded_at"])


def _section(title: str, sentences: Sequence[str]) -> None:
    if sentences:
        say()
        say(title, bold=True)
        for sentence in sentences:
            say(f"  {sentence}")


def _findings(findings: Sequence[Mapping[str, Any]]) -> None:
    if not findings:
        return
    say()
    say("Found by the rules", bold=True)
    for finding in findings:
        say(f"  {in_words(finding)}", colour=LEVELS[finding["level"]][1])
