"""The governance pack: figures of a period, a worklist, a report without personal data, a signed verdict."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.board import board
from cli.main import root
from cli.pack_sections import event_in_words, sections
from cli.suppression import FEW, HELD
from ledger import Ledger
from projections import show

AGENCIES = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
VIEWS = ("kpis", "findings", "agreements", "integrity")
# What a board report may hold: words and numbers. An id has a dash and a digit, or is a letter and a digit.
AN_ID = re.compile(r"\b[A-Z]{1,3}-[A-Z]?\d|\b[CPX]\d\b|\bHMC-|\bCTX")


@pytest.fixture(scope="module")
def canal(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(path_of("canal-basin")), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    return into


def views_of(folder, **args):
    with Ledger.open(folder) as ledger:
        return [show(ledger, name, args if name == "kpis" else {}) for name in VIEWS]


def table(made, title):
    (found,) = (one for one in made if one["title"] == title)
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def test_the_pack_of_a_period(canal, ruleseven):
    run = ruleseven("-C", canal / "BHA", "pack", "show", "--from", "2026-10-01", "--to", "2026-10-31", "--json")
    assert run.code == 0, run.err
    said = run.json
    assert (said["agency"], said["from"][:10], said["to"][:10]) == ("BHA", "2026-10-01", "2026-10-31")
    assert (said["board"], said["practice"]) == (False, True)
    figures = {(row["figure"], row["part"]): row for row in table(said["sections"], "Figures")}
    assert (figures["K9", None]["number"], figures["K9", None]["out of"], figures["K9", None]["%"]) == (1, 1, 100.0)
    worklist = table(said["sections"], "Findings to follow up")
    rules = [row["rule"] for row in worklist]
    assert {"CN-12", "SE-01", "RC-05"} <= set(rules)
    assert "CN-13" not in rules  # it fell due in November
    assert "CN-04" in rules  # of September, and still open
    assert {row["owner"] for row in worklist} == {"BHA-7"}
    whole = ruleseven("-C", canal / "BHA", "pack", "show", "--as-at", "2026-11-20T16:00:00Z", "--json").json
    assert "CN-13" in [row["rule"] for row in table(whole["sections"], "Findings to follow up")]


def test_the_worklist_is_of_the_period_and_of_what_is_still_open(canal, ruleseven):
    """WH-02 was found on 22 September and closed on the 29th, when SX-01 was found, which is open."""

    def rules(*period):
        said = ruleseven("-C", canal / "NCC", "pack", "show", *period, "--json").json
        return {row["rule"] for row in table(said["sections"], "Findings to follow up")}

    assert rules("--from", "2026-10-01") == {"SX-01", "TM-01"}
    assert rules("--to", "2026-09-25") == {"WH-02", "WH-03", "WH-04", "AD-01"}


def test_what_is_closed_says_by_what_and_when(canal, ruleseven):
    said = ruleseven("-C", canal / "NCC", "pack", "show", "--json").json
    rows = {row["rule"]: row for row in table(said["sections"], "Findings to follow up")}
    assert (rows["WH-02"]["state"], rows["WH-02"]["by"]) == ("closed", "decision reconsidered")
    assert (rows["WH-02"]["closed"], rows["TM-01"]["state"]) == ("2026-09-29", "open")
    assert event_in_words("PersonalDataBreachRecorded") == "personal data breach recorded"


def test_the_events_behind_the_figures(canal, ruleseven):
    said = ruleseven("-C", canal / "BHA", "pack", "show", "--events", "--json").json
    rows = [row for row in table(said["sections"], "Events behind the figures") if row["figure"] == "K9"]
    assert [(row["what"], row["counted"], row["in"]) for row in rows] == [
        ("X-9", "yes", "case HM-0147"),
        ("X-1", "no", "case HM-0147"),
    ]


def test_the_page_fits_a_terminal(canal, ruleseven, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    for agency in AGENCIES:
        page = ruleseven("-C", canal / agency, "pack", "show")
        assert page.code == 0
        assert max(map(len, page.out.splitlines())) <= 120
        assert "PRACTICE LEDGER" in page.out


# The board report


@pytest.mark.parametrize("agency", AGENCIES)
def test_nobody_can_be_recognised_in_the_board_report(canal, ruleseven, agency):
    run = ruleseven("-C", canal / agency, "pack", "show", "--board", "--json")
    assert run.code == 0
    said = run.json
    cells = [cell for one in said["sections"] for row in one["rows"] for cell in row if isinstance(cell, str)]
    assert [cell for cell in cells if AN_ID.search(cell)] == []
    for figure in table(said["sections"], "Figures"):
        if figure["figure"] not in ("K22", "K24"):  # of agreements and verifications, not of persons
            assert {figure["number"], figure["out of"]}.isdisjoint({1, 2, 3, 4}), figure
            if {figure["number"], figure["out of"]} & {FEW, HELD}:
                assert figure["%"] is None
    for row in (*table(said["sections"], "Findings"), *table(said["sections"], "What the figures are made of")):
        assert {1, 2, 3, 4}.isdisjoint(row.values())
    page = ruleseven("-C", canal / agency, "pack", "show", "--board").out
    assert "Board report: without personal data" in page
    assert AN_ID.search(page) is None


def kpi(name, numerator, denominator, of="decisions that withheld", **more):
    blank = {"part": None, "counted": f"what {name} counts", "percent": 50.0, "wished": None, "split_by": None}
    numbers = {"numerator": numerator, "denominator": denominator, "of": of}
    return {"kpi": name, **blank, "median_hours": 7.0, "p90_hours": 9.0, "split": {}, **numbers, **more}


PERIOD = {"totals": {"from": "2026-09-01T00:00:00+01:00", "to": "2026-09-30T23:59:59+01:00"}}
NOTHING: dict[str, list[object]] = {"rows": [], "overdue": []}


def shown(*rows, findings=NOTHING):
    made = board({"rows": rows, **PERIOD}, findings)
    lines = {line[0]: dict(zip(made[0].columns, line, strict=True)) for line in made[0].rows}
    return {name: (line["number"], line["out of"], line["%"], line["median h"]) for name, line in lines.items()}


def test_a_rest_that_is_small_is_held_back():
    assert shown(kpi("K4", 100, 103)) == {"K4": (HELD, 103, None, 7.0)}
    assert shown(kpi("K4", 3, 103)) == {"K4": (FEW, 103, None, 7.0)}
    assert shown(kpi("K4", 50, 103)) == {"K4": (50, 103, 50.0, 7.0)}
    assert shown(kpi("K4", 0, 3)) == {"K4": (0, FEW, None, None)}


def test_what_one_figure_holds_back_another_does_not_give_away():
    """K3 counts what K4 is counted of: 100 of 103 withheld, so that neither may show the 100."""
    k3 = kpi("K3", 100, 103, of="decisions", counted="decisions that withheld")
    assert shown(k3, kpi("K4", 50, 100)) == {"K3": (HELD, 103, None, 7.0), "K4": (50, HELD, None, None)}


def test_of_disclosures_those_that_rest_on_consent_are_a_part():
    """98 of 100 rest on consent: the two that do not are nobody's business."""
    k8 = kpi("K8", 50, 98, of="disclosures that rest on consent")
    figures = shown(k8, kpi("K9", 0, 100, of="disclosures"))
    assert HELD in (figures["K8"][1], figures["K9"][1])


