"""Answering for a review: each part, with what it was made from and what of that does not verify."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from ledger import Ledger, OpenSource, from_us, london, review_of, to_us
from ledger.errors import IntegrityError, Malformed, UsageError
from projections.projection import Answer
from projections.review.checks import CHECKS, cross_checks
from projections.review.coded import beside, coded
from projections.review.merged import chronology, chronology_totals, facts_of, gaps_of, intervals, knowledge, within
from projections.review.people import People, matches_of
from projections.review.told import disagreements, in_scope, shown, told_by
from projections.tables import Row

OPENED, SCOPED = "ReviewOpened", "ReviewScopeSet"
HIDDEN = ("PersonLinked",)  # events whose detail is name, date of birth and the like
GAP_DAYS = 28


class Wanted(NamedTuple):
    """What is asked of a review: as it was recorded by `as_at`; what an agency knew `at` a time; whether ids and names
    stand as in the key; from how many days on nothing is a gap."""

    as_at: dt.datetime | None = None
    agency: str | None = None
    at: dt.datetime | None = None
    anonymised: bool = False
    gap: int = GAP_DAYS


def review_answer(review: Ledger, opened: Sequence[OpenSource], part: str | None, wanted: Wanted) -> Answer:
    """One part of a review, or all of them under `parts`.

    Raises `UsageError` for a review without sources and a part that there is not, `Malformed` for a time that cannot
    be meant, `IntegrityError` where two verified sources disagree.
    """
    if not opened:
        raise UsageError("This review has no sources yet: add ledger folders and extracts with 'review add'.")
    if part is not None and part not in PARTS:
        raise UsageError(f"There is no part {part} of a review; there are: {', '.join(PARTS)}.")
    _check_agreed(opened)
    made = _Review(review, opened, wanted)
    if part is not None:
        return {**made.stamp(), "part": part, **PARTS[part](made)}
    return {**made.stamp(), "parts": {name: make(made) for name, make in PARTS.items()}}


class _Review:
    """The sources of a review read together, each thing made once."""

    def __init__(self, review: Ledger, opened: Sequence[OpenSource], wanted: Wanted) -> None:
        self._ledger, self._opened, self._wanted = review, opened, wanted
        self._own = [*review.readings()]
        until = _moment(review, opened, wanted.as_at)
        self._at = _moment(review, opened, wanted.at)
        self._all = told_by(opened, to_us(until) if until else None)
        self._told = [in_scope(one, self._cases) for one in self._all]
        self._people = People(opened, matches_of(self._own))

    @cached_property
    def _cases(self) -> list[str]:
        """The cases that the review looks at, as its scope says last; none: all."""
        said = [reading.data["cases"] for reading in self._own if reading.name in (OPENED, SCOPED)]
        return list(next((cases for cases in reversed(said) if cases), ()))

    @cached_property
    def _period(self) -> tuple[str | None, str | None]:
        """The days from and to which the review looks, both included, as its scope says last; None: no limit."""
        said = [reading.data for reading in self._own if reading.name == SCOPED]
        days = [(one["period_from"], one["period_to"]) for one in said if one["period_from"] or one["period_to"]]
        first, last = days[-1] if days else (None, None)
        return (str(first) if first else None), (str(last) if last else None)

    @cached_property
    def _rows(self) -> list[Row]:
        """What falls into the period, and what does not say when it happened."""
        return [row for row in self._every_row if within(row, *self._period)]

    @cached_property
    def _every_row(self) -> list[Row]:
        rows = chronology(self._told, beside(self._coded))
        for row in rows:
            if self._wanted.anonymised and row["kind"] in HIDDEN:
                row["detail"] = row["detail"].partition(";")[0]
        return rows

    @cached_property
    def _coded(self) -> list[Row]:
        return coded(self._own, self._all)

    @cached_property
    def _facts(self) -> tuple[list[Row], list[str], Row]:
        wanted = self._wanted
        knower = (wanted.agency, to_us(self._at)) if wanted.agency and self._at else None
        return knowledge(facts_of(self._told), self._told, knower)

    def chronology(self) -> Answer:
        rows = self._named(self._rows)
        outside = len(self._every_row) - len(rows)
        return {"rows": rows, "totals": {**chronology_totals(rows), "outside_period": outside}}

    def knowledge(self) -> Answer:
        rows, agencies, totals = self._facts
        return {"agencies": agencies, "rows": self._named(rows, "told_by"), "totals": totals}

    def intervals(self) -> Answer:
        lines = intervals(self._facts[0])
        hours = [line["hours"] for line in lines if line["hours"] is not None]
        totals = {"intervals": len(lines), "longest_hours": max(hours, default=None)}
        return {"rows": self._named(lines, ""), "totals": totals}

    def checks(self) -> Answer:
        rows = cross_checks(self._all, self._opened)
        totals = {check: sum(row["check"] == check for row in rows) for check in CHECKS}
        return {"rows": self._named(rows, "from"), "totals": totals}

    def gaps(self) -> Answer:
        rows = gaps_of(self._rows, self._wanted.gap)
        return {"rows": rows, "totals": {"gaps": len(rows), "days": self._wanted.gap}}

    def people(self) -> Answer:
        """The key itself; anonymised, what stands for people and their roles alone."""
        rows = self._people.rows()
        totals = {"persons": len(rows), "children": sum("child" in row["roles"] for row in rows)}
        if self._wanted.anonymised:
            rows = [{"label": row["label"], "roles": row["roles"]} for row in rows]
        return {"rows": rows, "totals": totals}

    def opportunities(self) -> Answer:
        codes = [row["code"] for row in self._coded if row["what"] == "MissedOpportunityCoded"]
        counts = {code or "not_said": codes.count(code) for code in sorted(set(codes), key=str)}
        not_found = sum(not entry["found"] for row in self._coded for entry in row["entries"])
        totals = {"said": len(self._coded), "missed_opportunities": counts, "entries_not_found": not_found}
        return {"rows": self._named(self._coded, ""), "totals": totals}

    def stamp(self) -> Answer:
        """What stands on every part: whose review it is, what it was made from, and what of it does not verify."""
        opening = next(reading for reading in self._own if reading.name == OPENED)
        head = self._ledger.head()
        made: Answer = {
            "review": review_of(self._ledger),
            "kind": opening.data["kind"],
            "cases": self._cases,
            "period": dict(zip(("from", "to"), self._period, strict=True)),
            "anonymised": self._wanted.anonymised,
            "sources": [_source(one) for one in self._opened],
            "unverified": [_doubt(one) for one in self._opened if not one.source.verified],
            "built_to": {"position": head.position, "hash": head.hash.hex()},
        }
        if self._wanted.as_at is not None:
            made["as_at"] = london(self._wanted.as_at)
        if self._wanted.agency is not None and self._at is not None:
            made["as_known_by"] = {"agency": self._wanted.agency, "at": london(self._at)}
        return made

    def _named(self, rows: list[Row], by: str = "agency") -> list[Row]:
        """Rows in which staff stand by role, and people as in the key where that is wanted; `by`: which column says by
        whose ids."""
        anonymised = self._wanted.anonymised
        renamed = {one.agency: self._people.renamed(one.agency, anonymised=anonymised) for one in self._all}
        anyone = self._people.renamed("", anonymised=anonymised)
        found = []
        for row in rows:
            rename = renamed.get(row.get(by) or "", anyone)
            ages = {"ages": {rename(person): age for person, age in row["ages"].items()}} if "ages" in row else {}
            found.append({**rename(row), **ages})
        return found


PARTS: dict[str, Callable[[_Review], Answer]] = {
    "chronology": _Review.chronology,
    "knowledge": _Review.knowledge,
    "intervals": _Review.intervals,
    "cross-checks": _Review.checks,
    "gaps": _Review.gaps,
    "people": _Review.people,
    "opportunities": _Review.opportunities,
}


def _source(one: OpenSource) -> Row:
    source = one.source
    return {
        "agency": source.agency,
        "form": source.form,
        "ledger": source.ledger.hex(),
        "verdict": source.verdict,
        "trusted_as": source.trusted_as or None,
        "why": source.why or None,
        "position": source.position,
        "hash": source.head.hex(),
        "sha256": source.digest.hex() or None,
        "records": len(one.readings),
        "grown": one.grown,
        "unread": one.unread,
        "added_at": london(from_us(source.added_us)),
        "by_record": source.number,
    }


def _doubt(one: OpenSource) -> str:
    why = f": {one.source.why}" if one.source.why else ""
    return f"NOT VERIFIED: the {one.source.form} of {one.source.agency}{why}"


def _check_agreed(opened: Sequence[OpenSource]) -> None:
    for one, other, positions in disagreements(opened):
        if one.source.verified and other.source.verified:
            numbers = f"records {one.source.number} and {other.source.number} of the review's ledger"
            raise IntegrityError(
                f"Two sources of {one.source.agency} ({numbers}) hold different records at position {positions[0]}: "
                "keep both, and ask the agency.",
                positions[0],
                3,
            )


def _moment(review: Ledger, opened: Sequence[OpenSource], time: dt.datetime | None) -> dt.datetime | None:
    """A time to look back from; `Malformed` for one without an offset, before all records, or to come."""
    if time is None:
        return None
    if time.utcoffset() is None:
        raise Malformed(f"The time {time.isoformat()} has no offset: write for example {time.isoformat()}+00:00.")
    times = [us for one in opened for r in one.readings if (us := shown(r).recorded_us) is not None]
    first, last = min(times, default=None), max(times, default=None)
    if first is not None and to_us(time) < first:
        raise Malformed(f"The sources of this review begin at {london(from_us(first))}; {time.isoformat()} is before.")
    if not review.practice and time > review.now():
        raise Malformed(f"{time.isoformat()} is still to come: leave the time out, or name one that is past.")
    if review.practice and last is not None and time > max(review.now(), from_us(last)):
        raise Malformed(f"{time.isoformat()} is later than anything that these practice ledgers record.")
    return time.astimezone(dt.UTC)
