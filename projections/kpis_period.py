"""The period that figures are asked for: days in London, or times, both included; and the edition, if one is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger import LONDON, london, moment, to_us
from ledger.errors import Malformed, UnknownId
from projections.kpis_facts import Counted, Measure
from projections.projection import Asked

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Period(NamedTuple):
    """From one moment to another, both included, in microseconds; what had not happened by `end` is not known."""

    start_us: int
    end_us: int
    edition: str | None

    def holds(self, one: Counted, measure: Measure, contexts: Mapping[str, Sequence[str]]) -> bool:
        if self.edition is not None and self.edition not in contexts[one.act["context"]]:
            return False
        return (measure.standing or one.at_us >= self.start_us) and one.at_us <= self.end_us


def period_of(asked: Asked) -> Period:
    """The period that is asked for; without its limits, all there is, to the moment asked for."""
    start, end = (_limit(asked.args, name) for name in ("from", "to"))
    now_us = to_us(asked.now)
    if start is not None and end is not None and start > end:
        raise Malformed(f"The period ends before it begins: from {asked.args['from']} to {asked.args['to']}.")
    start_us = -(1 << 62) if start is None else to_us(start)
    if start_us > now_us:
        raise Malformed(f"The period has not begun: it is {london(asked.now)} in this ledger.")
    edition = asked.args.get("edition")
    if edition is not None and edition not in asked.ledger.agency(asked.until).editions:
        raise UnknownId(f"There is no edition {edition}; the view policy lists them.")
    return Period(start_us, now_us if end is None else min(now_us, to_us(end)), edition)


def _limit(args: Mapping[str, Any], name: str) -> dt.datetime | None:
    """A day's first or last moment in London, or the time that is given."""
    text = args.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(str(text)):
            day = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), LONDON)
            return day if name == "from" else day.replace(hour=23, minute=59, second=59, microsecond=999_999)
        time = moment(str(text))
    except (ValueError, Malformed):
        raise Malformed(f"{name} is a day or a time with an offset, for example 2026-09-01, not {text!r}.") from None
    return time
