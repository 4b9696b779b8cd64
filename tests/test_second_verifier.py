"""The verifier that has nothing of ours, written from docs/format.md: it says what ours says of the same record."""

import ast
import io
import json
import re
import runpy
import subprocess
import sys
import tokenize
import tracemalloc
import types
from pathlib import Path

import pytest
from altered import CASES, extracts_of_each_mode
from cryptography.exceptions import InvalidSignature
from msgpack import UnpackException  # type: ignore[import-untyped, unused-ignore]
from support import ACTOR, fill, found, person

from ledger import (
    About,
    Choice,
    Purpose,
    Shown,
    Trust,
    check_extract,
    create_extract,
    make_card,
    read_card,
    recover_key,
    rotate_key,
)
from ledger.errors import ForeignFile
from ledger.proof import values
from ledger.proof.checkpoint import origin
from ledger.proof.envelope import open_body, sign_body
from ledger.proof.keys import parse_vkey, vkey
from ledger.proof.record import signed_message

FILE = Path(__file__).parent.parent / "docs" / "verify_extract.py"
second = types.SimpleNamespace(**runpy.run_path(str(FILE), run_name="verify_extract"))
TRUSTS = json.loads((Path(__file__).parent / "vectors" / "written" / "trust.json").read_text())

LONGEST = 259  # lines of code: what a reader has to read before trusting it
CASE = About("case", "HM-1")
COURT = Purpose("Harrowmere Family Court", "court_order", "6(c)", "ordered on 2 March", "OFFICIAL-SENSITIVE")
MODES = ("complete", "selective", "statement")
WRONG = (second.Verdict, ValueError, IndexError, TypeError, InvalidSignature, UnpackException)
CODES = {"verified": 0, "failed": 1, "undecided": 5}


def single(ledger):
    fill(ledger, 6)


def rotated(ledger):
    fill(ledger, 5)
    rotate_key(ledger)
    ledger.record(person(60), actor=ACTOR)


def recovered(ledger):
    rotated(ledger)
    recover_key(ledger, ledger.folder.path.parent / "hmc.recovery", 4, new_mldsa=True, reason="stolen", actor=ACTOR)
    ledger.record(person(61), actor=ACTOR)


def erased(ledger):
    fill(ledger, 6)
    ledger.erase("person", "P0", reason="asked for", authority="the DPO", actor=ACTOR)


def chosen(ledger, mode):
    """The case whole; or two of its records, a field of each withheld."""
    readings = list(ledger.readings(about=CASE))
    if mode == "complete":
        return Choice(((CASE.type, CASE.id),), tuple(Shown(reading) for reading in readings))
    return Choice((("person", "P1"),), tuple(Shown(reading, {11: "third_party"}) for reading in readings[1:3]))


class Given:
    """A ledger, an extract of its case, and each kind of trust in it."""

    def __init__(self, folder, history, mode="complete", *, practice=True):
        self.folder = folder
        with found(folder / "hmc", practice=practice) as ledger:
            history(ledger)
            create_extract(ledger, chosen(ledger, mode), COURT, mode=mode, out=folder / "case.r7x", actor=ACTOR)
            self.id, self.signer, self.practice = ledger.id, ledger.signer, practice
            self.recovery = ledger.keyring.signer_in((folder / "hmc.recovery").read_bytes())
            (folder / "card").write_bytes(make_card(ledger))
            (folder / "trust").write_text(read_card(make_card(ledger)).trust("HMC").to_json())
            (folder / "vkey").write_text(ledger.vkey + "\n")
        self.data = (folder / "case.r7x").read_bytes()
        self.trust = Trust.load(folder / "card")

    def ours(self, data, trust="trust"):
        """Exit code and first bad position of `ruleseven extract verify`."""
        try:
            report = check_extract(data, Trust.load(self.folder / trust))
        except ForeignFile:
            return 2, 0
        return CODES[report.verdict], report.first_bad[0] if report.first_bad and report.verdict == "failed" else 0

    def theirs(self, data, trust="trust"):
        (self.folder / "given").write_bytes(data)
        code, said = second.main([str(self.folder / "given"), str(self.folder / trust)])
        where = re.match(r"Failed at record (\d+), step \d: .", said, re.DOTALL)
        assert (where is not None) == (code == 1), said
        return code, int(where.group(1)) if where else 0

    def body(self):
        return values.decode(open_body(self.data).body)

    def resigned(self, body):
        return sign_body(values.encode(body), self.id, self.signer)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return Given(tmp_path_factory.mktemp("second"), single)


