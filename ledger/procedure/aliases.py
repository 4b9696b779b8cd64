"""Other ways of writing the same thing, put right in one place before a command is read.

Read the tables first (`spellings.py`): other names of fields, structures that may be said in one word, other words for
codes. A value is put right by the type of its field, in structures too; whatever still is not of that type is left as
it is, and refused when it is read.

- A code is matched to its vocabulary whatever its case, hyphens and spaces, and without a suffix in brackets.
- Condition codes are written ``6(e)`` and ``9(g)``, after the seed. The law writes Article 6(1)(e), registers write
  ``UKGDPR:6(1)(e)``, and the seed's own label is "Condition e".
- One thing may stand where a list is asked for, and several codes in one text, parted by commas or strokes. Free text
  loses the spaces around it; if nothing is left, it is unsaid.
- A day given as a time is that time's date; a time may leave its seconds out, but never its offset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from ledger.procedure.declare import BY_NAME, Hash, Name, Part, Payload, Vocabulary, has_pattern, hints_of
from ledger.procedure.edition import shipped
from ledger.procedure.events.consent import (
    OtherBasis,
)
from ledger.procedure.events.decision import (
    DecisionMade,
)
from ledger.procedure.events.disclosure import (
    Restriction,
)
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.spellings import (
    ADDRESSEE,
    CONDITIONS,
    CONSENT_KEYS,
    DEEPER,
    IN_A_WORD,
    KEYS,
    OTHER_WORDS,
    RENAMED,
    TOLD_BESIDE,
    TOLD_BESIDES_YES,
    YES_IN_WORDS,
)

_FULL = re.compile(r"(?:uk)?\W*(?:gdpr)?\W*(?:art(?:icle)?)?\W*([69])(?:\(?[12]\))?\(?([a-z]{1,2})\)?", re.IGNORECASE)
_BARE = re.compile(r"(?:condition)?\W*([a-z]{1,2})\W*", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/+&]")  # none of these is part of a code
_PARAGRAPH = re.compile(r"\bp(?:ara(?:graph)?s?)?\.?\s*(\d+)", re.IGNORECASE)  # of "Sch 1 Part 2 para 18"
_STEM = re.compile(r"(_ids?|_refs?|s)$")
_TO_WHOM = re.compile(r"\s*([^({\[]+?)\s*[({]([^(){}]+)[)}]\s*")  # "NOT_TO_SERVICE_USER{P2, X1}"
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
    cls = BY_NAME[do].type
    result = put_right(cls, _scope_in_two(cls, _drawn_from(payload) if cls is ExtractIssued else payload))
    if isinstance(result.get("decision"), Mapping):
        result["decision"] = _consents_in_positions(put_right(DecisionMade, result["decision"]))
    return _consents_in_positions(result)


def _consents_in_positions(said: dict[str, Any]) -> dict[str, Any]:
    """Consents that a condition names, as each position names its own; a disclosure says what it relies on."""
    basis, positions = said.get("legal_basis"), said.get("data_subjects")
    listed = [basis.get(article) for article in ("art6", "art9")] if isinstance(basis, dict) else []
    entries = [entry for found in listed if isinstance(found, list) for entry in found if isinstance(entry, dict)]
    named = [(entry, key, entry[key]) for entry in entries for key in CONSENT_KEYS if key in entry]
    for entry, key, value in named:
        consents = value if isinstance(value, list) else [value]
        if isinstance(positions, dict):
            given = [p for p in positions.values() if isinstance(p, dict) and p.get("state") == "given"]
            if len(consents) == 1:
                for position in given:
                    position.setdefault("consent_id", consents[0])
            if {p.get("consent_id") for p in positions.values() if isinstance(p, dict)} >= set(consents):
                del entry[key]
        elif "disclosure_id" in said:
            said["relies_on"] = [*said.get("relies_on", []), *consents]
            del entry[key]
    return said


def _scope_in_two(cls: type[Payload], payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """`"scope": "consent:CON-1"` as its kind and its id, where the two are fields of their own."""
    fields, said = cls.__struct_fields__, payload.get("scope")
    if not isinstance(said, str) or "scope" in fields or "scope_ref" not in fields:
        return payload
    kind, _, ref = said.partition(":")
    rest = {key: value for key, value in payload.items() if key != "scope"}
    return {"scope_kind": kind.strip(), "scope_ref": ref.strip(), **rest}


def _drawn_from(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What an extract is about, where it is said by sort (`"cases": ["C1"]`) and not as a list of its own."""
    result, about = dict(payload), []
    for sort in ("case", "scheme", "review", "disclosure", "person"):
        for key in (sort, f"{sort}s", f"{sort}_id", f"{sort}_ids"):
            ids = result.get(key)
            if isinstance(ids, str | list) and "about" not in payload:
                about += [{"type": sort, "id": one} for one in ([ids] if isinstance(ids, str) else ids)]
                del result[key]
    return result | ({"about": about} if about else {})


