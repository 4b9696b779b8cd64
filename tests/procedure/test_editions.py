"""Policy as dated data: what is shipped, what governs a day, what an agency may add, what a changed file comes to."""

import datetime as dt
import hashlib
import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from ledger.errors import IntegrityError, Malformed, NewerVersion, UnknownId
from ledger.procedure import edition as editions
from ledger.procedure.edition import Book, Setting, moment, opened_with, read_edition, shipped

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
    "dvds-2016-12": "2016-12-01",
    "dvds-2023-04": "2023-04-05",
    "ca2004-16LA": "2026-09-30",
    "ico-dsc-2021": "2021-10-05",
    "ruleseven-1": "1970-01-01",
}


ENDS = {
    "ukgdpr-2020-12-31": "2026-02-05",
    "dfe-is-2018-07": "2024-04-19",
    "wt-2018": "2023-12-15",
    "wt-2023": "2026-03-19",
    "csods-2010/11": "2023-04-03",
    "dvds-2016-12": "2023-04-05",
}


def book(kind="local_authority", adopted=ADOPTED, local=()):
    return Book(EDITIONS.values(), kind, adopted, local)


@pytest.mark.parametrize(("edition_id", "start"), STARTS.items())
def test_an_edition_is_in_force_from_its_first_moment_until_the_next_of_its_family(edition_id, start):
    first, family = moment(start), EDITIONS[edition_id].family
    assert edition_id in book().context(first).ids
    before = book().context(first - dt.timedelta(seconds=1)).editions
    assert edition_id not in [e.edition_id for e in before]
    assert [e.family for e in book().context(first).editions].count(family) == 1


@pytest.mark.parametrize("edition_id", STARTS)
def test_it_governs_until_the_next_or_without_an_end(edition_id):
    end = ENDS.get(edition_id)
    assert book().span(edition_id) == (moment(STARTS[edition_id]), moment(end) if end else None)


def test_everything_of_5_4_is_shipped_and_only_what_is_adopted_or_unknown_has_no_start():
    assert set(EDITIONS) >= {*STARTS, "wm-2.10@2024-04-19"}
    assert {name for name, e in EDITIONS.items() if e.in_force_from is None} == {"wm-2.10@2024-04-19", "cpa2026-csods"}


def test_what_has_no_known_commencement_is_not_in_force():
    assert book("police").span("cpa2026-csods") is None
    assert "cpa2026-csods" not in book("police").context(moment("2099-01-01")).ids


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


def test_the_agencys_own_number_comes_first_from_the_day_it_was_set():
    may, june = moment("2026-05-01"), moment("2026-06-01")
    own = book(local=[Setting(june, "late_hours", 12), Setting(may, "late_hours", 48)])
    assert book().context(june).param("late_hours") == 24
    second = dt.timedelta(seconds=1)
    at = [may - second, may, june - second, june]
    assert [own.context(when).param("late_hours") for when in at] == [24, 48, 48, 12]
    assert own.params["late_hours"] == 24


def test_an_act_is_judged_by_the_parameter_of_its_own_time(history):
    """What happened before it was set and is recorded 30 hours later is late; what happened since is not."""
    history.do("LocalParameterSet", at="2026-09-09T09:00:00+01:00", name="late_hours", value=48)
    late = {"case": "HM-1", "roles": ["parent"], "at": "2026-09-10T15:00:00+01:00"}
    assert history.do("PersonLinked", person_id="P8", occurred_at="2026-09-09T08:59:59+01:00", **late) == ["W ST-05"]
    assert history.do("PersonLinked", person_id="P9", occurred_at="2026-09-09T09:00:00+01:00", **late) == []


FIXTURE = {"edition_id": "wm-2.10@2023", "based_on": "wm-2.10@2024-04-19", "in_force_from": "2023-01-01"}


def test_a_print_based_on_another_takes_over_all_but_its_id_and_dates():
    edition = read_edition(FIXTURE, EDITIONS)
    base = EDITIONS["wm-2.10@2024-04-19"]
    assert (edition.rules, edition.vocabulary, edition.family) == (base.rules, base.vocabulary, base.family)
    assert (edition.in_force_from, edition.by_adoption, edition.title) == ("2023-01-01", False, base.title)
    both = Book([*EDITIONS.values(), edition], "police", ADOPTED, ())
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
        ({**FIXTURE, "kind": "half \ud800"}, "half of a surrogate pair"),
        ({"edition_id": "x"}, "family"),
    ],
)
def test_an_edition_that_cannot_be_read(data, said):
    with pytest.raises(Malformed, match=said):
        read_edition(data, EDITIONS)


