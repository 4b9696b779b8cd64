"""What a scheme application's stream says, folded into its state: from the application to the decision.

The order of the steps is never a reason to refuse a fact, so every fold takes its event at every stage. What happens
at the door is folded in `undertaking.py`.
"""

from __future__ import annotations

from ledger.procedure.clock import until
from ledger.procedure.declare import Payload
from ledger.procedure.entry import Entry
from ledger.procedure.events import scheme as said
from ledger.procedure.state import undertaking
from ledger.procedure.state.application import CSODS, DVDS, RIGHT_TO_ASK, RIGHT_TO_KNOW, Decision, Scheme, folds

# Importing `undertaking` registers its folds.
__all__ = ["Scheme", "criteria_met", "family_of", "folds", "presumption", "undertaking"]

DVDS_ROUTES = frozenset({RIGHT_TO_ASK, RIGHT_TO_KNOW})
AT_RISK, BEST_PLACED = "person_at_risk", "person_best_placed_to_protect"


def family_of(event: Payload) -> str:
    """Which scheme an event opens an application under; empty for an event that opens none."""
    if isinstance(event, said.SchemeReferralMade):
        return event.scheme_family or DVDS
    if isinstance(event, said.SchemeApplicationReceived):
        return event.scheme_family or (DVDS if event.route in DVDS_ROUTES else CSODS)
    return ""


@folds.on(said.SchemeApplicationReceived)
def received(scheme: Scheme, entry: Entry, event: said.SchemeApplicationReceived) -> None:
    opened(scheme, entry, event)
    scheme.route, scheme.anonymous, scheme.applicant = event.route, event.anonymous, event.applicant
    scheme.applicant_at_risk = None if event.applicant_is is None else event.applicant_is == AT_RISK
    if scheme.applicant_at_risk and scheme.person_at_risk is None:
        scheme.person_at_risk = event.applicant
    scheme.last_step = "RECEIVED"


@folds.on(said.SchemeReferralMade)
def referred(scheme: Scheme, entry: Entry, event: said.SchemeReferralMade) -> None:
    opened(scheme, entry, event)
    scheme.route, scheme.referring_agency = event.route or RIGHT_TO_KNOW, event.referring_agency
    scheme.last_step = "REFERRED"


def opened(scheme: Scheme, entry: Entry, event: said.SchemeApplicationReceived | said.SchemeReferralMade) -> None:
    """What an application and a referral say alike."""
    scheme.received_at, scheme.family = entry.occurred_at, family_of(event)
    scheme.subject, scheme.person_at_risk, scheme.children = event.subject, event.person_at_risk, event.children
    scheme.children_considered |= bool(event.child_impact_considered)


@folds.on(said.InitialChecksCompleted)
def checked(scheme: Scheme, entry: Entry, event: said.InitialChecksCompleted) -> None:
    scheme.last_step = "CHECKED"
    scheme.mappa_managed |= bool(event.mappa_managed)
    scheme.reach("checks", entry.occurred_at)


@folds.on(said.ImmediateActionTaken)
def acted_at_once(scheme: Scheme, _entry: Entry, _event: said.ImmediateActionTaken) -> None:
    scheme.immediate_action = True


@folds.on(said.ApplicationNotProgressed)
def not_progressed(scheme: Scheme, entry: Entry, _event: said.ApplicationNotProgressed) -> None:
    scheme.last_step = "NOT_PROGRESSED"
    scheme.reach("not_progressed", entry.occurred_at)


@folds.on(said.InterviewHeld)
def interviewed(scheme: Scheme, entry: Entry, event: said.InterviewHeld) -> None:
    scheme.last_step = "FACE_TO_FACE" if scheme.family == DVDS else "INTERVIEWED"
    if event.id_seen is not None:
        scheme.identity_verified = event.id_seen
    scheme.reach("interview", entry.occurred_at)


@folds.on(said.IdentityVerified)
def identified(scheme: Scheme, _entry: Entry, _event: said.IdentityVerified) -> None:
    scheme.identity_verified = True
    scheme.last_step = "ASSESSING"


