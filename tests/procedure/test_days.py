"""Limits in working days, days that limit something, and ages."""

import datetime as dt

import pytest

from ledger.errors import Malformed
from ledger.procedure.clock import end_of_working_day_after, until
from ledger.procedure.edition import shipped
from ledger.procedure.state.persons import Person

HOLIDAYS = frozenset(shipped()["ruleseven-1"].edition.vocabulary["bank_holidays"])

WORKING = [  # from, working days, kept until the end of
    ("2026-10-01T09:00:00+01:00", 5, "2026-10-08"),  # A16
    ("2026-10-12T13:00:00+01:00", 2, "2026-10-14"),  # A27
    ("2026-11-05T10:00:00+00:00", 5, "2026-11-12"),  # A35
    ("2026-12-24T23:30:00+00:00", 1, "2026-12-29"),  # over Christmas, its Monday in lieu and a weekend
    ("2026-04-02T09:00:00+01:00", 1, "2026-04-07"),  # over Easter
    ("2026-10-03T09:00:00+01:00", 1, "2026-10-05"),  # from a Saturday
    ("2026-06-30T23:30:00+00:00", 1, "2026-07-02"),  # already 1 July in London
]


@pytest.mark.parametrize(("at", "days", "last"), WORKING)
def test_working_days_of_england_and_wales(at, days, last):
    assert end_of_working_day_after(dt.datetime.fromisoformat(at), days, HOLIDAYS) == until(last)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-07", "2026-12-07T23:59:59+00:00"),
        ("2026-07-07", "2026-07-07T22:59:59+00:00"),
        ("2026-12-07T10:00:00+01:00", "2026-12-07T09:00:00+00:00"),
    ],
)
def test_a_day_lasts_to_its_end_in_london(text, utc):
    assert until(text).isoformat() == utc


@pytest.mark.parametrize("text", ["2026-02-30", "2026-12-07T10:00:00", "next week", "9999-12-31T23:59-14:00"])
def test_a_day_that_is_none(text):
    with pytest.raises(Malformed, match=r"field until: .* is neither a day nor a time"):
        until(text, "until")


@pytest.mark.parametrize(
    ("dob", "day", "age"),
    [
        ("2012-03-02", "2026-03-01", 13),
        ("2012-03-02", "2026-03-02", 14),
        ("2012-02-29", "2025-02-28", 12),
        ("2012-02-29", "2025-03-01", 13),
    ],
)
def test_age_on_a_day(dob, day, age):
    person = Person("C1", dob=dt.date.fromisoformat(dob))
    assert person.age(dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")) == age


def test_a_birthday_begins_at_midnight_in_london():
    person = Person("C1", dob=dt.date(2014, 7, 1))
    assert person.age(dt.datetime(2026, 6, 30, 22, 59, tzinfo=dt.UTC)) == 11
    assert person.age(dt.datetime(2026, 6, 30, 23, 0, tzinfo=dt.UTC)) == 12


def test_of_unknown_age():
    at = dt.datetime(2026, 9, 7, tzinfo=dt.UTC)
    assert Person("C1", {"child"}).under(16, at)
    assert Person("C1").is_child(at)
    assert not Person("P1", {"parent"}).is_child(at)
    assert not Person("C1", {"child"}).understands(at)
    assert Person("C1", {"child"}, age_band="12_to_15").understands(at)
    assert not Person("C1", {"child"}, age_band="16_to_17").under(16, at)
    assert Person("P1", {"parent"}, dob=dt.date(2010, 1, 1)).is_child(at)
