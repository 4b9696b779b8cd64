"""Agreements, the secure estate, holds and retention, what a verification found, breaches, complaints and reviews."""

from typing import Any

import pytest

from ledger.errors import Malformed, UnknownId
from ledger.procedure.command import parse
from ledger.procedure.declare import About

PLAN_FACT = pytest.mark.parametrize("mode", ["plan", "fact"])
ISA = {"agreement_id": "ISA-1", "parties": ["HMC", "KYP"], "dpia_ref": "DPIA-1", "review_on": "2027-06-30"}
OPERATIONS = About("operations", "operations")


def shared(h, **changes):
    """A disclosure to KYP, without its mode."""
    said = h.disclosure(**changes)
    del said["mode"]
    return said


@pytest.fixture
def assessed(history):
    """The open case, its agency having considered an impact assessment."""
    history.do("DpiaConsidered", dpia_ref="DPIA-1", agreement_ref="ISA-1", outcome="done")
    return history


# Agreements


@pytest.fixture
def twice(h, assessed):
    """Two disclosures to KYP on one day, without an agreement."""
    for name in ("X-1", "X-2"):
        assert assessed.do("DisclosureMade", **h.disclosure(name)) == ["I CN-09"]
    return assessed


@PLAN_FACT
def test_the_third_share_with_an_agency_asks_for_an_agreement(h, twice, mode):
    again = shared(h, disclosure_id="X-3", accuracy_as_of="2026-12-01", decision__decision_id="D-3",
                   decision__risk_level="early_help")  # fmt: skip
    assert h.comes_to(twice, "DisclosureMade", mode, **again) == h.expected("AG-01", "W/W", mode)
    last_day, too_late = "2026-12-06T23:59:59+00:00", "2026-12-07T00:00:00+00:00"
    assert h.comes_to(twice, "DisclosureMade", mode, at=last_day, **again) == ["W AG-01"]
    assert h.comes_to(twice, "DisclosureMade", mode, at=too_late, **again) == []


def test_it_is_the_decision_that_asks_and_its_disclosure_does_not_ask_again(h, twice):
    assert twice.do("DecisionMade", case=h.CASE, mode="plan", **h.decision("D-3")) == ["W AG-01", "I CN-09"]
    said = h.disclosure("X-3", decision=None, decision_id="D-3")
    assert twice.do("DisclosureMade", **said) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"parties": []}, []),  # one that names no parties is taken to be with all
        ({"parties": ["HMC", "TVP"]}, ["W AG-01"]),
    ],
)
def test_an_agreement_with_the_agency_answers_it(h, twice, changes, found):
    assert twice.do("AgreementRegistered", **ISA | changes) == []
    third = shared(h, disclosure_id="X-3", decision__decision_id="D-3")
    assert h.comes_to(twice, "DisclosureMade", "plan", **third) == found


def test_an_agreement_covers_what_is_shared_from_its_registration_on(h, twice):
    twice.do("AgreementRegistered", at="2026-09-08T09:00:00+01:00", **ISA)
    third = shared(h, disclosure_id="X-3", decision__decision_id="D-3")
    assert h.comes_to(twice, "DisclosureMade", "fact", **third) == []
    assert h.comes_to(twice, "DisclosureMade", "fact", **third | {"when": "2026-09-08T08:59:00+01:00"}) == ["W AG-01"]


def test_shares_with_others_and_what_was_withheld_do_not_count(h, twice):
    other = [{"agency": "TVP", "need_to_know_reason": "investigates"}]
    said = shared(h, disclosure_id="X-3", to=other, decision__recipients=other)
    assert h.comes_to(twice, "DisclosureMade", "plan", **said) == []
    assert twice.do("DecisionMade", **h.withholding("D-W")) == []


def test_an_agreement_that_was_ended_covers_nothing(h, twice):
    twice.do("AgreementRegistered", **ISA)
    twice.do("AgreementEnded", at="2026-09-08T09:00:00+01:00", agreement_id="ISA-1", reason="KYP has merged")
    third = shared(h, disclosure_id="X-3", decision__decision_id="D-3")
    assert h.comes_to(twice, "DisclosureMade", "plan", **third) == ["W AG-01"]
    cited = shared(h, disclosure_id="X-3", decision__decision_id="D-3", decision__agreement_ref="ISA-1")
    assert h.comes_to(twice, "DisclosureMade", "fact", **cited) == ["W AG-01", "W AG-02"]
    before = cited | {"when": "2026-09-07T10:00:00+01:00"}
    assert h.comes_to(twice, "DisclosureMade", "fact", **before) == []


