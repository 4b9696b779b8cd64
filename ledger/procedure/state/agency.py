"""What the agency's own stream says: who it is, its editions and adoptions, partners, methods, parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.procedure.edition import Book, Edition, Setting, fingerprint, moment, opened_with, read_edition
from ledger.procedure.entry import Entry, Key, Owed
from ledger.procedure.events.agency import (
    AgencyRegistered,
    AppropriatePolicyDocumentRegistered,
    LedgerOpened,
    LocalParameterSet,
    PolicyEditionAdopted,
    PolicyEditionRegistered,
    SecureMethodApproved,
    SecureMethodWithdrawn,
)
from ledger.procedure.state.fold import Folds
from ledger.procedure.state.governance import Governance
from ledger.procedure.state.raised import Raised

folds = Folds()

Flags = dict[str, bool | int | str]

FOR_OCCASIONS = frozenset({"in_person", "phone_verified", "meeting", "video_secure", "court_filing"})


@dataclass(frozen=True)
class Partner:
    """Another agency, as it is known here."""

    id: str
    kind: str
    flags: Flags


@dataclass
class Agency:
    """One agency. `flags` are those of its genesis (public_authority, competent_authority, apd_ref …)."""

    id: str = ""
    name: str = ""
    kind: str = ""
    flags: Flags = field(default_factory=dict)
    version: int = 0
    editions: dict[str, Edition] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)  # the SHA-256 of each edition as it was registered
    adopted: dict[str, dt.datetime] = field(default_factory=dict)
    parameters: list[Setting] = field(default_factory=list)
    partners: dict[str, Partner] = field(default_factory=dict)
    methods: dict[str, list[tuple[dt.datetime, bool]]] = field(default_factory=dict)
    preferred: str | None = None  # of the methods, the one last said to be
    policy_documents: dict[str, dt.datetime] = field(default_factory=dict)
    governance: Governance = field(default_factory=Governance)
    raised: Raised = field(default_factory=Raised)
    owed: dict[Key, Owed] = field(default_factory=dict)  # what is still to be done, of what the agency's stream says
    hindsight: Edition | None = None  # the edition of a policy lens, in the place of its family's (`lens.py`)
    _book: Book | None = None

    @property
    def book(self) -> Book:
        """The editions registered here, ready to be asked which govern a moment."""
        if self._book is None:
            self._book = Book(self.editions.values(), self.kind, self.adopted, self.parameters, self.hindsight)
        return self._book

    def held(self, what: str) -> Mapping[str, object] | None:
        """What the agency's stream holds of a sort that ids refer to (``agreement``, ``hold``, ``breach`` …), by id."""
        held = self.governance.held(what)
        return self.raised.held(what) if held is None else held

    def reopen_book(self) -> None:
        """Whoever changes editions, adoptions or parameters calls this."""
        self._book = None

    def has(self, flag: str) -> bool:
        """Whether a flag is set to anything but no."""
        return self.flags.get(flag) not in (None, False, "", 0, "no", "none", "false")

    def has_policy_document(self, at: dt.datetime) -> bool:
        """Whether there is an appropriate policy document (DPA 2018 Schedule 1 Part 4)."""
        return self.has("apd_ref") or self.has("apd") or any(since <= at for since in self.policy_documents.values())

    def approved(self, method: str, at: dt.datetime) -> bool:
        """Whether the agency had approved this method by then, and not withdrawn it."""
        changes = [change for change in self.methods.get(method, ()) if change[0] <= at]
        return bool(changes) and max(reversed(changes), key=lambda change: change[0])[1]  # of one moment, the last said

    def usual_method(self, at: dt.datetime) -> str | None:
        """How the agency sends: by the approved method it prefers, else by the first it approved for any sending."""
        approved = [method for method in self.methods if self.approved(method, at) and method not in FOR_OCCASIONS]
        return self.preferred if self.preferred in approved else next(iter(approved), None)


@folds.on(LedgerOpened)
def opened(agency: Agency, _entry: Entry, event: LedgerOpened) -> None:
    """Take the editions that the genesis registered from this release, if they are what it registered."""
    agency.kind, agency.flags = event.agency_kind, dict(event.flags)
    agency.editions, agency.sources = dict(opened_with(tuple(event.editions))), dict(event.editions)
    agency.reopen_book()


@folds.on(PolicyEditionRegistered)
def registered_edition(agency: Agency, _entry: Entry, event: PolicyEditionRegistered) -> None:
    edition = read_edition(event.edition, agency.editions)
    agency.editions[edition.edition_id] = edition
    agency.sources[edition.edition_id] = fingerprint(event.edition)
    agency.reopen_book()


@folds.on(PolicyEditionAdopted)
def adopted(agency: Agency, entry: Entry, event: PolicyEditionAdopted) -> None:
    start = moment(event.adopted_on.isoformat()) if event.adopted_on else entry.occurred_at
    agency.adopted[event.edition_id] = start
    agency.reopen_book()


@folds.on(LocalParameterSet)
def parameter_set(agency: Agency, entry: Entry, event: LocalParameterSet) -> None:
    agency.parameters.append(Setting(entry.occurred_at, event.name, event.value))
    agency.reopen_book()


@folds.on(AgencyRegistered)
def partner(agency: Agency, _entry: Entry, event: AgencyRegistered) -> None:
    agency.partners[event.agency_id] = Partner(event.agency_id, event.kind or "", dict(event.flags))


@folds.on(SecureMethodApproved, SecureMethodWithdrawn)
def method(agency: Agency, entry: Entry, event: SecureMethodApproved | SecureMethodWithdrawn) -> None:
    changes = agency.methods.setdefault(event.method, [])
    on = event.approved_on if isinstance(event, SecureMethodApproved) else None
    since = moment(on.isoformat()) if on else entry.occurred_at
    changes.append((since, isinstance(event, SecureMethodApproved)))
    if isinstance(event, SecureMethodApproved) and event.preferred:
        agency.preferred = event.method


@folds.on(AppropriatePolicyDocumentRegistered)
def policy_document(agency: Agency, entry: Entry, event: AppropriatePolicyDocumentRegistered) -> None:
    agency.policy_documents[event.apd_ref] = entry.occurred_at
