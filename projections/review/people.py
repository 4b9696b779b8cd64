"""Who is one person for several agencies, and what stands for them in an anonymised review: Mother of Child A.

1. Persons of two agencies are one where the reviewer says so (`ReviewPersonsMatched`), or where they have one id and
   the same date of birth; where one of them says none, one id in files of one id will do. Two dates of birth are two
   persons, whatever their ids.
2. What stands for a person is settled by the source that first tells of them, in the order in which sources were added:
   children first, then the others by id. So what is added later changes none of it.
3. Staff stand by role and agency, anonymised or not: a review does not hold individuals to account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger import OpenSource, Reading, Unopened
from projections.naming import LABELS, letters, renamer
from projections.review.told import shown, value_of
from projections.shown import tree_of
from projections.tables import Row

Known = tuple[str, str]  # an agency, and its id of somebody
CHILD, LINKED, MATCHED = "child", "PersonLinked", "ReviewPersonsMatched"
PARENTS = {"mother": "Mother", "father": "Father", "married_father": "Father"}
SHORTEST_NAME = 3


@dataclass
class Person:
    """One person as one agency knows them."""

    agency: str
    id: str
    roles: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    born: str | None = None
    parents: dict[str, str] = field(default_factory=dict)  # of a child: who holds responsibility as mother or father
    label: str = ""


class People:
    """Everybody whom the sources tell of, and what stands for each."""

    def __init__(self, opened: Sequence[OpenSource], matches: Sequence[Sequence[Known]]) -> None:
        self._persons: dict[Known, Person] = {}
        self._by_id: dict[str, list[Person]] = {}
        self._parents: dict[Known, str] = {}  # whom a child's record names as mother or father
        self._counts: dict[str, int] = {}
        self._staff: dict[str, str] = {}
        for source in opened:
            self._meet(source)
        for matched in matches:
            self._match(matched)

    def rows(self) -> list[Row]:
        """The key: a row for each person, with their id in each agency."""
        found: dict[str, Row] = {}
        for person in self._persons.values():
            row = found.setdefault(person.label, {"label": person.label, "roles": [], "ids": {}, "names": []})
            row["ids"][person.agency] = [*row["ids"].get(person.agency, []), person.id]
            row["roles"] += [role for role in person.roles if role not in row["roles"]]
            row["names"] += [name for name in person.names if name not in row["names"]]
        return sorted(found.values(), key=lambda row: (row["label"].partition(" ")[0] != "Child", row["label"]))

    def renamed(self, agency: str, *, anonymised: bool) -> Callable[[Any], Any]:
        """What puts roles in the place of staff in any value that an agency's records tell; anonymised, also labels in
        the place of people's ids and names."""
        key = dict(self._staff)
        for person in self._persons.values() if anonymised else ():
            for name in (person.id, *(name for name in person.names if len(name) >= SHORTEST_NAME)):
                if person.agency == agency or name not in key or name in self._staff:
                    key[name] = person.label
        return renamer(key)

    def _meet(self, opened: OpenSource) -> None:
        """Note whom a source tells of; label whoever is new."""
        agency, new = opened.source.agency, []
        for reading in opened.readings:
            if (actor := reading.actor) and len(actor.staff_ref) >= SHORTEST_NAME:
                self._staff.setdefault(actor.staff_ref, f"{actor.role.replace('_', ' ')} of {agency}")
            if reading.name == LINKED and (ref := value_of(reading, "person_id")):
                known = self._persons.get((agency, ref))
                if known is None:
                    known = self._persons[agency, ref] = Person(agency, ref)
                    new.append(known)
                _learn(known, reading)
        for person in sorted(new, key=lambda one: (CHILD not in one.roles, one.id)):
            same = next((other for other in self._by_id.get(person.id, ()) if _one(person, other)), None)
            person.label = same.label if same else self._label(person)
            self._by_id.setdefault(person.id, []).append(person)
            for holder, basis in person.parents.items():
                self._parents.setdefault((agency, holder), f"{basis} of {person.label}")

    def _label(self, person: Person) -> str:
        sort = next((words for role, words in LABELS.items() if role in person.roles), "Person")
        if sort == "Child":
            return f"Child {letters(self._next(sort))}"
        if label := self._parents.get((person.agency, person.id)):
            number = self._next(label)
            return label if number == 1 else f"{label} ({number})"
        return f"{sort} {self._next(sort)}"

    def _next(self, sort: str) -> int:
        self._counts[sort] = self._counts.get(sort, 0) + 1
        return self._counts[sort]

    def _match(self, matched: Sequence[Known]) -> None:
        """What the reviewer says are one take the label that was given first."""
        order = list(self._persons)
        known = sorted((one for one in matched if one in self._persons), key=order.index)
        labels = {self._persons[one].label for one in known}
        for person in self._persons.values():
            if person.label in labels:
                person.label = self._persons[known[0]].label


def matches_of(readings: Iterable[Reading]) -> list[list[Known]]:
    """Whom the reviewer says to be one."""
    return [
        [(one["agency"], one["person"]) for one in reading.data["persons"] or ()]
        for reading in readings
        if reading.name == MATCHED
    ]


def _learn(person: Person, reading: Reading) -> None:
    tree = tree_of(reading)
    person.roles += [role for role in _list(tree.get("roles")) if role not in person.roles]
    if (about := shown(reading).about) is not None:
        person.files.add(f"{about.type}:{about.id}")
    name, born = tree.get("name"), tree.get("dob")
    person.names += [str(name)] if _said(name) and name not in person.names else []
    person.born = str(born) if _said(born) else person.born
    for held in _list(tree.get("pr")):
        if basis := PARENTS.get(held.get("basis")):
            person.parents[held.get("holder", "")] = basis


def _one(one: Person, other: Person) -> bool:
    """Whether two agencies mean one person, by what they say of them."""
    if one.id != other.id or one.agency == other.agency:
        return False
    if one.born and other.born:
        return one.born == other.born
    return bool(one.files & other.files)


def _said(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not isinstance(value, Unopened)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
