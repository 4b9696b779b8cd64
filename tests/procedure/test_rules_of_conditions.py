"""What each condition of the legal basis asks for, corrections of a basis, disputes, doubts how to send, and extracts.

A row is one change to a share, or to an extract, that is otherwise as it should be; nothing else may be found.
"""

from typing import Any

import pytest

from ledger.procedure.layout import to_fields

PLAN_FACT = pytest.mark.parametrize("mode", ["plan", "fact"])
E6 = {"code": "6(e)", "citation": "Children Act 2004 s.11"}
C6 = {"code": "6(c)", "citation": "Children Act 2004 s.16C"}
SHARE_DUTY = {"code": "6(c)", "citation": "Children Act 2004 s.16LA"}
FRIENDLY = {"code": "6(f)", "balancing": "she needs it", "child_weighting": "it is for her"}
VULNERABLE = {"code": "6(ea)", "annex1_para": 6, "necessity": "nobody else can"}
G = {"code": "9(g)", "sch1_para": 18, "reason_consent_not_obtained": "would_prejudice"}
PUBLIC = {
    "code": "9(e)",
    "published_where": "her public page",
    "published_on": "2026-09-01",
    "published_by_subject": True,
}
MEMBER = {"code": "9(d)", "relations": [{"person": "C1", "relation": "member"}]}


def article_9(*entries):
    return {"items": ["HEALTH"], "legal_basis": {"art6": [E6], "art9": list(entries)}}


def article_6(*entries):
    return {"legal_basis": {"art6": list(entries)}}


