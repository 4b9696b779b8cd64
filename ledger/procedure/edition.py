"""Editions of law and guidance, and which of them govern an agency's act at a moment.

An edition is data: a family, dates, a vocabulary, and for each rule it carries the levels (at the gate and as fact),
the wording and the thresholds. Adding one needs no code. The rules themselves (`rules/`) only say *whether* something
is so; the editions in force say how serious it is and what to tell the practitioner. Where several families carry a
rule, the most severe level stands.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.resources
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger.errors import IntegrityError, Malformed, NewerVersion
from ledger.procedure.declare import Id, Part, Text, convert
from ledger.procedure.layout import plain

LONDON = ZoneInfo("Europe/London")
SEVERITY = {"E": 3, "B": 2, "W": 1, "I": 0}
Level = Literal["E", "B", "W", "I", "-"]
Value = int | str | bool  # of a parameter
ALWAYS = dt.datetime.min.replace(tzinfo=dt.UTC)


class RuleText(Part):
    """What one edition says of one rule, or of one case of it: levels, wording, thresholds, source in the seed."""

    gate: Level
    fact: Level
    message: Text
    seed: Text | None = None
    external: bool = False  # a breach by somebody outside the agency: reported, not counted as the agency's own
    params: dict[str, Value] = {}


class Edition(Part):
    """One edition of one policy family."""

    edition_id: Id
    family: Id
    title: Text
    publisher: Text
    kind: Literal["statute", "statutory_guidance", "advice", "local_procedure", "scheme_guidance", "ledger"]
    jurisdiction: Text = "england"
    applies_to: tuple[Text, ...] = ()  # agency kinds; empty: all
    published_on: Text | None = None
    in_force_from: Text | None = None  # a date (midnight in London) or a time; None: not known, so not in force
    in_force_to: Text | None = None
    by_adoption: bool = False  # in force for an agency from the day it adopted it (local procedures)
    supersedes: Id | None = None
    source: dict[str, str] = {}
    vocabulary: dict[str, tuple[Text, ...]] = {}
    rules: dict[str, RuleText] = {}  # by rule id, or "<rule id>/<case>"
    params: dict[str, Value] = {}  # clocks and other numbers of the edition as a whole
    wording: dict[str, Text] = {}  # warnings, undertakings
    conflicts: dict[str, Text] = {}  # what another text says otherwise, by its name, and which of them is followed
    based_on: Id | None = None  # everything not said here is as in that edition

    def starts(self, adopted: Mapping[str, dt.datetime]) -> dt.datetime | None:
        """When it came into force for an agency that adopted local procedures at these times."""
        if self.by_adoption:
            return adopted.get(self.edition_id)
        return moment(self.in_force_from) if self.in_force_from else None

    def ends(self) -> dt.datetime | None:
        return moment(self.in_force_to) if self.in_force_to else None

    def governs(self, agency_kind: str) -> bool:
        """Whether it is for agencies of this kind."""
        return not self.applies_to or agency_kind in self.applies_to


def moment(text: str) -> dt.datetime:
    """A date (midnight in London) or an ISO time with an offset, as a time."""
    try:
        if len(text) == 10:
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), LONDON)
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{text!r} is neither a date nor a time: write 2024-04-19 or 2020-12-31T23:00:00Z") from None
    if parsed.tzinfo is None:
        raise Malformed(f"the time {text!r} has no offset: write for example {text}Z")
    return parsed


def read_edition(data: Mapping[str, Any], known: Mapping[str, Edition]) -> Edition:
    """An edition from its JSON, completed from the edition it is based on; `Malformed` names what is wrong."""
    edition: Edition = convert(_completed(data, known), Edition)
    for name in ("in_force_from", "in_force_to"):
        try:
            moment(getattr(edition, name) or "1970-01-01")
        except Malformed as error:
            raise Malformed(f"field {name}: {error}") from None
    start, end = edition.starts({}), edition.ends()
    if start and end and end <= start:
        raise Malformed(f"field in_force_to: {edition.edition_id} would end before it starts")
    return edition


def fingerprint(data: Mapping[str, Any]) -> bytes:
    """The SHA-256 of an edition that an event holds: of its JSON, keys sorted, without spaces, in UTF-8."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).digest()


# What an edition shares with the one it is based on; its id and dates are always its own.
_TAKEN_OVER = ("family", "title", "publisher", "kind", "jurisdiction", "applies_to")
_ADDED_TO = ("vocabulary", "rules", "params", "wording")


