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


class Owed(NamedTuple):
    """Something that an act makes due: by which rule (or clock of an edition), about what, until when.

    `by` names another agency where it is theirs to do; `case` weighs it if it is late (as in a rule's `Concern`).
    Within its stream an obligation is known by its duty and what it is about.
    """

    duty: str
    about: tuple[str, ...]
    due: dt.datetime
    by: str = ""
    case: str = ""

    @property
    def key(self) -> Key:
        return Key(self.duty, self.about)


class Key(NamedTuple):
    """What an obligation is known by in its stream."""

    duty: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One event as it was, or is about to be, recorded.

    `owed` is what it makes due, `ended` what it brings to an end, late or not; both are judged once and stored with it.
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
    owed: tuple[Owed, ...] = ()
    ended: tuple[Key, ...] = ()
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