def without(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def share(h, items=("ATT",), to="KYP", **changes: Any) -> dict[str, Any]:
    """A disclosure of these items with its decision; other changes are to the decision, or to the act: `x_…`."""
    of_act = {name.removeprefix("x_"): value for name, value in changes.items() if name.startswith("x_")}
    of_decision = {name: value for name, value in changes.items() if not name.startswith("x_")}
    recipients = [{"agency": to, "need_to_know_reason": "works with her"}]
    decided = h.decision("D-X-1", items=list(items), recipients=recipients, **of_decision)
    made = h.disclosure(what={"items": list(items)}, to=recipients, decision=decided, **of_act)
    return without(made, "mode")


# What a condition asks for

FIRES = [
    ("LB-12", "E/B", article_9({"code": "9(b)"})),
    ("LB-15", "E/B", article_9({"code": "9(e)"})),
    ("LB-15", "E/B", article_9(without(PUBLIC, "published_where"))),
    ("LB-15", "E/B", article_9(without(PUBLIC, "published_on"))),
    ("LB-15", "E/B", article_9(without(PUBLIC, "published_by_subject"))),
    ("LB-15", "E/B", article_9(PUBLIC | {"published_by_subject": False, "evidence": "a page"})),
    ("LB-16", "E/B", article_9({"code": "9(f)"})),
    ("LB-18", "E/B", article_9({"code": "9(h)"})),
    ("LB-18", "E/B", article_9({"code": "9(h)", "secrecy_professional": False})),
    ("LB-18", "E/B", article_9({"code": "9(i)"})),
    ("LB-19", "W/W", article_9({"code": "9(j)", "safeguards_ref": "S-1"})),
    ("LB-19", "W/W", article_9({"code": "9(j)", "individual_decision": True}) | {"purposes": ["audit"]}),
    ("LB-19", "W/W", article_9({"code": "9(j)"}) | {"purposes": ["audit", "assessment"]}),
    ("LB-22", "E/B", article_6({"code": "6(b)"})),
    ("LB-22", "E/B", article_6({"code": "6(b)", "contract_ref": "a tenancy", "subject_is_party": False})),
    ("LB-22", "W/W", article_6({"code": "6(b)", "contract_ref": "a tenancy", "subject_is_party": True})),
    ("LB-22", "W/W", article_6({"code": "6(b)", "contract": "a tenancy"})),
    ("LB-02", "E/B", article_9(G | {"items": ["BELIEF"]})),
    ("LB-02", "E/B", article_9({"items": ["HEALTH"]})),
    ("LB-24", "I/I", article_9(G, PUBLIC)),
    ("LB-24", "I/I", article_9(G, PUBLIC | {"items": ["HEALTH"]})),
    ("LB-24", "I/I", article_9(G | {"items": ["HEALTH", "BELIEF"]}, PUBLIC | {"items": ["HEALTH"]})),
    ("AC-04", "W/W", {"items": ["DISPUTED"]}),
    ("AC-04", "W/W", {"items": ["DISPUTED"], "x_disputed_marked": False}),
]
COMES_NEAR = [
    article_9({"code": "9(b)", "citation": "Care Act 2014 s.42"}),
    article_9({"code": "9(b)", "legal_provision": "Care Act 2014 s.42"}),
    article_9(PUBLIC),
    article_9({"code": "9(e)", "evidence": "her own post of 1 September, on a page open to all"}),
    article_9({"code": "9(f)", "proceedings_ref": "an order"}),
    article_9({"code": "9(f)", "order_ref": "an order"}),
    article_9({"code": "9(h)", "secrecy_professional": True}),
    article_9({"code": "9(i)", "secrecy_bound_professional": True}),
    article_9({"code": "9(j)", "individual_decision": False, "safeguards_ref": "S-1"}),
    article_9({"code": "9(j)"}) | {"purposes": ["practice_review", "audit"]},
    article_9(G | {"items": ["HEALTH"]}, PUBLIC | {"items": ["BELIEF"]}) | {"items": ["HEALTH", "BELIEF"]},
    {"items": ["DISPUTED"], "x_disputed_marked": True},
    {"items": ["DISPUTED"], "x_dispute_marked": True},
]


@pytest.fixture
def many(h, history):
    """The open case, with items that are special in one way each."""
    marked: dict[str, dict[str, Any]] = {
        "HEALTH": {"kind": "health", "special": ["health"]},
        "BELIEF": {"special": ["religious_philosophical"]},
        "DISPUTED": {"disputed_by": "P1"},
    }
    for item_id, said in marked.items():
        history.do("InformationRecorded", **h.item(item_id, **said))
    return history


@pytest.mark.parametrize(("rule", "levels", "changes"), FIRES)
@PLAN_FACT
def test_a_rule_fires_alone_at_its_level(h, many, rule, levels, changes, mode):
    assert h.comes_to(many, "DisclosureMade", mode, **share(h, **changes)) == h.expected(rule, levels, mode)


@pytest.mark.parametrize("changes", COMES_NEAR)
def test_what_comes_near_a_rule_is_found_to_be_nothing(h, many, changes):
    assert h.comes_to(many, "DisclosureMade", "plan", **share(h, **changes)) == []


def test_only_the_item_without_a_condition_is_named(h, many):
    said = share(h, items=["HEALTH", "BELIEF"], legal_basis={"art6": [E6], "art9": [G | {"items": ["HEALTH"]}]})
    (found,) = [f for f in many.judged("DisclosureMade", mode="fact", **said).findings if f.rule == "LB-02"]
    assert found.about == ("BELIEF",)


def test_two_conditions_for_one_item_are_named(h, many):
    found = many.judged("DisclosureMade", mode="fact", **share(h, **article_9(G, PUBLIC))).findings
    assert [f.message for f in found if f.rule == "LB-24"] == [
        "More than one condition is named (9(e), 9(g)); one is enough."
    ]


@PLAN_FACT
def test_social_protection_law_needs_a_policy_document(h, mode):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    charity.do("InformationRecorded", **h.item("HEALTH", special=["health"]))
    said = share(h, ["HEALTH"], legal_basis={"art6": [FRIENDLY], "art9": [{"code": "9(b)", "citation": "s.42"}]})
    assert h.comes_to(charity, "DisclosureMade", mode, **said) == ["B LB-12"]
    charity.do("AppropriatePolicyDocumentRegistered", apd_ref="APD-1")
    assert h.comes_to(charity, "DisclosureMade", mode, **said) == []


# A not-for-profit body's own (9(d))


def body(h, flags):
    """A body with a case and C1's belief, which C1 lets SMF and HMC have; E is somebody it is also about."""
    held = h.History(kind="faith_body", flags=flags)
    held.agency.id, held.agency.name = "SMF", "St Maud's Fellowship"
    held.open()
    held.do("PersonLinked", case=h.CASE, person_id="X1", roles=["adult_in_contact"])
    held.do("InformationRecorded", **h.item("BELIEF", special=["religious_philosophical"]))
    held.do("InformationRecorded", **h.item("OTHERS", special=["religious_philosophical"], person="X1"))
    held.do("InformationRecorded", **h.item("NOBODYS", special=["religious_philosophical"], person=None))
    consent = h.consent(items=["BELIEF"], recipients=["HMC"])
    held.do("ConsentGiven", **consent)
    held.do("ConsentGiven", **consent | {"consent_id": "CON-2", "recipients": ["KYP"]})
    held.do("ConsentGiven", **consent | {"consent_id": "CON-3"})
    held.do("ConsentWithdrawn", case=h.CASE, consent_id="CON-3", by="C1")
    return held


GIVEN = {"data_subjects": {"C1": {"state": "given", "consent_id": "CON-1"}}}
BODY = {"nfp_aim": "religious", "apd_ref": "APD-1"}
OWN = [
    ("E/B", BODY | {"nfp_aim": "none"}, MEMBER, {}),
    ("E/B", without(BODY, "nfp_aim"), MEMBER, {}),
    ("E/B", BODY, {"code": "9(d)"}, {}),
    ("E/B", BODY, {"code": "9(d)", "relations": [{"person": "P1", "relation": "member"}]}, {}),
    ("E/B", BODY, MEMBER, {"items": ["NOBODYS"], "data_subjects": GIVEN["data_subjects"] | {"P1": "deferred"}}),
    ("E/B", BODY, MEMBER, {"to": "HMC"}),
    ("E/B", BODY, MEMBER, {"to": "HMC", "data_subjects": {"C1": {"state": "given", "consent_id": "CON-2"}}}),
    ("E/B", BODY, MEMBER, {"to": "HMC", "data_subjects": {"C1": {"state": "given", "consent_id": "CON-3"}}}),
]
OWN_FINE = [
    (BODY, MEMBER, {}),
    (BODY | {"nfp_aim": "trade_union"}, MEMBER, {}),
    (BODY, {"code": "9(d)", "relations": "former member"}, {}),
    (BODY, {"code": "9(d)", "relations": [{"person": "C1", "relation": "contact"}]}, {"to": "St Maud's Fellowship"}),
    (BODY, MEMBER, GIVEN | {"to": "HMC"}),
    (BODY, MEMBER | {"items": ["BELIEF"]}, {"items": ["BELIEF", "ATT"]}),
]


def own_share(h, entry, changes):
    return share(
        h, **{"items": ["BELIEF"], "to": "SMF", "legal_basis": {"art6": [FRIENDLY], "art9": [entry]}} | changes
    )


@pytest.mark.parametrize(("levels", "flags", "entry", "changes"), OWN)
@PLAN_FACT
def test_what_a_body_keeps_to_its_own(h, levels, flags, entry, changes, mode):
    found = h.comes_to(body(h, flags), "DisclosureMade", mode, **own_share(h, entry, changes))
    assert found == h.expected("LB-14", levels, mode)


@pytest.mark.parametrize(("flags", "entry", "changes"), OWN_FINE)
def test_what_a_body_may_share(h, flags, entry, changes):
    assert h.comes_to(body(h, flags), "DisclosureMade", "plan", **own_share(h, entry, changes)) == []


def test_each_person_is_to_be_one_of_the_bodys_own(h):
    said = own_share(h, MEMBER, {"items": ["BELIEF", "OTHERS"]})
    said["decision"]["data_subjects"]["X1"] = {"state": "deferred"}
    said["decision"]["informing"] += [{"person": "X1", "informed_at": "2026-09-07T08:30:00+01:00"}]
    held = body(h, BODY)
    found = held.judged("DisclosureMade", mode="fact", **said).findings
    assert [(f.level, f.rule, f.about) for f in found] == [("I", "CN-09", ("C1",)), ("B", "LB-14", ("X1",))]
    held.do("InformationRecorded", **h.item("SEEN", person="X1"))
    said["what"]["items"] = said["decision"]["items"] = ["BELIEF", "SEEN"]
    assert h.comes_to(held, "DisclosureMade", "plan", **said) == []


# The scenario's rows (requirements §10.A)


def test_health_and_a_court(h, many):
    nhs = h.History(kind="nhs_provider", at="2026-10-05T12:20:00+01:00").open()
    nhs.do("InformationRecorded", **h.item("HEALTH", special=["health"]))
    secret = {"code": "9(h)", "secrecy_professional": True}
    x5 = share(h, ["HEALTH"], legal_basis={"art6": [SHARE_DUTY], "art9": [secret]}, x_accuracy_as_of="2026-10-01")
    assert nhs.do("DisclosureMade", mode="plan", **x5) == ["I CN-09"]
    ordered = [{"code": "6(c)", "citation": "an order"}], [{"code": "9(f)", "proceedings_ref": "an order"}]
    x11 = share(h, ["HEALTH"], legal_basis={"art6": ordered[0], "art9": ordered[1]}, x_how={"method": "court_filing"})
    assert many.do("DisclosureMade", mode="plan", **x11) == ["I CN-09"]


def test_who_may_use_which_condition(h, history):
    for entry, refused in ((VULNERABLE, "LB-10"), (FRIENDLY, "LB-08")):
        said = share(h, legal_basis={"art6": [entry]})
        assert history.refused("DisclosureMade", mode="plan", **said) == [refused]
    charity = h.History(kind="voluntary_charity", flags={"apd_ref": "APD-1"}).open()
    assert charity.do("DisclosureMade", mode="plan", **share(h, legal_basis={"art6": [VULNERABLE]})) == ["I CN-09"]


def test_a_faith_body_and_a_childs_belief(h):
    faith = body(h, {"nfp_aim": "religious"})
    assert faith.refused("DisclosureMade", mode="plan", **own_share(h, {"code": "9(d)"}, {"to": "HMC"})) == ["LB-14"]
    x8 = own_share(h, G, {"to": "HMC", "legal_basis": {"art6": [VULNERABLE], "art9": [G]}})
    assert faith.do("DisclosureMade", mode="plan", **x8) == ["I CN-09", "B LB-17b"]


@pytest.mark.parametrize("condition", [G, {"code": "9(b)", "citation": "Care Act 2014"}])
def test_a_policy_document_may_be_named_with_the_condition_that_asks_for_it(h, condition):
    for named, found in (("APD-1", 0), (True, 0), (False, 1), (None, 1)):
        faith = body(h, {})
        basis = {"art6": [VULNERABLE], "art9": [condition | {"apd_ref": named}]}
        findings = faith.do("DisclosureMade", mode="plan", **own_share(h, G, {"to": "HMC", "legal_basis": basis}))
        assert sum(f in ("B LB-17b", "B LB-12") for f in findings) == found


# A basis that is changed afterwards

CHANGED = [
    {"field": "legal_basis"},
    {"field": "decision.legal_basis.art6[0].code"},
    {"field": "art9"},
    {"legal_basis": {"art6": [E6]}},
    {"basis": {"art6": ["6(c)"]}},
]


@pytest.mark.parametrize("said", CHANGED)
@PLAN_FACT
def test_a_correction_that_changes_the_basis(h, history, said, mode):
    said = {"case": h.CASE, "entry_version": 3, "reason": "it was another"} | said
    assert h.comes_to(history, "EntryCorrected", mode, **said) == ["W LB-25"]
    (found,) = history.judged("EntryCorrected", mode=mode, **said).findings
    assert "entry 3" in found.message


@pytest.mark.parametrize("said", [{"field": "reasons"}, {"field": "recipients[0].agency"}, {}])
@PLAN_FACT
def test_a_correction_of_something_else(h, history, said, mode):
    assert h.comes_to(history, "EntryCorrected", mode, case=h.CASE, entry_version=3, **said) == []


# In doubt how to send it

ASK = {"advice_id": "AV-1", "topic": "secure_method"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (ASK | {"adviser_role": "manager_supervisor"}, ["W AD-04"]),
        (ASK, ["W AD-04"]),
        (ASK | {"topic": "secure sending", "adviser_role": "legal"}, ["W AD-04"]),
        (ASK | {"adviser_role": "ig_lead"}, []),
        (ASK | {"topic": "sharing", "adviser_role": "manager_supervisor"}, []),
    ],
)
@PLAN_FACT
def test_whom_to_ask_how_to_send_it(h, history, said, found, mode):
    assert h.comes_to(history, "AdviceSought", mode, case=h.CASE, **said) == found


