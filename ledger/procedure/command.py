"""A command: what somebody asks the ledger to record, one JSON object a line.

The envelope keys are the same for every command; all other keys are the payload of the event it asks for. A command
whose shape is wrong (unknown key, wrong type, a time without an offset) is `Malformed` and leaves no trace; what a rule
covers (a missing value, an unknown code) is left to that rule.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ledger.errors import Malformed
from ledger.procedure.aliases import put_right, stream_named, written_out
from ledger.procedure.declare import BY_NAME, About, Id, Kind, Part, Payload, Text, Time, convert, json_schema, times_in
from ledger.procedure.events.vocabulary import StaffRole
from ledger.procedure.json_faults import json_fault
from ledger.procedure.spellings import RENAMED_COMMANDS

GATE, FACT = "plan", "fact"
MODE_REQUIRED = frozenset({"DecisionMade", "DisclosureMade", "DecisionReconsidered", "SchemeDecisionMade"}) | {
    "SchemeDisclosureDelivered"
}
CARRIED = ("DecisionMade", "DecisionReconsidered")  # what a disclosure may carry in its own line
STREAM_KEYS = ("case", "scheme", "context", "review")
MAX_LINE = 1 << 20
FIRST_YEAR, LAST_YEAR = 1800, 2199
BYTE_ORDER_MARK = "\ufeff"  # how some editors begin a file of UTF-8
MAX_DEPTH = 16  # a record's own limit is lower and names the field too; this one bounds what is walked at all
MAX_KEY = 200
MAX_INT = (1 << 53) - 1  # no recorded number is beyond it (docs/format.md, section 1)
SHOWN = 80  # characters of what a caller wrote that a message quotes at most

# What a record refuses in texts, refused at the door, where the field can be named (docs/format.md, section 1).
_FORBIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Actor(Part):
    """Who acts: the agency's own reference for a member of staff, and the role in which they act."""

    staff_ref: Id
    role: StaffRole


class Envelope(Part):
    """What every command may say besides its payload."""

    do: Text
    mode: Literal["plan", "fact"] | None = None
    case: Id | None = None
    scheme: Id | None = None
    context: Id | None = None
    review: Id | None = None
    actor: Actor | None = None
    occurred_at: Time | None = None
    known_at: Time | None = None
    command_id: Id | None = None
    recorded_at: Time | None = None


@dataclass(frozen=True)
class Command:
    """One act to be judged and recorded: an event, and where a disclosure carries it, the decision it rests on."""

    kind: Kind
    event: Payload
    about: About
    mode: str
    actor: Actor | None
    occurred_at: dt.datetime | None
    known_at: dt.datetime | None
    command_id: str | None
    recorded_at: dt.datetime | None
    decision: Any = None  # `DecisionMade`, the decision that a disclosure carries in its own line
    decision_mode: str = ""  # its own mode, where it says one

    @property
    def name(self) -> str:
        return self.kind.name


def parse_line(line: str | bytes) -> dict[str, Any]:
    """One line of JSON as an object of plain values; `Malformed` for what is not that.

    Line breaks and tabs inside texts become single spaces and texts are put into Unicode's composed form (NFC), so
    that a pasted paragraph can be recorded; other control characters, bidi characters and halves of a surrogate pair
    are refused, in keys too.
    """
    if len(line) > MAX_LINE:
        raise Malformed(f"the line is {len(line):,} long; at most {MAX_LINE:,} bytes are read")
    try:
        text = (line.decode("utf-8") if isinstance(line, bytes) else line).removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise Malformed(f"the line is not UTF-8 at byte {error.start}") from None
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"the line is {json_fault(error)}") from None
    except RecursionError:
        raise Malformed("the line is nested too deeply") from None
    if not isinstance(value, dict):
        raise Malformed('the line is not a JSON object: write {"do": …} with the command\'s keys')
    cleaned: dict[str, Any] = _clean(value, "", 0)
    return cleaned


