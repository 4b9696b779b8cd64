"""What is wrong with a line that is not JSON, in words that say what to put right."""

from __future__ import annotations

import json

FAULTS = {  # how the library's own words begin
    "Expecting value": "a value is missing there, or is none that JSON has",
    "Expecting property name": "a name in double quotes is missing there",
    "Expecting ':'": "a colon is missing there",
    "Expecting ','": "a comma is missing there, or a bracket",
    "Extra data": "something follows there that does not belong to it",
    "Unterminated string": "a text begins there that has no closing quote",
    "Invalid control character": "a line break, a tab or the like stands in a text there",
    "Invalid \\": "a backslash stands in a text there before a letter that gives it no meaning",
}


def json_fault(error: json.JSONDecodeError) -> str:
    """Why it is not JSON, and where; characters count from 1."""
    why = next((words for begins, words in FAULTS.items() if error.msg.startswith(begins)), "it cannot be read there")
    return f"not JSON at character {error.pos + 1}: {why}"
