"""Who holds what as it is shown: a row for each holding, by recipient, a line for each recipient, and totals.

Arguments: `recipient` (by id), `item` (who holds it) and `case` or `scheme` show those alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from projections.arguments import file_of
from projections.owing import is_open, is_overdue
from projections.projection import Answer, Asked
from projections.registers import by_file, in_file
from projections.shown import WORDS, Opener, when
from projections.tables import Row, Tables

CORRECTED, WITHDRAWN = "corrected", "withdrawn"
TELL_OF_CORRECTION, TELL_OF_WITHDRAWAL, DELETE = "AC-03", "CN-14", "CN-13"
EXTRACT = "extract"


class Kept(NamedTuple):
    """What is known of corrections, withdrawals, notices and deletions, by file, for one answer."""

    corrections: Mapping[str, list[Row]]
    withdrawals: Mapping[str, list[Row]]
    told: Mapping[str, list[Row]]
    deleted: Mapping[str, list[Row]]
    owed: dict[tuple[str, str, str], Row]
    asked: Asked
    opener: Opener


def show(tables: Tables, asked: Asked) -> Answer:
    file_of(asked)  # that nobody holds anything of a file that is not there would mislead
    owed = {(f"{row['type']}:{row['id']}", row["duty"], row["key"]): row for row in tables.rows("recipients_owed")}
    kept = Kept(
        corrections=by_file(tables.rows("recipients_correction")),
        withdrawals=by_file(tables.rows("recipients_withdrawal")),
        told=by_file(tables.rows("recipients_told")),
        deleted=by_file(tables.rows("recipients_deleted")),
        owed=owed,
        asked=asked,
        opener=Opener(asked.ledger),
    )
    rows = [_shown(row, kept) for row in sorted(tables.rows("recipients_holding"), key=_order)]
    rows = [row for row in rows if _wanted(row, asked)]
    rows.sort(key=lambda row: row["recipient"] or "")
    return {"rows": rows, "recipients": _recipients(rows), "totals": _totals(rows)}


def _shown(row: Row, kept: Kept) -> Row:
    corrected = [c for c in kept.corrections[row["file"]] if _touches(c, row, "item", row["items"])]
    withdrawn = [w for w in kept.withdrawals[row["file"]] if w["consent"] in (row["relies_on"] or ())]
    told = {
        "corrected": [_notice(row, c["item"], c["at_us"], CORRECTED, TELL_OF_CORRECTION, kept) for c in corrected],
        "withdrawn": [_notice(row, w["consent"], w["at_us"], WITHDRAWN, TELL_OF_WITHDRAWAL, kept) for w in withdrawn],
    }
    return {
        "recipient": row["recipient"] or _named(row, kept.opener),
        "sort": "unnamed" if not row["recipient"] else "person" if row["person"] else "agency",
        "how": row["how"],
        "disclosure": row["name"],
        **in_file(row["file"]),
        "at": when(row["at_us"]),
        "items": row["items"] or [],
        "restrictions": row["restrictions"] or [],
        "consents": row["relies_on"] or [],
        "passed_on_by": row["via"],
        "misdirected": bool(row["misdirected"]),
        **told,
        "not_told": [n["of"] for notices in told.values() for n in notices if n["told_at"] is None],
        "deletion": _deletion(row, withdrawn, kept),
        "position": row["position"],
        "hash": row["hash"],
    }


def _touches(event: Row, row: Row, name: str, held: Iterable[str] | None) -> bool:
    """Whether what happened concerns something of its file that was given away before."""
    return event[name] in (held or ()) and event["at_us"] >= row["at_us"]


def _named(row: Row, opener: Opener) -> str | None:
    """Who it went to where there is no id: the name, which is sealed, is opened to be shown."""
    tree = opener.tree(row["position"])
    to: Any = tree.get("to")
    names = [to] if isinstance(to, str) else [one.get("named_recipient") for one in to or () if isinstance(one, dict)]
    return ", ".join(filter(None, names)) or tree.get(WORDS)


def _notice(row: Row, of: str, since_us: int, what: str, duty: str, kept: Kept) -> Row:
    """Whether one recipient was told of one correction or withdrawal, whichever disclosure it was told for."""
    heard = [
        told["at_us"]
        for told in kept.told[row["file"]]
        if (told["what"], told["name"], told["recipient"]) == (what, of, row["recipient"]) and told["at_us"] >= since_us
    ]
    owed = _owed(row, duty, of, kept)
    return {
        "of": of,
        "since": when(since_us),
        "told_at": when(min(heard, default=None)),
        "due": when(owed["due_us"]) if owed else None,
        "overdue": owed is not None and not heard and is_open(owed) and is_overdue(owed, kept.asked.now),
    }


def _owed(row: Row, duty: str, of: str, kept: Kept) -> Row | None:
    """What is owed of this to this recipient, with or without the disclosure in its name."""
    names = ([of, row["recipient"]], [of, row["name"], row["recipient"]])
    found = (kept.owed.get((row["file"], duty, json.dumps(name, ensure_ascii=False))) for name in names)
    return next(filter(None, found), None)


def _deletion(row: Row, withdrawn: Sequence[Row], kept: Kept) -> Row | None:
    """What became of what rests on a withdrawn consent: deleted, kept on another basis, owed or overdue."""
    consents = {w["consent"] for w in withdrawn}
    if not consents:
        return None
    ended = [
        one
        for one in kept.deleted[row["file"]]
        if one["consent"] in (None, *consents)
        and one["disclosure"] in (None, row["name"])
        and one["holder"] in (None, row["recipient"])
        and one["at_us"] >= row["at_us"]
    ]
    owed = next(filter(None, (_owed(row, DELETE, consent, kept) for consent in sorted(consents))), None)
    overdue = owed is not None and is_overdue(owed, kept.asked.now)
    return {
        "state": ended[-1]["what"] if ended else "overdue" if overdue else "owed",
        "at": when(ended[-1]["at_us"]) if ended else None,
        "due": when(owed["due_us"]) if owed else None,
    }


def _wanted(row: Row, asked: Asked) -> bool:
    args = asked.args
    named = all(args.get(name) in (None, row.get(name)) for name in ("recipient", "case", "scheme"))
    return named and (args.get("item") is None or args["item"] in row["items"])


def _order(row: Row) -> tuple[int, int, str]:
    return row["at_us"], row["position"], row["recipient"]


def _recipients(rows: Sequence[Row]) -> list[Row]:
    """What each recipient holds together."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["recipient"] or "", []).append(row)
    return [
        {
            "recipient": name or None,
            "sort": some[0]["sort"],
            "disclosures": len({(row["disclosure"], row.get("case")) for row in some}),
            "items": sorted({item for row in some for item in row["items"]}),
            "restricted": sum(bool(row["restrictions"]) for row in some),
            "not_told": sorted({of for row in some for of in row["not_told"]}),
            "deletions_open": sum(_is_open(row) for row in some),
        }
        for name, some in sorted(found.items())
    ]


def _is_open(row: Row) -> bool:
    return row["deletion"] is not None and row["deletion"]["state"] in ("owed", "overdue")


def _totals(rows: Sequence[Row]) -> Row:
    notices = [notice for row in rows for notice in (*row["corrected"], *row["withdrawn"])]
    deletions = [row["deletion"]["state"] for row in rows if row["deletion"]]
    return {
        "holdings": len(rows),
        "recipients": len({row["recipient"] for row in rows}),
        "notices": len(notices),
        "told": sum(notice["told_at"] is not None for notice in notices),
        "notices_overdue": sum(notice["overdue"] for notice in notices),
        "deletions": len(deletions),
        "deleted": deletions.count("confirmed"),
        "declined": deletions.count("declined"),
        "deletions_overdue": deletions.count("overdue"),
    }
