"""Consent: as it is given, relied on, taken back and acted on."""

import pytest

ALONE = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}]}
BIRTHDAYS = {"11": "2015-03-02", "14": "2012-03-02", "17": "2009-03-02", "18": "2008-09-07"}


@pytest.fixture
def asked(h, history):
    """The open case with an eleven-year-old C3, P2 without parental responsibility, and X1."""
    history.do("PersonLinked", case=h.CASE, person_id="C3", roles=["child"], dob=BIRTHDAYS["11"])
    history.do("PersonLinked", case=h.CASE, person_id="P2", roles=["parent"])
    return history


PARENT = {"given_by": "P1", "authority": "PR", "competence_ref": "CA-1"}

# (rule, gate/fact, changes to a consent that is as it should be, what else is found)
FIRES = [
    ("CN-01", "E/B", {"purposes": []}, []),
    ("CN-01", "E/B", {"items": None}, []),
    ("CN-01", "E/B", {"recipients": None}, []),
    ("CN-02", "E/W", {"expires_at": None}, []),
    ("CN-03", "E/B", {"given_by": "P1"}, []),  # by her mother, as if it were her own
    ("CN-01", "E/B", {"data_subject": None, "given_by": "P1", "authority": "PR"}, []),  # it covers nobody
    ("CN-03", "E/B", {"given_by": None, "authority": None}, []),
    ("CN-03", "E/B", {"given_by": "P2", "authority": "PR", "data_subject": "C3"}, []),
    ("CN-04", "W/W", PARENT, []),
    ("CN-05", "W/W", {"competence_ref": None}, []),
    ("CN-05", "W/W", {"competence_ref": None, "data_subject": "C3", "given_by": "C3"}, []),
    ("CN-05", "W/W", {**PARENT, "competence_ref": None}, ["W CN-04"]),
    ("CN-06", "W/W", {"informed_of_withdrawal_right": False}, []),
    ("CN-06", "W/W", {"informed_of_withdrawal_right": None}, []),
    ("CN-07", "E/B", {"freely_given": False}, []),
    ("CN-07", "E/B", {"freely_given": None}, []),
]

COMES_NEAR = [
    {"expires_at": None, "review_on": "2026-12-07"},
    {"authority": None},
    {"data_subject": None},  # her own: whose it is goes without saying
    {"given_by": None},
    {**PARENT, "data_subject": "C3"},
    {**PARENT, "data_subject": "C3", "competence_ref": None},
    {"given_by": "P2", "authority": "LPA"},
]


@pytest.mark.parametrize(("rule", "levels", "changes", "besides"), FIRES)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_rule_of_giving_fires(h, asked, rule, levels, changes, besides, mode):
    found = h.comes_to(asked, "ConsentGiven", mode, **h.consent(**changes))
    assert found == sorted(besides + h.expected(rule, levels, mode), key=lambda text: text[2:])


@pytest.mark.parametrize("changes", COMES_NEAR)
def test_what_comes_near_a_rule_of_giving(h, asked, changes):
    assert h.comes_to(asked, "ConsentGiven", "plan", **h.consent(**changes)) == []


def test_a_parent_with_responsibility_by_order_and_by_date(h, asked):
    held = {"person_id": "C3", "pr": {"holder": "P2", "basis": "order", "from": "2026-01-01", "to": "2026-10-01"}}
    asked.do("PersonLinked", case=h.CASE, **held)
    by_father = h.consent(**(PARENT | {"given_by": "P2", "data_subject": "C3"}))
    assert asked.refused("ConsentGiven", mode="plan", **by_father) == []
    assert asked.refused("ConsentGiven", at="2026-10-02T09:00:00+01:00", mode="plan", **by_father) == ["CN-03"]


def test_an_assessment_counts_before_age(h, asked):
    assert asked.do("CompetenceAssessed", case=h.CASE, person="C3", able=True, by="HMC-1") == []
    assert h.comes_to(asked, "ConsentGiven", "plan", **h.consent(**(PARENT | {"data_subject": "C3"}))) == ["W CN-04"]
    asked.do("CompetenceAssessed", case=h.CASE, person="C1", able=False, by="HMC-1")
    assert h.comes_to(asked, "ConsentGiven", "plan", **h.consent(**PARENT)) == []


# What a consent must cover, and until when


def relying(h, consent_id="CON-1", disclosure_id="X-1", **changes):
    position = {"C1": {"state": "given", "consent_id": consent_id}}
    decided = h.decision(f"D-{disclosure_id}", legal_basis=ALONE, data_subjects=position, risk_level="early_help")
    return h.disclosure(disclosure_id, **({"decision": decided} | changes))


@pytest.fixture
def agreed(h, asked):
    asked.do("ConsentGiven", **h.consent())
    return asked


