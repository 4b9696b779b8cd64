"""Small histories through the front door: practice ledgers of the cast of requirements §10, told line by line."""

import datetime as dt

import pytest

from ledger import Actor, Ledger

ACTOR = Actor(staff_ref="DUTY-1", role="practitioner")
CAST = {
    "TVP": ("Thornvale Police", "police"),
    "BHA": ("Brindley Heath Academy", "school_or_college"),
    "HMC": ("Harrowmere City Council", "local_authority"),
}


class Told:
    """A practice ledger and how to tell it things: `told("2024-03-04T11:20", "UndertakingRefused", scheme="…", …)`."""

    def __init__(self, ledger):
        self.ledger = ledger

    def __call__(self, at, do, **command):
        time = at if at.endswith("Z") or "+" in at else f"{at}:00+00:00"
        return self.ledger.record({"do": do, "recorded_at": time, **command}, actor=ACTOR)


@pytest.fixture
def found(tmp_path):
    """Found a practice ledger of one of the cast; all are closed at the end."""
    open_ledgers = []

    def found(agency_id, at="2023-01-01T00:00:00+00:00", name=None):
        folder = tmp_path / (name or agency_id)
        full_name, kind = CAST[agency_id]
        ledger = Ledger.create(
            folder,
            agency_id=agency_id,
            agency_name=full_name,
            kind=kind,
            flags={"public_authority": True, "apd": True},
            recovery=tmp_path / f"{folder.name}.recovery",
            practice=True,
            at=dt.datetime.fromisoformat(at),
        )
        open_ledgers.append(ledger)
        return Told(ledger)

    yield found
    for ledger in open_ledgers:
        ledger.close()


@pytest.fixture
def tvp(found):
    return found("TVP")


@pytest.fixture
def bha(found):
    return found("BHA")
