"""What the registers share: to which file a row belongs, whom it names, what was found of it, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ledger import Reading
from projections.tables import Row

HOUR = 3_600_000_000
NOT_SAID = "not_said"


def file_of(reading: Reading) -> str:
    """The file that a record belongs to, as the tables name it: "case:HM-0147"."""
    return f"{reading.about.type}:{reading.about.id}"


def in_file(file: str) -> dict[str, str]:
    """The same as a row shows it: its sort and its id."""
    kind, _, name = file.partition(":")
    return {kind: name}


def by_file(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    """Rows by the file that they belong to, in their order."""
    found = defaultdict[str, list[Row]](list)
    for row in rows:
        found[row["file"]].append(row)
    return found


def labels(reading: Reading) -> list[str]:
    """What was found of one record, briefly: "B SE-01"."""
    return [f"{finding.level} {finding.rule}" for finding in reading.findings]


def named(parties: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """Agencies and persons by id; whoever has none is left out."""
    names = (party.get("agency") or party.get("person") for party in parties or ())
    return [name for name in names if name]


def counted(values: Iterable[str | None]) -> dict[str, int]:
    """How often each value occurs, by value."""
    return dict(sorted(Counter(value or NOT_SAID for value in values).items()))


def hours(start_us: int, end_us: int) -> float:
    """The hours between two stored times."""
    return round((end_us - start_us) / HOUR, 4)
