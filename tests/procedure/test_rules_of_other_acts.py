"""Withholding, receipts, requests, advice, misdirected disclosures and extracts; other agencies, other dates."""

import pytest

PLAN_FACT = pytest.mark.parametrize("mode", ["plan", "fact"])
NURSERY = "2024-04-22T10:00:00+01:00"


def without(said, *names):
    return {name: value for name, value in said.items() if name not in names}


# Withholding

WITHHELD = [
    ("WH-01", "E/B", {"reasons": None, "if_withheld__reasons": None}),
    ("WH-02", "B/B", {"if_withheld__reason_codes": ["gdpr", "no_consent"]}),
    ("WH-03", "W/W", {"if_withheld__risk_of_not_sharing": None}),
    ("WH-04", "W/W", {"if_withheld__review_on": None}),
    ("WH-05", "W/W", {"if_withheld__requester_told_at": None}),
    ("WH-06", "B/B", {"request_id": "Q-ORDER"}),
    ("NM-01", "E/B", {"safety_and_wellbeing": None}),
    ("AD-01", "W/W", {"if_withheld__reason_codes": ["uncertain_law", "not_necessary"]}),
    ("ST-03", "E/E", {"if_withheld__reason_codes": ["not_mine"]}),
]
WITHHELD_FINE = [
    {"if_withheld__reason_codes": ["gdpr", "not_necessary"]},
    {"if_withheld__reasons": None},
    {"if_withheld__requester_told_at": None, "recipients": None},
    {"request_id": "Q-PLAIN"},
    {"if_withheld__detriment_comparison": None},  # s.16LA of the Children Act 2004 is not in force yet
]


@pytest.fixture
def asked_for(h, history):
    """The open case with a plain request and one that a court compels."""
    said = {"case": h.CASE, "requester": {"agency": "KYP"}, "legal_basis": "Children Act 1989 s.47"}
    history.do("InformationRequested", request_id="Q-PLAIN", purposes=["assessment"], **said)
    order = {"kind": "court_order", "ref": "an order", "due": "2026-09-14"}
    history.do("InformationRequested", request_id="Q-ORDER", purposes=["court_order"], compulsion=order, **said)
    return history


@pytest.mark.parametrize(("rule", "levels", "changes"), WITHHELD)
@PLAN_FACT
def test_a_rule_of_withholding_fires(h, asked_for, rule, levels, changes, mode):
    said = without(h.withholding(**changes), "mode")
    assert h.comes_to(asked_for, "DecisionMade", mode, **said) == h.expected(rule, levels, mode)


@pytest.mark.parametrize("changes", WITHHELD_FINE)
def test_what_comes_near_a_rule_of_withholding(h, asked_for, changes):
    assert h.comes_to(asked_for, "DecisionMade", "plan", **without(h.withholding(**changes), "mode")) == []


def test_withholding_rests_on_the_editions_of_its_day(h):
    early = h.History(at="2024-04-18T10:00:00+01:00", since="2023-01-02T09:00:00+00:00", adopted=False).open()
    said = h.withholding(if_withheld__requester_told_at=None)
    assert h.comes_to(early, "DecisionMade", **(said | {"mode": "fact"})) == ["W ST-07"]
    assert early.do("DecisionMade", **said) == ["W ST-07"]
    early.do("PolicyEditionAdopted", at=NURSERY, edition_id="wm-2.10@2024-04-19")
    assert early.do("DecisionMade", **said | {"decision_id": "D-2"}) == ["W WH-05"]


@pytest.mark.parametrize(("kind", "refused"), [("nhs_provider", ["WH-03"]), ("voluntary_charity", [])])
def test_the_duty_to_share_asks_for_a_comparison_from_its_first_day(h, kind, refused):
    history = h.History(kind=kind).open()
    said = h.withholding(if_withheld__detriment_comparison=None)
    assert history.refused("DecisionMade", at="2026-09-29T23:59:00+01:00", **said) == []
    assert history.refused("DecisionMade", at="2026-09-30T00:00:00+01:00", **said) == refused


