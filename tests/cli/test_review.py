"""The review across agencies on the command line: creating it, what may be added, and what is written of it."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest
from exchange import played

from cli.review import KINDS
from ledger import Ledger
from ledger.procedure.edition import shipped

AT = "2026-09-20T09:00:00+01:00"
WHO = ("--actor", "REV-1", "--role", "reviewer")
GIVEN = (
    *("--to", "R-1", "--purpose", "practice_review", "--basis", "6(c),9(g)", "--reasons", "asked for"),
    *("--marking", "OFFICIAL-SENSITIVE", "--actor", "TVP-7", "--role", "practitioner"),
)


@pytest.fixture
def agencies(tmp_path, ruleseven):
    """The council's and the police's ledgers, a card of each beside its folder."""
    base = played(tmp_path)
    for agency in ("HMC", "TVP"):
        assert ruleseven("-C", base / agency, "key", "card", "--out", base / f"{agency}.card").code == 0
    return base


@pytest.fixture
def review(tmp_path, ruleseven):
    folder = tmp_path / "R"
    made = ruleseven(
        *("review", "create", folder, "--id", "R-1", "--name", "The partnership", "--kind", "LCSPR", *WHO),
        *("--recovery", tmp_path / "R.recovery", "--practice", "--at", AT, "--json"),
    )
    assert made.code == 0, made.err
    assert made.json.keys() == {"review", "ledger", "vkey", "position"}
    return folder


@pytest.fixture
def added(ruleseven, review, agencies):
    for agency in ("HMC", "TVP"):
        words = ("review", "add", agencies / agency, "--trust", agencies / f"{agency}.card")
        assert ruleseven("-C", review, *words).code == 0
    return review


@pytest.fixture
def extract(ruleseven, tmp_path):
    """An extract of the case from a ledger's folder."""

    def made(folder, name):
        out = tmp_path / name
        outcome = ruleseven("-C", folder, "extract", "create", "--case", "HM-0147", *GIVEN, "--out", out)
        assert outcome.code == 0, outcome.err
        return out

    return made


def test_the_kinds_are_the_procedures():
    said = [
        one.edition.vocabulary["review_kinds"] for one in shipped().values() if "review_kinds" in one.edition.vocabulary
    ]
    assert [set(KINDS)] == [set(kinds) for kinds in said]


def test_what_was_added_stands_in_the_reviews_own_ledger(ruleseven, review, agencies, stored):
    heads = {agency: ruleseven("-C", agencies / agency, "verify", "--json").json for agency in ("HMC", "TVP")}
    words = ("review", "add", agencies / "TVP", "--trust", agencies / "TVP.card", "--json")
    made = ruleseven("-C", review, *words)
    assert made.code == 0, made.err
    assert (made.json["agency"], made.json["form"], made.json["verdict"]) == ("TVP", "folder", "verified")
    assert (made.json["position"], made.json["hash"]) == (heads["TVP"]["records"], heads["TVP"]["head"])
    (said,) = stored(review, "ReviewSourceAdded")
    assert (said["agency"], said["head"], said["verdict"]) == ("TVP", heads["TVP"]["head"], "verified")
    assert said["place"] == str(agencies / "TVP")
    assert ruleseven("-C", review, "verify", "--json").json["verdict"] == "verified"
    for agency, head in heads.items():
        assert ruleseven("-C", agencies / agency, "verify", "--json").json["head"] == head["head"]
    again = ruleseven("-C", review, *words)
    assert (again.code, "part of the review already" in again.err) == (2, True)


def test_nobody_is_trusted_unless_one_says_so(ruleseven, review, agencies, plain_error):
    outcome = ruleseven("-C", review, "review", "add", agencies / "TVP")
    plain_error(outcome, 2)
    assert "nobody is trusted" in outcome.err
    outcome = ruleseven("-C", review, "review", "add", agencies / "TVP", "--trust", agencies / "HMC.card")
    plain_error(outcome, 5)
    assert "is not the one trusted" in outcome.err


def test_what_is_no_ledger_and_no_extract_is_named_as_what_it_seems_to_be(ruleseven, review, agencies, plain_error):
    card = agencies / "HMC.card"
    outcome = ruleseven("-C", review, "review", "add", card, "--trust", card)
    plain_error(outcome, 2)
    assert "HMC.card is no extract: it seems to be an agency's card" in outcome.err


