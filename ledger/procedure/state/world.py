"""The `World` that a rule is shown: the agency, and the one file the act belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ledger.procedure.declare import About
from ledger.procedure.edition import Context
from ledger.procedure.entry import Entry
from ledger.procedure.state import agency as agencies
from ledger.procedure.state import case as cases
from ledger.procedure.state import scheme as schemes
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.case import Case
from ledger.procedure.state.scheme import Scheme


@dataclass
class File:
    """The state of one stream: a case, or a scheme application (which may hold decisions and disclosures too)."""

    about: About
    version: int = 0
    case: Case = field(default_factory=Case)
    scheme: Scheme = field(default_factory=Scheme)

    @property
    def exists(self) -> bool:
        return self.version > 0

    def held(self, what: str) -> Mapping[str, object] | None:
        """What this file holds of a sort that ids refer to (``person``, ``item``, ``refusal`` …), by id."""
        held = self.case.held(what)
        return self.scheme.held(what) if held is None else held

    def fold(self, entry: Entry) -> None:
        cases.folds.apply(self.case, entry)
        schemes.folds.apply(self.scheme, entry)
        self.version = entry.version


def fold_agency(agency: Agency, entry: Entry) -> None:
    """Fold one entry of the agency's own stream."""
    agencies.folds.apply(agency, entry)
    agency.version = entry.version


@dataclass(frozen=True)
class World:
    """Everything judgement may look at. `now` is the time of recording, in UTC."""

    agency: Agency
    file: File
    now: dt.datetime

    @property
    def case(self) -> Case:
        return self.file.case

    @property
    def scheme(self) -> Scheme:
        return self.file.scheme

    def context(self, at: dt.datetime) -> Context:
        """The editions that govern this agency at a moment."""
        return self.agency.book.context(at)

    @cached_property
    def scheme_context(self) -> Context | None:
        """The editions that set the scheme's clocks: those in force when it was applied for (requirements §5.2)."""
        opened = self.scheme.received_at
        return self.context(opened) if opened else None
