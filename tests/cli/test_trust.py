"""Whom a ledger trusts: cards taken in, taken again when they are newer, refused when they contradict, and let go."""

import json
import shutil
import stat

import pytest

AGENCIES = {"TVP": "Thornvale Police", "KYP": "Kestrel Youth Project"}


@pytest.fixture
def partner(ruleseven, tmp_path):
    """Found a practice ledger, and write its card."""

    def make(name, *more, folder=None):
        folder = folder or tmp_path / name
        words = ("--kind", "police", "--recovery", tmp_path / f"{folder.name}.recovery", "--no-passphrase", *more)
        made = ruleseven("-C", folder, "init", "--id", name, "--agency", AGENCIES[name], *words)
        assert made.code == 0, made.err
        return folder

    return make


@pytest.fixture
def tvp(partner):
    return partner("TVP", "--practice")


@pytest.fixture
def card_of(ruleseven, tmp_path):
    def write(folder, name="card"):
        path = tmp_path / f"{folder.name}.{name}"
        assert ruleseven("-C", folder, "key", "card", "--out", path).code == 0
        return path

    return write


def person(number):
    return {"do": "CaseOpened", "case": f"C-{number}", "actor": {"staff_ref": "T-1", "role": "practitioner"}}


def test_a_card_is_trusted_listed_and_let_go(ruleseven, book, tvp, card_of, plain_error):
    none = ruleseven("-C", book, "trust", "list")
    assert (none.code, none.out) == (0, "Nobody yet: trust add CARD --as NAME.\n")
    added = ruleseven("-C", book, "trust", "add", card_of(tvp), "--as", "TVP", "--json").json
    ledger = ruleseven("-C", tvp, "key", "show", "--json").json["ledger"]
    assert added == {
        "file": str(book / "trust" / "TVP.json"),
        "name": "TVP",
        "charter_sha256": added["charter_sha256"],
        "agency": "TVP",
        "updated": False,
    }
    [row] = ruleseven("-C", book, "trust", "list", "--json").json["rows"]
    head = ruleseven("-C", tvp, "verify", "--json").json["head"]
    assert row == {
        "name": "TVP",
        "agency": "TVP",
        "agency_name": "Thornvale Police",
        "ledger": ledger,
        "charter_sha256": added["charter_sha256"],
        "head": {"position": 1, "hash": head},
        "parcels": True,
    }
    for file in ("TVP.json", "TVP.card"):
        assert stat.S_IMODE((book / "trust" / file).stat().st_mode) == 0o600
    # What lies there is a trust file like any other.
    assert ruleseven("-C", tvp, "verify", "--trust", added["file"], "--json").json["trust"] == "TVP"
    assert "Thornvale Police" in ruleseven("-C", book, "trust", "list").out
    assert ruleseven("-C", book, "trust", "remove", "TVP", "--json").json == {"name": "TVP", "removed": True}
    assert list((book / "trust").iterdir()) == []
    plain_error(ruleseven("-C", book, "trust", "remove", "TVP"), 2)


def test_a_newer_card_takes_the_place_of_an_older_one(ruleseven, book, tvp, card_of, plain_error):
    old = card_of(tvp, "old")
    ruleseven("-C", book, "trust", "add", old, "--as", "TVP")
    assert ruleseven("-C", tvp, "key", "rotate").code == 0
    new = card_of(tvp, "new")
    again = ruleseven("-C", book, "trust", "add", new, "--as", "TVP", "--json")
    assert (again.code, again.json["updated"]) == (0, True)
    kept = json.loads((book / "trust" / "TVP.json").read_text())
    assert (kept["head"]["position"], [change["position"] for change in kept["keys"]]) == (2, [2])
    assert ruleseven("-C", book, "trust", "add", new, "--as", "TVP").code == 0  # the same once more
    older = ruleseven("-C", book, "trust", "add", old, "--as", "TVP")
    plain_error(older, 2)
    assert "is older than the one that is kept" in older.err
    assert json.loads((book / "trust" / "TVP.json").read_text()) == kept


