"""Long work on plain rows, without Python's search for cycles meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """Cycles are not searched for while this lasts.

    Rows and readings make none, and the search looks through all that is held, again and again: it took a tenth of the
    time of a rebuild, and a third of that of an answer with a row for each of 200,000 records.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
