"""Issuing an extract: it is a disclosure (R0.10), so what the rules ask of every disclosure is asked before it is made.

`ExtractIssued` says what was given: of which files and items, to whom, on which basis, how, within which limits, and
what was taken out. A notice is no disclosure of its own; the disclosure that it tells of is its record.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, TypeVar

from ledger.addressee import alike, unmatched
from ledger.choice import Choice, Shown
from ledger.errors import Malformed, Refused, UsageError
from ledger.extract import ExtractMade, create_extract
from ledger.extract_body import COMPLETE, STATEMENT
from ledger.extract_making import Purpose
from ledger.ledger import Ledger
from ledger.parcel import seal_parcel
from ledger.procedure.clock import late, until
from ledger.procedure.command import Actor
from ledger.procedure.declare import About, Payload
from ledger.procedure.events.case import InformationRecorded
from ledger.procedure.events.disclosure import DisclosureMade, DisclosureReceived
from ledger.procedure.events.persons import ON_FILE
from ledger.procedure.layout import plain
from ledger.procedure.rules.extract import SUBJECT_ACCESS
from ledger.procedure.speaking import PSEUDONYMISE, SHOW, WITHHOLD
from ledger.proof import values
from ledger.recipient import check_recipient
from ledger.trust import Card

PROTECTED = {SHOW: "unredacted", PSEUDONYMISE: "pseudonymised", WITHHOLD: "redacted"}
TO_A_COURT = frozenset({"court_order", "legal_proceedings", "practice_review"})  # whoever asks so is owed all there is

P = TypeVar("P", bound=Payload)


@dataclass(frozen=True)
class Issue:
    """How an extract is given. `to_persons`: who of the file it goes to; `recipient`: the ledger that it is for, by its
    card; `parcel`: the file is sealed to that card; `extract_id`: the agency's own id for it; `notice`: it tells of a
    disclosure, which is its record."""

    mode: str
    third_parties: str = SHOW
    to_persons: tuple[str, ...] = ()
    recipient: Card | None = None
    parcel: bool = False
    extract_id: str | None = None
    notice: bool = False


def issue(ledger: Ledger, choice: Choice, given: Purpose, how: Issue, *, out: Path, actor: Actor | None) -> ExtractMade:
    """Have the rules judge an extract, write it to `out` and record it.

    Raises `UsageError` where the mode is not that of the request, `Refused` where the rules refuse it, with a trace and
    without a file; and whatever `create_extract` does.
    """
    for text in astuple(given):  # what no file can hold is no matter for the rules
        values.check_text(text)
    check_mode(how.mode, given.purpose)
    check_expiry(given.expires, ledger.now())
    card = how.recipient
    if how.parcel and card is None:
        raise UsageError("A parcel is sealed to somebody's card: say whose (--for CARD).")
    if card is not None:
        _check_card(ledger, choice, given, how, card)
    said = _said(ledger, choice, given, how)
    if meant := alike(ledger, *_by_name(choice, given, how)):
        _judge(ledger, choice, given, how, said | {"to_persons": [*dict.fromkeys([*how.to_persons, *meant])]}, actor)
    unsaid = not how.notice and not (given.purpose and given.reasons)
    if how.notice or unsaid or any("" in one.withheld.values() for one in choice.records):
        _judge(ledger, choice, given, how, said, actor)
    if unsaid:  # R0.10
        raise UsageError("An extract is a disclosure: say what for (--purpose CODE) and why, in words (--reasons).")
    return create_extract(
        ledger,
        choice,
        given,
        mode=how.mode,
        out=out,
        actor=actor,
        recipient=card.ledger if card is not None else b"",
        record=not how.notice,
        issued=said,
        seal=(lambda data: seal_parcel(data, card)) if how.parcel and card is not None else None,
    )


def _check_card(ledger: Ledger, choice: Choice, given: Purpose, how: Issue, card: Card) -> None:
    """A notice is for whom the disclosure was made to, a receipt for its provider; a statement for the person alone,
    unless it is said to whom else."""
    if how.mode == STATEMENT and not given.to:
        raise UsageError("A statement goes to the person: leave --for out, or say which agency gets it (--to).")
    provided = next((event.provider for _, event in _of(choice, DisclosureReceived)), None)
    whose = given.to if how.notice else None
    if provided is not None and choice.about[0][0] == "receipt":
        whose = provided.agency
    check_recipient(ledger, card, given.to, whose=whose)


def check_mode(mode: str, purpose: str) -> None:
    """The mode follows from the kind of request: a statement for whoever asks about themselves, all for a court."""
    codes = {word.strip() for word in purpose.split(",")}
    if SUBJECT_ACCESS in codes and mode != STATEMENT:
        raise UsageError("Subject access is answered by a statement (--person P): others show that there is more.")
    if codes & TO_A_COURT and mode == STATEMENT:
        raise UsageError(f"For {purpose} give a complete extract (--case C): a statement proves nothing.")


def check_expiry(expires: str, now: dt.datetime) -> None:
    """A day until which an extract may be kept is one that is not over."""
    if not expires:
        return
    try:
        over = late(now, until(expires))
    except Malformed:
        raise UsageError(f"--expires takes a day, for example 2027-01-31, and not {expires[:40]!r}.") from None
    if over:
        raise UsageError(
            f"--expires {expires} is over: whoever gets the extract could not keep it for a day. Name a day to come."
        )


def doubt(ledger: Ledger, choice: Choice, given: Purpose, how: Issue) -> str | None:
    """What the exporter is told where the recipient could not be held against restrictions on persons (EX-04)."""
    return unmatched(ledger, *_by_name(choice, given, how))


def _by_name(choice: Choice, given: Purpose, how: Issue) -> tuple[str, list[About]]:
    """To whom it goes, unless that is certain by a card or by the disclosure, and the files whose records are shown."""
    certain = how.notice or how.recipient is not None
    files = dict.fromkeys(one.reading.about for one in choice.records if one.reading.about.type in ON_FILE)
    return "" if certain else given.to, [*files]


def given_with(choice: Choice, given: Purpose) -> Purpose:
    """What a notice says of itself, where it was not said: purpose, way, limits and basis as its disclosure has them,
    as far as the recipient may have those."""
    event, closed = _disclosure(choice)
    if event is None:
        return given
    basis = event.legal_basis if "legal_basis" not in closed else None
    codes = [*(one.code for one in basis.art6), *(one.code for one in basis.art9)] if basis is not None else []
    return Purpose(
        given.to,
        given.purpose or ", ".join(event.purposes),
        given.basis or ", ".join(filter(None, codes)),
        given.reasons,
        given.marking,
        given.how or (event.how.method if event.how is not None and "how" not in closed else None) or "",
        given.restrictions or ", ".join(dict.fromkeys(limit.code for limit in event.restrictions if limit.code)),
        given.expires,
    )


def _said(ledger: Ledger, choice: Choice, given: Purpose, how: Issue) -> dict[str, Any]:
    """What `ExtractIssued` says besides what the writer counts."""
    files = [] if how.mode == COMPLETE else [(of.type, of.id) for of in (one.reading.about for one in choice.records)]
    shown, taken_out = _items(choice)
    left_out = Counter(reason for _, reason in choice.left_out)
    return {
        "extract_id": how.extract_id,
        "about": [{"type": kind, "id": name} for kind, name in dict.fromkeys([*choice.about, *files])],
        "items": [] if how.mode == COMPLETE else shown,
        "to_persons": list(how.to_persons),
        "how": {"method": given.how} if given.how else None,
        "restrictions": _restrictions(ledger, given.restrictions),
        "expires_at": given.expires or None,
        "third_parties": PROTECTED[how.third_parties],
        "redactions": [
            *({"items": items, "reason": reason or None} for reason, items in taken_out.items()),
            *({"count": count, "reason": reason or None} for reason, count in left_out.items()),
        ],
    }


def _items(choice: Choice) -> tuple[list[str], dict[str, list[str]]]:
    """The items whose content is shown, and those whose content is not, by reason; of received ones, the details."""
    shown: list[str] = []
    taken_out: dict[str, list[str]] = {}
    for one, event in _of(choice, InformationRecorded):
        reason = _closed(one).get("content")
        (shown if reason is None else taken_out.setdefault(reason, [])).append(event.item_id)
    for one, receipt in _of(choice, DisclosureReceived):
        if (reason := _closed(one).get("words")) is not None:
            taken_out.setdefault(reason, []).extend(receipt.items)
    return shown, taken_out


def _restrictions(ledger: Ledger, text: str) -> list[dict[str, str]]:
    """Restrictions as codes, where the words are codes; else in those words."""
    if not text:
        return []
    codes = ledger.agency().book.codes("restrictions")
    words = [word.strip() for word in text.split(",") if word.strip()]
    return [{"code": word} for word in words] if set(words) <= set(codes) else [{"text": text}]


def _judge(
    ledger: Ledger, choice: Choice, given: Purpose, how: Issue, said: dict[str, Any], actor: Actor | None
) -> None:
    """Have the rules refuse what is never recorded: a notice that lacks something, or a redaction without a reason."""
    event, _ = _disclosure(choice) if how.notice else (None, {})
    reasons = Counter(reason for one in choice.records for reason in one.withheld.values())
    command = said | {
        "do": "ExtractIssued",
        "mode": "fact" if how.notice else "plan",  # the disclosure was judged when it was made
        "to": given.to or None,
        "purpose": given.purpose.split(",")[0] or None,
        "basis": plain(event.legal_basis) if event is not None else given.basis or [],
        "marking": given.marking or None,
        "extract_mode": how.mode,
        "withheld": sum(reasons.values()),
        "redactions": [*said["redactions"], *({"count": n, "reason": why or None} for why, n in reasons.items())],
    }
    if ledger.practice:
        command["recorded_at"] = ledger.now().isoformat()
    try:
        ledger.rehearse([command], actor=actor)
    except Refused:
        ledger.record(command, actor=actor)  # refused likewise, with a trace
        raise


def _disclosure(choice: Choice) -> tuple[DisclosureMade | None, dict[str, str]]:
    """The disclosure that a notice tells of, and its fields that stay closed."""
    return next(((event, _closed(one)) for one, event in _of(choice, DisclosureMade)), (None, {}))


def _of(choice: Choice, kind: type[P]) -> Iterator[tuple[Shown, P]]:
    for one in choice.records:
        if one.reading.name == kind.__name__ and isinstance(event := one.reading.full_event(), kind):
            yield one, event


def _closed(one: Shown) -> dict[str, str]:
    """The fields that stay closed by name, each with why."""
    kind = one.reading.declared
    return {f.name: one.withheld[f.index] for f in (kind.fields if kind else ()) if f.index in one.withheld}
