"""A review over the ledgers of the shipped scenario: the figures of requirements §10.A, over all agencies together."""

import datetime as dt
import shutil

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import Actor, Ledger, OpenSource, Source, add_source, make_card, open_sources, read_card, sources_of
from ledger.errors import IntegrityError, Malformed, UnknownId, UsageError
from ledger.ledger import no_passphrase
from projections.review import PARTS, Wanted, review_answer
from projections.review.people import People

AGENCIES = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
REVIEWER = Actor(staff_ref="REV-1", role="reviewer")
THEN = "2026-09-23T12:00:00+01:00"
OPENED = dt.datetime.fromisoformat("2026-11-20T16:00:00+00:00")
NAME = "LCSPR-26-02"


def moment(text):
    return dt.datetime.fromisoformat(text)


def unlocked(_path):
    return no_passphrase


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(path_of("canal-basin")), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    words = [
        "--case",
        "HM-0147",
        "--case",
        "HM-0158",
        "--to",
        NAME,
        "--purpose",
        "practice_review",
        "--basis",
        "6(c),9(g)",
    ]
    words += ["--reasons", "Asked for.", "--marking", "OFFICIAL-SENSITIVE", "--out", str(into / "aht.r7x")]
    shutil.copytree(into / "AHT", into / "AHT-asked")
    who = ["-C", str(into / "AHT-asked"), "--actor", "AHT-7", "--role", "practitioner"]
    run = CliRunner().invoke(root, [*who, "extract", "create", *words])
    assert run.exit_code == 0, run.output
    return into


def trust(folder):
    with Ledger.open(folder) as ledger:
        return read_card(make_card(ledger)).trust()


def opened_review(folder, played, paths):
    """A review to which these are added, each under the card of its agency."""
    review = Ledger.create(
        folder,
        agency_id=NAME,
        agency_name="Safeguarding partners",
        kind="other",
        flags={},
        recovery=folder.with_suffix(".recovery"),
        practice=True,
        at=OPENED,
    )
    review.record({"do": "ReviewOpened", "review": NAME, "kind": "LCSPR", "known_on": "2026-11-13"}, actor=REVIEWER)
    for path in paths:
        agency = path.stem.upper()
        add_source(review, path, trust(played / agency), unlocked, actor=REVIEWER)
    return review


@pytest.fixture(scope="module")
def review(played, tmp_path_factory):
    made = opened_review(tmp_path_factory.mktemp("review") / "R", played, [played / agency for agency in AGENCIES])
    yield made
    made.close()


@pytest.fixture(scope="module")
def mixed(played, tmp_path_factory):
    """The council's ledger and an extract of the trust's."""
    paths = [played / "HMC", played / "aht.r7x"]
    made = opened_review(tmp_path_factory.mktemp("mixed") / "R", played, paths)
    yield made
    made.close()


def show(review, part=None, **wanted):
    with open_sources(review, unlocked) as opened:
        return review_answer(review, opened, part, Wanted(**wanted))


def by_ref(found):
    return {row["ref"]: row for row in found["rows"]}


# P7


def test_what_the_council_knew_at_noon(review):
    found = show(review, "knowledge", agency="HMC", at=moment(THEN))
    rows = by_ref(found)
    assert {ref for ref, row in rows.items() if row["known_then"]} == {
        "ME-1", "I-2", "I-3", "CTX-CB/C1", "CTX-CB/X1", "Q-1",
    }  # fmt: skip
    for ref in ("ME-1", "I-3"):  # the missing episode, and the intelligence about X1
        assert rows[ref]["known_at"]["HMC"] == "2026-09-16T11:00:00+01:00"
    knew = {ref: {a: rows[ref]["known_at"][a] for a in ("AHT", "HMC", "NCC")} for ref in ("I-7", "I-4")}
    assert knew == {
        "I-7": {"AHT": "2026-09-18T14:00:00+01:00", "HMC": "2026-09-25T09:00:00+01:00", "NCC": None},
        "I-4": {"AHT": None, "HMC": "2026-09-30T09:00:00+01:00", "NCC": "2026-09-21T09:00:00+01:00"},
    }
    assert found["as_known_by"] == {"agency": "HMC", "at": THEN}
    assert found["totals"]["known_then"] == 6
    assert rows["I-7"]["cells"]["HMC"]["how"] == "received"
    assert rows["I-2"]["text"] == "Missing from 21:40 to 02:15; found in the car park."


