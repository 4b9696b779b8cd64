"""Rules that fall due: what is owed from when until when, what ends it, and what is found when it ends late."""

import pytest

ALONE = {"regime": "uk_gdpr", "art6": [{"code": "6(a)"}]}
CHARITY = {"kind": "voluntary_charity", "flags": {}}
RELIED = {"state": "given", "consent_id": "CON-1"}


def relying(h, disclosure_id="X-1", to=("KYP",), **changes):
    """A disclosure on C1's consent alone."""
    decided = h.decision(
        f"D-{disclosure_id}", legal_basis=ALONE, data_subjects={"C1": RELIED}, risk_level="early_help", recipients=None
    )
    named = [{"agency": name, "need_to_know_reason": "runs her mentoring"} for name in to]
    return h.disclosure(disclosure_id, decision=decided, to=named, **changes)


@pytest.fixture
def agreed(h):
    """A charity's case in which C1 consents to her attendance going to KYP and NCC, until 7 December."""
    history = h.History(**CHARITY)
    history.do("AgreementRegistered", agreement_id="ISA-1", parties=["HMC", "KYP", "NCC", "AHT", "BHA"])
    history.open().do("ConsentGiven", **h.consent(recipients=["KYP", "NCC"]))
    return history


def only(history, *duties):
    return [owed for owed in history.owed() if owed[0] in duties]


def ended(history):
    return [(key.duty, *key.about) for key in history.entries[-1].ended]


# CN-11: consent that runs out

RENEWED = [
    ("2026-11-22T23:59:00+00:00", []),
    ("2026-11-23T00:00:00+00:00", ["I CN-11"]),
    ("2026-12-07T23:59:59+00:00", ["I CN-11"]),
    ("2026-12-08T00:00:00+00:00", ["W CN-11"]),
]


@pytest.mark.parametrize(("at", "found"), RENEWED)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_consent_is_renewed_before_it_runs_out(h, agreed, at, found, mode):
    said = {"case": h.CASE, "consent_id": "CON-2", "renews": "CON-1", "expires_at": "2027-03-01"}
    assert agreed.do("ConsentRenewed", at=at, mode=mode, **said) == found
    assert only(agreed, "CN-11") == [("CN-11", "CON-2", "2027-03-01")]


def test_a_consent_renewed_under_its_own_id_has_its_new_end(h, agreed):
    agreed.do("ConsentRenewed", case=h.CASE, consent_id="CON-1", expires_at="2027-03-01")
    assert only(agreed, "CN-11") == [("CN-11", "CON-1", "2027-03-01")]


@pytest.mark.parametrize(
    ("do", "said", "left"),
    [
        ("ConsentWithdrawn", {}, []),
        ("ConsentWithdrawn", {"scope": "recipients", "recipients": ["NCC"]}, [("CN-11", "CON-1", "2026-12-07")]),
        ("ConsentInvalidated", {"reason": "she was told that she had to"}, []),
    ],
)
def test_what_ends_a_consent_ends_its_clock(h, agreed, do, said, left):
    late = "2026-12-08T09:00:00+00:00"
    assert agreed.do(do, at=late, case=h.CASE, consent_id="CON-1", **said) == ([] if left else ["W CN-11"])
    assert only(agreed, "CN-11") == left


def test_a_consent_without_an_end_is_looked_at_on_its_day(h, agreed):
    agreed.do("ConsentGiven", **h.consent("CON-3", expires_at=None, review_on="2026-10-01"))
    assert only(agreed, "consent_review") == [("consent_review", "CON-3", "2026-10-01")]
    said = {"case": h.CASE, "consent_id": "CON-3", "review_on": "2027-03-01"}
    assert agreed.do("ConsentRenewed", at="2026-10-05T09:00:00+01:00", **said) == []
    assert only(agreed, "consent_review") == [("consent_review", "CON-3", "2027-03-01")]


def test_a_consent_with_an_end_needs_no_review_beside_it(h, agreed):
    agreed.do("ConsentGiven", **h.consent("CON-3", review_on="2026-10-01"))
    assert [owed[0] for owed in agreed.owed()] == ["CN-11", "CN-11"]


def test_an_invalidated_consent_is_relied_on_no_more(h, agreed):
    noon = "2026-09-08T12:00:00+01:00"
    agreed.do("ConsentInvalidated", at=noon, case=h.CASE, consent_id="CON-1", reason="under pressure")
    planned = relying(h) | {"mode": "plan"}
    assert agreed.refused("DisclosureMade", at="2026-09-08T12:00:00+01:00", **planned) == ["LB-04"]
    earlier = planned | {"occurred_at": "2026-09-08T11:00:00+01:00"}
    assert agreed.refused("DisclosureMade", **earlier) == []


