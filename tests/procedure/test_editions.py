"""Policy as dated data: what is shipped, what governs a day, what an agency may add."""

import datetime as dt
import json
from importlib.resources import files

import pytest

from ledger.errors import Malformed
from ledger.procedure.edition import Book, moment, read_edition, shipped

EDITIONS = {name: s.edition for name, s in shipped().items()}
ADOPTED = {"wm-2.10@2024-04-19": moment("2024-04-22")}
STARTS = {  # requirements §5.4
    "ukgdpr-2020-12-31": "2020-12-31T23:00:00Z",
    "ukgdpr-2026-02-05": "2026-02-05",
    "dpa2018-part2/3": "2018-05-25",
    "dfe-is-2018-07": "2018-07-04",
    "dfe-is-2024-04": "2024-04-19",
    "wt-2018": "2018-07-04",
    "wt-2023": "2023-12-15",
    "wt-2026": "2026-03-19",
    "csods-2010/11": "2010-03-30",
    "csods-2023-04": "2023-04-03",
    "ca2004-16LA": "2026-09-30",
    "ico-dsc-2021": "2021-10-05",
    "ruleseven-1": "1970-01-01",
}


def book(kind="local_authority", adopted=ADOPTED, **local):
    return Book(EDITIONS.values(), kind, adopted, local)


@pytest.mark.parametrize(("edition_id", "start"), STARTS.items())
def test_an_edition_is_in_force_from_its_first_moment_until_the_next_of_its_family(edition_id, start):
    first, family = moment(start), EDITIONS[edition_id].family
    assert edition_id in book().context(first).ids
    before = book().context(first - dt.timedelta(seconds=1)).editions
    assert edition_id not in [e.edition_id for e in before]
    assert [e.family for e in book().context(first).editions].count(family) == 1


def test_everything_of_5_4_is_shipped_and_nothing_without_a_start_but_the_local_procedure():
    assert set(EDITIONS) >= {*STARTS, "wm-2.10@2024-04-19"}
    assert [name for name, e in EDITIONS.items() if e.in_force_from is None] == ["wm-2.10@2024-04-19"]


def test_a_local_procedure_is_in_force_from_its_adoption():
    day = moment("2024-04-22")
    assert "wm-2.10@2024-04-19" in book().context(day).ids
    assert "wm-2.10@2024-04-19" not in book().context(day - dt.timedelta(seconds=1)).ids
    assert "wm-2.10@2024-04-19" not in book(adopted={}).context(day).ids


def test_an_edition_for_some_agencies_governs_only_them():
    later = moment("2026-10-01")
    assert "ca2004-16LA" in book("school_or_college").context(later).ids
    assert "ca2004-16LA" not in book("voluntary_charity").context(later).ids


def test_the_most_severe_level_stands():
    severe = dict(EDITIONS["wm-2.10@2024-04-19"].rules)
    assert severe["CN-02"].gate == "E"
    context = book().context(moment("2026-10-01"))
    assert context.ruling("WH-03", "", "plan").level == "W"
    assert context.ruling("WH-03", "comparison", "plan").level == "E"
    assert context.ruling("ST-05", "", "plan") is None
    assert context.ruling("ST-05", "", "fact").level == "W"
    assert context.ruling("XX-99", "", "fact") is None


def test_the_agencys_own_number_comes_first():
    at = moment("2026-10-01")
    assert book().context(at).param("late_hours") == 24
    assert book(late_hours=48).context(at).param("late_hours") == 48
    assert book().params["late_hours"] == 24


FIXTURE = {"edition_id": "wm-2.10@2023", "based_on": "wm-2.10@2024-04-19", "in_force_from": "2023-01-01"}


def test_a_print_based_on_another_takes_over_all_but_its_id_and_dates():
    edition = read_edition(FIXTURE, EDITIONS)
    base = EDITIONS["wm-2.10@2024-04-19"]
    assert (edition.rules, edition.vocabulary, edition.family) == (base.rules, base.vocabulary, base.family)
    assert (edition.in_force_from, edition.by_adoption, edition.title) == ("2023-01-01", False, base.title)
    both = Book([*EDITIONS.values(), edition], "police", ADOPTED, {})
    assert "wm-2.10@2023" in both.context(moment("2024-04-21")).ids
    assert "wm-2.10@2023" not in both.context(moment("2024-04-22")).ids
    changed = read_edition({**FIXTURE, "rules": {"CN-02": {"gate": "W", "fact": "W", "message": "x"}}}, EDITIONS)
    assert changed.rules["CN-02"].gate == "W"
    assert changed.rules["CN-08"] == base.rules["CN-08"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**FIXTURE, "based_on": "wm-2.09"}, "based_on: no edition wm-2.09"),
        ({**FIXTURE, "in_force_from": "2023-13-01"}, "neither a date nor a time"),
        ({**FIXTURE, "in_force_from": "2023-01-01T00:00:00"}, "has no offset"),
        ({**FIXTURE, "in_force_to": "2022-01-01"}, "end before it starts"),
        ({**FIXTURE, "kind": "rumour"}, "field kind"),
        ({**FIXTURE, "rules": {"CN-02": {"gate": "X", "fact": "W", "message": ""}}}, "field rules"),
        ({**FIXTURE, "rules": []}, "field rules"),
        ({"edition_id": "x"}, "family"),
    ],
)
def test_an_edition_that_cannot_be_read(data, said):
    with pytest.raises(Malformed, match=said):
        read_edition(data, EDITIONS)


def test_shipped_files_are_in_the_one_layout_and_name_their_edition():
    for file in files("ledger.procedure.editions").iterdir():
        if file.name.endswith(".json"):
            edition_id = json.loads(file.read_bytes())["edition_id"]
            assert file.name == edition_id.replace("/", "-").replace("@", "-") + ".json"


def test_a_refusal_says_what_would_put_it_right():
    """Findings explain, they do not scold: a sentence or two, no exclamation mark, no bare 'invalid'."""
    for edition in EDITIONS.values():
        for rule, text in edition.rules.items():
            assert text.message.endswith((".", "?")), rule
            assert "!" not in text.message, rule
            assert len(text.message) < 260, rule
            assert not {"invalid", "illegal", "error", "forbidden", "failed"} & set(text.message.lower().split()), rule
