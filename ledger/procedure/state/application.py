"""A scheme application as judgement sees it: how far it has come, who was warned, who signed, who refused (§6).

Times are those at which things happened, since they may be recorded in another order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.procedure.entry import Finding
from ledger.procedure.events.disclosure import Restriction
from ledger.procedure.events.undertaking import WarningGiven
from ledger.procedure.state.fold import Folds

folds = Folds()

CSODS, DVDS = "csods", "dvds"
RIGHT_TO_ASK, RIGHT_TO_KNOW = "right_to_ask", "right_to_know"
NOBODY_ASKED = frozenset({"proactive", RIGHT_TO_KNOW})  # the police act by themselves or on a referral

# Preparations that may go on while a refusal waits to be reconsidered, without hiding that it waits.
PREPARING = frozenset({"ASSESSING", "DECIDED", "PLANNED", "WARNED", "UNDERTAKING_OFFERED"})

DISCLOSE_TO_REFUSER = frozenset({"disclose_without_undertaking", "disclose_limited"})
DISCLOSE_TO_ANOTHER = "disclose_to_other_person"
ESCALATE = "escalate_to_multi_agency"


@dataclass
class Decision:
    """The decision whether to disclose, with what was found of it."""

    at: dt.datetime
    outcome: str
    recipient: str | None
    findings: tuple[Finding, ...]


@dataclass
class Offer:
    """One attempt to have the undertaking signed."""

    to: str
    at: dt.datetime
    undertaking_id: str | None
    wording_version: str | None


@dataclass
class Answer:
    """What the person said to it: signed, unable, deferred, repudiated or declined; refusals have their own list."""

    what: str
    by: str
    at: dt.datetime


@dataclass
class Refusal:
    """A refusal to sign. It waits to be reconsidered until `answered_at`."""

    refusal_id: str | None
    by: str
    at: dt.datetime
    category: str | None
    answered_at: dt.datetime | None = None


@dataclass
class Reconsideration:
    """What was decided after a refusal; `authorised` if an officer answers for it."""

    reconsideration_id: str | None
    at: dt.datetime
    outcome: str
    recipient: str | None
    authorised: bool


@dataclass
class Delivered:
    """A disclosure given, and what its receiver may not do with it."""

    to: str
    at: dt.datetime
    items: tuple[str, ...]
    restrictions: tuple[Restriction, ...]


@dataclass
class Scheme:
    """One scheme application as judgement sees it."""

    received_at: dt.datetime | None = None
    family: str = ""
    route: str | None = None
    anonymous: bool = False
    applicant: str | None = None
    applicant_at_risk: bool | None = None
    referring_agency: str | None = None
    subject: str | None = None
    person_at_risk: str | None = None
    children: tuple[str, ...] = ()
    children_considered: bool = False
    last_step: str = ""
    immediate_action: bool = False  # beside the steps: it never holds them up
    met: dict[str, dt.datetime] = field(default_factory=dict)  # when each stage was first reached
    extended: dict[str, list[tuple[dt.datetime, dt.datetime]]] = field(default_factory=dict)
    identity_verified: bool | None = None
    mappa_managed: bool = False
    mappa_consulted: bool = False
    representations_considered: bool = False
    presumption_applied: bool = False
    criteria_met: bool = False
    decision: Decision | None = None
    recipients: dict[str, bool] = field(default_factory=dict)  # whom it was decided to tell; is it said why them
    planned_for: str | None = None
    place_planned: bool = False
    warnings: list[tuple[str, dt.datetime, WarningGiven]] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    reconsiderations: list[Reconsideration] = field(default_factory=list)
    deliveries: list[Delivered] = field(default_factory=list)
    confidants: set[str] = field(default_factory=set)  # whom a recipient was allowed to tell
    alleged: dict[str, str] = field(default_factory=dict)  # who is said to have told others, by allegation
    ending: str | None = None

    @property
    def state(self) -> str:
        """Where the application stands, in the words of §6."""
        if self.last_step in PREPARING and any(self.pending()):
            return "RECONSIDERATION_PENDING"
        return self.last_step

    def held(self, what: str) -> Mapping[str, Refusal] | None:
        """What ids may refer to in an application: the refusals, by id."""
        return {r.refusal_id: r for r in self.refusals if r.refusal_id} if what == "refusal" else None

    def pending(self) -> Iterator[Refusal]:
        """The refusals that wait to be reconsidered."""
        return (r for r in self.refusals if r.answered_at is None)

    def recipient(self) -> str:
        """Whom the next step at the door concerns where it names nobody."""
        return self.planned_for or (self.decision and self.decision.recipient) or self.person_at_risk or ""

    def answering(self, by: str | None, undertaking_id: str | None) -> str:
        """Who answers an undertaking: the person named, else whom that undertaking (or the last one) was offered to."""
        if by:
            return by
        asked = [o for o in self.offers if undertaking_id in (None, o.undertaking_id)] or self.offers
        return asked[-1].to if asked else self.recipient()

    def reach(self, stage: str, at: dt.datetime) -> None:
        self.met.setdefault(stage, at)

    def may_hear(self, person: str) -> bool:
        """Whether the person is at risk, or it is said why they are the one to be told."""
        return person != self.subject and (person == self.person_at_risk or bool(self.recipients.get(person)))

    def restrictions_on(self, person: str) -> tuple[Restriction, ...]:
        """What a person who was told under the scheme may not do with it."""
        return tuple(dict.fromkeys(limit for d in self.deliveries if d.to == person for limit in d.restrictions))

    def was_offered(self, person: str, by_then: dt.datetime) -> bool:
        return any(o.to == person and o.at <= by_then for o in self.offers)

    def signed_at(self, person: str, by_then: dt.datetime) -> dt.datetime | None:
        """When the person gave the signature that still stood by then."""
        given = [a for a in self.answers if a.by == person and a.at <= by_then and a.what in ("signed", "repudiated")]
        last = max(given, key=lambda a: a.at, default=None)
        return last.at if last and last.what == "signed" else None