def test_what_is_added_unverified_is_marked_everywhere(ruleseven, review, agencies, tmp_path):
    assert ruleseven("-C", review, "review", "add", agencies / "TVP", "--unverified").code == 0
    mark = "NOT VERIFIED: the folder of TVP: nobody has said that this agency is trusted"
    assert ruleseven("-C", review, "review", "show", "--json").json["unverified"] == [mark]
    assert mark in ruleseven("-C", review, "review", "show", "--part", "people").out
    rows = ruleseven("-C", review, "review", "show", "--part", "chronology", "--nl")
    assert (all(row["unverified"] for row in rows.lines), rows.lines != []) == (True, True)
    out = tmp_path / "r.html"
    assert ruleseven("-C", review, "review", "show", "--out", out).code == 0
    assert mark in out.read_text()
    assert "OFFICIAL-SENSITIVE · NOT VERIFIED" in out.read_text()
    picture = tmp_path / "r.svg"
    assert ruleseven("-C", review, "review", "show", "--part", "chronology", "--out", picture).code == 0
    assert "NOT VERIFIED" in picture.read_text()


def test_an_altered_ledger_is_refused_and_when_forced_what_can_be_read_is_shown(
    ruleseven, review, agencies, plain_error
):
    folder = agencies / "TVP"
    with closing(sqlite3.connect(folder / "ledger.db")) as book, book:
        (name,) = book.execute("select name from sqlite_master where type='table' and name like '%ecord%'").fetchone()
        for (trigger,) in book.execute("select name from sqlite_master where type='trigger'").fetchall():
            book.execute(f'drop trigger "{trigger}"')
        column = next(row[1] for row in book.execute(f'pragma table_info("{name}")') if row[1] == "leaves")
        key = next(row[1] for row in book.execute(f'pragma table_info("{name}")') if row[1] in ("position", "id"))
        (leaves,) = book.execute(f'select {column} from "{name}" where {key} = 12').fetchone()
        changed = leaves[:-3] + bytes([leaves[-3] ^ 1]) + leaves[-2:]
        book.execute(f'update "{name}" set {column} = ? where {key} = 12', (changed,))
    words = ("-C", review, "review", "add", folder, "--trust", agencies / "TVP.card")
    outcome = ruleseven(*words)
    plain_error(outcome, 1)
    assert "record 12, step 7" in outcome.err
    assert ruleseven(*words, "--unverified").code == 0
    found = ruleseven("-C", review, "review", "show", "--part", "chronology", "--json")
    assert found.code == 0
    assert "NOT VERIFIED: the folder of TVP: record 12, step 7" in found.json["unverified"][0]


def test_two_extracts_that_disagree_on_one_record(ruleseven, review, agencies, extract, plain_error):
    shutil.copytree(agencies / "TVP", agencies / "fork")
    for folder, case in (("TVP", "ONE"), ("fork", "TWO")):
        line = {"do": "CaseOpened", "case": case, "recorded_at": AT, "actor": {"staff_ref": "T", "role": "reviewer"}}
        assert ruleseven("-C", agencies / folder, "record", stdin=[line]).code == 0
    one, other = extract(agencies / "TVP", "one.r7x"), extract(agencies / "fork", "other.r7x")
    trust = ("--trust", agencies / "TVP.card")
    assert ruleseven("-C", review, "review", "add", one, *trust).code == 0
    outcome = ruleseven("-C", review, "review", "add", other, *trust)
    plain_error(outcome, 1)
    assert "disagrees with record 3 of the review on record" in outcome.err
    assert len(list((review / "sources").iterdir())) == 1
    assert ruleseven("-C", review, "review", "add", other, *trust, "--unverified").code == 0
    found = ruleseven("-C", review, "review", "show", "--part", "cross-checks", "--json").json
    assert [row["check"] for row in found["rows"]][-1] == "sources_disagree"
    assert "disagrees with record 3" in found["unverified"][0]


def test_an_extract_is_kept_and_known_again(ruleseven, review, agencies, extract, plain_error):
    file = extract(agencies / "TVP", "tvp.r7x")
    made = ruleseven("-C", review, "review", "add", file, "--trust", agencies / "TVP.card", "--json")
    assert (made.code, made.json["form"]) == (0, "extract")
    kept = review / "sources" / f"{made.json['sha256']}.r7x"
    assert kept.read_bytes() == file.read_bytes()
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode)) == (0o600, 0o700)
    file.unlink()
    assert ruleseven("-C", review, "review", "show", "--json").code == 0
    content = kept.read_bytes()
    kept.write_bytes(content[:-300] + bytes([content[-300] ^ 1]) + content[-299:])
    outcome = ruleseven("-C", review, "review", "show")
    plain_error(outcome, 1)
    assert "is not the extract that was added" in outcome.err


