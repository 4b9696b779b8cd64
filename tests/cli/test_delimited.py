"""A view's rows for other programs: CSV, TSV and a line of JSON each; a spreadsheet takes no cell for a formula."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.delimited import cell, separated


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (1.5, "1.5"),
        ("-3", "-3"),
        ("+3.25", "+3.25"),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+44 121 496 0000", "'+44 121 496 0000"),
        ("\t=1", "'\\u0009=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-3\n", "'-3\n"),
        (["a", {"b": None}], '["a", {"b": null}]'),
        ({}, "{}"),
        ("a\x1b[2Jb", "a\\u001b[2Jb"),
    ],
)
def test_one_cell(value, shown):
    assert cell(value) == shown


cells = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())


@given(st.lists(st.dictionaries(st.sampled_from("abc"), cells, min_size=1), max_size=5), st.sampled_from(",\t"))
def test_every_reader_gets_back_what_was_written(rows, delimiter):
    read = list(csv.reader(io.StringIO(separated(rows, delimiter), newline=""), delimiter=delimiter))
    head = list(dict.fromkeys(key for row in rows for key in row))
    assert read == ([head, *([cell(row.get(key)) for key in head] for row in rows)] if head else [])
    assert all(not one.startswith(("=", "@", "+", "-")) or _number(one) for line in read[1:] for one in line)


def _number(text):
    return text.lstrip("+-").replace(".", "", 1).isdigit()


OPEN = {"do": "CaseOpened", "recorded_at": "2024-02-05T09:00:00+00:00"}


@pytest.fixture
def book(book, ruleseven):
    """A ledger with agreements of which one is called like a formula."""
    at = {"recorded_at": "2024-02-05T09:00:00+00:00"}
    lines = [
        {"do": "AgreementRegistered", "agreement_id": name, "title": title, "parties": ["TVP", "BHA"], **at}
        for name, title in (("ISA-1", "=HYPERLINK(1)"), ("ISA-2", "Sharing, in general"))
    ]
    assert ruleseven("-C", book, "record", stdin=lines).code == 0
    return book


def test_the_rows_of_a_view(book, ruleseven):
    run = ruleseven("-C", book, "view", "agreements", "--csv")
    assert (run.code, run.err) == (0, "")
    head, *rows = csv.reader(io.StringIO(run.out))
    assert [dict(zip(head, row, strict=True))["title"] for row in rows] == ["'=HYPERLINK(1)", "Sharing, in general"]
    first = dict(zip(head, rows[0], strict=True))
    assert json.loads(first["said"]) == {"parties": ["TVP", "BHA"]}
    assert (first["review_on"], first["assessed"], first["practice"]) == ("", "false", "true")
    tabbed = ruleseven("-C", book, "view", "agreements", "--tsv").out
    assert list(csv.reader(io.StringIO(tabbed), delimiter="\t")) == [head, *rows]


def test_a_line_of_json_for_each_row(book, ruleseven):
    run = ruleseven("-C", book, "view", "agreements", "--nl")
    rows = ruleseven("-C", book, "view", "agreements", "--json").json["rows"]
    assert run.lines == [{**row, "practice": True} for row in rows]


def test_another_list_of_the_answer(book, ruleseven):
    run = ruleseven("-C", book, "view", "policy", "--nl", "--list", "parameters")
    assert (run.code, run.out) == (0, "")
    assert ruleseven("-C", book, "view", "policy", "--csv", "--list", "parameters").out == ""
    assert ruleseven("-C", book, "obligations", "--csv").out == ""
    for verb in ("withdrawals", "refusals"):
        assert ruleseven("-C", book, verb, "--tsv").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--csv", "--list", "bogus"), "no list called bogus; it has: rows, parameters"),
        (("--csv", "--nl"), "choose one"),
        (("--json", "--tsv"), "choose one"),
        (("--list", "rows"), "--list goes with --csv, --tsv or --nl"),
    ],
)
def test_what_does_not_go_together(book, ruleseven, plain_error, words, says):
    run = ruleseven("-C", book, "view", "policy", *words)
    plain_error(run, 2)
    assert says in run.err


@pytest.mark.parametrize("words", [(), ("--csv",), ("--json",)])
def test_that_a_view_had_to_be_built_anew_is_said_however_it_is_shown(book, ruleseven, words):
    ruleseven("-C", book, "view", "agreements")
    (book / "views.db").write_bytes(b"garbage")
    run = ruleseven("-C", book, "view", "agreements", *words)
    assert run.code == 0
    assert "built anew" in (run.json["note"] if words == ("--json",) else run.err)
    assert "built anew" not in ruleseven("-C", book, "view", "agreements").err
