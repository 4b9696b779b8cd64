"""The expected figures of the shipped scenario "Canal Basin" in the registers, over all agencies' ledgers together."""

import json
from collections import Counter

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import Ledger
from projections import catch_up, follow, projections, rebuild, show
from projections.views_file import discard

AGENCIES = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
NAMES = ("contexts", "disclosures", "findings", "receipts", "schemes", "withheld")
AT = "2026-11-20T16:00:00+00:00"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(path_of("canal-basin")), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    return into


@pytest.fixture(scope="module")
def answers(played):
    """Every register of every agency, as at the end of the scenario."""
    found = {}
    for agency in AGENCIES:
        with Ledger.open(played / agency) as ledger:
            found[agency] = {name: show(ledger, name, as_at=AT) for name in NAMES}
    return found


def rows(answers, name, part="rows"):
    return [row for agency in AGENCIES for row in answers[agency][name][part]]


def total(answers, name, *figures):
    return tuple(sum(answers[agency][name]["totals"][figure] for agency in AGENCIES) for figure in figures)


def merged(answers, name, figure):
    """A total that counts by code, over all agencies."""
    return dict(sum((Counter(answers[agency][name]["totals"][figure]) for agency in AGENCIES), Counter()))


# P4


def test_the_disclosures_by_basis(answers):
    assert total(answers, "disclosures", "disclosures", "extracts", "misdirected") == (11, 1, 1)
    assert merged(answers, "disclosures", "by_basis") == {"6(a)": 2, "6(c)": 2, "6(e)": 4, "6(ea)": 2, "Part 3": 1}
    by_basis = {row["disclosure"]: row["basis"] for row in rows(answers, "disclosures") if "disclosure" in row}
    assert by_basis == {
        **dict.fromkeys(("X-1", "X-9"), "6(a)"),
        "X-2": "Part 3",
        **dict.fromkeys(("X-3", "X-4", "X-6", "X-10"), "6(e)"),
        **dict.fromkeys(("X-5", "X-11"), "6(c)"),
        **dict.fromkeys(("X-7", "X-8"), "6(ea)"),
    }
    assert [row["disclosure"] for row in rows(answers, "disclosures") if row.get("misdirected")] == ["X-10"]
    assert merged(answers, "disclosures", "by_method") == {
        "secure_file_transfer": 8,
        "insecure_email": 1,
        "secure_email": 1,
        "court_filing": 1,
    }


def test_one_disclosure_in_full(answers):
    (row,) = answers["TVP"]["disclosures"]["rows"]
    assert len(row["hash"]) == 64
    assert {name: value for name, value in row.items() if name != "hash"} == {
        "disclosure": "X-2",
        "case": "HM-0147",
        "at": "2026-09-16T09:20:00+01:00",
        "by": "TVP-7",
        "role": "practitioner",
        "to": ["HMC"],
        "method": "secure_file_transfer",
        "items": ["I-2", "I-3"],
        "full_record": None,
        "basis": "Part 3",
        "conditions": ["Part 3"],
        "purposes": ["prevent_detect_crime"],
        "restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["P2", "X1"]}],
        "decision": "D-2",
        "positions": dict.fromkeys(("C1", "P1", "P2", "X1"), "not_sought"),
        "recipient_advised": False,
        "misdirected": False,
        "misdirected_known_at": None,
        "intended": [],
        "mode": "fact",
        "recorded_at": "2026-09-16T09:20:00+01:00",
        "recorded_after_hours": 0.0,
        "recorded_late": False,
        "shared_late": False,
        "findings": ["I CN-09"],
        "position": 32,
    }


def test_what_was_found_of_a_disclosure_and_of_its_decision(answers):
    found = {row.get("disclosure", row.get("extract")): row["findings"] for row in rows(answers, "disclosures")}
    assert found["X-9"] == ["B CN-12", "W LB-23", "B SE-01"]
    assert found["X-10"] == ["B SE-04"]
    assert found["X-4"] == ["I CN-09", "W SX-01", "B TM-01"]  # of the decision as it was taken again
    assert [row["disclosure"] for row in rows(answers, "disclosures") if row["shared_late"]] == ["X-3", "X-4"]
    assert [row["recorded_after_hours"] for row in answers["BHA"]["disclosures"]["rows"]] == [0.0, 17.0]


def test_the_extract_is_in_the_register(answers):
    (row,) = (row for row in rows(answers, "disclosures") if "extract" in row)
    assert (row["extract"], row["drawn_from"], row["to"]) == (
        "EX-1",
        ["case HM-0147"],
        ["The review panel LCSPR-26-02"],
    )
    assert (row["basis"], row["conditions"], row["purposes"]) == ("6(c)", ["6(c)", "9(g)"], ["practice_review"])
    assert (row["marking"], row["redactions"], row["third_parties"]) == ("OFFICIAL-SENSITIVE", 6, "pseudonymised")


