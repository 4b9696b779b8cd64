"""Single fields of a reading: decoding the two that a busy projection needs costs less than decoding thirty."""

from __future__ import annotations

from functools import cache
from typing import Any

from ledger import BY_NAME, Reading


@cache
def _indexes(name: str, fields: tuple[str, ...]) -> tuple[int | None, ...]:
    at = {field.name: field.index for field in BY_NAME[name].fields}
    return tuple(at.get(field) for field in fields)


def pick(reading: Reading, name: str, *fields: str) -> list[Any]:
    """The values of these open fields of a `name` event; None for one that is sealed, or that this kind has not."""
    return reading.values(_indexes(name, fields))
