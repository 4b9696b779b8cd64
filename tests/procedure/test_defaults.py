"""What is filled in for a practitioner: from the agency's kind, the day, the purpose and what the case says."""

import datetime as dt

import pytest
from procedure.histories import CASE, History, consent, item, time

from ledger.procedure.declare import About
from ledger.procedure.defaults import ShareAnswers, WithholdAnswers
from ledger.procedure.edition import shipped
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.rules.registry import RULES

BEFORE, AFTER = "2026-09-08T02:10:00+01:00", "2026-10-08T02:10:00+01:00"  # s.16LA is in force from 30 September
OLD = "2025-06-03T09:00:00+01:00"  # before Article 6(1)(ea)
SAID = {"case": CASE, "about": ("C1",), "known": (("fact", "absent"),), "to": ("KYP",), "why": "they mentor her"}


def world(history, at=BEFORE):
    return history.world(About("case", CASE), time(at).astimezone(dt.UTC))


def commands(history, at=BEFORE, verb=ShareAnswers, **said):
    seen = world(history, at)
    return verb(**(SAID | said)).settled(seen).commands(seen)


def decided(history, at=BEFORE, **said):
    last = commands(history, at, **said)[-1]
    return last.get("decision", last)


S11 = {"code": "6(e)", "citation": "Children Act 2004 s.11"}
DUTY = {"code": "6(c)", "citation": "Children Act 2004 s.16LA"}
RECOGNISED = {"code": "6(ea)", "annex1_para": 6, "necessity": "they mentor her"}
BALANCED = {"code": "6(f)", "balancing": "they mentor her", "child_weighting": "they mentor her"}


@pytest.mark.parametrize(
    ("kind", "flags", "at", "condition"),
    [
        ("local_authority", {"public_authority": True}, BEFORE, S11),
        ("local_authority", {"public_authority": True}, AFTER, DUTY),
        ("police", {"public_authority": True, "competent_authority": True}, BEFORE, S11),
        ("nhs_provider", {}, AFTER, DUTY),
        ("school_or_college", {}, BEFORE, {"code": "6(e)", "citation": "Education Act 2002 s.175"}),
        ("secure_establishment", {"public_authority": True}, AFTER, S11),
        ("housing_provider", {"public_authority": True}, AFTER, S11),
        ("voluntary_charity", {}, AFTER, RECOGNISED),
        ("faith_body", {}, OLD, BALANCED),
    ],
)
def test_the_basis_follows_from_the_kind_of_agency_and_the_day(kind, flags, at, condition):
    assert decided(History(kind, flags), at)["legal_basis"] == {"regime": "uk_gdpr", "art6": [condition]}


def test_the_duty_to_share_is_not_cited_for_a_body_that_it_does_not_name(history):
    history.do("AgencyRegistered", agency_id="KYP", kind="voluntary_charity")
    history.do("AgencyRegistered", agency_id="TVP", kind="police")
    assert decided(history, AFTER)["legal_basis"]["art6"] == [S11]
    assert decided(history, AFTER, to=("TVP",))["legal_basis"]["art6"] == [DUTY]


def test_law_enforcement_by_the_police_is_part_3():
    police = History("police", {"public_authority": True, "competent_authority": True})
    basis = decided(police, purposes=("prevent_detect_crime",), special=("health",))["legal_basis"]
    assert basis["regime"] == "dpa_part3"
    assert (basis["part3"]["sch8_para"], basis["part3"]["strictly_necessary"]) == (4, True)
    assert "strictly_necessary" not in decided(police, purposes=("mappa",))["legal_basis"]["part3"]
    assert decided(police)["legal_basis"]["regime"] == "uk_gdpr"
    assert decided(History(), purposes=("prevent_detect_crime",))["legal_basis"]["regime"] == "uk_gdpr"


def test_what_compels_is_cited(history):
    order = {"kind": "court_order", "court_order": "Order of 4 September"}
    history.do("InformationRequested", case=CASE, request_id="R-1", requester={"agency": "FC"}, compulsion=order)
    found = decided(history, request="R-1", to=())
    assert found["legal_basis"]["art6"] == [{"code": "6(c)", "citation": "Order of 4 September"}]
    assert found["recipients"][0]["agency"] == "FC"


