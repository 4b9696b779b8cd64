"""How an event lies in the fields of its record, and how it is read back from them.

`to_fields` gives plain values, each open or with the scope it is sealed under; free text is lifted out of structures
into the last fields. `from_fields` puts it back, as far as it was opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ledger.procedure.declare import BY_TYPE, WORDS, WORDS_TOLD, About, Kind, Part, Payload, Plan, Scope, convert


def scope_of(spec: str, event: Payload, about: About) -> Scope:
    """The scope that a field declared with `spec` is sealed under, for this event."""
    for choice in spec.split("|"):
        if choice == "stream":
            return Scope(about.type, about.id)
        scope_kind, _, name = choice.partition(":")
        ref = getattr(event, name)
        if isinstance(ref, tuple):
            ref = ref[0] if ref else None
        if ref:
            return Scope(scope_kind, ref)
    return Scope(about.type, about.id)


def to_fields(event: Payload, about: About) -> list[tuple[Any, Scope | None]]:
    """An event as its record fields from index 9 on: plain values, each open or with the scope it is sealed under."""
    declared = BY_TYPE[type(event)]
    words: dict[str, list[list[Any]]] = {WORDS: [], WORDS_TOLD: []}
    for name, plan in declared.prose.items():
        said = getattr(event, name)
        goes_along = name in declared.told and not (isinstance(said, Part) and said.kept_back)
        _lift(plan, [name], said, words[WORDS_TOLD if goes_along else WORDS])
    lifted = frozenset(tuple(path) for texts in words.values() for path, _ in texts)
    result: list[tuple[Any, Scope | None]] = []
    for field in declared.fields:
        name, spec = field.name, field.scope
        if name in words:
            value: Any = words[name] or None
        else:
            value = getattr(event, name)
            if value is None or type(value) in _AS_IS:
                value = None if lifted and (name,) in lifted else value  # a bare text where a structure may stand
            else:
                value = plain(value, lifted if name in declared.prose else frozenset(), (name,))
        # An absent value says nothing of anybody: it is left unencrypted.
        result.append((value, scope_of(spec, event, about) if spec and value is not None else None))
    return result


def from_fields(declared: Kind, values: Mapping[str, Any]) -> Payload:
    """The event again, from its record fields by name; what could not be opened is left out and reads as absent.

    Raises `Malformed` when the values are not of the declared type.
    """
    words = [*(values.get(WORDS) or ()), *(values.get(WORDS_TOLD) or ())]
    filled = {path[0] for path, _ in words}
    # Copied before it is filled: the caller's open values stay what they are, without what was sealed.
    tree = {
        name: deepcopy(value) if name in filled else value
        for name, value in values.items()
        if name not in (WORDS, WORDS_TOLD) and value is not None
    }
    for path, text in words:
        _put(tree, path, text)
    event: Payload = convert(tree, declared.type)
    return event


Path = tuple[str | int, ...]


def plain(value: Any, lifted: frozenset[Path] = frozenset(), path: Path = ()) -> Any:
    """A value as nil, bool, int, str, list and map: times as ISO 8601 in UTC; of a structure what is there.

    The texts whose paths `lifted` holds are left out: they are sealed elsewhere.
    """
    if value is None or type(value) in _AS_IS:
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(v, lifted, (*path, i)) for i, v in enumerate(value)]
    if isinstance(value, dict):
        return {key: plain(v, lifted, (*path, key)) for key, v in value.items()}
    names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
    parts = ((wire, getattr(value, name)) for wire, name in names)
    return {
        wire: plain(v, lifted, (*path, wire))
        for wire, v in parts
        if v is not None and v != () and (not lifted or (*path, wire) not in lifted)
    }


_AS_IS = frozenset({str, int, bool, bytes})


def _lift(plan: Plan, path: list[str | int], value: Any, words: list[list[Any]]) -> None:
    """Collect the free text below `value` into `words`, as [path, text] pairs.

    What is neither text nor structure has none: a yes or no may stand where a structure may.
    """
    if isinstance(value, str):
        words.append([path, value])
    elif isinstance(plan, dict) and isinstance(value, Part):
        for name, below in plan.items():
            _lift(below, [*path, name], getattr(value, name), words)
    elif isinstance(plan, list) and isinstance(value, dict | tuple):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            _lift(plan[0], [*path, step], item, words)


def _put(tree: Any, path: list[str | int], text: str) -> None:
    """Put lifted text back where it was; nothing happens where its surroundings were not opened."""
    *above, last = path
    for step in above:
        if isinstance(tree, list):
            if not (type(step) is int and step < len(tree)):
                return
            tree = tree[step]
        else:
            tree = tree.setdefault(step, {})
    if isinstance(tree, dict):
        tree[last] = text
