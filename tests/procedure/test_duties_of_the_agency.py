"""The clocks of what an agency answers for: breaches, complaints, data subjects, agreements, reviews, refusals."""

import pytest

from ledger.procedure.declare import About

TUESDAY = "2026-10-20T10:00:00+01:00"
BREACH = {"breach_id": "BR-1", "disclosure_id": "X-10"}


def due(history, duty, about):
    """Until when the obligations of a duty run, each with the ids it is about."""
    held = history.agency.owed if about.type == "agency" else history.file(about).owed
    return [("/".join(o.about), f"{o.due:%Y-%m-%dT%H:%M}") for o in held.values() if o.duty == duty]


@pytest.fixture
def case(h, history):
    """`case(duty)`: what is due in the open case."""
    return lambda duty: due(history, duty, h.FILE)


# Breaches: 72 hours from when the agency knew


def test_a_misdirected_disclosure_is_reported_as_the_breach_it_is_recorded_as(h, history, case):
    history.do("DisclosureMisdirected", at=TUESDAY, case=h.CASE, disclosure_id="X-10")
    assert case("regulator_report") == [("X-10", "2026-10-23T09:00")]
    history.do("PersonalDataBreachRecorded", at="2026-10-20T12:00:00+01:00", case=h.CASE, **BREACH, risk="risk")
    assert case("regulator_report") == [("BR-1", "2026-10-23T09:00")]  # no more time for having waited
    history.do("DisclosureMisdirected", case=h.CASE, disclosure_id="X-10")
    assert case("regulator_report") == [("BR-1", "2026-10-23T09:00")]
    reported = {"case": h.CASE, "breach_id": "BR-1", "reported_at": "2026-10-22T09:00:00+01:00"}
    assert history.do("PersonalDataBreachReportedToRegulator", at="2026-10-22T09:00:00+01:00", **reported) == []
    assert case("regulator_report") == []


@pytest.mark.parametrize(
    ("said", "owed"),
    [
        ({}, True),
        ({"risk": "high_risk"}, True),
        ({"risk": "unlikely"}, False),
        ({"reportable": False}, False),
        ({"risk": "unlikely", "reportable": True}, True),
    ],
)
def test_a_breach_is_reported_unless_nobody_is_likely_to_be_at_risk(h, history, case, said, owed):
    history.do("DisclosureMisdirected", at=TUESDAY, case=h.CASE, disclosure_id="X-10", breach_id="BR-1")
    history.do("PersonalDataBreachRecorded", case=h.CASE, **BREACH, **said)
    assert case("regulator_report") == ([("BR-1", "2026-10-23T09:00")] if owed else [])


def test_a_breach_of_the_agencys_own_runs_from_its_discovery(h, history):
    said = {"breach_id": "BR-2", "discovered_at": "2026-10-19T10:00:00+01:00"}
    history.do("PersonalDataBreachRecorded", at=TUESDAY, **said)
    assert due(history, "regulator_report", h.AGENCY) == [("BR-2", "2026-10-22T09:00")]
    history.do("PersonalDataBreachReportedToRegulator", breach_id="BR-2")
    assert due(history, "regulator_report", h.AGENCY) == []


# Complaints and data subjects


@pytest.mark.parametrize("do", ["ComplaintAcknowledged", "ComplaintClosed"])
def test_a_complaint_is_acknowledged_within_thirty_days(h, history, case, do):
    history.do("ComplaintReceived", at=TUESDAY, case=h.CASE, complaint_id="CP-1")
    history.do("ComplaintReceived", case=h.CASE, complaint_id="CP-2")
    history.do(do, case=h.CASE, complaint_id="CP-2")
    assert case("complaint_acknowledged") == [("CP-1", "2026-11-19T23:59")]


MONTHS = [
    ("2026-10-20T10:00:00+01:00", "2026-11-20T23:59"),
    ("2027-01-31T10:00:00+00:00", "2027-02-28T23:59"),
    ("2026-12-31T10:00:00+00:00", "2027-01-31T23:59"),
]


@pytest.mark.parametrize(("at", "until"), MONTHS)
def test_a_data_subject_is_answered_within_a_month(h, history, case, at, until):
    history.do("SubjectRequestReceived", at=at, case=h.CASE, subject_request_id="SR-1")
    assert case("subject_request") == [("SR-1", until)]
    history.do("SubjectRequestAnswered", case=h.CASE, subject_request_id="SR-1")
    assert case("subject_request") == []