# P5


def test_what_was_withheld(answers):
    assert total(answers, "withheld", "withheld", "suspect_only", "in_part", "shared") == (2, 1, 1, 1)  # K3, K4, K5
    assert total(answers, "withheld", "decisions", "reviews_overdue") == (10, 1)
    part, whole = rows(answers, "withheld")
    assert (whole["decision"], whole["suspect_only"], whole["reason_codes"]) == (
        "D-3",
        True,
        ["uncertain_law", "no_consent"],
    )
    assert whole["reconsidered"] == ["2026-09-29T15:30:00+01:00 share"]
    assert (whole["shared_by"], whole["shared_after_hours"]) == ("X-4", 6 * 24 + 23.5)
    assert (part["decision"], part["outcome"], part["items"], part["suspect_only"]) == ("D-5", "part", ["I-9"], False)
    assert (part["review_due"], part["review_overdue"]) == ("2026-10-19T23:59:59+01:00", True)
    assert (part["reconsidered"], part["shared_at"]) == ([], None)
    assert part["reasons"].startswith("What he says in therapy is his")


# P6


def test_the_missing_receipts(answers):
    missing = rows(answers, "receipts", "missing")
    assert [(row["recipient"], row["disclosure"], row["finding"]) for row in missing] == [
        ("KYP", "X-9", "W RC-06"),
        ("KYP", "X-6", "W RC-06"),
    ]
    assert total(answers, "receipts", "missing", "missing_overdue") == (2, 2)
    assert total(answers, "receipts", "asked_for", "confirmed", "confirmed_late") == (12, 10, 1)  # the court owes none
    assert total(answers, "receipts", "received", "recorded_late") == (10, 1)


def test_the_restriction_that_was_lost_on_the_way(answers):
    lost = [(row["receipt"], row["disclosure"], row["mismatches"]) for row in rows(answers, "receipts")]
    assert [line for line in lost if line[2]] == [("R-6b", "X-6", ["RC-05"])]
    assert [row["receipt"] for row in answers["BHA"]["receipts"]["rows"]] == ["R-6b"]


def test_the_restrictions_in_force(answers):
    in_force = {
        agency: [(row["code"], row["persons"], row["kept"]) for row in answers[agency]["receipts"]["restrictions"]]
        for agency in AGENCIES
    }
    no_onward = "NO_ONWARD_WITHOUT_ORIGINATOR"
    assert in_force == {
        "AHT": [],
        "KYP": [],
        "SMF": [],
        "BHA": [(no_onward, [], False)],
        "HMC": [("NOT_TO_SERVICE_USER", ["P2", "X1"], True)],
        "NCC": [(no_onward, [], True)],
        "TVP": [(no_onward, [], True)],
    }


# P9


def test_the_children_of_the_context(answers):
    found: dict[str, list[tuple[str, str]]] = {}
    for context in rows(answers, "contexts"):
        assert context["context"] == "CTX-CB"
        for child in context["children"]:
            found.setdefault(child["child"], []).append((child["first_seen"], child["source"]))
    assert {child: min(seen)[0][:10] for child, seen in found.items()} == {
        "C1": "2026-09-16",
        "C2": "2026-10-01",
        "C3": "2026-10-05",
    }
    assert {source for seen in found.values() for _, source in seen} == {"TVP", "HMC"}
    assert found["C1"][0] == ("2026-09-16T11:00:00+01:00", "TVP")  # HMC knows it from TVP
    assert {adult["adult"] for context in rows(answers, "contexts") for adult in context["adults"]} == {"X1"}


def test_the_context_as_the_police_and_the_council_have_it(answers):
    (police,), (council,) = (answers[agency]["contexts"]["rows"] for agency in ("TVP", "HMC"))
    assert (police["name"], police["kind"], council["name"]) == ("Car park at the canal basin", "location", None)
    assert [(e["child"], e["from"], e["to"]) for e in police["missing"]] == [
        ("C1", "2026-09-15T21:40:00+01:00", "2026-09-16T02:15:00+01:00")
    ]
    assert police["alert"] == {
        "raised_at": "2026-10-01T09:00:00+01:00",
        "due": "2026-10-08T23:59:59+01:00",
        "open": False,
        "overdue": False,
        "decided_at": "2026-10-07T09:00:00+01:00",
    }
    assert [(d["agency"], d["decision"], d["children"]) for d in council["decisions"]] == [("HMC", "D-6", ["C1", "C3"])]
    assert [(d["agency"], d["receipt"]) for d in police["decisions"]] == [("HMC", "R-6a")]


