"""Natural spellings: what the requirements write is taken, in one form; what could mean two things is not."""

from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.procedure.aliases import code_of
from ledger.procedure.command import parse
from ledger.procedure.layout import to_fields

CASE = {"case": "HM-1"}
SCHEME = {"scheme": "CS-1"}
DECISION = {"do": "DecisionMade", **CASE, "mode": "plan", "decision_id": "D", "outcome": "share"}
DISCLOSURE = {"do": "DisclosureMade", **CASE, "mode": "plan", "disclosure_id": "X"}
REQUEST = {"do": "InformationRequested", **CASE, "request_id": "Q"}
CONSENT = {"do": "ConsentGiven", **CASE, "consent_id": "CON"}
RECONSIDERED = {"do": "ReconsiderationDecided", **SCHEME, "outcome": "disclose_limited"}
RECEIVED = {"do": "SchemeApplicationReceived", **SCHEME}
PERSON = {"do": "PersonLinked", **CASE, "person_id": "C1"}


def event(command: dict[str, Any], **said: Any) -> Any:
    return parse({**command, **said}).event


# Each as it may be written, and as it is meant: the two commands come to the same event.
SAME = [
    (PERSON, {"role": "child"}, {"roles": ["child"]}),
    (PERSON, {"role": ["child", "Scheme-Subject"]}, {"roles": ["child", "scheme_subject"]}),
    (PERSON, {"age_band": "12-15"}, {"age_band": "12_to_15"}),
    (PERSON, {"dob": "2012-03-02T00:00:00+00:00"}, {"dob": "2012-03-02"}),
    (PERSON, {"pr": {"holder": "P1", "from": "2012-03-02T08:00:00Z"}}, {"pr": {"holder": "P1", "from": "2012-03-02"}}),
    (PERSON, {"name": "  Kim  "}, {"name": "Kim"}),
    (RECEIVED, {"child": "D1"}, {"children": ["D1"]}),
    (RECEIVED, {"child": ["D1", "D2"]}, {"children": ["D1", "D2"]}),
    (RECEIVED, {"access": "some form of contact"}, {"access": "some_form_of_contact"}),
    (DISCLOSURE, {"restrictions": ["NOT_TO_SERVICE_USER"]}, {"restrictions": [{"code": "NOT_TO_SERVICE_USER"}]}),
    (DISCLOSURE, {"restrictions": "not to service user"}, {"restrictions": [{"code": "NOT_TO_SERVICE_USER"}]}),
    (
        DISCLOSURE,
        {"restrictions": [{"code": "NO_ONWARD", "target_persons": ["S"]}]},
        {"restrictions": [{"code": "NO_ONWARD", "persons": ["S"]}]},
    ),
    (DISCLOSURE, {"to": ["HMC"]}, {"to": [{"agency": "HMC"}]}),
    (DISCLOSURE, {"to": "HMC"}, {"to": [{"agency": "HMC"}]}),
    (DISCLOSURE, {"how": "secure_email"}, {"how": {"method": "secure_email"}}),
    (DISCLOSURE, {"when": "2026-09-18T14:00+01:00"}, {"when": "2026-09-18T14:00:00+01:00"}),
    (DECISION, {"outcome": "SHARE"}, {"outcome": "share"}),
    (DECISION, {"recipients": ["HMC"]}, {"recipients": [{"agency": "HMC"}]}),
    (DECISION, {"data_subjects": {"C1": "not_sought"}}, {"data_subjects": {"C1": {"state": "not_sought"}}}),
    (DECISION, {"data_subjects": {"C1": "Not sought"}}, {"data_subjects": {"C1": {"state": "not_sought"}}}),
    (DECISION, {"legal_basis": {"art6": ["6(e)"]}}, {"legal_basis": {"art6": [{"code": "6(e)"}]}}),
    (DECISION, {"legal_basis": {"art9": "Article 9(2)(g)"}}, {"legal_basis": {"art9": [{"code": "9(g)"}]}}),
    (DECISION, {"legal_basis": {"regime": "UK GDPR"}}, {"legal_basis": {"regime": "uk_gdpr"}}),
    (
        DECISION,
        {"legal_basis": {"regime": "dpa_part3", "part3": {"basis": "s.35(2)(b)"}}},
        {"legal_basis": {"regime": "dpa_part3", "part3": {"s35_basis": "s.35(2)(b)"}}},
    ),
    (
        DECISION,
        {"confidence_justification": "authorised_by_subject(explicit_consent)"},
        {"confidence_justification": "authorised_by_subject"},
    ),
    (
        DECISION,
        {"legal_basis": {"art9": [{"code": "9(g)", "reason_consent_not_obtained": "not_reasonable"}]}},
        {"legal_basis": {"art9": [{"code": "9(g)", "reason_consent_not_obtained": "not_reasonable_to_obtain"}]}},
    ),
    (REQUEST, {"requester": "HMC"}, {"requester": {"agency": "HMC"}}),
    ({"do": "DisclosureReceived", **CASE}, {"provider": "A"}, {"provider": {"agency": "A"}}),
    ({"do": "DisclosureReceived", **CASE}, {"sender_event_hash": "AB" * 32}, {"sender_event_hash": "ab" * 32}),
    (CONSENT, {"recipients": [{"agency": "HMC"}]}, {"recipients": ["HMC"]}),
    (CONSENT, {"purposes": "early-identification"}, {"purposes": ["early_identification"]}),
    ({"do": "DeletionDeclined", **CASE}, {"basis": "Article 6(1)(c)"}, {"basis": {"code": "6(c)"}}),
    (RECONSIDERED, {"authorising_officer": "Supt 7"}, {"authorising_officer": {"staff_ref": "Supt 7"}}),
    (RECONSIDERED, {"risk_weighing": "hers is worse"}, {"risk_weighing": {"weighing": "hers is worse"}}),
    (RECONSIDERED, {"outcome": "offer_again(with support)"}, {"outcome": "offer_again"}),
    ({"do": "SchemeClosed", **SCHEME}, {"outcome": "CONCERNS_ONLY"}, {"outcome": "concerns_only"}),
    ({"do": "SchemeDecisionMade", "mode": "plan", **SCHEME}, {"outcome": "DISCLOSE"}, {"outcome": "disclose"}),
    ({"do": "UndertakingUnable", **SCHEME}, {"reason": "language"}, {"reason": "language_or_format"}),
    ({"do": "UndertakingUnable", **SCHEME}, {"category": "unable_capacity"}, {"reason": "unable_capacity"}),
    (RECEIVED, {"family": "Sarah's Law"}, {"scheme_family": "csods"}),
    (RECEIVED, {"relationship": "husband"}, {"relationship": "spouse_or_civil_partner"}),
    ({"do": "SchemeReferralMade", **SCHEME}, {"originator": "FDA"}, {"referring_agency": "FDA"}),
    ({"do": "InterviewHeld", **SCHEME}, {"identity_seen": True}, {"id_seen": True}),
    ({"do": "InterviewHeld", **SCHEME}, {"relationship_to_child_seen": True}, {"relationship_seen": True}),
    (
        {"do": "SchemeDecisionMade", "mode": "plan", **SCHEME},
        {"decision": "non-disclosure", "representations": {"sought": True}, "child_interests": "safer"},
        {
            "outcome": "no_disclosure",
            "subject_representations": {"state": "sought"},
            "childs_interests": "safer",
        },
    ),
    (
        {"do": "DeliveryPlanned", **SCHEME},
        {"to": "M", "time": "2024-03-04T11:00+00:00", "safe_environment": True},
        {"recipient": "M", "planned_for": "2024-03-04T11:00:00+00:00", "safe_environment_confirmed": True},
    ),
    (
        {"do": "WarningGiven", **SCHEME},
        {"recipient": "M", "confidentiality": True},
        {"to": "M", "undertaking_explained": True},
    ),
    ({"do": "UndertakingOffered", **SCHEME}, {"recipient": "M"}, {"to": "M"}),
    ({"do": "UndertakingRefused", **SCHEME}, {"refused_by": "M"}, {"by": "M"}),
    ({"do": "UndertakingSigned", **SCHEME}, {"recipient": "M"}, {"by": "M"}),
    (
        {"do": "SchemeDisclosureDelivered", "mode": "plan", **SCHEME},
        {"recipient": "M", "how": {"method": "by letter"}},
        {"to": "M", "delivery": {"mode": "letter"}},
    ),
    (
        {"do": "OutcomeNotifiedToApplicant", **SCHEME},
        {"applicant": "G", "content": "what he did"},
        {"to": "G", "content_given": True, "told": "what he did"},
    ),
    ({"do": "OnwardDisclosureAlleged", **SCHEME}, {"against": "M"}, {"by": "M"}),
    ({"do": "OnwardDisclosureInvestigated", **SCHEME}, {"result": "substantiated"}, {"outcome": "substantiated"}),
    ({"do": "LegalActionDecided", **SCHEME}, {"outcome": "warning letter"}, {"action": "warning_letter"}),
    (RECONSIDERED, {"outcome": "escalate"}, {"outcome": "escalate_to_multi_agency"}),
    (RECONSIDERED, {"authorised_by": "Supt 7"}, {"authorising_officer": {"staff_ref": "Supt 7"}}),
    (RECONSIDERED, {"new_recipient": "F"}, {"recipient": "F"}),
    (
        RECONSIDERED,
        {"risk_weighing": {"child": "hers", "subject": "his"}},
        {"risk_weighing": {"child_if_not_disclosed": "hers", "subject_if_disclosed": "his"}},
    ),
]
# What stands in §2, §3 or a row of §10.A, as somebody may write it who has not seen the schema.
POSITION = {"state": "given", "consent_id": "CON-1"}
CONTEXT, REVIEW, EXTRACT = {"context": "CTX-1"}, {"review": "LCSPR-1"}, {"do": "ExtractIssued"}
MISSING = {"do": "MissingEpisodeRecorded", **CASE, "child": "C1"}
ITEM = {"do": "InformationRecorded", **CASE, "item_id": "I-1"}
TESTS = {"confidential": {"sensitive": True, "not_public": True, "understood_not_shared": True}}
SAME += [
    (DECISION, {"data_subjects": {"C1": {"consent_position": POSITION}}}, {"data_subjects": {"C1": POSITION}}),
    (
        DECISION,
        {"data_subjects": [{"person_id": "C1", "consent_position": POSITION}]},
        {"data_subjects": {"C1": POSITION}},
    ),
    (DECISION, {"data_subjects": [{"person": "C1", **POSITION}]}, {"data_subjects": {"C1": POSITION}}),
    (DECISION, {"data_subjects": ["C1", "P1"]}, {"data_subjects": {"C1": None, "P1": None}}),
    (DECISION, {"context_id": "CTX-1"}, {"context_ids": ["CTX-1"]}),
    (DECISION, {"contexts": ["CTX-1"]}, {"context_ids": ["CTX-1"]}),
    (DECISION, {"context": "CTX-1"}, {"context_ids": ["CTX-1"]}),
    (
        DECISION,
        {"agreement_id": "ISA-1", "purpose": "assessment"},
        {"agreement_ref": "ISA-1", "purposes": ["assessment"]},
    ),
    (
        DECISION,
        {"confidence_justification": ["overriding_legal_basis"]},
        {"confidence_justification": "overriding_legal_basis"},
    ),
    (
        DECISION,
        {"data_subjects": {"C1": "given"}, "legal_basis": {"art6": [{"code": "6(a)", "consent_ids": ["CON-1"]}]}},
        {"data_subjects": {"C1": POSITION}, "legal_basis": {"art6": ["6(a)"]}},
    ),
    (
        DISCLOSURE,
        {"legal_basis": {"art6": [{"code": "6(a)", "consent_id": "CON-1"}]}},
        {"legal_basis": {"art6": ["6(a)"]}, "relies_on": ["CON-1"]},
    ),
    (
        DECISION,
        {"legal_basis": {"art9": [{"code": "9(g)", "sch1_para": "Sch 1 Part 2 para 18", "apd": "APD-1"}]}},
        {"legal_basis": {"art9": [{"code": "9(g)", "sch1_para": "18", "apd_ref": "APD-1"}]}},
    ),
    (
        DECISION,
        {"legal_basis": {"art9": [{"code": "9(h)", "secrecy_professional": "her consultant"}]}},
        {"legal_basis": {"art9": [{"code": "9(h)", "secrecy_professional": True, "statement": "her consultant"}]}},
    ),
    (
        DECISION,
        {"legal_basis": {"art6": [{"code": "6(c)", "court_order_ref": "FC-1"}]}},
        {"legal_basis": {"art6": [{"code": "6(c)", "citation": "FC-1"}]}},
    ),
    (
        DECISION,
        {
            "legal_basis": {
                "art6": [{"code": "6(f)", "child_weighting": True}, {"code": "6(f)", "child_weighting": False}]
            }
        },
        {"legal_basis": {"art6": [{"code": "6(f)", "child_weighting": "yes"}, {"code": "6(f)"}]}},
    ),
    (DISCLOSURE, {"by": {"staff_ref": "S"}, "cause": "withheld"}, {"by": {"staff": "S"}, "delay_cause": "withheld"}),
    (
        DISCLOSURE,
        {"restrictions": "NOT_TO_SERVICE_USER{P2, X1}"},
        {"restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}]},
    ),
    ({"do": "DisclosureReceived", **CASE}, {"consent_id": "CON-1"}, {"relies_on": ["CON-1"]}),
    ({"do": "DisclosureMisdirected", **CASE, "disclosure_id": "X"}, {"intended_for": "BHA"}, {"intended": ["BHA"]}),
    (
        ITEM,
        {"confidential": {"tests": {"sensitive": True, "not_public_knowledge": True, "given_in_confidence": True}}},
        TESTS,
    ),
    (ITEM, {"confidential": {"three_tests": True}}, TESTS),
    (ITEM, {"grading": "5x5x5"}, {"grading": {"assessment": "5x5x5"}}),
    (MISSING, {"missing": True}, {"state": "missing"}),
    (MISSING, {"at_risk": True, "missing": False}, {"state": "at_risk"}),
    (MISSING, {"context": "CTX-1"}, {"context_id": "CTX-1"}),
    (PERSON, {"date_of_birth": "2012-03-02"}, {"dob": "2012-03-02"}),
    (
        PERSON,
        {"secure_estate": {"placing": "A", "home_LA": "B"}},
        {"secure_estate": {"placing_la": "A", "home_la": "B"}},
    ),
    (REQUEST, {"child": "C1", "from": "HMC", "to": ["NCC"]}, {"persons": ["C1"], "requester": "HMC", "to": "NCC"}),
    ({"do": "CaseLinked", **CASE}, {"linked_to": "HM-2"}, {"linked_cases": ["HM-2"]}),
    ({"do": "ConsentWithdrawn", **CASE, "consent_id": "C"}, {"withdrawn_by": "P1"}, {"by": "P1"}),
    (
        {"do": "PrivacyInformationGiven", **CASE},
        {"form": {"kind": "verbal", "by_whom": "S"}},
        {"form": "verbal", "by": "S"},
    ),
    ({"do": "PrivacyInformationGiven", **CASE}, {"notice": "v3"}, {"version": "v3"}),
    (
        {"do": "PolicyEditionAdopted"},
        {"edition": "E", "from": "2024-04-22"},
        {"edition_id": "E", "adopted_on": "2024-04-22"},
    ),
    ({"do": "SecureMethodApproved", "method": "fax"}, {"from": "2024-04-22"}, {"approved_on": "2024-04-22"}),
    ({"do": "DpiaConsidered"}, {"agreement_id": "ISA-1"}, {"agreement_ref": "ISA-1"}),
    ({"do": "ReviewOpened", **REVIEW}, {"serious_harm_known_on": "2026-11-13"}, {"known_on": "2026-11-13"}),
    ({"do": "ReviewOpened", **REVIEW}, {"case": "HM-1"}, {"cases": ["HM-1"]}),
    (
        {"do": "ChildAssociatedWithContext", **CONTEXT},
        {"child": "C1", "case": "HM-1"},
        {"children": ["C1"], "case_id": "HM-1"},
    ),
    (EXTRACT, {"case": "HM-1"}, {"about": [{"type": "case", "id": "HM-1"}]}),
    (
        EXTRACT,
        {"cases": ["HM-1"], "persons": "C1"},
        {"about": [{"type": "case", "id": "HM-1"}, {"type": "person", "id": "C1"}]},
    ),
    (EXTRACT, {"to": [{"agency": "The panel"}], "purposes": ["audit"]}, {"to": "The panel", "purpose": "audit"}),
    (
        EXTRACT,
        {"redactions": [{"item": "I-1", "reason": "third party"}]},
        {"redactions": [{"items": ["I-1"], "reason": "third_party"}]},
    ),
    (EXTRACT, {"third_parties_pseudonymised": True}, {"third_parties": "pseudonymised"}),
]


@pytest.mark.parametrize(("command", "written", "meant"), SAME)
def test_what_is_written_naturally_is_what_is_meant(command, written, meant):
    assert event(command, **written) == event(command, **meant)


UNCLEAR = [
    (DISCLOSURE, {"what": "dates of absence"}, "field what"),
    (DECISION, {"data_subjects": [{"person": "C1"}, {"person": "C1"}]}, "field data_subjects"),
    (
        DECISION,
        {"data_subjects": {"C1": POSITION}, "legal_basis": {"art6": [{"code": "6(a)", "consent_id": "X"}]}},
        "consent_id",
    ),
    (DECISION, {"agreement": {"id": "ISA-1"}}, "field agreement"),
    (MISSING, {"missing": "yes"}, "field missing"),
    (CONSENT, {"recipients": {}, "recipient": "HMC"}, "field recipient"),
    (DECISION, {"informing": ["C1"]}, "field informing"),
    (PERSON, {"role": "child", "roles": ["child"]}, "field role"),
    (CONSENT, {"recipients": [{"agency": "HMC", "person": "P"}]}, "field recipients"),
    (RECONSIDERED, {"authorising_officer": {"staff_ref": "x" * 81}}, "80"),
]


@pytest.mark.parametrize(("command", "said", "why"), UNCLEAR)
def test_what_could_mean_two_things_is_refused(command, said, why):
    with pytest.raises(Malformed, match=why):
        event(command, **said)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            {"do": "ReportedToRegulator", **CASE, "breach_id": "B"},
            ("PersonalDataBreachReportedToRegulator", "case", "HM-1"),
        ),
        ({"do": "ContextIdentified", "context_id": "CTX-1"}, ("ContextIdentified", "context", "CTX-1")),
        ({"do": "ContextIdentified", **CONTEXT, "context_id": "CTX-1"}, ("ContextIdentified", "context", "CTX-1")),
        ({"do": "ReviewOpened", "review_id": "LCSPR-1"}, ("ReviewOpened", "review", "LCSPR-1")),
        (MISSING | CONTEXT, ("MissingEpisodeRecorded", "case", "HM-1")),
    ],
)
def test_a_command_and_its_stream_may_be_named_otherwise(written, meant):
    command = parse(written)
    assert (command.name, *command.about) == meant


