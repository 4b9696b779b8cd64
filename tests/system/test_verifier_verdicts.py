"""The verifier page was written from docs/format.md; it must say of every file what `ruleseven extract verify` says.

But for one line: it leaves out ML-DSA-44, and says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from altered import CASES, extracts_of_each_mode
from fuzz.of_extracts import OUR_KINDS, signed_again, unsigned
from system.alterations import ALTERED, VECTORS
from system.browser import PAGE, Browser, Window, verdicts
from system.extracts import MODES, Given, flipped, ours, set_field, theirs

from ledger import Trust, check_extract
from ledger.errors import RuleSevenError
from ledger.proof import values
from ledger.proof.commitments import open_leaf, opening
from ledger.proof.envelope import open_body, sign_body


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Window]:
    with browser.opened(PAGE) as opened:
        yield opened


def test_flipped_bytes_get_the_verdict_of_the_command_line(window, plain, changed, tmp_path):
    """200 bytes spread over the files; none is accepted."""
    chance = random.Random(5)
    cases: list[tuple[bytes, bytes]] = []
    for given, mode in [(plain, "complete"), (changed, "complete"), (changed, "selective"), (changed, "statement")]:
        data = given.files[mode]
        places = sorted({*range(8), *chance.sample(range(len(data)), 42)})
        changes = [data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :] for at in places]
        cases += [(one, given.trust["trust"]) for one in changes]
    found = [theirs(report) for report in verdicts(window, cases)]
    assert len(found) >= 190
    assert found == [ours(data, trust, tmp_path) for data, trust in cases]
    assert {verdict for verdict, _, _ in found} <= {"failed", "none", "undecided"}


def test_what_is_cut_short_or_goes_on_gets_the_verdict_of_the_command_line(window, plain, tmp_path):
    data = plain.files["complete"]
    cases = [data[:size] for size in [*range(12), *range(100, len(data), 571), len(data) - 1]] + [
        data + b"\0",
        data * 2,
    ]
    found = [theirs(report) for report in verdicts(window, [(one, plain.trust["card"]) for one in cases])]
    assert found == [ours(one, plain.trust["card"], tmp_path) for one in cases]
    assert set(found) == {("failed", 0, 0), ("none", None, None)}


@pytest.mark.parametrize("mode", MODES)
def test_what_the_agency_altered_and_signed_is_named_alike(window, changed, mode, tmp_path):
    cases = []
    for change, _ in ALTERED[mode].values():
        body = changed.body(mode)
        change(changed, body)
        cases.append((changed.resigned(body), changed.trust["trust"]))
    found = dict(zip(ALTERED[mode], map(theirs, verdicts(window, cases)), strict=True))
    assert found == {name: ours(*case, tmp_path) for name, case in zip(ALTERED[mode], cases, strict=True)}
    assert {name: one[:2] for name, one in found.items()} == {
        name: ("failed", position) for name, (_, position) in ALTERED[mode].items()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with extracts_of_each_mode(tmp_path_factory.mktemp("altered")) as found:
        yield found


# Who knows more kinds than the format lists may hold more records to their number of fields: ours does.
OURS_ALONE = {"complete, a kind with another number of fields"}


def knows_more(data: bytes, trust: Trust) -> bool:
    """Whether ours refuses it by a kind's number of fields alone, which section 8 leaves to who knows more kinds."""
    report = check_extract(data, trust)
    return report.first_bad is not None and OUR_KINDS.search(report.first_bad[2]) is not None


def write(folder: Path, data: bytes) -> Path:
    (folder / "trust").write_bytes(data)
    return folder / "trust"


def resigned(made) -> list[tuple[str, bytes]]:
    """All that ours is tested with: whatever the agency alters and signs with its true key."""
    found = []
    for name, mode, change, _ in CASES:
        body = made.body(mode)
        change(made, body)
        found.append((name, made.signed(body)))
    return found


def test_whatever_is_altered_and_signed_again_gets_the_verdict_of_the_command_line(window, made, tmp_path):
    trust, altered = made.trust.to_json().encode(), resigned(made)
    assert len(altered) == len(CASES) >= 343
    found = [theirs(report) for report in verdicts(window, [(data, trust) for _, data in altered])]
    expected = [ours(data, trust, tmp_path) for _, data in altered]
    differ = {name for (name, _), one, other in zip(altered, found, expected, strict=True) if one != other}
    assert differ == OURS_ALONE
    assert {verdict for verdict, _, _ in expected} == {"failed"}


def test_what_is_altered_at_random_gets_the_verdict_of_the_command_line(window, made, tmp_path):
    """Bytes of the file altered in any way, and values of the body, signed again; as `make fuzz` does for minutes."""
    chance, card = Random(7), made.trust.to_json().encode()
    key = vkey(made.ledger.origin, made.signers[1].public).encode()
    cases: list[tuple[bytes, bytes]] = []
    for number in range(360):
        mode = MODES[number % 3]
        data = signed_again(chance, made, mode) if number % 2 else unsigned(chance, made.extracts[mode], [])
        cases.append((data, chance.choice((card, key))))
    found = [theirs(report) for report in verdicts(window, cases)]
    expected = [ours(*case, tmp_path) for case in cases]
    trust = [Trust.load(write(tmp_path, data)) for data in (card, key)]
    differ = [
        (number, one, other)
        for number, (one, other, case) in enumerate(zip(found, expected, cases, strict=True))
        if one != other and not knows_more(case[0], trust[case[1] == key])
    ]
    assert differ == []
    assert {verdict for verdict, _, _ in found} >= {"failed", "none"}


