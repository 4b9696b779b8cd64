"""One row of the knowledge matrix while it is made: a fact, who knew it since when, when it was shared or asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

NEVER = 1 << 62


class Name(NamedTuple):
    """What a fact is known by: whose id it is, in which file; both empty where agencies share the id."""

    sort: str  # item, episode, association, request, disclosure
    agency: str
    file: str
    ref: str


class Cell(NamedTuple):
    """That an agency knew a fact: since when (µs), and how that can be told.

    `how` is ``recorded``, ``received``, ``confirmed``, ``made`` (it disclosed the fact) or ``sent`` (to it, and nothing
    says that it arrived: then `at_us` is None). `by` is the agency whose record at `position` says so.
    """

    at_us: int | None
    how: str
    by: str
    position: int
    sent_us: int | None = None

    @property
    def at_latest(self) -> bool:
        """Whether the agency may have known earlier than that."""
        return self.how in ("confirmed", "made")

    def rank(self, agency: str) -> tuple[bool, bool, int]:
        """What is known of an agency goes before what is not, its own word before others', then the earliest."""
        return self.at_us is None, self.by != agency, self.at_us or self.sent_us or 0


@dataclass
class Fact:
    """One row of the matrix. Times in µs; `told` is the record that it was first met in: whose, and its position."""

    name: Name
    file: str
    told: tuple[str, int]
    persons: list[str] = field(default_factory=list)
    kind: str | None = None  # of information, of risk: a code
    episode: str | None = None  # the missing episode that an item names
    cells: dict[str, Cell] = field(default_factory=dict)
    shared_us: int | None = None  # first disclosed, to anybody it was meant for
    shared_by: str | None = None
    shared_with: list[str] = field(default_factory=list)
    asked_us: int | None = None
    refused_us: int | None = None
    answered_us: int | None = None  # with information, wholly or in part
    answered_by: str | None = None  # the disclosure, or the receipt where only that is told here
    answer_presumed: bool = False  # it is the next that came from whoever was asked, in the same file

    @property
    def first(self) -> tuple[int, str] | None:
        """Since when anybody is known to have known it, and who."""
        return min(
            ((cell.at_us, agency) for agency, cell in self.cells.items() if cell.at_us is not None), default=None
        )

    def known(self, agency: str, cell: Cell) -> None:
        """Note that an agency knew, unless something better is noted already."""
        old = self.cells.get(agency)
        if old is None or cell.rank(agency) < old.rank(agency):
            self.cells[agency] = cell

    def known_by(self, agency: str, at_us: int) -> bool:
        """Whether an agency is known to have known it by then."""
        cell = self.cells.get(agency)
        return cell is not None and cell.at_us is not None and cell.at_us <= at_us

    def shared(self, by: str, at_us: int, others: list[str]) -> None:
        """Note that it was disclosed."""
        if self.shared_us is None or at_us < self.shared_us:
            self.shared_us, self.shared_by = at_us, by
        self.shared_with += [other for other in others if other not in self.shared_with]

    def refused(self, at_us: int) -> None:
        """Note that whoever was asked said no."""
        self.refused_us = min(at_us, self.refused_us or at_us)

    def answered(self, by: str, at_us: int, *, presumed: bool = False) -> None:
        """Note an answer: one that is known to be one goes before one that is presumed, then the earliest."""
        old = (self.answer_presumed, NEVER if self.answered_us is None else self.answered_us)
        if self.answered_us is None or (presumed, at_us) < old:
            self.answered_us, self.answered_by, self.answer_presumed = at_us, by, presumed
