"""The records of a verified extract as people read them: like those of a ledger, as far as they are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from ledger.entries import Checked
from ledger.errors import Malformed, Undecided
from ledger.extract_check import Examined, ExtractReport, examine, read_extract
from ledger.procedure.command import Actor
from ledger.procedure.declare import About, Payload, required
from ledger.proof.commitments import CLOSED, OPEN
from ledger.proof.fields import ABOUT, ACTOR, COMMAND, JUDGEMENT, RECORDED, STREAM, WHEN
from ledger.proof.report import Row
from ledger.reading import Opener, Reading, Unopened, Withheld, from_us, intact
from ledger.trust import Trust

PLACEHOLDER = "[withheld]"  # for an id without which an event could not be told at all

T = TypeVar("T")


def open_extract(path: Path, trust: Trust) -> tuple[ExtractReport, list[Reading]]:
    """Check an extract file, and read the records of one that verifies; of any other there are none.

    Raises `ForeignFile` as `verify_extract` does.
    """
    examined = examine(read_extract(path), trust)
    return examined.report, readings_of(examined)


def readings_of(examined: Examined) -> list[Reading]:
    """The records of an extract in its order; none of one that did not verify."""
    body, ledger = examined.body, examined.report.ledger
    if body is None:
        return []
    reasons: dict[int, dict[int, str]] = {}
    for position, index, reason in body.withheld:
        reasons.setdefault(position, {})[index] = reason
    found: list[Reading] = []
    for number, (item, record) in enumerate(zip(body.records, examined.records, strict=True), 1):
        if isinstance(record, Checked):
            row = Row(record.position, item[0], record.hash, b"", 0, "", 0, b"", b"")
            fields = {index: value for index, value in enumerate(record.fields) if value is not ...}
        else:
            row, fields = Row(number, b"", b"", b"", 0, "", 0, b"", b""), dict(record.fields)
        found.append(ExtractReading(row, ledger, fields, reasons.get(row.position, {})))
    return found


class ExtractReading(Reading):
    """One record of an extract. What is withheld of what every record says is None, or empty; a withheld field of the
    event is a `Withheld` that says why. A required id of an event that is withheld reads as "[withheld]" there.

    In a statement there are no records: its position is the record's number, and its hash is empty.
    """

    def __init__(self, row: Row, ledger: bytes, fields: Mapping[int, Any], reasons: Mapping[int, str]) -> None:
        super().__init__(row, ledger)
        self._fields = fields
        self._reasons = reasons

    @cached_property
    def leaves(self) -> list[bytes]:
        """As many as the kind has; empty is what is not shown, and of what is shown nothing but that it is."""
        count = self.declared.size if self.declared else 1 + max(self._fields)
        return [OPEN if index in self._fields else CLOSED for index in range(count)]

    def value(self, index: int) -> Any:
        """The value of a field by index; a `Withheld` where it is not shown."""
        return self._fields[index] if index in self._fields else self._withheld(index)

    def values(self, indexes: Sequence[int | None]) -> list[Any]:
        """The values of these fields; None for one that is not shown."""
        return [None if index is None else self._fields.get(index) for index in indexes]

    @property
    def stream(self) -> bytes:
        return self._part(STREAM, 0, b"")

    @property
    def version(self) -> int:
        return self._part(STREAM, 1, 0)

    @property
    def command_id(self) -> str:
        return self._part(COMMAND, 0, "")

    @property
    def ordinal(self) -> int:
        return self._part(COMMAND, 1, 0)

    @property
    def recorded_us(self) -> int | None:  # type: ignore[override]
        return self._part(RECORDED, 0, None)

    @property
    @intact
    def recorded_at(self) -> dt.datetime | None:  # type: ignore[override]
        return _time(self.recorded_us)

    @property
    @intact
    def about(self) -> About | None:  # type: ignore[override]
        return About(*self._fields[ABOUT]) if ABOUT in self._fields else None

    @property
    def actor(self) -> Actor | None:
        return super().actor if ACTOR in self._fields else None

    @property
    def occurred_us(self) -> int | None:  # type: ignore[override]
        return self._part(WHEN, 0, None)

    @property
    def known_us(self) -> int | None:  # type: ignore[override]
        return self._part(WHEN, 1, None)

    @property
    @intact
    def occurred_at(self) -> dt.datetime | None:  # type: ignore[override]
        return _time(self.occurred_us)

    @property
    @intact
    def known_at(self) -> dt.datetime | None:  # type: ignore[override]
        return _time(self.known_us)

    @property
    def _judged(self) -> list[Any]:
        judged: list[Any] = self._fields.get(JUDGEMENT, ["", [], [], [], []])
        return judged

    @cached_property
    @intact
    def data(self) -> dict[str, Any]:
        """The payload by field name, a `Withheld` for each field that is not shown."""
        if self.declared is None:
            return {}
        if max(self._fields) >= self.declared.size:
            raise Malformed("more fields than its kind has")
        return {field.name: self.value(field.index) for field in self.declared.fields}

    def full(self) -> dict[str, Any]:
        """The same: what is sealed in a ledger is open here, or withheld."""
        return self.data

    @intact
    def openings(self, _: Opener | None = None) -> dict[int, bytes | Unopened]:
        """Why the fields that are not shown cannot be had."""
        return {index: self._withheld(index) for index, leaf in enumerate(self.leaves) if leaf == CLOSED}

    def _typed(self, values: Mapping[str, Any]) -> Payload:
        declared = self.declared
        if declared is None:
            return super()._typed(values)
        shown = {name: value for name, value in values.items() if not isinstance(value, Withheld)}
        lacking = required(declared.type) - shown.keys()
        try:
            return super()._typed(shown | dict.fromkeys(lacking, PLACEHOLDER))
        except Malformed:
            if not lacking:
                raise
            raise Undecided(
                f"Record {self.position} of the extract withholds {', '.join(sorted(lacking))}, without which it "
                "cannot be told as an event; read its fields one by one."
            ) from None

    def _withheld(self, index: int) -> Withheld:
        reason = self._reasons.get(index)
        return Withheld(f"[withheld: {reason}]" if reason else PLACEHOLDER)

    @intact
    def _part(self, index: int, at: int, absent: T) -> T:
        """A part of a field that is an array; `absent` where the field is not shown."""
        return cast("T", self._fields[index][at]) if index in self._fields else absent


def _time(microseconds: int | None) -> dt.datetime | None:
    return None if microseconds is None else from_us(microseconds)
