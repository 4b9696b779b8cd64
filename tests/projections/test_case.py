"""The view of one case or scheme: its parts opened, where it stands, its past."""

import json

import pytest

from ledger import ERASED, LOCKED
from ledger.errors import Malformed, UnknownId
from projections import show

CASE = "BH-0147"
NAME, REASONS = "Canary Name", "Canary reasons"


@pytest.fixture
def school(bha):
    bha("2026-09-07T08:00", "CaseOpened", case=CASE, reason="Absent since June")
    bha("2026-09-07T08:05", "PersonLinked", case=CASE, person_id="C1", roles=["child"], name=NAME, dob="2012-09-08")
    bha("2026-09-07T08:06", "PersonLinked", case=CASE, person_id="P1", roles=["parent"])
    bha(
        "2026-09-07T08:08", "InformationRecorded", case=CASE, item_id="I-1", person="C1", kind="attendance", content="x"
    )
    bha("2026-09-07T08:30", "ConsentGiven", case=CASE, consent_id="CON-1", data_subject="C1", given_by="P1",
        authority="PR", items=["attendance"], recipients=["KYP"], purposes=["early_identification"],
        expires_at="2026-12-07")  # fmt: skip
    unsafe = {
        "exception": "unsafe_increased_risk_to_child",
        "reason": "He would know at once",
        "review_on": "2026-10-14",
    }
    withheld = {"reason_codes": ["not_necessary"], "reasons": "Not needed yet", "review_on": "2026-10-19"}
    positions = {"P1": {"state": "not_sought", "reason": "prejudice_investigation"}}
    bha("2026-09-08T09:00", "DecisionMade", mode="fact", case=CASE, decision_id="D-1", outcome="withhold",
        items=["I-1"], data_subjects=positions, reasons=REASONS, informing=[{"person": "P1", **unsafe}],
        if_withheld=withheld)  # fmt: skip
    return bha


def test_persons_are_opened_and_their_age_is_that_of_the_day(school):
    child, parent = show(school.ledger, "case", {"case": CASE})["persons"]
    assert (child["person_id"], child["name"], child["dob"], child["age"]) == ("C1", NAME, "2012-09-08", 14)
    assert show(school.ledger, "case", {"case": CASE}, "2026-09-07T23:00:00+01:00")["persons"][0]["age"] == 13
    assert (parent.get("name"), parent["age"]) == (None, None)
    school("2026-09-09T08:00", "PersonLinked", case=CASE, person_id="C1", roles=["sibling"])
    assert show(school.ledger, "case", {"case": CASE})["persons"][0]["roles"] == ["child", "sibling"]


def test_free_text_stands_where_it_was_said(school):
    decision = show(school.ledger, "case", {"case": CASE})["decisions"][0]
    assert decision["reasons"] == REASONS
    assert decision["informing"][0]["reason"] == "He would know at once"
    assert decision["if_withheld"]["reasons"] == "Not needed yet"


def test_what_is_withheld_is_overdue_after_its_review_day(school):
    view = show(school.ledger, "case", {"case": CASE})
    assert [(w["decision_id"], w["review_on"], w["review_overdue"]) for w in view["withheld"]] == [
        ("D-1", "2026-10-19", False)
    ]
    school("2026-10-20T08:00", "InDoubtRaised", case=CASE)
    assert show(school.ledger, "case", {"case": CASE})["withheld"][0]["review_overdue"] is True


def test_a_consent_stands_as_the_procedure_has_it(school):
    def status():
        return show(school.ledger, "case", {"case": CASE})["consents"][0]["status"]

    assert status() == "given"
    school("2026-10-12T12:00", "ConsentWithdrawn", case=CASE, consent_id="CON-1", by="P1")
    assert status() == "withdrawn"
    (consent,) = show(school.ledger, "case", {"case": CASE})["consents"]
    assert [(said["event"], said["by"]) for said in consent["later"]] == [("ConsentWithdrawn", "P1")]


def test_findings_and_chronology_name_their_records(school):
    view = show(school.ledger, "case", {"case": CASE})
    assert view["findings"]
    assert {f["position"] for f in view["findings"]} <= {line["position"] for line in view["chronology"]}
    for line in view["chronology"]:
        assert school.ledger.reading(line["position"]).hash.hex() == line["hash"]
    opening = view["chronology"][0]
    assert (opening["event"], opening["said"]) == ("CaseOpened", {"reason": "Absent since June"})
    assert (opening["occurred_at"], opening["actor"]["staff_ref"]) == ("2026-09-07T09:00:00+01:00", "DUTY-1")
    assert "said" not in view["chronology"][1]


def test_a_case_is_open_until_it_is_closed_and_again_when_reopened(school):
    def state():
        return show(school.ledger, "case", {"case": CASE})["state"]

    assert state() == "open"
    school("2026-10-01T08:00", "CaseClosed", case=CASE)
    assert state() == "closed"
    school("2026-10-02T08:00", "CaseReopened", case=CASE)
    assert state() == "open"


def test_the_list_of_files(school):
    school("2026-10-01T08:00", "CaseOpened", case="BH-0151")
    answer = show(school.ledger, "case")
    assert answer["totals"] == {"files": 2, "open": 2, "closed": 0}
    assert answer["rows"][0]["case"] == CASE
    assert (answer["rows"][0]["persons"], answer["rows"][0]["decisions"]) == (2, 1)


