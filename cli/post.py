"""What the agencies of a scenario tell each other: of a disclosure its recipient, of a receipt the sender (R0.9).

A request reaches whoever is asked, and the confirmation that something was deleted whoever had sent it, unless the
scenario says so itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.results import short

if TYPE_CHECKING:
    from ledger import Ledger

Command = dict[str, Any]
MADE, RECEIVED, CONFIRMED = "DisclosureMade", "DisclosureReceived", "ReceiptConfirmed"
REQUESTED, DELETED = "InformationRequested", "DeletionConfirmed"
OF_A_REQUEST = ("request_id", "purposes", "purpose", "legal_basis", "basis", "need_stated", "risk_level", "compulsion")


class Sent(NamedTuple):
    """A disclosure as its sender recorded it."""

    sender: str
    position: int
    hash: str


class Letter(NamedTuple):
    """A receipt on its way back to the sender, and when it was recorded."""

    at: dt.datetime
    to: str
    says: Command


class Post:
    """Carries notices between ledgers; a sender's is written to only when the time of its own next line has come."""

    def __init__(self, ledgers: Mapping[str, Ledger]) -> None:
        self._ledgers = ledgers
        self._sent: dict[str, list[Sent]] = {}  # by disclosure
        self._letters: list[Letter] = []
        self._asked: dict[tuple[str, str], Command] = {}  # by request and whoever is asked

    def addressed(self, agency: str, command: Command) -> Command:
        """A receipt with the record of its sender and what that says to its recipient; what it says itself stands."""
        sent = self._of(agency, command)
        if sent is None or command.get("sender_event_hash") is not None:
            return command
        notice = self._ledgers[sent.sender].notice_of(sent.position)
        return {"notice": notice, **command, "sender_event_hash": sent.hash}

    def posted(self, agency: str, command: Command, records: list[dict[str, Any]]) -> None:
        """Take up what an accepted line says to others."""
        for record in records:
            kind = short(record["kind"])
            if kind == MADE and "disclosure_id" in command:
                sent = Sent(agency, record["position"], record["hash"])
                self._sent.setdefault(command["disclosure_id"], []).append(sent)
            elif kind == RECEIVED and (answered := self._of(agency, command)) is not None:
                self._letters.append(self._letter(agency, command, record["hash"], answered))
            elif kind == DELETED:
                self._letters += self._deleted(agency, command, record["position"])
            elif kind == REQUESTED and (asked := self._event(agency, record).to) in self._ledgers:
                request = {key: command[key] for key in OF_A_REQUEST if key in command}
                self._asked[command["request_id"], asked] = {**_at(command), **request, "requester": agency}

    def deliver(self, until: dt.datetime | None = None, to: str | None = None, said: Command | None = None) -> None:
        """Record at their senders the receipts of which they would have heard by then (all), but for what is `said`."""
        for letter in list(self._letters):
            if to in (None, letter.to) and (until is None or letter.at <= until):
                self._letters.remove(letter)
                if said is None or said.get("do") != DELETED or letter.says["do"] != DELETED:
                    self._ledgers[letter.to].record(letter.says)

    def ask(self, agency: str, command: Command) -> None:
        """Record a partner's request that a line answers, where the agency that is asked has not recorded it."""
        from ledger import About
        from ledger.errors import UnknownId

        carried = command.get("decision")
        request_id = command.get("request_id") or (carried.get("request_id") if isinstance(carried, Mapping) else None)
        asked, case = self._asked.get((str(request_id), agency)), command.get("case")
        if asked is None or command.get("do") == REQUESTED or not isinstance(case, str):
            return
        with suppress(UnknownId):
            if request_id not in self._ledgers[agency].file(About("case", case)).case.requests:
                now = {"do": REQUESTED, "case": case, "to": agency, "recorded_at": command["recorded_at"]}
                self._ledgers[agency].record({**asked, **now, "actor": _duty(agency)})

    def _of(self, agency: str, command: Command) -> Sent | None:
        """The record of the sender whose disclosure a receipt names, where it was played here."""
        disclosure, provider = command.get("disclosure_id"), command.get("provider")
        if command.get("do") != RECEIVED or not isinstance(disclosure, str):
            return None
        named = provider.get("agency") if isinstance(provider, Mapping) else provider
        others = [sent for sent in self._sent.get(disclosure, ()) if sent.sender != agency]
        return next((sent for sent in others if sent.sender == named), others[0] if others else None)

    def _event(self, agency: str, record: Mapping[str, Any]) -> Any:
        return self._ledgers[agency].reading(record["position"]).event

    def _deleted(self, agency: str, command: Command, position: int) -> Iterator[Letter]:
        """To each who had sent what was deleted: the disclosure that is named, or all on the consent that is."""
        event: Any = self._ledgers[agency].reading(position).event
        for disclosure, made in self._sent.items():
            for sent in made:
                rests_on: Any = self._ledgers[sent.sender].reading(sent.position)
                named = event.disclosure_id == disclosure or (
                    event.disclosure_id is None and event.consent_id in rests_on.event.relies_on
                )
                if named and sent.sender != agency and any(to.agency == agency for to in rests_on.event.to):
                    about = {rests_on.about.type: rests_on.about.id, "actor": _duty(sent.sender)}
                    consent = event.consent_id or next(iter(rests_on.event.relies_on), None)
                    what = {"consent_id": consent, "disclosure_id": disclosure, "holder": agency}
                    at = dt.datetime.fromisoformat(command["recorded_at"])
                    yield Letter(at, sent.sender, {"do": DELETED, **about, **_at(command), **what})

    def _letter(self, agency: str, command: Command, receipt: str, sent: Sent) -> Letter:
        about = self._ledgers[sent.sender].reading(sent.position).about
        says = {
            "do": CONFIRMED,
            about.type: about.id,
            "actor": _duty(sent.sender),
            **_at(command),
            "disclosure_id": command["disclosure_id"],
            "recipient": agency,
            "receipt_id": command.get("receipt_id"),
            "recipient_event_hash": receipt,
        }
        return Letter(dt.datetime.fromisoformat(command["recorded_at"]), sent.sender, says)


def _at(command: Command) -> Command:
    """A line's own time as that at which others hear of it."""
    return dict.fromkeys(("occurred_at", "known_at", "recorded_at"), command["recorded_at"])


def _duty(agency: str) -> Command:
    return {"staff_ref": f"{agency}-duty", "role": "practitioner"}
