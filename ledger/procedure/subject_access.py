"""Subject access: what the statement that somebody is given of themselves shows.

A record concerns a person if it names them, or if it says something of what a record that concerns them made: the
disclosure of a decision about them, the withdrawal of their consent. The readers are the person and whoever the
statement is given to; what is to be kept from either is hidden (`hidden.py`).

Of a record that is shown, what could lead to something that is not is closed in every statement, whether or not
anything stands there: that it is closed then says nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property

from ledger.procedure.declare import Defines, IdMark, Names, Payload, Refers, Vocabulary, hints_of, marks_by_field
from ledger.procedure.events.case import InformationRecorded
from ledger.procedure.events.consent import (
    ConsentGiven,
    ConsentRefused,
    ConsentRenewed,
    ConsentRequested,
    ConsentWithdrawn,
)
from ledger.procedure.hidden import Hidden
from ledger.procedure.speaking import (
    INTERNAL,
    PERSON,
    SHOW,
    STREAMS,
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
# What something was or may be shared for stays closed in a statement: one of the codes says that there is a context of
# risk, another that somebody is managed under MAPPA. What a person was asked to consent to, they know.
PURPOSES = "purposes"
CONSENTS = (ConsentRequested, ConsentGiven, ConsentRefused, ConsentRenewed, ConsentWithdrawn)
QUOTED = frozenset({"sender_event_hash", "recipient_event_hash", "entry_version"})  # of records, ours and partners'


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
    their order would tell that there is more; and, whatever stands there, all that could lead elsewhere (`leading`).
    `codes` are words that may stand where an id may; `alone` is a record that can speak of nobody else.
    """
    of_others = closed_for_others(event, {person}, third_parties)
    if not alone and third_parties != SHOW:
        of_others |= dict.fromkeys(free_text(event, {person}), THIRD_PARTY)
    open_ids = {person, *codes} | (set() if third_parties == WITHHOLD else persons_in(event))
    counting = {name for name, ids in ids_by_field(event).items() if ids - open_ids}
    return dict.fromkeys(counting, INTERNAL) | of_others | dict.fromkeys(leading(type(event)), INTERNAL)


@cache
def leading(kind: type[Payload]) -> frozenset[str]:
    """The fields of a kind of record that may name another file, a context of risk, or anything but a person by its id.

    Not those that hold more than that, unless it may say a purpose; nor, of a consent, what it is for: kinds of
    information and purposes.
    """
    things = {name for name, own, _ in marks_by_field(kind, IdMark) if own}
    things -= {name for name, own, _ in marks_by_field(kind, Refers) if any(one.to == PERSON for one in own)}
    things -= {name for name, own, _ in marks_by_field(kind, Names) if any(one.what == PERSON for one in own)}
    things -= {name for name, own, _ in marks_by_field(kind, Defines) if any(one.what == PERSON for one in own)}
    elsewhere = {name for name, _, below in marks_by_field(kind, Names) if any(one.what in STREAMS for one in below)}
    purposes = {n for n, _, below in marks_by_field(kind, Vocabulary) if any(one.name == PURPOSES for one in below)}
    if issubclass(kind, CONSENTS):
        things.discard("items")
        purposes.clear()
    return frozenset(things | elsewhere | purposes | (QUOTED & hints_of(kind).keys()))
