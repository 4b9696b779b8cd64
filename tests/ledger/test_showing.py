"""What each reader sees: a court, a partner, the sender of a disclosure, and the person whom it is all about."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import ACTOR

from ledger import About, Choice, Issue, Ledger, Purpose, Trust, Withheld, Withholding, doubt, issue, open_extract
from ledger import showing as choose
from ledger.errors import Refused, UnknownId, UsageError
from ledger.procedure.declare import BY_TYPE, Kind, Vocabulary, marks_by_field
from ledger.procedure.subject_access import leading
from ledger.proof.fields import ABOUT

CASE = About("case", "HM-1")
GIVEN = Purpose("P1", "subject_access", "6(c)", "asked for", "OFFICIAL-SENSITIVE")
PANEL = Purpose("The review panel", "practice_review", "6(c), 9(g)", "it reviews", "OFFICIAL-SENSITIVE")
BASIS = {"art6": [{"code": "6(e)", "citation": "Children Act 2004 s.11"}]}


def said(do: str, hour: int = 9, case: str = "HM-1", **values: Any) -> dict[str, Any]:
    return {"do": do, "case": case, "mode": "fact", "recorded_at": f"2026-11-02T{hour:02}:00:00+00:00", **values}


def decided(name: str, items: list[str], subjects: list[str], **values: Any) -> dict[str, Any]:
    of: dict[str, Any] = {
        "data_subjects": {one: {"state": "given"} for one in subjects},
        "recipients": [{"agency": "TVP"}],
    }
    grounds: dict[str, Any] = {"outcome": "share", "items": items, "reasons": f"why {name}", "legal_basis": BASIS}
    grounds["purposes"] = ["protection_abuse"]
    return said("DecisionMade", decision_id=name, **(of | grounds | values))


def disclosed(name: str, items: list[str], decision: str | None = None, **values: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "what": {"items": items, "summary": f"summary of {name}"},
        "how": {"method": "secure_file_transfer"},
        "to": [{"agency": "TVP", "need_to_know_reason": "they protect"}],
        "purposes": ["protection_abuse"],
    }
    return said("DisclosureMade", disclosure_id=name, decision_id=decision, legal_basis=BASIS, **(told | values))


FAMILY = [
    said("CaseOpened", 8),
    said("PersonLinked", 8, person_id="C1", roles=["child"], name="Zoë", pr=[{"holder": "P1", "child": "C1"}]),
    said("PersonLinked", 8, person_id="P1", roles=["parent"], name="Anna", safe_contact="in the evening"),
    said("PersonLinked", 8, person_id="P2", roles=["parent"], name="Ben"),
    said("InformationRecorded", item_id="I-1", person="P1", kind="health", content="Anna is ill"),
    said(
        "InformationRecorded",
        item_id="I-2",
        person="C1",
        kind="education",
        source={"person": "N1", "obtained_how": "by telephone"},
        restrictions=[{"code": "NO_ONWARD_WITHOUT_ORIGINATOR", "text": "ask us first"}],
        significance_recognised_at="2026-11-02T08:00:00+00:00",
        content="Zoë was not at school",
    ),
    said("InformationRecorded", item_id="I-9", person="P2", kind="other", content="Ben moved"),
]
SHARED = [
    decided("D-1", ["I-1"], ["P1"]),
    disclosed("X-1", ["I-1"], "D-1"),
    decided("D-2", ["I-1", "I-2"], ["P1", "C1"]),
    disclosed("X-2", ["I-1", "I-2"], "D-2"),
    said("SubjectRequestReceived", subject_request_id="SR-1", kind="access", person="P1"),
]
LIMIT = {"code": "NOT_TO_SERVICE_USER", "persons": ["P1"], "text": "not to the mother"}
SECRET = [  # all of it concerns P1, and none of it may be known to her
    said("InformationRecorded", item_id="I-3", person="P1", restrictions=[LIMIT], content="SECRET"),
    said("InformationRecorded", item_id="I-4", person="P1", content="SECRET, restricted by what it went with"),
    said("InformationRequested", request_id="Q-3", persons=["P1"], requester={"agency": "TVP"}, question="SECRET"),
    decided("D-3", ["I-3"], ["P1"], request_id="Q-3"),
    disclosed("X-3", ["I-3"], "D-3"),
    disclosed("X-4", ["I-4"], restrictions=[LIMIT]),
    decided("D-5", ["I-1"], ["P1"], informing=[{"person": "P1", "exception": "prejudice_investigation"}]),
    said("InformingWithheld", person="P1", decision_id="D-5", exception="prejudice_investigation", reason="SECRET"),
    disclosed("X-5", ["I-1"], "D-5"),
    said("RecipientAdvisedOfConsentPosition", disclosure_id="X-5", recipient="TVP", state="not_sought"),
    decided("D-6", ["I-1"], ["P1"], data_subjects={"P1": {"state": "not_sought", "reason": "prejudice_investigation"}}),
    said("ConsentNotSought", person="P1", reason="prejudice_investigation", explanation="SECRET"),
    decided("D-7", ["I-1"], ["P1"], purposes=["scheme_csods"]),
    said("RestrictionImposed", restriction_id="RI-1", items=["I-4"], code="NOT_TO_SERVICE_USER", persons=["P1"]),
    said("DisclosureReceived", receipt_id="R-1", details="SECRET", children=["P1"], restrictions=[LIMIT]),
]
PARTNERS = [  # of a file in which she may be a risk to a child
    said("CaseOpened", case="HM-2"),
    said("PersonLinked", case="HM-2", person_id="C9", roles=["child"]),
    said("PersonLinked", case="HM-2", person_id="P1", roles=["person_posing_risk"]),
    said("InformationRecorded", case="HM-2", item_id="I-1", person="P1", content="SECRET"),
]


def founded(folder: Path, kind: str = "local_authority") -> Ledger:
    return Ledger.create(
        folder,
        agency_id="HMC",
        agency_name="Harrowmere City Council",
        kind=kind,
        flags={"public_authority": True},
        recovery=folder.parent / f"{folder.name}.recovery",
        practice=True,
        at=dt.datetime(2026, 11, 2, 7, tzinfo=dt.UTC),
    )


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """A practice ledger with these commands in it."""
    made: list[Ledger] = []

    def with_commands(*commands: list[dict[str, Any]]) -> Ledger:
        made.append(founded(tmp_path / f"book{len(made)}"))
        for one in (command for part in commands for command in part):
            made[-1].record(one, actor=ACTOR)
        return made[-1]

    yield with_commands
    for ledger in made:
        ledger.close()


def given(ledger: Ledger, choice: Choice, how: Issue, why: Purpose = PANEL, name: str = "x") -> list[Any]:
    """The records of the extract as its reader opens them."""
    out = ledger.folder.path.parent / f"{ledger.folder.path.name}-{name}.r7x"
    issue(ledger, choice, why, how, out=out, actor=ACTOR)
    own = Trust("us", ledger.id, hashlib.sha256(ledger.charter.to_bytes()).digest())
    report, readings = open_extract(out, own)
    assert report.verdict == "verified"
    return readings


def open_of(reading: Any) -> dict[str, Any]:
    return {n: v for n, v in reading.data.items() if not isinstance(v, Withheld) and v not in (None, [], {})}


def closed_of(reading: Any) -> dict[str, str]:
    return {n: v[11:-1] for n, v in reading.data.items() if isinstance(v, Withheld)}


def the(readings: list[Any], name: str) -> Any:
    (one,) = (reading for reading in readings if reading.name == name)
    return one


def issued(ledger: Ledger) -> dict[str, Any]:
    return next(r for r in ledger.readings() if r.name == "ExtractIssued").full()


# A statement


def stated(ledger: Ledger, person: str = "P1", **how: Any) -> list[Any]:
    return given(ledger, choose.statement(ledger, person, **how), Issue("statement", "withhold", (person,)), GIVEN)


def test_a_statement_holds_what_concerns_the_person_and_speaks_of_nobody_else(make: Any) -> None:
    shown = stated(make(FAMILY, SHARED))
    assert [reading.name for reading in shown] == [
        *("PersonLinked", "InformationRecorded"),
        *("DecisionMade", "DisclosureMade", "DecisionMade", "DisclosureMade", "SubjectRequestReceived"),
    ]
    linked, item, alone, sent, both, sent_both, _ = shown
    assert open_of(linked) == {
        "person_id": "P1",
        "roles": ["parent"],
        "name": "Anna",
        "safe_contact": "in the evening",
    }
    closed = ("item_id", "episode_id", "confidential", "verified_by", "held_on_consent", "restrictions")
    ids = dict.fromkeys(closed, "not_relevant")
    assert (open_of(item)["content"], closed_of(item)) == ("Anna is ill", ids)
    assert open_of(alone)["data_subjects"] == {"P1": {"state": "given"}}
    assert [["reasons"], "why D-1"] in open_of(alone)["words"]
    assert [["what", "summary"], "summary of X-1"] in open_of(sent)["words_told"]
    # Of what was decided about two, she is told that it was, and to whom it went.
    assert (
        closed_of(both)["data_subjects"] == closed_of(both)["words"] == closed_of(sent_both)["words"] == "third_party"
    )
    assert open_of(sent_both)["to"] == [{"agency": "TVP"}]
    assert "C1" not in repr([open_of(reading) for reading in shown])
    assert all(reading.about is None and reading.actor is None and not reading.hash for reading in shown)


QUOTING: dict[str, Any] = {"disclosure_id": "X-1", "recipient": "TVP", "recipient_event_hash": "ab" * 32}


def test_a_statement_is_closed_alike_whether_or_not_it_has_to_do_with_a_context(make: Any) -> None:
    """Neither a context of risk, nor another case, nor what it was shared for shows by what is closed."""
    plain = [decided("D-3", ["I-1"], ["P1"]), disclosed("X-3", ["I-1"], "D-3")]
    risky = [
        decided("D-3", ["I-1"], ["P1"], context_ids=["X-QUAY"], purposes=["context_of_risk"]),
        disclosed("X-3", ["I-1"], "D-3", purposes=["context_of_risk", "mappa"]),
    ]
    received = said("DisclosureReceived", receipt_id="R-7", details="d", children=["P1"], provider={"agency": "TVP"})
    of_context = received | {"context_ids": ["X-QUAY"], "sender_event_hash": "ab" * 32}
    of_context |= {"disclosure_id": "X-9", "notice": {"context_ids": ["X-QUAY"], "relies_on": ["CON-9"]}}
    with_it = stated(make(FAMILY, [*risky, of_context]))
    without = stated(make(FAMILY, [*plain, received]))
    assert [one.name for one in with_it] == [one.name for one in without]
    assert [closed_of(one) for one in with_it] == [closed_of(one) for one in without]
    assert [open_of(one) for one in with_it] == [open_of(one) for one in without]
    for decision in (one for one in without if one.name == "DecisionMade"):
        assert {"context_ids", "purposes", "items", "request_id", "advice_ids"} <= closed_of(decision).keys()
    taken_in = the(without, "DisclosureReceived")
    assert {"sender_event_hash", "notice", "context_ids", "relies_on"} <= closed_of(taken_in).keys()


def test_a_statement_quotes_no_record_of_a_partner(make: Any) -> None:
    shown = the(stated(make(FAMILY, SHARED, [said("ReceiptConfirmed", **QUOTING)])), "ReceiptConfirmed")
    assert closed_of(shown)["recipient_event_hash"] == "not_relevant"
    assert open_of(shown) == {"recipient": "TVP"}


def test_no_field_for_hashes_or_other_files_is_open_in_a_statement() -> None:
    """Of every kind that a case or scheme may hold, also one to come."""
    from ledger.procedure.declare import BY_TYPE, IdMark, Names, Refers, hints_of, marks_by_field

    for kind in (kind for kind in BY_TYPE.values() if {"case", "scheme"} & set(kind.streams)):
        hashes = {name for name, hint in hints_of(kind.type).items() if "[0-9a-f]{64}" in repr(hint)}
        elsewhere = {n for n, _, below in marks_by_field(kind.type, Names) if any(m.what != "person" for m in below)}
        refers = {n for n, own, _ in marks_by_field(kind.type, Refers) if any(m.to != "person" for m in own)}
        assert hashes | elsewhere | refers <= leading(kind.type), kind.wire
        assert {n for n, own, _ in marks_by_field(kind.type, IdMark) if n.endswith("_id") and own} <= leading(
            kind.type
        ) | {"person_id", "related_id"}, kind.wire


def test_no_id_in_a_statement_counts_what_there_is(make: Any) -> None:
    shown = stated(make(FAMILY, SHARED))
    assert not {"I-1", "I-2", "D-1", "X-1", "SR-1", "HM-1"} & {
        text for one in shown for text in repr(open_of(one)).split("'")
    }


def test_a_statement_shows_nothing_of_what_is_hidden(make: Any) -> None:
    with_it, without = make(FAMILY, SECRET, SHARED, PARTNERS), make(FAMILY, SHARED)
    shown, plain = stated(with_it), stated(without)
    assert [(one.position, one.name, one.occurred_at) for one in shown] == [
        (one.position, one.name, one.occurred_at) for one in plain
    ]
    assert [open_of(one) for one in shown] == [open_of(one) for one in plain]
    assert [closed_of(one) for one in shown] == [closed_of(one) for one in plain]
    files = [ledger.folder.path.parent / f"{ledger.folder.path.name}-x.r7x" for ledger in (with_it, without)]
    first, second = (manifest(file) for file in files)
    assert first == second
    assert first["absent"] == []
    assert first["checkpoint"] == first["head"] == b""
    assert {file.stat().st_size for file in files} == {16 << 10}
    assert b"SECRET" not in files[0].read_bytes()


def manifest(file: Path) -> dict[str, Any]:
    """All that an extract says beside its records and whose it is."""
    from ledger.proof import values
    from ledger.proof.envelope import open_body

    body: dict[str, Any] = values.decode(open_body(file.read_bytes()).body)
    of_the_ledger = ("genesis", "records", "made", "pad")
    return {name: value for name, value in body.items() if name not in of_the_ledger} | {"pad": len(body["pad"]) > 0}


@pytest.mark.parametrize("number", range(len(SECRET)), ids=[f"{one['do']} {n}" for n, one in enumerate(SECRET)])
def test_each_of_them_is_hidden(make: Any, number: int) -> None:
    """Shown to somebody else of the same records, and in the agency's own list of what is left out."""
    ledger = make(FAMILY, SECRET)
    position = len(FAMILY) + number + 2  # the genesis is record 1
    assert ledger.reading(position).name == SECRET[number]["do"]
    choice = choose.statement(ledger, "P1")
    assert position not in {one.reading.position for one in choice.records}
    names_her = SECRET[number]["do"] not in ("DisclosureMade", "RecipientAdvisedOfConsentPosition") or number == 5
    assert ((position, "restricted") in choice.left_out) is names_her


