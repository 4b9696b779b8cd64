"""The tracker of scheme applications as it is shown: a row for each, a line for each of its clocks, and totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ledger import About, File, clocks, late, london, reconsideration_due
from projections.projection import Answer, Asked
from projections.shown import when
from projections.tables import Row, Tables

MET, LATE, OVERDUE, RUNNING = "met", "late", "overdue", "running"
RECONSIDERATION = "reconsideration"


def show(tables: Tables, asked: Asked) -> Answer:
    rows: list[Row] = []
    running: list[Row] = []
    for row in sorted(tables.rows("schemes_application"), key=lambda row: (row["opened_us"], row["scheme"])):
        file = _folded(row["scheme"], asked)
        lines = list(_clocks(file, asked))
        rows.append(_application(row, file, lines, asked))
        running += lines
    return {"rows": rows, "clocks": running, "totals": _totals(rows, running)}


def _folded(scheme: str, asked: Asked) -> File:
    """The application as the records that the answer is built from leave it."""
    file = File(About("scheme", scheme))
    for reading in asked.ledger.readings(about=file.about, until=asked.until):
        if reading.position <= asked.place.position:
            file.fold(reading.entry())
    return file


def _clocks(file: File, asked: Asked) -> Iterator[Row]:
    """A line for each clock, in the order of the stages."""
    context = asked.ledger.agency(asked.until).book.context(file.scheme.received_at or asked.now)
    for clock in clocks(file.scheme, context):
        by = clock.late_by(asked.now)
        yield {
            "scheme": file.about.id,
            "stage": clock.stage,
            "state": (LATE if by else MET) if clock.met_at else (OVERDUE if by else RUNNING),
            "due": london(clock.due) if clock.due else None,
            "met_at": london(clock.met_at) if clock.met_at else None,
            "late_by": by,
        }


def _application(row: Row, file: File, lines: Sequence[Row], asked: Asked) -> Row:
    """Where one application stands, and until when its first open refusal must be considered again."""
    scheme = file.scheme
    pending = _pending(file, asked)
    stages = {state: [line["stage"] for line in lines if line["state"] == state] for state in (MET, LATE, OVERDUE)}
    if pending is not None and late(asked.now, pending):
        stages[OVERDUE].append(RECONSIDERATION)
    return {
        "scheme": row["scheme"],
        "family": scheme.family,
        "route": scheme.route,
        "state": scheme.state,
        "opened_at": when(row["opened_us"]),
        **stages,
        "reconsideration_due": london(pending) if pending else None,
    }


def _pending(file: File, asked: Asked) -> dt.datetime | None:
    context = asked.ledger.agency(asked.until).book.context(file.scheme.received_at or asked.now)
    return min((reconsideration_due(refusal, context) for refusal in file.scheme.pending()), default=None)


def _totals(rows: Sequence[Row], lines: Sequence[Row]) -> Row:
    """`met` of those that ran out or were met is K18."""
    states = [line["state"] for line in lines]
    return {
        "applications": len(rows),
        "open": sum(row["state"] != "CLOSED" for row in rows),
        "clocks": len(lines),
        **{state: states.count(state) for state in (MET, LATE, OVERDUE, RUNNING)},
        "reconsiderations_pending": sum(row["reconsideration_due"] is not None for row in rows),
        "reconsiderations_overdue": sum(RECONSIDERATION in row[OVERDUE] for row in rows),
    }
