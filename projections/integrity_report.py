"""The state of the record as it is shown: verifications newest first, checkpoints, keys, disputed spans, anchors."""

from __future__ import annotations

from collections.abc import Sequence

from ledger import LONDON, KeySpan, from_us, signing_keys
from projections.projection import Answer, Asked
from projections.shown import when
from projections.tables import Row, Tables

VERIFIED = "verified"


def show(tables: Tables, asked: Asked) -> Answer:
    runs = [_run(row, asked) for row in sorted(tables.rows("integrity_run"), key=_newest_first)]
    checkpoints = [_checkpoint(row) for row in tables.rows("integrity_checkpoint")]
    # What brought a key in stands right before the first record that it signs.
    spans = [span for span in signing_keys(asked.ledger) if span.first - 1 <= asked.place.position]
    keys = [_key(span, live=span is spans[-1]) for span in spans]
    anchors = [_anchor(row) for row in tables.rows("integrity_anchor")]
    held = [_held(row) for row in tables.rows("integrity_held")]
    disputed = [_dispute(span) for span in spans if _disputes(span)]
    totals = {
        "records": asked.place.position,
        **_last(runs),
        "checkpoints": len(checkpoints),
        "keys": len(keys),
        "disputed": sum(span["last"] - span["first"] + 1 for span in disputed),
        **_known(checkpoints, anchors, asked),
    }
    parts = {"checkpoints": checkpoints, "keys": keys, "disputed": disputed, "anchors": anchors, "held": held}
    return {"rows": runs, **parts, "totals": totals}


def _run(row: Row, asked: Asked) -> Row:
    days = (asked.now.astimezone(LONDON).date() - from_us(row["at_us"]).astimezone(LONDON).date()).days
    return {
        "verified_at": when(row["at_us"]),
        "days_ago": days,
        "verdict": row["verdict"],
        "full": bool(row["every_signature"]),
        "records": row["records"],
        "signatures": row["signatures"],
        "unchecked": row["unchecked"],
        "erased": row["erased"],
        "disputed": row["disputed"],
        "failures": row["failures"],
        "by": row["by"],
        "head": row["head"],
        "findings": row["findings"],
        "position": row["position"],
    }


def _newest_first(row: Row) -> tuple[int, int]:
    return -row["at_us"], -row["position"]


def _last(runs: Sequence[Row]) -> Row:
    """The last verification, and the last that checked every signature and found nothing wrong (K24)."""
    full = next((run for run in runs if run["full"] and run["verdict"] == VERIFIED), None)
    return {
        "verifications": len(runs),
        "last_verdict": runs[0]["verdict"] if runs else None,
        "last_days_ago": runs[0]["days_ago"] if runs else None,
        "last_full_at": full["verified_at"] if full else None,
        "last_full_days_ago": full["days_ago"] if full else None,
    }


def _checkpoint(row: Row) -> Row:
    names = ("size", "root", "origin", "key", "position")
    return {"signed_at": when(row["at_us"]), **{name: row[name] for name in names}}


def _key(span: KeySpan, *, live: bool) -> Row:
    """One signing key as it stood then: one that was replaced later was live."""
    return {
        "key": span.key_id.hex(),
        "state": "live" if live else "replaced",
        "first": span.first,
        "last": None if live else span.last,
        "brought_by": span.brought_by,
    }


def _disputes(span: KeySpan) -> bool:
    """Whether a key was brought in by a recovery that distrusts records before itself."""
    return span.distrust_from is not None and span.distrust_from < span.first - 1


def _dispute(span: KeySpan) -> Row:
    return {"first": span.distrust_from, "last": span.first - 2, "recovery": span.first - 1}


def _anchor(row: Row) -> Row:
    names = ("partner", "disclosure", "receipt", "record", "record_hash", "partner_hash", "position")
    return {"confirmed_at": when(row["at_us"]), **{name: row[name] for name in names}}


def _held(row: Row) -> Row:
    names = ("partner", "disclosure", "hash", "position")
    return {"received_at": when(row["at_us"]), **{name: row[name] for name in names}}


def _known(checkpoints: Sequence[Row], anchors: Sequence[Row], asked: Asked) -> Row:
    """How far partners hold a hash of this ledger: whoever changed what lies before it would be found out by them."""
    anchored = max((anchor["record"] for anchor in anchors if anchor["record"]), default=0)
    return {
        "anchors": len(anchors),
        "partners": len({anchor["partner"] for anchor in anchors}),
        "anchored_to": anchored,
        "after_last_anchor": asked.place.position - anchored,
        "checkpoint_to": max((checkpoint["size"] or 0 for checkpoint in checkpoints), default=0),
    }
