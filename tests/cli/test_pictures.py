"""Pictures: well-formed, harmless, said in words, nothing hidden under anything else; with no, one and 300 events."""

import datetime as dt
import random
import re
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cli.documents.drawn import waits, with_parties
from cli.pictures.canvas import short, width
from cli.pictures.delays import delays, measured
from cli.pictures.delays import told as delays_told
from cli.pictures.events import sort
from cli.pictures.events import told as timeline_told
from cli.pictures.family import told as graph_told
from cli.pictures.graph import graph
from cli.pictures.layers import generations, places
from cli.pictures.scale import Scale, lasted, moment
from cli.pictures.timeline import timeline

START = dt.datetime(2026, 9, 7, 8, tzinfo=dt.UTC)
HOSTILE = "</text><script>alert(1)</script> \"x\" onload='y' &amp; ]]> \u202e"
SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("DisclosureMade", "DisclosureReceived", "DecisionMade", "ConsentGiven", "UndertakingRefused", "CaseOpened")


def event(hours=0, agency="HMC", kind="CaseOpened", late=0, **more):
    at = START + dt.timedelta(hours=hours)
    said = {"occurred_at": at.isoformat(), "recorded_at": (at + dt.timedelta(hours=late)).isoformat()}
    return {**said, "late_hours": late, "agency": agency, "event": kind, "kind": kind, "position": 1, **more}


def events(count):
    chance = random.Random(count)
    return [
        event(
            chance.choice([0, 30, 900]) + chance.random() * 300,
            chance.choice(["HMC", "TVP", "BHA"]),
            chance.choice(KINDS),
            chance.choice([0, 0, 60]),
            to=["XYZ"],
        )
        for _ in range(count)
    ]


def facts(count):
    chance = random.Random(count)
    found = []
    for number in range(count):
        known = START + dt.timedelta(hours=chance.random() * 2000)
        shared = known + dt.timedelta(hours=chance.random() ** 4 * 9000)
        said = shared.isoformat() if number % 3 else None
        found.append(
            {"label": f"I-{number}", "known_at": known.isoformat(), "shared_at": said, "late": number % 2 == 0}
        )
    return found


def person(who, *roles, **more):
    return {"person": who, "roles": list(roles), **more}


def tie(one, kind, other, ended=None):
    return {"person": one, "relationship": kind, "of": other, "ended_on": ended}


FAMILY = {
    "persons": [person("C1", "child"), person("C3", "child"), person("P1", "parent"), person("P2", "parent")],
    "rows": [tie("P1", "parent", "C1"), tie("C3", "child", "P1"), tie("P2", "ex_partner", "P1", "2015-01-01")],
    "parental_responsibility": [
        {"holder": "P1", "child": "C1", "to": None},
        {"holder": "P2", "child": "C1", "to": None},
    ],
    "contexts": [{"context": "CTX-1", "kind": "location", "person": "C1", "others": 2}],
    "agencies": [{"agency": "HMC", "involvement": "lead", "left_at": None}],
}
FAMILY["rows"].append(tie("G1", "grandparent", "C1"))


def many(count):
    chance = random.Random(count)
    children, parents = [f"C{n}" for n in range(count // 2)], [f"P{n}" for n in range(count - count // 2)]
    rows = [tie(chance.choice(parents), "parent", child) for child in children for _ in range(2)]
    return {"persons": [*(person(c, "child") for c in children), *(person(p, "parent") for p in parents)], "rows": rows}


def drawn():
    now = START + dt.timedelta(days=100)
    for count in (0, 1, 40, 41, 300):
        yield timeline(events(count), f"{count} events", alone=True)
        yield delays(facts(count), f"{count} facts", now, alone=True)
        yield graph(many(count), f"{count} persons", alone=True)
    yield graph(FAMILY, "A family", alone=True)


PICTURES = list(drawn())


@pytest.mark.parametrize("svg", PICTURES)
def test_a_picture_is_well_formed_says_what_it_shows_and_loads_and_runs_nothing(svg):
    root = ET.fromstring(svg)
    title, desc = list(root)[:2] if root[0].tag.endswith("title") else list(root)[1:3]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]
    assert title.text
    assert desc.text
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "defs", "title", "desc", "rect", "path", "circle", "text"}
    names = {name for element in root.iter() for name in element.attrib}
    assert [name for name in names if name.startswith("on") or "href" in name or name == "style"] == []
    assert "url(" not in svg


