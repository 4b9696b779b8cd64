"""The clocks of what an agency answers for: breaches, complaints, requests of data subjects, agreements and reviews.

No rule of its own watches them; the views show what is due and overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.procedure.clock import (
    end_of_day_after,
    end_of_day_months_after,
    end_of_working_day_after,
    until,
    within_hours,
)
from ledger.procedure.declare import Payload
from ledger.procedure.entry import Owed
from ledger.procedure.events import accountability as said
from ledger.procedure.events.agency import AgreementEnded, AgreementRegistered, AgreementReviewed
from ledger.procedure.events.disclosure import DisclosureMisdirected
from ledger.procedure.events.review import PanelNotified, RapidReviewCompleted, ReviewClosed, ReviewOpened
from ledger.procedure.rules.duty import ends, owes
from ledger.procedure.rules.registry import Act
from ledger.procedure.state.raised import Raised
from ledger.procedure.state.world import World

REPORT, ACKNOWLEDGE, ANSWER = "regulator_report", "complaint_acknowledged", "subject_request"
AGREEMENT, NOTIFY, RAPID = "agreement_review", "review_notification", "rapid_review"
UNLIKELY = "unlikely"
OF_THE_PANEL = (None, "rapid_review", "LCSPR")  # the reviews that the national Panel is notified of


def raised(world: World) -> Raised:
    """What was raised in the act's own stream."""
    return world.agency.raised if world.file.about.type == "agency" else world.file.raised


# Personal data breaches: UK GDPR Article 33


@owes(REPORT, on=[said.PersonalDataBreachRecorded])
def breach_to_report(act: Act, world: World) -> Iterator[Owed]:
    """From when the agency became aware of it, which may have been before it was recorded as a breach."""
    if reportable(act.event):
        due = _report_by(act.event.discovered_at or act.at, act)
        before = [owed.due for owed in world.owed(REPORT) if owed.about in _names(act.event)]
        yield Owed(REPORT, (act.event.breach_id,), min([due, *before]))


def reportable(breach: said.PersonalDataBreachRecorded) -> bool:
    """Whether the regulator is to be told: unless it is said that nobody is likely to be at risk."""
    return breach.reportable if breach.reportable is not None else breach.risk != UNLIKELY


@owes(REPORT, on=[DisclosureMisdirected])
def misdirected_to_report(act: Act, world: World) -> Iterator[Owed]:
    """Until it is recorded as a breach, and whether anybody is at risk is considered."""
    names = {name for breach in raised(world).breaches.values() for name in _names(breach)}
    if names.isdisjoint({(act.event.disclosure_id,), (act.event.breach_id,)}):
        due = _report_by(act.event.discovered_at or act.at, act)
        yield Owed(REPORT, (act.event.breach_id or act.event.disclosure_id,), due)


@ends(REPORT, "UK GDPR Article 33", on=[said.PersonalDataBreachRecorded])
def breach_considered(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(REPORT) if owed.about in _names(act.event))


@ends(REPORT, "UK GDPR Article 33", on=[said.PersonalDataBreachReportedToRegulator])
def breach_reported(act: Act, world: World) -> Iterator[Owed]:
    breach = raised(world).breaches.get(act.event.breach_id)
    names = _names(breach) if breach is not None else ((act.event.breach_id,),)
    yield from (owed for owed in world.owed(REPORT) if owed.about in names)


def _names(breach: Payload) -> tuple[tuple[str, ...], ...]:
    """What the report of a breach goes by: the breach, and the disclosure that went wrong."""
    if not isinstance(breach, said.PersonalDataBreachRecorded):
        return ()
    return tuple((name,) for name in (breach.breach_id, breach.disclosure_id) if name)


def _report_by(at: dt.datetime, act: Act) -> dt.datetime:
    return within_hours(at, act.context.param("breach_report_hours", 72))


# Complaints, and what data subjects ask for


