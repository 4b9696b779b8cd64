"""A fold: which function changes a state for which event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ledger.procedure.declare import Payload
from ledger.procedure.entry import Entry

F = TypeVar("F", bound=Callable[..., None])


class Folds:
    """The functions that fold events into one kind of state: ``fold(state, entry, event)``, one for each event type."""

    def __init__(self) -> None:
        self._by_type: dict[type[Payload], Callable[[Any, Entry, Any], None]] = {}

    def on(self, *types: type[Payload]) -> Callable[[F], F]:
        def register(function: F) -> F:
            for event_type in types:
                if event_type in self._by_type:
                    raise TypeError(f"{event_type.__name__} is folded twice")
                self._by_type[event_type] = function
            return function

        return register

    def apply(self, state: Any, entry: Entry) -> None:
        """Fold one entry into `state`; events that do not concern it change nothing."""
        function = self._by_type.get(type(entry.event))
        if function is not None:
            function(state, entry, entry.event)
