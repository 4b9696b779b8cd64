"""`withhold`: what it answers for, what is filled in, and what is said of reasons that are only fear."""

import pytest

BEFORE = ("--recorded-at", "2026-09-08T10:00:00+01:00")  # s.16LA of the Children Act 2004 is in force from 30 September
AFTER = ("--recorded-at", "2026-10-08T10:00:00+01:00")
FEWEST = ("withhold", "HM-1", "-t", "KYP", "-r", "not_necessary", "-w", "they can do without", "-n", "none seen")
COMPARED = ("-c", "it costs his trust and gains him nothing")
WHERE = {"case": "HM-1", "recorded_at": "2026-09-07T09:00:00+01:00"}
CASE = [{"do": "CaseOpened", **WHERE}, {"do": "PersonLinked", "person_id": "C1", "roles": ["child"], **WHERE}]


@pytest.fixture
def case(office, ruleseven):
    assert ruleseven("-C", office, "record", stdin=CASE).code == 0
    return office


def found(outcome):
    return [f"{finding['level']} {finding['rule']}" for finding in outcome.json["findings"]]


def test_five_answers_withhold_and_nothing_is_left_to_find(ruleseven, case, stored):
    outcome = ruleseven("-C", case, *FEWEST, *BEFORE, "--json")
    assert outcome.code == 0, outcome
    assert (found(outcome), len(outcome.json["records"])) == ([], 1)
    [decision] = stored(case, "DecisionMade")
    assert (decision["mode"], decision["outcome"], decision["risk_level"]) == ("plan", "withhold", "concern")
    assert (decision["reasons"], list(decision["data_subjects"])) == ("they can do without", ["C1"])
    withheld = decision["if_withheld"]
    assert withheld["reason_codes"] == ["not_necessary"]
    assert withheld["risk_of_not_sharing"] == "none seen"
    assert withheld["review_on"] == "2026-09-22"  # ten working days
    assert withheld["requester_told_at"] == "2026-09-09T22:59:59Z"
    assert decision["safety_and_wellbeing"]["individual"] == "none seen"


def test_once_there_is_a_duty_to_share_the_comparison_is_asked_for(ruleseven, case, stored, plain_error):
    missing = ruleseven("-C", case, *FEWEST, *AFTER)
    plain_error(missing, 2)
    assert "--compare" in missing.err
    assert found(ruleseven("-C", case, *FEWEST, *COMPARED, *AFTER, "--json")) == []
    assert stored(case, "DecisionMade")[0]["if_withheld"]["detriment_comparison"] == COMPARED[1]


def test_what_is_said_goes_before_what_is_filled_in(ruleseven, case, stored):
    said = (
        "--review-on",
        "2026-09-14",
        "--told-at",
        "2026-09-08T09:55:00+01:00",
        "-f",
        "absent",
        "--risk",
        "early_help",
    )
    outcome = ruleseven("-C", case, *FEWEST, *said, "--at", "2026-09-08T09:50:00+01:00", *BEFORE)
    assert outcome.code == 0, outcome
    [decision] = stored(case, "DecisionMade")
    assert (decision["mode"], decision["items"], decision["risk_level"]) == ("fact", ["I-1"], "early_help")
    assert decision["if_withheld"]["review_on"] == "2026-09-14"
    assert decision["if_withheld"]["requester_told_at"] == "2026-09-08T08:55:00Z"


def test_a_request_says_who_asked(ruleseven, case, stored):
    asked = {"do": "InformationRequested", "request_id": "R-1", "requester": {"agency": "TVP"}, "risk_level": "concern"}
    assert ruleseven("-C", case, "record", stdin=[{**asked, **WHERE}]).code == 0
    answered = ("withhold", "HM-1", "--request", "R-1", *FEWEST[4:], *BEFORE)
    assert ruleseven("-C", case, *answered).code == 0
    [decision] = stored(case, "DecisionMade")
    assert (decision["request_id"], decision["recipients"][0]["agency"]) == ("R-1", "TVP")


def test_missing_answers_name_their_flags(ruleseven, case, plain_error):
    outcome = ruleseven("-C", case, "withhold", "HM-1")
    plain_error(outcome, 2)
    for flag in ("--from", "--reason", "--why", "--if-not-shared"):
        assert flag in outcome.err


def test_an_unknown_reason_is_refused_and_its_flag_named(ruleseven, case):
    outcome = ruleseven("-C", case, *FEWEST, "-r", "because", *BEFORE, "--json")
    assert (outcome.code, outcome.json["refused"]) == (3, ["ST-03"])
    assert outcome.json["message"].endswith("Answer with --reason.")


def test_suspect_reasons_alone_are_recorded_and_explained(ruleseven, case):
    outcome = ruleseven("-C", case, "withhold", "HM-1", "-t", "KYP", "-r", "no_consent", *FEWEST[6:], *BEFORE)
    assert outcome.code == 0
    assert "breach WH-02" in outcome.out
    assert "take advice and decide again" in outcome.out


# On a terminal


def test_what_is_open_is_asked(typing, office, stored):
    typed = ["HM-7", "C7", "", "KYP", "not_n", "they can do without", "none seen", "", ""]
    outcome = typing("-C", office, "withhold", *BEFORE, typed=typed)
    assert outcome.code == 0, outcome
    assert "Again on  2026-09-22" in outcome.out
    assert stored(office, "DecisionMade")[0]["if_withheld"]["reason_codes"] == ["not_necessary"]
    assert stored(office, "InformationRecorded") == []


def test_the_comparison_is_a_question_too(typing, case, stored):
    outcome = typing("-C", case, *FEWEST, "-f", "x", "--risk", "concern", *AFTER, typed=["it costs his trust", ""])
    assert outcome.code == 0, outcome
    assert stored(case, "DecisionMade")[0]["if_withheld"]["detriment_comparison"] == "it costs his trust"


SUSPECT = ("withhold", "HM-1", "-t", "KYP", "-r", "gdpr", *FEWEST[6:], "-f", "x", "--risk", "concern", *BEFORE)


def test_advice_is_offered_before_a_suspect_reason_stands(typing, case, stored):
    outcome = typing("-C", case, *SUSPECT, typed=["y"])
    assert outcome.code == 0, outcome
    assert "Take advice" in outcome.err
    [doubt] = stored(case, "InDoubtRaised")
    assert (doubt["doubt"], doubt["items"]) == ("they can do without", ["I-1"])
    assert stored(case, "DecisionMade") == []


def test_advice_may_be_declined(typing, case, stored):
    assert typing("-C", case, *SUSPECT, typed=["", "y"]).code == 0
    assert len(stored(case, "DecisionMade")) == 1
    assert stored(case, "InDoubtRaised") == []


def test_no_advice_is_offered_where_a_reason_stands(typing, case):
    outcome = typing("-C", case, *FEWEST, "-r", "gdpr", "-f", "x", "--risk", "concern", *BEFORE, typed=[""])
    assert outcome.code == 0, outcome
    assert "Take advice" not in outcome.err