@pytest.mark.parametrize("changes", [{}, {"decision__agreement_ref": "ISA-1"}])
@PLAN_FACT
def test_an_agreement_past_its_review(h, assessed, changes, mode):
    assessed.do("AgreementRegistered", **ISA | {"review_on": "2026-09-09"})
    said = shared(h, **changes)
    assert h.comes_to(assessed, "DisclosureMade", mode, at="2026-09-09T23:59:00+01:00", **said) == []
    late = h.comes_to(assessed, "DisclosureMade", mode, at="2026-09-10T00:00:00+01:00", **said)
    assert late == h.expected("AG-02", "W/W", mode)
    assessed.do("AgreementReviewed", agreement_id="ISA-1", review_on="2026-09-10")
    assert h.comes_to(assessed, "DisclosureMade", mode, **said) == []
    assert h.comes_to(assessed, "DisclosureMade", mode, at="2026-09-11T00:00:00+01:00", **said) == late


def test_one_agreement_in_date_is_enough(h, assessed):
    assessed.do("AgreementRegistered", **ISA | {"review_on": "2026-09-06"})
    assessed.do("AgreementRegistered", **ISA | {"agreement_id": "ISA-2"})
    assert h.comes_to(assessed, "DisclosureMade", "plan", **shared(h)) == []
    cited = shared(h, decision__agreement_ref="ISA-1")
    assert h.comes_to(assessed, "DisclosureMade", "plan", **cited) == ["W AG-02"]


@PLAN_FACT
def test_an_agreement_without_an_assessment_considered(h, history, mode):
    without = {name: value for name, value in ISA.items() if name != "dpia_ref"}
    assert h.comes_to(history, "AgreementRegistered", mode, **without) == h.expected("AG-03", "W/W", mode)
    assert h.comes_to(history, "AgreementRegistered", mode, **ISA) == ["W AG-03"]  # named, but nowhere considered
    history.do("DpiaConsidered", agreement_ref="ISA-1", outcome="not_needed", why="no new processing")
    assert h.comes_to(history, "AgreementRegistered", mode, **without) == []


def test_a_completed_assessment_was_considered(history):
    history.do("DpiaCompleted", dpia_ref="DPIA-1", approved_by="HMC-DPO", risks="few")
    assert history.do("AgreementRegistered", **ISA) == []


def test_what_was_never_registered_is_not_reviewed_or_ended(history):
    for do in ("AgreementReviewed", "AgreementEnded"):
        with pytest.raises(UnknownId, match="no agreement ISA-9 in this ledger; record it first"):
            history.do(do, agreement_id="ISA-9")


# The secure estate

HELD = {"establishment": "LSH", "placing_la": "NCC", "home_la": "HMC", "host_la": "NCC"}


def told(*agencies):
    to = [{"agency": agency, "need_to_know_reason": "responsible for her"} for agency in agencies]
    return {"to": to, "decision__recipients": to}


@pytest.mark.parametrize(
    ("agencies", "reason", "found"),
    [
        (["NCC"], None, "W/W"),
        (["LSH"], None, "W/W"),
        (["NCC", "LSH"], None, None),  # HMC sends
        (["NCC"], "the home is told by Northfold today", None),
    ],
)
@PLAN_FACT
def test_nobody_responsible_for_a_child_in_a_secure_establishment_is_left_out(
    h, history, agencies, reason, found, mode
):
    history.do("PersonLinked", case=h.CASE, person_id="C1", secure_estate=HELD)
    said = shared(h, **told(*agencies), decision__distribution_reason=reason)
    assert h.comes_to(history, "DisclosureMade", mode, **said) == (h.expected("SX-01", found, mode) if found else [])


def test_the_finding_names_who_is_left_out(h, history):
    history.do("PersonLinked", case=h.CASE, person_id="C1", secure_estate=HELD)
    judged = history.judged("DisclosureMade", **h.disclosure())
    assert [f.about for f in judged.findings if f.rule == "SX-01"] == [("LSH", "NCC")]


