"""Where an application stands after each step (§6.1), whatever order the steps were recorded in."""

import datetime as dt

import pytest

from ledger.procedure.declare import BY_NAME, About, convert
from ledger.procedure.entry import Entry
from ledger.procedure.state.scheme import Scheme, folds

START = dt.datetime(2024, 3, 4, 9, tzinfo=dt.UTC)


def after(*steps):
    """The state after these steps, an hour apart; a step is a name, or a name with a payload."""
    scheme = Scheme()
    for hour, step in enumerate(steps):
        name, payload = step if isinstance(step, tuple) else (step, {})
        when = START + dt.timedelta(hours=hour)
        folds.apply(scheme, Entry(About("scheme", "CS-1"), convert(payload, BY_NAME[name].type), None, when, when))
    return scheme


DECIDED = (
    "SchemeDecisionMade",
    {"outcome": "disclose", "recipient": "M", "why_most_able": "w", "childs_interests": "c"},
)
TO_THE_DOOR = ("SchemeApplicationReceived", DECIDED, "DeliveryPlanned", "WarningGiven", "UndertakingOffered")


def reconsidered(outcome, **more):
    officer = {"staff_ref": "TVP-S1", "rank": "superintendent"}
    return "ReconsiderationDecided", {"outcome": outcome, "reasons": "r", "authorising_officer": officer} | more


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["SchemeApplicationReceived"], "RECEIVED"),
        (["SchemeApplicationReceived", "InitialChecksCompleted"], "CHECKED"),
        (["SchemeApplicationReceived", "InitialChecksCompleted", "ImmediateActionTaken"], "CHECKED"),
        (["SchemeApplicationReceived", "ApplicationNotProgressed"], "NOT_PROGRESSED"),
        (["SchemeApplicationReceived", "InterviewHeld"], "INTERVIEWED"),
        (["SchemeApplicationReceived", "InterviewHeld", "IdentityVerified"], "ASSESSING"),
        (["SchemeApplicationReceived", "IdentityNotVerified"], "CONCERNS_ONLY"),
        (["SchemeApplicationReceived", "RiskAssessmentStarted"], "ASSESSING"),
        (TO_THE_DOOR[:2], "DECIDED"),
        (TO_THE_DOOR[:3], "PLANNED"),
        (TO_THE_DOOR[:4], "WARNED"),
        (TO_THE_DOOR, "UNDERTAKING_OFFERED"),
        ([*TO_THE_DOOR, "UndertakingSigned"], "SIGNED"),
        ([*TO_THE_DOOR, "UndertakingUnable"], "UNABLE"),
        ([*TO_THE_DOOR, "UndertakingDeferred"], "DEFERRED"),
        ([*TO_THE_DOOR, "RecipientDeclinedToReceive"], "DECLINED_TO_RECEIVE"),
        ([*TO_THE_DOOR, "UndertakingSigned", "UndertakingRepudiated"], "REPUDIATED"),
        ([*TO_THE_DOOR, "UndertakingRefused"], "RECONSIDERATION_PENDING"),
        ([*TO_THE_DOOR, "UndertakingRefused", "WarningGiven"], "RECONSIDERATION_PENDING"),
        ([*TO_THE_DOOR, "UndertakingRefused", "UndertakingOffered"], "RECONSIDERATION_PENDING"),
        ([*TO_THE_DOOR, "UndertakingRefused", "UndertakingOffered", "UndertakingSigned"], "SIGNED"),
        ([*TO_THE_DOOR, "UndertakingRefused", reconsidered("offer_again")], "RECONSIDERED"),
        (
            [*TO_THE_DOOR, "UndertakingRefused", reconsidered("offer_again"), "UndertakingOffered"],
            "UNDERTAKING_OFFERED",
        ),
        ([*TO_THE_DOOR, "UndertakingRefused", reconsidered("escalate_to_multi_agency")], "RECONSIDERATION_PENDING"),
        ([*TO_THE_DOOR, "UndertakingRefused", "SchemeDisclosureDelivered"], "DELIVERED"),
        ([*TO_THE_DOOR, "UndertakingSigned", "SchemeDisclosureDelivered"], "DELIVERED"),
        (["SchemeApplicationReceived", "SchemeDisclosureDelivered", "OnwardDisclosureAlleged"], "MONITORED"),
        (["SchemeApplicationReceived", "NonDisclosureNotified"], "NON_DISCLOSURE_NOTIFIED"),
        (["SchemeApplicationReceived", "SchemeClosed"], "CLOSED"),
    ],
)
def test_each_step_leads_where_the_procedure_says(steps, state):
    assert after(*steps).state == state


def test_immediate_action_stands_beside_the_steps():
    assert after("SchemeApplicationReceived", "ImmediateActionTaken").immediate_action


def test_who_answers_is_whom_the_undertaking_was_offered_to():
    offers = [("UndertakingOffered", {"undertaking_id": f"UT-{p}", "to": p}) for p in "MF"]
    scheme = after("SchemeApplicationReceived", *offers, ("UndertakingRefused", {"undertaking_id": "UT-M"}))
    assert [r.by for r in scheme.refusals] == ["M"]
    assert after("SchemeApplicationReceived", *offers, "UndertakingRefused").refusals[0].by == "F"


