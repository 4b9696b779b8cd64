"""Obligations and deadlines (P15): from the record that raises one to the record that ends it, and what is overdue."""

import pytest

from ledger import Owed, from_us
from ledger.errors import Malformed, UnknownId
from ledger.procedure.edition import shipped
from ledger.procedure.rules.duty import DUTIES
from projections import catch_up, follow, rebuild, show

PLACE = "CTX-CB"
SEEN = "ChildAssociatedWithContext"


def alert(told):
    """Two children at one context (A04, A16): a decision is due on Thursday 8 October."""
    told("2026-09-16T03:00", SEEN, context=PLACE, child="C1")
    told("2026-10-01T09:00", SEEN, context=PLACE, child="C2")


def decide(told, at, **more):
    said = {"decision_id": "D-1", "outcome": "withhold", "items": ["attendance"], "risk_level": "early_help"}
    told("2026-09-01T09:00", "CaseOpened", case="TV-1")
    told(at, "DecisionMade", mode="fact", case="TV-1", **said, **more)


def rows(told, **args):
    return show(told.ledger, "obligations", args)["rows"]


def totals(told, as_at=None, **args):
    return show(told.ledger, "obligations", args, as_at)["totals"]


def test_an_open_obligation_says_what_is_to_be_done_until_when(tvp):
    alert(tvp)
    (row,) = rows(tvp)
    assert row.pop("hash") == tvp.ledger.reading(row["raised_by"]).hash.hex()
    assert row == {
        "context": PLACE,
        "duty": "CX-02",
        "what": f"decide what to do about {PLACE}, where several children were found",
        "about": [PLACE],
        "state": "open",
        "raised_at": "2026-10-01T10:00:00+01:00",
        "raised_by": 3,
        "due": "2026-10-08T23:59:59+01:00",
        "by": None,
        "ended_at": None,
        "ended_by": None,
        "ended_late": None,
        "overdue": False,
        "finding": None,
    }
    assert totals(tvp) == {
        "obligations": 1,
        "open": 1,
        "overdue": 0,
        "owed_by_others": 0,
        "ended": 0,
        "ended_late": 0,
    }


def test_what_is_overdue_is_so_as_at_the_time_asked(tvp):
    alert(tvp)
    tvp("2026-10-08T22:59", "CaseOpened", case="TV-1")
    assert totals(tvp)["overdue"] == 0
    assert rows(tvp, overdue="yes") == []
    tvp("2026-10-08T23:00", "CaseClosed", case="TV-1")  # midnight in London
    (row,) = rows(tvp, overdue="yes")
    assert (row["overdue"], row["finding"]) == (True, None)  # this agency has not adopted the local procedure
    assert totals(tvp, as_at="2026-10-08T22:59:00+00:00")["overdue"] == 0
    assert show(tvp.ledger, "obligations", {}, "2026-09-30T09:00:00+01:00")["rows"] == []


def test_what_is_overdue_is_found_by_its_rule(tvp):
    tvp("2026-09-01T08:00", "PolicyEditionAdopted", edition_id="wm-2.10@2024-04-19")
    alert(tvp)
    tvp("2026-10-09T09:00", "CaseOpened", case="TV-1")
    assert [row["finding"] for row in rows(tvp)] == [{"rule": "CX-02", "level": "W"}]


def test_what_was_found_in_the_past_is_by_what_was_recorded_then(tvp):
    alert(tvp)
    tvp("2026-10-09T09:00", "CaseOpened", case="TV-1")
    tvp("2026-10-10T09:00", "PolicyEditionAdopted", edition_id="wm-2.10@2024-04-19", adopted_on="2026-09-01")

    def findings(as_at=None):
        return [row["finding"] for row in show(tvp.ledger, "obligations", {}, as_at)["rows"]]

    assert findings() == [{"rule": "CX-02", "level": "W"}]
    assert findings("2026-10-10T09:00:00+00:00") == findings()
    assert findings("2026-10-10T08:59:59+00:00") == findings("2026-10-09T09:00:00+00:00") == [None]


@pytest.mark.parametrize(("at", "late"), [("2026-10-08T22:59", False), ("2026-10-08T23:00", True)])
def test_what_is_ended_says_by_what_and_whether_late(tvp, at, late):
    tvp("2026-09-01T08:00", "PolicyEditionAdopted", edition_id="wm-2.10@2024-04-19")
    alert(tvp)
    decide(tvp, at, context_ids=[PLACE])
    (row,) = rows(tvp, context=PLACE)
    assert (row["state"], row["overdue"], row["ended_late"], row["finding"]) == ("ended", False, late, None)
    reviewed = tvp.ledger.reading(row["ended_by"])
    assert (reviewed.name, [f.rule for f in reviewed.findings]) == ("ContextReviewed", ["CX-02"] * late)
    tvp("2026-12-01T09:00", "CaseClosed", case="TV-1")  # it was done, and stays so
    assert rows(tvp, context=PLACE)[0]["finding"] is None
    assert totals(tvp, context=PLACE)["ended_late"] == late


def test_what_falls_due_again_is_another_obligation(tvp):
    alert(tvp)
    decide(tvp, "2026-10-02T09:00", context_ids=[PLACE])
    tvp("2026-10-05T15:00", SEEN, context=PLACE, child="C3")
    assert [(row["state"], row["due"][:10]) for row in rows(tvp, context=PLACE)] == [
        ("ended", "2026-10-08"),
        ("open", "2026-10-12"),
    ]


