"""A signing key that never leaves its token: SoftHSM stands for the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from support import ACTOR, CANARY, FLAGS, fill, found, person
from system.tools import MODULE, PIN, SECOND, SIGNING, TOKEN, Outcome, Program, make_key

from ledger import Ledger, TokenAccess, recover_key, rotate_key, sign_checkpoint, signing_keys, verify_folder
from ledger.errors import ForeignFile, Locked, Malformed, UsageError
from ledger.proof import primitives
from ledger.proof.keys import FileSigner, Signer, key_id
from ledger.tokens import TokenKey, find_key, open_signer

OPENED = json.dumps({"do": "CaseOpened", "case": "HM-1"})


def create(folder: Path, token: TokenAccess, uri: str = SIGNING, passphrase: bytes | None = None) -> Ledger:
    return Ledger.create(
        folder,
        agency_id="HMC",
        agency_name="Harrowmere City Council",
        kind="local_authority",
        flags=FLAGS,
        recovery=folder.parent / f"{folder.name}.recovery",
        passphrase=passphrase,
        token=token,
        token_key=uri,
    )


def verdict(folder: Path, passphrase: bytes | None = None) -> Any:
    return verify_folder(folder, passphrase=lambda: passphrase, every_signature=True).report


# The seam has two implementations, and one contract


@pytest.fixture(params=["file", "token"])
def signer(request: pytest.FixtureRequest, token: TokenAccess) -> Iterator[Signer]:
    if request.param == "file":
        yield FileSigner.from_seed(bytes(32))
        return
    with closing(open_signer(find_key(SIGNING, token), token)) as opened:
        yield opened


@pytest.mark.parametrize("message", [b"", b"x", bytes(range(256)) * 64], ids=len)
def test_a_signer_signs_as_ed25519_does(signer: Signer, message: bytes) -> None:
    signature = signer.sign(message)
    assert type(signature) is bytes
    assert len(signature) == 64
    assert primitives.verify(signer.public, signature, message)
    assert not primitives.verify(signer.public, signature, message + b"!")
    assert signer.sign(message) == signature  # RFC 8032: the same message, the same signature
    assert signer.key_id == key_id(signer.public)


# A ledger


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_a_ledger_that_signs_in_a_token_verifies(tmp_path: Path, token: TokenAccess, passphrase: bytes | None) -> None:
    with create(tmp_path / "hmc", token, passphrase=passphrase) as ledger:
        fill(ledger, 20)
        assert sign_checkpoint(ledger).size == 20
    with Ledger.open(tmp_path / "hmc", passphrase=lambda: passphrase, token=token) as again:
        again.record(person(99), actor=ACTOR)
    report = verdict(tmp_path / "hmc", passphrase)
    assert report.verdict == "verified"
    assert (report.records, report.signatures) == (21, 21)


def test_the_folder_holds_no_private_key_no_pin_and_no_program(tmp_path: Path, token: TokenAccess) -> None:
    with create(tmp_path / "hmc", token) as ledger:
        fill(ledger, 3)
        public = ledger.charter.public
    held = json.loads((tmp_path / "hmc/keys/signing").read_bytes())
    assert held == {"kind": "ruleseven token key", "public": public.hex(), "uri": SIGNING}
    for file in (path for path in (tmp_path / "hmc").rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert PIN.encode() not in data
        assert b"softhsm" not in data.lower()
        assert b"OPENSSH PRIVATE KEY" not in data


def test_reading_and_verifying_need_no_token(tmp_path: Path, token: TokenAccess) -> None:
    with create(tmp_path / "hmc", token) as ledger:
        fill(ledger, 3)
    with Ledger.open(tmp_path / "hmc") as reader:
        assert CANARY in reader.reading(3).full()["name"]
        with pytest.raises(Locked, match="was opened without one"):
            reader.record(person(9), actor=ACTOR)
        assert reader.head().position == 3
    assert verdict(tmp_path / "hmc").verdict == "verified"


def test_a_key_moves_into_a_token_and_out_again(tmp_path: Path, token: TokenAccess) -> None:
    found(tmp_path / "hmc", practice=False, passphrase=b"correct horse").close()
    folder, passphrase = tmp_path / "hmc", b"correct horse"
    with Ledger.open(folder, passphrase=lambda: passphrase, token=token) as ledger:
        fill(ledger, 3)
        rotate_key(ledger, token_key=SIGNING)
        ledger.record(person(9), actor=ACTOR)
        rotate_key(ledger, token_key=SECOND)
        ledger.record(person(10), actor=ACTOR)
    with Ledger.open(folder, passphrase=lambda: passphrase, token=token) as ledger:
        for enrolled in (SIGNING, SECOND):
            with pytest.raises(UsageError, match="no key is enrolled twice"):
                rotate_key(ledger, token_key=enrolled)
        assert ledger.head().position == 7
        assert not ledger.folder.signing_key_beside.exists()
        rotate_key(ledger)
        ledger.record(person(11), actor=ACTOR)
        keys = [span.public for span in signing_keys(ledger)]
    assert keys[1:3] == [find_key(uri, token).public for uri in (SIGNING, SECOND)]
    with pytest.raises(Locked):  # the new file is under the passphrase that protects the vault
        primitives.load_ssh_private((folder / "keys/signing").read_bytes(), None)
    report = verdict(folder, passphrase)
    assert report.verdict == "verified"
    assert (report.records, report.signatures) == (9, 9)


def test_a_key_in_a_token_is_taken_out_with_the_recovery_key(tmp_path: Path, token: TokenAccess) -> None:
    with create(tmp_path / "hmc", token) as ledger:
        fill(ledger, 5)
        recover_key(ledger, tmp_path / "hmc.recovery", 4, token_key=SECOND)
        ledger.record(person(9), actor=ACTOR)
    report = verdict(tmp_path / "hmc")
    assert report.verdict == "verified"
    assert [(d.first, d.last) for d in report.disputes] == [(4, 5)]


def test_two_ledgers_of_one_program_sign_with_one_token(tmp_path: Path, token: TokenAccess) -> None:
    with create(tmp_path / "one", token) as one, create(tmp_path / "two", token, SECOND) as two:
        for ledger in (one, two, one):
            ledger.record(person(ledger.head().position), actor=ACTOR) if ledger.head().position > 1 else fill(
                ledger, 3
            )
    assert verdict(tmp_path / "one").verdict == "verified"
    assert verdict(tmp_path / "two").verdict == "verified"


# What is missing or wrong


def test_a_token_that_signs_with_another_key_adds_nothing(tmp_path: Path, token: TokenAccess) -> None:
    with create(tmp_path / "hmc", token) as ledger:
        fill(ledger, 2)
    held = tmp_path / "hmc/keys/signing"
    held.write_text(held.read_text().replace("object=signing", "object=second"))
    with Ledger.open(tmp_path / "hmc", token=token) as ledger:
        with pytest.raises(Locked, match="signed with another key"):
            ledger.record(person(9), actor=ACTOR)
        assert ledger.head().position == 2
    assert verdict(tmp_path / "hmc").verdict == "verified"


@pytest.fixture(scope="session")
def odd_keys(softhsm: Path) -> None:
    """Keys that no ledger may take on: of another kind, of small order, two of one name, and a half alone."""
    make_key("nist", "EC:prime256v1", "10")
    for number in ("11", "12"):
        make_key("twice", number=number)
    make_key("weak", number="13")
    make_key("alone", number="14")
    (token,) = pkcs11.lib(MODULE).get_tokens(token_label=TOKEN)
    with token.open(rw=True, user_pin=PIN) as session:
        for label in ("weak", "alone"):
            (public,) = list(session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.LABEL: label}))
            params = public[Attribute.EC_PARAMS]
            public.destroy()
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.PUBLIC_KEY,
                Attribute.KEY_TYPE: KeyType.EC_EDWARDS,
                Attribute.EC_PARAMS: params,
                Attribute.EC_POINT: b"\x04\x20\x01" + bytes(31),
                Attribute.LABEL: "weak",
                Attribute.TOKEN: True,
            }
        )


@pytest.mark.parametrize(
    ("uri", "error", "says"),
    [
        (f"pkcs11:token={TOKEN};object=nist", ForeignFile, "another kind of key than Ed25519"),
        (f"pkcs11:token={TOKEN};object=weak", Malformed, "small order"),
        (f"pkcs11:token={TOKEN};object=twice", Locked, "more than one private key of object 'twice'"),
        (f"pkcs11:token={TOKEN};object=alone", Locked, "no public key of object 'alone'"),
        (f"pkcs11:token={TOKEN};object=gone", Locked, "no private key of object 'gone'"),
        (f"pkcs11:token={TOKEN};id=%fe", Locked, "no private key of id 'fe'"),
        ("pkcs11:token=Elsewhere;object=signing", Locked, "No token fits token 'Elsewhere'"),
        (f"pkcs11:token={TOKEN};serial=0;object=signing", Locked, "No token fits"),
        ("pkcs11:token=Twin;object=signing", Locked, "More than one token fits token 'Twin'"),
    ],
)
def test_a_ledger_takes_on_no_such_key(
    tmp_path: Path, token: TokenAccess, odd_keys: None, uri: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        create(tmp_path / "hmc", token, uri)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_named_in_any_way_that_finds_it(token: TokenAccess) -> None:
    (found,) = pkcs11.lib(MODULE).get_tokens(token_label=TOKEN)
    serial, public = found.serial.decode(), find_key(SIGNING, token).public
    for uri in (
        f"pkcs11:token={TOKEN};id=%01",
        f"pkcs11:serial={serial};object=signing;type=private",
        f"pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial={serial};token={TOKEN};id=%01;object=signing",
    ):
        assert find_key(uri, token) == TokenKey(public, uri)


# The program


@pytest.fixture
def init(ruleseven: Program, tmp_path: Path) -> Any:
    def run(*words: str, uri: str = SIGNING, **environment: str) -> Outcome:
        return ruleseven(
            *("-C", tmp_path / "hmc", "init", "--id", "HMC"),
            *("--agency", "Harrowmere City Council", "--kind", "local_authority", "--flag", "public_authority"),
            *("--recovery", tmp_path / "recovery", "--actor", "SW-1", "--role", "practitioner", "--hsm", uri, *words),
            **environment,
        )

    return run


def test_the_program_signs_in_the_token(ruleseven: Program, init: Any, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse\n")
    made = init("--passphrase-file", str(tmp_path / "passphrase"))
    assert made.code == 0, made.err
    recorded = ruleseven("-C", tmp_path / "hmc", "record", stdin=OPENED)
    assert recorded.code == 0, recorded.err
    verified = ruleseven("-C", tmp_path / "hmc", "verify", "--every-signature", "--json")
    assert json.loads(verified.out)["signatures"] == 2
    rotated = ruleseven("-C", tmp_path / "hmc", "key", "rotate", "--hsm", SECOND)
    assert rotated.code == 0, rotated.err
    assert ruleseven("-C", tmp_path / "hmc", "record", stdin=OPENED.replace("HM-1", "HM-2")).code == 0
    assert ruleseven("-C", tmp_path / "hmc", "verify", "--every-signature").code == 0


WRONG = [
    ({"RULESEVEN_PIN_COMMAND": "echo 000000", "RULESEVEN_PIN_FILE": ""}, "The PIN is wrong. Tokens count wrong ones"),
    ({"RULESEVEN_PIN_FILE": ""}, "needs its PIN and none was given"),
    ({"RULESEVEN_PKCS11_MODULE": ""}, "no PKCS#11 module is named"),
    ({"RULESEVEN_PKCS11_MODULE": "/nowhere/module.so"}, "There is no PKCS#11 module /nowhere/module.so"),
    ({"RULESEVEN_PKCS11_MODULE": "libsofthsm2.so"}, "by its full path"),
    ({"RULESEVEN_PKCS11_MODULE": __file__}, "The token cannot be used"),
]


@pytest.mark.parametrize(("environment", "says"), WRONG)
def test_without_token_or_pin_no_ledger_is_founded(
    init: Any, tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    refused = init("--no-passphrase", **environment)
    assert (refused.code, refused.out) == (5, "")
    assert says in refused.err
    assert refused.err.strip().count("\n") == 0
    assert not (tmp_path / "hmc").exists()


def test_without_token_or_pin_nothing_is_added(ruleseven: Program, init: Any, tmp_path: Path) -> None:
    assert init("--no-passphrase").code == 0
    for environment, says in WRONG:
        refused = ruleseven("-C", tmp_path / "hmc", "record", stdin=OPENED, **environment)
        assert refused.code == 5
        assert says in refused.err
    assert json.loads(ruleseven("-C", tmp_path / "hmc", "verify", "--json").out)["records"] == 1


def test_the_users_own_settings_name_module_and_pin(ruleseven: Program, init: Any, tmp_path: Path) -> None:
    from_environment = {"RULESEVEN_PKCS11_MODULE": "", "RULESEVEN_PIN_FILE": ""}
    own = tmp_path / "ruleseven/settings.json"
    own.parent.mkdir()
    own.write_text(json.dumps({"pkcs11_module": MODULE, "pin_file": "../pin"}))
    own.chmod(0o600)
    made = init("--no-passphrase", **from_environment)
    assert made.code == 0, made.err
    # What a ledger folder says of module and PIN is passed over: it may come from anybody.
    own.write_text("{}")
    theirs = tmp_path / "hmc/settings.json"
    theirs.write_text(json.dumps(json.loads(theirs.read_text()) | {"pkcs11_module": MODULE, "pin_file": "../pin"}))
    refused = ruleseven("-C", tmp_path / "hmc", "record", stdin=OPENED, **from_environment)
    assert refused.code == 5
    assert "no PKCS#11 module is named" in refused.err


def test_an_own_settings_file_that_others_can_write_names_no_module(init: Any, tmp_path: Path) -> None:
    own = tmp_path / "ruleseven/settings.json"
    own.parent.mkdir()
    own.write_text(json.dumps({"pkcs11_module": MODULE}))
    own.chmod(0o666)
    refused = init("--no-passphrase", RULESEVEN_PKCS11_MODULE="")
    assert refused.code == 2
    assert "others can write it" in refused.err


def test_a_wrong_pin_is_tried_once(tmp_path: Path, softhsm: Path, token: TokenAccess) -> None:
    create(tmp_path / "hmc", token).close()
    asked = []

    def wrong() -> bytes:
        asked.append(1)
        return b"000000"

    with Ledger.open(tmp_path / "hmc", token=TokenAccess(lambda: MODULE, wrong)) as ledger:
        for _ in range(3):
            with pytest.raises(Locked, match="The PIN is wrong"):
                ledger.record({"do": "CaseOpened", "case": "HM-1"}, actor=ACTOR)
    assert asked == [1]


def test_the_name_of_a_key_carries_no_pin(init: Any) -> None:
    refused = init("--no-passphrase", uri=f"{SIGNING}?pin-value={PIN}")
    assert refused.code == 2
    assert PIN not in refused.err
