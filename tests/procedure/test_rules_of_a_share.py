"""Each rule that judges a share: what fires it, at which level in each mode, and what comes near and does not.

A row is one change to a disclosure, with its decision, that is otherwise as it should be; nothing else may be found.
"""

from typing import Any

import pytest

POSITION = {"C1": {"state": "not_sought", "reason": "urgent"}}
GIVEN = {"C1": {"state": "given", "consent_id": "CON-1"}}
ART9G = {"code": "9(g)", "sch1_para": 18, "reason_consent_not_obtained": "would_prejudice"}
E6 = {"code": "6(e)", "citation": "Children Act 2004 s.11"}
BOTH_TOLD = [{"person": p, "informed_at": "2026-09-07T08:30:00+01:00"} for p in ("C1", "P1")]


def basis(*art6, art9=(), **more):
    return {"regime": "uk_gdpr", "art6": list(art6), "art9": list(art9), **more}


def informing(person, **entry):
    return [*(told for told in BOTH_TOLD if told["person"] != person), {"person": person, **entry}]


# (rule, gate/fact, changes to the disclosure): `d_…` are changes to its decision
FIRES = [
    # Structure
    ("ST-01", "E/B", {"d_reasons": None}),
    ("ST-01", "E/B", {"d_reasons": None, "d_reasons_unknown": True}),
    ("ST-02", "E/E", {"how": None}),
    ("ST-02", "E/E", {"how": {}}),
    ("ST-02", "E/E", {"what": {}, "accuracy_as_of": "2026-09-04"}),
    ("ST-02", "E/E", {"to": []}),
    ("ST-02", "E/E", {"to": [], "d_recipients": []}),
    ("ST-02", "E/E", {"to": [{"need_to_know_reason": "somebody"}]}),
    ("ST-03", "E/E", {"d_purposes": ["early_identificaton"]}),
    ("ST-03", "E/E", {"d_legal_basis": basis({"code": "6(z)", "citation": "x"})}),
    ("ST-03", "E/E", {"how": {"method": "pigeon"}, "alone": False}),
    # Legal basis
    ("LB-01", "E/B", {"d_legal_basis": None}),
    ("LB-01", "E/B", {"d_legal_basis": basis()}),
    ("LB-02", "E/B", {"what": {"items": ["HEALTH"]}}),
    ("LB-05", "E/B", {"d_legal_basis": basis({"code": "6(c)"})}),
    ("LB-06", "E/B", {"d_legal_basis": basis({"code": "6(d)"})}),
    ("LB-06", "W/W", {"d_legal_basis": basis({"code": "6(d)", "whose": "C1's"})}),
    ("LB-07", "E/B", {"d_legal_basis": basis({"code": "6(e)"})}),
    ("LB-08", "E/B", {"d_legal_basis": basis({"code": "6(f)", "balancing": "x", "child_weighting": "y"})}),
    ("LB-10", "E/B", {"d_legal_basis": basis({"code": "6(ea)", "annex1_para": 6, "necessity": "x"})}),
    ("LB-10", "E/B", {"d_legal_basis": basis({"code": "6(ea)", "in_public_task": False})}),
    ("LB-13", "E/B", {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[{"code": "9(c)"}])}),
    ("LB-17a", "E/B", {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[{"code": "9(g)"}])}),
    (
        "LB-17a",
        "E/B",
        {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[{"code": "9(g)", "sch1_para": "18"}])},
    ),
    ("LB-20", "E/B", {"what": {"items": ["CRIME"]}}),
    ("LB-20", "E/B", {"what": {"items": ["CRIME"]}, "d_legal_basis": basis(E6, art10={})}),
    ("LB-21", "E/B", {"d_legal_basis": {"regime": "dpa_part3", "part3": {"sch8_para": 4}}}),
    ("LB-24", "I/I", {"d_legal_basis": basis(E6, {"code": "6(c)", "citation": "Children Act 1989 s.47"})}),
    # Confidence
    ("CF-01", "E/B", {"what": {"items": ["TOLD"]}, "d_override_reasons": "she is at risk"}),
    ("CF-02", "E/B", {"what": {"items": ["TOLD"]}, "d_confidence_justification": "overriding_legal_basis"}),
    ("CF-03", "W/W", {"what": {"items": ["UNTESTED"]}, "d_confidence_justification": "overriding_legal_basis"}),
    # Consent positions
    ("CN-08", "E/B", {"d_data_subjects": {"C1": {"state": "refused"}}}),
    ("CN-08", "E/B", {"d_data_subjects": {"C1": {"state": "withdrawn"}}}),
    ("CN-10", "E/B", {"d_data_subjects": {"C1": {"state": "not_sought"}}}),
    ("CN-16", "E/W", {"d_data_subjects": {"C1": None}}),
    ("CN-16", "E/W", {"d_data_subjects": {"C1": {}}}),
    ("CN-16", "E/W", {"d_data_subjects": {}}),
    # Informing
    ("IN-01", "E/W", {"d_informing": BOTH_TOLD[:1]}),
    ("IN-01", "W/W", {"d_informing": BOTH_TOLD[:1], "d_risk_level": "significant_harm"}),
    ("IN-02", "E/W", {"d_informing": BOTH_TOLD[1:]}),
    ("IN-02", "W/W", {"d_informing": BOTH_TOLD[1:], "d_risk_level": "immediate"}),
    ("IN-03", "E/B", {"d_informing": informing("P1")}),
    ("IN-03", "E/B", {"d_informing": informing("P1", exception="cannot_locate")}),
    ("IN-03", "E/B", {"d_informing": informing("P1", reason="she is away")}),
    (
        "IN-04",
        "W/W",
        {"d_informing": informing("P1", exception="unsafe_increased_risk_to_child", reason="violence")},
    ),
    ("IN-06", "E/W", {"d_data_subjects": POSITION | {"X1": {"state": "not_sought", "reason": "urgent"}}}),
    (
        "IN-06",
        "W/W",
        {
            "d_data_subjects": POSITION | {"X1": {"state": "not_sought", "reason": "urgent"}},
            "d_risk_level": "significant_harm",
        },
    ),
    # Need and minimum
    ("NM-01", "E/B", {"d_necessity": None}),
    ("NM-01", "E/B", {"d_purposes": None}),
    ("NM-01", "E/B", {"d_safety_and_wellbeing": None}),
    ("NM-01", "E/B", {"d_safety_and_wellbeing": {}}),
    ("NM-02", "E/B", {"d_recipients": [{"agency": "KYP"}]}),
    ("NM-02", "E/B", {"d_recipients": []}),
    ("NM-03", "W/W", {"d_proportionality": None}),
    ("NM-04", "W/W", {"what__full_record": True}),
    ("NM-05", "W/W", {"d_identifiability_considered": None}),
    # Accuracy
    ("AC-01", "W/W", {"accuracy_as_of": None}),
    ("AC-01", "W/W", {"accuracy_as_of": "2026-06-01"}),
    ("AC-02", "W/B", {"what": {"items": ["OPINION"]}, "opinion_marked": None}),
    ("AC-02", "W/B", {"what": {"items": ["OPINION"]}, "opinion_marked": False}),
    # Security
    ("SE-01", "W/W", {"how": {"method": "secure_portal"}}),
    ("SE-01", "E/B", {"how": {"method": "insecure_email"}}),
    ("SE-01", "E/B", {"how": {"method": "fax"}}),
    ("SE-03", "W/W", {"how": {"method": "in_person", "place": "the school"}}),
    ("SE-03", "W/W", {"how": {"method": "in_person", "started_at": "2026-09-07T09:00:00+01:00"}}),
    (
        "SE-03",
        "E/B",
        {
            "how": {
                "method": "in_person",
                "place": "a corridor",
                "started_at": "2026-09-07T09:00:00+01:00",
                "safe_environment_confirmed": False,
            }
        },
    ),
    # The recipient
    ("RC-01", "E/B", {"consent_advice_to_recipient": None}),
    ("RC-01", "E/B", {"consent_advice_to_recipient": {"advised": False}}),
    ("RC-07", "E/B", {"what": {"items": ["LIMITED"]}, "to": [{"person": "X1"}]}),
]

