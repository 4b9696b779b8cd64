"""Who knew what when: the figures of the shipped scenario, and the rules by which knowledge is counted."""

import json

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import Ledger, to_us
from ledger.errors import Malformed, UnknownId
from ledger.procedure.edition import moment
from projections import catch_up, follow, rebuild, show
from projections.knowledge_matrix import matrix_of
from projections.knowledge_report import row_of
from projections.views_file import discard

AGENCIES = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
THEN = "2026-09-23T12:00:00+01:00"
KNEW = {"as_known_by": "HMC", "at": THEN}


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(path_of("canal-basin")), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    opened = {agency: Ledger.open(into / agency) for agency in AGENCIES}
    yield opened
    for ledger in opened.values():
        ledger.close()


def rows(ledger, **args):
    return {row["ref"]: row for row in show(ledger, "knowledge", args)["rows"]}


# The figures of the scenario, each in the ledger where it can be known


def test_what_the_council_knew_of_what_the_police_sent(ledgers):
    found = rows(ledgers["TVP"], **KNEW)
    yes = ("ME-1", "I-2", "I-3", "CTX-CB/C1", "CTX-CB/X1")
    assert {ref for ref, row in found.items() if row["known_then"]} == set(yes)
    assert {found[ref]["known_at"]["HMC"] for ref in yes} == {"2026-09-16T11:00:00+01:00"}
    assert found["ME-1"]["known_at"]["TVP"] == "2026-09-16T03:00:00+01:00"
    assert found["I-3"]["fact"] == "item I-3: police intelligence, about X1"
    assert found["I-2"]["text"] == "Missing from 21:40 to 02:15; found in the car park."
    assert found["CTX-CB/C2"]["known_at"] == {"HMC": None, "TVP": "2026-10-01T09:00:00+01:00"}


@pytest.mark.parametrize(
    ("agency", "item", "known", "received", "shared", "hours"),
    [
        ("AHT", "I-7", "2026-09-18T14:00:00+01:00", "2026-09-25T09:00:00+01:00", "X-3", 147.0),
        ("NCC", "I-4", "2026-09-21T09:00:00+01:00", "2026-09-30T09:00:00+01:00", "X-4", 198.5),
    ],
)
def test_what_it_did_not_know_yet(ledgers, agency, item, known, received, shared, hours):
    row = rows(ledgers[agency], **KNEW)[item]
    assert (row["known_then"], row["known_at"]) == (False, {agency: known, "HMC": received})
    assert (row["shared_by"], row["shared_after_hours"]) == (shared, hours)
    assert (row["cells"]["HMC"]["how"], row["cells"]["HMC"]["at_latest"]) == ("confirmed", True)
    assert rows(ledgers[agency], as_known_by="HMC", at=received)[item]["known_then"]


def test_the_councils_own_ledger_counts_from_the_receipt(ledgers):
    found = rows(ledgers["HMC"], **KNEW)
    assert {ref: row["known_then"] for ref, row in found.items() if row["sort"] == "disclosure"} == {
        "X-2": True,
        **dict.fromkeys(("X-3", "X-4", "X-5", "X-7", "X-8"), False),
    }
    assert found["X-3"]["known_at"]["HMC"] == "2026-09-25T09:00:00+01:00"
    sender = found["X-3"]["cells"]["AHT"]
    assert (sender["known_at"], sender["how"], sender["at_latest"]) == ("2026-09-24T17:00:00+01:00", "made", True)
    assert found["CTX-CB/C1"]["known_at"]["HMC"] == "2026-09-16T11:00:00+01:00"
    assert found["X-2"]["text"] == "What the disclosure says."


def test_what_was_sent_and_never_confirmed_nobody_knows_to_have_arrived(ledgers):
    cell = rows(ledgers["HMC"])["I-10"]["cells"]["KYP"]
    assert (cell["known_at"], cell["how"], cell["sent_at"]) == (None, "sent", "2026-10-06T10:00:00+01:00")
    assert rows(ledgers["HMC"])["I-10"]["shared_with"] == ["TVP", "NCC", "BHA", "KYP"]  # not whom it was misdirected to
    assert show(ledgers["HMC"], "knowledge")["totals"] == {
        "facts": 13,
        "shared": 3,
        "sent_only": 6,
        "requests": 2,
        "answered": 2,
    }


def test_a_receipt_names_nobody_whom_its_sender_did_not(ledgers):
    """It is kept in the file of C4, of whom X-6 says nothing."""
    row = rows(ledgers["NCC"])["X-6"]
    assert (row["case"], row["persons"], row["fact"]) == ("NC-0033", [], "what HMC disclosed in X-6")


