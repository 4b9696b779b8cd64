"""CS-01 to CS-13 and UT-01 to UT-03: at the gate, as fact, and as near to the line as they go."""

import datetime as dt

import pytest

from ledger.errors import Malformed, Refused, UnknownId
from ledger.procedure.command import parse
from ledger.procedure.declare import About
from ledger.procedure.edition import shipped
from ledger.procedure.judgement import judge
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World

EDITIONS = {name: s.edition for name, s in shipped().items() if s.edition.family in ("csods", "dfe-is", "ledger")}
OFFICER = {"staff_ref": "TVP-11", "role": "practitioner"}


class Application:
    """One application in an agency's ledger; a step is judged under the scheme's editions and, if accepted, folded."""

    def __init__(self, kind="police"):
        self.agency = Agency(id="TVP", kind=kind, editions=EDITIONS)
        self.file = File(About("scheme", "CS-24-001"))

    def judged(self, at, do, **payload):
        when = dt.datetime.fromisoformat(at if "+" in at else f"2024-{at}:00+00:00")
        line = {"do": do, "scheme": self.file.about.id, "actor": OFFICER, "occurred_at": when.isoformat(), **payload}
        return judge(parse(line), World(self.agency, self.file, when.astimezone(dt.UTC)))

    def step(self, at, do, **payload):
        """The findings of a step that is accepted, as `level rule`."""
        judged = self.judged(at, do, **payload)
        for entry in judged.entries:
            self.file.fold(entry)
        return [f"{f.level} {f.rule}" for f in judged.findings]

    def refusal(self, at, do, **payload):
        """The rules that refuse a step."""
        with pytest.raises(Refused) as refused:
            self.judged(at, do, mode="plan", **payload)
        return list(refused.value.rules)


DECIDED = {
    "outcome": "disclose",
    "recipient": "M",
    "why_most_able": "lives with the child and controls who sees her",
    "childs_interests": "she can keep the child away",
    "presumption_applied": True,
    "subject_representations": {"state": "not_sought", "reason": "would raise the risk"},
    "reasons": "the risk outweighs his privacy",
}
WARNING = {
    "to": "M",
    "purpose_limit": True,
    "undertaking_explained": True,
    "legal_proceedings": True,
    "explained_by": "TVP-11",
    "understood": True,
}
DELIVERED = {
    "to": "M",
    "delivery": {"mode": "in_person", "place": "interview room", "safe_environment_confirmed": True},
    "officer": "TVP-11",
    "what": "what he was convicted of",
}
AUTHORISED = {
    "reasons": "her risk outweighs his",
    "authorising_officer": {"staff_ref": "TVP-S1", "rank": "superintendent"},
}


@pytest.fixture
def received():
    application = Application()
    application.step(
        "02-05T09:00", "SchemeApplicationReceived", applicant="G", subject="S", children=["D1"], access="unsupervised"
    )
    return application


@pytest.fixture
def decided(received):
    received.step("02-05T15:40", "InitialChecksCompleted", immediate_risk=False, progress=True)
    received.step("02-12T10:00", "InterviewHeld", id_seen=True, address_seen=True, relationship_seen=True)
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="fact", **DECIDED) == []
    return received


@pytest.fixture
def offered(decided):
    decided.step("03-04T10:00", "DeliveryPlanned", recipient="M", place="interview room")
    decided.step("03-04T11:00", "WarningGiven", **WARNING)
    decided.step("03-04T11:10", "UndertakingOffered", to="M", undertaking_id="UT-1")
    return decided


@pytest.fixture
def refused(offered):
    offered.step("03-04T11:20", "UndertakingRefused", refusal_id="UR-1", by="M", category="no_reason_given")
    return offered


def deliver(application, at="03-04T16:00", mode="fact", **changes):
    return application.step(at, "SchemeDisclosureDelivered", mode=mode, **(DELIVERED | changes))


def refuse_delivery(application, at="03-04T16:00", **changes):
    return application.refusal(at, "SchemeDisclosureDelivered", **(DELIVERED | changes))


# CS-01


