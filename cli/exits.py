"""Errors become exit codes here, once.

0 done · 1 integrity failure · 2 usage, malformed input, unknown id, foreign file · 3 refused by the rules · 4 storage
busy, full, read-only or in conflict · 5 could not decide or not able · 130 interrupted · 141 nobody reads the output.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from pathlib import Path

import click

DONE, INTEGRITY, USAGE, REFUSED, STORAGE, UNDECIDED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 4, 5, 130, 141

VERDICTS = {"verified": DONE, "failed": INTEGRITY, "undecided": UNDECIDED}

# What a caller can put right by naming another path; any other trouble with a file is the storage's.
_NAMING = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}

# What is said of bytes may stand after the name of their file, or begin a sentence, as here.
_BEGINS = re.compile(r"(?:an?|its?|the|these|this|two|what|text (?:with|that)) ")


def code_and_sentence(error: BaseException) -> tuple[int, str]:
    """The exit code of an error and the plain sentence that goes to stderr; no sentence, nothing to say."""
    if isinstance(error, click.ClickException):
        return USAGE, _click_sentence(error)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return INTERRUPTED, "Interrupted. What was reported as stored stays stored"
    if isinstance(error, BrokenPipeError):
        return UNREAD, ""
    if isinstance(error, UnicodeEncodeError):  # nothing stored holds such text: it came from the command line
        return USAGE, "What was given holds bytes that are not UTF-8 text. Write it in UTF-8"
    if isinstance(error, OSError):
        return _os_code(error), _os_sentence(error)
    if isinstance(error, sqlite3.Error):
        return _sqlite(error)
    return _ours(error) or (UNDECIDED, _unexpected(error))


def _ours(error: BaseException) -> tuple[int, str] | None:
    """Our own errors, by fault. Imported here: by the time one was raised, `ledger` has been loaded."""
    from ledger.errors import IntegrityError, Refused, StorageError, Undecided, UsageError

    codes: dict[type[BaseException], int] = {
        UsageError: USAGE,
        Refused: REFUSED,
        StorageError: STORAGE,
        IntegrityError: INTEGRITY,
        Undecided: UNDECIDED,
    }
    for fault, code in codes.items():
        if isinstance(error, fault):
            sentence = str(error)
            sentence = sentence[0].upper() + sentence[1:] if _BEGINS.match(sentence) else sentence
            return code, f"Refused: {sentence}" if isinstance(error, Refused) else sentence
    return None


def _click_sentence(error: click.ClickException) -> str:
    sentence, context = error.format_message(), getattr(error, "ctx", None)
    if context is None or isinstance(error, click.exceptions.NoArgsIsHelpError):
        return sentence
    stop = "" if sentence.endswith((".", "?")) else "."
    return f"{sentence}{stop} Try '{context.command_path} --help'"


def _os_code(error: OSError) -> int:
    return USAGE if error.errno in _NAMING else STORAGE


def _os_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or 'the system refused'}. Nothing was half-written"


def _sqlite(error: sqlite3.Error) -> tuple[int, str]:
    if isinstance(error, sqlite3.OperationalError):
        return STORAGE, f"The database cannot be used now: {error}. Nothing was half-written; try again"
    return INTEGRITY, f"The database is damaged or is not one of ours: {error}"


def _unexpected(error: BaseException) -> str:
    """Where it happened and of what type; not its text, which may quote what was being recorded."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.parent.name != "click":
            where = f" in {file.parent.name}/{file.name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"Something happened that RuleSeven did not expect: {type(error).__name__}{where}. "
        "What was reported as stored stays stored; please report this sentence"
    )
