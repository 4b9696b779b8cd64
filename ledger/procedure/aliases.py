"""Other ways of writing the same thing, put right in one place before a command is read.

Read the tables first: other names of fields, structures that may be said in one word, other words for codes. A value is
put right by the type of its field, in structures too; whatever still is not of that type is left as it is, and refused
when it is read.

- A code is matched to its vocabulary whatever its case, hyphens and spaces, and without a suffix in brackets.
- Condition codes are written ``6(e)`` and ``9(g)``, after the seed. The law writes Article 6(1)(e), registers write
  ``UKGDPR:6(1)(e)``, and the seed's own label is "Condition e".
- One thing may stand where a list is asked for. Free text loses the spaces around it; if nothing is left, it is unsaid.
- A day given as a time is that time's date; a time may leave its seconds out, but never its offset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from ledger.procedure.declare import BY_NAME, Hash, Name, Part, Payload, Vocabulary, has_pattern, hints_of
from ledger.procedure.edition import shipped
from ledger.procedure.events.case import Compelled, InformationRecorded, Requester
from ledger.procedure.events.consent import OtherBasis
from ledger.procedure.events.decision import (
    Article6Basis,
    Article9Basis,
    ConsentPosition,
    DecisionMade,
    IdentifiabilityConsidered,
    Part3Processing,
    Recipient,
)
from ledger.procedure.events.disclosure import DisclosureReceived, How, Provider, Restriction, RestrictionImposed
from ledger.procedure.events.persons import PersonLinked
from ledger.procedure.events.scheme import SchemeApplicationReceived, SubjectRepresentations
from ledger.procedure.events.undertaking import Delivery, Officer, RiskWeighing

# Other names of fields.
RENAMED: dict[type, dict[str, str]] = {
    DisclosureReceived: {"unknown": "reasons_unknown"},
    InformationRecorded: {"child": "person"},
    Part3Processing: {"basis": "s35_basis"},
    PersonLinked: {"role": "roles"},
    Restriction: {"target_persons": "persons"},
    RestrictionImposed: {"target_persons": "persons"},
    SchemeApplicationReceived: {"child": "children"},
}
# What a text says where a structure is asked for.
IN_A_WORD: dict[type, str] = {
    Article6Basis: "code",
    Article9Basis: "code",
    Compelled: "kind",
    ConsentPosition: "state",
    Delivery: "mode",
    How: "method",
    IdentifiabilityConsidered: "chosen",
    Officer: "staff_ref",
    OtherBasis: "code",
    Provider: "agency",
    Recipient: "agency",
    Requester: "agency",
    Restriction: "code",
    RiskWeighing: "weighing",
    SubjectRepresentations: "state",
}
# Other words for codes, by vocabulary.
OTHER_WORDS: dict[str, dict[str, str]] = {
    "age_bands": {"12-15": "12_to_15", "16-17": "16_to_17"},
    "consent_not_sought_reasons": {"not_reasonable": "not_reasonable_to_obtain"},
    "schedule_1_reasons": {"not_reasonable": "not_reasonable_to_obtain"},
    "scheme_access": {"some_contact": "some_form_of_contact"},
    "unable_reasons": {"language": "language_or_format", "format": "language_or_format"},
}
# The article that a bare letter belongs to.
CONDITIONS = {"article_6_conditions": "6", "article_9_conditions": "9", "conditions": ""}

_FULL = re.compile(r"(?:uk)?\W*(?:gdpr)?\W*(?:art(?:icle)?)?\W*([69])(?:\(?[12]\))?\(?([a-z]{1,2})\)?", re.IGNORECASE)
_BARE = re.compile(r"(?:condition)?\W*([a-z]{1,2})\W*", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*[({\[][^(){}\[\]]*[)}\]]\s*$")
_AGENCY_NAME, _HASH = get_args(Name)[1], get_args(Hash)[1]

Writer = Callable[[Any], Any]


def condition(code: Any, article: str = "") -> Any:
    """A condition's code in its one form, if it can be read as one; a bare letter needs the article it belongs to."""
    if not isinstance(code, str):
        return code
    if found := _FULL.fullmatch(code.strip()):
        return f"{found[1]}({found[2].lower()})"
    if article and (found := _BARE.fullmatch(code.strip())):
        return f"{article}({found[1].lower()})"
    return code


def code_of(text: str, vocabulary: str) -> str:
    """A code as its vocabulary in the shipped editions writes it; as it is, where none is meant."""
    if vocabulary in CONDITIONS:
        return str(condition(text, CONDITIONS[vocabulary]))
    exact, folded = _codes(vocabulary)
    if text in exact:
        return text
    return folded.get(_folded(text)) or folded.get(_folded(_SUFFIX.sub("", text))) or text