@pytest.mark.parametrize(("own", "named"), [({}, "X"), ({"decision_id": "D-7"}, "D-7")])
def test_a_decision_that_a_disclosure_carries_needs_no_id_of_its_own(own, named):
    carried = parse({**DISCLOSURE, **own, "decision": {"outcome": "share"}}).decision
    assert carried.decision_id == named
    assert parse({**DISCLOSURE, "decision": {"outcome": "share", "decision_id": "D-8"}}).decision.decision_id == "D-8"


def test_an_officer_may_be_told_by_rank_alone():
    assert event(RECONSIDERED, authorising_officer={"rank": "inspector"}).authorising_officer.rank == "inspector"


def test_an_officer_may_be_described_by_role_and_rank():
    officer = {"staff_ref": "TVP-1", "role": "gold commander", "rank": "Detective Superintendent"}
    assert event(RECONSIDERED, authorising_officer=officer).authorising_officer.rank == "Detective Superintendent"


def test_a_code_that_is_none_stays_as_it_is_for_its_rule():
    assert event(DECISION, outcome="perhaps").outcome == "perhaps"
    assert code_of("6(e)", "risk_levels") == "6(e)"
    assert code_of("s170_dpa_referral", "legal_actions") == "s170_DPA_referral"
    assert code_of("pr", "consent_authorities") == "PR"
    assert code_of("!?", "risk_levels") == "!?"