def test_a_share_on_live_consent_warns_a_public_authority_alone(h, agreed):
    assert h.comes_to(agreed, "DisclosureMade", "plan", **without_mode(relying(h))) == ["W LB-23"]
    charity = h.History(kind="voluntary_charity", flags={}).open()
    charity.do("ConsentGiven", **h.consent())
    assert charity.do("DisclosureMade", **relying(h)) == []
    assert charity.entries[-1].event.relies_on == ("CON-1",)


UNCOVERED = {
    "purpose": {"purposes": ["practice_review"]},
    "this information": {"items": ["OTHER"]},
    "recipient": {"recipients": [{"agency": "NCC", "need_to_know_reason": "x"}]},
    "another person's": {"data_subjects": {"P1": {"state": "given", "consent_id": "CON-1"}}, "items": ["housing"]},
    "no specific consent": {"data_subjects": {"C1": {"state": "refused"}}},
    "there is no specific": {"data_subjects": {"C1": {"state": "given", "consent_id": "CON-0"}}},
}


@pytest.mark.parametrize(("why", "changes"), UNCOVERED.items())
def test_consent_that_does_not_cover(h, agreed, why, changes):
    agreed.do("InformationRecorded", **h.item("OTHER", kind="financial"))
    agreed.do("ConsentGiven", **h.consent("CON-0", purposes=[]))  # recorded as fact, never live
    position = {"C1": {"state": "given", "consent_id": "CON-1"}}
    decided = h.decision(**({"legal_basis": ALONE, "data_subjects": position} | changes))
    judged = agreed.judged("DecisionMade", case=h.CASE, mode="fact", **decided)
    found = {f.rule: f for f in judged.findings}
    assert found["LB-04"].level == "B"
    assert why in found["LB-04"].message
    assert agreed.refused("DecisionMade", case=h.CASE, mode="plan", **decided) == ["LB-04"]


@pytest.mark.parametrize(
    ("at", "expired"),
    [("2026-12-07T23:59:59+00:00", False), ("2026-12-08T00:00:00+00:00", True)],
)
def test_consent_lasts_to_the_end_of_its_last_day(h, agreed, at, expired):
    later = relying(h, accuracy_as_of="2026-12-07")
    assert agreed.refused("DisclosureMade", at=at, **(later | {"mode": "plan"})) == (["LB-04"] if expired else [])


def test_a_parents_consent_lapses_when_the_child_is_grown(h, history):
    history.do("PersonLinked", case=h.CASE, person_id="C5", roles=["child"], dob=BIRTHDAYS["18"])
    terms = PARENT | {"data_subject": "C5"}
    assert history.do("ConsentGiven", **h.consent("CON-5", **terms)) == ["B CN-03"]
    terms |= {"given_at": "2026-09-06T09:00:00+01:00"}
    younger = h.History().open()
    younger.do("PersonLinked", case=h.CASE, person_id="C5", roles=["child"], dob=BIRTHDAYS["18"])
    assert younger.do("ConsentGiven", at="2026-09-06T09:00:00+01:00", **h.consent("CON-5", **terms)) == ["W CN-04"]
    position = {"C5": {"state": "given", "consent_id": "CON-5"}}
    told = [{"person": "C5", "informed_at": "2026-09-06T09:30:00+01:00"}]
    said = h.decision(legal_basis=ALONE, data_subjects=position, items=["attendance"], informing=told, case=h.CASE)
    assert younger.refused("DecisionMade", at="2026-09-06T10:00:00+01:00", mode="plan", **said) == []
    assert younger.refused("DecisionMade", at="2026-09-07T10:00:00+01:00", mode="plan", **said) == ["LB-04"]


def test_a_renewed_consent_takes_the_place_of_the_first(h, agreed):
    renewed = {"case": h.CASE, "consent_id": "CON-2", "renews": "CON-1", "expires_at": "2027-03-01"}
    assert agreed.do("ConsentRenewed", **renewed) == []
    assert agreed.refused("DisclosureMade", at="2027-01-10T09:00:00+00:00", **(relying(h) | {"mode": "plan"})) == []
    narrower = {"case": h.CASE, "consent_id": "CON-3", "renews": "CON-2", "expires_at": "2027-03-01"}
    agreed.do("ConsentRenewed", **narrower, recipients=["AHT"])
    assert agreed.refused("DisclosureMade", **(relying(h, "CON-2") | {"mode": "plan"})) == ["LB-04"]


