"""The readable twin of an extract in a real browser."""

from __future__ import annotations

import pytest
from system.extracts import COURT

from cli.documents.as_html import render
from cli.documents.twin import Entry, Opened, twin

TWIN = Opened(
    agency="Harrowmere City Council",
    about="case HM-1",
    mode="complete",
    practice=True,
    sha256="ab" * 32,
    file="case.r7x",
    given={
        "to": COURT.to,
        "purpose": COURT.purpose,
        "marking": COURT.marking,
        "restrictions": "<script>alert(1)</script>",
    },
    entries=[
        Entry(2, "Case opened", "2026-03-02T09:00:00+00:00", "practitioner", {"case": "HM-1"}),
        Entry(
            3,
            "Person linked",
            None,
            "practitioner",
            {"person_id": "P1", "roles": ["child"], "lives_with": []},
            [("name", "third_party")],
        ),
        Entry(
            4,
            "Decision made",
            "2026-03-03T10:30:00+00:00",
            "manager",
            {"reasons": "<img src=x>", "fields": {"a": [1, 2]}},
        ),
    ],
    head="record 4",
)


@pytest.mark.parametrize("width", [1280, 320])
def test_the_readable_twin_is_accessible_and_asks_the_network_for_nothing(browser, tmp_path, width):
    (tmp_path / "twin.html").write_bytes(render(twin(TWIN)))
    with browser.opened(tmp_path / "twin.html", viewport={"width": width, "height": 800}) as window:
        assert window.accessible() == []
        assert window.requests == [(tmp_path / "twin.html").as_uri()]
        assert window.complaints == []
        assert "<img src=x>" in window.page.inner_text("main")