def test_in_hindsight_one_edition_stands_in_the_place_of_its_family_at_all_times():
    at = moment("2023-06-01")
    for edition_id in ("dfe-is-2024-04", "ca2004-16LA"):
        edition = EDITIONS[edition_id]
        others = [e for e in book().context(at).ids if EDITIONS[e].family != edition.family]
        seen = Book(EDITIONS.values(), "local_authority", ADOPTED, (), edition).context(at)
        assert sorted(seen.ids) == sorted([*others, edition_id])
    charity = Book(EDITIONS.values(), "voluntary_charity", ADOPTED, (), EDITIONS["ca2004-16LA"])
    assert charity.context(at).ids == book("voluntary_charity").context(at).ids


NEW = {"edition_id": "dfe-is-2027", "based_on": "dfe-is-2024-04", "in_force_from": "2027-01-01"}
CN_02 = {"gate": "W", "fact": "W", "message": "x"}
REFUSED = [  # what is wrong with an edition, the field that is named, what is said of it
    ({"in_force_from": ...}, "in_force_from", "write null if that is not known"),
    ({"in_force_from": "soon"}, "in_force_from", "write 2024-04-19"),
    ({"in_force_from": "2027-02-30"}, "in_force_from", "write 2024-04-19"),
    ({"by_adoption": True}, "in_force_from", "leave one of them"),
    ({"in_force_to": "2027-01-01"}, "in_force_to", "end before it starts"),
    ({"in_force_to": "2026-12-31"}, "in_force_to", "end before it starts"),
    (
        {"in_force_from": "2024-04-19"},
        "in_force_from",
        "dfe-is-2024-04 of the same family dfe-is starts at that moment",
    ),
    ({"in_force_from": "2024-01-01", "in_force_to": "2024-06-01"}, "in_force_to", "say supersedes: dfe-is-2027"),
    ({"rules": {"CN-2": CN_02}}, "rules.CN-2", "nearest: CN-12, CN-02"),
    ({"rules": {"WH-03/comparson": CN_02}}, "rules.WH-03/comparson", "nearest: WH-03/comparison"),
    ({"rules": {"CN-02": {**CN_02, "gate": "X"}}}, "rules.CN-02.gate", "'X' is no level; write E, B, W, I or -"),
    ({"rules": {"CN-02": {"gate": "W", "message": "x"}}}, "rules.CN-02.fact", "write E, B, W, I or -"),
    ({"rules": {"CN-02": []}}, "rules", "expected"),
    ({"rules": {"CN-02": {"gate": "W", "fact": "W"}}}, "rules", "message"),
    ({"vocabulary": {"purposs": ["x"]}}, "vocabulary.purposs", "nearest: purposes"),
    ({"edition_id": "dfe-is-2024-04"}, "edition_id", "a new print needs a new id"),
    ({"based_on": "dfe-is-2025"}, "based_on", "no edition dfe-is-2025"),
    ({"based_on": None}, "", "family"),
    (
        {"kind": "rumour"},
        "kind",
        "write statute, statutory_guidance, advice, local_procedure, scheme_guidance or ledger",
    ),
]


@pytest.mark.parametrize(("wrong", "field", "said"), REFUSED)
def test_an_edition_that_may_not_be_registered(history, wrong, field, said):
    data = {name: value for name, value in {**NEW, **wrong}.items() if value is not ...}
    with pytest.raises(Malformed) as refused:
        history.do("PolicyEditionRegistered", edition=data)
    assert str(refused.value).startswith(f"field edition.{field}" if field else "field edition: ")
    assert said in str(refused.value)


ALLOWED = [
    {},
    {"in_force_from": None},
    {"in_force_from": "2024-01-01", "in_force_to": "2024-04-19"},
    {"in_force_from": "2024-05-01", "supersedes": "dfe-is-2024-04"},
    {"in_force_from": None, "by_adoption": True},
    {"rules": {"CN-02": CN_02, "WH-03/comparison": CN_02}, "vocabulary": {"purposes": ["x"]}},
    {"in_force_from": "2024-04-19", "family": "another"},
    {"in_force_from": "2024-04-19", "applies_to": ["police"]},  # not this agency: it governs nothing here
]


@pytest.mark.parametrize("said", ALLOWED)
def test_an_edition_that_may_be_registered(history, said):
    assert history.do("PolicyEditionRegistered", edition={**NEW, **said}) == []
    assert "dfe-is-2027" in history.agency.editions


def test_an_edition_that_ends_is_cut_short_only_by_one_that_says_it_supersedes_it(history):
    history.do("PolicyEditionRegistered", edition={**NEW, "in_force_to": "2028-01-01"})
    next_ = {**NEW, "edition_id": "dfe-is-2027-07", "in_force_from": "2027-07-01"}
    with pytest.raises(Malformed, match="dfe-is-2027 says it is in force until 2028-01-01"):
        history.do("PolicyEditionRegistered", edition=next_)
    history.do("PolicyEditionRegistered", edition={**next_, "supersedes": "dfe-is-2027"})
    assert history.agency.book.span("dfe-is-2027") == (moment("2027-01-01"), moment("2027-07-01"))


