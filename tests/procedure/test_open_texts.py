"""What stands in clear is a code, an id, a name of a body or a few words: no field has room for somebody's story."""

import typing

import msgspec
import pytest

from ledger.errors import Malformed
from ledger.procedure import judgement  # noqa: F401  (declares every kind)
from ledger.procedure.declare import BY_NAME, Prose, Sealed, Vocabulary, convert, has_pattern, hints_of

FEW = 120  # characters
BY_THE_LEDGER = {"LedgerOpened", "CommandRefused"}  # which nobody commands
ELSEWHERE = {
    ("AgencyRegistered", "flags"),  # settings of an agency, one of which names a ledger's head
    ("PolicyEditionRegistered", "edition"),  # a published document
}


def open_texts(hint, marks=()):
    """The marks of each text below a hint that is neither sealed nor lifted into the sealed words."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        yield from open_texts(args[0], (*marks, *args[1:]))
    elif any(isinstance(mark, Sealed | Prose) for mark in marks):
        return
    elif hint is str:
        yield marks
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        for below in hints_of(hint).values():
            yield from open_texts(below)
    else:
        for arg in args:
            yield from open_texts(arg, marks if origin is not dict else ())


def is_short(marks):
    coded = any(isinstance(mark, Vocabulary) for mark in marks)
    bounds = [mark.max_length for mark in marks if isinstance(mark, msgspec.Meta) and mark.max_length is not None]
    return coded or has_pattern(marks) or any(bound <= FEW for bound in bounds)


FIELDS = [
    (name, field)
    for name, kind in BY_NAME.items()
    for field in hints_of(kind.type)
    if name not in BY_THE_LEDGER and (name, field) not in ELSEWHERE
]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_an_open_text_has_a_form_or_is_short(name, field):
    assert all(is_short(marks) for marks in open_texts(hints_of(BY_NAME[name].type)[field]))


@pytest.mark.parametrize(("name", "field"), sorted(ELSEWHERE - {("PolicyEditionRegistered", "edition")}))
def test_the_exceptions_are_needed(name, field):
    assert not all(is_short(marks) for marks in open_texts(hints_of(BY_NAME[name].type)[field]))


@pytest.mark.parametrize("name", ["LegalHoldPlaced", "LegalHoldReleased"])
def test_the_authority_for_a_hold_is_named_in_few_words(name):
    hold = {"hold_id": "LH-1", "authority": "Inquiries Act 2005"}
    assert convert(hold, BY_NAME[name].type).authority == "Inquiries Act 2005"
    with pytest.raises(Malformed, match="authority"):
        convert(hold | {"authority": "Her mother told the school nurse on Monday " * 3}, BY_NAME[name].type)
