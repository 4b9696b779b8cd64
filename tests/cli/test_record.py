"""`record`: what each kind of line comes to, what a run comes to, and what stays when something goes wrong."""

import json

import pytest

OPEN = {"do": "CaseOpened", "case": "HM-1"}
PERSON = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "dob": "2012-03-02"}
REFUSED = {"do": "SchemeApplicationReceived", "scheme": "CS-1"}


def line(**keys):
    return json.dumps({**PERSON, **keys}).encode()


MALFORMED = {
    "not JSON": b"{",
    "not an object": b"[]",
    "a bare word": b"CaseOpened",
    "no command": b"{}",
    "an unknown command": line(do="PersonLinkd"),
    "an unknown field": line(nmae="x"),
    "a wrong type": line(roles=7),
    "a wrong type inside": line(roles=[7]),
    "a truth value for a text": line(name=True),
    "a number with a fraction": line(person_id=1.5),
    "not a number": line().replace(b'"P1"', b"NaN"),
    "a naive time": line(occurred_at="2024-02-05T09:00:00"),
    "no time at all": line(occurred_at="yesterday"),
    "an id with a space": line(person_id="P 1"),
    "an empty id": line(person_id=""),
    "an id with a control character": line(person_id="P\x07"),
    "a field given twice": line()[:-1] + b', "person_id": "P2"}',
    "two files": line(scheme="CS-1"),
    "invalid UTF-8": line().replace(b'"P1"', b'"\xff\xfe"'),
    "half a surrogate": line(name="x").replace(b'"x"', b'"\\ud800"'),
    "a control character in a text": line(name="\x1b[2J"),
    "a bidi character in a text": line(name="\u202eabc"),
    "a text that is too long": line(name="x" * 20_000),
    "a line of more than a mebibyte": line(name="x" * 1_100_000),
    "deeper than anyone can mean": b"[" * 100_000,
    "a number of thousands of digits": line().replace(b'"P1"', b"9" * 5000),
    "half a surrogate in the case": line(case="HM-1").replace(b'"HM-1"', b'"\\ud800"'),
    "half a surrogate in a key": line()[:-1] + b', "\\udfff": 1}',
    "an id with a character that does not show": line(person_id="P1\u200b"),
    "a giant key": line()[:-1] + b', "' + b"k" * 100_000 + b'": 1}',
    "a giant code": line(mode="x" * 100_000),
    **{f"{deep} deep": line().replace(b'["child"]', b"[" * deep + b"]" * deep) for deep in (700, 850, 990)},
    "deep inside a field": line().replace(b'["child"]', b"[" * 5_000 + b"]" * 5_000),
}


