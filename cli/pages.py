"""An answer of any shape for people: fields as lines, rows as tables, deeper parts indented.

Projections give plain objects; this shows all of what they say. JSON is the form to rely on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cli.table import table, text
from cli.words import say

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_HASH = re.compile(r"[0-9a-f]{64}")
OFFSETS = {"Z": "", "+00:00": "", "+01:00": " BST"}
WIDEST = 9  # more columns than this are shown as a list of fields


def page(answer: Mapping[str, Any], *, indent: int = 0) -> None:
    """Show an object: its own fields first, then each part that has parts of its own.

    A place in the ledger is short here; the JSON has the whole hash.
    """
    answer = {key: place(value) for key, value in answer.items()}
    flat = {key: short(value) for key, value in answer.items() if is_flat(value)}
    fields(flat, indent=indent)
    for key, value in answer.items():
        if key in flat or not value:
            continue
        say()
        say(" " * indent + spoken(key), bold=True)
        if isinstance(value, Mapping):
            page(value, indent=indent + 2)
        else:
            rows(value, indent=indent + 2)


def place(value: Any) -> Any:
    """A position with its hash in one short text; anything else as it is."""
    if isinstance(value, Mapping) and value.keys() == {"position", "hash"}:
        return f"record {value['position']}, {short(value['hash'])}"
    return value


def rows(values: Sequence[Any], *, indent: int = 0) -> None:
    """Show a list of objects as a table, or one after another where they are wide or deep."""
    objects = [value if isinstance(value, Mapping) else {"": value} for value in values]
    keys = dict.fromkeys(key for value in objects for key in value)
    columns = [key for key in keys if any(cell(value.get(key)) for value in objects)]
    deep = any(not is_flat(value.get(column)) for value in objects for column in columns)
    if not deep and len(columns) <= WIDEST:
        shown = [[short(cell(value.get(column))) for column in columns] for value in objects]
        numbers = [i for i, c in enumerate(columns) if all(type(v.get(c)) in (int, type(None)) for v in objects)]
        table([spoken(column) for column in columns], shown, indent=indent, right=numbers)
        return
    for i, value in enumerate(objects):
        if i:
            say()
        page(value, indent=indent)


def fields(flat: Mapping[str, Any], *, indent: int = 0) -> None:
    """Show fields that say something, one a line, their names in a column."""
    said = {spoken(key): cell(value) for key, value in flat.items()}
    said = {key: value for key, value in said.items() if value}
    width = max(map(len, said), default=0)
    for key, value in said.items():
        say(f"{' ' * indent}{key.ljust(width)}  {value}")


def is_flat(value: Any) -> bool:
    """Whether a value fits into one cell: it holds no objects, or only one small one."""
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, list | tuple):
        return not any(isinstance(v, Mapping | list | tuple) for v in value)
    return True


def cell(value: Any) -> str:
    """A value as a reader would write it: times without their seconds, the rest as it is."""
    if isinstance(value, str):
        return when(value) if _TIME.fullmatch(value) else text(value)
    return text([cell(v) for v in value] if isinstance(value, list | tuple) else value)


def short(value: Any) -> Any:
    """A hash by its first 16 digits; anything else as it is."""
    return f"{value[:16]}…" if isinstance(value, str) and _HASH.fullmatch(value) else value


def when(time: str) -> str:
    """A time to the minute, as clocks in London show it: 2024-03-04 11:20, in summer 2024-07-04 11:20 BST."""
    match = _TIME.fullmatch(time)
    if not match:
        return time
    return f"{match[1]} {match[2]}{OFFSETS.get(match[5] or 'Z', f' {match[5]}')}"


def spoken(key: str) -> str:
    """`decided_at` as `decided at`."""
    return key.replace("_", " ")
