"""The clocks of a scheme application: from which edition, until when, and how late."""

import datetime as dt

import pytest

from ledger.procedure.clock import days_late, end_of_day_after, late, within_hours
from ledger.procedure.declare import BY_NAME, About, convert
from ledger.procedure.edition import Context, shipped
from ledger.procedure.entry import Entry
from ledger.procedure.stages import clocks, reconsideration_breached, reconsideration_due, wording
from ledger.procedure.state.scheme import Scheme, folds

LEDGER = shipped()["ruleseven-1"].edition  # has the bank holidays
DV_OLD, DV_NEW = (Context((shipped()[name].edition, LEDGER)) for name in ("dvds-2016-12", "dvds-2023-04"))
OLD, NEW = (Context((shipped()[name].edition,)) for name in ("csods-2010/11", "csods-2023-04"))


def application(*steps):
    """The state after these steps: (time, name, payload)."""
    scheme = Scheme()
    for at, name, payload in steps:
        event = convert(payload, BY_NAME[name].type)
        when = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
        folds.apply(scheme, Entry(About("scheme", "CS-1"), event, None, when, when))
    return scheme


def shown(scheme, edition):
    return {c.stage: (f"{c.due:%m-%d %H:%M}" if c.due else None, c.late_by(NOW)) for c in clocks(scheme, edition)}


NOW = dt.datetime(2024, 3, 10, 12, tzinfo=dt.UTC)
RECEIVED = ("2024-02-05T09:00:00+00:00", "SchemeApplicationReceived", {"applicant": "G"})


def test_hours_run_exactly_and_days_are_kept_until_the_end_of_the_last():
    at = dt.datetime.fromisoformat("2024-02-05T09:00:00+00:00")
    assert late(at + dt.timedelta(hours=24, seconds=1), within_hours(at, 24))
    assert not late(at + dt.timedelta(hours=24), within_hours(at, 24))
    last_day = end_of_day_after(at, 10)
    assert not late(dt.datetime.fromisoformat("2024-02-15T23:59:59.900000+00:00"), last_day)
    assert late(dt.datetime.fromisoformat("2024-02-16T00:00:00+00:00"), last_day)


def test_days_are_london_days_across_the_change_to_summer_time():
    due = end_of_day_after(dt.datetime.fromisoformat("2024-03-30T23:30:00+00:00"), 1)
    assert due == dt.datetime.fromisoformat("2024-03-31T23:59:59+01:00")
    assert days_late(dt.datetime.fromisoformat("2024-04-01T00:10:00+01:00"), due) == 1


def test_the_clocks_of_2023_start_with_the_application():
    assert shown(application(RECEIVED), NEW) == {
        "checks": ("02-06 09:00", "795 hours late"),
        "interview": ("02-15 23:59", "24 days late"),
        "overall": ("03-04 23:59", "6 days late"),
    }


def test_a_stage_that_was_met_is_as_late_as_it_was_met():
    scheme = application(
        RECEIVED,
        ("2024-02-05T15:40:00+00:00", "InitialChecksCompleted", {}),
        ("2024-02-19T10:00:00+00:00", "InterviewHeld", {"id_seen": True}),
        ("2024-03-06T10:00:00+00:00", "SchemeDisclosureDelivered", {"to": "M"}),
    )
    assert {stage: late_by for stage, (_, late_by) in shown(scheme, NEW).items()} == {
        "checks": "",
        "interview": "4 days late",
        "overall": "2 days late",
    }


def test_the_clocks_of_2010_follow_one_another():
    scheme = application(
        ("2023-03-20T10:00:00+00:00", "SchemeApplicationReceived", {"applicant": "G"}),
        ("2023-03-21T09:00:00+00:00", "InitialChecksCompleted", {}),
    )
    due = {stage: due for stage, (due, _) in shown(scheme, OLD).items()}
    assert due == {
        "checks": "03-21 10:00",
        "risk_assessment": "03-31 22:59",
        "decision": None,
        "overall": "05-04 22:59",
    }


def test_a_decision_not_to_disclose_has_the_shorter_clock_of_2010():
    scheme = application(
        ("2023-03-20T10:00:00+00:00", "SchemeApplicationReceived", {"applicant": "G"}),
        ("2023-03-29T10:00:00+01:00", "SchemeDecisionMade", {"outcome": "no_disclosure"}),
        ("2023-04-25T10:00:00+01:00", "NonDisclosureNotified", {}),
    )
    assert shown(scheme, OLD)["overall"] == ("04-24 22:59", "1 day late")