@pytest.mark.parametrize("svg", PICTURES)
def test_nothing_lies_outside_the_picture(svg):
    root = ET.fromstring(svg)
    wide, high = (float(root.attrib[name]) for name in ("width", "height"))
    for element in root.iter(f"{SVG}text"):
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        long = width(element.text or "", size)
        left = x - {"start": 0, "middle": long / 2, "end": long}[element.attrib["text-anchor"]]
        assert left >= -1, element.text
        assert left + long <= wide + 1, element.text
        assert size <= y <= high, element.text
    for element in root.iter(f"{SVG}path"):
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.attrib["d"]):
            assert -1 <= float(x) <= wide + 1
            assert -1 <= float(y) <= high + 1


def test_text_of_a_record_never_becomes_markup():
    row = event(agency=HOSTILE, detail=HOSTILE, findings=[HOSTILE], to=[HOSTILE], disclosure=HOSTILE, late=50)
    row["event"] = HOSTILE
    fact = {"label": HOSTILE, "known_at": row["occurred_at"], "shared_at": row["recorded_at"], "detail": HOSTILE}
    hostile = {
        "persons": [person(HOSTILE, HOSTILE, name=HOSTILE)],
        "rows": [tie(HOSTILE, HOSTILE, HOSTILE + "2")],
        "contexts": [{"context": HOSTILE, "kind": HOSTILE, "person": HOSTILE, "others": 1}],
        "agencies": [{"agency": HOSTILE, "involvement": HOSTILE, "left_at": None}],
    }
    for svg in (timeline([row], HOSTILE), delays([fact], HOSTILE, START), graph(hostile, HOSTILE)):
        root = ET.fromstring(svg)
        assert not [element for element in root.iter() if element.tag == f"{SVG}script"]
        assert any("alert(1)" in (element.text or "") for element in root.iter(f"{SVG}title"))
        assert "\u202e" not in svg


# Timeline


def marks(svg):
    """Where the marks of events are: what says something when pointed at."""
    return [element for element in ET.fromstring(svg).iter() if element.find(f"{SVG}title") is not None][1:]


def middle(element):
    if element.tag == f"{SVG}circle":
        return float(element.attrib["cx"]), float(element.attrib["cy"])
    points = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.attrib["d"])]
    xs, ys = zip(*points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


@pytest.mark.parametrize("count", [1, 40, 300])
def test_no_mark_of_a_timeline_hides_another(count):
    found = [middle(mark) for mark in marks(timeline(events(count), "x"))]
    assert len(found) == count
    near = [(a, b) for a, b in combinations(found, 2) if abs(a[0] - b[0]) < 10 and abs(a[1] - b[1]) < 10]
    assert near == []


def test_marks_stand_in_the_order_of_time_each_in_the_lane_of_its_agency():
    rows = [event(200, "TVP"), event(0, "HMC"), event(100, "TVP"), event(300, "HMC")]
    svg = timeline(rows, "x")
    lanes = {e.text: float(e.attrib["y"]) for e in ET.fromstring(svg).iter(f"{SVG}text") if e.text in ("HMC", "TVP")}
    assert lanes["HMC"] < lanes["TVP"]  # who came first stands first
    found = {
        (mark.find(f"{SVG}title").text.split()[1], mark.find(f"{SVG}title").text[:16]): middle(mark)
        for mark in marks(svg)
    }
    xs = [x for _, (x, _) in sorted(found.items(), key=lambda item: item[0][1])]
    assert xs == sorted(xs)
    says = {mark.find(f"{SVG}title").text: middle(mark)[1] for mark in marks(svg)}
    assert all(abs(y - lanes["TVP" if "TVP" in said else "HMC"]) < 8 for said, y in says.items())


def test_each_sort_of_event_has_a_shape_and_late_ones_are_hollow():
    kinds = [
        "DisclosureMade",
        "DisclosureReceived",
        "DecisionMade",
        "ConsentWithdrawn",
        "UndertakingRefused",
        "CaseOpened",
    ]
    sorts = [sort({"kind": kind}) for kind in kinds]
    assert sorts == ["disclosure", "receipt", "decision", "consent", "withheld", "other"]
    assert sort({"kind": "DecisionMade", "withheld": True}) == "withheld"
    early, late = (marks(timeline([event(late=hours)], "x"))[0] for hours in (0, 60))
    assert early.attrib["fill"] != "#ffffff"
    assert late.attrib["fill"] == "#ffffff"
    assert "recorded 2 days later" in late.find(f"{SVG}title").text


def arrows(svg):
    return [e for e in ET.fromstring(svg).iter(f"{SVG}path") if e.attrib.get("stroke-width") == "1.2"]


def test_a_disclosure_points_to_its_receipt_or_to_the_lane_of_whom_it_went_to():
    sent = event(0, "TVP", "DisclosureMade", to=["HMC", "BHA"], disclosure="X-1")
    taken = event(50, "HMC", "DisclosureReceived", sender="TVP", disclosure="X-1")
    both = timeline([sent, taken], "x")
    assert len(arrows(both)) == 2  # to the receipt, and to the lane of BHA, of which there is no record
    assert len(arrows(timeline([taken], "x"))) == 1  # from the lane of its sender
    assert "BHA" in both
    ends = [float(re.findall(r"L(-?[\d.]+)", arrow.attrib["d"])[0]) for arrow in arrows(both)]
    assert max(ends) - min(ends) > 500  # the receipt came later


def test_a_timeline_in_words():
    rows = [event(0, "TVP", "DisclosureMade"), event(30, "HMC", late=60)]
    assert timeline_told(rows) == (
        "A timeline of 2 events between 2026-09-07 09:00 BST and 2026-09-08 15:00 BST, a lane for each agency: "
        "HMC, TVP. 1 disclosure; 1 recorded more than a day after they happened. The table says the same in words."
    )
    assert timeline_told([]) == "An empty timeline: nothing is recorded."


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (0.05, ["7 Sep 05:00", "06:00", "07:00"]),
        (3, ["8 Sep 2026", "9 Sep 2026"]),
        (60, ["7 Sep 2026", "14 Sep 2026"]),
        (300, ["Oct 2026", "Nov 2026"]),
        (2000, ["2027", "2028"]),
        (20000, ["2030", "2040"]),
    ],
)
def test_time_is_marked_off_at_round_times_not_too_near_each_other(days, labels):
    ticks = list(Scale(START, START + dt.timedelta(days=days), 0, 1000).ticks())
    said = [label for _, label in ticks]
    places_of = [x for x, _ in ticks]
    assert all(-1 <= x <= 1001 for x in places_of)
    assert all(b - a >= 60 for a, b in pairwise(places_of))
    assert [label for label in labels if label not in said] == [], said


