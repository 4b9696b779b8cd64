"""The findings as they are shown: stored ones in the order of their acts, overdue ones, refusals, and totals.

Breaches and warnings are to be followed up by their owner, who is whoever acted; information asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger import ruling_if_late
from projections.arguments import file_of
from projections.owing import is_overdue, owed_of
from projections.projection import Answer, Asked
from projections.registers import counted
from projections.shown import when
from projections.tables import Row, Tables

BREACH = "B"
TO_FOLLOW_UP = frozenset({"B", "W"})
OPEN, CLOSED, BY_ITSELF = "open", "closed", "done late"
Closings = dict[tuple[Any, ...], list[Row]]  # by type and id of the file, what it closes and which
FILTERS = ("rule", "level", "case", "scheme", "context", "review", "agency")


def show(tables: Tables, asked: Asked) -> Answer:
    """Those of one `rule`, one `level`, one file (`case`, `scheme` …) or one `state` (open, closed), or all of them."""
    file_of(asked)  # of a file that is not there, nothing found would look like good news
    wanted = {name: asked.args[name] for name in FILTERS if asked.args.get(name) is not None}
    stored = [row for row in tables.rows("findings_finding") if _wanted(row, wanted)]
    derived = [row for row in _overdue(tables, asked) if _wanted(row, wanted)]
    closings = _closings(tables)
    own = [_stored(row) | _followed_up(row, closings) for row in stored if not row["external"]]
    overdue = [_derived(row) | _to_do(row, asked) for row in derived if not row["external"]]
    if (state := asked.args.get("state")) is not None:
        own, overdue = ([row for row in rows if row["state"] == state] for rows in (own, overdue))
    external = [_stored(row) for row in stored if row["external"]]
    external += [_derived(row) for row in derived if row["external"]]
    refused = [_refusal(row) for row in tables.rows("findings_refusal") if _refused(row, wanted)]
    totals = _totals([*own, *overdue], external, refused) | {"overdue": len(overdue)}
    totals |= {state: sum(row["state"] == state for row in (*own, *overdue)) for state in (OPEN, CLOSED)}
    return {"rows": own, "overdue": overdue, "external": external, "refused": refused, "totals": totals}


def _closings(tables: Tables) -> Closings:
    """What somebody did about an entry or a decision, by file and by what it closes, in the order of recording."""
    found: Closings = {}
    for row in tables.rows("findings_closing"):
        for what in _closes(row):
            found.setdefault((row["type"], row["id"], *what), []).append(row)
    return found


def _followed_up(row: Row, closings: Closings) -> Row:
    """Whose it is to see to a finding, whether somebody has, and by which record."""
    owner = {"owner": row["staff"], "owner_role": row["role"]}
    if row["level"] not in TO_FOLLOW_UP:
        return {**owner, "state": None, "closed_by": None}
    if row["done_late"]:
        return {**owner, "state": CLOSED, "closed_by": _closed(row, BY_ITSELF)}
    closing = _closing(row, closings)
    closed_by = _closed(closing, closing["event"]) if closing else None
    return {**owner, "state": CLOSED if closing else OPEN, "closed_by": closed_by}


def _closes(closing: Row) -> list[tuple[str, Any]]:
    if closing["rules"] is not None:
        return [(rule, closing["about"]) for rule in closing["rules"]]
    if closing["version"] is not None:
        return [("version", closing["version"])]
    return [("decision", closing["decision"])]


def _closing(row: Row, closings: Closings) -> Row | None:
    """The first record that saw to a finding, after the finding's own."""
    by = [("version", row["version"]), *((row["rule"], about) for about in row["about"])]
    if row["decision"] is not None:
        by.append(("decision", row["decision"]))
    found = (one for what in by for one in closings.get((row["type"], row["id"], *what), ()))
    later = (one for one in found if one["position"] > row["position"])
    return min(later, key=lambda one: one["position"], default=None)


def _closed(row: Row, how: str) -> Row:
    return {"event": how, "at": when(row["at_us"]), "staff": row["staff"], "role": row["role"]} | {
        "position": row["position"]
    }


def _to_do(row: Row, asked: Asked) -> Row:
    """What is overdue is open; it is for whoever acted when it became owed, or for another agency."""
    actor = asked.ledger.reading(row["position"]).actor
    named = (actor.staff_ref, actor.role) if actor and not row["by"] else (row["by"] or None, None)
    return {"owner": named[0], "owner_role": named[1], "state": OPEN, "closed_by": None}


def _wanted(row: Row, wanted: Mapping[str, Any]) -> bool:
    if not wanted:
        return True
    said = {"rule": row["rule"], "level": row["level"], row["type"]: row["id"]}
    return all(said.get(name) == value for name, value in wanted.items())


def _refused(row: Row, wanted: Mapping[str, Any]) -> bool:
    """A refusal has its rules, and neither a level nor a file: it must not show what somebody tried to share (R0.8)."""
    return not wanted or (wanted.keys() == {"rule"} and wanted["rule"] in row["rules"])


def _overdue(tables: Tables, asked: Asked) -> Iterator[Row]:
    """What would be found of each obligation that is open and overdue, under the editions of the time asked."""
    context = asked.ledger.agency(asked.until).book.context(asked.now)
    overdue = (row for row in tables.rows("findings_owed") if is_overdue(row, asked.now))
    for row in sorted(overdue, key=lambda row: (row["due_us"], row["position"], row["key"])):
        owed = owed_of(row)
        ruling = ruling_if_late(owed, asked.now, context)
        if ruling is not None:
            what = asked.ledger.standing(owed, asked.now, until=asked.until).what
            yield {**row, "rule": row["duty"], "level": ruling.level, "edition": ruling.edition} | {
                "message": what,
                "external": ruling.external,
            }


def _stored(row: Row) -> Row:
    return {
        **_found(row),
        "at": when(row["at_us"]),
        "event": row["event"],
        "message": row["message"],
        "edition": row["edition"],
        "position": row["position"],
        "version": row["version"],
    }


def _derived(row: Row) -> Row:
    return {
        **_found(row),
        "due": when(row["due_us"]),
        "by": row["by"] or None,
        "message": row["message"],
        "edition": row["edition"],
        "position": row["position"],
    }


def _found(row: Row) -> Row:
    return {"level": row["level"], "rule": row["rule"], "about": row["about"], "file": f"{row['type']} {row['id']}"}


def _refusal(row: Row) -> Row:
    return {"at": when(row["at_us"]), "command": row["command"], "rules": row["rules"], "position": row["position"]}


def _totals(found: Sequence[Row], external: Sequence[Row], refused: Sequence[Row]) -> Row:
    """Those stored and those overdue together, as this agency's own; `refused_by_rule` is K23."""
    breaches = [row["rule"] for row in found if row["level"] == BREACH]
    return {
        "findings": len(found),
        "breaches": len(breaches),
        "rules_breached": len(set(breaches)),
        "external": len(external),
        "refused": len(refused),
        "by_level": counted(row["level"] for row in found),
        "by_rule": counted(row["rule"] for row in found),
        "breaches_by_rule": counted(breaches),
        "refused_by_rule": counted(rule for row in refused for rule in row["rules"]),
    }
