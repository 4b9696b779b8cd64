"""What was raised and waits for an answer: breaches, complaints, requests of data subjects, questions of a review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.procedure.clock import days_late
from ledger.procedure.declare import Payload
from ledger.procedure.entry import Entry
from ledger.procedure.events import accountability as said
from ledger.procedure.events.review import ReviewQuestionRaised
from ledger.procedure.state.fold import Folds

folds = Folds()


@dataclass
class Running:
    """The clock of a request of a data subject: since when it runs, and how many days it stood still."""

    since: dt.datetime
    stopped_at: dt.datetime | None = None
    stood_still: int = 0

    def resumed(self, at: dt.datetime) -> int:
        """How many days it stood still in all, if it runs again from then."""
        return self.stood_still + (max(days_late(at, self.stopped_at), 0) if self.stopped_at is not None else 0)


@dataclass
class Raised:
    """What one stream raised, by sort and id."""

    breaches: dict[str, Payload] = field(default_factory=dict)
    complaints: dict[str, Payload] = field(default_factory=dict)
    subject_requests: dict[str, Payload] = field(default_factory=dict)
    questions: dict[str, Payload] = field(default_factory=dict)
    clocks: dict[str, Running] = field(default_factory=dict)  # by subject request

    def held(self, what: str) -> Mapping[str, Payload] | None:
        """What ids of a sort may refer to here, by id."""
        by_sort = {
            "breach": self.breaches,
            "complaint": self.complaints,
            "subject request": self.subject_requests,
            "question": self.questions,
        }
        return by_sort.get(what)


@folds.on(said.PersonalDataBreachRecorded)
def breach(raised: Raised, _entry: Entry, event: said.PersonalDataBreachRecorded) -> None:
    raised.breaches[event.breach_id] = event


@folds.on(said.ComplaintReceived)
def complaint(raised: Raised, _entry: Entry, event: said.ComplaintReceived) -> None:
    raised.complaints[event.complaint_id] = event


@folds.on(said.SubjectRequestReceived)
def subject_request(raised: Raised, entry: Entry, event: said.SubjectRequestReceived) -> None:
    raised.subject_requests[event.subject_request_id] = event
    raised.clocks[event.subject_request_id] = Running(event.received_at or entry.occurred_at)


@folds.on(said.SubjectRequestClockStopped)
def stopped(raised: Raised, entry: Entry, event: said.SubjectRequestClockStopped) -> None:
    raised.clocks[event.subject_request_id].stopped_at = event.stopped_at or entry.occurred_at


@folds.on(said.SubjectRequestClockResumed)
def resumed(raised: Raised, entry: Entry, event: said.SubjectRequestClockResumed) -> None:
    clock = raised.clocks[event.subject_request_id]
    clock.stood_still, clock.stopped_at = clock.resumed(event.resumed_at or entry.occurred_at), None


@folds.on(ReviewQuestionRaised)
def question(raised: Raised, _entry: Entry, event: ReviewQuestionRaised) -> None:
    raised.questions[event.question_id] = event
