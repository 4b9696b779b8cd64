"""The sources of a review across agencies: adding one to the review's own signed ledger, and reading them again.

The review's ledger says of each what was verified, up to which record; the agencies' ledgers are never written to. A
copy of every extract is kept in the review's folder; a ledger's folder stays where it lies. Both are verified again
whenever they are read: what is not what was added is refused, and what a ledger has grown by since is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ledger.errors import IntegrityError, Malformed, RuleSevenError, Undecided, UnknownId, UsageError
from ledger.extract_check import read_extract
from ledger.extract_reading import readings_of
from ledger.folder import sync_folder, write_secret
from ledger.ledger import Ledger
from ledger.procedure.command import Actor
from ledger.reading import Reading, Unopened
from ledger.review_examining import EXTRACT, FAILED, Passphrase, Source, examine_source, read_again
from ledger.trust import Trust
from ledger.verification import verify_folder

ADDED, OPENED = "ReviewSourceAdded", "ReviewOpened"
KEPT = "sources"
PassphraseOf = Callable[[Path], Passphrase]


@dataclass
class OpenSource:
    """A source with its records, up to the head that was added; `grown`: how many the ledger has had since.

    `unread`: records of an unverified ledger that cannot be read.
    """

    source: Source
    readings: Sequence[Reading]
    grown: int = 0
    unread: int = 0
    hashes: dict[int, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.hashes = {reading.position: reading.hash for reading in self.readings}
        if self.source.position:
            self.hashes[self.source.position] = self.source.head


def review_of(ledger: Ledger) -> str:
    """The id of the review that a ledger is of; `UnknownId` where it is of none."""
    for reading in ledger.readings():
        if reading.name == OPENED:
            return reading.about.id
    raise UnknownId(f"{ledger.folder.path} is no review's ledger: 'review create' makes one.")


def sources_of(review: Ledger) -> list[Source]:
    """Every source that was added, in that order; one that was added again, since it had been moved, but once."""
    first: dict[tuple[bytes, str, bytes, bytes], Source] = {}
    for source in _added(review):
        first.setdefault(_identity(source), source)
    return [*first.values()]


def _added(review: Ledger) -> list[Source]:
    return [_source(review, reading) for reading in review.readings() if reading.name == ADDED]


def _identity(source: Source) -> tuple[bytes, str, bytes, bytes]:
    return source.ledger, source.form, source.digest, source.head


def contradictions(one: Mapping[int, bytes], other: Mapping[int, bytes]) -> list[int]:
    """The positions of one ledger at which two sources hold different records."""
    return sorted(position for position in one.keys() & other.keys() if one[position] != other[position])


def add_source(
    review: Ledger,
    path: Path,
    trust: Trust | None,
    passphrase_of: PassphraseOf,
    *,
    unverified: bool = False,
    actor: Actor | None = None,
    at: str | None = None,
    processes: int = 1,
) -> Source:
    """Verify a folder or an extract, and make it part of the review.

    Raises `IntegrityError` or `Undecided` for one that does not verify, and `IntegrityError` for one that disagrees
    with another on a record, unless `unverified`; `UsageError` for what does not belong into this review.
    """
    name = review_of(review)
    source = examine_source(path, trust, passphrase_of(path), processes)
    _check_belongs(review, source)
    if not source.verified and not unverified:
        fault = IntegrityError if source.verdict == FAILED else Undecided
        raise fault(
            f"{path} is not added, since it does not verify: {source.why}. With --unverified it is, and marked."
        )
    source = _agreeing(review, path, source, passphrase_of, unverified=unverified)
    kept = _keep(review, path, source) if source.form == EXTRACT else None
    command = _command(source) | {"review": name} | ({"recorded_at": at} if at else {})
    try:
        review.record(command, actor=actor)
    except BaseException:
        if kept:
            kept.unlink(missing_ok=True)
        raise
    return source


@contextmanager
def open_sources(review: Ledger, passphrase_of: PassphraseOf, processes: int = 1) -> Iterator[list[OpenSource]]:
    """Every source with its records, verified again; ledgers are open as long as this is.

    Raises `IntegrityError` where one is not what was added, `Undecided` where that cannot be told.
    """
    with ExitStack() as stack:
        yield [_opened(review, source, stack, passphrase_of, processes) for source in sources_of(review)]


def _check_belongs(review: Ledger, source: Source) -> None:
    if source.ledger == review.id:
        raise UsageError("This is the review's own ledger: what it says stands beside what the agencies' say already.")
    if source.practice is not review.practice:
        raise UsageError("A practice review reads practice ledgers, and no others do: they are evidence of nothing.")
    for other in sources_of(review):
        if _identity(other) == _identity(source) and not _moved(review, other):
            raise UsageError(f"This is part of the review already, by record {other.number} of its ledger.")
        if other.agency == source.agency and other.ledger != source.ledger:
            raise UsageError(
                f"{source.agency} is in this review by another ledger, {other.ledger.hex()}: two agencies of one id "
                "could not be told apart."
            )


def _agreeing(review: Ledger, path: Path, source: Source, passphrase_of: PassphraseOf, *, unverified: bool) -> Source:
    """The source, if it says the same as the others of its ledger; with `unverified` one that does not has failed."""
    same = [other for other in sources_of(review) if other.ledger == source.ledger]
    if not same:
        return source
    with ExitStack() as stack:
        mine = _read(source, path, stack, passphrase_of)
        for other in same:
            place = path if _moved(review, other) else _place(review, other)  # its older heads are held against it
            theirs = _read(other, place, stack, passphrase_of)
            if differ := contradictions(mine.hashes, theirs.hashes):
                why = (
                    f"it disagrees with record {other.number} of the review on record {differ[0]} of {source.agency}: "
                    "two different ones are given for one position"
                )
                if not unverified:
                    raise IntegrityError(
                        f"{path} is not added: {why}. Keep both, and ask the agency; --unverified adds it, marked.",
                        differ[0],
                        3,
                    )
                return Source(**{**vars(source), "verdict": FAILED, "why": why})
    return source


def _opened(
    review: Ledger, source: Source, stack: ExitStack, passphrase_of: PassphraseOf, processes: int
) -> OpenSource:
    """A source that is still what was added."""
    place = _place(review, source)
    if source.form == EXTRACT:
        if hashlib.sha256(read_extract(place)).digest() != source.digest:
            raise IntegrityError(f"{place} is not the extract that was added: it was altered. Restore it.")
    elif source.verified:
        heads = [(source.position, source.head)]
        report = verify_folder(place, passphrase=passphrase_of(place), heads=heads, processes=processes).report
        if report.first_bad is not None:
            fault = IntegrityError if report.verdict == FAILED else Undecided
            raise fault(
                f"{source.agency}'s ledger in {place} is not what was added to the review: record "
                f"{report.first_bad.position}, step {report.first_bad.step}: {report.first_bad.reason}."
            )
    return _read(source, place, stack, passphrase_of)


def _read(source: Source, place: Path, stack: ExitStack, passphrase_of: PassphraseOf) -> OpenSource:
    """The records of a source as they are."""
    if source.form == EXTRACT:
        return OpenSource(source, readings_of(read_again(read_extract(place))))
    book = stack.enter_context(Ledger.open(place, passphrase=passphrase_of(place)))
    if book.id != source.ledger:
        raise IntegrityError(f"{place} holds another ledger than {source.agency}'s, which was added to the review.")
    grown = max(0, book.head().position - source.position)
    if source.verified:
        return OpenSource(source, [*islice(book.readings(), source.position)], grown)
    found: list[Reading] = []
    for position in range(1, source.position + 1):
        with suppress(IntegrityError, UnknownId, Malformed):
            reading = book.reading(position)
            _ = reading.name, reading.about, reading.actor, reading.occurred_us, reading.full(), reading.findings
            found.append(reading)
    return OpenSource(source, found, grown, source.position - len(found))


def _place(review: Ledger, source: Source) -> Path:
    if source.form == EXTRACT:
        return review.folder.path / KEPT / f"{source.digest.hex()}.r7x"
    if isinstance(source.place, Unopened):
        raise Undecided(f"Where {source.agency}'s ledger lies is sealed, and the review's vault is {source.place}.")
    if (place := _found(review, source)) is None:
        raise UnknownId(
            f"{source.agency}'s ledger is not in {source.place} any more: put it back there, or add it where it is now."
        )
    return place


def _found(review: Ledger, source: Source) -> Path | None:
    """Where a ledger's folder lies: where it was added from, or from where it was added again later."""
    since = [one for one in _added(review) if one.ledger == source.ledger and one.number >= source.number]
    places = (Path(one.place) for one in since if one.form == source.form and not isinstance(one.place, Unopened))
    return next((place for place in places if place.is_dir()), None)


