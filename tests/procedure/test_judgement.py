"""What judgement does with the rules' answers: one finding each, the most severe, on its own record; urgency."""

import pytest

from ledger.errors import IntegrityError, Malformed, NewerVersion, Refused, UnknownId
from ledger.procedure.command import parse
from ledger.procedure.edition import shipped
from ledger.procedure.entry import Entry
from ledger.procedure.events.agency import LedgerOpened
from ledger.procedure.refusal import codes_of
from ledger.procedure.rules.registry import RULES
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import fold_agency

TWO = {p: {"state": "not_sought"} for p in ("C1", "P1")}


def test_a_finding_lists_all_whom_it_concerns_once(h, history):
    judged = history.judged("DecisionMade", case=h.CASE, mode="fact", **h.decision(data_subjects=TWO))
    (finding,) = [f for f in judged.findings if f.rule == "CN-10"]
    assert (finding.level, finding.about) == ("B", ("C1", "P1"))
    assert "C1, P1" in finding.message


def test_the_most_severe_case_of_a_rule_stands(h, history):
    entries = [{"code": "6(d)", "whose": "hers"}, {"code": "6(d)"}]
    said = h.decision(legal_basis={"art6": entries})
    assert history.do("DecisionMade", case=h.CASE, mode="fact", **said) == ["I CN-09", "B LB-06"]


def test_a_refusal_names_every_rule_and_what_would_put_it_right(h, history):
    said = h.decision(reasons=None, legal_basis=None)
    with pytest.raises(Refused) as refused:
        history.judged("DecisionMade", case=h.CASE, mode="plan", **said)
    assert refused.value.rules == ("LB-01", "ST-01")
    assert "Name at least one condition" in str(refused.value)
    assert "in a sentence" in str(refused.value)


def test_one_line_is_two_records_each_with_its_own_findings(h, history):
    said = h.disclosure(opinion_marked=None, accuracy_as_of=None, decision__proportionality=None)
    history.do("DisclosureMade", occurred_at="2026-09-05T09:00:00+01:00", **said)
    decided, disclosed = history.entries[-2:]
    assert (decided.name, decided.ordinal, disclosed.name, disclosed.ordinal) == (
        "DecisionMade",
        0,
        "DisclosureMade",
        1,
    )
    assert disclosed.version == decided.version + 1
    assert [f.rule for f in decided.findings] == ["CN-09", "NM-03"]
    assert [f.rule for f in disclosed.findings] == ["AC-01", "ST-05"]
    assert disclosed.event.decision_id == decided.event.decision_id == "D-X-1"
    assert disclosed.event.legal_basis == decided.event.legal_basis
    assert disclosed.event.by.staff == "HMC-1"
    assert disclosed.event.when == disclosed.occurred_at


def test_an_accepted_entry_says_which_editions_judged_it(h, history):
    history.do("DecisionMade", case=h.CASE, mode="plan", **h.decision())
    assert {"ukgdpr-2026-02-05", "wm-2.10@2024-04-19", "wt-2026", "ruleseven-1"} <= set(history.entries[-1].editions)


def test_judging_changes_nothing(h, history):
    before = (history.world(history.entries[-1].about).file.version, len(history.entries))
    history.judged("DisclosureMade", **h.disclosure())
    assert (history.world(history.entries[-1].about).file.version, len(history.entries)) == before


# Urgent

URGENT = {"decision_id": "D-1", "outcome": "share", "urgent": True, "urgent_reason": "he is at the door"}


def urgent(h, **changes):
    said = {"case": h.CASE, "mode": "plan", "disclosure_id": "X-1", "to": [{"agency": "TVP"}]}
    said |= {"how": {"method": "phone_verified", "place": "duty desk", "started_at": h.START}}
    return said | {"what": {"summary": "where she is"}, "decision": URGENT} | changes


def test_an_urgent_share_needs_one_line_and_is_completed_later(h, history):
    found = history.do("DisclosureMade", **urgent(h))
    assert "E" not in {text[0] for text in found}
    decided = history.entries[-2].event
    assert set(decided.to_complete) == {"CN-16", "LB-01", "NM-01", "NM-02"}
    unexplained = urgent(h, disclosure_id="X-2", decision=URGENT | {"decision_id": "D-2", "urgent_reason": None})
    assert "ST-01" in history.refused("DisclosureMade", **unexplained)


def test_what_is_to_be_completed_does_not_stop_the_delivery_either(h, history):
    history.do("DecisionMade", case=h.CASE, mode="plan", **URGENT)
    assert history.refused("DisclosureMade", **urgent(h, decision=None, decision_id="D-1")) == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"to": []}, ["ST-02"]),
        ({"how": {"method": "shouting"}}, ["ST-03"]),
        ({"to": [{"person": "X1"}], "what": {"items": ["KEPT"]}}, ["RC-07"]),
        ({"actor": None}, ["ST-06"]),
    ],
)
def test_urgency_does_not_lift_structure_nor_what_keeps_the_child_safe(h, history, changes, refused):
    limit = {"code": "NOT_TO_SERVICE_USER", "persons": ["X1"]}
    history.do("InformationRecorded", **h.item("KEPT", restrictions=[limit]))
    assert history.refused("DisclosureMade", **urgent(h, **changes)) == refused


