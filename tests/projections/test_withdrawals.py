"""A consent withdrawn (requirements §10.A, A01 to A30): what rested on it, who was told of it, who deleted what."""

import pytest

from projections import show

CASE = "BH-0147"
HOW = "P1 rang the school office"


def open_case(told):
    told("2026-09-07T08:00", "CaseOpened", case=CASE)
    told("2026-09-07T08:05", "PersonLinked", case=CASE, person_id="C1", roles=["child"])
    told("2026-09-07T08:06", "PersonLinked", case=CASE, person_id="P1", roles=["parent", "person_with_pr"])
    told("2026-09-07T08:08", "InformationRecorded", case=CASE, item_id="I-1", person="C1", kind="attendance")


def consent(told, at="2026-09-07T08:30", do="ConsentGiven", **more):
    said = {
        "consent_id": "CON-1",
        "data_subject": "C1",
        "given_by": "P1",
        "authority": "PR",
        "items": ["attendance"],
        "recipients": ["KYP"],
        "purposes": ["early_identification"],
        "explicit": False,
        "freely_given": True,
        "informed_of_withdrawal_right": True,
        "expires_at": "2026-12-07",
    }
    told(at, do, case=CASE, **said | more)


def disclose(told, at, number, *, to=("KYP",), consent_id="CON-1", **more):
    """An X- with its own decision, on the consent or, without one, in the public task."""
    position = {"state": "given", "consent_id": consent_id} if consent_id else {"state": "withdrawn"}
    recipients = [{"agency": agency, "need_to_know_reason": "works with the child"} for agency in to]
    art6 = {"code": "6(a)"} if consent_id else {"code": "6(e)", "citation": "Education Act 2002 s.175"}
    decision = {
        "decision_id": f"D-{number}",
        "outcome": "share",
        "items": ["I-1"],
        "data_subjects": {"C1": position},
        "purposes": ["early_identification"],
        "recipients": recipients,
        "legal_basis": {"art6": [art6]},
        "reasons": "The youth project plans its help with it.",
    }
    told(at, "DisclosureMade", mode="fact", case=CASE, disclosure_id=f"X-{number}", to=recipients, decision=decision,
         how={"method": "secure_file_transfer"}, what={"items": ["I-1"], "summary": "Attendance"}, **more)  # fmt: skip


def withdraw(told, at="2026-10-12T12:00", **more):
    told(at, "ConsentWithdrawn", case=CASE, consent_id="CON-1", by="P1", how=HOW, **more)


@pytest.fixture
def scenario(bha):
    open_case(bha)
    consent(bha)
    disclose(bha, "2026-09-08T09:00", 1)
    withdraw(bha)
    bha("2026-10-12T14:00", "RecipientNotifiedOfWithdrawal", case=CASE, consent_id="CON-1", recipient="KYP")
    bha("2026-10-14T09:00", "DeletionConfirmed", case=CASE, consent_id="CON-1", disclosure_id="X-1", holder="KYP")
    disclose(bha, "2026-10-20T08:00", 9, occurred_at="2026-10-19T15:00:00+00:00", late_reason="a slip")
    disclose(bha, "2026-10-21T08:00", 12, consent_id=None)
    return bha


def later(told, at):
    told(at, "InDoubtRaised", case=CASE, doubt="none")


def test_the_row_and_totals_of_the_scenario(scenario):
    later(scenario, "2026-11-20T16:00")
    answer = show(scenario.ledger, "withdrawals")
    assert answer["totals"] == {
        "consents": 1,
        "withdrawn": 1,
        "relied_on_before": 1,
        "relied_on_after": 1,
        "recipients_told": 1,
        "recipients": 1,
        "deleted": 1,
        "declined": 0,
        "overdue": 1,
    }
    (row,) = answer["rows"]
    given = scenario.ledger.reading(row["position"])
    withdrawn = row["withdrawals"][0]
    assert (given.name, given.hash.hex()) == ("ConsentGiven", row["hash"])
    assert scenario.ledger.reading(withdrawn["position"]).hash.hex() == withdrawn["hash"]
    assert row == {
        "consent": "CON-1",
        "case": CASE,
        "subject": "C1",
        "given_by": "P1",
        "authority": "PR",
        "explicit": False,
        "purposes": ["early_identification"],
        "items": ["attendance"],
        "recipients": ["KYP"],
        "given_at": "2026-09-07T09:30:00+01:00",
        "expires_at": "2026-12-07",
        "review_on": None,
        "status": "withdrawn",
        "days_live": 35,
        "renews": None,
        "replaced_by": None,
        "position": row["position"],
        "hash": row["hash"],
        "withdrawn_at": "2026-10-12T13:00:00+01:00",
        "withdrawn_by": "P1",
        "withdrawal_scope": "whole",
        "how": HOW,
        "withdrawals": [
            {
                "at": "2026-10-12T13:00:00+01:00",
                "by": "P1",
                "scope": "whole",
                "items": [],
                "recipients": [],
                "purposes": [],
                "reason": None,
                "position": withdrawn["position"],
                "hash": withdrawn["hash"],
            }
        ],
        "relied_on_before": ["X-1"],
        "relied_on_after": ["X-9"],
        "recipients_told": [{"recipient": "KYP", "at": "2026-10-12T15:00:00+01:00", "hours": 2.0}],
        "recipients_not_told": [],
        "deletions": [
            {
                "disclosure": "X-1",
                "holder": "KYP",
                "due": "2026-11-11",
                "state": "confirmed",
                "at": "2026-10-14T10:00:00+01:00",
                "position": row["deletions"][0]["position"],
            },
            {
                "disclosure": "X-9",
                "holder": "KYP",
                "due": "2026-11-18",
                "state": "overdue",
                "at": None,
                "position": None,
            },
        ],
        "later_on_other_basis": ["X-12"],
    }