def test_records_that_follow_each_other_are_held_together(window, plain, tmp_path):
    body = plain.body("complete")
    body["records"][1] = plain.forged(body["records"][1], previous=(25, bytes(32)))
    case = (plain.resigned(body), plain.trust["card"])
    assert [theirs(one) for one in verdicts(window, [case])] == [("failed", 3, 3)] == [ours(*case, tmp_path)]


def test_whoever_is_not_trusted_is_never_verified(window, plain, changed, tmp_path):
    """Neither another agency's card, trust file or vkey, nor none at all."""
    cases = [(given.files[mode], trust) for mode in MODES for given, trust in strangers(plain, changed)]
    assert {theirs(one) for one in verdicts(window, cases)} == {("undecided", None, None)}
    assert {ours(*case, tmp_path) for case in cases} == {("undecided", None, None)}
    without = [(plain.files[mode], None) for mode in MODES]
    assert {theirs(one) for one in verdicts(window, without)} == {("undecided", None, None)}


def strangers(plain: Given, changed: Given) -> list[tuple[Given, bytes]]:
    return [*((plain, one) for one in changed.trust.values()), *((changed, one) for one in plain.trust.values())]


def hexes(name: str, *path: str) -> list[str]:
    found: Any = json.loads((VECTORS / name).read_text())[path[0]]
    return [one[path[1]] for one in found]


def asked(window: Window, function: str, given: list[str]) -> list[Any]:
    """What one of the page's own functions says of each byte string; None where it throws."""
    script = """([name, given]) => given.map((said) => {
      try { return ruleseven[name](Uint8Array.from(said.match(/../g) ?? [], (one) => parseInt(one, 16))) ?? "nil"; }
      catch { return null; }
    })"""
    answers: list[Any] = window.page.evaluate(script, [function, given])
    return answers


def test_values_have_one_encoding(window):
    assert None not in asked(window, "decode", hexes("values.json", "valid", "hex"))
    invalid = hexes("values.json", "invalid", "hex")
    assert asked(window, "decode", invalid) == [None] * len(invalid)


def test_weak_keys_are_refused(window, plain):
    weak = hexes("keys.json", "refused", "hex")
    assert len(weak) > 10
    assert asked(window, "isWeak", weak) == [True] * len(weak)
    assert asked(window, "isWeak", hexes("keys.json", "keys", "public")) == [False]
    origin = plain.trust["vkey"].decode().split("+")[0]
    lines = [vkey(origin, bytes.fromhex(one)) for one in weak if len(one) == 64]
    cases = [(plain.files["complete"], line.encode()) for line in lines]
    for report in verdicts(window, cases):
        assert report["verdict"] == "none"
        assert "weak" in report["reason"]
    forged = [(of_weak_charter(plain, bytes.fromhex(one)), None) for one in weak if len(one) == 64]
    assert {theirs(report) for report in verdicts(window, forged)} == {("failed", 0, 0)}


def vkey(origin: str, public: bytes) -> str:
    key = b"\1" + public
    digest = hashlib.sha256(f"{origin}\n".encode() + key).hexdigest()[:8]
    return f"{origin}+{digest}+{base64.b64encode(key).decode()}"


def of_weak_charter(given: Given, public: bytes) -> bytes:
    """An extract of a ledger in whose charter there is such a key; whoever made it signs as they like."""
    body = given.body("complete")
    charter = values.decode(body["genesis"][1][9][20 + 2 :])  # within it a byte string of its own: c4, its length
    charter = values.encode([*charter[:2], public, *charter[3:]])
    ledger = hashlib.sha256(b"ruleseven/ledger/v1\0" + charter).digest()[:16]
    body["genesis"][1][9] = open_leaf(opening(bytes(16), charter))
    return sign_body(values.encode(body), ledger, given.signer)


def test_what_is_known_is_held_against_it(window, changed, tmp_path):
    """Heads and key records of a trust file that are not those of the extract."""
    known = json.loads(changed.trust["trust"])
    first, second = known["keys"]
    trusts = [
        known
        | {
            "head": {"position": position, "hash": "ab" * 32},
            "keys": [one for one in known["keys"] if one["position"] <= position],
        }
        for position in (1, 3, 6, 7, 9)
    ]
    trusts += [known | {"keys": keys} for keys in ([], [first], [second], [first, second | {"distrust_from": 6}])]
    trusts += [known | {"keys": [first, second, {"position": 9, "key_id": "cd" * 32, "distrust_from": 3}]}]
    for mode in MODES:
        cases = [(changed.files[mode], json.dumps(trust).encode()) for trust in trusts]
        found = [theirs(report) for report in verdicts(window, cases)]
        assert found == [ours(*case, tmp_path) for case in cases], mode
        assert ("failed", 6, 9) in found
    assert ("undecided", None, None) in found  # a statement that does not mention a recovery


