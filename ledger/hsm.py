"""The one door to PKCS#11 (`python-pkcs11`, extra `hsm`): an Ed25519 key that signs without ever leaving its token.

The private key is found by its name; a public key must lie beside it under the same name when a ledger takes it on
(`find_key`). Afterwards the ledger's own file says which key it is, and every signature is verified before it is used:
a record that does not verify could never be taken back.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from ledger.errors import ForeignFile, Locked
from ledger.proof import primitives
from ledger.proof.keys import key_id
from ledger.tokens import KeyName, TokenAccess, TokenKey, WrongPin

OCTET_STRING = b"\x04\x20"  # DER, 32 bytes long: how EC_POINT holds a key of Ed25519
INFO = {"token": "label", "serial": "serial", "model": "model", "manufacturer": "manufacturer_id"}
ATTRIBUTES = {"object": Attribute.LABEL, "id": Attribute.ID}
SAID = {
    pkcs11.PinIncorrect: "The PIN is wrong. Tokens count wrong ones and lock themselves.",
    pkcs11.PinInvalid: "The PIN is wrong: this token has no PIN of that form.",
    pkcs11.PinLenRange: "The PIN is wrong: no PIN of this token has that length.",
    pkcs11.PinLocked: "The token has locked itself after too many wrong PINs: unlock it with its maker's tool.",
    pkcs11.UserPinNotInitialized: "The token has no user PIN yet: set one with its maker's tool.",
}


class HsmSigner:
    """A signing key in a token; it stays logged in until it is closed. `Locked` when the token does not sign."""

    def __init__(self, session: Any, key: Any, public: bytes) -> None:
        self.public = public
        self.key_id = key_id(public)
        self._session = session
        self._key = key
        self._alone = threading.Lock()  # a session does one thing at a time

    def sign(self, message: bytes) -> bytes:
        with self._alone, _in_plain_words():
            signature = bytes(self._key.sign(message, mechanism=Mechanism.EDDSA))
        if not primitives.verify(self.public, signature, message):
            raise Locked(
                "The token signed with another key than the one that this ledger's key file names, or not as Ed25519 "
                "does. Nothing was added."
            )
        return signature

    def close(self) -> None:
        """Leave the token."""
        with self._alone, _in_plain_words():
            self._session.close()


def open_signer(key: TokenKey, access: TokenAccess) -> HsmSigner:
    """The signer whose key a file names. `Locked` without module, token, key or the right PIN."""
    with _in_plain_words():
        session = _login(key.name, access)
        try:
            return HsmSigner(session, _one(session, ObjectClass.PRIVATE_KEY, key.name), key.public)
        except BaseException:
            session.close()
            raise


def find_key(uri: str, access: TokenAccess) -> TokenKey:
    """The Ed25519 key that a URI names, to be taken on. `Locked` as above, `ForeignFile` for another kind of key.

    `Malformed` for a URI that names no key, and for a weak key.
    """
    name = KeyName.from_uri(uri)
    with _in_plain_words():
        session = _login(name, access)
        try:
            _one(session, ObjectClass.PRIVATE_KEY, name)
            point = _one(session, ObjectClass.PUBLIC_KEY, name)[Attribute.EC_POINT]
        finally:
            session.close()
    if len(point) != len(OCTET_STRING) + primitives.KEY_SIZE or not point.startswith(OCTET_STRING):
        raise ForeignFile("The key of that name in the token is another kind of key than Ed25519.")
    public = point.removeprefix(OCTET_STRING)
    primitives.check_public_key(public)
    return TokenKey(public, uri)


def _login(name: KeyName, access: TokenAccess) -> Any:
    """A session with the token of this name."""
    module = access.module()
    if not Path(module).is_absolute() or not Path(module).is_file():
        raise Locked(
            f"There is no PKCS#11 module {module}: name the library that came with the token by its full path."
        )
    tokens = [token for token in pkcs11.lib(module).get_tokens() if _fits(token, name)]
    if len(tokens) != 1:
        raise Locked(
            f"{'No token' if not tokens else 'More than one token'} fits {_shown(name.token)}. Is the right one "
            "plugged in, and is this the module for it?"
        )
    try:
        pin = access.pin().decode()
    except UnicodeDecodeError:
        raise WrongPin("The PIN is wrong: it is not UTF-8.") from None
    try:
        return tokens[0].open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:  # by this program: another ledger of its own signs with this token
        return tokens[0].open()


def _fits(token: Any, name: KeyName) -> bool:
    found = {part: getattr(token, INFO[part]) for part in name.token}
    return name.token == {part: v.decode(errors="replace") if type(v) is bytes else v for part, v in found.items()}


def _one(session: Any, kind: ObjectClass, name: KeyName) -> Any:
    """The one key of this class and name; `Locked` where there is none or more than one."""
    wanted = {Attribute.CLASS: kind} | {ATTRIBUTES[part]: value for part, value in name.key.items()}
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        half = "private" if kind is ObjectClass.PRIVATE_KEY else "public"
        raise Locked(f"The token holds {'no' if not found else 'more than one'} {half} key of {_shown(name.key)}.")
    if found[0].key_type != KeyType.EC_EDWARDS:
        raise ForeignFile("The key of that name in the token is another kind of key than Ed25519.")
    return found[0]


def _shown(parts: dict[str, Any]) -> str:
    return ", ".join(f"{part} {value.hex() if type(value) is bytes else value!r}" for part, value in parts.items())


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except pkcs11.PKCS11Error as error:
        if said := SAID.get(type(error)):
            raise WrongPin(said) from None
        raise Locked(f"The token cannot be used ({str(error) or type(error).__name__}).") from None
