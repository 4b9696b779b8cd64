"""Small numbers kept back: none of them follows from what is shown, by trying every table that would show the same."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.suppression import FEW, HELD, SMALL, Sum, narrowed, suppressed

PARTS = ("a", "b", "c")
OF_PARTS = Sum("t", PARTS)


def table(a, b, c, rest=None):
    cells = {"a": a, "b": b, "c": c, "t": a + b + c}
    return cells if rest is None else {**cells, "rest": rest, "d": a + b + c + rest}


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((10, 20, 30), (10, 20, 30, 60)),
        ((0, 20, 30), (0, 20, 30, 50)),
        ((3, 20, 30), (FEW, HELD, 30, 53)),  # 53 - 20 - 30 would be 3
        ((3, 0, 0), (FEW, 0, 0, FEW)),
        ((3, 2, 30), (FEW, FEW, 30, 35)),
        ((1, 1, 30), (FEW, FEW, HELD, 32)),  # two that come to two are one each
        ((4, 4, 0), (FEW, FEW, 0, HELD)),  # two that come to eight are four each
    ],
)
def test_what_is_shown(numbers, shown):
    found = suppressed(table(*numbers), [OF_PARTS])
    assert tuple(found[name] for name in (*PARTS, "t")) == shown


def test_a_rest_that_is_shown_nowhere_cannot_be_worked_out_either():
    """100 of 103: whoever sees both numbers knows of the other three."""
    cells, sums = {"n": 100, "d": 103, "rest": 3}, [Sum("d", ("n", "rest"))]
    assert suppressed(cells, sums, {"rest"}) == {"n": HELD, "d": 103, "rest": HELD}
    assert suppressed({"n": 50, "d": 103, "rest": 53}, sums, {"rest"}) == {"n": 50, "d": 103, "rest": HELD}


def test_it_holds_back_no_more_than_it_must():
    assert HELD not in suppressed(table(3, 2, 30), [OF_PARTS]).values()


small = st.integers(0, 7)


@given(small, small, small, st.none() | small)
@settings(max_examples=150, deadline=None)
def test_every_small_number_could_be_another(a, b, c, rest):
    cells = table(a, b, c, rest)
    sums = [OF_PARTS] if rest is None else [OF_PARTS, Sum("d", ("t", "rest"))]
    shown = suppressed(cells, sums, () if rest is None else ("rest",))
    possible = [other for other in _tables(shown, with_rest=rest is not None) if _shows(other, shown)]
    assert cells in possible
    for name, value in cells.items():
        if value in SMALL:
            assert len({other[name] for other in possible}) > 1, (cells, shown, name)


def _tables(shown, *, with_rest):
    """Every table that could be meant, of numbers up to 24."""

    def values(name):
        one = shown[name]
        return SMALL if one == FEW else range(25) if one == HELD else [one]

    rests = values("rest") if with_rest else [None]
    return (table(*numbers) for numbers in itertools.product(*map(values, PARTS), rests))


def _shows(cells, shown):
    return all(value in SMALL if shown[name] == FEW else shown[name] in (HELD, value) for name, value in cells.items())


def test_bounds_narrow_through_sums():
    bounds = {"a": (0, 9), "b": (2, 9), "c": (0, 0), "t": (4, 4)}
    assert narrowed(bounds, [OF_PARTS]) == {"a": (0, 2), "b": (2, 4), "c": (0, 0), "t": (4, 4)}