def test_what_falls_due_again_before_it_is_done_is_the_same_obligation_with_its_last_date(tvp):
    tvp("2026-09-01T09:00", "CaseOpened", case="TV-1")
    tvp("2026-09-01T10:00", "CaseClosed", case="TV-1", retention_review_on="2030-01-01")
    tvp("2026-09-02T10:00", "CaseClosed", case="TV-1", retention_review_on="2031-01-01")
    (row,) = rows(tvp, case="TV-1")
    assert (row["due"][:10], row["raised_by"], row["duty"]) == ("2031-01-01", 3, "RT-01")


def test_what_others_owe_is_told_apart(tvp):
    told_of = {"disclosure_id": "X-1", "to": ["HMC", "FC"], "how": "secure_email", "what": {"summary": "dates"}}
    tvp("2026-09-01T09:00", "CaseOpened", case="TV-1")
    tvp("2026-09-07T09:00", "DisclosureMade", case="TV-1", mode="fact", **told_of)
    receipts = [row for row in rows(tvp, case="TV-1") if row["duty"] == "RC-06"]
    assert [(row["by"], row["about"], row["due"][:10]) for row in receipts] == [
        ("HMC", ["X-1", "HMC"], "2026-09-09"),
        ("FC", ["X-1", "FC"], "2026-09-09"),
    ]
    assert receipts[0]["what"] == "HMC records that it received X-1"
    assert totals(tvp, case="TV-1")["owed_by_others"] == 2
    tvp("2026-09-08T09:00", "ReceiptConfirmed", case="TV-1", disclosure_id="X-1", recipient="HMC")
    assert totals(tvp, case="TV-1")["owed_by_others"] == 1


def test_one_file_is_asked_for_by_its_sort(tvp):
    alert(tvp)
    tvp("2026-10-02T09:00", "CaseOpened", case="TV-1")
    tvp("2026-10-02T09:00", "MissingEpisodeRecorded", case="TV-1", child="C1")
    assert {row["duty"] for row in rows(tvp)} == {"CX-02", "CX-03"}
    assert [row["duty"] for row in rows(tvp, case="TV-1")] == ["CX-03"]
    assert [row["duty"] for row in rows(tvp, context=PLACE)] == ["CX-02"]
    tvp("2026-10-02T09:00", "CaseOpened", case="TV-2")
    assert rows(tvp, case="TV-2") == []
    with pytest.raises(UnknownId, match="There is no case TV-9 in this ledger"):
        rows(tvp, case="TV-9")


def test_they_stand_in_the_order_in_which_they_fall_due(tvp):
    alert(tvp)
    tvp("2026-10-02T09:00", "CaseOpened", case="TV-1")
    tvp("2026-10-02T09:00", "MissingEpisodeRecorded", case="TV-1", child="C1")
    assert [row["duty"] for row in rows(tvp)] == ["CX-03", "CX-02"]


def test_overdue_is_asked_for_with_yes_or_no(tvp):
    alert(tvp)
    assert len(rows(tvp, overdue="no")) == 1
    with pytest.raises(Malformed, match="overdue is yes or no"):
        rows(tvp, overdue="perhaps")


def test_a_case_shows_what_is_open_in_it(tvp):
    tvp("2026-10-02T09:00", "CaseOpened", case="TV-1")
    tvp("2026-10-02T09:00", "MissingEpisodeRecorded", case="TV-1", child="C1")
    assert show(tvp.ledger, "case", {"case": "TV-1"})["obligations"] == [
        {
            "duty": "CX-03",
            "what": "decide what to do about the missing episode of C1",
            "about": ["C1"],
            "due": "2026-10-05T23:59:59+01:00",
            "by": None,
            "overdue": False,
        }
    ]
    tvp("2026-10-06T09:00", "CaseClosed", case="TV-1")
    assert show(tvp.ledger, "case", {"case": "TV-1"})["obligations"][0]["overdue"] is True
    then = show(tvp.ledger, "case", {"case": "TV-1"}, "2026-10-05T23:00:00+01:00")["obligations"]
    assert [line["overdue"] for line in then] == [False]


def test_following_along_and_rebuilding_give_the_same_rows(tvp):
    for number, at in enumerate(("2026-09-16T03:00", "2026-10-01T09:00", "2026-10-05T15:00")):
        tvp(at, SEEN, context=PLACE, child=f"C{number}")
        catch_up(tvp.ledger, ["obligations"])
    decide(tvp, "2026-10-09T09:00", context_ids=[PLACE])
    catch_up(tvp.ledger, ["obligations"])
    before = follow.digest(tvp.ledger, "obligations")
    (built,) = rebuild(tvp.ledger, "obligations")
    assert built.digest == before


def test_a_duty_that_no_edition_words_is_shown_all_the_same(tvp):
    owed = Owed("ZZ-99", ("A", "B"), from_us(0))
    assert tvp.ledger.standing(owed) == ("see to ZZ-99 (A, B)", None, None, True)


def test_every_duty_has_its_words():
    worded = {key for one in shipped().values() for key in one.edition.wording}
    assert {duty for duty in DUTIES if f"owed/{duty}" not in worded} == set()
