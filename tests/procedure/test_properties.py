"""What holds of every history: random commands, each in one of its modes, with things left out and codes exchanged."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from procedure import histories
from procedure.histories import History

from ledger.errors import Malformed, Refused, UnknownId
from ledger.procedure.declare import About
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.judgement import Judged

# The catalogue's E in the column of facts; nothing else may stop what already happened from being recorded.
REFUSES_FACTS = frozenset(
    {"ST-02", "ST-03", "ST-04", "ST-06", "CS-01", "DV-02", "EX-01", "EX-03", "EX-05", "RT-02", "EX-04"}
)
CODES: dict[str, list[Any]] = {
    "state": ["given", "refused", "not_sought", "withdrawn", "expired", "deferred", "not_applicable", "no_such_state"],
    "reason": ["urgent", "would_put_child_at_risk", None],
    "method": ["secure_file_transfer", "fax", "insecure_email", "in_person", "pigeon"],
    "risk_level": ["immediate", "significant_harm", "concern", "early_help", "mild"],
    "outcome": ["share", "withhold", "part"],
    "code": ["6(a)", "6(c)", "6(d)", "6(e)", "6(ea)", "6(f)", "9(a)", "9(c)", "9(d)", "9(g)", "9(h)", "6(z)"],
    "regime": ["uk_gdpr", "dpa_part3"],
    "statement_kind": ["fact", "allegation", "professional_opinion"],
    "exception": ["cannot_locate", "unsafe_increased_risk_to_child", None],
    "scope": ["whole", "items"],
    "urgent": [True, False],
    "category": ["no_reason_given", "mistrust_of_police", None],
    "mode": ["in_person", "letter"],
    "left_in_writing": [True, False],
}
KEPT = frozenset({"do", "case", "scheme", "context", "outcome", "child", "children"}) | {
    f"{what}_id" for what in ("decision", "disclosure", "consent", "request", "advice", "item")
}


def shuffled(value: Any, dice: random.Random, name: str = "") -> Any:
    """A command with a few of its values left out or exchanged, whatever that makes of it."""
    if name in CODES and not isinstance(value, dict) and dice.random() < 0.07:
        return dice.choice(CODES[name])
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k in KEPT or dice.random() > 0.02}
        return {k: shuffled(v, dice, k) for k, v in kept.items()}
    if isinstance(value, list) and name != "items":
        return [shuffled(item, dice) for item in value]
    return value


E6 = {"code": "6(e)", "citation": "Children Act 2004 s.11"}
G9 = {"code": "9(g)", "sch1_para": 18, "reason_consent_not_obtained": "would_prejudice"}
BASES: list[dict[str, Any]] = [
    {"regime": "uk_gdpr", "art6": [E6]},
    {"regime": "uk_gdpr", "art6": [E6], "art9": [G9], "art10": {"sch1_para": 18}},
    {"regime": "uk_gdpr", "art6": [{"code": "6(c)"}], "art9": [G9]},
    {
        "regime": "uk_gdpr",
        "art6": [{"code": "6(d)", "whose": "hers", "life_and_limb": True}],
        "art10": {"sch1_para": 18},
    },
    {"regime": "dpa_part3", "part3": {"sch8_para": 4, "strictly_necessary": True}},
]


def commands(step: int, dice: random.Random) -> dict[str, Any]:
    """One command of a case, as complete as the histories' own."""
    earlier = f"D-{dice.randrange(max(step, 1))}"
    urgent = {"urgent": True, "urgent_reason": "she is in danger"} if dice.random() < 0.2 else {}
    items = dice.choice([["ATT"], ["HEALTH"], ["CRIME"], ["ATT", "HEALTH"]])
    decided = histories.decision(f"D-{step}", items=items, legal_basis=dice.choice(BASES), **urgent)
    made = histories.disclosure(f"X-{step}", decision=decided, what={"items": decided["items"], "summary": "what"})
    choices: list[dict[str, Any]] = [
        {"do": "DecisionMade", "case": histories.CASE, **decided},
        {"do": "DisclosureMade", **made},
        {"do": "DisclosureMade", **made, "decision": None, "decision_id": earlier},
        {"do": "DecisionMade", **histories.withholding(f"D-{step}")},
        {"do": "ConsentGiven", **histories.consent(f"CON-{step}")},
        {"do": "ConsentWithdrawn", "case": histories.CASE, "consent_id": "CON"},
        {"do": "ConsentRefused", "case": histories.CASE, "data_subject": "C1", "by": "C1"},
        {"do": "DisclosureReceived", **histories.receipt(f"X-{step}")},
        {"do": "AdviceSought", "case": histories.CASE, "advice_id": f"AV-{step}", "adviser_role": "ig_lead"},
        {"do": "InDoubtRaised", "case": histories.CASE, "items": ["ATT"]},
        {"do": "InformationRecorded", **histories.item(f"I-{step}", special=["health"])},
        {"do": "ExtractIssued", "extract_id": f"EX-{step}", "to": "a court", "basis": ["6(c)"], "marking": "OFFICIAL"},
        {"do": "MissingEpisodeRecorded", "case": histories.CASE, "child": "C1", "context_id": "CTX-1"},
        {"do": "ChildAssociatedWithContext", "context": "CTX-1", "children": [f"C{dice.randrange(1, 4)}"]},
    ]
    return dice.choice(choices[:4] if dice.random() < 0.5 else choices)