@pytest.fixture(scope="module", params=MODES)
def each(request, tmp_path_factory):
    """An extract of each mode, after a rotation and a recovery."""
    return Given(tmp_path_factory.mktemp("second"), recovered, request.param)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """After a rotation and a recovery."""
    return Given(tmp_path_factory.mktemp("second"), recovered)


@pytest.mark.parametrize("practice", [True, False])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("history", [single, rotated, recovered, erased])
def test_what_is_whole_verifies_by_trust_file_and_vkey(tmp_path, history, mode, practice):
    given = Given(tmp_path, history, mode, practice=practice)
    report = check_extract(given.data, given.trust)
    if mode == "complete":
        assert (report.disputed > 0, report.withheld > 0) == (history is recovered, history is erased)
    for trust in ("trust", "vkey"):
        assert given.ours(given.data, trust) == (0, 0)
        code, said = second.main([str(tmp_path / "case.r7x"), str(tmp_path / trust)])
        assert code == 0, said
        assert said.startswith(f"Verified: {report.records} records of Harrowmere City Council, {mode}; ")
        assert f"withheld: {report.withheld}; records disputed: {report.disputed}." in said
        assert ("PRACTICE" in said) == practice


def test_every_flipped_byte_is_refused_alike(each):
    """Each byte of the beginning, of one record and of the end; others by steps."""
    first = values.encode(each.body()["records"][0])
    start = each.data.index(first)
    every = {*range(64), *range(start, start + len(first), 2), *range(0, len(each.data), 29)}
    every |= set(range(len(each.data) - 160, len(each.data)))
    seen = set()
    for at in sorted(every):
        data = each.data[:at] + bytes([each.data[at] ^ (1 << (at % 8))]) + each.data[at + 1 :]
        found = each.theirs(data)
        assert found == each.ours(data), at
        seen.add(found[0])
    assert {1, 2} <= seen <= {1, 2, 5}  # undecided: a newer format, another ledger


@pytest.mark.parametrize("first", [0x00, 0x0A, 0x7F, 0x84, 0x86, 0x90, 0xDE])
def test_what_does_not_open_a_map_is_no_extract(given, first):
    data = bytes([first]) + given.data[1:]
    assert given.theirs(data) == given.ours(data) == ((1, 0) if first >> 4 == 8 else (2, 0))


def test_what_is_cut_short_is_refused_alike(each):
    for size in [*range(40), *range(40, len(each.data), 197), len(each.data) - 1]:
        assert each.theirs(each.data[:size]) == each.ours(each.data[:size])
        assert each.theirs(each.data[:size])[0] in (1, 2)
    assert each.theirs(each.data + b"\0") == each.ours(each.data + b"\0") == (1, 0)


def forged(given, entry, signer=None, **parts):
    """The record with some bytes of its header replaced, and a true signature."""
    header = bytearray(entry[0][:129])
    for at, new in parts.values():
        header[at : at + len(new)] = new
    signer = signer or given.signer
    header[65:97] = signer.key_id
    return [bytes(header) + signer.sign(signed_message(bytes(header), given.practice)), *entry[1:]]


def swap_an_opening(given, body):
    body["records"][2][1][11] = body["records"][3][1][11]


def flip_a_signature(given, body):
    record = body["records"][2][0]
    body["records"][2][0] = record[:-1] + bytes([record[-1] ^ 1])


def break_the_chain(given, body):
    body["records"][2] = forged(given, body["records"][2], previous=(25, bytes(32)))


def another_hour(given, body):
    body["records"][-1] = forged(given, body["records"][-1], hour=(57, bytes(8)))


def sign_with_the_recovery_key(given, body):
    body["records"][1] = forged(given, body["records"][1], given.recovery)


def flip_the_checkpoint(at):
    def change(given, body):
        data = bytearray(body["checkpoint"])
        data[at] = data[at] ^ 1 if at >= 0 else ord("A") + (data[at] == ord("A"))
        body["checkpoint"] = bytes(data)

    return change