def test_the_clock_stands_still_while_the_agency_waits(h, history, case):
    said = {"case": h.CASE, "subject_request_id": "SR-1"}
    history.do("SubjectRequestReceived", at=TUESDAY, **said)
    history.do("SubjectRequestClockStopped", at="2026-10-22T10:00:00+01:00", **said)
    assert case("subject_request") == []
    history.do("SubjectRequestClockResumed", at="2026-10-27T09:00:00+00:00", **said)
    assert case("subject_request") == [("SR-1", "2026-11-25T23:59")]
    history.do("SubjectRequestClockStopped", at="2026-10-28T10:00:00+00:00", **said)
    history.do("SubjectRequestClockResumed", at="2026-10-30T10:00:00+00:00", **said)
    assert case("subject_request") == [("SR-1", "2026-11-27T23:59")]


# Agreements


def test_an_agreement_is_reviewed_on_its_day(h, history):
    history.do("AgreementRegistered", agreement_id="ISA-1", parties=["HMC", "KYP"], review_on="2027-06-30")
    assert due(history, "agreement_review", h.AGENCY) == [("ISA-1", "2027-06-30T22:59")]
    history.do("AgreementReviewed", agreement_id="ISA-1", review_on="2028-06-30")
    assert due(history, "agreement_review", h.AGENCY) == [("ISA-1", "2028-06-30T22:59")]
    history.do("AgreementEnded", agreement_id="ISA-1")
    assert due(history, "agreement_review", h.AGENCY) == []


# Reviews of serious incidents: scenario A, row A36

REVIEW = About("review", "LCSPR-26-02")
KNOWN = {"review": REVIEW.id, "kind": "LCSPR", "known_on": "2026-11-13"}


def test_the_panel_is_notified_and_then_sent_the_rapid_review(history):
    history.do("ReviewOpened", at="2026-11-16T09:00:00+00:00", **KNOWN)
    assert due(history, "review_notification", REVIEW) == [(REVIEW.id, "2026-11-20T23:59")]
    assert due(history, "rapid_review", REVIEW) == []
    history.do("PanelNotified", at="2026-11-18T09:00:00+00:00", review=REVIEW.id)
    assert due(history, "review_notification", REVIEW) == []
    assert due(history, "rapid_review", REVIEW) == [(REVIEW.id, "2026-12-09T23:59")]
    history.do("RapidReviewCompleted", review=REVIEW.id)
    assert due(history, "rapid_review", REVIEW) == []


def test_a_review_opened_after_the_notification_runs_from_it(history):
    history.do("ReviewOpened", at="2026-11-19T09:00:00+00:00", **KNOWN, notified_on="2026-11-18")
    assert due(history, "review_notification", REVIEW) == []
    assert due(history, "rapid_review", REVIEW) == [(REVIEW.id, "2026-12-09T23:59")]
    history.do("ReviewClosed", review=REVIEW.id)
    assert due(history, "rapid_review", REVIEW) == []


@pytest.mark.parametrize("said", [{}, {"notified_on": "2026-11-18"}])
def test_other_reviews_are_not_the_panels(history, said):
    history.do("ReviewOpened", **(KNOWN | {"kind": "DHR"}), **said)
    assert history.file(REVIEW).owed == {}


# Refusals to sign


@pytest.fixture
def scheme(h):
    """An application to the police, in which the recipient would not sign at 11:20."""
    police = h.History(kind="police", flags=h.AUTHORITY | {"scheme_manager": True})
    police.do("SchemeApplicationReceived", scheme="CS-1", applicant="G", subject="S", children=["D1"])
    police.do("UndertakingOffered", scheme="CS-1", undertaking_id="UN-1", to="M")
    police.do("UndertakingRefused", at="2026-09-08T11:20:00+01:00", scheme="CS-1", refusal_id="UR-1", by="M")
    return police


def test_a_refusal_to_sign_waits_to_be_reconsidered(scheme):
    file = About("scheme", "CS-1")
    assert due(scheme, "scheme_reconsideration", file) == [("UR-1", "2026-09-09T10:20")]
    scheme.do("UndertakingRefused", at="2026-09-08T12:00:00+01:00", scheme="CS-1", by="M")
    assert [about for about, _ in due(scheme, "scheme_reconsideration", file)] == ["UR-1", "M/2026-09-08T11:00Z"]
    assert len(scheme.entries[-1].owed) == 1
    scheme.do("ReconsiderationDecided", scheme="CS-1", refusal_id="UR-1", outcome="withhold", reasons="too great")
    assert [about for about, _ in due(scheme, "scheme_reconsideration", file)] == ["M/2026-09-08T11:00Z"]
    scheme.do("UndertakingSigned", scheme="CS-1", by="M")
    assert due(scheme, "scheme_reconsideration", file) == []
