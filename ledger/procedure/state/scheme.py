"""What a scheme application's stream says, folded into its state: from the application to the decision.

The order of the steps is never a reason to refuse a fact, so every fold takes its event at every stage. What happens
at the door is folded in `undertaking.py`.
"""

from __future__ import annotations

from ledger.procedure.clock import until
from ledger.procedure.entry import Entry
from ledger.procedure.events import scheme as said
from ledger.procedure.state import undertaking
from ledger.procedure.state.application import CSODS, DVDS, Decision, Scheme, folds

__all__ = ["Scheme", "folds", "presumption", "undertaking"]  # importing `undertaking` registers its folds

DVDS_ROUTES = frozenset({"right_to_ask", "right_to_know"})


@folds.on(said.SchemeApplicationReceived)
def received(scheme: Scheme, entry: Entry, event: said.SchemeApplicationReceived) -> None:
    scheme.received_at = entry.occurred_at
    scheme.family = event.scheme_family or (DVDS if event.route in DVDS_ROUTES else CSODS)
    scheme.route, scheme.anonymous = event.route, event.anonymous
    scheme.applicant, scheme.subject, scheme.children = event.applicant, event.subject, event.children
    scheme.last_step = "RECEIVED"


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
    scheme.last_step = "INTERVIEWED"
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
    if event.outcome != "disclose":
        scheme.recipients.clear()
    elif event.recipient:
        scheme.recipients[event.recipient] = bool(event.why_most_able and event.childs_interests)
    scheme.reach("decision", entry.occurred_at)


def presumption(event: said.SchemeDecisionMade) -> bool:
    """Convictions for child sex offences, a risk of harm and a necessity: then disclosing is presumed (§6.1)."""
    given = event.convictions_for_child_sex_offences and event.risk_of_harm and event.disclosure_necessary
    return bool(event.presumption_applied or given)


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