def test_a_child_who_came_home_an_adult_and_what_is_withheld_concern_nobody_there(h, history):
    history.do("PersonLinked", case=h.CASE, person_id="C1", secure_estate=HELD)
    assert history.do("DecisionMade", **h.withholding("D-W")) == []
    history.do("PersonLinked", case=h.CASE, person_id="C1", roles=["child"])  # says nothing of it
    assert h.comes_to(history, "DisclosureMade", "fact", **shared(h)) == ["W SX-01"]
    history.do("PersonLinked", case=h.CASE, person_id="C1", secure_estate={})
    assert h.comes_to(history, "DisclosureMade", "fact", **shared(h)) == []
    history.do("PersonLinked", case=h.CASE, person_id="C1", secure_estate=HELD, dob="2008-09-07")
    assert "W SX-01" not in h.comes_to(history, "DisclosureMade", "fact", **shared(h))


@pytest.fixture
def elsewhere(h):
    """A council in one area with a partner in another."""
    council = h.History(flags=h.AUTHORITY | {"area": "Harrowmere"}).open()
    council.do("DpiaConsidered", dpia_ref="DPIA-1", outcome="done")
    council.do("AgencyRegistered", agency_id="KYP", kind="voluntary_charity", flags={"area": "Northfold"})
    return council


@PLAN_FACT
def test_a_share_to_another_area_without_an_agreement_is_told(h, elsewhere, mode):
    assert h.comes_to(elsewhere, "DisclosureMade", mode, **shared(h)) == h.expected("SX-02", "I/I", mode)
    elsewhere.do("AgreementRegistered", **ISA | {"cross_area": False})
    assert h.comes_to(elsewhere, "DisclosureMade", mode, **shared(h)) == ["I SX-02"]
    elsewhere.do("AgreementRegistered", **ISA | {"cross_area": True})
    assert h.comes_to(elsewhere, "DisclosureMade", mode, **shared(h)) == []


@pytest.mark.parametrize("flags", [{"area": " harrowmere"}, {}])
def test_a_share_in_the_same_area_or_one_not_known_is_not_told(h, elsewhere, flags):
    elsewhere.do("AgencyRegistered", agency_id="KYP", kind="voluntary_charity", flags=flags)
    assert h.comes_to(elsewhere, "DisclosureMade", "fact", **shared(h)) == []


# Retention and legal holds

HOLD = {"do": "LegalHoldPlaced", "hold_id": "LH-1", "reason": "an inquiry", "authority": "Inquiries Act 2005"}


@pytest.mark.parametrize(
    ("scope", "erased", "held"),
    [
        ("person:C1", "person:C1", True),
        ("person:C1", "person:P1", False),
        ("case:HM-1", "case:HM-1", True),
        ("case:HM-1", "person:C1", True),
        ("case:HM-1", "person:C9", False),
        ("case:HM-1", "consent:CON-1", True),
        ("case:HM-1", "case:HM-2", False),
        ("person:C1", "case:HM-1", True),
        ("person:C9", "case:HM-1", False),
        ("consent:CON-1", "consent:CON-1", True),
        ("consent:CON-1", "case:HM-1", True),
    ],
)
@PLAN_FACT
def test_nothing_is_erased_under_a_legal_hold(h, history, scope, erased, held, mode):
    history.do("ConsentGiven", **h.consent())
    assert history.do(**HOLD, scope=scope) == []
    said = {"scope": erased, "reason": "she asked", "authority": "HMC-DPO"}
    assert h.comes_to(history, "InformationErased", mode, **said) == (h.expected("RT-02", "E/E", mode) if held else [])
    history.do("LegalHoldReleased", hold_id="LH-1", reason="the inquiry has reported")
    assert h.comes_to(history, "InformationErased", mode, **said) == []


def test_a_hold_on_a_file_covers_what_is_said_to_stand_in_it(h, history):
    history.do(**HOLD, scope="case:HM-1")
    assert h.comes_to(history, "InformationErased", "fact", scope="consent:CON-7", case="HM-1") == ["E RT-02"]
    assert h.comes_to(history, "InformationErased", "fact", scope="consent:CON-7", case="HM-2") == []


