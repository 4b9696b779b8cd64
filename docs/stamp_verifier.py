"""After a change of verifier.html: write its hashes where they stand, in its own policy and in operations.md.

    python docs/stamp_verifier.py

tests/test_verifier_page.py fails while one of them is another.
"""

import base64
import hashlib
import re
from pathlib import Path

PAGE = Path(__file__).with_name("verifier.html")
PUBLISHED = Path(__file__).with_name("operations.md")


def policy_hash(page: str, tag: str) -> str:
    """The hash that a content security policy wants of the one inline `tag` of the page."""
    (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return "sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()


def stamp(page: str) -> str:
    """The page with the hashes of its script and style in its policy."""
    for tag in ("script", "style"):
        page = re.sub(f"(?<={tag}-src ')sha256-[^']*", policy_hash(page, tag), page, count=1)
    return page


if __name__ == "__main__":
    PAGE.write_text(stamp(PAGE.read_text()))
    digest = hashlib.sha256(PAGE.read_bytes()).hexdigest()
    text, found = re.subn(r"[0-9a-f]{64}(?=  verifier\.html)", digest, PUBLISHED.read_text())
    if found != 1:
        raise SystemExit(f"{PUBLISHED.name} has {found} lines with the SHA-256 of verifier.html; it must have one.")
    PUBLISHED.write_text(text)
    print(f"{digest}  {PAGE.name}")
