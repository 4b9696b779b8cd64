"""A receipt held against its sender's record: the notice, RC-06 on both sides, RC-08, and when it was known."""

import pytest

from ledger.procedure.layout import plain
from ledger.procedure.notice import notice_of

MADE = "2026-09-07T09:00:00+01:00"  # a Monday: receipts are due on Wednesday
NOTICE = {"made_at": MADE}
COURT = {"agency_id": "FC", "kind": "court_or_cafcass"}


def received(h, history, at, **changes):
    return history.do("DisclosureReceived", at=at, **h.receipt(**({"late_reason": "off sick"} | changes)))


# Recorded late, by the recipient


@pytest.mark.parametrize(
    ("at", "found"), [("2026-09-09T23:59:59+01:00", []), ("2026-09-10T00:00:00+01:00", ["W RC-06"])]
)
def test_a_receipt_is_due_two_working_days_after_the_disclosure(h, history, at, found):
    assert received(h, history, at, notice=NOTICE) == found


def test_nothing_is_found_of_a_late_receipt_at_the_gate(h, history):
    said = h.receipt(notice=NOTICE, mode="plan")
    assert history.do("DisclosureReceived", at="2026-09-10T00:00:00+01:00", **said) == []


def test_received_in_time_and_recorded_late(h, history):
    said = {"notice": NOTICE, "received_at": "2026-09-07T10:00:00+01:00"}
    assert received(h, history, "2026-09-10T09:00:00+01:00", **said) == ["W RC-06", "W ST-05"]


def test_without_the_senders_time_it_is_due_from_when_it_was_received(h, history):
    for number, (at, found) in enumerate(
        [("2026-09-09T23:59:59+01:00", ["W ST-05"]), ("2026-09-10T00:00:00+01:00", ["W RC-06", "W ST-05"])]
    ):
        said = {"received_at": MADE, "receipt_id": f"R-{number}"}
        assert received(h, history, at, **said) == found


def test_bank_holidays_and_the_agencys_own_limit_count(h, history):
    notice = {"made_at": "2026-12-24T09:00:00+00:00"}  # the two working days after it are 29 and 30 December
    assert received(h, history, "2026-12-30T23:59:00+00:00", notice=notice) == []
    history.do("LocalParameterSet", name="receipt_working_days", value=1)
    assert received(h, history, "2026-12-30T23:59:30+00:00", notice=notice, receipt_id="R-2") == ["W RC-06"]


def test_a_court_owes_no_receipt(h):
    court = h.History(kind="court_or_cafcass").open()
    assert received(h, court, "2026-09-10T09:00:00+01:00", notice=NOTICE) == []


def test_a_receipt_rests_on_the_consents_that_its_notice_names(h, history):
    received(h, history, MADE, notice={**NOTICE, "relies_on": ["CON-1"]})
    received(h, history, MADE, notice={**NOTICE, "relies_on": ["CON-1"]}, receipt_id="R-2", relies_on=["CON-2"])
    assert [said.event.relies_on for said in history.file(h.FILE).case.receipts] == [("CON-1",), ("CON-2",)]


def test_a_notice_says_on_which_consents_the_disclosure_rests(h, history):
    history.do("CompetenceAssessed", case=h.CASE, competence_ref="CA-1", person="C1", able=True)
    history.do("ConsentGiven", **h.consent())
    given = {"C1": {"state": "given", "consent_id": "CON-1"}}
    sent(h, history, "KYP", decision__legal_basis=h.ON_CONSENT, decision__data_subjects=given)
    case = history.file(h.FILE).case
    assert notice_of(case.disclosures["X-1"].event, case).relies_on == ("CON-1",)


# Owed by the recipient, as the sender sees it


def owed(history):
    return [entry for entry in history.owed() if entry[0] == "RC-06"]


def sent(h, history, *to, **changes):
    recipients = [{"agency": name, "need_to_know_reason": "works with her"} for name in to]
    history.do("DisclosureMade", **h.disclosure(to=recipients, decision__recipients=recipients, **changes))