def test_reasons_are_listed_from_five_on():
    k3 = kpi("K3", 20, 50, of="decisions", split={"not_held": 12, "gdpr": 3}, split_by="reason")
    made = board({"rows": [k3], **PERIOD}, NOTHING)
    assert made[1].rows == [["K3", "reason", "not held", 12]]


def test_findings_in_numbers():
    def finding(level, state):
        return {"level": level, "state": state, "at": "2026-09-05T10:00:00+01:00"}

    listed = [finding("B", "open")] * 3 + [finding("B", "closed")] * 20 + [finding("W", "open")] * 6
    made = board({"rows": [], **PERIOD}, {"rows": listed, "overdue": []})
    assert made[2].rows == [["breaches", 23, FEW, HELD], ["warnings", 6, 6, 0]]


def test_the_sections_are_pure(canal):
    """The same answers, the same sections: whoever prints them elsewhere needs no ledger."""
    found = views_of(canal / "HMC", kpi="all")
    assert sections(*found) == sections(*json.loads(json.dumps(found)))
    assert [one.title for one in sections(*found)] == [
        "Figures",
        "What the figures are made of",
        "Events behind the figures",
        "Findings to follow up",
        "Agreements and documents",
        "State of the record",
    ]
    for one in sections(*found):
        assert all(len(row) == len(one.columns) for row in one.rows)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "yesterday"), "from is a day or a time"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "ends before it begins"),
        (("--edition", "nonsense"), "no edition nonsense"),
        (("--board", "--events"), "--board shows no events"),
    ],
)
def test_what_cannot_be_asked(canal, ruleseven, plain_error, words, says):
    run = ruleseven("-C", canal / "HMC", "pack", "show", *words)
    plain_error(run, 2)
    assert says in run.err


# The signed verdict