def test_two_prints_of_a_local_procedure_are_not_adopted_at_one_moment(history):
    print_ = {"edition_id": "wm-2.10@2027", "based_on": "wm-2.10@2024-04-19", "by_adoption": True}
    history.do("PolicyEditionRegistered", edition=print_)
    on = "2027-03-01"
    history.do("PolicyEditionAdopted", edition_id="wm-2.10@2024-04-19", adopted_on=on)
    with pytest.raises(Malformed, match=r"wm-2\.10@2024-04-19 of the same family"):
        history.do("PolicyEditionAdopted", edition_id="wm-2.10@2027", adopted_on=on)
    assert history.do("PolicyEditionAdopted", edition_id="wm-2.10@2027", adopted_on="2027-03-02") == []


def test_adopting_what_is_not_registered_names_the_nearest(history):
    with pytest.raises(UnknownId, match=r"nearest: wm-2\.10@2024-04-19"):
        history.do("PolicyEditionAdopted", edition_id="wm-2.10@2024-04-18")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A copy of the edition files in the place of this installation's; call it after changing one."""
    folder = tmp_path / "editions"
    shutil.copytree(str(files("ledger.procedure.editions")), folder)
    caches = (editions._prints, editions.shipped, editions.opened_with)

    def forget():
        for cache in caches:
            cache.cache_clear()
        return folder

    monkeypatch.setattr(editions, "FOLDER", folder)
    yield forget
    monkeypatch.undo()
    forget()


def pinned():
    return tuple(sorted((name, s.sha256) for name, s in shipped().items()))


def rewritten(path: Path, **changes):
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, **changes}))


def test_an_edition_file_that_was_changed_is_named(installed):
    before = pinned()
    rewritten(installed() / "dfe-is-2018-07.json", title="Something else")
    installed()
    with pytest.raises(IntegrityError) as noticed:
        opened_with(before)
    assert "print of edition dfe-is-2018-07 is not the one that the ledger was opened with" in str(noticed.value)
    assert "Install that release again; what was found before stays as it is stored." in str(noticed.value)


def test_an_edition_of_a_newer_release_is_named(installed):
    before = pinned()
    (installed() / "wt-2026.json").unlink()
    installed()
    with pytest.raises(NewerVersion, match="opened with edition wt-2026, which this release does not ship"):
        opened_with(before)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"edition_id": "wt-2026"}'])
def test_an_edition_file_that_cannot_be_read_is_named(installed, content):
    (installed() / "wt-2026.json").write_bytes(content)
    installed()
    with pytest.raises(IntegrityError, match=r"edition file wt-2026(\.json)? of this installation was changed"):
        shipped()


def test_an_improved_edition_keeps_its_earlier_print_for_the_ledgers_that_were_opened_with_it(installed):
    """The base is improved. Whoever was opened before keeps it as it was, and so what is based on it."""
    before = pinned()
    base = installed() / "dfe-is-2018-07.json"
    digest = hashlib.sha256(base.read_bytes()).hexdigest()
    shutil.copy(base, base.with_name(f"dfe-is-2018-07.{digest[:8]}.json"))
    rewritten(base, vocabulary={"purposes": ["another"]})
    installed()
    old, new = opened_with(before), opened_with(pinned())
    assert before != pinned()
    for edition_id in ("dfe-is-2018-07", "dfe-is-2024-04"):
        assert old[edition_id] == EDITIONS[edition_id]
        assert new[edition_id].vocabulary["purposes"] == ("another",)
        assert shipped()[edition_id].edition == new[edition_id]


def test_shipped_files_are_in_the_one_layout_and_name_their_edition():
    for file in files("ledger.procedure.editions").iterdir():
        if file.name.endswith(".json"):
            edition_id = json.loads(file.read_bytes())["edition_id"]
            name, digest = edition_id.replace("/", "-").replace("@", "-"), hashlib.sha256(file.read_bytes()).hexdigest()
            assert file.name in (f"{name}.json", f"{name}.{digest[:8]}.json")


def test_a_refusal_says_what_would_put_it_right():
    """Findings explain, they do not scold: a sentence or two, no exclamation mark, no bare 'invalid'."""
    for edition in EDITIONS.values():
        for rule, text in edition.rules.items():
            assert text.message.endswith((".", "?")), rule
            assert "!" not in text.message, rule
            assert len(text.message) < 260, rule
            assert not {"invalid", "illegal", "error", "forbidden", "failed"} & set(text.message.lower().split()), rule