def test_explicit_consent_must_be_explicit(h, agreed):
    agreed.do("InformationRecorded", **h.item("HEALTH", kind="attendance", special=["health"]))
    both = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}], "art9": [{"code": "9(a)"}]}
    position = {"C1": {"state": "given", "consent_id": "CON-1"}}
    said = h.decision(case=h.CASE, legal_basis=both, data_subjects=position, items=["HEALTH"])
    assert h.comes_to(agreed, "DecisionMade", "plan", **said) == ["E LB-11"]
    assert h.comes_to(agreed, "DecisionMade", "fact", **said) == ["B LB-11", "W LB-23"]
    agreed.do("ConsentRenewed", case=h.CASE, consent_id="CON-1", explicit=True, expires_at="2026-12-07")
    assert h.comes_to(agreed, "DecisionMade", "plan", **said) == ["W LB-23"]


# Withdrawal

LATER = "2026-10-12T13:00:00+01:00"


def withdraw(h, history, **said):
    return history.do("ConsentWithdrawn", at=LATER, case=h.CASE, consent_id="CON-1", by="P1", **said)


def test_a_share_on_withdrawn_consent(h, agreed):
    assert withdraw(h, agreed) == []
    after = "2026-10-20T09:00:00+01:00"
    assert agreed.refused("DisclosureMade", at=after, **(relying(h) | {"mode": "plan"})) == ["CN-12"]
    by_mail = relying(h, disclosure_id="X-9", how={"method": "insecure_email"}, occurred_at="2026-10-19T16:00:00+01:00")
    assert agreed.do("DisclosureMade", **by_mail) == ["B CN-12", "W LB-23", "B SE-01"]
    before = relying(h, disclosure_id="X-8", occurred_at="2026-10-12T12:00:00+01:00")
    assert agreed.do("DisclosureMade", **before) == ["W LB-23", "W ST-05"]


def test_a_withdrawal_in_part_stops_that_part(h, agreed):
    withdraw(h, agreed, scope="recipients", recipients=["AHT"])
    assert agreed.refused("DisclosureMade", **(relying(h) | {"mode": "plan"})) == []
    withdraw(h, agreed, scope="items", items=["attendance"])
    assert agreed.refused("DisclosureMade", **(relying(h) | {"mode": "plan"})) == ["CN-12"]


def test_a_withdrawal_that_begins_later_stops_nothing_yet(h, agreed):
    withdraw(h, agreed, effective_at="2026-11-01T00:00:00+00:00")
    plan = relying(h) | {"mode": "plan"}
    assert agreed.refused("DisclosureMade", at="2026-10-30T09:00:00+00:00", **plan) == []
    assert agreed.refused("DisclosureMade", at="2026-11-01T09:00:00+00:00", **plan) == ["CN-12"]


def test_a_delivery_is_judged_again_and_adds_only_what_is_new(h, agreed):
    position = {"C1": {"state": "given", "consent_id": "CON-1"}}
    decided = h.decision(legal_basis=ALONE, data_subjects=position, risk_level="early_help")
    assert agreed.do("DecisionMade", case=h.CASE, mode="plan", **decided) == ["W LB-23"]
    delivery = h.disclosure(decision=None, decision_id="D-1", accuracy_as_of="2026-10-01")
    assert h.comes_to(agreed, "DisclosureMade", "fact", **without_mode(delivery)) == []
    withdraw(h, agreed)
    assert agreed.do("DisclosureMade", **delivery) == ["B CN-12"]


def test_wishes_in_the_file_are_wishes_too(h, asked):
    asked.do("ConsentRefused", case=h.CASE, by="C1", reason="she is afraid of gossip")
    assert asked.refused("DecisionMade", case=h.CASE, mode="plan", **h.decision()) == ["CN-08"]
    asked.do("ConsentNotSought", case=h.CASE, person="P1", reason="urgent")
    both = {"C1": {"state": "refused"}, "P1": {"state": "not_sought"}}
    told = h.decision(data_subjects=both, override_reasons="she is at risk")
    assert asked.refused("DecisionMade", case=h.CASE, mode="plan", **told) == []


KEPT = {"consent_id": "CON-1", "basis": "6(c): duty to keep the register", "approver": "HMC-DPO"}


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({}, False),
        ({"basis": {"code": "6(c)", "citation": "Education Regulations 2006"}}, False),
        ({"basis": None}, True),
        ({"basis": "UKGDPR:6(1)(a)"}, True),
        ({"approver": None}, True),
    ],
)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_declining_to_delete_needs_a_basis_and_somebody_who_answers_for_it(h, agreed, changes, fires, mode):
    said = {"case": h.CASE} | h.changed(KEPT, **changes)
    assert h.comes_to(agreed, "DeletionDeclined", mode, **said) == (h.expected("CN-15", "E/B", mode) if fires else [])


def without_mode(said):
    return {name: value for name, value in said.items() if name != "mode"}
