"""The end of every verb that checks a signed file without a ledger: whose word counts, the verdict, the exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cli import exits
from cli.wiring import wiring
from cli.words import answer

if TYPE_CHECKING:
    from ledger import Trust


class Report(Protocol):
    """What a check answers."""

    @property
    def verdict(self) -> str: ...


R = TypeVar("R", bound=Report)


def checked(
    file: Path,
    trust_file: Path,
    what: str,
    check: Callable[[Path, Trust], R],
    as_json: Callable[[R], Mapping[str, Any]],
    show: Callable[[R, str], None],
) -> int:
    """Check a file that should be a `what`, tell the verdict, and give its exit code.

    `show` is told by which name whoever is trusted is known. Raises `ForeignFile`, saying what the file seems to be,
    where it is none.
    """
    from ledger import Trust, no_such
    from ledger.errors import ForeignFile, Malformed

    trust = Trust.load(trust_file)
    try:
        found = check(file, trust)
    except (ForeignFile, Malformed) as error:
        raise no_such(file, what, error) from None
    if wiring().json:
        answer({**as_json(found), "trust": trust.name})
    else:
        show(found, trust.name)
    return exits.VERDICTS[found.verdict]