def test_what_is_kept_from_whoever_it_is_given_to_is_hidden_too(make: Any) -> None:
    of_child = {"code": "NOT_TO_SERVICE_USER", "persons": ["P1"]}
    item = said("InformationRecorded", item_id="I-5", person="C1", restrictions=[of_child], content="the child said so")
    ledger = make(FAMILY, [item])
    assert [one.reading.position for one in choose.statement(ledger, "C1").records] == [3, 7, 9]
    theirs = choose.statement(ledger, "C1", readers={"P1"})
    assert [one.reading.position for one in theirs.records] == [3, 7]
    assert theirs.left_out == ((9, "restricted"),)


@pytest.mark.parametrize(
    "freed",
    [
        {"do": "RestrictionLifted", "items": ["I-3"], "lifted_by": "TVP"},
        {"do": "PersonInformed", "person": "P1", "decision_id": "D-5"},
    ],
)
def test_what_she_may_know_by_now_is_shown(make: Any, freed: dict[str, Any]) -> None:
    informed = freed["do"] == "PersonInformed"
    secret = SECRET[6:9] if informed else [SECRET[0]]
    ledger = make(FAMILY, secret, [said(**freed)])
    shown = {one.reading.position for one in choose.statement(ledger, "P1").records}
    assert set(range(len(FAMILY) + 2, len(FAMILY) + 2 + len(secret))) <= shown
    assert not choose.statement(ledger, "P1").left_out