@pytest.mark.parametrize(
    ("if_told", "position", "paragraph_18"),
    [
        ("no", "alternative_basis_power_imbalance", "would_prejudice_protection"),
        ("child", "would_put_child_at_risk", "would_prejudice_protection"),
        ("other", "would_put_other_at_risk", "would_prejudice_protection"),
        ("investigation", "prejudice_investigation", "would_prejudice_protection"),
        ("later", "urgent", "would_prejudice_protection"),
        ("not_able_to_understand", "cannot_be_given", "cannot_be_given"),
        ("cannot_locate", "not_reasonable_to_obtain", "not_reasonable_to_obtain"),
    ],
)
def test_one_answer_says_why_consent_was_not_sought(history, if_told, position, paragraph_18):
    found = decided(history, if_told=if_told, special=("health",), offence=True)
    assert found["data_subjects"]["C1"]["state"] == "not_sought"
    assert found["data_subjects"]["C1"]["reason"] == position
    [condition] = found["legal_basis"]["art9"]
    assert condition == {"code": "9(g)", "sch1_para": 18, "reason_consent_not_obtained": paragraph_18}
    assert found["legal_basis"]["art10"] == {"sch1_para": 18}


def states(history, **said):
    return decided(history, kind="attendance", purposes=("early_identification",), **said)["data_subjects"]["C1"][
        "state"
    ]


def test_a_live_consent_that_covers_it_is_the_position(history):
    history.do("ConsentGiven", **consent())
    assert states(history) == "given"
    assert states(history, to=("TVP",)) == "not_sought"
    assert decided(history)["data_subjects"]["C1"]["state"] == "not_sought"  # another purpose
    later = {"kind": "attendance", "purposes": ("early_identification",)}
    assert decided(history, "2026-12-08T00:10:00+00:00", **later)["data_subjects"]["C1"]["state"] == "expired"


@pytest.mark.parametrize(
    ("do", "said", "state"),
    [
        ("ConsentWithdrawn", {"consent_id": "CON-1", "by": "C1"}, "withdrawn"),
        ("ConsentRefused", {"data_subject": "C1", "by": "C1"}, "refused"),
    ],
)
def test_a_no_is_never_recorded_as_not_asked(history, do, said, state):
    history.do("ConsentGiven", **consent(recipients=["BHA", "KYP"] if do == "ConsentWithdrawn" else ["BHA"]))
    history.do(do, case=CASE, **said)
    assert states(history) == state
    assert (
        decided(history, kind="attendance", purposes=("early_identification",))["override_reasons"] == "they mentor her"
    )


def test_everybody_concerned_is_accounted_for(history):
    entries = {e["person"]: e for e in decided(history, if_told="child")["informing"]}
    assert {e["exception"] for e in entries.values()} == {"unsafe_increased_risk_to_child"}
    assert entries.keys() == {"C1", "P1"}
    mixed = {
        e["person"]: e.get("exception", "told") for e in decided(history, if_told="child", told=("P1",))["informing"]
    }
    assert mixed == {"C1": "unsafe_increased_risk_to_child", "P1": "told"}
    parents = decided(history, if_told="told", if_parents_told="other")["informing"]
    assert {e["person"]: e.get("exception", "told") for e in parents} == {"C1": "told", "P1": "risk_to_other"}
    assert "informing" not in decided(history, if_told="no")


def test_of_a_child_of_16_or_an_adult_no_parent_is_asked_for(history):
    history.do("PersonLinked", case=CASE, person_id="C4", roles=["child"], dob="2010-01-05")
    assert [e["person"] for e in decided(history, about=("C4",), if_told="child")["informing"]] == ["C4"]
    assert [e["person"] for e in decided(history, about=(), adults=("X1",), if_told="child")["informing"]] == ["X1"]


def test_where_nobody_has_parental_responsibility_that_is_said():
    entries = decided(History(), if_told="child")["informing"]
    assert [(e.get("person"), e["exception"]) for e in entries] == [
        ("C1", "unsafe_increased_risk_to_child"),
        (None, "cannot_locate"),
    ]
    assert "informing" not in decided(History(), if_told="no")