def _completed(data: Mapping[str, Any], known: Mapping[str, Edition]) -> dict[str, Any]:
    """An edition's JSON with what it takes over from the edition it is based on."""
    based_on = data.get("based_on")
    if based_on is None:
        return dict(data)
    base = known.get(based_on) if isinstance(based_on, str) else None
    if base is None:
        raise Malformed(f"field based_on: no edition {based_on} is registered here")
    result = {name: getattr(base, name) for name in _TAKEN_OVER} | dict(data)
    for name in _ADDED_TO:
        own = data.get(name, {})
        result[name] = {**plain(getattr(base, name)), **own} if isinstance(own, Mapping) else own
    return result


@dataclass(frozen=True)
class Shipped:
    """An edition file of this release: its data and the SHA-256 of its bytes, as a ledger's genesis registers it."""

    edition: Edition
    sha256: bytes


class Print(NamedTuple):
    """One print of an edition file: what it says and the SHA-256 of its bytes."""

    data: Mapping[str, Any]
    sha256: bytes


FOLDER = importlib.resources.files("ledger.procedure.editions")
_EARLIER = re.compile(r".+\.[0-9a-f]{8}\.json")  # an earlier print has the first digits of its SHA-256 in its name


@lru_cache(1)
def _prints() -> tuple[Mapping[str, Print], Mapping[tuple[str, bytes], Print]]:
    """The edition files of this release by id; and they and every earlier print of them by id and SHA-256."""
    now: dict[str, Print] = {}
    ever: dict[tuple[str, bytes], Print] = {}
    for file in sorted(FOLDER.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".json"):
            continue
        content = file.read_bytes()
        try:
            data = json.loads(content)
            one = Print(data, hashlib.sha256(content).digest())
            ever[data["edition_id"], one.sha256] = one
        except (ValueError, KeyError, TypeError):
            raise _spoilt(file.name, "it is not the JSON of an edition") from None
        if not _EARLIER.fullmatch(file.name):
            now[data["edition_id"]] = one
    return now, ever


def _spoilt(name: str, why: str) -> IntegrityError:
    return IntegrityError(f"The edition file {name} of this installation was changed: {why}. Install RuleSeven again.")


def _read_all(prints: Mapping[str, Print]) -> Mapping[str, Edition]:
    """Editions by id, each read after the one it is based on."""
    waiting, found = dict(prints), dict[str, Edition]()
    while waiting:
        ready = [i for i, one in waiting.items() if one.data.get("based_on") not in waiting]
        if not ready:
            raise _spoilt(", ".join(waiting), "they are based on each other")
        for edition_id in ready:
            try:
                found[edition_id] = read_edition(waiting.pop(edition_id).data, found)
            except Malformed as error:
                raise _spoilt(edition_id, str(error)) from None
    return found


@lru_cache(1)
def shipped() -> Mapping[str, Shipped]:
    """The editions this release ships, by id. Raises `IntegrityError` where a file of it was spoilt."""
    now, _ = _prints()
    return {edition_id: Shipped(edition, now[edition_id].sha256) for edition_id, edition in _read_all(now).items()}


@lru_cache(8)
def opened_with(registered: tuple[tuple[str, bytes], ...]) -> Mapping[str, Edition]:
    """The editions that a genesis registers by id and SHA-256, as they were printed then.

    Raises `NewerVersion` for an edition that this release does not know, `IntegrityError` for a file that is not what
    was registered.
    """
    _, ever = _prints()
    shipped_once = {edition_id for edition_id, _ in ever}
    if unknown := [edition_id for edition_id, _ in registered if edition_id not in shipped_once]:
        raise NewerVersion(
            f"The ledger was opened with edition {', '.join(unknown)}, which this release does not ship: use the "
            "release that opened it, or a later one."
        )
    if altered := [edition_id for edition_id, sha256 in registered if (edition_id, sha256) not in ever]:
        raise IntegrityError(
            f"This installation's print of edition {', '.join(altered)} is not the one that the ledger was opened with "
            "(its SHA-256 differs): the file was changed, or is another release's. Install that release again; what "
            "was found before stays as it is stored."
        )
    return _read_all({edition_id: ever[edition_id, sha256] for edition_id, sha256 in registered})


@dataclass(frozen=True)
class Ruling:
    """How the governing editions take one rule in one mode."""

    level: str
    edition: str
    message: str
    external: bool


