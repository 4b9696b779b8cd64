"""Times on the command line: ISO 8601 with an offset, as everywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click


class Time(click.ParamType[dt.datetime]):
    """A time with an offset; a naive one is refused, since nobody could say later which it was."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            return parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


TIME = Time()


def parse(text: str) -> dt.datetime:
    """A time from its text; `ValueError` says in plain words what is wrong."""
    try:
        found = dt.datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(f"{text} has no offset: write it as 2024-03-04T12:00:00+00:00, or with Z at the end")
        found.astimezone(dt.UTC)  # the first and last day of the calendar may lie outside it in UTC
    except (OverflowError, ValueError) as error:
        if "no offset" in str(error):
            raise ValueError(str(error)) from None
        raise ValueError(f"{text!r} is not a time: write it as 2024-03-04T12:00:00+00:00") from None
    return found
