"""A signed verdict: it holds for whoever trusts the agency, of just the records that were verified."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import ACTOR, fill, found, person

from ledger import Ledger, Trust, check_attestation, make_attestation, make_card, read_card
from ledger.errors import Conflict, RuleSevenError
from ledger.proof import envelope, values


def said_of(ledger: Ledger, **more: object) -> dict[str, object]:
    head = ledger.head()
    return {"verdict": "verified", "records": head.position, "head": head.hash.hex(), **more}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trust, Trust]:
    """A signed verdict, whom to trust for it, and somebody else."""
    folder = tmp_path_factory.mktemp("attest")
    trusts = []
    for name in ("other", "hmc"):
        with found(folder / name) as ledger:
            fill(ledger, 4)
            trusts.append(read_card(make_card(ledger)).trust(name))
            (folder / "verdict").write_bytes(make_attestation(ledger, said_of(ledger, erased=0)))
    return folder / "verdict", trusts[1], trusts[0]


def test_it_holds_for_whoever_trusts_the_agency(made: tuple[Path, Trust, Trust]) -> None:
    path, trust, _ = made
    report = check_attestation(path, trust)
    assert (report.verdict, report.reason) == ("verified", "")
    assert report.signed is not None
    assert (report.signed.checkpoint.size, report.said["records"], report.said["erased"]) == (4, 4, 0)


def test_it_is_nothing_to_whoever_trusts_another(made: tuple[Path, Trust, Trust]) -> None:
    report = check_attestation(made[0], made[2])
    assert (report.verdict, report.signed, dict(report.said)) == ("undecided", None, {})


def test_a_verdict_on_records_that_have_grown_is_not_signed(tmp_path: Path) -> None:
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 3)
        before = said_of(ledger)
        ledger.record(person(9), actor=ACTOR)
        with pytest.raises(Conflict, match="verify it again"):
            make_attestation(ledger, before)
        with pytest.raises(Conflict, match="verify it again"):
            make_attestation(ledger, said_of(ledger, head="00" * 32))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": b'{"verdict": "failed"}'},
        {"verdict": b"not JSON"},
        {"verdict": b"[" * 100_000},
        {"checkpoint": b"a note"},
        {"card": b"a card"},
    ],
)
def test_a_part_that_was_exchanged_shows(
    made: tuple[Path, Trust, Trust], tmp_path: Path, change: dict[str, bytes]
) -> None:
    """Even where the signature is left as it is, and where it would be made anew by another key."""
    path, trust, _ = made
    opened = envelope.open_body(path.read_bytes())
    body = {**values.decode(opened.body, 1 << 20, 16), **change}
    parts = {"format": 1, "key": opened.key_id, "ledger": opened.ledger, "sig": opened.sig}
    (tmp_path / "altered").write_bytes(values.encode({"body": values.encode(body), **parts}))
    assert check_attestation(tmp_path / "altered", trust).verdict == "failed"


def test_a_verdict_on_other_records_than_its_checkpoints_does_not_hold(tmp_path: Path) -> None:
    """Signed by the agency itself, all parts genuine, but put together from two moments."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 3)
        trust = read_card(make_card(ledger)).trust("hmc")
        body = values.decode(envelope.open_body(make_attestation(ledger, said_of(ledger))).body, 1 << 20, 16)
        for records in (2, 4):
            body["verdict"] = json.dumps({**json.loads(body["verdict"]), "records": records}).encode()
            signed = envelope.sign_body(values.encode(body), ledger.id, ledger.signer, b"ruleseven/verification/v1\0")
            (tmp_path / "mixed").write_bytes(signed)
            report = check_attestation(tmp_path / "mixed", trust)
            assert (report.verdict, "other records" in report.reason) == ("failed", True)


def test_a_file_signed_for_something_else_does_not_pass(tmp_path: Path) -> None:
    """The tag keeps it apart from evidence, cards and extracts of the same key."""
    with found(tmp_path / "hmc") as ledger:
        fill(ledger, 3)
        trust = read_card(make_card(ledger)).trust("hmc")
        body = envelope.open_body(make_attestation(ledger, said_of(ledger))).body
        (tmp_path / "other").write_bytes(envelope.sign_body(body, ledger.id, ledger.signer))
        assert check_attestation(tmp_path / "other", trust).verdict == "failed"
        (tmp_path / "card").write_bytes(make_card(ledger))
        with pytest.raises(RuleSevenError, match="another kind"):
            check_attestation(tmp_path / "card", trust)


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_bytes_never_hold(made: tuple[Path, Trust, Trust], data: st.DataObject) -> None:
    path, trust, _ = made
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    damaged = bytearray(whole[:cut] if data.draw(st.booleans()) else whole)
    for _ in range(data.draw(st.integers(1, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    if bytes(damaged) == whole:
        return
    altered = path.with_name("damaged")
    altered.write_bytes(bytes(damaged))
    with contextlib.suppress(RuleSevenError):
        assert check_attestation(altered, trust).verdict != "verified"
