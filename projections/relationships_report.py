"""Relationships as they are shown: a row for each, with the persons, responsibilities, contexts and agencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger.errors import Malformed, UnknownId
from projections.projection import Answer, Asked
from projections.registers import in_file
from projections.shown import Opener, when
from projections.tables import Row, Tables

KINDS = ("case", "scheme")
NAMED = {"yes": True, "no": False}


def show(tables: Tables, asked: Asked) -> Answer:
    """Of one case (`case`) or scheme (`scheme`), else of all; persons by id, with `names` also by name."""
    wanted = _wanted(tables, asked)
    persons = _persons(tables, asked, wanted)
    contexts = _contexts(tables, {row["person"] for row in persons})
    rows = [_link(row) for row in tables.rows("relationships_link") if wanted(row["file"])]
    held = [_responsible(row) for row in tables.rows("relationships_responsible") if wanted(row["file"])]
    own = asked.ledger.agency_id
    agencies = [_agency(row, own) for row in tables.rows("relationships_agency") if wanted(row["file"])]
    return {
        "rows": rows,
        "persons": persons,
        "parental_responsibility": held,
        "contexts": contexts,
        "agencies": agencies,
        "totals": {
            "persons": len({row["person"] for row in persons}),
            "children": len({row["person"] for row in persons if "child" in row["roles"]}),
            "relationships": len(rows),
            "ended": sum(row["ended_on"] is not None for row in rows),
            "with_responsibility": len({row["holder"] for row in held}),
            "contexts": len({row["context"] for row in contexts}),
            "agencies": len({row["agency"] for row in agencies if row["left_at"] is None}),
        },
    }


def _wanted(tables: Tables, asked: Asked) -> Callable[[str], bool]:
    """Whether a file is asked for; `UnknownId` where the ledger knows nobody in the one that is."""
    named = [f"{kind}:{asked.args[kind]}" for kind in KINDS if asked.args.get(kind) is not None]
    if not named:
        return lambda _: True
    known = ("relationships_person", "relationships_link", "relationships_agency")
    if not any(next(iter(tables.rows(table, file=file)), None) for table in known for file in named):
        raise UnknownId(f"No person, relationship or agency is recorded in {named[0].replace(':', ' ')}.")
    return lambda file: file in named


def _persons(tables: Tables, asked: Asked, wanted: Callable[[str], bool]) -> list[Row]:
    said: Any = asked.args.get("names", "no")
    if said not in NAMED:
        raise Malformed(f"names={said}: write yes or no.")
    opener = Opener(asked.ledger) if NAMED[said] else None
    return [
        {
            **in_file(row["file"]),
            "person": row["person"],
            **({"name": _name(row, opener)} if opener else {}),
            "roles": row["roles"],
            "age_band": row["age_band"],
            "lives_with": row["lives_with"],
            "position": row["said"][-1],
        }
        for row in tables.rows("relationships_person")
        if wanted(row["file"])
    ]


def _name(row: Row, opener: Opener) -> Any:
    """The name that was given last."""
    names: Iterator[Any] = (opener.tree(position).get("name") for position in reversed(row["said"]))
    return next((name for name in names if name), None)


def _link(row: Row) -> Row:
    return {
        **in_file(row["file"]),
        "person": row["person"],
        "relationship": row["relationship"],
        "of": row["related"],
        "began_on": row["began_on"],
        "ended_on": row["ended_on"],
        "lives_together": row["lives_together"],
        "position": row["position"],
    }


def _responsible(row: Row) -> Row:
    return {
        **in_file(row["file"]),
        "holder": row["holder"],
        "child": row["child"],
        "basis": row["basis"],
        "from": row["from_on"],
        "to": row["to_on"],
        "position": row["position"],
    }


def _agency(row: Row, own: str) -> Row:
    return {
        **in_file(row["file"]),
        "agency": row["agency"] or own,
        "involvement": row["involvement"],
        "joined_at": when(row["joined_us"]),
        "left_at": when(row["left_us"]),
        "position": row["position"],
    }


def _contexts(tables: Tables, persons: set[str]) -> list[Row]:
    """Where these persons were found, with how many others: somebody of another case may have been there too."""
    kinds = {row["context"]: row["kind"] for row in tables.rows("relationships_context")}
    found = list(tables.rows("relationships_found"))
    there: dict[str, set[str]] = {}
    for row in found:
        there.setdefault(row["context"], set()).add(row["person"])
    return [
        {
            "context": row["context"],
            "kind": kinds.get(row["context"]),
            "person": row["person"],
            "as": row["sort"],
            "first_seen": when(row["first_us"]),
            "others": len(there[row["context"]] - persons),
            "position": row["position"],
        }
        for row in found
        if row["person"] in persons
    ]
