"""The agency's secrets: the signing key and the vault, opened when they are first needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ledger.errors import Locked, RuleSevenError
from ledger.folder import Folder, read_secret
from ledger.procedure.declare import Scope
from ledger.proof import primitives
from ledger.proof.keys import FileSigner
from ledger.reading import LOCKED, MISSING, Unopened
from ledger.store.vault import Vault

S = TypeVar("S")


class Keyring:
    """Asks for the passphrase at most once, and only if a file wants one."""

    def __init__(self, folder: Folder, ledger: bytes, passphrase: Callable[[], bytes | None]) -> None:
        self._folder = folder
        self._ledger = ledger
        self._ask = passphrase
        self._passphrase: bytes | None = None
        self._signer: FileSigner | None = None
        self._vault: Vault | None = None
        self._ciphers: dict[bytes, Any] = {}

    @property
    def signer(self) -> FileSigner:
        """The live signing key; `Locked` when its passphrase is wrong or missing."""
        if self._signer is None:
            data = read_secret(self._folder.signing_key, "recording")
            self._signer = FileSigner(self._unlocked(primitives.load_ssh_private, data))
        return self._signer

    @property
    def vault(self) -> Vault:
        """The vault; `Locked` when it is missing or its passphrase is."""
        if self._vault is None:
            data = read_secret(self._folder.vault_key, "reading sealed content")
            kek = self._unlocked(primitives.unprotect, data)
            self._vault = Vault(self._folder.vault, self._ledger, kek, os.urandom)
        return self._vault

    def unlock(self) -> None:
        """Open the signing key and the vault now."""
        _ = self.signer, self.vault

    def scopes(self, names: Iterable[Scope]) -> dict[Scope, tuple[bytes, Any]]:
        """Scope id and cipher for each scope; those met for the first time are durable in the vault on return."""
        found = {}
        for name, (scope, key) in self.vault.keys_for(names).items():
            if scope not in self._ciphers:
                self._ciphers[scope] = primitives.scope_cipher(key)
            found[Scope(*name)] = (scope, self._ciphers[scope])
        return found

    def scope_key(self, scope: bytes) -> bytes | Unopened:
        """The key of a scope id for reading; LOCKED when the vault does not open, MISSING when it lacks the key."""
        try:
            key = self.vault.key(scope)
        except Locked:
            return LOCKED
        return MISSING if key is None else key

    def all_scope_keys(self) -> tuple[dict[bytes, bytes] | None, str]:
        """Every scope key, for verification; None when the vault cannot be opened, and why."""
        try:
            return self.vault.keys(), ""
        except RuleSevenError as error:
            return None, str(error)

    def forget(self) -> None:
        """Drop what is remembered of scopes, after anything went wrong."""
        self._ciphers.clear()
        if self._vault is not None:
            self._vault.forget()

    def close(self) -> None:
        if self._vault is not None:
            self._vault.close()

    def _unlocked(self, load: Callable[[bytes, bytes | None], S], data: bytes) -> S:
        """Load a key file; the file decides whether a passphrase is asked for."""
        if self._passphrase is None:
            try:
                return load(data, None)
            except Locked:
                self._passphrase = self._ask()
        return load(data, self._passphrase)
