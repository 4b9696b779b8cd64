"""What people are shown: plain text that cannot move a cursor or turn a line around, JSON that any reader takes.

Ids and reasons come from whoever wrote the record. A terminal obeys control characters and shows bidirectional ones as
something else than was written, so both are shown as escapes, here and nowhere else.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any, TextIO

import click

_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def plain(text: object) -> str:
    """Any value as text that is safe to show; line feeds stay, other control and bidi characters become escapes."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", str(text))


def say(text: object = "", *, colour: str | None = None, bold: bool = False) -> None:
    """One line for people on stdout."""
    click.echo(paint(plain(text), colour=colour, bold=bold), color=coloured(sys.stdout))


def complain(text: object) -> None:
    """One line for people on stderr."""
    click.echo(plain(text), err=True)


def answer(value: Any) -> None:
    """One line of JSON on stdout, flushed: whoever reads it may rely on what it says having been stored."""
    # ASCII alone, so that it arrives whole in every locale and no terminal obeys what a record says.
    click.echo(json.dumps(value, ensure_ascii=True))
    sys.stdout.flush()


def paint(text: str, *, colour: str | None = None, bold: bool = False) -> str:
    """`text` in a colour where colour may be used, else as it is."""
    return click.style(text, fg=colour, bold=bold or None) if coloured(sys.stdout) and (colour or bold) else text


def coloured(stream: TextIO) -> bool:
    """Whether this stream is a terminal that wants colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 record`, `2 records`, `4,096 records`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


class Progress:
    """A count that grows in place on a terminal's stderr, and nothing at all anywhere else."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.number = 0
        self.shown = sys.stderr.isatty() and not sys.stdout.isatty()

    def step(self) -> None:
        self.number += 1
        if self.shown and self.number % 50 == 0:
            click.echo(f"\r{count(self.number, self.noun)}", nl=False, err=True)

    def done(self) -> None:
        if self.shown and self.number >= 50:
            click.echo("\r\x1b[K", nl=False, err=True, color=True)
