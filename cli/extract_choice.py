"""What `extract create` is asked for: one thing, in the mode that its kind of reader is owed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger import About, Card, Choice, Issue, Ledger, Purpose

COMPLETE, SELECTIVE, STATEMENT = "complete", "selective", "statement"
DISCLOSURE, RECEIPT, PERSON, STREAMS = "disclosure", "receipt", "person", "cases"
MODES = {
    DISCLOSURE: (SELECTIVE,),
    RECEIPT: (SELECTIVE,),
    PERSON: (STATEMENT,),
    STREAMS: (COMPLETE, SELECTIVE),
}  # the first is meant where none is said
OF_WHAT = {  # options that go with some of these alone
    "positions": ("--record", (STREAMS,)),
    "third_parties": ("--third-parties", (STREAMS, PERSON)),
    "withhold": ("--withhold", (STREAMS, PERSON, DISCLOSURE)),
    "schemes": ("--scheme", (STREAMS,)),
    "contexts": ("--context", (STREAMS,)),
}


def chosen(ledger: Ledger, asked: Mapping[str, Any], card: Card | None) -> tuple[Choice, Purpose, Issue]:
    """What is to be shown, to whom and why, and how it is given; `UsageError` where that does not go together."""
    from ledger import Issue, Purpose, Withholding, given_with, showing

    what = _named(asked)
    mode = _mode(what, asked)
    given = Purpose(**{name: asked[name] for name in Purpose.__dataclass_fields__})
    others = asked["third_parties"] or ("withhold" if what == PERSON else "show")
    withheld = Withholding.parse(asked["withhold"])
    if what == PERSON:
        readers = frozenset(filter(None, [given.to]))
        choice = showing.statement(ledger, asked[PERSON], readers=readers, third_parties=others, withhold=withheld)
        return choice, given, Issue(mode, others, (asked[PERSON],), card, asked["parcel"], asked["extract_id"])
    if what == STREAMS:
        streams = [stream_of(ledger, name) for name in asked["cases"]] + _others(asked)
        if mode == COMPLETE:
            choice = showing.complete(ledger, streams, third_parties=others, withhold=withheld)
        else:
            positions = asked["positions"]
            choice = showing.selective(ledger, streams, positions=positions, third_parties=others, withhold=withheld)
        return choice, given, Issue(mode, others, (), card, asked["parcel"], asked["extract_id"])
    case = next(iter(asked["cases"]), None)
    how = Issue(mode, "show", (), card, asked["parcel"], asked["extract_id"], notice=what == DISCLOSURE)
    if what == RECEIPT:
        return showing.receipt(ledger, asked[RECEIPT], case=case), given, how
    choice = showing.notice(ledger, asked[DISCLOSURE], given.to, case=case, withhold=withheld)
    return choice, given_with(choice, given), how


def _named(asked: Mapping[str, Any]) -> str:
    """What is to be shown: one disclosure, receipt or person, or streams; a case may say whose disclosure is meant."""
    from ledger.errors import UsageError

    found = [what for what in (DISCLOSURE, RECEIPT, PERSON) if asked[what]]
    streams = asked["cases"] or asked["schemes"] or asked["contexts"]
    if len(found) > 1 or not (found or streams) or (asked[PERSON] and streams) or (found and len(asked["cases"]) > 1):
        raise UsageError("Say what to show: --case C (--scheme, --context), --disclosure X, --receipt R or --person P.")
    what = found[0] if found else STREAMS
    for name, (option, goes_with) in OF_WHAT.items():
        if asked[name] and what not in goes_with:
            raise UsageError(f"{option} does not go with --{what}.")
    return what


def _mode(what: str, asked: Mapping[str, Any]) -> str:
    from ledger.errors import UsageError

    mode: str = asked["mode"] or (SELECTIVE if asked["positions"] else MODES[what][0])
    if mode not in MODES[what]:
        owed = {PERSON: "A person is given a statement", STREAMS: "A statement is given of a person: --person P"}
        raise UsageError(owed.get(what, f"A {what} is shown in a selective extract") + f", not {mode}.")
    if asked["positions"] and mode == COMPLETE:
        raise UsageError("A complete extract leaves no record out: --record goes with --mode selective.")
    return mode


def _others(asked: Mapping[str, Any]) -> list[About]:
    from ledger import About

    named = (("scheme", asked["schemes"]), ("context", asked["contexts"]))
    return [About(kind, name) for kind, names in named for name in names]


def card_of(path: Path | None) -> Card | None:
    """The card of the agency whose ledger an extract is for."""
    from ledger import load_card
    from ledger.errors import UsageError

    if path is None:
        return None
    if not path.is_file():
        raise UsageError(f"{path} is no file: give the card of the agency it is for (--for CARD).")
    return load_card(path)[1]


def stream_of(ledger: Ledger, name: str) -> About:
    """The case of this id, or else the scheme; `UnknownId` when there is neither."""
    from ledger import About
    from ledger.errors import UnknownId

    for kind in ("case", "scheme"):
        about = About(kind, name)
        if next(ledger.readings(about=about), None) is not None:
            return about
    raise UnknownId(f"There is no case and no scheme {name} in this ledger")