def test_the_intervals(review):
    rows = by_ref(show(review, "intervals"))
    assert {ref: rows[ref]["hours"] for ref in ("I-7", "I-4", "Q-1", "Q-2")} == {
        "I-7": 147.0,
        "I-4": 198.5,
        "Q-1": 173.5,
        "Q-2": 2.3333,
    }
    assert (rows["Q-1"]["interval"], rows["Q-1"]["refused_at"], rows["Q-1"]["presumed"]) == (
        "asked_to_answered",
        "2026-09-22T16:05:00+01:00",
        False,
    )


def test_a_replay_before_the_school_recorded_it_does_not_show_x9(review):
    cut = moment("2026-10-19T23:59:00+01:00")
    before, after = show(review, "chronology", as_at=cut), show(review, "chronology")
    assert [row["recorded_at"] for row in before["rows"] if row["recorded_at"] > cut.isoformat()] == []
    assert not any("X-9" in row["detail"] for row in before["rows"])
    (late,) = [r for r in after["rows"] if r["kind"] == "DisclosureMade" and "X-9" in r["detail"]]
    assert (late["agency"], late["occurred_at"], late["late_hours"]) == ("BHA", "2026-10-19T16:00:00+01:00", 17.0)
    assert "I-12" not in by_ref(show(review, "knowledge", as_at=cut))
    assert "I-12" in by_ref(show(review, "knowledge"))
    assert before["as_at"] == "2026-10-19T23:59:00+01:00"


# P6


def test_the_cross_checks(review):
    found = show(review, "cross-checks")
    assert [(row["check"], row["from"], row["disclosure"], row["to"]) for row in found["rows"]] == [
        ("sent_not_received", "BHA", "X-9", "KYP"),
        ("sent_not_received", "HMC", "X-6", "KYP"),
        ("restriction_dropped", "HMC", "X-6", "BHA"),
    ]
    assert [row["due"] for row in found["rows"][:2]] == ["2026-10-21T23:59:59+01:00", "2026-10-08T23:59:59+01:00"]
    assert found["rows"][2]["restriction"] == "NO_ONWARD_WITHOUT_ORIGINATOR"
    sent, received = found["rows"][2]["sent"], found["rows"][2]["received"]
    assert (sent["agency"], received["agency"], len(sent["hash"])) == ("HMC", "BHA", 64)
    before = show(review, "cross-checks", as_at=moment("2026-10-19T23:59:00+01:00"))
    assert {row["disclosure"] for row in before["rows"]} == {"X-6"}
    assert {row["to"] for row in before["rows"]} == {"KYP", "BHA"}  # the school had not recorded its receipt yet


# One chronology


def test_one_chronology_in_which_staff_stand_by_role(review):
    found = show(review, "chronology")
    assert found["totals"]["agencies"] == len(AGENCIES)
    times = [moment(row["occurred_at"]) for row in found["rows"]]
    assert times == sorted(times)
    assert {row["who"] for row in found["rows"]} == {"practitioner", "governance lead", "exporter"}
    assert not any(f"{agency}-7" in str(found) for agency in AGENCIES)
    assert any("person practitioner of HMC" in row["detail"] for row in found["rows"])
    (episode,) = [row for row in found["rows"] if row["kind"] == "MissingEpisodeRecorded"]
    assert (episode["agency"], episode["ages"]) == ("TVP", {"C1": 14})
    assert not {"LedgerOpened", "StaffEnrolled"} & {row["kind"] for row in found["rows"]}
    gaps = show(review, "gaps", gap=28)["rows"]
    assert [(row["agency"], row["days"]) for row in gaps] == [("BHA", 28.2), ("KYP", 28.0), ("SMF", 29.2)]


def test_every_part_at_once(review):
    found = show(review)
    assert list(found["parts"]) == list(PARTS)
    assert (found["review"], found["kind"], found["unverified"]) == (NAME, "LCSPR", [])
    assert [source["verdict"] for source in found["sources"]] == ["verified"] * len(AGENCIES)


# The key


def test_the_key_is_one_over_all_agencies(review):
    rows = {row["label"]: row["ids"] for row in show(review, "people")["rows"]}
    assert rows["Child A"] == {agency: ["C1"] for agency in ("AHT", "BHA", "HMC", "KYP", "TVP")}
    assert set(rows) == {
        "Child A", "Child B", "Child C", "Child D", "Mother of Child A", "Mother of Child B", "Mother of Child C",
        "Parent 1", "Person posing risk 1",
    }  # fmt: skip


