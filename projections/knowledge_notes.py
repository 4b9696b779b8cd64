"""What one record tells of who knew what since when: notes, from which `knowledge_matrix.py` makes the matrix.

A note is a row of plain open values, so that it can be kept in a table or made from any readings. Agencies are named as
the record names them; None is the agency whose record it is. What each note `says`:

- ``fact``: this agency knew an item, a missing episode or an association at `at_us`; with `receipt`, from a partner.
- ``asked``: `agency` asked `others` for something, request `ref`.
- ``decided``: decision `ref` on the request `request`; a refusal counts from when the requester was told.
- ``sent``: disclosure `ref` was made to `others`, of `items` and `contexts`; `hash` is the record's.
- ``received``: a receipt of the disclosure `disclosure` by `agency`, who made it at `made_us`, if that is told; `hash`
  is that of the sender's record.
- ``confirmed``: `agency` says that it has the disclosure `ref`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger import Reading
from projections.fields import pick
from projections.registers import file_of, named
from projections.shown import microseconds
from projections.tables import Row

FACT, ASKED, DECIDED, SENT, RECEIVED, CONFIRMED = "fact", "asked", "decided", "sent", "received", "confirmed"
ITEM, EPISODE, ASSOCIATION, REQUEST, DISCLOSURE = "item", "episode", "association", "request", "disclosure"
MISDIRECTED, WITHHELD, MISSING = "misdirected", "withhold", "missing_episode"  # kinds
COLUMNS: dict[str, type] = {
    "file": str,
    "position": int,
    "number": int,
    "says": str,
    "at_us": int,
    "sort": str,  # of a fact: item, episode, association
    "ref": str,
    "kind": str,  # of information, of statement, of risk: a code
    "agency": str,
    "others": list,
    "persons": list,
    "items": list,
    "contexts": list,
    "receipt": str,
    "disclosure": str,
    "decision": str,
    "request": str,
    "episode": str,
    "made_us": int,
    "hash": str,
}

EMPTY = dict.fromkeys(COLUMNS)


def notes(reading: Reading) -> Iterator[Row]:
    """What a record tells of who knew what; its place in the ledger stands in each note."""
    name = reading.name
    if name not in MAKERS:
        return
    maker, fields = MAKERS[name]
    data = {field: value for field, value in zip(fields, pick(reading, name, *fields), strict=True) if value}
    place = {"file": file_of(reading), "position": reading.position}
    for number, said in enumerate(maker(reading, data)):
        yield {**EMPTY, **place, "number": number, **said}


def receipt_keys(note: Row) -> set[tuple[str, str]]:
    """By which ids a fact may name the receipt that it came with, in its file; none for any other note."""
    return (
        {(note["file"], ref) for ref in (note["ref"], note["disclosure"]) if ref} if note["says"] == RECEIVED else set()
    )


def _item(reading: Reading, data: Row) -> Iterator[Row]:
    source = data.get("source", {})
    yield {
        **_fact(reading, ITEM, data["item_id"], [data.get("person")]),
        "kind": data.get("kind"),
        "receipt": source.get("receipt_id"),
        "episode": data.get("episode_id"),
    }


def _episode(reading: Reading, data: Row) -> Iterator[Row]:
    ref = data.get("episode_id") or f"#{reading.position}"
    yield {**_fact(reading, EPISODE, ref, [data["child"]]), "contexts": _one(data.get("context_id"))}


def _associated(reading: Reading, data: Row) -> Iterator[Row]:
    """An association stands with the case that it is said of, where it says one."""
    case = {"file": f"case:{data['case_id']}"} if data.get("case_id") else {}
    for person in data.get("children") or [data["person"]]:
        said = _fact(reading, ASSOCIATION, f"{reading.about.id}/{person}", [person])
        yield {**said, **case, "contexts": [reading.about.id], "receipt": data.get("receipt_id")}


def _fact(reading: Reading, sort: str, ref: str, persons: list[str | None]) -> Row:
    return {
        "says": FACT,
        "sort": sort,
        "ref": ref,
        "at_us": reading.known_us,
        "persons": [person for person in persons if person],
    }


def _asked(reading: Reading, data: Row) -> Iterator[Row]:
    yield {
        "says": ASKED,
        "ref": data["request_id"],
        "at_us": reading.known_us,
        "agency": data.get("requester", {}).get("agency"),
        "others": _one(data.get("to")),
        "persons": data.get("persons", []),
        "kind": data.get("risk_level"),
    }


def _decided(reading: Reading, data: Row) -> Iterator[Row]:
    told = microseconds(data.get("if_withheld", {}).get("requester_told_at"))
    yield {
        "says": DECIDED,
        "ref": data["decision_id"],
        "at_us": told or reading.occurred_us,
        "kind": data["outcome"],
        "request": data.get("request_id"),
        "persons": list(data.get("data_subjects", {})),
    }


def _sent(reading: Reading, data: Row) -> Iterator[Row]:
    what = data.get("what", {})
    yield {
        "says": SENT,
        "ref": data["disclosure_id"],
        "at_us": microseconds(data.get("when")) or reading.occurred_us,
        "others": named(data.get("to")),
        "items": what.get("items") or [],
        "contexts": what.get("context_ids") or [],
        "decision": data.get("decision_id"),
        "kind": MISDIRECTED if reading.name == "DisclosureMisdirected" else None,
        "hash": reading.hash.hex(),
    }


def _received(reading: Reading, data: Row) -> Iterator[Row]:
    notice = data.get("notice", {})
    yield {
        "says": RECEIVED,
        "ref": data.get("receipt_id") or data.get("disclosure_id") or f"#{reading.position}",
        "disclosure": data.get("disclosure_id"),
        "at_us": microseconds(data.get("received_at")) or reading.occurred_us,
        "agency": data.get("provider", {}).get("agency"),
        "items": data.get("items", []),
        "persons": [],  # its `children` are ours whom it bears on, not whom the sender spoke of
        "contexts": [*data.get("context_ids", ()), *(notice.get("context_ids") or ())],
        "made_us": microseconds(notice.get("made_at")),
        "hash": data.get("sender_event_hash"),
    }


def _confirmed(reading: Reading, data: Row) -> Iterator[Row]:
    yield {
        "says": CONFIRMED,
        "ref": data["disclosure_id"],
        "agency": data.get("recipient"),
        "at_us": reading.occurred_us,
        "receipt": data.get("receipt_id"),
    }


def _one(value: Any) -> list[Any]:
    return [] if value is None else [value]


_SENT = (_sent, ("disclosure_id", "when", "to", "what", "decision_id"))
_DECIDED = (_decided, ("decision_id", "outcome", "request_id", "if_withheld", "data_subjects"))
_RECEIVED = ("receipt_id", "disclosure_id", "received_at", "provider", "items", "context_ids", "notice",
             "sender_event_hash")  # fmt: skip
# What makes the notes of each kind of event, and the fields that it looks at.
MAKERS: dict[str, tuple[Callable[[Reading, Row], Iterator[Row]], tuple[str, ...]]] = {
    "InformationRecorded": (_item, ("item_id", "person", "kind", "source", "episode_id")),
    "MissingEpisodeRecorded": (_episode, ("episode_id", "child", "context_id")),
    "ChildAssociatedWithContext": (_associated, ("children", "case_id", "receipt_id")),
    "AdultAssociatedWithContext": (_associated, ("person", "case_id")),
    "InformationRequested": (_asked, ("request_id", "requester", "to", "persons", "risk_level")),
    "DecisionMade": _DECIDED,
    "DecisionReconsidered": _DECIDED,
    "DisclosureMade": _SENT,
    "DisclosureMisdirected": (_sent, ("disclosure_id", "when", "to", "what")),
    "DisclosureReceived": (_received, _RECEIVED),
    "ReceiptConfirmed": (_confirmed, ("disclosure_id", "recipient", "receipt_id")),
}