def test_the_past_of_a_case_is_what_was_shown_then(school):
    then = show(school.ledger, "case", {"case": CASE})
    at = school.ledger.now().isoformat()
    school("2026-10-12T12:00", "ConsentWithdrawn", case=CASE, consent_id="CON-1", by="P1")
    school("2026-10-13T12:00", "CaseOpened", case="BH-0151")
    past = show(school.ledger, "case", {"case": CASE}, at)
    assert past.pop("as_at")
    assert past == then


def test_what_this_agency_knew_at_a_time(school):
    school("2026-10-20T08:00", "InformationRecorded", case=CASE, item_id="I-2", person="C1", kind="education",
           known_at="2026-09-10T09:00:00+01:00", occurred_at="2026-09-09T09:00:00+01:00", late_reason="x")  # fmt: skip

    def known(at, agency="BHA"):
        view = show(school.ledger, "case", {"case": CASE, "as_known_by": agency, "at": at})
        return [item["item_id"] for item in view["information"]]

    assert known("2026-09-10T08:59:00+01:00") == ["I-1"]
    assert known("2026-09-10T09:00:00+01:00") == ["I-1", "I-2"]
    with pytest.raises(UnknownId, match="its own ledger"):
        known("2026-09-10T09:00:00+01:00", "HMC")
    with pytest.raises(Malformed):
        known(None)


def test_an_act_known_of_before_what_it_refers_to(school):
    """The withdrawal was told of at once; the form that it withdraws was found two weeks later."""
    school("2026-10-20T08:00", "ConsentGiven", case=CASE, consent_id="CON-9", data_subject="C1", given_by="P1",
           authority="PR", purposes=["protection_exploitation"], items=["I-1"], recipients=["HMC"], explicit=True,
           how_obtained="On paper.", freely_given=True, occurred_at="2026-10-01T09:00:00+01:00",
           known_at="2026-10-19T09:00:00+01:00", late_reason="The form lay in a drawer.")  # fmt: skip
    school("2026-10-21T08:00", "ConsentWithdrawn", case=CASE, consent_id="CON-9", by="P1",
           occurred_at="2026-10-05T09:00:00+01:00", known_at="2026-10-05T09:00:00+01:00",
           late_reason="Recorded with the form.")  # fmt: skip

    def consent(at):
        view = show(school.ledger, "case", {"case": CASE, "as_known_by": "BHA", "at": at})
        (found,) = (one for one in view["consents"] if one["consent_id"] == "CON-9")
        return found["event"], found["status"], [later["event"] for later in found.get("later", ())]

    assert consent("2026-10-06T09:00:00+01:00") == ("ConsentWithdrawn", None, [])
    assert consent("2026-10-20T09:00:00+01:00") == ("ConsentGiven", "withdrawn", ["ConsentWithdrawn"])


def test_a_file_that_is_not_there_or_not_yet(school):
    with pytest.raises(UnknownId, match="no case or scheme XX-1"):
        show(school.ledger, "case", {"case": "XX-1"})
    with pytest.raises(UnknownId, match="as at 2026-01-01"):
        show(school.ledger, "case", {"case": CASE}, "2026-01-01T00:00:00+00:00")


def test_a_scheme_shows_its_clocks_and_what_waits(tvp):
    scheme = {"scheme": "CS-24-019"}
    tvp("2024-02-05T09:00", "SchemeApplicationReceived", **scheme, applicant="G", subject="S", children=["D1"])
    tvp("2024-02-05T15:40", "InitialChecksCompleted", **scheme, progress=True)
    tvp("2024-02-19T10:00", "InterviewHeld", **scheme, id_seen=True)
    view = show(tvp.ledger, "case", scheme)
    assert view["state"] == "INTERVIEWED"
    assert view["clocks"][0] == {
        "stage": "checks",
        "due": "2024-02-06T09:00:00+00:00",
        "met_at": "2024-02-05T15:40:00+00:00",
        "late": False,
        "late_by": "",
    }
    assert (view["clocks"][1]["late"], view["clocks"][1]["late_by"]) == (True, "4 days late")
    tvp("2024-03-01T16:00", "SchemeDecisionMade", mode="fact", **scheme, outcome="disclose", recipient="M")
    tvp("2024-03-04T11:10", "UndertakingOffered", **scheme, wording_version="v2023-04")
    tvp("2024-03-04T11:20", "UndertakingRefused", **scheme, category="other", reason="No.")
    view = show(tvp.ledger, "case", {"case": "CS-24-019"})  # named as a case, found as the scheme that it is
    assert (view["scheme"], view["state"]) == ("CS-24-019", "RECONSIDERATION_PENDING")
    assert view["reconsideration_due"] == "2024-03-05T11:20:00+00:00"
    assert [(r["category"], r["reason"]) for r in view["refusals"]] == [("other", "No.")]
    assert show(tvp.ledger, "case", scheme, "2024-03-04T11:15:00+00:00")["reconsideration_due"] is None


@pytest.mark.parametrize("why", [ERASED, LOCKED])
def test_what_cannot_be_opened_says_why(school, monkeypatch, why):
    monkeypatch.setattr(type(school.ledger.keyring), "scope_key", lambda *_: why)
    view = show(school.ledger, "case", {"case": CASE})
    child = view["persons"][0]
    assert (child["name"], child["dob"], child["age"]) == (why, why, None)
    assert (view["decisions"][0]["words"], "reasons" in view["decisions"][0]) == (why, False)
    assert json.loads(json.dumps(view)) == view