# CN-13 and CN-14: consent that is taken back

TAKEN_BACK = "2026-10-12T13:00:00+01:00"  # a Monday


@pytest.fixture
def withdrawn(h, agreed):
    """X-1 went to KYP and NCC on it, X-2 to KYP on another basis; then C1 takes her consent back."""
    agreed.do("DisclosureMade", **relying(h, to=("KYP", "NCC")))
    agreed.do("DisclosureMade", **h.disclosure("X-2"))
    agreed.do("ConsentWithdrawn", at=TAKEN_BACK, case=h.CASE, consent_id="CON-1", by="C1")
    return agreed


def test_a_withdrawal_is_told_and_what_was_sent_on_it_deleted(withdrawn):
    assert only(withdrawn, "CN-13", "CN-14") == [
        ("CN-14", "CON-1", "KYP", "2026-10-14"),
        ("CN-14", "CON-1", "NCC", "2026-10-14"),
        ("CN-13", "CON-1", "X-1", "KYP", "2026-11-11"),
        ("CN-13", "CON-1", "X-1", "NCC", "2026-11-11"),
    ]
    by = {owed.by for owed in withdrawn.entries[-1].owed if owed.duty == "CN-13"}
    assert by == {"KYP", "NCC"}


TOLD = [
    ("2026-10-14T23:59:59+01:00", []),
    ("2026-10-15T00:00:00+01:00", ["W CN-14"]),
    ("2026-10-26T23:59:00+00:00", ["W CN-14"]),
    ("2026-10-27T00:00:00+00:00", ["B CN-14"]),
]


@pytest.mark.parametrize(("at", "found"), TOLD)
def test_a_recipient_is_told_within_days(h, withdrawn, at, found):
    said = {"case": h.CASE, "consent_id": "CON-1", "recipient": "KYP"}
    assert withdrawn.do("RecipientNotifiedOfWithdrawal", at=at, **said) == found
    assert only(withdrawn, "CN-14") == [("CN-14", "CON-1", "NCC", "2026-10-14")]


def test_a_notice_that_is_recorded_late_counts_by_when_it_was_given(h, withdrawn):
    said = {"case": h.CASE, "consent_id": "CON-1", "recipient": "KYP", "occurred_at": "2026-10-13T09:00:00+01:00"}
    assert withdrawn.do("RecipientNotifiedOfWithdrawal", at="2026-10-30T09:00:00+00:00", **said) == ["W ST-05"]


def test_a_withdrawal_that_is_recorded_after_its_notice_asks_for_no_second_one(h, agreed):
    agreed.do("DisclosureMade", **relying(h, to=("KYP", "NCC")))
    told = {"case": h.CASE, "consent_id": "CON-1", "recipient": "KYP"}
    agreed.do("RecipientNotifiedOfWithdrawal", at="2026-10-12T15:00:00+01:00", **told)
    agreed.do("DeletionConfirmed", case=h.CASE, disclosure_id="X-1", holder="KYP")
    gone = {"case": h.CASE, "consent_id": "CON-1", "occurred_at": TAKEN_BACK}
    agreed.do("ConsentWithdrawn", at="2026-10-13T09:00:00+01:00", **gone)
    assert {owed[-2] for owed in only(agreed, "CN-13", "CN-14")} == {"NCC"}


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("DeletionConfirmed", {}),
        ("DeletionDeclined", {"basis": "6(c): duty to keep the register", "approver": "KYP-DPO"}),
    ],
)
@pytest.mark.parametrize(
    ("at", "found"), [("2026-11-11T23:59:00+00:00", []), ("2026-11-12T00:00:00+00:00", ["B CN-13"])]
)
def test_a_deletion_is_confirmed_or_declined_within_a_month(h, withdrawn, do, said, at, found):
    named = {"case": h.CASE, "consent_id": "CON-1", "disclosure_id": "X-1", "holder": "KYP"}
    assert withdrawn.do(do, at=at, **named, **said) == found
    assert ended(withdrawn) == [("CN-13", "CON-1", "X-1", "KYP")]


def test_what_is_kept_without_a_basis_is_still_to_be_deleted(h, withdrawn):
    named = {"case": h.CASE, "consent_id": "CON-1", "disclosure_id": "X-1", "holder": "KYP"}
    assert withdrawn.do("DeletionDeclined", **named, basis="6(c): the register") == ["B CN-15"]
    assert ended(withdrawn) == []


