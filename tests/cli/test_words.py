"""What people are shown: safe text, tables that fit, JSON that any reader takes."""

import io
import json

import pytest

from cli import words
from cli.pages import page
from cli.table import layout, span, text
from cli.times import parse


@pytest.mark.parametrize(
    "char", ["\x00", "\t", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\ud800", "\r"]
)
def test_what_would_move_a_cursor_or_turn_a_line_is_shown_as_an_escape(char):
    assert words.plain(f"a{char}b") == f"a\\u{ord(char):04x}b"


def test_names_in_any_script_stay_as_they_are():
    assert words.plain("Zoë O’Brien £5 – محمد 王芳\n") == "Zoë O’Brien £5 – محمد 王芳\n"


def test_json_is_one_ascii_line(capsys):
    value = {"reasons": "Zoë\u202e\x1b[2J\n"}
    words.answer(value)
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert "\x1b" not in out
    assert json.loads(out) == value


def test_a_table_is_no_wider_than_it_may_be():
    lines = layout(["id", "reasons"], [["X-1", "because " * 30], ["X-2", "short"]], width=60)
    assert max(map(len, lines)) <= 60
    assert lines[0].split() == ["id", "reasons"]
    assert " ".join(" ".join(lines).split()).count("because") == 30


def test_a_column_in_which_nobody_says_anything_is_left_out():
    assert layout(["a", "b"], [["1", None], ["2", ""]], width=60) == ["a", "1", "2"]


def test_numbers_stand_under_each_other():
    assert layout(["n"], [[5], [100]], width=60, right=[0]) == ["  n", "  5", "100"]


def test_width_is_what_a_terminal_shows():
    assert span("王芳") == 4
    assert span("e\u0301") == 1


def test_a_cell_is_one_safe_line():
    assert text("a\n\x1bb") == "a \\u001bb"
    assert (text(None), text(True), text([1, 2]), text({"a": None})) == ("", "yes", "1, 2", "a ")


def test_a_page_shows_every_part(capsys):
    page(
        {
            "case": "C1",
            "at": "2024-03-04T11:20:00+00:00",
            "open": [],
            "rows": [{"id": "X-1", "deep": {"a": [{"b": 1}]}}],
        }
    )
    out = capsys.readouterr().out
    assert "C1" in out
    assert "2024-03-04 11:20" in out
    assert "X-1" in out
    assert "b" in out
    assert "open" not in out


@pytest.mark.parametrize("given", ["2024-03-04T12:00:00", "2024-03-04", "yesterday", "", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_could_mean_another_is_refused(given):
    with pytest.raises(ValueError, match=r"2024-03-04T12:00:00\+00:00"):
        parse(given)


def test_colour_only_where_it_is_wanted(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert words.coloured(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not words.coloured(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not words.coloured(Terminal())
