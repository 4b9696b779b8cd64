"""The decision to share, to withhold, or to do both in part, with everything it rests on (golden rules 1 to 7)."""

from __future__ import annotations

from ledger.procedure.declare import Code, Day, Event, Id, Label, Name, Part, Time, Words, kind
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.events.vocabulary import (
    Advice,
    Article6,
    Article9,
    BodyRelation,
    Consent,
    ConsentState,
    Identifiability,
    InformingException,
    Item,
    Justification,
    NewDecision,
    NotSoughtReason,
    OtherContext,
    Outcome,
    Person,
    Purpose,
    Regime,
    Request,
    RiskLevel,
    Schedule1Reason,
    Somebody,
    WithholdReason,
)

Paragraph = int | Code  # of a schedule or annex: 18 or "18"


class ConsentPosition(Part):
    """Where one person's consent stands in this decision; `not_sought` needs a reason."""

    state: ConsentState | None = None
    consent_id: Consent | None = None
    reason: NotSoughtReason | None = None
    explanation: Words | None = None


class Recipient(Part):
    """Somebody who is to receive the information, and why they need to know."""

    agency: Name | None = None
    person: Somebody | None = None
    named_recipient: Words | None = None  # by name or post, where the agency has no id for them
    need_to_know_reason: Words | None = None


class Article6Basis(Part):
    """One condition of Article 6(1) of the UK GDPR, with what that condition asks for."""

    code: Article6 | None = None
    citation: Words | None = None  # 6(c), 6(e): the Act and section, or the order
    statement: Words | None = None
    whose: Words | None = None  # 6(d): whose vital interests
    life_and_limb: bool | None = None
    in_public_task: bool | None = None  # 6(f), 6(ea); assumed of a public authority
    balancing: Words | None = None  # 6(f)
    child_weighting: Words | None = None
    annex1_para: Paragraph | None = None  # 6(ea)
    necessity: Words | None = None
    contract_ref: Words | None = None  # 6(b): the contract, or the request to enter into one
    subject_is_party: bool | None = None


class NfpRelation(Part):
    """What a person is to a not-for-profit body; without a person, what everybody concerned is to it."""

    person: Somebody | None = None
    relation: BodyRelation | None = None


class Article9Basis(Part):
    """One condition of Article 9(2) of the UK GDPR, with what that condition asks for.

    A basis may stand outside any file, so that items and persons are named here without being looked for: an id that
    is mistaken leaves its item without a condition (LB-02), and its person without a relation (LB-14).
    """

    code: Article9 | None = None
    items: tuple[Id, ...] = ()  # those it is for; all, if none are named
    sch1_para: Paragraph | None = None
    reason_consent_not_obtained: Schedule1Reason | None = None
    citation: Words | None = None  # 9(b): the employment, social security or social protection law
    statement: Words | None = None
    incapacity: Words | None = None  # 9(c)
    evidence: Words | None = None  # 9(c), 9(e)
    relations: tuple[NfpRelation, ...] = ()  # 9(d)
    published_where: Words | None = None  # 9(e)
    published_on: Day | None = None
    published_by_subject: bool | None = None
    proceedings_ref: Words | None = None  # 9(f)
    secrecy_professional: bool | None = None  # 9(h), 9(i): a professional bound to secrecy is responsible
    safeguards_ref: Words | None = None  # 9(j)
    individual_decision: bool | None = None
    apd_ref: Id | bool | None = None  # 9(b), 9(g): the appropriate policy document, where it is not registered here


class Article10Gateway(Part):
    """The paragraph of Schedule 1 under which criminal-offence data may be processed."""

    sch1_para: Paragraph | None = None
    citation: Words | None = None


class Part3Processing(Part):
    """Law enforcement processing by a competent authority (DPA 2018 Part 3)."""

    s35_basis: Words | None = None
    sch8_para: Paragraph | None = None
    strictly_necessary: bool | None = None
    statement: Words | None = None
    apd_ref: Id | bool | None = None


class LegalBasis(Part):
    """The legal basis of sharing: conditions of the UK GDPR, or Part 3 of the DPA 2018."""

    regime: Regime = "uk_gdpr"
    art6: tuple[Article6Basis, ...] = ()
    art9: tuple[Article9Basis, ...] = ()
    art10: Article10Gateway | None = None
    part3: Part3Processing | None = None
    statement: Words | None = None
    tool_ref: Label | None = None


class SafetyAndWellbeing(Part):
    """The safety and well-being of the individual, and of others who may be affected."""

    individual: Words | None = None
    others: Words | None = None


class IdentifiabilityConsidered(Part):
    """Whether it could be shared without saying who it is about."""

    chosen: Identifiability | None = None
    why: Words | None = None


class Informing(Part):
    """One person told of the sharing, or an exception with its reason and the day it is looked at again."""

    person: Person | None = None
    informed_at: Time | None = None
    exception: InformingException | None = None
    reason: Words | None = None
    review_on: Day | None = None


class Withholding(Part):
    """Why information is withheld, what not sharing it risks, and when this is looked at again."""

    items: tuple[Item, ...] = ()  # where part is shared: what is not
    reason_codes: tuple[WithholdReason, ...] = ()
    reasons: Words | None = None
    risk_of_not_sharing: Words | None = None
    detriment_comparison: Words | None = None
    review_on: Day | None = None
    requester_told_at: Time | None = None  # told, or to be told


class Grounds(Event, frozen=True, kw_only=True):
    """What a decision is about and rests on."""

    items: tuple[Item, ...] = ()
    data_subjects: dict[Person, ConsentPosition | None] = {}
    purposes: tuple[Purpose, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    legal_basis: LegalBasis | None = None
    necessity: Words | None = None
    proportionality: Words | None = None
    relevance: Words | None = None
    adequacy: Words | None = None
    safety_and_wellbeing: SafetyAndWellbeing | Words | None = None
    override_reasons: Words | None = None
    facts_relied_on: Words | None = None
    expectation_considered: Words | None = None
    human_rights_considered: Words | None = None
    minimum_rationale: Words | None = None
    identifiability_considered: IdentifiabilityConsidered | None = None
    confidence_justification: Justification | None = None
    informing: tuple[Informing, ...] = ()
    risk_level: RiskLevel | None = None
    reasons: Words | None = None


@kind("case/DecisionMade/1", on=ON_FILE)
class DecisionMade(Grounds, frozen=True, kw_only=True):
    """A decision whether to share information about a child or adult, and the reasons for it, whichever way it went."""

    decision_id: NewDecision
    outcome: Outcome
    request_id: Request | None = None
    if_withheld: Withholding | None = None
    reasons_unknown: bool | None = None
    reasons_unknown_explanation: Words | None = None
    urgent: bool | None = None
    urgent_reason: Words | None = None
    to_complete: tuple[Id, ...] = ()  # an urgent share: the rules still to be met; judgement fills it in
    advice_ids: tuple[Advice, ...] = ()
    context_ids: tuple[OtherContext, ...] = ()
    dpia_ref: Id | None = None
    agreement_ref: Id | None = None
    distribution_reason: Words | None = None  # why somebody responsible for the child is left out (SX-01)


@kind("case/DecisionReconsidered/1", on=ON_FILE)
class DecisionReconsidered(DecisionMade, frozen=True, kw_only=True):
    """A decision was taken again in the light of new facts; what it leaves unsaid is as the earlier one said."""

    new_facts: Words | None = None
