"""Checking a signed extract offline, with nothing but the file and whom one trusts.

The order is that of `docs/format.md`, section 8, "To verify"; the steps of each record carry the numbers
of `ledger.proof.verify`. Position 0 stands for the file itself. An agency that is not trusted leaves the verdict
undecided: the file may be intact, but nobody has said whose word it is.

What a stranger may cost before a signature is found false: the file is bounded, and so is how many values it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ledger.entries import Bad, Checked, EntryChecker, proved_charter
from ledger.errors import IntegrityError, Malformed, NewerVersion
from ledger.extract_body import STATEMENT, Body, read
from ledger.extract_records import check_records
from ledger.extract_statement import Stated, check_statement
from ledger.folder import read_outside
from ledger.proof import checkpoint
from ledger.proof.charter import GENESIS_MLDSA
from ledger.proof.checkpoint import Checkpoint, Keys
from ledger.proof.envelope import EXTRACT_TAG, MAX_SIZE, Envelope, check_body, open_body
from ledger.proof.joint_proof import check_joint
from ledger.proof.tree import MAX_SIZE as MAX_POSITION
from ledger.trust import LONGEST_NAME, KnownChange, Trust

HEADS = 9

T = TypeVar("T")


@dataclass(frozen=True)
class ExtractReport:
    """The verdict on an extract. `first_bad` is (position, step, reason); position 0 is the file itself, and in a
    statement the position of a record is its number.

    `about`: [type, id, last version], which is 0 but in a complete one; `absent`: [type, id, reason]; `head`: position
    and hash in hex of the last record under the checkpoint, (0, "") of a statement; `heads`: (position, hash) of every
    record that is here, and of that one; `reasons`: how many fields are withheld for each; `made`: µs since 1970;
    `recipient`: the ledger it is for, if it is for one.
    """

    verdict: str
    agency: str
    trust: str
    records: int = 0
    opened: int = 0
    withheld: int = 0
    mode: str = ""
    practice: bool = False
    about: tuple[tuple[str, str, int], ...] = ()
    given: Mapping[str, str] | None = None
    head: tuple[int, str] = (0, "")
    disputed: int = 0  # records that a recovery distrusts, by the extract itself or by what the verifier trusts
    first_bad: tuple[int, int, str] | None = None
    ledger: bytes = b""
    recipient: bytes = b""
    made: int = 0
    heads: tuple[tuple[int, bytes], ...] = ()
    absent: tuple[tuple[str, str, str], ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Examined:
    """A report; of a verified extract also its body, and what was found in each of its records."""

    report: ExtractReport
    body: Body | None = None
    records: Sequence[Checked | Stated] = ()


def verify_extract(path: Path, trust: Trust) -> ExtractReport:
    """Check an extract file against whom one trusts.

    A damaged or altered extract is a verdict, not an error; `ForeignFile` says that the file is no extract at all.
    """
    return check_extract(read_extract(path), trust)


def read_extract(path: Path) -> bytes:
    """The bytes of an extract file; `ForeignFile` where it is larger than one may be."""
    return read_outside(path, MAX_SIZE, f"larger than an extract may be ({MAX_SIZE >> 20} MiB)")


def check_extract(data: bytes, trust: Trust, *, vouched: AbstractSet[bytes] = frozenset()) -> ExtractReport:
    """The verdict on the bytes of an extract. `vouched`: records whose signatures need not be verified again."""
    return examine(data, trust, vouched=vouched).report


def examine(data: bytes, trust: Trust, *, vouched: AbstractSet[bytes] = frozenset()) -> Examined:
    """Likewise, with what was found."""
    agency = ""
    try:
        envelope = open_body(data, MAX_SIZE)
        body = read(envelope.body)
        charter = proved_charter(body.genesis, envelope.ledger, practice=body.practice)
        agency = charter.name[:LONGEST_NAME]
        examination = _Examination(envelope, body, EntryChecker(envelope.ledger, charter, vouched), trust)
        distrust = examination.signed(charter.to_bytes())
        if distrust is not None:
            return Examined(ExtractReport("undecided", agency, trust.name, first_bad=(0, 0, distrust)))
        records = examination.records()
        examination.known()
        return Examined(examination.report(agency, records), body, records)
    except NewerVersion as error:
        return Examined(ExtractReport("undecided", agency, trust.name, first_bad=(0, 0, str(error))))
    except (Malformed, IntegrityError) as error:
        return Examined(ExtractReport("failed", agency, trust.name, first_bad=Bad(0, 0, str(error)).where))
    except Bad as bad:
        return Examined(ExtractReport("failed", agency, trust.name, first_bad=bad.where))


class _Examination:
    """One extract whose parts have their form, and whose genesis proves a charter."""

    def __init__(self, envelope: Envelope, body: Body, checker: EntryChecker, trust: Trust) -> None:
        self._envelope = envelope
        self._body = body
        self._checker = checker
        self._schedule = checker.schedule
        self._trust = trust
        self._stated = body.mode == STATEMENT
        self._under = Checkpoint("", MAX_POSITION, b"")  # of a statement: none
        self._heads: dict[int, bytes] = {}

    def signed(self, charter: bytes) -> str | None:
        """2 to 7: the keys, whom the verifier trusts, and their signatures; why it is not decided, if it is not."""
        body = self._body
        genesis = self._checker.genesis(body.genesis)
        if not self._stated:
            self._under = _noted(lambda: self._claimed(body.checkpoint))
        keys = self._checker.follow(body.keys, self._under.size)
        distrust = self._trust.accepts(charter) or self._trust.knows([key.public for key in self._schedule.lives])
        if distrust is not None:
            return distrust
        if self._stated and self._taken_back():
            return "signed with a key that was taken back since, as the trust file knows: it may have been stolen"
        check_body(self._envelope, self._schedule.newest.public, EXTRACT_TAG)
        if not self._stated:
            mldsa = self._schedule.mldsa(self._under.size + 1) or genesis.fields[GENESIS_MLDSA]
            signers = Keys(self._schedule.newest.public, mldsa)
            _noted(lambda: checkpoint.check(body.checkpoint, self._under.origin, signers))
        self._join([(one.position, one.hash) for one in (genesis, *keys)])
        return None

    def records(self) -> Sequence[Checked | Stated]:
        """8 to 10: the records, and the proof that joins them to the checkpoint."""
        if self._stated:
            return check_statement(self._body)
        found, size = check_records(self._checker, self._body, self._under.size), self._under.size
        self._join([*((one.position, one.hash) for one in found), (size, self._body.head)])
        leaves = {position - 1: digest for position, digest in self._heads.items()}
        _noted(lambda: check_joint(leaves, size, self._body.proof, self._under.root))
        return found

    def known(self) -> None:
        """11: what the verifier knows besides."""
        head, changes = self._trust.head, self._schedule.changes
        if head is not None and self._heads.get(head[0], head[1]) != head[1]:
            raise Bad(head[0], HEADS, "the trust file holds another head at this position")
        last = (changes[-1].position if changes else 0) if self._stated else self._under.size
        at = self._trust.contradicts(changes, last)
        if at is not None:
            raise Bad(at, HEADS, "the trust file holds other keys: a key record is missing, or is not in the ledger")

    def report(self, agency: str, records: Sequence[Checked | Stated]) -> ExtractReport:
        """What a verified extract says."""
        body = self._body
        return ExtractReport(
            "verified",
            agency,
            self._trust.name,
            len(records),
            sum(record.opened for record in records),
            len(body.withheld),
            body.mode,
            body.practice,
            tuple((kind, name, end) for kind, name, end in body.about),
            body.given,
            (0, "") if self._stated else (self._under.size, body.head.hex()),
            self._disputed(records),
            ledger=self._envelope.ledger,
            recipient=body.recipient,
            made=body.made,
            heads=tuple(sorted(self._heads.items())),
            absent=tuple((kind, name, reason) for kind, name, reason in body.absent),
            reasons=tuple(sorted(Counter(reason for _, _, reason in body.withheld).items())),
        )

    def _claimed(self, data: bytes) -> Checkpoint:
        """What the checkpoint says, before its signatures are checked: they are by keys that are not known yet."""
        found = checkpoint.read(data)
        if found.origin != checkpoint.origin(self._envelope.ledger, practice=self._body.practice) or not found.size:
            raise IntegrityError("the checkpoint is of another ledger, or of no records")
        return found

    def _taken_back(self) -> bool:
        """Whether the verifier knows a recovery that the extract does not show."""
        shown = set(map(KnownChange.of, self._schedule.changes))
        return any(known.distrust_from is not None and known not in shown for known in self._trust.keys or ())

    def _join(self, heads: Iterable[tuple[int, bytes]]) -> None:
        """Take in what stands at which position; one position has one hash."""
        differ = [position for position, digest in heads if self._heads.setdefault(position, digest) != digest]
        if differ:
            raise Bad(min(differ), 3, "two different records are given for this position")

    def _disputed(self, records: Sequence[Checked | Stated]) -> int:
        known = {*map(KnownChange.of, self._schedule.changes), *(self._trust.keys or ())}
        spans = [(one.distrust_from, one.position) for one in known if one.distrust_from is not None]
        positions = (record.position for record in records if isinstance(record, Checked))
        return sum(any(first <= position < end for first, end in spans) for position in positions)


def _noted(check: Callable[[], T]) -> T:
    """What is wrong with the checkpoint, or with the proof that leads to it, is step 9 of the file."""
    try:
        return check()
    except (Malformed, IntegrityError) as error:
        raise Bad(0, HEADS, str(error)) from None
