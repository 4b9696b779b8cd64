"""The policy lens: what would have been found under another edition (requirements §5.3). It changes nothing.

1. Every entry is folded in order, twice: as it was recorded, and as if the edition had stood in the place of its
   family's at all times. What is found in the second history stays in it, so that later acts are judged beside it.
2. At each entry the act is judged again in both. What the first history finds must be what is stored; where it is not
   (content was erased, or this release judges otherwise), nothing is said of that rule.
3. What differs between the stored finding and the second history is the edition's doing.
4. Of a refused command only its codes were kept: of each rule that refused it the lens says whether that rule would
   still refuse, and never that the share was right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from ledger.procedure.declare import About
from ledger.procedure.edition import SEVERITY, Book, Context, Edition
from ledger.procedure.entry import Entry, Finding
from ledger.procedure.events.operations import CommandRefused
from ledger.procedure.refusal import CONDITIONS
from ledger.procedure.replay import Replay, judged_again, parts
from ledger.procedure.state.agency import Agency

REFUSES = "E"
IN_FORCE_RULE = "LB-03"  # the one rule that codes alone decide


@dataclass(frozen=True)
class Seen:
    """An entry as far as it can be opened; `unopened` says why the rest cannot be: ``erased``, ``locked`` …"""

    entry: Entry
    unopened: str = ""


@dataclass(frozen=True)
class Row:
    """One rule at one entry: the level found then, and the level under the edition (empty: none).

    `of_others`: at the same level it is found of other persons, items or stages. `cannot` says why nothing can be said;
    an empty `rule` then stands for all of them.
    """

    entry: Entry
    rule: str
    then: str
    under: str
    about: tuple[str, ...] = ()
    message: str = ""
    of_others: bool = False
    cannot: str = ""
    note: str = ""

    @property
    def differs(self) -> bool:
        return not self.cannot and (self.then != self.under or self.of_others)

    @property
    def refused(self) -> bool:
        """Whether the act would have been refused, which was accepted."""
        return self.differs and self.under == REFUSES

    @property
    def decision(self) -> str:
        """The decision that the act makes or carries out."""
        return getattr(self.entry.event, "decision_id", None) or ""


@dataclass(frozen=True)
class Lens:
    """A hindsight view of a ledger as far as `position`, whose record has this hash."""

    edition: Edition
    as_at: dt.datetime | None
    position: int
    hash: bytes
    applies: bool  # whether the edition is for agencies of this kind at all
    judged: int  # how many entries were judged again
    rows: tuple[Row, ...]
    book: Book = field(repr=False)

    @property
    def heading(self) -> str:
        return f"Hindsight view under {self.edition.edition_id}; not a compliance finding"

    def in_force(self, row: Row) -> bool:
        """Whether the edition, by its dates, governed the day of this entry."""
        return self.edition.edition_id in self.book.context(row.entry.occurred_at).ids

    @property
    def totals(self) -> dict[str, int]:
        differ = [row for row in self.rows if row.differs]
        return {
            "judged": self.judged,
            "differences": len(differ),
            "would_be_refused": len({row.entry.position for row in differ if row.refused}),
            "decisions_affected": len({(row.entry.about, row.decision) for row in differ if row.decision}),
            "cannot_be_judged": sum(bool(row.cannot) for row in self.rows),
        }


def look(seen: Iterable[Seen], named: Agency, edition: Edition, as_at: dt.datetime | None = None) -> Lens:
    """What every act would have come to under `edition`; of `named`, whose ledger it is, only the names are used."""
    then = Replay(Agency(id=named.id, name=named.name))
    under = Replay(Agency(id=named.id, name=named.name, hindsight=edition))
    rests_on_gaps: set[About] = set()  # the files of which some content can no longer be opened
    rows, judged, last = list[Row](), 0, None
    for _, group in groupby(seen, key=lambda one: one.entry.command_id):
        act = list(group)
        last = act[-1].entry
        rests_on_gaps |= {one.entry.about for one in act if one.unopened}
        if isinstance(act[0].entry.event, CommandRefused):
            rows += _refused(act[0].entry, act[0].entry.event, then.agency, edition)
        for one, again, changed in _judged_in_both(act, then, under):
            if one.entry.kind.commanded:
                rows += _compared(one, again, changed, resting_on_gaps=one.entry.about in rests_on_gaps)
                judged += not one.unopened
            then.fold(one.entry)
            under.fold(changed)
    agency, ids = then.agency, {**then.agency.editions, edition.edition_id: edition}
    book = Book(ids.values(), agency.kind, agency.adopted, ())
    position, digest = (last.position or 0, last.hash) if last else (0, b"")
    return Lens(edition, as_at, position, digest, edition.governs(agency.kind), judged, tuple(rows), book)


def _judged_in_both(act: Sequence[Seen], then: Replay, under: Replay) -> list[tuple[Seen, Entry, Entry]]:
    """Each entry of one act with what it comes to in both histories, before either has it.

    What the ledger wrote by itself nobody judged, and what cannot be opened nobody can judge: these stay as they are.
    """
    stored = [one.entry for one in act]
    closed = {one.entry.position for one in act if one.unopened or not one.entry.kind.commanded}
    both = list[tuple[Entry, Entry]]()
    for part in parts(stored):
        stays = any(entry.position in closed for entry in part)
        both += zip(*((part, part) if stays else (judged_again(part, r) for r in (then, under))), strict=True)
    return [(one, again, changed) for one, (again, changed) in zip(act, both, strict=True)]


def _compared(seen: Seen, again: Entry, changed: Entry, *, resting_on_gaps: bool) -> Iterator[Row]:
    """The rules of one entry: as stored, as found again, as found under the edition."""
    stored = seen.entry
    if seen.unopened:
        found = ", ".join(f"{f.level} {f.rule}" for f in stored.findings)
        yield Row(stored, "", found, "", cannot=f"cannot be judged: {seen.unopened}")
        return
    was, is_, would = ({f.rule: f for f in e.findings} for e in (stored, again, changed))
    for rule in sorted({*was, *is_, *would}):
        then, finding = _level(was.get(rule)), would.get(rule) or was.get(rule) or is_[rule]
        others = rule in was and rule in would and {*was[rule].about} != {*would[rule].about}
        row = Row(stored, rule, then, _level(would.get(rule)), finding.about, finding.message, others)
        if then != _level(is_.get(rule)):
            why = "what it rests on was erased" if resting_on_gaps else "this release does not find what was found then"
            row = replace(row, under="", cannot=f"cannot be judged: {why}")
        yield replace(row, note="other content of this file was erased") if row.differs and resting_on_gaps else row


def _level(finding: Finding | None) -> str:
    return finding.level if finding else ""


def _refused(entry: Entry, refused: CommandRefused, agency: Agency, edition: Edition) -> Iterator[Row]:
    """Which of the rules that refused a command would still refuse it, by its codes alone."""
    then = Context(tuple(agency.editions[name] for name in refused.editions if name in agency.editions))
    under = _in_place(then, edition) if edition.governs(agency.kind) else then
    codes = [code for name, codes in refused.codes.items() if name in CONDITIONS for code in codes]
    for rule in refused.rule_ids:
        again, would = (_most_severe(context, rule, entry.mode) for context in (then, under))
        cannot = "" if again == REFUSES else "cannot be judged: not by what was kept of the command"
        if rule == IN_FORCE_RULE and not cannot:
            cannot = "" if _not_in_force(codes, then) else "cannot be judged: it cited what was not kept"
            would = would if _not_in_force(codes, under) else ""
        yield Row(entry, rule, REFUSES, "" if cannot else would, cannot=cannot)


def _in_place(context: Context, edition: Edition) -> Context:
    others = [e for e in context.editions if e.family != edition.family]
    return Context((*others, edition))


def _most_severe(context: Context, rule: str, mode: str) -> str:
    """The most severe level that a rule, in any of its cases, has in these editions."""
    keys = {key for e in context.editions for key in e.rules if key.partition("/")[0] == rule}
    rulings = [context.ruling(rule, key.partition("/")[2], mode) for key in keys]
    return max((r.level for r in rulings if r), key=SEVERITY.__getitem__, default="")


def _not_in_force(codes: Iterable[str], context: Context) -> bool:
    return not set(codes) <= frozenset[str]().union(*(context.codes(name) for name in CONDITIONS))
