"""Cases that belong together (`CaseLinked`): an act in one of them may name a person or an item of another.

Two children who are found together have a case each, and one decision is about both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ledger.procedure.command import Command
from ledger.procedure.declare import About, Payload, Refers, marked
from ledger.procedure.events.case import (
    InformationCorrected,
    InformationRecorded,
    InformationRequested,
    RecipientNotifiedOfCorrection,
)
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureMisdirected
from ledger.procedure.events.persons import InformingWithheld, PersonInformed
from ledger.procedure.state.case import Case
from ledger.procedure.state.persons import Person
from ledger.procedure.state.world import File, World

CASE, PERSON, ITEM = "case", "person", "item"
MAY_NAME = (
    DecisionMade,
    DisclosureMade,
    DisclosureMisdirected,
    InformationCorrected,
    InformationRecorded,
    InformationRequested,
    InformingWithheld,
    PersonInformed,
    RecipientNotifiedOfCorrection,
)


def with_linked(command: Command, world: World) -> World:
    """The world with what the act names of cases linked with its own, where its own does not hold it."""
    case = world.case
    if not case.linked or not isinstance(command.event, MAY_NAME):
        return world
    others = [there for name in sorted(case.linked) if (there := world.other(About(CASE, name)).file).exists]
    named = list(_named(command, case))
    items = _known([name for what, name in named if what == ITEM], [case.items, *(o.case.items for o in others)])
    about = [item.event.person for item in items.values() if item.event.person]
    persons = _known(
        [*(name for what, name in named if what == PERSON), *about],
        [case.persons, *map(_persons, others)],
    )
    disclosures = dict(case.disclosures)
    if isinstance(command.event, InformationCorrected):
        disclosures |= _of_item(command.event.item_id, (there.case for there in others))
    known = replace(case, persons={**persons, **case.persons}, items={**items, **case.items}, disclosures=disclosures)
    return replace(world, file=replace(world.file, case=known))


def _named(command: Command, case: Case) -> Iterator[tuple[str, str]]:
    """The persons and items that the act names, or the decision that it carries out."""
    earlier = case.decisions.get(getattr(command.event, "decision_id", None) or "")
    events: tuple[Payload | None, ...] = (command.event, command.decision, earlier.event if earlier else None)
    for event in filter(None, events):
        yield from ((refers.to, name) for _, refers, name in marked(event, Refers) if refers.to in (PERSON, ITEM))


def _persons(file: File) -> dict[str, Person]:
    return {name: replace(person, linked_case=file.about.id) for name, person in file.case.persons.items()}


H = TypeVar("H")


def _known(named: Iterable[str], held: Sequence[Mapping[str, H]]) -> dict[str, H]:
    """What is named, from the first that holds it."""
    found = ((name, next((one[name] for one in held if name in one), None)) for name in named)
    return {name: one for name, one in found if one is not None}


def _of_item(item_id: str, cases: Iterator[Case]) -> dict[str, Any]:
    """The disclosures in other cases that say that they were of this item."""
    made = ((name, said) for case in cases for name, said in case.disclosures.items())
    return {name: said for name, said in made if said.event.what is not None and item_id in said.event.what.items}
