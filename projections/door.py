"""What happened at the door of one application, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from projections.tables import Row


@dataclass(frozen=True)
class Door:
    """One application and what happened at its door, in the order in which it happened."""

    row: Row
    steps: list[Row]

    def of(self, *what: str) -> Iterator[Row]:
        return (step for step in self.steps if step["what"] in what)

    def before(self, step: Row, person: str | None, *what: str) -> Row | None:
        """The last such step that concerned this person before another step."""
        found = None
        for earlier in self.of(*what):
            if earlier["person"] == person and order(earlier) < order(step):
                found = earlier
        return found

    def offer_of(self, answer: Row) -> Row | None:
        """The offer that was answered: the undertaking named, else the last one made to this person."""
        named = answer["data"].get("undertaking_id")
        offers = [o for o in self.of("offered") if named and o["data"].get("undertaking_id") == named]
        return offers[-1] if offers else self.before(answer, answer["person"], "offered")

    def signed(self, delivery: Row) -> bool:
        last = self.before(delivery, delivery["person"], "signed", "repudiated")
        return last is not None and last["what"] == "signed"

    def told_by(self, step: Row) -> str | None:
        """Who is said to have told others: the person named, or named when it was alleged, or the last to be told."""
        named = step["data"].get("allegation_id")
        alleged = (s["person"] for s in self.of("alleged") if s["data"].get("allegation_id") == named and s["person"])
        told = [s["person"] for s in self.of("delivered")]
        return step["person"] or next(alleged, None) or (told[-1] if told else None)


def order(step: Row) -> tuple[int, int]:
    return step["at_us"], step["position"]
