"""Answers, never evidence: one file for each question, rebuilt from the ledger whenever anyone likes.

Read `tables.py` and `projection.py` (what a projection is), then any question (`withdrawals.py` is a short one), then
`read_model.py` (views.db), `follow.py` (building) and `answer.py` (showing). A new question is a new module here that
defines a `PROJECTION`; nothing else needs to know of it.

In answers, times are ISO 8601 with Europe/London's offset, and a sealed value whose key was destroyed reads
``"[erased on 2026-10-14 because …]"``, one whose vault is locked or absent ``"[locked]"``.
"""

from projections.answer import show
from projections.catalogue import projections
from projections.current import keep_current
from projections.follow import Built, Rebuilt, catch_up, rebuild
from projections.projection import Projection
from projections.replay import replay

__all__ = ["Built", "Projection", "Rebuilt", "catch_up", "keep_current", "projections", "rebuild", "replay", "show"]