COMES_NEAR = [
    ("ST-01", "fact", {"d_reasons": None, "d_reasons_unknown": True, "d_reasons_unknown_explanation": "she has left"}),
    ("ST-02", "plan", {"what": {"summary": "what she said"}}),
    ("LB-01", "plan", {"d_legal_basis": basis({"code": "UKGDPR:6(1)(e)", "citation": "Children Act 2004 s.11"})}),
    ("LB-02", "plan", {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[ART9G])}),
    (
        "LB-03",
        "plan",
        {"d_legal_basis": basis({"code": "6(ea)", "annex1_para": 6, "necessity": "x", "in_public_task": False})},
    ),
    ("LB-06", "plan", {"d_legal_basis": basis({"code": "6(d)", "whose": "C1's", "life_and_limb": True})}),
    (
        "LB-08",
        "plan",
        {"d_legal_basis": basis({"code": "6(f)", "balancing": "x", "child_weighting": "y", "in_public_task": False})},
    ),
    (
        "LB-13",
        "plan",
        {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[{"code": "9(c)", "incapacity": "in a coma"}])},
    ),
    ("LB-17b", "plan", {"what": {"items": ["HEALTH"]}, "d_legal_basis": basis(E6, art9=[ART9G])}),
    ("LB-20", "plan", {"what": {"items": ["CRIME"]}, "d_legal_basis": basis(E6, art10={"sch1_para": 18})}),
    ("CF-01", "plan", {"what": {"items": ["TOLD"]}, "d_confidence_justification": "authorised_by_provider"}),
    (
        "CF-02",
        "plan",
        {
            "what": {"items": ["TOLD"]},
            "d_confidence_justification": "overriding_legal_basis",
            "d_override_reasons": "she is at risk",
        },
    ),
    (
        "CF-02",
        "plan",
        {
            "what": {"items": ["TOLD"]},
            "d_confidence_justification": "within_understood_range_or_purpose",
            "to": [{"agency": "CAMHS"}],
            "d_recipients": [{"agency": "CAMHS", "need_to_know_reason": "treats her"}],
        },
    ),
    ("CN-08", "plan", {"d_data_subjects": {"C1": {"state": "refused"}}, "d_override_reasons": "she is at risk"}),
    ("CN-16", "plan", {"d_data_subjects": {"C1": {"state": "deferred"}}}),
    ("IN-01", "plan", {"d_informing": informing("P1", exception="inappropriate", reason="she is the subject")}),
    ("IN-02", "plan", {"d_informing": informing("C1", exception="not_able_to_understand", reason="assessed so")}),
    (
        "IN-04",
        "plan",
        {
            "d_informing": informing(
                "P1", exception="unsafe_increased_risk_to_child", reason="violence", review_on="2026-10-05"
            )
        },
    ),
    ("NM-01", "plan", {"d_safety_and_wellbeing": "she may go missing"}),
    ("NM-02", "plan", {"d_recipients": None, "to": [{"agency": "KYP", "need_to_know_reason": "mentors her"}]}),
    ("NM-04", "plan", {"what__full_record": True, "d_minimum_rationale": "the pattern is only in the whole"}),
    ("AC-01", "plan", {"accuracy_as_of": "2026-06-09"}),
    ("AC-02", "fact", {"opinion_marked": None}),
    ("SE-01", "plan", {"how": {"method": "secure_email"}}),
    (
        "SE-03",
        "plan",
        {"how": {"method": "in_person", "place": "the school", "started_at": "2026-09-07T09:00:00+01:00"}},
    ),
    ("RC-01", "plan", {"consent_advice_to_recipient": {"advised": False, "withheld_reason": "risk_to_individual"}}),
    (
        "RC-01",
        "plan",
        {"d_data_subjects": {"C1": {"state": "deferred"}}, "consent_advice_to_recipient": None},
    ),
    ("RC-07", "plan", {"what": {"items": ["LIMITED"]}}),
]


