"""A file from a partner, opened and checked: whose it is, what it is, and whether it is for this ledger.

Nothing is recorded here. A **notice** is a selective extract about one disclosure that holds the sender's record of it;
a **receipt** one about a receipt that holds the partner's `DisclosureReceived`. Everything else is an **extract**.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.entries import EntryChecker
from ledger.errors import ForeignFile, IntegrityError, Malformed, NewerVersion, Undecided, UsageError
from ledger.extract_body import SELECTIVE
from ledger.extract_check import Examined, ExtractReport, examine
from ledger.extract_reading import readings_of
from ledger.folder import read_outside
from ledger.ledger import Ledger
from ledger.notices import MADE, RECEIVED
from ledger.parcel import MAX_PARCEL, open_parcel
from ledger.proof.envelope import MAX_SIZE, open_body
from ledger.proof.parcel import is_parcel
from ledger.reading import Reading
from ledger.recipient import check_meant
from ledger.trust import KnownChange, Trust
from ledger.trusted import Partner, TrustFolder

NOTICE, RECEIPT, EXTRACT = "notice", "receipt", "extract"
SORTS = ((NOTICE, "disclosure", MADE, "disclosure_id"), (RECEIPT, "receipt", RECEIVED, "receipt_id"))
NOBODY = Trust("nobody", charter_sha256=bytes(32))


@dataclass(frozen=True)
class Arrived:
    """A file that verified: what it is, and of a notice or receipt the `record` of the partner's that it is about.

    `newest`: whom we trust, with what the file shows of their newest head and keys.
    """

    what: str
    record: Reading | None
    records: list[Reading]
    partner: Partner
    report: ExtractReport
    sha256: str
    newest: Trust | None

    @property
    def quoted(self) -> str:
        """The hash that our record quotes: that of the partner's record, or of the extract."""
        return self.sha256 if self.record is None else self.record.hash.hex()


def opened(ledger: Ledger, file: Path) -> Arrived:
    """The parcel or extract in a file, once it verifies as a trusted partner's and is for this ledger or for none.

    Raises `ForeignFile` for what is not for this ledger, `Undecided` for an agency that is not trusted, and
    `IntegrityError` for what does not verify.
    """
    data = read_outside(file, MAX_PARCEL, f"larger than a parcel may be ({MAX_PARCEL >> 20} MiB)")
    if is_parcel(data):
        data = open_parcel(ledger, data)
    elif len(data) > MAX_SIZE:
        raise ForeignFile(f"{file.name} is larger than an extract may be ({MAX_SIZE >> 20} MiB).")
    whose = _ledger_of(data)
    partner = TrustFolder(ledger).of(whose)
    examined = examine(data, NOBODY if partner is None else partner.trust)
    report = examined.report
    if report.verdict == "failed":
        position, step, reason = report.first_bad or (0, 0, "it does not verify")
        where = f" at record {position}, step {step}" if position else ""
        raise IntegrityError(
            f"What was received does not verify{where}: {reason}. Nothing was recorded.", position, step
        )
    if whose == ledger.id:
        raise UsageError("This is an extract of this ledger itself: there is nothing to receive.")
    if partner is None and report.agency:
        raise Undecided(
            f"This is signed by {report.agency!r}, whom you have not said you trust. If you do, add their card (trust "
            "add CARD --as NAME), then receive it again. Nothing was recorded."
        )
    if partner is None or report.verdict != "verified":
        reason = report.first_bad[2] if report.first_bad else "it is not decided whether it verifies"
        raise Undecided(f"What was received is not believed: {reason.rstrip('.')}. Nothing was recorded.")
    if report.recipient not in (b"", ledger.id):
        raise ForeignFile(f"This is meant for another ledger ({report.recipient.hex()}). Nothing was recorded.")
    if report.given is not None:
        check_meant(ledger, report.given["to"])
    records = readings_of(examined)
    what, record = _what(ledger, report, records)
    sha256 = hashlib.sha256(data).hexdigest()
    return Arrived(what, record, records, partner, report, sha256, _newest(partner, examined))


def _ledger_of(data: bytes) -> bytes:
    """Whose a signed file says it is; nothing where it cannot be read, which then is its verdict."""
    try:
        return open_body(data).ledger
    except (Malformed, NewerVersion):
        return b""


def _newest(partner: Partner, examined: Examined) -> Trust | None:
    """What is known of the partner with the head of what it sent; nothing new by a statement, which has none."""
    position, digest = examined.report.head
    if examined.body is None or not position:
        return None
    checker = EntryChecker(partner.card.ledger, partner.card.claims)
    checker.follow(examined.body.keys, position)
    changes = tuple(map(KnownChange.of, checker.schedule.changes))
    return replace(partner.trust, head=(position, bytes.fromhex(digest)), keys=changes)


def _what(ledger: Ledger, report: ExtractReport, records: Sequence[Reading]) -> tuple[str, Reading | None]:
    """A notice and a receipt say of themselves what they are about: they are for us, and hold just that one."""
    if report.mode == SELECTIVE and report.recipient == ledger.id and len(report.about) == 1:
        sort, name, _ = report.about[0]
        for what, of, event, field in SORTS:
            found = [r for r in records if sort == of and r.name == event and r.data[field] == name]
            if len(found) == 1:
                return what, found[0]
    return EXTRACT, None
