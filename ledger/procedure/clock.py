"""Limits and when they run out (requirements §4 "Clocks").

The day of the event is day 0; a limit in days is kept until 23:59 in London on its last day; hours run exactly.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Container

from ledger.errors import Malformed
from ledger.procedure.edition import LONDON

SATURDAY = 5


def within_hours(at: dt.datetime, hours: int) -> dt.datetime:
    """The moment at which a limit in hours runs out."""
    return at.astimezone(dt.UTC) + dt.timedelta(hours=hours)


def end_of_day_after(at: dt.datetime, days: int) -> dt.datetime:
    """The last second of the London day that lies `days` days after the day of `at`, in UTC."""
    return end_of_day(at.astimezone(LONDON).date() + dt.timedelta(days=days))


def start_of_day_before(at: dt.datetime, days: int) -> dt.datetime:
    """The first moment of the London day that lies `days` days before the day of `at`, in UTC."""
    day = at.astimezone(LONDON).date() - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC)


def end_of_day_months_after(at: dt.datetime, months: int) -> dt.datetime:
    """The last second of the same London day so many months later, or of that month's last day, in UTC."""
    day = at.astimezone(LONDON).date()
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return end_of_day(dt.date(day.year + years, month + 1, min(day.day, last)))


def end_of_day(day: dt.date) -> dt.datetime:
    """The last second of a day in London, in UTC."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), LONDON).astimezone(dt.UTC)


def late(at: dt.datetime, due: dt.datetime) -> bool:
    """Whether something that happened at `at` missed its limit; a part of the last second still belongs to the day."""
    return at.replace(microsecond=0) > due if due.microsecond == 0 else at > due


def days_late(at: dt.datetime, due: dt.datetime) -> int:
    """How many London days lie between the last day of a limit and the day it was met."""
    return (at.astimezone(LONDON).date() - due.astimezone(LONDON).date()).days


def end_of_working_day_after(at: dt.datetime, days: int, holidays: Container[str]) -> dt.datetime:
    """The last second of the working day in England and Wales that lies `days` working days after the day of `at`.

    `holidays` are the bank holidays, as ISO dates.
    """
    day = at.astimezone(LONDON).date()
    while days > 0:
        day += dt.timedelta(days=1)
        days -= day.weekday() < SATURDAY and day.isoformat() not in holidays
    return end_of_day(day)


def until(text: str, place: str = "") -> dt.datetime:
    """How long something lasts that is limited by a day (to its end in London) or by a time, in UTC."""
    try:
        if len(text) == len("2026-12-07"):
            return end_of_day(dt.date.fromisoformat(text))
        at = dt.datetime.fromisoformat(text)
        utc = at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.tzinfo is None:
        where = f"field {place}: " if place else ""
        raise Malformed(f"{where}{text!r} is neither a day nor a time with an offset: write for example 2026-12-07")
    return utc


def in_london(at: dt.datetime) -> str:
    """A moment as findings name it: the day and the time in London."""
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M}"
