"""What became of one command: the line of JSON, the words for people, and what it does to the run's exit code."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cli import exits
from cli.words import answer, say

if TYPE_CHECKING:
    from ledger import Finding, Ledger, Owed, Receipt

LEVELS = {"E": ("refused", "red"), "B": ("breach", "red"), "W": ("warning", "yellow"), "I": ("information", "cyan")}
LAST_MINUTE = (23, 59)  # a limit in days ends with its day

# A run's exit code is the first of these that occurred in any of its lines.
WORST_FIRST = (exits.STORAGE, exits.INTEGRITY, exits.USAGE, exits.REFUSED)


@dataclass
class Result:
    """One line's outcome; `json` is what the contract says a line prints."""

    line: int
    code: int
    json: dict[str, Any] = field(default_factory=dict)

    def show(self, *, as_json: bool) -> None:
        if as_json:
            answer({"line": self.line, **self.json})
        else:
            self._say()

    def _say(self) -> None:
        label = " ".join(str(part) for part in (self.json.get("ledger"), self.json.get("row")) if part)
        head = f"line {self.line}{f' ({label})' if label else ''}"
        if "check" in self.json:
            say(f"{head}: the view {self.json['check']} {'says so' if self.json['held'] else 'says something else'}")
        elif "error" in self.json:
            say(f"{head}: not recorded: {self.json['error']}", colour="red")
        elif "refused" in self.json:
            say(f"{head}: refused: {self.json['message']}", colour="yellow")
        else:
            stored = ", ".join(f"{short(r['kind'])} at position {r['position']}" for r in self.json["records"])
            say(f"{head}: {'stored before' if self.json.get('repeated') else 'stored'}: {stored}")
            if self.json.get("clock_behind"):
                say("    recorded at the time of the record before it: the time given or the clock was behind that")
            for finding in self.json["findings"]:
                say(f"    {in_words(finding)}", colour=LEVELS[finding["level"]][1])
            for owed in self.json.get("owed", ()):
                say(f"    {owed_in_words(owed)}")
        if self.json.get("held") is False:
            say(f"    expected {json.dumps(self.json['expected'], ensure_ascii=False)}", colour="red")
            say(f"    found    {json.dumps(self.json['found'], ensure_ascii=False)}", colour="red")


def attempt(book: Ledger, line: int, command: bytes, actor: Mapping[str, str] | None, /, **extra: Any) -> Result:
    """Record one command; what is wrong with it becomes its result, what is wrong with the storage is raised."""
    from ledger import parse_line
    from ledger.errors import Conflict, Refused, UsageError

    try:
        return accepted(book, line, book.record(named(parse_line(command), actor)), **extra)
    except (Refused, UsageError, Conflict) as error:
        return rejected(line, error, **extra)


def named(command: dict[str, Any], actor: Mapping[str, str] | None) -> dict[str, Any]:
    """The command with `actor` put in where it names nobody."""
    return command if command.get("actor") is not None or actor is None else {**command, "actor": dict(actor)}


def accepted(book: Ledger, line: int, receipt: Receipt, /, **extra: Any) -> Result:
    """The result of what was stored, now or (a repeated command id) before."""
    records = [{"position": r.position, "hash": r.hash.hex(), "kind": r.kind} for r in receipt.records]
    found: dict[str, Any] = {"records": records, "findings": [finding_json(f) for f in receipt.findings]}
    if receipt.owed:
        found["owed"] = [owed_json(book, owed) for owed in receipt.owed]
    if receipt.repeated:
        found["repeated"] = True
    if receipt.clock_behind:
        found["clock_behind"] = True
    return Result(line, exits.DONE, {**extra, **found})


def rejected(line: int, error: Exception, /, **extra: Any) -> Result:
    """The result of what was not stored, and why."""
    from ledger.errors import Refused

    code, _ = exits.code_and_sentence(error)
    if isinstance(error, Refused):
        return Result(line, code, {**extra, "refused": list(error.rules), "message": str(error)})
    return Result(line, code, {**extra, "error": str(error)})


def run_code(codes: Iterable[int]) -> int:
    """The exit code of a run from those of its lines."""
    occurred = set(codes)
    return next((code for code in WORST_FIRST if code in occurred), exits.DONE)


def finding_json(finding: Finding) -> dict[str, Any]:
    return {**finding._asdict(), "about": list(finding.about)}


def owed_json(book: Ledger, owed: Owed) -> dict[str, Any]:
    """An obligation that an act brings: what is to be done until when, and by whom if it is another agency's."""
    from ledger import london

    what = book.standing(owed, owed.due).what
    return {"duty": owed.duty, "about": list(owed.about), "due": london(owed.due), "by": owed.by or None, "what": what}


def owed_in_words(owed: Mapping[str, Any]) -> str:
    """An obligation as a sentence: “By Wed 14 Oct 2026: tell KYP that the consent is withdrawn.”"""
    due = dt.datetime.fromisoformat(owed["due"])
    hour = "" if (due.hour, due.minute) == LAST_MINUTE else f" {due:%H:%M}"
    return f"By {due:%a} {due.day} {due:%b %Y}{hour}: {owed['what']}."


def in_words(finding: Mapping[str, Any]) -> str:
    """A finding as a sentence: how grave, which rule, of whom, what."""
    grave = LEVELS[finding["level"]][0]
    whose = "somebody else's " if finding.get("external") else ""
    about = f" ({', '.join(finding['about'])})" if finding.get("about") else ""
    return f"{whose}{grave} {finding['rule']}{about}: {finding['message']}"


def short(kind: str) -> str:
    """`ConsentGiven` of `case/ConsentGiven/1`."""
    parts = kind.split("/")
    return parts[1] if len(parts) == 3 else kind
