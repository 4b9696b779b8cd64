"""What an edition must be to be registered: stricter than what can be read, since what is stored must stay readable.

A rule is named by its id or, where it has cases of different weight, by ``<id>/<case>``; the catalogue of both is what
the shipped editions carry (`tests/procedure/test_judgement.py` holds it against the rules themselves).
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, get_args

from ledger.errors import Malformed
from ledger.procedure.declare import hints_of
from ledger.procedure.edition import Edition, Level, read_edition, shipped

LEVELS = get_args(Level)
KINDS = get_args(hints_of(Edition)["kind"])


def admit(
    data: Mapping[str, Any], registered: Mapping[str, Edition], agency_kind: str, adopted: Mapping[str, dt.datetime]
) -> Edition:
    """The edition, if it may be registered beside these; `Malformed` names the field and what is allowed there."""
    try:
        _check_choices(data)
        edition = read_edition(data, registered)
        _check_dates(data, edition)
        _check_names(edition)
        if edition.edition_id in registered:
            raise Malformed(f"field edition_id: {edition.edition_id} is registered already; a new print needs a new id")
        others = [other for other in registered.values() if other.governs(agency_kind)]
        if edition.governs(agency_kind) and (start := edition.starts(adopted)) is not None:
            check_start(edition, start, others, adopted)
    except Malformed as error:
        said = str(error)
        inner = said.removeprefix("field ")
        raise Malformed(f"field edition.{inner}" if inner != said else f"field edition: {said}") from None
    return edition


def _check_choices(data: Mapping[str, Any]) -> None:
    """Where one of a few words is expected, say which."""
    if "kind" in data and data["kind"] not in KINDS:
        raise Malformed(f"field kind: {_short(data['kind'])} is no kind of edition; write {_either(KINDS)}")
    rules = data.get("rules")
    for key, text in rules.items() if isinstance(rules, Mapping) else ():
        for side in ("gate", "fact") if isinstance(text, Mapping) else ():
            if text.get(side) not in LEVELS:
                said = f"{_short(text[side])} is no level" if side in text else "say how serious it is"
                raise Malformed(f"field rules.{key}.{side}: {said}; write {_either(LEVELS)}")


def _short(value: Any) -> str:
    return repr(value)[:80]


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _check_dates(data: Mapping[str, Any], edition: Edition) -> None:
    if edition.by_adoption and edition.in_force_from is not None:
        raise Malformed("field in_force_from: an edition with by_adoption starts when it is adopted; leave one of them")
    if not edition.by_adoption and "in_force_from" not in data:
        raise Malformed(
            "field in_force_from: say from when it is in force, for example 2026-09-30; write null if that is not "
            "known (it is not in force then), or set by_adoption if each agency adopts it"
        )


@lru_cache(1)
def _rule_keys() -> frozenset[str]:
    carried = {key for s in shipped().values() for key in s.edition.rules}
    return frozenset(carried | {key.partition("/")[0] for key in carried})


@lru_cache(1)
def _vocabularies() -> frozenset[str]:
    return frozenset(name for s in shipped().values() for name in s.edition.vocabulary)


def _check_names(edition: Edition) -> None:
    """What no rule and no field would ever look up was meant to be something else."""
    for key in edition.rules:
        _known(f"rules.{key}", key, _rule_keys(), "rule")
    for name in edition.vocabulary:
        _known(f"vocabulary.{name}", name, _vocabularies(), "vocabulary")


def _known(place: str, name: str, allowed: Collection[str], what: str) -> None:
    if name in allowed:
        return
    near = difflib.get_close_matches(name, sorted(allowed), 3, 0.4) or sorted(allowed)[:5]
    raise Malformed(f"field {place}: there is no {what} {name}; nearest: {', '.join(near)}")


def check_start(
    edition: Edition, start: dt.datetime, others: Iterable[Edition], adopted: Mapping[str, dt.datetime]
) -> None:
    """Raise `Malformed` where it would not be clear which edition of its family governs from `start` on.

    The latest start governs. So two must not start at one moment; and one that says until when it is in force must not
    be cut short by another that does not say it supersedes it.
    """
    place = "in_force_from" if edition.in_force_from else "edition_id"
    for other in others:
        there = other.starts(adopted)
        if other.family != edition.family or other.edition_id == edition.edition_id or there is None:
            continue
        if there == start:
            raise Malformed(
                f"field {place}: {other.edition_id} of the same family {edition.family} starts at that moment too, and "
                "one edition of a family governs at a time; give it another start"
            )
        first, second = (edition, other) if start < there else (other, edition)
        end = first.ends()
        if end and end > max(start, there) and second.supersedes != first.edition_id:
            raise Malformed(
                f"field {'in_force_to' if first is edition else place}: {first.edition_id} says it is in force until "
                f"{first.in_force_to}, but {second.edition_id} of the same family starts before; let the first end by "
                f"then, or let the second say supersedes: {first.edition_id}"
            )