def test_what_is_hidden_in_one_case_is_hidden_in_those_it_is_linked_with(make: Any) -> None:
    linked = [said("CaseOpened", case="HM-3"), said("CaseLinked", case="HM-3", linked_cases=["HM-1"])]
    her = [said("PersonLinked", case="HM-3", person_id="P1", roles=["parent"])]
    told = [{**disclosed(name, [item]), "case": "HM-3"} for name, item in (("X-1", "I-3"), ("X-2", "I-1"))]
    decisions = [{**decided(name, [item], ["P1"]), "case": "HM-3"} for name, item in (("D-1", "I-3"), ("D-2", "I-1"))]
    ledger = make(FAMILY, SECRET[:1], linked, her, decisions, told)
    shown = [one.reading for one in choose.statement(ledger, "P1").records if one.reading.about.id == "HM-3"]
    assert [one.full()["decision_id"] for one in shown if one.name == "DecisionMade"] == ["D-2"]


def test_a_scheme_is_told_to_whoever_asked_and_to_nobody_else(tmp_path: Path) -> None:
    applied = {
        "do": "SchemeApplicationReceived",
        "scheme": "S-1",
        "scheme_family": "csods",
        "route": "direct",
        "applicant": "P1",
        "subject": "X1",
        "children": ["C1"],
        "concern": "SECRET",
    }
    with founded(tmp_path / "tvp", "police") as ledger:
        ledger.record(applied, actor=ACTOR)
        assert {person: len(choose.statement(ledger, person).records) for person in ("P1", "X1", "C1", "X9")} == {
            "P1": 1,
            "X1": 0,
            "C1": 0,
            "X9": 0,
        }
        assert not choose.statement(ledger, "P1", readers={"X1"}).records
        (shown,) = stated(ledger)
        assert "X1" not in repr(open_of(shown))
        assert closed_of(shown)["words"] == "third_party"