def flip_the_first_signature(given, body):
    lines = body["checkpoint"].split(b"\n")
    lines[4] = lines[4][:-10] + (b"B" if lines[4][-10:-9] == b"A" else b"A") + lines[4][-9:]
    body["checkpoint"] = b"\n".join(lines)


ALTERED = {
    "an opening swapped": (swap_an_opening, 4),
    "a record dropped": (lambda _, body: body["records"].pop(2), 5),
    "the first dropped": (lambda _, body: body["records"].pop(0), 3),
    "the last dropped, a version missing at the end": (lambda _, body: body["records"].pop(), 5),
    "all dropped": (lambda _, body: body["records"].clear(), 0),
    "two records swapped": (lambda _, body: body["records"].reverse(), 6),
    "a record twice": (lambda _, body: body["records"].insert(2, body["records"][1]), 3),
    "the genesis among them": (lambda _, body: body["records"].insert(0, body["genesis"]), 1),
    "a field withheld in silence": (lambda _, body: body["records"][2][1].__setitem__(11, b"\0" + bytes(32)), 4),
    "a ciphertext's hash": (lambda _, body: body["records"][2].__setitem__(2, [bytes(32)]), 4),
    "a field listed that is open": (lambda _, body: body["withheld"].append([6, 11, "third party"]), 6),
    "a field listed of no record": (lambda _, body: body["withheld"].append([99, 11, "third party"]), 99),
    "a reason left out": (lambda _, body: body["withheld"].append([6, 11, ""]), 0),
    "a forged signature": (flip_a_signature, 4),
    "a record that follows no other": (break_the_chain, 4),
    "another hour": (another_hour, 6),
    "the recovery key": (sign_with_the_recovery_key, 3),
    "another head": (lambda _, body: body.update(head=bytes(32)), 6),
    "no head": (lambda _, body: body.update(head=b""), 0),
    "a hash of the proof": (lambda _, body: body.update(proof=[bytes(32)]), 0),
    "a hash too many": (lambda _, body: body["proof"].append(bytes(32)), 0),
    "a checkpoint of another log": (flip_the_checkpoint(20), 0),
    "another root": (flip_the_checkpoint(60), 0),
    "a stripped signature": (
        lambda _, body: body.update(checkpoint=b"\n".join(body["checkpoint"].split(b"\n")[:5]) + b"\n"),
        0,
    ),
    "no ML-DSA-44 signature": (flip_the_checkpoint(-40), 0),
    "no Ed25519 signature": (flip_the_first_signature, 0),
    "other versions": (lambda _, body: body["about"][0].__setitem__(2, 6), 6),
    "about nothing": (lambda _, body: body["about"].clear(), 0),
    "about another case": (lambda _, body: body["about"][0].__setitem__(1, "HM-2"), 2),
    "another mode": (lambda _, body: body.update(mode="selective"), 0),
    "a statement": (lambda _, body: body.update(mode="statement"), 0),
    "practice denied": (lambda _, body: body.update(practice=False), 0),
    "a part more": (lambda _, body: body.update(more=1), 0),
    "no records at all": (lambda _, body: body.update(records=None), 0),
    "a record that is none": (lambda _, body: body["records"].__setitem__(2, None), 4),
    "a genesis that is none": (lambda _, body: body.update(genesis=body["records"][0]), 0),
    "a genesis without its charter": (lambda _, body: body["genesis"][1].__setitem__(9, b"\0" + bytes(32)), 0),
}


@pytest.mark.parametrize(("change", "position"), ALTERED.values(), ids=ALTERED.keys())
def test_what_the_agency_altered_and_signed_is_named_alike(given, change, position):
    body = given.body()
    change(given, body)
    data = given.resigned(body)
    assert given.theirs(data) == given.ours(data) == (1, position)


SELECTIVE = {
    "an opening swapped": (lambda body: body["records"][0][1].__setitem__(10, body["records"][1][1][10]), 3),
    "another proof": (lambda body: body["proof"].reverse(), 0),
    "a record of the ledger that is not proved": (lambda body: body["records"].pop(), 4),
    "its kind withheld": (lambda body: body["records"][1][1].__setitem__(0, b"\0" + bytes(32)), 4),
    "versions": (lambda body: body["about"][0].__setitem__(2, 1), 0),
}