def test_whom_a_partners_decision_concerns_stands_apart(answers):
    (context,) = answers["NCC"]["contexts"]["rows"]
    assert (context["children"], context["also_concerned"]) == ([], ["C4"])
    assert answers["HMC"]["contexts"]["rows"][0]["also_concerned"] == []
    assert rows(answers, "contexts", "missing_elsewhere") == []


# P11, K23


def test_the_breaches(answers):
    assert merged(answers, "findings", "breaches_by_rule") == {
        **dict.fromkeys(("WH-02", "AC-02", "LB-17b", "CN-12", "SE-01", "SE-04", "RC-05", "AC-03", "CN-13"), 1),
        "TM-01": 2,
    }
    assert total(answers, "findings", "breaches") == (11,)


def test_what_is_found_of_what_is_overdue(answers):
    derived = [(row["level"], row["rule"], row["about"]) for row in rows(answers, "findings", "overdue")]
    assert derived == [
        ("W", "IN-07", ["P2"]),
        ("B", "CN-13", ["CON-1", "X-9", "KYP"]),
        ("B", "AC-03", ["I-11", "KYP"]),
        ("W", "IN-07", ["P2"]),
        ("W", "IN-07", ["X1"]),
    ]
    external = [(row["rule"], row["about"]) for row in rows(answers, "findings", "external")]
    assert external == [("RC-06", ["X-9", "KYP"]), ("RC-06", ["BHA"]), ("RC-06", ["X-6", "KYP"])]
    assert "RC-06" not in answers["HMC"]["findings"]["totals"]["by_rule"]


def test_what_was_refused(answers):
    rules = ("LB-02", "WH-03", "LB-10", "LB-08", "LB-14", "CN-12", "EX-01")
    assert merged(answers, "findings", "refused_by_rule") == dict.fromkeys(rules, 1)
    assert total(answers, "findings", "refused") == (7,)


def test_what_was_refused_is_asked_for_by_its_rule(played):
    with Ledger.open(played / "HMC") as ledger:
        refused = [show(ledger, "findings", asked)["refused"] for asked in ({"rule": "LB-08"}, {"case": "HM-0147"})]
    assert [[row["rules"] for row in some] for some in refused] == [[["LB-08"]], []]


def test_there_is_no_scheme_in_it(answers):
    assert total(answers, "schemes", "applications", "clocks") == (0, 0)


# Building and showing


def test_following_in_small_steps_and_rebuilding_give_the_same_rows(played, monkeypatch):
    monkeypatch.setattr(follow, "BATCH", 3)
    monkeypatch.setattr("projections.read_model.KEEP_ROWS", 2)  # so that rows are loaded again, too
    for agency in AGENCIES:
        with Ledger.open(played / agency) as ledger:
            discard(ledger.folder.views)
            catch_up(ledger, NAMES)
            followed = {name: follow.digest(ledger, name) for name in NAMES}
            assert {built.name: built.digest for built in rebuild(ledger) if built.name in NAMES} == followed


def test_one_pass_gives_what_a_pass_for_each_gives(played):
    for agency in ("HMC", "NCC", "TVP"):
        with Ledger.open(played / agency) as ledger:
            alone = {name: rebuild(ledger, name)[0].digest for name in projections()}
            assert {built.name: built.digest for built in rebuild(ledger)} == alone


def test_the_present_is_what_the_past_gives_for_it(played):
    for agency in AGENCIES:
        with Ledger.open(played / agency) as ledger:
            for name in NAMES:
                then = show(ledger, name, as_at=ledger.now())
                assert then.pop("as_at")
                assert then == show(ledger, name)


@pytest.mark.parametrize(
    ("agency", "name", "shown"),
    [
        ("TVP", "disclosures", "Part 3"),
        ("NCC", "withheld", "167.5"),
        ("BHA", "receipts", "left out of the receipt"),
        ("HMC", "contexts", "CTX-CB"),
        ("HMC", "findings", "3 breaches of 3 rules"),
        ("TVP", "schemes", "applications"),
    ],
)
def test_each_is_shown_for_people_and_as_json(played, answers, agency, name, shown):
    words = ["-C", str(played / agency), "view", name, "--as-at", AT]
    page = CliRunner().invoke(root, words)
    assert (page.exit_code, shown in page.output) == (0, True), page.output
    run = CliRunner().invoke(root, [*words, "--json"])
    assert json.loads(run.output) == {**answers[agency][name], "practice": True}
