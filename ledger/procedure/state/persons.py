"""A person of a case as judgement sees them: how old, in which roles, and who has parental responsibility for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ledger.procedure.edition import LONDON
from ledger.procedure.events.persons import ParentalResponsibility, SecureEstate

CHILD_ROLES = frozenset({"child", "sibling"})
HOLDS_PR = "person_with_pr"
# An age band as the ages it stands for; the seed draws its lines at 12, 16 and 18.
BANDS = {"under_12": 0, "12_to_15": 12, "16_to_17": 16, "adult": 18}


@dataclass
class Person:
    """One person. Without a date of birth or age band a child's age is not known, and they are treated as a child."""

    id: str
    roles: set[str] = field(default_factory=set)
    dob: dt.date | None = None
    age_band: str | None = None
    responsibilities: list[ParentalResponsibility] = field(default_factory=list)
    assessed: list[tuple[dt.datetime, bool]] = field(default_factory=list)
    secure_estate: SecureEstate | None = None
    linked_case: str = ""  # in which they are linked, where it is not the act's own (`linked.py`)

    def age(self, at: dt.datetime) -> int | None:
        """Age in years on the London day of a moment; with an age band, the youngest it may be."""
        if self.dob is None:
            return BANDS.get(self.age_band or "")
        day = at.astimezone(LONDON).date()
        return day.year - self.dob.year - ((day.month, day.day) < (self.dob.month, self.dob.day))

    def is_child(self, at: dt.datetime) -> bool:
        """Whether they are under 18; of unknown age, whether they are named as a child or not as anything."""
        age = self.age(at)
        return age < BANDS["adult"] if age is not None else bool(self.roles & CHILD_ROLES) or not self.roles

    def under(self, years: int, at: dt.datetime) -> bool:
        """Whether they are a child under this age; of unknown age, a child is."""
        age = self.age(at)
        return self.is_child(at) and (age is None or age < years)

    def reached(self, years: int, at: dt.datetime) -> bool:
        """Whether they are known to be this old."""
        age = self.age(at)
        return age is not None and age >= years

    def competent(self, at: dt.datetime) -> bool | None:
        """What the last assessment by then found; None if there was none."""
        found = sorted((one for one in self.assessed if one[0] <= at), key=lambda one: one[0])
        return found[-1][1] if found else None

    def understands(self, at: dt.datetime) -> bool:
        """Whether they are old enough to understand: assessed able, or generally 12 or over."""
        assessed = self.competent(at)
        return self.reached(BANDS["12_to_15"], at) if assessed is None else assessed


def holds_responsibility(holder: Person, child: Person, at: dt.datetime) -> bool:
    """Whether one person has parental responsibility for another on the day of a moment.

    Where it is not said for whom, it is for the children of the same case.
    """
    day = at.astimezone(LONDON).date()
    if not child.is_child(at):
        return False
    together = holder.linked_case == child.linked_case
    stated = [
        r
        for r in (*child.responsibilities, *(r for r in holder.responsibilities if r.child or together))
        if (r.holder or holder.id) == holder.id and (r.child or child.id) == child.id
    ]
    if not stated:
        return together and HOLDS_PR in holder.roles
    return any((r.from_ is None or r.from_ <= day) and (r.to is None or day <= r.to) for r in stated)
