"""Other names for persons, so that what is passed on tells of Child A and Parent 1: what stands for whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import ascii_uppercase
from typing import Any

LABELS = {  # by the first of these roles that somebody has
    "child": "Child",
    "parent": "Parent",
    "carer": "Carer",
    "guardian": "Guardian",
    "sibling": "Sibling",
    "person_posing_risk": "Person posing risk",
    "scheme_subject": "Scheme subject",
    "person_at_risk": "Person at risk",
    "applicant": "Applicant",
}


def letters(number: int) -> str:
    """1 as A, 26 as Z, 27 as AA."""
    text = ""
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        text = ascii_uppercase[rest] + text
    return text


def renamer(key: Mapping[str, str]) -> Callable[[Any], Any]:
    """What replaces each id and name of a key in any value, as whole words, the longest first."""
    if not key:
        return lambda value: value
    words = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(key, key=len, reverse=True)))})(?![\w-])", re.IGNORECASE
    )
    folded = {name.casefold(): label for name, label in key.items()}

    def rename(value: Any) -> Any:
        if isinstance(value, str):
            return words.sub(lambda found: folded[found.group().casefold()], value)
        if isinstance(value, list | tuple):
            return [rename(below) for below in value]
        return {name: rename(below) for name, below in value.items()} if isinstance(value, dict) else value

    return rename
