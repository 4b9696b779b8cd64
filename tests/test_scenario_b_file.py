"""The shipped scenario "Sarah's Law" says all that requirements §10.B asks of it: each row and each figure."""

import datetime as dt

import pytest
from scenarios import acts_of, lines_of, path_of, row_of

FILE = path_of("sarahs-law")
LINES = lines_of("sarahs-law")
ACTS = acts_of(LINES)
CHECKS = [line["check"] for line in LINES if "check" in line]

# What each row must come to: the findings of its lines together, and the rules that refuse one of them.
ROWS = {
    "B00": ([], []),
    "B01": ([], []),
    "B01a": ([], ["CS-01"]),
    "B02": ([], []),
    "B03": (["W CS-02"], []),
    "B04": ([], []),
    "B05": (["I CN-09"], []),
    "B06": ([], []),
    "B07": ([], []),
    "B07a": ([], ["CS-07", "CS-08"]),
    "B08": ([], []),
    "B09": ([], []),
    "B10": ([], []),
    "B11": ([], ["CS-09"]),
    "B12": ([], []),
    "B13": ([], []),
    "B14": ([], []),
    "B14a": ([], ["CS-06"]),
    "B15": (["I UT-03", "W CS-02"], []),
    "B16": (["I CN-09"], []),
    "B17": ([], ["CS-05"]),
    "B18": (["B UT-01"], []),
    "B19": ([], []),
    "B20": (["W WH-05"], []),
    "B21": (["I CN-09"], ["CS-03"]),
    "B22": ([], []),
}

FIGURES = {
    "applications": 3,
    "offers": 5,
    "signed": 2,
    "refused": 2,
    "unable": 1,
    "deferred": 0,
    "declined_to_receive": 0,
    "refusers": 1,
    "reconsiderations": 2,
    "median_hours": 2.9583,
    "overdue": 0,
    "outcomes": {"offer_again": 1, "disclose_without_undertaking": 1},
    "without_undertaking": 1,
    "before_reconsideration": 0,
    "onward_after_refusal": 1,
    "onward_after_signature": 0,
    "stages_late": 2,
}


@pytest.mark.parametrize(("row", "expected"), ROWS.items())
def test_each_row_is_there_with_what_is_expected_of_it(row, expected):
    assert row_of(ACTS, row) == expected


def test_every_act_says_exactly_what_is_expected_of_it():
    assert [line for line in ACTS if len(line["expect"]) != 1] == []
    assert {line["row"] for line in ACTS if "row" in line} == set(ROWS)


@pytest.mark.parametrize(("figure", "value"), FIGURES.items())
def test_each_figure_of_the_report_is_checked_at_the_end(figure, value):
    last_act = max(i for i, line in enumerate(LINES) if "do" in line)
    at_the_end = [line["check"]["equals"] for line in LINES[last_act:] if "check" in line]
    assert [e["totals"][figure] for e in at_the_end if figure in e.get("totals", {})] == [value]


def test_both_refusals_stand_under_their_application_and_edition():
    rows = [check["equals"]["rows"] for check in CHECKS if "rows" in check["equals"]][-1]
    assert [(r["refusal_id"], r["application"], r["edition"]) for r in rows] == [
        ("UR-1", "CS-24-019", "csods-2023-04"),
        ("UR-2", "CS-24-019", "csods-2023-04"),
    ]


def test_the_agencies_come_first_and_time_never_goes_back():
    agencies = [line["agency"]["id"] for line in LINES if "agency" in line]
    assert agencies == ["TVP", "HMC", "TPR"]
    assert all("agency" in line for line in LINES[: len(agencies)])
    for agency in agencies:
        times = [line["at"] for line in ACTS if line["ledger"] == agency]
        assert times == sorted(times, key=dt.datetime.fromisoformat)


def test_a_refused_line_is_a_plan():
    assert [line["do"] for line in ACTS if "refused" in line["expect"] and line.get("mode") != "plan"] == []
