"""Subject access: what the statement that somebody is given of themselves shows.

A record concerns a person if it names them, or if it says something of what a record that concerns them made: the
disclosure of a decision about them, the withdrawal of their consent. The readers are the person and whoever the
statement is given to; what is to be kept from either is hidden (`hidden.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from ledger.procedure.declare import Payload
from ledger.procedure.events.case import InformationRecorded
from ledger.procedure.hidden import Hidden
from ledger.procedure.speaking import (
    INTERNAL,
    SHOW,
    THIRD_PARTY,
    WITHHOLD,
    closed_for_others,
    free_text,
    ids_by_field,
    linked_by,
    made_by,
    persons_in,
    referred_to,
)
from ledger.procedure.state.world import File

Ids = set[tuple[str, str]]


@dataclass(frozen=True)
class Concerning:
    """The records of one file, oldest first, as far as they concern a person; the rest is as in `Hidden`."""

    file: File
    events: Sequence[Payload]
    person: str
    readers: AbstractSet[str]
    at: dt.datetime
    elsewhere: AbstractSet[str] = frozenset()

    @cached_property
    def hidden(self) -> set[int]:
        return Hidden(self.file, self.events, self.readers, self.at, self.elsewhere).numbers()

    def shown(self) -> Iterator[tuple[int, bool]]:
        """The numbers, from 0, of the records that a statement shows, each with whether it can speak of nobody else.

        Whoever a decision concerns, its disclosure may speak of: a record is the person's alone only if all that it
        refers to is.
        """
        theirs: Ids = set()
        alone: Ids = set()
        for number, event in enumerate(self.events):
            if number in self.hidden or linked_by(event) - {self.person}:
                continue
            named, referred, made = persons_in(event), referred_to(event), made_by(event)
            if self.person in named or theirs & referred:
                only = named <= {self.person} and referred <= alone
                yield number, only
                theirs |= made if self._is_theirs(event) else set()
                alone |= made if only else set()

    def left_out(self) -> Iterator[int]:
        """The numbers of the records that name the person, or follow from such, and stay hidden."""
        return (number for number in sorted(self.hidden) if self.person in persons_in(self.events[number]))

    def _is_theirs(self, event: Payload) -> bool:
        """Whether what a record made is the person's own matter: an item is whose it tells of, not who told it."""
        return not isinstance(event, InformationRecorded) or event.person == self.person


def closed_in_statement(
    event: Payload, person: str, codes: AbstractSet[str], third_parties: str, *, alone: bool
) -> dict[str, str]:
    """The fields of a record that its statement withholds, each with why.

    They are those that speak of others, as far as `third_parties` asks for it, and those that hold ids, since a gap in
    their order would tell that there is more. `codes` are words that may stand where an id may; `alone` is a record
    that can speak of nobody else.
    """
    of_others = closed_for_others(event, {person}, third_parties)
    if not alone and third_parties != SHOW:
        of_others |= dict.fromkeys(free_text(event, {person}), THIRD_PARTY)
    open_ids = {person, *codes} | (set() if third_parties == WITHHOLD else persons_in(event))
    counting = {name for name, ids in ids_by_field(event).items() if ids - open_ids}
    return dict.fromkeys(counting, INTERNAL) | of_others