def test_nobody_sets_what_is_to_be_completed(h, history):
    history.do("DecisionMade", case=h.CASE, mode="plan", **h.decision(to_complete=["LB-01"]))
    assert history.entries[-1].event.to_complete == ()


# References

REFERENCES = [
    ("DecisionMade", {"items": ["AT"]}, "items[0]: there is no item AT in case HM-1; did you mean ATT?"),
    ("DecisionMade", {"data_subjects": {"C9": {"state": "given"}}}, "data_subjects.C9: there is no person C9"),
    ("DecisionMade", {"data_subjects": {"C1": {"consent_id": "CON-9"}}}, "consent_id: there is no consent CON-9"),
    ("DecisionMade", {"request_id": "Q-9"}, "record it first (InformationRequested)"),
    ("DecisionMade", {"advice_ids": ["AV-9"]}, "there is no advice AV-9"),
    ("DecisionMade", {"informing": [{"person": "P9"}]}, "informing[0].person: there is no person P9"),
]


@pytest.mark.parametrize(("do", "changes", "said"), REFERENCES)
def test_what_is_named_must_be_there(h, history, do, changes, said):
    with pytest.raises(UnknownId) as error:
        history.judged(do, case=h.CASE, mode="plan", **h.decision(**changes))
    assert said in str(error.value)


def test_advice_comes_back_to_what_was_asked(h, history):
    with pytest.raises(UnknownId, match="there is no advice AV-1 in case HM-1; record it first"):
        history.do("AdviceReceived", case=h.CASE, advice_id="AV-1")
    history.do("AdviceSought", case=h.CASE, advice_id="AV-1", adviser_role="DPO")
    assert history.do("AdviceReceived", case=h.CASE, advice_id="AV-1") == []


def test_a_receipt_is_recorded_once(h, history):
    history.do("DisclosureReceived", **h.receipt("X-7"))
    with pytest.raises(Malformed, match="field receipt_id: R-X-7 is recorded already"):
        history.do("DisclosureReceived", **h.receipt("X-7"))


# A decision in one line with its disclosure


def test_a_carried_decision_has_its_own_mode(h, history):
    basis = {"regime": "uk_gdpr", "art6": [{"code": "6(e)"}]}  # without a citation: LB-07, E at the gate, B as fact
    carried = h.decision(mode="plan", do="DecisionMade", legal_basis=basis)
    assert history.refused("DisclosureMade", **h.disclosure(decision=carried)) == ["LB-07"]
    assert history.do("DisclosureMade", **h.disclosure("X-1", decision=carried | {"mode": "fact"})) == [
        "I CN-09",
        "B LB-07",
    ]
    insecure = h.disclosure("X-2", how="insecure_email", decision=h.decision("D-2", mode="plan"))
    assert history.refused("DisclosureMade", **(insecure | {"mode": "plan"})) == ["SE-01"]
    assert history.do("DisclosureMade", **insecure) == ["I CN-09", "B SE-01"]
    decided, disclosed = history.entries[-2:]
    assert (decided.mode, disclosed.mode) == ("plan", "fact")


def test_the_role_of_whoever_acts_is_a_code_too(h, history):
    for role, refusals in (("Senior officer", []), ("dpo", []), ("wizard", ["ST-03"])):
        actor = {"staff_ref": "HMC-1", "role": role}
        assert history.refused("CaseOpened", case="HM-2", actor=actor) == refusals


def test_a_code_that_is_none_is_listed_once(h, history):
    basis = {"regime": "uk_gdpr", "art6": [{"code": "6(z)"}]}
    with pytest.raises(Refused) as refused:
        history.judged("DisclosureMade", **h.disclosure(decision=h.decision(legal_basis=basis)))
    assert str(refused.value).count("6(z)") == 1


def test_a_share_about_nobody_is_asked_about_whom(h, history):
    history.do("InformationRecorded", case=h.CASE, item_id="I-0")
    nobody = h.decision(data_subjects=None, items=["I-0"], informing=None)
    with pytest.raises(Refused, match="CN-16: Say who it is about, and where consent stands for each of them"):
        history.judged("DecisionMade", case=h.CASE, mode="plan", **nobody)
    with pytest.raises(Refused, match="CN-16: Say where consent stands for C1"):
        history.judged("DecisionMade", case=h.CASE, mode="plan", **h.decision(data_subjects=None))


def test_a_carried_decision_that_says_no_mode_has_the_disclosures(h, history):
    history.do("DisclosureMade", **h.disclosure())
    assert {entry.mode for entry in history.entries[-2:]} == {"fact"}