def test_trust_files_are_taken_and_refused_alike(window, changed):
    """The same vectors as in tests/ledger/test_trust_files.py; those that are taken are of a stranger."""
    vectors = json.loads((VECTORS / "written" / "trust.json").read_text())
    for sort, verdict in (("accepted", "undecided"), ("refused", "none")):
        cases = [(changed.files["complete"], one["text"].encode()) for one in vectors[sort]]
        found = [report["verdict"] for report in verdicts(window, cases)]
        wrong = [one["name"] for one, said in zip(vectors[sort], found, strict=True) if said != verdict]
        assert wrong == [], sort


def test_trust_that_cannot_be_used_gives_no_verdict(window, changed, tmp_path):
    known = json.loads(changed.trust["trust"])
    line, card = changed.trust["vkey"].decode(), changed.trust["card"]
    parts = values.decode(open_body(card).body)
    changes: list[dict[str, object]] = [
        {"ruleseven": "card"},
        {"name": 1},
        {"charter_sha256": "ab"},
        {"more": 1},
        {"head": {"position": 0, "hash": "ab" * 32}},
        {"head": {"position": 3}},
        {"keys": {}},
        {"keys": [{}]},
    ]
    wrong = [
        b"",
        b"Dear panel",
        b"{" * 100_000,
        b'{"ruleseven": ' + b"[" * 100_000,
        b" " * ((1 << 20) + 1),
        line.replace("+", "-").encode(),
        (line[:70] + ("1" if line[70] != "1" else "2") + line[71:]).encode(),
        card[:-1],
        card + b"\0",
        flipped(card),
        changed.files["complete"],
        sign_body(values.encode(parts | {"head": [0, bytes(32)]}), changed.id, changed.signer, b"ruleseven/card/v1\0"),
        sign_body(
            values.encode(parts | {"keys": parts["keys"][:1]}), changed.id, changed.signer, b"ruleseven/card/v1\0"
        ),
        *(json.dumps(known | change).encode() for change in changes),
        changed.trust["trust"].replace(b'"name"', b'"name": "another", "name"', 1),
    ]
    for trust, report in zip(
        wrong, verdicts(window, [(changed.files["complete"], trust) for trust in wrong]), strict=True
    ):
        assert report["verdict"] == "none", trust[:200]
        assert "What you gave under 2 cannot be used" in report["reason"]
        (tmp_path / "given").write_bytes(trust)
        with pytest.raises(RuleSevenError):
            Trust.load(tmp_path / "given")


BOMBS: dict[str, Callable[[Any], Any]] = {
    "millions of records": lambda body: body | {"records": [[]] * 2_000_000},
    "millions of values": lambda body: body | {"about": [["case", "HM-1", 1]] * 500_000},
    "nested": lambda body: body | {"records": [[[[[[[[[[]]]]]]]]]]},
    "keys out of order": lambda _: {f"\u00e9{n}": 0 for n in range(300_000, 0, -1)},
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_what_a_stranger_sends_costs_little(window, plain, bomb):
    outer = values.decode(plain.files["complete"])
    data = values.pack_trusted(outer | {"body": values.pack_trusted(bomb(plain.body("complete")))})
    assert [theirs(one) for one in verdicts(window, [(data, plain.trust["card"])])] == [("failed", 0, 0)]


def test_a_field_with_millions_of_values_fails_at_its_record(window, plain, tmp_path):
    body = plain.body("complete")
    body["records"][-1] = set_field(plain, body["records"][-1], 9, [0] * 1_100_000)
    case = (plain.resigned(body), plain.trust["card"])
    assert [theirs(one) for one in verdicts(window, [case])] == [("failed", 5, 8)] == [ours(*case, tmp_path)]


def test_what_is_too_large_or_none_of_ours_gets_no_verdict(window, plain):
    report = window.page.evaluate("() => ruleseven.verify(new Uint8Array(32 * 2 ** 20 + 1), null)")
    assert (report["verdict"], report["sha256"]) == ("none", None)
    cases: list[tuple[bytes, bytes | None]] = [
        (b"", None),
        (b"Dear panel", None),
        (plain.trust["card"], plain.trust["card"]),
        (b"ruleseven/parcel/v1\0" + bytes(20_000), plain.trust["card"]),
        (sign_body(values.encode(None), plain.id, plain.signer), plain.trust["card"]),
    ]
    reports = verdicts(window, cases)
    assert {theirs(report) for report in reports} == {("none", None, None)}
    assert "a parcel: it is sealed to one agency" in reports[3]["reason"]


def test_what_a_newer_version_made_is_undecided(window, plain):
    outer = values.decode(plain.files["complete"])
    newer = [values.encode(outer | {"format": 2}), plain.resigned(plain.body("complete") | {"format": 2})]
    assert {theirs(one) for one in verdicts(window, [(data, plain.trust["card"]) for data in newer])} == {
        ("undecided", None, None)
    }
