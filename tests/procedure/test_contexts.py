"""Patterns over all files: children at one context (CX-01, CX-02), children who go missing (CX-03)."""

import pytest

from ledger.errors import Malformed
from ledger.procedure.declare import About

PLACE = About("context", "CTX-CB")


def seen(history, child, at, **said):
    return history.do("ChildAssociatedWithContext", at=at, context="CTX-CB", child=child, **said)


def decided(h, history, at, **changes):
    """The findings of a decision, without what every share without consent is found."""
    said = h.decision(**changes) | {"case": h.CASE, "mode": "fact"}
    return [found for found in history.do("DecisionMade", at=at, **said) if found != h.EXPECTED]


# Several children at one context

WINDOW = [
    ("2026-09-16T03:00:00+01:00", "2026-10-01T09:00:00+01:00", ["I CX-01"]),
    ("2026-09-16T03:00:00+01:00", "2026-12-15T02:00:00+00:00", ["I CX-01"]),  # 90 days and not a minute more
    ("2026-09-16T03:00:00+01:00", "2026-12-15T02:00:01+00:00", []),
]


@pytest.mark.parametrize(("first", "second", "found"), WINDOW)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_two_children_at_one_context_within_the_window_are_an_alert(h, first, second, found, mode):
    history = h.History()
    assert seen(history, "C1", first) == []
    assert seen(history, "C2", second, mode=mode) == found
    assert bool(history.owed(PLACE)) == bool(found)


def test_the_same_child_again_is_none(h):
    history = h.History()
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    assert seen(history, "C1", "2026-10-01T09:00:00+01:00") == []
    assert history.owed(PLACE) == []


def test_what_is_recorded_late_is_counted_with_what_came_after_it(h):
    history = h.History()
    seen(history, "C1", "2026-09-01T09:00:00+01:00")
    seen(history, "C2", "2026-11-30T08:00:00+00:00")  # 90 days later to the minute
    said = {"context": "CTX-CB", "child": "C3", "occurred_at": "2026-10-10T09:00:00+01:00", "late_reason": "on leave"}
    judged = history.judged("ChildAssociatedWithContext", at="2026-12-01T09:00:00+00:00", **said)
    (alert,) = [f for f in judged.findings if f.rule == "CX-01"]
    assert "3 children" in alert.message


def test_another_context_is_another_pattern(h):
    history = h.History()
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    said = {"at": "2026-10-01T09:00:00+01:00", "context": "CTX-2", "child": "C2"}
    assert history.do("ChildAssociatedWithContext", **said) == []


def test_children_are_counted_from_the_day_they_were_seen(h):
    history = h.History()
    seen(history, "C1", "2026-09-16T03:00:00+01:00", seen_on="2026-05-01")
    assert seen(history, "C2", "2026-10-01T09:00:00+01:00") == []
    assert seen(history, "C3", "2026-10-01T09:00:00+01:00", seen_on="2026-05-20") == ["I CX-01"]


def test_an_agency_sets_its_own_window(h):
    history = h.History()
    history.do("LocalParameterSet", name="context_window_days", value=14)
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    assert seen(history, "C2", "2026-10-01T09:00:00+01:00") == []


def test_a_further_child_joins_the_open_alert_and_moves_no_date(h):
    history = h.History()
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    seen(history, "C2", "2026-10-01T09:00:00+01:00")
    assert history.owed(PLACE) == [("CX-02", "CTX-CB", "2026-10-08")]
    judged = history.judged(
        "ChildAssociatedWithContext", at="2026-10-05T15:00:00+01:00", context="CTX-CB", children=["C2", "C3"]
    )
    assert [(f.level, f.rule, f.about) for f in judged.findings] == [("I", "CX-01", ("CTX-CB",))]
    assert "3 children" in judged.findings[0].message
    assert judged.owed == ()


ENDS = [
    ("2026-10-08T23:59:59+01:00", []),
    ("2026-10-09T00:00:00+01:00", ["W CX-02"]),
]


@pytest.mark.parametrize(("at", "found"), ENDS)
def test_a_decision_that_names_the_context_closes_the_alert(h, history, at, found):
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    seen(history, "C2", "2026-10-01T09:00:00+01:00")
    assert decided(h, history, "2026-10-02T09:00:00+01:00", decision_id="D-0") == []  # it names no context
    assert history.owed(PLACE)
    assert decided(h, history, at, context_ids=["CTX-CB"]) == found
    assert history.owed(PLACE) == []


def test_after_a_decision_a_new_child_opens_a_new_alert(h, history):
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    seen(history, "C2", "2026-10-01T09:00:00+01:00")
    decided(h, history, "2026-10-02T09:00:00+01:00", context_ids=["CTX-CB"])
    assert seen(history, "C2", "2026-10-05T09:00:00+01:00") == []
    assert seen(history, "C3", "2026-10-05T15:00:00+01:00") == ["I CX-01"]
    assert history.owed(PLACE) == [("CX-02", "CTX-CB", "2026-10-12")]


