"""The rows of one projection as `apply` sees them: plain dicts by key, loaded when first asked for, changes remembered.

`apply` reads and changes rows here and touches nothing else. `read_model` loads missing rows from `views.db` and writes
the changed ones back, each once a batch however often it changed. Without a loader everything stays in memory: so
``--as-at`` runs the same `apply`, and so a test can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """One table: its columns with their types (`str`, `int`, `bool`; `list` and `dict` are kept as JSON), and its key.

    It holds open fields only: codes, ids, times (µs since 1970 UTC) and references; never a sealed value.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, type]


Load = Callable[[Table, Key], Row | None]
Select = Callable[[Table, Mapping[str, Any]], Iterator[Row]]


class Tables:
    """The rows of a projection's tables, by key; of those that are written, about `keep` stay in memory."""

    def __init__(
        self, tables: Iterable[Table], load: Load | None = None, select: Select | None = None, keep: int = 0
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._load = load
        self._select = select
        self._keep = keep
        self._blank: dict[str, Row] = {table.name: dict.fromkeys(table.columns) for table in self._tables.values()}
        self._rows: dict[str, dict[Key, Row]] = {name: {} for name in self._tables}
        self._changed: dict[str, dict[Key, Row]] = {name: {} for name in self._tables}

    def find(self, table: str, *key: Any) -> Row | None:
        """The row with this key, to look at; None if there is none."""
        row = self._rows[table].get(key)
        if row is None and self._load is not None:
            row = self._load(self._tables[table], key)
            if row is not None:
                self._rows[table][key] = row
        return row

    def change(self, table: str, *key: Any) -> Row:
        """The row with this key, to change in place; a new one has nothing but its key."""
        row = self._changed[table].get(key)
        if row is None:
            row = self._changed[table][key] = self.find(table, *key) or self._empty(table, key)
        return row

    def add(self, table: str, *key: Any) -> Row:
        """A new row, to be filled in place; its key has never been used (it is a record's position, for example)."""
        row = self._empty(table, key)
        self._changed[table][key] = row
        return row

    def rows(self, table: str, **where: Any) -> Iterator[Row]:
        """The rows whose columns have these values, in the order of their keys, to look at once `apply` is done."""
        if self._select is not None:
            yield from self._select(self._tables[table], where)
            return
        for _, row in sorted(self._rows[table].items()):
            if all(row[column] == value for column, value in where.items()):
                yield row

    def changes(self) -> Iterator[tuple[Table, Iterable[Row]]]:
        """The rows changed since they were last written, by table."""
        return ((self._tables[name], rows.values()) for name, rows in self._changed.items() if rows)

    def written(self) -> None:
        """The changes are in the database. Once there are too many rows, those of the last batch alone stay: what
        has just changed is likely to change again.
        """
        if sum(map(len, self._rows.values())) > self._keep:
            self._rows, self._changed = self._changed, self._rows
        for rows in self._changed.values():
            rows.clear()

    def _empty(self, table: str, key: Key) -> Row:
        row = self._blank[table].copy()
        row.update(zip(self._tables[table].key, key, strict=True))
        self._rows[table][key] = row
        return row