def test_anonymised_no_id_or_name_is_left(review):
    text = str(show(review, None, anonymised=True))
    for name in ("C1", "C2", "C3", "C4", "P1", "P2", "X1"):
        assert f"'{name}'" not in text
        assert f" {name} " not in text
        assert f"/{name}'" not in text
    assert "CTX-CB/Child A" in text
    assert "mother of C1" not in text
    assert "2012-03-02" not in text


def test_the_key_stays_when_more_is_added(played, tmp_path):
    few = [played / "KYP", played / "SMF"]
    with opened_review(tmp_path / "R", played, few) as made:
        before = {row["label"]: set(row["ids"]) for row in show(made, "people")["rows"]}
        add_source(made, played / "AHT", trust(played / "AHT"), unlocked, actor=REVIEWER)
        after = {row["label"]: set(row["ids"]) for row in show(made, "people")["rows"]}
    assert before == {
        "Child A": {"KYP"}, "Mother of Child A": {"KYP"}, "Child B": {"SMF"}, "Mother of Child B": {"SMF"},
    }  # fmt: skip
    assert after["Child A"] == {"KYP", "AHT"}
    assert after["Child B"] == {"SMF"}
    assert set(before) < set(after)


def linked(tmp_path, agency, *persons):
    """A small ledger with these persons: id, date of birth, case."""
    ledger = Ledger.create(
        tmp_path / agency,
        agency_id=agency,
        agency_name=agency,
        kind="local_authority",
        flags={},
        recovery=tmp_path / f"{agency}.recovery",
        practice=True,
        at=OPENED,
    )
    for case in {case for _, _, case in persons}:
        ledger.record({"do": "CaseOpened", "case": case}, actor=REVIEWER)
    for person, born, case in persons:
        said = {"do": "PersonLinked", "case": case, "person_id": person, "roles": ["child"]}
        ledger.record(said | ({"dob": born} if born else {}), actor=REVIEWER)
    return ledger


def as_source(ledger):
    position, digest = ledger.head()
    said = Source("folder", ledger.agency_id, ledger.id, ledger.practice, position, digest, "verified")
    return OpenSource(said, [*ledger.readings()])


def labels(tmp_path, one, other, matches=()):
    with linked(tmp_path, "ONE", one) as here, linked(tmp_path, "TWO", other) as there:
        people = People([as_source(here), as_source(there)], matches)
    return [row["ids"] for row in people.rows()]


BORN = "2012-03-02"
TOGETHER = [{"ONE": ["C1"], "TWO": ["C1"]}]
APART = [{"ONE": ["C1"]}, {"TWO": ["C1"]}]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("C1", BORN, "A-1"), ("C1", BORN, "B-9"), TOGETHER),
        (("C1", BORN, "A-1"), ("C1", "2013-03-02", "A-1"), APART),
        (("C1", BORN, "A-1"), ("C1", None, "B-9"), APART),
        (("C1", BORN, "A-1"), ("C1", None, "A-1"), TOGETHER),
    ],
    ids=["one id, one date of birth", "two dates of birth", "not said, other files", "not said, one file"],
)
def test_one_id_is_one_person_where_the_date_of_birth_agrees(tmp_path, one, other, found):
    assert labels(tmp_path, one, other) == found


def test_the_reviewer_says_that_two_ids_are_one_person(tmp_path):
    pair = (("C1", BORN, "A-1"), ("K-77", None, "B-9"))
    assert labels(tmp_path, *pair, [[("ONE", "C1"), ("TWO", "K-77")]]) == [{"ONE": ["C1"], "TWO": ["K-77"]}]


# What the reviewer says


def test_what_the_reviewer_says_stands_beside_the_entries(played, tmp_path):
    with opened_review(tmp_path / "R", played, [played / "NCC", played / "HMC"]) as made:
        rows = show(made, "chronology")["rows"]
        decided = next(r for r in rows if r["agency"] == "NCC" and r["kind"] == "DecisionMade")
        heads = {a: Ledger.open(played / a) for a in ("NCC", "HMC")}
        before = {a: ledger.head() for a, ledger in heads.items()}
        made.record(
            {
                "do": "MissedOpportunityCoded",
                "review": NAME,
                "opportunity_id": "MO-1",
                "kind": "shared_late",
                "entries": [{"agency": "NCC", "hash": decided["hash"]}, {"agency": "KYP", "position": 5}],
                "note": "A week earlier.",
            },
            actor=REVIEWER,
        )
        entry = {"agency": "HMC", "position": 40}
        said = {"do": "ReviewEntryAnnotated", "review": NAME, "entries": [entry], "note": "Why?"}
        made.record(said, actor=REVIEWER)
        beside = {(r["agency"], r["position"]): r["review"] for r in show(made, "chronology")["rows"] if r["review"]}
        coded = show(made, "opportunities")
        assert {a: ledger.head() for a, ledger in heads.items()} == before
        for ledger in heads.values():
            ledger.close()
    assert beside == {
        ("NCC", decided["position"]): ["Missed opportunity, shared late: A week earlier."],
        ("HMC", 40): ["Reviewer's note: Why?"],
    }
    assert coded["totals"] == {"said": 2, "missed_opportunities": {"shared_late": 1}, "entries_not_found": 1}
    assert [entry["found"] for entry in coded["rows"][0]["entries"]] == [True, False]