def test_from_asked_to_answered(ledgers):
    asked = rows(ledgers["NCC"])["Q-1"]
    assert (asked["refused_at"], asked["answered_by"]) == ("2026-09-22T16:05:00+01:00", "X-4")
    assert (asked["answered_after_hours"], asked["answer_presumed"]) == (173.5, False)
    presumed = rows(ledgers["HMC"])["Q-1"]
    assert (presumed["answered_by"], presumed["answered_after_hours"]) == ("R-4", 191.0)
    assert (presumed["answer_presumed"], presumed["known_at"]["NCC"]) == (True, None)
    assert rows(ledgers["AHT"])["Q-2"]["answered_after_hours"] == 2.3333


def test_of_one_case_and_of_what_is_told_of_its_children(ledgers):
    assert set(rows(ledgers["HMC"], case="NC-0033")) == {"Q-1", "X-4"}
    assert set(rows(ledgers["HMC"], case="HM-0158")) == {"Q-2", "X-5", "CTX-CB/C3"}
    with pytest.raises(UnknownId, match="no case XX-1"):
        rows(ledgers["HMC"], case="XX-1")


# Over several ledgers together


def test_the_matrix_of_all_ledgers_together(ledgers):
    facts = {fact.name.ref: fact for fact in matrix_of((name, book.readings()) for name, book in ledgers.items())}
    at = to_us(moment(THEN))
    assert {ref for ref, fact in facts.items() if fact.known_by("HMC", at)} == {
        "ME-1", "I-2", "I-3", "CTX-CB/C1", "CTX-CB/X1", "Q-1",
    }  # fmt: skip
    assert not any(fact.name.sort == "disclosure" for fact in facts.values())  # what each told is told by its sender
    school = facts["I-10"].cells["BHA"]
    assert (school.at_us, school.how) == (to_us(moment("2026-10-06T15:00:00+01:00")), "received")  # its own word
    assert rows(ledgers["HMC"])["I-10"]["known_at"]["BHA"] == "2026-11-04T09:00:00+00:00"  # as the council was told
    together = [row_of(facts[ref], AGENCIES)["shared_after_hours"] for ref in ("I-7", "I-4")]
    assert together == [147.0, 198.5]
    assert (facts["Q-1"].answered_by, facts["Q-1"].answer_presumed) == ("X-4", False)


def test_the_order_of_the_ledgers_changes_nothing(ledgers):
    there, back = (
        [(fact.name, fact.cells, fact.answered_by) for fact in matrix_of((n, ledgers[n].readings()) for n in order)]
        for order in (AGENCIES, AGENCIES[::-1])
    )
    assert there == back


# What an agency knew, in other views


def test_a_case_as_a_partner_knew_it(ledgers):
    view = show(ledgers["AHT"], "case", {"case": "HM-0147", "as_known_by": "HMC", "at": "2026-09-26T12:00:00+01:00"})
    assert [item["item_id"] for item in view["information"]] == ["I-7"]
    assert [line["event"] for line in view["chronology"]] == [
        "InformationRecorded",
        "DisclosureMade",
        "ReceiptConfirmed",
    ]
    assert (view["findings"], [line["findings"] for line in view["chronology"]]) == ([], [[], [], []])
    assert view["as_known_by"] == {"agency": "HMC", "at": "2026-09-26T12:00:00+01:00"}
    before = show(ledgers["AHT"], "case", {"case": "HM-0147", **KNEW})
    assert (before["case"], before["state"], before["chronology"]) == ("HM-0147", None, [])


def test_every_case_can_be_asked_for_as_every_agency_knew_it_on_every_day(ledgers):
    for ledger in ledgers.values():
        for case in (row["case"] for row in show(ledger, "case")["rows"]):
            for agency in AGENCIES:
                for day in ("2026-09-08", "2026-09-24", "2026-10-07", "2026-10-13", "2026-11-20"):
                    known = {"as_known_by": agency, "at": f"{day}T12:00:00+01:00"}
                    view = show(ledger, "case", {"case": case, **known})
                    lines = [line["position"] for line in view["chronology"]]
                    shown = show(ledger, "chronology", {"case": case, **known})["rows"]
                    assert set(lines) <= {row["position"] for row in shown}


