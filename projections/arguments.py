"""Arguments of a view as people give them: words, and numbers written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.errors import Malformed

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
