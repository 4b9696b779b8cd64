"""The figures K1 to K25: of the two shipped scenarios, worked out by hand for each agency, and of small histories."""

import json
from collections import Counter

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import Actor, Ledger
from ledger.errors import Malformed, UnknownId
from projections import catch_up, follow, rebuild, show
from projections.kpis_report import NAMES
from projections.views_file import discard

A = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
B = ("HMC", "TPR", "TVP")
AT = "2026-11-20T16:00:00+00:00"
FILES = ("case", "scheme", "context", "review")


def played(name, into):
    run = CliRunner().invoke(root, ["play", str(path_of(name)), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    return into


@pytest.fixture(scope="module")
def canal(tmp_path_factory):
    return played("canal-basin", tmp_path_factory.mktemp("canal-basin"))


@pytest.fixture(scope="module")
def sarah(tmp_path_factory):
    return played("sarahs-law", tmp_path_factory.mktemp("sarahs-law"))


def answer_of(folder, as_at=None, **args):
    with Ledger.open(folder) as ledger:
        return show(ledger, "kpis", args, as_at)


@pytest.fixture(scope="module")
def answers(canal):
    return {agency: answer_of(canal / agency, AT) for agency in A}


def by_name(answer):
    return {f"{row['kpi']} {row['part'] or ''}".strip(): row for row in answer["rows"]}


def fractions(answer, *, but=()):
    """Every figure that counts anything, as "numerator/denominator"."""
    return {
        name: f"{row['numerator']}/{row['denominator']}"
        for name, row in by_name(answer).items()
        if row["denominator"] and name not in but
    }


# Scenario A, by hand

EXPECTED = {
    # D-6 and D-12, which went astray. Receipts of X-6: TVP and NCC in time, BHA late, KYP none.
    "HMC": (
        "K1 2/2, K2 0/2, K3 0/2, K6 3/3, K9 0/3, K11 2/2, K12 own 6/6, K12 partners 2/4, K12 lost 0/6, "
        "K13 told 2/2, K14 3/3, K15 Article 9 1/1, K17 methods 0/3, K17 breaches 1/1, K20 1/1, K23 3/5"
    ),
    # D-2, X-2: P2 and X1 were to be looked at again on 14 October.
    "TVP": (
        "K1 1/1, K2 0/1, K3 0/1, K6 2/2, K9 0/1, K11 1/1, K12 own 1/1, K12 partners 1/1, K12 lost 0/1, "
        "K13 told 1/1, K13 review 2/2, K14 1/1, K17 methods 0/1, K20 1/1, K23 0/1"
    ),
    # X-1 on a live consent, X-9 after it was withdrawn and by ordinary e-mail; R-6b late and without its restriction.
    "BHA": (
        "K1 2/2, K2 0/2, K3 0/2, K6 2/2, K8 1/2, K9 1/2, K10 told 1/1, K10 deleted 1/2, K12 own 0/1, "
        "K12 partners 1/2, K12 lost 1/1, K13 told 2/2, K14 2/2, K17 methods 1/2, K23 1/2"
    ),
    # D-4 waited 147 h for advice and excused P1; D-5 withheld in part.
    "AHT": (
        "K1 2/2, K2 0/2, K3 1/2, K4 0/1, K5 0/1, K6 1/2, K7 1/1, K9 0/2, K11 2/2, K12 partners 2/2, "
        "K13 told 1/1, K13 review 1/1, K14 1/2, K15 Article 9 2/2, K15 document 1/1, K16 in time 0/1, "
        "K16 identity 1/1, K17 methods 0/2, K23 2/4"
    ),
    "KYP": (
        "K1 1/1, K2 0/1, K3 0/1, K6 1/1, K9 0/1, K11 1/1, K12 own 1/1, K12 partners 1/1, K12 lost 0/1, "
        "K13 told 1/1, K14 1/1, K17 methods 0/1, K23 0/1"
    ),
    # X-8 under 9(g) without a policy document.
    "SMF": (
        "K1 1/1, K2 0/1, K3 0/1, K6 1/1, K9 0/1, K11 1/1, K12 partners 1/1, K13 told 1/1, K14 1/1, "
        "K15 Article 9 1/1, K15 document 0/1, K17 methods 0/1, K23 1/2"
    ),
    # D-3, withheld on suspect reasons, without advice, review or risk; then shared without the home C4 lives in.
    "NCC": (
        "K1 1/2, K2 0/2, K3 1/1, K4 1/1, K5 1/1, K6 0/1, K7 1/1, K9 0/1, K11 1/1, K12 own 1/1, "
        "K12 partners 1/1, K12 lost 0/1, K13 told 1/1, K16 sought 0/1, K17 methods 0/1, K21 0/1, K23 0/2"
    ),
}


@pytest.mark.parametrize("agency", A)
def test_each_figure_of_the_canal_basin(answers, agency):
    everywhere = {"K22 agreements": "1/1", "K22 assessed": "1/1"}
    by_hand = dict(figure.rsplit(" ", 1) for figure in EXPECTED[agency].split(", "))
    assert fractions(answers[agency], but={"K19 late", "K19 all"}) == by_hand | everywhere


def total(answers, name, key="numerator"):
    return sum(by_name(answer)[name][key] for answer in answers.values())


def test_what_the_requirements_say_of_the_canal_basin(answers):
    assert total(answers, "K3") == 2
    assert total(answers, "K3", "denominator") == 10
    assert total(answers, "K4") == 1
    assert total(answers, "K9") == 1
    assert (total(answers, "K9", "denominator"), total(answers, "K17 methods", "denominator")) == (11, 11)
    refused = sum((Counter(by_name(answer)["K23"]["split"]) for answer in answers.values()), Counter())
    assert refused == dict.fromkeys(("LB-02", "WH-03", "LB-10", "LB-08", "LB-14", "CN-12", "EX-01"), 1)
    reasons = {agency: by_name(answer)["K3"]["split"] for agency, answer in answers.items()}
    assert reasons["NCC"] == {"no_consent": 1, "uncertain_law": 1}
    assert reasons["AHT"] == {"more_detrimental_to_child": 1}


def test_how_long_it_took_to_share_by_risk(answers):
    assert (by_name(answers["AHT"])["K6"]["median_hours"], by_name(answers["AHT"])["K6"]["p90_hours"]) == (73.5, 147.0)
    assert by_name(answers["AHT"])["K6"]["split"] == {
        "concern": {"numerator": 1, "denominator": 1, "median_hours": 0.0, "p90_hours": 0.0},
        "significant_harm": {"numerator": 0, "denominator": 1, "median_hours": 147.0, "p90_hours": 147.0},
    }
    assert by_name(answers["NCC"])["K6"]["median_hours"] == 198.5
    assert by_name(answers["NCC"])["K5"]["median_hours"] == 6 * 24 + 23.5


def test_the_figures_are_those_of_the_registers(canal, answers):
    """K3 to K5 as in the register of what was withheld, K9 as in that of disclosures, K12 as in that of receipts."""
    for agency in A:
        figures = by_name(answers[agency])
        with Ledger.open(canal / agency) as ledger:
            withheld, given, receipts = (
                show(ledger, name, as_at=AT)["totals"] for name in ("withheld", "disclosures", "receipts")
            )
        assert figures["K3"]["numerator"] == figures["K4"]["denominator"] == withheld["withheld"]
        assert (figures["K3"]["denominator"], figures["K4"]["numerator"]) == (
            withheld["decisions"],
            withheld["suspect_only"],
        )
        assert (figures["K5"]["numerator"], figures["K5"]["median_hours"]) == (
            withheld["shared"],
            withheld["median_hours"],
        )
        assert figures["K9"]["denominator"] == given["disclosures"]
        assert figures["K12 own"]["denominator"] == receipts["received"]
        assert figures["K12 partners"]["numerator"] == receipts["confirmed"] - receipts["confirmed_late"]


def test_entries_recorded_late(canal, answers):
    """R-6b of BHA, 691 h after it happened: its own lag, and that of all entries in files."""
    for agency in A:
        late, row = (by_name(answers[agency])[f"K19 {part}"] for part in ("late", "all"))
        with Ledger.open(canal / agency) as ledger:
            entries = sum(reading.about.type in FILES for reading in ledger.readings())
        assert (late["numerator"], late["denominator"]) == (int(agency == "BHA"), entries)
        own = 691.0 if agency == "BHA" else None
        assert (late["median_hours"], late["p90_hours"]) == (own, own)
        assert (row["numerator"], row["denominator"]) == (entries, entries)
        assert (row["median_hours"], row["p90_hours"]) == (0.0, 691.0 if agency == "BHA" else 0.0)


def test_each_figure_leads_to_its_events(canal):
    with Ledger.open(canal / "BHA") as ledger:
        answer = show(ledger, "kpis", {"kpi": "K9"}, AT)
        assert [(row["what"], row["in_numerator"]) for row in answer["counted"]] == [("X-9", True), ("X-1", False)]
        x9 = answer["counted"][0]
        assert (x9["case"], x9["event"], x9["at"]) == ("HM-0147", "DisclosureMade", "2026-10-19T16:00:00+01:00")
        assert ledger.reading(x9["position"]).data["disclosure_id"] == "X-9"
        assert [row["kpi"] for row in answer["rows"]] == ["K9"]


@pytest.mark.parametrize("agency", A)
def test_every_number_is_what_its_events_come_to(canal, agency):
    answer = answer_of(canal / agency, AT, kpi="all")
    counted = Counter((row["kpi"], row["part"], row["in_numerator"]) for row in answer["counted"])
    for row in answer["rows"]:
        inside, outside = (counted[row["kpi"], row["part"], hit] for hit in (True, False))
        assert (inside, inside + outside) == (row["numerator"], row["denominator"]), row["kpi"]
    refused = [row for row in answer["counted"] if row["event"] == "CommandRefused"]
    assert all("case" not in row for row in refused)  # a refusal does not show what somebody tried to share


def test_a_period_holds_what_happened_in_it_to_the_end_of_its_last_day(canal):
    assert fractions(answer_of(canal / "BHA", AT, **{"from": "2026-10-19", "to": "2026-10-19"}))["K9"] == "1/1"
    assert "K9" not in fractions(answer_of(canal / "BHA", AT, **{"from": "2026-10-20", "to": "2026-11-20"}))
    quarter = answer_of(canal / "NCC", AT, **{"from": "2026-09-22", "to": "2026-09-28"})
    assert fractions(quarter)["K3"] == "1/1"
    assert by_name(quarter)["K5"]["numerator"] == 1  # withheld in it; that it was shared afterwards is known by now
    assert (quarter["totals"]["from"], quarter["totals"]["to"]) == (
        "2026-09-22T00:00:00+01:00",
        "2026-09-28T23:59:59.999999+01:00",
    )


def test_what_is_owed_counts_when_it_falls_due(canal):
    """X-9's content was to be deleted by 18 November: no figure of October."""
    october = {"from": "2026-10-01", "to": "2026-10-31"}
    assert "K10 deleted" not in fractions(answer_of(canal / "BHA", AT, **october))
    assert fractions(answer_of(canal / "BHA", AT, **{"from": "2026-11-01"}))["K10 deleted"] == "1/2"


def test_the_figures_as_the_ledger_had_them(canal):
    """X-9 happened on 19 October and was recorded on the 20th."""
    then = answer_of(canal / "BHA", "2026-10-19T23:59:00+01:00")
    assert fractions(then)["K9"] == "0/1"
    assert then["as_at"] == "2026-10-19T23:59:00+01:00"


def test_by_edition_where_policy_changed_in_the_period(answers, canal):
    assert by_name(answers["AHT"])["K3"]["by_edition"] == {"ca2004-16LA": {"numerator": 1, "denominator": 1}}
    assert by_name(answers["TVP"])["K3"]["by_edition"] == {}
    # LB-02 was refused before 30 September, WH-03 after; D-4 and D-5 passed the gate.
    assert by_name(answers["AHT"])["K23"]["by_edition"] == {"ca2004-16LA": {"numerator": 1, "denominator": 2}}
    under = answer_of(canal / "AHT", AT, edition="ca2004-16LA")
    assert fractions(under)["K3"] == "1/1"
    assert under["totals"]["edition"] == "ca2004-16LA"


@pytest.mark.parametrize(
    ("args", "error", "says"),
    [
        ({"kpi": "K26"}, UnknownId, "no figure called K26"),
        ({"edition": "nonsense"}, UnknownId, "no edition nonsense"),
        ({"from": "yesterday"}, Malformed, "from is a day or a time"),
        ({"to": "2026-13-01"}, Malformed, "to is a day or a time"),
        ({"from": "2026-10-02", "to": "2026-10-01"}, Malformed, "ends before it begins"),
        ({"from": "2027-01-01"}, Malformed, "has not begun"),
    ],
)
def test_what_cannot_be_asked(canal, args, error, says):
    with pytest.raises(error, match=says):
        answer_of(canal / "BHA", AT, **args)


# Scenario B


def test_the_figures_of_sarahs_law(sarah):
    """Two stages of CS-24-019 were late, of twelve; both refusals were considered again in time."""
    figures = {agency: fractions(answer_of(sarah / agency), but={"K19 late", "K19 all"}) for agency in B}
    assert (figures["TVP"]["K18 stages"], figures["TVP"]["K18 refusals"]) == ("10/12", "0/2")
    assert (figures["TVP"]["K23"], figures["HMC"]["K23"]) == ("5/8", "1/3")
    assert (figures["HMC"]["K1"], figures["HMC"]["K3"], figures["HMC"]["K7"]) == ("2/3", "2/3", "2/2")
    answer = answer_of(sarah / "TVP", kpi="K18")
    late = [row["what"] for row in answer["counted"] if row["part"] == "stages" and not row["in_numerator"]]
    assert late == ["CS-24-019 interview", "CS-24-019 overall"]
    assert by_name(answer)["K18 stages"]["by_edition"]["csods-2010/11"] == {"numerator": 4, "denominator": 4}
    refused = by_name(answer_of(sarah / "TVP"))["K23"]["split"]
    assert refused == dict.fromkeys(("CS-03", "CS-05", "CS-06", "CS-07", "CS-08", "CS-09"), 1)


def test_the_shared_and_the_withheld_before_and_after_an_edition(sarah):
    """The same withholding, complete under the advice of 2018 and not under that of 2024 (WH-05)."""
    row = by_name(answer_of(sarah / "HMC"))["K1"]
    assert row["by_edition"]["dfe-is-2018-07"] == {"numerator": 2, "denominator": 2}
    assert row["by_edition"]["dfe-is-2024-04"] == {"numerator": 0, "denominator": 1}


# Small histories

CASE = {"case": "TV-1"}
GOVERNED = "wm-2.10@2024-04-19"


@pytest.fixture
def told(tvp):
    tvp("2026-09-01T08:00", "PolicyEditionAdopted", edition_id=GOVERNED)
    tvp("2026-09-01T09:00", "CaseOpened", **CASE)
    return tvp


def figure(told, name, **args):
    row = by_name(show(told.ledger, "kpis", args))[name]
    return f"{row['numerator']}/{row['denominator']}"


def decide(told, at="2026-09-07T10:00", number=1, **said):
    command = {"decision_id": f"D-{number}", "outcome": "share", **said}
    told(at, "DecisionMade", mode="fact", **CASE, **command)


def test_reasons_that_are_unknown(told):
    decide(told, reasons_unknown=True, reasons_unknown_explanation="Whoever decided has left.")
    decide(told, number=2, reasons="To keep her safe.")
    assert figure(told, "K2") == "1/2"


def link(told, person, dob, roles=("child",), **said):
    told("2026-09-02T09:00", "PersonLinked", **CASE, person_id=person, roles=list(roles), dob=dob, **said)


def test_children_who_were_told_by_age_and_by_understanding(told):
    link(told, "C1", "2014-09-07")  # 12 on the day of the decision
    link(told, "C2", "2014-09-08")  # 12 on the next
    link(told, "C3", "2017-01-01")
    link(told, "P1", "1980-01-01", ("parent",))
    told("2026-09-03T09:00", "CompetenceAssessed", **CASE, person="C3", able=True)
    subjects = {person: {"state": "not_sought", "reason": "urgent"} for person in ("C1", "C2", "C3", "P1")}
    decide(told, data_subjects=subjects, informing=[{"person": "C1", "informed_at": "2026-09-07T09:00:00Z"}])
    assert figure(told, "K13 told") == "1/2"  # C1 was told; C3, who understands, was not; C2 is too young
    assert figure(told, "K14") == "0/3"
    told("2026-09-08T09:00", "PersonInformed", **CASE, person="P1", decision_id="D-1")
    assert figure(told, "K14") == "3/3"
    counted = show(told.ledger, "kpis", {"kpi": "K13"})["counted"]
    assert [(row["what"], row["in_numerator"]) for row in counted] == [("D-1 C1", True), ("D-1 C3", False)]


def test_whose_age_was_erased_is_not_counted(told):
    link(told, "C1", "2012-01-01")
    decide(told, data_subjects={"C1": {"state": "not_sought", "reason": "urgent"}})
    assert figure(told, "K13 told") == "0/1"
    by = Actor(staff_ref="DPO-1", role="dpo")
    told.ledger.erase("person", "C1", reason="asked for", authority="the DPO", actor=by)
    assert (figure(told, "K13 told"), figure(told, "K14")) == ("0/0", "0/0")


def test_an_urgent_decision_is_complete_once_a_manager_completed_it(told):
    told("2026-09-02T09:00", "SecureMethodApproved", method="secure_email")
    link(told, "C1", "2016-01-01")
    urgent = {"urgent": True, "urgent_reason": "He is outside her school.", "risk_level": "immediate"}
    told(
        "2026-09-07T10:00",
        "DecisionMade",
        **{**CASE, **urgent, "mode": "plan", "decision_id": "D-1", "outcome": "share"},
        recipients=[{"agency": "HMC"}],
        data_subjects={"C1": {"state": "not_sought", "reason": "urgent"}},
    )
    assert figure(told, "K1") == "0/1"
    assert figure(told, "K1", to="2026-09-07") == "0/1"
    told(
        "2026-09-07T15:00",
        "DecisionReviewedByManager",
        **CASE,
        decision_id="D-1",
        agreed=True,
        reasons="To keep her safe from him.",
        recipients=[{"agency": "HMC", "need_to_know_reason": "Leads on protecting her."}],
        legal_basis={"art6": [{"code": "6(e)", "citation": "Children Act 2004 s.11"}]},
        purposes=["protection_abuse"],
        necessity="She cannot be protected without it.",
        proportionality="Only what bears on the risk.",
        relevance="It bears on the risk.",
        adequacy="Enough to act on.",
        safety_and_wellbeing={"individual": "She is at risk.", "others": "Nobody else is."},
        informing=[{"person": "C1", "exception": "urgent_inform_after", "reason": "There was no time."}],
    )
    assert figure(told, "K1") == "1/1"


def test_advice_in_doubt(told):
    told("2026-09-07T09:00", "InDoubtRaised", **CASE, doubt="May we?")
    assert figure(told, "K16 sought") == "0/1"
    told("2026-09-07T10:00", "AdviceSought", **CASE, advice_id="AV-1", identity_disclosed=True)
    assert (figure(told, "K16 sought"), figure(told, "K16 identity")) == ("1/1", "0/1")


def test_agreements_that_are_out_of_date_or_were_never_assessed(told):
    told("2026-09-02T09:00", "DpiaConsidered", agreement_ref="ISA-1", outcome="done")
    told("2026-09-02T09:30", "AgreementRegistered", agreement_id="ISA-1", parties=["HMC"], review_on="2026-09-10")
    told("2026-09-02T10:00", "AgreementRegistered", agreement_id="ISA-2", parties=["BHA"], review_on="2027-09-10")
    assert (figure(told, "K22 agreements"), figure(told, "K22 assessed")) == ("2/2", "1/2")
    told("2026-09-11T09:00", "CaseClosed", **CASE)
    assert figure(told, "K22 agreements") == "1/2"
    assert figure(told, "K22 agreements", to="2026-09-09") == "2/2"
    told("2026-09-12T09:00", "AgreementEnded", agreement_id="ISA-1")
    assert figure(told, "K22 agreements", **{"from": "2026-09-12"}) == "1/1"  # as things stand, whenever it began


def test_the_last_full_verification(told):
    assert by_name(show(told.ledger, "kpis"))["K24"]["last"] is None
    run = {"verdict": "verified", "records": 3, "head": "00" * 32}
    told("2026-09-10T09:00", "VerificationRun", **run, every_signature=True)
    told("2026-09-12T09:00", "VerificationRun", **run)
    told("2026-09-30T09:00", "CaseClosed", **CASE)
    row = by_name(show(told.ledger, "kpis"))["K24"]
    assert (row["numerator"], row["denominator"]) == (1, 2)
    assert (row["last"]["at"], row["last"]["days_ago"]) == ("2026-09-10T10:00:00+01:00", 20)


def test_retention_and_holds(told):
    told("2026-09-07T09:00", "CaseClosed", **CASE, retention_review_on="2026-09-20")
    told("2026-09-08T09:00", "LegalHoldPlaced", hold_id="H-1", scope_kind="case", scope_ref="TV-1")
    told("2026-09-08T10:00", "LegalHoldPlaced", hold_id="H-2", scope_kind="case", scope_ref="TV-1")
    told("2026-09-09T09:00", "LegalHoldReleased", hold_id="H-2")
    assert (figure(told, "K25 reviews"), figure(told, "K25 holds")) == ("0/0", "1/2")
    told("2026-09-21T09:00", "LegalHoldPlaced", hold_id="H-3", scope_kind="case", scope_ref="TV-1")
    assert (figure(told, "K25 reviews"), figure(told, "K25 holds")) == ("1/1", "2/3")


def test_a_review_that_was_late_was_overdue_until_it_was_done(told):
    told("2026-09-07T09:00", "CaseClosed", **CASE, retention_review_on="2026-09-20")
    told("2026-09-25T09:00", "RetentionReviewed", **CASE, outcome="retain")
    assert figure(told, "K25 reviews") == "0/1"
    assert figure(told, "K25 reviews", to="2026-09-22") == "1/1"


def test_a_disclosure_that_went_astray_is_one_disclosure(told):
    sent = {"disclosure_id": "X-1", "to": ["HMC"], "how": "secure_email", "what": {"summary": "x"}}
    told("2026-09-07T09:00", "DisclosureMade", mode="fact", **CASE, **sent)
    told("2026-09-07T10:00", "DisclosureMisdirected", mode="fact", **CASE, disclosure_id="X-1")
    assert figure(told, "K9") == "0/1"
    told("2026-09-07T11:00", "DisclosureMisdirected", mode="fact", **CASE, **{**sent, "disclosure_id": "X-2"})
    assert figure(told, "K9") == "0/2"


def test_there_are_twenty_five(told):
    assert list(NAMES) == [f"K{number}" for number in range(1, 26)]
    rows = show(told.ledger, "kpis")["rows"]
    assert all(row["percent"] is None for row in rows if not row["denominator"])


# Building

NEW = ("access", "agreements", "findings", "integrity", "kpis", "policy", "recipients")


@pytest.mark.parametrize("agency", A)
def test_following_in_small_steps_and_rebuilding_give_the_same_rows(canal, monkeypatch, agency):
    monkeypatch.setattr(follow, "BATCH", 3)
    monkeypatch.setattr("projections.read_model.KEEP_ROWS", 2)
    with Ledger.open(canal / agency) as ledger:
        discard(ledger.folder.views)
        catch_up(ledger, NEW)
        followed = {name: follow.digest(ledger, name) for name in NEW}
        assert {built.name: built.digest for built in rebuild(ledger) if built.name in NEW} == followed


@pytest.mark.parametrize("agency", A)
def test_the_present_is_what_the_past_gives_for_it(canal, agency):
    with Ledger.open(canal / agency) as ledger:
        for name in NEW:
            then = show(ledger, name, as_at=ledger.now())
            assert then.pop("as_at")
            assert then == show(ledger, name), name
            assert json.dumps(then)  # nothing but JSON
