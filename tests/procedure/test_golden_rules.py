"""The scorecard of the seven golden rules, read off what was found."""

import pytest
from procedure.histories import CASE, consent, decision, disclosure, withholding

from ledger.procedure.golden_rules import GOLDEN_RULES, scorecard
from ledger.procedure.rules.registry import RULES


def card(history, do, **said):
    judged = history.judged(do, **said)
    entry = next(e for e in judged.entries if e.name == "DecisionMade")
    return {s.rule: (s.status, *s.because) for s in scorecard(entry.event, judged.findings)}


def test_a_share_on_consent_meets_all_seven(history):
    history.do("CompetenceAssessed", case=CASE, competence_ref="CA-1", person="C1", able=True)
    history.do("ConsentGiven", **consent())
    said = decision("D-X-1", data_subjects={"C1": {"state": "given", "consent_id": "CON-1"}})
    said["legal_basis"] = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}]}
    assert card(history, "DisclosureMade", **disclosure(decision=said)) == {
        **{golden.id: ("met",) for golden in GOLDEN_RULES},
        "GR4": ("met with warning", "LB-23"),
    }


CARDS = [
    ({}, "GR4", ("exception claimed", "not_sought: alternative_basis_power_imbalance")),
    ({}, "GR2", ("met",)),
    ({"decision": {"proportionality": None}}, "GR6", ("met with warning", "NM-03")),
    ({"decision": {"safety_and_wellbeing": None}}, "GR5", ("breached", "NM-01")),
    ({"decision": {"reasons": None}}, "GR7", ("breached", "ST-01")),
    ({"how": {"method": "fax"}}, "GR6", ("breached", "SE-01")),
    ({"decision": {"informing": []}}, "GR2", ("met with warning", "IN-01", "IN-02")),
    (
        {
            "decision": {
                "informing": [
                    {"person": "C1", "informed_at": "2026-09-07T08:30:00+01:00"},
                    {"person": "P1", "exception": "cannot_locate", "reason": "she is away"},
                ]
            }
        },
        "GR2",
        ("exception claimed", "cannot_locate"),
    ),
]


@pytest.mark.parametrize(("changes", "golden", "score"), CARDS)
def test_each_golden_rule_says_how_it_was_kept(history, changes, golden, score):
    inner = changes.get("decision", {})
    said = {**disclosure(), **changes, "decision": decision("D-X-1", **inner)}
    assert card(history, "DisclosureMade", **said)[golden] == score


def test_what_an_urgent_share_owes_is_no_breach_yet(history):
    urgent = decision("D-X-1", safety_and_wellbeing=None, necessity=None, urgent=True, urgent_reason="she is in danger")
    scores = card(history, "DisclosureMade", **disclosure(mode="plan", decision=urgent))
    assert scores["GR5"] == ("exception claimed", "NM-01 to be completed")


def test_a_withholding_for_suspect_reasons_breaches_the_first(history):
    said = withholding()
    said["if_withheld"] = {**said["if_withheld"], "reason_codes": ["fear_of_criticism"]}
    scores = card(history, "DecisionMade", **said)
    assert (scores["GR1"], scores["GR4"]) == (("breached", "WH-02"), ("met",))


def test_every_watching_rule_exists():
    for golden in GOLDEN_RULES:
        for watch in golden.watched_by:
            assert any(rule.startswith(watch) for rule in RULES), (golden.id, watch)