def test_hours_are_marked_across_the_night_in_which_clocks_are_put_back():
    night = dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC)
    ticks = list(Scale(night, night + dt.timedelta(hours=6), 0, 2000).ticks())
    steps = {round(b[0] - a[0]) for a, b in pairwise(ticks)}
    assert len(steps) == 1
    assert [label for _, label in ticks].count("01:00") == 2


# Delays


def test_delays_are_measured_and_what_is_not_shared_waits_until_now():
    now = START + dt.timedelta(days=10)
    rows: list[dict[str, Any]] = [
        {"label": "b", "known_at": START.isoformat(), "shared_at": (START + dt.timedelta(hours=5)).isoformat()},
        {"label": "a", "known_at": (START - dt.timedelta(hours=1)).isoformat(), "shared_at": None, "late": True},
    ]
    assert [(d.row["label"], d.hours, d.waited) for d in measured(rows, now)] == [("a", None, 241.0), ("b", 5.0, 5.0)]
    said = "How long it took from known to shared, for 2 facts: 1 shared, 1 not shared, 1 recorded late. "
    assert delays_told(rows, now) == said + "Half of those shared: 5 hours or sooner."
    texts = [e.text for e in ET.fromstring(delays(rows, "x", now)).iter(f"{SVG}text")]
    assert {"not shared, late", "recorded late"} <= set(texts)
    unjudged = [{key: value for key, value in row.items() if key != "late"} for row in rows]
    assert "late" not in delays(unjudged, "x", now)  # nobody said what is late, so nothing says that nothing was
    assert "5 hours" in texts


def test_longer_delays_reach_further_to_the_right():
    rows = [
        {"label": str(h), "known_at": START.isoformat(), "shared_at": (START + dt.timedelta(hours=h)).isoformat()}
        for h in (1, 24, 500)
    ]
    xs = {mark.find(f"{SVG}title").text.split(":")[0]: middle(mark)[0] for mark in marks(delays(rows, "x", START))}
    assert xs["1"] < xs["24"] < xs["500"]


def test_what_a_partner_told_is_a_delay_only_where_it_was_shared_onward():
    known = "2026-09-07T08:00:00+01:00"
    fact = {"fact": "x", "first_known_at": known, "shared_at": None, "sort": "item", "late": False}
    rows = [fact, {**fact, "sort": "disclosure"}, {**fact, "first_known_at": None}]
    rows.append({**fact, "sort": "disclosure", "shared_at": "2026-09-08T08:00:00+01:00"})
    assert [(row["label"], row["shared_at"]) for row in waits(rows)] == [
        ("x", None),
        ("x", "2026-09-08T08:00:00+01:00"),
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "at once"),
        (0.02, "1 minute"),
        (1.9, "114 minutes"),
        (2, "2 hours"),
        (50, "2 days"),
        (2000, "2 months"),
        (20000, "2 years"),
    ],
)
def test_a_length_of_time_as_people_say_it(hours, said):
    assert lasted(hours) == said