def test_a_named_recipient_is_sealed():
    command = parse({**DISCLOSURE, "to": [{"agency": "HMC", "named_recipient": "Duty desk, Ms Example"}]})
    fields = zip(command.kind.fields, to_fields(command.event, command.about), strict=True)
    stored = {field.name: value for field, value in fields}
    assert stored["to"][0] == [{"agency": "HMC"}]
    assert stored["words"][0] == [[["to", 0, "named_recipient"], "Duty desk, Ms Example"]]
    assert stored["words"][1] is not None


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\u200b"])
def test_free_text_of_spaces_alone_is_unsaid(blank):
    said = event(DECISION, reasons=blank, safety_and_wellbeing={"individual": blank}, late_reason=blank)
    assert (said.reasons, said.safety_and_wellbeing.individual, said.late_reason) == (None, None, None)


def test_a_rule_misses_a_reason_that_is_only_spaces(h, history):
    assert history.refused("DecisionMade", mode="plan", case=h.CASE, **h.decision(reasons="  ")) == ["ST-01"]


def test_a_yes_or_no_may_stand_where_a_structure_may():
    command = parse({"do": "InformationRecorded", **CASE, "item_id": "I", "confidential": True})
    assert dict(zip((f.name for f in command.kind.fields), to_fields(command.event, command.about), strict=True))[
        "confidential"
    ] == (True, None)


