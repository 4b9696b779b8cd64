"""What the figures are counted from, read once for an answer: the acts by kind, put together with what belongs to them.

A figure is a number of `Counted` things: each has a moment, which decides the period it falls into, the record it rests
on, and whether it counts in the numerator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from ledger import to_us
from projections.kpis_subject import Subject, said
from projections.owing import ended_late, is_open, is_overdue
from projections.projection import Asked
from projections.shown import Opener
from projections.tables import Row, Tables

MADE, MISDIRECTED = "DisclosureMade", "DisclosureMisdirected"
TAKEN = ("DecisionMade", "DecisionReconsidered")
FILES = ("case", "scheme", "context", "review")


class Counted(NamedTuple):
    """One thing that a figure counts; `hit`: in the numerator too. `hours` and `splits` are what else it adds to."""

    act: Row
    what: str
    hit: bool
    at_us: int
    hours: float | None = None
    splits: tuple[str, ...] = ()


class Measure(NamedTuple):
    """One figure, or one part of it: what is counted, of what, and whether many or few are to be wished for.

    One that tells how things stand (`standing`) is counted as at the end of the period, however long ago it began.
    """

    kpi: str
    part: str
    counted: str
    of: str
    things: Callable[[Facts], Iterator[Counted]]
    wished: str  # "all", "none", or nothing where neither is
    split: str = ""  # what the numerator is split by
    standing: bool = False


class Facts:
    """The acts and obligations of one ledger, as far as the answer is built."""

    def __init__(self, tables: Tables, asked: Asked, until: dt.datetime) -> None:
        self.asked, self.until = asked, until
        self.acts = list(tables.rows("kpis_act"))
        self._owed = list(tables.rows("kpis_owed"))
        self.contexts = {row["context"]: row["editions"] for row in tables.rows("kpis_context")}
        self._at = {act["position"]: act for act in self.acts}
        self._by_event: dict[str, list[Row]] = {}
        for act in self.acts:
            self._by_event.setdefault(act["event"], []).append(act)

    def of(self, *events: str) -> Iterator[Row]:
        """The acts of these kinds, in the order of their recording within each kind."""
        for event in events:
            yield from self._by_event.get(event, ())

    def at(self, position: int) -> Row:
        """The act recorded at a position."""
        return self._at[position]

    @cached_property
    def taken(self) -> dict[tuple[str, str], list[Row]]:
        """Each decision by file and id: every time it was taken, in order."""
        found: dict[tuple[str, str], list[Row]] = {}
        for act in sorted(self.of(*TAKEN), key=lambda act: act["position"]):
            found.setdefault((act["file"], act["name"]), []).append(act)
        return found

    @cached_property
    def disclosures(self) -> list[Row]:
        """Every disclosure: those made, and those that are told of only as having gone astray."""
        made = list(self.of(MADE))
        known = {(act["file"], act["name"]) for act in made}
        return [*made, *(act for act in self.of(MISDIRECTED) if (act["file"], act["name"]) not in known)]

    @cached_property
    def carried_out(self) -> dict[tuple[str, str], list[Row]]:
        """The disclosures that carry out each decision, by file and id."""
        found: dict[tuple[str, str], list[Row]] = {}
        for act in self.disclosures:
            found.setdefault((act["file"], said(act).get("decision") or ""), []).append(act)
        return found

    def decision_of(self, disclosure: Row) -> Row | None:
        """The decision that a disclosure carries out, as it was last taken before it was recorded."""
        taken = self.taken.get((disclosure["file"], said(disclosure).get("decision") or ""), [])
        before = [act for act in taken if act["position"] < disclosure["position"]]
        return before[-1] if before else None

    def found(self, act: Row, rules: Collection[str], about: str | None = None) -> bool:
        """Whether one of these rules found something of an act, or of the decision that it carries out."""
        decision = self.decision_of(act) if act["event"] == MADE else None
        return any(
            rule in rules and (about is None or about in named)
            for one in (act, decision)
            for rule, _, named in (one["found"] or () if one else ())
        )

    def owed(self, *duties: str) -> Iterator[Row]:
        """The obligations under these duties that had ended by then, and those whose time had run out."""
        until_us = to_us(self.until)
        for row in self._owed:
            if row["duty"] not in duties or row["position"] is None:
                continue
            still = not is_open(row) and row["ended_us"] > until_us
            stood = {**row, "ended_us": None, "ended_with": None} if still else row
            if not is_open(stood) or is_overdue(stood, self.until):
                yield stood

    def kept(self, *duties: str) -> Iterator[Counted]:
        """What was owed and fell due, and whether it was done in time."""
        for row in self.owed(*duties):
            yield self.due(row, hit=not is_open(row) and not ended_late(row))

    def due(self, row: Row, *, hit: bool) -> Counted:
        """An obligation as it is counted: it belongs to the period in which it fell due."""
        return Counted(self.at(row["position"]), ", ".join(row["about"]), hit, row["due_us"])

    @cached_property
    def items(self) -> dict[tuple[str, str], Row]:
        return {(act["file"], act["name"]): act for act in self.of("InformationRecorded")}

    @cached_property
    def informed(self) -> dict[tuple[str, str], set[str]]:
        """Who was told of each decision, by file and id, in an entry that names it."""
        found: dict[tuple[str, str], set[str]] = {}
        for act in self.of("PersonInformed"):
            found.setdefault((act["file"], said(act).get("decision_id") or ""), set()).add(act["name"])
        return found

    @cached_property
    def persons(self) -> dict[tuple[str, str], list[Row]]:
        """What each file says of each person: who they are, then how able they were found to be."""
        found: dict[tuple[str, str], list[Row]] = {}
        for act in self.of("PersonLinked", "CompetenceAssessed"):
            found.setdefault((act["file"], act["name"]), []).append(act)
        return found

    def subjects(self, act: Row) -> Iterator[Subject]:
        """Whom a decision shares information about: those it names, and those whom what it shares is about."""
        withheld = said(act).get("withheld") or ()
        shared = (item for item in said(act).get("items") or () if item not in withheld)
        items = (self.items.get((act["file"], item)) for item in shared)
        about = (said(item).get("person") for item in items if item)
        for person in dict.fromkeys([*said(act).get("positions", {}), *filter(None, about)]):
            yield Subject(person, self.persons.get((act["file"], person), []), self._opener)

    @cached_property
    def _opener(self) -> Opener:
        return Opener(self.asked.ledger)
