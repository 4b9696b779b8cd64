"""Verifying a stored ledger: its rows in segments, over several processes where there are many.

Segments carry what their neighbours must agree on, so each verifies by itself (`ledger.proof.verify`). A worker that
dies takes nothing with it: the whole is then verified in this process.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.anchors import HEADS, Anchor, compare
from ledger.errors import IntegrityError, Malformed, NewerVersion
from ledger.folder import Folder
from ledger.kept import KeysAt, Subject, read_anchor
from ledger.key_history import learn
from ledger.keyring import Keyring
from ledger.procedure.declare import BY_WIRE
from ledger.procedure.edition import opened_with
from ledger.procedure.events.agency import LedgerOpened
from ledger.proof.charter import GENESIS_CHARTER, KEYS_STREAM, Charter, ledger_id
from ledger.proof.checkpoint import Keys
from ledger.proof.commitments import leaves_from_bytes, open_value, stream_id
from ledger.proof.keys import KeySchedule
from ledger.proof.quorum import Quorum
from ledger.proof.record import LEDGER_AT, POSITION_AT
from ledger.proof.report import Failure, Report, Row, SegmentReport, SegmentStart, VerifyContext, context_for
from ledger.proof.verify import combine, verify_segment
from ledger.reading import Reading
from ledger.store.scan import extent, hash_at, scan, scan_stream
from ledger.store.structure import check_file, inspect
from ledger.trust import Trust

WORTH_PROCESSES = 30_000  # records; below, starting processes costs more than it saves
KEY = 5  # the step of a record's key
EDITIONS = 8  # the step of a record's fields, which name the editions it was judged by
INTACT = "Every stored record is intact, but not this installation."
SEGMENT = 25_000  # records at most in one segment, so that work is shared out evenly


@dataclass(frozen=True)
class Verification:
    """The verdict on a ledger folder. `charter` is None where the genesis does not hold one that is intact."""

    report: Report
    charter: Charter | None
    vault: str = ""  # why sealed content could not be checked; empty when it was
    triggers_missing: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()  # what was kept elsewhere and compared with the records
    known: int = 0  # how many of the records are known elsewhere, by these and by the heads given

    @property
    def publics(self) -> list[bytes]:
        """Every signing key of the ledger, from the charter's on."""
        return [*([self.charter.public] if self.charter else []), *(c.public for c in self.report.changes)]

    @property
    def practice(self) -> bool:
        return self.charter is not None and self.charter.practice


def verify_folder(
    path: Path,
    *,
    passphrase: Callable[[], bytes | None],
    every_signature: bool = False,
    heads: Sequence[tuple[int, bytes]] = (),
    against: Sequence[Path] = (),
    partners: Sequence[Trust] = (),
    quorum: Quorum | None = None,
    processes: int = 1,
) -> Verification:
    """Verify the ledger in a folder without opening it for anything else, so that any damage ends in a verdict.

    Sealed content is checked too if the vault opens; else it is counted as unchecked. Where the table itself, an index
    or an added trigger is not as it must be, the ledger fails at position 0: rows may be sound and yet be hidden. So it
    does where the editions installed are not those that the ledger was opened with.
    `against`: checkpoints, proof files and extracts of it that were kept elsewhere, and extracts of `partners`, those
    who are trusted to say what they were told; `ForeignFile` or `Malformed` for one that proves nothing. They are
    compared where the records by themselves are in order. By a `quorum`, those alone count that enough witnesses
    cosigned; if none does, the verdict is undecided at position 0. So it is where a partner quotes a record of this
    ledger that is not in it.
    With more than one process a large ledger is verified in workers, which import the caller's main module.
    """
    folder = Folder(path)
    check_file(folder.records)
    genesis = next(scan(folder.records, 0, 1), None)
    ledger, charter = _identity(genesis)
    keyring = Keyring(folder, ledger, passphrase)
    try:
        keys, vault = keyring.all_scope_keys()
    finally:
        keyring.close()
    report = verify_records(
        folder.records,
        context_for(
            ledger,
            genesis.leaves if genesis else b"",
            {wire: kind.size for wire, kind in BY_WIRE.items()},
            keys,
            every_signature=every_signature,
            heads=heads,
        ),
        processes,
    )
    anchors: list[Anchor] = []
    if against and report.first_bad is None and genesis is not None and charter is not None:
        subject = Subject(charter, _keys_of(charter, genesis, report), report.head.position, quorum, partners)
        if quorum:
            quorum.exclude(subject.name, [charter.public, *(change.public for change in report.changes)])
        report, anchors = compare(report, [read_anchor(file, subject) for file in against], folder.records)
        if quorum and report.verdict == "verified" and not any(anchor.counts for anchor in anchors):
            report = replace(report, verdict="undecided", first_bad=Failure(0, HEADS, _too_few(quorum, anchors)))
    if report.verdict == "verified" and genesis is not None:
        report = _with_editions(report, genesis)
    missing, wrong = inspect(folder.records)
    if wrong and report.first_bad is None:
        failure = Failure(0, 1, f"the database's structure was altered: {'; '.join(wrong)}")
        report = replace(report, verdict="failed", first_bad=failure)
    elsewhere = [position for position, _ in heads] + [anchor.reaches for anchor in anchors if anchor.counts]
    known = max(elsewhere, default=0) if report.verdict != "failed" else 0
    return Verification(report, charter, vault, tuple(missing), tuple(anchors), known)