def test_a_review_that_rests_on_no_decision_closes_nothing(h):
    history = h.History()
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    seen(history, "C2", "2026-10-01T09:00:00+01:00")
    assert history.do("ContextReviewed", at="2026-10-02T09:00:00+01:00", context="CTX-CB", outcome="seen") == []
    assert history.owed(PLACE)


@pytest.mark.parametrize(("decided_there", "left"), [(["CTX-CB"], []), ([], [("CX-02", "CTX-CB", "2026-10-08")])])
def test_a_partners_decision_closes_the_alert_its_notice_alone_does_not(h, history, decided_there, left):
    seen(history, "C1", "2026-09-16T03:00:00+01:00")
    seen(history, "C2", "2026-10-01T09:00:00+01:00")
    notice = {"context_ids": ["CTX-CB"], "contexts_decided": decided_there, "without_consent": True}
    assert history.do("DisclosureReceived", at="2026-10-07T09:00:00+01:00", **h.receipt(notice=notice)) == []
    assert history.owed(PLACE) == left


# What a partner tells of a context


def test_what_is_received_about_a_context_concerns_the_children_of_the_file(h, history):
    history.do("PersonLinked", case=h.CASE, person_id="C5", roles=["child"])
    seen(history, "C9", "2026-09-08T09:00:00+01:00")
    found = history.do("DisclosureReceived", at="2026-09-16T11:00:00+01:00", **h.receipt(context_ids=["CTX-CB"]))
    assert found == ["I CX-01"]
    received, there = history.entries[-2:]
    assert received.event.children == there.event.children == ("C1", "C5")
    assert (there.name, there.about) == ("ChildAssociatedWithContext", PLACE)
    assert (there.event.receipt_id, there.event.case_id, there.known_at) == ("R-X-7", h.CASE, received.known_at)


def test_a_receipt_may_say_itself_which_children(h, history):
    history.do("DisclosureReceived", **h.receipt(context_ids=["CTX-CB"], children=["C7"]))
    assert [entry.event.children for entry in history.entries[-2:]] == [("C7",), ("C7",)]


def test_what_a_context_hears_of_it_was_known_when_it_was_received(h, history):
    said = {"received_at": "2026-09-07T08:10:00+01:00", "occurred_at": "2026-09-07T08:50:00+01:00"}
    history.do("DisclosureReceived", **h.receipt(context_ids=["CTX-CB"], **said))
    assert [entry.known_at for entry in history.entries[-2:]] == [h.time(said["received_at"])] * 2


def test_a_receipt_that_names_no_context_concerns_no_child(h, history):
    history.do("DisclosureReceived", **h.receipt())
    assert (history.entries[-1].name, history.entries[-1].event.children) == ("DisclosureReceived", ())


def test_what_is_received_late_is_found_late_once(h, history):
    said = h.receipt(received_at="2026-09-08T09:00:00+01:00", context_ids=["CTX-CB"], late_reason="off sick")
    assert history.do("DisclosureReceived", at="2026-09-10T11:00:00+01:00", **said) == ["W ST-05"]
    assert history.entries[-1].name == "ChildAssociatedWithContext"


# Missing children


def missing(history, **said):
    base = {"child": "C1", "from": "2026-09-15T21:40:00+01:00", "to": "2026-09-16T02:15:00+01:00"}
    where = {"context": "CTX-CB"} if said.pop("on_context", False) else {"case": "HM-1"}
    return history.do("MissingEpisodeRecorded", at="2026-09-16T03:00:00+01:00", **where, **(base | said))


NAMING = [
    {},  # the data subjects
    {"data_subjects": None},  # the item is about her
]


@pytest.mark.parametrize("naming", NAMING)
@pytest.mark.parametrize(
    ("at", "found"), [("2026-09-17T23:59:59+01:00", []), ("2026-09-18T00:00:00+01:00", ["W CX-03"])]
)
def test_a_decision_that_names_the_missing_child_is_due_in_a_working_day(h, history, naming, at, found):
    assert missing(history, state="missing") == []
    assert history.owed() == [("CX-03", "C1", "2026-09-17")]
    without = ["W CN-16"] if naming else []
    assert sorted(decided(h, history, at, **naming)) == sorted(found + without)
    assert [owed for owed in history.owed() if owed[0] == "CX-03"] == []


@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_what_is_decided_late_is_late_whether_it_is_planned_or_done(h, history, mode):
    missing(history)
    said = h.decision() | {"case": h.CASE, "mode": mode}
    assert history.do("DecisionMade", at="2026-09-18T00:00:00+01:00", **said) == ["I CN-09", "W CX-03"]


