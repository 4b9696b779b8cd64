"""`ruleseven record`: JSON lines, one command a line, each its own durable transaction unless `--atomic`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

import click

from cli import exits, lines, results
from cli.wiring import Verb, wiring
from cli.words import Progress, complain, count

if TYPE_CHECKING:
    from ledger import Ledger


@click.command(cls=Verb)
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--atomic", is_flag=True, help="All lines or none.")
def record(file: str, atomic: bool) -> int:
    """Record commands, one a line, from FILE or standard input.

    Each line is a command, for example {"do": "ConsentGiven", "case": "C1", …}; 'ruleseven schema' describes them.
    """
    wired = wiring()
    with lines.opened(file) as stream, wired.open() as ledger:
        every = _atomic if atomic else _one_by_one
        return every(ledger, stream, wired.actor(), as_json=wired.json)


def _one_by_one(ledger: Ledger, stream: IO[bytes], actor: Mapping[str, str] | None, *, as_json: bool) -> int:
    """Record each line; a bad one does not stop the run, a store that cannot take one does."""
    from ledger.errors import Malformed, StorageError

    codes, stored, progress = [], 0, Progress("line")
    for line in lines.read(stream):
        try:
            if line.too_long:
                result = results.rejected(line.number, Malformed(lines.too_long()))
            else:
                result = results.attempt(ledger, line.number, line.content, actor)
        except StorageError as error:
            results.rejected(line.number, error).show(as_json=as_json)
            complain(f"Stopped at line {line.number}, which was not stored: {error}")
            complain(f"Stored before it: {count(stored, 'line')}. None after it was tried.")
            return exits.STORAGE
        stored += result.code == exits.DONE
        result.show(as_json=as_json)
        codes.append(result.code)
        progress.step()
    progress.done()
    return results.run_code(codes)


def _atomic(ledger: Ledger, stream: IO[bytes], actor: Mapping[str, str] | None, *, as_json: bool) -> int:
    """Record all lines or none; a refused one leaves its `CommandRefused` and nothing else."""
    from ledger.errors import Conflict, Refused, UsageError

    numbers, commands, bad = _parsed(stream, actor)
    if not bad:
        try:
            receipts = ledger.record_atomic(commands)
        except (Refused, UsageError, Conflict) as error:
            index = getattr(error, "index", None)
            bad.append(results.rejected(numbers[index] if index is not None else 0, error))
        else:
            for number, receipt in zip(numbers, receipts, strict=True):
                results.accepted(ledger, number, receipt).show(as_json=as_json)
            return exits.DONE
    for result in bad:
        result.show(as_json=as_json)
    complain("Nothing was stored: with --atomic it is all lines or none.")
    return results.run_code(result.code for result in bad)


def _parsed(
    stream: IO[bytes], actor: Mapping[str, str] | None
) -> tuple[list[int], list[dict[str, Any]], list[results.Result]]:
    """Every line's number and command, and the lines that are none."""
    from ledger import parse_line
    from ledger.errors import Malformed

    numbers: list[int] = []
    commands: list[dict[str, Any]] = []
    bad: list[results.Result] = []
    for line in lines.read(stream):
        try:
            if line.too_long:
                raise Malformed(lines.too_long())
            commands.append(results.named(parse_line(line.content), actor))
            numbers.append(line.number)
        except Malformed as error:
            bad.append(results.rejected(line.number, error))
    return numbers, commands, bad