def test_a_decision_in_part_is_judged_for_both_parts(h, history):
    history.do("InformationRecorded", **h.item("THERAPY", kind="health", special=["health"]))
    kept = h.withholding()["if_withheld"] | {"items": ["THERAPY"]}
    part = {"decision__outcome": "part", "decision__items": ["ATT", "THERAPY"], "decision__if_withheld": kept}
    assert history.do("DisclosureMade", **h.disclosure(**part)) == ["I CN-09"]
    silent = part | {"decision__if_withheld": {"items": ["THERAPY"], "reason_codes": ["gdpr"]}}
    found = history.do("DisclosureMade", **h.disclosure("X-2", **silent))
    assert found == ["I CN-09", "B WH-01", "B WH-02", "W WH-03", "W WH-04", "W WH-05"]


# What a recipient records

RECEIVED = [
    ("RC-02", "E/B", {"details": None}),
    ("RC-02", "E/B", {"provider": None}),
    ("RC-02", "E/B", {"provider": {"unknown": True}}),
    ("RC-03", "-/W", {"without_consent": False, "notice": {"without_consent": True}}),
    ("RC-03", "-/W", {"without_consent": None, "notice": {"without_consent": True}}),
    ("RC-04", "E/W", {"consent_reasons": None}),
    ("RC-05", "-/B", {"notice": {"restrictions": [{"code": "NO_ONWARD"}]}}),
    (
        "RC-05",
        "-/B",
        {
            "notice": {"restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}]},
            "restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["X1"]}],
        },
    ),
]
RECEIVED_FINE = [
    {"provider": {"unknown": True, "why": "a note under the door"}},
    {"consent_reasons": None, "reasons_unknown": True},
    {"without_consent": None, "consent_reasons": None},
    {"notice": {"restrictions": [{"code": "NO_ONWARD"}]}, "restrictions": [{"code": "NO_ONWARD", "text": "ask first"}]},
]


@pytest.mark.parametrize(("rule", "levels", "changes"), RECEIVED)
@PLAN_FACT
def test_a_rule_of_receiving_fires(h, history, rule, levels, changes, mode):
    found = h.comes_to(history, "DisclosureReceived", mode, **h.receipt(**changes))
    assert found == h.expected(rule, levels, mode)


@pytest.mark.parametrize("changes", RECEIVED_FINE)
def test_what_comes_near_a_rule_of_receiving(h, history, changes):
    assert h.comes_to(history, "DisclosureReceived", "plan", **h.receipt(**changes)) == []


def test_a_late_receipt_is_measured_from_when_it_was_received(h, history):
    said = h.receipt(received_at="2026-09-05T08:00:00+01:00", late_reason="off sick")
    assert history.do("DisclosureReceived", **said) == ["W ST-05"]
    assert history.entries[-1].occurred_at == h.time("2026-09-05T08:00:00+01:00")


# Restrictions on what goes further

LIMITS = [
    ({"code": "NO_ONWARD_WITHOUT_ORIGINATOR"}, "KYP", ["RC-07"]),
    ({"code": "NO_ONWARD_WITHOUT_ORIGINATOR"}, "BHA", []),
    ({"code": "NO_ONWARD"}, "BHA", ["RC-07"]),
    ({"code": "EYES_ONLY"}, "KYP", ["RC-07"]),
    ({"code": "USE_ONLY_FOR_PURPOSE", "purposes": ["assessment"]}, "KYP", ["RC-07"]),
    ({"code": "USE_ONLY_FOR_PURPOSE", "purposes": ["early_identification"]}, "KYP", []),
    ({"code": "NO_ONWARD", "until": "2026-09-06"}, "KYP", []),
    ({"code": "NO_ONWARD", "until": "2026-09-07"}, "KYP", ["RC-07"]),
]


@pytest.mark.parametrize(("limit", "to", "refused"), LIMITS)
@pytest.mark.parametrize("by", ["receipt", "items", "imposed"])
def test_a_restriction_travels_with_what_was_received(h, history, limit, to, refused, by):
    source = {"agency": "BHA", "receipt_id": "R-X-7"} if by == "receipt" else {"agency": "BHA"}
    history.do("InformationRecorded", **h.item("I-2", source=source))
    if by == "imposed":
        history.do("RestrictionImposed", case=h.CASE, items=["I-2"], imposed_by="BHA", **limit)
    else:
        history.do("DisclosureReceived", **h.receipt(items=["I-2"] if by == "items" else [], restrictions=[limit]))
    recipients = [{"agency": to, "need_to_know_reason": "works with her"}]
    said = h.disclosure(to=recipients, what={"items": ["I-2"]}, decision__recipients=recipients)
    assert history.refused("DisclosureMade", **(said | {"mode": "plan"})) == refused


# Requests, advice, what went astray, extracts

OTHER_ACTS = [
    ("RQ-01", "W/W", "InformationRequested", {"request_id": "Q-1", "purposes": ["assessment"]}),
    ("RQ-01", "W/W", "InformationRequested", {"request_id": "Q-1", "legal_basis": "s.47"}),
    ("AD-02", "W/W", "AdviceSought", {"advice_id": "AV-1", "adviser_role": "dpo", "identity_disclosed": True}),
]
OTHER_ACTS_FINE = [
    (
        "InformationRequested",
        {"request_id": "Q-1", "purposes": ["assessment"], "legal_basis": {"art6": [{"code": "e"}]}},
    ),
    ("AdviceSought", {"advice_id": "AV-1", "identity_disclosed": True, "why_identity_needed": "siblings"}),
    ("AdviceSought", {"advice_id": "AV-1", "identity_disclosed": False}),
]


@pytest.mark.parametrize(("rule", "levels", "do", "said"), OTHER_ACTS)
@PLAN_FACT
def test_a_rule_of_another_act_fires(h, history, rule, levels, do, said, mode):
    assert h.comes_to(history, do, mode, case=h.CASE, **said) == h.expected(rule, levels, mode)


@pytest.mark.parametrize(("do", "said"), OTHER_ACTS_FINE)
def test_what_comes_near_a_rule_of_another_act(h, history, do, said):
    assert h.comes_to(history, do, "plan", case=h.CASE, **said) == []


@PLAN_FACT
def test_what_went_astray_is_that_and_nothing_else(h, history, mode):
    said = {"disclosure_id": "X-10", "to": [{"agency": "FDA"}], "what": {"items": ["ATT"]}, "legal_basis": h.BASIS}
    found = h.comes_to(history, "DisclosureMisdirected", mode, case=h.CASE, **said)
    assert found == h.expected("SE-04", "-/B", mode)


EXTRACT = {
    "extract_id": "EX-1",
    "about": [{"type": "case", "id": "HM-1"}],
    "to": "the review panel",
    "purpose": "practice_review",
    "basis": ["6(c)", "UKGDPR:9(2)(g)"],
    "reasons": "the panel asked",
    "marking": "OFFICIAL-SENSITIVE",
    "extract_mode": "complete",
}


@pytest.mark.parametrize(
    ("missing", "rules"),
    [
        ([], []),
        (["basis"], ["EX-01"]),
        (["to"], ["EX-01"]),
        (["marking"], ["EX-03"]),
        (["to", "marking"], ["EX-01", "EX-03"]),
    ],
)
@PLAN_FACT
def test_an_extract_is_a_disclosure(h, history, missing, rules, mode):
    said = without(EXTRACT, *missing)
    assert h.comes_to(history, "ExtractIssued", mode, **said) == [f"E {rule}" for rule in rules]


def test_doubt_asks_for_advice(h, history):
    history.do("InDoubtRaised", case=h.CASE, items=["ATT"], doubt="is this ours to say?")
    plan = {"case": h.CASE, "mode": "plan"}
    assert history.do("DecisionMade", **plan, **h.decision("D-1")) == ["W AD-01", "I CN-09"]
    history.do("AdviceSought", case=h.CASE, advice_id="AV-1", adviser_role="ig_lead")
    assert history.do("DecisionMade", **plan, **h.decision("D-2")) == ["I CN-09"]


# Time

SHARED = [
    ("immediate", "2026-09-07T10:00:00+01:00", []),
    ("immediate", "2026-09-07T10:00:01+01:00", ["B TM-01"]),
    ("significant_harm", "2026-09-08T09:00:00+01:00", []),
    ("significant_harm", "2026-09-08T09:01:00+01:00", ["B TM-01"]),
    ("concern", "2026-09-14T23:59:59+01:00", []),
    ("concern", "2026-09-15T00:00:00+01:00", ["W TM-01"]),
    ("early_help", "2026-10-30T00:00:00+00:00", []),
]


@pytest.mark.parametrize(("risk", "at", "found"), SHARED)
@PLAN_FACT
def test_sharing_in_time(h, history, risk, at, found, mode):
    said = without(h.disclosure(decision__risk_level=risk), "mode")
    assert h.comes_to(history, "DisclosureMade", mode, at=at, **said) == found


def test_the_time_to_share_runs_from_the_first_of_recognition_and_request_but_not_before_knowledge(h, history):
    history.do("InformationRecorded", **h.item("I-2", significance_recognised_at="2026-09-10T09:00:00+01:00"))
    history.do("InformationRequested", at="2026-09-10T10:00:00+01:00", case=h.CASE, request_id="Q", items=["I-2"],
               legal_basis="s.47", purposes=["assessment"])  # fmt: skip
    said = without(h.disclosure(what={"items": ["I-2"]}, decision__risk_level="significant_harm"), "mode")
    assert h.comes_to(history, "DisclosureMade", "fact", at="2026-09-11T09:00:00+01:00", **said) == []
    assert h.comes_to(history, "DisclosureMade", "fact", at="2026-09-11T09:30:00+01:00", **said) == ["B TM-01"]
    earlier = {"significance_recognised_at": "2026-09-01T09:00:00+01:00"}
    history.do("InformationRecorded", at="2026-09-11T09:00:00+01:00", **h.item("I-3", **earlier))
    said = without(h.disclosure(what={"items": ["I-3"]}, decision__risk_level="significant_harm"), "mode")
    assert h.comes_to(history, "DisclosureMade", "fact", at="2026-09-12T09:00:00+01:00", **said) == []


def test_a_late_share_says_what_it_waited_for(h, history):
    history.do("AdviceSought", case=h.CASE, advice_id="AV-1", adviser_role="caldicott_guardian")
    said = without(h.disclosure(decision__risk_level="significant_harm"), "mode")
    judged = history.judged("DisclosureMade", mode="fact", at="2026-09-13T12:00:00+01:00", **said)
    (late,) = [f for f in judged.findings if f.rule == "TM-01"]
    assert "147 hours" in late.message
    assert "awaiting_advice" in late.message
    history.do("DecisionMade", at="2026-09-08T09:00:00+01:00", **h.withholding("D-W"))
    judged = history.judged("DisclosureMade", mode="fact", at="2026-09-13T12:00:00+01:00", **said)
    assert any("withheld" in f.message for f in judged.findings)


def test_time_of_an_entry(h, history):
    closed = {"case": h.CASE, "do": "CaseClosed"}
    assert history.do(**closed, occurred_at="2026-09-06T09:00:00+01:00") == []
    assert history.do(**closed, occurred_at="2026-09-06T08:59:59+01:00") == ["W ST-05"]
    assert history.refused(**closed, occurred_at="2026-09-07T09:05:00+01:00") == []
    assert history.refused(**closed, occurred_at="2026-09-07T09:05:01+01:00") == ["ST-04"]
    assert history.refused(**closed, actor=None) == ["ST-06"]
    assert history.refused("DisclosureMade", **h.disclosure(when="2026-09-08T09:00:00+01:00")) == ["ST-04"]
    assert history.refused("DisclosureMade", **h.disclosure(when="2026-09-08T09:00:00+01:00", mode="plan")) == []
    ahead = h.disclosure(occurred_at="2026-09-08T09:00:00+01:00", mode="plan")
    assert history.refused("DisclosureMade", **ahead) == ["ST-04"]


def test_a_disclosure_without_a_decision_to_share(h, history):
    alone = h.disclosure(decision=None, legal_basis=h.BASIS)
    assert history.refused("DisclosureMade", **(alone | {"mode": "plan"})) == ["ST-08"]
    assert history.do("DisclosureMade", **alone) == ["B ST-08"]
    history.do("DecisionMade", **h.withholding("D-W"))
    against = h.disclosure("X-2", decision=None, decision_id="D-W", legal_basis=h.BASIS)
    assert history.refused("DisclosureMade", **(against | {"mode": "plan"})) == ["ST-08"]


# Other agencies

FRIENDLY = {"code": "6(f)", "balancing": "she needs it", "child_weighting": "it is for her"}


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (FRIENDLY, []),
        (without(FRIENDLY, "balancing"), ["E/B LB-09"]),
        (without(FRIENDLY, "child_weighting"), ["W/W LB-09"]),
        ({"code": "6(ea)", "annex1_para": 6, "necessity": "nobody else can"}, []),
        ({"code": "6(ea)", "annex1_para": "para 6", "statement": "nobody else can"}, []),
        ({"code": "6(ea)", "annex1_para": "6"}, []),  # the decision says why it is necessary
        ({"code": "6(ea)", "necessity": "nobody else can"}, ["E/B LB-10"]),
        ({"code": "6(ea)", "annex1_para": 1, "necessity": "they asked"}, ["E/B LB-10"]),
    ],
)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_charity_may_weigh_interests(h, entry, found, mode):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    said = without(h.disclosure(decision__legal_basis={"art6": [entry]}), "mode")
    wanted = [w for levels, rule in (f.split() for f in found) for w in h.expected(rule, levels, mode)]
    assert h.comes_to(charity, "DisclosureMade", mode, **said) == wanted


