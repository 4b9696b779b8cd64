"""The operations stream: what the ledger itself did. No personal data stands here in clear."""

from __future__ import annotations

from ledger.procedure.declare import Count, Event, Id, Part, Text, Words, kind
from ledger.procedure.events.vocabulary import Condition, ExtractMode, Marking, Purpose

ON_OPERATIONS = ("operations",)


@kind("operations/CommandRefused/1", on=ON_OPERATIONS, commanded=False)
class CommandRefused(Event, frozen=True, kw_only=True):
    """A command was refused: by which rules, under which editions, with the codes it used and nothing else."""

    command_type: str
    rule_ids: tuple[str, ...]
    codes: dict[str, tuple[str, ...]] = {}
    editions: tuple[str, ...] = ()
    case_ref_pseudonym: str | None = None


@kind("operations/InformationErased/1", on=ON_OPERATIONS, commanded=False)
class InformationErased(Event, frozen=True, kw_only=True):
    """The key of a scope was destroyed: what was sealed under it can no longer be read by anybody."""

    scope_kind: str
    scope_ref: str
    scopes: tuple[bytes, ...]
    reason: Words | None = None
    authority: Text | None = None


class Subject(Part):
    """What an extract is about: a case, a scheme application, a disclosure or a person, by its id."""

    type: Id
    id: Id


@kind("operations/ExtractIssued/1", on=ON_OPERATIONS)
class ExtractIssued(Event, frozen=True, kw_only=True):
    """A signed extract was given to somebody: it is a disclosure, and needs what every disclosure needs."""

    extract_id: Id | None = None
    about: tuple[Subject, ...] = ()
    to: Words | None = None
    purpose: Purpose | None = None
    basis: tuple[Condition, ...] = ()
    reasons: Words | None = None
    marking: Marking | None = None
    extract_mode: ExtractMode | None = None  # `mode` is the command's own
    records: Count | None = None
    opened: Count | None = None
    withheld: Count | None = None
    sha256: Text | None = None
