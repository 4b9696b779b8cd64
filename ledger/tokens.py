"""A signing key that lies in a token (a smart card, an HSM): what it is called there, and how it is reached.

`keys/signing` is then a JSON object of `kind`, `public` (the key in hex) and `uri`, a name after RFC 7512 such as

    pkcs11:token=RuleSeven;object=signing

It names neither PIN nor module: a ledger folder may come from anybody, and a PKCS#11 module is a program that is run.
The door to PKCS#11 is `hsm.py`, which needs the extra `hsm`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from ledger.errors import ForeignFile, Locked, Malformed
from ledger.proof import primitives

if TYPE_CHECKING:
    from ledger.hsm import HsmSigner

KIND: Final = "ruleseven token key"
SCHEME: Final = "pkcs11:"
LONGEST_URI: Final = 1024
OF_TOKEN: Final = frozenset({"token", "serial", "model", "manufacturer"})
OF_KEY: Final = frozenset({"object", "id"})
NOT_INSTALLED: Final = "Signing with a key in a token needs the extra hsm: pip install 'ruleseven[hsm]'."
KEY_TYPES: Final = frozenset({b"private", b"public"})  # either half may be named: the other has the same name


class WrongPin(Locked):
    """Not to be tried again with the same PIN: a token counts wrong ones, and locks itself."""


class TokenAccess(NamedTuple):
    """How a token is reached: the path of its PKCS#11 module, and its PIN. Each is asked for when first needed."""

    module: Callable[[], str]
    pin: Callable[[], bytes]


def _no_module() -> str:
    raise Locked("The signing key lies in a token, and this ledger was opened without one.")


NO_TOKEN: Final = TokenAccess(_no_module, lambda: b"")


class KeyName(NamedTuple):
    """What a PKCS#11 URI says: which token, and which key in it. Texts are decoded, `id` is bytes."""

    token: dict[str, str]
    key: dict[str, str | bytes]

    @classmethod
    def from_uri(cls, uri: str) -> KeyName:
        """Malformed for anything but a URI that names a token and a key in it, and nothing else."""
        if not uri.startswith(SCHEME) or len(uri) > LONGEST_URI or not uri.isascii() or not uri.isprintable():
            raise Malformed(f"a key in a token is named like {SCHEME}token=RuleSeven;object=signing")
        if "?" in uri:
            raise Malformed("the name of a key in a token gives no PIN and no module: leave out the ? and what follows")
        token: dict[str, str] = {}
        key: dict[str, str | bytes] = {}
        for part in uri.removeprefix(SCHEME).split(";"):
            name, _, quoted = part.partition("=")
            value = unquote_to_bytes(quoted)
            if name in token or name in key:
                raise Malformed(f"{name} stands twice in the name of this key")
            if name in OF_TOKEN:
                token[name] = _text(value)
            elif name in OF_KEY:
                key[name] = value if name == "id" else _text(value)
            elif name != "type" or value not in KEY_TYPES:
                raise Malformed(
                    f"{part!r} is not understood in the name of a key: write {', '.join(sorted(OF_TOKEN | OF_KEY))}"
                )
        if token.keys().isdisjoint({"token", "serial"}) or not key:
            raise Malformed("name the token (token= or serial=) and the key in it (object= or id=)")
        return cls(token, key)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Malformed("the name of a key in a token is UTF-8") from None


class TokenKey(NamedTuple):
    """A file that stands for a key in a token. `public` is known without the token, and cannot be swapped in it."""

    public: bytes
    uri: str

    @property
    def name(self) -> KeyName:
        return KeyName.from_uri(self.uri)

    def to_bytes(self) -> bytes:
        """The file."""
        return json.dumps({"kind": KIND, "public": self.public.hex(), "uri": self.uri}, indent=2).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> TokenKey:
        """ForeignFile for any other bytes."""
        try:
            found = json.loads(data)
            if found.keys() != {"kind", "public", "uri"} or found["kind"] != KIND:
                raise ValueError
            key = cls(bytes.fromhex(found["public"]), found["uri"])
            primitives.check_public_key(key.public)
            KeyName.from_uri(key.uri)
        except (AttributeError, TypeError, ValueError, RecursionError, Malformed) as error:
            raise ForeignFile("this is not a file that names a key in a token") from error
        return key


def is_token_key(data: bytes) -> bool:
    """Whether a key file would be one that names a key in a token, rather than hold one."""
    return f'"{KIND}"'.encode() in data


def public_in(data: bytes) -> bytes:
    """The public key that a signing key file says, in the open, that it holds or names; ForeignFile if none."""
    return TokenKey.from_bytes(data).public if is_token_key(data) else primitives.ssh_public(data)


def open_signer(key: TokenKey, access: TokenAccess) -> HsmSigner:
    """The signer whose key a file names. `Locked` without module, token, key or the right PIN."""
    try:
        from ledger.hsm import open_signer  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise Locked(NOT_INSTALLED) from None
    return open_signer(key, access)


def find_key(uri: str, access: TokenAccess) -> TokenKey:
    """The Ed25519 key that a URI names, to be taken on. `Locked` as above, `ForeignFile` for another kind of key.

    `Malformed` for a URI that names no key, and for a weak key.
    """
    try:
        from ledger.hsm import find_key  # noqa: PLC0415 - as above
    except ImportError:
        raise Locked(NOT_INSTALLED) from None
    return find_key(uri, access)
