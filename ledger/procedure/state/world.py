"""The `World` that a rule is shown: the agency, and the one file the act belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from ledger.procedure.declare import About
from ledger.procedure.edition import Context
from ledger.procedure.entry import Entry, Key, Owed
from ledger.procedure.state import agency as agencies
from ledger.procedure.state import case as cases
from ledger.procedure.state import context as contexts
from ledger.procedure.state import governance, raised
from ledger.procedure.state import scheme as schemes
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.case import Case
from ledger.procedure.state.context import Context as RiskContext
from ledger.procedure.state.raised import Raised
from ledger.procedure.state.scheme import Scheme


@dataclass
class File:
    """The state of one stream: a case, a scheme application (which may hold decisions too), or a context of risk."""

    about: About
    version: int = 0
    case: Case = field(default_factory=Case)
    scheme: Scheme = field(default_factory=Scheme)
    context: RiskContext = field(default_factory=RiskContext)
    raised: Raised = field(default_factory=Raised)
    owed: dict[Key, Owed] = field(default_factory=dict)  # what is still to be done, whatever stream says so

    @property
    def exists(self) -> bool:
        return self.version > 0

    def held(self, what: str) -> Mapping[str, object] | None:
        """What this file holds of a sort that ids refer to (``person``, ``item``, ``refusal`` …), by id."""
        states = (self.case, self.scheme, self.raised)
        return next((held for state in states if (held := state.held(what)) is not None), None)

    def fold(self, entry: Entry) -> None:
        cases.folds.apply(self.case, entry)
        schemes.folds.apply(self.scheme, entry)
        contexts.folds.apply(self.context, entry)
        raised.folds.apply(self.raised, entry)
        fold_owed(self.owed, entry)
        self.version = entry.version


def fold_agency(agency: Agency, entry: Entry) -> None:
    """Fold one entry of the agency's own stream."""
    agencies.folds.apply(agency, entry)
    governance.folds.apply(agency.governance, entry)
    raised.folds.apply(agency.raised, entry)
    fold_owed(agency.owed, entry)
    agency.version = entry.version


def fold_owed(owed: dict[Key, Owed], entry: Entry) -> None:
    """Fold what an entry ends and makes owed into the open obligations of its stream."""
    for key in entry.ended:
        owed.pop(key, None)
    owed.update((one.key, one) for one in entry.owed)


class Elsewhere(Protocol):
    """What other streams of the agency say; read only when a rule asks."""

    def file(self, about: About) -> File:
        """The state of another stream; one that does not exist yet is empty."""

    def shared_with(self, agency: str, since: dt.datetime, most: int) -> int:
        """How many disclosures were made to an agency since then, over all files, counted no further than `most`."""


class Nowhere:
    """No other streams: for judging one file by itself."""

    def file(self, about: About) -> File:
        return File(about)

    def shared_with(self, _agency: str, _since: dt.datetime, _most: int) -> int:
        return 0


@dataclass(frozen=True)
class World:
    """Everything judgement may look at. `now` is the time of recording, in UTC."""

    agency: Agency
    file: File
    now: dt.datetime
    elsewhere: Elsewhere = field(default_factory=Nowhere)

    def owed(self, duty: str) -> list[Owed]:
        """The open obligations of one duty in the act's own stream."""
        held = self.agency.owed if self.file.about.type == "agency" else self.file.owed
        return [owed for key, owed in held.items() if key.duty == duty]

    def held(self, what: str) -> Mapping[str, object] | None:
        """What ids of a sort may refer to in the act's own stream, by id; None where they are not looked for."""
        return self.agency.held(what) if self.file.about.type == "agency" else self.file.held(what)

    def other(self, about: About) -> World:
        """The same moment, seen from another stream of the agency."""
        return replace(self, file=self.elsewhere.file(about))

    def shares_with(self, agency: str, since: dt.datetime, most: int) -> int:
        """How many disclosures this agency made to another since then, over all its files; at most `most` count."""
        return self.elsewhere.shared_with(agency, since, most)

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