DAYS = [
    ({"do": "ClockExtended", **SCHEME}, "until"),
    ({"do": "UndertakingDeferred", **SCHEME}, "until"),
    ({"do": "AdviceSought", **CASE, "advice_id": "AV"}, "needed_by"),
    (REQUEST, "due"),
    (CONSENT, "expires_at"),
]


@pytest.mark.parametrize(("command", "name"), DAYS)
def test_a_limit_is_a_day_or_a_time(command, name):
    for value in ("2026-09-18", "2026-09-18T14:00:00+01:00"):
        assert getattr(event(command, **{name: value}), name) == value
    with pytest.raises(Malformed, match=f"field {name}: write a day, for example 2026-09-18"):
        event(command, **{name: "soon"})


TIMES = [
    (DECISION, {"informing": [{"person": "C1", "informed_at": "2026-09-18"}]}, "informed_at"),
    (DECISION, {"if_withheld": {"requester_told_at": "2026-09-18"}}, "if_withheld.requester_told_at"),
    (DISCLOSURE, {"when": "2026-09-18"}, "when"),
    (DISCLOSURE, {"when": "2026-09-18T14:00"}, "when"),
    (DISCLOSURE, {"occurred_at": "2026-09-18"}, "occurred_at"),
]


@pytest.mark.parametrize(("command", "said", "name"), TIMES)
def test_a_day_is_no_point_in_time(command, said, name):
    wanted = f"{name}: write a time with an offset, for example 2026-09-18T14:00:00\\+01:00$"
    with pytest.raises(Malformed, match=wanted):
        parse({**command, **said})


def test_a_date_that_is_none_is_said_plainly():
    with pytest.raises(Malformed, match="field dob: write a date, for example 2026-09-18"):
        event(PERSON, dob="2012")


def test_a_record_is_quoted_by_its_hash():
    with pytest.raises(Malformed, match="field sender_event_hash: expected the hash of a record"):
        event({"do": "DisclosureReceived", **CASE}, sender_event_hash="abc")
