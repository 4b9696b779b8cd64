"""Every kind of event to record fields and back; what is sealed, and under which key."""

import datetime as dt
import types
import typing
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.procedure import judgement  # noqa: F401  (declares every kind)
from ledger.procedure.command import parse
from ledger.procedure.declare import (
    BY_NAME,
    BY_WIRE,
    FIRST_PAYLOAD_FIELD,
    WORDS,
    WORDS_TOLD,
    About,
    Defines,
    IdMark,
    Names,
    Part,
    Prose,
    Refers,
    Scope,
    convert,
)
from ledger.procedure.layout import from_fields, to_fields

CASE = About("case", "HM-1")
PROSE = "§"  # begins every free text here, and nothing else
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="§"), max_size=12)
IDS = st.from_regex(r"[A-Z]{1,3}-[0-9]{1,3}", fullmatch=True)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1))
TIMES = st.integers(0, 2**31).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC))


def values(hint, required=False):
    """Values of a declared type, as JSON would give them, None for what may be absent."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        if patterns := [mark.pattern for mark in hint.__metadata__ if getattr(mark, "pattern", None)]:
            return HASHES if "{64}" in patterns[0] else DAYS.map(str) if "\\d{4}" in patterns[0] else IDS
        if any(getattr(mark, "min_length", None) for mark in hint.__metadata__):
            return IDS
        prose = any(isinstance(mark, Prose) for mark in hint.__metadata__)
        return TEXTS.map(lambda text: PROSE + text) if prose else values(args[0])
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(arg) for arg in args])
    if origin is tuple:
        if args[-1] is Ellipsis:
            return st.lists(values(args[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, args))
    if origin is dict:
        return st.dictionaries(IDS, values(args[1]).filter(lambda v: v is not None), max_size=2)
    if isinstance(hint, type) and issubclass(hint, Part):
        return parts(hint)
    plain = {str: TEXTS, int: st.integers(0, 99), bool: st.booleans(), bytes: st.binary(max_size=8)}
    plain |= {dt.datetime: TIMES, dt.date: DAYS, type(None): st.none(), typing.Any: st.integers(0, 9)}
    return plain[hint]


@cache
def parts(cls):
    hints = typing.get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{name: values(hint) for name, hint in hints.items()})


def stored(event: Any, about=CASE):
    """The event's fields by name as a reader finds them, with their scopes."""
    declared = BY_NAME[type(event).__name__]
    fields = to_fields(event, about)
    assert len(fields) == len(declared.fields)
    return declared, {field.name: value for field, (value, _) in zip(declared.fields, fields, strict=True)}, fields


@pytest.mark.parametrize("name", sorted(BY_NAME))
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_kind_comes_back_from_its_fields(name, data):
    event = data.draw(parts(BY_NAME[name].type))
    declared, found, _ = stored(event)
    assert from_fields(declared, found) == event


@pytest.mark.parametrize("name", sorted(BY_NAME))
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_free_text_stands_in_the_words_alone(name, data):
    event = data.draw(parts(BY_NAME[name].type))
    declared, found, fields = stored(event)
    lists = (WORDS, WORDS_TOLD)
    assert all(text.startswith(PROSE) for name in lists for _, text in found.get(name) or ())
    plain = [value for field, (value, _) in zip(declared.fields, fields, strict=True) if field.name not in lists]
    assert PROSE not in repr(plain)


def test_wire_names_are_ours_and_fields_have_their_places():
    assert all(wire == f"{wire.split('/')[0]}/{kind.name}/1" for wire, kind in BY_WIRE.items())
    assert {wire.split("/")[0] for wire in BY_WIRE} == {"agency", "operations", "case", "scheme", "context", "review"}
    opened = BY_NAME["LedgerOpened"]
    names = ["charter", "mldsa_public", "recovery_signature", "agency_kind", "flags", "editions"]
    assert [(f.name, f.index) for f in opened.fields] == list(zip(names, range(9, 15), strict=True))
    assert [f.name for f in BY_NAME["InformationErased"].fields][:3] == ["scope_kind", "scope_ref", "scopes"]
    assert all(f.index == FIRST_PAYLOAD_FIELD + i for k in BY_WIRE.values() for i, f in enumerate(k.fields))
    assert all(k.type.__doc__ for k in BY_WIRE.values())


def scopes(do, **said):
    command = parse({"do": do, "case": "HM-1", **said})
    declared = command.kind
    fields = zip(declared.fields, to_fields(command.event, command.about), strict=True)
    return {field.name: scope for field, (_, scope) in fields if scope is not None}