@dataclass(frozen=True)
class Context:
    """The editions that govern one moment, with their rules, words and numbers combined."""

    editions: tuple[Edition, ...]
    local: Mapping[str, Value] = field(default_factory=dict)  # the agency's own parameters, by name

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(e.edition_id for e in self.editions)

    @cached_property
    def families(self) -> frozenset[str]:
        return frozenset(e.family for e in self.editions)

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(e.kind for e in self.editions)

    def codes(self, vocabulary: str) -> frozenset[str]:
        """The codes of one vocabulary, over all governing editions."""
        return frozenset(code for e in self.editions for code in e.vocabulary.get(vocabulary, ()))

    def ruling(self, rule: str, case: str, mode: str) -> Ruling | None:
        """The most severe level that a governing edition gives this rule (or this case of it); None: it has none."""
        key = f"{rule}/{case}" if case else rule
        best: Ruling | None = None
        for edition in self.editions:
            text = edition.rules.get(key)
            if text is None:
                continue
            level = text.gate if mode == "plan" else text.fact
            if level != "-" and (best is None or SEVERITY[level] > SEVERITY[best.level]):
                best = Ruling(level, edition.edition_id, text.message, text.external)
        return best

    def param(self, name: str, default: Any = None) -> Any:
        """A number or word: the agency's own setting, else the governing editions', else `default`."""
        if name in self.local:
            return self.local[name]
        return next((e.params[name] for e in self.editions if name in e.params), default)

    def wording(self, name: str) -> str | None:
        return next((e.wording[name] for e in self.editions if name in e.wording), None)


class Setting(NamedTuple):
    """A parameter that the agency set for itself, and from when on."""

    since: dt.datetime
    name: str
    value: Value


class Book:
    """All editions an agency has registered, and its adoptions and parameters; finds the context of a moment.

    `hindsight` puts one edition in the place of whatever its family had in force, at all times (the policy lens).
    """

    def __init__(
        self,
        editions: Iterable[Edition],
        agency_kind: str,
        adopted: Mapping[str, dt.datetime],
        local: Iterable[Setting],
        hindsight: Edition | None = None,
    ) -> None:
        self._local = sorted(local, key=lambda setting: setting.since)
        self._spans: list[tuple[Edition, dt.datetime, dt.datetime | None]] = []
        by_family: dict[str, list[tuple[dt.datetime, Edition]]] = {}
        known = {e.edition_id: e for e in (*editions, *([hindsight] if hindsight else ()))}
        self.registered = tuple(known.values())
        for edition in self.registered:
            if edition.governs(agency_kind) and (start := edition.starts(adopted)) is not None:
                by_family.setdefault(edition.family, []).append((start, edition))
        if hindsight is not None and hindsight.governs(agency_kind):
            by_family[hindsight.family] = []
            self._spans.append((hindsight, ALWAYS, None))
        for family in by_family.values():
            family.sort(key=lambda pair: pair[0])
            for i, (start, edition) in enumerate(family):
                ends = [t for t in (edition.ends(), family[i + 1][0] if i + 1 < len(family) else None) if t]
                self._spans.append((edition, start, min(ends) if ends else None))
        edges = {t for _, start, end in self._spans for t in (start, end) if t}
        self._edges = sorted(edges | {setting.since for setting in self._local})
        self._contexts: dict[int, Context] = {}
        self._codes: dict[str, frozenset[str]] = {}

    def codes(self, vocabulary: str) -> frozenset[str]:
        """The codes of one vocabulary, over all registered editions, in force or not."""
        if vocabulary not in self._codes:
            found = (code for e in self.registered for code in e.vocabulary.get(vocabulary, ()))
            self._codes[vocabulary] = frozenset(found)
        return self._codes[vocabulary]

    def span(self, edition_id: str) -> tuple[dt.datetime, dt.datetime | None] | None:
        """From when until when an edition governs this agency, as far as the others let it; None: it never does."""
        return next(((start, end) for e, start, end in self._spans if e.edition_id == edition_id), None)

    @cached_property
    def params(self) -> Mapping[str, Value]:
        """The numbers and words that an agency may set for itself, with those the editions give."""
        return {name: value for e in self.registered for name, value in e.params.items()}

    def context(self, at: dt.datetime) -> Context:
        """The editions and parameters in force at a moment: one edition a family, in the order of their families."""
        slot = bisect_right(self._edges, at)
        if slot not in self._contexts:
            live = [e for e, start, end in self._spans if start <= at and (end is None or at < end)]
            local = {name: value for since, name, value in self._local if since <= at}
            self._contexts[slot] = Context(tuple(sorted(live, key=lambda e: e.family)), local)
        return self._contexts[slot]
