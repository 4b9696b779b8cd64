"""The contexts of risk as they are shown: a row for each, missing episodes that name none, and totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from projections.owing import is_open, is_overdue
from projections.projection import Answer, Asked
from projections.registers import in_file
from projections.shown import Opener, when
from projections.tables import Row, Tables


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    episodes = list(tables.rows("contexts_episode"))
    rows = [
        _context(row, tables, asked)
        | {"name": opener.text(row["name"])}
        | {"missing": _episodes(e for e in episodes if e["context"] == row["context"])}
        for row in tables.rows("contexts_context")
    ]
    elsewhere = _episodes(e for e in episodes if e["context"] is None)
    return {"rows": rows, "missing_elsewhere": elsewhere, "totals": _totals(rows, len(episodes))}


def _context(row: Row, tables: Tables, asked: Asked) -> Row:
    name, own = row["context"], asked.ledger.agency_id
    seen = sorted(tables.rows("contexts_seen", context=name), key=lambda one: (one["first_us"], one["person"]))
    children = [_seen(one, own) for one in seen if one["sort"] == "child"]
    decisions = [_decision(one, own) for one in tables.rows("contexts_decision", context=name)]
    alert = next(iter(tables.rows("contexts_alert", type="context", id=name)), None)
    found = {child["child"] for child in children}
    return {
        "context": name,
        "kind": row["kind"],
        "children": children,
        "agencies": sorted({child["source"] for child in children}),
        "adults": [_seen(one, own) for one in seen if one["sort"] == "adult"],
        "also_concerned": sorted({child for line in decisions for child in line["children"]} - found),
        "alert": _alert(alert, asked) if alert else None,
        "decisions": decisions,
    }


def _seen(row: Row, own: str) -> Row:
    return {
        row["sort"]: row["person"],
        "first_seen": when(row["first_us"]),
        "source": row["source"] or own,
        "times": row["times"],
        "position": row["position"],
    }


def _decision(row: Row, own: str) -> Row:
    """A decision that names the context, here or at the partner who told of it."""
    return {
        "at": when(row["at_us"]),
        "agency": row["agency"] or own,
        "decision": row["decision"],
        "receipt": row["receipt"],
        "case": row["case_id"],
        "children": row["children"],
        "position": row["position"],
    }


def _alert(row: Row, asked: Asked) -> Row:
    """The last alert: several children at one context, by when it is to be decided what to do."""
    return {
        "raised_at": when(row["raised_us"]),
        "due": when(row["due_us"]),
        "open": is_open(row),
        "overdue": is_overdue(row, asked.now),
        "decided_at": when(row["ended_us"]),
    }


def _episodes(rows: Iterable[Row]) -> list[Row]:
    return [
        {
            "episode": row["episode"],
            "child": row["child"],
            "state": row["state"],
            "from": when(row["from_us"]),
            "to": when(row["to_us"]),
            "noted_at": when(row["at_us"]),
            **in_file(row["file"]),
            "position": row["position"],
        }
        for row in sorted(rows, key=lambda row: (row["from_us"] or row["at_us"], row["position"]))
    ]


def _totals(rows: Sequence[Row], episodes: int) -> Row:
    alerts = [row["alert"] for row in rows if row["alert"]]
    return {
        "contexts": len(rows),
        "children": len({child["child"] for row in rows for child in row["children"]}),
        "adults": len({adult["adult"] for row in rows for adult in row["adults"]}),
        "missing_episodes": episodes,
        "alerts_open": sum(alert["open"] for alert in alerts),
        "alerts_overdue": sum(alert["overdue"] for alert in alerts),
        "decisions": sum(len(row["decisions"]) for row in rows),
    }