def put_right(cls: type[Part | Payload], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of one structure, each field under its own name and in its own form."""
    writers, renamed, beside = _writers(cls), RENAMED.get(cls, {}), TOLD_BESIDE.get(cls, {})
    said = _levelled(cls, said)
    result = {}
    for key, value in said.items():
        other = (beside.get(key) if isinstance(value, str) else None) or renamed.get(key) or _nearly(key, value, cls)
        name = other if other is not None and other not in said else key
        new = writers[name](value) if name in writers else value
        if new is not None or value is None:
            result[name] = new
    return _as_good_as_yes(cls, result)


def _levelled(cls: type[Part | Payload], said: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what was said one level deeper, or by a yes, in its own place; what is said there already stands."""
    for key, meant in DEEPER.get(cls, {}).items():
        value = said.get(key)
        inner = value if isinstance(value, Mapping) else meant if value is True else {} if value is False else None
        if inner is not None and (meant or isinstance(value, Mapping)):
            said = {**inner, **{k: v for k, v in said.items() if k != key}}
    return said


def _nearly(key: str, value: Any, cls: type[Part | Payload]) -> str | None:
    """The one field whose name differs by no more than `_id`, `_ref` or the plural; an id is a text."""
    fields = cls.__struct_encode_fields__
    if key in fields:
        return None
    near = [name for name in fields if _STEM.sub("", name) == _STEM.sub("", key)]
    if len(near) != 1 or (isinstance(value, Mapping) and near[0].endswith(("_id", "_ids", "_ref"))):
        return None
    return near[0]


def _as_good_as_yes(cls: type[Part | Payload], said: dict[str, Any]) -> dict[str, Any]:
    """A text where a yes is asked for, beside the yes; a yes where words are, as a word (a no says nothing)."""
    for key in YES_IN_WORDS.get(cls, ()):
        if isinstance(said.get(key), bool):
            said |= {key: "yes" if said[key] else None}
    for key, beside in TOLD_BESIDES_YES.get(cls, {}).items():
        if isinstance(said.get(key), str) and beside not in said:
            said |= {key: True, beside: said[key]}
    return said


def stream_named(do: str, command: Mapping[str, Any], streams: Sequence[str]) -> dict[str, Any]:
    """A command whose stream stands under `context`, `case` …, and what is only mentioned under its own field.

    `streams` are the keys that may name a stream. A command about a context may call it `context_id`; one about a case
    may name a context beside it.
    """
    kind, result = BY_NAME[do], dict(command)
    own = [key for key in streams if key in kind.streams]
    if "about" in kind.type.__struct_encode_fields__ and not own:
        return {f"{key}s" if key in streams else key: value for key, value in result.items()}
    for key in streams:
        named = [f for f in (f"{key}_id", f"{key}_ids", f"{key}s") if f in kind.type.__struct_encode_fields__]
        other = any(k in result for k in own if k != key)
        if key in own and f"{key}_id" not in named and f"{key}_id" in result and result.get(key) is None:
            result[key] = result.pop(f"{key}_id")
        elif key in own and f"{key}_id" not in named and result.get(f"{key}_id") == result.get(key):
            result.pop(f"{key}_id", None)
        elif key in result and named and other and not (key in own and own.index(key) == 0) and named[0] not in result:
            result[named[0]] = result.pop(key)
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
    listed = [get_args(base)[0] for base, _ in choices if get_origin(base) is tuple]
    are_codes = any(isinstance(mark, Vocabulary) for hint in listed for _, marks in _choices(hint) for mark in marks)
    is_agency = any(_AGENCY_NAME in marks for _, marks in choices)

    paragraph = any(base is int for base, _ in choices) and text is not None
    keyed = any(get_origin(base) is dict and _holds_parts(get_args(base)[1]) for base, _ in choices)

    def of_text(value: str) -> Any:
        if part is Restriction and (found := _TO_WHOM.fullmatch(value)):
            persons = [one.strip() for one in _BETWEEN.split(found[2]) if one.strip()]
            return put_right(part, {"code": found[1], "persons": persons})
        if paragraph and (found := _PARAGRAPH.search(value)):
            return found[1]
        if part in IN_A_WORD and (text is None or (part is OtherBasis and _FULL.fullmatch(value.strip()))):
            return put_right(part, {IN_A_WORD[part]: condition(value) if part is OtherBasis else value})
        if text is not None:
            return text(value)
        several = [one.strip() for one in _BETWEEN.split(value) if one.strip()] if are_codes else [value]
        return [item(one) for one in several] if item is not None else value

    def of_mapping(value: Mapping[str, Any]) -> Any:
        if part is not None:
            return put_right(part, value)
        if below is not None:
            found = {key: (inner, below(inner)) for key, inner in value.items()}
            return {key: new for key, (inner, new) in found.items() if new is not None or inner is None}
        if item is not None:
            return [item(value)]
        if text is _free_text and value.keys() <= ADDRESSEE and all(isinstance(v, str) for v in value.values()):
            return ", ".join(value.values()) or None
        return value["agency"] if is_agency and value.keys() == {"agency"} else value

    def write(value: Any) -> Any:
        if isinstance(value, str):
            return of_text(value)
        if isinstance(value, Mapping):
            return of_mapping(value)
        if not isinstance(value, list):
            return value
        if item is not None:
            return [item(v) for v in value]
        if keyed:
            return write(found) if (found := _by_key(value)) is not None else value
        single = text is not None or part is not None
        return write(value[0]) if len(value) == 1 and single and below is None else value

    return write


def _holds_parts(hint: Any) -> bool:
    return any(isinstance(base, type) and issubclass(base, Part) for base, _ in _choices(hint))


def _by_key(listed: list[Any]) -> dict[str, Any] | None:
    """A list of names, or of structures that name whom each is about, as a map by name; None if it is no such list."""
    found: dict[str, Any] = {}
    for one in listed:
        key = next((k for k in KEYS if isinstance(one, Mapping) and isinstance(one.get(k), str)), None)
        name = one if isinstance(one, str) else one[key] if key is not None else None
        if name is None or name in found:
            return None
        found[name] = None if isinstance(one, str) else {k: v for k, v in one.items() if k != key}
    return found


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