@pytest.mark.parametrize(
    ("at", "urgent", "review_on"),
    [
        ("2026-09-08T02:10:00+01:00", True, "2026-09-09"),
        ("2026-12-24T23:30:00+00:00", True, "2026-12-29"),  # Christmas Day, a weekend, Boxing Day's Monday
        ("2026-09-08T02:10:00+01:00", False, "2026-09-22"),
    ],
)
def test_reviews_fall_on_working_days(history, at, urgent, review_on):
    found = decided(history, at, if_told="child", urgent=urgent)
    assert {e["review_on"] for e in found["informing"]} == {review_on}


def test_the_agency_may_set_its_own_days(history):
    history.do("LocalParameterSet", name="review_working_days", value=3)
    assert {e["review_on"] for e in decided(history, if_told="child")["informing"]} == {"2026-09-11"}
    withheld = {"reason_codes": ("not_necessary",), "if_not_shared": "none seen"}
    assert decided(history, verb=WithholdAnswers, **withheld)["if_withheld"]["review_on"] == "2026-09-11"


def test_of_an_urgent_share_only_the_sentences_are_owed(history):
    found = decided(history, risk="immediate")
    assert (found["urgent"], found["urgent_reason"]) == (True, "they mentor her")
    sentences = {"necessity", "proportionality", "safety_and_wellbeing", "override_reasons", "reasons"}
    assert not sentences & found.keys()
    assert found["legal_basis"]["art6"] == [S11]
    for command in commands(history, risk="immediate"):
        history.do(command.pop("do"), at=BEFORE, **command)
    assert history.entries[-2].event.to_complete == ("NM-01", "NM-02")


def test_ids_are_the_next_that_are_free(history):
    history.do("InformationRecorded", **item("I-2"))
    recorded = [c["item_id"] for c in commands(history, known=(("fact", "a"), ("fact", "b")))[:-1]]
    assert recorded == ["I-1", "I-3"]


def test_the_usual_method_is_the_preferred_one_then_the_first_approved(history):
    at = time(BEFORE)
    assert history.agency.usual_method(at) == "secure_file_transfer"
    history.do("SecureMethodApproved", method="secure_portal", preferred=True)
    assert history.agency.usual_method(at) == "secure_portal"
    history.do("SecureMethodWithdrawn", at="2026-09-07T10:00:00+01:00", method="secure_portal")
    history.do("SecureMethodWithdrawn", method="secure_file_transfer")
    assert history.agency.usual_method(at) == "secure_email"
    history.do("SecureMethodWithdrawn", method="secure_email")
    assert history.agency.usual_method(at) is None  # in person is for an occasion, and filing for a court


def test_conditions_may_be_named_with_their_words(history):
    own = decided(history, basis=("6(d) her own life", "9(c) unconscious"), special=("health",))["legal_basis"]
    assert own["art6"] == [{"code": "6(d)", "whose": "her own life"}]
    assert own["art9"] == [{"code": "9(c)", "incapacity": "unconscious"}]
    one = decided(history, basis=("Article 6(1)(e) Education Act 2002 s.175",), special=("health",))["legal_basis"]
    assert one["art9"][0]["code"] == "9(g)"


# Who acts is known before anything is asked, a share always carries its decision, and neither stands in a scheme.
NOT_ASKED = {"ST-06", "ST-08", "CS-01"}


def test_every_rule_that_can_refuse_these_acts_has_an_answer_that_puts_it_right(history):
    refusing = {
        name.partition("/")[0]
        for one in shipped().values()
        for name, text in one.edition.rules.items()
        if text.gate == "E"
    }
    acts = {DecisionMade, DisclosureMade}
    here = {i for i in refusing & RULES.keys() if any(not r.on or acts & set(r.on) for r in RULES[i])}
    assert {"LB-02", "IN-01", "WH-03", "SE-01"} <= here
    share, withhold = ShareAnswers(**SAID, purposes=("nonsense",)), WithholdAnswers(**SAID, purposes=("nonsense",))
    unanswered = {i for i in here if not (share.remedy(i, world(history)) or withhold.remedy(i, world(history)))}
    assert unanswered == NOT_ASKED
