"""Documents: every form says everything, escapes it, carries its marking; and the verb that writes them."""

import base64
import datetime as dt
import hashlib
import io
import re
import stat
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from fpdf import FPDF

from cli.documents.chronology import COLUMNS, chronology_document, key_document, key_of, with_names
from cli.documents.files import FORMS, rendered
from cli.documents.model import WIDEST, Column, Document, Picture, Section, columns
from cli.documents.twin import Entry, Opened, twin
from cli.documents.views import Source, view_document

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOSTILE = (
    '=HYPERLINK("http://x/","y")',
    "<script>alert(1)</script>",
    "</style></td></table>",
    '" onload="x',
    "&lt;b&gt; &amp;",
    "+1",
    "-1",
    "@x",
    "\\0022}*{display:none}",
    "{nb} ** __ ~~",
    "Zażółć Ελλ При 中文 مرحبا 👪 e\u0301",
)
SOURCE = Source("Harrowmere City Council (HMC)", True, "OFFICIAL-SENSITIVE", AT)


def document(rows=(), **given):
    said: dict[str, Any] = {
        "title": "A title",
        "marking": "OFFICIAL-SENSITIVE",
        "practice": True,
        "front": (("Ledger of", "HMC"),),
        "sections": (Section("Part", "An intro.", columns("Who", "What"), tuple(rows)),),
        "made_at": AT,
    }
    return Document(**(said | given))


def made(form, what):
    return rendered(what, Path(f"x{form}"))


# Reading each form again


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text, self.style = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] == "style" and not self.style:
            self.style = data
        else:
            self.text.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def page(content):
    read = Page()
    read.feed(content.decode())
    read.close()
    return read


def cells_of_docx(content):
    return [
        [cell.text for cell in row.cells] for table in docx.Document(io.BytesIO(content)).tables for row in table.rows
    ]


def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def text_of_pdf(what, monkeypatch):
    """What is drawn, in order: a subset font hides it in the file itself."""
    drawn: list[str] = []
    for name in ("cell", "multi_cell"):
        real = getattr(FPDF, name)

        def spy(self, *args, _real=real, **kwargs):
            drawn.extend(text for text in (*args, kwargs.get("text")) if isinstance(text, str) and len(text) > 1)
            return _real(self, *args, **kwargs)

        monkeypatch.setattr(FPDF, name, spy)
    return made(".pdf", what), drawn


# Every form


@pytest.mark.parametrize("form", FORMS)
def test_the_same_document_gives_the_same_file(form):
    first, second = (made(form, document([("C1", "x")])) for _ in range(2))
    if form == ".docx":  # its zip says when it was written
        first, second = ({n: z.read(n) for n in z.namelist()} for z in map(opened, (first, second)))
    assert first == second


def opened(content):
    return zipfile.ZipFile(io.BytesIO(content))


@pytest.mark.parametrize("form", FORMS)
def test_a_document_without_anything_can_be_made(form):
    assert made(form, Document("", "", practice=False))
    assert made(form, document([], sections=(Section("Empty", columns=columns("A", "B")),)))


def test_html_escapes_whatever_it_is_given_and_loses_none_of_it():
    rows = [(text, text) for text in HOSTILE]
    front = tuple((text, text) for text in HOSTILE)
    content = made(".html", document(rows, title=HOSTILE[1], marking=HOSTILE[2], front=front, box=HOSTILE))
    read = page(content)
    assert read.named("script") == []
    assert len(read.named("style")) == 1
    assert [attrs for _, attrs in read.tags if any(name.startswith("on") or name == "style" for name in attrs)] == []
    said = "".join(read.text)
    assert [text for text in HOSTILE if said.count(text) < 4] == []
    assert len(read.named("tr")) == len(HOSTILE) + 1