def test_a_manager_may_be_asked_as_well(h, history):
    history.do("AdviceSought", case=h.CASE, **ASK, adviser_role="ig_lead")
    more = {"case": h.CASE, "topic": "secure_method", "adviser_role": "manager_supervisor"}
    assert history.do("AdviceSought", advice_id="AV-2", **more) == []


@PLAN_FACT
def test_sent_in_doubt(h, history, mode):
    history.do("AdviceSought", case=h.CASE, **ASK, adviser_role="ig_lead")
    at = "2026-09-07T09:30:00+01:00"
    history.do("InDoubtRaised", at=at, case=h.CASE, topic="secure_method", items=["ATT"])
    history.do("AdviceSought", case=h.CASE, advice_id="AV-2", topic="sharing", adviser_role="ig_lead")
    assert h.comes_to(history, "DisclosureMade", mode, **share(h)) == ["W AD-04"]
    assert h.comes_to(history, "DisclosureMade", mode, **share(h, items=["attendance"])) == []
    history.do("AdviceSought", case=h.CASE, advice_id="AV-3", topic="secure_method", adviser_role="ig_lead")
    assert h.comes_to(history, "DisclosureMade", mode, **share(h)) == []


@PLAN_FACT
def test_another_doubt_is_not_for_the_information_governance_lead(h, history, mode):
    history.do("InDoubtRaised", case=h.CASE, topic="consent")
    history.do("AdviceSought", case=h.CASE, advice_id="AV-1", adviser_role="manager_supervisor")
    assert h.comes_to(history, "DisclosureMade", mode, **share(h)) == []


