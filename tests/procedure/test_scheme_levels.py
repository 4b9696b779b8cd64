"""Every rule of the schemes at each of its levels, in both schemes: at the gate, as fact, and as near as it goes.

Each application is told up to the act that is judged, complete but for what a row of the table leaves out or adds.
"""

from typing import Any

import pytest

from ledger.procedure.edition import shipped
from ledger.procedure.rules.registry import RULES

CSODS, DVDS = "csods", "dvds"
FILE = {"scheme": "S-1"}
TOLD = {CSODS: "M", DVDS: "V"}
OPENED: dict[str, dict[str, Any]] = {
    CSODS: {"route": "direct", "applicant": "G", "subject": "S", "children": ["D1"], "access": "unsupervised"},
    DVDS: {
        "route": "right_to_ask",
        "applicant": "P3",
        "applicant_is": "third_party",
        "subject": "E",
        "person_at_risk": "V",
        "relationship": "ex_partner",
        "child_impact_considered": True,
    },
}
DECIDED: dict[str, dict[str, Any]] = {
    CSODS: {
        "why_most_able": "lives with the child",
        "childs_interests": "she can keep the child away",
        "subject_representations": {"state": "not_sought", "reason": "would raise the risk"},
        "basis": "convictions_for_child_sex_offences",
        "convictions_for_child_sex_offences": True,
        "risk_of_harm": True,
        "disclosure_necessary": True,
    },
    DVDS: {"recipient_role": "person_at_risk", "basis": "convictions"},
}
REASONS = {"reasons": "the risk outweighs the subject's privacy"}
AUTHORISED = {"authorising_officer": {"staff_ref": "TVP-S1", "rank": "superintendent"}, **REASONS}
WARNING = dict.fromkeys(["purpose_limit", "undertaking_explained", "legal_proceedings", "understood"], True)
IN_PERSON = {"mode": "in_person", "place": "interview room", "safe_environment_confirmed": True}


def steps(family):
    """The steps up to the delivery, by name: when, what, and what is said."""
    told = TOLD[family]
    return {
        "received": ("07T09:00", "SchemeApplicationReceived", OPENED[family]),
        "checked": ("07T15:00", "InitialChecksCompleted", {"progress": True}),
        "seen": ("14T10:00", "InterviewHeld", {"id_seen": True}),
        "decided": ("21T10:00", "SchemeDecisionMade", decision(family)),
        "warned": ("23T10:00", "WarningGiven", {"to": told, "explained_by": "TVP-1", **WARNING}),
        "offered": ("23T10:10", "UndertakingOffered", {"to": told, "undertaking_id": "UT-1"}),
        "signed": ("23T10:20", "UndertakingSigned", {"by": told}),
        "delivered": ("23T10:30", "SchemeDisclosureDelivered", delivery(family)),
    }


def decision(family, **changes):
    said = {"mode": "fact", "outcome": "disclose", "recipient": TOLD[family], **DECIDED[family], **REASONS}
    return said | changes


def withheld(family, **changes):
    return decision(family, outcome="no_disclosure", recipient=None) | {"recipient_role": None} | changes


def delivery(family, **changes):
    return {"mode": "fact", "to": TOLD[family], "delivery": IN_PERSON, "what": "what he did", **changes}


REFUSED = ("23T10:20", "UndertakingRefused", {"refusal_id": "UR-1", "category": "fear_of_subject"})
UNAUTHORISED = ("23T10:25", "ReconsiderationDecided", {"outcome": "disclose_limited", **REASONS})
ALLEGED = ("25T10:00", "OnwardDisclosureAlleged", {"allegation_id": "OA-1", "how": "social_media"})
MANAGED = ("08T10:00", "InitialChecksCompleted", {"mappa_managed": True})
CONSULTED = ("09T10:00", "MappaConsulted", {"responsible_authority": "TPR"})
BEHAVIOUR = {"basis": "behaviour_information", "reasons": None}
UNBASED = ("21T10:00", "SchemeDecisionMade", {**decision(DVDS), "basis": "none"})

