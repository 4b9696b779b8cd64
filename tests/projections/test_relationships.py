"""Relationships in a small history: roles add up, what is said again replaces, contexts reach into other cases."""

import pytest

from ledger import Actor
from ledger.errors import Malformed, UnknownId
from projections import rebuild, show

CASE = {"case": "TV-1"}
CANARY = "Canary of the Canal"


@pytest.fixture
def told(tvp):
    tvp("2026-09-07T08:00", "CaseOpened", **CASE)
    held = [{"holder": "P1", "basis": "mother"}, {"holder": "P2", "basis": "order", "from": "2020-01-02"}]
    tvp("2026-09-07T08:01", "PersonLinked", **CASE, person_id="C1", roles=["child"], name="Another", pr=held)
    tvp("2026-09-07T08:02", "PersonLinked", **CASE, person_id="P1", roles=["parent"], name=CANARY)
    tvp("2026-09-07T08:03", "PersonLinked", **CASE, person_id="P1", roles=["adult_in_contact"], pr={"child": "C2"})
    tvp("2026-09-07T08:04", "PersonLinked", **CASE, person_id="P2", roles=["parent"], lives_with=["C1"])
    tvp("2026-09-07T08:05", "PersonLinked", **CASE, person_id="C2", roles=["child"])
    related = {**CASE, "person": "P1", "related_id": "C1", "relationship": "parent", "lives_together": True}
    tvp("2026-09-07T09:00", "RelationshipRecorded", **{**related, "relationship": "step_parent"})
    tvp("2026-09-07T09:01", "RelationshipRecorded", **related, note="It was said so.")
    ended = {"relationship": "ex_partner", "began_on": "2010-05-01", "ended_on": "2015-06-01"}
    tvp("2026-09-07T09:02", "RelationshipRecorded", **CASE, person="P2", related_id="P1", **ended)
    tvp("2026-09-07T09:03", "AgencyJoinedCase", **CASE, involvement="lead")
    tvp("2026-09-07T09:04", "AgencyJoinedCase", **CASE, agency="HMC", involvement="partner")
    tvp("2026-09-08T09:04", "AgencyLeftCase", **CASE, agency="HMC")
    tvp("2026-09-09T09:00", "CaseOpened", case="TV-2")
    tvp("2026-09-09T09:01", "PersonLinked", case="TV-2", person_id="C9", roles=["child"])
    tvp("2026-09-09T10:00", "ContextIdentified", context="CTX-1", kind="location", name="A basin")
    for child, day in (("C1", "2026-09-08"), ("C9", "2026-09-09"), ("C1", "2026-09-05")):
        tvp("2026-09-09T11:00", "ChildAssociatedWithContext", context="CTX-1", children=[child], seen_on=day)
    tvp("2026-09-09T12:00", "AdultAssociatedWithContext", context="CTX-1", person="P2")
    return tvp


def test_what_was_recorded_last_stands_and_roles_add_up(told):
    found = show(told.ledger, "relationships", {"case": "TV-1"})
    said = [(row["person"], row["relationship"], row["of"], row["ended_on"]) for row in found["rows"]]
    assert said == [("P1", "parent", "C1", None), ("P2", "ex_partner", "P1", "2015-06-01")]
    assert found["rows"][0]["lives_together"] is True
    roles = {row["person"]: row["roles"] for row in found["persons"]}
    assert roles == {"C1": ["child"], "C2": ["child"], "P1": ["parent", "adult_in_contact"], "P2": ["parent"]}
    held = [(row["holder"], row["child"], row["basis"], row["from"]) for row in found["parental_responsibility"]]
    assert held == [("P1", "C1", "mother", None), ("P1", "C2", None, None), ("P2", "C1", "order", "2020-01-02")]
    agencies = [(row["agency"], row["involvement"], row["left_at"]) for row in found["agencies"]]
    assert agencies == [("TVP", "lead", None), ("HMC", "partner", "2026-09-08T10:04:00+01:00")]
    assert found["totals"] == {
        "persons": 4,
        "children": 2,
        "relationships": 2,
        "ended": 1,
        "with_responsibility": 2,
        "contexts": 1,
        "agencies": 1,
    }


def test_a_context_shows_who_of_the_case_was_there_since_when_and_how_many_others(told):
    found = show(told.ledger, "relationships", {"case": "TV-1"})["contexts"]
    assert [(row["person"], row["as"], row["first_seen"][:10], row["others"]) for row in found] == [
        ("C1", "child", "2026-09-05", 1),
        ("P2", "adult", "2026-09-09", 1),
    ]
    (other,) = show(told.ledger, "relationships", {"case": "TV-2"})["contexts"]
    assert (other["person"], other["others"]) == ("C9", 2)


def test_the_past_knows_only_what_was_recorded_then(told):
    then = show(told.ledger, "relationships", {"case": "TV-1"}, "2026-09-07T09:00:30+00:00")
    assert [row["relationship"] for row in then["rows"]] == ["step_parent"]
    assert (then["agencies"], then["contexts"]) == ([], [])


def test_names_are_opened_where_they_are_asked_for_and_nowhere_else(told):
    assert CANARY not in str(show(told.ledger, "relationships"))
    asked = {"case": "TV-1", "names": "yes"}
    named = {row["person"]: row["name"] for row in show(told.ledger, "relationships", asked)["persons"]}
    assert named == {"C1": "Another", "C2": None, "P1": CANARY, "P2": None}
    rebuild(told.ledger, "relationships")
    for path in (path for path in told.ledger.folder.path.rglob("*") if path.is_file()):
        assert CANARY.encode() not in path.read_bytes(), path
    by = Actor(staff_ref="DPO-1", role="dpo")
    told.ledger.erase("person", "P1", reason="asked for", authority="the DPO", actor=by)
    named = {row["person"]: row["name"] for row in show(told.ledger, "relationships", asked)["persons"]}
    assert (named["C1"], named["P1"][:11]) == ("Another", "[erased on ")


def test_whom_an_application_names_belongs_to_it(told):
    applied = {"applicant": "G", "subject": "E", "children": ["C1"], "route": "direct"}
    told("2026-09-10T09:00", "SchemeApplicationReceived", scheme="CS-1", **applied)
    found = show(told.ledger, "relationships", {"scheme": "CS-1"})
    roles = [(row["scheme"], row["person"], row["roles"]) for row in found["persons"]]
    assert roles == [("CS-1", "C1", ["child"]), ("CS-1", "E", ["scheme_subject"]), ("CS-1", "G", ["applicant"])]


def test_a_case_of_which_nobody_is_known_and_an_answer_that_is_neither_yes_nor_no(told):
    with pytest.raises(UnknownId, match="case TV-9"):
        show(told.ledger, "relationships", {"case": "TV-9"})
    with pytest.raises(Malformed, match="yes or no"):
        show(told.ledger, "relationships", {"names": "maybe"})


def test_a_ledger_of_nobody(bha):
    found = show(bha.ledger, "relationships")
    assert [found[part] for part in ("rows", "persons", "contexts", "agencies")] == [[]] * 4
    assert set(found["totals"].values()) == {0}
