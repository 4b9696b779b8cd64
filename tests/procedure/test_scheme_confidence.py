"""What a scheme discloses is for one purpose and goes no further (Q114): imposed, standing, and judged."""

import pytest

FILE = {"scheme": "S-1"}
IN_PERSON = {"mode": "in_person", "place": "interview room", "safe_environment_confirmed": True}
SAFEGUARDING = ["scheme_dvds", "protection_abuse"]


def history(h, route="right_to_ask"):
    """An application in which V is told what I-1 says of E."""
    told = h.History("police")
    opened = {"subject": "E", "person_at_risk": "V", "children": ["C1"], "child_impact_considered": True}
    if route == "right_to_ask":
        opened |= {"route": route, "applicant": "V", "relationship": "partner"}
        told.do("SchemeApplicationReceived", **FILE, **opened)
    else:
        told.do("SchemeReferralMade", **FILE, **opened, referring_agency="FDA")
    told.do("InformationRecorded", **h.item("I-1", case=None, person=None, kind="other"), **FILE)
    told.do("InterviewHeld", **FILE, id_seen=True)
    told.do("SchemeDecisionMade", mode="fact", **FILE, outcome="disclose", recipient="V", reasons="r")
    return told


def deliver(told, **said):
    payload = {"to": "V", "delivery": IN_PERSON, "what": "what he did", "items": ["I-1"], **said}
    return told.judged("SchemeDisclosureDelivered", mode="fact", **FILE, **payload).entries[0]


@pytest.fixture
def told(h):
    ledger = history(h)
    ledger.do("SchemeDisclosureDelivered", mode="fact", **FILE, to="V", delivery=IN_PERSON, what="w", items=["I-1"])
    return ledger


def share(h, told, *, purposes=("protection_abuse",), to=None, mode="plan", item="I-1", at=None):
    """What sharing an item onward comes to, as far as RC-07 goes."""
    to = [{**(to or {"agency": "HMC"}), "need_to_know_reason": "keeps C1 safe"}]
    decision = h.decision(
        "D-X", items=[item], purposes=list(purposes), recipients=to, data_subjects=None, informing=None
    )
    said = h.disclosure("X-1", case=None, to=to, what={"items": [item]}, decision=decision) | {
        "mode": mode,
        "occurred_at": at,
    }
    return [found for found in h.comes_to(told, "DisclosureMade", **said, **FILE) if "RC-07" in found]


@pytest.mark.parametrize("route", ["right_to_ask", "right_to_know"])
def test_a_delivery_carries_the_restrictions_that_the_scheme_imposes(h, route):
    only, no_onward = deliver(history(h, route)).event.restrictions
    assert (only.code, only.persons) == ("USE_ONLY_FOR_PURPOSE", ("V", "C1"))
    assert {"scheme_dvds", "protection_abuse"} <= set(only.purposes)
    assert no_onward.code == "NO_ONWARD"


def test_under_sarahs_law_it_is_for_the_child(h):
    ledger = h.History("police")
    ledger.do("SchemeApplicationReceived", **FILE, applicant="G", subject="S", children=["D1"])
    only, _ = deliver(ledger, to="M", items=[]).event.restrictions
    assert only.persons == ("D1",)
    assert "scheme_csods" in only.purposes
    assert "scheme_dvds" not in only.purposes


def test_what_the_police_say_themselves_stands_instead(h):
    said = [{"code": "EYES_ONLY", "persons": ["V"]}]
    assert [r.code for r in deliver(history(h), restrictions=said).event.restrictions] == ["EYES_ONLY"]


def test_the_restrictions_stand_on_whoever_was_told(told):
    scheme = told.file(told.entries[-1].about).scheme
    assert [limit.code for limit in scheme.restrictions_on("V")] == ["USE_ONLY_FOR_PURPOSE", "NO_ONWARD"]
    assert scheme.restrictions_on("P3") == ()


@pytest.mark.parametrize(("mode", "found"), [("plan", ["E RC-07"]), ("fact", ["B RC-07"])])
@pytest.mark.parametrize(
    "broken", [{"purposes": ["audit"]}, {"purposes": ["protection_abuse", "audit"]}, {"to": {"person": "P3"}}]
)
def test_passing_it_on_otherwise_breaks_them(h, told, broken, mode, found):
    assert share(h, told, mode=mode, **broken) == found


@pytest.mark.parametrize("mode", ["plan", "fact"])
@pytest.mark.parametrize(
    "fine", [{}, {"purposes": SAFEGUARDING}, {"to": {"person": "V"}}, {"purposes": ["audit"], "item": "attendance"}]
)
def test_keeping_somebody_safe_does_not(h, told, fine, mode):
    assert share(h, told, mode=mode, **fine) == []


def test_nor_does_telling_somebody_whom_the_police_allowed(h, told):
    assert share(h, told, to={"person": "P3"}) == ["E RC-07"]
    told.do("OnwardDisclosureAuthorised", **FILE, by="V", to="P3", undertaking_id="UT-9")
    assert share(h, told, to={"person": "P3"}) == []


def test_before_the_delivery_nothing_stood(h, told):
    assert share(h, history(h), purposes=["audit"]) == []
    assert share(h, told, purposes=["audit"], mode="fact", at="2026-09-07T08:00:00+01:00") == []


def test_a_breach_names_the_restrictions_that_stood(told):
    told.do("OnwardDisclosureAlleged", **FILE, allegation_id="OA-1", by="V", how="social_media")
    said = {"allegation_id": "OA-1", "outcome": "substantiated"}
    (finding,) = told.judged("OnwardDisclosureInvestigated", **FILE, **said).findings
    assert (finding.rule, finding.level, finding.external) == ("UT-01", "B", True)
    assert "USE_ONLY_FOR_PURPOSE, NO_ONWARD" in finding.message
    (finding,) = told.judged("OnwardDisclosureInvestigated", **FILE, by="P3", outcome="substantiated").findings
    assert "none recorded" in finding.message
