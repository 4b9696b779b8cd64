"""The registers in small histories: what went astray, what was lifted, what was seen earlier, what is overdue."""

import pytest

from ledger import Actor
from ledger.errors import UnknownId
from projections import rebuild, show

CASE = {"case": "TV-1"}
SENT = {
    **CASE,
    "mode": "fact",
    "disclosure_id": "X-1",
    "to": ["HMC"],
    "how": "secure_email",
    "what": {"summary": "dates"},
}
LOCAL = "wm-2.10@2024-04-19"


@pytest.fixture
def told(tvp):
    """A ledger with one case, under the local procedure."""
    tvp("2026-09-01T08:00", "PolicyEditionAdopted", edition_id=LOCAL)
    tvp("2026-09-01T09:00", "CaseOpened", **CASE)
    return tvp


def rows(told, name, part="rows", as_at=None, **args):
    return show(told.ledger, name, args, as_at)[part]


def totals(told, name, **args):
    return show(told.ledger, name, args)["totals"]


# Disclosures


def test_a_disclosure_that_went_astray_is_one_disclosure(told):
    told("2026-09-07T09:00", "DisclosureMade", **SENT)
    told("2026-09-08T09:00", "DisclosureMisdirected", **CASE, mode="fact", disclosure_id="X-1", intended=["BHA"])
    (row,) = rows(told, "disclosures")
    assert (row["misdirected"], row["misdirected_known_at"]) == (True, "2026-09-08T10:00:00+01:00")
    assert (row["at"], row["to"], row["intended"]) == ("2026-09-07T10:00:00+01:00", ["HMC"], ["BHA"])
    assert "B SE-04" in row["findings"]
    assert {name: totals(told, "disclosures")[name] for name in ("disclosures", "misdirected")} == {
        "disclosures": 1,
        "misdirected": 1,
    }


def test_who_has_no_id_is_shown_by_name(told):
    to = [{"agency": "HMC"}, {"named_recipient": "The duty worker"}]
    told("2026-09-07T09:00", "DisclosureMisdirected", **CASE, mode="fact", disclosure_id="X-1", to=to)
    assert rows(told, "disclosures")[0]["to"] == ["HMC", "The duty worker"]


def test_a_disclosure_that_says_little_is_counted_as_such(told):
    lost = {"disclosure_id": "X-1", "to": ["HMC"], "when": "2026-09-07T09:00:00Z"}
    told("2026-09-09T10:00", "DisclosureMisdirected", **CASE, mode="fact", **lost)
    (row,) = rows(told, "disclosures")
    assert (row["by"], row["role"], row["basis"], row["positions"]) == ("DUTY-1", "practitioner", None, {})
    assert (row["recorded_after_hours"], row["recorded_late"], "W ST-05" in row["findings"]) == (49.0, True, True)
    figures = totals(told, "disclosures")
    assert (figures["by_basis"], figures["by_method"]) == ({"not_said": 1}, {"not_said": 1})


# What was withheld


def withhold(told, at="2026-09-07T09:00", **said):
    why = {"reason_codes": ["not_held"], "reasons": "We have nothing.", "review_on": "2026-09-14"}
    decision = {"decision_id": "D-1", "outcome": "withhold", "risk_level": "early_help", "if_withheld": why, **said}
    told(at, "DecisionMade", **CASE, mode="fact", **decision)


def reconsider(told, at, outcome):
    told(at, "DecisionReconsidered", **CASE, mode="fact", decision_id="D-1", outcome=outcome)


def test_what_is_decided_to_be_shared_is_shared_when_it_goes(told):
    withhold(told)
    reconsider(told, "2026-09-08T09:00", "share")
    (row,) = rows(told, "withheld")
    assert (row["reconsidered"], row["shared_at"]) == (["2026-09-08T10:00:00+01:00 share"], None)
    assert (totals(told, "withheld")["reconsidered"], totals(told, "withheld")["shared"]) == (1, 0)
    told("2026-09-08T21:00", "DisclosureMade", **SENT, decision_id="D-1")
    told("2026-09-09T21:00", "DisclosureMade", **{**SENT, "disclosure_id": "X-2"}, decision_id="D-1")
    (row,) = rows(told, "withheld")
    assert (row["shared_by"], row["shared_after_hours"], totals(told, "withheld")["median_hours"]) == (
        "X-1",
        36.0,
        36.0,
    )