@pytest.mark.parametrize("kind", ["local_authority", "school_or_college", "probation"])
@pytest.mark.parametrize("do", ["SchemeApplicationReceived", "UndertakingRefused"])
def test_nobody_but_the_police_writes_in_a_scheme(kind, do):
    assert Application(kind).refusal("02-05T09:05", do) == ["CS-01"]


def test_even_as_fact():
    with pytest.raises(Refused):
        Application("local_authority").judged("02-05T09:05", "SchemeApplicationReceived", mode="fact")


# CS-02


def test_a_late_stage_is_found_once_with_the_step_that_ends_it(received):
    judged = received.judged("02-19T10:00", "InterviewHeld", id_seen=True)
    (finding,) = judged.findings
    assert (finding.level, finding.rule, finding.edition, finding.about) == (
        "W",
        "CS-02",
        "csods-2023-04",
        ("interview",),
    )
    assert "4 days late" in finding.message
    received.file.fold(judged.entries[0])
    assert received.step("02-20T10:00", "InterviewHeld", id_seen=True) == []


def test_checks_are_timed_to_the_minute(received):
    assert received.judged("02-06T09:00", "InitialChecksCompleted").findings == ()
    assert [f.rule for f in received.judged("02-06T09:01", "InitialChecksCompleted").findings] == ["CS-02"]


def test_the_last_day_is_kept_until_its_end(offered):
    offered.step("03-04T11:20", "UndertakingSigned", by="M")
    assert deliver(offered, "03-04T23:59") == []


def test_several_stages_that_end_together_are_one_finding(received):
    judged = received.judged("03-10T10:00", "SchemeClosed", outcome="withheld")
    assert [(f.rule, f.about) for f in judged.findings] == [("CS-02", ("checks", "interview", "overall"))]
    assert "interview 24 days late, due 2024-02-15; overall 6 days late, due 2024-03-04" in judged.findings[0].message


def test_the_clocks_are_those_of_the_edition_at_the_application():
    application = Application()
    application.step("2023-03-20T10:00:00+00:00", "SchemeApplicationReceived", applicant="G")
    application.step("2023-03-21T09:00:00+00:00", "InitialChecksCompleted")
    application.step("2023-03-24T10:00:00+00:00", "InterviewHeld", id_seen=True)
    application.step("2023-03-30T10:00:00+01:00", "RiskAssessmentCompleted")
    assert application.step("2023-04-06T10:00:00+01:00", "SchemeDecisionMade", mode="fact", **DECIDED) == []
    assert application.judged("2023-05-04T23:59:00+01:00", "SchemeClosed").findings == ()
    late = application.judged("2023-05-05T10:00:00+01:00", "SchemeClosed").findings
    assert [(f.rule, f.edition) for f in late] == [("CS-02", "csods-2010/11")]


def test_a_decision_after_an_unrecorded_stage_of_2010_needs_no_clock():
    application = Application()
    application.step("2023-03-20T10:00:00+00:00", "SchemeApplicationReceived", applicant="G")
    application.step("2023-03-24T10:00:00+00:00", "InterviewHeld", id_seen=True)
    assert application.step("2023-04-28T10:00:00+01:00", "SchemeDecisionMade", mode="fact", **DECIDED) == []


def test_an_accepted_plan_ends_a_stage_as_late_as_a_fact_does(offered):
    offered.step("03-04T11:20", "UndertakingSigned", by="M")
    assert deliver(offered, "03-06T10:00", mode="plan") == ["W CS-02"]


def test_whom_an_application_names_need_not_be_linked_to_be_spoken_of():
    application = Application()
    named = {"applicant": "G", "subject": "S", "children": ["D1"], "access": "unsupervised"}
    application.step("02-05T09:00", "SchemeApplicationReceived", **named)
    application.step("02-05T10:00", "SchemeDecisionMade", mode="fact", **DECIDED)
    for person in ("G", "S", "D1", DECIDED["recipient"]):
        said = {"item_id": f"I-{person}", "person": person, "kind": "contact", "statement_kind": "fact"}
        assert application.step("02-05T11:00", "InformationRecorded", **said) == []
    with pytest.raises(UnknownId, match="there is no person Z"):
        application.step("02-05T11:00", "InformationRecorded", item_id="I-Z", person="Z")


# CS-03


