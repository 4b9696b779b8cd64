"""The SQL of a table, and its rows as SQLite stores them: lists and maps as canonical JSON, truth as 0 and 1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from projections.tables import Row, Table

_TYPES = {str: "TEXT", int: "INT", bool: "INT", list: "TEXT", dict: "TEXT"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_load = json.JSONDecoder().decode
_EMPTY: Mapping[str, type] = {"[]": list, "{}": dict}  # most are: looked up, not parsed


def create(table: Table, schema: str) -> str:
    columns = ", ".join(f'"{name}" {_TYPES[of]}' for name, of in table.columns.items())
    return f'CREATE TABLE {schema}."{table.name}" ({columns}, PRIMARY KEY ({_names(table.key)})) WITHOUT ROWID'


@cache
def upsert(table: Table) -> str:
    """Insert a row, or replace all of one that has its key."""
    slots = ", ".join("?" * len(table.columns))
    return f'INSERT OR REPLACE INTO "{table.name}" ({_names(table.columns)}) VALUES ({slots})'  # noqa: S608 (our names)


@cache
def select(table: Table, where: tuple[str, ...] = (), *, ordered: bool = True) -> str:
    """All columns of the rows with these values, in the order of their keys."""
    condition = " WHERE " + " AND ".join(f'"{name}" = ?' for name in where) if where else ""
    order = f" ORDER BY {_names(table.key)}" if ordered else ""
    return f'SELECT {_names(table.columns)} FROM "{table.name}"{condition}{order}'  # noqa: S608 (our own names)


@cache
def select_one(table: Table) -> str:
    return select(table, table.key, ordered=False)


@cache
def _as_json(table: Table) -> tuple[int, ...]:
    return tuple(at for at, of in enumerate(table.columns.values()) if of in (list, dict))


@cache
def _truths(table: Table) -> tuple[int, ...]:
    return tuple(at for at, of in enumerate(table.columns.values()) if of is bool)


def _dump(value: Any) -> str:
    return _encode(value) if value else "{}" if type(value) is dict else "[]"


def stored(table: Table, rows: Iterable[Row]) -> Iterable[Sequence[Any]]:
    """Rows in the order of `upsert`'s columns. A row with a column too many or too few is a fault of its projection."""
    as_json, columns = _as_json(table), tuple(table.columns)
    for row in rows:
        if tuple(row) != columns:
            raise TypeError(f"a row of {table.name} must have exactly its columns: {', '.join(columns)}")
        values = [*row.values()]
        for at in as_json:
            if values[at] is not None:
                values[at] = _dump(values[at])
        yield values


def loaded(table: Table, values: Sequence[Any]) -> Row:
    """The row that `stored` wrote."""
    read = [*values]
    for at in _as_json(table):
        if read[at] is not None:
            read[at] = _EMPTY[read[at]]() if read[at] in _EMPTY else _load(read[at])
    for at in _truths(table):
        if read[at] is not None:
            read[at] = bool(read[at])
    return dict(zip(table.columns, read, strict=True))


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
