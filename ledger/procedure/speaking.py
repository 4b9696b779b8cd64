"""Of whom a record speaks, by how its event is declared: the ground of every answer to who may see what.

A person is named by id, in a field that says so (`Refers`, `Defines` and `Names` in `declare.py`). Free text may speak
of anybody whom its record names; what a record says of the person it links is sealed by itself and theirs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from ledger.procedure.declare import (
    BY_TYPE,
    WORDS,
    WORDS_TOLD,
    Defines,
    IdMark,
    Names,
    Payload,
    Refers,
    marked,
    marks_in,
)

PERSON = "person"
SHOW, PSEUDONYMISE, WITHHOLD = "show", "pseudonymise", "withhold"
THIRD_PARTY, INTERNAL = "third_party", "not_relevant"  # why a field stays closed
STREAMS = frozenset({"case", "scheme", "context"})
_BELOW = re.compile(r"[.\[]")


def persons_by_field(event: Payload) -> dict[str, set[str]]:
    """The persons that each field of a record names."""
    found: dict[str, set[str]] = {}
    for field, sort, name in _marked(event, (Refers, Defines, Names)):
        if sort == PERSON:
            found.setdefault(field, set()).add(name)
    return found


def persons_in(event: Payload) -> set[str]:
    """All persons that a record names."""
    return set().union(*persons_by_field(event).values())


def linked_by(event: Payload) -> set[str]:
    """Whom a record links to its file."""
    return {name for _, sort, name in _marked(event, (Defines,)) if sort == PERSON}


@cache
def may_name_streams(kind: type[Payload]) -> bool:
    """Whether records of a kind may name other cases, schemes and contexts."""
    return any(mark.what in STREAMS for mark in marks_in(kind, Names))


def streams_by_field(event: Payload) -> Iterator[tuple[str, str, str]]:
    """The other cases, schemes and contexts that a record names: (field, type, id)."""
    return ((field, sort, name) for field, sort, name in _marked(event, (Names,)) if sort in STREAMS)


def made_by(event: Payload) -> set[tuple[str, str]]:
    """What a record is the first to name: its item, decision, disclosure …, each as (sort, id)."""
    return {(sort, name) for _, sort, name in _marked(event, (Defines,)) if sort != PERSON}


def referred_to(event: Payload) -> set[tuple[str, str]]:
    """What was there before that a record refers to, persons apart, each as (sort, id)."""
    return {(sort, name) for _, sort, name in _marked(event, (Refers,)) if sort != PERSON}


def ids_by_field(event: Payload) -> dict[str, set[str]]:
    """The ids in each field of a record, of whatever they may be; codes are none."""
    found: dict[str, set[str]] = {}
    for place, _, name in marked(event, IdMark):
        found.setdefault(_top(place), set()).add(name)
    return found


def speaks_of_others(event: Payload, own: AbstractSet[str]) -> set[str]:
    """The fields of a record that name somebody not among `own`, or whose free text may speak of them."""
    others = {name for name, persons in persons_by_field(event).items() if persons - own}
    if not others:
        return set()
    return others | free_text(event, own)


def free_text(event: Payload, own: AbstractSet[str]) -> set[str]:
    """The sealed fields of a record that may speak of anybody: all but what it says of the person it links."""
    theirs = linked_by(event)
    fields = BY_TYPE[type(event)].fields
    return {f.name for f in fields if f.scope and (f.name in (WORDS, WORDS_TOLD) or not (theirs and theirs <= own))}


def identifying(event: Payload, own: AbstractSet[str]) -> set[str]:
    """The fields of a record that say who somebody is, where an id would only stand for them: name, birth …"""
    return {field.name for field in BY_TYPE[type(event)].fields if field.scope} if linked_by(event) - own else set()


def closed_for_others(event: Payload, own: AbstractSet[str], third_parties: str) -> dict[str, str]:
    """The fields of a record that stay closed for the sake of anybody who is not among `own`.

    `third_parties` is one of SHOW, PSEUDONYMISE (ids stand for them: what says who they are is closed) and WITHHOLD.
    """
    closed = {SHOW: set(), PSEUDONYMISE: identifying(event, own), WITHHOLD: speaks_of_others(event, own)}[third_parties]
    return dict.fromkeys(sorted(closed), THIRD_PARTY)


def _marked(event: Payload, marks: tuple[type[Any], ...]) -> Iterator[tuple[str, str, str]]:
    """Every id under one of these marks: (field, sort of thing, id)."""
    for kind_of_mark in marks:
        for place, mark, name in marked(event, kind_of_mark):
            yield _top(place), (mark.to if isinstance(mark, Refers) else mark.what), name


def _top(place: str) -> str:
    return _BELOW.split(place, maxsplit=1)[0]
