"""Days that cannot be: an end before its start, a birth in the future. They are slips of the pen, refused at the door.

`SPANS` and `BEHIND_US` name the fields; a structure is checked wherever in an act it stands. Whether a day is
*too late* is for the rules to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.errors import Malformed
from ledger.procedure.clock import end_of_day, until
from ledger.procedure.declare import Part, Payload
from ledger.procedure.edition import LONDON
from ledger.procedure.events.agency import AgreementReviewed
from ledger.procedure.events.consent import ConsentGiven, ConsentRenewed
from ledger.procedure.events.context import MissingEpisodeRecorded
from ledger.procedure.events.links import RelationshipRecorded
from ledger.procedure.events.persons import ParentalResponsibility, PersonLinked
from ledger.procedure.events.review import ReviewScopeSet


class Span(NamedTuple):
    """Two fields, the second of which may not lie before the first; `own_time` says when the act happened."""

    start: str
    end: str
    own_time: bool = False


SPANS: dict[type[Part | Payload], tuple[Span, ...]] = {
    AgreementReviewed: (Span("reviewed_at", "review_on", own_time=True),),
    ConsentGiven: (Span("given_at", "expires_at", own_time=True), Span("given_at", "review_on", own_time=True)),
    ConsentRenewed: (Span("given_at", "expires_at", own_time=True), Span("given_at", "review_on", own_time=True)),
    MissingEpisodeRecorded: (Span("missing_from", "missing_to"),),
    ParentalResponsibility: (Span("from_", "to"),),
    RelationshipRecorded: (Span("began_on", "ended_on"),),
    ReviewScopeSet: (Span("period_from", "period_to"),),
}
BEHIND_US: dict[type[Part | Payload], tuple[str, ...]] = {PersonLinked: ("dob",)}


def check_dates(event: Part | Payload, at: dt.datetime, now: dt.datetime, place: str = "") -> None:
    """Raise `Malformed`, naming the field, for a day that cannot be; `at` is when the act happened."""
    for span in SPANS.get(type(event), ()):
        start, end = getattr(event, span.start), getattr(event, span.end)
        if start is None and span.own_time:
            start = at
        if start is not None and end is not None and _last_moment(end) < _first_moment(start):
            said = f"{place}{_said(span.start)}" if getattr(event, span.start) is not None else "the time of this entry"
            raise Malformed(f"field {place}{_said(span.end)}: lies before {said}; give that day or a later one")
    for name in BEHIND_US.get(type(event), ()):
        day = getattr(event, name)
        if day is not None and day > now.astimezone(LONDON).date():
            raise Malformed(f"field {place}{name}: lies in the future; give today or an earlier day")
    for where, part in _parts(event):
        check_dates(part, at, now, f"{place}{where}.")


def _parts(event: Part | Payload) -> Iterator[tuple[str, Part]]:
    """The structures directly inside another, each with its place."""
    for name in event.__struct_fields__:
        value: Any = getattr(event, name)
        if isinstance(value, Part):
            yield _said(name), value
        elif isinstance(value, tuple):
            yield from ((f"{_said(name)}[{i}]", part) for i, part in enumerate(value) if isinstance(part, Part))
        elif isinstance(value, dict):
            yield from ((f"{_said(name)}.{key}", part) for key, part in value.items() if isinstance(part, Part))


def _said(name: str) -> str:
    return name.rstrip("_")


def _first_moment(day: dt.datetime | dt.date) -> dt.datetime:
    return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time(), LONDON)


def _last_moment(day: dt.datetime | dt.date | str) -> dt.datetime:
    if isinstance(day, str):
        return until(day)
    return day if isinstance(day, dt.datetime) else end_of_day(day)