def steps_at_the_door(dice: random.Random) -> dict[str, Any]:
    """One command of a scheme application after the decision to disclose to M."""
    room = {"mode": "in_person", "place": "a room", "safe_environment_confirmed": True}
    delivered = {"to": "M", "delivery": room, "officer": "TVP-1", "what": "what"}
    choices: list[dict[str, Any]] = [
        {"do": "WarningGiven", "to": "M", "purpose_limit": True, "undertaking_explained": True}
        | {"legal_proceedings": True, "explained_by": "TVP-1", "understood": True},
        {"do": "UndertakingOffered", "to": "M", "undertaking_id": "UT-1", "wording_version": "v1"},
        {"do": "UndertakingRefused", "by": "M", "category": "no_reason_given"},
        {"do": "UndertakingSigned", "by": "M"},
        {"do": "UndertakingUnable", "by": "M", "reason": "capacity"},
        {"do": "UndertakingRepudiated", "by": "M"},
        {"do": "MultiAgencyForumHeld", "agencies": ["TVP"]},
        {
            "do": "ReconsiderationDecided",
            "outcome": dice.choice(["offer_again", "disclose_limited", "disclose_without_undertaking", "withhold"]),
            "authorising_officer": {"staff_ref": "TVP-S", "rank": "superintendent"},
            "reasons": "her risk outweighs his",
        },
        {"do": "SchemeDisclosureDelivered", **delivered},
        {"do": "SchemeDisclosureDelivered", **delivered},
    ]
    return dice.choice(choices)


def a_case() -> History:
    h = History()
    h.open()
    h.do("PersonLinked", case=histories.CASE, person_id="X1", roles=["adult_in_contact"])
    h.do("InformationRecorded", **histories.item("HEALTH", kind="health", special=["health"]))
    h.do("InformationRecorded", **histories.item("CRIME", kind="criminal_offence", criminal_offence_data=True))
    h.do("CompetenceAssessed", case=histories.CASE, competence_ref="CA-1", person="C1", able=True)
    h.do("ConsentGiven", **histories.consent("CON"))
    return h


def tried(h: History, command: dict[str, Any], mode: str) -> Judged | Refused | None:
    """What a command comes to in a mode: judged and recorded, refused, or no command at all."""
    said = {"actor": histories.ACTOR, **command, "mode": mode}
    h.now += dt.timedelta(hours=7)
    try:
        judged: Judged = h.judged(said.pop("do"), **said)
    except Refused as refusal:
        return refusal
    except (Malformed, UnknownId):
        return None
    h.record(judged)
    return judged


