"""A disclosure scheme at the door: the plan, the warning, the undertaking and its refusal, the delivery, the aftermath.

A refusal is one thing; being unable to sign, wanting time, not wanting to hear and taking a signature back are others,
each with an event of its own. `to` and `by` name a person; left out, it is the one whom the step before concerned.
"""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import (
    Code,
    Count,
    Day,
    Defines,
    Event,
    Id,
    Label,
    Part,
    Refers,
    Time,
    Vocabulary,
    Words,
    kind,
)
from ledger.procedure.events.disclosure import Restriction
from ledger.procedure.events.scheme import ON_SCHEME
from ledger.procedure.events.vocabulary import Item, Somebody

Clause = Annotated[Code, Vocabulary("undertaking_clauses")]
ProtectiveAction = Annotated[Code, Vocabulary("protective_actions")]


class Officer(Part, frozen=True, kw_only=True):
    """A police officer, by the force's own reference or by the role and rank in which they decide."""

    staff_ref: Label | None = None
    role: Label | None = None
    rank: Label | None = None


class RiskWeighing(Part, frozen=True, kw_only=True):
    """The risk to the child or the person at risk if nobody is told against the subject's risk if somebody is."""

    child_if_not_disclosed: Words | None = None
    person_at_risk_if_not_disclosed: Words | None = None
    subject_if_disclosed: Words | None = None
    weighing: Words | None = None


class Delivery(Part, frozen=True, kw_only=True):
    """How a disclosure was given: in person, in a safe place, with nothing left in writing."""

    mode: Annotated[Code, Vocabulary("delivery_modes")] | None = None
    place: Words | None = None
    started_at: Time | None = None
    safe_environment_confirmed: bool | None = None
    left_in_writing: bool = False
    present: tuple[Somebody, ...] = ()


@kind("scheme/DeliveryPlanned/1", on=ON_SCHEME)
class DeliveryPlanned(Event, frozen=True, kw_only=True):
    """To whom, by whom, where and when the disclosure is to be given."""

    recipient: Somebody | None = None
    why_most_able: Words | None = None  # where the plan turns to another recipient
    officer: Id | None = None
    planned_for: Time | None = None
    place: Words | None = None
    safe_environment_confirmed: bool | None = None
    safety: Words | None = None


@kind("scheme/WarningGiven/1", on=ON_SCHEME)
class WarningGiven(Event, frozen=True, kw_only=True):
    """The warning in its three parts, as explained to the recipient."""

    to: Somebody | None = None
    purpose_limit: bool | None = None  # used only for the purpose it is shared for: to keep the person it is for safe
    undertaking_explained: bool | None = None  # they will be asked to sign that it is confidential and goes no further
    legal_proceedings: bool | None = None  # could result if confidentiality is breached
    explained_by: Id | None = None
    understood: bool | None = None
    wording_version: Id | None = None


@kind("scheme/UndertakingOffered/1", on=ON_SCHEME)
class UndertakingOffered(Event, frozen=True, kw_only=True):
    """The recipient was asked to sign, in a language and format they can follow."""

    undertaking_id: Id | None = None
    to: Somebody | None = None
    wording_version: Id | None = None
    clauses: tuple[Clause, ...] = ()
    permitted_confidants: tuple[Somebody, ...] = ()
    offered_by: Id | None = None
    language: Id | None = None
    format: Id | None = None
    interpreter: Somebody | None = None
    advocate: Somebody | None = None
    place: Words | None = None


@kind("scheme/UndertakingSigned/1", on=ON_SCHEME)
class UndertakingSigned(Event, frozen=True, kw_only=True):
    """The recipient signed; the police alone keep the copy."""

    undertaking_id: Id | None = None
    by: Somebody | None = None
    signature_ref: Id | None = None
    copy_kept_by_police: bool | None = None


@kind("scheme/UndertakingRefused/1", on=ON_SCHEME)
class UndertakingRefused(Event, frozen=True, kw_only=True):
    """The recipient would not sign: the police must consider whether the disclosure should still take place."""

    refusal_id: Annotated[Id, Defines("refusal")] | None = None
    undertaking_id: Id | None = None
    by: Somebody | None = None
    category: Annotated[Code, Vocabulary("refusal_categories")] | None = None
    clauses_objected: tuple[Clause, ...] = ()
    reason: Words | None = None
    time_given_minutes: Count | None = None


