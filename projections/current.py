"""Keeping projections current while other processes append: poll the head, catch up when it moved.

A hint that something was written may wake a follower early; it is never believed, only the ledger is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ledger import Ledger
from ledger.errors import StorageError
from projections.follow import Built, catch_up

Wait = Callable[[], bool]  # until the next look: False to stop following


def keep_current(
    ledger: Ledger,
    names: Sequence[str] | None,
    wait: Wait,
    hindered: Callable[[StorageError], None] = lambda _: None,
) -> Iterator[list[Built]]:
    """Catch up with the ledger whenever it has grown, and say to where, until `wait` ends it.

    A file that is busy or full for a moment is reported to `hindered` and tried again at the next look: what was
    written stands, and nothing is skipped.
    """
    reached = None
    while True:
        head = ledger.head()
        if head != reached:
            try:
                built = catch_up(ledger, names)
            except StorageError as error:
                hindered(error)
            else:
                # Only what was built counts: another process may have moved a view, or the ledger grown, meanwhile.
                reached = head if all(one.position >= head.position for one in built) else None
                yield built
        if not wait():
            return