NOT_THE_ONE = [{"holder": "AHT"}, {"holder": None}, {"disclosure_id": "X-2"}, {"consent_id": "CON-9"}]


@pytest.mark.parametrize("changes", NOT_THE_ONE)
def test_another_deletion_ends_nothing(h, withdrawn, changes):
    named = {"case": h.CASE, "consent_id": "CON-1", "disclosure_id": "X-1", "holder": "KYP"}
    assert withdrawn.do("DeletionConfirmed", **(named | changes)) == []
    assert ended(withdrawn) == []


def test_who_names_the_consent_alone_speaks_for_all_that_was_sent_on_it(h, withdrawn):
    withdrawn.do("DeletionConfirmed", case=h.CASE, consent_id="CON-1", holder="NCC")
    assert ended(withdrawn) == [("CN-13", "CON-1", "X-1", "NCC")]


def test_what_is_sent_on_it_afterwards_is_deleted_too(h, withdrawn):
    for recipient in ("KYP", "NCC"):
        told = {"case": h.CASE, "consent_id": "CON-1", "recipient": recipient}
        withdrawn.do("RecipientNotifiedOfWithdrawal", **told)
        withdrawn.do("DeletionConfirmed", case=h.CASE, consent_id="CON-1", holder=recipient)
    again = relying(h, "X-9", to=("KYP", "AHT"), occurred_at="2026-10-19T16:00:00+01:00")
    assert withdrawn.do("DisclosureMade", at="2026-10-20T09:00:00+01:00", **again) == ["B CN-12"]
    assert only(withdrawn, "CN-13", "CN-14") == [  # KYP knows of the withdrawal
        ("CN-14", "CON-1", "AHT", "2026-10-21"),
        ("CN-13", "CON-1", "X-9", "KYP", "2026-11-18"),
        ("CN-13", "CON-1", "X-9", "AHT", "2026-11-18"),
    ]


def test_what_was_sent_before_but_recorded_afterwards_is_deleted_from_the_withdrawal(h, withdrawn):
    earlier = relying(h, "X-8", to=("BHA",), occurred_at="2026-10-12T12:00:00+01:00")
    withdrawn.do("ConsentGiven", **h.consent("CON-2", recipients=["BHA"]))
    assert withdrawn.do("DisclosureMade", at="2026-10-12T14:00:00+01:00", **earlier) == ["B LB-04"]
    assert [owed for owed in only(withdrawn, "CN-13", "CN-14") if "BHA" in owed] == [
        ("CN-14", "CON-1", "BHA", "2026-10-14"),
        ("CN-13", "CON-1", "X-8", "BHA", "2026-11-11"),
    ]


def test_a_withdrawal_in_part_concerns_that_part(h, agreed):
    agreed.do("DisclosureMade", **relying(h, to=("KYP", "NCC")))
    part = {"case": h.CASE, "consent_id": "CON-1", "scope": "recipients", "recipients": ["NCC"]}
    agreed.do("ConsentWithdrawn", at=TAKEN_BACK, **part)
    assert {owed[-2] for owed in only(agreed, "CN-13", "CN-14")} == {"NCC"}
    agreed.do("ConsentWithdrawn", at="2026-10-20T09:00:00+01:00", case=h.CASE, consent_id="CON-1")
    assert only(agreed, "CN-14") == [
        ("CN-14", "CON-1", "NCC", "2026-10-14"),  # no more time than it had
        ("CN-14", "CON-1", "KYP", "2026-10-22"),
    ]


def test_a_withdrawal_of_the_renewal_reaches_what_went_on_the_first(h, agreed):
    agreed.do("DisclosureMade", **relying(h))
    agreed.do("ConsentRenewed", case=h.CASE, consent_id="CON-2", renews="CON-1", expires_at="2027-03-01")
    agreed.do("ConsentWithdrawn", at=TAKEN_BACK, case=h.CASE, consent_id="CON-2")
    assert only(agreed, "CN-13") == [("CN-13", "CON-2", "X-1", "KYP", "2026-11-11")]
    agreed.do("DeletionConfirmed", case=h.CASE, consent_id="CON-1", disclosure_id="X-1", holder="KYP")
    assert only(agreed, "CN-13") == []


def test_a_withdrawal_that_begins_later_starts_its_clocks_then(h, agreed):
    agreed.do("DisclosureMade", **relying(h))
    later = {"case": h.CASE, "consent_id": "CON-1", "effective_at": "2026-11-02T00:00:00+00:00"}
    agreed.do("ConsentWithdrawn", at=TAKEN_BACK, **later)
    assert [owed[-1] for owed in only(agreed, "CN-14", "CN-13")] == ["2026-11-04", "2026-12-02"]


