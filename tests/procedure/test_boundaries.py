"""The edges of consent (§3.5): last days, birthdays, unknown ages, parents who disagree, and what is recorded late."""

import pytest

ALONE = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}]}
PARENT = {"given_by": "P1", "authority": "PR"}


def relying(h, child="C1", consent_id="CON-1", **changes):
    """A decision to share a child's attendance with KYP on one consent, at the gate, with everybody informed."""
    told = [{"person": person, "informed_at": "2026-09-07T08:30:00+01:00"} for person in {"C1": 0, "P1": 0, child: 0}]
    said = {
        "legal_basis": ALONE,
        "data_subjects": {child: {"state": "given", "consent_id": consent_id}},
        "items": ["attendance"],
        "informing": told,
    }
    return h.decision(case=h.CASE, mode="plan", **(said | changes))


@pytest.fixture
def family(h):
    """A charity's case: C1 (14), her mother P1 and her father P2, both with parental responsibility."""
    history = h.History(kind="voluntary_charity", flags={}).open()
    history.do("PersonLinked", case=h.CASE, person_id="P2", roles=["parent", "person_with_pr"])
    return history


def child(h, history, dob, **consent):
    """C3, born on a day, with P1's consent from 7 September."""
    history.do("PersonLinked", case=h.CASE, person_id="C3", roles=["child"], dob=dob)
    return history.do("ConsentGiven", **h.consent(data_subject="C3", **(PARENT | {"competence_ref": None} | consent)))


# The last day


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        ("2026-12-07T00:00:00+00:00", []),
        ("2026-12-07T23:59:59+00:00", []),
        ("2026-12-08T00:00:00+00:00", ["LB-04"]),
    ],
)
def test_a_consent_holds_through_the_day_on_which_it_runs_out(h, family, at, refused):
    family.do("ConsentGiven", **h.consent())
    assert family.refused("DecisionMade", at=at, **relying(h)) == refused


# Taken back between the decision and the delivery


@pytest.mark.parametrize(
    ("effective_at", "found"),
    [("2026-09-08T12:00:00+01:00", ["B CN-12"]), ("2026-09-08T15:00:01+01:00", [])],
)
def test_the_delivery_is_judged_by_the_consent_that_is_left(h, family, effective_at, found):
    family.do("ConsentGiven", **h.consent())
    assert family.do("DecisionMade", at="2026-09-08T11:00:00+01:00", **relying(h)) == []
    taken_back = {"case": h.CASE, "consent_id": "CON-1", "effective_at": effective_at}
    family.do("ConsentWithdrawn", at="2026-09-08T11:30:00+01:00", **taken_back)
    delivery = h.disclosure(decision=None, decision_id="D-1", what={"items": ["attendance"]})
    planned = delivery | {"mode": "plan"}
    refused = [text[2:] for text in found]
    assert family.refused("DisclosureMade", at="2026-09-08T15:00:00+01:00", **planned) == refused
    assert family.do("DisclosureMade", **delivery) == found


# Birthdays between the consent and the disclosure

BEFORE, DAY = "2026-09-08T23:59:59+01:00", "2026-09-09T00:00:00+01:00"


def test_at_twelve_the_child_is_told_too(h, family):
    assert child(h, family, "2014-09-09") == []  # eleven when her mother consents
    to_parent = relying(h, "C3", informing=[{"person": "P1", "informed_at": "2026-09-07T08:30:00+01:00"}])
    assert family.refused("DecisionMade", at=BEFORE, **to_parent) == []
    assert family.refused("DecisionMade", at=DAY, **to_parent) == ["IN-02"]


def test_at_sixteen_no_parent_need_be_told(h, family):
    assert child(h, family, "2010-09-09") == ["W CN-04", "W CN-05"]
    to_child = relying(h, "C3", informing=[{"person": "C3", "informed_at": "2026-09-07T08:30:00+01:00"}])
    assert family.refused("DecisionMade", at=BEFORE, **to_child) == ["IN-01"]
    assert family.refused("DecisionMade", at=DAY, **to_child) == []


