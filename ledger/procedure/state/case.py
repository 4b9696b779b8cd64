"""What a case's (or scheme's) stream says of persons, items, consents, decisions, disclosures and receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.procedure.declare import Event
from ledger.procedure.entry import Entry, Finding
from ledger.procedure.events import case as said
from ledger.procedure.events import consent as consents
from ledger.procedure.events import disclosure as disclosures
from ledger.procedure.events import links
from ledger.procedure.events import persons as persons_said
from ledger.procedure.events import scheme as schemes
from ledger.procedure.events.decision import DecisionMade, DecisionReconsidered
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived
from ledger.procedure.events.manager import DecisionReviewedByManager
from ledger.procedure.state.completion import completed
from ledger.procedure.state.consents import HeldConsent
from ledger.procedure.state.fold import Folds
from ledger.procedure.state.persons import Person

folds = Folds()


@dataclass(frozen=True)
class Item:
    """A piece of information; `known_at` is when this agency knew it."""

    event: said.InformationRecorded
    known_at: dt.datetime


@dataclass(frozen=True)
class Taken:
    """A decision as it was taken, with what was found of it then."""

    event: DecisionMade
    at: dt.datetime
    findings: tuple[Finding, ...]
    earlier: Taken | None = None  # what it was before it was reconsidered

    def history(self) -> Iterator[Taken]:
        """This decision and, newest first, what it was before."""
        taken: Taken | None = self
        while taken is not None:
            yield taken
            taken = taken.earlier


@dataclass(frozen=True)
class Said:
    """Any other event that a later judgement looks back to, with when it happened."""

    event: Any
    at: dt.datetime


@dataclass
class Case:
    """One case as judgement sees it."""

    persons: dict[str, Person] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    consents: dict[str, HeldConsent] = field(default_factory=dict)
    decisions: dict[str, Taken] = field(default_factory=dict)
    disclosures: dict[str, Said] = field(default_factory=dict)
    receipts: list[Said] = field(default_factory=list)
    requests: dict[str, Said] = field(default_factory=dict)
    advice: dict[str, Said] = field(default_factory=dict)
    advice_received: dict[str, dt.datetime] = field(default_factory=dict)
    doubts: list[Said] = field(default_factory=list)
    informed: list[Said] = field(default_factory=list)  # PersonInformed and InformingWithheld
    consent_refused: dict[str, dt.datetime] = field(default_factory=dict)  # by data subject, the last refusal
    refusals: list[Said] = field(default_factory=list)  # ConsentRefused
    not_sought: dict[str, Said] = field(default_factory=dict)
    restrictions: list[Said] = field(default_factory=list)
    lifted: list[Said] = field(default_factory=list)  # RestrictionLifted
    told: list[Said] = field(default_factory=list)  # RecipientAdvisedOfConsentPosition
    linked: set[str] = field(default_factory=set)  # other cases that it belongs with
    done: list[Said] = field(default_factory=list)  # what may be recorded before that which it answers (see `done`)

    @property
    def receipts_by_id(self) -> Mapping[str, Said]:
        return {said.event.receipt_id: said for said in self.receipts if said.event.receipt_id}

    def held(self, what: str) -> Mapping[str, Any] | None:
        """What this file holds of a sort that ids refer to (``person``, ``item``, ``consent`` …), by id."""
        held: Mapping[str, Any] | None = getattr(self, HELD[what], None) if what in HELD else None
        return held


HELD = {
    "person": "persons",
    "item": "items",
    "consent": "consents",
    "decision": "decisions",
    "disclosure": "disclosures",
    "request": "requests",
    "advice": "advice",
    "receipt": "receipts_by_id",
}


@folds.on(persons_said.PersonLinked)
def linked(case: Case, _entry: Entry, event: persons_said.PersonLinked) -> None:
    person = case.persons.setdefault(event.person_id, Person(event.person_id))
    person.roles |= set(event.roles)
    person.dob = event.dob or person.dob
    person.age_band = event.age_band or person.age_band
    if event.secure_estate is not None:
        person.secure_estate = event.secure_estate  # an empty one says that they are held no longer
    person.responsibilities += event.pr if isinstance(event.pr, tuple) else (event.pr,)


@folds.on(links.CaseLinked)
def joined(case: Case, _entry: Entry, event: links.CaseLinked) -> None:
    case.linked |= set(event.linked_cases)


@folds.on(schemes.SchemeApplicationReceived, schemes.SchemeReferralMade)
def named(case: Case, _entry: Entry, event: schemes.SchemeApplicationReceived | schemes.SchemeReferralMade) -> None:
    """Whom an application names need not be linked before something is said of them."""
    applicant = getattr(event, "applicant", None)
    roles = {"applicant": [applicant], "scheme_subject": [event.subject], "person_at_risk": [event.person_at_risk]}
    for role, persons in (*roles.items(), ("child", event.children)):
        for person in filter(None, persons):
            case.persons.setdefault(person, Person(person)).roles.add(role)


@folds.on(schemes.SchemeDecisionMade)
def chosen(case: Case, _entry: Entry, event: schemes.SchemeDecisionMade) -> None:
    if event.recipient:
        recipient = case.persons.setdefault(event.recipient, Person(event.recipient))
        recipient.roles |= {event.recipient_role} if event.recipient_role else set()


@folds.on(persons_said.CompetenceAssessed)
def assessed(case: Case, entry: Entry, event: persons_said.CompetenceAssessed) -> None:
    case.persons[event.person].assessed.append((entry.occurred_at, event.able))


@folds.on(persons_said.PersonInformed, persons_said.InformingWithheld)
def informed(case: Case, entry: Entry, event: Event) -> None:
    case.informed.append(Said(event, entry.occurred_at))


@folds.on(said.InformationRecorded)
def recorded(case: Case, entry: Entry, event: said.InformationRecorded) -> None:
    case.items[event.item_id] = Item(event, entry.known_at)


@folds.on(consents.ConsentGiven, consents.ConsentRenewed)
def given(case: Case, entry: Entry, event: consents.ConsentTerms) -> None:
    earlier = case.consents.get(getattr(event, "renews", None) or "")
    new = HeldConsent(event, event.given_at or entry.occurred_at)
    if earlier is not None:
        earlier.later, new.earlier = new, earlier
    case.consents[event.consent_id] = new


@folds.on(consents.ConsentWithdrawn)
def withdrawn(case: Case, entry: Entry, event: consents.ConsentWithdrawn) -> None:
    case.consents[event.consent_id].withdrawals.append((event.effective_at or entry.occurred_at, event))


@folds.on(consents.ConsentInvalidated)
def invalidated(case: Case, entry: Entry, event: consents.ConsentInvalidated) -> None:
    case.consents[event.consent_id].invalid_from = entry.occurred_at


@folds.on(consents.ConsentRefused)
def refused(case: Case, entry: Entry, event: consents.ConsentRefused) -> None:
    case.refusals.append(Said(event, entry.occurred_at))
    if subject := event.data_subject or event.by:
        case.consent_refused[subject] = entry.occurred_at


@folds.on(consents.ConsentNotSought)
def not_sought(case: Case, entry: Entry, event: consents.ConsentNotSought) -> None:
    case.not_sought[event.person] = Said(event, entry.occurred_at)


@folds.on(said.InformationRequested)
def requested(case: Case, entry: Entry, event: said.InformationRequested) -> None:
    case.requests[event.request_id] = Said(event, entry.occurred_at)


@folds.on(said.InDoubtRaised)
def doubted(case: Case, entry: Entry, event: said.InDoubtRaised) -> None:
    case.doubts.append(Said(event, entry.occurred_at))


@folds.on(said.AdviceSought)
def advice_sought(case: Case, entry: Entry, event: said.AdviceSought) -> None:
    case.advice[event.advice_id] = Said(event, entry.occurred_at)


@folds.on(said.AdviceReceived)
def advice_received(case: Case, entry: Entry, event: said.AdviceReceived) -> None:
    case.advice_received[event.advice_id] = event.received_at or entry.occurred_at


@folds.on(DecisionMade, DecisionReconsidered)
def decided(case: Case, entry: Entry, event: DecisionMade) -> None:
    earlier = case.decisions.get(event.decision_id)
    case.decisions[event.decision_id] = Taken(event, entry.occurred_at, entry.findings, earlier)


@folds.on(DisclosureMade)
def disclosed(case: Case, entry: Entry, event: DisclosureMade) -> None:
    case.disclosures[event.disclosure_id] = Said(event, event.when or entry.occurred_at)


@folds.on(DisclosureReceived)
def received(case: Case, entry: Entry, event: DisclosureReceived) -> None:
    case.receipts.append(Said(event, event.received_at or entry.occurred_at))


@folds.on(disclosures.RestrictionImposed)
def restricted(case: Case, entry: Entry, event: disclosures.RestrictionImposed) -> None:
    case.restrictions.append(Said(event, entry.occurred_at))


@folds.on(disclosures.RestrictionLifted)
def lifted(case: Case, entry: Entry, event: disclosures.RestrictionLifted) -> None:
    case.lifted.append(Said(event, entry.occurred_at))


@folds.on(disclosures.RecipientAdvisedOfConsentPosition)
def told(case: Case, entry: Entry, event: disclosures.RecipientAdvisedOfConsentPosition) -> None:
    case.told.append(Said(event, entry.occurred_at))


@folds.on(
    consents.DeletionConfirmed,
    consents.DeletionDeclined,
    consents.RecipientNotifiedOfWithdrawal,
    said.InformationCorrected,
    said.RecipientNotifiedOfCorrection,
    persons_said.PrivacyInformationGiven,
)
def done(case: Case, entry: Entry, event: Event) -> None:
    case.done.append(Said(event, entry.occurred_at))


@folds.on(DecisionReviewedByManager)
def reviewed(case: Case, _entry: Entry, event: DecisionReviewedByManager) -> None:
    taken = case.decisions[event.decision_id]
    case.decisions[event.decision_id] = replace(taken, event=completed(taken.event, event))