def test_a_recognised_interest_says_why_it_is_necessary(h):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    said = h.disclosure(decision__legal_basis={"art6": [{"code": "6(ea)", "annex1_para": "6"}]})
    said["decision"]["necessity"] = None
    assert h.comes_to(charity, "DisclosureMade", **(said | {"mode": "plan"})) == ["E LB-10", "E NM-01"]


def test_a_request_that_states_the_need_opens_annex_1_paragraph_1(h):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    said = {"case": h.CASE, "request_id": "Q-1", "legal_basis": "s.47", "purposes": ["assessment"], "need_stated": True}
    charity.do("InformationRequested", **said)
    entry = {"code": "6(ea)", "annex1_para": 1, "necessity": "they asked"}
    asked = h.disclosure(decision__legal_basis={"art6": [entry]}, decision__request_id="Q-1")
    assert charity.refused("DisclosureMade", **(asked | {"mode": "plan"})) == []


G = {"code": "9(g)", "sch1_para": 18, "reason_consent_not_obtained": "would_prejudice"}


@pytest.mark.parametrize(
    ("setup", "para", "to", "found"),
    [
        ([], 18, "KYP", ["B LB-17b"]),
        ([("AppropriatePolicyDocumentRegistered", {"apd_ref": "APD-1"})], 18, "KYP", []),
        ([("AgencyRegistered", {"agency_id": "TVP", "kind": "police"})], 10, "TVP", []),
        ([("AgencyRegistered", {"agency_id": "TVP", "kind": "police"})], 18, "TVP", ["B LB-17b"]),
        ([], 10, "TVP", ["B LB-17b"]),
    ],
)
@PLAN_FACT
def test_substantial_public_interest_needs_a_policy_document(h, setup, para, to, found, mode):
    faith = h.History(kind="faith_body", flags={"nfp_aim": "religious"})
    for do, said in setup:
        faith.do(do, **said)
    faith.open().do("InformationRecorded", **h.item("FAITH", special=["religious_philosophical"]))
    entry = {"art6": [FRIENDLY], "art9": [G | {"sch1_para": para}]}
    recipients = [{"agency": to, "need_to_know_reason": "investigates"}]
    said = h.disclosure(
        what={"items": ["FAITH"]}, to=recipients, decision__recipients=recipients, decision__legal_basis=entry
    )
    assert h.comes_to(faith, "DisclosureMade", mode, **without(said, "mode")) == found