@pytest.mark.parametrize(("change", "position"), SELECTIVE.values(), ids=SELECTIVE.keys())
def test_a_selective_extract_that_was_altered_is_named_alike(tmp_path, change, position):
    given = Given(tmp_path, single, "selective")
    body = given.body()
    change(body)
    data = given.resigned(body)
    assert given.theirs(data) == given.ours(data) == (1, position)


STATED = {
    "a place in its stream": (lambda body: body["records"][0].insert(1, [1, body["records"][0][0][1]]), 1),
    "a field twice": (lambda body: body["records"][1].insert(1, body["records"][1][0]), 2),
    "no kind": (lambda body: body["records"][1].pop(0), 2),
    "no field": (lambda body: body["records"].__setitem__(1, []), 2),
    "another salt's size": (lambda body: body["records"][0][0].__setitem__(1, b"\x92\xc4\x0f" + bytes(16)), 1),
    "not bytes": (lambda body: body["records"][0][0].__setitem__(1, 7), 1),
    "a field that is shown": (lambda body: body["withheld"].insert(0, [1, 0, "third_party"]), 1),
    "a field of no record": (lambda body: body["withheld"].append([3, 11, "third_party"]), 3),
    "a checkpoint": (lambda body: body.update(checkpoint=b"x"), 0),
    "a proof": (lambda body: body["proof"].append(bytes(32)), 0),
    "versions": (lambda body: body["about"][0].__setitem__(2, 1), 0),
}


@pytest.mark.parametrize(("change", "position"), STATED.values(), ids=STATED.keys())
def test_a_statement_that_was_altered_is_named_alike(tmp_path, change, position):
    given = Given(tmp_path, single, "statement")
    body = given.body()
    change(body)
    data = given.resigned(body)
    assert given.theirs(data) == given.ours(data) == (1, position)


KEYS = {
    "the rotation dropped": (lambda keys: keys.pop(0), 7),
    "the recovery dropped": (lambda keys: keys.pop(), 0),
    "all dropped": (lambda keys: keys.clear(), 0),
    "the wrong order": (lambda keys: keys.reverse(), 6),
    "the same twice": (lambda keys: keys.__setitem__(0, keys[1]), 8),
    "the key withheld": (lambda keys: keys[0][1].__setitem__(9, b"\0" + bytes(32)), 6),
    "a forged signature": (lambda keys: keys[0].__setitem__(0, keys[0][0][:-1] + bytes([keys[0][0][-1] ^ 1])), 6),
    "no record": (lambda keys: keys.__setitem__(0, [b"", [], []]), 2),
    "nothing": (lambda keys: keys.__setitem__(1, None), 7),
}


@pytest.mark.parametrize(("change", "position"), KEYS.values(), ids=KEYS.keys())
def test_a_history_of_keys_that_was_altered_is_named_alike(changed, change, position):
    body = changed.body()
    change(body["keys"])
    data = changed.resigned(body)
    code = changed.theirs(data, "vkey")
    assert code == changed.ours(data, "vkey")
    assert code[0] in (1, 5)  # undecided: the key of this vkey is none of those that the extract shows
    assert changed.theirs(data, "trust") == changed.ours(data, "trust") == (1, position)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with extracts_of_each_mode(tmp_path_factory.mktemp("altered")) as made:
        yield made


# Who knows more kinds than the format lists may hold more records to their number of fields: ours does.
OURS_ALONE = {"complete, a kind with another number of fields"}


@pytest.mark.parametrize("mode", MODES)
def test_whatever_the_agency_alters_and_signs_is_bad_at_the_same_record(made, mode, tmp_path):
    """Every alteration that ours is tested with, each at the position and step that the format names."""
    (tmp_path / "trust").write_text(made.trust.to_json())
    differ = []
    for name, of, change, where in CASES:
        if of == mode:
            body = made.body(mode)
            change(made, body)
            (tmp_path / "given").write_bytes(made.signed(body))
            code, said = second.main([str(tmp_path / "given"), str(tmp_path / "trust")])
            if not said.startswith(f"Failed at record {where[0]}, step {where[1]}: "):
                differ.append((name, where, said))
            assert code == 1, (name, said)
    assert {name for name, *_ in differ} == OURS_ALONE & {name for name, of, *_ in CASES if of == mode}, differ