def test_what_is_shared_of_a_decision_in_part_is_not_what_was_withheld(told):
    withhold(told, outcome="part")
    told("2026-09-07T10:00", "DisclosureMade", **SENT, decision_id="D-1")
    reconsider(told, "2026-09-08T09:00", "part")
    told("2026-09-08T10:00", "DisclosureMade", **{**SENT, "disclosure_id": "X-2"}, decision_id="D-1")
    (row,) = rows(told, "withheld")
    assert (row["outcome"], row["shared_at"], totals(told, "withheld")["in_part"]) == ("part", None, 1)


def test_a_withholding_is_to_be_looked_at_again_until_it_is(told):
    withhold(told)
    told("2026-09-15T09:00", "CaseClosed", **CASE)
    assert [row["review_overdue"] for row in rows(told, "withheld", as_at="2026-09-14T22:00:00+00:00")] == [False]
    assert [row["review_overdue"] for row in rows(told, "withheld")] == [True]
    reconsider(told, "2026-09-15T10:00", "withhold")
    (row,) = rows(told, "withheld")
    assert (row["review_open"], row["review_overdue"], row["suspect_only"]) == (False, False, False)


def test_what_was_shared_is_counted_and_not_listed(told):
    withhold(told, outcome="share", if_withheld=None)
    assert rows(told, "withheld") == []
    assert (totals(told, "withheld")["decisions"], totals(told, "withheld")["withheld"]) == (1, 0)


# Receipts and restrictions


def receive(told, **said):
    told(
        "2026-09-08T09:00", "DisclosureReceived", **{**CASE, "receipt_id": "R-1", "provider": {"agency": "HMC"}, **said}
    )


def test_a_receipt_that_loses_the_want_of_consent(told):
    receive(told, disclosure_id="X-7", without_consent=False, notice={"without_consent": True})
    (row,) = rows(told, "receipts")
    assert (row["without_consent"], row["sent_without_consent"], row["mismatches"]) == (False, True, ["RC-03"])
    assert totals(told, "receipts")["mismatches"] == 1


def test_what_was_never_meant_for_a_recipient_is_neither_missing_nor_confirmed(told):
    told("2026-09-07T09:00", "DisclosureMade", **{**SENT, "to": ["HMC", "BHA"]})
    told("2026-09-07T10:00", "DisclosureMisdirected", **CASE, mode="fact", disclosure_id="X-1", to=["BHA"])
    assert [(row["recipient"], row["overdue"]) for row in rows(told, "receipts", "missing")] == [("HMC", False)]
    told("2026-09-07T11:00", "ReceiptConfirmed", **CASE, disclosure_id="X-1", recipient="HMC")
    figures = totals(told, "receipts")
    assert [figures[name] for name in ("asked_for", "confirmed", "confirmed_late", "missing")] == [2, 1, 0, 0]


def in_force(told, as_at=None):
    return [(row["code"], row["items"]) for row in rows(told, "receipts", "restrictions", as_at)]


def restrict(told, **said):
    for item in ("I-1", "I-2"):
        told("2026-09-07T09:00", "InformationRecorded", **CASE, item_id=item, kind="health", content="known")
    limits = {"restriction_id": "L-1", "items": ["I-1", "I-2"], "code": "NO_ONWARD", "imposed_by": "HMC"}
    told("2026-09-08T09:00", "RestrictionImposed", **{**CASE, **limits, **said})


def test_a_restriction_is_lifted_from_an_item_by_who_may(told):
    restrict(told)
    lift = {**CASE, "items": ["I-1"]}
    told("2026-09-09T09:00", "RestrictionLifted", **lift)  # nobody is said to have lifted it
    told("2026-09-09T09:00", "RestrictionLifted", **lift, code="USE_ONLY_FOR_PURPOSE", lifted_by="HMC")
    assert in_force(told) == [("NO_ONWARD", ["I-1", "I-2"])]
    told("2026-09-09T10:00", "RestrictionLifted", **lift, lifted_by="HMC")
    assert in_force(told) == [("NO_ONWARD", ["I-2"])]
    told("2026-09-09T11:00", "RestrictionLifted", **CASE, restriction_id="L-1", lifted_by="HMC")
    assert in_force(told) == []
    assert in_force(told, "2026-09-09T09:30:00+00:00") == [("NO_ONWARD", ["I-1", "I-2"])]


