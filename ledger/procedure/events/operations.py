"""The operations stream: what the ledger itself did. No personal data stands here in clear."""

from __future__ import annotations

from ledger.procedure.declare import Count, Day, Event, Hash, Id, Label, Part, Words, kind
from ledger.procedure.events.case import Compelled
from ledger.procedure.events.decision import LegalBasis
from ledger.procedure.events.disclosure import How, Restriction
from ledger.procedure.events.vocabulary import (
    Condition,
    ExtractMode,
    Marking,
    Purpose,
    RedactionReason,
    Somebody,
    ThirdPartyData,
)

ON_OPERATIONS = ("operations",)


@kind("operations/CommandRefused/1", on=ON_OPERATIONS, commanded=False)
class CommandRefused(Event, frozen=True, kw_only=True):
    """A command was refused: by which rules, under which editions, with the codes it used and nothing else."""

    command_type: str
    rule_ids: tuple[str, ...]
    codes: dict[str, tuple[str, ...]] = {}
    editions: tuple[str, ...] = ()
    case_ref_pseudonym: str | None = None


class Subject(Part):
    """What an act is about: a case, a scheme application, a disclosure or a person, by its id."""

    type: Id
    id: Id


@kind("operations/InformationErased/1", on=ON_OPERATIONS)
class InformationErased(Event, frozen=True, kw_only=True):
    """The key of a scope is destroyed: what was sealed under it can no longer be read by anybody.

    A command names the scope, for example `"scope": "consent:CON-1"`; the ledger fills in `scopes`, `files` and
    `fields`. A command that names a case erases nothing outside it.
    """

    scope_kind: Id
    scope_ref: Id
    scopes: tuple[bytes, ...] = ()
    files: tuple[Subject, ...] = ()  # in which something was sealed under it
    fields: Count | None = None  # how many that was
    authority: Label | None = None
    reason: Words | None = None  # sealed under the operations' own key, which nothing erases


@kind("operations/OperationAnnotated/1", on=ON_OPERATIONS)
class OperationAnnotated(Event, frozen=True, kw_only=True):
    """A note on an earlier entry of this stream, such as an extract that was issued, which stays as it is."""

    entry_version: Count
    note: Words | None = None  # sealed as the reason of an erasure is


class Redaction(Part):
    """What was taken out of an extract, and why: items as a whole, or a number of fields."""

    items: tuple[Id, ...] = ()
    count: Count | None = None
    reason: RedactionReason | None = None
    explanation: Words | None = None


@kind("operations/ExtractIssued/1", on=ON_OPERATIONS)
class ExtractIssued(Event, frozen=True, kw_only=True):
    """A signed extract was given to somebody: it is a disclosure, and needs what every disclosure needs.

    The basis may name its conditions by code alone; what a condition asks for besides is judged where it is given in
    full. `about` names the files that it is drawn from, `items` what it shows of them, where that is not all.
    """

    extract_id: Id | None = None
    about: tuple[Subject, ...] = ()
    items: tuple[Id, ...] = ()
    to: Words | None = None
    to_persons: tuple[Somebody, ...] = ()  # where it goes to persons of the file
    purpose: Purpose | None = None
    basis: LegalBasis | tuple[Condition, ...] = ()
    request_id: Id | None = None
    compulsion: Compelled | None = None
    how: How | None = None
    reasons: Words | None = None
    marking: Marking | None = None
    extract_mode: ExtractMode | None = None  # `mode` is the command's own
    third_parties: ThirdPartyData | None = None
    redactions: tuple[Redaction, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    expires_at: Day | None = None  # the day until which it may be kept
    records: Count | None = None
    opened: Count | None = None
    withheld: Count | None = None
    sha256: Hash | None = None