def test_nothing_is_disclosed_while_the_applicant_is_unverified(received):
    assert received.refusal("02-26T16:00", "SchemeDecisionMade", **DECIDED) == ["CS-03"]
    received.step("02-26T15:00", "IdentityNotVerified")
    assert received.refusal("02-26T16:00", "SchemeDecisionMade", **DECIDED) == ["CS-03"]
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", outcome="other_action") == []


def test_a_delivery_does_not_repeat_what_was_found_of_the_decision(received):
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="fact", **DECIDED) == ["B CS-03"]
    assert "CS-03" in refuse_delivery(received)
    assert "B CS-03" not in deliver(received)


def test_identity_is_verified_at_the_interview_or_on_its_own(received):
    received.step("02-12T10:00", "IdentityVerified")
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", **DECIDED) == []


# CS-04, CS-05


@pytest.mark.parametrize("missing", ["recipient", "why_most_able", "childs_interests"])
def test_the_recipient_is_justified(received, missing):
    received.step("02-12T10:00", "InterviewHeld", id_seen=True)
    unjustified = {k: v for k, v in DECIDED.items() if k != missing}
    assert received.refusal("02-26T16:00", "SchemeDecisionMade", **unjustified) == ["CS-04"]
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="fact", **unjustified) == ["B CS-04"]


def test_nobody_else_receives_it(offered):
    assert refuse_delivery(offered, to="neighbour") == ["CS-04", "CS-07", "CS-08"]
    assert "CS-05" in refuse_delivery(offered, to="G")


def test_the_applicant_is_told_the_outcome_alone(decided):
    assert decided.refusal("03-07T10:00", "OutcomeNotifiedToApplicant", to="G", content_given=True) == ["CS-05"]
    assert decided.step("03-07T10:00", "OutcomeNotifiedToApplicant", content_given=True) == ["B CS-05"]
    assert decided.step("03-07T10:00", "OutcomeNotifiedToApplicant", wording="neutral", content_given=False) == []


def test_unless_the_applicant_is_the_recipient(received):
    received.step("02-12T10:00", "InterviewHeld", id_seen=True)
    received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", **(DECIDED | {"recipient": "G"}))
    assert received.step("03-04T10:00", "OutcomeNotifiedToApplicant", mode="plan", content_given=True) == []


# CS-06


@pytest.mark.parametrize(
    "delivery", [{"mode": "letter"}, {"mode": "phone"}, {"mode": "in_person", "left_in_writing": True}]
)
def test_it_is_given_in_person_and_nothing_is_left(offered, delivery):
    offered.step("03-04T11:20", "UndertakingSigned", by="M")
    assert refuse_delivery(offered, delivery=delivery) == ["CS-06"]
    assert deliver(offered, delivery=delivery) == ["B CS-06"]


# CS-07, CS-08


def test_before_warning_and_offer_both_are_missing(decided):
    assert refuse_delivery(decided) == ["CS-07", "CS-08"]
    assert deliver(decided) == ["B CS-07", "B CS-08", "I UT-03"]


@pytest.mark.parametrize("part", ["purpose_limit", "legal_proceedings", "understood"])
def test_a_warning_with_a_part_missing_is_incomplete(decided, part):
    decided.step("03-04T11:00", "WarningGiven", **{k: v for k, v in WARNING.items() if k != part})
    decided.step("03-04T11:10", "UndertakingOffered", to="M")
    assert refuse_delivery(decided) == ["CS-07"]
    (finding, _) = decided.judged("03-04T16:00", "SchemeDisclosureDelivered", mode="fact", **DELIVERED).findings
    assert finding.message.endswith(f"Missing: {part}.")


def test_whoever_records_the_warning_explained_it_unless_somebody_else_did(decided):
    (entry,) = decided.judged("03-04T11:00", "WarningGiven", **{**WARNING, "explained_by": None}).entries
    assert entry.event.explained_by == OFFICER["staff_ref"]


def test_where_no_warning_was_given_all_of_it_is_missing(decided):
    with pytest.raises(Refused, match="legal_proceedings, purpose_limit, undertaking_explained, explained_by, unders"):
        decided.judged("03-04T16:00", "SchemeDisclosureDelivered", mode="plan", **DELIVERED)


