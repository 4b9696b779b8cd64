"""JSON lines as they come in: bounded, one at a time, a bad one no reason to lose the rest."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

LONGEST = 1 << 20


class Line(NamedTuple):
    """One line of input: its number from 1, its bytes without the line feed, or that it was too long."""

    number: int
    content: bytes
    too_long: bool = False


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """A file to read, or standard input for `-`."""
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as file:
            yield file


def read(stream: IO[bytes]) -> Iterator[Line]:
    """Each line that is not blank; of one that is too long nothing is kept, and the rest of it is passed over."""
    number = 0
    while content := stream.readline(LONGEST + 2):
        number += 1
        line = content.rstrip(b"\r\n")
        if len(line) > LONGEST:
            while content and not content.endswith(b"\n"):
                content = stream.readline(LONGEST)
            yield Line(number, b"", too_long=True)
        elif line.strip():
            yield Line(number, line)


def too_long() -> str:
    return f"the line is longer than {LONGEST:,} bytes and was not read"