@owes(ACKNOWLEDGE, on=[said.ComplaintReceived])
def complaint_to_acknowledge(act: Act, _world: World) -> Iterator[Owed]:
    days = act.context.param("complaint_acknowledged_days", 30)
    yield Owed(ACKNOWLEDGE, (act.event.complaint_id,), end_of_day_after(act.event.received_at or act.at, days))


@ends(ACKNOWLEDGE, "Data (Use and Access) Act 2025", on=[said.ComplaintAcknowledged, said.ComplaintClosed])
def complaint_acknowledged(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(ACKNOWLEDGE) if owed.about == (act.event.complaint_id,))


@owes(ANSWER, on=[said.SubjectRequestReceived, said.SubjectRequestClockResumed])
def subject_request_to_answer(act: Act, world: World) -> Iterator[Owed]:
    """Within a month, and as many days more as the clock stood still."""
    since, days = getattr(act.event, "received_at", None) or act.at, 0
    if isinstance(act.event, said.SubjectRequestClockResumed):
        clock = raised(world).clocks[act.event.subject_request_id]
        since, days = clock.since, clock.resumed(act.event.resumed_at or act.at)
    month = end_of_day_months_after(since, act.context.param("subject_request_months", 1))
    yield Owed(ANSWER, (act.event.subject_request_id,), end_of_day_after(month, days))


@ends(
    ANSWER,
    "UK GDPR Article 12",
    on=[said.SubjectRequestAnswered, said.SubjectRequestClockStopped, said.SubjectRequestClockResumed],
)
def subject_request_answered(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(ANSWER) if owed.about == (act.event.subject_request_id,))


# Agreements, and the reviews of serious incidents


@owes(AGREEMENT, on=[AgreementRegistered, AgreementReviewed])
def agreement_to_review(act: Act, _world: World) -> Iterator[Owed]:
    if act.event.review_on is not None:
        yield Owed(AGREEMENT, (act.event.agreement_id,), until(act.event.review_on))


@ends(AGREEMENT, "Q101 “local information sharing agreements”", on=[AgreementReviewed, AgreementEnded])
def agreement_reviewed(act: Act, world: World) -> Iterator[Owed]:
    yield from (owed for owed in world.owed(AGREEMENT) if owed.about == (act.event.agreement_id,))


@owes(NOTIFY, on=[ReviewOpened])
def panel_to_notify(act: Act, _world: World) -> Iterator[Owed]:
    opened: ReviewOpened = act.event
    if opened.kind in OF_THE_PANEL and opened.notified_on is None:
        known = until(opened.known_on) if opened.known_on is not None else act.at
        yield Owed(NOTIFY, (act.command.about.id,), _working_days(known, "review_notification_working_days", 5, act))


@ends(NOTIFY, "Children Act 2004 s.16C", on=[PanelNotified, ReviewClosed])
def panel_notified(_act: Act, world: World) -> Iterator[Owed]:
    yield from world.owed(NOTIFY)


@owes(RAPID, on=[ReviewOpened, PanelNotified])
def rapid_review_to_complete(act: Act, _world: World) -> Iterator[Owed]:
    """Within days of the notification."""
    if isinstance(act.event, PanelNotified):
        notified = until(act.event.notified_on) if act.event.notified_on is not None else act.at
    elif act.event.kind in OF_THE_PANEL and act.event.notified_on is not None:
        notified = until(act.event.notified_on)
    else:
        return
    yield Owed(RAPID, (act.command.about.id,), _working_days(notified, "rapid_review_working_days", 15, act))


@ends(RAPID, "Working Together: rapid review", on=[RapidReviewCompleted, ReviewClosed])
def rapid_review_completed(_act: Act, world: World) -> Iterator[Owed]:
    yield from world.owed(RAPID)


def _working_days(at: dt.datetime, name: str, default: int, act: Act) -> dt.datetime:
    return end_of_working_day_after(at, act.context.param(name, default), act.context.codes("bank_holidays"))
