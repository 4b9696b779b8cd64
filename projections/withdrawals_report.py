"""The history of consents as it is shown: a row for each, and totals over those that were withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ledger import LONDON, from_us, to_us
from projections.projection import Answer, Asked
from projections.shown import Opener, over, when
from projections.tables import Row, Tables

DAY, HOUR = 86_400_000_000, 3_600_000_000
DELETION_DAYS = 30  # where no edition in force says otherwise
PARTS = ("items", "recipients", "purposes")
RELIED_ON_WITHDRAWN = "CN-12"


def show(tables: Tables, asked: Asked) -> Answer:
    opener = Opener(asked.ledger)
    rows: list[Row] = []
    file, disclosures, decisions = "", list[Row](), dict[str, Row]()
    for consent in tables.rows("withdrawals_consent"):
        if consent["file"] != file:
            file = consent["file"]
            disclosures = sorted(tables.rows("withdrawals_disclosure", file=file), key=_order)
            decisions = {d["decision"]: d for d in tables.rows("withdrawals_decision", file=file)}
        relied = [d for d in disclosures if consent["consent"] in (d["relies_on"] or ())]
        for disclosure in relied if any(w["items"] for w in _withdrawals(consent)) else ():
            disclosure["found"] = _found(disclosure, decisions, asked)
        owed = list(_owed(consent, relied, asked))
        row = _consent(consent, asked)
        row |= _withdrawal(consent, relied, opener)
        row |= _told(consent, relied)
        row["deletions"] = [_deletion(line, opener) for line in owed]
        row["later_on_other_basis"] = [d["disclosure"] for d in _later(consent, disclosures, relied, decisions)]
        rows.append(row)
    return {"rows": rows, "totals": _totals(rows)}


def _consent(consent: Row, asked: Asked) -> Row:
    """What was agreed, and how it stands at the time asked."""
    kind, _, file = consent["file"].partition(":")
    now = to_us(asked.now)
    ends = [now] + [t for t in (_whole(consent), consent["replaced_us"]) if t is not None]
    return {
        "consent": consent["consent"],
        kind: file,
        "subject": consent["subject"],
        "given_by": consent["given_by"],
        "authority": consent["authority"],
        "explicit": consent["explicit"],
        **{part: consent[part] for part in ("purposes", "items", "recipients")},
        "given_at": when(consent["given_us"]),
        "expires_at": consent["expires"],
        "review_on": consent["review"],
        "status": _status(consent, asked.now),
        "days_live": max(0, (min(ends) - consent["given_us"]) // DAY),
        "renews": consent["renews"],
        "replaced_by": consent["replaced_by"],
        "position": consent["position"],
        "hash": consent["hash"],
    }


def _status(consent: Row, now: dt.datetime) -> str:
    at, whole = to_us(now), _whole(consent)
    if whole is not None and whole <= at:
        return "withdrawn"
    if consent["replaced_us"] is not None and consent["replaced_us"] <= at:
        return "replaced"
    if over(consent["expires"], now):
        return "expired"
    return "partly_withdrawn" if any(w["at_us"] <= at for w in _withdrawals(consent)) else "given"


def _withdrawal(consent: Row, relied: Sequence[Row], opener: Opener) -> Row:
    """When, by whom, how and for what it was withdrawn; what had rested on it before, and what did so after."""
    withdrawals = _withdrawals(consent)
    first = withdrawals[0] if withdrawals else {}
    return {
        "withdrawn_at": when(first.get("at_us")),
        "withdrawn_by": first.get("by"),
        "withdrawal_scope": first.get("scope"),
        "how": opener.text(first.get("how")),
        "withdrawals": [
            {"at": when(w["at_us"]), "by": w["by"], "scope": w["scope"]}
            | {part: w[part] or [] for part in PARTS}
            | {"reason": opener.text(w["reason"]), "position": w["position"], "hash": w["hash"]}
            for w in withdrawals
        ],
        "relied_on_before": [d["disclosure"] for d in relied if withdrawals and d["at_us"] < first["at_us"]],
        "relied_on_after": [
            d["disclosure"] for d in relied if any(w["at_us"] <= d["at_us"] for w in _withdrawn_for(consent, d))
        ],
    }


def _told(consent: Row, relied: Sequence[Row]) -> Row:
    """Who was owed the news of the withdrawal: everybody who got something on what was withdrawn."""
    owed: dict[str, int] = {}
    for disclosure in relied:
        for withdrawal in _withdrawn_for(consent, disclosure):
            for recipient in disclosure["recipients"]:
                owed[recipient] = min(owed.get(recipient, withdrawal["at_us"]), withdrawal["at_us"])
    told: list[Row] = []
    for recipient, since in sorted(owed.items()):
        heard = [t["at_us"] for t in consent["told"] or () if t["recipient"] == recipient and t["at_us"] >= since]
        if heard:
            told.append(
                {"recipient": recipient, "at": when(min(heard)), "hours": round((min(heard) - since) / HOUR, 4)}
            )
    known = {line["recipient"] for line in told}
    return {"recipients_told": told, "recipients_not_told": [r for r in sorted(owed) if r not in known]}


def _owed(consent: Row, relied: Sequence[Row], asked: Asked) -> Iterator[Row]:
    """The deletions owed, with what became of each; then those that this agency made of its own."""
    book, matched = asked.ledger.agency(asked.until).book, list[Row]()
    events = sorted(consent["deletions"] or (), key=_order)
    for disclosure in relied:
        since = [max(w["at_us"], disclosure["at_us"]) for w in _withdrawn_for(consent, disclosure)]
        for recipient in disclosure["recipients"] if since else ():
            fitting = [e for e in events if _answers(e, disclosure, recipient)]
            matched += fitting
            start = from_us(min(since))
            days = int(book.context(start).param("deletion_days", DELETION_DAYS))
            day = (start.astimezone(LONDON).date() + dt.timedelta(days=days)).isoformat()
            yield {
                "disclosure": disclosure["disclosure"],
                "holder": recipient,
                "due": day,
                "state": fitting[-1]["what"] if fitting else "overdue" if over(day, asked.now) else "owed",
                "event": fitting[-1] if fitting else None,
            }
    for event in events:
        if event not in matched:
            holder = event["holder"] or asked.ledger.agency_id
            yield {
                "disclosure": event["disclosure"],
                "holder": holder,
                "due": None,
                "state": event["what"],
                "event": event,
            }


def _answers(event: Row, disclosure: Row, recipient: str) -> bool:
    """Whether a deletion (or its refusal) is that of this disclosure by this holder; what is left unsaid means all."""
    return (
        event["disclosure"] in (None, disclosure["disclosure"])
        and event["holder"] in (None, recipient)
        and event["at_us"] >= disclosure["at_us"]
    )


def _deletion(line: Row, opener: Opener) -> Row:
    event = line.pop("event") or {}
    line |= {"at": when(event.get("at_us")), "position": event.get("position")}
    if line["state"] == "declined":
        line |= {"basis": event["basis"], "approver": event["approver"], "reasons": opener.text(event["reasons"])}
    return line


def _later(consent: Row, disclosures: Sequence[Row], relied: Sequence[Row], decisions: dict[str, Row]) -> Iterator[Row]:
    """What was shared about the same person after the withdrawal, but not on this consent."""
    withdrawals = _withdrawals(consent)
    for disclosure in disclosures:
        subjects = decisions.get(disclosure["decision"], {}).get("subjects") or ()
        later = withdrawals and disclosure["at_us"] >= withdrawals[0]["at_us"]
        if later and consent["subject"] in subjects and disclosure not in relied:
            yield disclosure


def _withdrawn_for(consent: Row, disclosure: Row) -> Iterator[Row]:
    """The withdrawals that are of a disclosure; one that was followed by a new consent is not of what came after."""
    for withdrawal in _withdrawals(consent):
        renewed = withdrawal["at_us"] < consent["given_us"] <= disclosure["at_us"]
        if not renewed and _touches(withdrawal, disclosure):
            yield withdrawal


def _touches(withdrawal: Row, disclosure: Row) -> bool:
    """Whether a withdrawal is of any part of a disclosure; by kind of information only judgement could tell (CN-12)."""
    if withdrawal["scope"] == "whole" or disclosure.get("found"):
        return True
    return any(set(withdrawal[part] or ()) & set(disclosure[part]) for part in PARTS)


def _found(disclosure: Row, decisions: dict[str, Row], asked: Asked) -> bool:
    """Whether it was found to rest on a withdrawn consent, itself or its decision."""
    decision = decisions.get(disclosure["decision"])
    positions = [disclosure["position"], *([decision["position"]] if decision else ())]
    return any(f.rule == RELIED_ON_WITHDRAWN for p in positions for f in asked.ledger.reading(p).findings)


def _whole(consent: Row) -> int | None:
    """When it was withdrawn as a whole, if it was not given anew since."""
    whole = (w["at_us"] for w in _withdrawals(consent) if w["scope"] == "whole" and w["at_us"] >= consent["given_us"])
    return min(whole, default=None)


def _withdrawals(consent: Row) -> list[Row]:
    return sorted(consent["withdrawals"] or (), key=_order)


def _order(row: Row) -> tuple[int, int]:
    return row["at_us"], row["position"]


def _totals(rows: Sequence[Row]) -> dict[str, int]:
    withdrawn = [row for row in rows if row["withdrawals"]]
    states = [line["state"] for row in withdrawn for line in row["deletions"]]

    def many(name: str) -> int:
        return sum(len(row[name]) for row in withdrawn)

    return {
        "consents": len(rows),
        "withdrawn": len(withdrawn),
        "relied_on_before": many("relied_on_before"),
        "relied_on_after": many("relied_on_after"),
        "recipients_told": many("recipients_told"),
        "recipients": many("recipients_told") + many("recipients_not_told"),
        "deleted": states.count("confirmed"),
        "declined": states.count("declined"),
        "overdue": states.count("overdue"),
    }