def test_the_agency_deletes_what_it_holds_on_that_consent_alone(h, agreed):
    agreed.do("InformationRecorded", **h.item("DIARY", kind="other", held_on_consent="CON-1"))
    agreed.do("ConsentWithdrawn", at=TAKEN_BACK, case=h.CASE, consent_id="CON-1")
    assert only(agreed, "CN-13") == [("CN-13", "CON-1", "HMC", "2026-11-11")]
    late = "2026-11-12T09:00:00+00:00"
    assert agreed.do("DeletionConfirmed", at=late, case=h.CASE, consent_id="CON-1") == ["B CN-13"]
    assert only(agreed, "CN-13") == []


def test_a_recipient_confirms_a_deletion_in_its_own_ledger(h):
    partner = h.History(**CHARITY)
    partner.do("CaseOpened", case=h.CASE)
    said = {"case": h.CASE, "consent_id": "CON-1", "disclosure_id": "X-1"}
    assert partner.do("DeletionConfirmed", **said) == []
    assert partner.do("DeletionConfirmed", **said, holder="KYP") == []


# IN-05 and IN-07: informing

SERVED = "2026-09-07T09:00:00+01:00"  # a Monday
GIVEN = {"persons": [], "form": "verbal"}


@pytest.mark.parametrize(
    ("at", "found"), [("2026-09-14T23:59:00+01:00", []), ("2026-09-15T00:00:00+01:00", ["W IN-05"])]
)
@pytest.mark.parametrize("do", ["CaseOpened", "AgencyJoinedCase"])
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_privacy_information_at_the_first_service(h, at, found, do, mode):
    history = h.History()
    history.do("CaseOpened", case=h.CASE, first_service_at=SERVED if do == "CaseOpened" else None)
    if do != "CaseOpened":
        history.do(do, case=h.CASE, agency="HMC", first_service_at=SERVED)
    assert history.owed() == [("IN-05", h.CASE, "2026-09-14")]
    assert history.do("PrivacyInformationGiven", at=at, case=h.CASE, mode=mode, **GIVEN) == found
    assert history.owed() == []


def test_nothing_is_owed_for_another_agencys_service_or_once_they_know(h):
    history = h.History()
    history.do("CaseOpened", case=h.CASE)
    history.do("AgencyJoinedCase", case=h.CASE, agency="AHT", first_service_at=SERVED)
    assert history.owed() == []
    history.do("PrivacyInformationGiven", case=h.CASE, **GIVEN)
    history.do("AgencyJoinedCase", case=h.CASE, first_service_at=SERVED)
    assert history.owed() == []


UNSAFE = {"exception": "unsafe_increased_risk_to_child", "reason": "he may hurt her"}


def excepting(h, decision_id="D-1", **entry):
    """A decision that tells C1 and, of P1, what `entry` says."""
    informing = [h.decision()["informing"][0], {"person": "P1", **entry}]
    return h.decision(decision_id, case=h.CASE, mode="fact", informing=informing)


LOOKED_AT = [
    ("PersonInformed", {"person": "P1"}, []),
    ("InformingWithheld", {"person": "P1", **UNSAFE, "review_on": "2026-11-01"}, ["2026-11-01"]),
]


@pytest.mark.parametrize(("do", "said", "left"), LOOKED_AT)
@pytest.mark.parametrize(
    ("at", "found"), [("2026-10-14T23:59:00+01:00", []), ("2026-10-15T00:00:00+01:00", ["W IN-07"])]
)
def test_whoever_is_not_told_is_thought_of_again(h, history, do, said, left, at, found):
    history.do("DecisionMade", **excepting(h, **UNSAFE, review_on="2026-10-14"))
    assert only(history, "IN-07") == [("IN-07", "P1", "2026-10-14")]
    assert history.do(do, at=at, case=h.CASE, **said) == found
    assert [owed[-1] for owed in only(history, "IN-07")] == left


@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_later_decision_looks_at_it_again(h, history, mode):
    history.do("InformingWithheld", case=h.CASE, person="P1", **UNSAFE, review_on="2026-10-14")
    again = excepting(h, "D-2", **UNSAFE, review_on="2026-11-12") | {"mode": mode}
    assert history.do("DecisionMade", at="2026-10-22T09:00:00+01:00", **again) == ["I CN-09", "W IN-07"]
    assert only(history, "IN-07") == [("IN-07", "P1", "2026-11-12")]


