"""A disclosure scheme (Sarah's Law, Clare's Law): from the application or referral to the decision, and how it ends.

What happens at the delivery stands in `undertaking.py`. Field names follow the procedure; the codes of each
vocabulary are in `editions/csods-*.json` and `editions/dvds-*.json`. Persons are named by the caller's own ids.
Clare's Law is for anyone in an intimate relationship regardless of gender: no field asks for one.
"""

from __future__ import annotations

from typing import Annotated

from ledger.procedure.declare import Code, Count, Day, Event, Id, Name, Part, Time, Vocabulary, Words, kind
from ledger.procedure.events.vocabulary import OtherCase, PersonRole, Somebody

ON_SCHEME = ("scheme",)

SchemeFamily = Annotated[Code, Vocabulary("scheme_families")]
Route = Annotated[Code, Vocabulary("scheme_routes")]
Access = Annotated[Code, Vocabulary("scheme_access")]
Stage = Annotated[Code, Vocabulary("scheme_stages")]
Outcome = Annotated[Code, Vocabulary("scheme_outcomes")]
Basis = Annotated[Code, Vocabulary("scheme_bases")]
RepresentationState = Annotated[Code, Vocabulary("representation_states")]
Wording = Annotated[Code, Vocabulary("outcome_wordings")]
Ending = Annotated[Code, Vocabulary("scheme_endings")]
ApplicantPosition = Annotated[Code, Vocabulary("applicant_positions")]
Relationship = Annotated[Code, Vocabulary("relationships")]
Abuse = Annotated[Code, Vocabulary("abuse_kinds")]
Forum = Annotated[Code, Vocabulary("forums")]


class SubjectRepresentations(Part, frozen=True, kw_only=True):
    """Whether the subject was heard before the decision to disclose; if not, why not."""

    state: RepresentationState | None = None
    reason: Words | None = None


@kind("scheme/SchemeApplicationReceived/1", on=ON_SCHEME, opens=True)
class SchemeApplicationReceived(Event, frozen=True, kw_only=True):
    """Somebody asked the police whether a person poses a risk: to a child, or to the one they are in a relation with.

    Of Clare's Law this is the right to ask. `relationship` is that of the subject with the person at risk, `children`
    are those in the family.
    """

    scheme_family: SchemeFamily | None = None  # dvds where the route is one of its own, else csods
    route: Route | None = None
    applicant: Somebody | None = None
    applicant_is: ApplicantPosition | None = None
    applicant_relation: Id | None = None
    anonymous: bool = False
    subject: Somebody | None = None
    person_at_risk: Somebody | None = None  # the applicant, where they say that they are at risk themselves
    relationship: Relationship | None = None
    abuse: tuple[Abuse, ...] = ()
    children: tuple[Somebody, ...] = ()
    child_cases: tuple[OtherCase, ...] = ()
    child_impact_considered: bool | None = None
    access: Access | None = None
    concern: Words | None = None
    safe_contact: Words | None = None


@kind("scheme/SchemeReferralMade/1", on=ON_SCHEME, opens=True)
class SchemeReferralMade(Event, frozen=True, kw_only=True):
    """The right to know: an agency, or the police themselves, believes that somebody is at risk and should be told."""

    scheme_family: SchemeFamily | None = None  # dvds where nothing is said
    route: Route | None = None  # right_to_know where nothing is said
    referring_agency: Name | None = None
    arising_in_police: bool | None = None
    subject: Somebody | None = None
    person_at_risk: Somebody | None = None
    relationship: Relationship | None = None
    abuse: tuple[Abuse, ...] = ()
    children: tuple[Somebody, ...] = ()
    child_cases: tuple[OtherCase, ...] = ()
    child_impact_considered: bool | None = None
    belief: Words | None = None
    grounds: Words | None = None
    safe_contact: Words | None = None


@kind("scheme/InitialChecksCompleted/1", on=ON_SCHEME)
class InitialChecksCompleted(Event, frozen=True, kw_only=True):
    """The first checks: is anybody at immediate risk, and does the application go on."""

    immediate_risk: bool | None = None
    progress: bool | None = None
    mappa_managed: bool | None = None
    checked: Words | None = None


@kind("scheme/ImmediateActionTaken/1", on=ON_SCHEME)
class ImmediateActionTaken(Event, frozen=True, kw_only=True):
    """Action to keep somebody safe now; possible at every stage, and it never holds the application up."""

    actions: tuple[Annotated[Code, Vocabulary("protective_actions")], ...] = ()
    children: tuple[Somebody, ...] = ()
    action: Words | None = None


@kind("scheme/ApplicationNotProgressed/1", on=ON_SCHEME)
class ApplicationNotProgressed(Event, frozen=True, kw_only=True):
    """The application goes no further, and the applicant was told why."""

    reason: Words | None = None
    told_at: Time | None = None