def _moved(review: Ledger, source: Source) -> bool:
    """Whether a folder is not where it was any more."""
    return source.form != EXTRACT and not isinstance(source.place, Unopened) and _found(review, source) is None


def _keep(review: Ledger, path: Path, source: Source) -> Path:
    """A copy of an extract that the review's owner alone can read."""
    kept = _place(review, source)
    data = read_extract(path)
    if hashlib.sha256(data).digest() != source.digest:
        raise IntegrityError(f"{path} changed while it was read: try again.")
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(RuleSevenError, FileNotFoundError):  # of one who was interrupted
        if kept.exists():
            kept.unlink()
    write_secret(kept, data)
    sync_folder(kept.parent)
    return kept


def _command(source: Source) -> dict[str, Any]:
    said = {
        "do": ADDED,
        "agency": source.agency,
        "ledger_id": source.ledger.hex(),
        "form": source.form,
        "head": source.head.hex(),
        "position": source.position,
        "digest": source.digest.hex() or None,
        "verdict": source.verdict,
        "trusted_as": source.trusted_as[:80] or None,
        "place": source.place or None,
        "why": source.why or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _source(review: Ledger, reading: Reading) -> Source:
    said = reading.full()
    words = said.get("words")
    texts: dict[str, Any] = (
        {"place": words, "why": words} if isinstance(words, Unopened) else {path[0]: text for path, text in words or ()}
    )
    return Source(
        said["form"],
        said["agency"],
        bytes.fromhex(said["ledger_id"]),
        review.practice,
        said["position"],
        bytes.fromhex(said["head"]),
        said["verdict"],
        texts.get("why", ""),
        said["trusted_as"] or "",
        bytes.fromhex(said["digest"] or ""),
        texts.get("place", ""),
        reading.position,
        reading.recorded_us,
    )