# Relationships


def test_elders_stand_above_partners_beside_each_other_and_contexts_beneath():
    persons = ["C1", "C3", "P1", "P2", "G1", "X1"]
    ties = [("P1", "C1", 1), ("P1", "C3", 1), ("P2", "P1", 0), ("G1", "C1", 2)]
    usual = {"C1": 0, "C3": 0, "P1": 1, "P2": 1, "G1": 1, "X1": 1}
    level = generations(persons, ties, usual)
    assert level == {"G1": 0, "P1": 1, "P2": 1, "X1": 1, "C1": 2, "C3": 2}
    at = places(level, [(a, b) for a, b, _ in ties], 170)
    assert {name: row for name, (_, row) in at.items()} == level
    by_row = [[x for x, row in at.values() if row == n] for n in range(3)]
    assert all(abs(a - b) >= 169 for row in by_row for a, b in combinations(row, 2))


def test_ties_that_contradict_each_other_still_give_a_picture():
    round_about = [tie("A", "parent", "B"), tie("B", "parent", "C"), tie("C", "parent", "A"), tie("A", "parent", "A")]
    svg = graph({"persons": [], "rows": round_about}, "x")
    assert len({e.text for e in ET.fromstring(svg).iter(f"{SVG}text")} & {"A", "B", "C"}) == 3


def test_a_graph_in_words():
    assert graph_told(FAMILY) == (
        "A graph of 5 persons: C1 (child); C3 (child); P1 (parent); P2 (parent); G1 (role not said). "
        "Ties: P1 parent of C1 with parental responsibility; P1 parent of C3; P2 ex partner of P1, ended; "
        "G1 grandparent of C1; P2 parent of C1 with parental responsibility. "
        "Found at contexts of risk: C1 at CTX-1."
    )
    assert graph_told({"persons": []}) == "An empty graph of relationships: nobody is recorded."


def test_a_graph_marks_children_responsibility_what_ended_and_who_else_was_there():
    root = ET.fromstring(graph(FAMILY, "x"))
    texts = [e.text for e in root.iter(f"{SVG}text")]
    assert texts.count("PR") == 2
    assert "location, 2 others there" in texts
    assert "Agencies working on the case: HMC (lead)" in texts
    assert sum(e.attrib.get("stroke-dasharray") == "6 4" for e in root.iter(f"{SVG}path")) == 2  # and in the legend
    diamonds = [e for e in root.iter(f"{SVG}path") if e.find(f"{SVG}title") is not None]
    edges = [e.findtext(f"{SVG}title", "").split(":")[0] for e in diamonds]
    assert [edges.count(name) for name in ("C1", "C3", "P1", "P2", "G1")] == [2, 2, 1, 1, 1]
    names = graph({**FAMILY, "persons": [person("C1", "child", name="Ann Other")]}, "x")
    assert "Ann Other" in names


# What a picture needs beyond the rows


def test_rows_learn_from_their_records_who_sent_what_to_whom(ruleseven, book):
    from ledger import Ledger

    at = {"case": "HM-1", "recorded_at": "2024-02-05T09:00:00+00:00"}
    lines = [
        {"do": "CaseOpened", **at},
        {
            "do": "DisclosureMade",
            "mode": "fact",
            **at,
            "disclosure_id": "X-1",
            "to": ["TVP", "AHT"],
            "how": "secure_email",
            "what": {"summary": "dates"},
        },
        {"do": "DisclosureReceived", **at, "disclosure_id": "X-2", "receipt_id": "R-1", "provider": "BHA"},
        {"do": "DecisionMade", "mode": "fact", **at, "decision_id": "D-1", "outcome": "withhold"},
    ]
    made = ruleseven("-C", book, "record", stdin=lines)
    assert made.code == 0, made.out
    with Ledger.open(book) as ledger:
        rows = [{"kind": r.name, "position": r.position} for r in ledger.readings() if r.about.type == "case"]
        found = with_parties(rows, ledger.reading)
    assert [{k: v for k, v in row.items() if k not in ("kind", "position")} for row in found] == [
        {},
        {"disclosure": "X-1", "to": ["TVP", "AHT"]},
        {"disclosure": "X-2", "sender": "BHA"},
        {"disclosure": None, "withheld": True},
    ]


def test_a_text_is_cut_to_the_room_it_has():
    assert short("short", 100) == "short"
    cut = short("w" * 100, 100)
    assert cut.endswith("…")
    assert width(cut) <= 100
    assert width("中") == 12
    assert moment("2026-09-07").isoformat() == "2026-09-07T00:00:00+01:00"
