"""Options of several verbs: `--as-known-by AGENCY --at T`, and whether an id is a case's or a scheme's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click

from cli.times import TIME

F = TypeVar("F", bound=Callable[..., Any])


def known_options(verb: F) -> F:
    """The two options; the verb is given `agency` and `at`, and turns them into arguments with `known_by`."""
    at = click.option("--at", type=TIME, metavar="T", help="With --as-known-by: when.")
    return click.option("--as-known-by", "agency", metavar="AGENCY", help="What AGENCY knew at the time --at.")(
        at(verb)
    )


def kind_options(verb: F) -> F:
    """`--case` and `--scheme`; the verb is given `only`: which of them, None where the id alone is to say it."""

    @wraps(verb)
    def told(*args: Any, as_case: bool, as_scheme: bool, **given: Any) -> Any:
        if as_case and as_scheme:
            raise click.UsageError("--case and --scheme exclude each other: CASE is the id of one or of the other")
        return verb(*args, only="case" if as_case else "scheme" if as_scheme else None, **given)

    case = click.option("--case", "as_case", is_flag=True, help="CASE is a case's id, where a scheme has the same.")
    scheme = click.option(
        "--scheme", "as_scheme", is_flag=True, help="CASE is a scheme's id, where a case has the same."
    )
    return scheme(case(cast("F", told)))


def known_by(agency: str | None, at: dt.datetime | None) -> dict[str, Any]:
    """The arguments of a view; a usage error where one option is given without the other."""
    if (agency is None) != (at is None):
        raise click.UsageError("--as-known-by and --at go together: who, and when")
    return {} if agency is None else {"as_known_by": agency, "at": at}