# Extracts

EXTRACT = {
    "extract_id": "EX-1",
    "about": [{"type": "case", "id": "HM-1"}],
    "to": "the review panel",
    "purpose": "practice_review",
    "basis": ["6(c)", "9(g)"],
    "reasons": "the panel asked",
    "marking": "OFFICIAL-SENSITIVE",
    "extract_mode": "complete",
}
FULL = {"art6": [C6], "art9": [G]}
DSAR = {"purpose": "subject_access"}
ALONE = DSAR | {"about": [{"type": "case", "id": "HM-2"}], "basis": ["6(c)"]}
EXTRACTS = [
    # The basis: its conditions, whether by code or in full
    ("EX-01", "E/E", {"basis": []}),
    ("EX-01", "E/E", {"basis": ["9(g)"]}),
    ("EX-01", "E/E", {"basis": {"art9": [G]}}),
    ("EX-01", "E/E", {"to": None}),
    ("LB-02", "E/B", {"basis": ["6(c)"]}),
    ("LB-02", "E/B", {"basis": ["6(c)"], "extract_mode": None}),
    ("LB-02", "E/B", {"basis": "6(c)", "items": ["HEALTH"], "extract_mode": "selective"}),
    ("LB-08", "E/B", {"basis": ["6(f)", "9(g)"]}),
    ("LB-10", "E/B", {"basis": ["6(ea)", "9(g)"]}),
    ("LB-23", "W/W", {"basis": ["6(a)", "9(g)"]}),
    ("LB-24", "I/I", {"basis": ["6(c)", "6(e)", "9(g)"]}),
    ("LB-05", "E/B", {"basis": FULL | {"art6": [{"code": "6(c)"}]}}),
    ("LB-07", "E/B", {"legal_basis": FULL | {"art6": ["6(e)"]}, "basis": None}),
    ("LB-06", "W/W", {"basis": FULL | {"art6": [{"code": "6(d)", "whose": "hers"}]}}),
    ("LB-16", "E/B", {"basis": FULL | {"art9": ["9(f)"]}}),
    ("LB-17a", "E/B", {"basis": FULL | {"art9": ["9(g)"]}}),
    ("LB-18", "E/B", {"basis": FULL | {"art9": ["9(h)"]}}),
    ("LB-19", "W/W", {"basis": FULL | {"art9": ["9(j)"]}, "purpose": "assessment"}),
    ("LB-20", "E/B", {"basis": FULL, "about": [{"type": "case", "id": "HM-3"}]}),
    ("LB-21", "E/B", {"basis": {"regime": "dpa_part3", "part3": {"sch8_para": 4}}}),
    ("LB-22", "W/W", {"basis": FULL | {"art6": [{"code": "6(b)", "contract_ref": "a tenancy"}]}, "items": ["HEALTH"]}),
    # Other people in an answer to a subject access request
    ("EX-02", "W/W", DSAR),
    ("EX-02", "W/W", DSAR | {"extract_mode": None}),
    ("EX-02", "W/W", DSAR | {"third_parties": "unredacted"}),
    ("EX-02", "W/W", ALONE | {"third_parties": "unredacted"}),
    ("EX-02", "W/W", ALONE | {"extract_mode": "statement"}),
    # What the recipient is not to see
    ("EX-04", "E/B", {"to_persons": ["P2"]}),
    ("EX-04", "E/B", {"to": "X1"}),
    ("EX-04", "E/B", {"to_persons": ["P2"], "items": ["LIMITED"], "extract_mode": "selective"}),
    ("EX-04", "E/B", {"to_persons": ["X2"], "items": ["PASSED"]}),
    ("EX-04", "E/B", {"to_persons": ["X3"]}),
    # What was taken out
    ("EX-05", "E/E", {"redactions": [{"count": 2}]}),
    ("EX-05", "E/E", {"redactions": ["third_party", {"items": ["ATT"]}]}),
    ("EX-05", "E/E", {"withheld": 3}),
    # How it goes
    ("SE-01", "W/W", {"how": {"method": "secure_portal"}}),
    ("SE-01", "E/B", {"how": "fax"}),
]
EXTRACTS_FINE = [
    {},
    {"basis": "6(c)/9(g)"},
    {"basis": "Article 6(1)(c), UKGDPR:9(2)(g)"},
    {"basis": FULL},
    {"about": [{"type": "case", "id": "HM-3"}]},
    {"basis": ["6(c)"], "items": ["ATT"]},
    {"basis": ["6(c)"], "extract_mode": "selective"},
    {"basis": ["6(c)"], "redactions": [{"items": ["HEALTH"], "reason": "serious_harm"}]},
    {"basis": FULL | {"art10": {"sch1_para": 18}}, "about": [{"type": "case", "id": "HM-3"}]},
    {"basis": FULL | {"art9": ["9(j)"]}},
    {"redactions": [{"items": ["X"], "reason": "third party"}] * 6, "withheld": 6, "third_parties": "pseudonymised"},
    {"redactions": [{"count": 3, "explanation": "another family"}], "withheld": 3},
    {"withheld": 3, "extract_mode": "selective"},
    DSAR | {"third_parties": "removed"},
    DSAR | {"third_parties": "consented", "extract_mode": "statement"},
    ALONE,
    {"to_persons": ["P1"]},
    {"to_persons": ["P2"], "redactions": [{"items": ["LIMITED"], "reason": "restricted"}], "items": ["ATT", "LIMITED"]},
    {"to_persons": ["P2"], "items": ["ATT"]},
    {"to_persons": ["X3"], "items": ["ATT"]},
    {"to_persons": ["X4"]},
    {"how": {"method": "secure_file_transfer"}},
]