def test_whoever_was_asked_to_sign_was_told_of_the_undertaking(decided):
    decided.step("03-04T11:00", "WarningGiven", **{k: v for k, v in WARNING.items() if k != "undertaking_explained"})
    decided.step("03-04T11:10", "UndertakingOffered", to="M")
    assert deliver(decided, mode="plan") == ["I UT-03"]


def test_a_warning_is_for_one_person_and_comes_first(decided):
    decided.step("03-04T11:00", "WarningGiven", **(WARNING | {"to": "F"}))
    decided.step("03-04T17:00", "WarningGiven", **WARNING)
    decided.step("03-04T17:10", "UndertakingOffered", to="M")
    assert refuse_delivery(decided, "03-04T16:00") == ["CS-07", "CS-08"]
    assert deliver(decided, "03-04T18:00", mode="plan") == ["I UT-03"]


# CS-09


def test_nothing_is_delivered_after_a_refusal_alone(refused):
    assert refuse_delivery(refused) == ["CS-09"]
    assert deliver(refused) == ["B CS-09", "I UT-03"]


@pytest.mark.parametrize("outcome", ["offer_again", "withhold", "escalate_to_multi_agency", "disclose_to_other_person"])
def test_nor_after_a_reconsideration_that_does_not_disclose_to_the_refuser(refused, outcome):
    refused.step("03-04T15:30", "ReconsiderationDecided", outcome=outcome, recipient=None, **AUTHORISED)
    assert refuse_delivery(refused) == ["CS-09"]


@pytest.mark.parametrize("outcome", ["disclose_without_undertaking", "disclose_limited"])
def test_a_reconsideration_to_disclose_opens_the_door(refused, outcome):
    refused.step("03-04T15:30", "ReconsiderationDecided", outcome=outcome, **AUTHORISED)
    assert deliver(refused, mode="plan") == ["I UT-03"]


def test_somebody_must_answer_for_it(refused):
    refused.step("03-04T15:30", "ReconsiderationDecided", outcome="disclose_limited", reasons="said the desk")
    assert refuse_delivery(refused) == ["CS-09"]
    (finding, _) = refused.judged("03-04T16:00", "SchemeDisclosureDelivered", mode="fact", **DELIVERED).findings
    assert "no officer is named who authorised it" in finding.message
    refused.step("03-04T17:00", "ReconsiderationDecided", outcome="disclose_limited", authorising_officer="Supt 7")
    assert deliver(refused, "03-04T18:00", mode="plan") == ["I UT-03"]


def test_a_signature_settles_the_refusal(refused):
    refused.step("03-04T15:30", "UndertakingSigned", by="M")
    assert deliver(refused, mode="plan") == []


def test_a_second_refusal_needs_a_second_answer(refused):
    refused.step("03-04T15:30", "ReconsiderationDecided", outcome="disclose_without_undertaking", **AUTHORISED)
    refused.step("03-04T15:40", "UndertakingOffered", to="M")
    refused.step("03-04T15:50", "UndertakingRefused", refusal_id="UR-2", by="M", category="fear_of_subject")
    assert refuse_delivery(refused) == ["CS-09"]


def test_a_refusal_after_the_delivery_does_not_reach_back(offered):
    offered.step("03-04T17:00", "UndertakingRefused", by="M", category="no_reason_given")
    assert deliver(offered, "03-04T16:00") == ["I UT-03"]


def test_another_person_who_signs_may_be_told(refused):
    refused.step(
        "03-04T15:00", "ReconsiderationDecided", outcome="disclose_to_other_person", recipient="F", **AUTHORISED
    )
    refused.step("03-04T15:10", "WarningGiven", **(WARNING | {"to": "F"}))
    refused.step("03-04T15:20", "UndertakingOffered", to="F")
    refused.step("03-04T15:30", "UndertakingSigned", by="F")
    assert deliver(refused, to="F", mode="plan") == []
    assert refuse_delivery(refused, to="M") == ["CS-09"]


@pytest.mark.parametrize("step", ["UndertakingUnable", "UndertakingDeferred"])
def test_being_unable_or_wanting_time_is_no_refusal(offered, step):
    offered.step("03-04T11:20", step, by="M")
    assert deliver(offered, mode="plan") == ["I UT-03"]


# CS-10


