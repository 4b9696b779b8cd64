"""The verifier page as a file: its hash is the published one, and its policy lets nothing else run.

What it says of extracts is tested in a browser: tests/system/test_verifier_page.py.
"""

import base64
import hashlib
import json
import re
import runpy
from html.parser import HTMLParser
from pathlib import Path

from cli.reasons import REASONS

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "verifier.html").read_bytes()


class Tags(HTMLParser):
    """Each tag with its attributes, in the order of the page."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.feed(PAGE.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def inline(tag):
    found = re.findall(f"<{tag}>(.*?)</{tag}>", PAGE.decode(), re.DOTALL)
    assert len(found) == 1
    return found[0]


def policy():
    (content,) = [attrs["content"] for _, attrs in Tags().tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in content.split(";"))


def test_the_published_hash_is_that_of_the_page():
    published = re.findall(r"^([0-9a-f]{64})  verifier\.html$", (DOCS / "operations.md").read_text(), re.MULTILINE)
    assert published == [hashlib.sha256(PAGE).hexdigest()], "run: python docs/stamp_verifier.py"


def test_its_policy_allows_its_own_script_and_style_and_nothing_else():
    hashes = {
        tag: base64.b64encode(hashlib.sha256(inline(tag).encode()).digest()).decode() for tag in ("script", "style")
    }
    assert policy() == {
        "default-src": "'none'",
        "script-src": f"'sha256-{hashes['script']}'",
        "style-src": f"'sha256-{hashes['style']}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }, "run: python docs/stamp_verifier.py"


def test_the_policy_stands_before_anything_that_it_governs():
    tags = [tag for tag, _ in Tags().tags]
    assert tags[:4] == ["html", "head", "meta", "meta"]
    assert Tags().tags[3][1]["http-equiv"] == "Content-Security-Policy"


def test_it_refers_to_nothing_outside_itself():
    for tag, attrs in Tags().tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "form", "base", "video", "audio"}
        assert not {name for name in attrs if name in {"src", "srcset", "action", "ping"} or name.startswith("on")}
        assert attrs.get("href", "#").startswith("#")
    text = PAGE.decode()
    assert not re.search(r"https?://|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(", text)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|localStorage", text
    )


def test_it_says_of_each_reason_what_the_program_says():
    (listed,) = re.findall(r"const REASONS = \{[^\n]*\n(.*?)\n\};", PAGE.decode(), re.DOTALL)
    said = dict(re.findall(r'^  (\w+): (".*"),$', listed, re.MULTILINE))
    assert {code: json.loads(text) for code, text in said.items()} == REASONS


def test_stamping_a_stamped_page_changes_nothing_and_a_changed_one_gets_its_own_hashes():
    stamp = runpy.run_path(str(DOCS / "stamp_verifier.py"))["stamp"]
    text = PAGE.decode()
    assert stamp(text) == text
    changed = text.replace('"use strict";', '"use strict"; ')
    digest = base64.b64encode(
        hashlib.sha256(inline("script").replace('"use strict";', '"use strict"; ').encode()).digest()
    )
    assert stamp(changed) != changed
    assert f"script-src 'sha256-{digest.decode()}'" in stamp(changed)
