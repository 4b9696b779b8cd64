"""What we are measured against: `eventsourcing` as a user would pick it, unsigned and unencrypted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol


@dataclass(frozen=True)
class PersonLinked:
    """The same twelve fields that our measured event says, in the library's default JSON."""

    originator_id: UUID
    originator_version: int
    actor: list[str]
    occurred_at: str
    known_at: str
    person_id: str
    roles: list[str]
    age_band: str
    name: str
    dob: str
    safe_contact: str
    consistent_identifier: str
    lives_with: list[str]
    note: str


def application(path: Path) -> Application[UUID]:
    """A plain application on a SQLite file, durable in the same way as ours (WAL, synchronous=FULL)."""
    app: Application[UUID] = Application(
        {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path), "SQLITE_LOCK_TIMEOUT": "60"}
    )
    return app


def event(stream: UUID, version: int, person: dict[str, Any]) -> DomainEventProtocol[UUID]:
    """One plain event with what a command says."""
    return PersonLinked(
        originator_id=stream,
        originator_version=version,
        actor=["HMC-duty", "practitioner"],
        occurred_at="2026-09-30T10:00:00+00:00",
        known_at="2026-09-30T10:00:00+00:00",
        person_id=person["person_id"],
        roles=person["roles"],
        age_band=person["age_band"],
        name=person["name"],
        dob=person["dob"],
        safe_contact=person["safe_contact"],
        consistent_identifier=person["consistent_identifier"],
        lives_with=person["lives_with"],
        note=person["late_reason"],
    )