def test_a_decision_about_somebody_else_leaves_it_open(h, history):
    missing(history)
    history.do("InformationRecorded", at="2026-09-16T09:00:00+01:00", **h.item("I-P1", person="P1"))
    position = {"state": "not_sought", "reason": "alternative_basis_power_imbalance"}
    decided(h, history, "2026-09-16T09:20:00+01:00", items=["I-P1"], data_subjects={"P1": position})
    assert ("CX-03", "C1", "2026-09-17") in history.owed()


def test_a_disclosure_of_what_was_decided_before_decides_nothing(h, history):
    decided(h, history, "2026-09-15T09:00:00+01:00", risk_level="early_help")
    missing(history)
    said = h.disclosure(decision=None, decision_id="D-1")
    assert history.do("DisclosureMade", at="2026-09-18T09:00:00+01:00", **said) == []
    assert ("CX-03", "C1", "2026-09-17") in history.owed()
    assert "W CX-03" in history.do("DisclosureMade", **h.disclosure("X-2"))


def test_each_episode_is_decided_on_and_an_item_may_tell_of_it(h, history):
    missing(history, episode_id="ME-1")
    missing(history, episode_id="ME-2", child="C8")
    missing(history, episode_id="ME-3", child="C8")
    said = h.item("I-ME", person=None, kind="missing_episode", episode_id="ME-2")
    history.do("InformationRecorded", at="2026-09-16T09:00:00+01:00", **said)
    history.do("DecisionMade", mode="fact", case=h.CASE, **h.decision(items=["I-ME"]))
    assert [owed for owed in history.owed() if owed[0] == "CX-03"] == [("CX-03", "ME-3", "C8", "2026-09-17")]


def test_an_episode_without_an_id_of_its_own_moves_no_date(h, history):
    missing(history)
    said = {"at": "2026-09-17T09:00:00+01:00", "case": h.CASE, "child": "C1"}
    history.do("MissingEpisodeRecorded", **said)
    assert history.owed() == [("CX-03", "C1", "2026-09-17")]


LEAVES_OPEN = [{}, {"context_ids": ["CTX-2"]}]


def test_on_a_context_it_is_a_decision_that_names_both(h, history):
    missing(history, on_context=True)
    for number, changes in enumerate(LEAVES_OPEN):
        decided(h, history, "2026-09-16T09:20:00+01:00", decision_id=f"D-{number}", **changes)
        assert history.owed(PLACE) == [("CX-03", "C1", "2026-09-17")]
    position = {"state": "not_sought", "reason": "alternative_basis_power_imbalance"}
    late = {"decision_id": "D-9", "context_ids": ["CTX-CB"], "data_subjects": {"C1": position, "P1": position}}
    assert decided(h, history, "2026-09-18T00:00:00+01:00", **late) == ["W CX-03"]
    assert history.owed(PLACE) == []
    assert history.entries[-1].event.children == ("C1",)  # P1 is none


def test_on_a_context_too_an_item_may_tell_of_the_episode(h, history):
    missing(history, on_context=True, episode_id="ME-1", child="C8")
    said = h.item("I-ME", person=None, kind="missing_episode", episode_id="ME-1")
    history.do("InformationRecorded", at="2026-09-16T09:00:00+01:00", **said)
    decided(h, history, "2026-09-16T09:20:00+01:00", items=["I-ME"], context_ids=["CTX-CB"])
    assert history.owed(PLACE) == []


def test_whom_a_decision_names_was_not_seen_there_by_that(h, history):
    decided(h, history, "2026-09-16T09:20:00+01:00", context_ids=["CTX-CB"])
    assert seen(history, "C2", "2026-09-17T09:20:00+01:00") == []


def test_on_a_context_a_partners_decision_about_the_child_counts(h, history):
    missing(history, on_context=True)
    missing(history, on_context=True, child="C8")
    notice = {"contexts_decided": ["CTX-CB"]}
    history.do("DisclosureReceived", at="2026-09-16T11:00:00+01:00", **h.receipt(notice=notice))
    assert history.owed(PLACE) == [("CX-03", "C8", "2026-09-17")]


def test_an_episode_ends_after_it_began(h, history):
    with pytest.raises(Malformed, match="field missing_to"):
        missing(history, to="2026-09-15T21:39:00+01:00")
    assert missing(history, to="2026-09-15T21:40:00+01:00") == []


@pytest.mark.parametrize(("said", "held", "notes"), [(True, True, None), ("she declined", None, "she declined")])
def test_a_return_interview_is_a_yes_or_no_or_told_in_words(h, history, said, held, notes):
    missing(history, return_interview=said)
    event = history.entries[-1].event
    assert (event.return_interview, event.return_interview_notes) == (held, notes)
