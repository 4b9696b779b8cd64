"""Filing: a judged entry laid out in its record's fields, and sealed into a draft under scope keys."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger.keyring import Keyring
from ledger.procedure.declare import Scope
from ledger.procedure.entry import Entry
from ledger.procedure.layout import to_fields
from ledger.proof.draft import Drafter
from ledger.reading import to_us
from ledger.store.sqlite import StoredDraft


class Filed(NamedTuple):
    """An entry addressed to its stream and laid out in fields: the domain event that the application saves."""

    originator_id: uuid.UUID
    originator_version: int
    entry: Entry
    fields: list[tuple[Any, Scope | None]]

    @classmethod
    def of(cls, entry: Entry, stream: bytes) -> Filed:
        return cls(uuid.UUID(bytes=stream), entry.version, entry, to_fields(entry.event, entry.about))


class Transaction(NamedTuple):
    """All entries of one transaction, as the application collects them: one look at its type instead of one each."""

    id: uuid.UUID
    version: int
    filed: Sequence[Filed]

    def collect_events(self) -> Sequence[Filed]:
        return self.filed


class Sealing:
    """Entries to sealed drafts: the mapper's half of saving."""

    def __init__(self, ledger: bytes, keyring: Keyring) -> None:
        self._keyring = keyring
        self._drafter = Drafter(ledger)
        self._scopes: Mapping[Scope, bytes] = {}
        self._ciphers: Mapping[bytes, Any] = {}

    def prepare(self, filed: Sequence[Filed]) -> None:
        """Have a key, durable in the vault, for every scope these entries need: one vault transaction for all."""
        names = {scope for f in filed for _, scope in f.fields if scope is not None}
        found = self._keyring.scopes(names) if names else {}  # what seals nothing needs no vault
        self._scopes = {name: scope for name, (scope, _) in found.items()}
        self._ciphers = dict(found.values())

    def forget(self) -> None:
        """Start again from what the vault holds, after anything went wrong."""
        self._keyring.forget()

    def seal(self, filed: Filed) -> StoredDraft:
        entry, scopes = filed.entry, self._scopes
        values: list[tuple[Any, bytes | None]] = [(value, None) for value in _envelope(entry)]
        values += [(value, None if scope is None else scopes[scope]) for value, scope in filed.fields]
        draft = self._drafter.draft(
            entry.kind.wire,
            filed.originator_id.bytes,
            filed.originator_version,
            entry.command_id,
            entry.ordinal,
            values,
            self._ciphers,
            os.urandom,
        )
        return StoredDraft(filed.originator_id, filed.originator_version, entry.kind.wire, b"", draft)


def _envelope(entry: Entry) -> tuple[Any, ...]:
    """Fields 5 to 8: about, actor, when, judgement (docs/format.md)."""
    owed = [[o.duty, list(o.about), to_us(o.due), o.by, o.case] for o in entry.owed]
    ended = [[key.duty, list(key.about)] for key in entry.ended]
    findings = [[f.rule, f.level, f.edition, list(f.about), f.message, f.external] for f in entry.findings]
    return (
        list(entry.about),
        [entry.actor.staff_ref, entry.actor.role] if entry.actor else None,
        [to_us(entry.occurred_at), to_us(entry.known_at)],
        [entry.mode, list(entry.editions), findings, owed, ended],
    )
