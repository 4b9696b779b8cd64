"""`obligations`: what is owed until when, for people and as JSON; what a case has pending of it."""

import pytest

from cli.file_page import pending

OPEN = {"do": "CaseOpened", "case": "HM-1", "recorded_at": "2024-02-09T09:00:00+00:00"}
MISSING = {**OPEN, "do": "MissingEpisodeRecorded", "child": "C1"}
OTHER = {**OPEN, "case": "HM-2"}
LATER = {**OPEN, "do": "CaseClosed", "recorded_at": "2024-02-13T09:00:00+00:00"}
SEEN = [
    {"do": "ChildAssociatedWithContext", "context": "CTX-CB", "child": child, "recorded_at": LATER["recorded_at"]}
    for child in ("C1", "C2")
]
WHAT = "decide what to do about the missing episode of C1"


@pytest.fixture
def asked(ruleseven, book):
    def ask(*words):
        outcome = ruleseven("-C", book, *words)
        assert outcome.code == 0, outcome
        return outcome

    assert ruleseven("-C", book, "record", stdin=[OPEN, MISSING, OTHER, LATER, *SEEN]).code == 0
    return ask


def test_they_are_listed_for_people(asked):
    out = asked("obligations").out
    assert "2024-02-12 23:59  overdue  " + WHAT in out
    assert "context CTX-CB" in out
    assert out.endswith("2 obligations open, 1 overdue, 0 owed by others; 0 ended, 0 of them late.\n")
    assert asked("obligations", "--case", "HM-2").out.endswith(
        "0 obligations open, 0 overdue, 0 owed by others; 0 ended, 0 of them late.\n"
    )


@pytest.mark.parametrize(
    ("words", "duties"),
    [
        ([], ["CX-03", "CX-02"]),
        (["--overdue"], ["CX-03"]),
        (["--case", "HM-1"], ["CX-03"]),
        (["--case", "HM-2"], []),
        (["--overdue", "--as-at", "2024-02-12T23:00:00+00:00"], []),
    ],
)
def test_they_are_asked_for_in_part(asked, words, duties):
    answer = asked("obligations", "--json", *words).json
    assert [row["duty"] for row in answer["rows"]] == duties
    assert answer["totals"]["obligations"] == len(duties)


def test_of_a_case_that_is_not_there_nothing_is_said_to_be_owed(asked, book, ruleseven, plain_error):
    refused = ruleseven("-C", book, "obligations", "--case", "HM-9")
    plain_error(refused, 2)
    assert refused.err.strip() == "There is no case HM-9 in this ledger."


def test_any_view_answers_by_its_name_too(asked):
    by_name = asked("view", "obligations", "--arg", "context=CTX-CB", "--json").json
    assert [row["duty"] for row in by_name["rows"]] == ["CX-02"]


def test_a_case_shows_what_is_pending(asked):
    assert f"  By Mon 12 Feb 2024: {WHAT}. Overdue.\n" in asked("case", "HM-1").out
    earlier = asked("case", "HM-1", "--as-at", "2024-02-12T23:00:00+00:00").out
    assert f"  By Mon 12 Feb 2024: {WHAT}.\n" in earlier


def test_a_refusal_to_be_considered_again_is_told_once():
    due = "2024-03-05T11:20:00+00:00"
    owed = [{"due": at, "what": "two", "overdue": False} for at in (due, "2024-03-06T11:20:00+00:00")]
    told = list(pending({"reconsideration_due": due, "obligations": owed}))
    assert told == [
        "An authorised officer must consider the refusal again by 2024-03-05 11:20.",
        "By Wed 6 Mar 2024 11:20: two.",
    ]
