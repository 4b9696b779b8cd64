"""A view's rows for other programs: comma-separated, tab-separated, or JSON a line. Every verb that shows rows uses it.

Nested values stand in their cell as JSON, times and ids as they are in `--json`. Spreadsheets take a cell that begins
with = + - or @ for a formula, and what stands in a ledger comes from whoever wrote it: such a cell gets an apostrophe
in front, unless it is a plain number.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from cli.wiring import wiring
from cli.words import answer, plain

CSV, TSV, NL = "csv", "tsv", "nl"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel takes the wide ones too

HELPS = {
    CSV: "Answer with the rows, separated by commas.",
    TSV: "Answer with the rows, separated by tabs.",
    NL: "Answer with a line of JSON for each row.",
}
Decorated = Callable[..., Any]


def form_options(command: Decorated) -> Decorated:
    """`--csv`, `--tsv`, `--nl` and `--list` on a verb that shows a view; `asked_form` says what was chosen."""
    hidden: dict[str, Any] = {"expose_value": False, "callback": _note}
    command = click.option("--list", "part", metavar="NAME", help="With these: which of its lists.", **hidden)(command)
    for form, text in reversed(HELPS.items()):
        command = click.option(f"--{form}", form, is_flag=True, help=text, **hidden)(command)
    return command


def _note(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        context.meta.setdefault(__name__, {})[parameter.name] = value


def asked_form() -> tuple[str | None, str]:
    """The form that was asked for, if any, and which list of the answer; `UsageError` for more than one form."""
    from ledger.errors import UsageError

    chosen = click.get_current_context().meta.get(__name__, {})
    forms = [*(["json"] if wiring().json else []), *(form for form in HELPS if chosen.get(form))]
    if len(forms) > 1:
        raise UsageError(f"--{forms[0]} and --{forms[1]} are two forms of one answer: choose one")
    if forms in ([], ["json"]):
        if "part" in chosen:
            raise UsageError("--list goes with --csv, --tsv or --nl: JSON and the page show every list")
        return None, "rows"
    return forms[0], chosen.get("part", "rows")


def rows_of(found: Mapping[str, Any], part: str, *, practice: bool) -> list[dict[str, Any]]:
    """One list of an answer, as rows to write; those of a practice ledger say so."""
    from ledger.errors import UsageError

    lists = [name for name, value in found.items() if isinstance(value, list)]
    if part not in lists:
        raise UsageError(f"this view has no list called {part}; it has: {', '.join(lists) or 'none'}")
    mark = {"practice": True} if practice else {}
    return [{**(row if isinstance(row, Mapping) else {"value": row}), **mark} for row in found[part]]


def write(form: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows on stdout in one of the forms."""
    if form == NL:
        for row in rows:
            answer(row)
    else:
        click.echo(separated(rows, "," if form == CSV else "\t"), nl=False)


def separated(rows: Sequence[Mapping[str, Any]], delimiter: str) -> str:
    """A head of all columns, then the rows; quoted where they must be (RFC 4180)."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> str:
    """A value as one cell: nothing for None, JSON for what is nested, never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return f"'{text}" if str(value).startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
