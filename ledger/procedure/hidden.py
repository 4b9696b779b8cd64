"""What a reader of a statement may not know of, with everything that would lead there (R0.11):

1. what a restriction in force keeps from them, and the disclosure or receipt that carried it (Q98, EX-04);
2. a decision they were not told of for a reason that still stands, and what was done on it (Q63), or for which nobody
   asked them for consent, where asking would have given it away;
3. a disclosure scheme: nobody is told of it but whoever asked or is at risk, and what was shared for it is never told
   (Q114); the subject of an application never learns that there was one;
4. the files of children to whom they may pose a risk.

Hidden is what would be no part of a statement if it had never been recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ledger.procedure.clock import late, until
from ledger.procedure.declare import Payload, Vocabulary, marked, parts_of
from ledger.procedure.events.consent import ConsentNotSought
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived, Restriction, RestrictionImposed
from ledger.procedure.events.persons import InformingWithheld, PersonInformed
from ledger.procedure.rules.recipient import NOT_TO, lifted
from ledger.procedure.speaking import ids_by_field, made_by, referred_to
from ledger.procedure.state.world import File

HARMLESS = frozenset({"cannot_locate", "not_able_to_understand", "urgent_inform_after"})  # exceptions from informing
TELLING = frozenset({"would_put_child_at_risk", "would_put_other_at_risk", "prejudice_investigation"})
SCHEME = "scheme_"  # begins the purposes that are a disclosure scheme's
RISK = frozenset({"person_posing_risk", "adult_in_contact", "scheme_subject"})
LEADING = frozenset({"request", "advice", "decision", "disclosure"})  # that which a hidden act answers or carries out


@dataclass(frozen=True)
class Hidden:
    """What is hidden of one file, whose records are given oldest first; `at` is when the statement is made.

    `elsewhere`: the items that are hidden in the cases that this one is linked with, since it may name those too.
    """

    file: File
    events: Sequence[Payload]
    readers: AbstractSet[str]
    at: dt.datetime
    elsewhere: AbstractSet[str] = frozenset()

    def items(self) -> set[str]:
        """The items that are hidden."""
        made = set().union(*(made_by(self.events[number]) for number in self.numbers()))
        return {name for sort, name in made if sort == "item"}

    def numbers(self) -> set[int]:
        """The records that are hidden, counted from 0."""
        numbers = set(range(len(self.events)))
        if self._closed_file():
            return numbers
        secret: set[tuple[str, str]] = set()
        hidden: set[int] = set()
        restricted = self._restricted_items() | (self.elsewhere - self.file.case.items.keys())
        while True:
            ids = {name for _, name in secret} | restricted
            found = {n for n in numbers - hidden if self._kept_back(self.events[n]) or ids & _ids(self.events[n])}
            if not found:
                return hidden
            hidden |= found
            for event in (self.events[n] for n in found):
                leading = {(sort, name) for sort, name in referred_to(event) if sort in LEADING}
                secret |= made_by(event) | leading

    def _closed_file(self) -> bool:
        """Whether nothing of a file may be told to these readers (3, 4)."""
        if self.file.about.type == "scheme":
            scheme = self.file.scheme
            allowed = {scheme.applicant, scheme.person_at_risk} - {scheme.subject, None}
            return not self.readers <= allowed
        roles = [self.file.case.persons[r].roles for r in self.readers if r in self.file.case.persons]
        return any(held & RISK for held in roles)

    def _kept_back(self, event: Payload) -> bool:
        """Whether a record by itself is one of those that the readers may not know of (1, 2, 3)."""
        purposes = (code for _, mark, code in marked(event, Vocabulary) if mark.name == "purposes")
        if any(code.startswith(SCHEME) for code in purposes) and self.file.about.type != "scheme":
            return True
        if any(self._forbids(limit, item) for limit in _limits(event) for item in self._items(event) or {""}):
            return True
        if isinstance(event, ConsentNotSought):
            return event.person in self.readers and event.reason in TELLING
        if isinstance(event, InformingWithheld):
            return self._untold(event.person, event.decision_id, event.exception)
        if isinstance(event, DecisionMade):
            excepted = any(self._untold(one.person, event.decision_id, one.exception) for one in event.informing)
            return excepted or any(self._never_asked(person, event) for person in self.readers)
        return False

    def _restricted_items(self) -> set[str]:
        """The items that a restriction in force keeps from a reader: its own, or that of what it came or went with."""
        limited = ((item, limit) for event in self.events for limit in _limits(event) for item in self._items(event))
        return {item for item, limit in limited if self._forbids(limit, item)}

    def _items(self, event: Payload) -> set[str]:
        """The recorded items that a restriction in an event is on."""
        named = ids_by_field(event)
        found = named.get("items", set()) | named.get("item_id", set()) | named.get("what", set())
        decision = self.file.case.decisions.get(getattr(event, "decision_id", None) or "")
        if isinstance(event, DisclosureMade) and decision is not None and not found:
            found = set(decision.event.items)
        if isinstance(event, DisclosureReceived):
            names = {event.receipt_id, event.disclosure_id} - {None}
            sources = ((i, item.event.source) for i, item in self.file.case.items.items())
            found |= {item for item, source in sources if source is not None and source.receipt_id in names}
        return found & self.file.case.items.keys()

    def _forbids(self, limit: Restriction | RestrictionImposed, item: str) -> bool:
        """Whether a restriction keeps an item from a reader: from whom, if it names nobody, cannot be told."""
        over = limit.until is not None and late(self.at, until(limit.until))
        mine = limit.code in (None, NOT_TO) and (not limit.persons or not self.readers.isdisjoint(limit.persons))
        return mine and not over and not lifted(limit, item, self.at, self.file.case)

    def _untold(self, person: str | None, decision: str | None, exception: str | None) -> bool:
        """Whether a reader was not told of a decision, for a reason that still stands."""
        if person not in self.readers or exception is None or exception in HARMLESS:
            return False
        return not self._informed(person, decision)

    def _never_asked(self, person: str, decision: DecisionMade) -> bool:
        """Whether asking a reader for consent would have given away a decision that they do not know of otherwise."""
        position = decision.data_subjects.get(person)
        told = any(one.person == person and one.informed_at is not None for one in decision.informing)
        secret = position is not None and position.reason in TELLING
        return secret and not told and not self._informed(person, decision.decision_id)

    def _informed(self, person: str | None, decision: str | None) -> bool:
        told = (said.event for said in self.file.case.informed if isinstance(said.event, PersonInformed))
        return any(event.person == person and event.decision_id == decision for event in told)


def _limits(event: Payload) -> Iterator[Restriction | RestrictionImposed]:
    """The restrictions that an event places."""
    if isinstance(event, RestrictionImposed):
        yield event
    yield from parts_of(event, Restriction)


def _ids(event: Payload) -> set[str]:
    return set().union(*ids_by_field(event).values())