def test_a_damaged_extract_is_refused_and_unverified_shows_nothing(ruleseven, review, agencies, extract, plain_error):
    file = extract(agencies / "TVP", "tvp.r7x")
    content = file.read_bytes()
    file.write_bytes(content[:-300] + bytes([content[-300] ^ 1]) + content[-299:])
    words = ("-C", review, "review", "add", file, "--trust", agencies / "TVP.card")
    plain_error(ruleseven(*words), 1)
    assert not (review / "sources").exists() or not list((review / "sources").iterdir())
    assert ruleseven(*words, "--unverified").code == 0
    found = ruleseven("-C", review, "review", "show", "--part", "chronology", "--json").json
    assert (found["rows"], found["sources"][0]["records"]) == ([], 0)
    assert found["unverified"]


def test_what_does_not_belong_into_a_review(ruleseven, review, agencies, book, extract, tmp_path, plain_error):
    trust = ("--trust", agencies / "TVP.card")
    outcome = ruleseven("-C", review, "review", "add", review, *trust)
    plain_error(outcome, 2)
    plain_error(ruleseven("-C", review, "review", "add", tmp_path / "nothing", *trust), 2)
    (tmp_path / "text").write_text("Hello.")
    plain_error(ruleseven("-C", review, "review", "add", tmp_path / "text", *trust), 2)
    outcome = ruleseven("-C", agencies / "HMC", *WHO, "review", "add", agencies / "TVP", *trust)
    plain_error(outcome, 2)
    assert "is no review's ledger" in outcome.err
    statement = ("extract", "create", "--person", "C1", "--to", "C1", "--purpose", "subject_access", "--basis", "6(c)")
    out = ("--reasons", "asked for", "--marking", "OFFICIAL", "--out", tmp_path / "s.r7x")
    made = ruleseven("-C", agencies / "TVP", "--actor", "T", "--role", "practitioner", *statement, *out)
    assert made.code == 0, made.err
    outcome = ruleseven("-C", review, "review", "add", tmp_path / "s.r7x", *trust)
    plain_error(outcome, 2)
    assert "a statement, which shows no records" in outcome.err
    # The same id as another agency's, in another ledger
    assert ruleseven("-C", review, "review", "add", agencies / "HMC", "--trust", agencies / "HMC.card").code == 0
    outcome = ruleseven("-C", review, "review", "add", book, "--unverified")
    plain_error(outcome, 2)
    assert "could not be told apart" in outcome.err


def test_a_real_review_reads_no_practice_ledger(ruleseven, agencies, tmp_path, plain_error):
    (tmp_path / "pass").write_text("correct horse battery staple\n")
    words = ("review", "create", tmp_path / "real", "--id", "R-2", "--name", "N", "--kind", "internal", *WHO)
    made = ruleseven(*words, "--recovery", tmp_path / "real.recovery", "--passphrase-file", tmp_path / "pass")
    assert made.code == 0, made.err
    outcome = ruleseven("-C", tmp_path / "real", "review", "add", agencies / "TVP", "--trust", agencies / "TVP.card")
    plain_error(outcome, 2)
    assert "practice" in outcome.err


def test_who_acts_is_to_be_said_before_anything_is_made(ruleseven, tmp_path, plain_error):
    words = ("review", "create", tmp_path / "R", "--id", "R-1", "--name", "N", "--kind", "internal")
    plain_error(ruleseven(*words, "--recovery", tmp_path / "r", "--practice"), 2)
    assert not (tmp_path / "R").exists()


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--as-at", "2026-09-17T00:00:00"), 2, "no offset"),
        (("--as-at", "2020-01-01T00:00:00Z"), 2, "begin at"),
        (("--as-at", "2099-01-01T00:00:00Z"), 2, "later than anything"),
        (("--as-known-by", "HMC"), 2, "go together"),
        (("--as-known-by", "XYZ", "--at", "2026-09-16T10:00:00+01:00", "--part", "knowledge"), 2, "agency XYZ"),
        (("--part", "poems"), 2, "there are: chronology"),
        (("--csv",), 2, "--part"),
    ],
)
def test_what_cannot_be_meant(ruleseven, added, plain_error, words, code, why):
    outcome = ruleseven("-C", added, "review", "show", *words)
    plain_error(outcome, code)
    assert why in outcome.err


