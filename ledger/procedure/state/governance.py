"""What the agency's own stream says of agreements, assessments and legal holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.procedure.clock import late, until
from ledger.procedure.edition import moment
from ledger.procedure.entry import Entry
from ledger.procedure.events import agency as said
from ledger.procedure.events.retention import LegalHoldPlaced, LegalHoldReleased
from ledger.procedure.state.fold import Folds

folds = Folds()


@dataclass
class Agreement:
    """An information sharing agreement, in force from its registration until it is ended."""

    id: str
    since: dt.datetime
    parties: frozenset[str]
    cross_area: bool | None
    review_on: str | None
    ended_at: dt.datetime | None = None

    def ended(self, at: dt.datetime) -> bool:
        return self.ended_at is not None and self.ended_at <= at

    def covers(self, partner: str, at: dt.datetime) -> bool:
        """Whether it is in force between this agency and a partner; one that names no parties is taken to be."""
        return self.since <= at and not self.ended(at) and (not self.parties or partner in self.parties)

    def past_review(self, at: dt.datetime) -> bool:
        return self.review_on is not None and late(at, until(self.review_on))


@dataclass
class Hold:
    """A legal hold, from when it was placed until it is released."""

    id: str
    kind: str
    ref: str


@dataclass
class Governance:
    """Agreements and holds by id; `assessed` are the ids of agreements and assessments that were considered."""

    agreements: dict[str, Agreement] = field(default_factory=dict)
    assessed: set[str] = field(default_factory=set)
    holds: dict[str, Hold] = field(default_factory=dict)

    def held(self, what: str) -> Mapping[str, Agreement | Hold] | None:
        """What ids of a sort may refer to in the agency's stream, by id."""
        if what == "agreement":
            return self.agreements
        return self.holds if what == "hold" else None

    def agreements_with(self, partner: str, at: dt.datetime) -> Iterator[Agreement]:
        """The agreements in force with a partner at a moment."""
        return (agreement for agreement in self.agreements.values() if agreement.covers(partner, at))


@folds.on(said.AgreementRegistered)
def registered(governance: Governance, entry: Entry, event: said.AgreementRegistered) -> None:
    since = moment(event.registered_on.isoformat()) if event.registered_on else entry.occurred_at
    governance.agreements[event.agreement_id] = Agreement(
        event.agreement_id, since, frozenset(event.parties), event.cross_area, event.review_on
    )


@folds.on(said.AgreementReviewed)
def reviewed(governance: Governance, _entry: Entry, event: said.AgreementReviewed) -> None:
    governance.agreements[event.agreement_id].review_on = event.review_on


@folds.on(said.AgreementEnded)
def ended(governance: Governance, entry: Entry, event: said.AgreementEnded) -> None:
    governance.agreements[event.agreement_id].ended_at = entry.occurred_at


@folds.on(said.DpiaConsidered, said.DpiaCompleted)
def assessed(governance: Governance, _entry: Entry, event: said.DpiaConsidered | said.DpiaCompleted) -> None:
    governance.assessed |= {ref for ref in (event.agreement_ref, event.dpia_ref) if ref is not None}


@folds.on(LegalHoldPlaced)
def placed(governance: Governance, _entry: Entry, event: LegalHoldPlaced) -> None:
    governance.holds[event.hold_id] = Hold(event.hold_id, event.scope_kind or "", event.scope_ref or "")


@folds.on(LegalHoldReleased)
def released(governance: Governance, _entry: Entry, event: LegalHoldReleased) -> None:
    del governance.holds[event.hold_id]
