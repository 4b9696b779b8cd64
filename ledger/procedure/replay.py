"""A ledger's entries folded one after another, as the rules saw them when each was judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ledger.procedure.command import Command
from ledger.procedure.declare import About
from ledger.procedure.entry import Entry
from ledger.procedure.events.decision import DecisionMade
from ledger.procedure.events.disclosure import DisclosureMade
from ledger.procedure.judgement import weigh
from ledger.procedure.state.agency import Agency
from ledger.procedure.state.world import File, World, fold_agency


class Replay:
    """One agency's streams as they stood before the next entry; what a `World` calls elsewhere."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self._files: dict[About, File] = {}
        self._shared: dict[str, list[dt.datetime]] = {}

    def file(self, about: About) -> File:
        return self._files.setdefault(about, File(about))

    def shared_with(self, agency: str, since: dt.datetime, most: int) -> int:
        return min(sum(when >= since for when in self._shared.get(agency, ())), most)

    def world(self, about: About, now: dt.datetime) -> World:
        return World(self.agency, self.file(about), now, self)

    def fold(self, entry: Entry) -> None:
        if entry.about.type == "agency":
            fold_agency(self.agency, entry)
            return
        if isinstance(entry.event, DisclosureMade) and entry.event.when:
            for name in {recipient.agency or "" for recipient in entry.event.to}:
                self._shared.setdefault(name, []).append(entry.event.when)
        self.file(entry.about).fold(entry)


def parts(act: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """The entries of one command as they were judged: a decision together with the disclosure that carried it."""
    carried = len(act) > 1 and isinstance(act[0].event, DecisionMade) and isinstance(act[1].event, DisclosureMade)
    rest = act
    if carried:
        yield tuple(act[:2])
        rest = act[2:]
    yield from ((entry,) for entry in rest)


def judged_again(part: tuple[Entry, ...], replay: Replay) -> tuple[Entry, ...]:
    """The same entries with what is found of them in this replay, what they make owed and what they end."""
    *carried, last = part
    decision = carried[0] if carried else None
    command = Command(
        kind=last.kind,
        event=last.event,
        about=last.about,
        mode=last.mode,
        actor=last.actor,
        occurred_at=last.occurred_at,
        known_at=last.known_at,
        command_id=last.command_id,
        recorded_at=None,
        decision=decision.event if decision else None,
        decision_mode=decision.mode if decision else "",
    )
    again = weigh(command, replay.world(last.about, last.recorded_at or last.occurred_at))
    return tuple(
        replace(new, version=old.version, ordinal=old.ordinal, position=old.position, recorded_at=old.recorded_at)
        for new, old in zip(again, part, strict=True)
    )