def test_a_delivery_after_the_day_is_no_second_look(h, history):
    history.do("DecisionMade", **excepting(h, **UNSAFE, review_on="2026-10-14"))
    late = h.disclosure(decision=None, decision_id="D-1", delay_cause="workload")
    assert "W IN-07" not in history.do("DisclosureMade", at="2026-10-22T09:00:00+01:00", **late)
    assert only(history, "IN-07") == [("IN-07", "P1", "2026-10-14")]


def test_informing_that_is_promised_is_owed(h, history):
    history.do("DecisionMade", **excepting(h, informed_at="2026-09-09T10:00:00+01:00"))
    assert only(history, "IN-07") == [("IN-07", "P1", "2026-09-09")]
    assert history.do("PersonInformed", at="2026-09-09T10:01:00+01:00", case=h.CASE, person="P1") == ["W IN-07"]


def test_a_decision_recorded_after_the_person_was_told_owes_nothing(h, history):
    history.do("PersonInformed", at="2026-09-14T09:00:00+01:00", case=h.CASE, person="P1")
    before = excepting(h, **UNSAFE, review_on="2026-10-14") | {"occurred_at": "2026-09-08T09:00:00+01:00"}
    history.do("DecisionMade", **before)
    assert only(history, "IN-07") == []


# AD-03: advice

ADVICE = [
    ({"needed_by": "2026-09-22T09:00:00+01:00"}, "2026-09-22T09:00:00+01:00"),
    ({"needed_by": "2026-09-22", "risk_level": "immediate"}, "2026-09-22T23:59:59+01:00"),
    ({"risk_level": "immediate"}, "2026-09-21T10:00:00+01:00"),
    ({"risk_level": "significant_harm"}, "2026-09-22T09:00:00+01:00"),
    ({"risk_level": "concern"}, "2026-09-26T09:00:00+01:00"),
    ({"request_id": "Q-1"}, "2026-09-22T09:00:00+01:00"),
]


@pytest.mark.parametrize(("said", "due"), ADVICE)
@pytest.mark.parametrize("late", [False, True])
def test_advice_comes_in_time(h, history, said, due, late):
    asked = {"case": h.CASE, "request_id": "Q-1", "requester": {"person": "P9"}, "risk_level": "significant_harm"}
    history.do("InformationRequested", **asked, purposes=["assessment"], legal_basis="Children Act 1989 s.47")
    history.do("AdviceSought", at="2026-09-21T09:00:00+01:00", case=h.CASE, advice_id="AV-1", **said)
    at = h.time(due) + h.dt.timedelta(seconds=late)
    assert history.do("AdviceReceived", at=at.isoformat(), case=h.CASE, advice_id="AV-1") == (
        ["W AD-03"] if late else []
    )
    assert only(history, "AD-03") == []


@pytest.mark.parametrize("said", [{}, {"risk_level": "early_help"}])
def test_advice_without_haste_has_no_limit(h, history, said):
    history.do("AdviceSought", case=h.CASE, advice_id="AV-1", **said)
    assert history.owed() == []


# TM-02: requests

ASKED = {"request_id": "Q-1", "purposes": ["assessment"], "legal_basis": "Children Act 1989 s.47"}
BY_PARTNER = {"requester": {"agency": "AHT"}}
DECIDED = [  # asked on Monday
    ("concern", "2026-09-14T23:59:00+01:00", []),
    ("concern", "2026-09-15T00:00:00+01:00", ["W TM-02"]),
    ("early_help", "2026-09-15T00:00:00+01:00", ["W TM-02"]),
    (None, "2026-09-15T00:00:00+01:00", ["W TM-02"]),
    ("significant_harm", "2026-09-08T23:59:00+01:00", []),
    ("significant_harm", "2026-09-09T00:00:00+01:00", ["B TM-02"]),
    ("immediate", "2026-09-09T00:00:00+01:00", ["B TM-02"]),
]


@pytest.mark.parametrize(("risk", "at", "found"), DECIDED)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_request_is_decided_in_time_whichever_way(h, history, risk, at, found, mode):
    history.do("InformationRequested", case=h.CASE, **ASKED, **BY_PARTNER, risk_level=risk)
    said = h.withholding(request_id="Q-1") | {"mode": mode}
    assert history.do("DecisionMade", at=at, **said) == found
    assert only(history, "TM-02") == []