def written_out(do: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A command's payload with what may be written in several ways written in one."""
    result = put_right(BY_NAME[do].type, payload)
    if isinstance(result.get("decision"), Mapping):
        result["decision"] = put_right(DecisionMade, result["decision"])
    return result


def put_right(cls: type[Part | Payload], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of one structure, each field under its own name and in its own form."""
    writers, renamed = _writers(cls), RENAMED.get(cls, {})
    result = {}
    for key, value in said.items():
        other = renamed.get(key)
        name = other if other is not None and other not in said else key
        new = writers[name](value) if name in writers else value
        if new is not None or value is None:
            result[name] = new
    return result


# --- by type --------------------------------------------------------------------------------------------------------


@cache
def _writers(cls: type[Part | Payload]) -> dict[str, Writer]:
    """How each field of a structure is put right, by its wire name."""
    found = hints_of(cls)
    names = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    return {wire: _writer(found[name]) for name, wire in names}


def _writer(hint: Any) -> Writer:
    """How a value is put right that a type hint describes."""
    choices = list(_choices(hint))
    text = next((found for base, marks in choices if (found := _of_text(base, marks))), None)
    part: Any = next((base for base, _ in choices if isinstance(base, type) and issubclass(base, Part)), None)
    item = next((_writer(get_args(base)[0]) for base, _ in choices if get_origin(base) is tuple), None)
    below = next((_writer(get_args(base)[1]) for base, _ in choices if get_origin(base) is dict), None)
    is_agency = any(_AGENCY_NAME in marks for _, marks in choices)

    def of_text(value: str) -> Any:
        if part in IN_A_WORD and (text is None or (part is OtherBasis and _FULL.fullmatch(value.strip()))):
            return put_right(part, {IN_A_WORD[part]: condition(value) if part is OtherBasis else value})
        if text is not None:
            return text(value)
        return [item(value)] if item is not None else value

    def of_mapping(value: Mapping[str, Any]) -> Any:
        if part is not None:
            return put_right(part, value)
        if below is not None:
            found = {key: (inner, below(inner)) for key, inner in value.items()}
            return {key: new for key, (inner, new) in found.items() if new is not None or inner is None}
        if item is not None:
            return [item(value)]
        return value["agency"] if is_agency and value.keys() == {"agency"} else value

    def write(value: Any) -> Any:
        if isinstance(value, str):
            return of_text(value)
        if isinstance(value, Mapping):
            return of_mapping(value)
        return [item(v) for v in value] if isinstance(value, list) and item is not None else value

    return write


def _choices(hint: Any, marks: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The types that a hint allows, each with the marks on it."""
    if get_origin(hint) is Annotated:
        base, *own = get_args(hint)
        yield from _choices(base, (*marks, *own))
    elif get_origin(hint) in (Union, UnionType):
        for arg in get_args(hint):
            yield from _choices(arg, marks)
    else:
        yield hint, marks


def _of_text(base: Any, marks: tuple[Any, ...]) -> Writer | None:
    """How a text is put right where the type wants a text, a day or a time; None where it wants something else."""
    if base is dt.datetime:
        return _time
    if base is dt.date:
        return _date
    if base is not str:
        return None
    if vocabulary := next((mark for mark in marks if isinstance(mark, Vocabulary)), None):
        return lambda text: code_of(text, vocabulary.name)
    if _HASH in marks:
        return str.lower
    return str if has_pattern(marks) else _free_text


def _free_text(text: str) -> str | None:
    """Without the spaces around it; None where nothing is left that can be seen."""
    stripped = text.strip()
    return stripped if any(c.isprintable() and not c.isspace() for c in stripped) else None


def _date(text: str) -> str:
    return text if (time := _moment(text)) is None else time.date().isoformat()


def _time(text: str) -> str:
    time = _moment(text)
    return text if time is None or time.tzinfo is None else time.isoformat()


def _moment(text: str) -> dt.datetime | None:
    """A text as a time of day on some day, if it is one."""
    try:
        return dt.datetime.fromisoformat(text) if len(text) > len("2026-09-18") else None
    except ValueError:
        return None


@cache
def _codes(vocabulary: str) -> tuple[frozenset[str], dict[str, str]]:
    """The codes of a vocabulary in the shipped editions, and which of them a folded text can only mean."""
    exact = {code for s in shipped().values() for code in s.edition.vocabulary.get(vocabulary, ())}
    meant: dict[str, set[str]] = {}
    for code in exact:
        meant.setdefault(_folded(code), set()).add(code)
    for written, code in OTHER_WORDS.get(vocabulary, {}).items():
        meant.setdefault(_folded(written), set()).add(code)
    return frozenset(exact), {folded: next(iter(codes)) for folded, codes in meant.items() if len(codes) == 1}


def _folded(text: str) -> str:
    """Only letters and digits, in one case."""
    return "".join(c for c in text.casefold() if c.isalnum())