PART_3 = {"regime": "dpa_part3", "part3": {"s35_basis": "task", "sch8_para": 4, "strictly_necessary": True}}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"part3": None}, ["E LB-21"]),
        ({"part3": {}}, ["E LB-21"]),
        ({"part3": {"s35_basis": "task", "sch8_para": 4}}, ["E LB-21"]),
        ({"part3": {"s35_basis": "task", "strictly_necessary": True}}, ["E LB-21"]),
    ],
)
def test_the_police_under_part_3(h, changes, found):
    police = h.History(kind="police", flags={"public_authority": True, "competent_authority": True}).open()
    police.do("InformationRecorded", **h.item("I-2", special=["sex_life"], criminal_offence_data=True))
    said = h.disclosure(what={"items": ["I-2"]}, decision__legal_basis=h.changed(PART_3, **changes))
    assert h.comes_to(police, "DisclosureMade", "plan", **without(said, "mode")) == found
    plain = h.disclosure(decision__legal_basis=PART_3 | {"part3": {"s35_basis": "task"}})
    assert h.comes_to(police, "DisclosureMade", "plan", **without(plain, "mode")) == []


# Other dates


def test_a_condition_is_used_from_the_day_it_is_in_force(h):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    entry = {"code": "6(ea)", "annex1_para": 6, "necessity": "nobody else can"}
    said = h.disclosure(decision__legal_basis={"art6": [entry]}, accuracy_as_of="2026-02-01")
    said |= {"mode": "plan"}
    for at, levels in (("2026-02-04T23:59:59+00:00", "E/B"), ("2026-02-05T00:00:00+00:00", "-/-")):
        for mode in ("plan", "fact"):
            found = h.comes_to(charity, "DisclosureMade", at=at, **(said | {"mode": mode}))
            assert found == h.expected("LB-03", levels, mode)


@pytest.mark.parametrize(
    ("at", "refused"), [("2026-09-29T12:00:00+01:00", ["LB-03"]), ("2026-09-30T12:00:00+01:00", [])]
)
def test_a_statute_is_cited_from_the_day_it_is_in_force(h, history, at, refused):
    entry = {"code": "6(c)", "citation": "Children Act 2004 s. 16LA"}
    said = h.disclosure(decision__legal_basis={"art6": [entry]}, mode="plan")
    assert history.refused("DisclosureMade", at=at, **said) == refused


def test_what_a_court_compels_goes_by_an_approved_method(h, asked_for):
    said = h.disclosure(decision__request_id="Q-ORDER", how={"method": "secure_portal"})
    assert h.comes_to(asked_for, "DisclosureMade", "fact", **without(said, "mode")) == ["W SE-01", "B SE-02"]
    asked_for.do("SecureMethodApproved", method="secure_portal")
    assert h.comes_to(asked_for, "DisclosureMade", "fact", **without(said, "mode")) == []
    asked_for.do("SecureMethodWithdrawn", at="2026-09-08T09:00:00+01:00", method="secure_portal")
    assert h.comes_to(asked_for, "DisclosureMade", "plan", **without(said, "mode")) == ["E SE-02"]