def test_a_card_that_contradicts_what_was_seen_is_an_integrity_failure(
    ruleseven, book, tvp, card_of, tmp_path, plain_error
):
    shutil.copytree(tvp, tmp_path / "branch")
    for folder, number in ((tvp, 1), (tmp_path / "branch", 2)):
        assert ruleseven("-C", folder, "record", stdin=[person(number)]).code == 0
    ruleseven("-C", book, "trust", "add", card_of(tvp), "--as", "TVP")
    other = ruleseven("-C", book, "trust", "add", card_of(tmp_path / "branch"), "--as", "TVP")
    plain_error(other, 1)
    assert "contradicts the one that is kept" in other.err
    assert ruleseven("-C", tmp_path / "branch", "key", "rotate").code == 0
    assert ruleseven("-C", tvp, "record", stdin=[person(3)]).code == 0
    ruleseven("-C", book, "trust", "add", card_of(tvp), "--as", "TVP")
    assert ruleseven("-C", tmp_path / "branch", "record", stdin=[person(4)]).code == 0
    plain_error(ruleseven("-C", book, "trust", "add", card_of(tmp_path / "branch"), "--as", "TVP"), 1)


def test_names_and_agencies_are_not_mixed_up(ruleseven, book, tvp, partner, card_of, plain_error, tmp_path):
    kyp = partner("KYP", "--practice")
    ruleseven("-C", book, "trust", "add", card_of(tvp), "--as", "TVP")

    def refused(words, *, card, name):
        outcome = ruleseven("-C", book, "trust", "add", card, "--as", name)
        plain_error(outcome, 2)
        assert words in outcome.err

    refused("TVP is trusted here already, and this card is another agency's", card=card_of(kyp), name="TVP")
    refused("This agency is trusted here already, as TVP", card=card_of(tvp), name="police")
    refused("This is this ledger's own card", card=card_of(book), name="HMC")
    refused("--as names a file too", card=card_of(kyp), name="../KYP")
    real = partner("KYP", folder=tmp_path / "real")
    refused("A practice ledger trusts practice ledgers", card=card_of(real), name="KYP")
    (tmp_path / "letter").write_text("Dear all")
    refused("letter is no agency's card: it is nothing that RuleSeven writes", card=tmp_path / "letter", name="X")
    (tmp_path / "large").write_bytes(bytes((1 << 20) + 1))
    refused("too large", card=tmp_path / "large", name="X")
    told = ruleseven("-C", book, "trust", "add", card_of(kyp), "--as", "mentors")
    assert told.code == 0
    assert "It calls itself KYP; here it is mentors" in told.out
    assert [r["name"] for r in ruleseven("-C", book, "trust", "list", "--json").json["rows"]] == ["TVP", "mentors"]


@pytest.mark.parametrize("suffix", ["json", "card"])
@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda _: b"", lambda data: data[::-1], None])
def test_a_damaged_entry_names_itself_and_can_be_made_again(ruleseven, book, tvp, card_of, plain_error, suffix, damage):
    card = card_of(tvp)
    ruleseven("-C", book, "trust", "add", card, "--as", "TVP")
    file = book / "trust" / f"TVP.{suffix}"
    if damage is None and suffix == "card":
        file.unlink()
    elif damage is None:
        file.write_text(file.read_text().replace('"TVP"', '"KYP"'))
    else:
        file.write_bytes(damage(file.read_bytes()))
    outcome = ruleseven("-C", book, "trust", "list")
    plain_error(outcome, outcome.code)
    assert outcome.code in (1, 2)
    assert "TVP" in outcome.err
    assert ruleseven("-C", book, "trust", "remove", "TVP").code == 0
    assert ruleseven("-C", book, "trust", "add", card, "--as", "TVP").code == 0


def test_elsewhere_and_with_out_it_is_a_file_of_its_own(ruleseven, book, tvp, card_of, tmp_path):
    card = card_of(tvp)
    for words in ((), ("-C", book)):
        out = tmp_path / f"{len(words)}.json"
        assert ruleseven(*words, "trust", "add", card, "--as", "TVP", "--out", out, "--json").json["file"] == str(out)
    assert not (book / "trust").exists()
    assert "no-settings" in ruleseven("trust", "add", card, "--as", "TVP", "--json").json["file"]


def test_a_card_without_a_key_for_parcels_says_so(ruleseven, book, tvp, tmp_path):
    (tvp / "vault.db").rename(tmp_path / "vault.db")
    made = ruleseven("-C", tvp, "key", "card", "--out", tmp_path / "card")
    assert made.code == 0
    assert "nobody can seal parcels to you" in made.err
    assert ruleseven("-C", tvp, "key", "card", "--out", tmp_path / "card", "--json").json["parcels"] is False
    ruleseven("-C", book, "trust", "add", tmp_path / "card", "--as", "TVP")
    assert ruleseven("-C", book, "trust", "list", "--json").json["rows"][0]["parcels"] is False
    assert "no key" in ruleseven("-C", book, "trust", "list").out