def _too_few(quorum: Quorum, anchors: Sequence[Anchor]) -> str:
    """Why no checkpoint counts."""
    most = max((len(anchor.witnesses) for anchor in anchors), default=0)
    wanted = f"{quorum.needed} cosignature{'s' if quorum.needed > 1 else ''}"
    return f"no checkpoint given has {wanted} of the policy's witnesses; the most is {most}"


def _keys_of(charter: Charter, genesis: Row, report: Report) -> KeysAt:
    """The keys that sign a checkpoint of a size, by the charter and the key records of a verified ledger."""
    schedule = KeySchedule(charter.public, charter.recovery_public, report.changes)
    event = Reading(genesis, b"").event
    first = event.mldsa_public if isinstance(event, LedgerOpened) else b""

    def keys_at(size: int) -> Keys:
        live = schedule.live(size + 1) or schedule.newest
        return Keys(live.public, schedule.mldsa(size + 1) or first)

    return keys_at


def _with_editions(report: Report, genesis: Row) -> Report:
    """The report on records that all verified, with what is wrong with the editions of this installation."""
    event = Reading(genesis, b"").event
    try:
        if isinstance(event, LedgerOpened):
            opened_with(tuple(event.editions))
    except NewerVersion as error:
        return replace(report, verdict="undecided", first_bad=Failure(0, EDITIONS, f"{INTACT} {error}"))
    except IntegrityError as error:
        return replace(report, verdict="failed", first_bad=Failure(0, EDITIONS, f"{INTACT} {error}"))
    return report


def _identity(genesis: Row | None) -> tuple[bytes, Charter | None]:
    """Which ledger this is: its charter's hash; if there is no charter to be read, what the first record claims."""
    if genesis is None:
        return bytes(16), None
    try:
        data = open_value(leaves_from_bytes(genesis.leaves)[GENESIS_CHARTER][1:])
        if type(data) is bytes:
            return ledger_id(data), Charter.from_bytes(data)
    except (Malformed, IndexError, TypeError):
        pass
    claimed = genesis.record[LEDGER_AT:POSITION_AT] if type(genesis.record) is bytes else b""
    return claimed.ljust(16, b"\0"), None


def verify_records(path: Path, context: VerifyContext, processes: int = 1) -> Report:
    """Verify every stored byte. If anything fails, every signature is checked, so that the lowest bad position is
    named."""
    report = _verify(path, context, processes)
    if report.first_bad is not None and not context.every_signature:
        report = _verify(path, replace(context, every_signature=True), processes)
    return report


def _verify(path: Path, context: VerifyContext, processes: int) -> Report:
    count, last = extent(path)
    if processes > 1 and count == last and count >= WORTH_PROCESSES:
        with suppress(BrokenProcessPool):
            report = combine(_in_processes(path, _with_keys(path, context), last, processes), context)
            # Workers are told the keys before their segment by an index: if one seems wrong, follow the records alone.
            if report.first_bad is None or report.first_bad.step != KEY:
                return report
    return combine([verify_segment(scan(path), SegmentStart(), context)], context)


def _with_keys(path: Path, context: VerifyContext) -> VerifyContext:
    """The context with what the key records claim, as far as they verify, so that a segment may begin anywhere.

    `combine` compares it with what the segments find.
    """
    if context.schedule is None:
        return context
    schedule = context.schedule.before(1)
    with suppress(IntegrityError):
        for _ in learn(scan_stream(path, stream_id(context.ledger, *KEYS_STREAM)), schedule, context):
            pass
    return replace(context, schedule=schedule)


def _in_processes(path: Path, context: VerifyContext, last: int, workers: int) -> list[SegmentReport]:
    pieces = max(workers, -(-last // SEGMENT))
    edges = [last * i // pieces for i in range(pieces + 1)]
    # Never forked: a child must not inherit an open SQLite connection.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, _begin, (path, context)) as pool:
        return list(pool.map(_segment, edges[:-1], edges[1:]))


_given: list[tuple[Path, VerifyContext]] = []  # in a worker: what it verifies, given once and not with every segment


def _begin(path: Path, context: VerifyContext) -> None:
    _given.append((path, context))


def _segment(after: int, stop: int) -> SegmentReport:
    path, context = _given[0]
    start = SegmentStart(after + 1, hash_at(path, after)) if after else SegmentStart()
    return verify_segment(scan(path, after, stop), start, context)
