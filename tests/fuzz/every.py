"""Every parser of outside bytes, each as a target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fuzz import of_extracts, of_reviews, of_signed, of_stores, of_texts
from fuzz.target import Target


@contextmanager
def all_targets(folder: Path) -> Iterator[list[Target]]:
    """All of them, over small ledgers that are made in the folder."""
    found: list[Target] = []
    with ExitStack() as stack:
        for part in (of_extracts, of_reviews, of_signed, of_texts, of_stores):
            own = folder / part.__name__.rpartition(".")[2]
            own.mkdir()
            found += part.targets(stack, own)
        yield found
