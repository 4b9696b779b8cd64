"""The chronology and the knowledge matrix of all agencies together, with what the reviewer says beside each entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ledger import Reading
from ledger.errors import UnknownId
from projections.chronology_rows import chronology_rows, gaps, in_order
from projections.knowledge_facts import Fact
from projections.knowledge_matrix import matrix
from projections.knowledge_notes import notes
from projections.knowledge_report import TEXT, late, row_of, totals_of
from projections.review.told import Told, shown
from projections.shown import tree_of
from projections.tables import Row

LATE_HOURS = 24
ALL = "all"


def chronology(told: Iterable[Told], said: Mapping[tuple[str, int], list[str]]) -> list[Row]:
    """Every agency's entries in the order in which things happened, staff by role; `review`: what the reviewer says.

    See `chronology_rows.py` for the other keys.
    """
    rows = in_order(chain.from_iterable(chronology_rows(one.readings, one.agency) for one in told))
    return [row | {"review": said.get((row["agency"], row["position"]), [])} for row in rows]


def within(row: Row, first: str | None, last: str | None) -> bool:
    """Whether an entry happened between two days in London, both included; one without a day is in every period."""
    day = row["date"]
    return day is None or ((first or day) <= day <= (last or day))


def chronology_totals(rows: Sequence[Row]) -> Row:
    """What the chronology comes to."""
    dated = [row["date"] for row in rows if row["date"]]
    return {
        "entries": len(rows),
        "agencies": len({row["agency"] for row in rows}),
        "first": dated[0] if dated else None,
        "last": dated[-1] if dated else None,
        "recorded_late": sum((row["late_hours"] or 0) > LATE_HOURS for row in rows),
        "with_findings": sum(bool(row["findings"]) for row in rows),
        "with_reviewers_notes": sum(bool(row["review"]) for row in rows),
    }


def gaps_of(rows: Sequence[Row], days: int) -> list[Row]:
    """Where nobody, and where each agency by itself, recorded nothing for more than so many days."""
    agencies = sorted({row["agency"] for row in rows})
    found = []
    for agency in (ALL, *agencies):
        own = [row for row in rows if agency in (ALL, row["agency"])]
        found += [{"agency": agency, **{key: gap[key] for key in ("from", "to", "days")}} for gap in gaps(own, days)]
    return found


def facts_of(told: Iterable[Told]) -> list[Fact]:
    """The knowledge matrix over all ledgers."""
    return matrix((one.agency, chain.from_iterable(map(_notes, one.readings))) for one in told)


def knowledge(
    facts: Sequence[Fact], told: Sequence[Told], knower: tuple[str, int] | None = None
) -> tuple[list[Row], list[str], Row]:
    """The matrix as rows, the agencies in it, and totals; with `knower` (an agency and µs) whether it knew then.

    Raises `UnknownId` for an agency that no record names.
    """
    agencies = sorted({agency for fact in facts for agency in fact.cells} | {one.agency for one in told})
    by_agency = {one.agency: one for one in told}
    rows = [row_of(fact, agencies) | _told_text(fact, by_agency) for fact in facts]
    totals = totals_of(facts)
    if knower is not None:
        if knower[0] not in agencies:
            raise UnknownId(f"No source of this review names an agency {knower[0]}; there are: {', '.join(agencies)}.")
        for fact, row in zip(facts, rows, strict=True):
            row["known_then"] = fact.known_by(*knower)
        totals |= {"known_then": sum(row["known_then"] for row in rows)}
    return rows, agencies, totals


def intervals(rows: Iterable[Row]) -> list[Row]:
    """How long from known to shared, and from asked to answered; no hours where it never came to that."""
    return [line for row in rows for line in _intervals(row)]


def _intervals(row: Row) -> Iterator[Row]:
    of = {"fact": row["fact"], "ref": row["ref"]}
    if row["asked_at"]:
        yield {
            **of,
            "interval": "asked_to_answered",
            "from": row["asked_at"],
            "to": row["answered_at"],
            "by": row["answered_by"],
            "hours": row["answered_after_hours"],
            "refused_at": row["refused_at"],
            "presumed": row["answer_presumed"],
        }
    elif row["shared_at"]:
        yield {
            **of,
            "interval": "known_to_shared",
            "from": row["first_known_at"],
            "to": row["shared_at"],
            "by": row["shared_by"],
            "hours": row["shared_after_hours"],
            "refused_at": None,
            "presumed": False,
        }


def _notes(reading: Reading) -> list[Row]:
    """What a record tells of who knew what; nothing where an extract withholds what that takes."""
    if None in shown(reading)[:3]:
        return []
    try:
        return list(notes(reading))
    except KeyError:
        return []


def _told_text(fact: Fact, told: Mapping[str, Told]) -> Row:
    agency, position = fact.told
    reading = told[agency].at(position)
    name = TEXT.get(fact.name.sort)
    tree = tree_of(reading) if reading is not None and name else {}
    text = tree.get(name, tree.get("words")) if name else None
    return {"text": text, "told_by": agency, "late": late(reading)}