def test_html_allows_a_browser_its_one_style_sheet_and_nothing_else():
    read = page(made(".html", document([("C1", "x")], marking='A"}*{color:red}/*')))
    (policy,) = [m["content"] for m in read.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(read.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert 'A"' not in read.style
    links = {attrs[name] for _, attrs in read.tags for name in ("href", "src", "action") if name in attrs}
    assert links == {"#content"}
    assert "url(" not in read.style
    assert "@import" not in read.style


def test_html_says_what_it_is_to_who_cannot_see_it():
    picture = Picture("A picture", "What it shows", "<svg></svg>")
    sections = [
        Section(f"Part {n}", columns=columns("A", "B"), rows=(("x", 1),), pictures=(picture,)) for n in range(3)
    ]
    read = page(made(".html", document(sections=tuple(sections))))
    assert read.named("html") == [{"lang": "en-GB"}]
    assert [len(read.named(tag)) for tag in ("header", "main", "footer", "h1", "nav", "caption")] == [1, 1, 1, 1, 1, 3]
    assert {attrs["scope"] for attrs in read.named("th")} == {"col", "row"}
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    pointed = {attrs["aria-labelledby"] for _, attrs in read.tags if "aria-labelledby" in attrs}
    assert pointed <= set(ids)
    assert "What it shows" in "".join(read.text)


def test_word_says_every_cell_and_has_marking_and_practice_on_each_page():
    rows = [(text, f"cell {n}") for n, text in enumerate(HOSTILE)]
    content = made(".docx", document(rows, box=("Mind this", "It matters.")))
    cells = cells_of_docx(content)
    assert cells[:2] == [["Ledger of", "HMC"], ["Mind this\nIt matters."]]
    assert cells[2:] == [["Who", "What"], *map(list, rows)]
    read = docx.Document(io.BytesIO(content))
    (part,) = read.sections
    for said in (part.header.paragraphs[0].text, part.footer.paragraphs[0].text):
        assert "OFFICIAL-SENSITIVE · PRACTICE LEDGER: evidence of nothing" in said
    xml = opened(content).read("word/document.xml").decode()
    assert xml.count("w:tblHeader") == 1
    assert "w:hyperlink" not in xml
    footers = [name for name in opened(content).namelist() if "footer" in name and name.endswith(".xml")]
    codes = re.findall(r'w:instr="(\w+)"', "".join(opened(content).read(name).decode() for name in footers))
    assert codes == ["PAGE", "NUMPAGES"]


def test_a_sheet_holds_texts_and_numbers_and_never_a_formula():
    rows = [(text, number) for number, text in enumerate(HOSTILE)]
    content = made(".xlsx", document(rows))
    sheet = book(content)["Part"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found == [["An intro.", None], ["Who", "What"], *map(list, rows)]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    assert [cell.quotePrefix for cell in sheet["A"][2:]] == [text[0] in "=+-@" for text in HOSTILE]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A3", "$2:$2")
    assert sheet.oddHeader.center.text == "&BOFFICIAL-SENSITIVE · PRACTICE LEDGER: evidence of nothing"
    assert sheet.oddFooter.right.text == "Page &P of &N"
    parts = opened(content).namelist()
    assert [name for name in parts if "external" in name or name.endswith("sheet2.xml.rels")] == []
    assert b"<f>" not in b"".join(opened(content).read(name) for name in parts)


def test_sheets_have_names_that_excel_takes_and_long_texts_say_where_they_end():
    titles = (
        "A [very] long/title: of * a ? sheet \\ here",
        "a  very  long title  of   a   sheet",
        "History",
        "'",
        "x",
        "X",
    )
    parts = tuple(Section(title, columns=columns("A"), rows=(("😀" * 20_000,),)) for title in titles)
    names = book(content := made(".xlsx", document(sections=parts))).sheetnames
    assert len({name.casefold() for name in names}) == len(titles) + 1
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "history" not in {name.casefold() for name in names}
    text = book(content)["x"]["A2"].value
    assert text.startswith("😀" * 16_000)
    assert text.endswith("The HTML and Word forms have the whole text.")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_nothing_of_a_workbook_lies_in_a_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none such"))
    assert made(".xlsx", document([("C1", "x")]))


def test_pdf_draws_every_cell_and_writes_what_its_typeface_lacks_as_numbers(monkeypatch):
    rows = [(text, f"cell {n}") for n, text in enumerate(HOSTILE)]
    content, drawn = text_of_pdf(document(rows), monkeypatch)
    assert content.startswith(b"%PDF-")
    assert [text for text in HOSTILE[:-1] if text not in drawn] == []
    assert any("Zażółć Ελλ При [U+4E2D][U+6587] [U+0645]" in text for text in drawn)
    assert any(text.startswith("Characters that this typeface lacks") for text in drawn)
    assert sum("OFFICIAL-SENSITIVE · PRACTICE" in text for text in drawn) == 2  # top and foot of its one page
    assert b"/Lang (en-GB)" in content
    assert len(content) < 60_000
    _, drawn = text_of_pdf(document([("C1", "x")]), monkeypatch)
    assert not any(text.startswith("Characters that") for text in drawn)


def test_a_row_that_no_page_could_hold_goes_on_in_the_next(monkeypatch):
    long = " ".join(f"word{number}" for number in range(3_000))
    content, drawn = text_of_pdf(document([("C1", long)]), monkeypatch)
    words = [word for text in drawn for word in text.split() if word.startswith("word")]
    assert {f"word{number}" for number in range(3_000)} <= set(words)
    assert content.count(b"/Type /Page\n") > 4


def test_columns_that_no_page_holds_stand_as_words_in_the_last_but_a_sheet_has_all():
    wide = Section("Wide", columns=columns(*(f"C{n}" for n in range(14))), rows=((*range(13), None),))
    (_, *rows) = cells_of_docx(made(".docx", document(sections=(wide,))))
    assert rows[0] == [*(f"C{n}" for n in range(WIDEST - 1)), "Besides"]
    assert rows[1][-1] == "c8: 8; c9: 9; c10: 10; c11: 11; c12: 12"
    assert made(".pdf", document(sections=(wide,)))
    sheet = book(made(".xlsx", document(sections=(wide,))))["Wide"]
    assert [cell.value for cell in sheet[2]] == [*range(13), None]


def test_a_form_whose_library_is_missing_says_what_to_install(monkeypatch):
    import cli.documents
    from ledger.errors import Undecided

    for form, library in ((".docx", "docx"), (".xlsx", "xlsxwriter"), (".pdf", "fpdf")):
        monkeypatch.delitem(sys.modules, f"cli.documents.as_{form[1:]}", raising=False)
        monkeypatch.delattr(cli.documents, f"as_{form[1:]}", raising=False)
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(Undecided, match=r"install ruleseven\[office\]"):
            made(form, document())
    assert made(".html", document())


# A view, a chronology, a twin


def test_a_view_is_shown_whole():
    answer = {
        "rows": [{"case": "HM-1", "roles": ["person_with_pr", "child"], "hours": 1.5, "empty": None}],
        "parts": [{"a": {"b": [{"c": "d_e"}]}}],
        "totals": {"cases": 1},
        "names": ["x", "y"],
        "state": "open_now",
        "built_to": {"position": 7, "hash": "ab"},
        "as_at": "2026-11-20T12:00:00+00:00",
        "note": "It was rebuilt.",
        "practice": True,
    }
    made_of = view_document("A view", answer, SOURCE)
    assert made_of.front == (
        ("Ledger of", "Harrowmere City Council (HMC)"),
        ("As the ledger said at", "2026-11-20 12:00"),
        ("Built to", "record 7, ab"),
        ("Made at", "2026-11-20 12:00"),
    )
    assert [(part.title, part.rows) for part in made_of.sections] == [
        ("What was found", (("HM-1", "person with pr, child", 1.5),)),
        ("Parts", (("b c d e",),)),
        ("Totals", (("cases", 1),)),
        ("Names", ()),
        ("Besides", (("state", "open now"),)),
    ]
    assert made_of.sections[3].intro == "x, y"
    assert made_of.notes[0] == "It was rebuilt."


ROW = {
    "date": "2026-09-16",
    "time": "03:00",
    "occurred_at": "2026-09-16T03:00:00+01:00",
    "recorded_at": "2026-09-18T10:00:00+01:00",
    "late_hours": 55.0,
    "agency": "HMC",
    "who": "practitioner",
    "about": "case HM-1",
    "event": "Information disclosed",
    "kind": "DisclosureMade",
    "detail": "person: C1; what: seen by Ann Other at AC1-C1",
    "ages": {"C1": 14, "C10": 3},
    "significance": ["Note: about c1"],
    "findings": ["B TM-01: Shared late."],
    "restrictions": ["not to service user for P1"],
    "position": 7,
    "hash": "ab",
}
PERSONS: list[dict[str, Any]] = [
    {"person": "C10", "roles": ["child"], "name": None},
    {"person": "C1", "roles": ["child"], "name": "Ann Other"},
    {"person": "P1", "roles": ["person_with_pr", "parent"], "name": "Jo"},
    {"person": "X1", "roles": ["adult_in_contact"], "name": "[erased on 2026-10-14 because …]"},
]
GAP = {"from": "2026-09-16T03:00:00+01:00", "to": "2026-11-01T03:00:00+00:00", "days": 46.0}
ANSWER = {"rows": [ROW, {**ROW, "kind": "PersonLinked", "detail": "person id: C1; name: Ann Other; dob: 2012-03-02"}]}


def test_a_chronology_has_the_layout_of_reviewers_and_room_for_their_analysis():
    made_of = chronology_document({**ANSWER, "gaps": [GAP]}, "case HM-1", SOURCE)
    part, gaps = made_of.sections
    assert [column.title for column in part.columns] == [
        *("Date", "Time", "Source agency", "Who (role)", "Event", "Child's age", "Significance", "Comment / analysis"),
    ]
    assert part.rows[0][:4] == ("2026-09-16", "03:00", "HMC", "practitioner")
    assert str(part.rows[0][4]).split("\n") == [
        "Information disclosed",
        "person: C1; what: seen by Ann Other at AC1-C1",
        "Restriction: not to service user for P1",
        "Recorded 2026-09-18 10:00 BST",
    ]
    assert part.rows[0][5:] == ("C1: 14\nC10: 3", "Note: about c1\nB TM-01: Shared late.", "")
    assert gaps.rows == (("2026-09-16 03:00 BST", "2026-11-01 03:00", 46.0),)
    assert made_of.wide


def test_an_anonymised_chronology_names_nobody_and_its_key_is_a_document_apart():
    key = key_of(PERSONS)
    assert key == {"C1": "Child A", "C10": "Child B", "P1": "Parent 1", "X1": "Person 1"}
    names = with_names(key, PERSONS)
    made_of = chronology_document(ANSWER, "case HM-1", SOURCE, key=names)
    first, linked = made_of.sections[0].rows
    assert str(first[4]).startswith(
        "Information disclosed\nperson: Child A; what: seen by Child A at AC1-C1\nRestriction: not to"
    )
    assert first[5:7] == ("Child A: 14\nChild B: 3", "Note: about Child A\nB TM-01: Shared late.")
    assert str(linked[4]).split("\n")[:2] == ["Information disclosed", "Child A"]
    said = str(made_of).replace("AC1-C1", "")  # another's id, which only looks like this one
    assert [name for name in ("Ann Other", "C1", "C10", "P1", "2012-03-02") if re.search(rf"\b{name}\b", said)] == []
    assert made_of.notes[0].startswith("Persons stand under other names")
    (part,) = key_document(key, PERSONS, "case HM-1", SOURCE).sections
    assert part.rows[:2] == (("Child A", "C1", "Ann Other"), ("Child B", "C10", ""))


def test_a_hundred_children_each_have_a_letter_of_their_own():
    key = key_of([{"person": f"C{number:03}", "roles": ["child"]} for number in range(100)])
    assert [key[f"C{number:03}"] for number in (0, 25, 26, 51, 52, 99)] == [
        f"Child {letter}" for letter in ("A", "Z", "AA", "AZ", "BA", "CV")
    ]
    assert len(set(key.values())) == 100


def test_the_twin_of_an_extract_gives_no_verdict_but_says_how_to_get_one():
    entries = [
        Entry(9, "Decision made", "2026-09-16T03:00:00+01:00", "practitioner", {"outcome": "share", "items": ["I-1"]}),
        Entry(3, "Case opened", "2026-09-07T08:30:00+01:00", "", {"empty": None}, [("linked_cases", "third_party")]),
    ]
    given = {"to": "the panel", "purpose": "practice_review", "basis": "6(e)", "reasons": "x", "marking": "OFFICIAL"}
    made_of = twin(Opened("HMC", "case HM-1", "complete", True, "ab" * 32, "x.r7x", given, entries, "record 9"))
    first, says, withheld, meanings = made_of.sections
    assert first.title == "Chronology"
    assert [(row[0], row[2], row[4]) for row in first.rows] == [
        (3, "Case opened", "[1 field withheld]"),
        (9, "Decision made", "outcome: share; items: I-1"),
    ]
    assert says.rows == ((9, "Decision made", "outcome", "share"), (9, "Decision made", "items", "I-1"))
    assert withheld.rows == ((3, "Case opened", "linked cases", "third party"),)
    assert meanings.rows == (("third party", "it is about somebody else, or could show who they are."),)
    front = dict(made_of.front)
    assert (front["Given to"], front["Purpose"], front["SHA-256 of the file"]) == (
        "the panel",
        "practice review",
        "ab" * 32,
    )
    said = "\n".join(made_of.box)
    assert "ruleseven extract verify x.r7x --trust" in said
    assert "second verifier" in said
    assert "verifier page" in said
    assert not re.search(r"\bverified\b|\bgenuine\b|\bvalid\b", str(made_of), re.IGNORECASE)
    assert made_of.practice
    assert b"PRACTICE LEDGER" in made(".html", made_of)


# The verb


@pytest.fixture
def case(ruleseven, book):
    when = {"case": "HM-1", "recorded_at": "2024-02-05T09:00:00+00:00"}
    lines = [
        {"do": "CaseOpened", **when},
        {"do": "PersonLinked", **when, "person_id": "C1", "roles": ["child"], "name": "Ann Other", "dob": "2012-03-02"},
        {
            "do": "PersonLinked",
            **when,
            "person_id": "P1",
            "roles": ["parent"],
            "pr": {"child": "C1", "basis": "mother"},
        },
        {"do": "InformationRecorded", **when, "item_id": "I-1", "person": "C1", "content": "=1+1 <b>Ann Other</b>"},
    ]
    made_of = ruleseven("-C", book, "record", stdin=lines)
    assert made_of.code == 0, made_of.out
    return book


@pytest.mark.parametrize("form", [*FORMS, ".svg", ".csv", ".HTML"])
def test_a_view_is_written_to_a_new_file_that_its_owner_alone_can_read(ruleseven, case, tmp_path, plain_error, form):
    out = tmp_path / f"out{form}"
    words = ("-C", case, "view", "chronology", "--arg", "case=HM-1", "--out", out)
    assert ruleseven(*words).out.startswith(f"Wrote {out}.")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    before = out.read_bytes()
    assert before
    plain_error(ruleseven(*words), 2)
    assert out.read_bytes() == before


def test_the_marking_is_what_is_said_else_official_sensitive(ruleseven, case, tmp_path):
    words = ("-C", case, "view", "case", "--json", "--out")
    found = ruleseven(*words, tmp_path / "a.html")
    assert found.json == {"file": str(tmp_path / "a.html"), "bytes": (tmp_path / "a.html").stat().st_size}
    assert "OFFICIAL-SENSITIVE" in (tmp_path / "a.html").read_text()
    assert ruleseven(*words, tmp_path / "b.html", "--marking", "OFFICIAL").code == 0
    assert "OFFICIAL-SENSITIVE" not in (tmp_path / "b.html").read_text()


def test_a_chronology_and_its_key_are_written_together(ruleseven, case, tmp_path):
    out, key = tmp_path / "out.html", tmp_path / "key.docx"
    words = ("-C", case, "view", "chronology", "--arg", "case=HM-1", "--out", out, "--key", key)
    assert ruleseven(*words).code == 0
    assert "Ann Other" not in out.read_text()
    assert "=1+1 &lt;b&gt;Child A&lt;/b&gt;" in out.read_text()
    assert ["Child A", "C1", "Ann Other"] in cells_of_docx(key.read_bytes())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--out", "x.doc"), 2, "the ending says the form"),
        (("--marking", "OFFICIAL"), 2, "go with --out"),
        (("--key", "k.docx"), 2, "go with --out"),
        (("--out", "x.html", "--key", "x.html"), 2, "a file of its own"),
        (("--out", "x.svg", "--key", "k.docx"), 2, "goes with a document"),
        (("--out", "none/x.html"), 2, "No such file"),
        (("--out", "x.html", "--key", "none/k.docx"), 2, "No such file"),
    ],
)
def test_what_cannot_be_written_is_said_and_leaves_nothing(
    ruleseven, case, tmp_path, monkeypatch, plain_error, more, code, said
):
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    outcome = ruleseven("-C", case, "view", "chronology", "--arg", "case=HM-1", *more)
    plain_error(outcome, code)
    assert said in outcome.err
    assert list(here.iterdir()) == []


def test_views_without_a_picture_or_a_key_say_so(ruleseven, case, tmp_path, plain_error):
    for more, said in (
        (("--out", "x.svg"), "has no picture"),
        (("--out", "x.html", "--key", "k.html"), "under other names"),
    ):
        outcome = ruleseven("-C", case, "view", "case", *(tmp_path / w if "." in w else w for w in more))
        plain_error(outcome, 2)
        assert said in outcome.err


@pytest.mark.parametrize("form", FORMS)
def test_every_view_can_be_written_in_every_form(ruleseven, case, tmp_path, form):
    from projections import projections

    for name in projections():
        outcome = ruleseven("-C", case, "view", name, "--out", tmp_path / f"{name}{form}")
        assert outcome.code == 0, outcome.err


def test_the_columns_of_the_chronology_fit_on_a_page():
    assert len(COLUMNS) <= WIDEST
    assert all(isinstance(column, Column) for column in COLUMNS)