@kind("scheme/InterviewHeld/1", on=ON_SCHEME)
class InterviewHeld(Event, frozen=True, kw_only=True):
    """The applicant was seen. Proofs are recorded as seen, never copied; nothing is disclosed at this stage."""

    by: Id | None = None
    face_to_face: bool | None = None
    id_seen: bool | None = None
    address_seen: bool | None = None
    relationship_seen: bool | None = None
    place: Words | None = None
    account: Words | None = None


@kind("scheme/IdentityVerified/1", on=ON_SCHEME)
class IdentityVerified(Event, frozen=True, kw_only=True):
    """The applicant is who they say they are."""

    by: Id | None = None
    how: Words | None = None


@kind("scheme/IdentityNotVerified/1", on=ON_SCHEME)
class IdentityNotVerified(Event, frozen=True, kw_only=True):
    """It could not be shown who the applicant is: the concerns are acted on, nothing is disclosed under the scheme."""

    reason: Words | None = None


@kind("scheme/RiskAssessmentStarted/1", on=ON_SCHEME)
class RiskAssessmentStarted(Event, frozen=True, kw_only=True):
    """The full assessment of the risk began."""

    by: Id | None = None


@kind("scheme/RiskAssessmentCompleted/1", on=ON_SCHEME)
class RiskAssessmentCompleted(Event, frozen=True, kw_only=True):
    """The full assessment of the risk, with the agencies that were asked."""

    by: Id | None = None
    agencies_consulted: tuple[Name, ...] = ()
    mappa_managed: bool | None = None
    high_risk: bool | None = None
    child_impact_considered: bool | None = None
    risk: Words | None = None


@kind("scheme/MappaConsulted/1", on=ON_SCHEME)
class MappaConsulted(Event, frozen=True, kw_only=True):
    """The responsible authority that manages the subject was consulted."""

    responsible_authority: Id | None = None
    category: Count | None = None
    level: Count | None = None
    view: Words | None = None


@kind("scheme/MultiAgencyForumHeld/1", on=ON_SCHEME)
class MultiAgencyForumHeld(Event, frozen=True, kw_only=True):
    """Agencies considered the application together. Their view decides nothing: a refusal still waits."""

    forum: Forum | None = None  # a MARAC where the risk is high
    agencies: tuple[Name, ...] = ()
    outcome: Words | None = None


@kind("scheme/SubjectRepresentationsConsidered/1", on=ON_SCHEME)
class SubjectRepresentationsConsidered(Event, frozen=True, kw_only=True):
    """Whether the subject was asked what they have to say, and what weight it was given."""

    state: RepresentationState | None = None
    reason: Words | None = None
    considered: Words | None = None


@kind("scheme/SchemeDecisionMade/1", on=ON_SCHEME)
class SchemeDecisionMade(Event, frozen=True, kw_only=True):
    """The decision whether to disclose, and to whom: the person most able to protect the child; of Clare's Law, the
    person at risk or somebody better placed to safeguard them."""

    outcome: Outcome
    recipient: Somebody | None = None
    recipient_role: PersonRole | None = None
    recipient_relation: Id | None = None
    why_most_able: Words | None = None
    childs_interests: Words | None = None
    basis: Basis | None = None
    reasonable_belief: bool | None = None  # held with other agencies: the subject poses a risk of harm to their partner
    agencies_consulted: tuple[Name, ...] = ()
    child_impact_considered: bool | None = None
    pressing_need: Words | None = None
    convictions_for_child_sex_offences: bool | None = None
    risk_of_harm: bool | None = None
    disclosure_necessary: bool | None = None
    presumption_applied: bool | None = None
    subject_representations: SubjectRepresentations | None = None
    mappa_managed: bool | None = None
    risk_if_disclosed: Words | None = None
    risk_if_not_disclosed: Words | None = None
    decided_by: Id | None = None
    reasons: Words | None = None


@kind("scheme/ClockExtended/1", on=ON_SCHEME)
class ClockExtended(Event, frozen=True, kw_only=True):
    """One stage was given until the end of a later day, or until a time, for a reason."""

    stage: Stage = "overall"
    until: Day
    reason: Words | None = None
    authorised_by: Id | None = None


@kind("scheme/NonDisclosureNotified/1", on=ON_SCHEME)
class NonDisclosureNotified(Event, frozen=True, kw_only=True):
    """The applicant was told that nothing will be disclosed."""

    to: Somebody | None = None
    wording: Wording | None = None
    in_person: bool | None = None


@kind("scheme/OutcomeNotifiedToApplicant/1", on=ON_SCHEME)
class OutcomeNotifiedToApplicant(Event, frozen=True, kw_only=True):
    """The applicant was told the outcome. What was disclosed is not told to somebody who is not its recipient."""

    to: Somebody | None = None
    wording: Wording | None = None
    content_given: bool | None = None
    told: Words | None = None


@kind("scheme/SchemeClosed/1", on=ON_SCHEME)
class SchemeClosed(Event, frozen=True, kw_only=True):
    """The application is closed."""

    outcome: Ending | None = None
    reason: Words | None = None