def test_a_restriction_lasts_to_the_end_of_its_last_day(told):
    restrict(told, until="2026-09-10")
    told("2026-09-10T22:00", "CaseClosed", **CASE)
    assert len(in_force(told)) == 1
    told("2026-09-10T23:00", "CaseReopened", **CASE)  # midnight in London
    assert in_force(told) == []


def test_a_restriction_that_comes_with_an_item_is_the_items(told):
    limits = [{"code": "NO_ONWARD"}]
    told("2026-09-07T09:00", "InformationRecorded", **CASE, item_id="I-1", kind="health", restrictions=limits)
    (row,) = rows(told, "receipts", "restrictions")
    assert (row["placed_with"], row["items"], row["kept"], row["since"]) == (
        "item I-1",
        ["I-1"],
        True,
        "2026-09-07T10:00:00+01:00",
    )


# Contexts


def test_a_child_was_first_found_on_the_earliest_day_that_anybody_names(told):
    seen = {"context": "CTX-1", "child": "C1"}
    receive(told, context_ids=["CTX-1"], children=["C1"])
    told("2026-09-16T03:00", "ChildAssociatedWithContext", **seen)
    told("2026-09-17T03:00", "ChildAssociatedWithContext", **seen, seen_on="2026-09-02")
    (context,) = rows(told, "contexts")
    (child,) = context["children"]
    assert (child["first_seen"], child["source"], child["times"]) == ("2026-09-02T00:00:00+01:00", "TVP", 3)
    (then,) = rows(told, "contexts", as_at="2026-09-16T12:00:00+00:00")
    assert (then["children"][0]["first_seen"][:10], then["agencies"]) == ("2026-09-08", ["HMC"])


def test_an_alert_is_open_until_it_is_decided_what_to_do(told):
    for child in ("C1", "C2"):
        told("2026-09-16T03:00", "ChildAssociatedWithContext", context="CTX-1", child=child)
    told("2026-09-24T09:00", "CaseClosed", **CASE)
    figures = totals(told, "contexts")
    assert (figures["children"], figures["alerts_open"], figures["alerts_overdue"]) == (2, 1, 1)
    withhold(told, "2026-09-24T10:00", context_ids=["CTX-1"])
    (context,) = rows(told, "contexts")
    assert (context["alert"]["open"], context["alert"]["decided_at"]) == (False, "2026-09-24T11:00:00+01:00")
    assert (context["decisions"][0]["decision"], totals(told, "contexts")["alerts_open"]) == ("D-1", 0)
    told("2026-09-25T09:00", "ChildAssociatedWithContext", context="CTX-1", child="C3")
    (context,) = rows(told, "contexts")
    assert context["alert"] == {
        "raised_at": "2026-09-25T10:00:00+01:00",
        "due": "2026-10-02T23:59:59+01:00",
        "open": True,
        "overdue": False,
        "decided_at": None,
    }


def test_who_went_missing_where_nobody_knows(told):
    told("2026-09-16T03:00", "MissingEpisodeRecorded", **CASE, child="C1", episode_id="ME-1")
    answer = show(told.ledger, "contexts")
    assert [(row["episode"], row["child"], row["case"]) for row in answer["missing_elsewhere"]] == [
        ("ME-1", "C1", "TV-1")
    ]
    assert (answer["rows"], answer["totals"]["missing_episodes"]) == ([], 1)


# Findings


def test_findings_by_rule_by_level_and_by_case(told):
    told("2026-09-01T09:00", "CaseOpened", case="TV-2")
    told("2026-09-07T09:00", "DisclosureMade", **{**SENT, "how": "insecure_email"})
    told("2026-09-07T09:00", "DisclosureMade", **{**SENT, "how": "fax", "case": "TV-2", "disclosure_id": "X-2"})
    assert [row["about"] for row in rows(told, "findings", rule="SE-01")] == [["insecure_email"], ["fax"]]
    assert [row["about"] for row in rows(told, "findings", rule="SE-01", case="TV-2")] == [["fax"]]
    assert {row["level"] for row in rows(told, "findings", level="B")} == {"B"}
    assert totals(told, "findings", rule="SE-01")["by_rule"] == {"SE-01": 2}
    told("2026-09-07T09:00", "CaseOpened", case="TV-3")
    assert totals(told, "findings", case="TV-3")["findings"] == 0
    with pytest.raises(UnknownId, match="There is no case TV-9 in this ledger"):
        totals(told, "findings", case="TV-9")