@pytest.mark.parametrize("bad", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_line_is_named_leaves_no_trace_and_stops_nothing(ruleseven, book, bad):
    ruleseven("-C", book, "record", stdin=[OPEN])
    outcome = ruleseven("-C", book, "record", "--json", stdin=bad + b"\n\n" + line(person_id="P9") + b"\n")
    assert outcome.code == 2, outcome
    first, second = outcome.lines
    assert first.keys() == {"line", "error"}
    assert first["line"] == 1
    assert len(first["error"]) < 300
    assert second["line"] == 3
    assert [record["position"] for record in second["records"]] == [3]
    assert outcome.err == ""


def test_what_is_stored_is_said_with_position_hash_and_kind(ruleseven, book):
    outcome = ruleseven("-C", book, "record", "--json", stdin=[OPEN])
    assert outcome.code == 0
    [stored] = outcome.lines
    assert stored["line"] == 1
    assert stored["findings"] == []
    [record] = stored["records"]
    assert record["position"] == 2
    assert record["kind"] == "case/CaseOpened/1"
    assert len(bytes.fromhex(record["hash"])) == 32
    head = f"{record['position']}:{record['hash']}"
    assert ruleseven("-C", book, "verify", "--head", head).code == 0


def test_a_refused_line_leaves_its_trace_and_exit_3(ruleseven, book):
    outcome = ruleseven("-C", book, "record", "--json", stdin=[REFUSED, OPEN])
    assert outcome.code == 3
    refused, stored = outcome.lines
    assert refused["refused"] == ["CS-01"]
    assert refused["message"]
    assert stored["records"][0]["position"] == 3  # 2 is the CommandRefused


def test_the_run_takes_the_first_of_4_2_3_0(ruleseven, book):
    named = {**OPEN, "command_id": "K-1"}
    conflict = {**PERSON, "command_id": "K-1"}
    assert ruleseven("-C", book, "record", stdin=[named, REFUSED, {"do": "Nothing"}]).code == 2
    outcome = ruleseven("-C", book, "record", "--json", stdin=[REFUSED, conflict, {"do": "Nothing"}, PERSON])
    assert outcome.code == 4
    assert [set(found) & {"refused", "error", "records"} for found in outcome.lines] == [
        {"refused"},
        {"error"},
        {"error"},
        {"records"},
    ]


def test_a_repeated_command_gives_what_was_stored(ruleseven, book):
    named = {**OPEN, "command_id": "K-1"}
    first = ruleseven("-C", book, "record", "--json", stdin=[named])
    again = ruleseven("-C", book, "record", "--json", stdin=[named])
    assert again.code == 0
    assert again.lines[0].pop("repeated") is True
    assert again.lines[0]["records"] == first.lines[0]["records"]


def test_atomic_stores_all_or_nothing_but_the_refusal(ruleseven, book):
    outcome = ruleseven("-C", book, "record", "--atomic", "--json", stdin=[OPEN, PERSON, REFUSED])
    assert outcome.code == 3
    [refused] = outcome.lines
    assert (refused["line"], refused["refused"]) == (3, ["CS-01"])
    assert "Nothing was stored" in outcome.err
    assert ruleseven("-C", book, "verify", "--json").json["records"] == 2  # genesis and CommandRefused
    outcome = ruleseven("-C", book, "record", "--atomic", "--json", stdin=[OPEN, PERSON])
    assert outcome.code == 0
    assert [found["line"] for found in outcome.lines] == [1, 2]


def test_atomic_names_the_malformed_line_and_stores_nothing(ruleseven, book):
    for bad in (b"{\n", b'{"do":"PersonLinked","case":"HM-1"}\n'):
        outcome = ruleseven("-C", book, "record", "--atomic", "--json", stdin=json.dumps(OPEN).encode() + b"\n\n" + bad)
        assert outcome.code == 2
        assert [found["line"] for found in outcome.lines] == [3]
        assert ruleseven("-C", book, "verify", "--json").json["records"] == 1


def test_people_get_sentences(ruleseven, book):
    outcome = ruleseven("-C", book, "record", stdin=[OPEN, REFUSED, {"do": "Nothing"}])
    assert outcome.out.splitlines()[0] == "line 1: stored: CaseOpened at position 2"
    assert "line 2: refused: CS-01" in outcome.out
    assert "line 3: not recorded" in outcome.out


def test_lines_come_from_a_file_too(ruleseven, book, tmp_path, plain_error):
    (tmp_path / "commands").write_text(json.dumps(OPEN))
    assert ruleseven("-C", book, "record", tmp_path / "commands").code == 0
    plain_error(ruleseven("-C", book, "record", tmp_path / "nothing"), 2)
    plain_error(ruleseven("-C", book, "record", tmp_path), 2)


def test_who_acts_comes_from_the_command_before_flags_before_settings(ruleseven, book):
    own = {**PERSON, "person_id": "P2", "actor": {"staff_ref": "OWN-1", "role": "reviewer"}}
    outcome = ruleseven("-C", book, "record", "--actor", "FLAG-1", "--json", stdin=[OPEN, own])
    assert outcome.code == 0
    chronology = ruleseven("-C", book, "case", "HM-1", "--json").json["chronology"]
    assert [entry["actor"]["staff_ref"] for entry in chronology] == ["FLAG-1", "OWN-1"]


def test_a_case_is_shown_as_far_as_it_was_known(ruleseven, book):
    late = {**PERSON, "known_at": "2024-02-06T09:00:00+00:00", "recorded_at": "2024-02-07T09:00:00+00:00"}
    early = {**OPEN, "recorded_at": "2024-02-05T09:00:00+00:00"}
    assert ruleseven("-C", book, "record", stdin=[early, late]).code == 0
    known = ("-C", book, "case", "HM-1", "--json", "--as-known-by", "HMC", "--at")
    assert len(ruleseven(*known, "2024-02-05T12:00:00Z").json["chronology"]) == 1
    assert len(ruleseven(*known, "2024-02-06T12:00:00Z").json["chronology"]) == 2
    assert ruleseven("-C", book, "case", "HM-1", "--as-known-by", "TVP", "--at", "2024-02-06T12:00:00Z").code == 2


def test_recorded_at_is_for_practice_ledgers(ruleseven, tmp_path):
    folder = tmp_path / "real"
    made = ruleseven(
        *("-C", folder, "init", "--id", "HMC", "--agency", "Harrowmere", "--kind", "local_authority"),
        *("--recovery", tmp_path / "r", "--no-passphrase"),
    )
    assert made.code == 0
    timed = {**OPEN, "recorded_at": "2024-02-05T09:00:00+00:00", "actor": {"staff_ref": "A", "role": "practitioner"}}
    outcome = ruleseven("-C", folder, "record", "--json", stdin=[timed])
    assert outcome.code == 2
    assert "practice" in outcome.lines[0]["error"]


def test_a_store_that_cannot_take_a_line_stops_the_run_and_says_what_is_stored(ruleseven, book, monkeypatch):
    from ledger import Ledger
    from ledger.errors import StorageError

    original, taken = Ledger.record, list[object]()

    def full(self, command, **kwargs):
        if taken:
            raise StorageError("There is no room left to write ledger.db. Nothing was stored; make room and try again.")
        taken.append(command)
        return original(self, command, **kwargs)

    monkeypatch.setattr(Ledger, "record", full)
    outcome = ruleseven("-C", book, "record", "--json", stdin=[OPEN, PERSON, PERSON])
    assert outcome.code == 4
    assert [set(found) - {"line"} for found in outcome.lines] == [{"records", "findings"}, {"error"}]
    assert "line 2" in outcome.err
    assert "1 line" in outcome.err


# What an act makes owed

OPENED = {**OPEN, "recorded_at": "2024-02-09T09:00:00+00:00"}
MISSING = {"do": "MissingEpisodeRecorded", "case": "HM-1", "child": "P1", "recorded_at": "2024-02-09T09:00:00+00:00"}
ASKED = {"do": "AdviceSought", "case": "HM-1", "advice_id": "AV-1", "needed_by": "2024-02-09T17:30:00+00:00"}


def test_an_act_says_what_it_makes_owed(ruleseven, book):
    outcome = ruleseven("-C", book, "record", "--json", stdin=[OPENED, MISSING])
    opened, missing = outcome.lines
    assert "owed" not in opened
    assert missing["owed"] == [
        {
            "duty": "CX-03",
            "about": ["P1"],
            "due": "2024-02-12T23:59:59+00:00",
            "by": None,
            "what": "decide what to do about the missing episode of P1",
        }
    ]


@pytest.mark.parametrize("atomic", [(), ("--atomic",)])
def test_people_are_told_until_when(ruleseven, book, atomic):
    outcome = ruleseven("-C", book, "record", *atomic, stdin=[OPENED, MISSING, ASKED])
    assert "    By Mon 12 Feb 2024: decide what to do about the missing episode of P1.\n" in outcome.out
    assert "    By Fri 9 Feb 2024 17:30: get advice AV-1, or ask somebody else.\n" in outcome.out


def test_what_a_repeated_command_made_owed_is_said_again(ruleseven, book):
    twice = {**MISSING, "command_id": "once"}
    first, second = ruleseven("-C", book, "record", "--json", stdin=[OPENED, twice, twice]).lines[1:]
    assert second["repeated"]
    assert second["owed"] == first["owed"]
