"""`--as-known-by AGENCY --at T`, as every verb spells it that can show what one agency knew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import click

from cli.times import TIME

F = TypeVar("F", bound=Callable[..., Any])


def known_options(verb: F) -> F:
    """The two options; the verb is given `agency` and `at`, and turns them into arguments with `known_by`."""
    at = click.option("--at", type=TIME, metavar="T", help="With --as-known-by: when.")
    return click.option("--as-known-by", "agency", metavar="AGENCY", help="What AGENCY knew at the time --at.")(
        at(verb)
    )


def known_by(agency: str | None, at: dt.datetime | None) -> dict[str, Any]:
    """The arguments of a view; a usage error where one option is given without the other."""
    if (agency is None) != (at is None):
        raise click.UsageError("--as-known-by and --at go together: who, and when")
    return {} if agency is None else {"as_known_by": agency, "at": at}