@pytest.fixture
def kept(h, history):
    """The open case with special data and restrictions; another of one child alone; a third with offence data."""
    limit = {"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}
    history.do("InformationRecorded", **h.item("HEALTH", special=["health"]))
    history.do(
        "InformationRecorded", **h.item("LIMITED", restrictions=[limit, {"code": "EYES_ONLY", "persons": ["X4"]}])
    )
    history.do("InformationRecorded", **h.item("PASSED"))
    passed = share(h, ["PASSED"], x_restrictions=[limit | {"persons": ["X2"]}])
    assert history.do("DisclosureMade", mode="fact", **passed) == ["I CN-09"]
    restrictions = [limit | {"persons": ["X3"]}, limit | {"persons": ["X4"], "until": "2026-09-06"}]
    history.do("DisclosureReceived", **h.receipt(restrictions=restrictions))
    history.do("CaseOpened", case="HM-2")
    history.do("PersonLinked", case="HM-2", person_id="C2", roles=["child"])
    history.do("CaseOpened", case="HM-3")
    history.do("InformationRecorded", **h.item("CRIME", case="HM-3", person=None, criminal_offence_data=True))
    return history


@pytest.mark.parametrize(("rule", "levels", "changes"), EXTRACTS)
@PLAN_FACT
def test_a_rule_of_extracts_fires_alone_at_its_level(h, kept, rule, levels, changes, mode):
    assert h.comes_to(kept, "ExtractIssued", mode, **h.changed(EXTRACT, **changes)) == h.expected(rule, levels, mode)


@pytest.mark.parametrize("changes", EXTRACTS_FINE)
@PLAN_FACT
def test_what_comes_near_a_rule_of_extracts(h, kept, changes, mode):
    assert h.comes_to(kept, "ExtractIssued", mode, **h.changed(EXTRACT, **changes)) == []


def test_a_restriction_that_was_lifted_is_over(h, kept):
    said = EXTRACT | {"to_persons": ["P2"], "items": ["LIMITED"]}
    assert kept.refused("ExtractIssued", mode="plan", **said) == ["EX-04"]
    kept.do("RestrictionLifted", case=h.CASE, items=["LIMITED"], code="NOT_TO_SERVICE_USER", lifted_by="TVP")
    assert kept.refused("ExtractIssued", mode="plan", **said) == []


def test_an_extract_without_a_basis_is_that_alone(h, kept):
    assert kept.refused("ExtractIssued", mode="plan", **without(EXTRACT, "basis")) == ["EX-01"]


@PLAN_FACT
def test_an_extract_of_a_body_without_the_aim_and_of_an_agency_without_a_policy_document(h, mode):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    for code, found in (("9(d)", h.expected("LB-14", "E/B", mode)), ("9(b)", ["B LB-12"]), ("9(g)", ["B LB-17b"])):
        assert h.comes_to(charity, "ExtractIssued", mode, **EXTRACT | {"basis": ["6(c)", code]}) == found


@PLAN_FACT
def test_a_code_alone_is_asked_no_more(h, mode):
    charity = h.History(kind="voluntary_charity", flags={"apd_ref": "APD-1"}).open()
    for code in ("6(b)", "6(c)", "6(d)", "6(e)", "6(f)", "6(ea)"):
        assert h.comes_to(charity, "ExtractIssued", mode, **EXTRACT | {"basis": code}) == []
    for code in ("9(b)", "9(c)", "9(e)", "9(f)", "9(g)", "9(h)", "9(i)", "9(j)"):
        assert h.comes_to(charity, "ExtractIssued", mode, **EXTRACT | {"basis": f"6(c)/{code}"}) == []


@PLAN_FACT
def test_a_child_in_an_extract_is_weighed(h, mode):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    basis = {"art6": [without(FRIENDLY, "child_weighting")]}
    assert h.comes_to(charity, "ExtractIssued", mode, **EXTRACT | {"basis": basis}) == ["W LB-09"]
    assert h.comes_to(charity, "ExtractIssued", mode, **EXTRACT | {"basis": {"art6": [FRIENDLY]}}) == []


@PLAN_FACT
def test_an_extract_that_answers_a_request(h, mode):
    charity = h.History(kind="voluntary_charity", flags={}).open()
    asked = {"case": h.CASE, "request_id": "Q-1", "legal_basis": "s.47", "purposes": ["assessment"]}
    charity.do("InformationRequested", **asked, need_stated=True)
    said = EXTRACT | {"basis": {"art6": [VULNERABLE | {"annex1_para": 1}]}}
    assert h.comes_to(charity, "ExtractIssued", mode, **said) == h.expected("LB-10", "E/B", mode)
    assert h.comes_to(charity, "ExtractIssued", mode, **said, request_id="Q-1") == []


@PLAN_FACT
def test_an_extract_that_is_compelled_goes_by_an_approved_method(h, history, mode):
    said = EXTRACT | {"how": {"method": "secure_portal"}}
    severe = [*h.expected("SE-02", "E/B", mode)]
    expected = severe if mode == "plan" else ["W SE-01", *severe]
    assert h.comes_to(history, "ExtractIssued", mode, **said, compulsion="court_order") == expected
    asked = {"case": h.CASE, "request_id": "Q-1", "legal_basis": "s.47", "purposes": ["court_order"]}
    history.do("InformationRequested", **asked, compulsion={"kind": "court_order", "ref": "an order"})
    assert h.comes_to(history, "ExtractIssued", mode, **said, request_id="Q-1") == expected
    history.do("SecureMethodApproved", method="secure_portal")
    assert h.comes_to(history, "ExtractIssued", mode, **said, request_id="Q-1") == []


def test_a_basis_in_full_is_sealed_where_it_is_told_in_words(h, kept):
    kept.do("ExtractIssued", mode="plan", **EXTRACT | {"basis": FULL})
    entry = kept.entries[-1]
    fields = dict(zip((f.name for f in entry.kind.fields), to_fields(entry.event, entry.about), strict=True))
    assert fields["basis"] == ({"regime": "uk_gdpr", "art6": [{"code": "6(c)"}], "art9": [G]}, None)
    assert [["basis", "art6", 0, "citation"], C6["citation"]] in fields["words"][0]
    assert fields["words"][1] == ("operations", "operations")