@pytest.fixture
def many(h, history):
    """The open case, with an adult X1 and items that are special in one way each."""
    history.do("PersonLinked", case=h.CASE, person_id="X1", roles=["adult_in_contact"])
    told = {"sensitive": True, "not_public": True, "understood_not_shared": True, "understood_recipients": ["CAMHS"]}
    marked: dict[str, dict[str, Any]] = {
        "HEALTH": {"kind": "health", "special": ["health"]},
        "CRIME": {"kind": "criminal_offence", "criminal_offence_data": True},
        "TOLD": {"confidential": told},
        "UNTESTED": {"confidential": True},
        "OPINION": {"statement_kind": "professional_opinion"},
        "LIMITED": {"restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["X1"]}]},
    }
    for item_id, said in marked.items():
        history.do("InformationRecorded", **h.item(item_id, **said))
    return history


def act(h, changes):
    """A disclosure with changes, those to its decision named `d_…`."""
    of_decision = {name.removeprefix("d_"): value for name, value in changes.items() if name.startswith("d_")}
    rest = {name: value for name, value in changes.items() if not name.startswith("d_") and name != "alone"}
    said = h.disclosure(**rest)
    decided = h.decision("D-X-1", **of_decision)
    named = (said.get("what") or {}).get("items")
    said["decision"] = decided | {"items": named} if named else decided
    if "to" in rest and rest["to"] and "d_recipients" not in changes:
        said["decision"]["recipients"] = [entry | {"need_to_know_reason": "works with her"} for entry in rest["to"]]
    return {name: value for name, value in said.items() if name != "mode"}


@pytest.mark.parametrize(("rule", "levels", "changes"), FIRES)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_rule_fires_alone_at_its_level(h, many, rule, levels, changes, mode):
    found = h.comes_to(many, "DisclosureMade", mode, **act(h, changes))
    if changes.get("alone", True):
        assert found == h.expected(rule, levels, mode)
    else:
        assert h.expected(rule, levels, mode)[0] in found


@pytest.mark.parametrize(("rule", "mode", "changes"), COMES_NEAR)
def test_what_comes_near_a_rule_is_found_to_be_nothing(h, many, rule, mode, changes):
    assert h.comes_to(many, "DisclosureMade", mode, **act(h, changes)) == [], rule


def test_every_share_is_noted_that_was_made_without_consent(h, history):
    assert history.do("DisclosureMade", **h.disclosure()) == ["I CN-09"]
    assert history.entries[-2].findings[0].about == ("C1",)  # on the decision, not on the disclosure
    assert history.entries[-1].findings == ()
    deferred = h.disclosure("X-2", decision__data_subjects={"C1": {"state": "deferred"}})
    assert history.do("DisclosureMade", **deferred) == []