def test_an_extension_moves_the_end_only_if_there_was_time_left():
    extension = {"until": "2024-03-08", "reason": "the recipient is abroad"}
    in_time = application(RECEIVED, ("2024-03-04T10:00:00+00:00", "ClockExtended", extension))
    too_late = application(RECEIVED, ("2024-03-05T10:00:00+00:00", "ClockExtended", extension))
    assert shown(in_time, NEW)["overall"] == ("03-08 23:59", "2 days late")
    assert shown(too_late, NEW)["overall"][0] == "03-04 23:59"


def test_the_overall_clock_stops_where_the_agency_says():
    scheme = application(RECEIVED, ("2024-03-01T16:00:00+00:00", "SchemeDecisionMade", {"outcome": "disclose"}))
    stops_at_decision = Context(NEW.editions, {"overall_clock_stops_at": "decided"})
    assert shown(scheme, stops_at_decision)["overall"] == ("03-04 23:59", "")
    assert shown(scheme, NEW)["overall"] == ("03-04 23:59", "6 days late")


@pytest.mark.parametrize(
    ("step", "stage"),
    [
        (("2024-02-20T10:00:00+00:00", "SchemeClosed", {"outcome": "concerns_only"}), "interview"),
        (("2024-02-20T10:00:00+00:00", "ApplicationNotProgressed", {"reason": "withdrawn"}), "interview"),
    ],
)
def test_closing_ends_what_is_still_open(step, stage):
    assert shown(application(RECEIVED, step), NEW)[stage] == ("02-15 23:59", "5 days late")


def test_nobody_owes_an_anonymous_applicant_an_interview():
    anonymous = (RECEIVED[0], RECEIVED[1], {"anonymous": True})
    closed = ("2024-02-20T10:00:00+00:00", "SchemeClosed", {"outcome": "concerns_only"})
    assert "interview" not in shown(application(anonymous, closed), NEW)


def test_a_reconsideration_is_due_in_a_day_and_a_breach_after_three():
    scheme = application(RECEIVED, ("2024-03-04T11:20:00+00:00", "UndertakingRefused", {"by": "M"}))
    (refusal,) = scheme.pending()
    assert reconsideration_due(refusal, NEW) == dt.datetime.fromisoformat("2024-03-05T11:20:00+00:00")
    assert reconsideration_breached(refusal, NEW) == dt.datetime.fromisoformat("2024-03-07T11:20:00+00:00")


# Clare's Law

ASKED = ("2024-03-18T09:00:00+00:00", "SchemeApplicationReceived", {"route": "right_to_ask", "applicant": "V"})
REFERRED = ("2024-03-18T09:00:00+00:00", "SchemeReferralMade", {"referring_agency": "FDA"})


def due(scheme, edition):
    return {stage: due for stage, (due, _) in shown(scheme, edition).items()}


def test_the_right_to_ask_has_an_interview_in_working_days():
    """Good Friday and Easter Monday lie between."""
    assert due(application(ASKED), DV_NEW) == {
        "checks": "03-19 09:00",
        "interview": "04-03 22:59",
        "overall": "04-15 22:59",
    }


def test_the_right_to_know_has_nobody_to_see():
    assert due(application(REFERRED), DV_NEW) == {"checks": "03-19 09:00", "overall": "04-15 22:59"}


@pytest.mark.parametrize("opened", [ASKED, REFERRED])
def test_both_routes_had_a_week_longer_until_2023(opened):
    assert due(application(opened), DV_OLD)["overall"] == "04-22 22:59"


def test_the_clocks_of_one_scheme_are_not_those_of_the_other():
    both = Context((*NEW.editions, *DV_NEW.editions), {"overall_days": 40, "dvds_overall_days": 35})
    assert due(application(ASKED), both) == {
        "checks": "03-19 09:00",
        "interview": "04-03 22:59",
        "overall": "04-22 22:59",
    }
    assert due(application(RECEIVED), both)["interview"] == "02-15 23:59"
    assert due(application(RECEIVED), both)["overall"] == "03-16 23:59"


def test_the_words_to_be_read_out_are_those_of_the_scheme_at_the_time():
    both = Context((*NEW.editions, *DV_NEW.editions))
    assert "safeguard children" in wording(application(RECEIVED), both)["warning_purpose_limit"]
    assert "person at risk" in wording(application(ASKED), both)["warning_purpose_limit"]
    assert wording(application(ASKED), both)["undertaking_version"] == "v2023-04"
    assert wording(application(ASKED), DV_OLD)["undertaking_version"] == "v2016-12"
