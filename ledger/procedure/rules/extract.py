"""An extract is a disclosure (R0.10): EX-01 to EX-05. Its legal basis is judged as that of any sharing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from ledger.procedure.clock import late, until
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.positions import UK_GDPR, article_6
from ledger.procedure.rules.recipient import NOT_TO, lifted, limits
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import basis, complete, files, shown
from ledger.procedure.state.world import World

SUBJECT_ACCESS, STATEMENT = "subject_access", "statement"


def _id(act: Act) -> str:
    return act.event.extract_id or ""


@rule("EX-01", "R0.10: to whom, and on which basis", on=[ExtractIssued])
def extract_without_basis(act: Act, _world: World) -> Concerns:
    extract: ExtractIssued = act.event
    found = basis(act)
    based = found is not None and (found.regime != UK_GDPR or article_6(found))
    missing = [name for name, given in {"to": extract.to or extract.to_persons, "basis": based}.items() if not given]
    if missing:
        yield Concern(_id(act), details={"missing": " and ".join(missing)})


@rule("EX-02", "§8: subject access, and third parties in it", on=[ExtractIssued])
def third_parties_shown(act: Act, world: World) -> Concerns:
    extract: ExtractIssued = act.event
    if extract.purpose != SUBJECT_ACCESS or extract.third_parties in act.context.codes("third_parties_protected"):
        return
    persons = {person for file in files(act, world) for person in file.case.persons}
    about_one_person = extract.third_parties is None and complete(extract) and len(persons) == 1
    if not about_one_person:
        yield Concern(_id(act))


@rule("EX-03", "R0.10: marking", on=[ExtractIssued])
def extract_unmarked(act: Act, _world: World) -> Concerns:
    if act.event.marking is None:
        yield Concern(_id(act))


@rule("EX-04", "Q98 “Not to be disclosed to service user”", on=[ExtractIssued])
def restricted_shown(act: Act, world: World) -> Concerns:
    for file in files(act, world):
        yield from (Concern(person) for person in forbidden(act.event, file, act.at) if person in asking(act.event))


def forbidden(extract: ExtractIssued, file: World, at: dt.datetime) -> Iterator[str]:
    """The persons to whom something that an extract shows of a file is not to be disclosed at that time."""
    for item_id, limit in restrictions(extract, file):
        over = limit.until is not None and late(at, until(limit.until))
        if limit.code in (None, NOT_TO) and not (over or lifted(limit, item_id, at, file.case)):
            yield from limit.persons


def asking(extract: ExtractIssued) -> set[str]:
    """The persons of the file that an extract goes to; one may also be named as the recipient by their id."""
    return {*extract.to_persons, extract.to or ""}


def themselves(extract: ExtractIssued) -> str | None:
    """Who alone is given what is held about themselves: subject access, answered by a statement."""
    alone = extract.to_persons[0] if len(extract.to_persons) == 1 else None
    own = extract.purpose == SUBJECT_ACCESS and extract.extract_mode == STATEMENT
    return alone if own and extract.to in (None, alone) else None


def restrictions(extract: ExtractIssued, file: World) -> Iterator[tuple[str, Any]]:
    """The restrictions on what an extract shows of a file, each with its item, as recorded, received or passed on; and
    in a complete one those on whatever was received.
    """
    case = file.case
    for item_id in shown(extract, case):
        yield from ((item_id, limit) for limit, _ in limits(item_id, case.items.get(item_id), file))
        for said in case.disclosures.values():
            if said.event.what is not None and item_id in said.event.what.items:
                yield from ((item_id, limit) for limit in said.event.restrictions)
    if complete(extract):
        for said in case.receipts:
            yield from (("", limit) for limit in said.event.restrictions)


@rule("EX-05", "R0.11: “list redactions”", on=[ExtractIssued])
def redacted_without_reason(act: Act, _world: World) -> Concerns:
    extract: ExtractIssued = act.event
    unexplained = [one for one in extract.redactions if not (one.reason or one.explanation)]
    unlisted = bool(extract.withheld) and complete(extract) and not extract.redactions
    if unexplained or unlisted:
        yield Concern(_id(act))