def test_an_unnamed_step_at_the_door_concerns_the_recipient_decided_on():
    scheme = after(*TO_THE_DOOR, "UndertakingRefused")
    assert (scheme.warnings[0][0], scheme.offers[0].to, scheme.refusals[0].by) == ("M", "M", "M")


def test_one_reconsideration_answers_the_refusal_it_names_or_all():
    refusals = [("UndertakingRefused", {"refusal_id": f"UR-{n}"}) for n in (1, 2)]
    one = after(*TO_THE_DOOR, *refusals, reconsidered("withhold", refusal_id="UR-1"))
    assert [r.refusal_id for r in one.pending()] == ["UR-2"]
    assert not list(after(*TO_THE_DOOR, *refusals, reconsidered("withhold")).pending())


def test_a_signature_ends_the_waiting_of_the_one_who_signed_alone():
    scheme = after(*TO_THE_DOOR, ("UndertakingRefused", {"by": "M"}), ("UndertakingSigned", {"by": "F"}))
    assert [r.by for r in scheme.pending()] == ["M"]


def test_a_repudiated_signature_no_longer_stands():
    scheme = after(*TO_THE_DOOR, "UndertakingSigned", "UndertakingRepudiated")
    signed, repudiated = (START + dt.timedelta(hours=h) for h in (5, 6))
    assert scheme.signed_at("M", signed) == signed
    assert scheme.signed_at("M", repudiated) is None


# Clare's Law (§6.2)

ASKED = (
    "SchemeApplicationReceived",
    {"route": "right_to_ask", "applicant": "P3", "person_at_risk": "V", "subject": "E"},
)
REFERRED = ("SchemeReferralMade", {"referring_agency": "FDA", "person_at_risk": "V", "subject": "E"})
NO_DISCLOSURE = ("SchemeDecisionMade", {"outcome": "no_disclosure"})
DISCLOSE = ("SchemeDecisionMade", {"outcome": "disclose", "recipient": "V"})


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([ASKED], "RECEIVED"),
        ([ASKED, "InitialChecksCompleted"], "CHECKED"),
        ([ASKED, "InitialChecksCompleted", "InterviewHeld"], "FACE_TO_FACE"),
        ([ASKED, "InterviewHeld", "RiskAssessmentStarted"], "ASSESSING"),
        ([ASKED, "RiskAssessmentStarted", "MultiAgencyForumHeld"], "ASSESSING"),
        ([ASKED, "RiskAssessmentStarted", NO_DISCLOSURE, "NonDisclosureNotified"], "NON_DISCLOSURE_NOTIFIED"),
        ([REFERRED], "REFERRED"),
        ([REFERRED, "InitialChecksCompleted"], "CHECKED"),
        ([REFERRED, "InitialChecksCompleted", "RiskAssessmentStarted"], "ASSESSING"),
        ([REFERRED, DISCLOSE], "DECIDED"),
        ([REFERRED, DISCLOSE, "DeliveryPlanned", "WarningGiven", "UndertakingOffered"], "UNDERTAKING_OFFERED"),
        ([REFERRED, DISCLOSE, "UndertakingOffered", "UndertakingRefused"], "RECONSIDERATION_PENDING"),
        ([REFERRED, DISCLOSE, "UndertakingOffered", "UndertakingSigned", "SchemeDisclosureDelivered"], "DELIVERED"),
        ([REFERRED, "RecipientDeclinedToReceive"], "DECLINED_TO_RECEIVE"),
        ([REFERRED, "RecipientDeclinedToReceive", "DeliveryPlanned"], "PLANNED"),
        ([REFERRED, "RecipientDeclinedToReceive", "SchemeClosed"], "CLOSED"),
    ],
)
def test_both_routes_of_clares_law_lead_where_the_procedure_says(steps, state):
    scheme = after(*steps)
    assert (scheme.state, scheme.family) == (state, "dvds")


@pytest.mark.parametrize("declined", ["meeting", "hearing"])
def test_whoever_declines_to_meet_or_to_hear_has_refused_nothing(declined):
    scheme = after(REFERRED, DISCLOSE, ("RecipientDeclinedToReceive", {"declined": declined}))
    assert [(a.what, a.by) for a in scheme.answers] == [("declined", "V")]
    assert scheme.refusals == []


def test_an_applicant_at_risk_is_the_person_at_risk():
    said = {"route": "right_to_ask", "applicant": "V", "applicant_is": "person_at_risk"}
    assert after(("SchemeApplicationReceived", said)).person_at_risk == "V"
    assert after(ASKED).person_at_risk == "V"
    assert after("SchemeApplicationReceived").person_at_risk is None


@pytest.mark.parametrize(
    ("said", "may_hear"),
    [
        ({"recipient": "V"}, True),
        ({"recipient": "P3"}, False),
        ({"recipient": "P3", "recipient_role": "applicant", "why_most_able": "w"}, False),
        ({"recipient": "P3", "recipient_role": "person_at_risk"}, False),
        ({"recipient": "P3", "recipient_role": "person_best_placed_to_protect"}, True),
        ({"recipient": "P3", "why_most_able": "w"}, True),
        ({"recipient": "E", "recipient_role": "person_best_placed_to_protect"}, False),
    ],
)
def test_who_may_hear_of_it_under_clares_law(said, may_hear):
    scheme = after(ASKED, ("SchemeDecisionMade", {"outcome": "disclose"} | said))
    assert scheme.may_hear(said["recipient"]) is may_hear
    assert scheme.may_hear("V")
