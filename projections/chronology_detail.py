"""What a record says in one line of a chronology, opened: its fields, their names in words, and its restrictions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from projections.chronology_words import SHOWN, UNSHOWN
from projections.shown import WORDS, Tree

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?([+-]\d\d:\d\d)")
SUMMER = "+01:00"
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")


def detail_of(name: str, tree: Tree) -> str:
    """What a record says, in one line: names of fields, codes and times in words."""
    shown = SHOWN.get(name)
    said = tree if shown is None else {key: tree[key] for key in shown if key in tree}
    if WORDS in tree:  # free text that cannot be opened: why
        said = {**said, WORDS: tree[WORDS]}
    return "; ".join(_part(key, value) for key, value in said.items() if key not in UNSHOWN)


def restriction_in_words(said: Mapping[str, Any]) -> str:
    """``not to service user for P2, X1 until 2026-12-01: its text``, as far as it says so."""
    words = str(said.get("code") or "restricted").replace("_", " ").lower()
    for name, join in (("persons", " for "), ("purposes", " only for "), ("items", " on ")):
        words += f"{join}{', '.join(said[name])}" if said.get(name) else ""
    words += f" until {said['until']}" if said.get("until") else ""
    return f"{words}: {said['text']}" if said.get("text") else words


def restrictions(name: str, tree: Tree) -> list[str]:
    """Each restriction that a record places or carries, in words; why, where they are withheld."""
    said = [tree] if name == "RestrictionImposed" else tree.get("restrictions", [])
    return [str(said)] if isinstance(said, str) else [restriction_in_words(one) for one in said]


def _part(key: str, value: Any) -> str:
    return f"{key.replace('_', ' ')}: {_text(value)}"


def _text(value: Any) -> str:
    """A value in one line: yes and no for truth values, parts of a structure with their names, times in London's."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        said = {key: below for key, below in value.items() if below not in (None, [], {}) and key not in UNSHOWN}
        return ", ".join(f"{key.replace('_', ' ')} {_text(below)}" for key, below in said.items())
    if isinstance(value, list):
        return (
            " / ".join(map(_text, value)) if any(isinstance(v, dict) for v in value) else ", ".join(map(_text, value))
        )
    text = str(value)
    if match := _TIME.fullmatch(text):
        return f"{match[1]} {match[2]}{' BST' if match[5] == SUMMER else ''}"
    return text.replace("_", " ") if _CODE.fullmatch(text) else " ".join(text.split())
