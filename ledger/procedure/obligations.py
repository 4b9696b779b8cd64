"""What is owed, put into words, and what would be found of it if it were done only now."""

from __future__ import annotations

import datetime as dt
from string import Template
from typing import NamedTuple

from ledger.procedure.clock import late
from ledger.procedure.edition import Context
from ledger.procedure.entry import Owed
from ledger.procedure.rules.duty import ruling_if_late

PLAIN = "see to $duty ($about)"  # for a duty that no edition of the ledger words, as an earlier release's may be


class Standing(NamedTuple):
    """An obligation that is still open, as it stands at a moment; `rule` and `level`: what is found of it by then."""

    what: str
    rule: str | None = None
    level: str | None = None
    overdue: bool = False


def in_words(owed: Owed, context: Context) -> str:
    """What is to be done, as the editions word it (``owed/<duty>``): “tell KYP that the consent is withdrawn”.

    $about are all the ids, $first and $last two of them, $by is who owes it where that is another agency.
    """
    keys = (f"owed/{owed.duty}/{owed.case}", f"owed/{owed.duty}")
    words = next(filter(None, map(context.wording, keys)), PLAIN)
    ends = {"first": owed.about[0], "last": owed.about[-1]} if owed.about else {}
    return Template(words).safe_substitute(ends, duty=owed.duty, about=", ".join(owed.about), by=owed.by)


def standing(owed: Owed, at: dt.datetime, context: Context) -> Standing:
    """How an open obligation stands at a moment, under the editions that govern it."""
    if not late(at, owed.due):
        return Standing(in_words(owed, context))
    ruling = ruling_if_late(owed, at, context)
    rule, level = (owed.duty, ruling.level) if ruling is not None else (None, None)
    return Standing(in_words(owed, context), rule, level, overdue=True)
