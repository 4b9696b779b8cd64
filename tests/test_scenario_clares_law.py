"""The shipped scenario "Clare's Law": what each row comes to, and the file played into real ledgers as it stands."""

import datetime as dt
from contextlib import ExitStack

import pytest
from scenarios import acts_of, lines_of, path_of, row_of

from cli import scenario
from cli.player import Player
from ledger import verify_folder
from projections import show

FILE = path_of("clares-law")
LINES = lines_of("clares-law")
ACTS = acts_of(LINES)
CAST = {"TVP", "HMC", "FDA"}
PERSONS = {"V", "E", "P1", "P2", "P3", "C1"}

# What each row must come to: the findings of its lines together, and the rules that refuse one of them.
ROWS = {
    "C01": ([], []),
    "C02": ([], []),
    "C03": ([], []),
    "C03a": ([], ["CS-01"]),
    "C04": ([], []),
    "C05": ([], []),
    "C06": ([], []),
    "C07": ([], ["DV-03", "DV-06"]),
    "C08": ([], []),
    "C09": ([], []),
    "C09a": ([], ["CS-07", "CS-08"]),
    "C10": ([], []),
    "C11": ([], []),
    "C11a": ([], ["CS-09"]),
    "C12": ([], []),
    "C13": ([], []),
    "C14": ([], []),
    "C15": ([], ["DV-03"]),
    "C16": (["I CN-09"], ["RC-07"]),
    "C17": ([], []),
    "C18": (["I CN-09"], []),
    "C19": ([], ["CS-01", "DV-02"]),
    "C20": ([], []),
    "C21": (["W DV-05"], []),
    "C22": ([], []),
    "C23": ([], []),
    "C24": (["W CS-02"], []),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The results of all lines, and the ledgers they were played into."""
    into = tmp_path_factory.mktemp("clares-law")
    with FILE.open("rb") as stream, ExitStack() as stack:
        player = Player(scenario.read(stream), into, stack)
        yield list(player.play()), player


def test_every_line_comes_to_what_it_expects(played):
    results, _ = played
    assert len(results) == len(LINES)
    assert [result.json for result in results if result.json.get("held", True) is not True] == []
    assert all("held" in result.json for result in results[len(CAST) :])


@pytest.mark.parametrize(("row", "expected"), ROWS.items())
def test_each_row_is_there_with_what_is_expected_of_it(row, expected):
    assert row_of(ACTS, row) == expected


def test_every_act_says_exactly_what_is_expected_of_it():
    assert [line for line in ACTS if len(line["expect"]) != 1] == []
    assert {line["row"] for line in ACTS if "row" in line} == set(ROWS)
    assert [line["do"] for line in ACTS if "refused" in line["expect"] and line.get("mode") != "plan"] == []


def test_the_cast_is_that_of_the_scenarios_and_time_never_goes_back():
    assert {line["agency"]["id"] for line in LINES if "agency" in line} == CAST
    persons = ("subject", "person_at_risk", "applicant", "person_id")
    assert {line[name] for line in ACTS for name in persons if name in line} == PERSONS
    for agency in CAST:
        times = [line["at"] for line in ACTS if line["ledger"] == agency]
        assert times == sorted(times, key=dt.datetime.fromisoformat)


def test_both_routes_and_both_editions_are_in_it(played):
    _, player = played
    police = player.ledgers["TVP"]
    shown = {name: show(police, "case", {"scheme": name}) for name in ("DV-23-002", "DV-24-011", "DV-24-018")}
    assert {name: (view["state"], view["route"]) for name, view in shown.items()} == {
        "DV-23-002": ("CLOSED", "right_to_know"),
        "DV-24-011": ("CLOSED", "right_to_ask"),
        "DV-24-018": ("DELIVERED", "right_to_know"),
    }
    assert shown["DV-23-002"]["wording"]["undertaking_version"] == "v2016-12"
    assert shown["DV-24-011"]["wording"]["undertaking_version"] == "v2023-04"
    (late,) = [clock for clock in shown["DV-24-018"]["clocks"] if clock["late"]]
    assert (late["stage"], late["late_by"]) == ("overall", "2 days late")


def test_the_ledgers_it_leaves_are_whole(played):
    _, player = played
    verified = {name: verify_folder(player.into / name, passphrase=lambda: None) for name in player.ledgers}
    assert {name: (v.practice, v.report.verdict) for name, v in verified.items()} == dict.fromkeys(
        CAST, (True, "verified")
    )