def test_each_agency_that_was_sent_something_owes_a_receipt(h, history):
    sent(h, history, "KYP", "BHA")
    assert owed(history) == [("RC-06", "X-1", "KYP", "2026-09-09"), ("RC-06", "X-1", "BHA", "2026-09-09")]
    assert [o.by for o in history.file(h.FILE).owed.values() if o.duty == "RC-06"] == ["KYP", "BHA"]


NONE_OWED = [
    {"how": {"method": "court_filing"}},
    {"to": [{"agency": "FC"}]},
    {"to": [{"person": "P1"}]},
    {"to": [{"agency": "HMC"}]},
]


@pytest.mark.parametrize("changes", NONE_OWED)
def test_courts_persons_and_the_agency_itself_owe_none(h, history, changes):
    history.do("AgencyRegistered", **COURT)
    history.do("DisclosureMade", **h.disclosure(**changes))
    assert owed(history) == []


CONFIRMED = [("2026-09-09T23:59:59+01:00", []), ("2026-09-10T00:00:00+01:00", ["W RC-06"])]


@pytest.mark.parametrize(("at", "found"), CONFIRMED)
def test_the_recipient_confirms_it(h, history, at, found):
    sent(h, history, "KYP", "BHA")
    said = {"case": h.CASE, "disclosure_id": "X-1", "recipient": "KYP", "recipient_event_hash": "0a" * 32}
    assert history.do("ReceiptConfirmed", at=at, **said) == found
    assert owed(history) == [("RC-06", "X-1", "BHA", "2026-09-09")]
    assert all(f.external for f in history.entries[-1].findings)


def test_another_disclosure_of_the_same_day_is_still_owed(h, history):
    sent(h, history, "KYP")
    sent(h, history, "KYP", disclosure_id="X-2", decision__decision_id="D-2")
    history.do("ReceiptConfirmed", case=h.CASE, disclosure_id="X-2")
    assert owed(history) == [("RC-06", "X-1", "KYP", "2026-09-09")]


def test_what_went_astray_is_owed_no_receipt_however_late_that_is_seen(h, history):
    sent(h, history, "KYP", "BHA")
    said = {"case": h.CASE, "disclosure_id": "X-1", "to": [{"agency": "KYP"}]}
    assert history.do("DisclosureMisdirected", at="2026-09-11T09:00:00+01:00", **said) == ["B SE-04"]
    assert owed(history) == [("RC-06", "X-1", "BHA", "2026-09-09")]


# A sender without a record


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sender_event_hash": None}, ["I RC-08"]),
        ({"sender_event_hash": None, "notice": NOTICE}, []),
        ({"sender_event_hash": None, "provider": {"person": "P1"}}, []),
        ({}, []),
    ],
)
@pytest.mark.parametrize("mode", ["plan", "fact"])
def test_a_partners_receipt_rests_on_a_record_of_theirs(h, history, changes, found, mode):
    assert h.comes_to(history, "DisclosureReceived", mode, **h.receipt(**changes)) == found


# What the sender's record says


def notice(h, history, **changes):
    history.do("DisclosureMade", **h.disclosure(**changes))
    event = next(e.event for e in reversed(history.entries) if e.name == "DisclosureMade")
    return plain(notice_of(event, history.file(h.FILE).case))


GIVEN, NOT_SOUGHT = {"state": "given"}, {"state": "not_sought", "reason": "urgent"}
ADVISED, NOT_ADVISED = {"advised": True}, {"advised": False, "withheld_reason": "prejudice_investigation"}


