"""Where one case or scheme stands at a moment, in few words: what a replay compares before and after each step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ledger import LONDON, About, File, Ledger, Owed, Reading
from projections.case import PARTS
from projections.chronology_words import phrase
from projections.fields import pick

State = dict[str, str]
STATES = {"CaseOpened": "open", "CaseClosed": "closed", "CaseReopened": "open"}
NAMES = {  # one of each sort of part
    "persons": "person",
    "information": "item",
    "consents": "consent",
    "requests": "request",
    "advice": "advice",
    "decisions": "decision",
    "disclosures": "disclosure",
    "receipts": "receipt",
    "restrictions": "restriction",
}


class Standing:
    """A file as its records make it, one after another: by the procedure's own fold, and by what was last said of each
    of its parts."""

    def __init__(self, ledger: Ledger, about: About) -> None:
        self._ledger = ledger
        self._file = File(about)
        self._parts: State = {"state": ""}
        self._owed: dict[Owed, tuple[str, str]] = {}

    def fold(self, reading: Reading) -> None:
        """Take one more record."""
        self._file.fold(reading.entry())
        if self._file.about.type == "scheme":
            self._parts["state"] = self._file.scheme.state.replace("_", " ").lower()
        elif reading.name in STATES:
            self._parts["state"] = STATES[reading.name]
        sort, field = PARTS.get(reading.name, ("", None))
        if field is not None and (ref := pick(reading, reading.name, field)[0]):
            self._parts[f"{NAMES[sort]} {ref}"] = self._part(sort, ref) or phrase(reading.name)

    def at(self, moment: dt.datetime) -> State:
        """What stands where at a moment: by part, and what is owed by when."""
        consents = {f"consent {ref}": held.state(moment) for ref, held in self._file.case.consents.items()}
        return self._parts | consents | dict(map(self._line, self._file.owed.values()))

    def _part(self, sort: str, ref: str) -> str:
        """How a part stands, where that is more than what was last said of it."""
        case = self._file.case
        if sort == "decisions" and ref in case.decisions:
            return case.decisions[ref].event.outcome
        if sort == "persons" and ref in case.persons:
            return ", ".join(sorted(role.replace("_", " ") for role in case.persons[ref].roles))
        return ""

    def _line(self, owed: Owed) -> tuple[str, str]:
        """An obligation in words, and when it falls due; kept, since that does not change while it is open."""
        if owed not in self._owed:
            due = owed.due.astimezone(LONDON)
            by = f"by {due:%Y-%m-%d %H:%M}{' BST' if due.dst() else ''}"
            self._owed[owed] = f"owed: {self._ledger.standing(owed, owed.due).what}", by
        return self._owed[owed]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str | None]]:
    """What is not as it was: each with how it stood before and after; None where it was not there."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [{"what": name, "before": before.get(name), "after": after.get(name)} for name in names]
