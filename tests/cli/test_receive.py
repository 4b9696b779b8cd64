"""Two agencies exchange a notice and a receipt, each with nothing but its own ledger, the other's card and files."""

import shutil

import exchange
import pytest

PROVIDED = ("--actor", "HMC-7", "--role", "practitioner")
SENT = ("--actor", "TVP-7", "--role", "practitioner")
REASON = (
    "--reasons",
    "notice of what was disclosed",
    "--marking",
    "OFFICIAL-SENSITIVE",
    "--purpose",
    "prevent_detect_crime",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return exchange.played(tmp_path_factory.mktemp("played"))


@pytest.fixture
def pair(played, tmp_path, ruleseven):
    """The two ledgers; each has the other's card, and trusts it."""
    for name in exchange.WHO:
        shutil.copytree(played / name, tmp_path / name)
        assert ruleseven("-C", tmp_path / name, "key", "card", "--out", tmp_path / f"{name}.card").code == 0
    for name, other in (exchange.WHO, exchange.WHO[::-1]):
        assert ruleseven("-C", tmp_path / name, "trust", "add", tmp_path / f"{other}.card", "--as", other).code == 0
    return tmp_path


@pytest.fixture
def notice(pair, ruleseven):
    """X-2 as the police tell it to the council, sealed to its card."""
    made = ruleseven(
        *("-C", pair / "TVP", "extract", "create", "--disclosure", "X-2", "--to", "HMC", *REASON, *SENT),
        *("--for", pair / "TVP" / "trust" / "HMC.card", "--parcel", "--out", pair / "X-2.parcel", "--json"),
    )
    assert made.code == 0, made.err
    return pair / "X-2.parcel"


def test_a_disclosure_a_notice_a_receipt_and_its_confirmation(pair, notice, ruleseven):
    before = ruleseven("-C", pair / "TVP", "view", "receipts", "--json").json
    assert [row["disclosure"] for row in before["missing"]] == ["X-2"]
    received = ruleseven(
        "-C", pair / "HMC", "receive", notice, "--case", "HM-0147", "--receipt", "R-2", *PROVIDED, "--json"
    )
    assert received.code == 0, received.err
    found = received.json
    sent = [
        r
        for r in ruleseven("-C", pair / "TVP", "view", "disclosures", "--json").json["rows"]
        if r["disclosure"] == "X-2"
    ]
    assert (found["line"], found["received"], found["from"], found["lost"]) == (1, "notice", "TVP", [])
    assert found["records"][0]["kind"] == "case/DisclosureReceived/1"
    assert [f["rule"] for f in found["findings"]] == ["CX-01"]
    [row] = ruleseven("-C", pair / "HMC", "view", "receipts", "--json").json["rows"]
    assert (row["receipt"], row["disclosure"], row["from"], row["mismatches"]) == ("R-2", "X-2", "TVP", [])
    assert [limit["code"] for limit in row["restrictions"]] == ["NOT_TO_SERVICE_USER"]
    assert row["hash"] == found["records"][0]["hash"]
    back = ruleseven(
        *("-C", pair / "HMC", "extract", "create", "--receipt", "R-2", "--to", "TVP", *REASON, *PROVIDED),
        *("--basis", "6(e)", "--how", "secure_file_transfer"),
        *("--for", pair / "TVP.card", "--parcel", "--out", pair / "R-2.parcel", "--json"),
    )
    assert back.code == 0, back
    confirmed = ruleseven("-C", pair / "TVP", "receive", pair / "R-2.parcel", *SENT, "--json")
    assert confirmed.code == 0, confirmed
    assert (confirmed.json["received"], confirmed.json["from"]) == ("receipt", "HMC")
    after = ruleseven("-C", pair / "TVP", "view", "receipts", "--json").json
    assert after["missing"] == []
    assert (after["totals"]["asked_for"], after["totals"]["confirmed"], after["totals"]["confirmed_late"]) == (1, 1, 0)
    assert len(sent) == 1
    for name in exchange.WHO:
        assert ruleseven("-C", pair / name, "verify", "--every-signature", "--json").json["verdict"] == "verified"


def test_the_same_twice_is_told_and_recorded_once(pair, notice, ruleseven):
    take = ("-C", pair / "HMC", "receive", notice, "--case", "HM-0147", *PROVIDED)
    first = ruleseven(*take)
    assert first.code == 0
    assert first.out.startswith("A notice of a disclosure, signed by TVP, whom you trust.\n")
    assert "stored: DisclosureReceived at position 35" in first.out
    again = ruleseven(*take)
    assert again.code == 0
    assert "It was received before, and is recorded in case HM-0147 at position 35." in again.out
    told = ruleseven(*take, "--json").json
    assert (told["repeated"], [record["position"] for record in told["records"]]) == (True, [35])
    assert ruleseven("-C", pair / "HMC", "verify", "--json").json["records"] == 36


def test_a_card_that_was_taken_for_another_seals_nothing(pair, notice, ruleseven, plain_error):
    """A notice goes to whom the disclosure was made, a receipt to whoever disclosed, and nothing to oneself."""
    out, create = pair / "wrong", ("extract", "create", "--parcel", "--out", pair / "wrong")
    told = ("-C", pair / "TVP", *create, "--disclosure", "X-2", "--to", "HMC", *REASON, *SENT)
    own = ruleseven(*told, "--for", pair / "TVP.card")
    plain_error(own, 2)
    assert "--for is the card of this ledger itself" in own.err
    bha = pair / "BHA"
    init = ("init", "--practice", "--id", "BHA", "--agency", "Bellwether Academy", "--kind", "school_or_college")
    assert ruleseven("-C", bha, *init, "--recovery", pair / "bha.rec", *PROVIDED).code == 0
    assert ruleseven("-C", bha, "key", "card", "--out", pair / "BHA.card").code == 0
    other = ruleseven(*told, "--for", pair / "BHA.card")
    plain_error(other, 2)
    assert "--for is the card of 'Bellwether Academy', and not of HMC" in other.err
    assert (
        ruleseven("-C", pair / "HMC", "receive", notice, "--case", "HM-0147", "--receipt", "R-2", *PROVIDED).code == 0
    )
    back = ("-C", pair / "HMC", *create, "--receipt", "R-2", *REASON, *PROVIDED, "--basis", "6(e)")
    wrong = ruleseven(*back, "--to", "BHA", "--for", pair / "BHA.card", "--how", "secure_file_transfer")
    plain_error(wrong, 2)
    assert "--for is the card of 'Bellwether Academy', and not of TVP" in wrong.err
    case = ("-C", pair / "HMC", *create, "--case", "HM-0147", *REASON, *PROVIDED, "--basis", "6(e)")
    known = ruleseven(*case, "--to", "tvp", "--for", pair / "BHA.card", "--how", "secure_file_transfer")
    plain_error(known, 2)
    assert "--for is the card of 'Bellwether Academy', and --to names tvp" in known.err
    assert not out.exists()
    words = ("--disclosure", "X-2", "--to", "HMC", *REASON, *SENT)
    open_ = ruleseven("-C", pair / "TVP", "extract", "create", *words, "--out", pair / "open.r7x")
    assert (open_.code, "It is for no ledger by name" in open_.out) == (0, True)


def test_each_reason_to_take_nothing_has_its_exit_code(pair, notice, ruleseven, plain_error):
    take = ("-C", pair / "HMC", "receive", *PROVIDED, "--case", "HM-0147")
    whole = notice.read_bytes()
    elsewhere = ruleseven("-C", pair / "TVP", "receive", notice)
    plain_error(elsewhere, 2)
    assert "for another ledger" in elsewhere.err
    cut, longer, newer = whole[:-1], whole[:-1] + b"\0", b"ruleseven/parcel/v7\0"
    other_key = whole[:36] + bytes(8) + whole[44:]
    damaged = [(cut, 1), (whole[:900], 1), (longer, 1), (whole + whole, 1), (newer, 5), (other_key, 5)]
    damaged += [(b"", 2), (whole[:12], 2), (bytes(20_000), 2)]
    for number, (data, code) in enumerate(damaged):
        (pair / "damaged").write_bytes(data)
        outcome = ruleseven(*take, pair / "damaged")
        assert outcome.code == code, (number, outcome)
        plain_error(outcome, code)
    nobody = ruleseven("-C", pair / "HMC", "receive", notice, *PROVIDED)
    plain_error(nobody, 2)
    assert "--case C" in nobody.err
    plain_error(ruleseven(*take[:-1], "HM-9999", notice), 2)
    assert ruleseven("-C", pair / "HMC", "trust", "remove", "TVP").code == 0
    stranger = ruleseven(*take, notice)
    plain_error(stranger, 5)
    assert "signed by 'Thornvale Police', whom you have not said you trust" in stranger.err
    (pair / "HMC" / "vault.db").rename(pair / "vault.db")
    plain_error(ruleseven(*take, notice), 5)
    assert ruleseven("-C", pair / "HMC", "verify", "--json").json["records"] == 34


def test_a_refusal_says_which_rule(pair, notice, ruleseven):
    outcome = ruleseven("-C", pair / "HMC", "receive", notice, "--case", "HM-0147", "--json")
    assert outcome.code == 3
    assert outcome.json["refused"] == ["ST-06"]


def test_on_a_terminal_the_case_is_asked_for(pair, notice, typing):
    outcome = typing("-C", pair / "HMC", "receive", notice, *PROVIDED, typed=["HM-0147"])
    assert outcome.code == 0
    assert "stored: DisclosureReceived at position 35" in outcome.out


def test_a_key_for_parcels_can_be_replaced(pair, notice, ruleseven, plain_error):
    card = pair / "new.card"
    assert ruleseven("-C", pair / "HMC", "key", "card", "--new-parcel-key", "--out", card).code == 0
    late = ruleseven("-C", pair / "HMC", "receive", notice, "--case", "HM-0147", *PROVIDED)
    plain_error(late, 5)
    assert "sealed to another key" in late.err
    assert ruleseven("-C", pair / "TVP", "trust", "add", card, "--as", "HMC").code == 0
    made = ruleseven(
        *("-C", pair / "TVP", "extract", "create", "--disclosure", "X-2", "--to", "HMC", *REASON, *SENT),
        *("--for", pair / "TVP" / "trust" / "HMC.card", "--parcel", "--out", pair / "again.parcel"),
    )
    assert made.code == 0, made.err
    again = ruleseven("-C", pair / "HMC", "receive", pair / "again.parcel", "--case", "HM-0147", *PROVIDED)
    assert again.code == 0, again.err
