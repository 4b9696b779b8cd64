"""The knowledge matrix as reviewers read it: facts down, agencies across, and when each knew; then how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cli.documents.model import Column, Document, Picture, Section, columns
from cli.documents.views import Source, view_document
from cli.pages import when

Row = Mapping[str, Any]
NEVER = "never"
SAID = "A row for each fact; in each column, when that agency knew it. Never: nothing here says that it did."
INTERVALS = columns("Fact", "First known", "By", "Shared", "With", "Hours", "Asked", "Refused", "Answered")


def knowledge_document(answer: Mapping[str, Any], title: str, source: Source, pictures: Sequence[Picture]) -> Document:
    """The matrix and the intervals, instead of the view's own rows."""
    agencies = answer["agencies"]
    facts = tuple(fact_row(row, agencies) for row in answer["rows"])
    sections = [
        Section("Who knew what when", SAID, fact_columns(agencies), facts),
        Section("How long it took", columns=INTERVALS, rows=tuple(map(_interval, answer["rows"]))),
    ]
    then = tuple((row["fact"], "yes" if row["known_then"] else "no") for row in answer["rows"] if "known_then" in row)
    if then:
        sections.append(Section("Known then", "At the moment that was asked for.", columns("Fact", "Known"), then))
    rest = {key: value for key, value in answer.items() if key not in ("rows", "agencies")}
    made = view_document(title, rest, source, pictures)
    first = len([section for section in made.sections if section.pictures])
    return replace(made, sections=(*made.sections[:first], *sections, *made.sections[first:]))


def fact_columns(agencies: Sequence[str]) -> tuple[Column, ...]:
    """The columns of the matrix."""
    return Column("Fact", 3), *(Column(agency, 2) for agency in agencies)


def fact_row(row: Row, agencies: Sequence[str]) -> tuple[str, ...]:
    """A line of it: the fact, and when each agency knew."""
    return row["fact"], *(_cell(row, agency) for agency in agencies)


def _cell(row: Row, agency: str) -> str:
    cell = row["cells"].get(agency)
    if cell is None:
        return NEVER
    if cell["known_at"] is None:
        return f"sent {when(cell['sent_at'])}, not confirmed" if cell["sent_at"] else NEVER
    return f"{when(cell['known_at'])}{' at the latest' if cell['at_latest'] else ''}"


def _interval(row: Row) -> tuple[Any, ...]:
    at = {name: when(row[f"{name}_at"] or "") for name in ("first_known", "shared", "asked", "refused", "answered")}
    with_whom, hours = ", ".join(row["shared_with"]), row["shared_after_hours"]
    known = row["fact"], at["first_known"], row["first_known_by"]
    return (*known, at["shared"], with_whom, hours, at["asked"], at["refused"], at["answered"])
