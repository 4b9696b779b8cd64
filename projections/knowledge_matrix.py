"""Who knew what when, over the ledger of one agency or of several: a pure function of what their records say.

1. Facts: what an agency recorded for itself it knew from `known_at`; a request or an association that two agencies tell
   of is one fact.
2. A disclosure carries the items it names, the missing episode that such an item tells of, and who was found at the
   contexts it tells of, as far as its decision is about them.
3. What another agency sent counts from `received_at` of the receipt, never from the time of sending (R0.6). A receipt
   is joined to its disclosure by the sender's record hash, or by sender and id. Where what was in it is not told here,
   the disclosure is a fact of its own, which its sender knew when it was made, at the latest.
4. What a partner confirms to have, it knew then at the latest. What was only sent, nobody here knows to have arrived.
5. A request is answered by what is disclosed on a decision about it; where only the asker's ledger is at hand, by the
   next that comes from whoever was asked, in the same file: that is presumed, and said to be.

What an agency's own ledger says of it goes before what others say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ledger import Reading
from projections.knowledge_facts import NEVER, Cell, Fact, Name
from projections.knowledge_notes import (
    ASKED,
    ASSOCIATION,
    CONFIRMED,
    DECIDED,
    DISCLOSURE,
    EPISODE,
    FACT,
    ITEM,
    MISDIRECTED,
    MISSING,
    RECEIVED,
    REQUEST,
    SENT,
    WITHHELD,
    notes,
    receipt_keys,
)
from projections.tables import Row


def matrix_of(ledgers: Iterable[tuple[str, Iterable[Reading]]]) -> list[Fact]:
    """The matrix over the readings of several ledgers (or one), each with the id of its agency."""
    return matrix((agency, chain.from_iterable(map(notes, readings))) for agency, readings in ledgers)


def matrix(sources: Iterable[tuple[str, Iterable[Row]]]) -> list[Fact]:
    """The facts of the matrix, in the order in which anybody first knew them, from each agency's notes."""
    made = _Matrix()
    told = [(own, list(some)) for own, some in sources]
    for step in (made.facts, made.disclosures, made.receipts, made.confirmations, made.answers):
        for own, some in told:
            step(own, some)
    return sorted(made.by_name.values(), key=lambda fact: (*(fact.first or (NEVER, "")), fact.name))


