"""An event of a chronology as a timeline shows it: which sort of mark, what it is called, what it says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.pictures.canvas import BLUE, CIRCLE, GREEN, INK, PURPLE, RED, short
from cli.pictures.scale import lasted, moment, spoken

Row = Mapping[str, Any]
LATE_HOURS = 24.0
# What each sort of event looks like: shape, colour, and what the legend calls it.
SORTS = {
    "disclosure": ("up", BLUE, "disclosure"),
    "receipt": ("down", BLUE, "receipt"),
    "withheld": ("cross", RED, "withheld or refused"),
    "decision": ("diamond", PURPLE, "decision"),
    "consent": ("square", GREEN, "consent"),
    "other": (CIRCLE, INK, "other event"),
}
OF_EVENT = (
    ("DisclosureMade", "disclosure"),
    ("SchemeDisclosureDelivered", "disclosure"),
    ("DisclosureReceived", "receipt"),
    ("ReceiptConfirmed", "receipt"),
    ("Refused", "withheld"),
    ("Withheld", "withheld"),
    ("Decision", "decision"),
    ("Reconsider", "decision"),
    ("Consent", "consent"),
)


def sort(row: Row) -> str:
    """Which sort of mark an event is."""
    if row.get("withheld"):
        return "withheld"
    kind = str(row.get("kind") or "")
    return next((sort for part, sort in OF_EVENT if part in kind), "other")


def agency_of(row: Row) -> str:
    return str(row.get("agency") or "?")


def others_of(row: Row) -> list[str]:
    return [*(row.get("to") or ()), *([row["sender"]] if row.get("sender") else [])]


def is_late(row: Row) -> bool:
    return float(row.get("late_hours") or 0) >= LATE_HOURS


def label_of(row: Row) -> str:
    return short(str(row["event"]), 150, 11)


def said_of(row: Row) -> str:
    """One mark in words."""
    late = float(row.get("late_hours") or 0)
    parts = [
        f"{spoken(moment(row['occurred_at']))} {agency_of(row)}: {row['event']}",
        str(row.get("detail") or ""),
        f"recorded {lasted(late)} later" if late >= 1 else "",
        ", ".join(row.get("findings") or ()),
    ]
    return ". ".join(filter(None, parts))


def told(rows: Sequence[Row]) -> str:
    """What the picture shows, in words."""
    if not rows:
        return "An empty timeline: nothing is recorded."
    times = sorted(moment(row["occurred_at"]) for row in rows)
    agencies = sorted({agency_of(row) for row in rows})
    late = sum(is_late(row) for row in rows)
    sorts = [sort(row) for row in rows]
    events = "1 event" if len(rows) == 1 else f"{len(rows)} events"
    sent = sorts.count("disclosure")
    return (
        f"A timeline of {events} between {spoken(times[0])} and {spoken(times[-1])}, a lane for each agency: "
        f"{', '.join(agencies)}. {sent} disclosure{'' if sent == 1 else 's'}; "
        f"{late} recorded more than a day after they happened. The table says the same in words."
    )