def test_the_agency_alone_is_told_what_a_statement_leaves_out(make: Any) -> None:
    ledger = make(FAMILY, SECRET[:1], SHARED)
    stated(ledger, withhold=Withholding.parse(["6=serious_harm"]))
    record = issued(ledger)
    assert record["about"] == [{"type": "person", "id": "P1"}, {"type": "case", "id": "HM-1"}]
    assert (record["items"], record["to_persons"], record["third_parties"]) == ([], ["P1"], "redacted")
    assert {"count": 1, "reason": "restricted"} in record["redactions"]
    assert {"count": 1, "reason": "serious_harm"} in record["redactions"]


# A notice


def notice_of(ledger: Ledger, name: str = "X-2", to: str = "TVP") -> list[Any]:
    why = Purpose(to, "", "", "as agreed", "OFFICIAL-SENSITIVE")
    return given(ledger, choose.notice(ledger, name, to), Issue("selective", notice=True), why)


def test_a_notice_tells_the_disclosure_its_items_and_their_limits(make: Any) -> None:
    limit = said("RestrictionImposed", restriction_id="RI-2", items=["I-2"], code="EYES_ONLY", text="for you alone")
    fixed = said("InformationCorrected", item_id="I-1", correction="Anna was ill", reason="we misread it")
    ledger = make(FAMILY, SHARED, [limit, fixed])
    head = ledger.head()
    shown = notice_of(ledger)
    assert ledger.head() == head  # the disclosure is its record
    names = ["InformationRecorded"] * 2 + ["DisclosureMade", "RestrictionImposed", "InformationCorrected"]
    assert [reading.name for reading in shown] == names
    _, item, sent, imposed, corrected = shown
    assert open_of(sent)["what"] == {"items": ["I-1", "I-2"]}
    assert open_of(sent)["words_told"] == [[["what", "summary"], "summary of X-2"]]
    assert {"decision_id", "words", "delay_cause"} <= closed_of(sent).keys()
    assert open_of(item)["content"] == "Zoë was not at school"
    assert open_of(item)["words_told"] == [[["restrictions", 0, "text"], "ask us first"]]
    assert {"source", "words", "significance_recognised_at", "confidential"} <= closed_of(item).keys()
    assert open_of(imposed)["words_told"] == [[["text"], "for you alone"]]
    assert open_of(corrected)["words_told"] == [[["correction"], "Anna was ill"]]
    assert closed_of(corrected) == {"words": "not_relevant"}
    assert {(one.about, one.actor, one.occurred_at, tuple(one.findings)) for one in shown} == {(CASE, None, None, ())}
    assert [one.hash for one in shown] == [ledger.reading(one.position).hash for one in shown]


