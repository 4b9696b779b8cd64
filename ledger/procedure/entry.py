"""What a record says, in plain terms: an event with who, when, and how it was judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.procedure.command import Actor
from ledger.procedure.declare import BY_TYPE, About, Kind, Payload


class Finding(NamedTuple):
    """One thing a rule found of one act, as it was found then; stored with the event and never recomputed in place.

    `about` lists the persons, items or recipients concerned, by id; `external` marks somebody else's breach.
    """

    rule: str
    level: str  # E refused, B breach, W warning, I information
    edition: str
    about: tuple[str, ...]
    message: str
    external: bool = False


@dataclass(frozen=True)
class Entry:
    """One event as it was, or is about to be, recorded.

    `version` counts from 1 within its stream; `position` and `recorded_at` are None until the store has assigned them.
    """

    about: About
    event: Payload
    actor: Actor | None
    occurred_at: dt.datetime
    known_at: dt.datetime
    mode: str = "fact"
    editions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    command_id: str = ""
    ordinal: int = 0
    version: int = 0
    position: int | None = None
    recorded_at: dt.datetime | None = None
    hash: bytes = field(default=b"", repr=False)

    @property
    def kind(self) -> Kind:
        return BY_TYPE[type(self.event)]

    @property
    def name(self) -> str:
        """The event's name, for example ``ConsentGiven``."""
        return type(self.event).__name__