def test_a_scope_of_cases_leaves_out_the_others(played, tmp_path):
    with opened_review(tmp_path / "R", played, [played / "HMC"]) as made:
        made.record({"do": "ReviewScopeSet", "review": NAME, "cases": ["HM-0158"]}, actor=REVIEWER)
        found = show(made, "chronology")
    abouts = {row["about"] for row in found["rows"] if row["about"].startswith("case ")}
    assert (abouts, found["cases"]) == ({"case HM-0158"}, ["HM-0158"])


# A folder and an extract


def test_the_councils_ledger_and_an_extract_of_the_trusts(mixed):
    found = show(mixed, "knowledge", agency="HMC", at=moment(THEN))
    row = by_ref(found)["I-7"]
    assert (row["known_at"]["AHT"], row["known_at"]["HMC"], row["known_then"]) == (
        "2026-09-18T14:00:00+01:00",
        "2026-09-25T09:00:00+01:00",
        False,
    )
    assert by_ref(show(mixed, "intervals"))["I-7"]["hours"] == 147.0
    assert [(source["form"], source["agency"]) for source in found["sources"]] == [
        ("folder", "HMC"),
        ("extract", "AHT"),
    ]
    checks = show(mixed, "cross-checks")["rows"]
    assert {(row["disclosure"], row["to"]) for row in checks} == {("X-6", "KYP")}  # the others confirmed to the council
    assert "is not part of this review" in checks[0]["words"]


def test_a_receipt_whose_disclosure_its_sender_does_not_hold(played, tmp_path):
    with opened_review(tmp_path / "R", played, [played / "KYP", played / "SMF"]) as made:
        assert show(made, "cross-checks")["rows"] == []  # nobody's sender is at hand
    shutil.copytree(played / "HMC", tmp_path / "HMC")
    with Ledger.open(tmp_path / "HMC") as council:
        council.record(
            {
                "do": "DisclosureReceived",
                "case": "HM-0147",
                "receipt_id": "R-77",
                "disclosure_id": "X-77",
                "details": "Something.",
                "provider": {"agency": "AHT"},
                "received_at": "2026-11-18T09:00:00+00:00",
                "sender_event_hash": "ab" * 32,
                "without_consent": False,
            },
            actor=REVIEWER,
        )
    with opened_review(tmp_path / "S", played, [tmp_path / "HMC", played / "AHT"]) as made:
        rows = [row for row in show(made, "cross-checks")["rows"] if row["check"] == "received_not_sent"]
    assert [(row["from"], row["to"], row["disclosure"]) for row in rows] == [("AHT", "HMC", "X-77")]
    assert "AHT holds no such record" in rows[0]["words"]


# Times and names that cannot be meant


@pytest.mark.parametrize(
    ("time", "why"),
    [
        ("2020-01-01T00:00:00+00:00", "begin at"),
        ("2030-01-01T00:00:00+00:00", "later than anything"),
        ("2026-10-01T00:00:00", "has no offset"),
    ],
)
def test_a_time_that_cannot_be_meant(review, time, why):
    with pytest.raises(Malformed, match=why):
        show(review, "knowledge", as_at=moment(time))
    with pytest.raises(Malformed, match=why):
        show(review, "knowledge", agency="HMC", at=moment(time))


def test_an_agency_and_a_part_that_there_are_not(review):
    with pytest.raises(UnknownId, match="names an agency XYZ; there are: AHT"):
        show(review, "knowledge", agency="XYZ", at=moment(THEN))
    with pytest.raises(UsageError, match="no part poems"):
        show(review, "poems")


def test_a_review_without_sources_says_so(played, tmp_path):
    with opened_review(tmp_path / "R", played, []) as made, pytest.raises(UsageError, match="no sources yet"):
        show(made)