@pytest.mark.parametrize(
    ("said", "owed"),
    [
        ({"to": "NCC"}, False),
        ({"to": "NCC", **BY_PARTNER}, False),
        ({"requester": {"agency": "HMC"}}, False),
        ({}, False),
        ({"to": "HMC"}, True),
        ({"to": "HMC", **BY_PARTNER}, True),
        ({"requester": {"person": "P1"}}, True),
    ],
)
def test_only_what_is_asked_of_this_agency_is_its_to_decide(h, history, said, owed):
    history.do("InformationRequested", case=h.CASE, **ASKED, **said)
    assert [name for name, *_ in history.owed()] == (["TM-02"] if owed else [])


def test_a_share_in_one_line_decides_its_request(h, history):
    history.do("InformationRequested", case=h.CASE, **ASKED, **BY_PARTNER)
    history.do("DecisionMade", **h.decision("D-9", case=h.CASE, mode="fact"))
    assert only(history, "TM-02") != []
    late = h.disclosure(decision__request_id="Q-1", decision__risk_level="early_help", accuracy_as_of="2026-09-14")
    assert history.do("DisclosureMade", at="2026-09-16T09:00:00+01:00", **late) == ["I CN-09", "W TM-02"]
    decided = history.entries[-2]
    assert [f.rule for f in decided.findings] == ["CN-09", "TM-02"]
    assert [key.duty for key in decided.ended] == ["TM-02"]
    assert only(history, "TM-02") == []


# Withholding, looked at again


def test_what_is_withheld_is_looked_at_again(h, history):
    history.do("DecisionMade", **h.withholding())
    assert only(history, "withheld_review") == [("withheld_review", "D-1", "2026-10-07")]
    again = h.withholding(if_withheld__review_on="2026-12-01")
    assert history.do("DecisionReconsidered", at="2026-10-20T09:00:00+01:00", **again) == []
    assert only(history, "withheld_review") == [("withheld_review", "D-1", "2026-12-01")]
    shared = h.decision("D-1", case=h.CASE, mode="plan")
    assert history.do("DecisionReconsidered", **shared) == ["I CN-09"]
    assert only(history, "withheld_review") == []


# AC-03: corrections


@pytest.fixture
def corrected(h, history):
    history.do("DisclosureMade", **h.disclosure())
    history.do("DisclosureMade", **h.disclosure("X-2", what={"items": ["attendance"]}))
    said = {"case": h.CASE, "item_id": "ATT", "correction": "late on three days"}
    history.do("InformationCorrected", at="2026-11-05T10:00:00+00:00", **said)
    return history


@pytest.mark.parametrize(
    ("at", "found"), [("2026-11-12T23:59:00+00:00", []), ("2026-11-13T00:00:00+00:00", ["B AC-03"])]
)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_recipients_are_told_of_a_correction(h, corrected, at, found, mode):
    assert only(corrected, "AC-03") == [("AC-03", "ATT", "KYP", "2026-11-12")]
    told = {"case": h.CASE, "item_id": "ATT", "mode": mode}
    assert corrected.do("RecipientNotifiedOfCorrection", at=at, **told, recipient="NCC") == []
    assert corrected.do("RecipientNotifiedOfCorrection", **told, recipient="KYP") == found
    assert only(corrected, "AC-03") == []


def test_a_disclosure_recorded_after_its_item_was_corrected(h, corrected):
    to = {"to": [{"agency": "AHT"}], "decision__recipients": [{"agency": "AHT", "need_to_know_reason": "treats her"}]}
    before = h.disclosure("X-3", occurred_at="2026-11-04T10:00:00+00:00", **to)
    after = h.disclosure("X-4", occurred_at="2026-11-06T10:00:00+00:00", **to)
    corrected.do("DisclosureMade", at="2026-11-06T11:00:00+00:00", **after)
    assert ("AC-03", "ATT", "AHT", "2026-11-12") not in corrected.owed()
    corrected.do("DisclosureMade", at="2026-11-06T11:00:00+00:00", **before)
    assert ("AC-03", "ATT", "AHT", "2026-11-12") in corrected.owed()


def test_what_was_sent_after_the_correction_was_right(h, history):
    history.do("DisclosureMade", at="2026-11-06T10:00:00+00:00", **h.disclosure())
    said = {"case": h.CASE, "item_id": "ATT", "occurred_at": "2026-11-05T10:00:00+00:00"}
    history.do("InformationCorrected", at="2026-11-06T11:00:00+00:00", **said)
    assert only(history, "AC-03") == []


def test_whoever_was_told_before_the_correction_was_recorded_knows(h, history):
    history.do("DisclosureMade", **h.disclosure())
    told = {"case": h.CASE, "item_id": "ATT", "recipient": "KYP"}
    history.do("RecipientNotifiedOfCorrection", at="2026-11-05T11:00:00+00:00", **told)
    said = {"case": h.CASE, "item_id": "ATT", "occurred_at": "2026-11-05T10:00:00+00:00"}
    history.do("InformationCorrected", at="2026-11-05T12:00:00+00:00", **said)
    assert only(history, "AC-03") == []


