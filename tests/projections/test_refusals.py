"""Sarah's Law, requirements §10.B: an undertaking refused twice, and what else is no refusal."""

import json

import pytest

from projections import show

S = "CS-24-019"
REFUSED_ONCE = "She wants to tell her sister."


def receive(told, at, scheme, **more):
    said = {"applicant": "G", "subject": "S", "children": ["D1"], "route": "direct", **more}
    told(at, "SchemeApplicationReceived", scheme=scheme, **said)


def offer(told, at, scheme, to, undertaking, **more):
    told(at, "UndertakingOffered", scheme=scheme, to=to, undertaking_id=undertaking, wording_version="v2023-04", **more)


def decide(told, at, scheme, recipient, **more):
    told(at, "SchemeDecisionMade", mode="fact", scheme=scheme, outcome="disclose", recipient=recipient,
         recipient_role="parent", recipient_relation="mother", basis="convictions_for_child_sex_offences",
         presumption_applied=True, **more)  # fmt: skip


def warn(told, at, scheme, **more):
    told(at, "WarningGiven", scheme=scheme, purpose_limit=True, undertaking_explained=True, legal_proceedings=True,
         explained_by="TVP-11", understood=True, **more)  # fmt: skip


def deliver(told, at, scheme, **more):
    how = {"mode": "in_person", "place": "Interview room 2", "safe_environment_confirmed": True}
    told(at, "SchemeDisclosureDelivered", mode="fact", scheme=scheme, what="His convictions.", delivery=how, **more)


def reconsider(told, at, scheme, outcome, **more):
    officer = {"staff_ref": "TVP-1", "rank": "superintendent"}
    weighing = {"child_if_not_disclosed": "Contact goes on.", "subject_if_disclosed": "Word may spread."}
    told(at, "ReconsiderationDecided", scheme=scheme, outcome=outcome, authorising_officer=officer,
         risk_weighing=weighing, reasons="The child's risk outweighs it.", **more)  # fmt: skip


def up_to_second_refusal(told):
    """B01 to B13, as far as the report is concerned."""
    receive(told, "2024-02-05T09:00", S)
    told("2024-02-05T15:40", "InitialChecksCompleted", scheme=S, progress=True)
    told("2024-02-19T10:00", "InterviewHeld", scheme=S, id_seen=True)
    decide(told, "2024-03-01T16:00", S, "M")
    told("2024-03-04T10:00", "DeliveryPlanned", scheme=S, place="Interview room 2")
    warn(told, "2024-03-04T11:00", S)
    offer(told, "2024-03-04T11:10", S, "M", "UT-1", language="en", clauses=["confidential", "no_further_disclosure"])
    told("2024-03-04T11:20", "UndertakingRefused", scheme=S, refusal_id="UR-1", undertaking_id="UT-1", by="M",
         category="wishes_to_tell_named_person", clauses_objected=["no_further_disclosure"], reason=REFUSED_ONCE,
         time_given_minutes=10)  # fmt: skip
    reconsider(told, "2024-03-04T15:30", S, "offer_again", reconsideration_id="RC-1", refusal_id="UR-1")
    offer(told, "2024-03-05T14:00", S, "M", "UT-2")
    told("2024-03-05T14:15", "UndertakingRefused", scheme=S, refusal_id="UR-2", category="no_reason_given")


def second_reconsideration(told):
    reconsider(told, "2024-03-05T16:00", S, "disclose_without_undertaking", reconsideration_id="RC-2",
               refusal_id="UR-2", content_limited=True, protective_actions=["s47_referral", "safety_plan"])  # fmt: skip


def signed_at_once(told):
    """B00."""
    receive(told, "2023-03-20T09:00", "CS-23-004")
    told("2023-03-20T15:00", "InitialChecksCompleted", scheme="CS-23-004", progress=True)
    decide(told, "2023-04-06T09:00", "CS-23-004", "N")
    warn(told, "2023-04-28T10:00", "CS-23-004")
    offer(told, "2023-04-28T10:10", "CS-23-004", "N", "UT-0")
    told("2023-04-28T10:20", "UndertakingSigned", scheme="CS-23-004", undertaking_id="UT-0")
    deliver(told, "2023-04-28T10:30", "CS-23-004")


def told_to_others(told):
    """B18."""
    told("2024-03-20T10:00", "OnwardDisclosureAlleged", scheme=S, allegation_id="OA-1", by="M", how="social_media")
    told("2024-03-27T10:00", "OnwardDisclosureInvestigated", scheme=S, allegation_id="OA-1", outcome="substantiated")
    told("2024-04-10T10:00", "LegalActionDecided", scheme=S, allegation_id="OA-1", action="warning_letter")


