"""Cases that belong together: what an act in one may say of the persons and items of another."""

import pytest

from ledger.errors import UnknownId
from ledger.procedure.declare import About

OTHER = "HM-2"
TOLD = "2026-09-07T08:30:00+01:00"


@pytest.fixture
def two(h, history):
    """Two cases: C1's, and C3's with her mother P3, an opinion about her, OP, and ATT under another meaning."""
    history.do("CaseOpened", case=OTHER)
    history.do("PersonLinked", case=OTHER, person_id="C3", roles=["child"], dob="2014-11-30", pr={"holder": "P3"})
    history.do("PersonLinked", case=OTHER, person_id="P3", roles=["parent"])
    for item_id in ("OP", "ATT"):
        said = h.item(item_id, case=OTHER, person="C3", statement_kind="professional_opinion")
        history.do("InformationRecorded", **said)
    return history


def pattern(h, told=("C1", "P1", "P3"), **changes):
    """One disclosure about both children."""
    position = {"state": "not_sought", "reason": "alternative_basis_power_imbalance"}
    said = h.disclosure(
        what__items=["ATT", "OP"],
        decision__items=["ATT", "OP"],
        decision__data_subjects={"C1": position, "C3": position},
        decision__informing=[{"person": person, "informed_at": TOLD} for person in told],
    )
    return said | changes


@pytest.mark.parametrize("linked", [(("HM-1", OTHER),), ((OTHER, "HM-1"),), (("HM-1", OTHER), (OTHER, "HM-1"))])
def test_a_share_may_name_what_stands_in_a_linked_case(h, two, linked):
    for case, other in linked:
        assert two.do("CaseLinked", case=case, linked_cases=[other]) == []
    assert two.do("DisclosureMade", **pattern(h)) == ["I CN-09"]
    assert two.file(About("case", OTHER)).case.disclosures == {}


def test_what_is_not_linked_is_not_known(h, two):
    with pytest.raises(UnknownId, match="OP"):
        two.do("DisclosureMade", **pattern(h))
    two.do("CaseLinked", case="HM-1", linked_cases=["HM-9"])
    with pytest.raises(UnknownId, match="OP"):
        two.do("DisclosureMade", **pattern(h))


def test_the_rules_see_the_persons_and_items_of_the_linked_case(h, two):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    assert two.do("DisclosureMade", **pattern(h, opinion_marked=False)) == ["B AC-02", "I CN-09"]


def test_who_has_responsibility_in_one_case_has_none_for_a_child_of_another(h, two):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    found = two.judged("DisclosureMade", **pattern(h, told=("C1", "P1")))
    assert [(f.level, f.rule, f.about) for f in found.findings if f.rule.startswith("IN")] == [("W", "IN-01", ("C3",))]
    found = two.judged("DisclosureMade", **pattern(h, told=("C1", "P3")))
    assert [(f.level, f.rule, f.about) for f in found.findings if f.rule.startswith("IN")] == [("W", "IN-01", ("C1",))]


def test_a_case_of_its_own_comes_first(h, two):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    assert two.do("DisclosureMade", **h.disclosure(opinion_marked=False)) == ["I CN-09"]  # ATT is a fact here


def test_a_later_disclosure_sees_whom_its_decision_names(h, two):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    said = pattern(h, opinion_marked=False)
    decision = said.pop("decision")
    assert two.do("DecisionMade", case=h.CASE, mode="plan", **decision) == ["I CN-09"]
    assert two.do("DisclosureMade", **said | {"decision_id": decision["decision_id"]}) == ["B AC-02"]


@pytest.mark.parametrize("case", ["HM-1", OTHER])
def test_whoever_received_it_is_told_of_a_correction_in_either_case(h, two, case):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    two.do("DisclosureMade", **pattern(h))
    two.do("InformationCorrected", case=case, item_id="OP", correction="not held any more")
    about = About("case", case)
    assert [owed[:3] for owed in two.owed(about) if owed[0] == "AC-03"] == [("AC-03", "OP", "KYP")]
    two.do("RecipientNotifiedOfCorrection", case=case, item_id="OP", recipient="KYP")
    assert [owed for owed in two.owed(about) if owed[0] == "AC-03"] == []


def test_understanding_is_assessed_in_the_persons_own_case(h, two):
    two.do("CaseLinked", case="HM-1", linked_cases=[OTHER])
    with pytest.raises(UnknownId, match="C3"):
        two.do("CompetenceAssessed", case="HM-1", person="C3", able=True)
