"""The shipped scenario "Canal Basin" says all that requirements §10.A asks of it: each row, and each figure that has
its view."""

import json

import pytest
from click.testing import CliRunner
from scenarios import acts_of, lines_of, path_of, row_of

from cli.main import root
from ledger import Ledger

FILE = path_of("canal-basin")
LINES = lines_of("canal-basin")
ACTS = acts_of(LINES)

# What each row must come to: the findings of its lines together, and the rules that refuse one of them.
ROWS = {
    "A01": ([], []),
    "A02": (["W CN-04", "W CN-05"], []),
    "A03": (["W LB-23"], []),
    "A04": ([], []),
    "A05": (["I CN-09"], []),
    "A06": ([], []),
    "A07": ([], []),
    "A08": ([], ["LB-02"]),
    "A09": ([], []),
    "A10": ([], []),
    "A11": (["B WH-02", "W AD-01", "W WH-03", "W WH-04"], []),
    "A12": (["W AD-03"], []),
    "A13": (["B TM-01", "I CN-09"], []),
    "A14": ([], []),
    "A15": (["B TM-01", "I CN-09", "W SX-01"], []),
    "A16": (["I CX-01"], []),
    "A17": ([], []),
    "A18": ([], ["WH-03"]),
    "A19": (["I CN-09"], []),
    "A20": (["I CX-01"], []),
    "A21": (["B AC-02", "I CN-09"], []),
    "A22": ([], ["LB-10"]),
    "A23": ([], ["LB-08"]),
    "A24": (["I CN-09"], []),
    "A25": ([], ["LB-14"]),
    "A26": (["B LB-17b", "I CN-09"], []),
    "A27": ([], []),
    "A28": ([], []),
    "A29": ([], []),
    "A30": (["B CN-12", "B SE-01", "W LB-23"], []),
    "A31": ([], ["CN-12"]),
    "A32": (["B SE-04"], []),
    "A33": (["I CN-09"], []),
    "A34": (["B RC-05", "W RC-06", "W ST-05"], []),
    "A35": ([], []),
    "A36": ([], []),
    "A37": ([], ["EX-01"]),
}


@pytest.mark.parametrize(("row", "expected"), ROWS.items())
def test_each_row_is_there_with_what_is_expected_of_it(row, expected):
    assert row_of(ACTS, row) == expected


def test_every_act_says_exactly_what_is_expected_of_it():
    assert [line for line in ACTS if len(line["expect"]) != 1] == []
    assert {line["row"] for line in ACTS if "row" in line} == set(ROWS)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(FILE), "--into", str(into), "--json"])
    return into, [json.loads(line) for line in run.output.splitlines()], run.exit_code


def test_it_plays_as_expected_and_every_ledger_verifies(played):
    into, results, code = played
    assert [result for result in results if result.get("held") is False or "error" in result] == []
    assert (code, len(results)) == (0, len(LINES))
    for agency in ("HMC", "TVP", "BHA", "AHT", "KYP", "SMF", "NCC"):
        with Ledger.open(into / agency) as ledger:
            report = ledger.verify(every_signature=True)
            assert (report.verdict, report.unchecked) == ("verified", 0)


def test_what_was_erased_is_gone_and_says_when(played):
    into, _, _ = played
    with Ledger.open(into / "KYP") as ledger:
        receipt = next(r for r in ledger.readings() if r.name == "DisclosureReceived")
        shown = str(ledger.opened(receipt.position, "words"))
        assert shown.startswith("[erased")
    assert not any(b"four afternoons" in path.read_bytes() for path in (into / "KYP").rglob("*") if path.is_file())


def refusals(folder):
    with Ledger.open(folder) as ledger:
        return [rule for r in ledger.readings() if r.name == "CommandRefused" for rule in r.data["rule_ids"]]


def test_the_refusals_are_counted_by_rule(played):
    into, _, _ = played
    found = [rule for agency in into.iterdir() if agency.is_dir() for rule in refusals(agency)]
    assert sorted(found) == ["CN-12", "EX-01", "LB-02", "LB-08", "LB-10", "LB-14", "WH-03"]


def breaches(folder):
    with Ledger.open(folder) as ledger:
        return [f.rule for r in ledger.readings() for f in r.findings if f.level == "B" and not f.external]


def test_the_breaches_found_are_those_and_no_others(played):
    """Two more are overdue and still open, so that nothing has ended them: AC-03 and CN-13 (see the obligations)."""
    into, _, _ = played
    found = [rule for agency in into.iterdir() if agency.is_dir() for rule in breaches(agency)]
    assert sorted(found) == ["AC-02", "CN-12", "LB-17b", "RC-05", "SE-01", "SE-04", "TM-01", "TM-01", "WH-02"]


OVERDUE = {
    "TVP": [("IN-07", "P2", "2026-10-14"), ("IN-07", "X1", "2026-10-14")],
    "AHT": [("withheld_review", "D-5", "2026-10-19"), ("IN-07", "P2", "2026-10-22")],
    "HMC": [("RC-06", "X-6 KYP", "2026-10-08"), ("AC-03", "I-11 KYP", "2026-11-12")],
    "BHA": [("RC-06", "X-9 KYP", "2026-10-21"), ("CN-13", "CON-1 X-9 KYP", "2026-11-18")],
    "NCC": [],
    "KYP": [],
    "SMF": [],
}


@pytest.mark.parametrize(("agency", "expected"), OVERDUE.items())
def test_what_is_overdue_at_the_end(played, agency, expected):
    into, _, _ = played
    words = ["-C", str(into / agency), "--json", "obligations", "--overdue", "--as-at", "2026-11-20T16:00:00+00:00"]
    answer = json.loads(CliRunner().invoke(root, words).output)
    found = [(row["duty"], " ".join(row["about"]), row["due"][:10]) for row in answer["rows"]]
    assert found == expected


def lens(folder, edition):
    words = ["-C", str(folder), "--json", "lens", "--edition", edition]
    return json.loads(CliRunner().invoke(root, words).output)


def test_who_withheld_would_be_refused_by_the_duty_to_share(played):
    into, _, _ = played
    seen = lens(into / "NCC", "ca2004-16LA")
    assert seen["heading"] == "Hindsight view under ca2004-16LA; not a compliance finding"
    assert [(r["rule"], r["then"], r["under"], r["about"]) for r in seen["rows"]] == [("WH-03", "W", "E", ["D-3"])]


def test_what_was_refused_stays_refused_under_the_older_advice(played):
    into, _, _ = played
    assert lens(into / "HMC", "dfe-is-2018-07")["rows"] == []


def test_each_decision_has_its_scorecard(played):
    into, _, _ = played
    shown = json.loads(CliRunner().invoke(root, ["-C", str(into / "HMC"), "--json", "case", "HM-0147"]).output)
    (pattern,) = (decision for decision in shown["decisions"] if decision["decision_id"] == "D-6")
    assert {score["rule"]: score["status"] for score in pattern["golden_rules"]} == {
        **{f"GR{number}": "met" for number in (1, 2, 3, 5, 7)},
        "GR4": "exception claimed",
        "GR6": "breached",
    }