def test_at_eighteen_a_parents_consent_lapses(h, family):
    child(h, family, "2008-09-09")
    on_it = relying(h, "C3")
    assert family.refused("DecisionMade", at=BEFORE, **on_it) == []
    assert family.refused("DecisionMade", at=DAY, **on_it) == ["LB-04"]
    judged = family.judged("DecisionMade", **(on_it | {"mode": "fact"}))
    assert "has run out" in next(f.message for f in judged.findings if f.rule == "LB-04")


def test_at_eighteen_their_own_consent_stands(h, family):
    child(h, family, "2008-09-09", given_by="C3", authority="self")
    assert family.refused("DecisionMade", at=DAY, **relying(h, "C3")) == []


def test_what_is_recorded_after_a_birthday_is_judged_by_the_age_on_its_own_day(h, family):
    child(h, family, "2008-09-09")
    late = relying(h, "C3") | {"occurred_at": BEFORE}
    assert family.refused("DecisionMade", at="2026-09-10T09:00:00+01:00", **late) == []


# A parent, where nobody is said to have parental responsibility


def test_a_parent_who_was_told_counts_while_nobody_is_known_to_hold_responsibility(h):
    history = h.History()
    history.do("CaseOpened", case=h.CASE)
    for person, role in (("C1", "child"), ("P1", "parent"), ("X1", "adult_in_contact")):
        history.do("PersonLinked", case=h.CASE, person_id=person, roles=[role], dob=None)
    told = {name: [{"person": name, "informed_at": "2026-09-07T08:40:00+01:00"}] for name in ("P1", "X1")}
    sharing = {"mode": "plan", "case": h.CASE, "items": ["attendance"]}
    assert history.refused("DecisionMade", **h.decision(informing=told["P1"], **sharing)) == []
    assert history.refused("DecisionMade", **h.decision(informing=told["X1"], **sharing)) == ["IN-01"]
    history.do("PersonLinked", case=h.CASE, person_id="P2", roles=["parent"], pr={"child": "C1", "basis": "order"})
    assert history.refused("DecisionMade", **h.decision(informing=told["P1"], **sharing)) == ["IN-01"]


# Younger children who understand


@pytest.mark.parametrize(("risk", "level"), [("concern", "E"), ("immediate", "W")])
def test_a_younger_child_who_understands_is_told_as_an_older_one_is(h, family, risk, level):
    child(h, family, "2015-03-02")
    family.do("CompetenceAssessed", case=h.CASE, person="C3", able=True, by="HMC-1")
    told = [{"person": "P1", "informed_at": "2026-09-07T08:30:00+01:00"}]
    said = relying(h, "C3", informing=told, risk_level=risk)
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(said)) == [f"{level} IN-08"]
    assert h.comes_to(family, "DecisionMade", "fact", **without_mode(said)) == ["W IN-08"]
    family.do("CompetenceAssessed", case=h.CASE, person="C3", able=False, by="HMC-1")
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(said)) == []


# Nobody knows how old


def test_a_child_of_unknown_age_is_a_child_whose_understanding_is_looked_at(h, family):
    assert child(h, family, None) == ["W CN-05"]
    family.do("CompetenceAssessed", case=h.CASE, person="C3", able=False, by="HMC-1")
    again = h.consent("CON-2", data_subject="C3", competence_ref=None, **PARENT)
    assert family.do("ConsentGiven", **again) == []
    nobody_told = relying(h, "C3", "CON-2", informing=None)
    assert family.refused("DecisionMade", **nobody_told) == ["IN-01"]


# Two with parental responsibility disagree


def refusing(h, **changes):
    return {"case": h.CASE, "by": "P2", "data_subject": "C1"} | changes


REFUSED = [
    ({}, ["W CN-08"]),
    ({"recipients": ["KYP", "AHT"], "items": ["attendance"]}, ["W CN-08"]),
    ({"recipients": ["AHT"]}, []),
    ({"items": ["health"]}, []),
    ({"by": "C1"}, []),  # it is her mother's consent that is relied on, and CN-04 has asked for hers
    ({"by": "P1"}, []),
    ({"data_subject": "C9"}, []),
    ({"data_subject": None}, []),
]


