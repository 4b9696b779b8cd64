"""Days that cannot be are refused at the door, with the field and what is allowed; a day later they can be."""

import pytest

from ledger.errors import Malformed
from ledger.procedure.dates import BEHIND_US, SPANS
from ledger.procedure.declare import BY_NAME, Part, hints_of

LINKED = {"do": "PersonLinked", "case": "HM-1", "person_id": "C2"}
PR = {"holder": "P1", "child": "C2", "from": "2020-05-02"}
REVIEW = {"do": "ReviewScopeSet", "review": "LCSPR-26-02"}
AGREEMENT = {"agreement_id": "ISA-1"}

IMPOSSIBLE = [
    (
        LINKED | {"dob": "2026-09-08"},
        "field dob: lies in the future; give today or an earlier day",
        {"dob": "2026-09-07"},
    ),
    (
        LINKED | {"pr": PR | {"to": "2020-05-01"}},
        "field pr.to: lies before pr.from; give that day or a later one",
        {"pr": PR | {"to": "2020-05-02"}},
    ),
    (
        LINKED | {"pr": [PR, PR | {"to": "2019-01-01"}]},
        "field pr[1].to: lies before pr[1].from; give that day or a later one",
        {"pr": [PR, PR]},
    ),
    (
        {"do": "RelationshipRecorded", "case": "HM-1", "person": "P1", "related_to": "C1", "kind": "parent"}
        | {"from": "2012-03-02", "to": "2012-03-01"},
        "field ended_on: lies before began_on; give that day or a later one",
        {"to": "2012-03-02"},
    ),
    (
        {"do": "MissingEpisodeRecorded", "case": "HM-1", "child": "C1"}
        | {"from": "2026-09-06T21:00:00+01:00", "to": "2026-09-06T20:59:00+01:00"},
        "field missing_to: lies before missing_from; give that day or a later one",
        {"to": "2026-09-06T21:00:00+01:00"},
    ),
    (
        REVIEW | {"from": "2026-06-01", "to": "2026-05-31"},
        "field period_to: lies before period_from; give that day or a later one",
        {"to": "2026-06-01"},
    ),
    (
        {"do": "AgreementReviewed", "agreement_id": "ISA-1", "review_on": "2026-09-06"},
        "field review_on: lies before the time of this entry; give that day or a later one",
        {"review_on": "2026-09-07"},
    ),
]


@pytest.fixture
def ready(history):
    history.do("AgreementRegistered", agreement_id="ISA-1", dpia_ref="DPIA-1")
    history.do("ReviewOpened", review="LCSPR-26-02")
    return history


@pytest.mark.parametrize(("said", "why", "put_right"), IMPOSSIBLE)
def test_a_day_that_cannot_be(ready, said, why, put_right):
    with pytest.raises(Malformed) as refused:
        ready.do(**said)
    assert str(refused.value) == why
    ready.do(**said | put_right)


@pytest.mark.parametrize("name", ["expires_at", "review_on"])
def test_consent_does_not_end_before_it_is_given(h, history, name):
    given = h.consent(expires_at=None) | {"given_at": "2026-09-04T10:00:00+01:00"}
    with pytest.raises(Malformed, match=f"field {name}: lies before given_at"):
        history.do("ConsentGiven", **given | {name: "2026-09-03"})
    history.do("ConsentGiven", **given | {name: "2026-09-04"})
    unsaid = h.consent("CON-2", expires_at=None) | {name: "2026-09-06"}
    with pytest.raises(Malformed, match=f"field {name}: lies before the time of this entry"):
        history.do("ConsentGiven", **unsaid)
    assert "W ST-05" in history.do("ConsentGiven", **unsaid, occurred_at="2026-09-05T10:00:00+01:00")


def test_the_tables_name_fields_that_are_there():
    known = {kind.type for kind in BY_NAME.values()}
    for cls, spans in SPANS.items():
        assert cls in known or issubclass(cls, Part)
        assert {name for span in spans for name in (span.start, span.end)} <= set(hints_of(cls))
    assert all(set(names) <= set(hints_of(cls)) for cls, names in BEHIND_US.items())
