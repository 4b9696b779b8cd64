"""What a verification is given and what it says. All of it can be pickled, so that segments may run in processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ledger.proof import charter, record
from ledger.proof.keys import KeyChange, KeySchedule

Verdict = Literal["verified", "failed", "undecided"]


class Row(NamedTuple):
    """One stored row, raw: whoever owns the file may have put any type and any size into any column."""

    position: Any
    record: Any
    hash: Any
    stream: Any
    version: Any
    command_id: Any
    ordinal: Any
    leaves: Any
    sealed: Any


class SegmentStart(NamedTuple):
    """Where a segment begins: its first position, and of the record before it what is known: its hash, its times."""

    position: int = 1
    previous: bytes = record.NO_PREVIOUS
    hour: int | None = None
    recorded_us: int | None = None


@dataclass(frozen=True)
class VerifyContext:
    """What a verifier knows before it looks at a row; none of it has a default that trusts.

    `schedule` is None when nobody can say which keys the ledger has; then its genesis cannot verify. It needs to know
    the key records before the first row verified, and no others.
    `kinds`: total number of fields of each known kind. `scope_keys`: scope id to 32-byte key; None: a closed vault.
    `heads`: (position, record hash) from checkpoints, receipts and cosignatures held; each must be in the chain.
    """

    ledger: bytes
    practice: bool
    schedule: KeySchedule | None
    kinds: Mapping[str, int]
    scope_keys: Mapping[bytes, bytes] | None
    every_signature: bool = False
    heads: Sequence[tuple[int, bytes]] = ()


def context_for(
    ledger: bytes,
    genesis_leaves: Any,
    kinds: Mapping[str, int],
    scope_keys: Mapping[bytes, bytes] | None,
    *,
    every_signature: bool = False,
    heads: Sequence[tuple[int, bytes]] = (),
) -> VerifyContext:
    """The context of the ledger with this id, its keys taken from row 1's `leaves` column if they hash to the id."""
    found = charter.charter_of(genesis_leaves, ledger)
    schedule = KeySchedule(found.public, found.recovery_public) if found else None
    practice = found.practice if found else False
    return VerifyContext(ledger, practice, schedule, kinds, scope_keys, every_signature, tuple(heads))


class Failure(NamedTuple):
    """The first bad position, the number of the step that found it, and why, in words."""

    position: int
    step: int
    reason: str


@dataclass(slots=True)
class Span:
    """The versions of one stream that a segment holds: contiguous, the first of them at `position`."""

    first: int
    last: int
    position: int


@dataclass
class SegmentReport:
    """What verifying a segment found. Everything but `failure` tells of the records before the failure."""

    start: SegmentStart
    position: int  # the last good one; start.position - 1 if there is none
    hash: bytes
    hour: int | None
    recorded_us: int | None
    first_hour: int | None = None
    first_recorded_us: int | None = None
    failure: Failure | None = None
    signatures: int = 0
    unchecked: int = 0  # records with something sealed that was not opened, the vault being closed
    spans: dict[bytes, Span] = field(default_factory=dict)
    commands: dict[bytes, int] = field(default_factory=dict)  # field 4's encoding, and where it stands
    erasures: list[tuple[int, tuple[bytes, ...]]] = field(default_factory=list)
    missing: dict[bytes, list[int]] = field(default_factory=dict)  # scopes without a key, and where they are used
    steps_back: list[int] = field(default_factory=list)  # positions recorded before the record before them
    keys_before: tuple[KeyChange, ...] = ()  # the key records taken to stand before the start
    changes: list[KeyChange] = field(default_factory=list)  # those found in the segment itself


class Head(NamedTuple):
    position: int
    hash: bytes


class Dispute(NamedTuple):
    """The records from `first` to `last`, which the recovery at the position after distrusts.

    `anchors` are the heads held from outside that stand among them: up to there, they were so when that head was given.
    """

    first: int
    last: int
    anchors: tuple[Head, ...]


@dataclass(frozen=True)
class Report:
    """The verdict on a whole ledger. If there is a `first_bad`, `records` are those before it.

    `head` is the last record found good; where two segments disagree, the last of the segment before.
    """

    verdict: Verdict
    records: int
    head: Head
    signatures: int  # how many were checked
    unchecked: int  # records whose sealed part was not opened
    erased: int  # records whose sealed part, or some of it, is gone by a later recorded erasure
    disputed: int  # records that a recovery distrusts
    first_bad: Failure | None
    missing: tuple[int, ...] = ()  # positions that need a key that neither the vault nor an erasure accounts for
    steps_back: tuple[int, ...] = ()
    heads: int = 0  # how many of the heads held were found in the chain
    disputes: tuple[Dispute, ...] = ()
    changes: tuple[KeyChange, ...] = ()  # the key records, in order
    undestroyed: int = 0  # keys that the vault holds though a recorded erasure destroyed them: it is an old copy
