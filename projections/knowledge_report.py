"""The knowledge matrix as it is shown: of one case or of all, and what one agency knew at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger import Reading, to_us
from projections.arguments import file_of
from projections.knowledge_facts import Cell, Fact
from projections.knowledge_matrix import matrix
from projections.knowledge_notes import ASSOCIATION, DISCLOSURE, EPISODE, ITEM
from projections.knowledge_of import check_agency
from projections.projection import Answer, Asked
from projections.registers import hours, in_file
from projections.shown import Opener, when
from projections.tables import Row, Tables

TEXT = {ITEM: "content", EPISODE: "circumstances", DISCLOSURE: "details"}  # what the record says of it, opened
LATE_ENTRY = "ST-05"
SAID = {
    ITEM: "item {ref}: {kind}",
    EPISODE: "missing episode {ref}",
    ASSOCIATION: "{persons} found at {context}",
    "request": "request {ref}",
    DISCLOSURE: "what {agency} disclosed in {ref}",
}


def show(tables: Tables, asked: Asked) -> Answer:
    """A row for each fact, a cell for each agency; with `as_known_by` and `at`, whether that agency knew it then."""
    own, opener = asked.ledger.agency_id, Opener(asked.ledger)
    facts = matrix([(own, _notes(tables, asked))])
    agencies = sorted({agency for fact in facts for agency in fact.cells})
    rows = [
        row_of(fact, agencies) | {"text": _text(fact, opener), "late": late(asked.ledger.reading(fact.told[1]))}
        for fact in facts
    ]
    totals = totals_of(facts)
    if knower := asked.args.get("as_known_by"):
        check_agency(asked.ledger, knower, agencies)
        for fact, row in zip(facts, rows, strict=True):
            row["known_then"] = fact.known_by(knower, to_us(asked.now))
        totals |= {"known_then": sum(row["known_then"] for row in rows)}
    return {"agencies": agencies, "rows": rows, "totals": totals}


def row_of(fact: Fact, agencies: Iterable[str]) -> Row:
    """One fact: since when each agency is known to have known it (None: as far as is told, never), and the intervals.

    `known_at` has the bare times by agency, `cells` how each is known; times are ISO 8601, intervals hours.
    """
    first = fact.first
    return {
        "fact": in_words(fact),
        "sort": fact.name.sort,
        "ref": fact.name.ref,
        "of": fact.name.agency or None,
        **in_file(fact.file),
        "persons": fact.persons,
        "kind": fact.kind,
        "known_at": {agency: _since(fact.cells.get(agency)) for agency in agencies},
        "cells": {agency: _cell(cell, first) for agency, cell in sorted(fact.cells.items())},
        "first_known_at": when(first[0]) if first else None,
        "first_known_by": first[1] if first else None,
        "shared_at": when(fact.shared_us),
        "shared_by": fact.shared_by,
        "shared_with": fact.shared_with,
        "shared_after_hours": _between(first[0] if first else None, fact.shared_us),
        "asked_at": when(fact.asked_us),
        "refused_at": when(fact.refused_us),
        "answered_at": when(fact.answered_us),
        "answered_by": fact.answered_by,
        "answer_presumed": fact.answer_presumed,
        "answered_after_hours": _between(fact.asked_us, fact.answered_us),
        "position": fact.told[1],
    }


def late(reading: Reading | None) -> bool | None:
    """Whether what tells of a fact was recorded late, as it was judged then (ST-05); None where nothing tells of it."""
    return None if reading is None else any(found.rule == LATE_ENTRY for found in reading.findings or ())


def in_words(fact: Fact) -> str:
    """The fact in a few words, without what is sealed of it."""
    persons, kind = ", ".join(fact.persons), (fact.kind or "kind not said").replace("_", " ")
    context = fact.name.ref.partition("/")[0]
    said = (
        SAID[fact.name.sort].format(**fact.name._asdict(), kind=kind)
        if fact.name.sort == ITEM
        else (SAID[fact.name.sort].format(ref=fact.name.ref, agency=fact.name.agency, persons=persons, context=context))
    )
    return said if fact.name.sort == ASSOCIATION or not persons else f"{said}, about {persons}"


def totals_of(facts: Sequence[Fact]) -> Row:
    """What it comes to; a fact is `sent_only` to an agency where nothing says that it arrived."""
    cells = [cell for fact in facts for cell in fact.cells.values()]
    asked = [fact for fact in facts if fact.asked_us is not None]
    return {
        "facts": len(facts),
        "shared": sum(fact.shared_us is not None for fact in facts),
        "sent_only": sum(cell.at_us is None for cell in cells),
        "requests": len(asked),
        "answered": sum(fact.answered_us is not None for fact in asked),
    }


def _notes(tables: Tables, asked: Asked) -> Iterator[Row]:
    """What the records of one file tell, with what is told elsewhere of its persons' contexts; or all there is."""
    about = file_of(asked)
    if about is None:
        yield from tables.rows("knowledge_note")
        return
    file = f"{about.type}:{about.id}"
    told = list(tables.rows("knowledge_note", file=file))
    persons = {row["person"] for row in tables.rows("knowledge_person", file=file)}
    yield from told
    persons |= {person for note in told for person in note["persons"] or ()}
    for note in tables.rows("knowledge_note", sort=ASSOCIATION):
        if note["file"] != file and persons & set(note["persons"]):
            yield note


def _text(fact: Fact, opener: Opener) -> Any:
    """What was recorded of it, opened now; "[erased …]" or "[locked]" where it cannot be."""
    tree = opener.tree(fact.told[1])
    name = TEXT.get(fact.name.sort)
    return tree.get(name, tree.get("words")) if name else None


def _since(cell: Cell | None) -> str | None:
    return when(cell.at_us) if cell else None


def _cell(cell: Cell, first: tuple[int, str] | None) -> Row:
    return {
        "known_at": when(cell.at_us),
        "how": cell.how,
        "at_latest": cell.at_latest,
        "sent_at": when(cell.sent_us),
        "after_hours": _between(first[0] if first else None, cell.at_us),
        "told_by": cell.by,
        "position": cell.position,
    }


def _between(start_us: int | None, end_us: int | None) -> float | None:
    return None if start_us is None or end_us is None else hours(start_us, end_us)