def test_what_is_overdue_is_found_until_it_is_done(told):
    told("2026-09-07T09:00", "MissingEpisodeRecorded", **CASE, child="C1", episode_id="ME-1")
    told("2026-09-07T09:00", "DisclosureMade", **SENT)
    told("2026-09-10T09:00", "CaseClosed", **CASE)
    assert rows(told, "findings", "overdue", "2026-09-08T22:00:00+00:00") == []
    (row,) = rows(told, "findings", "overdue")
    assert (row["rule"], row["about"], row["due"], row["file"], row["by"]) == (
        "CX-03",
        ["ME-1", "C1"],
        "2026-09-08T23:59:59+01:00",
        "case TV-1",
        None,
    )
    assert [(row["rule"], row["by"]) for row in rows(told, "findings", "external")] == [("RC-06", "HMC")]
    assert (totals(told, "findings")["overdue"], totals(told, "findings")["external"]) == (1, 1)
    told("2026-09-10T10:00", "ReceiptConfirmed", **CASE, disclosure_id="X-1", recipient="HMC")
    (stored,) = rows(told, "findings", "external")
    assert (stored["rule"], stored["event"]) == ("RC-06", "ReceiptConfirmed")


def test_the_past_is_judged_by_the_editions_that_were_recorded_then(tvp):
    """A receipt and a decision are overdue; only afterwards is it recorded which procedure applies."""
    tvp("2026-09-01T09:00", "CaseOpened", **CASE)
    tvp("2026-09-07T09:00", "MissingEpisodeRecorded", **CASE, child="C1", episode_id="ME-1")
    tvp("2026-09-07T09:00", "DisclosureMade", **SENT)
    tvp("2026-09-10T09:00", "CaseClosed", **CASE)
    tvp("2026-09-11T09:00", "PolicyEditionAdopted", edition_id=LOCAL, occurred_at="2026-09-01T08:00:00Z")
    then = "2026-09-10T12:00:00+00:00"
    assert [row["rule"] for row in rows(tvp, "findings", "overdue")] == ["CX-03"]
    assert [row["finding"] for row in rows(tvp, "receipts", "missing")] == ["W RC-06"]
    assert rows(tvp, "findings", "overdue", then) == []
    assert [(row["overdue"], row["finding"]) for row in rows(tvp, "receipts", "missing", then)] == [(True, None)]


# Schemes

SCHEME = {"scheme": "CS-1"}


def test_the_clocks_of_an_application(told):
    told(
        "2026-09-07T09:00",
        "SchemeApplicationReceived",
        **SCHEME,
        applicant="G",
        subject="E",
        children=["C1"],
        route="direct",
    )
    told("2026-09-08T10:00", "InitialChecksCompleted", **SCHEME)
    (row,) = rows(told, "schemes")
    assert (row["scheme"], row["family"], row["route"], row["state"]) == ("CS-1", "csods", "direct", "CHECKED")
    assert (row["met"], row["late"], row["overdue"]) == ([], ["checks"], [])
    told("2026-12-08T10:00", "CaseClosed", **CASE)
    (row,) = rows(told, "schemes")
    assert (row["late"], row["overdue"]) == (["checks"], ["interview", "overall"])
    lines = {line["stage"]: line for line in rows(told, "schemes", "clocks")}
    assert (lines["checks"]["state"], lines["checks"]["met_at"]) == ("late", "2026-09-08T11:00:00+01:00")
    assert (lines["interview"]["state"], lines["interview"]["met_at"]) == ("overdue", None)
    assert (lines["checks"]["late_by"], lines["interview"]["late_by"] != "") == ("1 hour late", True)
    figures = totals(told, "schemes")
    assert [figures[name] for name in ("applications", "open", "met", "late", "overdue", "running")] == [
        1,
        1,
        0,
        1,
        2,
        0,
    ]
    assert [row["overdue"] for row in rows(told, "schemes", as_at="2026-09-08T12:00:00+00:00")] == [[]]