DECIDE = ("21T10:00", "SchemeDecisionMade", decision)
WITHHOLD = ("21T10:00", "SchemeDecisionMade", withheld)
DELIVER = ("23T10:30", "SchemeDisclosureDelivered", delivery)
TELL = ("24T10:00", "OutcomeNotifiedToApplicant", lambda _family, **said: {"wording": "neutral", **said})
RECONSIDER = (
    "23T16:00",
    "ReconsiderationDecided",
    lambda _family, **said: {"outcome": "withhold", **AUTHORISED, **said},
)

# Rule and levels at the gate/as fact; which schemes; the act; what it says otherwise; which steps before it are left
# out and which are added; what is found besides, at the gate and as fact.
FIRES = [
    ("CS-02", "W/W", (CSODS, DVDS), ("30T10:00", "InterviewHeld", dict), {"id_seen": True}, {"seen"}, [], "", ""),
    ("CS-03", "E/B", (CSODS, DVDS), DECIDE, {}, {"seen"}, [], "", ""),
    ("CS-04", "E/B", (CSODS,), DECIDE, {"why_most_able": None}, set(), [], "", ""),
    ("CS-04", "E/B", (CSODS,), DELIVER, {"to": "F"}, set(), [], "E CS-07,E CS-08", "B CS-07,B CS-08,I UT-03"),
    ("CS-05", "E/B", (CSODS,), TELL, {"content_given": True}, set(), [], "", ""),
    ("CS-06", "E/B", (CSODS, DVDS), DELIVER, {"delivery": {"mode": "letter"}}, set(), [], "", ""),
    ("CS-07", "E/B", (CSODS, DVDS), DELIVER, {}, {"warned"}, [], "", ""),
    ("CS-08", "E/B", (CSODS, DVDS), DELIVER, {}, {"offered", "signed"}, [], "", "I UT-03"),
    ("CS-09", "E/B", (CSODS, DVDS), DELIVER, {}, {"signed"}, [REFUSED], "", "I UT-03"),
    ("CS-09", "E/B", (CSODS, DVDS), DELIVER, {}, {"signed"}, [REFUSED, UNAUTHORISED], "", "I UT-03"),
    ("CS-10", "W/W", (CSODS, DVDS), ("24T10:21", *RECONSIDER[1:]), {}, {"signed"}, [REFUSED], "", ""),
    ("CS-10", "B/B", (CSODS, DVDS), ("26T10:21", *RECONSIDER[1:]), {}, {"signed"}, [REFUSED], "", ""),
    ("CS-11", "E/B", (CSODS,), WITHHOLD, {"reasons": None}, set(), [], "", ""),
    ("CS-11", "E/B", (CSODS,), RECONSIDER, {"reasons": None}, {"signed"}, [REFUSED], "", ""),
    ("CS-12", "W/W", (CSODS, DVDS), DECIDE, {}, set(), [MANAGED], "", ""),
    ("CS-13", "W/W", (CSODS,), DECIDE, {"subject_representations": None}, set(), [], "", ""),
    ("DV-03", "E/B", (DVDS,), DECIDE, {"recipient": "P3", "recipient_role": "applicant"}, set(), [], "", ""),
    ("DV-03", "E/B", (DVDS,), DELIVER, {"to": "P3"}, set(), [], "E CS-07,E CS-08", "B CS-07,B CS-08,I UT-03"),
    ("DV-03", "E/B", (DVDS,), TELL, {"content_given": True}, set(), [], "", ""),
    ("DV-06", "E/B", (DVDS,), WITHHOLD, {"reasons": None}, set(), [], "", ""),
    ("DV-06", "E/B", (DVDS,), WITHHOLD, {**BEHAVIOUR, "reasonable_belief": True}, set(), [], "", ""),
    ("DV-06", "E/B", (DVDS,), RECONSIDER, {"reasons": None}, {"signed"}, [REFUSED], "", ""),
    ("ST-08", "E/B", (DVDS,), DELIVER, {}, {"decided"}, [], "", ""),
    ("UT-01", "-/B", (CSODS, DVDS), ("27T10:00", "OnwardDisclosureInvestigated", dict), {"outcome": "substantiated"},
     set(), [ALLEGED], "", ""),
    ("UT-02", "E/W", (CSODS, DVDS), ("23T10:20", "UndertakingRefused", dict), {}, {"signed"}, [], "", ""),
    ("UT-03", "I/I", (CSODS, DVDS), DELIVER, {}, {"signed"}, [], "", ""),
]  # fmt: skip
# The same acts with the one thing done that the rule asks for.
NEAR = [
    (("17T23:59", "InterviewHeld", dict), {"id_seen": True}, {"seen"}, [], (CSODS,)),
    (("21T23:59", "InterviewHeld", dict), {"id_seen": True}, {"seen"}, [], (DVDS,)),
    (DECIDE, {}, set(), [], (CSODS, DVDS)),
    (DECIDE, {}, set(), [MANAGED, CONSULTED], (CSODS, DVDS)),
    (DECIDE, {"recipient": "P3", "recipient_role": "person_best_placed_to_protect"}, set(), [], (DVDS,)),
    (DECIDE, {"recipient": "P3", "recipient_role": None, "why_most_able": "they live together"}, set(), [], (DVDS,)),
    (WITHHOLD, {}, set(), [], (CSODS, DVDS)),
    (WITHHOLD, {"basis": "none", "reasons": None}, set(), [], (DVDS,)),
    (WITHHOLD, BEHAVIOUR, set(), [], (DVDS,)),
    (RECONSIDER, {"reasons": None}, {"signed", "decided"}, [UNBASED, REFUSED], (DVDS,)),
    (DELIVER, {}, set(), [], (CSODS, DVDS)),
    (TELL, {"content_given": False}, set(), [], (CSODS, DVDS)),
    (TELL, {"to": "V", "content_given": True, "wording": "disclosure_made"}, set(), [], (DVDS,)),
    (TELL, {"wording": "disclosure_made"}, set(), [], (CSODS, DVDS)),
    (("24T10:20", *RECONSIDER[1:]), {}, {"signed"}, [REFUSED], (CSODS, DVDS)),
    (("23T10:20", "UndertakingRefused", dict), {"category": "no_reason_given"}, {"signed"}, [], (CSODS, DVDS)),
    (("27T10:00", "OnwardDisclosureInvestigated", dict), {"outcome": "authorised"}, set(), [ALLEGED], (CSODS, DVDS)),
]