class _Matrix:
    """The matrix on its way: each step goes over every ledger before the next begins."""

    def __init__(self) -> None:
        self.by_name: dict[Name, Fact] = {}
        self._content: dict[Name, dict[Name, Fact]] = {}  # of each disclosure
        self._by_hash: dict[str, Name] = {}
        self._by_id: defaultdict[tuple[str, str], list[Name]] = defaultdict(list)  # disclosures, by sender and id
        self._episodes: defaultdict[tuple[str, str, str], list[Fact]] = defaultdict(list)  # by agency, file and child
        self._requests: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)  # by whom was asked, and id

    def facts(self, own: str, told: Sequence[Row]) -> None:
        """Step 1."""
        receipts = {key: note for note in told for key in receipt_keys(note)}
        for note in told:
            if note["says"] == FACT:
                self._recorded(own, note, receipts.get((note["file"], note["receipt"])))
            elif note["says"] == ASKED:
                self._asked(own, note)

    def _recorded(self, own: str, note: Row, receipt: Row | None) -> None:
        agency, file = ("", "") if note["sort"] == ASSOCIATION else (own, note["file"])
        fact = self._fact(Name(note["sort"], agency, file, note["ref"]), own, note)
        if receipt is None:
            fact.known(own, Cell(note["at_us"], "recorded", own, note["position"]))
        else:
            _received(fact, own, receipt)
        if note["sort"] == EPISODE:
            self._episodes[own, note["file"], note["persons"][0]].append(fact)

    def _asked(self, own: str, note: Row) -> None:
        """Whoever asked knew of it at once; whoever was asked, where its own ledger says so."""
        asker = note["agency"] or own
        fact = self._fact(Name(REQUEST, asker, "", note["ref"]), own, note)
        fact.known(asker, Cell(note["at_us"], "recorded", own, note["position"]))
        for other in note["others"]:
            if other == own:
                fact.known(own, Cell(note["at_us"], "recorded", own, note["position"]))
            else:
                fact.known(other, Cell(None, "sent", own, note["position"], note["at_us"]))
            if not any(fact is known for known in self._requests[other, note["ref"]]):
                self._requests[other, note["ref"]].append(fact)
        fact.asked_us = min(note["at_us"], fact.asked_us or note["at_us"])

    def _fact(self, name: Name, own: str, note: Row) -> Fact:
        fact = self.by_name.setdefault(name, Fact(name, note["file"], (own, note["position"])))
        fact.persons = fact.persons or list(note["persons"] or ())
        fact.kind = fact.kind or note["kind"]
        fact.episode = fact.episode or note["episode"]
        return fact

    def disclosures(self, own: str, told: Sequence[Row]) -> None:
        """Step 2, and when each fact was first shared."""
        subjects = {(note["file"], note["ref"]): note["persons"] for note in told if note["says"] == DECIDED}
        for note in told:
            if note["says"] == SENT:
                about = subjects.get((note["file"], note["decision"]), [])
                carried = {fact.name: fact for fact in self._carried(own, note, about)}
                if not carried:
                    carried = {(fact := self._said(own, own, note)).name: fact}
                    fact.known(own, Cell(note["at_us"], "recorded", own, note["position"]))
                self._disclosed(own, note, carried)

    def _disclosed(self, own: str, note: Row, carried: dict[Name, Fact]) -> None:
        name = Name(DISCLOSURE, own, note["file"], note["ref"])
        if name not in self._content:
            self._by_id[own, note["ref"]].append(name)
        self._content.setdefault(name, {}).update(carried)
        self._by_hash[note["hash"]] = name
        for fact in carried.values():
            if note["kind"] != MISDIRECTED:
                fact.shared(note["ref"], note["at_us"], note["others"])
            for other in note["others"]:
                fact.known(other, Cell(None, "sent", own, note["position"], note["at_us"]))

    def _carried(self, own: str, note: Row, about: Sequence[str]) -> Iterator[Fact]:
        """The facts that a disclosure carries, as far as its sender recorded them."""
        for item in note["items"]:
            if fact := self.by_name.get(Name(ITEM, own, note["file"], item)):
                yield fact
                yield from self._told_of(own, fact)
        for context in note["contexts"]:
            for person in about:
                found = self.by_name.get(Name(ASSOCIATION, "", "", f"{context}/{person}"))
                if found is not None and found.known_by(own, note["at_us"]):
                    yield found

    def _told_of(self, own: str, item: Fact) -> Iterator[Fact]:
        """The missing episode that an item tells of: the one it names, or the last of that child known by then."""
        if item.kind == MISSING and item.persons:
            by = item.cells[own].at_us or 0
            episodes = self._episodes[own, item.file, item.persons[0]]
            named = [one for one in episodes if one.name.ref == item.episode]
            earlier = [one for one in episodes if one.known_by(own, by)]
            yield from named or sorted(earlier, key=lambda one: one.cells[own].at_us or 0)[-1:]

    def receipts(self, own: str, told: Sequence[Row]) -> None:
        """Step 3."""
        for note in told:
            if note["says"] == RECEIVED:
                name = self._disclosure(note)
                for fact in self._content[name].values() if name else self._unknown(own, note):
                    if name:
                        fact.known(own, Cell(note["at_us"], "received", own, note["position"]))
                    else:
                        _received(fact, own, note)

    def _disclosure(self, note: Row) -> Name | None:
        """The disclosure that a receipt is of, where its sender's ledger is at hand."""
        if note["hash"] in self._by_hash:
            return self._by_hash[note["hash"]]
        found = self._by_id.get((note["agency"], note["disclosure"]), [])
        same = [name for name in found if name.file == note["file"]] or found
        return same[0] if len(same) == 1 else None

    def _unknown(self, own: str, note: Row) -> list[Fact]:
        """What a receipt tells of, by the sender's ids: its items, or else what the disclosure said."""
        sender = note["agency"] or ""
        items = [self._fact(Name(ITEM, sender, note["file"], item), own, note) for item in note["items"]]
        return items or [self._said(sender, own, note)]

    def _said(self, sender: str, own: str, note: Row) -> Fact:
        """A disclosure of which nothing more is told, as a fact of its own."""
        return self._fact(Name(DISCLOSURE, sender, note["file"], note["disclosure"] or note["ref"]), own, note)

    def confirmations(self, own: str, told: Sequence[Row]) -> None:
        """Step 4."""
        for note in told:
            if note["says"] == CONFIRMED and note["agency"]:
                for fact in self._content.get(Name(DISCLOSURE, own, note["file"], note["ref"]), {}).values():
                    fact.known(note["agency"], Cell(note["at_us"], "confirmed", own, note["position"]))

    def answers(self, own: str, told: Sequence[Row]) -> None:
        """Step 5."""
        on = {(note["file"], note["ref"]): note["request"] for note in told if note["says"] == DECIDED}
        for note in told:
            if note["says"] == DECIDED and note["kind"] == WITHHELD:
                for fact in self._requests[own, note["request"]]:
                    fact.refused(note["at_us"])
            elif note["says"] == SENT and note["kind"] != MISDIRECTED:
                for fact in self._requests[own, on.get((note["file"], note["decision"])) or ""]:
                    fact.answered(note["ref"], note["at_us"])
            elif note["says"] == RECEIVED:
                for fact in self._asked_of(note["agency"], own, note["file"]):
                    if note["at_us"] >= (fact.asked_us or 0):
                        fact.answered(note["ref"], note["at_us"], presumed=True)

    def _asked_of(self, agency: str | None, own: str, file: str) -> Iterator[Fact]:
        """What this agency had asked of another in a file."""
        for (asked, _), facts in self._requests.items():
            if asked == agency:
                yield from (fact for fact in facts if (fact.name.agency, fact.file) == (own, file))


def _received(fact: Fact, own: str, receipt: Row) -> None:
    """That an agency has a fact by a receipt, and that its sender knew it."""
    fact.known(own, Cell(receipt["at_us"], "received", own, receipt["position"]))
    if receipt["agency"]:
        at = receipt["at_us"] if receipt["made_us"] is None else receipt["made_us"]
        fact.known(receipt["agency"], Cell(at, "made", own, receipt["position"]))
