"""Figures of who was informed: K13 and K14. A date of birth is opened to count with, and is never shown.

Whose age is not known, or can no longer be read because it was erased, is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from projections.kpis_facts import Counted, Facts, Measure
from projections.kpis_subject import ADULT_AT, CHILD_ROLES, Subject, said
from projections.owing import is_overdue
from projections.tables import Row

OLD_ENOUGH, PARENTS_TO_BE_TOLD_UNDER = 12, 16
CHILD_NOT_TOLD, PARENT_ROLES = ("IN-02", "IN-08"), frozenset({"parent", "person_with_pr", "carer", "guardian"})


def children_told(facts: Facts) -> Iterator[Counted]:
    """Children of 12 and over, or assessed as able to understand, in each decision to share."""
    for act, child, age in _children(facts):
        if age >= OLD_ENOUGH or child.able(act["at_us"]):
            excused = not facts.found(act, CHILD_NOT_TOLD, child.id)
            yield Counted(act, f"{act['name']} {child.id}", excused, act["at_us"])


def exceptions_past_review(facts: Facts) -> Iterator[Counted]:
    for row in facts.owed("IN-07"):
        yield facts.due(row, hit=is_overdue(row, facts.until))


def parents_told(facts: Facts) -> Iterator[Counted]:
    """Children under 16 in each decision to share, and whether a parent was told: an exception does not count."""
    for act, child, age in _children(facts):
        if age < PARENTS_TO_BE_TOLD_UNDER:
            told = any(_is_parent(facts, act, person, child) for person in _told(facts, act) if person != child.id)
            yield Counted(act, f"{act['name']} {child.id}", told, act["at_us"])


def _children(facts: Facts) -> Iterator[tuple[Row, Subject, int]]:
    """Each child of known age in each decision to share, each time one was taken."""
    for taken in facts.taken.values():
        for act in taken:
            if said(act).get("outcome") in ("share", "part"):
                for person in facts.subjects(act):
                    age = person.age(act["at_us"])
                    if age is not None and age < ADULT_AT and (person.roles & CHILD_ROLES or not person.roles):
                        yield act, person, age


def _told(facts: Facts, act: Row) -> set[str]:
    """Who was told of a sharing: in the decision, or in an entry that names it."""
    return {*said(act).get("told", ()), *facts.informed.get((act["file"], act["name"]), ())}


def _is_parent(facts: Facts, act: Row, person: str, child: Subject) -> bool:
    """Whether a person is named as holding responsibility for the child, or is a parent of the same file."""
    linked = facts.persons.get((act["file"], person), ())
    return person in child.parents or any(PARENT_ROLES & set(said(one).get("roles", ())) for one in linked)


MEASURES = (
    Measure("K13", "told", "told, or an exception given", "children of 12 and over", children_told, "all"),
    Measure(
        "K13",
        "review",
        "past their review",
        "exceptions to look at again",
        exceptions_past_review,
        "none",
        standing=True,
    ),
    Measure("K14", "", "a parent was told", "children under 16", parents_told, "all"),
)