def at(day):
    return f"2026-09-{day}:00+01:00"


def told(h, family, before, missing, extra):
    """The history before an act at this moment, without the steps that are missing and with those that are added."""
    history = h.History("police")
    lines = [line for name, line in steps(family).items() if name not in missing]
    for day, do, said in sorted([*lines, *extra], key=lambda line: line[0]):
        if day < before:
            history.do(do, at=at(day), **FILE, **said)
    return history


def comes_to(h, family, act, changes, missing, extra, mode):
    day, do, said = act
    history = told(h, family, day, missing, extra)
    payload = (said(family, **changes) if said is not dict else changes) | {"mode": mode}
    return h.comes_to(history, do, at=at(day), **FILE, **payload)


FIRED = [(family, mode, row) for row in FIRES for family in row[2] for mode in ("plan", "fact")]


@pytest.mark.parametrize(("family", "mode", "row"), FIRED)
def test_each_rule_has_its_level(h, family, mode, row):
    rule, levels, _, act, changes, missing, extra, gate, fact = row
    besides = [found for found in (gate if mode == "plan" else fact).split(",") if found]
    found = comes_to(h, family, act, changes, missing, extra, mode)
    assert sorted(found) == sorted([*h.expected(rule, levels, mode), *besides])


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize(
    ("family", "act", "changes", "missing", "extra"), [(family, *row[:4]) for row in NEAR for family in row[4]]
)
def test_the_nearest_that_is_fine(h, family, act, changes, missing, extra, mode):
    assert comes_to(h, family, act, changes, missing, extra, mode) == []