def test_a_refusal_that_waits_to_be_reconsidered(told):
    told(
        "2026-09-07T09:00",
        "SchemeApplicationReceived",
        **SCHEME,
        applicant="G",
        subject="E",
        children=["C1"],
        route="direct",
    )
    told("2026-09-07T10:00", "UndertakingOffered", **SCHEME, to="G")
    told("2026-09-07T11:00", "UndertakingRefused", **SCHEME, category="no_reason_given")
    (row,) = rows(told, "schemes")
    assert (row["reconsideration_due"], row["overdue"]) == ("2026-09-08T12:00:00+01:00", [])
    told("2026-09-08T11:01", "CaseClosed", **CASE)
    assert "reconsideration" in rows(told, "schemes")[0]["overdue"]
    figures = totals(told, "schemes")
    assert (figures["reconsiderations_pending"], figures["reconsiderations_overdue"]) == (1, 1)
    told("2026-09-08T12:00", "ReconsiderationDecided", **SCHEME, outcome="withhold", reasons="It is too great.")
    (row,) = rows(told, "schemes")
    assert (row["reconsideration_due"], "reconsideration" in row["overdue"]) == (None, False)
    assert totals(told, "schemes")["open"] == 1
    told("2026-09-08T13:00", "SchemeClosed", **SCHEME, outcome="no_disclosure")
    assert totals(told, "schemes")["open"] == 0


def test_the_clocks_are_those_of_the_day_of_the_application(tvp):
    tvp("2023-03-20T10:00", "SchemeApplicationReceived", **SCHEME, applicant="G", subject="E", route="direct")
    tvp("2026-09-07T10:00", "CaseOpened", **CASE)
    stages = [line["stage"] for line in rows(tvp, "schemes", "clocks")]
    assert stages == ["checks", "risk_assessment", "decision", "overall"]


# Sealed values

CANARIES = ("Canary summary", "Canary reasons", "Canary place", "Canary panel", "Canary name")
NAMES = ("contexts", "disclosures", "findings", "receipts", "schemes", "withheld")


def say_it_all(told):
    why = {"reason_codes": ["not_held"], "reasons": CANARIES[1], "review_on": "2026-09-14"}
    withhold(told, if_withheld=why, reasons=CANARIES[1])
    to = [{"named_recipient": CANARIES[4]}]
    told("2026-09-07T10:00", "DisclosureMisdirected", **CASE, mode="fact", disclosure_id="X-1", to=to)
    told("2026-09-07T11:00", "DisclosureMade", **{**SENT, "disclosure_id": "X-2", "what": {"summary": CANARIES[0]}})
    told("2026-09-07T12:00", "ContextIdentified", context="CTX-1", kind="location", name=CANARIES[2])
    drawn = {"about": [{"type": "case", "id": "TV-1"}], "basis": ["6(c)"], "marking": "OFFICIAL-SENSITIVE"}
    told("2026-09-07T13:00", "ExtractIssued", mode="fact", extract_id="EX-1", to=CANARIES[3], **drawn)
    receive(told, details=CANARIES[0], restrictions=[{"code": "NO_ONWARD", "text": CANARIES[1]}])


def test_no_sealed_value_is_in_any_file(told):
    say_it_all(told)
    rebuild(told.ledger)
    answers = str([show(told.ledger, name) for name in NAMES])
    assert [canary for canary in CANARIES[1:] if canary not in answers] == []
    for path in (path for path in told.ledger.folder.path.rglob("*") if path.is_file()):
        assert not any(canary.encode() in path.read_bytes() for canary in CANARIES), path


def test_what_was_erased_shows_as_erased(told):
    say_it_all(told)
    by = Actor(staff_ref="DPO-1", role="dpo")
    told.ledger.erase("case", "TV-1", reason="asked for", authority="the DPO", actor=by)
    astray = next(row for row in rows(told, "disclosures") if row.get("disclosure") == "X-1")
    (withheld,) = rows(told, "withheld")
    assert [name[:18] for name in (*astray["to"], withheld["reasons"])] == ["[erased on 2026-09"] * 2