@pytest.mark.parametrize(
    ("at", "findings"),
    [
        ("03-05T11:20", []),
        ("03-05T11:21", ["W CS-10"]),
        ("03-07T11:20", ["W CS-10"]),
        ("03-07T11:21", ["B CS-10"]),
    ],
)
def test_a_late_reconsideration_is_found_with_the_decision(refused, at, findings):
    assert refused.step(at, "ReconsiderationDecided", outcome="withhold", **AUTHORISED) == findings


def test_a_late_signature_or_closing_ends_the_waiting_too(refused):
    assert [f.rule for f in refused.judged("03-06T10:00", "UndertakingSigned", by="M").findings] == ["CS-10"]
    assert [f.rule for f in refused.judged("03-06T10:00", "UndertakingSigned", by="F").findings] == []
    assert "CS-10" in [f.rule for f in refused.judged("03-06T10:00", "SchemeClosed").findings]


def test_what_was_reconsidered_is_not_late_again(refused):
    refused.step("03-04T15:30", "ReconsiderationDecided", outcome="withhold", **AUTHORISED)
    assert refused.step("03-09T10:00", "ReconsiderationDecided", outcome="withhold", **AUTHORISED) == []


def test_an_escalation_moves_no_limit(refused):
    escalated = {"outcome": "escalate_to_multi_agency", **AUTHORISED}
    assert refused.step("03-05T11:00", "ReconsiderationDecided", **escalated) == []
    assert refused.step("03-05T11:30", "ReconsiderationDecided", **escalated) == []  # it ends no wait, however late
    assert refused.step("03-06T10:30", "ReconsiderationDecided", outcome="withhold", **AUTHORISED) == ["W CS-10"]


def test_a_forum_decides_nothing(refused):
    refused.step("03-04T12:00", "ReconsiderationDecided", outcome="escalate_to_multi_agency", **AUTHORISED)
    assert refused.step("03-04T14:00", "MultiAgencyForumHeld", agencies="HMC", outcome="tell her all the same") == []
    assert refused.file.scheme.state == "RECONSIDERATION_PENDING"
    assert refuse_delivery(refused) == ["CS-09"]


def test_a_reconsideration_names_a_refusal_that_is_there(refused):
    with pytest.raises(UnknownId, match="did you mean UR-1"):
        refused.judged("03-04T15:30", "ReconsiderationDecided", refusal_id="UR-2", outcome="withhold")
    with pytest.raises(Malformed, match="UR-1 is recorded already"):
        refused.judged("03-04T15:30", "UndertakingRefused", refusal_id="UR-1", by="M", category="other")


# CS-11 to CS-13


def test_a_presumption_is_set_aside_with_reasons_only(received):
    assert received.refusal("02-26T16:00", "SchemeDecisionMade", outcome="no_disclosure", presumption_applied=True) == [
        "CS-11"
    ]
    stated = {"convictions_for_child_sex_offences": True, "risk_of_harm": True, "disclosure_necessary": True}
    assert received.refusal("02-26T16:00", "SchemeDecisionMade", outcome="no_disclosure", **stated) == ["CS-11"]
    reasoned = received.step(
        "02-26T16:00", "SchemeDecisionMade", mode="plan", outcome="no_disclosure", reasons="r", **stated
    )
    assert reasoned == []


def test_without_a_presumption_no_reasons_are_owed(received):
    given = {"outcome": "no_disclosure", "presumption_applied": False, "convictions_for_child_sex_offences": True}
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", **given) == []


def test_the_presumption_outlives_a_refusal(refused):
    given = {"outcome": "withhold", "authorising_officer": {"staff_ref": "TVP-S1"}}
    assert refused.refusal("03-04T15:00", "ReconsiderationDecided", **given) == ["CS-11"]


def test_the_responsible_authority_is_consulted(received):
    received.step("02-05T15:40", "InitialChecksCompleted", mappa_managed=True)
    received.step("02-12T10:00", "InterviewHeld", id_seen=True)
    assert [f.rule for f in received.judged("02-22T10:00", "SchemeDecisionMade", mode="plan", **DECIDED).findings] == [
        "CS-12"
    ]
    received.step("02-22T10:00", "MappaConsulted", responsible_authority="TPR", category=1)
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", **DECIDED) == []


