"""One value, one encoding: checked on the way in and on the way out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.proof import values


def recordable(text):
    try:
        values.check_text(text)
    except Malformed:
        return False
    return True


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
texts = texts.map(lambda text: unicodedata.normalize("NFC", text)).filter(recordable)
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts | st.binary(max_size=300)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15
)


@given(anything)
def test_a_round_trip_gives_the_value(value):
    data = values.encode(value)
    assert values.decode(data) == value
    assert values.decode_each([data, b"\xc0", data]) == [value, None, value]
    assert values.encode_each([value, 1]) == [data, b"\x01"]


@given(st.binary(max_size=60))
def test_bytes_that_decode_are_the_encoding_of_what_they_decode_to(data):
    try:
        value = values.decode(data)
    except Malformed:
        return
    assert values.encode(value) == data


@given(anything, st.data())
def test_a_changed_byte_is_another_value_or_malformed(value, data):
    encoded = values.encode(value)
    at = data.draw(st.integers(0, len(encoded) - 1))
    changed = encoded[:at] + bytes([encoded[at] ^ data.draw(st.integers(1, 255))]) + encoded[at + 1 :]
    try:
        other = values.decode(changed)
    except Malformed:
        return
    assert values.encode(other) == changed


@given(st.lists(st.binary(min_size=1, max_size=6), min_size=1, max_size=5))
def test_decoding_many_is_decoding_each(parts):
    def outcome(read):
        try:
            return read()
        except Malformed:
            return Malformed

    assert outcome(lambda: values.decode_each(parts)) == outcome(lambda: [values.decode(part) for part in parts])


def test_parts_that_only_join_to_values_are_refused():
    # Joined these read as two values: "b" and nil.
    with pytest.raises(Malformed):
        values.decode_each([b"\xa1", b"b\xc0"])


def test_a_map_goes_out_in_key_order():
    assert values.encode({"b": 1, "a": {"z": 1, "é": 2, "y": 3}}) == bytes.fromhex("82a16183a17903a17a01a2c3a902a16201")


def test_tuples_are_arrays():
    assert values.encode((1, ("a",))) == values.encode([1, ["a"]])


class Subclass(int):
    pass


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "float"),
        (float("nan"), "float"),
        (2**53, "2**53"),
        (-(2**53), "2**53"),
        (Subclass(1), "Subclass"),
        ({1, 2}, "set"),
        (bytearray(b"x"), "bytearray"),
        ("a\nb", "U+000A"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\ud800", "U+D800"),
        ("e\u0301", "NFC"),
        ({1: 2}, "key is int"),
        ({b"a": 2}, "key is bytes"),
        ({"a\0": 2}, "U+0000"),
        ([[[[[[[[[]]]]]]]]], "8 deep"),
        (object(), "object"),
        *((f"a{c}b", "forbidden") for c in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"),
    ],
    ids=ascii,
)
def test_what_cannot_be_recorded_is_refused(value, words):
    with pytest.raises(Malformed, match=words.replace("*", r"\*").replace("+", r"\+")):
        values.encode(value)


def test_an_error_names_the_place():
    with pytest.raises(Malformed, match=r"at \[1\]\.name\[0\]: "):
        values.encode([0, {"name": [1.5]}])
    with pytest.raises(Malformed, match=r"at \[2\]\.name: "):
        values.encode_each([0, 0, {"name": 1.5}])


def test_depth_counts_from_the_value_itself():
    assert values.decode(values.encode([[[[[[[[]]]]]]]])) == [[[[[[[[]]]]]]]]
    assert values.decode(values.encode({"a": [[[[[[[]]]]]]]})) == {"a": [[[[[[[]]]]]]]}
    with pytest.raises(Malformed):
        values.decode(b"\x91" * 9 + b"\xc0")


@pytest.mark.parametrize(
    "text",
    ["Zoë", "a b", "naïve “quoted” – dash", "\u05e9\u05dc\u05d5\u05dd", "\U0001f469\u200d\U0001f692", "a\u00a0b"],
)
def test_ordinary_text_of_any_script_passes(text):
    assert values.decode(values.encode(text)) == text


@pytest.mark.parametrize("data", [None, "text", 7, bytearray(b"\xc0"), memoryview(b"\xc0")])
def test_only_bytes_are_decoded(data):
    with pytest.raises(Malformed, match="bytes were expected"):
        values.decode(data)


def test_sizes_are_limited():
    with pytest.raises(Malformed, match="more than the 10"):
        values.decode(values.encode(b"x" * 20), max_size=10)
    for bomb in (
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\x91" * 100_000,
    ):
        with pytest.raises(Malformed):
            values.decode(bomb)


@pytest.mark.parametrize(
    "data",
    [b"\x91\x01", b"\x91\xa1a", b"\x80", b"\x91\x91\xc4\x00", b"\x91\xc5\x00\x01x", b"\x94" + b"\xc4\x00" * 4, b""],
)
def test_an_array_of_bins_is_nothing_else(data):
    with pytest.raises(Malformed):
        values.unpack_bins(data, 3)


@given(st.lists(st.binary(max_size=3), max_size=20), st.data())
def test_an_array_of_bins_has_one_encoding(bins, data):
    encoded = values.pack_trusted(bins)
    assert values.unpack_bins(encoded, 20) == bins
    cut = data.draw(st.integers(0, len(encoded)))
    changed = encoded[:cut] + data.draw(st.binary(max_size=3)) + encoded[cut + data.draw(st.integers(0, 3)) :]
    try:
        other = values.unpack_bins(changed, 20)
    except Malformed:
        return
    assert values.pack_trusted(other) == changed


@pytest.mark.parametrize(
    "data", ["91c5000178", "91c60000000178", "dc0001c40178", "dd00000001c40178", "dc000f" + "c400" * 15]
)
def test_a_longer_form_of_an_array_of_bins_is_refused(data):
    with pytest.raises(Malformed):
        values.unpack_bins(bytes.fromhex(data), 20)


def size_of(value):
    """How many values and keys there are in all."""
    if isinstance(value, list):
        return 1 + sum(map(size_of, value))
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(size_of, value.values()))
    return 1


@given(anything)
def test_a_bound_on_items_counts_every_value_and_key(value):
    data = values.encode(value)
    assert values.decode(data, max_items=size_of(value)) == value
    with pytest.raises(Malformed):
        values.decode(data, max_items=size_of(value) - 1)


@given(st.binary(max_size=60))
def test_a_bound_on_items_changes_nothing_else(data):
    def outcome(**bound):
        try:
            return values.decode(data, **bound)
        except Malformed:
            return Malformed

    assert outcome(max_items=100) == outcome()


@pytest.mark.parametrize("data", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xdd\0\0\x03\xe8" * 1000])
def test_what_only_announces_much_is_refused_before_room_is_made(data):
    with pytest.raises(Malformed):
        values.decode(data, max_items=1000)
