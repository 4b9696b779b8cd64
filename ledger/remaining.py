"""What the erasure of a person leaves: words that may speak of them, and are sealed under another key.

What is said of a person alone is sealed under the person's key. A reason, a correction, a summary is sealed under that
of its case, consent or whomever its record is about: whoever erases the person is told which these are, and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.erasure import ERASABLE
from ledger.ledger import Ledger
from ledger.procedure.declare import WORDS, WORDS_TOLD, About, Payload, Scope
from ledger.procedure.layout import scope_of
from ledger.procedure.speaking import linked_by, made_by, persons_in, referred_to
from ledger.reading import Reading, Unopened

PERSON = "person"


class Remaining(NamedTuple):
    """A scope, as `erase` takes it, and the positions of the records with words sealed under it that can be read.

    `erasable`: whether it can be erased; the key of the ledger's own operations never is.
    """

    scope: str
    positions: tuple[int, ...]
    erasable: bool


def words_left(ledger: Ledger, person: str) -> list[Remaining]:
    """The words that may speak of a person and are not sealed under the person's own key, by the key they are under.

    They are those of the records that name the person, or that follow from such: what was decided, disclosed and
    corrected of it. Nothing else is looked at: other words may speak of anybody.
    """
    naming = dict.fromkeys(r.about for r in ledger.readings() if r.declared and person in persons_in(r.event))
    found: dict[Scope, dict[int, None]] = {}
    for about in naming:
        for reading in _concerning(ledger, about, person):
            for scope in _sealed_elsewhere(reading, person):
                found.setdefault(scope, {})[reading.position] = None
    return [
        Remaining(f"{scope.kind}:{scope.ref}", tuple(found[scope]), scope.kind in ERASABLE) for scope in sorted(found)
    ]


def _concerning(ledger: Ledger, about: About, person: str) -> Iterator[Reading]:
    """The records of a file that name a person, or refer to something that one of these made."""
    theirs: set[tuple[str, str]] = set()
    for reading in ledger.readings(about=about):
        if reading.declared is not None:
            event = reading.event
            if person in persons_in(event) or theirs & referred_to(event):
                theirs |= made_by(event)
                yield reading


def _sealed_elsewhere(reading: Reading, person: str) -> Iterator[Scope]:
    """The other scopes under which a record has words that can be opened and are not those of whom it links."""
    event: Payload = reading.event
    own = Scope(PERSON, person)
    openings = reading.openings()
    of_another = linked_by(event) - {person}
    for field in reading.declared.fields if reading.declared is not None else ():
        readable = not isinstance(openings.get(field.index, Unopened()), Unopened)
        if field.scope and readable and (field.name in (WORDS, WORDS_TOLD) or not of_another):
            scope = scope_of(field.scope, event, reading.about)
            if scope != own:
                yield scope