# NM-06: urgent decisions

URGENT = {
    "decision__urgent": True,
    "decision__urgent_reason": "she is missing tonight",
    "decision__risk_level": "concern",
}
UNSAID = {"decision__necessity": None, "decision__legal_basis": None}
COMPLETED = {"necessity": "they are looking for her", "legal_basis": {"art6": [{"code": "6(e)", "citation": "s.11"}]}}


@pytest.fixture
def urgent(h, history):
    """An urgent share in one line that says neither its legal basis nor why it is necessary."""
    history.do("DisclosureMade", **(h.disclosure(**URGENT, **UNSAID) | {"mode": "plan"}))
    assert history.entries[-2].event.to_complete == ("LB-01", "NM-01")
    return history


@pytest.mark.parametrize(
    ("at", "found"), [("2026-09-08T09:00:00+01:00", []), ("2026-09-08T09:00:01+01:00", ["B NM-06"])]
)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_manager_completes_an_urgent_decision_within_a_day(h, urgent, at, found, mode):
    assert only(urgent, "NM-06") == [("NM-06", "D-X-1", "2026-09-08")]
    said = {"case": h.CASE, "decision_id": "D-X-1", "agreed": True, "mode": mode}
    assert urgent.do("DecisionReviewedByManager", at=at, **said, **COMPLETED) == found
    assert only(urgent, "NM-06") == []


def test_what_is_still_lacking_stays_owed(h, urgent):
    said = {"case": h.CASE, "decision_id": "D-X-1", "agreed": True}
    urgent.do("DecisionReviewedByManager", **said)
    urgent.do("DecisionReviewedByManager", **said, necessity=COMPLETED["necessity"])
    urgent.do("DecisionReviewedByManager", **said, legal_basis={"art6": [{"code": "6(e)"}]})
    assert only(urgent, "NM-06") == [("NM-06", "D-X-1", "2026-09-08")]
    late = "2026-09-09T10:00:00+01:00"
    assert urgent.do("DecisionReviewedByManager", at=late, **said, legal_basis=COMPLETED["legal_basis"]) == ["B NM-06"]
    assert only(urgent, "NM-06") == []


def test_an_incomplete_legal_basis_is_stated_as_a_whole(h, history):
    uncited = {"art6": [{"code": "6(e)"}]}
    history.do("DisclosureMade", **(h.disclosure(**URGENT, decision__legal_basis=uncited) | {"mode": "plan"}))
    assert history.entries[-2].event.to_complete == ("LB-07",)
    said = {"case": h.CASE, "decision_id": "D-X-1", "agreed": True}
    history.do("DecisionReviewedByManager", **said, legal_basis=COMPLETED["legal_basis"])
    assert only(history, "NM-06") == []


def test_a_recipient_who_was_told_late_is_told(h, history):
    untold = h.disclosure(**URGENT, consent_advice_to_recipient=None) | {"mode": "plan"}
    history.do("DisclosureMade", **untold)
    assert history.entries[-2].event.to_complete == ("RC-01",)
    said = {"case": h.CASE, "decision_id": "D-X-1", "agreed": True}
    history.do("DecisionReviewedByManager", **said)
    assert len(only(history, "NM-06")) == 1
    history.do(
        "RecipientAdvisedOfConsentPosition", case=h.CASE, disclosure_id="X-1", recipient="KYP", state="not_sought"
    )
    history.do("DecisionReviewedByManager", **said)
    assert only(history, "NM-06") == []


def test_a_review_fills_what_is_unsaid_and_leaves_what_is_said(h, history):
    to = [{"agency": "KYP", "need_to_know_reason": "runs her mentoring"}, {"agency": "AHT"}]
    positions = {"C1": {"state": "not_sought", "reason": "urgent"}, "P1": None}
    unsaid = {"decision__recipients": to, "to": to, "decision__data_subjects": positions, "decision__informing": None}
    history.do("DisclosureMade", **(h.disclosure(**URGENT, **unsaid) | {"mode": "plan"}))
    assert history.entries[-2].event.to_complete == ("CN-16", "IN-01", "IN-02", "IN-06", "NM-02")
    said = {
        "recipients": [{"agency": name, "need_to_know_reason": "treats her"} for name in ("AHT", "KYP")],
        "data_subjects": {"C1": {"state": "refused"}, "P1": {"state": "not_sought", "reason": "urgent"}},
        "informing": h.decision()["informing"],
        "necessity": "another",
    }
    history.do("DecisionReviewedByManager", case=h.CASE, decision_id="D-X-1", **said)
    assert only(history, "NM-06") == []
    decision = history.world(h.FILE).case.decisions["D-X-1"].event
    assert [r.need_to_know_reason for r in decision.recipients] == ["runs her mentoring", "treats her"]
    assert {person: p.state for person, p in decision.data_subjects.items()} == {"C1": "not_sought", "P1": "not_sought"}
    assert decision.necessity == h.decision()["necessity"]