@pytest.mark.parametrize(("changes", "found"), REFUSED)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_the_consent_of_one_parent_is_enough_and_the_others_no_is_kept_in_sight(h, family, changes, found, mode):
    family.do("PersonLinked", case=h.CASE, person_id="C9", roles=["child"], dob="2015-03-02")
    family.do("ConsentGiven", **h.consent(**PARENT))
    assert family.do("ConsentRefused", **refusing(h, **changes)) == []
    assert h.comes_to(family, "DecisionMade", mode, **without_mode(relying(h))) == found
    explained = without_mode(relying(h)) | {"override_reasons": "she asked for it herself"}
    assert h.comes_to(family, "DecisionMade", mode, **explained) == []


def test_a_no_counts_from_when_it_was_said_until_it_is_a_yes(h, family):
    family.do("ConsentGiven", **h.consent(**PARENT))
    family.do("ConsentRefused", at="2026-09-09T09:00:00+01:00", **refusing(h))
    earlier = relying(h) | {"occurred_at": "2026-09-08T09:00:00+01:00"}
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(earlier)) == []
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(relying(h))) == ["W CN-08"]
    later = {"at": "2026-09-10T09:00:00+01:00", "given_by": "P2", "authority": "PR"}
    family.do("ConsentGiven", **h.consent("CON-2", **later))
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(relying(h))) == []


def test_a_no_from_somebody_without_responsibility_is_no_bar(h, family):
    family.do("PersonLinked", case=h.CASE, person_id="X1", roles=["adult_in_contact"])
    family.do("ConsentGiven", **h.consent(**PARENT))
    family.do("ConsentRefused", **refusing(h, by="X1"))
    assert h.comes_to(family, "DecisionMade", "plan", **without_mode(relying(h))) == []


def test_a_refusal_said_after_a_share_does_not_reach_back_to_it(h, history):
    history.do("ConsentRefused", at="2026-09-09T09:00:00+01:00", case=h.CASE, by="C1")
    shared = h.decision(case=h.CASE)
    assert h.comes_to(history, "DecisionMade", "plan", **shared) == ["E CN-08"]
    earlier = shared | {"occurred_at": "2026-09-08T10:00:00+01:00"}
    assert h.comes_to(history, "DecisionMade", "plan", **earlier) == []


# What is recorded late counts by when it happened


def test_a_share_before_there_was_consent_had_none(h, family):
    family.do("ConsentGiven", at="2026-09-08T10:00:00+01:00", **h.consent())
    assert family.refused("DecisionMade", **relying(h)) == []
    early = relying(h) | {"occurred_at": "2026-09-08T09:59:00+01:00"}
    assert family.refused("DecisionMade", **early) == ["LB-04"]


@pytest.mark.parametrize("renewed_as", ["CON-1", "CON-2"])
def test_a_share_is_judged_by_the_consent_of_its_day(h, family, renewed_as):
    """The renewal is narrower, and was then taken back."""
    family.do("ConsentGiven", **h.consent())
    narrower = {"case": h.CASE, "consent_id": renewed_as, "renews": "CON-1", "recipients": ["AHT"]}
    family.do("ConsentRenewed", at="2026-09-09T09:00:00+01:00", expires_at="2027-03-01", **narrower)
    at = {
        "2026-09-08T09:00:00+01:00": [],
        "2026-09-09T10:00:00+01:00": ["LB-04"],
        "2026-09-10T10:00:00+01:00": ["CN-12"],
    }
    family.do("ConsentWithdrawn", at="2026-09-10T09:00:00+01:00", case=h.CASE, consent_id=renewed_as)
    family.now = h.time("2026-09-10T10:00:00+01:00")
    for day, refused in at.items():
        assert family.refused("DecisionMade", **(relying(h) | {"occurred_at": day})) == refused


def without_mode(said):
    return {name: value for name, value in said.items() if name != "mode"}
