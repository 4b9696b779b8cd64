"""What the agency's own stream says: who it is, its editions and adoptions, partners, methods, parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.errors import IntegrityError, NewerVersion
from ledger.procedure.edition import Book, Edition, moment, read_edition, shipped
from ledger.procedure.entry import Entry
from ledger.procedure.events.agency import (
    AgencyRegistered,
    AgreementRegistered,
    AppropriatePolicyDocumentRegistered,
    LedgerOpened,
    LocalParameterSet,
    PolicyEditionAdopted,
    PolicyEditionRegistered,
    SecureMethodApproved,
    SecureMethodWithdrawn,
)
from ledger.procedure.state.fold import Folds

folds = Folds()

Flags = dict[str, bool | int | str]


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
    adopted: dict[str, dt.datetime] = field(default_factory=dict)
    parameters: dict[str, int | str | bool] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    methods: dict[str, list[tuple[dt.datetime, bool]]] = field(default_factory=dict)
    policy_documents: dict[str, dt.datetime] = field(default_factory=dict)
    agreements: dict[str, AgreementRegistered] = field(default_factory=dict)
    _book: Book | None = None

    @property
    def book(self) -> Book:
        """The editions registered here, ready to be asked which govern a moment."""
        if self._book is None:
            self._book = Book(self.editions.values(), self.kind, self.adopted, self.parameters)
        return self._book

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
        return bool(changes) and max(changes)[1]


@folds.on(LedgerOpened)
def opened(agency: Agency, _entry: Entry, event: LedgerOpened) -> None:
    """Take the editions that the genesis registered from this release, if they are what it registered."""
    agency.kind, agency.flags = event.agency_kind, dict(event.flags)
    agency.editions = dict(_shipped(event.editions))
    agency.reopen_book()


def _shipped(registered: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, Edition]]:
    ours = shipped()
    for edition_id, sha256 in registered:
        if edition_id not in ours:
            raise NewerVersion(f"This release does not ship edition {edition_id}, which the ledger was opened with.")
        if ours[edition_id].sha256 != sha256:
            raise IntegrityError(
                f"Edition {edition_id} of this release is not the one the ledger was opened with: its SHA-256 differs."
            )
        yield edition_id, ours[edition_id].edition


@folds.on(PolicyEditionRegistered)
def registered_edition(agency: Agency, _entry: Entry, event: PolicyEditionRegistered) -> None:
    edition = read_edition(event.edition, agency.editions)
    agency.editions[edition.edition_id] = edition
    agency.reopen_book()


@folds.on(PolicyEditionAdopted)
def adopted(agency: Agency, entry: Entry, event: PolicyEditionAdopted) -> None:
    start = moment(event.adopted_on.isoformat()) if event.adopted_on else entry.occurred_at
    agency.adopted[event.edition_id] = start
    agency.reopen_book()


@folds.on(LocalParameterSet)
def parameter_set(agency: Agency, _entry: Entry, event: LocalParameterSet) -> None:
    agency.parameters[event.name] = event.value
    agency.reopen_book()


@folds.on(AgencyRegistered)
def partner(agency: Agency, _entry: Entry, event: AgencyRegistered) -> None:
    agency.partners[event.agency_id] = Partner(event.agency_id, event.kind or "", dict(event.flags))


@folds.on(SecureMethodApproved, SecureMethodWithdrawn)
def method(agency: Agency, entry: Entry, event: SecureMethodApproved | SecureMethodWithdrawn) -> None:
    changes = agency.methods.setdefault(event.method, [])
    changes.append((entry.occurred_at, isinstance(event, SecureMethodApproved)))


@folds.on(AppropriatePolicyDocumentRegistered)
def policy_document(agency: Agency, entry: Entry, event: AppropriatePolicyDocumentRegistered) -> None:
    agency.policy_documents[event.apd_ref] = entry.occurred_at


@folds.on(AgreementRegistered)
def agreement(agency: Agency, _entry: Entry, event: AgreementRegistered) -> None:
    agency.agreements[event.agreement_id] = event
