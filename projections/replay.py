"""Replaying the history of one case or scheme: step by step as it was recorded, and what each step changed.

1. The steps are the file's records in the order in which they were recorded, one at a time or a day (in London) at a
   time, up to a recorded time. What was recorded later is in none of them, whatever it says of earlier days.
2. Each step has its entries (as in `chronology_rows.py`, without what only later records could say of them), what it
   changed, and the record with which it ends.
3. The shown moment is proved to be a prefix of the chain: the last record by then, by position and hash; and where the
   tree is kept or asked for, its root over those records and the proof that the present tree begins with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from ledger import LONDON, About, Ledger, Reading, check_signed, london, prove_consistency, sign_checkpoint
from ledger.errors import UnknownId
from projections.answer import head_at, moment_in
from projections.arguments import no_file
from projections.chronology_rows import chronology_rows
from projections.projection import Answer, Place
from projections.replay_state import Standing, State, changed

KINDS = ("case", "scheme")
LATER = ("ages", "significance")  # of a row: what records after it may have said
EVENT, DAY = "event", "day"


def replay(
    ledger: Ledger,
    file: str | About,
    *,
    by: str = EVENT,
    to: dt.datetime | str | None = None,
    step: int | None = None,
    prove: bool = False,
) -> Answer:
    """The steps of a file's history up to the recorded time `to` (inclusive), or one of them, counted from 1.

    `before` is where the file stood before the first step that is shown, `after` where it stood after the last; both
    as `replay_state.py` has it. With `prove`, every record shown is verified and a checkpoint is signed over the ledger
    as it is now.

    Raises `UnknownId` for a file or a step that is not there, `Malformed` for a time that cannot be looked back from,
    and `IntegrityError` where a record to be proved is not what was signed.
    """
    until = None if to is None else moment_in(ledger, to)
    head = head_at(ledger, until)
    about = _about(ledger, file, until)
    readings = [r for r in ledger.readings(about=about) if r.position <= head.position]
    if prove:  # the chain is of the records' hashes: that the words shown are theirs, each record says by itself
        check_signed(ledger, readings)
    steps, states = _steps(ledger, about, readings, by)
    if step is not None and not 1 <= step <= len(steps):
        raise UnknownId(f"The history of {about.type} {about.id} has {len(steps)} steps; there is no step {step}.")
    first, last = (1, len(steps)) if step is None else (step, step)
    if step is not None:
        head = Place(steps[last - 1]["position"], bytes.fromhex(steps[last - 1]["hash"]))
    return {
        about.type: about.id,
        "by": by,
        "to": london(until) if until else None,
        "steps_in_all": len(steps),
        "steps": steps[first - 1 : last],
        "before": states[first - 1],
        "after": states[last],
        "proof": proof_of(ledger, head, prove=prove),
    }


def proof_of(ledger: Ledger, place: Place, *, prove: bool = False) -> dict[str, Any]:
    """That the records up to a place are the beginning of the ledger as it is now; hashes and roots in hex.

    `tree` is None where the tree is neither kept nor asked for, since making it reads every record.
    """
    reading = ledger.reading(place.position)
    proof: dict[str, Any] = {
        "position": place.position,
        "hash": place.hash.hex(),
        "recorded_at": london(reading.recorded_at),
        "records_now": ledger.checked_head().position,
        "tree": None,
        "checkpoint": None,
    }
    if prove:
        proof["checkpoint"] = sign_checkpoint(ledger).data.decode()
    if prove or ledger.folder.tiles.exists():
        made = prove_consistency(ledger, place.position, ledger.head().position)
        proof["tree"] = {
            "old": made.old,
            "old_root": made.old_root.hex(),
            "new": made.new,
            "new_root": made.new_root.hex(),
            "proof": [digest.hex() for digest in made.hashes],
        }
    return proof


def _about(ledger: Ledger, file: str | About, until: dt.datetime | None) -> About:
    """The file that is named, as far as it was there by then."""
    wanted = [file] if isinstance(file, About) else [About(kind, file) for kind in KINDS]
    for about in wanted:
        if any(True for _ in ledger.readings(about=about, until=until)):
            return about
    raise no_file(wanted, until)


def _steps(ledger: Ledger, about: About, readings: Sequence[Reading], by: str) -> tuple[list[Answer], list[State]]:
    """Every step, and where the file stood before the first and after each of them."""
    rows = {row["position"]: row for row in chronology_rows(readings, ledger.agency_id)}
    standing, states = Standing(ledger, about), [State()]
    steps: list[Answer] = []
    for number, group in enumerate(_groups(readings, by), 1):
        for reading in group:
            standing.fold(reading)
        states.append(standing.at(group[-1].recorded_at))
        entries = [rows[reading.position] for reading in group]
        steps.append(
            {
                "step": number,
                "day": _day(group[-1]),
                "recorded_at": london(group[-1].recorded_at),
                "entries": [{key: row[key] for key in row if key not in LATER} for row in entries],
                "changed": changed(states[-2], states[-1]),
                "position": group[-1].position,
                "hash": group[-1].hash.hex(),
            }
        )
    return steps, states


def _groups(readings: Sequence[Reading], by: str) -> Iterator[list[Reading]]:
    if by == DAY:
        yield from (list(group) for _, group in groupby(readings, key=_day))
    else:
        yield from ([reading] for reading in readings)


def _day(reading: Reading) -> str:
    """The day in London on which a record was made."""
    return reading.recorded_at.astimezone(LONDON).date().isoformat()
