"""Time on a picture: where a moment lies, and how time is marked off so that the marks are few and at round times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cli.pages import when

LONDON = ZoneInfo("Europe/London")
HOUR, DAY = 3600.0, 86400.0
STEPS = ("hour", "day", "week", "month", "quarter", "year", "decade")
LENGTHS = dict(zip(STEPS, (HOUR, DAY, 7 * DAY, 30 * DAY, 91 * DAY, 365 * DAY, 3652 * DAY), strict=True))


def moment(text: str) -> dt.datetime:
    """A time of a row, in London; a day begins at its midnight."""
    time = dt.datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=LONDON)).astimezone(LONDON)


class Scale:
    """From `first` to `last` over so many pixels from `left`; one moment alone lies in the middle."""

    def __init__(self, first: dt.datetime, last: dt.datetime, left: float, width: float) -> None:
        room = max((last - first).total_seconds() * 0.02, 4 * HOUR)
        self._start, self._span = first.timestamp() - room, (last - first).total_seconds() + 2 * room
        self._left, self._width = left, width

    def at(self, time: dt.datetime) -> float:
        return self._left + self._width * (time.timestamp() - self._start) / self._span

    def ticks(self, apart: float = 90) -> Iterator[tuple[float, str]]:
        """Places and labels, no nearer than `apart` pixels, where hours, days, weeks, months or years begin."""
        per_second = self._width / self._span
        step = next((name for name in STEPS if LENGTHS[name] * per_second >= apart), STEPS[-1])
        time = _floor(dt.datetime.fromtimestamp(self._start, LONDON), step)
        end, first = self._start + self._span, True
        while time.timestamp() <= end:
            if time.timestamp() >= self._start:
                yield self.at(time), _label(time, step, dated=first)
                first = False
            time = _next(time, step)


def _floor(time: dt.datetime, step: str) -> dt.datetime:
    if step == "hour":
        return time.replace(minute=0, second=0, microsecond=0)
    day = time.replace(hour=0, minute=0, second=0, microsecond=0)
    if step == "week":
        return day - dt.timedelta(days=day.weekday())
    if step == "day":
        return day
    months = {"month": 1, "quarter": 3}.get(step, 12)
    years = day.year - day.year % 10 if step == "decade" else day.year
    return day.replace(year=years, month=(day.month - 1) // months * months + 1, day=1)


def _next(time: dt.datetime, step: str) -> dt.datetime:
    if step == "hour":
        return (time.astimezone(dt.UTC) + dt.timedelta(hours=1)).astimezone(LONDON)
    if step in ("day", "week"):
        return time + dt.timedelta(days=1 if step == "day" else 7)
    months = time.month - 1 + {"month": 1, "quarter": 3, "year": 12, "decade": 120}[step]
    return time.replace(year=time.year + months // 12, month=months % 12 + 1)


def _label(time: dt.datetime, step: str, *, dated: bool) -> str:
    """Hours name their day once, where the marks begin and at midnight."""
    if step == "hour":
        return f"{time.day} {time:%b %H:%M}" if dated or not time.hour else f"{time:%H:%M}"
    if step in ("day", "week"):
        return f"{time.day} {time:%b %Y}"
    return f"{time:%b %Y}" if step in ("month", "quarter") else f"{time.year}"


def spoken(time: dt.datetime) -> str:
    """A time to the minute, as the pages write it."""
    return when(time.isoformat(timespec="seconds"))


def lasted(hours: float) -> str:
    """A length of time as people say it: `40 minutes`, `5 hours`, `3 days`."""
    for length, noun in ((24 * 365.25, "year"), (24 * 30.44, "month"), (24, "day"), (1, "hour")):
        if hours >= 2 * length:
            return f"{int(hours / length)} {noun}s"
    minutes = round(hours * 60)
    return "at once" if minutes == 0 else "1 minute" if minutes == 1 else f"{minutes} minutes"
