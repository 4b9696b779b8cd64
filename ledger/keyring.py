"""The agency's secrets: the signing key and the vault, opened when they are first needed.

`keys/vault.key` holds the vault's key-encryption key, and an erasure puts the vault under a fresh one: that is written
beside the old one (`vault.key.new`); the vault is put under it, and emptied of what was there before; the file beside
takes the place of the old one. The folder `keys` is locked meanwhile. A vault that opens with the key beside, and not
with the one in place, was left between the last two steps; whoever opens it next takes the last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

from ledger.errors import ForeignFile, Locked, RuleSevenError
from ledger.folder import Folder, put_in_place, read_secret, write_secret
from ledger.procedure.declare import Scope
from ledger.proof import primitives
from ledger.proof.keys import FileSigner, Signer
from ledger.proof.keys import key_id as key_id_of
from ledger.reading import LOCKED, MISSING, Unopened
from ledger.store.vault import KEY_SIZE, Rekeyed, Vault
from ledger.tokens import NO_TOKEN, TokenAccess, TokenKey, WrongPin, find_key, is_token_key, open_signer, public_in

S = TypeVar("S")
READING = "reading sealed content"


class Keyring:
    """Asks for the passphrase at most once, and only if a file wants one; likewise for the PIN of a token.

    `opened` is called whenever the vault has been opened, before anything else is asked of it.
    """

    def __init__(
        self,
        folder: Folder,
        ledger: bytes,
        passphrase: Callable[[], bytes | None],
        opened: Callable[[], object] = lambda: None,
        token: TokenAccess = NO_TOKEN,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._ask = passphrase
        self._asked = False
        self._opened = opened
        self._passphrase: bytes | None = None
        self._signer: Signer | None = None
        self._token = token
        self._wrong_pin: WrongPin | None = None
        self._in_token = ExitStack()  # closed, it leaves the token
        self._vault: Vault | None = None
        self._ciphers: dict[bytes, Any] = {}

    @property
    def signer(self) -> Signer:
        """The live signing key; `Locked` when its passphrase is wrong or missing, or its token is."""
        if self._signer is None:
            self._signer = self.signer_in(read_secret(self._folder.signing_key, "recording"))
        return self._signer

    def signer_for(self, key_id: bytes) -> Signer:
        """The signing key with this id; `Locked` where no key file of the ledger holds it.

        The file that is to replace keys/signing holds it for a moment, after the change of keys was recorded.
        """
        if self._signer is None or self._signer.key_id != key_id:
            self._signer = self._signer_in_a_file(key_id)
        return self._signer

    def _signer_in_a_file(self, key_id: bytes) -> Signer:
        for file in (self._folder.signing_key, self._folder.signing_key_beside):
            data = read_secret(file, "recording") if file.exists() else b""
            with suppress(ForeignFile):
                if key_id_of(public_in(data)) == key_id:
                    return self.signer_in(data)
        raise Locked(
            "The key in keys/signing is not this ledger's signing key. Nothing was added; put the right key there."
        )

    def signer_in(self, data: bytes) -> Signer:
        """The key of an OpenSSH key file, which decides whether the passphrase is asked for, or the key it names."""
        if is_token_key(data):
            return self._signer_in_token(TokenKey.from_bytes(data))
        return FileSigner(self._unlocked(primitives.load_ssh_private, data))

    def _signer_in_token(self, key: TokenKey) -> Signer:
        if self._wrong_pin is not None:
            raise self._wrong_pin
        try:
            signer = open_signer(key, self._token)
        except WrongPin as error:
            self._wrong_pin = error
            raise
        self._in_token.callback(signer.close)
        return signer

    def key_in_token(self, uri: str) -> TokenKey:
        """The key of this name in a token, for the ledger to take on."""
        return find_key(uri, self._token)

    @property
    def vault(self) -> Vault:
        """The vault; `Locked` when it is missing or its passphrase is."""
        if self._vault is None:
            self._vault = self._open_vault()
            self._opened()
        return self._vault

    def unlock(self) -> None:
        """Open the signing key and the vault now."""
        _ = self.signer, self.vault

    def using(self, action: Callable[[Vault], S]) -> S:
        """Ask something of the vault; of the vault opened again, if another process put it under a fresh key."""
        try:
            return action(self.vault)
        except Rekeyed:
            self.close()
            return action(self.vault)

    def scopes(self, names: Iterable[Scope]) -> dict[Scope, tuple[bytes, Any]]:
        """Scope id and cipher for each scope; those met for the first time are durable in the vault on return."""
        wanted, found = frozenset(names), {}
        for name, (scope, key) in self.using(lambda vault: vault.keys_for(wanted)).items():
            if scope not in self._ciphers:
                self._ciphers[scope] = primitives.scope_cipher(key)
            found[Scope(*name)] = (scope, self._ciphers[scope])
        return found

    def scope_key(self, scope: bytes) -> bytes | Unopened:
        """The key of a scope id for reading; LOCKED when the vault does not open, MISSING when it lacks the key."""
        try:
            key = self.using(lambda vault: vault.key(scope))
        except Locked:
            return LOCKED
        return MISSING if key is None else key

    def all_scope_keys(self) -> tuple[dict[bytes, bytes] | None, str]:
        """Every scope key, for verification; None when the vault cannot be opened, and why."""
        try:
            return self.using(Vault.keys), ""
        except RuleSevenError as error:
            return None, str(error)

    def shred(self, scopes: Collection[bytes]) -> bool:
        """Destroy the keys of these scopes, as far as the vault still holds them: nothing that is left opens them.

        Whether it held any.
        """
        self.forget()
        if not self.using(lambda vault: vault.holds(scopes)):
            return False
        with self._alone():
            # Opened again: whoever was alone before may have destroyed them, and put the vault under another key.
            self.close()
            self._vault = self._vault_as_left()
            held = self._vault.holds(scopes)
            if held:
                self._put_under_fresh_key(self._vault, scopes)
        return held

    def forget(self) -> None:
        """Drop what is remembered of scopes, after anything went wrong."""
        self._ciphers.clear()
        if self._vault is not None:
            self._vault.forget()

    def end(self) -> None:
        """Close the vault, and leave the token that signs, if one does."""
        self.close()
        self._signer = None
        self._in_token.close()

    def close(self) -> None:
        """Close the vault and forget its keys; it is opened again when it is next needed."""
        self._ciphers.clear()
        if self._vault is not None:
            self._vault.close()
            self._vault = None

    def _open_vault(self) -> Vault:
        while True:
            data = read_secret(self._folder.vault_key, READING)
            try:
                return self._vault_under(data)
            except (ForeignFile, Locked):
                if read_secret(self._folder.vault_key, READING) != data:
                    continue  # another process put a fresh key in its place meanwhile
                if not self._folder.vault_key_beside.exists():
                    raise
            with self._alone():
                return self._vault_as_left()

    def _vault_as_left(self) -> Vault:
        """The vault under the key in place, or the one beside, which then takes its place. To be called alone."""
        in_place, beside = self._folder.vault_key, self._folder.vault_key_beside
        try:
            return self._vault_under(read_secret(in_place, READING))
        except Locked:
            if not beside.exists():
                raise
        vault = self._vault_under(read_secret(beside, READING))
        vault.compact()
        put_in_place(beside, in_place)
        return vault

    def _put_under_fresh_key(self, vault: Vault, scopes: Collection[bytes]) -> None:
        in_place, beside = self._folder.vault_key, self._folder.vault_key_beside
        fresh = os.urandom(KEY_SIZE)
        protection = self.protection(primitives.unprotect, read_secret(in_place, "erasing"))
        beside.unlink(missing_ok=True)  # of one who was interrupted before the vault was under it
        write_secret(beside, primitives.protect(fresh, protection, os.urandom))
        vault.shred(scopes, fresh)
        vault.compact()
        put_in_place(beside, in_place)

    def protection(self, load: Callable[[bytes, bytes | None], object], data: bytes) -> bytes | None:
        """The passphrase that a secret file is under, which `load` opened before; None if it stands in the open."""
        try:
            load(data, None)
        except Locked:
            self._unlocked(load, data)
            return self._passphrase
        return None

    def _vault_under(self, data: bytes) -> Vault:
        kek = self._unlocked(primitives.unprotect, data)
        return Vault(self._folder.vault, self._ledger, kek, os.urandom)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else replaces the vault's key meanwhile."""
        folder = os.open(self._folder.vault_key.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _unlocked(self, load: Callable[[bytes, bytes | None], S], data: bytes) -> S:
        """Load a key file; the file decides whether a passphrase is asked for."""
        if not self._asked:
            try:
                return load(data, None)
            except Locked:
                self._passphrase, self._asked = self._ask(), True
        return load(data, self._passphrase)