def test_a_hold_is_placed_once_and_released_once(history):
    history.do(**HOLD, scope="person:C1")
    with pytest.raises(Malformed, match="LH-1 is recorded already"):
        history.do(**HOLD, scope="person:C1")
    history.do("LegalHoldReleased", hold_id="LH-1")
    with pytest.raises(UnknownId, match="no hold LH-1 in this ledger"):
        history.do("LegalHoldReleased", hold_id="LH-1")
    assert history.refused(**HOLD, scope="house:C1") == ["ST-03"]


CLOSED = {"do": "CaseClosed", "retain_until": "2051-09-07", "retention_review_on": "2026-09-30"}


def test_what_is_kept_is_looked_at_again(h, history):
    history.do(**CLOSED, case=h.CASE, retention_label="25 years from closure")
    assert ("RT-01", h.CASE, "2026-09-30") in history.owed()
    said = {"case": h.CASE, "outcome": "keep", "retention_review_on": "2027-09-30"}
    assert history.do("RetentionReviewed", at="2026-09-30T23:59:00+01:00", **said) == []
    assert [owed for owed in history.owed() if owed[0] == "RT-01"] == [("RT-01", h.CASE, "2027-09-30")]
    late = {"case": h.CASE, "outcome": "destroy"}
    assert history.do("RetentionReviewed", at="2027-10-01T00:00:00+01:00", **late) == ["W RT-01"]
    assert [owed for owed in history.owed() if owed[0] == "RT-01"] == []


def test_a_case_that_is_opened_again_is_kept_anyhow(h, history):
    history.do(**CLOSED, case=h.CASE)
    assert history.do("CaseReopened", case=h.CASE) == []
    assert [owed for owed in history.owed() if owed[0] == "RT-01"] == []


def test_a_retention_review_that_belongs_to_no_case_is_the_agencys(h, history):
    said = {"scope": "person:C1", "outcome": "keep", "retention_review_on": "2027-09-30"}
    assert history.do("RetentionReviewed", **said) == []
    assert ("RT-01", "C1", "2027-09-30") in history.owed(h.AGENCY)


# What a verification found

FOUND = [
    (1, ["B IG-01"]),
    (2, ["B IG-01"]),
    (3, ["B IG-01"]),
    (4, ["W IG-04"]),
    (5, ["B IG-02", "W IG-03"]),
    (6, ["B IG-02"]),
    (7, ["B IG-02"]),
    (8, ["B IG-02"]),
    (9, ["B IG-05"]),
]


@pytest.mark.parametrize(("step", "found"), FOUND)
def test_where_a_verification_failed_says_which_rule_of_integrity_is_broken(history, step, found):
    failed = {"position": 41, "step": step, "reason": "as it said"}
    run = {"do": "VerificationRun", "verdict": "failed", "records": 40, "every_signature": True}
    assert history.do(**run, first_bad=failed) == found
    judged = history.judged(**run, failures=[failed])
    assert {about for finding in judged.findings for about in finding.about} == {"41"}


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ({"verdict": "verified", "records": 40, "head": "ab" * 32, "every_signature": False}, []),
        ({"verdict": "undecided", "unchecked": 12}, []),
        ({"verdict": "verified", "steps_back": [17]}, ["W IG-04"]),
        ({"verdict": "verified", "disputed": 3}, ["W IG-03"]),
        ({"verdict": "verified", "failures": [{"position": 9, "step": 5}]}, ["W IG-03"]),
        ({"verdict": "failed"}, ["B IG-01"]),
        ({"verdict": "failed", "failures": [{"position": 0, "step": 0}]}, ["B IG-01"]),
        ({"verdict": "failed", "failures": [{"step": 9}, {"step": 3, "position": 2}]}, ["B IG-01", "B IG-05"]),
    ],
)
def test_what_a_verification_reports(history, run, found):
    assert history.do("VerificationRun", **run) == found


def test_a_verdict_is_one_of_three(history):
    assert history.refused("VerificationRun", verdict="fine") == ["ST-03"]


def test_what_was_checked_and_who_looked_is_recorded(history):
    assert history.do("CheckpointSigned", size=40, root="CD" * 32) == []
    assert history.do("ExtractVerified", extract_id="EX-1", verdict="verified", records=3, withheld=1) == []
    assert history.do("AccessLogged", access="viewed", about=[{"type": "case", "id": "HM-1"}], view="chronology") == []
    assert history.file(OPERATIONS).version == 3
    assert history.entries[-3].event.root_hash == "cd" * 32


