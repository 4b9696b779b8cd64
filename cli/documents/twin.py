"""The readable twin of an extract: what it says, for whoever has no program to open it. It gives no verdict.

Anyone could write a page that says "verified". So this one says how to have the extract itself checked, and by which
digest to know the file it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.documents.model import Column, Document, Section
from cli.documents.views import figure
from cli.pages import cell, spoken, when
from cli.reasons import meanings

MODES = {
    "complete": "All records of what it is about, without a gap. What is withheld is listed with the reason.",
    "selective": "Some records, chosen for the recipient. That there are others, or none, it does not say.",
    "statement": "What the agency states it holds, in its own signed words. Nothing shows of what else it holds.",
}
COLUMNS = (
    Column("No.", 1),
    Column("When", 3),
    Column("What happened", 4),
    Column("By (role)", 3),
    Column("What it says", 9),
)


@dataclass(frozen=True)
class Entry:
    """One record of an extract: its fields as values, and the fields that are withheld with the reason for each."""

    position: int
    event: str  # in plain words
    occurred_at: str | None
    role: str
    fields: Mapping[str, Any]
    withheld: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Opened:
    """An extract as it was opened: who gave it, about what, on which terms (`given`), and its records."""

    agency: str
    about: str
    mode: str
    practice: bool
    sha256: str
    file: str
    given: Mapping[str, str]
    entries: Sequence[Entry]
    head: str = ""  # the record up to which it goes, in words


def twin(extract: Opened) -> Document:
    """The document; chronology first."""
    ordered = sorted(extract.entries, key=lambda entry: (entry.occurred_at or "", entry.position))
    withheld = [(e.position, e.event, spoken(f), spoken(why)) for e in ordered for f, why in e.withheld]
    rows = tuple((e.position, when(e.occurred_at or ""), e.event, e.role, _brief(e)) for e in ordered)
    said = tuple(line for entry in ordered for line in _lines(entry))
    columns = Column("No."), Column("What happened", 3), Column("Field", 2), Column("Value", 6)
    reasons = Column("No."), Column("What happened", 3), Column("Field", 2), Column("Reason", 3)
    meant = Section(
        "What the reasons mean",
        columns=(Column("Reason"), Column("It means", 5)),
        rows=tuple(meanings(why for entry in ordered for _, why in entry.withheld)),
    )
    return Document(
        title=f"Extract of {extract.about}, given by {extract.agency}",
        marking=extract.given.get("marking", ""),
        practice=extract.practice,
        front=tuple((label, value) for label, value in _front(extract) if value),
        box=tuple(_how_to_check(extract)),
        sections=(
            Section("Chronology", "In the order in which things happened.", COLUMNS, rows),
            Section("What each record says", "Every field that is open, by record.", columns, said),
            Section("What is withheld", "Each field that is not shown, and why.", reasons, tuple(withheld)),
            *([meant] if meant.rows else []),
        ),
        notes=(
            "This page is for reading. It is no evidence and gives no verdict: the extract is what the agency signed.",
        ),
    )


def _front(extract: Opened) -> Iterator[tuple[str, str]]:
    given = extract.given
    yield "Given by", extract.agency
    yield "Given to", given.get("to", "")
    yield "Purpose", spoken(given.get("purpose", ""))
    yield "Legal basis", given.get("basis", "")
    yield "Reasons", given.get("reasons", "")
    yield "Marking", given.get("marking", "")
    yield "Handling", given.get("handling", "")
    yield "Restrictions", given.get("restrictions", "")
    yield "Not to be kept after", given.get("expires", "")
    yield "What it holds", MODES.get(extract.mode, extract.mode)
    yield "It goes to", extract.head
    yield "Records", str(len(extract.entries))
    yield "SHA-256 of the file", extract.sha256


def _how_to_check(extract: Opened) -> Iterator[str]:
    yield "This page cannot tell you whether it is true"
    yield (
        f"It was made from the file {extract.file}. Anybody could have written a page like this one, so it gives no "
        "verdict. Only the file, together with the agency's card or key that you got from the agency itself, does."
    )
    yield f"With a terminal: ruleseven extract verify {extract.file} --trust CARD"
    yield "Without installing RuleSeven: the second verifier, one short file of Python that needs two libraries."
    yield (
        "Without a terminal: the verifier page. Get it from somewhere else than you got this page, compare its SHA-256 "
        "with the published one, then drop the file and the card on it."
    )


def _brief(entry: Entry) -> str:
    """The record in one line, free text included; what is withheld is only counted."""
    said = "; ".join(f"{spoken(name)}: {_value(value)}" for name, value in entry.fields.items() if _value(value))
    count = len(entry.withheld)
    hidden = f"[{count} {'field' if count == 1 else 'fields'} withheld]" if count else ""
    return " ".join(filter(None, [said, hidden]))


def _lines(entry: Entry) -> Iterator[tuple[int, str, str, str]]:
    for name, value in entry.fields.items():
        if text := _value(value):
            yield entry.position, entry.event, spoken(name), text


def _value(value: Any) -> str:
    return cell(figure(value))