OPENS = [
    ("DV-02", "E/E", "SchemeReferralMade", {"subject": "E", "person_at_risk": "V"}),
    ("DV-02", "E/E", "SchemeApplicationReceived", OPENED[DVDS] | {"route": "right_to_know"}),
    ("DV-04", "W/W", "SchemeApplicationReceived", OPENED[DVDS] | {"relationship": None}),
]


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize(("rule", "levels", "do", "said"), OPENS)
def test_what_opens_an_application(h, rule, levels, do, said, mode):
    assert h.comes_to(h.History("police"), do, mode, **FILE, **said) == h.expected(rule, levels, mode)


@pytest.mark.parametrize("originator", [{"referring_agency": "FDA"}, {"arising_in_police": True}])
def test_an_agency_or_the_police_have_the_right_to_know(h, originator):
    assert h.History("police").do("SchemeReferralMade", **FILE, subject="E", person_at_risk="V", **originator) == []


def test_nobody_asked_whose_identity_would_have_to_be_verified(h):
    history = h.History("police")
    referral = {"referring_agency": "FDA", "subject": "E", "person_at_risk": "V", "child_impact_considered": True}
    history.do("SchemeReferralMade", **FILE, **referral)
    assert history.do("SchemeDecisionMade", **FILE, **decision(DVDS)) == []


@pytest.mark.parametrize(
    "relationship", ["spouse_or_civil_partner", "partner", "dating", "ex_partner", "former partner"]
)
def test_any_intimate_relationship_will_do(h, relationship):
    said = OPENED[DVDS] | {"relationship": relationship}
    assert h.History("police").do("SchemeApplicationReceived", **FILE, **said) == []


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize("do", ["SchemeApplicationReceived", "SchemeReferralMade"])
def test_nobody_but_the_police_opens_one(h, do, mode):
    said = OPENED[DVDS] if do == "SchemeApplicationReceived" else {"referring_agency": "FDA"}
    assert h.comes_to(h.History("voluntary_charity"), do, mode, **FILE, **said) == ["E CS-01"]


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize(
    ("opened", "decided", "found"),
    [
        ({"child_impact_considered": None}, {}, ["W DV-05"]),
        ({"child_impact_considered": None, "children": ["C1"]}, {}, ["W DV-05"]),
        ({"child_impact_considered": None, "children": ["C1"]}, {"child_impact_considered": True}, []),
        ({"child_impact_considered": True}, {}, []),
    ],
)
def test_the_children_in_the_family_are_considered(h, opened, decided, found, mode):
    history = h.History("police")
    history.do("SchemeApplicationReceived", at=at("07T09:00"), **FILE, **(OPENED[DVDS] | opened))
    history.do("InterviewHeld", at=at("14T10:00"), **FILE, id_seen=True)
    said = decision(DVDS, **decided) | {"mode": mode}
    assert h.comes_to(history, "SchemeDecisionMade", at=at("15T10:00"), **FILE, **said) == found


def test_each_child_that_was_not_considered_is_named(h):
    history = h.History("police")
    said = OPENED[DVDS] | {"child_impact_considered": None, "children_in_family": ["C1", "C3"]}
    history.do("SchemeApplicationReceived", **FILE, **said)
    history.do("InterviewHeld", **FILE, id_seen=True)
    (finding,) = history.judged("SchemeDecisionMade", **FILE, **decision(DVDS)).findings
    assert (finding.rule, finding.about) == ("DV-05", ("C1", "C3"))


def test_every_rule_of_the_schemes_is_tried_here():
    tried = {row[0] for row in [*FIRES, *OPENS]} | {"CS-01", "DV-05"}
    assert {rule for rule in RULES if rule.startswith(("CS-", "UT-", "DV-"))} <= tried


def test_what_both_schemes_carry_has_the_same_levels():
    first, second = (shipped()[name].edition.rules for name in ("csods-2023-04", "dvds-2023-04"))
    alone = {"CS-04", "CS-05", "CS-11", "CS-13"}
    assert set(first) - set(second) == alone
    assert {rule for rule in second if not rule.startswith("DV-")} == set(first) - alone
    both = set(first) & set(second)
    assert {r: (first[r].gate, first[r].fact) for r in both} == {r: (second[r].gate, second[r].fact) for r in both}