def shared_items(judged: Judged, h: History) -> list[Any]:
    """The recorded items of what a judged act shares, if it decides to share."""
    decisions = [e.event for e in judged.entries if isinstance(e.event, DecisionMade)]
    shared = [d for d in decisions if d.outcome in ("share", "part")]
    withheld = {i for d in shared if d.if_withheld for i in d.if_withheld.items}
    held = h.file(histories.FILE).case.items
    return [held[i] for d in shared for i in d.items if i in held and i not in withheld]


@given(st.randoms(use_true_random=False), st.integers(1, 25))
@settings(max_examples=120)
def test_a_fact_is_never_refused_but_by_its_structure(dice, length):
    h = a_case()
    for step in range(length):
        outcome = tried(h, shuffled(commands(step, dice), dice), "fact")
        if isinstance(outcome, Refused):
            assert set(outcome.rules) <= REFUSES_FACTS


@given(st.randoms(use_true_random=False), st.integers(1, 20))
@settings(max_examples=120)
def test_no_special_category_passes_the_gate_without_article_9_unless_it_is_owed(dice, length):
    h = a_case()
    for step in range(length):
        outcome = tried(h, shuffled(commands(step, dice), dice), "plan")
        if not isinstance(outcome, Judged):
            continue
        for entry in outcome.entries:
            basis = getattr(entry.event, "legal_basis", None)
            under_uk_gdpr = basis is None or getattr(basis, "regime", "uk_gdpr") == "uk_gdpr"
            special = [item for item in shared_items(outcome, h) if item.event.special]
            if special and isinstance(entry.event, DecisionMade) and under_uk_gdpr and not (basis and basis.art9):
                assert entry.event.urgent
                assert "LB-02" in entry.event.to_complete or "LB-01" in entry.event.to_complete


DELIVERIES: list[bool] = []  # whether each was accepted


@given(st.randoms(use_true_random=False), st.integers(1, 30))
@settings(max_examples=120)
def test_nothing_is_delivered_after_a_refusal_unless_signed_or_reconsidered(dice, length):
    h = History("police", {"public_authority": True, "competent_authority": True, "apd_ref": "A"})
    scheme = {"scheme": "CS-1"}
    h.do("SchemeApplicationReceived", **scheme, applicant="G", subject="S", children=["D1"], access="unsupervised")
    h.do("InitialChecksCompleted", **scheme, progress=True)
    h.do("InterviewHeld", **scheme, id_seen=True, address_seen=True, relationship_seen=True)
    decided = {"outcome": "disclose", "recipient": "M", "why_most_able": "cares for D1", "childs_interests": "safety"}
    heard = {"state": "not_sought", "reason": "would raise the risk"}
    h.do("SchemeDecisionMade", **scheme, mode="fact", reasons="r", subject_representations=heard, **decided)
    cleared = True  # whether the last refusal was answered by a signature or a decision to disclose
    for _ in range(length):
        command = steps_at_the_door(dice)
        gate = command["do"] == "SchemeDisclosureDelivered"
        outcome = tried(h, {**scheme, **command}, "plan" if gate else "fact")
        if command["do"] == "UndertakingRefused":
            cleared = False
        elif command["do"] == "UndertakingSigned":
            cleared = True
        elif command["do"] == "ReconsiderationDecided":
            cleared = cleared or command["outcome"].startswith("disclose")
        elif gate:
            assert cleared or isinstance(outcome, Refused)
            DELIVERIES.append(isinstance(outcome, Judged))


def test_some_were_delivered():
    """Otherwise the property above would hold of nothing."""
    test_nothing_is_delivered_after_a_refusal_unless_signed_or_reconsidered()
    assert sum(DELIVERIES) > 50


def test_the_property_would_notice_a_refused_fact():
    h = a_case()
    outcome = tried(h, {"do": "DisclosureMade", **histories.disclosure(how=None)}, "fact")
    assert isinstance(outcome, Refused)
    assert outcome.rules == ("ST-02",)


@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_the_commands_themselves_are_mostly_accepted(mode):
    """Otherwise the properties above would hold of nothing."""
    dice, h = random.Random(7), a_case()
    outcomes = [tried(h, commands(step, dice), mode) for step in range(80)]
    assert sum(isinstance(outcome, Judged) for outcome in outcomes) > 40
    assert About("context", "CTX-1") in h.files
