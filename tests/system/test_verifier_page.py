"""The verifier page as people meet it: opened from a file, in a real browser without a network, files dropped on it."""

from __future__ import annotations

import pytest
from support import ACTOR, found, opened, person
from system.alterations import swap_openings
from system.browser import PAGE, Window
from system.extracts import CASE, COURT, MODES, flipped

from ledger import create_extract, make_card, showing


def facts(window: Window) -> dict[str, str]:
    """What the page tells besides the verdict."""
    rows = """() => [...document.querySelectorAll("#facts div")].map(
      (row) => [...row.children].map((one) => one.textContent))"""
    found: list[list[str]] = window.page.evaluate(rows)
    return dict(found)


@pytest.mark.parametrize("trust", ["card", "trust", "vkey"])
@pytest.mark.parametrize("mode", MODES)
def test_a_dropped_extract_verifies(browser, changed, mode, trust):
    with browser.opened(PAGE) as window:
        window.drop(("case.r7x", changed.files[mode]), (trust, changed.trust[trust]))
        assert window.headline() == "✔ Verified"
        said = window.page.get_by_role("status").inner_text()
        assert "Signed by Harrowmere City Council (HMC)" in said
        assert ("whom you know as My council" in said) == (trust == "trust")
        assert "Ed25519 signatures were checked, and ML-DSA-44 signatures were not." in said
        assert said.startswith("PRACTICE")
        assert ("record is disputed" in said) == (mode != "statement")
        assert window.page.title() == "Verified – RuleSeven"
        assert window.page.locator("#extract").evaluate("(input) => input.files[0].name") == "case.r7x"
        assert window.requests == [PAGE.as_uri()]
        assert window.complaints == []


def test_what_it_tells_besides(browser, plain):
    with browser.opened(PAGE) as window:
        window.drop(("case.r7x", plain.files["complete"]), ("card", plain.trust["card"]))
        assert window.headline() == "✔ Verified"
        assert "PRACTICE" not in window.page.get_by_role("status").inner_text()
        told = facts(window)
        assert told.pop("Made")
        assert len(told.pop("SHA-256 of the file")) == 64
        assert told == {
            "File": "case.r7x",
            "From": "Harrowmere City Council (HMC)",
            "To": COURT.to,
            "Purpose": "legal proceedings",
            "Basis": COURT.basis,
            "Reasons": COURT.reasons,
            "How": COURT.how,
            "Marking": COURT.marking,
            "Restrictions": COURT.restrictions,
            "Expires": "2027-01-31",
            "Mode": "Complete: every record of what it is about, up to its checkpoint.",
            "About": "case HM-1, to version 4",
            "Records": "4, of a ledger that had 5 records then",
            "Disputed": "None",
            "Withheld": "4 fields\n4: third party – it is about somebody else, or could show who they are",
            "Not here": "person P7: not requested",
            "What you know of the agency": "Its ledger up to record 8. Of keys withdrawn later this page cannot know.",
        }


def test_one_byte_changed(browser, plain):
    """In the file it is the file; in a record that the agency signed anew it is the record."""
    data = plain.files["complete"]
    body = plain.body("complete")
    swap_openings(plain, body)
    with browser.opened(PAGE) as window:
        window.drop(("case.r7x", flipped(data)), ("card", plain.trust["card"]))
        assert window.headline() == "✘ Failed: the file as a whole"
        genesis = data.index(body["genesis"][0]) + 192
        window.drop(("case.r7x", data[:genesis] + flipped(data[genesis : genesis + 1]) + data[genesis + 1 :]))
        window.wait_for("Failed at record 1 (step 6: signature)")
        window.drop(("case.r7x", plain.resigned(body)))
        window.wait_for("Failed at record 3 (step 7: content)")
        assert "do not rely on it" in window.page.locator("#details-heading").inner_text()


def test_an_agency_that_is_not_trusted(browser, plain, changed):
    said = "? Undecided: signed by Harrowmere City Council, whom you have not said you trust"
    with browser.opened(PAGE) as window:
        window.drop(("case.r7x", plain.files["complete"]))
        assert window.headline() == said
        for trust in changed.trust.values():
            window.drop(("somebody", trust))
            assert window.headline() == said
        window.page.get_by_label("paste").fill(plain.trust["vkey"].decode())
        window.wait_for("Verified")


def test_by_keyboard_alone(browser, plain, tmp_path):
    """The skip link, then each input in turn; a chosen file is checked at once."""
    (tmp_path / "case.r7x").write_bytes(plain.files["selective"])
    with browser.opened(PAGE) as window:
        seen = []
        for _ in range(4):
            window.page.keyboard.press("Tab")
            seen.append(window.page.evaluate("document.activeElement.id || document.activeElement.className"))
        assert seen == ["skip", "extract", "trust", "pasted"]
        window.page.keyboard.insert_text(plain.trust["trust"].decode())
        window.page.get_by_label("The extract").set_input_files(tmp_path / "case.r7x")
        assert window.headline() == "✔ Verified"