# Breaches, complaints and requests of data subjects

ASKED_AND_ANSWERED = [
    ("PersonalDataBreachRecorded", "PersonalDataBreachReportedToRegulator", "breach_id", "breach"),
    ("ComplaintReceived", "ComplaintClosed", "complaint_id", "complaint"),
    ("SubjectRequestReceived", "SubjectRequestAnswered", "subject_request_id", "subject request"),
    ("SubjectRequestReceived", "SubjectRequestClockStopped", "subject_request_id", "subject request"),
    ("SubjectRequestReceived", "SubjectRequestClockResumed", "subject_request_id", "subject request"),
]


@pytest.mark.parametrize("where", [{"case": "HM-1"}, {}])
@pytest.mark.parametrize(("raised", "answered", "field", "what"), ASKED_AND_ANSWERED)
def test_only_what_was_raised_is_answered(history, raised, answered, field, what, where):
    file = "case HM-1" if where else "this ledger"
    with pytest.raises(UnknownId, match=f"field {field}: there is no {what} N-1 in {file}; record it first .{raised}."):
        history.do(answered, **where, **{field: "N-1"})
    assert history.do(raised, **where, **{field: "N-1"}) == []
    assert history.do(answered, **where, **{field: "N-1"}) == []
    with pytest.raises(Malformed, match=f"field {field}: N-1 is recorded already"):
        history.do(raised, **where, **{field: "N-1"})


def test_what_was_received_days_ago_and_is_recorded_today_is_late(history):
    said = {"case": "HM-1", "received_at": "2026-09-04T09:00:00+01:00"}
    assert history.do("ComplaintReceived", complaint_id="CO-1", by="P1", about="nobody asked me", **said) == ["W ST-05"]
    asked = {"request_id": "SR-1", "kind": "DSAR", "data_subject": "P1", **said}
    assert history.do("SubjectRequestReceived", **asked, late_reason="it came by post") == ["W ST-05"]
    assert history.entries[-1].event.kind == "access"


# Cases and those who work on them


def test_a_case_is_joined_to_others_and_to_agencies(h, history):
    assert history.do("CaseLinked", case=h.CASE, linked_case="HM-2", reason="her cousin") == []
    joined = {"agency": "LSH", "role": "secure_establishment", "first_service_at": "2026-09-07T08:00:00+01:00"}
    assert history.do("AgencyJoinedCase", case=h.CASE, **joined) == []
    assert history.do("AgencyLeftCase", case=h.CASE, agency="LSH") == []
    related = {"person": "P1", "related_to": "C1", "kind": "mother"}
    assert history.do("RelationshipRecorded", case=h.CASE, **related) == []
    assert history.entries[-1].event.relationship == "parent"
    with pytest.raises(UnknownId, match="field related_id: there is no person C9"):
        history.do("RelationshipRecorded", case=h.CASE, **related | {"related_to": "C9"})


@pytest.fixture
def limited(h, history):
    """An item that is not to be told to X1, nor passed on."""
    history.do("PersonLinked", case=h.CASE, person_id="X1", roles=["adult_in_contact"])
    limits = {"case": h.CASE, "items": ["ATT"], "imposed_by": "TVP"}
    history.do("RestrictionImposed", restriction_id="R-1", code="NO_ONWARD", **limits)
    return history


@pytest.mark.parametrize(
    ("lifting", "found"),
    [
        ({"restriction_id": "R-1", "lifted_by": "TVP"}, []),
        ({"items": ["ATT"], "lifted_by": "TVP"}, []),
        ({"items": ["ATT"], "code": "NO_ONWARD", "lifted_by": "TVP"}, []),
        ({"restriction_id": "R-1"}, ["B RC-07"]),  # nobody says so
        ({"restriction_id": "R-2", "lifted_by": "TVP"}, ["B RC-07"]),
        ({"items": ["ATT"], "code": "EYES_ONLY", "lifted_by": "TVP"}, ["B RC-07"]),
    ],
)
def test_a_restriction_that_is_lifted_stands_no_longer(h, limited, lifting, found):
    assert h.comes_to(limited, "DisclosureMade", "fact", **shared(h)) == ["B RC-07"]
    limited.do("RestrictionLifted", at="2026-09-08T09:00:00+01:00", case=h.CASE, **lifting)
    assert h.comes_to(limited, "DisclosureMade", "fact", **shared(h)) == found
    earlier = shared(h, when="2026-09-08T08:00:00+01:00")
    assert h.comes_to(limited, "DisclosureMade", "fact", **earlier) == ["B RC-07"]