def unable_then_signed(told):
    """B22."""
    receive(told, "2024-06-03T08:00", "CS-24-027", applicant="R27")
    told("2024-06-03T14:00", "InitialChecksCompleted", scheme="CS-24-027", progress=True)
    decide(told, "2024-06-10T13:00", "CS-24-027", "R27")
    offer(told, "2024-06-12T09:00", "CS-24-027", "R27", "UT-27-1")
    told("2024-06-12T09:10", "UndertakingUnable", scheme="CS-24-027", undertaking_id="UT-27-1",
         reason="unable_language_or_format")  # fmt: skip
    warn(told, "2024-06-14T09:00", "CS-24-027")
    offer(told, "2024-06-14T09:15", "CS-24-027", "R27", "UT-27-2", interpreter="BSL-3")
    told("2024-06-14T09:25", "UndertakingSigned", scheme="CS-24-027", undertaking_id="UT-27-2")
    deliver(told, "2024-06-14T09:30", "CS-24-027")


@pytest.fixture
def scenario(tvp):
    signed_at_once(tvp)
    up_to_second_refusal(tvp)
    second_reconsideration(tvp)
    deliver(tvp, "2024-03-06T10:00", S)
    told_to_others(tvp)
    receive(tvp, "2024-05-13T09:00", "CS-24-023", anonymous=True)  # B21: no offer, so not among the applications
    unable_then_signed(tvp)
    return tvp.ledger


def test_the_totals_of_the_scenario(scenario):
    totals = show(scenario, "refusals")["totals"]
    assert {name: value for name, value in totals.items() if name != "by"} == {
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
        "p95_hours": 4.1667,
        "overdue": 0,
        "without_undertaking": 1,
        "before_reconsideration": 0,
        "outcomes": {"offer_again": 1, "disclose_without_undertaking": 1},
        "onward_after_refusal": 1,
        "onward_after_signature": 0,
        "children_without_protector": 0,
        "stages_late": 2,
    }
    assert totals["by"]["category"] == {
        "no_reason_given": {"refused": 1},
        "wishes_to_tell_named_person": {"refused": 1},
    }
    assert totals["by"]["quarter"]["2024-Q1"] == {"offered": 2, "refused": 2}


def test_each_refusal_is_a_row_of_its_application(scenario):
    first, second = show(scenario, "refusals")["rows"]
    assert [(r["application"], r["refusal_id"], r["edition"]) for r in (first, second)] == [
        (S, "UR-1", "csods-2023-04"),
        (S, "UR-2", "csods-2023-04"),
    ]
    assert first["recipient"] == second["recipient"] == "M"  # UR-2 names nobody: it is whom the undertaking was offered
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert (first["recipient_role"], first["recipient_relation"]) == ("parent", "mother")
    assert first["clauses_objected"] == ["no_further_disclosure"]
    assert (first["reason"], second["reason"]) == (REFUSED_ONCE, None)
    assert first["warning"] == {"purpose_limit": True, "undertaking_explained": True, "legal_proceedings": True}
    assert first["reconsideration"]["due"] == "2024-03-05T11:20:00+00:00"
    assert first["reconsideration"]["outcome"] == "offer_again"
    assert first["reconsideration"]["hours"] == 4.1667
    assert second["reconsideration"] == {
        "due": "2024-03-06T14:15:00+00:00",
        "decided_at": "2024-03-05T16:00:00+00:00",
        "hours": 1.75,
        "overdue": False,
        "reconsideration_id": "RC-2",
        "outcome": "disclose_without_undertaking",
        "officer": "TVP-1",
        "officer_rank": "superintendent",
        "reasons": "The child's risk outweighs it.",
        "risk_to_child_if_not_disclosed": "Contact goes on.",
        "risk_to_person_at_risk_if_not_disclosed": None,
        "risk_to_subject_if_disclosed": "Word may spread.",
        "content_limited": True,
        "alternative_recipient": None,
        "protective_actions": ["s47_referral", "safety_plan"],
    }
    assert second["delivered_at"] == "2024-03-06T10:00:00+00:00"
    assert (second["delivered_in_person"], second["disclosed_without_undertaking"]) == (True, True)
    assert (second["onward_outcome"], second["onward_action"]) == ("substantiated", "warning_letter")
    assert [r["step"] for r in second["records"]] == ["offered", "refused", "reconsidered", "delivered"]
    for record in second["records"]:
        assert scenario.reading(record["position"]).hash.hex() == record["hash"]


def test_a_delivery_without_the_second_reconsideration_is_counted(tvp):
    up_to_second_refusal(tvp)
    deliver(tvp, "2024-03-06T10:00", S)
    answer = show(tvp.ledger, "refusals")
    assert answer["totals"]["before_reconsideration"] == 1
    assert answer["totals"]["reconsiderations"] == 1
    assert "CS-09" in json.dumps(answer["rows"][1]["findings"])


def test_a_refusal_that_still_waits_is_overdue_only_after_its_time(tvp):
    up_to_second_refusal(tvp)
    tvp("2024-03-06T14:15", "ImmediateActionTaken", scheme=S)
    assert show(tvp.ledger, "refusals")["totals"]["overdue"] == 0
    tvp("2024-03-06T14:16", "ImmediateActionTaken", scheme=S)
    answer = show(tvp.ledger, "refusals")
    assert answer["totals"]["overdue"] == 1
    assert answer["totals"]["children_without_protector"] == 1
    assert answer["rows"][1]["reconsideration"]["hours"] is None
    assert show(tvp.ledger, "refusals", as_at="2024-03-06T14:00:00+00:00")["totals"]["overdue"] == 0