def test_the_last_that_was_given_counts(browser, plain):
    """Files given while others are checked: their verdict is shown and no other."""
    with browser.opened(PAGE) as window:
        window.drop(("card", plain.trust["card"]))
        for data in [plain.files["complete"], b"hello", plain.files["complete"], flipped(plain.files["complete"])] * 5:
            window.drop(("case.r7x", data))
        window.wait_for("Failed: the file as a whole")
        assert window.page.get_by_role("status").get_by_role("heading").count() == 1


NO_ED25519 = """
const real = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (form, key, kind, ...more) {
  if ((kind.name ?? kind) === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
  return real.call(this, form, key, kind, ...more);
};
"""
YES_TO_ALL = "SubtleCrypto.prototype.verify = () => Promise.resolve(true);"
NONE = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});"


@pytest.mark.parametrize("script", [NO_ED25519, YES_TO_ALL, NONE])
def test_a_browser_that_cannot_check_ed25519_decides_nothing(browser, plain, script):
    with browser.opened(PAGE, before=script) as window:
        window.drop(("case.r7x", plain.files["complete"]), ("card", plain.trust["card"]))
        assert window.headline() == "? Undecided"
        assert "This browser cannot check Ed25519" in window.page.get_by_role("status").inner_text()


def test_its_policy_cuts_the_network_even_where_there_is_one(browser):
    with browser.opened(PAGE) as window:
        refused = window.page.evaluate(
            """async () => {
              const seen = [];
              addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
              await fetch("https://example.org/").catch(() => {});
              const image = new Image();
              const failed = new Promise((done) => { image.onerror = done; });
              image.src = "https://example.org/";
              await failed;
              try { document.body.innerHTML = "<b>x</b>"; } catch { seen.push("trusted-types"); }
              return seen;
            }"""
        )
        assert {"connect-src", "img-src", "trusted-types"} <= set(refused)


def test_text_of_a_stranger_is_only_ever_text(browser, plain):
    body = plain.body("complete")
    body["given"] |= {"to": "<img src=x onerror=alert(1)>", "purpose": "x" * 1_000_000}
    with browser.opened(PAGE) as window:
        window.drop(("<b>.r7x", plain.resigned(body)), ("card", plain.trust["card"]))
        assert window.headline() == "✔ Verified"
        told = facts(window)
        assert told["To"] == body["given"]["to"]
        assert told["File"] == "<b>.r7x"
        assert len(told["Purpose"]) < 3000
        assert window.page.locator("img").count() == 0
        assert window.complaints == []


def test_a_large_one_shows_its_progress_and_lets_the_page_answer(browser, tmp_path):
    with found(tmp_path / "hmc") as ledger:
        ledger.record(opened(), actor=ACTOR)
        ledger.record_atomic([person(number) for number in range(998)], actor=ACTOR)
        create_extract(ledger, showing.complete(ledger, [CASE]), COURT, out=tmp_path / "case.r7x", actor=ACTOR)
        card = make_card(ledger)
    with browser.opened(PAGE) as window:
        window.page.evaluate(
            """() => {
              window.seen = [];
              const bar = document.getElementById("bar");
              new MutationObserver(() => seen.push(bar.value)).observe(bar, {attributes: true});
            }"""
        )
        window.drop(("case.r7x", (tmp_path / "case.r7x").read_bytes()), ("card", card))
        assert window.headline() == "✔ Verified"
        assert facts(window)["Records"] == "999, of a ledger that had 1,000 records then"
        assert any(0 < value < 1 for value in window.page.evaluate("seen"))


STATES = ("nothing given", "verified", "practice, disputed", "failed", "undecided", "no verdict")


def given_for(state, plain, changed):
    """The files to drop that bring the page into a state."""
    return {
        "nothing given": [],
        "verified": [("a.r7x", plain.files["complete"]), ("card", plain.trust["card"])],
        "practice, disputed": [("a.r7x", changed.files["selective"]), ("card", changed.trust["card"])],
        "failed": [("a.r7x", flipped(changed.files["statement"])), ("card", changed.trust["card"])],
        "undecided": [("a.r7x", plain.files["complete"])],
        "no verdict": [("a.r7x", b"hello")],
    }[state]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("state", STATES)
def test_the_page_is_accessible_in_each_state(browser, plain, changed, state, width):
    """WCAG 2.2 AA; and at 320 pixels, which is 400% zoom, nothing scrolls sideways."""
    with browser.opened(PAGE, viewport={"width": width, "height": 800}) as window:
        if given := given_for(state, plain, changed):
            window.drop(*given)
            window.headline()
        assert window.accessible() == []
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_axe_would_find_is_found(browser, tmp_path):
    """A page with a fault, so that none found means none."""
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body><img src='x.png'><input></body></html>")
    with browser.opened(tmp_path / "page.html") as window:
        assert len(window.accessible()) >= 3


def test_on_paper_there_is_the_verdict_and_not_the_form(browser, plain):
    with browser.opened(PAGE) as window:
        window.drop(("case.r7x", plain.files["complete"]), ("card", plain.trust["card"]))
        window.headline()
        window.page.emulate_media(media="print")
        assert window.page.get_by_role("heading", name="Verified").is_visible()
        assert window.page.locator("#facts").is_visible()
        assert not window.page.locator("#extract").is_visible()