def test_a_ledger_that_grew_is_read_as_far_as_it_was_added(played, tmp_path):
    shutil.copytree(played / "SMF", tmp_path / "SMF")
    with opened_review(tmp_path / "R", played, [tmp_path / "SMF"]) as made:
        before = show(made, "chronology")["rows"]
        with Ledger.open(tmp_path / "SMF") as book:
            book.record({"do": "CaseOpened", "case": "NEW-1"}, actor=REVIEWER)
        after = show(made, "chronology")
        assert (after["rows"], after["sources"][0]["grown"]) == (before, 1)
        add_source(made, tmp_path / "SMF", trust(tmp_path / "SMF"), unlocked, actor=REVIEWER)
        again = show(made, "chronology")["rows"]
    assert [row["about"] for row in again if row not in before] == ["case NEW-1"]


def test_a_ledger_that_was_moved_is_added_where_it_is_now(played, tmp_path):
    shutil.copytree(played / "SMF", tmp_path / "SMF")
    with opened_review(tmp_path / "R", played, [tmp_path / "SMF", played / "TVP"]) as made:
        before, order = show(made, "chronology")["rows"], [one.agency for one in sources_of(made)]
        (tmp_path / "SMF").rename(tmp_path / "elsewhere")
        with pytest.raises(UnknownId, match="or add it where it is now"):
            show(made, "chronology")
        add_source(made, tmp_path / "elsewhere", trust(tmp_path / "elsewhere"), unlocked, actor=REVIEWER)
        after = show(made, "chronology")
        assert (after["rows"], len(after["sources"])) == (before, 2)
        assert [one.agency for one in sources_of(made)] == order == ["SMF", "TVP"]  # labels are given in this order
        with pytest.raises(UsageError, match="part of the review already"):
            add_source(made, tmp_path / "elsewhere", trust(tmp_path / "elsewhere"), unlocked, actor=REVIEWER)


def test_a_ledger_that_is_another_than_was_added_is_refused(played, tmp_path):
    shutil.copytree(played / "SMF", tmp_path / "SMF")
    with opened_review(tmp_path / "R", played, [tmp_path / "SMF"]) as made:
        shutil.rmtree(tmp_path / "SMF")
        with pytest.raises(UnknownId, match=r"is not in .* any more"):
            show(made)
        shutil.copytree(played / "KYP", tmp_path / "SMF")
        with pytest.raises(IntegrityError, match="is not what was added to the review"):
            show(made)


# What was lost on the way


@pytest.fixture
def told_otherwise(played, tmp_path):
    """A review of the trust's and the police's ledgers and of the council's, with a receipt of X-3 that says this."""
    reviews = []

    def made(**said):
        shutil.copytree(played / "HMC", tmp_path / "HMC")
        with Ledger.open(played / "AHT") as trusts, Ledger.open(tmp_path / "HMC") as council:
            sent = next(r for r in trusts.readings() if r.data.get("disclosure_id") == "X-3")
            receipt = {
                "do": "DisclosureReceived",
                "case": "HM-0147",
                "receipt_id": "R-3x",
                "disclosure_id": "X-3",
                "details": "Something.",
                "provider": {"agency": "AHT"},
                "received_at": "2026-11-18T09:00:00+00:00",
                "sender_event_hash": sent.hash.hex(),
                "without_consent": True,
                "reasons_unknown": True,
            }
            council.record({**receipt, **said}, actor=REVIEWER)
        review = opened_review(tmp_path / "R", played, [tmp_path / "HMC", played / "AHT", played / "TVP"])
        reviews.append(review)
        rows = show(review, "cross-checks")["rows"]
        return [(row["check"], row["from"], row["to"], row["disclosure"]) for row in rows if row["from"] != "HMC"]

    yield made
    for review in reviews:
        review.close()


def test_a_receipt_that_says_what_its_sender_said_is_no_mismatch(told_otherwise):
    assert told_otherwise() == []


def test_that_there_was_no_consent_is_left_out(told_otherwise):
    assert told_otherwise(without_consent=False) == [("no_consent_dropped", "AHT", "HMC", "X-3")]


def test_a_receipt_that_quotes_one_agencys_record_as_anothers(told_otherwise):
    said = told_otherwise(provider={"agency": "TVP"}, disclosure_id="X-2")
    assert said == [("received_not_sent", "TVP", "HMC", "X-2")]


def test_a_receipt_that_quotes_another_record_of_its_sender(told_otherwise, played):
    with Ledger.open(played / "AHT") as trusts:
        other = next(r.hash.hex() for r in trusts.readings() if r.name == "CaseOpened")
    assert told_otherwise(sender_event_hash=other) == [("received_not_sent", "AHT", "HMC", "X-3")]
