"""What several rooms' tests share: a small ledger, and the commands that fill it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger import Actor, Ledger

ACTOR = Actor(staff_ref="HMC-duty", role="practitioner")
FLAGS = {"public_authority": True, "apd": True}
CANARY = "canary name"  # in a sealed field of every person linked here: no file may hold it in clear


def found(folder: Path, *, practice: bool = True, passphrase: bytes | None = None) -> Ledger:
    """A new ledger of Harrowmere City Council."""
    return Ledger.create(
        folder,
        agency_id="HMC",
        agency_name="Harrowmere City Council",
        kind="local_authority",
        flags=FLAGS,
        recovery=folder.parent / f"{folder.name}.recovery",
        practice=practice,
        passphrase=passphrase,
    )


def person(number: int, case: str = "HM-1") -> dict[str, Any]:
    """A command with an open id and sealed content."""
    return {
        "do": "PersonLinked",
        "case": case,
        "person_id": f"P{number}",
        "roles": ["child"],
        "name": f"{CANARY} {number}",
        "dob": "2012-03-02",
    }


def opened(case: str = "HM-1") -> dict[str, Any]:
    """The command that opens a case."""
    return {"do": "CaseOpened", "case": case}


def fill(ledger: Ledger, records: int, case: str = "HM-1") -> None:
    """Bring a new ledger to `records` records: one case, and persons linked to it."""
    ledger.record(opened(case), actor=ACTOR)
    for number in range(records - ledger.head().position):
        ledger.record(person(number, case), actor=ACTOR)