@pytest.mark.parametrize("advice", [None, {"advised": False, "withheld_reason": "prejudice_investigation"}])
def test_a_notice_is_silent_on_consent_unless_its_recipient_was_told(make: Any, advice: dict[str, Any] | None) -> None:
    sent = disclosed("X-3", ["I-2"], consent_advice_to_recipient=advice)
    shown = the(notice_of(make(FAMILY, [sent]), "X-3"), "DisclosureMade")
    quiet = {"legal_basis", "consent_advice_to_recipient", "relies_on", "words", "decision_id", "delay_cause"}
    assert closed_of(shown) == dict.fromkeys(quiet, "not_relevant")  # alike, whether or not anything stands there


def test_a_recipient_who_was_told_sees_where_consent_stands(make: Any) -> None:
    sent = disclosed("X-3", ["I-2"], consent_advice_to_recipient={"advised": True, "state": "refused"})
    told: dict[str, Any] = {"disclosure_id": "X-4", "recipient": "TVP", "state": "not_sought", "explanation": "no time"}
    later = [disclosed("X-4", ["I-2"]), said("RecipientAdvisedOfConsentPosition", **told)]
    other = [
        disclosed("X-5", ["I-2"]),
        said("RecipientAdvisedOfConsentPosition", **told | {"disclosure_id": "X-5", "recipient": "BHA"}),
    ]
    ledger = make(FAMILY, [sent], later, other)
    first = the(notice_of(ledger, "X-3"), "DisclosureMade")
    assert open_of(first)["consent_advice_to_recipient"] == {"advised": True, "state": "refused"}
    assert open_of(first)["legal_basis"]["art6"] == [{"code": "6(e)"}]
    second = given(ledger, choose.notice(ledger, "X-4", "TVP"), Issue("selective", notice=True), name="second")
    assert open_of(the(second, "RecipientAdvisedOfConsentPosition"))["words_told"] == [[["explanation"], "no time"]]
    third = given(ledger, choose.notice(ledger, "X-5", "TVP"), Issue("selective", notice=True), name="third")
    assert [one.name for one in third] == ["InformationRecorded", "DisclosureMade"]
    assert "legal_basis" in closed_of(third[1])


def test_a_notice_says_nothing_of_other_recipients_or_of_whoever_was_there(make: Any) -> None:
    sent = disclosed(
        "X-3", ["I-2"], to=[{"agency": "TVP"}, {"agency": "BHA"}], how={"method": "meeting", "present": ["P2"]}
    )
    shown = the(notice_of(make(FAMILY, [sent]), "X-3"), "DisclosureMade")
    assert closed_of(shown)["to"] == "third_party"
    assert "how" in closed_of(shown)
    assert "BHA" not in repr(open_of(shown))


def test_what_was_told_without_a_name_is_told_without_one(make: Any) -> None:
    ledger = make(
        FAMILY,
        [decided("D-3", ["I-2"], ["C1"], identifiability_considered={"chosen": "pseudonymised"})],
        [disclosed("X-3", ["I-2"], "D-3")],
    )
    item = the(notice_of(ledger, "X-3"), "InformationRecorded")
    assert {"person", "content", "source", "words_told"} <= closed_of(item).keys()
    assert open_of(item)["item_id"] == "I-2"
    told = choose.notice(ledger, "X-3", "TVP").records
    assert all(ABOUT in one.withheld for one in told)  # a case's id may be the same with every partner


def test_a_notice_is_for_a_recipient_of_just_one_disclosure(make: Any) -> None:
    twice = [said("CaseOpened", case="HM-2"), {**disclosed("X-1", ["health"]), "case": "HM-2"}]
    ledger = make(FAMILY, SHARED, twice)
    with pytest.raises(UsageError, match="was not made to BHA"):
        choose.notice(ledger, "X-2", "BHA")
    with pytest.raises(UnknownId, match="no disclosure X-9"):
        choose.notice(ledger, "X-9", "TVP")
    with pytest.raises(UsageError, match="HM-1 and in HM-2"):
        choose.notice(ledger, "X-1", "TVP")
    assert len(choose.notice(ledger, "X-1", "TVP", case="HM-2").records) == 1


@pytest.mark.parametrize(
    ("taken_out", "field"),
    [
        ("7:restrictions=other", "restrictions, words_told"),
        ("7:words_told=other", "words_told"),
        ("7:item_id=other", "item_id"),
        ("10=other", "disclosure_id, restrictions"),
        ("11:code=other", "code"),
        ("11:persons=other", "persons"),
        ("11:text=other", "words_told"),
        ("11:until=other", "until"),
        ("12:code=other", "code"),
        ("13:item_id=other", "item_id"),
        ("14:state=other", "state"),
    ],
)
def test_what_its_recipient_cannot_do_without_is_not_withheld(make: Any, taken_out: str, field: str) -> None:
    limit = said("RestrictionImposed", restriction_id="RI-2", items=["I-2"], code="EYES_ONLY", text="for you alone")
    lifted = said("RestrictionLifted", restriction_id="RI-2", items=["I-2"], lifted_by="TVP")
    fixed = said("InformationCorrected", item_id="I-1", correction="Anna was ill")
    told = said("RecipientAdvisedOfConsentPosition", disclosure_id="X-2", recipient="TVP", state="given")
    ledger = make(FAMILY, SHARED[2:4], [limit, lifted, fixed, told])
    with pytest.raises(UsageError, match=rf"{field} cannot be withheld from a notice"):
        choose.notice(ledger, "X-2", "TVP", withhold=Withholding.parse([taken_out]))
    choose.notice(ledger, "X-2", "TVP", withhold=Withholding.parse(["7:content=serious_harm", "11:imposed_by=other"]))


