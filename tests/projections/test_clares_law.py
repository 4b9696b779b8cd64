"""Clare's Law in the views: an application as it stands, and its undertakings in the report of the refused ones."""

import pytest

from projections import show

SCHEME = {"scheme": "DV-24-011"}
IN_PERSON = {"mode": "in_person", "place": "Interview room 2", "safe_environment_confirmed": True}


def refer(tvp, at="2024-03-04T09:00", **said):
    told = {"referring_agency": "FDA", "subject": "E", "person_at_risk": "V", "children": ["C1"], **said}
    tvp(at, "SchemeReferralMade", **SCHEME, **told)


def refuse(tvp):
    tvp("2024-03-20T10:00", "UndertakingOffered", **SCHEME)
    tvp("2024-03-20T10:10", "UndertakingRefused", **SCHEME, category="fear_of_subject")


def reconsider(tvp):
    weighing = {"person_at_risk_if_not_disclosed": "V cannot judge the danger."}
    tvp("2024-03-20T12:10", "ReconsiderationDecided", **SCHEME, outcome="disclose_limited", risk_weighing=weighing,
        authorising_officer={"staff_ref": "TVP-1", "rank": "superintendent"}, reasons="It is great.")  # fmt: skip


def deliver(tvp):
    tvp("2024-03-20T13:00", "SchemeDisclosureDelivered", mode="fact", **SCHEME, what="What is known.",
        disclosure_id="SD-1", delivery=IN_PERSON)  # fmt: skip


def test_a_referral_shows_who_made_it_and_whom_it_is_to_keep_safe(tvp):
    refer(tvp)
    view = show(tvp.ledger, "case", SCHEME)
    shown = {
        name: view[name] for name in ("state", "family", "route", "referring_agency", "person_at_risk", "children")
    }
    assert shown == {
        "state": "REFERRED",
        "family": "dvds",
        "route": "right_to_know",
        "referring_agency": "FDA",
        "person_at_risk": "V",
        "children": ["C1"],
    }
    assert [clock["stage"] for clock in view["clocks"]] == ["checks", "overall"]
    assert view["opened_at"] == "2024-03-04T09:00:00+00:00"
    assert "person at risk" in view["wording"]["warning_purpose_limit"]


def test_what_was_delivered_shows_under_which_restrictions(tvp):
    refer(tvp)
    assert show(tvp.ledger, "case", SCHEME)["restrictions"] == []
    deliver(tvp)
    only, no_onward = show(tvp.ledger, "case", SCHEME)["restrictions"]
    assert (only["disclosure_id"], only["code"], only["persons"]) == ("SD-1", "USE_ONLY_FOR_PURPOSE", ["V", "C1"])
    assert (no_onward["disclosure_id"], no_onward["code"]) == ("SD-1", "NO_ONWARD")


def test_the_words_to_be_read_out_are_those_of_the_day_of_the_delivery(tvp):
    refer(tvp, at="2023-03-30T09:00")
    assert show(tvp.ledger, "case", SCHEME)["wording"]["undertaking_version"] == "v2016-12"
    deliver(tvp)
    assert show(tvp.ledger, "case", SCHEME)["wording"]["undertaking_version"] == "v2023-04"


def test_a_refusal_under_clares_law_is_a_row_of_its_own_scheme(tvp):
    refer(tvp)
    refuse(tvp)
    reconsider(tvp)
    deliver(tvp)
    (row,) = show(tvp.ledger, "refusals")["rows"]
    names = ("scheme", "route", "edition", "recipient", "recipient_role", "person_at_risk", "recipient_is_applicant")
    assert [row[name] for name in names] == [
        "dvds", "right_to_know", "dvds-2023-04", "V", "person_at_risk", "V", False,
    ]  # fmt: skip
    assert row["reconsideration"]["hours"] == 2
    assert row["reconsideration"]["risk_to_person_at_risk_if_not_disclosed"] == "V cannot judge the danger."
    assert row["disclosed_without_undertaking"] is True
    by = show(tvp.ledger, "refusals")["totals"]["by"]
    assert by["route"] == {"right_to_know": {"offered": 1, "refused": 1}}
    assert by["scheme"] == {"dvds": {"offered": 1, "refused": 1}}


def test_an_applicant_who_is_at_risk_is_the_recipient(tvp):
    said = {"route": "right_to_ask", "applicant": "V", "applicant_is": "person_at_risk", "subject": "E"}
    tvp("2024-03-04T09:00", "SchemeApplicationReceived", **SCHEME, **said)
    refuse(tvp)
    (row,) = show(tvp.ledger, "refusals")["rows"]
    assert (row["route"], row["recipient"], row["recipient_is_applicant"]) == ("right_to_ask", "V", True)


@pytest.mark.parametrize("declined", ["meeting", "hearing"])
def test_declining_is_counted_apart_from_refusing(tvp, declined):
    refer(tvp)
    tvp("2024-03-20T10:00", "RecipientDeclinedToReceive", **SCHEME, declined=declined)
    totals = show(tvp.ledger, "refusals")["totals"]
    assert (totals["declined_to_receive"], totals["refused"], totals["reconsiderations"]) == (1, 0, 0)
    assert show(tvp.ledger, "case", SCHEME)["undertakings"][0]["declined"] == declined


def test_stages_that_end_late_together_are_each_counted(tvp):
    """One finding names them all; the indicator counts stages, not findings (K18)."""
    refer(tvp)
    recorded = tvp("2024-05-20T10:00", "SchemeClosed", **SCHEME, outcome="no_disclosure")
    assert [(f.rule, f.about) for f in recorded.findings] == [("CS-02", ("checks", "overall"))]
    assert show(tvp.ledger, "refusals")["totals"]["stages_late"] == 2