def test_whoever_names_another_key_than_the_one_that_signed_is_refused(given):
    """The signature is the true key's, over the id of another."""
    other = types.SimpleNamespace(key_id=bytes(32), sign=given.signer.sign)
    data = sign_body(values.encode(given.body()), given.id, other)
    assert given.theirs(data) == given.ours(data) == (1, 0)


def test_what_is_undecided(given, tmp_path):
    outer = values.decode(given.data)
    newer = values.encode(outer | {"format": 2})
    assert given.theirs(newer) == given.ours(newer) == (5, 0)
    inner = given.resigned(given.body() | {"format": 2})
    assert given.theirs(inner) == given.ours(inner) == (5, 0)
    other = Given(tmp_path, single)
    for trust in ("trust", "vkey"):
        assert other.theirs(given.data, trust) == other.ours(given.data, trust) == (5, 0)
        _, said = second.main([str(other.folder / "given"), str(other.folder / trust)])
        assert "Harrowmere City Council" in said


@pytest.mark.parametrize("practice", [True, False])
def test_a_vkey_says_whether_its_ledger_is_for_practice(tmp_path, practice):
    given = Given(tmp_path, single, practice=practice)
    wrong = vkey(origin(given.id, practice=not practice), parse_vkey((tmp_path / "vkey").read_text().strip())[2])
    (tmp_path / "wrong").write_text(f"{wrong}\n")
    assert given.theirs(given.data, "vkey") == given.ours(given.data, "vkey") == (0, 0)
    assert given.theirs(given.data, "wrong") == given.ours(given.data, "wrong") == (5, 0)


@pytest.mark.parametrize("position", [1, 3, 6])
def test_a_head_that_is_known_is_held_against_it(given, position):
    text = (given.folder / "trust").read_text()
    known = Trust.load(given.folder / "trust").head
    assert known is not None
    text = text.replace(f'"position": {known[0]}', f'"position": {position}').replace(known[1].hex(), "ab" * 32)
    (given.folder / "other").write_text(text)
    assert given.theirs(given.data, "other") == given.ours(given.data, "other") == (1, position)


def test_keys_that_are_known_are_held_against_it(given, changed):
    """A thief's extract from before the rotation; and one from before a recovery, which then counts as disputed."""
    text = (changed.folder / "trust").read_text()
    (changed.folder / "other").write_text(text.replace('"position": 6', '"position": 5'))
    assert changed.theirs(changed.data, "other") == changed.ours(changed.data, "other") == (1, 5)
    (changed.folder / "more").write_text(text.replace('"distrust_from": 4', '"distrust_from": 3'))
    assert changed.theirs(changed.data, "more") == changed.ours(changed.data, "more")


def test_what_is_no_extract_and_no_trust_is_exit_2(given, tmp_path):
    (tmp_path / "letter").write_text("Dear panel")
    (tmp_path / "deep").write_text('{"ruleseven": ' + "[" * 100_000)
    file, card, letter = (str(one) for one in (given.folder / "case.r7x", given.folder / "trust", tmp_path / "letter"))
    for words in ([], [file], [file, card, card], [letter, card], [card, card], [file, letter], [file, file]):
        assert second.main(words)[0] == 2, words
    for words in ([str(tmp_path / "none"), card], [str(tmp_path), card], [file, str(tmp_path / "deep")]):
        assert second.main(words)[0] == 2, words


@pytest.mark.parametrize("kind", ["accepted", "refused"])
def test_it_takes_the_trust_files_that_can_be_used_and_no_other(given, tmp_path, kind):
    """What names another charter leaves it undecided; what cannot be used is no trust."""
    for one in TRUSTS[kind]:
        (tmp_path / "trust").write_text(one["text"], encoding="utf-8")
        code, said = second.main([str(given.folder / "case.r7x"), str(tmp_path / "trust")])
        assert code == (5 if kind == "accepted" else 2), (one["name"], said)


def last_line(change):
    """The checkpoint with another last line, which is a signature's."""

    def changed(body):
        *lines, line, end = body["checkpoint"].split(b"\n")
        body["checkpoint"] = b"\n".join([*lines, change(line), end])

    return changed