def test_an_urgent_decision_taken_again_gets_no_more_time(h, urgent):
    again = h.disclosure(**URGENT)["decision"] | {"decision_id": "D-X-1", "case": h.CASE, "mode": "plan"}
    lacking = again | {"legal_basis": None}
    urgent.do("DecisionReconsidered", at="2026-09-08T08:00:00+01:00", **lacking)
    assert only(urgent, "NM-06") == [("NM-06", "D-X-1", "2026-09-08")]
    found = urgent.do("DecisionReconsidered", at="2026-09-08T10:00:00+01:00", **again)
    assert found == ["I CN-09", "B NM-06"]
    assert only(urgent, "NM-06") == []


def test_a_decision_that_lacks_nothing_owes_nothing(h, history):
    history.do("DisclosureMade", **(h.disclosure(**URGENT) | {"mode": "plan"}))
    assert only(history, "NM-06") == []


# Decisions taken again: scenario A, rows A10 to A15


def test_a_request_withheld_and_shared_after_all(h):
    history = h.History(at="2026-09-21T09:00:00+01:00")
    history.do("CaseOpened", case=h.CASE)
    history.do("PersonLinked", case=h.CASE, person_id="C4", roles=["child"], dob="2010-08-08")
    history.do("InformationRecorded", **h.item("LINK", person="C4", kind="contact"))
    asked = ASKED | {"requester": {"agency": "TVP"}, "items": ["LINK"], "risk_level": "significant_harm"}
    history.do("InformationRequested", at="2026-09-22T10:00:00+01:00", case=h.CASE, **asked)
    kept = h.withholding("D-3", request_id="Q-1", items=["LINK"], risk_level="significant_harm")
    kept["if_withheld"] |= {"reason_codes": ["uncertain_law", "no_consent"]}
    for unsaid in ("risk_of_not_sharing", "review_on"):
        del kept["if_withheld"][unsaid]
    found = history.do("DecisionMade", at="2026-09-22T16:00:00+01:00", **kept)
    assert found == ["W AD-01", "B WH-02", "W WH-03", "W WH-04"]
    again = {"case": h.CASE, "request_id": "Q-1", "new_facts": "he was seen there"}
    assert history.do("ReconsiderationRequested", at="2026-09-29T11:00:00+01:00", **again) == []
    position = {"C4": {"state": "not_sought", "reason": "would_put_child_at_risk"}}
    told = [{"person": "C4", "informed_at": "2026-09-29T15:00:00+01:00"}]
    to = [{"agency": "TVP", "need_to_know_reason": "looks for him"}]
    shared = h.decision("D-3", items=None, data_subjects=position, informing=told, recipients=to, risk_level=None)
    made = h.disclosure(
        "X-4", to=to, what={"items": ["LINK"]}, accuracy_as_of="2026-09-29", decision=None, decision_id="D-3"
    )
    in_two = history_of(h, history)
    found = in_two.do("DecisionReconsidered", at="2026-09-29T15:30:00+01:00", case=h.CASE, mode="plan", **shared)
    assert found == ["I CN-09"]
    assert in_two.do("DisclosureMade", **made) == ["B TM-01"]
    message = in_two.entries[-1].findings[0].message
    assert "173.5 hours" in message
    assert "withheld" in message
    in_one = made | {"decision": {"do": "DecisionReconsidered", **shared}}
    assert history.do("DisclosureMade", at="2026-09-29T15:30:00+01:00", **in_one) == ["I CN-09", "B TM-01"]
    assert history.entries[-2].name == "DecisionReconsidered"
    assert history.entries[-1].findings[0].message == message
    assert only(history, "TM-02") == only(in_two, "TM-02") == []


def history_of(h, history):
    """Another ledger with the same records."""
    other = h.History(at="2026-09-21T09:00:00+01:00")
    for entry in history.entries:
        if entry.about == h.FILE:
            other.file(h.FILE).fold(entry)
    return other
