"""The file that names a key in a token, and what is said where there is none; tests/system signs with one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support import ACTOR, found, opened

from ledger import Ledger, TokenAccess
from ledger.errors import ForeignFile, Locked, Malformed
from ledger.proof.keys import FileSigner
from ledger.tokens import KeyName, TokenKey, find_key, is_token_key, public_in

PUBLIC = FileSigner.from_seed(bytes(32)).public
URI = "pkcs11:token=RuleSeven;object=signing"
NOBODY = TokenAccess(lambda: "/nowhere", lambda: b"")


@pytest.mark.parametrize(
    ("uri", "token", "key"),
    [
        (URI, {"token": "RuleSeven"}, {"object": "signing"}),
        ("pkcs11:serial=0a;id=%00%ff", {"serial": "0a"}, {"id": b"\x00\xff"}),
        ("pkcs11:token=A%20b;id=1;object=%C3%A9;type=public", {"token": "A b"}, {"id": b"1", "object": "é"}),
        (
            "pkcs11:model=M;manufacturer=P;token=T;serial=S;object=k;type=private",
            {"model": "M", "manufacturer": "P", "token": "T", "serial": "S"},
            {"object": "k"},
        ),
    ],
)
def test_a_uri_names_a_token_and_a_key_in_it(uri: str, token: dict[str, str], key: dict[str, str | bytes]) -> None:
    assert KeyName.from_uri(uri) == (token, key)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("", "is named like"),
        ("keys/signing", "is named like"),
        ("PKCS11:token=T;object=k", "is named like"),
        ("pkcs11:token=T;object=k\n", "is named like"),
        ("pkcs11:token=é;object=k", "is named like"),
        ("pkcs11:token=T;object=" + "k" * 1024, "is named like"),
        ("pkcs11:", "is not understood"),
        ("pkcs11:token=T", "name the token"),
        ("pkcs11:object=k", "name the token"),
        ("pkcs11:model=M;object=k", "name the token"),
        ("pkcs11:token=T;token=T;object=k", "token stands twice"),
        ("pkcs11:token=T;object=k;id=1;id=2", "id stands twice"),
        ("pkcs11:token=T;object=k;type=cert", "'type=cert' is not understood"),
        ("pkcs11:token=T;object=k;slot-id=1", "'slot-id=1' is not understood"),
        ("pkcs11:token=%ff;object=k", "UTF-8"),
        ("pkcs11:token=T;object=k?pin-value=1", "no PIN and no module"),
        ("pkcs11:token=T;object=k?module-path=/lib/m.so", "no PIN and no module"),
    ],
)
def test_nothing_else_names_a_key(uri: str, says: str) -> None:
    with pytest.raises(Malformed, match=says):
        KeyName.from_uri(uri)


def test_the_file_of_a_key_says_which_it_is_without_the_token() -> None:
    key = TokenKey(PUBLIC, URI)
    assert TokenKey.from_bytes(key.to_bytes()) == key
    assert is_token_key(key.to_bytes())
    assert public_in(key.to_bytes()) == PUBLIC
    assert json.loads(key.to_bytes()) == {"kind": "ruleseven token key", "public": PUBLIC.hex(), "uri": URI}


RIGHT = {"kind": "ruleseven token key", "public": PUBLIC.hex(), "uri": URI}


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        [],
        None,
        {},
        RIGHT | {"kind": "another"},
        RIGHT | {"module": "/lib/m.so"},
        RIGHT | {"public": "01" + "00" * 31},
        RIGHT | {"public": "00"},
        RIGHT | {"public": 7},
        RIGHT | {"uri": f"{URI}?module-path=/lib/m.so"},
        RIGHT | {"uri": 7},
    ],
    ids=str,
)
def test_no_other_file_is_taken_for_one(held: object) -> None:
    data = held if type(held) is bytes else json.dumps(held).encode()
    with pytest.raises(ForeignFile, match="not a file that names a key in a token"):
        TokenKey.from_bytes(data)


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "ledger.hsm", raising=False)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(Locked, match=r"pip install 'ruleseven\[hsm\]'"):
        find_key(URI, NOBODY)
    found(tmp_path / "hmc").close()
    signing = tmp_path / "hmc/keys/signing"
    with Ledger.open(tmp_path / "hmc", token=NOBODY) as ledger:
        signing.write_bytes(TokenKey(ledger.charter.public, URI).to_bytes())
        with pytest.raises(Locked, match=r"pip install 'ruleseven\[hsm\]'"):
            ledger.record(opened(), actor=ACTOR)
        assert ledger.head().position == 1
