"""The clocks of a scheme application: each stage, until when it runs, when it was met, how late.

Which stages there are and how long they run is the edition's: ``<stage>_hours``, ``<stage>_working_days`` or
``<stage>_days``, counted from the application unless ``<stage>_from`` names the stage it follows; for Clare's Law with
``dvds_`` before it, so that an agency may set each scheme's clocks apart. Whoever passes the editions in force at the
application gets the clocks; whoever passes others gets hindsight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.procedure.clock import days_late, end_of_day_after, end_of_working_day_after, late, within_hours
from ledger.procedure.edition import Context
from ledger.procedure.state.application import DVDS, NOBODY_ASKED, Refusal, Scheme

STAGES = ("checks", "interview", "risk_assessment", "decision", "overall")
UNITS = ("hours", "working_days", "days")
ENDS_WITHOUT_DISCLOSURE = ("non_disclosure_notified", "not_progressed", "closed")
RECONSIDERATION_HOURS, BREACH_HOURS = 24, 72


@dataclass(frozen=True)
class Clock:
    """One stage: until when it runs (not known while the stage before is open), and when it was met or lapsed."""

    stage: str
    due: dt.datetime | None
    met_at: dt.datetime | None
    in_hours: bool

    def late_by(self, now: dt.datetime) -> str:
        """How late it was met, or is by `now`; empty when it is not."""
        at = self.met_at or now
        if self.due is None or not late(at, self.due):
            return ""
        days, hours = days_late(at, self.due), -((self.due - at) // dt.timedelta(hours=1))
        number, unit = (hours, "hour") if self.in_hours else (days, "day")
        return f"{number} {unit}{'' if number == 1 else 's'} late"


def of_scheme(context: Context, family: str) -> Context:
    """The same editions without those of other disclosure schemes, whose rules have the same names."""
    if not family:
        return context
    kept = tuple(e for e in context.editions if e.kind != "scheme_guidance" or e.family == family)
    return Context(kept, context.local)


def wording(scheme: Scheme, context: Context) -> dict[str, str]:
    """The words of the warning and the undertaking, and of a neutral outcome, that these editions have, by name."""
    own = (e.wording for e in of_scheme(context, scheme.family).editions if e.kind == "scheme_guidance")
    return {name: text for words in own for name, text in words.items()}


def clocks(scheme: Scheme, context: Context) -> tuple[Clock, ...]:
    """The clocks of an application under these editions, in the order of the stages."""
    return tuple(_clocks(scheme, of_scheme(context, scheme.family)))


def _clocks(scheme: Scheme, context: Context) -> Iterator[Clock]:
    met = {stage: scheme.met.get(stage) for stage in STAGES} | {"overall": _over_at(scheme, context)}
    ended = scheme.met.get("closed") or scheme.met.get("not_progressed")
    for stage in STAGES:
        if all(_number(scheme, context, f"{stage}_{unit}") is None for unit in UNITS):
            continue
        after = _number(scheme, context, f"{stage}_from") or "received"
        start = scheme.received_at if after == "received" else met[after]
        due = _extended(scheme, stage, _limit(scheme, stage, start, context)) if start is not None else None
        if met[stage] or stage != "interview" or _to_be_seen(scheme):
            in_hours = _number(scheme, context, f"{stage}_hours") is not None
            yield Clock(stage, due, met[stage] or ended, in_hours)


def _limit(scheme: Scheme, stage: str, start: dt.datetime, context: Context) -> dt.datetime:
    """Until when a stage runs that began at `start`, before it is extended."""
    hours, working_days, days = (_number(scheme, context, f"{stage}_{unit}") for unit in UNITS)
    if hours is not None:
        return within_hours(start, hours)
    if working_days is not None:
        return end_of_working_day_after(start, working_days, context.codes("bank_holidays"))
    if stage == "overall" and not _disclosing(scheme):
        days = _number(scheme, context, "overall_days_without_disclosure") or days
    return end_of_day_after(start, days)


def _number(scheme: Scheme, context: Context, name: str) -> Any:
    """A number or word of the scheme's own clocks."""
    return context.param(f"{DVDS}_{name}" if scheme.family == DVDS else name)


def _to_be_seen(scheme: Scheme) -> bool:
    """Whether there is an applicant who is owed an interview."""
    return not (scheme.anonymous or scheme.identity_verified is False or scheme.route in NOBODY_ASKED)


def reconsideration_due(refusal: Refusal, context: Context) -> dt.datetime:
    """Until when the police must consider whether the disclosure should still take place."""
    return within_hours(refusal.at, int(context.param("reconsideration_hours", RECONSIDERATION_HOURS)))


def reconsideration_breached(refusal: Refusal, context: Context) -> dt.datetime:
    """From when an overdue reconsideration is a breach."""
    return within_hours(refusal.at, int(context.param("reconsideration_breach_hours", BREACH_HOURS)))


def _over_at(scheme: Scheme, context: Context) -> dt.datetime | None:
    """When the clock of the whole process stopped."""
    stops: Any = context.param("overall_clock_stops_at", "delivered")
    ends = ("decision" if stops == "decided" else "delivered", *ENDS_WITHOUT_DISCLOSURE)
    return min((scheme.met[end] for end in ends if end in scheme.met), default=None)


def _disclosing(scheme: Scheme) -> bool:
    """Whether it comes, or may still come, to a disclosure."""
    return bool(scheme.deliveries) or scheme.decision is None or scheme.decision.outcome == "disclose"


def _extended(scheme: Scheme, stage: str, due: dt.datetime) -> dt.datetime:
    """The end of the stage's last extension; one that was given when time had run out moves nothing."""
    for given_at, until in sorted(scheme.extended.get(stage, ())):
        if not late(given_at, due):
            due = max(due, until)
    return due
