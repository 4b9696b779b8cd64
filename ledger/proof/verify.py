"""Verifying a ledger. The steps at each position, lowest first:

1 shape      193 bytes, format 1
2 place      this ledger's id; position contiguous from 1, as stored and as signed
3 chain      `previous` is the hash of the record before (zeros at 1); the stored hash is the record's
4 hour       a step back is reported and fails nothing: clocks do that
5 key        the header names the key that may sign at this position: the charter's until a key record brings another
             in; a recovery is signed by the recovery key, and nothing else is
6 signature  Ed25519 over the tag (real or practice) and the header
7 content    the stored leaves and ciphertexts hash to the header's content
8 openings   every open field is the only encoding of its salt and value; structure, envelope and redundant columns
             agree; recorded_at falls in the hour; the field count is the known kind's; stream versions and commands
             do not skip or repeat; the genesis proves its charter; a key record, that the new key agrees and was never
             enrolled before; each sealed scope decrypts and matches, or a later erasure names it, or the vault is
             closed (counted as unchecked), or its key is missing (undecided)
9 heads      the record hashes that checkpoints, receipts and cosignatures hold are in the chain

What a recovery distrusts verifies like anything else, and is counted as disputed.

By default the signatures checked are those of key records, of the last record under each key and of the last of each
segment: each commits to all before it, and writers check the head they chain to. If anything fails, verify again with
`every_signature`, so that the lowest bad position is named; `verify` does. A ledger may be cut into segments and
verified in processes: segments carry all that their neighbours must agree on, and `combine` compares it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ledger.errors import Malformed
from ledger.proof.keys import KeyChange, LiveKey
from ledger.proof.record import HOUR_AT, KEY_AT, NO_PREVIOUS
from ledger.proof.report import (
    Dispute,
    Failure,
    Head,
    Report,
    Row,
    SegmentReport,
    SegmentStart,
    Span,
    Verdict,
    VerifyContext,
)
from ledger.proof.steps import Bad, Opened, Steps

_Unchecked = tuple[bytes, LiveKey] | None  # the record before, with its key, if its signature was not checked


def verify(rows: Callable[[], Iterable[Row]], context: VerifyContext) -> Report:
    """Verify a whole ledger as one segment; `rows` gives its rows by position, and is called again after a failure."""
    report = combine([verify_segment(rows(), SegmentStart(), context)], context)
    if report.first_bad is None or context.every_signature:
        return report
    thorough = replace(context, every_signature=True)
    return combine([verify_segment(rows(), SegmentStart(), thorough)], thorough)


def verify_segment(rows: Iterable[Row], start: SegmentStart, context: VerifyContext) -> SegmentReport:
    """Verify contiguous rows up to the first that fails; nothing in a row can raise, a senseless `start` does."""
    if type(start.position) is not int or start.position < 1 or type(start.previous) is not bytes:
        raise Malformed("a segment starts at a position from 1 on, after a record's hash")
    steps = Steps(context, start.position)
    heads = _heads(context)
    report = SegmentReport(start, start.position - 1, start.previous, start.hour, start.recorded_us)
    report.keys_before = () if steps.keys is None else tuple(steps.keys.changes)
    last: _Unchecked = None
    before = Head(report.position, report.hash)
    position = report.position
    try:
        for position, row in enumerate(rows, start.position):
            digest = steps.chain(row, position, report.hash)  # 1 to 3
            key = steps.key(row.record, position)  # 5
            unchecked = None if key is None else (row.record, key)
            if context.every_signature or position == 1:
                unchecked = _checked(steps, report, unchecked)  # 6
            opened = steps.openings(row, position, steps.content(row))  # 7 and 8
            if key is not None and (opened.change is not None or key is steps.recovery):
                if key is steps.recovery:  # a rotation is itself the last under the key that it replaces
                    _last_signature(steps, report, last, before)
                steps.change(opened.change, key)  # 5 and 8
                unchecked = _checked(steps, report, unchecked)  # 6
                report.changes += [opened.change] if opened.change else []
            _place(report, opened, position)  # 8: what depends on the rows before
            if position in heads and heads[position] != {digest}:
                raise Bad(9, "a checkpoint, receipt or cosignature holds another record at this position")
            _clock(report, opened.recorded_us, int.from_bytes(row.record[HOUR_AT:KEY_AT]), position)  # 4
            before, last = Head(report.position, report.hash), unchecked
            report.position, report.hash = position, digest
        _last_signature(steps, report, last, before)  # 6
    except Bad as bad:
        report.failure = Failure(bad.position or position, bad.step, bad.reason)
    return report


def _checked(steps: Steps, report: SegmentReport, unchecked: _Unchecked) -> _Unchecked:
    """Step 6 for a record, if it was not checked before; None, since now it was."""
    if unchecked is not None:
        steps.signature(unchecked[0], unchecked[1].public)
        report.signatures += 1
    return None


def _last_signature(steps: Steps, report: SegmentReport, last: _Unchecked, before: Head) -> None:
    """Step 6 for the record before; if it fails, that one is the first bad record."""
    try:
        _checked(steps, report, last)
    except Bad as bad:
        bad.position = report.position
        report.position, report.hash = before
        raise


def _place(report: SegmentReport, opened: Opened, position: int) -> None:
    """Step 8, as far as it takes the rows before this one, and what neighbouring segments must agree on."""
    span = report.spans.get(opened.stream)
    if span is None:
        # Only a segment from position 1 on knows that no version of the stream came before.
        if opened.version != 1 and report.start.position == 1:
            raise Bad(8, f"the first version of its stream is {opened.version}, not 1")
        report.spans[opened.stream] = Span(opened.version, opened.version, position)
    elif opened.version == span.last + 1:
        span.last = opened.version
    else:
        raise Bad(8, f"version {opened.version} of its stream follows version {span.last}")
    if opened.command in report.commands:
        raise Bad(8, f"its command id and ordinal stand at position {report.commands[opened.command]} already")
    report.commands[opened.command] = position
    for scope in opened.missing:
        report.missing.setdefault(scope, []).append(position)
    report.unchecked += opened.unchecked
    if opened.erases:
        report.erasures.append((position, opened.erases))


def _clock(report: SegmentReport, recorded_us: int, hour: int, position: int) -> None:
    """Step 4."""
    if _is_back(report.recorded_us, recorded_us) or _is_back(report.hour, hour):
        report.steps_back.append(position)
    if report.first_hour is None:
        report.first_hour, report.first_recorded_us = hour, recorded_us
    report.hour, report.recorded_us = hour, recorded_us


def _is_back(before: int | None, now: int | None) -> bool:
    return before is not None and now is not None and now < before


def _heads(context: VerifyContext) -> dict[int, set[bytes]]:
    heads: dict[int, set[bytes]] = {}
    for position, digest in context.heads:
        if type(position) is not int or position < 1 or type(digest) is not bytes or len(digest) != 32:
            raise Malformed("a head that we hold is a position from 1 on and a 32-byte hash")
        heads.setdefault(position, set()).add(digest)
    return heads


def combine(segments: Sequence[SegmentReport], context: VerifyContext) -> Report:
    """The verdict on a whole ledger from the reports of all its segments, in order."""
    head, failure = Head(0, NO_PREVIOUS), None
    versions: dict[bytes, int] = {}
    commands: dict[bytes, int] = {}
    changes: list[KeyChange] = []
    seen: list[SegmentReport] = []
    for segment in segments:
        failure = _joint(segment, head, changes)
        if failure is None:
            failure = min([*_across(segment, versions, commands), *filter(None, [segment.failure])], default=None)
            seen.append(segment)
        if failure is not None:
            break
        head = Head(segment.position, segment.hash)
        changes += segment.changes
        versions.update((stream, span.last) for stream, span in segment.spans.items())
        commands.update(segment.commands)
    if failure is None:
        failure = _end(head, context)
    elif seen and seen[-1].failure == failure:
        head = Head(seen[-1].position, seen[-1].hash)
    return _report(seen, context, head, failure)


def _joint(segment: SegmentReport, head: Head, changes: Sequence[KeyChange]) -> Failure | None:
    """Whether a segment begins where the one before ended, and with the keys that those before it brought in."""
    if segment.start.position != head.position + 1:
        return Failure(head.position + 1, 2, f"position {head.position + 1} is missing")
    if segment.start.previous != head.hash:
        return Failure(head.position + 1, 3, "the record does not follow the one before it")
    if segment.keys_before != tuple(changes):
        return Failure(head.position + 1, 5, "the records were verified by other keys than those before them bring in")
    return None


def _across(segment: SegmentReport, versions: dict[bytes, int], commands: dict[bytes, int]) -> Iterable[Failure]:
    """Step 8 between a segment and all before it."""
    for stream, span in segment.spans.items():
        before = versions.get(stream, 0)
        if span.first != before + 1:
            yield Failure(span.position, 8, f"version {span.first} of its stream follows version {before}")
    for command in segment.commands.keys() & commands.keys():
        at = segment.commands[command]
        yield Failure(at, 8, f"its command id and ordinal stand at position {commands[command]} already")


def _end(head: Head, context: VerifyContext) -> Failure | None:
    if head.position == 0:
        return Failure(1, 2, "position 1 is missing: there is no record at all")
    if any(position > head.position for position in _heads(context)):
        return Failure(head.position + 1, 9, "a checkpoint, receipt or cosignature holds a record that is missing here")
    return None


def _report(seen: Sequence[SegmentReport], context: VerifyContext, head: Head, failure: Failure | None) -> Report:
    erasures = {scope: at for segment in seen for at, scopes in segment.erasures for scope in scopes}
    erased, missing = _excused(seen, erasures)
    changes = tuple(change for segment in seen for change in segment.changes)
    disputes = tuple(_disputes(changes, context))
    verdict: Verdict = "failed" if failure else "undecided" if missing else "verified"
    return Report(
        verdict=verdict,
        records=failure.position - 1 if failure else head.position,
        head=head,
        signatures=sum(segment.signatures for segment in seen),
        unchecked=sum(segment.unchecked for segment in seen),
        erased=len(erased),
        disputed=_disputed(disputes),
        first_bad=failure,
        missing=tuple(sorted(missing)),
        steps_back=tuple(_steps_back(seen)),
        heads=sum(position <= head.position for position in _heads(context)),
        disputes=disputes,
        changes=changes,
        undestroyed=len(erasures.keys() & (context.scope_keys or {}).keys()),
    )


def _disputes(changes: Sequence[KeyChange], context: VerifyContext) -> Iterable[Dispute]:
    """What the recoveries distrust, each with the heads held that stand in it."""
    for change in changes:
        first, last = change.distrust_from, change.position - 1
        if first is not None and first <= last:
            held = {Head(*head) for head in context.heads if first <= head[0] <= last}
            yield Dispute(first, last, tuple(sorted(held)))


def _disputed(disputes: Sequence[Dispute]) -> int:
    """How many records are disputed: what two recoveries distrust counts once."""
    count, lowest = 0, 1 << 64
    for dispute in reversed(disputes):
        count += max(0, min(dispute.last + 1, lowest) - dispute.first)
        lowest = min(lowest, dispute.first)
    return count


def _excused(seen: Sequence[SegmentReport], erasures: Mapping[bytes, int]) -> tuple[set[int], set[int]]:
    """The positions whose missing keys a later erasure explains, and those where nothing does."""
    erased: set[int] = set()
    missing: set[int] = set()
    for segment in seen:
        for scope, positions in segment.missing.items():
            for position in positions:
                (erased if position < erasures.get(scope, 0) else missing).add(position)
    return erased, missing


def _steps_back(seen: Sequence[SegmentReport]) -> Iterable[int]:
    hour = recorded_us = None
    for segment in seen:
        # A start that knew the times of the record before it has compared them already.
        if segment.start.hour is None and (
            _is_back(hour, segment.first_hour) or _is_back(recorded_us, segment.first_recorded_us)
        ):
            yield segment.start.position
        yield from segment.steps_back
        hour, recorded_us = segment.hour, segment.recorded_us
