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
]


@pytest.mark.parametrize(("command", "written", "meant"), SAME)
def test_what_is_written_naturally_is_what_is_meant(command, written, meant):
    assert event(command, **written) == event(command, **meant)


UNCLEAR = [
    (DISCLOSURE, {"what": "dates of absence"}, "field what"),
    (DECISION, {"informing": ["C1"]}, "field informing"),
    (PERSON, {"role": "child", "roles": ["child"]}, "field role"),
    (CONSENT, {"recipients": [{"agency": "HMC", "person": "P"}]}, "field recipients"),
    (RECONSIDERED, {"authorising_officer": {"rank": "superintendent"}}, "field authorising_officer: .*staff_ref"),
    (RECONSIDERED, {"authorising_officer": {"staff_ref": "x" * 81}}, "80"),
]


@pytest.mark.parametrize(("command", "said", "why"), UNCLEAR)
def test_what_could_mean_two_things_is_refused(command, said, why):
    with pytest.raises(Malformed, match=why):
        event(command, **said)


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