def test_a_notice_without_a_marking_is_refused_with_a_trace(make: Any) -> None:
    ledger = make(FAMILY, SHARED)
    with pytest.raises(Refused, match="EX-03"):
        given(
            ledger, choose.notice(ledger, "X-2", "TVP"), Issue("selective", notice=True), Purpose("TVP", "", "", "", "")
        )
    assert ledger.reading(ledger.head().position).name == "CommandRefused"
    assert not [one for one in ledger.folder.path.parent.iterdir() if "r7x" in one.name]


def test_a_receipt_says_what_arrived_and_how_it_is_held(make: Any) -> None:
    quoted: dict[str, Any] = {
        "disclosure_id": "X-7",
        "sender_event_hash": "ab" * 32,
        "without_consent": True,
        "reasons_unknown": True,
    }
    of: dict[str, Any] = {
        "details": "what it says",
        "provider": {"agency": "TVP", "person": "N1"},
        "restrictions": [LIMIT],
    }
    ledger = make(
        FAMILY, [said("DisclosureReceived", receipt_id="R-1", received_at="2026-11-02T08:00:00+00:00", **quoted, **of)]
    )
    (shown,) = given(ledger, choose.receipt(ledger, "R-1"), Issue("selective"))
    assert open_of(shown) == {
        "receipt_id": "R-1",
        "disclosure_id": "X-7",
        "received_at": "2026-11-02T08:00:00Z",
        "sender_event_hash": "ab" * 32,
        "without_consent": True,
        "restrictions": [{"code": "NOT_TO_SERVICE_USER", "persons": ["P1"]}],
        "words_told": [[["restrictions", 0, "text"], "not to the mother"]],
    }
    assert shown.about is None
    assert issued(ledger)["about"] == [{"type": "receipt", "id": "R-1"}, {"type": "case", "id": "HM-1"}]


# Whole files


def test_a_complete_extract_names_the_streams_that_are_not_in_it(make: Any) -> None:
    linked = said("CaseLinked", linked_cases=["HM-2", "NC-7"])
    missing = said("MissingEpisodeRecorded", child="C1", context_id="CTX-1")
    ledger = make(FAMILY, PARTNERS, [linked, missing])
    choice = choose.complete(ledger, [CASE])
    assert choice.absent == (
        ("case", "HM-2", "not_asked_for"),
        ("case", "NC-7", "not_held_here"),
        ("context", "CTX-1", "not_held_here"),
    )
    at = len(FAMILY) + len(PARTNERS) + 2
    hidden = choose.complete(ledger, [CASE], withhold=Withholding.parse([f"{at}:linked_cases=not_relevant"]))
    assert [name for _, name, _ in hidden.absent] == ["CTX-1"]
    both = choose.complete(ledger, [CASE, About("case", "HM-2")])
    assert ("case", "HM-2", "not_asked_for") not in both.absent
    assert len(given(ledger, both, Issue("complete"))) == len(FAMILY) + len(PARTNERS) + 3  # HM-2 is linked back


def test_third_parties_are_ids_or_nothing(make: Any) -> None:
    ledger = make(FAMILY, SHARED)
    names = {
        kind: [
            open_of(one).get("name")
            for one in given(
                ledger, choose.complete(ledger, [CASE], third_parties=kind), Issue("complete", kind), name=kind
            )
            if one.name == "PersonLinked"
        ]
        for kind in ("show", "pseudonymise", "withhold")
    }
    assert names == {
        "show": ["Zoë", "Anna", "Ben"],
        "pseudonymise": ["Zoë", None, None],
        "withhold": ["Zoë", None, None],
    }
    withheld = choose.complete(ledger, [CASE], third_parties="withhold")
    readings = given(ledger, withheld, Issue("complete", "withhold"), name="again")
    assert not {"P1", "P2"} & {text for one in readings for text in repr([open_of(one), one.findings]).split("'")}
    content = [open_of(one).get("content") for one in readings if one.name == "InformationRecorded"]
    assert content == [None, None, None]  # the second names who told it


