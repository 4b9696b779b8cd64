"""The records of a statement: openings as they were committed to, without the records that commit to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.entries import Bad
from ledger.entry_fields import MAX_FIELDS_SIZE, opened_values
from ledger.errors import Malformed
from ledger.extract_body import Body
from ledger.procedure.declare import BY_WIRE
from ledger.proof.commitments import open_leaf
from ledger.proof.fields import COMMAND, KIND, MAX_FIELDS, STREAM

HIDDEN = frozenset(range(STREAM, COMMAND + 1))  # what would tell of other records: versions, times, scopes, commands


@dataclass(frozen=True)
class Stated:
    """A record of a statement: the openings that it shows, and their values, by index."""

    openings: Mapping[int, bytes]
    fields: Mapping[int, Any]

    @property
    def opened(self) -> int:
        """How many fields are open."""
        return len(self.fields)


def check_statement(body: Body) -> list[Stated]:
    """All of them; raises Bad with the number of the first that is wrong."""
    closed, found = body.closed, []
    for number, item in enumerate(body.records, 1):
        try:
            found.append(_stated(item))
        except Malformed as error:
            raise Bad(number, 8, str(error)) from None
        if {*closed.pop(number, [])} & {*found[-1].fields, *HIDDEN}:
            raise Bad(number, 8, "a field is listed as withheld that is shown, or that no statement shows")
    if closed:
        raise Bad(min(closed), 8, "a field is listed as withheld of a record that is not here")
    return found


def _stated(item: Any) -> Stated:
    if type(item) is not list or any(
        type(pair) is not list or [type(part) for part in pair] != [int, bytes] for pair in item
    ):
        raise Malformed("a record of a statement is a list of indexes with their openings")
    indexes = [index for index, _ in item]
    if indexes[:1] != [KIND] or indexes != sorted({*indexes} - HIDDEN):
        raise Malformed("the fields of a record in a statement ascend from 0, and 1 to 4 are never among them")
    values = opened_values([open_leaf(opening) for _, opening in item], MAX_FIELDS_SIZE)
    if type(values[0]) is not str:
        raise Malformed("field 0 is not text")
    declared = BY_WIRE.get(values[0])
    if indexes[-1] >= (declared.size if declared else MAX_FIELDS):
        raise Malformed(f"a {values[0]} has no field {indexes[-1]}")
    return Stated(dict(item), dict(zip(indexes, values, strict=True)))