def test_what_identifies_is_sealed_under_the_key_that_can_be_destroyed():
    linked = scopes("PersonLinked", person_id="C1", name="a name", dob="2012-03-02", roles=["child"])
    assert linked == {"name": Scope("person", "C1"), "dob": Scope("person", "C1")}
    assert scopes("InformationRecorded", item_id="I", child="C1", content="x") == {"content": Scope("person", "C1")}
    assert scopes("InformationRecorded", item_id="I", content="x") == {"content": Scope("case", "HM-1")}
    disclosed = {"disclosure_id": "X-1", "mode": "fact", "what": {"summary": "s"}}
    assert scopes("DisclosureMade", **disclosed) == {WORDS_TOLD: Scope("case", "HM-1")}
    assert scopes("DisclosureMade", **disclosed, relies_on=["CON-1"]) == {WORDS_TOLD: Scope("consent", "CON-1")}
    received = {"details": "d", "relies_on": ["CON-1"]}
    assert scopes("DisclosureReceived", **received) == {WORDS: Scope("consent", "CON-1")}


def test_what_goes_to_a_recipient_is_lifted_apart_from_what_stays_here():
    limit = {"code": "NOT_TO_SERVICE_USER", "text": "t", "persons": ["P2"]}
    told = {"disclosure_id": "X", "mode": "fact", "what": {"summary": "s"}, "restrictions": [limit], "late_reason": "l"}
    command = parse({"do": "DisclosureMade", "case": "HM-1", **told})
    _, found, _ = stored(command.event)
    assert found[WORDS_TOLD] == [[["what", "summary"], "s"], [["restrictions", 0, "text"], "t"]]
    assert found[WORDS] == [[["late_reason"], "l"]]
    left: Any = from_fields(command.kind, found | {WORDS: None})
    assert (left.what.summary, left.restrictions[0].text, left.late_reason) == ("s", "t", None)


def test_what_was_erased_reads_as_absent():
    command = parse({"do": "PersonLinked", "case": "HM-1", "person_id": "C1", "name": "a name", "roles": ["child"]})
    fields = zip(command.kind.fields, to_fields(command.event, command.about), strict=True)
    left: Any = from_fields(command.kind, {field.name: value for field, (value, scope) in fields if scope is None})
    assert (left.person_id, left.roles, left.name) == ("C1", ("child",), None)


def test_values_of_another_type_are_not_an_event():
    with pytest.raises(Malformed, match="field roles"):
        from_fields(BY_NAME["PersonLinked"], {"person_id": "C1", "roles": "child"})
    with pytest.raises(Malformed, match="field data_subject"):
        convert({"consent_id": "CON-1", "data_subject": 7}, BY_NAME["ConsentGiven"].type)


# Ids that name no person whom the agency keeps information on: things, agencies, and the agency's own staff.
# fmt: off
NO_PERSON = {
    "adviser", "agency_id", "agreement_id", "agreement_ref", "allegation_id", "apd_ref", "applicant_relation",
    "approved_by", "approver", "authorised_by", "breach_id", "by", "competence_ref", "consent_id", "decided_by",
    "decision_id", "disclosure_id", "dpia_ref", "edition_id", "episode_id", "episodes", "establishment",
    "explained_by", "extract_id", "field", "format", "home_la", "host_la", "id", "items", "language", "name",
    "notice_id", "offered_by", "officer", "opportunity_id", "placing_la", "receipt_id", "recipient_relation",
    "reconsideration_id", "relies_on", "request_id", "responsible_authority", "restriction_id", "reviewer", "role",
    "scope_kind", "scope_ref", "signatories", "signature_ref", "staff", "staff_ref", "to_complete", "type",
    "undertaking_id", "verified_by", "wording_version",
}
# fmt: on


def unmarked(cls):
    """The ids of a structure, at any depth, that say of nothing what they are the id of."""
    for name, hint in typing.get_type_hints(cls, include_extras=True).items():
        found, below = set(), [hint]
        while below:
            one = below.pop()
            found |= {type(mark) for mark in getattr(one, "__metadata__", ())}
            below += typing.get_args(one)
            if isinstance(one, type) and issubclass(one, Part):
                yield from unmarked(one)
        if IdMark in found and not found & {Refers, Defines, Names}:
            yield name


def test_every_id_of_a_person_says_that_it_is_one():
    """What is given to whom rests on this: an id that is new is a person's, or belongs into the list above."""
    assert {name for kind in BY_WIRE.values() for name in unmarked(kind.type)} == NO_PERSON
