"""What may each reader see: chooses the records and fields of an extract, by the procedure.

- `complete`, for a court or a review: whole streams, and every redaction listed with its reason.
- `selective`, for a partner: the records asked for, without their places and times.
- `notice`, to the recipient of a disclosure, and `receipt`, back to its sender: `procedure/telling.py`.
- `statement`, for subject access: what concerns one person, and no hint of anything else:
  `procedure/subject_access.py`.

What the exporter withholds besides is closed for the reason they give, or none: then the rules refuse it (EX-05).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from ledger.choice import Choice, Shown
from ledger.completeness import every_record
from ledger.errors import UnknownId, UsageError
from ledger.ledger import Ledger
from ledger.procedure.declare import About, Payload
from ledger.procedure.entry import Finding, Key, Owed
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived
from ledger.procedure.hidden import Hidden
from ledger.procedure.speaking import (
    INTERNAL,
    SHOW,
    THIRD_PARTY,
    WITHHOLD,
    closed_for_others,
    may_name_streams,
    persons_in,
    streams_by_field,
)
from ledger.procedure.state.world import File
from ledger.procedure.subject_access import Concerning, closed_in_statement
from ledger.procedure.telling import Telling, closed_in_receipt, needed
from ledger.proof.fields import ABOUT, ACTOR, COMMAND, JUDGEMENT, WHEN
from ledger.reading import Reading
from ledger.withholding import NOTHING, Withholding

ABOUT_THEM = frozenset({"child", "person_at_risk", "vulnerable_adult"})  # whom a file is about: no third parties in it
OF_THE_AGENCY = dict.fromkeys((COMMAND, ABOUT, ACTOR, WHEN, JUDGEMENT), INTERNAL)
RESTRICTED = "restricted"
OF_A_STATEMENT = dict.fromkeys((ABOUT, ACTOR, JUDGEMENT), INTERNAL)
STATED = ("case", "scheme")
P = TypeVar("P", bound=Payload)


def complete(
    ledger: Ledger, abouts: Sequence[About], *, third_parties: str = SHOW, withhold: Withholding = NOTHING
) -> Choice:
    """Whole streams, oldest record first, and the streams that they refer to and that were not asked for.

    Raises `UnknownId` for a stream without records, `UsageError` for something withheld that is not there.
    """
    shown = _streams(ledger, abouts, third_parties, withhold)
    withhold.check_used()
    absent = tuple(_absent(ledger, abouts, shown))
    return Choice(tuple((about.type, about.id) for about in abouts), shown, absent)


def selective(
    ledger: Ledger,
    abouts: Sequence[About],
    *,
    positions: Iterable[int] = (),
    third_parties: str = SHOW,
    withhold: Withholding = NOTHING,
) -> Choice:
    """The records of these streams, or those of them at these positions. Raises as `complete` does."""
    shown = _streams(ledger, abouts, third_parties, withhold)
    wanted = set(positions)
    if missing := sorted(wanted - {one.reading.position for one in shown}):
        raise UnknownId(f"Record {missing[0]} is none of {' and '.join(map(' '.join, abouts))}.")
    withhold.check_used()
    chosen = tuple(one for one in shown if not wanted or one.reading.position in wanted)
    return Choice(tuple((about.type, about.id) for about in abouts), chosen)


def notice(
    ledger: Ledger, disclosure_id: str, recipient: str, *, case: str | None = None, withhold: Withholding = NOTHING
) -> Choice:
    """What one recipient is told of a disclosure: it, its items, their corrections and their restrictions.

    `recipient` is as the disclosure names them; `case` says whose disclosure, where two files have one of this id.
    Raises `UnknownId` where there is none, `UsageError` where it was not made to them.
    """
    found, disclosure = _the_one(ledger, DisclosureMade, "disclosure_id", disclosure_id, case)
    told = Telling(disclosure, recipient, ledger.file(found.about).case)
    if not told.addressed:
        raise UsageError(f"Disclosure {disclosure_id} was not made to {recipient}: name its recipient as it does.")
    # The sender's own reference of a case is told, unless nobody is to be named: partners may call the case of a child
    # alike. That somebody applied under a scheme is not.
    mine = found.about.type == "case" and told.identified
    closed = {i: why for i, why in OF_THE_AGENCY.items() if not (i == ABOUT and mine)}
    records = [
        Shown(reading, _closed(reading, told.closed(event), closed) | withhold.of(reading, needed(event)))
        for reading in ledger.readings(about=found.about)
        if reading.declared is not None and told.belongs(event := reading.full_event())
    ]
    withhold.check_used()
    return Choice((("disclosure", disclosure_id),), tuple(records))


def receipt(ledger: Ledger, receipt_id: str, *, case: str | None = None) -> Choice:
    """What goes back to the sender of a disclosure: that and when it arrived, and under which restrictions it is held.

    Raises `UnknownId` where there is no such receipt.
    """
    found, event = _the_one(ledger, DisclosureReceived, "receipt_id", receipt_id, case)
    return Choice((("receipt", receipt_id),), (Shown(found, _closed(found, closed_in_receipt(event), OF_THE_AGENCY)),))


def statement(
    ledger: Ledger,
    person: str,
    *,
    readers: AbstractSet[str] = frozenset(),
    third_parties: str = WITHHOLD,
    withhold: Withholding = NOTHING,
) -> Choice:
    """What the agency's cases and schemes say of a person, as far as the person and these readers may know.

    There may be nothing, and that alike whether there is nothing or nothing that may be shown. What is withheld as a
    whole is left out without a word.
    """
    codes = ledger.agency().book.codes("information_kinds")
    shown: list[Shown] = []
    left_out: list[tuple[int, str]] = []
    files, now, readers = list(_files(ledger, person)), ledger.now(), readers | {person}
    hidden = {file.about.id: Hidden(file, [event for _, event in known], readers, now).items() for file, known in files}
    for file, known in files:
        elsewhere = set().union(*(hidden.get(case, ()) for case in file.case.linked))
        concerning = Concerning(file, [event for _, event in known], person, readers, now, elsewhere)
        left_out += [(known[number][0].position, RESTRICTED) for number in concerning.left_out()]
        for number, alone in concerning.shown():
            reading, event = known[number]
            if (reason := withhold.whole(reading)) is not None:
                left_out.append((reading.position, reason))
                continue
            closed = closed_in_statement(event, person, codes, third_parties, alone=alone)
            shown.append(Shown(reading, _closed(reading, closed, OF_A_STATEMENT) | withhold.of(reading)))
    withhold.check_used()
    shown.sort(key=lambda one: one.reading.position)
    return Choice((("person", person),), tuple(shown), left_out=tuple(sorted(left_out)))


def _streams(ledger: Ledger, abouts: Sequence[About], third_parties: str, withhold: Withholding) -> tuple[Shown, ...]:
    """Every record of these streams by position, closed for the sake of third parties and as the exporter says."""
    if len(set(abouts)) != len(abouts):
        raise UsageError("Name each case, scheme and context once.")
    shown: list[Shown] = []
    for about in abouts:
        readings = every_record(ledger, about)
        persons = ledger.file(about).case.persons.values() if third_parties != SHOW else ()
        own = {person.id for person in persons if person.roles & ABOUT_THEM}
        for reading in readings:
            closed: dict[int, str] = {}
            if third_parties != SHOW and reading.declared is not None:
                closed = _closed(reading, closed_for_others(reading.event, own, third_parties))
            if third_parties == WITHHOLD and _judged(reading) & {person.id for person in persons} - own:
                closed[JUDGEMENT] = THIRD_PARTY
            shown.append(Shown(reading, closed | withhold.of(reading)))
    return tuple(sorted(shown, key=lambda one: one.reading.position))


def _judged(reading: Reading) -> set[str]:
    """Whatever the judgement of an act names."""
    judged: list[Finding | Owed | Key] = [*reading.findings, *reading.owed, *reading.ended]
    return {name for part in judged for name in part.about}


def _absent(ledger: Ledger, abouts: Sequence[About], shown: Iterable[Shown]) -> Iterator[tuple[str, str, str]]:
    """The streams that open fields name and that are not here."""
    named: set[About] = set()
    for one in shown:
        if (kind := one.reading.declared) is not None and may_name_streams(kind.type):
            index = {field.name: field.index for field in kind.fields}
            streams = streams_by_field(one.reading.event)
            named |= {About(sort, name) for field, sort, name in streams if index.get(field) not in one.withheld}
    for about in sorted(named - set(abouts)):
        held = next(ledger.readings(about=about), None) is not None
        yield about.type, about.id, "not_asked_for" if held else "not_held_here"


def _files(ledger: Ledger, person: str) -> Iterator[tuple[File, list[tuple[Reading, Payload]]]]:
    """Every case and scheme that names a person, with its records, but for kinds that this version does not know.

    Who is named stands open: nothing is unsealed of the others.
    """
    naming = dict.fromkeys(
        reading.about
        for reading in ledger.readings()
        if reading.declared is not None and reading.about.type in STATED and person in persons_in(reading.event)
    )
    for about in naming:
        known = (reading for reading in ledger.readings(about=about) if reading.declared is not None)
        yield ledger.file(about), [(reading, reading.event) for reading in known]


def _the_one(ledger: Ledger, kind: type[P], field: str, name: str, case: str | None) -> tuple[Reading, P]:
    """The one record of a kind that has this id in a field, with what it says."""
    named = (one for one in ledger.readings() if one.name == kind.__name__ and one.data[field] == name)
    found = [
        (one, event) for one in named if case in (None, one.about.id) and isinstance(event := one.full_event(), kind)
    ]
    what = field.removesuffix("_id")
    if not found:
        raise UnknownId(f"There is no {what} {name} in this ledger{f' in {case}' if case else ''}.")
    if len(found) > 1:
        files = " and in ".join(one.about.id for one, _ in found)
        raise UsageError(f"There is a {what} {name} in {files}: say which one is meant (--case).")
    return found[0]


def _closed(reading: Reading, closed: Mapping[str, str], besides: Mapping[int, str] | None = None) -> dict[int, str]:
    """The same by index, where fields are named."""
    kind = reading.declared
    return {**(besides or {}), **{f.index: closed[f.name] for f in (kind.fields if kind else ()) if f.name in closed}}