def test_escalating_is_a_decision_but_settles_nothing(tvp):
    up_to_second_refusal(tvp)
    reconsider(tvp, "2024-03-05T16:00", S, "escalate_to_multi_agency")
    tvp("2024-03-06T15:00", "ImmediateActionTaken", scheme=S)
    waiting = show(tvp.ledger, "refusals")
    assert waiting["rows"][1]["reconsideration"]["outcome"] is None
    assert waiting["rows"][1]["reconsideration"]["due"] == "2024-03-06T14:15:00+00:00"  # a day after the refusal
    assert waiting["totals"]["overdue"] == 1
    reconsider(tvp, "2024-03-06T15:15", S, "withhold")
    settled = show(tvp.ledger, "refusals")
    assert settled["totals"]["reconsiderations"] == 3
    assert settled["totals"]["outcomes"] == {"escalate_to_multi_agency": 1, "offer_again": 1, "withhold": 1}
    assert settled["rows"][1]["reconsideration"]["hours"] == 25.0
    assert settled["rows"][1]["reconsideration"]["overdue"] is True
    assert (settled["totals"]["overdue"], settled["totals"]["median_hours"]) == (1, 14.5833)


def test_one_decision_about_two_refusals_is_one_decision(tvp):
    up_to_second_refusal(tvp)
    offer(tvp, "2024-03-05T14:20", S, "M", "UT-3")
    tvp("2024-03-05T14:30", "UndertakingRefused", scheme=S, refusal_id="UR-3", category="no_reason_given")
    reconsider(tvp, "2024-03-06T14:20", S, "withhold")  # late for UR-2, in time for UR-3
    report = show(tvp.ledger, "refusals")
    assert (report["totals"]["refused"], report["totals"]["reconsiderations"]) == (3, 2)
    assert [row["reconsideration"]["overdue"] for row in report["rows"]] == [False, True, False]
    assert report["totals"]["overdue"] == 1
    assert report["totals"]["median_hours"] == 23.8333


def test_a_signature_ends_the_signers_wait_alone(tvp):
    up_to_second_refusal(tvp)
    offer(tvp, "2024-03-05T15:00", S, "A", "UT-3")
    tvp("2024-03-05T15:10", "UndertakingRefused", scheme=S, undertaking_id="UT-3", refusal_id="UR-3", category="other")
    offer(tvp, "2024-03-05T15:20", S, "M", "UT-4")
    tvp("2024-03-05T15:30", "UndertakingSigned", scheme=S, undertaking_id="UT-4")
    tvp("2024-03-07T15:30", "ImmediateActionTaken", scheme=S)
    answer = show(tvp.ledger, "refusals")
    assert [row["reconsideration"]["overdue"] for row in answer["rows"]] == [False, False, True]
    assert answer["totals"]["refusers"] == 2


def test_deferred_declined_and_repudiated_are_no_refusals(tvp):
    receive(tvp, "2024-02-05T09:00", S)
    decide(tvp, "2024-03-01T16:00", S, "M")
    offer(tvp, "2024-03-04T11:10", S, "M", "UT-1")
    tvp("2024-03-04T11:20", "UndertakingDeferred", scheme=S)
    tvp("2024-03-05T11:20", "UndertakingSigned", scheme=S)
    tvp("2024-03-05T11:30", "UndertakingRepudiated", scheme=S)
    deliver(tvp, "2024-03-05T12:00", S)
    tvp("2024-03-06T11:20", "RecipientDeclinedToReceive", scheme=S)
    totals = show(tvp.ledger, "refusals")["totals"]
    assert (totals["deferred"], totals["declined_to_receive"], totals["refused"]) == (1, 1, 0)
    assert (totals["without_undertaking"], totals["median_hours"]) == (1, None)


def test_what_is_recorded_late_counts_from_when_it_happened(tvp):
    receive(tvp, "2024-02-05T09:00", S)
    decide(tvp, "2024-03-01T16:00", S, "M")
    offer(tvp, "2024-03-04T11:10", S, "M", "UT-1")
    deliver(tvp, "2024-03-06T10:00", S)
    tvp(
        "2024-03-07T09:00",
        "UndertakingSigned",
        scheme=S,
        occurred_at="2024-03-04T11:20:00+00:00",
        late_reason="mislaid",
    )
    assert show(tvp.ledger, "refusals")["totals"]["without_undertaking"] == 0


def test_nothing_recorded_gives_an_empty_report(tvp):
    answer = show(tvp.ledger, "refusals")
    assert answer["rows"] == []
    assert answer["totals"]["applications"] == 0
    assert answer["totals"]["median_hours"] is None
    assert answer["built_to"] == {"position": 1, "hash": tvp.ledger.head().hash.hex()}