@pytest.mark.parametrize("heard", [None, {"state": "not_sought"}])
def test_the_subject_is_heard_or_it_is_said_why_not(received, heard):
    received.step("02-12T10:00", "InterviewHeld", id_seen=True)
    unheard = DECIDED | {"subject_representations": heard}
    assert [
        f"{f.level} {f.rule}"
        for f in received.judged("02-26T16:00", "SchemeDecisionMade", mode="plan", **unheard).findings
    ] == ["W CS-13"]
    received.step("02-20T10:00", "SubjectRepresentationsConsidered", state="sought")
    assert received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", **unheard) == []


# Whom the scheme is about: recorded, and no finding under either edition (the seed says "unsupervised")


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize("access", ["other", "unsupervised", None])
def test_the_scheme_of_2010_was_for_unsupervised_access(access, mode):
    said = {"applicant": "G", "subject": "S", "access": access, "mode": mode}
    at = "2023-03-20T10:00:00+00:00"
    assert Application().step(at, "SchemeApplicationReceived", **said) == []


@pytest.mark.parametrize("access", ["unsupervised", "supervised", "some_form_of_contact", "other"])
def test_that_of_2023_is_for_any_contact(access):
    assert Application().step("02-05T09:00", "SchemeApplicationReceived", applicant="G", access=access) == []


# UT-01 to UT-03


def test_a_substantiated_breach_is_somebody_elses(offered):
    offered.step("03-04T11:20", "UndertakingSigned", by="M")
    assert deliver(offered) == []
    offered.step("03-20T10:00", "OnwardDisclosureAlleged", allegation_id="OA-1", by="M", how="social_media")
    (finding,) = offered.judged("03-27T10:00", "OnwardDisclosureInvestigated", by="M", outcome="substantiated").findings
    assert (finding.level, finding.rule, finding.about, finding.external) == ("B", "UT-01", ("M",), True)
    unnamed = offered.judged(
        "03-27T10:00", "OnwardDisclosureInvestigated", allegation_id="OA-1", outcome="substantiated"
    )
    assert unnamed.findings[0].about == ("M",)
    for outcome in ("unsubstantiated", "authorised"):
        assert offered.step("03-27T10:00", "OnwardDisclosureInvestigated", by="M", outcome=outcome) == []


def test_a_refusal_says_which_kind(offered):
    assert offered.refusal("03-04T11:20", "UndertakingRefused", by="M") == ["UT-02"]
    assert offered.step("03-04T11:20", "UndertakingRefused", by="M") == ["W UT-02"]


def test_a_signed_undertaking_leaves_nothing_to_report_until_it_is_repudiated(offered):
    offered.step("03-04T11:20", "UndertakingSigned", by="M")
    assert offered.judged("03-04T11:30", "SchemeDisclosureDelivered", mode="plan", **DELIVERED).findings == ()
    offered.step("03-04T11:40", "UndertakingRepudiated", by="M")
    assert deliver(offered, mode="plan") == ["I UT-03"]


# What every disclosure says


@pytest.mark.parametrize("missing", ["what", "delivery"])
def test_a_delivery_says_how_and_what(offered, missing):
    assert "ST-02" in refuse_delivery(offered, **{missing: None})


def test_a_delivery_carries_out_a_decision_to_disclose(received):
    received.step("02-12T10:00", "InterviewHeld", id_seen=True)
    assert refuse_delivery(received) == ["CS-04", "CS-07", "CS-08", "ST-08"]
    received.step("02-26T16:00", "SchemeDecisionMade", mode="plan", outcome="no_disclosure")
    assert refuse_delivery(received) == ["CS-04", "CS-07", "CS-08", "ST-08"]


def test_the_place_is_said_and_safe(decided):
    decided.step("03-04T11:00", "WarningGiven", **WARNING)
    decided.step("03-04T11:10", "UndertakingOffered", to="M")
    unsafe = {"mode": "in_person", "place": "the street", "safe_environment_confirmed": False}
    assert refuse_delivery(decided, delivery=unsafe) == ["SE-03"]
    assert deliver(decided, mode="plan", delivery={"mode": "in_person"}) == ["W SE-03", "I UT-03"]