def test_a_verdict_that_a_third_party_can_check(canal, ruleseven, tmp_path):
    made = ruleseven("-C", canal / "SMF", "pack", "evidence", "--out", tmp_path / "verdict", "--json")
    assert made.code == 0, made.err
    for agency in ("SMF", "TVP"):
        assert ruleseven("-C", canal / agency, "key", "card", "--out", tmp_path / agency).code == 0
    checked = ruleseven("pack", "verify", tmp_path / "verdict", "--trust", tmp_path / "SMF", "--json")
    with Ledger.open(canal / "SMF") as ledger:
        head = ledger.head()
    assert (checked.code, checked.json["verdict"]) == (0, "verified")
    assert checked.json["checkpoint"]["size"] == head.position
    assert (checked.json["said"]["verdict"], checked.json["said"]["head"]) == ("verified", head.hash.hex())
    assert checked.json["said"]["signatures"] == head.position  # every one
    page = ruleseven("pack", "verify", tmp_path / "verdict", "--trust", tmp_path / "SMF")
    assert "The file holds" in page.out
    foreign = ruleseven("pack", "verify", tmp_path / "verdict", "--trust", tmp_path / "TVP")
    assert foreign.code == 5
    (tmp_path / "verdict").write_bytes(b"nothing of ours")
    assert ruleseven("pack", "verify", tmp_path / "verdict", "--trust", tmp_path / "SMF").code == 2


def test_the_verdict_can_be_recorded_and_is_counted(book, ruleseven, tmp_path):
    made = ruleseven("-C", book, "pack", "evidence", "--out", tmp_path / "verdict", "--json")
    event = {**made.json["event"], "recorded_at": "2024-02-05T09:00:00+00:00"}
    recorded = ruleseven("-C", book, "record", stdin=[event])
    assert recorded.code == 0, recorded.out
    answer = ruleseven("-C", book, "view", "integrity", "--json").json
    assert (answer["totals"]["last_verdict"], answer["rows"][0]["full"]) == ("verified", True)
    (k24,) = ruleseven("-C", book, "view", "kpis", "--arg", "kpi=K24", "--json").json["rows"]
    assert (k24["numerator"], k24["last"]["days_ago"]) == (1, 0)


def test_a_signed_verdict_says_practice_and_when_and_replaces_no_file(canal, ruleseven, tmp_path, plain_error):
    card, out = tmp_path / "SMF.card", tmp_path / "verdict"
    assert ruleseven("-C", canal / "SMF", "key", "card", "--out", card).code == 0
    assert ruleseven("-C", canal / "SMF", "pack", "evidence", "--out", out).code == 0
    page = ruleseven("pack", "verify", out, "--trust", card)
    assert (page.code, "PRACTICE: it is of a practice ledger" in page.out) == (0, True)
    assert re.search(r"signed 20\d\d-\d\d-\d\d \d\d:\d\d UTC", page.out)
    before = out.read_bytes()
    again = ruleseven("-C", canal / "SMF", "pack", "evidence", "--out", out)
    plain_error(again, 2)
    assert ("exists already" in again.err, out.read_bytes()) == (True, before)


def test_nothing_is_signed_over_records_that_fail(book, ruleseven, tmp_path):
    with closing(sqlite3.connect(book / "ledger.db")) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE records SET sealed = CAST(sealed || x'00' AS BLOB)")
    run = ruleseven("-C", book, "pack", "evidence", "--out", tmp_path / "verdict", "--json")
    assert (run.code, run.json["verdict"], run.json["file"]) == (1, "failed", None)
    assert not (tmp_path / "verdict").exists()


# Pages of the registers

REGISTERS = {
    "disclosures": ("HMC", "went astray"),
    "withheld": ("AHT", "in part: I-9"),
    "receipts": ("BHA", "left out of the receipt"),
    "findings": ("NCC", "Breaches and warnings open: 2, closed: 4."),
    "kpis": ("AHT", "K6 by risk: concern 1 of 1 (median 0.0 h), significant harm 0 of 1 (median 147.0 h)."),
    "recipients": ("HMC", "I-11 (overdue)"),
    "agreements": ("HMC", "ISA-1"),
    "access": ("KYP", "consent CON-1"),
    "integrity": ("HMC", "Records whose hash a partner holds"),
    "policy": ("HMC", "ca2004-16LA"),
}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_page_for_people_in_a_table(canal, ruleseven, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "120")
    agency, says = REGISTERS[name]
    page = ruleseven("-C", canal / agency, "view", name)
    assert page.code == 0, page.err
    assert says in re.sub(r"\s+", " ", page.out)
    wide = [line for line in page.out.splitlines() if len(line) > 120 and "differ." not in line]
    assert wide == []
    for other in AGENCIES:
        assert ruleseven("-C", canal / other, "view", name).code == 0


def test_no_figures_of_a_ledger_that_does_not_verify(canal, tmp_path, ruleseven, plain_error):
    """Refused, unless it is asked for; then marked on the page and in the JSON."""
    folder = shutil.copytree(canal / "NCC", tmp_path / "NCC")
    assert ruleseven("-C", folder, "pack", "show", "--json").json["unverified"] == []
    with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
        database.execute("DROP TRIGGER append_only_delete")
        database.execute("DELETE FROM records WHERE position = 9")
    run = ruleseven("-C", folder, "pack", "show")
    plain_error(run, 1)
    assert "does not verify" in run.err
    shown = ruleseven("-C", folder, "pack", "show", "--unverified")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("NOT VERIFIED: ")
    assert ruleseven("-C", folder, "pack", "show", "--unverified", "--json").json["verdict"] == "failed"
