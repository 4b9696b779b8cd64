"""Which view has which picture, and what the picture needs beyond the view's rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cli.documents.model import Picture

if TYPE_CHECKING:
    from ledger import Reading

Answer = Mapping[str, Any]
Row = Mapping[str, Any]
PICTURES = {"chronology": "Timeline", "relationships": "Relationships", "knowledge": "From known to shared"}
SENT, RECEIVED, DECIDED = "DisclosureMade", "DisclosureReceived", "DecisionMade"


def picture_of(name: str, answer: Answer, of: str, now: dt.datetime, *, alone: bool = False) -> Picture:
    """The picture of a view's answer; `UsageError` for a view that has none."""
    from cli.pictures.delays import delays
    from cli.pictures.delays import told as delays_told
    from cli.pictures.events import told as timeline_told
    from cli.pictures.family import told as graph_told
    from cli.pictures.graph import graph
    from cli.pictures.timeline import timeline
    from ledger.errors import UsageError

    if name not in PICTURES:
        raise UsageError(f"The view {name} has no picture; these have one: {', '.join(PICTURES)}.")
    title = f"{PICTURES[name]}: {of}" if of else PICTURES[name]
    if name == "relationships":
        return Picture(title, graph_told(answer), graph(answer, title, alone=alone))
    if name == "knowledge":
        waited = waits(answer["rows"])
        return Picture(title, delays_told(waited, now), delays(waited, title, now, alone=alone))
    return Picture(title, timeline_told(answer["rows"]), timeline(answer["rows"], title, alone=alone))


def waits(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Facts of the knowledge matrix as delays; what a partner told counts where it was shared onward."""
    return [
        {"label": row["fact"], "known_at": row["first_known_at"], "shared_at": row["shared_at"], "late": row["late"]}
        for row in rows
        if row["first_known_at"] and (row["shared_at"] or row["sort"] != "disclosure")
    ]


def with_parties(rows: Sequence[Row], read: Callable[[int], Reading]) -> list[Row]:
    """Rows of a chronology, with whom a disclosure went to, who sent what was received, and what was withheld."""
    return [
        {**row, **_parties(read(row["position"]))} if row["kind"] in (SENT, RECEIVED, DECIDED) else row for row in rows
    ]


def _parties(reading: Reading) -> dict[str, Any]:
    said = reading.data
    found: dict[str, Any] = {"disclosure": said.get("disclosure_id")}
    if reading.name == SENT:
        found["to"] = [party["agency"] for party in said.get("to") or () if party.get("agency")]
    elif reading.name == RECEIVED:
        found["sender"] = (said.get("provider") or {}).get("agency")
    else:
        found["withheld"] = said.get("outcome") == "withhold"
    return found
