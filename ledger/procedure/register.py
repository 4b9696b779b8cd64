"""The policy register: the editions an agency is judged by, from when until when, and what it set for itself (P17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.procedure.edition import Context, Edition, Value, shipped
from ledger.procedure.state.agency import Agency


@dataclass(frozen=True)
class Listed:
    """One edition: whether it governs at the moment asked for, and if not, why not (in words).

    `start` and `end` are those for this agency; `sha256` is that of the edition as it was registered.
    """

    edition: Edition
    sha256: bytes
    registered: bool
    adopted: dt.datetime | None
    start: dt.datetime | None
    end: dt.datetime | None
    why_not: str

    @property
    def in_force(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class Local:
    """A number or word that the agency set for itself, with the default of the editions in force."""

    name: str
    value: Value
    default: Value | None
    since: dt.datetime


def policy_register(agency: Agency, at: dt.datetime) -> list[Listed]:
    """Every edition registered here, and those of this release that are not, by family and start."""
    ours = {name: (edition, agency.sources.get(name, b"")) for name, edition in agency.editions.items()}
    others = {name: (s.edition, s.sha256) for name, s in shipped().items() if name not in ours}
    rows = [_listed(edition, sha256, agency, at) for edition, sha256 in (*ours.values(), *others.values())]
    unknown = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(rows, key=lambda row: (row.edition.family, row.start or unknown, row.edition.edition_id))


def _listed(edition: Edition, sha256: bytes, agency: Agency, at: dt.datetime) -> Listed:
    registered = edition.edition_id in agency.editions
    start, end = agency.book.span(edition.edition_id) or (edition.starts(agency.adopted), edition.ends())
    adopted = agency.adopted.get(edition.edition_id)
    why_not = "" if registered else "not registered here; this release ships it"
    why_not = why_not or _why_not(edition, agency.kind, start, end, at)
    return Listed(edition, sha256, registered, adopted, start, end, why_not)


def _why_not(edition: Edition, kind: str, start: dt.datetime | None, end: dt.datetime | None, at: dt.datetime) -> str:
    if not edition.governs(kind):
        return "not for agencies of this kind"
    if start is None:
        return "not adopted" if edition.by_adoption else "commencement not known"
    if at < start:
        return "not yet"
    return "no longer" if end is not None and at >= end else ""


def local_parameters(agency: Agency, at: dt.datetime) -> Iterator[Local]:
    """What the agency had set for itself by then, each as it was last set."""
    context = agency.book.context(at)
    defaults = Context(context.editions)
    set_by_then = {one.name: one for one in sorted(agency.parameters, key=lambda s: s.since) if one.since <= at}
    for name, setting in sorted(set_by_then.items()):
        yield Local(name, setting.value, defaults.param(name), setting.since)
