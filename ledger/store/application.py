"""The `eventsourcing` application of one ledger: explicit factory, our mapper, no snapshots, no topics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent, Transcoder
from eventsourcing.utils import Environment

from ledger.proof.values import decode, encode
from ledger.store.connections import uri
from ledger.store.sqlite import LedgerFactory, SealingRecorder, StoredDraft, StoredRow


class StrictTranscoder(Transcoder):
    """One value, one encoding: the record format's own msgpack."""

    def encode(self, obj: Any) -> bytes:
        return encode(obj)

    def decode(self, data: bytes) -> Any:
        return decode(data)


class SealingMapper(Mapper[UUID]):
    """Events to sealed drafts and rows to what they say.

    The two functions are given by the facade, which knows what the fields mean; nothing here resolves a topic, so no
    row can name what is imported.
    """

    def __init__(self, seal: Callable[[Any], StoredDraft], read: Callable[[StoredRow], Any]) -> None:
        super().__init__(StrictTranscoder())
        self._seal = seal
        self._read = read

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        return self._seal(domain_event)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        event: DomainEventProtocol[UUID] = self._read(cast("StoredRow", stored_event))
        return event


class LedgerApplication(Application[UUID]):
    """Saves what the facade has judged, and reads it back."""

    name = "ledger"

    def __init__(
        self, path: Path, seal: Callable[[Any], StoredDraft], read: Callable[[StoredRow], Any], *, create: bool = False
    ) -> None:
        self._path = path
        self._mapping = (seal, read)
        # Given here, the settings win over the process's environment, which could otherwise redirect the ledger.
        settings = {"CREATE_TABLE": "n", "IS_SNAPSHOTTING_ENABLED": "n"}
        super().__init__({"SQLITE_DBNAME": uri(path), **settings})
        if create:
            self.records.create_table()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return LedgerFactory(env, self._path)

    def construct_mapper(self) -> Mapper[UUID]:
        return SealingMapper(*self._mapping)

    def construct_transcoder(self) -> Transcoder:
        return StrictTranscoder()

    @property
    def records(self) -> SealingRecorder:
        return cast("SealingRecorder", self.recorder)
