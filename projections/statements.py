"""The SQL of a table, and its rows as SQLite stores them: lists and maps as canonical JSON, truth as 0 and 1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from projections.tables import Row, Table

_TYPES = {str: "TEXT", int: "INT", bool: "INT", list: "TEXT", dict: "TEXT"}
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


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
def _as_json(table: Table) -> tuple[str, ...]:
    return tuple(name for name, of in table.columns.items() if of in (list, dict))


@cache
def _truths(table: Table) -> tuple[str, ...]:
    return tuple(name for name, of in table.columns.items() if of is bool)


def stored(table: Table, rows: Iterable[Row]) -> Iterable[Sequence[Any]]:
    """Rows in the order of `upsert`'s columns. A row with a column too many or too few is a fault of its projection."""
    as_json, columns = _as_json(table), tuple(table.columns)
    for row in rows:
        if tuple(row) != columns:
            raise TypeError(f"a row of {table.name} must have exactly its columns: {', '.join(columns)}")
        if as_json:
            encoded = dict(row)
            for name in as_json:
                if encoded[name] is not None:
                    encoded[name] = _dump(encoded[name])
            yield tuple(encoded.values())
        else:
            yield tuple(row.values())


def loaded(table: Table, values: Sequence[Any]) -> Row:
    """The row that `stored` wrote."""
    row = dict(zip(table.columns, values, strict=True))
    for name in _as_json(table):
        if row[name] is not None:
            row[name] = json.loads(row[name])
    for name in _truths(table):
        if row[name] is not None:
            row[name] = bool(row[name])
    return row


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