def parse(command: dict[str, Any], *, actor: Actor | None = None) -> Command:
    """A JSON object as a command. `actor` is used when the command names nobody."""
    do = command.get("do")
    if not isinstance(do, str):
        raise Malformed('field do: say what to record, for example "do": "ConsentGiven"')
    do = RENAMED_COMMANDS.get(do, do)
    kind = BY_NAME.get(do)
    if kind is None or not kind.commanded:
        near = difflib.get_close_matches(do, [name for name, k in BY_NAME.items() if k.commanded], 3, 0.5)
        raise Malformed(
            f"field do: {do[:SHOWN]!r} is not a command" + (f"; nearest: {', '.join(near)}" if near else "")
        )
    command = stream_named(do, {**command, "do": do}, STREAM_KEYS)
    envelope_keys = set(Envelope.__struct_fields__)
    envelope = convert(put_right(Envelope, {k: v for k, v in command.items() if k in envelope_keys}), Envelope)
    payload = written_out(do, {k: v for k, v in command.items() if k not in envelope_keys})
    if _names_files(kind):
        payload["files"] = [{"type": key, "id": name} for key, name in _streams_named(envelope)]
    decision, decision_mode = None, ""
    if do == "DisclosureMade" and "decision" in payload:
        decision, decision_mode = _carried(payload.pop("decision"), payload)
    _name_unknown_keys(payload, kind)
    if envelope.mode is None and do in MODE_REQUIRED:
        raise Malformed('field mode: say "plan" (about to happen) or "fact" (it happened)')
    event = convert(payload, kind.type)
    for said, place in ((envelope, ""), (event, ""), (decision, "decision")):
        _check_years(said, place)
    return Command(
        kind=kind,
        event=event,
        about=_stream_of(kind, envelope),
        mode=envelope.mode or FACT,
        actor=envelope.actor or actor,
        occurred_at=envelope.occurred_at,
        known_at=envelope.known_at,
        command_id=envelope.command_id,
        recorded_at=envelope.recorded_at,
        decision=decision,
        decision_mode=decision_mode,
    )


def _check_years(said: Part | Payload | None, within: str) -> None:
    """No time lies where the calendar ends: limits are reckoned from it."""
    for place, time in times_in(said, within) if said is not None else ():
        if not FIRST_YEAR <= time.year <= LAST_YEAR:
            raise Malformed(f"field {place}: write a year from {FIRST_YEAR} to {LAST_YEAR}")


def _carried(said: Any, disclosure: dict[str, Any]) -> tuple[Any, str]:
    """The decision that a disclosure carries in its own line, and the mode that it states for itself.

    Unless it has an id of its own, the disclosure's names it too.
    """
    if not isinstance(said, dict):
        raise Malformed("field decision: expected an object with the decision's keys")
    said = dict(said)
    do, mode = said.pop("do", CARRIED[0]), said.pop("mode", "")
    if do not in CARRIED:
        raise Malformed(f"field decision.do: expected {' or '.join(CARRIED)}, or nothing")
    kind = BY_NAME[do]
    if do == CARRIED[0] and (own := disclosure.get("decision_id") or disclosure.get("disclosure_id")) is not None:
        said.setdefault("decision_id", own)
    if mode not in ("", GATE, FACT):
        raise Malformed('field decision.mode: say "plan" or "fact", or nothing: then it is the disclosure\'s')
    try:
        _name_unknown_keys(said, kind)
        return convert(said, kind.type), mode
    except Malformed as error:
        place = str(error)
        inner = place.removeprefix("field ")
        raise Malformed(f"field decision.{inner}" if inner != place else f"field decision: {place}") from None


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one command: envelope and payload in one object."""
    kind = BY_NAME[name]
    envelope, payload = json_schema(Envelope), json_schema(kind.type)
    definitions = {**envelope.pop("$defs"), **payload.pop("$defs")}
    head, body = definitions.pop("Envelope"), definitions.pop(name)
    properties = {**head["properties"], **body["properties"], "do": {"const": name}}
    for key in STREAM_KEYS:
        if key not in kind.streams and not _names_files(kind):
            properties.pop(key)
    if name == "DisclosureMade":
        decision = json_schema(BY_NAME["DecisionMade"].type)
        definitions |= decision["$defs"]
        own = {"do": {"const": "DecisionMade"}, "mode": {"enum": [GATE, FACT]}}
        definitions["DecisionMade"]["properties"] |= own
        definitions["DecisionMade"]["required"] = ["outcome"]  # the disclosure's id names it too
        properties["decision"] = {"$ref": "#/$defs/DecisionMade"}
    required = ["do", *body.get("required", ())]
    if name in MODE_REQUIRED:
        required.append("mode")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": (kind.type.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _stream_of(kind: Kind, envelope: Envelope) -> About:
    """The one stream the command names; agency-wide kinds need none, and what belongs to no file is the agency's."""
    given = list(_streams_named(envelope))
    wanted = [s for s in kind.streams if s in STREAM_KEYS]
    if not wanted:
        if given and not _names_files(kind):
            raise Malformed(f"field {given[0][0]}: {kind.name} belongs to the agency, not to a {given[0][0]}")
        return About(kind.streams[0], kind.streams[0])
    if not given and "agency" in kind.streams:
        return About("agency", "agency")
    if len(given) != 1 or given[0][0] not in wanted:
        raise Malformed(f"{kind.name} needs exactly one of: {', '.join(wanted)}")
    return About(*given[0])


