"""What `extract create` tells its recipient, and what it refuses, before a file goes out."""

from typing import Any

import pytest

T = "2024-02-05T09:00:00+00:00"
MARKED = ("--reasons", "asked for", "--marking", "OFFICIAL-SENSITIVE")
LIMIT = {"code": "NOT_TO_SERVICE_USER", "persons": ["P1"], "text": "nor to her sister"}
GROUNDS = {"legal_basis": {"art6": [{"code": "6(e)"}]}, "purposes": ["protection_abuse"]}
LINES: list[dict[str, Any]] = [
    {"do": "CaseOpened"},
    {"do": "PersonLinked", "person_id": "C1", "roles": ["child"], "name": "Zoë", "dob": "2008-03-02"},
    {"do": "PersonLinked", "person_id": "P1", "roles": ["parent"], "name": "Anna"},
    {"do": "CompetenceAssessed", "person": "C1", "able": True},
    {"do": "InformationRecorded", "item_id": "I-1", "person": "C1", "special": ["health"], "content": "is ill"},
    {"do": "InformationRecorded", "item_id": "I-2", "person": "C1", "restrictions": [LIMIT], "content": "SECRET"},
    {"do": "DecisionMade", "decision_id": "D-1", "outcome": "share", "reasons": "why", "items": ["I-2"], **GROUNDS}
    | {"data_subjects": {"C1": {"state": "given"}}, "recipients": [{"agency": "TVP"}]},
    {"do": "DisclosureMade", "disclosure_id": "X-1", "decision_id": "D-1", "restrictions": [LIMIT], **GROUNDS}
    | {"to": [{"agency": "TVP"}], "how": {"method": "secure_email"}, "what": {"items": ["I-2"], "summary": "it"}},
]
WHOLE = ("--case", "HM-1", "--purpose", "practice_review", "--basis", "6(c),9(g)")
OF_HER = ("--person", "C1", "--purpose", "subject_access", "--basis", "6(c)")
NOTICE = ("--disclosure", "X-1", "--to", "TVP")


@pytest.fixture
def create(book, ruleseven, tmp_path):
    """Makes an extract of a case with a restriction on P1; also whether there is a file then."""
    lines = [{**line, "case": "HM-1", "mode": "fact", "recorded_at": T, "occurred_at": T} for line in LINES]
    made = ruleseven("-C", book, "record", stdin=lines)
    assert made.code == 0, made
    out = tmp_path / "x.r7x"

    def extract(*words):
        out.unlink(missing_ok=True)
        outcome = ruleseven("-C", book, "extract", "create", *MARKED, "--out", out, *words)
        return outcome, out.exists()

    return extract


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((*NOTICE, "--withhold", "9:restrictions=other"), "Record 9 (DisclosureMade): restrictions"),
        ((*NOTICE, "--withhold", "7:item_id=other"), "Record 7 (InformationRecorded): item_id cannot be withheld"),
        ((*WHOLE, "--to", "a court", "--expires", "2024-02-04"), "--expires 2024-02-04 is over"),
        ((*WHOLE, "--to", "a court", "--expires", "soon"), "--expires takes a day, for example 2027-01-31"),
    ],
)
def test_what_could_only_go_wrong_is_told_to_the_sender(create, plain_error, words, why):
    outcome, there = create(*words)
    plain_error(outcome, 2)
    assert why in outcome.err
    assert not there


@pytest.mark.parametrize("to", ["P1", "p1", "Ms. ANNA", "Anna, the mother"])
def test_a_restriction_holds_against_whoever_has_its_persons_name(create, to):
    outcome, there = create(*WHOLE, "--to", to)
    assert (outcome.code, there) == (3, False)
    assert "EX-04: Something in this extract is not to be disclosed to P1." in outcome.err


def test_a_name_that_nobody_has_is_told_to_the_exporter(create):
    outcome, there = create(*WHOLE, "--to", "The review panel")
    assert (outcome.code, there) == (0, True)
    assert outcome.err == (
        "No person of these files has the id 'The review panel', and no partner this name: it could not be held "
        "against the restrictions in force on P1 (EX-04). If it goes to one of them, name them by their id.\n"
    )
    as_json, _ = create(*WHOLE, "--to", "The review panel", "--json")
    assert as_json.json["records"] == 8
    assert as_json.err == outcome.err
    assert create(*NOTICE)[0].err == ""


def test_a_child_is_given_what_is_held_about_herself(create):
    """LB-02 asks for a condition of Article 9 where others are given it, not of her own request."""
    outcome, there = create(*OF_HER, "--to", "C1")
    assert (outcome.code, there) == (0, True), outcome.err
    refused, there = create(*OF_HER, "--to", "Zoë's school")
    assert (refused.code, there) == (3, False)
    assert "LB-02" in refused.err


def test_whoever_still_has_it_after_its_day_is_told(create, ruleseven, book, tmp_path):
    outcome, _ = create(*WHOLE, "--to", "a court", "--expires", "2024-02-05")  # the day of its making, in that ledger
    assert outcome.code == 0, outcome.err
    assert ruleseven("-C", book, "key", "card", "--out", tmp_path / "card").code == 0
    told = ruleseven("extract", "verify", tmp_path / "x.r7x", "--trust", tmp_path / "card").out
    assert "Not to be kept after 2024-02-05. That day is over: it is to be destroyed." in told
