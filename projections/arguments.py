"""Arguments of a view as people give them: words, numbers written out, and the file that it is to be of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ledger import About, london
from ledger.errors import Malformed, UnknownId
from projections.projection import Asked

FILES = ("case", "scheme", "context", "review", "agency")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
MOST = 100_000


def yes(args: Mapping[str, Any], name: str) -> bool:
    """Whether an argument says yes; left out, it says no."""
    said = str(args.get(name, "")).lower()
    if said not in YES | NO:
        raise Malformed(f"{name} is yes or no, not {str(args[name])[:40]!r}")
    return said in YES


def number(args: Mapping[str, Any], name: str, usual: int) -> int:
    """A whole number from 1 on."""
    said = str(args.get(name, usual))
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(MOST)) and 1 <= int(said) <= MOST):
        raise Malformed(f"{name} is a whole number, for example {name}={usual}, not {said[:40]!r}.")
    return int(said)


def file_of(asked: Asked) -> About | None:
    """The file that a view is asked to be of; None where of all. `UnknownId` for one that is not there (yet)."""
    about = next((About(kind, str(asked.args[kind])) for kind in FILES if asked.args.get(kind) is not None), None)
    if about and not any(True for _ in asked.ledger.readings(about=about, until=asked.until)):
        raise no_file([about], asked.until)
    return about


def no_file(wanted: Sequence[About], until: dt.datetime | None) -> UnknownId:
    """That there is none of these files, which have one id, or was none by then."""
    kinds = " or ".join(about.type for about in wanted)
    then = f" as at {london(until)}" if until else ""
    return UnknownId(f"There is no {kinds} {wanted[0].id or 'with an empty id'} in this ledger{then}.")