def _streams_named(envelope: Envelope) -> Iterator[tuple[str, str]]:
    yield from ((key, name) for key in STREAM_KEYS if (name := getattr(envelope, key)) is not None)


def _names_files(kind: Kind) -> bool:
    """Whether the kind belongs to the agency, but may be said of a file all the same."""
    return not set(kind.streams) & set(STREAM_KEYS) and "files" in kind.type.__struct_fields__


def _name_unknown_keys(payload: dict[str, Any], kind: Kind) -> None:
    known = kind.type.__struct_fields__
    for key in payload:
        if key not in known:
            near = difflib.get_close_matches(key, [*known, *Envelope.__struct_fields__], 1, 0.6)
            raise Malformed(
                f"field {key[:SHOWN]}: {kind.name} has no such field" + (f"; did you mean {near[0]}?" if near else "")
            )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Malformed(f"field {_shown(key)}: given twice")
            seen.add(key)
    return result


def _no_float(text: str) -> Any:
    raise Malformed(f"the number {text[:SHOWN]} is not whole: use whole numbers, or write it as text")


def _whole(text: str) -> int:
    if len(text) > len(str(-MAX_INT)) or abs(number := int(text)) > MAX_INT:
        raise Malformed(f"the number {_shown(text)} is too large to be recorded: write it as text")
    return number


def _clean(value: Any, place: str, depth: int) -> Any:
    """The value with its texts folded and composed; `place` is where it stands, for the message."""
    if isinstance(value, str):
        return _folded(value, place)
    if isinstance(value, list | dict) and depth >= MAX_DEPTH:
        raise Malformed(f"{_at(place)}nested too deeply, more than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return [_clean(item, f"{place}[{i}]", depth + 1) for i, item in enumerate(value)]
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        for key, below in value.items():
            if len(key) > MAX_KEY:
                raise Malformed(f"{_at(place)}a key of {len(key):,} characters; at most {MAX_KEY} make sense")
            name = _folded(key, place, "a key with ")
            if name in result:
                raise Malformed(f"{_at(place)}{_shown(name)} is given twice, in two spellings of the same letters")
            result[name] = _clean(below, f"{place}.{name}" if place else name, depth + 1)
        return result
    return value


def _folded(text: str, place: str, what: str = "") -> str:
    if text.isprintable():  # then there is nothing to fold and nothing that is forbidden
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    folded = unicodedata.normalize("NFC", " ".join(text.splitlines()).replace("\t", " "))
    if found := _FORBIDDEN.search(folded):
        raise Malformed(f"{_at(place)}{what}the character U+{ord(found[0]):04X}, which cannot be recorded")
    return folded


def _at(place: str) -> str:
    return f"field {_shown(place)}: " if place else ""


def _shown(text: str) -> str:
    """What a caller wrote, short and with nothing in it that a terminal obeys."""
    short = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)