@folds.on(said.IdentityNotVerified)
def not_identified(scheme: Scheme, _entry: Entry, _event: said.IdentityNotVerified) -> None:
    scheme.identity_verified = False
    scheme.last_step = "CONCERNS_ONLY"


@folds.on(said.RiskAssessmentStarted)
def assessing(scheme: Scheme, _entry: Entry, _event: said.RiskAssessmentStarted) -> None:
    scheme.last_step = "ASSESSING"


@folds.on(said.RiskAssessmentCompleted)
def assessed(scheme: Scheme, entry: Entry, event: said.RiskAssessmentCompleted) -> None:
    scheme.last_step = "ASSESSING"
    scheme.mappa_managed |= bool(event.mappa_managed)
    scheme.children_considered |= bool(event.child_impact_considered)
    scheme.reach("risk_assessment", entry.occurred_at)


@folds.on(said.MappaConsulted)
def authority_consulted(scheme: Scheme, _entry: Entry, event: said.MappaConsulted) -> None:
    scheme.mappa_managed = True
    scheme.mappa_consulted |= bool(event.responsible_authority)


@folds.on(said.SubjectRepresentationsConsidered)
def representations_considered(scheme: Scheme, _entry: Entry, event: said.SubjectRepresentationsConsidered) -> None:
    scheme.representations_considered |= event.state == "sought" or bool(event.reason)


@folds.on(said.ClockExtended)
def extended(scheme: Scheme, entry: Entry, event: said.ClockExtended) -> None:
    scheme.extended.setdefault(event.stage, []).append((entry.occurred_at, until(event.until)))


@folds.on(said.SchemeDecisionMade)
def decided(scheme: Scheme, entry: Entry, event: said.SchemeDecisionMade) -> None:
    scheme.decision = Decision(entry.occurred_at, event.outcome, event.recipient, entry.findings)
    scheme.last_step = "DECIDED"
    scheme.mappa_managed |= bool(event.mappa_managed)
    scheme.presumption_applied |= presumption(event)
    scheme.criteria_met |= criteria_met(event)
    scheme.children_considered |= bool(event.child_impact_considered)
    if event.outcome != "disclose":
        scheme.recipients.clear()
    elif event.recipient:
        scheme.recipients[event.recipient] = justified(scheme, event)
    scheme.reach("decision", entry.occurred_at)


def justified(scheme: Scheme, event: said.SchemeDecisionMade) -> bool:
    """Whether the decision says why its recipient is the one to be told.

    Of Sarah's Law the person most able to protect the child, in the child's interests; of Clare's Law the person at
    risk, or somebody better placed to keep them safe.
    """
    if scheme.family != DVDS:
        return bool(event.why_most_able and event.childs_interests)
    if event.recipient_role == AT_RISK:
        return scheme.person_at_risk in (None, event.recipient)
    return event.recipient_role == BEST_PLACED or (event.recipient_role is None and bool(event.why_most_able))


def presumption(event: said.SchemeDecisionMade) -> bool:
    """Convictions for child sex offences, a risk of harm and a necessity: then disclosing is presumed (§6.1)."""
    given = event.convictions_for_child_sex_offences and event.risk_of_harm and event.disclosure_necessary
    return bool(event.presumption_applied or given)


def criteria_met(event: said.SchemeDecisionMade) -> bool:
    """Convictions for violence, or behaviour that gives reason to believe in a risk: a disclosure will be made."""
    return event.basis == "convictions" or (event.basis == "behaviour_information" and bool(event.reasonable_belief))


@folds.on(said.NonDisclosureNotified)
def non_disclosure_notified(scheme: Scheme, entry: Entry, _event: said.NonDisclosureNotified) -> None:
    scheme.last_step = "NON_DISCLOSURE_NOTIFIED"
    scheme.reach("non_disclosure_notified", entry.occurred_at)


@folds.on(said.SchemeClosed)
def closed(scheme: Scheme, entry: Entry, event: said.SchemeClosed) -> None:
    scheme.last_step, scheme.ending = "CLOSED", event.outcome
    scheme.reach("closed", entry.occurred_at)
    for refusal in scheme.pending():
        refusal.answered_at = entry.occurred_at
