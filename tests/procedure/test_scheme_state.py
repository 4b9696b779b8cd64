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