@kind("scheme/UndertakingUnable/1", on=ON_SCHEME)
class UndertakingUnable(Event, frozen=True, kw_only=True):
    """The recipient could not sign as asked, and needs support; this is no refusal."""

    undertaking_id: Id | None = None
    by: Somebody | None = None
    reason: Annotated[Code, Vocabulary("unable_reasons")] | None = None
    support: Words | None = None


@kind("scheme/UndertakingDeferred/1", on=ON_SCHEME)
class UndertakingDeferred(Event, frozen=True, kw_only=True):
    """The recipient wants time before they answer; this is no refusal."""

    undertaking_id: Id | None = None
    by: Somebody | None = None
    until: Day | None = None
    reason: Words | None = None


@kind("scheme/UndertakingRepudiated/1", on=ON_SCHEME)
class UndertakingRepudiated(Event, frozen=True, kw_only=True):
    """Somebody who had signed no longer stands by it."""

    undertaking_id: Id | None = None
    by: Somebody | None = None
    reason: Words | None = None


@kind("scheme/ReconsiderationDecided/1", on=ON_SCHEME)
class ReconsiderationDecided(Event, frozen=True, kw_only=True):
    """After a refusal: whether the disclosure should still take place, to whom and on what footing."""

    reconsideration_id: Id | None = None
    refusal_id: Annotated[Id, Refers("refusal")] | None = None  # left out: every refusal that waits for it
    outcome: Annotated[Code, Vocabulary("reconsideration_outcomes")]
    recipient: Somebody | None = None
    reasons: Words | None = None
    authorising_officer: Officer | None = None
    risk_weighing: RiskWeighing | None = None
    content_limited: bool | None = None
    protective_actions: tuple[ProtectiveAction, ...] = ()
    support: Words | None = None


@kind("scheme/RecipientDeclinedToReceive/1", on=ON_SCHEME)
class RecipientDeclinedToReceive(Event, frozen=True, kw_only=True):
    """The recipient did not want to meet the police, or to hear; this is no refusal to sign."""

    by: Somebody | None = None
    declined: Annotated[Code, Vocabulary("declined_things")] | None = None
    reason: Words | None = None


@kind("scheme/SchemeDisclosureDelivered/1", on=ON_SCHEME)
class SchemeDisclosureDelivered(Event, frozen=True, kw_only=True):
    """The disclosure was given to its recipient, who may use it to keep somebody safe and may not pass it on.

    `restrictions` that are not said are those that the scheme itself places on it (Q114).
    """

    disclosure_id: Id | None = None
    to: Somebody | None = None
    delivery: Delivery | None = None
    officer: Id | None = None
    what: Words | None = None
    items: tuple[Item, ...] = ()
    restrictions: tuple[Restriction, ...] = ()


@kind("scheme/OnwardDisclosureAuthorised/1", on=ON_SCHEME)
class OnwardDisclosureAuthorised(Event, frozen=True, kw_only=True):
    """The police allowed a recipient to tell one named person, under an undertaking of their own."""

    by: Somebody | None = None
    to: Somebody
    undertaking_id: Id | None = None
    reason: Words | None = None


@kind("scheme/OnwardDisclosureAlleged/1", on=ON_SCHEME)
class OnwardDisclosureAlleged(Event, frozen=True, kw_only=True):
    """It is said that a recipient told others."""

    allegation_id: Id | None = None
    by: Somebody | None = None
    how: Annotated[Code, Vocabulary("onward_means")] | None = None
    alleged: Words | None = None


@kind("scheme/OnwardDisclosureInvestigated/1", on=ON_SCHEME)
class OnwardDisclosureInvestigated(Event, frozen=True, kw_only=True):
    """What came of looking into it."""

    allegation_id: Id | None = None
    by: Somebody | None = None
    outcome: Annotated[Code, Vocabulary("onward_outcomes")]
    found: Words | None = None


@kind("scheme/LegalActionDecided/1", on=ON_SCHEME)
class LegalActionDecided(Event, frozen=True, kw_only=True):
    """What is done about a breach of confidentiality."""

    allegation_id: Id | None = None
    against: Somebody | None = None
    action: Annotated[Code, Vocabulary("legal_actions")]
    reasons: Words | None = None