def test_items_taken_out_are_recorded_with_their_reasons(make: Any) -> None:
    ledger = make(FAMILY)
    taken = Withholding.parse(["6=third_party", "7:content=serious_harm", "7:source=third_party"])
    readings = given(ledger, choose.complete(ledger, [CASE], withhold=taken), Issue("complete", "pseudonymise"))
    record = issued(ledger)
    assert record["redactions"][:2] == [
        {"items": ["I-1"], "reason": "third_party"},
        {"items": ["I-2"], "reason": "serious_harm"},
    ]
    assert sum(one["count"] for one in record["redactions"][2:]) == record["withheld"]
    assert (record["third_parties"], record["items"]) == ("pseudonymised", [])
    whole = next(one for one in readings if one.position == 6)
    assert (set(closed_of(whole).values()), whole.actor, whole.version) == ({"third_party"}, None, 5)
    assert closed_of(next(one for one in readings if one.position == 7)) == {
        "content": "serious_harm",
        "source": "third_party",
        "words": "third_party",  # how it was obtained
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("6:colour=third_party", "has no field colour"),
        ("99=third_party", "Record 99 is not part of this extract"),
        ("six=third_party", "is not POSITION=REASON"),
        ("6:content=third party", "is not POSITION=REASON"),
    ],
)
def test_what_cannot_be_withheld_is_said(make: Any, text: str, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        choose.complete(make(FAMILY), [CASE], withhold=Withholding.parse([text]))


def test_some_records_for_a_partner(make: Any) -> None:
    ledger = make(FAMILY)
    readings = given(ledger, choose.selective(ledger, [CASE], positions=[6, 7]), Issue("selective"))
    assert [one.position for one in readings] == [6, 7]
    assert {(one.version, one.recorded_us) for one in readings} == {(0, None)}
    assert issued(ledger)["items"] == ["I-1", "I-2"]
    with pytest.raises(UnknownId, match="Record 1 is none of case HM-1"):
        choose.selective(ledger, [CASE], positions=[1])


# The rules


def refusal(ledger: Ledger, choice: Choice, issued_as: Issue, **why: str) -> str:
    with pytest.raises(Refused) as refused:
        given(ledger, choice, issued_as, Purpose(**{**vars(PANEL), **why}), name="refused")
    assert ledger.reading(ledger.head().position).name == "CommandRefused"
    assert not [one for one in ledger.folder.path.parent.iterdir() if "refused" in one.name]
    return " ".join(refused.value.rules)


def test_each_rule_of_extracts_refuses_or_warns(make: Any) -> None:
    ledger = make(FAMILY, SECRET[:1], SHARED)
    whole = choose.complete(ledger, [CASE])
    assert refusal(ledger, whole, Issue("complete"), basis="") == "EX-01"
    assert refusal(ledger, whole, Issue("complete"), to="") == "EX-01"
    assert refusal(ledger, whole, Issue("complete"), marking="") == "EX-03"
    assert refusal(ledger, whole, Issue("complete"), to="P1", purpose="statutory_duty") == "EX-04"
    some = choose.selective(ledger, [CASE], positions=[9])
    assert refusal(ledger, some, Issue("selective"), to="P1", purpose="statutory_duty") == "EX-04"
    unsaid = choose.complete(ledger, [CASE], withhold=Withholding.parse(["6:content="]))
    assert refusal(ledger, unsaid, Issue("complete")) == "EX-05"
    shown = choose.statement(ledger, "P1", third_parties="show")
    given(ledger, shown, Issue("statement", "show", ("P1",)), GIVEN)
    (record,) = (one for one in ledger.readings() if one.name == "ExtractIssued")
    assert [finding.rule for finding in record.findings] == ["EX-02"]


def test_what_is_held_of_them_is_owed_to_whoever_asks_for_themselves(make: Any) -> None:
    """LB-02 holds for everything else: for a statement given to somebody else, and for what is of somebody else."""
    special = said("InformationRecorded", item_id="I-6", person="C1", special=["health"], content="ill")
    able = said("CompetenceAssessed", person="C1", able=True, basis="she understands")
    of_both = said("InformationRecorded", item_id="I-7", person="P2", special=["health"], source={"person": "C1"})
    ledger = make(FAMILY, [able, special, {**of_both, "content": "he drinks"}])
    own, shared = choose.statement(ledger, "C1"), choose.statement(ledger, "C1", third_parties="show")
    to_her = Purpose(**{**vars(GIVEN), "to": "C1", "basis": "6(c)"})
    shown = given(ledger, own, Issue("statement", "withhold", ("C1",)), to_her)
    assert "ill" in [open_of(one).get("content") for one in shown]
    assert (issued(ledger)["items"], issued(ledger)["to_persons"]) == (["I-6"], ["C1"])
    as_her = Issue("statement", "withhold", ("C1",))
    why = {**vars(to_her), "to": "C1"}
    assert refusal(ledger, own, as_her, **why | {"to": "P1"}) == "LB-02"
    assert refusal(ledger, own, as_her, **why | {"purpose": "statutory_duty"}) == "LB-02"
    assert refusal(ledger, shared, Issue("statement", "show", ("C1",)), **why) == "LB-02"


@pytest.mark.parametrize(
    "to", ["p1", "P 1", "Anna", "ms ANNA", "Anna (the parent)", "Ánna", "mother, Zoës", "Zoës mothr"]
)
def test_a_restriction_holds_against_a_name_too(make: Any, to: str) -> None:
    """Restrictions name persons by id; whoever is meant by a name is found by it."""
    also = said("PersonLinked", person_id="P1", name="Zoës mother")
    ledger = make(FAMILY, SECRET[:1], SHARED, [also])
    assert refusal(ledger, choose.complete(ledger, [CASE]), Issue("complete"), to=to) == "EX-04"
    free = choose.selective(ledger, [CASE], positions=[6])
    why = Purpose(**{**vars(PANEL), "to": to, "purpose": "statutory_duty"})
    given(ledger, free, Issue("selective"), why, name="free")
    assert issued(ledger)["to_persons"] == []  # a name that is like theirs is not taken down as theirs


def test_an_id_that_differs_in_a_digit_is_somebody_else(make: Any) -> None:
    linked = said("PersonLinked", person_id="PARENT-0001", roles=["parent"])
    limited = said("InformationRecorded", item_id="I-8", restrictions=[LIMIT | {"persons": ["PARENT-0001"]}])
    ledger = make(FAMILY, [linked, limited])
    whole = choose.complete(ledger, [CASE])
    assert refusal(ledger, whole, Issue("complete"), to="parent 0001") == "EX-04"
    given(ledger, whole, Issue("complete"), Purpose(**{**vars(PANEL), "to": "PARENT-0002"}))


def test_whoever_names_nobody_known_is_told_which_restrictions_there_are(make: Any) -> None:
    ledger = make(FAMILY, SECRET[:1], SHARED)
    whole = choose.complete(ledger, [CASE])
    told = doubt(ledger, whole, PANEL, Issue("complete"))
    assert told is not None
    assert "'The review panel'" in told
    assert "the restrictions in force on P1 (EX-04)" in told
    for to in ("P2", "HMC", "Harrowmere City Council", "TVP", ""):
        assert doubt(ledger, whole, Purpose(**{**vars(PANEL), "to": to}), Issue("complete")) is None
    assert doubt(make(FAMILY, SHARED), whole, PANEL, Issue("complete")) is None


@pytest.mark.parametrize(
    ("expires", "error"),
    [
        ("2026-11-01", "--expires 2026-11-01 is over"),
        ("2026-11-02T07:00:00+00:00", "--expires 2026-11-02T07:00:00.00:00 is over"),
        ("31.1.2027", "--expires takes a day, for example 2027-01-31, and not '31.1.2027'."),
        ("2026-13-01", "--expires takes a day"),
    ],
)
def test_a_day_that_is_over_is_no_limit(make: Any, expires: str, error: str) -> None:
    ledger = make(FAMILY)
    whole, before = choose.complete(ledger, [CASE]), ledger.head().position
    with pytest.raises(UsageError, match=error):
        given(ledger, whole, Issue("complete"), Purpose(**{**vars(PANEL), "expires": expires}))
    assert ledger.head().position == before
    given(ledger, whole, Issue("complete"), Purpose(**{**vars(PANEL), "expires": "2026-11-02"}))


def test_the_way_it_goes_is_judged_and_so_is_what_it_shows(make: Any) -> None:
    special = said("InformationRecorded", item_id="I-6", person="C1", special=["health"], content="ill")
    ledger = make(FAMILY, [special])
    whole = choose.complete(ledger, [CASE])
    assert refusal(ledger, whole, Issue("complete"), basis="6(c)") == "LB-02"
    assert "SE-01" in refusal(ledger, whole, Issue("complete"), how="fax", basis="6(c), 9(g)")
    given(
        ledger,
        whole,
        Issue("complete"),
        Purpose(**{**vars(PANEL), "restrictions": "EYES_ONLY", "expires": "2027-01-31"}),
    )
    record = issued(ledger)
    assert (record["restrictions"], record["expires_at"]) == ([{"code": "EYES_ONLY"}], "2027-01-31")


def test_the_mode_follows_from_the_request(make: Any) -> None:
    ledger = make(FAMILY)
    for purpose in ("subject_access", "subject_access, assessment", "assessment,subject_access"):
        asked = replace(GIVEN, purpose=purpose)
        with pytest.raises(UsageError, match="Subject access is answered by a statement"):
            given(ledger, choose.complete(ledger, [CASE]), Issue("complete"), asked)
    with pytest.raises(UsageError, match="For practice_review give a complete extract"):
        given(ledger, choose.statement(ledger, "P1"), Issue("statement", "withhold", ("P1",)), PANEL)


def test_an_empty_statement_is_the_same_for_whoever_is_hidden_and_whoever_is_unknown(make: Any) -> None:
    ledger = make(
        FAMILY,
        PARTNERS[:1],
        PARTNERS[1:2],
        [said("PersonLinked", case="HM-2", person_id="X1", roles=["person_posing_risk"])],
    )
    hidden, unknown = (choose.statement(ledger, name) for name in ("X1", "X7"))
    assert (hidden.records, unknown.records) == ((), ())
    assert (len(hidden.left_out), len(unknown.left_out)) == (1, 0)


@pytest.mark.parametrize("kind", BY_TYPE.values(), ids=lambda kind: kind.name)
def test_a_statement_never_shows_for_what_something_may_be_shared(kind: Kind) -> None:
    """One code tells of a context of risk, another of MAPPA; what somebody was asked to consent to, they know."""
    purposes = {
        name
        for name, _, below in marks_by_field(kind.type, Vocabulary)
        if any(mark.name == "purposes" for mark in below)
    }
    consent = kind.name.startswith("Consent")
    assert consent or purposes <= leading(kind.type)