CARRIED = [
    ({"mode": "perhaps"}, 'field decision.mode: say "plan" or "fact"'),
    ({"do": "CaseOpened"}, "field decision.do: expected DecisionMade"),
    ({"outcme": "share"}, "field decision.outcme: DecisionMade has no such field; did you mean outcome"),
    ({"items": 7}, "field decision.items: expected"),
    ({"informing": [{"informed_at": "2026-09-18"}]}, r"field decision.informing\[.?\].informed_at: write a time"),
]


@pytest.mark.parametrize(("changes", "said"), CARRIED)
def test_what_is_wrong_with_a_carried_decision_is_said_of_it(h, history, changes, said):
    with pytest.raises(Malformed, match=said):
        history.judged("DisclosureMade", **h.disclosure(decision=h.decision() | changes))


def test_a_kind_of_information_may_stand_for_an_item(h, history):
    assert history.do("DecisionMade", case=h.CASE, mode="plan", **h.decision(items=["attendance"])) == ["I CN-09"]


def test_a_file_is_opened_once_and_before_it_is_written_in(h, history):
    with pytest.raises(UnknownId, match="there is no case HM-2"):
        history.judged("CaseClosed", case="HM-2")
    with pytest.raises(Malformed, match="HM-1 is there already"):
        history.judged("CaseOpened", case="HM-1")


def test_an_id_is_given_once(h, history):
    with pytest.raises(Malformed, match="item_id: ATT is recorded already"):
        history.judged("InformationRecorded", **h.item("ATT"))
    assert history.do("PersonLinked", case=h.CASE, person_id="C1", roles=["sibling"]) == []
    with pytest.raises(Malformed, match="decision_id: names another decision"):
        history.judged("DisclosureMade", **h.disclosure(decision_id="D-7"))


def test_a_day_must_be_one(h, history):
    with pytest.raises(Malformed, match="expires_at: '2026-02-30' is neither a day"):
        history.judged("ConsentGiven", **h.consent(expires_at="2026-02-30"))


def test_the_agencys_own_settings(h, history):
    with pytest.raises(Malformed, match=r"late_houres.*nearest: late_hours"):
        history.judged("LocalParameterSet", name="late_houres", value=48)
    with pytest.raises(Malformed, match="late_hours is a int"):
        history.judged("LocalParameterSet", name="late_hours", value=True)
    history.do("LocalParameterSet", name="late_hours", value=48, occurred_at="2026-09-05T08:00:00+01:00")
    assert history.do("CaseClosed", case=h.CASE, occurred_at="2026-09-05T09:00:00+01:00") == []
    with pytest.raises(UnknownId, match=r"no edition wm-2\.11"):
        history.judged("PolicyEditionAdopted", edition_id="wm-2.11")


# The genesis and what a refusal leaves


def genesis(editions):
    return LedgerOpened(
        charter=b"", mldsa_public=b"", recovery_signature=b"", agency_kind="gp", flags={}, editions=editions
    )


@pytest.mark.parametrize(
    ("editions", "error", "said"),
    [
        ((("ruleseven-1", bytes(32)),), IntegrityError, "ruleseven-1"),
        ((("ruleseven-9", bytes(32)),), NewerVersion, "ruleseven-9"),
    ],
)
def test_the_editions_of_the_genesis_must_be_those_of_this_release(h, editions, error, said):
    at = h.time(h.START)
    with pytest.raises(error, match=said):
        fold_agency(Agency(), Entry(h.AGENCY, genesis(editions), None, at, at, version=1))


def test_a_refused_command_leaves_codes_and_nothing_else(h, history):
    said = h.disclosure(decision__legal_basis={"art6": [{"code": "6(ea)", "annex1_para": 6}, {"code": "6(zz)"}]})
    command = parse({"do": "DisclosureMade"} | said)
    assert codes_of(command, history.agency) == {
        "annex1_para": ("6",),
        "conditions": ("6(ea)",),
        "consent_states": ("not_sought",),
        "flags": ("public_authority",),
        "methods": ("secure_file_transfer",),
        "outcomes": ("share",),
        "regimes": ("uk_gdpr",),
        "risk_levels": ("concern",),
    }


@pytest.mark.parametrize("number", ["07700900123", 7700900123, "9", 99, "٣", None])
def test_a_number_that_may_be_somebodys_is_not_kept_of_a_refused_command(h, history, number):
    said = h.disclosure(decision__legal_basis={"art6": [{"code": "6(ea)", "annex1_para": number}]})
    kept = codes_of(parse({"do": "DisclosureMade"} | said), history.agency).get("annex1_para")
    assert kept == ((str(number),) if number in ("9", 99) else None)


def test_every_rule_has_its_wording_and_every_wording_its_rule():
    worded = {key.partition("/")[0] for s in shipped().values() for key in s.edition.rules}
    assert worded == set(RULES)
