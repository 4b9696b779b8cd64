"""A person whom a decision is about, as the figures count them: how old, in which roles, who their parents are.

A date of birth is sealed: it is opened to count with, and never shown or stored.
"""

from __future__ import annotations

import datetime as dt

from ledger import LONDON, Unopened, from_us
from projections.shown import Opener
from projections.tables import Row

BANDS = {"under_12": 0, "12_to_15": 12, "16_to_17": 16, "adult": 18}
CHILD_ROLES = frozenset({"child", "sibling"})
ADULT_AT = 18


class Subject:
    """A person whom a decision is about."""

    def __init__(self, person: str, linked: list[Row], opener: Opener) -> None:
        self.id = person
        self._linked, self._opener = linked, opener
        self.roles = {role for act in linked for role in said(act).get("roles", ())}
        self.parents = {holder for act in linked for holder in said(act).get("parents", ())}
        self.held = any(said(act).get("held") for act in linked)

    def age(self, at_us: int) -> int | None:
        """Their age that day in London; None where it is not known, or can no longer be read."""
        for act in reversed(self._linked):
            if said(act).get("dob"):
                born = self._opener.text(f"{act['position']}:dob")
                return None if born is None or isinstance(born, Unopened) else _years(str(born)[:10], at_us)
            if said(act).get("band"):
                return BANDS.get(said(act)["band"])
        return None

    def able(self, at_us: int) -> bool:
        """Whether the last assessment by then found that they understand."""
        found = [act for act in self._linked if act["event"] == "CompetenceAssessed" and act["at_us"] <= at_us]
        return bool(found) and bool(said(max(found, key=lambda act: act["at_us"])).get("able"))


def _years(born: str, at_us: int) -> int:
    day, birthday = from_us(at_us).astimezone(LONDON).date(), dt.date.fromisoformat(born)
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


def said(act: Row) -> Row:
    """The open values that were kept of an act."""
    return act["said"] or {}