def test_a_manager_looks_at_a_decision_that_was_taken(h, history):
    history.do("DecisionMade", case=h.CASE, mode="plan", **h.decision())
    said = {"case": h.CASE, "decision_id": "D-1", "agreed": True, "comments": "sound"}
    assert history.do("DecisionReviewedByManager", **said, legal_basis=h.BASIS, necessity="as it says") == []
    with pytest.raises(UnknownId, match="there is no decision D-9"):
        history.do("DecisionReviewedByManager", **said | {"decision_id": "D-9"})


# Reviews

REVIEW = {"review": "LCSPR-26-02"}
REVIEWER = {"staff_ref": "REV-1", "role": "reviewer"}
CODED = {"do": "MissedOpportunityCoded", **REVIEW, "kind": "shared_late", "entries": [{"case": "HM-1", "version": 4}]}


@pytest.fixture
def review(history):
    history.do("ReviewOpened", **REVIEW, kind="lcspr", known_on="2026-09-04", cases=["HM-1"])
    return history


@PLAN_FACT
def test_only_a_reviewer_codes_a_missed_opportunity(h, review, mode):
    assert h.comes_to(review, mode=mode, **CODED) == h.expected("ST-06", "E/E", mode)
    assert h.comes_to(review, mode=mode, **CODED, actor=REVIEWER) == []
    assert h.comes_to(review, mode=mode, **CODED, actor=None) == ["E ST-06"]


@pytest.mark.parametrize("kind", ["not_recorded", "significance_not_understood", "not_shared", "shared late"])
def test_a_missed_opportunity_is_of_one_of_the_seeds_kinds(review, kind):
    assert review.refused(**CODED | {"kind": kind}, actor=REVIEWER) == []
    assert review.refused(**CODED | {"kind": "somebody's fault"}, actor=REVIEWER) == ["ST-03"]


def test_a_reviewer_points_at_entries_and_leaves_them_as_they_are(h, review):
    before = [(entry.about, entry.version) for entry in review.entries if entry.about == h.FILE]
    review.do(**CODED | {"entries": ["ab" * 32, {"agency": "NCC", "case": "NC-33", "version": 2}]}, actor=REVIEWER)
    assert review.entries[-1].about == About("review", "LCSPR-26-02")
    assert [(entry.about, entry.version) for entry in review.entries if entry.about == h.FILE] == before


def test_a_review_asks_and_is_answered(review):
    asked = {**REVIEW, "question_id": "RQ-1"}
    with pytest.raises(UnknownId, match="there is no question RQ-1 in review LCSPR-26-02"):
        review.do("ReviewQuestionAnswered", **asked)
    assert review.do("ReviewScopeSet", **REVIEW, **{"from": "2026-01-01", "to": "2026-09-04"}, cases=["HM-1"]) == []
    assert review.do("ReviewQuestionRaised", **asked, to="NCC", question="who knew of the car park?") == []
    assert review.do("ReviewQuestionAnswered", **asked, by="NCC", answer="the night team") == []
    assert review.do("ReviewClosed", **REVIEW, published_on="2027-02-01") == []


def test_a_review_is_opened_once_and_first(review):
    with pytest.raises(Malformed, match="LCSPR-26-02 is there already"):
        review.do("ReviewOpened", **REVIEW)
    with pytest.raises(UnknownId, match="there is no review LCSPR-9"):
        review.do("ReviewClosed", review="LCSPR-9")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rapid", "rapid_review"),
        ("SCR", "legacy_SCR"),
        ("DHR/DARDR", "DARDR"),
        ("sar", "SAR"),
        ("Internal", "internal"),
    ],
)
def test_kinds_of_review_as_people_write_them(written, meant):
    opened: Any = parse({"do": "ReviewOpened", **REVIEW, "kind": written}).event
    assert opened.kind == meant