LINES = {
    "no base64": last_line(lambda line: line[:-1] + b"!"),
    "no base64, of another's": last_line(lambda line: line + b"\n\xe2\x80\x94 other A"),
    "base64 with bits left over": last_line(lambda line: line + b"\n\xe2\x80\x94 other AAAAAAB="),
    "no signature": last_line(lambda line: line + b"\n\xe2\x80\x94 other AAAAAA=="),
    "a control character": last_line(lambda line: line + b"\n\xe2\x80\x94 o\x01r AAAAAAA="),
}


@pytest.mark.parametrize("change", LINES.values(), ids=LINES.keys())
def test_a_note_that_does_not_read_is_no_checkpoint(given, change):
    """Before anything is said of the signature of the file, which does not hold here either."""
    body = given.body()
    change(body)
    outer = values.decode(given.data)
    report = check_extract(data := values.encode(outer | {"body": values.encode(body)}), given.trust)
    assert (report.first_bad or ())[:2] == (0, 9)
    assert given.theirs(data) == (1, 0)
    _, said = second.main([str(given.folder / "given"), str(given.folder / "trust")])
    assert said.startswith("Failed at record 0, step 9")


def test_a_stranger_s_line_may_hold_any_other_character(given):
    body = given.body()
    last_line(lambda line: line + b"\n\xe2\x80\x94 o\x7fr AAAAAAA=")(body)
    data = given.resigned(body)
    assert given.theirs(data) == given.ours(data) == (0, 0)


def test_weak_keys_are_refused():
    keys = json.loads((Path(__file__).parent / "vectors" / "keys.json").read_text())
    assert len(keys["refused"]) > 10
    for one in keys["refused"]:
        with pytest.raises(second.Verdict):
            second.check(bytes.fromhex(one["hex"]), bytes(64), b"")
    for one in keys["keys"]:
        with pytest.raises(InvalidSignature):
            second.check(bytes.fromhex(one["public"]), bytes(64), b"")


def test_values_have_one_encoding():
    vectors = json.loads((Path(__file__).parent / "vectors" / "values.json").read_text())
    assert vectors["invalid"]
    for one in vectors["invalid"]:
        with pytest.raises(WRONG):
            second.decode(bytes.fromhex(one["hex"]))


BOMBS = {
    "sixteen million": {"records": [[]] * 16_000_000},
    "a million keys out of order": {"given": {f"\u00e9{n}": "" for n in range(500_000, 0, -1)}},
    "many arrays": {"records": [[[]] * 1_000_000] * 8},
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_what_a_stranger_sends_costs_little(given, bomb):
    data = values.pack_trusted(values.decode(given.data) | {"body": values.pack_trusted(given.body() | bomb)})
    (given.folder / "given").write_bytes(data)
    tracemalloc.start()
    code, _ = second.main([str(given.folder / "given"), str(given.folder / "trust")])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == 1
    assert peak < 300 << 20


def test_it_runs_by_itself(given):
    """As a partner runs it, in a folder that has nothing of ours: the code, one verdict on stdout, no traceback."""
    words = [sys.executable, "-I", str(FILE), str(given.folder / "case.r7x"), str(given.folder / "trust")]
    whole = subprocess.run(words, capture_output=True, text=True, check=False, cwd=given.folder)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.startswith("Verified: 5 records of Harrowmere City Council")
    (given.folder / "given").write_bytes(given.data[:-1])
    words[3] = str(given.folder / "given")
    cut = subprocess.run(words, capture_output=True, text=True, check=False, cwd=given.folder)
    assert (cut.returncode, cut.stderr) == (1, "")
    assert cut.stdout.startswith("Failed")
    assert subprocess.run(words[:3], capture_output=True, text=True, check=False).returncode == 2


def lines_of_code(text):
    """Those that are not blank, and hold more than a comment or a docstring."""
    told = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            told |= {*range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)}
    blank = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    read = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in blank]
    return len({line for token in read for line in range(token.start[0], token.end[0] + 1)} - told)


def test_it_is_short_and_needs_nothing_of_ours():
    text = FILE.read_text()
    assert lines_of_code(text) <= LONGEST
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported - sys.stdlib_module_names == {"cryptography", "msgpack"}
    assert not imported & {"importlib", "runpy", "subprocess"}
