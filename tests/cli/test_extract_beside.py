"""What goes with an extract that is given: a page for reading, the codes to give it under, why fields are withheld."""

import errno

import pytest

from cli.reasons import REASONS

OPEN = {"do": "CaseOpened", "case": "HM-1"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "name": "Zoë"}
WHY = ("--purpose", "practice_review", "--basis", "6(e)", "--reasons", "asked for", "--marking", "OFFICIAL")


@pytest.fixture
def case(ruleseven, book):
    assert ruleseven("-C", book, "record", stdin=[OPEN, PERSON]).code == 0
    return book


@pytest.fixture
def create(ruleseven, case, tmp_path):
    def run(*words, out=tmp_path / "x.r7x"):
        named = ("-C", case, "extract", "create", "--case", "HM-1", "--to", "the panel", *WHY, "--out", out)
        return ruleseven(*named, *words)

    return run


def records(ruleseven, case):
    return ruleseven("-C", case, "verify", "--json").json["records"]


# The page


def test_a_page_that_could_not_be_written_leaves_nothing_issued(ruleseven, case, create, tmp_path, plain_error):
    """Whatever is wrong with its place: the extract is a disclosure, so that is known before it is made."""
    before = records(ruleseven, case)
    (tmp_path / "there.html").write_text("mine")
    (tmp_path / "link.html").symlink_to("nowhere")
    for page, code, said in (
        (tmp_path / "there.html", 2, "is there already: name a new file with --html"),
        (tmp_path / "link.html", 2, "is there already: name a new file with --html"),
        (tmp_path / "none" / "x.html", 2, "cannot be written: there is no such folder"),
        (tmp_path / "there.html" / "x.html", 2, "cannot be written: there is no such folder"),
        ("/proc/self/x.html", 2, "cannot be written"),
        (tmp_path / "page.docx", 2, "--html names a file that ends in .html"),
        (tmp_path / f"{'x' * 300}.html", 4, "File name too long. No extract was made"),
    ):
        outcome = create("--html", page)
        plain_error(outcome, code)
        assert said in outcome.err
    plain_error(same := create("--html", tmp_path / "one.html", out=tmp_path / "one.html"), 2)
    assert "name one file" in same.err
    plain_error(sealed := create("--html", tmp_path / "x.html", "--parcel"), 2)
    assert "shows in clear what --parcel seals" in sealed.err
    assert records(ruleseven, case) == before
    assert sorted(file.name for file in tmp_path.glob("*.[hr][t7]*")) == ["link.html", "there.html"]
    assert (tmp_path / "there.html").read_text() == "mine"


def test_a_refused_extract_leaves_no_page(ruleseven, case, create, tmp_path):
    assert create("--html", tmp_path / "x.html", "--basis", "9(g)").code == 3
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_page_that_fails_once_the_extract_is_issued_says_what_stands(
    ruleseven, case, create, tmp_path, monkeypatch, as_json
):
    """A disk that is full by then, for one."""
    before = records(ruleseven, case)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cli.documents.files.rendered", full)
    outcome = create("--html", tmp_path / "x.html", *(["--json"] if as_json else []))
    monkeypatch.undo()
    assert outcome.code == 4
    assert outcome.err.startswith(f"The extract {tmp_path / 'x.r7x'} was made and recorded; only its page ")
    assert "could not be written: No space left on device. Do not create the extract again" in outcome.err
    assert "half-written" not in outcome.err
    if as_json:
        assert outcome.json["file"] == str(tmp_path / "x.r7x")
    else:
        assert outcome.out.startswith(f"Wrote {tmp_path / 'x.r7x'}: 2 records")
    assert (tmp_path / "x.r7x").exists()
    assert not (tmp_path / "x.html").exists()
    assert records(ruleseven, case) == before + 1


def test_a_page_is_its_owners_alone(create, tmp_path):
    assert create("--html", tmp_path / "x.html").code == 0
    assert (tmp_path / "x.html").stat().st_mode & 0o777 == 0o600
    assert "Zoë" in (tmp_path / "x.html").read_text()


# The codes


def test_the_codes_that_create_takes_are_listed(ruleseven, case, tmp_path, plain_error):
    """Each that is listed can be given; of what is not, the rules say so."""
    rows = {row["option"]: row["codes"] for row in ruleseven("-C", case, "extract", "codes", "--json").json["rows"]}
    assert rows.keys() == {"--purpose", "--basis", "--marking", "--how", "--restrictions", "--withhold"}
    assert {"practice_review", "subject_access", "court_order"} <= set(rows["--purpose"])
    assert {"6(e)", "9(g)"} <= set(rows["--basis"])
    assert rows["--marking"] == ["OFFICIAL", "OFFICIAL-SENSITIVE"]
    assert {"secure_email", "court_filing"} <= set(rows["--how"])
    assert "NO_ONWARD" in rows["--restrictions"]
    told = ruleseven("-C", case, "extract", "codes").out
    assert "--marking\n  OFFICIAL\n  OFFICIAL-SENSITIVE\n" in told
    assert "  third_party: it is about somebody else, or could show who they are.\n" in told
    for number, method in enumerate(rows["--how"]):
        words = ("--case", "HM-1", "--to", "the panel", *WHY, "--how", method, "--out", tmp_path / f"{number}.r7x")
        assert ruleseven("-C", case, "extract", "create", *words).code == 0, method
    unknown = ruleseven("-C", case, "extract", "create", *words[:-4], "--how", "pigeon", "--out", tmp_path / "y.r7x")
    plain_error(unknown, 3)
    assert "pigeon" in unknown.err


def test_the_help_of_create_says_where_they_are_listed(ruleseven):
    said = " ".join(ruleseven("extract", "create", "--help").out.split())
    assert "`extract codes` lists the codes that --purpose, --basis, --marking, --how, --restrictions and" in said


# The reasons


def test_every_reason_that_a_field_can_be_withheld_for_is_explained(ruleseven, case):
    rows = {row["option"]: row["codes"] for row in ruleseven("-C", case, "extract", "codes", "--json").json["rows"]}
    assert set(rows["--withhold"]) == REASONS.keys()


def test_the_reasons_stand_in_the_verdict_and_on_the_page(ruleseven, case, create, tmp_path):
    shown = create("--withhold", "3:name=serious_harm", "--html", tmp_path / "x.html")
    assert shown.code == 0, shown.err
    assert ruleseven("-C", case, "key", "card", "--out", tmp_path / "card").code == 0
    told = ruleseven("extract", "verify", tmp_path / "x.r7x", "--trust", tmp_path / "card").out
    meaning = "showing it would be likely to do serious harm to somebody"
    assert f"\n    serious harm: {meaning}'s health.\n" in told
    assert meaning in (tmp_path / "x.html").read_text()
    assert "third party:" not in told
