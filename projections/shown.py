"""How stored references and times are shown to people: sealed values are opened here, at display, and nowhere else."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from ledger import LOCKED, Ledger, Reading, SealedRef, Unopened, from_us, london, moment, to_us

WORDS = "words"  # the record field that holds an event's free text as [path, text] pairs
WORDS_TOLD = "words_told"  # likewise, as much of it as goes to whoever is told of the event
Tree = dict[str, Any]
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")


def when(microseconds: int | None) -> str | None:
    """A stored time as people here read it."""
    return None if microseconds is None else london(from_us(microseconds))


def microseconds(text: str | None) -> int | None:
    """A time as an event holds it (ISO 8601), as it is stored in a table."""
    return None if text is None else to_us(moment(text))


def over(day: str | None, now: dt.datetime) -> bool:
    """Whether a day has ended in London, or a time is past."""
    if day is None:
        return False
    return london(now)[:10] > day if len(day) == 10 else now > moment(day)


def words_of(reading: Reading, *names: str) -> dict[str, str | None]:
    """For each name, the reference to that free text ("12:reasons", "12:delivery.place"), if the event has any."""
    sealed = type(reading.data.get(WORDS)) is SealedRef
    return {name: f"{reading.position}:{name}" if sealed else None for name in names}


class Opener:
    """Opens what the rows refer to; each record is read once for an answer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._trees: dict[int, Tree] = {}

    def tree(self, position: int) -> Tree:
        """All that a record's event says, with the free text where it belongs.

        A sealed field that cannot be opened reads "[erased]" or "[locked]"; so does `words`, for free text.
        """
        if position not in self._trees:
            self._trees[position] = tree_of(self._ledger.reading(position))
        return self._trees[position]

    def text(self, reference: str | None) -> Any:
        """The value that a reference like "12:reasons" stands for; "[erased]" or "[locked]" where it cannot be had."""
        if reference is None:
            return None
        position, _, path = reference.partition(":")
        value: Any = self.tree(int(position))
        unopened = value.get(WORDS)
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return unopened if value is None else value


def tree_of(reading: Reading) -> Tree:
    """What one record says, opened as far as it can be; empty fields are left out."""
    values = reading.full()
    lists = {name: values[name] for name in (WORDS_TOLD, WORDS) if name in values}
    tree = {name: _copy(value) for name, value in values.items() if name not in lists and value not in (None, [], {})}
    for words in lists.values():
        if isinstance(words, Unopened | SealedRef):
            tree[WORDS] = words if isinstance(words, Unopened) else LOCKED
        else:
            for path, text in words or ():
                _put(tree, path, text)
    return tree


def _put(tree: Any, path: list[Any], text: str) -> None:
    """Put free text back where it was, as far as its surroundings are there."""
    *above, last = path
    for step in above:
        if isinstance(tree, list):
            tree = tree[step] if type(step) is int and step < len(tree) else None
        elif isinstance(tree, dict):
            tree = tree.setdefault(step, {})
    if isinstance(tree, dict):
        tree[last] = text


def _copy(value: Any) -> Any:
    """A value of one's own, since a reading keeps what it decoded; times as people here read them."""
    if isinstance(value, dict):
        return {name: _copy(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(below) for below in value]
    if isinstance(value, str) and _TIME.fullmatch(value):
        return london(moment(value))
    return value.hex() if isinstance(value, bytes) else value