@pytest.mark.parametrize(
    ("positions", "advice", "told"),
    [
        ({"C1": NOT_SOUGHT}, ADVISED, {"without_consent": True}),
        ({"C1": GIVEN, "P1": NOT_SOUGHT}, ADVISED, {"without_consent": True}),
        ({"C1": GIVEN, "P1": {"state": "not_applicable"}}, ADVISED, {"without_consent": False}),
        ({"C1": {"state": "withdrawn"}}, ADVISED, {"without_consent": True}),
        ({"C1": NOT_SOUGHT}, NOT_ADVISED, {}),
        ({"C1": NOT_SOUGHT}, None, {}),
        (None, ADVISED, {}),
    ],
)
def test_the_notice_says_where_consent_stands_if_the_sender_said_so(h, history, positions, advice, told):
    said = notice(h, history, decision__data_subjects=positions, consent_advice_to_recipient=advice)
    assert {name: value for name, value in said.items() if name == "without_consent"} == told


def test_what_the_recipient_is_told_later_is_in_the_notice_from_then_on(h, history):
    assert "without_consent" not in notice(h, history, consent_advice_to_recipient=NOT_ADVISED)
    history.do("DisclosureMade", **h.disclosure("X-2", consent_advice_to_recipient=NOT_ADVISED))
    history.do("RecipientAdvisedOfConsentPosition", case=h.CASE, disclosure_id="X-1", recipient="KYP")
    event = history.file(h.FILE).case.disclosures["X-1"].event
    assert notice_of(event, history.file(h.FILE).case).without_consent is True
    other = history.file(h.FILE).case.disclosures["X-2"].event
    assert notice_of(other, history.file(h.FILE).case).without_consent is None


def test_the_notice_carries_restrictions_the_time_and_the_contexts(h, history):
    limit = {"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}
    said = notice(
        h,
        history,
        restrictions=[limit],
        what={"items": ["ATT"], "context_ids": ["CTX-CB"]},
        decision__context_ids=["CTX-CB", "CTX-2"],
    )
    assert said == {
        "without_consent": True,
        "restrictions": [limit],
        "made_at": "2026-09-07T08:00:00Z",
        "context_ids": ["CTX-CB"],
        "contexts_decided": ["CTX-CB", "CTX-2"],
    }


def test_the_notice_tells_of_the_decision_as_it_was_carried_out(h, history):
    history.do("DisclosureMade", **h.disclosure())
    again = h.decision("D-X-1", context_ids=["CTX-CB"]) | {"case": h.CASE, "mode": "fact"}
    history.do("DecisionReconsidered", at="2026-09-08T09:00:00+01:00", **again)
    case = history.file(h.FILE).case
    assert notice_of(case.disclosures["X-1"].event, case).contexts_decided == ()


# When it was known


def test_what_a_receipt_brings_was_known_when_it_was_received(h, history):
    received(h, history, "2026-09-08T09:00:00+01:00", received_at="2026-09-07T10:00:00+01:00")
    assert history.entries[-1].known_at == h.time("2026-09-07T10:00:00+01:00")
    for number, source in enumerate(({"receipt_id": "R-X-7"}, {"receipt_id": "X-7"})):
        history.do("InformationRecorded", **h.item(f"I-{number}", source=source))
        assert history.entries[-1].known_at == h.time("2026-09-07T10:00:00+01:00")
        assert history.entries[-1].occurred_at == h.time("2026-09-08T09:00:00+01:00")
    history.do("InformationRecorded", **h.item("I-9", source={"person": "P1"}))
    assert history.entries[-1].known_at == h.time("2026-09-08T09:00:00+01:00")


def test_what_is_said_of_it_stands(h, history):
    received(h, history, "2026-09-08T09:00:00+01:00", received_at="2026-09-07T10:00:00+01:00")
    known = "2026-09-08T08:00:00+01:00"
    received(h, history, "2026-09-08T09:30:00+01:00", receipt_id="R-2", received_at=known, known_at="2026-09-08T08:30Z")
    assert history.entries[-1].known_at == h.time("2026-09-08T08:30:00Z")
    history.do("InformationRecorded", known_at=known, **h.item("I-1", source={"receipt_id": "R-X-7"}))
    assert history.entries[-1].known_at == h.time(known)