def test_documents_and_the_key_of_its_own(ruleseven, added, tmp_path, plain_error):
    for form in ("html", "docx", "xlsx", "pdf"):
        assert ruleseven("-C", added, "review", "show", "--out", tmp_path / f"r.{form}").code == 0
        assert stat.S_IMODE((tmp_path / f"r.{form}").stat().st_mode) == 0o600
    out, key = tmp_path / "anonymous.html", tmp_path / "key.html"
    assert ruleseven("-C", added, "review", "show", "--out", out, "--key", key).code == 0
    text = out.read_text()
    assert "Child A" in text
    assert ">C1" not in text
    assert "TVP: C1" in key.read_text()
    csv = tmp_path / "checks.csv"
    assert ruleseven("-C", added, "review", "show", "--part", "cross-checks", "--out", csv).code == 0
    assert csv.read_text().splitlines()[1].startswith('sent_not_received,"TVP disclosed X-2 to HMC;')
    for part in ("chronology", "knowledge"):
        picture = tmp_path / f"{part}.svg"
        assert ruleseven("-C", added, "review", "show", "--part", part, "--out", picture).code == 0
        assert picture.read_text().startswith("<?xml")
    plain_error(ruleseven("-C", added, "review", "show", "--part", "gaps", "--out", tmp_path / "gaps.svg"), 2)
    plain_error(ruleseven("-C", added, "review", "show", "--out", tmp_path / "all.csv"), 2)


@pytest.mark.parametrize(
    "part", ["chronology", "knowledge", "intervals", "cross-checks", "gaps", "people", "opportunities"]
)
def test_each_part_for_people_and_for_programs(ruleseven, added, part):
    shown = ruleseven("-C", added, "review", "show", "--part", part)
    assert (shown.code, shown.err) == (0, "")
    assert "PRACTICE LEDGERS" in shown.out
    found = ruleseven("-C", added, "review", "show", "--part", part, "--json").json
    assert (found["part"], found["practice"]) == (part, True)
    assert found["rows"] or part in ("gaps", "opportunities")


def test_nothing_of_the_reviews_files_holds_what_is_sealed(ruleseven, added):
    ruleseven("-C", added, "review", "show", "--json")
    with Ledger.open(added) as ledger:
        place = next(r for r in ledger.readings() if r.name == "ReviewSourceAdded").full()["words"]
    text = json.dumps(place)
    assert "HMC" in text
    folder = str(added.parent / "ledgers").encode()
    assert not any(folder in file.read_bytes() for file in added.rglob("*") if file.is_file())


def test_the_chronology_of_a_period(tmp_path, ruleseven, agencies, plain_error):
    """What happened from the first to the last day, both included, and how much lies outside."""

    def create(name, *period):
        return ruleseven(
            *("review", "create", tmp_path / name, "--id", name, "--name", "The partnership", "--kind", "LCSPR", *WHO),
            *("--recovery", tmp_path / f"{name}.recovery", "--practice", "--at", AT, *period),
        )

    def chronology(name):
        run = ruleseven("-C", tmp_path / name, "review", "show", "--part", "chronology", "--json")
        return run.json

    card = agencies / "HMC.card"
    assert create("ALL").code == 0
    assert ruleseven("-C", tmp_path / "ALL", "review", "add", agencies / "HMC", "--trust", card, *WHO).code == 0
    every = chronology("ALL")["rows"]
    (day,) = {row["date"] for row in every}
    for name, period, shown in (("DAY", ("--from", day, "--to", day), every), ("NEXT", ("--from", "2026-09-08"), [])):
        assert create(name, *period).code == 0
        assert ruleseven("-C", tmp_path / name, "review", "add", agencies / "HMC", "--trust", card, *WHO).code == 0
        found = chronology(name)
        assert [row["position"] for row in found["rows"]] == [row["position"] for row in shown]
        assert found["totals"]["outside_period"] == len(every) - len(shown)
    assert found["period"] == {"from": "2026-09-08", "to": None}
    page = ruleseven("-C", tmp_path / "NEXT", "review", "show", "--part", "chronology").out
    assert "runs from 2026-09-08 to the last." in page
    assert f"{len(every)} entries outside the period, not shown." in page
    plain_error(create("BAD", "--from", "2026-02-02", "--to", "2026-02-01"), 2)