def test_the_contexts_as_a_partner_knew_them(ledgers):
    (context,) = show(ledgers["TVP"], "contexts", {"as_known_by": "HMC", "at": "2026-10-02T09:00:00+01:00"})["rows"]
    assert [child["child"] for child in context["children"]] == ["C1"]  # not C2, found there the day before
    assert [adult["adult"] for adult in context["adults"]] == ["X1"]
    own = show(ledgers["TVP"], "contexts", {"as_known_by": "TVP", "at": "2026-10-02T09:00:00+01:00"})["rows"][0]
    assert [child["child"] for child in own["children"]] == ["C1", "C2"]


def test_what_cannot_be_asked(ledgers):
    book = ledgers["HMC"]
    for name in ("knowledge", "case", "contexts", "chronology"):
        with pytest.raises(UnknownId, match="names no agency ZZZ"):
            show(book, name, {"as_known_by": "ZZZ", "at": THEN})
    with pytest.raises(Malformed, match="cannot show what one agency knew"):
        show(book, "refusals", KNEW)
    with pytest.raises(Malformed, match="at what time"):
        show(book, "knowledge", {"as_known_by": "HMC"})
    with pytest.raises(Malformed, match="which agency"):
        show(book, "knowledge", {"at": THEN})
    with pytest.raises(Malformed, match="no offset"):
        show(book, "knowledge", {"as_known_by": "HMC", "at": "2026-09-23T12:00:00"})
    with pytest.raises(Malformed, match="begins at"):
        show(book, "knowledge", {"as_known_by": "HMC", "at": "2001-01-01T00:00:00Z"})


# Small histories


def test_what_was_recorded_of_a_receipt_counts_from_when_it_was_received(bha):
    bha("2026-09-07T08:00", "CaseOpened", case="B-1")
    bha("2026-09-07T08:00", "PersonLinked", case="B-1", person_id="C1", roles=["child"])
    receipt = {"receipt_id": "R-1", "disclosure_id": "X-1", "provider": {"agency": "TVP"}, "details": "x"}
    bha("2026-09-09T09:00", "DisclosureReceived", case="B-1", received_at="2026-09-08T09:00:00+01:00", **receipt)
    later = {"source": {"agency": "TVP", "receipt_id": "R-1"}, "known_at": "2026-09-10T09:00:00+01:00"}
    item = {"item_id": "I-1", "person": "C1", "kind": "location", "content": "x"}
    bha("2026-09-10T09:00", "InformationRecorded", case="B-1", **item, **later)
    assert rows(bha.ledger)["I-1"]["known_at"] == dict.fromkeys(("BHA", "TVP"), "2026-09-08T09:00:00+01:00")
    assert rows(bha.ledger)["I-1"]["cells"]["TVP"]["at_latest"]
    known = {"as_known_by": "BHA", "at": "2026-09-08T10:00:00+01:00"}
    assert [i["item_id"] for i in show(bha.ledger, "case", {"case": "B-1", **known})["information"]] == ["I-1"]


def test_the_rows_hold_nothing_sealed_and_following_is_rebuilding(ledgers, monkeypatch):
    monkeypatch.setattr(follow, "BATCH", 3)
    monkeypatch.setattr("projections.read_model.KEEP_ROWS", 2)
    for ledger in ledgers.values():
        discard(ledger.folder.views)
        catch_up(ledger, ["knowledge", "chronology"])
        followed = {name: follow.digest(ledger, name) for name in ("knowledge", "chronology")}
        assert {name: rebuild(ledger, name)[0].digest for name in followed} == followed
        for file in ledger.folder.path.glob("views.db*"):
            stored = file.read_bytes()
            assert b"What the disclosure says" not in stored
            assert b"found in the car park" not in stored


def test_the_present_is_what_the_past_gives_for_it(ledgers):
    for ledger in ledgers.values():
        for name in ("knowledge", "chronology"):
            then = show(ledger, name, as_at=ledger.now())
            assert then.pop("as_at")
            assert then == show(ledger, name)


def test_it_is_shown_for_people_and_as_json(ledgers):
    words = ["-C", str(ledgers["AHT"].folder.path), "view", "knowledge", "--as-known-by", "HMC", "--at", THEN]
    page = CliRunner().invoke(root, words)
    assert page.exit_code == 0, page.output
    line = next(line for line in page.output.splitlines() if "I-7" in line)
    assert line.split()[:2] == ["no", "item"]
    assert "147.0" in page.output
    answer = json.loads(CliRunner().invoke(root, [*words, "--json"]).output)
    assert answer["rows"][0]["shared_after_hours"] == 147.0
