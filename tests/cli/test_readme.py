"""What the README shows is what the program does."""

import re
import shlex
from pathlib import Path

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_demo_prints_what_is_quoted_of_it(ruleseven, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [quoted] = [block for block in BLOCKS if "ruleseven-demo" in block]
    printed = {re.sub("[0-9a-f]{64}", "…", line) for line in ruleseven("demo").out.splitlines()}
    said = [re.sub("[0-9a-f]{64}", "…", line) for line in quoted.splitlines()]
    assert [line for line in said if line not in printed] == []


def test_the_decision_is_a_whole_one(ruleseven, book):
    [line] = [block for block in BLOCKS if block.startswith('{"do"')]
    opened = b'{"do": "CaseOpened", "case": "C1"}\n'
    assert opened.decode().strip() in README
    outcome = ruleseven("-C", book, "record", stdin=opened + line.encode())
    assert outcome.code == 0, outcome.out


def test_what_is_shown_of_a_night_is_what_happens(ruleseven, office):
    [quoted] = [block for block in BLOCKS if "$ ruleseven share" in block]
    for run in quoted.split("$ ruleseven ")[1:]:
        line, _, printed = run.partition("\n")
        outcome = ruleseven("-C", office, *shlex.split(line), "--recorded-at", "2026-09-08T02:10:00+01:00")
        assert outcome.out.strip() == printed.strip()


def test_every_verb_that_is_quoted_is_there(ruleseven):
    for verb in set(re.findall(r"`ruleseven (?:-C \S+ )?([a-z]+)", README)):
        assert ruleseven(verb, "--help").code == 0, verb


def test_every_page_it_links_to_is_there():
    root = Path(__file__).parent.parent.parent
    assert [path for path in re.findall(r"\]\(([^:)#]+)\)", README) if not (root / path).exists()] == []