def test_a_deletion_is_overdue_once_its_last_day_is_over_in_london(scenario):
    later(scenario, "2026-11-18T23:59")
    assert show(scenario.ledger, "withdrawals")["totals"]["overdue"] == 0
    later(scenario, "2026-11-19T00:00")
    assert show(scenario.ledger, "withdrawals")["totals"]["overdue"] == 1


def test_a_deletion_declined_says_on_which_basis_and_who_approved(scenario):
    scenario("2026-11-02T09:00", "DeletionDeclined", case=CASE, consent_id="CON-1", disclosure_id="X-9", holder="KYP",
             basis={"code": "6(e)"}, approver="KYP-DPO", reasons="Needed for the review.")  # fmt: skip
    answer = show(scenario.ledger, "withdrawals")
    line = answer["rows"][0]["deletions"][1]
    assert (line["state"], line["basis"], line["approver"], line["reasons"]) == (
        "declined",
        "6(e)",
        "KYP-DPO",
        "Needed for the review.",
    )
    assert (answer["totals"]["declined"], answer["totals"]["overdue"]) == (1, 0)


def test_the_past_shows_what_the_ledger_said_then(scenario):
    """X-9 happened on 19 October but was recorded on the 20th."""
    before = show(scenario.ledger, "withdrawals", as_at="2026-10-19T23:59:00+01:00")
    assert before["totals"]["relied_on_after"] == 0
    assert show(scenario.ledger, "withdrawals", as_at="2026-10-12T12:59:59+01:00")["rows"][0]["status"] == "given"


def test_a_consent_not_withdrawn_counts_as_that_alone(bha):
    open_case(bha)
    consent(bha)
    disclose(bha, "2026-09-08T09:00", 1)
    answer = show(bha.ledger, "withdrawals")
    assert answer["totals"] == {name: int(name == "consents") for name in answer["totals"]}
    assert (answer["rows"][0]["status"], answer["rows"][0]["relied_on_before"]) == ("given", [])
    later(bha, "2026-12-08T00:00")
    assert show(bha.ledger, "withdrawals")["rows"][0]["status"] == "expired"


def test_a_partial_withdrawal_touches_only_its_part(bha):
    open_case(bha)
    consent(bha, recipients=["KYP", "FDA"])
    disclose(bha, "2026-09-08T09:00", 1, to=("KYP",))
    disclose(bha, "2026-09-09T09:00", 2, to=("FDA",))
    withdraw(bha, scope="recipients", recipients=["FDA"])
    disclose(bha, "2026-10-13T09:00", 3, to=("KYP",))
    disclose(bha, "2026-10-14T09:00", 4, to=("FDA",))
    (row,) = show(bha.ledger, "withdrawals")["rows"]
    assert row["status"] == "partly_withdrawn"
    assert row["relied_on_after"] == ["X-4"]
    assert row["recipients_not_told"] == ["FDA"]
    assert [line["disclosure"] for line in row["deletions"]] == ["X-2", "X-4"]


def test_a_withdrawal_of_a_kind_of_information_is_known_by_what_judgement_found(bha):
    open_case(bha)
    consent(bha)
    withdraw(bha, scope="items", items=["attendance"])
    disclose(bha, "2026-10-13T09:00", 3)
    assert show(bha.ledger, "withdrawals")["totals"]["relied_on_after"] == 1


def test_a_renewed_consent_takes_the_place_of_the_old(bha):
    open_case(bha)
    consent(bha)
    consent(bha, "2026-10-01T09:00", "ConsentRenewed", consent_id="CON-2", renews="CON-1")
    first, second = show(bha.ledger, "withdrawals")["rows"]
    assert (first["status"], first["replaced_by"], first["days_live"]) == ("replaced", "CON-2", 24)
    assert (second["status"], second["renews"]) == ("given", "CON-1")
