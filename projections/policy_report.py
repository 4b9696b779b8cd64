"""The register of policy as it is shown: a row for each edition as at the moment asked for, and parameters.

Argument `on` asks what governed on another day (or at a time); `lens` sums up what another edition would have found.
That is hindsight, and takes as long as the ledger is long.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ledger import local_parameters, london, moment, policy_register
from projections.projection import Answer, Asked
from projections.shown import when
from projections.tables import Row, Tables

if TYPE_CHECKING:
    from ledger import Listed


def show(tables: Tables, asked: Asked) -> Answer:
    agency = asked.ledger.agency(asked.until)
    at = moment(str(asked.args["on"])) if asked.args.get("on") is not None else asked.now
    changes: dict[tuple[str, str], Row] = {}
    for change in tables.rows("policy_change"):
        changes[change["what"], change["name"]] = change
    rows = [edition_row(one) | _records(one.edition.edition_id, changes) for one in policy_register(agency, at)]
    parameters = [
        {"name": p.name, "value": p.value, "default": p.default, "since": london(p.since)}
        | {"position": _position(changes.get(("set", p.name)))}
        for p in local_parameters(agency, at)
    ]
    answer: Answer = {"rows": rows, "parameters": parameters}
    if (edition := asked.args.get("lens")) is not None:
        answer["lens"] = _lens(str(edition), asked)
    in_force = sum(row["in_force"] for row in rows)
    answer["totals"] = {
        "at": london(at),
        "editions": len(rows),
        "in_force": in_force,
        "not_in_force": len(rows) - in_force,
        "parameters": len(parameters),
        "conflicts": sum(len(row["conflicts"]) for row in rows),
    }
    return answer


def edition_row(one: Listed) -> dict[str, Any]:
    """One edition of the register: what it is, from when to when it governs, and if it does not, why not."""
    edition = one.edition
    return {
        "edition": edition.edition_id,
        "family": edition.family,
        "title": edition.title,
        "publisher": edition.publisher,
        "kind": edition.kind,
        "jurisdiction": edition.jurisdiction,
        "applies_to": list(edition.applies_to),
        "published_on": edition.published_on,
        "in_force_from": _iso(one.start),
        "in_force_to": _iso(one.end),
        "by_adoption": edition.by_adoption,
        "adopted_at": _iso(one.adopted),
        "in_force": one.in_force,
        "why_not": one.why_not or None,
        "registered": one.registered,
        "supersedes": edition.supersedes,
        "based_on": edition.based_on,
        "sha256": one.sha256.hex(),
        "source": edition.source,
        "conflicts": edition.conflicts,
    }


def _records(edition: str, changes: dict[tuple[str, str], Row]) -> Row:
    """The records that registered it and adopted it."""
    registered, adopted = (changes.get((what, edition)) for what in ("registered", "adopted"))
    return {
        "registered_at": when(registered["recorded_us"]) if registered else None,
        "registered_by": _position(registered),
        "adopted_by": _position(adopted),
    }


def _position(change: Row | None) -> int | None:
    return change["position"] if change else None


def _lens(edition: str, asked: Asked) -> Row:
    seen = asked.ledger.lens(edition, asked.until)
    rules = sorted({row.rule for row in seen.rows if row.differs and row.rule})
    return {"edition": edition, "heading": seen.heading, "applies": seen.applies, "rules": rules, **seen.totals}


def _iso(time: dt.datetime | None) -> str | None:
    return time.isoformat() if time else None
